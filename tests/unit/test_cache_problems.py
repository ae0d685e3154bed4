"""Everything that Cache refuses, word for word, before anything of it is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, Cache, CacheArgs, Network, Window
from tests.components.world import build

SIZE = "size must be small, medium, large, xlarge or GiB as a number"
REDIS_SETTINGS = (
    "activedefrag, lazyfree-lazy-eviction, lazyfree-lazy-expire, lazyfree-lazy-user-del, lazyfree-lazy-user-flush, "
    "lfu-decay-time, lfu-log-factor, maxmemory-gb, notify-keyspace-events, stream-node-max-bytes, stream-node-max-entries, timeout"
)

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"network": "main"}, ["network must be a Network, got 'main'"]),
    ({"engine": "memcached"}, ['engine must be "redis" or "valkey", got \'memcached\'']),
    ({"version": 7}, ['version must be text, got 7; did you mean "7"?']),
    ({"version": "7"}, ['version must be "6.x" or "7.0" or "7.2" on Memorystore for Redis, got \'7\'']),
    ({"version": "8.0"}, ['version must be "6.x" or "7.0" or "7.2" on Memorystore for Redis, got \'8.0\'']),
    ({"engine": "valkey", "version": "7.0"}, ['version must be "7.2" or "8.0" or "9.0" on Memorystore for Valkey, got \'7.0\'']),
    ({"size": "micro"}, [f"{SIZE}, got 'micro'"]),
    ({"size": "5"}, [f"{SIZE}, got '5'; did you mean 5?"]),
    ({"size": 1.5}, [f"{SIZE}, got 1.5"]),
    ({"size": True}, [f"{SIZE}, got True"]),
    ({"size": 0}, ["size must be 1 to 300 GiB on Memorystore for Redis, got 0"]),
    ({"size": 301}, ["size must be 1 to 300 GiB on Memorystore for Redis, got 301"]),
    (
        {"engine": "valkey", "size": 5},
        ["size must be small, medium, large, xlarge on Memorystore for Valkey, whose nodes come in these sizes only, got 5"],
    ),
    ({"high_availability": "yes"}, ["high_availability must be True or False, got 'yes'"]),
    ({"read_replicas": 5, "high_availability": True}, ["read_replicas must be 0 to 4, got 5"]),
    ({"read_replicas": 1}, ["read_replicas needs high_availability=True, got 1"]),
    (
        {"read_replicas": 1, "high_availability": True},
        ['read_replicas needs 5 GiB or more on Memorystore for Redis, got 1; take size="medium"'],
    ),
    ({"persistence": "rdb"}, ["persistence must be True or False, got 'rdb'"]),
    (
        {"eviction": "lru"},
        [
            (
                'eviction must be "noeviction" or "allkeys-lru" or "allkeys-lfu" or "allkeys-random" or "volatile-lru" or "volatile-lfu" or '
                '"volatile-random" or "volatile-ttl", got \'lru\''
            )
        ],
    ),
    ({"settings": "timeout=1"}, ["settings must map names to values, got 'timeout=1'"]),
    ({"settings": {"timeout": 300}}, ["settings['timeout'] must be text, got 300; did you mean \"300\"?"]),
    (
        {"settings": {"maxmemory-policy": "allkeys-lru"}},
        ["settings must not hold maxmemory-policy, got 'allkeys-lru'; write eviction='allkeys-lru'"],
    ),
    (
        {"settings": {"save": "60 1"}},
        [f"settings must hold settings that Memorystore for Redis takes, got 'save'; which are {REDIS_SETTINGS}"],
    ),
    (
        {"engine": "valkey", "settings": {"timeout": "300"}},
        [
            (
                "settings must hold settings that Memorystore for Valkey takes, got 'timeout'; "
                "which are maxmemory, maxmemory-clients, notify-keyspace-events, slowlog-log-slower-than, slowlog-max-len"
            )
        ],
    ),
    ({"maintenance": "sunday"}, ["maintenance must be Window(…), got 'sunday'"]),
    ({"maintenance": Window(hour=-1)}, ["maintenance.hour must be 0 to 23, got -1"]),
    ({"customer_key": 1}, ["customer_key must be text, got 1; for example 'projects/…/cryptoKeys/cache'"]),
    ({"size": 1.5, "persistence": 1}, [f"{SIZE}, got 1.5", "persistence must be True or False, got 1"]),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_cache_that_cannot_work_is_refused_with_all_its_problems_and_nothing_is_registered(given: dict[str, Any], expected: list[str]) -> None:
    caught: list[str] = []

    def program() -> None:
        network = Network("main")
        try:
            Cache("sessions", CacheArgs(**{"network": network, **given}))
        except ArgsError as error:
            caught.append(str(error))

    world = build(program)
    assert caught == ["\n".join(f'Cache "sessions": {problem}' for problem in expected)]
    assert not [resource for resource in world.resources if resource.name.startswith("sessions") or resource.parent_name == "sessions"]
    assert not world.of("gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy")


@pytest.mark.parametrize(
    "given",
    [
        {"size": 1},
        {"size": 300},
        {"size": 5, "high_availability": True, "read_replicas": 4},
        {"version": "6.x"},
        {"engine": "valkey", "version": "9.0", "size": "xlarge"},
        {"engine": "valkey", "size": "small", "high_availability": True, "read_replicas": 1},
        {"settings": {"notify-keyspace-events": "Ex"}},
    ],
)
def test_the_edge_of_what_works_is_taken(given: dict[str, Any]) -> None:
    world = build(lambda: Cache("sessions", CacheArgs(network=Network("main"), **given)))
    assert world.of("gcp:redis/instance:Instance") or world.of("gcp:memorystore/instance:Instance")
