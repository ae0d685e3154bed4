"""Schemas in a folder of their own, read once for all tests here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.schema import Schemas

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schemas]:
    """The schemas of the installed SDKs, from a cold cache."""
    found = Schemas(tmp_path_factory.mktemp("schema"))
    yield found
    found.close()
