"""Values that follow from another resource's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi import Output


def later(value: Any, change: Callable[[Any], str]) -> Output[str]:
    """A text made of a value that another resource gives; empty where a targeted update (`pulumi up --target`) leaves that resource out.

    The engine hands over None for it then, whatever the SDK's types say.
    """
    # from_input() would make plain dicts of the SDK's own classes
    given: Output[Any] = value if isinstance(value, Output) else Output.from_input(value)
    return given.apply(lambda known: "" if known is None else change(known))
