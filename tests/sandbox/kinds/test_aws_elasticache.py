"""ElastiCache in the sandbox: what AWS makes up for a replication group, keeps through changes, and leaves behind."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.resources.aws.addresses import interfaces
from sandbox.resources.aws.elasticache import short_region
from tests.sandbox.kinds.aws_data_world import ACCOUNT, CACHE, CACHE_PARAMETERS, CACHE_SUBNETS, REGION, cache, data_world
from tests.sandbox.kinds.cloud import World, refused

CLUSTER = "aws:elasticache/cluster:Cluster"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
MULTI = {"numCacheClusters": 2, "automaticFailoverEnabled": True, "multiAzEnabled": True}
SHARDED = {"numCacheClusters": None, "numNodeGroups": 2, "replicasPerNodeGroup": 1, "automaticFailoverEnabled": True}


@pytest.fixture
def world() -> World:
    return data_world()


def test_a_group_has_the_names_of_a_real_one(world: World) -> None:
    made = cache(world, **MULTI)
    assert made.id == "main"
    assert made.outputs["arn"] == f"arn:aws:elasticache:{REGION}:{ACCOUNT}:replicationgroup:main"
    assert re.fullmatch(r"master\.main\.[a-z0-9]{6}\.euw1\.cache\.amazonaws\.com", made.outputs["primaryEndpointAddress"])
    assert re.fullmatch(r"replica\.main\.[a-z0-9]{6}\.euw1\.cache\.amazonaws\.com", made.outputs["readerEndpointAddress"])
    assert made.outputs["memberClusters"] == ["main-001", "main-002"]
    assert (made.outputs["clusterEnabled"], made.outputs["clusterMode"], made.outputs["configurationEndpointAddress"]) == (False, "disabled", "")


def test_without_tls_the_endpoints_are_called_otherwise(world: World) -> None:
    made = cache(world, transitEncryptionEnabled=False)
    assert re.fullmatch(r"main\.[a-z0-9]{6}\.ng\.0001\.euw1\.cache\.amazonaws\.com", made.outputs["primaryEndpointAddress"])
    assert re.fullmatch(r"main-ro\.[a-z0-9]{6}\.ng\.0001\.euw1\.cache\.amazonaws\.com", made.outputs["readerEndpointAddress"])
    assert made.outputs["transitEncryptionMode"] == ""


def test_a_sharded_group_has_one_endpoint_and_members_by_shard(world: World) -> None:
    made = cache(world, **SHARDED)
    assert re.fullmatch(r"clustercfg\.main\.[a-z0-9]{6}\.euw1\.cache\.amazonaws\.com", made.outputs["configurationEndpointAddress"])
    assert made.outputs["memberClusters"] == ["main-0001-001", "main-0001-002", "main-0002-001", "main-0002-002"]
    assert (made.outputs["clusterEnabled"], made.outputs["numCacheClusters"], made.outputs["primaryEndpointAddress"]) == (True, 4, "")
    assert made.outputs["parameterGroupName"] == "default.valkey8.cluster.on"


@pytest.mark.parametrize(("region", "short"), [("eu-west-1", "euw1"), ("us-east-1", "use1"), ("ap-southeast-2", "apse2"), ("eu-central-1", "euc1")])
def test_regions_have_short_names(region: str, short: str) -> None:
    assert short_region(region) == short


@pytest.mark.parametrize(
    ("engine", "asked", "version", "actual", "group", "encrypted"),
    [
        ("valkey", "8.0", "8.0", "8.0.1", "default.valkey8", True),
        ("valkey", "9.1", "9.1", "9.1.0", "default.valkey9", True),
        ("valkey", "7.2", "7.2", "7.2.6", "default.valkey7", True),
        ("redis", "7.1", "7.1", "7.1.0", "default.redis7", False),
        ("redis", "6.x", "6.x", "6.2.6", "default.redis6.x", False),
        ("redis", "5.0.6", "5.0.6", "5.0.6", "default.redis5.0", False),
        ("redis", None, "7.1", "7.1.0", "default.redis7", False),
    ],
)
def test_versions_have_patches_and_families(world: World, engine: str, asked: str | None, version: str, actual: str, group: str, encrypted: bool) -> None:
    outputs = cache(world, engine=engine, engineVersion=asked, atRestEncryptionEnabled=None).outputs
    told = (outputs["engineVersion"], outputs["engineVersionActual"], outputs["parameterGroupName"], outputs["atRestEncryptionEnabled"])
    assert told == (version, actual, group, encrypted)


def test_an_update_keeps_what_the_group_was_born_with(world: World) -> None:
    made = cache(world, **MULTI)
    later = world.update(made, numCacheClusters=3, nodeType="cache.m7g.large")
    for output in ("primaryEndpointAddress", "readerEndpointAddress", "arn", "snapshotWindow", "maintenanceWindow"):
        assert later.outputs[output] == made.outputs[output]
    assert later.outputs["memberClusters"] == ["main-001", "main-002", "main-003"]
    assert later.outputs["__zones"][:2] == made.outputs["__zones"]


def test_each_node_stands_in_a_subnet_of_its_zone(world: World) -> None:
    cache(world, **MULTI, preferredCacheClusterAzs=["eu-west-1b", "eu-west-1c"])
    assert [(one.subnet, one.groups) for one in interfaces(world.cloud)] == [("subnet-0b", ("sg-0",)), ("subnet-0c", ("sg-0",))]
    assert cache(world, "bare", securityGroupIds=None).outputs["securityGroupIds"] == ["sg-default-vpc-1"]


def test_windows_of_an_hour_side_by_side_pass(world: World) -> None:
    made = cache(world, snapshotWindow="03:00-04:00", maintenanceWindow="Sun:04:00-Sun:05:00", snapshotRetentionLimit=35)
    assert (made.outputs["snapshotWindow"], made.outputs["maintenanceWindow"]) == ("03:00-04:00", "sun:04:00-sun:05:00")


def test_a_final_snapshot_stays_and_holds_its_name(world: World) -> None:
    made = cache(world, finalSnapshotIdentifier="last")
    world.delete(made)
    (left,) = world.cloud.find("aws:elasticache/snapshot:Snapshot")
    assert (left.id, left.outputs["replicationGroupId"]) == ("last", "main")
    again = cache(world, finalSnapshotIdentifier="last")
    told = refused(lambda: world.delete(again))
    assert told.endswith("SnapshotAlreadyExistsFault: Snapshot with specified name already exists: last")
    world.delete(world.update(again, finalSnapshotIdentifier=None))


@pytest.mark.parametrize(
    ("path", "replaces"),
    [
        *((path, True) for path in ("atRestEncryptionEnabled", "kmsKeyId", "port", "replicationGroupId", "subnetGroupName", "snapshotName", "networkType")),
        *((path, False) for path in ("nodeType", "numCacheClusters", "parameterGroupName", "authToken", "userGroupIds", "engineVersion", "description")),
    ],
)
def test_what_replaces_a_group_is_what_the_provider_says(world: World, path: str, replaces: bool) -> None:
    assert (path in world.kinds[CACHE].replaces) is replaces


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ({"engine": "valkey", "engineVersion": "8.1"}, {"engine": "valkey", "engineVersion": "8.0"}, {"engineVersion"}),
        ({"engine": "valkey", "engineVersion": "8.0"}, {"engine": "valkey", "engineVersion": "8.1"}, set()),
        ({"engine": "valkey", "engineVersion": "8.0"}, {"engine": "redis", "engineVersion": "7.1"}, {"engine"}),
        ({"engine": "redis", "engineVersion": "7.1"}, {"engine": "valkey", "engineVersion": "8.0"}, set()),
        ({"engine": "redis", "engineVersion": "6.2"}, {"engine": "redis", "engineVersion": "6.2"}, {"transitEncryptionEnabled"}),
        ({"engine": "redis", "engineVersion": "7.0"}, {"engine": "redis", "engineVersion": "7.0"}, set()),
        ({"nodeGroupConfigurations": [{"nodeGroupId": "0001"}]}, {}, {"nodeGroupConfigurations"}),
    ],
)
def test_a_downgrade_replaces(world: World, old: dict[str, Any], new: dict[str, Any], paths: set[str]) -> None:
    assert world.kinds[CACHE].replaces_on(old, new) == paths


def test_a_name_is_made_up_where_none_is_given(world: World) -> None:
    assert re.fullmatch(r"it-[0-9a-f]{7}", world.check(CACHE, description="A cache")["replicationGroupId"])


def test_groups_lie_in_the_network_of_their_subnets(world: World) -> None:
    (group,) = world.cloud.find(CACHE_SUBNETS)
    assert group.outputs["vpcId"] == "vpc-1"
    assert group.outputs["arn"] == f"arn:aws:elasticache:{REGION}:{ACCOUNT}:subnetgroup:data"
    parameters = world.create(CACHE_PARAMETERS, name="Own", family="valkey8", parameters=[{"name": "maxmemory-policy", "value": "allkeys-lru"}])
    assert (parameters.id, parameters.outputs["arn"]) == ("own", f"arn:aws:elasticache:{REGION}:{ACCOUNT}:parametergroup:own")
    made = cache(world, parameterGroupName="own", **MULTI)
    assert "CacheSubnetGroupInUse: Cache subnet group data is currently in use by a cache cluster." in refused(lambda: world.delete(group))
    assert "still members of this parameter group own, so the group cannot be deleted." in refused(lambda: world.delete(parameters))
    used = made.outputs["__zones"][0][-1]
    rest = [f"subnet-0{zone}" for zone in "abc" if zone != used]
    assert "SubnetInUse" in refused(lambda: world.update(group, subnetIds=rest))
    world.delete(made)
    world.delete(group)
    world.delete(parameters)


def test_memcached_has_nodes_and_a_configuration_endpoint(world: World) -> None:
    said = {"clusterId": "main", "engine": "memcached", "engineVersion": "1.6.22", "nodeType": "cache.t4g.micro", "subnetGroupName": "data"}
    made = world.create(CLUSTER, numCacheNodes=2, azMode="cross-az", securityGroupIds=["sg-0"], **said)
    assert re.fullmatch(r"main\.[a-z0-9]{6}\.cfg\.euw1\.cache\.amazonaws\.com:11211", made.outputs["configurationEndpoint"])
    assert [node["id"] for node in made.outputs["cacheNodes"]] == ["0001", "0002"]
    assert len({node["availabilityZone"] for node in made.outputs["cacheNodes"]}) == 2
    assert made.outputs["parameterGroupName"] == "default.memcached1.6"
    assert len(list(interfaces(world.cloud))) == 2


def test_a_serverless_cache_has_endpoints_and_a_version(world: World) -> None:
    made = world.create(SERVERLESS, name="main", engine="valkey", majorEngineVersion="8", subnetIds=["subnet-0a", "subnet-0b"], securityGroupIds=["sg-0"])
    (endpoint,) = made.outputs["endpoints"]
    assert re.fullmatch(r"main-[a-z0-9]{6}\.serverless\.euw1\.cache\.amazonaws\.com", endpoint["address"])
    assert (endpoint["port"], made.outputs["readerEndpoints"][0]["port"]) == (6379, 6380)
    assert (made.outputs["fullEngineVersion"], made.outputs["status"]) == ("8.2.0", "available")
    assert [one.subnet for one in interfaces(world.cloud)] == ["subnet-0a", "subnet-0b"]
