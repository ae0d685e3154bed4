"""Subnet groups, parameter groups, option groups and snapshots of RDS, and what tells of events."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.kinds.aws_data_world import ACCOUNT, PARAMETER_GROUP, REGION, SNAPSHOT, SUBNET_GROUP, data_world, database
from tests.sandbox.kinds.cloud import World, invalid, refused

OPTION_GROUP = "aws:rds/optionGroup:OptionGroup"
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"


@pytest.fixture
def world() -> World:
    return data_world()


def test_a_subnet_group_lies_in_the_network_of_its_subnets(world: World) -> None:
    (group,) = world.cloud.find(SUBNET_GROUP)
    assert group.outputs["vpcId"] == "vpc-1"
    assert group.outputs["arn"] == f"arn:aws:rds:{REGION}:{ACCOUNT}:subgrp:data"
    assert group.outputs["supportedNetworkTypes"] == ["IPV4"]


@pytest.mark.parametrize(
    ("subnets", "message"),
    [
        (
            ["subnet-0a"],
            (
                "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
                "Current AZ coverage: eu-west-1a. Add subnets to cover at least 2 AZs."
            ),
        ),
        (["subnet-0a", "subnet-9z"], "api error InvalidParameterValue: Some input subnets in :[subnet-9z] are invalid."),
        (
            ["subnet-0a", "subnet-1b"],
            "api error InvalidParameterValue: Subnets provided belong to different VPCs. Please provide subnets belonging to the same VPC.",
        ),
    ],
)
def test_a_subnet_group_covers_two_zones_of_one_network(world: World, subnets: list[str], message: str) -> None:
    told = refused(lambda: world.create(SUBNET_GROUP, name="other", subnetIds=subnets))
    assert told.startswith("creating RDS DB Subnet Group (other): operation error RDS: CreateDBSubnetGroup, ")
    assert told.endswith(message)


def test_a_subnet_group_stays_in_its_network_and_keeps_the_zones_in_use(world: World) -> None:
    group = next(world.cloud.find(SUBNET_GROUP))
    told = refused(lambda: world.update(group, subnetIds=["subnet-1a", "subnet-1b"]))
    assert told.endswith("InvalidParameterValue: The new Subnets are not in the same Vpc as the existing subnet group")
    database(world, availabilityZone="eu-west-1c")
    assert "SubnetAlreadyInUse" in refused(lambda: world.update(group, subnetIds=["subnet-0a", "subnet-0b"]))
    assert world.update(group, subnetIds=["subnet-0a", "subnet-0c"]).outputs["vpcId"] == "vpc-1"


def test_a_group_in_use_stays(world: World) -> None:
    parameters = world.create(PARAMETER_GROUP, name="own", family="postgres17")
    options = world.create(OPTION_GROUP, name="own", engineName="postgres", majorEngineVersion="17")
    made = database(world, parameterGroupName="own", optionGroupName="own")
    subnets = next(world.cloud.find(SUBNET_GROUP))
    in_use = "Cannot delete the subnet group 'data' because at least one database instance: main is still using it."
    assert refused(lambda: world.delete(subnets)).endswith(f"InvalidDBSubnetGroupStateFault: {in_use}")
    members = "One or more database instances are still members of this parameter group own, so the group cannot be deleted"
    assert refused(lambda: world.delete(parameters)).endswith(f"InvalidDBParameterGroupState: {members}")
    assert refused(lambda: world.delete(options)).endswith("InvalidOptionGroupStateFault: The option group 'own' cannot be deleted because it is in use.")
    world.delete(made)
    for group in (subnets, parameters, options):
        world.delete(group)


@pytest.mark.parametrize(
    ("token", "inputs", "path", "reason"),
    [
        (SUBNET_GROUP, {"name": "Data"}, "name", 'only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces allowed in "name"'),
        (SUBNET_GROUP, {"name": "a" * 256}, "name", '"name" cannot be longer than 255 characters'),
        (SUBNET_GROUP, {"name": "default"}, "name", '"default" is not allowed as "name"'),
        (SUBNET_GROUP, {"name": "a", "namePrefix": "a"}, "namePrefix", '"name_prefix": conflicts with name'),
        (SUBNET_GROUP, {"subnetIds": []}, "subnetIds", "attribute supports 1 item as a minimum, config has 0 declared"),
        (PARAMETER_GROUP, {"name": "a_b"}, "name", 'only lowercase alphanumeric characters and hyphens allowed in "name"'),
        (PARAMETER_GROUP, {"name": "1a"}, "name", 'first character of "name" must be a letter'),
        (PARAMETER_GROUP, {"name": "a" * 256}, "name", '"name" cannot be greater than 255 characters'),
        (
            PARAMETER_GROUP,
            {"parameters": [{"name": "a", "value": "b", "applyMethod": "later"}]},
            "parameters[0].applyMethod",
            'expected apply_method to be one of ["immediate" "pending-reboot"], got later',
        ),
        (OPTION_GROUP, {"name": "A"}, "name", 'first character of "name" must be a letter'),
        (OPTION_GROUP, {"name": "a.b"}, "name", 'only alphanumeric characters and hyphens allowed in "name"'),
        (OPTION_GROUP, {"name": "a--b"}, "name", '"name" cannot contain two consecutive hyphens'),
        (OPTION_GROUP, {"name": "ab-"}, "name", '"name" cannot end with a hyphen'),
        (OPTION_GROUP, {"name": "a" * 256}, "name", '"name" cannot be greater than 255 characters'),
        (SUBSCRIPTION, {"snsTopic": "alarms"}, "snsTopic", '"sns_topic" (alarms) is an invalid ARN: arn: invalid prefix'),
    ],
)
def test_the_provider_refuses_names_before_it_asks(world: World, token: str, inputs: dict[str, Any], path: str, reason: str) -> None:
    assert invalid(world, token, **inputs)[path] == reason


@pytest.mark.parametrize(
    ("family", "parameter", "message"),
    [
        ("postgres99", {}, "InvalidParameterValue: ParameterGroupFamily postgres99 is not a valid parameter group family"),
        ("postgres17", {"name": "rds.forcessl", "value": "1"}, "InvalidParameterValue: Could not find parameter with name: rds.forcessl"),
        (
            "postgres17",
            {"name": "rds.force_ssl", "value": "on"},
            "InvalidParameterValue: Invalid parameter value: on for: rds.force_ssl allowed values are: 0,1",
        ),
        ("postgres17", {"name": "work_mem", "value": "63"}, "InvalidParameterValue: Value: 63 is outside of range: 64-2147483647 for parameter: work_mem"),
        ("postgres17", {"name": "work_mem", "value": "4MB"}, "InvalidParameterValue: Value: 4MB is outside of range: 64-2147483647 for parameter: work_mem"),
        ("postgres17", {"name": "port", "value": "5433"}, "InvalidParameterValue: The parameter port cannot be modified."),
        ("postgres17", {"name": "max_connections", "value": "100"}, "InvalidParameterCombination: cannot use immediate apply method for static parameter"),
        (
            "postgres17",
            {"name": "shared_preload_libraries", "value": "pg_stat_statements,timescaledb", "applyMethod": "pending-reboot"},
            "InvalidParameterValue: Invalid parameter value: pg_stat_statements,timescaledb for: shared_preload_libraries allowed values are: auto_explain,",
        ),
    ],
)
def test_a_parameter_is_one_that_the_engine_has(world: World, family: str, parameter: dict[str, str], message: str) -> None:
    assert message in refused(lambda: world.create(PARAMETER_GROUP, name="own", family=family, parameters=[parameter] if parameter else []))


def test_a_parameter_is_said_once(world: World) -> None:
    twice = [{"name": "work_mem", "value": "64"}, {"name": "work_mem", "value": "128"}]
    assert "The parameter work_mem is specified more than once." in refused(lambda: world.create(PARAMETER_GROUP, family="postgres17", parameters=twice))


def test_legal_parameters_pass(world: World) -> None:
    legal = [
        {"name": "rds.force_ssl", "value": "1"},
        {"name": "max_connections", "value": "LEAST({DBInstanceClassMemory/9531392},5000)", "applyMethod": "pending-reboot"},
        {"name": "shared_preload_libraries", "value": "pg_stat_statements,pg_cron", "applyMethod": "pending-reboot"},
        {"name": "pgaudit.log", "value": "ddl, role"},
        {"name": "log_min_duration_statement", "value": "-1"},
    ]
    made = world.create(PARAMETER_GROUP, name="own", family="postgres17", parameters=legal)
    assert made.outputs["arn"] == f"arn:aws:rds:{REGION}:{ACCOUNT}:pg:own"
    assert made.outputs["description"] == "Managed by Pulumi"
    told = refused(lambda: world.create(PARAMETER_GROUP, name="own", family="postgres16"))
    assert told.startswith("creating RDS DB Parameter Group (own): operation error RDS: CreateDBParameterGroup, https response error StatusCode: 400, ")
    assert told.endswith(", DBParameterGroupAlreadyExists: Parameter group own already exists")


def test_a_group_that_is_not_to_be_destroyed_is_let_be(world: World) -> None:
    made = world.create(PARAMETER_GROUP, name="own", family="postgres17", skipDestroy=True)
    world.delete(made)
    assert world.cloud.get(PARAMETER_GROUP, "own") is not None


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"engineName": "postgresql", "majorEngineVersion": "17"}, "InvalidParameterValue: Invalid engine name: postgresql"),
        ({"engineName": "postgres", "majorEngineVersion": "9"}, "InvalidParameterCombination: Cannot find major version 9 for postgres"),
        (
            {"engineName": "postgres", "majorEngineVersion": "17", "options": [{"optionName": "TDE"}]},
            "InvalidParameterValue: The option TDE is not available for engine postgres 17",
        ),
    ],
)
def test_an_option_group_is_of_an_engine_that_has_its_options(world: World, inputs: dict[str, Any], message: str) -> None:
    assert refused(lambda: world.create(OPTION_GROUP, name="own", **inputs)).endswith(message)


def test_an_option_group_of_another_version_does_not_fit(world: World) -> None:
    world.create(OPTION_GROUP, name="own", engineName="postgres", majorEngineVersion="16")
    assert "is associated with a different engine than postgres 17.9" in refused(lambda: database(world, optionGroupName="own"))


def test_a_snapshot_has_what_its_instance_has(world: World) -> None:
    database(world, allocatedStorage=30)
    made = world.create(SNAPSHOT, dbInstanceIdentifier="main", dbSnapshotIdentifier="before", tags={"a": "b"})
    held = {key: made.outputs[key] for key in ("allocatedStorage", "encrypted", "engine", "engineVersion", "snapshotType", "status", "tagsAll")}
    expected = {"allocatedStorage": 30, "encrypted": True, "engine": "postgres", "engineVersion": "17.9"}
    assert held == {**expected, "snapshotType": "manual", "status": "available", "tagsAll": {"a": "b"}}
    assert "DBInstance gone not found." in refused(lambda: world.create(SNAPSHOT, dbInstanceIdentifier="gone", dbSnapshotIdentifier="x"))
    assert "identifier before already exists" in refused(lambda: world.create(SNAPSHOT, dbInstanceIdentifier="main", dbSnapshotIdentifier="before"))
    assert "not a valid identifier" in refused(lambda: world.create(SNAPSHOT, dbInstanceIdentifier="main", dbSnapshotIdentifier="a" * 256))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"snsTopic": TOPIC.replace("alarms", "gone")}, "SNSTopicArnNotFound: The SNS topic ARN does not exist."),
        ({"sourceIds": ["main"]}, "InvalidParameterCombination: SourceIds cannot be given without a SourceType."),
        (
            {"sourceType": "db-instance", "eventCategories": ["fire"]},
            "SubscriptionCategoryNotFound: The requested event category 'fire' does not exist for source type db-instance.",
        ),
        ({"sourceType": "db-instance", "sourceIds": ["gone"]}, "SourceNotFound: The requested source gone could not be found."),
        ({"name": "a" * 256}, "InvalidParameterValue: The SubscriptionName must have at most 255 characters."),
    ],
)
def test_a_subscription_is_about_what_is_there(world: World, inputs: dict[str, Any], message: str) -> None:
    world.put("aws:sns/topic:Topic", TOPIC, arn=TOPIC)
    assert refused(lambda: world.create(SUBSCRIPTION, **{"name": "it", "snsTopic": TOPIC, **inputs})).endswith(message)


def test_a_subscription_has_an_arn_of_its_own(world: World) -> None:
    world.put("aws:sns/topic:Topic", TOPIC, arn=TOPIC)
    database(world)
    made = world.create(SUBSCRIPTION, name="it", snsTopic=TOPIC, sourceType="db-instance", sourceIds=["main"], eventCategories=["failover"])
    assert (made.outputs["arn"], made.outputs["customerAwsId"], made.outputs["enabled"]) == (f"arn:aws:rds:{REGION}:{ACCOUNT}:es:it", ACCOUNT, True)
