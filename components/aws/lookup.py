"""What AWS is asked before anything is made, with its own words where it does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import Output

from .._core.component import Component
from .._core.errors import GroundplanError


def look_up(component: Component, token: str, arguments: Mapping[str, Any], what: str, remedy: str) -> Output[dict[str, Any]]:
    """The answer of one of the provider's functions, in the component's own place.

    Raises GroundplanError that says what was asked for, AWS's words and the remedy: expired credentials must not end in a traceback.
    """

    async def look() -> dict[str, Any]:
        try:
            found: dict[str, Any] = await pulumi.runtime.invoke_async(token, dict(arguments), pulumi.InvokeOptions(parent=component))
        except Exception as failure:  # noqa: BLE001  # the SDK raises nothing narrower
            message = f'{type(component).__name__} "{component.component_name}": {what} ({failure}); {remedy}'
            raise GroundplanError(message) from None
        return found

    return Output.from_input(look())
