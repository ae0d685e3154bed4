"""Daily and weekly windows of databases and caches: their format, their length, whether two of them overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Failure
from .formats import known

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAY = "(" + "|".join(_DAYS) + ")"
_DAILY = re.compile(f"^{_TIME}-{_TIME}$")
_WEEKLY = re.compile(f"^{_DAY}:{_TIME}-{_DAY}:{_TIME}$")
_MINUTES_OF_DAY = 24 * 60
_MINUTES_OF_WEEK = 7 * _MINUTES_OF_DAY


def check_daily(path: str, name: str, value: object) -> Iterator[Failure]:
    """The provider's word on a daily window."""
    if known(value) and isinstance(value, str) and not _DAILY.match(value):
        yield Failure(path, f'"{name}" must satisfy the format of "hh24:mi-hh24:mi".')


def check_weekly(path: str, name: str, value: object) -> Iterator[Failure]:
    """The provider's word on a weekly window; capitals pass, as the API lowers them."""
    if known(value) and isinstance(value, str) and not _WEEKLY.match(value.lower()):
        yield Failure(path, f'"{name}" must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi".')


def daily_minutes(window: str) -> int:
    """How long a daily window is."""
    return _length(_daily(window), _MINUTES_OF_DAY)


def weekly_minutes(window: str) -> int:
    """How long a weekly window is."""
    return _length(_weekly(window), _MINUTES_OF_WEEK)


def overlap(daily: str, weekly: str) -> bool:
    """Whether a daily window ever meets a weekly one."""
    start, length = _daily(daily)[0], daily_minutes(daily)
    other, span = _weekly(weekly)[0], weekly_minutes(weekly)
    for day in range(len(_DAYS)):
        begin = day * _MINUTES_OF_DAY + start
        if (other - begin) % _MINUTES_OF_WEEK < length or (begin - other) % _MINUTES_OF_WEEK < span:
            return True
    return False


def _daily(window: str) -> tuple[int, int]:
    found = _DAILY.match(window)
    if found is None:
        return 0, 0
    one, two, three, four = (int(part) for part in found.groups())
    return one * 60 + two, three * 60 + four


def _weekly(window: str) -> tuple[int, int]:
    found = _WEEKLY.match(window.lower())
    if found is None:
        return 0, 0
    first, one, two, second, three, four = found.groups()
    begin = _DAYS.index(first) * _MINUTES_OF_DAY + int(one) * 60 + int(two)
    return begin, _DAYS.index(second) * _MINUTES_OF_DAY + int(three) * 60 + int(four)


def _length(span: tuple[int, int], period: int) -> int:
    return (span[1] - span[0]) % period
