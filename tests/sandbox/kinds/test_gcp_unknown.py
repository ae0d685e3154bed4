"""At preview anything may be unknown yet: no Google kind stumbles over it, and none refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kind import UNKNOWN
from tests.sandbox.kinds.test_gcp_outputs import WHOLE_PROJECT


def spoiled(value: Any) -> list[Any]:
    """The value with each of its parts unknown in turn, at every depth."""
    variants = [UNKNOWN]
    if isinstance(value, dict):
        variants += [{**value, key: part} for key, inner in value.items() for part in spoiled(inner)]
    elif isinstance(value, list):
        variants += [[*value[:index], part, *value[index + 1 :]] for index, inner in enumerate(value) for part in spoiled(inner)]
    return variants


@pytest.mark.parametrize(("token", "inputs"), WHOLE_PROJECT, ids=[token for token, _ in WHOLE_PROJECT])
def test_what_is_not_known_yet_is_not_refused(world, token, inputs):
    for variant in [*spoiled(inputs)[1:], dict.fromkeys(inputs, UNKNOWN)]:
        full = world.check(f"gcp:{token}", **variant)
        assert full.keys() >= variant.keys()
