"""What Check refuses by schema alone, in the words of the Terraform bridge that stands behind the real providers."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..kind import UNKNOWN, Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .model import FunctionSchema, Property, Type, TypeSchema

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a dict as a special value on the wire."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire mark of a secret, not one
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_ASSETS = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})

_INTERNAL = frozenset({"__defaults", "__internal"})
_PROVIDER = "pulumi:providers:"
_ANY_CASE = "cloudflare:"
"""Its provider's generated validators are all `OneOfCaseInsensitive`."""
_OF_EVERY_PROVIDER = frozenset({"version", "pluginDownloadURL"})


_PLAIN = re.compile(r"[A-Za-z_$][\w$]*\Z")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: as the user wrote it, and as Terraform's messages put it."""

    path: str = ""
    terraform: str = ""
    item: bool = False
    """Whether it is an item of a list."""
    secret: bool = False
    """Whether messages must not quote the value."""
    any_case: bool = False
    """Whether the provider compares allowed values without regard to case."""

    def property(self, name: str, snake: str, *, secret: bool = False) -> _Place:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        step = f'["{quoted}"]' if not _PLAIN.match(name) else f".{name}" if self.path else name
        return _Place(self.path + step, f"{self.terraform}.{snake}" if self.terraform else snake, secret=secret or self.secret, any_case=self.any_case)

    def at(self, index: int) -> _Place:
        return replace(self, path=f"{self.path}[{index}]", terraform=f"{self.terraform}.{index}", item=True)

    def block(self) -> _Place:
        """Inside a nested object, which to Terraform is a list of one."""
        return self if self.item else replace(self, terraform=f"{self.terraform}.0")

    def quote(self, value: object) -> str:
        return "a secret" if self.secret else _text(value)


def failures(schema: TypeSchema | FunctionSchema, inputs: Mapping[str, Any]) -> list[Failure]:
    """Everything that the schema refuses in these inputs, at any depth, all at once. Unknown values pass."""
    if not schema.token.startswith(_PROVIDER):
        place = _Place(any_case=schema.token.startswith(_ANY_CASE))
        return list(_object(schema.inputs, inputs, place, schema.outputs))
    said = {name: _parsed(schema.inputs[name].type, value) if name in schema.inputs else value for name, value in inputs.items()}
    return list(_object(schema.inputs, {name: value for name, value in said.items() if name not in _OF_EVERY_PROVIDER}, _Place(), {}))


def _parsed(type_: Type, value: object) -> object:
    """A provider's own configuration travels as JSON in strings."""
    if isinstance(value, str) and type_.kind != "string":
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _object(properties: Mapping[str, Property], given: Mapping[str, Any], place: _Place, outputs: Mapping[str, Property]) -> Iterator[Failure]:
    for name, raw in given.items():
        value = _plain(raw)
        if name in properties:
            if value is not None and value is not UNKNOWN:
                yield from _value(properties[name], value, place.property(name, properties[name].snake, secret=properties[name].secret or value is not raw))
        elif name not in _INTERNAL:
            path = place.property(name, name).path
            yield Failure(path, f"'{path}' is an output; it can't be set" if name in outputs else f"Invalid or unknown key{_hint(name, properties)}")
    for name, wanted in properties.items():
        if wanted.required and _plain(given.get(name)) is None:
            path = place.property(name, wanted.snake).path
            yield Failure(path, f"Missing required property '{path}'")


def _hint(name: str, properties: Mapping[str, Property]) -> str:
    for known in properties.values():
        if name == known.snake:
            return f"; did you mean '{known.name}'? Names are in camelCase here"
    lowered = {known.lower(): known for known in properties}
    close = difflib.get_close_matches(name.lower().replace("_", ""), lowered, n=1, cutoff=0.7)
    return f"; did you mean '{lowered[close[0]]}'?" if close else ""


