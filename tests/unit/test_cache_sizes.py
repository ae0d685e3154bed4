"""A size word of a Cache means about the same memory on both clouds, and the table is what the builders use."""

from __future__ import annotations

from typing import Any

import pytest

from components import Cache, CacheArgs, Network
from components._core.sizes import CACHE, CACHE_SHARE
from components.aws.cache_nodes import LADDER, node_memory
from components.cache import SIZES
from tests.components.world import build

WORDS = [(engine, word) for engine in CACHE for word in CACHE[engine]]
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"


def test_every_word_of_a_size_stands_in_the_table_for_each_engine() -> None:
    assert {engine: tuple(words) for engine, words in CACHE.items()} == {"redis": SIZES, "valkey": SIZES}


@pytest.mark.parametrize(("engine", "word"), WORDS)
def test_a_word_never_has_twice_the_memory_on_one_cloud_neither_in_all_nor_for_data(engine: str, word: str) -> None:
    machines = CACHE[engine][word]
    whole = [machine.memory_gb for machine in machines.values()]
    data = [machine.memory_gb * CACHE_SHARE[engine, cloud] for cloud, machine in machines.items()]
    assert max(whole) < 2 * min(whole)
    assert max(data) < 2 * min(data)


@pytest.mark.parametrize(("engine", "word"), WORDS)
def test_a_word_is_the_node_of_the_table_with_the_memory_that_amazon_says(engine: str, word: str) -> None:
    node = CACHE[engine][word]["aws"]
    inputs = build(lambda: Cache("sessions", CacheArgs(network=Network("main"), engine=engine, size=word)), cloud="aws").one(GROUP).inputs  # type: ignore[arg-type]  # words of the table
    assert inputs["nodeType"] == node.name
    assert node_memory(node.name) == node.memory_gb


@pytest.mark.parametrize(("engine", "word"), WORDS)
def test_a_word_is_the_machine_of_the_table_on_google_cloud(engine: str, word: str) -> None:
    world = build(lambda: Cache("sessions", CacheArgs(network=Network("main"), engine=engine, size=word)))  # type: ignore[arg-type]  # words of the table
    machine = CACHE[engine][word]["gcp"]
    found: dict[str, Any] = world.one("gcp:redis/instance:Instance" if engine == "redis" else "gcp:memorystore/instance:Instance").inputs
    assert (found.get("memorySizeGb"), found.get("nodeType")) == ((machine.memory_gb, None) if engine == "redis" else (None, machine.name))


def test_a_word_never_means_less_than_a_smaller_one() -> None:
    for words in CACHE.values():
        for cloud in ("gcp", "aws"):
            memory = [machines[cloud].memory_gb for machines in words.values()]
            assert memory == sorted(memory)


def test_a_number_of_gib_is_looked_up_among_nodes_by_rising_memory() -> None:
    memory = [node_memory(node) or 0 for node in LADDER]
    assert memory == sorted(memory)
    assert min(memory) > 0
