"""What the provider does for kinds that keep nothing, that take others with them, and that replace on a change of values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kind import Record
from sandbox.provider import Provider
from sandbox.schema import Schemas
from sandbox.store import Store
from tests.sandbox.kinds.cloud import CONFIG
from tests.sandbox.kinds.sql_world import DATABASE, INSTANCE, USER

PASSWORD = "random:index/randomPassword:RandomPassword"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sandbox.db") as made:
        yield made


@pytest.fixture
def provider(store: Store) -> Provider:
    return Provider(store, Schemas())


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::app::{type_}::{name}"


def test_two_passwords_of_one_id_live_in_the_state_alone(provider: Provider, store: Store) -> None:
    calls = [provider.call(urn(PASSWORD, name), {"length": length}, CONFIG) for name, length in (("a", 16), ("b", 20))]
    states = [provider.create(call) for call in calls]
    assert [state.id for state in states] == ["none", "none"]
    assert store.all() == []
    for call, state in zip(calls, states, strict=True):
        read = provider.read(call, state)
        assert read is not None
        assert read.outputs == state.outputs
        assert set(read.secrets) >= {"result", "bcryptHash"}
    provider.delete(calls[0], "none")


def test_a_delete_takes_along_what_the_thing_carries_and_nothing_else(provider: Provider, store: Store) -> None:
    inputs = {"deletionProtection": False}
    for type_, id_, outputs in (
        (INSTANCE, "main", {"name": "main"}),
        (DATABASE, "d", {"instance": "main"}),
        (USER, "u", {"instance": "main"}),
        (DATABASE, "other", {"instance": "another"}),
    ):
        store.add(Record(type=type_, id=id_, urn=urn(type_, id_), inputs=inputs, outputs=outputs))
    provider.delete(provider.call(urn(INSTANCE, "main"), {}, CONFIG), "main")
    assert [record.id for record in store.all()] == ["other"]


@pytest.mark.parametrize(("size", "replaces"), [(10, True), (30, False)])
def test_a_disk_replaces_when_it_shrinks_and_grows_in_place(provider: Provider, size: int, replaces: bool) -> None:
    old = {"name": "main", "databaseVersion": "POSTGRES_17", "settings": {"tier": "db-f1-micro", "diskSize": 20}}
    new = {**old, "settings": {"tier": "db-f1-micro", "diskSize": size}}
    (change,) = provider.diff(provider.call(urn(INSTANCE, "main"), new, CONFIG), old, new, ()).changes
    assert (change.text, change.replaces) == ("settings.diskSize", replaces)
