"""Everything that Cache refuses on AWS, word for word, before anything of it is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, Cache, CacheArgs, Network
from tests.components.world import build

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ABROAD = KEY.replace("eu-west-1", "us-east-1")
NODE = "size must be a node type of ElastiCache"
FAMILIES = "families are t3, t4g, m5, m6g, m7g, r5, r6g, r7g"
SETTING = "settings must hold settings that ElastiCache lets change"
VALKEY = 'version must be "7.2" or "8.0" or "8.1" or "8.2" or "9.0" or "9.1" on ElastiCache for Valkey'

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"version": "7.2"}, ['version must be "7.0" or "7.1" on ElastiCache for Redis, got \'7.2\'']),
    ({"version": "6.x"}, ['version must be "7.0" or "7.1" on ElastiCache for Redis, got \'6.x\'']),
    ({"engine": "valkey", "version": "7.1"}, [f"{VALKEY}, got '7.1'"]),
    ({"engine": "valkey", "version": "8"}, [f"{VALKEY}, got '8'"]),
    ({"size": 0}, ["size must be 1 to 419 GiB on ElastiCache, got 0"]),
    ({"size": 420}, ["size must be 1 to 419 GiB on ElastiCache, got 420"]),
    ({"size": "cache.t3.large"}, [f"{NODE}, got 'cache.t3.large'; cache.t3 comes as micro, small, medium"]),
    ({"size": "cache.t2.micro"}, [f"{NODE}, got 'cache.t2.micro'; {FAMILIES}"]),
    ({"size": "cache.r6gd.xlarge"}, [f"{NODE}, got 'cache.r6gd.xlarge'; {FAMILIES}"]),
    ({"size": "cache.t3"}, [f"{NODE}, got 'cache.t3'; cache.t3 comes as micro, small, medium"]),
    ({"size": "t3.micro"}, ["size must be small, medium, large, xlarge or GiB as a number, got 't3.micro'"]),
    ({"settings": {"maxmemory-gb": "4"}}, [f"{SETTING}, got 'maxmemory-gb'; did you mean 'maxmemory-samples'?"]),
    ({"settings": {"cluster-enabled": "yes"}}, [f"{SETTING}, got 'cluster-enabled'; the ElastiCache user guide lists them as engine-specific parameters"]),
    ({"settings": {"timeout": 300}}, ["settings['timeout'] must be text, got 300; did you mean \"300\"?"]),
    ({"snapshot_days": 0}, ["snapshot_days must be 1 to 35 days, got 0; or persistence=False for none"]),
    ({"snapshot_days": 36}, ["snapshot_days must be 1 to 35 days, got 36; or persistence=False for none"]),
    ({"snapshot_days": "7"}, ["snapshot_days must be 1 to 35 days, got '7'; or persistence=False for none"]),
    (
        {"customer_key": "alias/cache"},
        ["customer_key must be the ARN of a KMS key, got 'alias/cache'; arn:aws:kms:…:…:key/…; an alias gives nobody a right on the key"],
    ),
    ({"customer_key": 1}, ["customer_key must be text, got 1; for example 'arn:aws:kms:…:key/…'"]),
    (
        {"customer_key": ABROAD},
        [f"customer_key must be in 'eu-west-1', where this is built, got '{ABROAD}'; a KMS key encrypts in its own region only"],
    ),
    ({"read_replicas": 1, "high_availability": False}, ["read_replicas needs high_availability=True, got 1"]),
    ({"version": "5.0.6", "size": "cache.x"}, ['version must be "7.0" or "7.1" on ElastiCache for Redis, got \'5.0.6\'', f"{NODE}, got 'cache.x'; {FAMILIES}"]),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_cache_that_aws_does_not_have_is_refused_with_all_its_problems_and_nothing_is_registered(given: dict[str, Any], expected: list[str]) -> None:
    caught: list[str] = []

    def program() -> None:
        network = Network("main")
        try:
            Cache("sessions", CacheArgs(**{"network": network, **given}))
        except ArgsError as error:
            caught.append(str(error))

    world = build(program, cloud="aws")
    assert caught == ["\n".join(f'Cache "sessions": {problem}' for problem in expected)]
    assert not [resource for resource in world.resources if resource.name.startswith("sessions") or resource.parent_name == "sessions"]


@pytest.mark.parametrize(
    ("given", "node"),
    [
        ({"size": 1}, "cache.t4g.small"),
        ({"size": 419}, "cache.r7g.16xlarge"),
        ({"size": "cache.t3.micro"}, "cache.t3.micro"),
        ({"size": "cache.r5.24xlarge", "engine": "valkey"}, "cache.r5.24xlarge"),
        ({"size": 5, "engine": "valkey"}, "cache.m7g.large"),
        ({"size": "small", "high_availability": True, "read_replicas": 4, "snapshot_days": 35}, "cache.t4g.small"),
        ({"settings": {"timeout": "300"}, "version": "7.0"}, "cache.t4g.small"),
    ],
)
def test_the_edge_of_what_works_is_taken(given: dict[str, Any], node: str) -> None:
    world = build(lambda: Cache("sessions", CacheArgs(network=Network("main"), **given)), cloud="aws")
    assert world.one("aws:elasticache/replicationGroup:ReplicationGroup").inputs["nodeType"] == node


def test_a_node_type_of_aws_is_refused_on_google_cloud() -> None:
    with pytest.raises(ArgsError) as redis:
        build(lambda: Cache("sessions", CacheArgs(network=Network("main"), size="cache.t3.micro")))
    with pytest.raises(ArgsError) as valkey:
        build(lambda: Cache("sessions", CacheArgs(network=Network("main"), size="cache.t3.micro", engine="valkey")))
    assert str(redis.value) == (
        'Cache "sessions": size must be small, medium, large, xlarge or GiB as a number on Memorystore for Redis, which has no node types of that kind, '
        "got 'cache.t3.micro'"
    )
    assert str(valkey.value) == (
        "Cache \"sessions\": size must be small, medium, large, xlarge on Memorystore for Valkey, whose nodes come in these sizes only, got 'cache.t3.micro'"
    )
