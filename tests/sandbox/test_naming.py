"""Names that the provider makes up: stable, legal, and never those of what is being replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kind import Call, Kind, Record
from sandbox.naming import Naming, made_up
from sandbox.schema import Property, Type, TypeSchema
from sandbox.store import Store

_NAMED = TypeSchema(token="p:m/thing:Thing", inputs={"name": Property(name="name", type=Type("string"))}, outputs={})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sandbox.db") as opened:
        yield opened


def _name(
    store: Store, *, logical: str = "Api", limit: int = 63, old: dict[str, object] | None = None, naming: Naming | None = None, **inputs: object
) -> str | None:
    call = Call(type=_NAMED.token, urn=f"urn:pulumi:dev::app::{_NAMED.token}::{logical}", inputs=inputs, config={}, cloud=store)
    kind = Kind(token=_NAMED.token, identify=lambda _call: "id", name_limit=limit)
    return made_up(call, _NAMED, kind, old or {}, naming or Naming())


def test_a_name_is_the_logical_one_and_seven_digits_the_same_every_time(store: Store) -> None:
    first = _name(store)
    assert first is not None
    assert re.fullmatch(r"api-[0-9a-f]{7}", first)
    assert _name(store) == first
    assert _name(store, logical="other") != first


def test_a_replacement_gets_another_name_than_what_it_replaces(store: Store) -> None:
    first = _name(store)
    store.add(Record(type=_NAMED.token, id="1", urn="u", inputs={}, outputs={"name": first}))
    assert _name(store) != first


def test_a_living_resource_keeps_the_name_it_was_given(store: Store) -> None:
    assert _name(store, old={"name": "api-0ld0000", "__defaults": ["name"]}) == "api-0ld0000"


def test_a_name_that_the_program_gave_up_is_not_kept(store: Store) -> None:
    assert _name(store, old={"name": "mine", "__defaults": []}) == _name(store)


def test_a_long_name_is_cut_to_the_limit_of_its_type(store: Store) -> None:
    name = _name(store, logical="x" * 80, limit=30)
    assert name is not None
    assert len(name) == 30


def test_a_given_name_is_left_alone(store: Store) -> None:
    assert _name(store, name="mine") is None


def test_the_project_may_propose_a_name_or_forbid_made_up_ones(store: Store) -> None:
    assert _name(store, naming=Naming("proposed")) == "proposed"
    assert _name(store, naming=Naming(disabled=True)) is None