def _plain(value: Any) -> Any:
    """The value without its wrapping as a secret or an output."""
    while isinstance(value, dict) and value.get(SIGNATURE) in {_SECRET, _OUTPUT}:
        value = value.get("value", UNKNOWN)
    return value


def _value(wanted: Property, value: Any, place: _Place) -> Iterator[Failure]:
    found = list(_typed(wanted.type, value, place))
    yield from found
    if wanted.values and not found:
        yield from _allowed(wanted, value, place)


def _allowed(wanted: Property, value: Any, place: _Place) -> Iterator[Failure]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _allowed(wanted, _plain(item), place.at(index))
    elif not (value is None or value is UNKNOWN or isinstance(value, dict) or _among(_text(value), wanted, any_case=place.any_case)):
        listed = " ".join(f'"{one}"' for one in wanted.values)
        yield Failure(place.path, f"expected {place.terraform} to be one of [{listed}], got {place.quote(value)}")


def _among(text: str, wanted: Property, *, any_case: bool) -> bool:
    """Empty is as good as unset where nothing is required."""
    if any_case:
        return text.casefold() in {one.casefold() for one in wanted.values}
    return text in wanted.values or (not text and not wanted.required)


def _text(value: object) -> str:
    """A value as Terraform turns it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _typed(type_: Type, value: Any, place: _Place) -> Iterator[Failure]:
    if value is None or value is UNKNOWN or (isinstance(value, dict) and value.get(SIGNATURE) == _RESOURCE):
        return
    if type_.kind in _NESTED:
        yield from _NESTED[type_.kind](type_, value, place)
    elif not _SCALARS[type_.kind](value):
        yield _mismatch(type_, value, place)


def _list(type_: Type, value: Any, place: _Place) -> Iterator[Failure]:
    if not isinstance(value, list):
        yield _mismatch(type_, value, place, "Attribute must be a list")
    elif type_.element is not None:
        for index, item in enumerate(value):
            yield from _typed(type_.element, _plain(item), place.at(index))


def _map(type_: Type, value: Any, place: _Place) -> Iterator[Failure]:
    if not _is_map(value):
        yield _mismatch(type_, value, place, "Attribute must be a map")
    elif type_.element is not None:
        for name, item in value.items():
            yield from _typed(type_.element, _plain(item), place.property(name, name))


def _nested(type_: Type, value: Any, place: _Place) -> Iterator[Failure]:
    if not _is_map(value):
        yield _mismatch(type_, value, place, "Expected Object Type")
    elif type_.properties is not None:
        yield from _object(type_.properties, value, place.block(), {})


def _union(type_: Type, value: Any, place: _Place) -> Iterator[Failure]:
    tried = [list(_typed(option, value, place)) for option in type_.options]
    if all(tried):
        deeper = [found for found in tried if any(failure.path != place.path for failure in found)]
        yield from deeper[0] if deeper else [_mismatch(type_, value, place)]


_NESTED: dict[str, Callable[[Type, Any, _Place], Iterator[Failure]]] = {"list": _list, "map": _map, "object": _nested, "union": _union}


def _is_map(value: object) -> bool:
    return isinstance(value, dict) and SIGNATURE not in value


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()


_SCALARS: dict[str, Callable[[Any], bool]] = {
    "any": lambda _value: True,
    "string": lambda value: isinstance(value, (str, bool, int, float)),
    "boolean": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "integer": _is_integer,
    "number": _is_number,
    "asset": lambda value: isinstance(value, dict) and value.get(SIGNATURE) in _ASSETS,
}


def _mismatch(type_: Type, value: object, place: _Place, summary: str = "Incorrect attribute value type") -> Failure:
    return Failure(place.path, f"{summary}: expected {type_}, got {_named(value, place)}")


def _named(value: object, place: _Place) -> str:
    if isinstance(value, dict):
        return "asset" if value.get(SIGNATURE) in _ASSETS else "object"
    if isinstance(value, list):
        return "list"
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    return kind if place.secret else f'{kind} "{value}"' if kind == "string" else f"{kind} {_text(value)}"
