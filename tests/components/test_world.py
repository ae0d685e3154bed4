"""What the harness itself must hold."""

from __future__ import annotations

import asyncio

import pulumi
from pulumi.runtime.settings import SETTINGS

from tests.components.world import build


def test_a_deployment_does_not_wait_for_what_an_earlier_one_left() -> None:
    loop = asyncio.new_event_loop()
    left: asyncio.Future[None] = loop.create_future()
    left.set_result(None)
    loop.close()
    SETTINGS.outputs.add(left)  # type: ignore[arg-type]  # a future stands for the task
    try:
        assert build(lambda: pulumi.export("a", 1)).resources
    finally:
        SETTINGS.outputs.discard(left)  # type: ignore[arg-type]  # as above
