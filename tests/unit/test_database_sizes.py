"""A size word of a Database means about the same memory on both clouds, and the table is what the builders use."""

from __future__ import annotations

import pytest

from components import Database, DatabaseArgs, Network
from components._core.sizes import DATABASE
from components.database import SIZES
from tests.components.world import build

PATHS = {"gcp": ("gcp:sql/databaseInstance:DatabaseInstance", "settings", "tier"), "aws": ("aws:rds/instance:Instance", "instanceClass")}


def test_every_word_of_a_size_stands_in_the_table_for_both_clouds() -> None:
    assert tuple(DATABASE) == SIZES
    assert {frozenset(clouds) for clouds in DATABASE.values()} == {frozenset({"gcp", "aws"})}


@pytest.mark.parametrize("word", SIZES)
def test_a_word_never_has_twice_the_memory_on_one_cloud(word: str) -> None:
    memory = [machine.memory_gb for machine in DATABASE[word].values()]
    assert max(memory) < 2 * min(memory)


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
def test_a_larger_word_means_more_memory_and_no_fewer_cpus(cloud: str) -> None:
    machines = [DATABASE[word][cloud] for word in SIZES]
    assert [machine.memory_gb for machine in machines] == sorted({machine.memory_gb for machine in machines})
    assert [machine.cpus for machine in machines] == sorted(machine.cpus for machine in machines)


@pytest.mark.parametrize("word", [word for word in SIZES if "custom" in DATABASE[word]["gcp"].name])
def test_a_google_machine_has_the_cpus_and_the_memory_that_its_name_says(word: str) -> None:
    machine = DATABASE[word]["gcp"]
    assert machine.name == f"db-custom-{machine.cpus}-{machine.memory_gb * 1024:.0f}"


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
@pytest.mark.parametrize("word", SIZES)
def test_a_word_is_the_machine_of_the_table(word: str, cloud: str) -> None:
    kind, *path = PATHS[cloud]
    found = build(lambda: Database("db", DatabaseArgs(network=Network("main"), size=word)), cloud=cloud).one(kind).inputs
    for key in path:
        found = found[key]
    assert found == DATABASE[word][cloud].name
