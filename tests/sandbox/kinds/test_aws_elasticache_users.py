"""What the provider and AWS refuse of the users of caches, of clusters and of serverless caches, in their words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.kinds.aws_data_world import ACCOUNT, REGION, USER, USER_GROUP, cache, data_world
from tests.sandbox.kinds.cloud import World, invalid, refused

PARAMETER, COMBINATION = "api error InvalidParameterValue: ", "api error InvalidParameterCombination: "
CLUSTER = "aws:elasticache/cluster:Cluster"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
ASSOCIATION = "aws:elasticache/userGroupAssociation:UserGroupAssociation"
TOKEN = "correct-horse-battery"


@pytest.fixture
def world() -> World:
    return data_world()


def user(world: World, id_: str = "app", **inputs: Any):
    said = {"userId": id_, "userName": id_, "engine": "valkey", "accessString": "on ~* +@all", "authenticationMode": {"type": "iam"}, **inputs}
    return world.create(USER, **{name: value for name, value in said.items() if value is not None})


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"userId": "1a", "userName": "1a"}, PARAMETER + "The parameter UserId is not valid"),
        ({"userId": "a" * 41, "userName": "a" * 41}, PARAMETER + "The parameter UserId is not valid"),
        ({"userName": "other"}, COMBINATION + "User Id and User name must be same for authentication type: iam"),
        ({"userId": "App", "userName": "App"}, PARAMETER + "User Id must be lower case for authentication type: iam"),
        ({"userName": "a b", "authenticationMode": {"type": "no-password-required"}}, PARAMETER + "The parameter UserName is not valid: a b"),
        ({"accessString": "on ~* all"}, PARAMETER + "Access String Syntax error: all"),
        ({"accessString": "on >password ~*"}, PARAMETER + "Access String Syntax error: >password"),
        ({"authenticationMode": {"type": "password"}}, COMBINATION + "Passwords must be provided for authentication type: password"),
        ({"authenticationMode": {"type": "iam", "passwords": [TOKEN]}}, COMBINATION + "Passwords cannot be provided for authentication type: iam"),
        ({"authenticationMode": {"type": "password", "passwords": ["short"]}}, PARAMETER + "Passwords length must be between 16-128 characters."),
        ({"authenticationMode": None}, COMBINATION + "Input Authentication type"),
    ],
)
def test_a_user_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    told = refused(lambda: user(world, **inputs))
    assert told.startswith("creating ElastiCache User (")
    assert message in told


def test_the_provider_refuses_engines_and_passwords_before_it_asks(world: World) -> None:
    base = {"userId": "a", "userName": "a", "accessString": "on"}
    assert invalid(world, USER, engine="memcached", **base)["engine"] == 'expected engine to be one of ["redis" "valkey"], got memcached'
    three = invalid(world, USER, engine="redis", passwords=[TOKEN] * 3, **base)
    assert three["passwords"] == "Too many list items: no more than 2 are allowed, got 3"
    nested = invalid(world, USER, engine="redis", authenticationMode={"type": "password", "passwords": [TOKEN] * 3}, **base)
    assert nested["authenticationMode.passwords"] == "Too many list items: no more than 2 are allowed, got 3"


def test_users_and_groups_have_arns(world: World) -> None:
    made = user(world, accessString="on ~room:* %R~cache:* &* -@all +@read +get|x (~b +set)")
    assert made.outputs["arn"] == f"arn:aws:elasticache:{REGION}:{ACCOUNT}:user:app"
    assert made.outputs["authenticationMode"] == {"type": "iam", "passwordCount": 0}
    group = world.create(USER_GROUP, userGroupId="all", engine="valkey", userIds=["app"])
    assert group.outputs["arn"] == f"arn:aws:elasticache:{REGION}:{ACCOUNT}:usergroup:all"
    assert refused(lambda: user(world)).endswith("UserAlreadyExists: User app already exists.")


def test_a_redis_group_has_a_default_user_and_a_valkey_group_need_not(world: World) -> None:
    user(world, "old", engine="redis")
    told = refused(lambda: world.create(USER_GROUP, userGroupId="g", engine="redis", userIds=["old"]))
    assert told.endswith("DefaultUserRequired: User group needs to contain a user with the user name default.")
    own = user(world, "off", engine="redis", userName="default", accessString="off -@all", authenticationMode={"type": "no-password-required"})
    group = world.create(USER_GROUP, userGroupId="g", engine="redis", userIds=["old", "off"])
    assert "The default user off is associated with user group g and cannot be deleted." in refused(lambda: world.delete(own))
    twice = refused(lambda: world.update(group, userIds=["old", "off", "default"]))
    assert "DuplicateUserName: User group cannot contain more than one user with the user name default." in twice
    assert world.create(USER_GROUP, userGroupId="v", engine="valkey", userIds=["old"])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"userGroupId": "1g"}, "The parameter UserGroupId is not valid"),
        ({"userIds": ["gone"]}, "UserNotFound: User gone not found."),
        ({"engine": "redis", "userIds": ["app", "default"]}, "User app of engine valkey cannot be in a user group of engine redis."),
    ],
)
def test_a_user_group_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    user(world)
    assert message in refused(lambda: world.create(USER_GROUP, **{"userGroupId": "g", "engine": "valkey", **inputs}))


def test_a_user_group_fits_the_engine_and_stays_while_it_is_used(world: World) -> None:
    group = world.create(USER_GROUP, userGroupId="g", engine="valkey")
    told = refused(lambda: cache(world, engine="redis", engineVersion="7.1", userGroupIds=["g"]))
    assert "User group g of engine valkey cannot be associated with a replication group of engine redis." in told
    made = cache(world, userGroupIds=["g"])
    assert "InvalidUserGroupState: User group g is associated with main" in refused(lambda: world.delete(group))
    world.delete(made)
    world.delete(group)


def test_user_groups_begin_with_redis_six_and_fit_valkey_too(world: World) -> None:
    user(world, "off", engine="redis", userName="default", authenticationMode={"type": "no-password-required"})
    world.create(USER_GROUP, userGroupId="g", engine="redis", userIds=["off"])
    assert cache(world, "old", engine="redis", engineVersion="6.0", userGroupIds=["g"]).outputs["userGroupIds"] == ["g"]
    assert cache(world, "new", userGroupIds=["g"]).outputs["userGroupIds"] == ["g"]


def test_a_user_joins_a_group_once(world: World) -> None:
    user(world)
    assert "UserGroup g not found." in refused(lambda: world.create(ASSOCIATION, userGroupId="g", userId="app"))
    world.create(USER_GROUP, userGroupId="g", engine="valkey")
    assert world.create(ASSOCIATION, userGroupId="g", userId="app").id == "g,app"
    assert "User app is already a member of the user group g." in refused(lambda: world.create(ASSOCIATION, userGroupId="g", userId="app"))
    world.create(USER_GROUP, userGroupId="full", engine="valkey", userIds=["app"])
    assert "User app is already a member of the user group full." in refused(lambda: world.create(ASSOCIATION, userGroupId="full", userId="app"))
    assert "UserNotFound: User gone not found." in refused(lambda: world.create(ASSOCIATION, userGroupId="g", userId="gone"))


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"clusterId": "a" * 51}, "clusterId", f"expected length of cluster_id to be in the range (1 - 50), got {'a' * 51}"),
        ({"engine": None}, "engine", '"engine": one of `engine,replication_group_id` must be specified'),
        ({"engine": "redis", "numCacheNodes": 2}, "numCacheNodes", 'engine "redis" does not support num_cache_nodes > 1'),
        ({"azMode": "cross-az"}, "azMode", 'az_mode "cross-az" is not supported with num_cache_nodes = 1'),
        ({"snapshotRetentionLimit": 1}, "snapshotRetentionLimit", 'engine "memcached" does not support snapshots'),
        ({"replicationGroupId": "main"}, "replicationGroupId", '"replication_group_id": conflicts with num_cache_nodes'),
    ],
)
def test_the_provider_refuses_clusters_before_it_asks(world: World, inputs: dict[str, Any], path: str, reason: str) -> None:
    said = {"engine": "memcached", "numCacheNodes": 1, **inputs}
    assert invalid(world, CLUSTER, **{name: value for name, value in said.items() if value is not None})[path] == reason


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"engineVersion": "2.0"}, "Cannot find version 2.0 for memcached"),
        ({"nodeType": "cache.x"}, "The parameter CacheNodeType is not a valid node type: cache.x"),
        ({"numCacheNodes": 41}, "NumCacheNodes should be between 1 and 40, got 41."),
        ({"parameterGroupName": "gone"}, "CacheParameterGroup gone not found."),
        ({"parameterGroupName": "default.redis7"}, "Expected a parameter group of family memcached1.6 but found one of family redis7"),
        ({"subnetGroupName": "gone"}, "Cache Subnet Group gone does not exist."),
        ({"securityGroupIds": ["sg-9"]}, "Invalid security group: sg-9"),
        ({"securityGroupIds": ["sg-1"]}, "Security group is in VPC vpc-2, not in that of the cache subnet group."),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    said = {"clusterId": "c", "engine": "memcached", "engineVersion": "1.6.22", "nodeType": "cache.t4g.micro", "numCacheNodes": 1, "subnetGroupName": "data"}
    assert message in refused(lambda: world.create(CLUSTER, **{**said, **inputs}))


def test_a_node_of_a_group_needs_the_group(world: World) -> None:
    assert "ReplicationGroup gone not found." in refused(lambda: world.create(CLUSTER, clusterId="c", replicationGroupId="gone"))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"name": "1a"}, "The parameter ServerlessCacheName is not a valid identifier: 1a"),
        ({"majorEngineVersion": "6"}, "Major engine version 6 is not supported for engine valkey."),
        ({"cacheUsageLimits": {"dataStorage": {"unit": "GB", "maximum": 5001}}}, "DataStorage must be between 1 and 5000, got 5001."),
        ({"cacheUsageLimits": {"ecpuPerSeconds": [{"maximum": 999}]}}, "ECPUPerSecond must be between 1000 and 15000000, got 999."),
        ({"cacheUsageLimits": {"dataStorage": {"unit": "GB", "minimum": 9, "maximum": 2}}}, "The minimum of DataStorage must not be greater than its maximum."),
        ({"subnetIds": ["subnet-9z"]}, "Some input subnets in :[subnet-9z] are invalid."),
        ({"subnetIds": ["subnet-0a", "subnet-1b"]}, "Subnets specified are in different VPCs."),
        ({"subnetIds": ["subnet-0a"]}, "A serverless cache needs two or three subnets, each in another Availability Zone."),
        ({"securityGroupIds": ["sg-9"]}, "Invalid security group: sg-9"),
        ({"subnetIds": ["subnet-0a", "subnet-0b"], "securityGroupIds": ["sg-1"]}, "Security group is in VPC vpc-2, not in that of the subnets."),
        ({"kmsKeyId": "gone"}, "The customer managed key gone does not exist or is not enabled."),
        ({"userGroupId": "gone"}, "UserGroupNotFound: UserGroup gone not found."),
        ({"engine": "memcached", "userGroupId": "g"}, "User groups are not supported for engine memcached."),
        ({"engine": "memcached", "snapshotRetentionLimit": 1}, "Snapshots are not supported for engine memcached."),
    ],
)
def test_a_serverless_cache_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: world.create(SERVERLESS, **{"name": "main", "engine": "valkey", **inputs}))


def test_the_provider_refuses_serverless_caches_before_it_asks(world: World) -> None:
    told = invalid(world, SERVERLESS, engine="valkey", snapshotRetentionLimit=36, dailySnapshotTime="25:00")
    assert told["snapshotRetentionLimit"] == "Attribute snapshot_retention_limit value must be at most 35, got: 36"
    assert told["dailySnapshotTime"] == "Attribute daily_snapshot_time must be a time of day in UTC (HH:MM), got: 25:00"
