"""Values that follow from other resources'."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi import Output


def later(value: Any, change: Callable[[Any], str]) -> Output[str]:
    """A text made of what another resource gives, or of all that several give; empty where a targeted update (`pulumi up --target`) leaves one of them out.

    The engine hands over None for it then, whatever the SDK's types say.
    """
    # from_input() would make plain dicts of the SDK's own classes
    given: Output[Any] = value if isinstance(value, Output) else Output.from_input(value)
    return given.apply(lambda known: "" if _absent(known) else change(known))


def _absent(known: Any) -> bool:
    if isinstance(known, Mapping):
        return None in known.values()
    if isinstance(known, Sequence) and not isinstance(known, str):
        return None in known
    return known is None
