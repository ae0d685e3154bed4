"""The random provider, deterministic: the same URN with the same arguments and keepers gives the same values in every sandbox."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import uuid
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from ..kind import UNKNOWN, Call, Failure, Kind, Properties
from .random_words import ADJECTIVES, ADVERBS, NAMES

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_UPPER = _LOWER.upper()
_NUMERIC = "0123456789"
_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The provider's special characters where `overrideSpecial` does not say others."""
_BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TIMED = 7
"""The UUID version of RFC 9562 that begins with a time."""
_UUID_EPOCH_MS = 1_767_225_600_000
"""2026-01-01: version 7 holds a time, and the sandbox's must not depend on the clock."""

_STRING_INPUTS = ("keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "number", "numeric", "overrideSpecial", "special", "upper")


def _dice(call: Call) -> Random:
    seed = json.dumps([call.type, call.urn, {key: value for key, value in sorted(call.inputs.items()) if value is not UNKNOWN}], sort_keys=True, default=str)
    return Random(int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big"))  # noqa: S311  values of a sandbox, wanted to be the same each time


def _integer(call: Call, name: str, default: int = 0) -> int:
    value = call.inputs.get(name, default)
    return value if isinstance(value, int) else default


def _flag(call: Call, *names: str) -> bool:
    """A switch that is on unless it is said; the first name that is said decides."""
    said = [call.inputs[name] for name in names if isinstance(call.inputs.get(name), bool)]
    return said[0] if said else True


def _characters(call: Call) -> str:
    """What the provider makes: the least numbers of each class first, then any allowed character, then a shuffle."""
    dice = _dice(call)
    classes = (
        ("minSpecial", _flag(call, "special"), str(call.inputs.get("overrideSpecial") or _SPECIAL)),
        ("minLower", _flag(call, "lower"), _LOWER),
        ("minUpper", _flag(call, "upper"), _UPPER),
        ("minNumeric", _flag(call, "numeric", "number"), _NUMERIC),
    )
    allowed = "".join(letters for _, on, letters in classes if on)
    chosen = [dice.choice(letters) for least, _, letters in classes for _ in range(_integer(call, least))]
    chosen += [dice.choice(allowed) for _ in range(_integer(call, "length") - len(chosen))]
    dice.shuffle(chosen)
    return "".join(chosen)


def _string_outputs(call: Call) -> Properties:
    numeric = _flag(call, "numeric", "number")
    settled: Properties = {name: _flag(call, name) for name in ("lower", "special", "upper")} | {"numeric": numeric, "number": numeric}
    settled |= {name: _integer(call, name) for name in ("minLower", "minNumeric", "minSpecial", "minUpper")}
    return {**settled, "result": _characters(call)}


def _password_outputs(call: Call) -> Properties:
    outputs = _string_outputs(call)
    dice = _dice(call)
    return {**outputs, "bcryptHash": "$2a$10$" + "".join(dice.choice(_BCRYPT) for _ in range(53))}


def _check_string(call: Call) -> Iterator[Failure]:
    length = call.inputs.get("length")
    least = sum(_integer(call, name) for name in ("minLower", "minNumeric", "minSpecial", "minUpper"))
    if isinstance(length, int) and length < 1:
        yield Failure("length", f"Attribute length value must be at least 1, got: {length}")
    elif isinstance(length, int) and length < least:
        yield Failure("length", f"Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: {length}")
    for name in ("minLower", "minNumeric", "minSpecial", "minUpper"):
        if _integer(call, name) < 0:
            yield Failure(name, f"Attribute {name} value must be at least 0, got: {_integer(call, name)}")
    if not any(_flag(call, *names) for names in (("special",), ("lower",), ("upper",), ("numeric", "number"))):
        yield Failure("special", "At least one attribute out of [special,upper,lower,numeric] must be specified as true")


def _at_least(name: str, least: int) -> Callable[[Call], Iterator[Failure]]:
    def check(call: Call) -> Iterator[Failure]:
        value = call.inputs.get(name)
        if isinstance(value, int) and value < least:
            yield Failure(name, f"Attribute {name} value must be at least {least}, got: {value}")

    return check


def _bytes(call: Call, name: str) -> bytes:
    return _dice(call).randbytes(_integer(call, name))


def _url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _id_outputs(call: Call) -> Properties:
    raw = _bytes(call, "byteLength")
    prefix = str(call.inputs.get("prefix") or "")
    values = {"b64Std": base64.b64encode(raw).decode(), "b64Url": _url(raw), "dec": str(int.from_bytes(raw, "big")), "hex": raw.hex()}
    return {name: prefix + value for name, value in values.items()}


def _bytes_outputs(call: Call) -> Properties:
    raw = _bytes(call, "length")
    return {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


def _seeded(call: Call) -> Random:
    seed = call.inputs.get("seed")
    return Random(str(seed)) if seed not in (None, "", UNKNOWN) else _dice(call)  # noqa: S311  as above


def _integer_outputs(call: Call) -> Properties:
    low, high = _integer(call, "min"), _integer(call, "max")
    return {"result": _seeded(call).randint(low, max(low, high))}


def _check_integer(call: Call) -> Iterator[Failure]:
    low, high = call.inputs.get("min"), call.inputs.get("max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Failure("min", f"The minimum (min) value needs to be smaller than or equal to maximum (max) value, got: {low} and {high}")


def _pet(call: Call) -> str:
    dice = _dice(call)
    words = [dice.choice(NAMES)]
    length = _integer(call, "length", 2)
    if length > 1:
        words.insert(0, dice.choice(ADJECTIVES))
    words = [dice.choice(ADVERBS) for _ in range(max(0, length - len(words)))] + words
    prefix = call.inputs.get("prefix")
    separator = call.inputs.get("separator", "-")
    return str(separator).join([str(prefix), *words] if prefix else words)


def _shuffle_outputs(call: Call) -> Properties:
    inputs = call.inputs.get("inputs")
    items: list[Any] = list(inputs) if isinstance(inputs, list) else []
    wanted = call.inputs.get("resultCount")
    count = wanted if isinstance(wanted, int) and wanted > 0 else len(items)
    dice = _seeded(call)
    results: list[Any] = []
    for _ in range(math.ceil(count / len(items)) if items else 0):
        dice.shuffle(items)
        results += items
    return {"results": results[:count]}


def _uuid(version: int) -> Callable[[Call], str]:
    def make(call: Call) -> str:
        value = uuid.UUID(bytes=_dice(call).randbytes(16), version=4)
        if version == _TIMED:
            stamp = _UUID_EPOCH_MS + value.int % 10**9
            value = uuid.UUID(int=stamp << 80 | 0x7 << 76 | value.int & ((1 << 76) - 1))
        return str(value)

    return make


def _result(make: Callable[[Call], str]) -> Callable[[Call], Properties]:
    return lambda call: {"result": make(call)}


def _kind(name: str, identify: Callable[[Call], str], outputs: Callable[[Call], Properties], replaces: tuple[str, ...], **more: Any) -> Kind:
    """A type of which every argument replaces."""
    token = f"random:index/random{name}:Random{name}"
    return Kind(token=token, identify=identify, outputs=outputs, replaces=frozenset(replaces), stateless=True, **more)


KINDS = (
    _kind("Password", lambda _call: "none", _password_outputs, _STRING_INPUTS, check=_check_string, secrets=frozenset({"result", "bcryptHash"})),
    _kind("String", _characters, _string_outputs, _STRING_INPUTS, check=_check_string),
    _kind("Id", lambda call: _url(_bytes(call, "byteLength")), _id_outputs, ("byteLength", "keepers", "prefix"), check=_at_least("byteLength", 1)),
    _kind("Bytes", lambda _call: "none", _bytes_outputs, ("keepers", "length"), check=_at_least("length", 1), secrets=frozenset({"base64", "hex"})),
    _kind("Integer", lambda call: str(_integer_outputs(call)["result"]), _integer_outputs, ("keepers", "max", "min", "seed"), check=_check_integer),
    _kind("Pet", _pet, lambda _call: {}, ("keepers", "length", "prefix", "separator"), defaults=lambda _call: {"length": 2, "separator": "-"}),
    _kind("Shuffle", lambda _call: "-", _shuffle_outputs, ("inputs", "keepers", "resultCount", "seed")),
    _kind("Uuid", _uuid(4), _result(_uuid(4)), ("keepers",)),
    _kind("Uuid4", _uuid(4), _result(_uuid(4)), ("keepers",)),
    _kind("Uuid7", _uuid(7), _result(_uuid(7)), ("keepers",)),
)
"""All types of the provider."""

FUNCTIONS = ()
"""The provider has no data sources."""
