"""What changed between two sets of inputs, and which of it forces a new resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

DEFAULTS = "__defaults"
"""Where the provider notes which inputs it filled in itself; the name is the engine's convention."""
_PLAIN = re.compile(r"[A-Za-z_$][\w$]*\Z")
_ABSENT = object()


class Change(Enum):
    """What happened to one property."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed property."""

    path: tuple[str | int, ...]
    change: Change
    replaces: bool

    @property
    def text(self) -> str:
        """The engine's spelling: `settings.tags[0]["a.b"]`."""
        return spell(self.path)


def spell(path: tuple[str | int, ...]) -> str:
    """A property path as the engine writes and parses it."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.match(part):
            text += f".{part}" if text else part
        else:
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def differences(old: Mapping[str, Any], new: Mapping[str, Any], replaces: Collection[str], ignored: Collection[str] = ()) -> list[Difference]:
    """Every changed leaf, in the order of the new inputs; a leaf replaces when its path or a parent of it, indexes dropped, is in `replaces`."""
    found = []
    for path, change in _walk((), old, new):
        if any(_covers(pattern, path) for pattern in ignored):
            continue
        found.append(Difference(path, change, _replaces(path, replaces)))
    return found


def _walk(path: tuple[str | int, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str | int, ...], Change]]:
    if old is _ABSENT or new is _ABSENT:
        yield path, Change.ADD if old is _ABSENT else Change.DELETE
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            if key != DEFAULTS:
                yield from _walk((*path, key), old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _walk((*path, index), old[index] if index < len(old) else _ABSENT, new[index] if index < len(new) else _ABSENT)
    elif not _same(old, new):
        yield path, Change.UPDATE


def _same(old: Any, new: Any) -> bool:
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def _replaces(path: tuple[str | int, ...], replaces: Collection[str]) -> bool:
    names = [part for part in path if isinstance(part, str)]
    return any(".".join(names[: length + 1]) in replaces for length in range(len(names)))


def _covers(pattern: str, path: tuple[str | int, ...]) -> bool:
    text = spell(path)
    expression = re.escape(pattern).replace(r"\[\*\]", r"\[\d+\]").replace(r"\*", r"[^.\[]+")
    return re.match(rf"{expression}(?:\Z|[.\[])", text) is not None
