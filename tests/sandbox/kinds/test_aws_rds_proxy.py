"""RDS proxies, clusters, and what programs look up of RDS."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.resources.aws.addresses import interfaces
from tests.sandbox.kinds.aws_data_world import ACCOUNT, REGION, SECRET, data_world, database, role
from tests.sandbox.kinds.cloud import World, invalid, refused

PROXY = "aws:rds/proxy:Proxy"
TARGET_GROUP = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
TARGET = "aws:rds/proxyTarget:ProxyTarget"
CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"


@pytest.fixture
def world() -> World:
    world = data_world()
    role(world, "proxy", "rds.amazonaws.com")
    world.create(SECRET, name="login")
    return world


def proxy(world: World, **inputs: Any):
    (secret,) = world.cloud.find(SECRET, name="login")
    said = {
        "name": "pool",
        "engineFamily": "POSTGRESQL",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/proxy",
        "vpcSubnetIds": ["subnet-0a", "subnet-0b"],
        "vpcSecurityGroupIds": ["sg-0"],
        "requireTls": True,
        "auths": [{"secretArn": secret.id, "iamAuth": "REQUIRED"}],
        **inputs,
    }
    return world.create(PROXY, **said)


def target(world: World, **inputs: Any):
    return world.create(TARGET, **{"dbProxyName": "pool", "targetGroupName": "default", "dbInstanceIdentifier": "main", **inputs})


def test_a_proxy_has_an_endpoint_and_a_foot_in_each_subnet(world: World) -> None:
    made = proxy(world)
    assert re.fullmatch(rf"pool\.proxy-c[a-z0-9]{{11}}\.{REGION}\.rds\.amazonaws\.com", made.outputs["endpoint"])
    assert re.fullmatch(rf"arn:aws:rds:{REGION}:{ACCOUNT}:db-proxy:prx-[0-9a-f]{{17}}", made.outputs["arn"])
    filled = {"idleClientTimeout": 1800, "debugLogging": False, "defaultAuthScheme": "NONE", "endpointNetworkType": "IPV4", "requireTls": True}
    assert {key: made.outputs[key] for key in filled} == filled
    assert made.outputs["auths"][0]["clientPasswordAuthType"] == "POSTGRES_SCRAM_SHA_256"
    assert sorted(one.subnet for one in interfaces(world.cloud)) == ["subnet-0a", "subnet-0b"]
    assert world.update(made, debugLogging=True).outputs["arn"] == made.outputs["arn"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"name": "a" * 64}, "The DBProxyName must be at most 63 characters long."),
        ({"roleArn": f"arn:aws:iam::{ACCOUNT}:role/monitoring"}, "RDS is not authorized to assume service-linked role"),
        ({"idleClientTimeout": 28801}, "IdleClientTimeout must be between 1 and 28800 seconds, got 28801."),
        ({"vpcSubnetIds": ["subnet-0a", "subnet-9z"]}, "InvalidSubnet: Some input subnets in :[subnet-9z] are invalid."),
        ({"vpcSubnetIds": ["subnet-0a", "subnet-1b"]}, "Subnets provided belong to different VPCs."),
        ({"vpcSubnetIds": ["subnet-0a"]}, "InvalidSubnet: The subnets of a DB proxy must cover at least 2 Availability Zones."),
        ({"vpcSecurityGroupIds": ["sg-9"]}, "Invalid security group , groupId= sg-9, groupName=."),
        ({"vpcSecurityGroupIds": ["sg-1"]}, "The DB proxy and EC2 security group are in different VPCs. The security group is in vpc-2"),
        ({"auths": [{"secretArn": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:gone"}]}, "secret:gone could not be found."),
        ({"auths": [{"authScheme": "SECRETS"}]}, "SecretArn is required when AuthScheme is SECRETS."),
        ({"requireTls": False}, "RequireTLS must be true when IAMAuth is REQUIRED."),
    ],
)
def test_a_proxy_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    told = refused(lambda: proxy(world, **inputs))
    assert told.startswith("creating RDS DB Proxy (")
    assert message in told


def test_a_proxy_asks_for_passwords_in_its_engine_s_way(world: World) -> None:
    (secret,) = world.cloud.find(SECRET, name="login")
    auth = {"secretArn": secret.id, "clientPasswordAuthType": "MYSQL_NATIVE_PASSWORD"}
    assert "is not valid for engine family POSTGRESQL" in refused(lambda: proxy(world, auths=[auth]))


def test_a_proxy_needs_secrets_unless_identity_is_enough(world: World) -> None:
    base = {"name": "pool", "engineFamily": "POSTGRESQL"}
    assert invalid(world, PROXY, **base)["auths"] == '"auth" must be specified when "default_auth_scheme" is "NONE" or unspecified'
    assert world.check(PROXY, defaultAuthScheme="IAM_AUTH", **base)


def test_the_database_behind_a_proxy_is_of_its_family_and_network_and_only_one(world: World) -> None:
    assert "DBProxy pool not found." in refused(lambda: target(world))
    proxy(world)
    assert "DBInstance main not found." in refused(lambda: target(world))
    database(world)
    assert "DBProxyTargetGroup other not found." in refused(lambda: target(world, targetGroupName="other"))
    world.create("aws:rds/instance:Instance", identifier="copy", replicateSourceDb="main", instanceClass="db.t4g.micro", skipFinalSnapshot=True)
    assert "A read replica cannot be a target of a DB proxy." in refused(lambda: target(world, dbInstanceIdentifier="copy"))
    database(world, "mysql", engine="mysql", engineVersion="8.4", username="admin")
    assert "does not match the engine family POSTGRESQL" in refused(lambda: target(world, dbInstanceIdentifier="mysql"))
    made = target(world)
    assert made.id == "pool/default/RDS_INSTANCE/main"
    assert made.outputs["endpoint"].startswith("main.")
    assert (made.outputs["port"], made.outputs["type"]) == (5432, "RDS_INSTANCE")
    database(world, "second")
    told = refused(lambda: target(world, dbInstanceIdentifier="second"))
    assert told.endswith(", DBProxyTargetAlreadyRegisteredFault: The proxy already has a registered target.")


def test_a_database_of_another_network_is_out_of_reach(world: World) -> None:
    proxy(world)
    world.create("aws:rds/subnetGroup:SubnetGroup", name="far", subnetIds=["subnet-1a", "subnet-1b"])
    database(world, dbSubnetGroupName="far", vpcSecurityGroupIds=["sg-1"])
    assert "The DB proxy and its target must be in the same VPC." in refused(lambda: target(world))


def test_a_target_is_an_instance_or_a_cluster(world: World) -> None:
    both = "`db_cluster_identifier,db_instance_identifier`"
    assert invalid(world, TARGET, dbProxyName="p")["dbInstanceIdentifier"] == f'"db_instance_identifier": one of {both} must be specified'
    told = invalid(world, TARGET, dbProxyName="p", dbInstanceIdentifier="a", dbClusterIdentifier="b")["dbInstanceIdentifier"]
    assert told == f'"db_instance_identifier": only one of {both} can be specified, but {both} were specified.'


def test_the_pool_has_limits(world: World) -> None:
    made = proxy(world)
    pool = world.create(TARGET_GROUP, dbProxyName="pool", connectionPoolConfig={"maxConnectionsPercent": 90})
    assert pool.outputs["connectionPoolConfig"]["connectionBorrowTimeout"] == 120
    assert (pool.id, pool.outputs["name"]) == ("pool", "default")
    for path, value, reason in (
        ("maxConnectionsPercent", 101, "expected max_connections_percent to be in the range (1 - 100), got 101"),
        ("connectionBorrowTimeout", 3601, "expected connection_borrow_timeout to be in the range (0 - 3600), got 3601"),
    ):
        assert invalid(world, TARGET_GROUP, dbProxyName="pool", connectionPoolConfig={path: value})[f"connectionPoolConfig.{path}"] == reason
    few = {"maxConnectionsPercent": 40, "maxIdleConnectionsPercent": 50}
    assert "must be between 0 and the value of MaxConnectionsPercent (40), got 50." in refused(lambda: world.update(pool, connectionPoolConfig=few))
    pinned = {"sessionPinningFilters": ["EXCLUDE_VARIABLE_SETS"]}
    assert "only supported for the MYSQL engine family" in refused(lambda: world.update(pool, connectionPoolConfig=pinned))
    assert "DBProxy gone not found." in refused(lambda: world.create(TARGET_GROUP, dbProxyName="gone"))
    world.delete(made)
    assert world.cloud.get(TARGET_GROUP, "pool") is None


def cluster(world: World, **inputs: Any):
    said = {"clusterIdentifier": "main", "engine": "aurora-postgresql", "engineVersion": "16", "masterUsername": "app", "manageMasterUserPassword": True}
    return world.create(CLUSTER, **{**said, "dbSubnetGroupName": "data", "vpcSecurityGroupIds": ["sg-0"], "skipFinalSnapshot": True, **inputs})


def member(world: World, **inputs: Any):
    said = {"identifier": "one", "clusterIdentifier": "main", "engine": "aurora-postgresql", "instanceClass": "db.r7g.large"}
    return world.create(MEMBER, **{**said, **inputs})


def test_a_cluster_has_two_endpoints_and_its_first_member_writes(world: World) -> None:
    made = cluster(world)
    assert made.outputs["endpoint"].startswith("main.cluster-c")
    assert made.outputs["readerEndpoint"].startswith("main.cluster-ro-c")
    assert (made.outputs["engineVersionActual"], made.outputs["backupRetentionPeriod"], made.outputs["port"]) == ("16.10", 1, 5432)
    assert made.outputs["availabilityZones"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert re.fullmatch(r"cluster-[A-Z2-7]{26}", made.outputs["clusterResourceId"])
    assert [member(world, identifier=name).outputs["writer"] for name in ("one", "two")] == [True, False]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"engineVersion": "9"}, "Cannot find version 9 for aurora-postgresql"),
        ({"masterUsername": "admin"}, "MasterUsername admin cannot be used as it is a reserved word used by the engine"),
        ({"manageMasterUserPassword": None}, "The parameter MasterUserPassword must be provided and must not be blank."),
        ({"kmsKeyId": "arn:aws:kms:eu-west-1:000000000000:key/gone"}, "KMSKeyNotAccessibleFault"),
        ({"dbSubnetGroupName": "gone"}, "DBSubnetGroupNotFoundFault: DB subnet group 'gone' does not exist."),
        ({"vpcSecurityGroupIds": ["sg-1"]}, "The DB instance is in vpc-1 and the EC2 security group is in vpc-2"),
        ({"serverlessv2ScalingConfiguration": {"minCapacity": 4, "maxCapacity": 2}}, "Serverless v2 capacity 4 isn't valid."),
        ({"serverlessv2ScalingConfiguration": {"minCapacity": 0.3, "maxCapacity": 2}}, "Serverless v2 capacity must be a multiple of 0.5."),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: cluster(world, **inputs))


def test_a_cluster_goes_after_its_members_and_leaves_a_snapshot(world: World) -> None:
    made = cluster(world, skipFinalSnapshot=False)
    assert "final_snapshot_identifier is required" in refused(lambda: world.delete(made))
    named = world.update(made, finalSnapshotIdentifier="last", deletionProtection=True)
    assert "Cannot delete protected Cluster" in refused(lambda: world.delete(named))
    free, one = world.update(named, deletionProtection=False), member(world)
    assert "it still contains DB instances in non-deleting state." in refused(lambda: world.delete(free))
    world.delete(one)
    world.delete(free)
    assert [record.id for record in world.cloud.find("aws:rds/clusterSnapshot:ClusterSnapshot")] == ["last"]
    world.delete(cluster(world, finalSnapshotIdentifier="skipped"))
    again = cluster(world, skipFinalSnapshot=False, finalSnapshotIdentifier="last")
    assert "DBClusterSnapshotAlreadyExistsFault" in refused(lambda: world.delete(again))
    assert len(list(world.cloud.find("aws:rds/clusterSnapshot:ClusterSnapshot"))) == 1


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"clusterIdentifier": "gone"}, "DBClusterNotFoundFault: Source cluster could not be found"),
        ({"engine": "aurora-mysql"}, "doesn't match the engine name of your DB cluster."),
        ({"instanceClass": "db.r7g.nano"}, "Invalid DB Instance class: db.r7g.nano"),
        ({"instanceClass": "db.serverless"}, ", InvalidDBClusterStateFault: Set the Serverless v2 scaling configuration on the parent DB cluster"),
        ({"identifier": "held"}, "DBInstanceAlreadyExists"),
        ({"monitoringInterval": 60, "monitoringRoleArn": "arn:aws:iam::000000000000:role/proxy"}, "ENHANCED_MONITORING"),
    ],
)
def test_a_member_fits_its_cluster(world: World, inputs: dict[str, Any], message: str) -> None:
    cluster(world)
    database(world, "held")
    assert message in refused(lambda: member(world, **inputs))


def test_parameter_groups_of_clusters_have_families_too(world: World) -> None:
    group = world.create(CLUSTER_PARAMETERS, name="own", family="aurora-postgresql16")
    assert "is not a valid parameter group family" in refused(lambda: world.create(CLUSTER_PARAMETERS, name="x", family="aurora16"))
    cluster(world, dbClusterParameterGroupName="own")
    assert "still members of this parameter group own" in refused(lambda: world.delete(group))


def test_an_instance_is_looked_up_by_its_identifier(world: World) -> None:
    made = database(world, tags={"a": "b"})
    found = world.invoke("aws:rds/getInstance:getInstance", dbInstanceIdentifier="main")
    assert (found["address"], found["dbInstanceArn"], found["engineVersion"]) == (made.outputs["address"], made.outputs["arn"], "17.9")
    assert (found["tags"], found["dbParameterGroups"], found["masterUsername"]) == ({"a": "b"}, ["default.postgres17"], "postgres")
    assert "DBInstance gone not found." in refused(lambda: world.invoke("aws:rds/getInstance:getInstance", dbInstanceIdentifier="gone"))


def test_versions_are_looked_up(world: World) -> None:
    def version(**arguments: Any) -> Any:
        return world.invoke("aws:rds/getEngineVersion:getEngineVersion", **arguments)

    assert version(engine="postgres", version="16")["versionActual"] == "16.13"
    assert version(engine="postgres", preferredVersions=["15.1", "15.14"])["versionActual"] == "15.14"
    assert version(engine="postgres", parameterGroupFamily="postgres15")["parameterGroupFamily"] == "postgres15"
    assert version(engine="postgres", defaultOnly=True)["versionActual"] == "17.9"
    assert version(engine="postgres", version="17.8")["validMinorTargets"] == ["17.9"]
    assert "no RDS engine version matches the criteria" in refused(lambda: version(engine="postgres", version="9"))


def test_machines_and_groups_are_looked_up(world: World) -> None:
    found = world.invoke("aws:rds/getOrderableDbInstance:getOrderableDbInstance", engine="postgres", preferredInstanceClasses=["db.t2.micro", "db.t4g.micro"])
    assert (found["instanceClass"], found["engineVersion"]) == ("db.t4g.micro", "17.9")
    told = refused(lambda: world.invoke("aws:rds/getOrderableDbInstance:getOrderableDbInstance", engine="postgres", instanceClass="db.x"))
    assert "no RDS DB Instance Classes found matching the criteria" in told
    assert world.invoke("aws:rds/getSubnetGroup:getSubnetGroup", name="data")["vpcId"] == "vpc-1"
    assert "DB subnet group 'gone' does not exist." in refused(lambda: world.invoke("aws:rds/getSubnetGroup:getSubnetGroup", name="gone"))
