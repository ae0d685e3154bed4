"""Questions that several nouns ask of an argument: whether it is known, a whole number, a list of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeGuard

import pulumi

from .errors import Problem


def unknown(value: object) -> bool:
    """Whether another resource supplies the value, so that nothing can be said about it yet."""
    return isinstance(value, pulumi.Output)


def whole(value: object, lowest: int, highest: int) -> TypeGuard[int]:
    """Whether it is a whole number in the range; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def range_problem(field: str, value: object, lowest: int, highest: int, *, unit: str = "", remedy: str = "") -> Iterator[Problem]:
    """A number that is none or out of range; `unit` is said after the range."""
    if not whole(value, lowest, highest):
        yield Problem(field, f"must be {lowest} to {highest}{unit and ' '}{unit}", value, remedy)


def truth_problem(field: str, value: object) -> Iterator[Problem]:
    """Something else than True or False."""
    if not isinstance(value, bool):
        yield Problem(field, "must be True or False", value)


def list_problem(field: str, value: object, what: str) -> Iterator[Problem]:
    """Something that is not a list; `what` says of what. A single text is the usual slip, because it is a sequence of letters."""
    if isinstance(value, str):
        yield Problem(field, f"must be a list of {what}", value, f"did you mean ({value!r},)?")
    elif not isinstance(value, Sequence):
        yield Problem(field, f"must be a list of {what}", value)


def word_problem(field: str, value: object, words: Sequence[str]) -> Iterator[Problem]:
    """Something else than one of the words."""
    if value not in words:
        yield Problem(field, "must be " + " or ".join(f'"{word}"' for word in words), value)


def text_problem(field: str, value: object, example: str) -> Iterator[Problem]:
    """Neither a text with something in it nor a value that another resource supplies."""
    if not unknown(value) and (not isinstance(value, str) or not value):
        yield Problem(field, "must be text", value, f"for example {example!r}")


def key_problem(value: object, cloud: str, name: str) -> Iterator[Problem]:
    """A key of your own that is no text; `name` is what the example on Google Cloud ends with."""
    if value is not None:
        yield from text_problem("customer_key", value, f"projects/…/cryptoKeys/{name}" if cloud == "gcp" else "arn:aws:kms:…:key/…")
