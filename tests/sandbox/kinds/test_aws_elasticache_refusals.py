"""What the provider and AWS refuse of caches, their groups and their users, in their words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.kinds.aws_data_world import CACHE, CACHE_PARAMETERS, CACHE_SUBNETS, CUSTOMER_KEY, cache, data_world
from tests.sandbox.kinds.cloud import World, invalid, refused

PARAMETER, COMBINATION = "api error InvalidParameterValue: ", "api error InvalidParameterCombination: "
FAILOVER = {"numCacheClusters": 2, "automaticFailoverEnabled": True}
SHARDS = {"numCacheClusters": None, "numNodeGroups": 2, "replicasPerNodeGroup": 1}
SLOW = {"destination": "/cache/slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}
TOKEN = "correct-horse-battery"


@pytest.fixture
def world() -> World:
    return data_world()


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"replicationGroupId": "a" * 41}, "replicationGroupId", f"expected length of replication_group_id to be in the range (1 - 40), got {'a' * 41}"),
        ({"replicationGroupId": "a_b"}, "replicationGroupId", "invalid value for replication_group_id (must contain only alphanumeric characters and hyphens)"),
        ({"replicationGroupId": "1a"}, "replicationGroupId", "invalid value for replication_group_id (must begin with a letter)"),
        ({"replicationGroupId": "a--b"}, "replicationGroupId", "invalid value for replication_group_id (cannot contain two consecutive hyphens)"),
        ({"replicationGroupId": "ab-"}, "replicationGroupId", "invalid value for replication_group_id (cannot end with a hyphen)"),
        ({"description": ""}, "description", 'expected "description" to not be an empty string, got '),
        ({"authToken": "short"}, "authToken", '"auth_token" must contain from 16 to 128 alphanumeric characters or symbols (excluding @, ", and /)'),
        ({"authToken": "a" * 16 + "@"}, "authToken", 'only alphanumeric characters or symbols (excluding @, ", and /) allowed in "auth_token"'),
        ({"authToken": TOKEN, "userGroupIds": ["g"]}, "authToken", '"auth_token": conflicts with user_group_ids'),
        ({"engineVersion": "8"}, "engineVersion", "engine_version: 8 is invalid. For Valkey v7 or higher, use <major>.<minor>."),
        ({"snapshotWindow": "3-4"}, "snapshotWindow", '"snapshot_window" must satisfy the format of "hh24:mi-hh24:mi".'),
        ({"maintenanceWindow": "03:00-04:00"}, "maintenanceWindow", '"maintenance_window" must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi".'),
        ({"snapshotRetentionLimit": 36}, "snapshotRetentionLimit", "expected snapshot_retention_limit to be at most (35), got 36"),
        ({"numCacheClusters": 2, "numNodeGroups": 2}, "numCacheClusters", '"num_cache_clusters": conflicts with num_node_groups'),
        ({"replicasPerNodeGroup": -1}, "replicasPerNodeGroup", "expected replicas_per_node_group to be at least (0), got -1"),
        ({"multiAzEnabled": True}, "multiAzEnabled", "automatic_failover_enabled must be true if multi_az_enabled is true"),
        ({"automaticFailoverEnabled": True}, "numCacheClusters", '"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true'),
        ({"authTokenUpdateStrategy": "SET"}, "authTokenUpdateStrategy", "auth_token_update_strategy can only be set when auth_token or auth_token_wo is set"),
        ({"notificationTopicArn": "t"}, "notificationTopicArn", '"notification_topic_arn" (t) is an invalid ARN: arn: invalid prefix'),
        (
            {"snapshotArns": ["arn:aws:s3:::bucket/a,b"]},
            "snapshotArns[0]",
            'expected value of snapshot_arns.0 to not contain any of ",", got arn:aws:s3:::bucket/a,b',
        ),
        ({"snapshotArns": ["s"]}, "snapshotArns[0]", '"snapshot_arns.0" (s) is an invalid ARN: arn: invalid prefix'),
        (
            {"logDeliveryConfigurations": [{**SLOW, "destinationType": "s3"}]},
            "logDeliveryConfigurations[0].destinationType",
            'expected destination_type to be one of ["cloudwatch-logs" "kinesis-firehose"], got s3',
        ),
        (
            {"logDeliveryConfigurations": [SLOW] * 3},
            "logDeliveryConfigurations",
            "Too many log_delivery_configuration blocks: no more than 2 are allowed, got 3",
        ),
        ({"globalReplicationGroupId": "g", "engine": "valkey"}, "globalReplicationGroupId", '"global_replication_group_id": conflicts with engine'),
    ],
)
def test_the_provider_refuses_before_it_asks(world: World, inputs: dict[str, Any], path: str, reason: str) -> None:
    assert invalid(world, CACHE, **{"description": "A cache", **inputs})[path] == reason


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"engineVersion": "8.9"}, COMBINATION + "Cannot find version 8.9 for valkey"),
        ({"engine": "redis", "engineVersion": "8.0"}, COMBINATION + "Cannot find version 8.0 for redis"),
        ({"nodeType": "cache.t4g.large"}, PARAMETER + "The parameter CacheNodeType is not a valid node type: cache.t4g.large"),
        ({"nodeType": "db.t4g.micro"}, PARAMETER + "The parameter CacheNodeType is not a valid node type: db.t4g.micro"),
        ({"nodeType": "cache.r6gd.xlarge"}, COMBINATION + "Data tiering must be enabled for node type cache.r6gd.xlarge."),
        ({"dataTieringEnabled": True}, COMBINATION + "Data tiering is not supported for node type cache.t4g.micro."),
        (SHARDS, COMBINATION + "Redis with cluster mode enabled cannot be created with auto failover turned off."),
        ({"clusterMode": "enabled", "automaticFailoverEnabled": False}, COMBINATION + "Redis with cluster mode enabled cannot be created with auto failover"),
        (
            {**SHARDS, "replicasPerNodeGroup": 0, "automaticFailoverEnabled": True, "multiAzEnabled": True},
            COMBINATION + "Must have at least one replica in each node group",
        ),
        ({**FAILOVER, "numCacheClusters": 7}, PARAMETER + "Invalid replica count: 6. A node group has between 0 and 5 replicas."),
        (
            {**SHARDS, "numNodeGroups": 46, "automaticFailoverEnabled": True},
            "NodeQuotaForClusterExceeded: The request cannot be processed because it would exceed the allowed number of 90 cache nodes",
        ),
        (
            {**FAILOVER, "preferredCacheClusterAzs": ["eu-west-1a"]},
            PARAMETER + "PreferredCacheClusterAZs must name as many Availability Zones as there are cache clusters (2).",
        ),
        ({"preferredCacheClusterAzs": ["eu-west-1d"]}, PARAMETER + "The Availability Zone eu-west-1d has no subnet in the cache subnet group data."),
        ({"parameterGroupName": "gone"}, "CacheParameterGroupNotFound: CacheParameterGroup gone not found."),
        ({"parameterGroupName": "default.redis7"}, COMBINATION + "Expected a parameter group of family valkey8 but found one of family redis7"),
        ({"transitEncryptionEnabled": False, "authToken": TOKEN}, COMBINATION + "AuthToken is only supported when TransitEncryptionEnabled is set to true."),
        ({"authToken": "correct%horse%battery"}, PARAMETER + "Invalid AuthToken provided."),
        (
            {"transitEncryptionEnabled": None, "transitEncryptionMode": "required"},
            COMBINATION + "TransitEncryptionMode can be set only when TransitEncryptionEnabled",
        ),
        (
            {"engine": "redis", "engineVersion": "6.2", "transitEncryptionMode": "required"},
            COMBINATION + "TransitEncryptionMode is supported for Redis engine version 7.0 or later.",
        ),
        ({"authToken": TOKEN, "transitEncryptionMode": "preferred"}, COMBINATION + "AuthToken is not supported with TransitEncryptionMode preferred."),
        (
            {"atRestEncryptionEnabled": False, "kmsKeyId": CUSTOMER_KEY},
            COMBINATION + "KmsKeyId can only be specified when AtRestEncryptionEnabled is set to true.",
        ),
        ({"kmsKeyId": "arn:aws:kms:eu-west-1:000000000000:key/gone"}, "The customer managed key arn:aws:kms:eu-west-1:000000000000:key/gone does not exist"),
        ({"userGroupIds": ["one", "two"]}, PARAMETER + "Only one user group can be associated with a replication group."),
        ({"userGroupIds": ["one"]}, "UserGroupNotFound: UserGroup one not found."),
        (
            {"userGroupIds": ["one"], "transitEncryptionEnabled": False},
            COMBINATION + "User group based access control requires encryption-in-transit to be enabled on the replication group.",
        ),
        (
            {"engine": "redis", "engineVersion": "5.0.6", "userGroupIds": ["one"]},
            COMBINATION + "User group based access control requires engine version 6.0 or later.",
        ),
        ({"snapshotWindow": "03:00-03:59"}, PARAMETER + "The snapshot window must be at least 60 minutes."),
        ({"maintenanceWindow": "sun:03:00-sun:03:59"}, PARAMETER + "The maintenance window must be at least 60 minutes."),
        (
            {"snapshotWindow": "03:00-04:00", "maintenanceWindow": "sun:02:30-sun:03:30"},
            PARAMETER + "The snapshot window and maintenance window must not overlap.",
        ),
        ({"snapshotRetentionLimit": -1}, PARAMETER + "Invalid SnapshotRetentionLimit: -1."),
        ({"subnetGroupName": "gone"}, "CacheSubnetGroupNotFoundFault: Cache Subnet Group gone does not exist."),
        ({"securityGroupIds": ["sg-9"]}, PARAMETER + "Invalid security group: sg-9"),
        ({"securityGroupIds": ["sg-1"]}, COMBINATION + "Security group is in VPC vpc-2, the cache subnet group is in VPC vpc-1."),
        ({"logDeliveryConfigurations": [SLOW]}, PARAMETER + "Log delivery destination /cache/slow is not valid: the CloudWatch Logs log group does not exist."),
        ({"logDeliveryConfigurations": [SLOW, SLOW]}, PARAMETER + "Only one log delivery configuration is allowed for each log type."),
        (
            {"engine": "redis", "engineVersion": "6.0", "logDeliveryConfigurations": [{**SLOW, "logType": "engine-log"}]},
            COMBINATION + "Log delivery of engine-log requires engine version 6.2 or later.",
        ),
    ],
)
def test_aws_refuses_in_its_own_words(world: World, inputs: dict[str, Any], message: str) -> None:
    told = refused(lambda: cache(world, **inputs))
    assert told.startswith("creating ElastiCache Replication Group (main): operation error ElastiCache: CreateReplicationGroup, ")
    assert message in told


def test_an_archive_to_start_from_passes(world: World) -> None:
    assert world.check(CACHE, description="A cache", snapshotArns=["arn:aws:s3:::bucket/dump.rdb"])


def test_a_new_group_needs_a_node_type(world: World) -> None:
    assert refused(lambda: cache(world, nodeType=None)) == '"node_type" is required unless "global_replication_group_id" is set.'


def test_a_name_is_held_by_one_group(world: World) -> None:
    cache(world)
    assert refused(lambda: cache(world)).endswith("ReplicationGroupAlreadyExists: Replication group main already exists.")


def test_a_log_group_that_is_there_takes_logs(world: World) -> None:
    world.put("aws:cloudwatch/logGroup:LogGroup", "/cache/slow", name="/cache/slow")
    assert cache(world, logDeliveryConfigurations=[SLOW]).outputs["logDeliveryConfigurations"] == [SLOW]


def test_tls_comes_and_goes_by_way_of_preferred(world: World) -> None:
    plain = cache(world, transitEncryptionEnabled=False)
    told = refused(lambda: world.update(plain, transitEncryptionEnabled=True))
    assert "To enable in-transit encryption, set TransitEncryptionMode to preferred first, then to required." in told
    preferred = world.update(plain, transitEncryptionEnabled=True, transitEncryptionMode="preferred")
    required = world.update(preferred, transitEncryptionMode="required")
    told = refused(lambda: world.update(required, transitEncryptionEnabled=False, transitEncryptionMode=None))
    assert "To disable in-transit encryption, set TransitEncryptionMode to preferred first." in told
    again = world.update(required, transitEncryptionMode="preferred")
    assert world.update(again, transitEncryptionEnabled=False, transitEncryptionMode=None).outputs["transitEncryptionEnabled"] is False


def test_cluster_mode_comes_by_way_of_compatible_and_never_goes(world: World) -> None:
    made = cache(world, **FAILOVER)
    assert "Cluster mode must be set to compatible before it is set to enabled." in refused(lambda: world.update(made, clusterMode="enabled"))
    enabled = world.update(world.update(made, clusterMode="compatible"), clusterMode="enabled")
    assert "Cluster mode cannot be disabled once it is enabled." in refused(lambda: world.update(enabled, clusterMode="disabled"))


@pytest.mark.parametrize(
    ("subnets", "message"),
    [
        ([], "The parameter SubnetIds must be provided."),
        (["subnet-9z"], "InvalidSubnet: Some input subnets in :[subnet-9z] are invalid."),
        (["subnet-0a", "subnet-1a"], "InvalidSubnet: Subnets specified are in different VPCs."),
    ],
)
def test_a_subnet_group_has_subnets_of_one_network(world: World, subnets: list[str], message: str) -> None:
    assert message in refused(lambda: world.create(CACHE_SUBNETS, name="other", subnetIds=subnets))


def test_a_subnet_group_has_a_legal_name_and_stays_in_its_network(world: World) -> None:
    assert invalid(world, CACHE_SUBNETS, name="default")["name"] == "expected value of name to not be default, got default"
    assert "must contain no more than 255 alphanumeric" in refused(lambda: world.create(CACHE_SUBNETS, name="a b", subnetIds=["subnet-0a"]))
    group = next(world.cloud.find(CACHE_SUBNETS))
    assert "The new subnets are not in the same VPC" in refused(lambda: world.update(group, subnetIds=["subnet-1a"]))


@pytest.mark.parametrize(
    ("family", "name", "value", "message"),
    [
        ("valkey99", "timeout", "1", "CacheParameterGroupFamily valkey99 is not a valid parameter group family."),
        ("valkey8", "time-out", "1", "The parameter time-out is not a valid parameter for CacheParameterGroupFamily valkey8."),
        ("redis5.0", "acllog-max-len", "1", "The parameter acllog-max-len is not a valid parameter for CacheParameterGroupFamily redis5.0."),
        ("valkey8", "maxclients", "1", "The parameter maxclients cannot be modified."),
        ("valkey8", "maxmemory-policy", "lru", "The value lru is not valid for parameter maxmemory-policy."),
        ("valkey8", "reserved-memory-percent", "101", "The value 101 is not valid for parameter reserved-memory-percent."),
        ("valkey8", "timeout", "soon", "The value soon is not valid for parameter timeout."),
        ("valkey8", "notify-keyspace-events", "Q", "The value Q is not valid for parameter notify-keyspace-events."),
        ("memcached1.6", "Chunk", "1", "The parameter Chunk is not a valid parameter."),
    ],
)
def test_a_parameter_is_one_that_the_engine_has(world: World, family: str, name: str, value: str, message: str) -> None:
    said = {"name": "own", "family": family, "parameters": [{"name": name, "value": value}]}
    assert message in refused(lambda: world.create(CACHE_PARAMETERS, **said))


def test_a_parameter_group_has_a_legal_name_and_each_parameter_once(world: World) -> None:
    assert "is not a valid identifier: 1a" in refused(lambda: world.create(CACHE_PARAMETERS, name="1a", family="valkey8"))
    twice = [{"name": "timeout", "value": "1"}, {"name": "timeout", "value": "2"}]
    assert invalid(world, CACHE_PARAMETERS, family="valkey8", parameters=twice)["parameters"] == "duplicate parameter name: timeout"


def test_a_parameter_group_may_turn_cluster_mode_on(world: World) -> None:
    world.create(CACHE_PARAMETERS, name="own", family="valkey8", parameters=[{"name": "cluster-enabled", "value": "yes"}])
    assert "auto failover turned off" in refused(lambda: cache(world, parameterGroupName="own"))
