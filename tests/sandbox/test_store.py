"""What exists outlives the command, is written all or nothing, and is shared by commands that run at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox.kind import Record
from sandbox.store import Store, TakenError
from tests.sandbox.place import ROOT

_COUNT = """
import sys
from pathlib import Path
from sandbox.kind import Record
from sandbox.store import Store
store = Store(Path(sys.argv[1]))
for index in range(40):
    with store.transaction():
        number = store.sequence("addresses")
        store.add(Record(type="t", id=str(number), urn="u", inputs={}, outputs={}))
"""


def _record(id_: str, type_: str = "t", **outputs: object) -> Record:
    return Record(type=type_, id=id_, urn=f"urn:pulumi:s::p::{type_}::{id_}", inputs={}, outputs=outputs)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sandbox.db") as opened:
        yield opened


def test_what_was_added_is_there_after_reopening(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        store.add(_record("a", size=3, deep={"list": [1, None, True]}))
        store.sequence("scope")
    with Store(tmp_path / "s.db") as store:
        assert store.get("t", "a") == _record("a", size=3, deep={"list": [1, None, True]})
        assert store.sequence("scope") == 1


def test_an_id_is_unique_within_its_type_only(store: Store) -> None:
    store.add(_record("a"))
    store.add(_record("a", "other"))
    with pytest.raises(TakenError):
        store.add(_record("a"))


def test_a_key_is_held_by_one_until_it_lets_go(store: Store) -> None:
    store.add(_record("a"), ("bucket", "name"))
    with pytest.raises(TakenError):
        store.add(_record("b"), ("bucket", "name"))
    holder = store.holder("t", ("bucket", "name"))
    assert holder is not None
    assert holder.id == "a"
    store.remove("t", "a")
    store.add(_record("b"), ("bucket", "name"))


def test_an_update_cannot_take_the_key_of_another(store: Store) -> None:
    store.add(_record("a"), (1,))
    store.add(_record("b"), (2,))
    with pytest.raises(TakenError):
        store.replace(_record("b"), (1,))


def test_find_compares_whole_values_and_tells_the_oldest_first(store: Store) -> None:
    for id_, name, on in (("z", "n", True), ("a", "n", True), ("m", "n", False), ("o", "other", True)):
        store.add(_record(id_, name=name, on=on, tags=["x"]))
    assert [record.id for record in store.find("t", name="n", on=True, tags=["x"])] == ["z", "a"]
    assert list(store.find("t", name="n", missing="x")) == []


def test_a_failed_transaction_leaves_nothing_not_even_a_number(store: Store) -> None:
    with suppress(ZeroDivisionError), store.transaction():
        store.add(_record("a"))
        store.sequence("scope")
        _ = 1 / 0
    assert store.all() == []
    assert store.sequence("scope") == 0


def test_an_inner_failure_that_is_handled_does_not_end_the_transaction(store: Store) -> None:
    with store.transaction():
        store.add(_record("a"))
        with pytest.raises(TakenError):
            store.add(_record("a"))
        store.add(_record("b"))
    assert [record.id for record in store.all()] == ["a", "b"]


def test_two_processes_never_get_the_same_number(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    runs = [subprocess.Popen([sys.executable, "-c", _COUNT, str(path)], cwd=ROOT) for _ in range(2)]
    assert [run.wait(120) for run in runs] == [0, 0]
    with Store(path) as store:
        assert sorted(int(record.id) for record in store.all()) == list(range(80))
