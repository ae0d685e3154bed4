"""When a managed service may restart to update itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from .checks import range_problem, word_problem
from .errors import Problem

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


@dataclass(frozen=True, kw_only=True)
class Window:
    """The hour of the week in which the cloud may restart a server to update it; outside of it only for security repairs that can't wait."""

    day: Weekday = "sunday"
    """Day of the week, UTC."""

    hour: int = 3
    """Hour at which it begins, 0 to 23, UTC; it is one hour long."""

    def problems(self, field: str) -> Iterator[Problem]:
        """A day that is none, an hour out of range."""
        yield from word_problem(f"{field}.day", self.day, WEEKDAYS)
        yield from range_problem(f"{field}.hour", self.hour, 0, 23)


def window_problem(field: str, value: object) -> Iterator[Problem]:
    """Something else than a Window, or one that can't be."""
    if isinstance(value, Window):
        yield from value.problems(field)
    else:
        yield Problem(field, "must be Window(…)", value)
