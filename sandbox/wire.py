"""Property values between the engine's protobuf structs and plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import struct_pb2

from .kind import UNKNOWN, Properties

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a special object: sdk/go/common/resource/sig."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the protocol's public marker of a secret
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


Mask = dict[str, Any]
"""Which top-level values are secret: whole (True), or which of a nested object's members (a mask again)."""


def read(struct: struct_pb2.Struct) -> Properties:
    """Plain values of a struct: secrets opened, members without a value left out, integral numbers as int."""
    return {key: plain for key, value in struct.fields.items() if (plain := _read(value)) is not None}


def secrets(struct: struct_pb2.Struct) -> Mask:
    """What of a struct is secret; a list with a secret anywhere in it is secret whole, for its order may change."""
    return {key: mask for key, value in struct.fields.items() if (mask := _mask(value))}


def _mask(value: struct_pb2.Value) -> Mask | bool:
    which = value.WhichOneof("kind")
    if which == "list_value":
        return any(_mask(item) for item in value.list_value.values)
    if which != "struct_value":
        return False
    return True if _is_secret(value) else secrets(value.struct_value)


def marked(properties: Mapping[str, Any], mask: Mapping[str, Any]) -> Properties:
    """The properties with secrets wrapped as the engine wraps them."""
    return {key: _marked(value, mask[key]) if key in mask else value for key, value in properties.items()}


def _marked(value: Any, mask: object) -> Any:
    if isinstance(mask, dict) and isinstance(value, dict):
        return marked(value, mask)
    return {SIGNATURE: SECRET, "value": value}


def masked(properties: Mapping[str, Any], mask: Mapping[str, Any], instead: object) -> Properties:
    """The properties with something else in the place of secrets."""
    return {
        key: (masked(value, mask[key], instead) if isinstance(mask[key], dict) and isinstance(value, dict) else instead) if key in mask else value
        for key, value in properties.items()
    }


def _read(value: struct_pb2.Value) -> Any:
    return _READERS[value.WhichOneof("kind")](value)


def _read_text(value: struct_pb2.Value) -> Any:
    return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value


def _read_number(value: struct_pb2.Value) -> float:
    number: float = value.number_value
    return int(number) if number.is_integer() else number


def _read_struct(value: struct_pb2.Value) -> Any:
    return _read(value.struct_value.fields["value"]) if _is_secret(value) else read(value.struct_value)


def _is_secret(value: struct_pb2.Value) -> bool:
    fields = value.struct_value.fields
    return SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET


_READERS: dict[str | None, Callable[[struct_pb2.Value], Any]] = {
    None: lambda _value: None,
    "null_value": lambda _value: None,
    "bool_value": lambda value: value.bool_value,
    "string_value": _read_text,
    "number_value": _read_number,
    "list_value": lambda value: [_read(item) for item in value.list_value.values],
    "struct_value": _read_struct,
}


def write(properties: Mapping[str, Any], mask: Mapping[str, Any] | None = None) -> struct_pb2.Struct:
    """A struct of plain values, those that the mask names wrapped as secrets."""
    struct = struct_pb2.Struct()
    for key, plain in marked(properties, mask or {}).items():
        if plain is not None:
            _write(plain, struct.fields[key])
    return struct


def _write(plain: Any, target: struct_pb2.Value) -> None:
    if plain is UNKNOWN:
        target.string_value = _UNKNOWN_TEXT
    elif plain is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(plain, bool):
        target.bool_value = plain
    elif isinstance(plain, str):
        target.string_value = plain
    elif isinstance(plain, int | float):
        target.number_value = plain
    else:
        _write_nested(plain, target)


def _write_nested(plain: Any, target: struct_pb2.Value) -> None:
    if isinstance(plain, dict):
        target.struct_value.SetInParent()
        for key, member in plain.items():
            if member is not None:
                _write(member, target.struct_value.fields[key])
    elif isinstance(plain, list | tuple):
        target.list_value.SetInParent()
        for item in plain:
            _write(item, target.list_value.values.add())
    else:
        msg = f"a value of type {type(plain).__name__} cannot travel to the engine"
        raise TypeError(msg)
