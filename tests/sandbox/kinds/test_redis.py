"""Memorystore for Redis in the sandbox: addresses, secrets, and what Google refuses."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import pytest

from sandbox.kind import Record, Refusal
from tests.sandbox.kinds.cloud import PROJECT, REGION, Invalid, World
from tests.sandbox.kinds.sql_world import NETWORK, connected, instance

REDIS = "gcp:redis/instance:Instance"
TLS = {"transitEncryptionMode": "SERVER_AUTHENTICATION", "authEnabled": True}
READS = {"tier": "STANDARD_HA", "readReplicasMode": "READ_REPLICAS_ENABLED", "memorySizeGb": 5}


@pytest.fixture
def world() -> World:
    return connected()


def cache(world: World, name: str = "main-cache", **inputs: Any) -> Record:
    """A cache that Google takes, unless it is spoiled."""
    said = {"memorySizeGb": 1, "region": REGION, "authorizedNetwork": NETWORK, "connectMode": "PRIVATE_SERVICE_ACCESS", "deletionProtection": False}
    return world.create(REDIS, name=name, **{**said, **inputs})


def test_a_cache_has_a_private_host_and_a_port(world: World) -> None:
    made = cache(world)
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/instances/main-cache"
    block = ipaddress.ip_network(made.outputs["effectiveReservedIpRange"])
    assert block.prefixlen == 29
    assert block.subnet_of(ipaddress.ip_network("10.50.0.0/20"))
    assert ipaddress.ip_address(made.outputs["host"]) in block
    assert (made.outputs["port"], made.outputs["authString"], made.outputs["serverCaCerts"]) == (6379, "", [])
    assert (made.outputs["readEndpoint"], made.outputs["readEndpointPort"], made.outputs["replicaCount"]) == ("", 0, 0)
    for form in (made.id, f"{PROJECT}/{REGION}/main-cache", f"{REGION}/main-cache", "main-cache"):
        assert world.kinds[REDIS].import_id(form, {"project": PROJECT, "region": REGION}) == made.id


def test_caches_and_databases_of_a_network_do_not_overlap(world: World) -> None:
    first, second = cache(world, "cache-a"), cache(world, "cache-b")
    database = instance(world)
    blocks = [ipaddress.ip_network(made.outputs["effectiveReservedIpRange"]) for made in (first, second)]
    blocks.append(ipaddress.ip_network(f"{database.outputs['privateIpAddress']}/24", strict=False))
    blocks.append(ipaddress.ip_network(cache(world, "cache-c").outputs["effectiveReservedIpRange"]))
    assert not [(one, two) for at, one in enumerate(blocks) for two in blocks[:at] if one.overlaps(two)]


def test_encryption_and_a_password_come_on_request(world: World) -> None:
    made = cache(world, **TLS)
    assert made.outputs["port"] == 6378
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made.outputs["authString"])
    assert made.outputs["serverCaCerts"][0]["cert"].startswith("-----BEGIN CERTIFICATE-----")
    assert "authString" in world.kinds[REDIS].secrets


def test_an_update_keeps_host_password_and_certificate(world: World) -> None:
    made = cache(world, **TLS)
    later = world.update(made, memorySizeGb=2)
    for output in ("host", "authString", "serverCaCerts", "effectiveReservedIpRange", "createTime", "currentLocationId"):
        assert later.outputs[output] == made.outputs[output]


def test_a_standard_cache_has_a_second_zone_and_read_replicas_an_endpoint(world: World) -> None:
    standard = cache(world, "cache-a", tier="STANDARD_HA")
    assert standard.outputs["alternativeLocationId"] not in {"", standard.outputs["locationId"]}
    assert standard.outputs["replicaCount"] == 1
    made = cache(world, "cache-b", **READS)
    assert made.outputs["replicaCount"] == 2
    assert made.outputs["readEndpoint"] not in {"", made.outputs["host"]}
    assert len(made.outputs["nodes"]) == 3
    assert ipaddress.ip_network(made.outputs["effectiveReservedIpRange"]).prefixlen == 28


def test_the_provider_fills_in_its_defaults(world: World) -> None:
    assert world.kinds[REDIS].defaults(world.call(REDIS, {})) == {
        "authEnabled": False,
        "connectMode": "DIRECT_PEERING",
        "deletionProtection": True,
        "tier": "BASIC",
        "transitEncryptionMode": "DISABLED",
    }


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"name": "Cache"}, "name"),
        ({"name": "a" * 42}, "name"),
        ({"redisVersion": "7.2"}, "redisVersion"),
        ({"locationId": f"{REGION}-b", "alternativeLocationId": f"{REGION}-b"}, "alternativeLocationId"),
    ],
)
def test_the_provider_refuses(world: World, inputs: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.check(REDIS, **{"name": "cache", "memorySizeGb": 1, **inputs})
    assert [failure.path for failure in refused.value.failures] == [path]


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"memorySizeGb": 0}, "Memory size must be between 1 and 300 GB"),
        ({"memorySizeGb": 301}, "Memory size must be between 1 and 300 GB"),
        ({"redisVersion": "REDIS_9_0"}, "Supported versions are REDIS_4_0"),
        ({"replicaCount": 1}, "The only valid value for the BASIC tier is 0"),
        ({"readReplicasMode": "READ_REPLICAS_ENABLED"}, "only supported for the STANDARD_HA tier"),
        ({"tier": "STANDARD_HA", "replicaCount": 2}, "the only valid value for STANDARD_HA is 1"),
        ({**READS, "replicaCount": 6}, "Must be between 1 and 5 with read replicas"),
        ({**READS, "memorySizeGb": 4}, "Read replicas require at least 5 GB of memory, got 4"),
        ({**READS, "redisVersion": "REDIS_4_0"}, "Read replicas require REDIS_5_0 or later, got REDIS_4_0"),
        ({"locationId": "us-east1-b"}, f"The zone must be in region {REGION}"),
        ({"alternativeLocationId": f"{REGION}-b"}, "only applicable to the STANDARD_HA tier"),
        ({"redisConfigs": {"save": "60"}}, "save is not a supported configuration parameter"),
        ({"redisConfigs": {"maxmemory-policy": "lru"}}, "lru is not a valid value for maxmemory-policy"),
        ({"persistenceConfig": {"persistenceMode": "RDB"}}, "rdb_snapshot_period': required when persistence_mode is RDB"),
        ({"persistenceConfig": {"persistenceMode": "DISABLED", "rdbSnapshotPeriod": "ONE_HOUR"}}, "not allowed when persistence_mode is DISABLED"),
        ({"maintenancePolicy": {"weeklyMaintenanceWindows": [{"day": "MONDAY", "startTime": {"hours": 24}}]}}, "24:0 is not a time of day"),
        ({"maintenancePolicy": {"weeklyMaintenanceWindows": [{"day": "MONDAY"}, {"day": "FRIDAY"}]}}, "at most one window is supported"),
        ({"reservedIpRange": "nothing"}, "It is not an allocated range of the connection"),
        ({"connectMode": "DIRECT_PEERING", "reservedIpRange": "services"}, "With DIRECT_PEERING it must be a CIDR range"),
        ({"connectMode": "DIRECT_PEERING", "authorizedNetwork": "projects/other/global/networks/n"}, "must exist in the same project as redis instance"),
        ({"customerManagedKey": f"projects/{PROJECT}/locations/{REGION}/keyRings/r/cryptoKeys/k"}, "Permission denied on Cloud KMS key"),
        ({"customerManagedKey": f"projects/{PROJECT}/locations/us/keyRings/r/cryptoKeys/k"}, "The Cloud KMS key location 'us' must match"),
        ({"labels": {"Team": "x"}}, "Label key 'Team' violates format constraints"),
    ],
)
def test_the_api_refuses(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        cache(world, **inputs)


def test_private_services_need_a_connection() -> None:
    world = connected(connection=False)
    with pytest.raises(Refusal, match="Google private service access is not enabled"):
        cache(world)
    assert cache(world, connectMode="DIRECT_PEERING", reservedIpRange="10.60.0.0/29").outputs["host"] == "10.60.0.3"


def test_a_range_may_be_named(world: World) -> None:
    made = cache(world, reservedIpRange="services")
    assert made.outputs["reservedIpRange"] == "services"
    assert made.outputs["effectiveReservedIpRange"] == "10.50.0.0/29"


def test_a_full_range_has_no_room(world: World) -> None:
    small = connected(prefix=28)
    cache(small, "cache-a")
    cache(small, "cache-b")
    with pytest.raises(Refusal, match="Couldn't find free blocks in allocated IP ranges"):
        cache(small, "cache-c")


def test_read_replicas_are_for_good(world: World) -> None:
    made = cache(world, **READS)
    with pytest.raises(Refusal, match="cannot be disabled once they have been enabled"):
        world.update(made, readReplicasMode="READ_REPLICAS_DISABLED")
    plain = cache(world, "plain", tier="STANDARD_HA", memorySizeGb=5)
    with pytest.raises(Refusal, match="secondary_ip_range is required"):
        world.update(plain, readReplicasMode="READ_REPLICAS_ENABLED")
    assert world.update(plain, readReplicasMode="READ_REPLICAS_ENABLED", secondaryIpRange="auto").outputs["readEndpoint"]


def test_a_version_that_goes_down_replaces(world: World) -> None:
    rule = world.kinds[REDIS].replaces_on
    assert rule({"redisVersion": "REDIS_7_2"}, {"redisVersion": "REDIS_6_X"}) == {"redisVersion"}
    assert rule({"redisVersion": "REDIS_6_X"}, {"redisVersion": "REDIS_7_2"}) == frozenset()
    assert rule({}, {"redisVersion": "REDIS_7_2"}) == frozenset()


def test_a_protected_cache_is_not_deleted(world: World) -> None:
    made = cache(world, deletionProtection=True)
    with pytest.raises(Refusal, match="cannot destroy redis instance without setting deletion_protection=false and running `terraform apply`"):
        world.delete(made)
    world.delete(world.update(made, deletionProtection=False))
    with pytest.raises(Refusal, match=r"Error 409: Resource '.*' already exists"):
        (cache(world), cache(world))
