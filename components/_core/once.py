"""Things that a stack holds once however many components need them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TypeVar, cast

from pulumi.runtime import settings

R = TypeVar("R")

_made: weakref.WeakKeyDictionary[object, dict[str, object]] = weakref.WeakKeyDictionary()


def once(key: str, make: Callable[[], R]) -> R:
    """The one thing of this deployment under a key; made when it is first asked for."""
    made = _made.setdefault(settings.SETTINGS.monitor, {})
    if key not in made:
        made[key] = make()
    return cast("R", made[key])
