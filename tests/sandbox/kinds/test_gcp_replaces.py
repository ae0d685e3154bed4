"""What replaces a Google resource here is what replaces it there, to the last nested property."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sandbox.kind import Kind
from sandbox.resources import gcp
from sandbox.schema import Schemas

SCHEMA = Path(__file__).parents[4] / "shared" / "schemas" / "gcp.json"


@cache
def _schema() -> dict[str, Any]:
    if not SCHEMA.exists():
        pytest.skip(f"no {SCHEMA.name} in ../shared/schemas: the real provider's flags are not at hand")
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text())
    return loaded


def _flagged(properties: dict[str, Any], prefix: str = "", seen: frozenset[str] = frozenset()) -> Iterator[str]:
    for name, (type_, flags) in ((name, (entry[0], entry[1] if len(entry) > 1 else "")) for name, entry in properties.items() if isinstance(entry, list)):
        if "f" in flags:
            yield prefix + name
        inner = type_
        while isinstance(inner, list | dict):
            inner = inner[0] if isinstance(inner, list) else inner["*"]
        token = inner.removeprefix("@")
        if inner.startswith("@") and token not in seen and isinstance(_schema()["types"].get(token), dict):
            yield from _flagged(_schema()["types"][token], f"{prefix}{name}.", seen | {token})


@pytest.mark.parametrize("kind", gcp.KINDS, ids=lambda kind: kind.token)
def test_what_replaces_is_what_the_real_provider_flags(kind: Kind) -> None:
    resource = _schema()["resources"].get(kind.token)
    if resource is None:
        pytest.skip(f"{kind.token} is not in the reduced schema")
    assert sorted(kind.replaces) == sorted(_flagged(resource["inputs"]))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Schemas:
    return Schemas(tmp_path_factory.mktemp("schemas"))


@pytest.mark.parametrize("kind", gcp.KINDS, ids=lambda kind: kind.token)
def test_what_the_docstrings_add_is_true_of_the_real_provider(kind: Kind, installed: Schemas) -> None:
    resource, described = _schema()["resources"].get(kind.token), installed.resource(kind.token)
    if resource is None:
        pytest.skip(f"{kind.token} is not in the reduced schema")
    assert described is not None
    known = set(_schema()["resources"][kind.token]["inputs"])
    effective = {path for path in (described.replaces | kind.replaces) - kind.updates if path.partition(".")[0] in known}
    assert sorted(effective) == sorted(_flagged(resource["inputs"]))


def test_no_type_is_described_twice() -> None:
    tokens = [kind.token for kind in gcp.KINDS]
    assert sorted(tokens) == sorted(set(tokens))


def test_no_data_source_is_answered_twice() -> None:
    tokens = [function.token for function in gcp.FUNCTIONS]
    assert sorted(tokens) == sorted(set(tokens))
