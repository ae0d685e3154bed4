"""Tags of what the EC2 console lists by its Name."""

from __future__ import annotations

from .._core.component import Component


def named(component: Component, role: str = "") -> dict[str, str]:
    """The component's labels, and the Name that the console shows."""
    return {**component.labels(), "Name": component.physical("tag", role)}
