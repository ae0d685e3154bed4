"""Memorystore for Valkey and for Redis Cluster in the sandbox."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Record, Refusal
from tests.sandbox.kinds.cloud import PROJECT, REGION, Invalid, World
from tests.sandbox.kinds.sql_world import NETWORK, connected, put

VALKEY = "gcp:memorystore/instance:Instance"
CLUSTER = "gcp:redis/cluster:Cluster"
ENDPOINTS = [{"network": NETWORK, "projectId": PROJECT}]


@pytest.fixture
def world() -> World:
    made = connected()
    subnetwork = f"projects/{PROJECT}/regions/{REGION}/subnetworks/endpoints"
    put(made, "gcp:compute/subnetwork:Subnetwork", subnetwork, name="endpoints", network=NETWORK, region=REGION, project=PROJECT, ipCidrRange="10.9.0.0/28")
    for service in ("gcp-memorystore", "gcp-memorystore-redis"):
        held = {"network": NETWORK, "location": REGION, "serviceClass": service, "pscConfig": {"subnetworks": [subnetwork]}}
        put(made, "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy", service, **held)
    return made


def valkey(world: World, **inputs: Any) -> Record:
    """A Valkey instance that Google takes, unless it is spoiled."""
    said = {"instanceId": "main", "location": REGION, "shardCount": 1, "desiredAutoCreatedEndpoints": ENDPOINTS, "deletionProtectionEnabled": False}
    return world.create(VALKEY, **{**said, **inputs})


def cluster(world: World, **inputs: Any) -> Record:
    """A Redis cluster that Google takes, unless it is spoiled."""
    said = {"name": "main", "region": REGION, "shardCount": 3, "pscConfigs": [{"network": NETWORK}], "deletionProtectionEnabled": False}
    return world.create(CLUSTER, **{**said, **inputs})


def test_an_instance_has_endpoints_in_the_policys_subnetwork(world: World) -> None:
    made = valkey(world, mode="CLUSTER_DISABLED", transitEncryptionMode="SERVER_AUTHENTICATION")
    assert made.id == made.outputs["name"] == f"projects/{PROJECT}/locations/{REGION}/instances/main"
    connections = made.outputs["pscAutoConnections"]
    assert [one["connectionType"] for one in connections] == ["CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_READER"]
    assert all(one["ipAddress"].startswith("10.9.0.") and one["port"] == 6379 for one in connections)
    (endpoint,) = made.outputs["endpoints"]
    assert [one["pscAutoConnection"]["ipAddress"] for one in endpoint["connections"]] == [one["ipAddress"] for one in connections]
    assert made.outputs["managedServerCas"][0]["caCerts"][0]["certificates"][0].startswith("-----BEGIN CERTIFICATE-----")
    assert made.outputs["state"] == "ACTIVE"


def test_a_cluster_is_found_by_discovery(world: World) -> None:
    instance = valkey(world)
    assert [one["port"] for one in instance.outputs["discoveryEndpoints"]] == [6379]
    assert instance.outputs["managedServerCas"] == []
    made = cluster(world)
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/clusters/main"
    assert made.outputs["discoveryEndpoints"][0]["address"] == made.outputs["pscConnections"][0]["address"]
    assert made.outputs["sizeGb"] == 31


@pytest.mark.parametrize("make", [valkey, cluster])
def test_an_update_keeps_addresses(world: World, make: Any) -> None:
    made = make(world)
    later = world.update(made, replicaCount=1)
    for output in ("pscAutoConnections", "pscConnections", "discoveryEndpoints", "uid", "createTime", "managedServerCas"):
        assert later.outputs.get(output) == made.outputs.get(output)


@pytest.mark.parametrize(("make", "service"), [(valkey, "gcp-memorystore"), (cluster, "gcp-memorystore-redis")])
def test_endpoints_need_a_service_connection_policy(world: World, make: Any, service: str) -> None:
    del world.cloud.records["gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy", service]
    with pytest.raises(Refusal) as refused:
        make(world)
    why = f"No service connection policy is associated with project: {PROJECT}, network: {NETWORK}, region: {REGION}, service class: {service}"
    assert why in str(refused.value)


@pytest.mark.parametrize(("make", "noun"), [(valkey, "instance"), (cluster, "cluster")])
def test_a_protected_one_is_not_deleted(world: World, make: Any, noun: str) -> None:
    made = make(world, deletionProtectionEnabled=True)
    with pytest.raises(Refusal, match=f"The {noun} is deletion protected. Please disable deletion protection to delete the {noun}"):
        world.delete(made)
    world.delete(world.update(made, deletionProtectionEnabled=False))
    assert world.kinds[made.type].defaults(world.call(made.type, {}))["deletionProtectionEnabled"] is True


@pytest.mark.parametrize("make", [valkey, cluster])
@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"shardCount": 0}, "Must be between 1 and 250"),
        ({"shardCount": 251}, "Must be between 1 and 250"),
        ({"replicaCount": 6}, "Must be between 0 and 5"),
        ({"maintenancePolicy": {"weeklyMaintenanceWindows": [{"day": "MONDAY"}, {"day": "FRIDAY"}]}}, "at most one window is supported"),
        ({"automatedBackupConfig": {"retention": "3600s"}}, "Must be between 1 and 365 days"),
        ({"kmsKey": f"projects/{PROJECT}/locations/{REGION}/keyRings/r/cryptoKeys/k"}, "Permission denied on Cloud KMS key"),
    ],
)
def test_the_api_refuses(world: World, make: Any, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        make(world, **inputs)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"mode": "CLUSTER_DISABLED", "shardCount": 2}, "Must be 1 when cluster mode is disabled"),
        ({"engineVersion": "VALKEY_6_0"}, "Supported versions are VALKEY_7_2"),
    ],
)
def test_the_api_refuses_an_instance(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        valkey(world, **inputs)


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"instanceId": "abc"}, "instanceId"),
        ({"instanceId": "main-"}, "instanceId"),
        ({"desiredPscAutoConnections": ENDPOINTS, "desiredAutoCreatedEndpoints": ENDPOINTS}, "desiredAutoCreatedEndpoints"),
        (
            {"maintenancePolicy": {"weeklyMaintenanceWindows": [{"day": "MONDAY", "startTime": {"hours": 24}}]}},
            "maintenancePolicy.weeklyMaintenanceWindows[0].startTime.hours",
        ),
    ],
)
def test_the_provider_refuses(world: World, inputs: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.check(VALKEY, **{"instanceId": "main", "location": REGION, "shardCount": 1, **inputs})
    assert [failure.path for failure in refused.value.failures] == [path]
