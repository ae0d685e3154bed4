"""What the provider's schemas say of single arguments, at any depth: a table of paths in each kind's module, and one walk over it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from ...kind import Call, Failure
from .formats import known
from .validators import flaw_of_arn, snake

Flaw = Callable[[str, object], str]
"""Why a value cannot be, by the argument's name in the provider's sentences; empty where it can."""


def check(call: Call, arguments: Mapping[str, Flaw]) -> Iterator[Failure]:
    """Every argument of a table; `*` in a path stands for each item of a list. What is not known yet, or not given, passes."""
    for path, flaw in arguments.items():
        for place, value in _places(call.inputs, path.split("."), ""):
            reason = flaw(snake(place), value) if known(value) else ""
            if reason:
                yield Failure(place, reason)


def _places(value: object, parts: list[str], place: str) -> Iterator[tuple[str, object]]:
    if not parts:
        if value is not None:
            yield place, value
    elif parts[0] == "*":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _places(item, parts[1:], f"{place}[{index}]")
    elif isinstance(value, dict):
        yield from _places(value.get(parts[0]), parts[1:], f"{place}.{parts[0]}".lstrip("."))


def between(low: float, high: float) -> Flaw:
    """`IntBetween`, `FloatBetween`, and the same of a number written as text."""

    def flaw(name: str, value: object) -> str:
        number = _number(value)
        return "" if number is None or low <= number <= high else f"expected {name} to be in the range ({low} - {high}), got {number:g}"

    return flaw


def at_least(low: int) -> Flaw:
    """`IntAtLeast`."""

    def flaw(name: str, value: object) -> str:
        number = _number(value)
        return "" if number is None or number >= low else f"expected {name} to be at least ({low}), got {number:g}"

    return flaw


def at_most(high: int) -> Flaw:
    """`IntAtMost`."""

    def flaw(name: str, value: object) -> str:
        number = _number(value)
        return "" if number is None or number <= high else f"expected {name} to be at most ({high}), got {number:g}"

    return flaw


def between_or(word: str, low: int, high: int) -> Flaw:
    """A number written as text, or one word in its place."""

    def flaw(name: str, value: object) -> str:
        number = _number(value)
        fits = value == word or (number is not None and low <= number <= high)
        return "" if fits else f"{name!r} must be either {word!r} or a number from {low} to {high}, got {value}"

    return flaw


def long(low: int, high: int) -> Flaw:
    """`StringLenBetween`."""

    def flaw(name: str, value: object) -> str:
        fits = not isinstance(value, str) or low <= len(value) <= high
        return "" if fits else f"expected length of {name} to be in the range ({low} - {high}), got {value}"

    return flaw


def fitting(pattern: str, reason: str) -> Flaw:
    """`StringMatch`."""

    def flaw(name: str, value: object) -> str:
        return "" if not isinstance(value, str) or re.search(pattern, value) else f"invalid value for {name} ({reason})"

    return flaw


def among(*choices: str) -> Flaw:
    """`StringInSlice`, `enum.Validate`."""
    shown = " ".join(f'"{choice}"' for choice in choices)

    def flaw(name: str, value: object) -> str:
        return "" if value in choices else f"expected {name} to be one of [{shown}], got {value}"

    return flaw


def items(low: int, high: int) -> Flaw:
    """`MinItems` and `MaxItems`."""

    def flaw(name: str, value: object) -> str:
        if not isinstance(value, list) or low <= len(value) <= high:
            return ""
        if len(value) < low:
            return f"Attribute {name} requires {low} item minimum, but config has only {len(value)} declared."
        return f"Attribute {name} supports {high} item maximum, but config has {len(value)} declared."

    return flaw


def an_arn(name: str, value: object) -> str:
    """`verify.ValidARN`: an empty text passes."""
    problem = flaw_of_arn(value) if isinstance(value, str) and value else ""
    return f'"{name}" ({value}) is an invalid ARN: {problem}' if problem else ""


def an_ip(version: int | None = None) -> Flaw:
    """`IsIPAddress`, `IsIPv4Address`, `IsIPv6Address`."""

    def flaw(name: str, value: object) -> str:
        try:
            fits = not isinstance(value, str) or version in {None, ipaddress.ip_address(value).version}
        except ValueError:
            fits = False
        return "" if fits else f"expected {name} to contain a valid {'IP' if version is None else f'IPv{version}'} address, got: {value}"

    return flaw


def a_moment(name: str, value: object) -> str:
    """`verify.ValidUTCTimestamp`."""
    fits = not isinstance(value, str) or re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", value)
    return "" if fits else f'"{name}" must be in RFC3339 time format "2006-01-02T15:04:05Z07:00". Example: {value}'


def a_truth(name: str, value: object) -> str:
    """`nullable.ValidateTypeStringNullableBool`: true, false, or nothing."""
    fits = isinstance(value, bool) or value in {"", "true", "false", "1", "0", "t", "f", "T", "F", "TRUE", "FALSE", "True", "False"}
    return "" if fits else f'{name}: cannot parse "{value}" as boolean'


def said(name: str, value: object) -> str:
    """`NoZeroValues`."""
    return f"{name} must not be empty, got {value}" if value == "" else ""


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    return float(value) if isinstance(value, str) and re.match(r"-?\d+\Z", value) else None
