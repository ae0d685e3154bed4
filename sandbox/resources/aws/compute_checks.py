"""What the provider's validators say of values at any depth: of compute, load balancing and scaling."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from ...kind import UNKNOWN, Failure
from .validators import flaw_of_arn, snake


def between(path: str, value: object, low: float, high: float) -> Iterator[Failure]:
    """The number lies between, both ends included."""
    if isinstance(value, int | float) and not isinstance(value, bool) and not low <= value <= high:
        yield Failure(path, f"expected {snake(path)} to be in the range ({low:g} - {high:g}), got {value:g}")


def at_least(path: str, value: object, low: int) -> Iterator[Failure]:
    """The number is not below."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value < low:
        yield Failure(path, f"expected {snake(path)} to be at least ({low}), got {value:g}")


def one_of(path: str, value: object, allowed: Collection[str]) -> Iterator[Failure]:
    """The word is one of these."""
    if isinstance(value, str) and value not in allowed:
        words = " ".join(f'"{word}"' for word in allowed)
        yield Failure(path, f"expected {snake(path)} to be one of [{words}], got {value}")


def matches(path: str, value: object, pattern: str, why: str) -> Iterator[Failure]:
    """The text fits the pattern."""
    if isinstance(value, str) and not re.search(pattern, value):
        yield Failure(path, f"invalid value for {snake(path)} ({why})")


def is_arn(path: str, value: object) -> Iterator[Failure]:
    """The text is an ARN (`verify.ValidARN`)."""
    if isinstance(value, str) and value and flaw_of_arn(value):
        yield Failure(path, f'"{snake(path)}" ({value}) is an invalid ARN: {flaw_of_arn(value)}')


def most(path: str, value: object, count: int) -> Iterator[Failure]:
    """The list has no more items."""
    if isinstance(value, list) and len(value) > count:
        yield Failure(path, f"Too many {snake(path)} blocks: no more than {count} allowed")


def items(value: object) -> list[Any]:
    """A list's items; none where it is not there or not known."""
    return [item for item in value if item is not UNKNOWN] if isinstance(value, list) else []


def block(value: object) -> dict[str, Any]:
    """A nested object; empty where it is not there or not known."""
    return value if isinstance(value, dict) else {}


def number(value: object) -> int | None:
    """A whole number, written as one or as text; None where it is none or not known."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else None
