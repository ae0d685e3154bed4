"""What the provider and AWS refuse of RDS instances, in their words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.kinds.aws_data_world import CUSTOMER_KEY, INSTANCE, PARAMETER_GROUP, SNAPSHOT, SUBNET_GROUP, VPC, data_world, database, role
from tests.sandbox.kinds.cloud import World, invalid, refused

PARAMETER, COMBINATION = "api error InvalidParameterValue: ", "api error InvalidParameterCombination: "


@pytest.fixture
def world() -> World:
    return data_world()


CHECKED: list[tuple[dict[str, Any], str, str]] = [
    ({"identifier": "Main"}, "identifier", 'first character of "identifier" must be a letter'),
    ({"identifier": "a_b"}, "identifier", 'only lowercase alphanumeric characters and hyphens allowed in "identifier"'),
    ({"identifier": "a--b"}, "identifier", '"identifier" cannot contain two consecutive hyphens'),
    ({"identifier": "ab-"}, "identifier", '"identifier" cannot end with a hyphen'),
    ({"identifier": "ab", "identifierPrefix": "ab-"}, "identifier", '"identifier": conflicts with identifier_prefix'),
    ({"finalSnapshotIdentifier": "1a"}, "finalSnapshotIdentifier", "invalid value for final_snapshot_identifier (must begin with alphabetic character)"),
    (
        {"finalSnapshotIdentifier": "a_b"},
        "finalSnapshotIdentifier",
        "invalid value for final_snapshot_identifier (must only contain alphanumeric characters and hyphens)",
    ),
    ({"finalSnapshotIdentifier": "a--b"}, "finalSnapshotIdentifier", "invalid value for final_snapshot_identifier (cannot contain two consecutive hyphens)"),
    ({"finalSnapshotIdentifier": "ab-"}, "finalSnapshotIdentifier", "invalid value for final_snapshot_identifier (cannot end in a hyphen)"),
    ({"backupWindow": "3:00-4:00"}, "backupWindow", '"backup_window" must satisfy the format of "hh24:mi-hh24:mi".'),
    ({"backupWindow": "03:00-24:00"}, "backupWindow", '"backup_window" must satisfy the format of "hh24:mi-hh24:mi".'),
    ({"maintenanceWindow": "sunday:03:00-sunday:04:00"}, "maintenanceWindow", '"maintenance_window" must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi".'),
    ({"storageType": "gp4"}, "storageType", 'expected storage_type to be one of ["standard" "gp2" "gp3" "io1" "io2" "aurora" "aurora-iopt1"], got gp4'),
    ({"monitoringInterval": 20}, "monitoringInterval", "expected monitoring_interval to be one of [0 1 5 10 15 30 60], got 20"),
    ({"replicaMode": "open"}, "replicaMode", 'expected replica_mode to be one of ["open-read-only" "mounted"], got open'),
    ({"kmsKeyId": "alias/mine"}, "kmsKeyId", '"kms_key_id" (alias/mine) is an invalid ARN: arn: invalid prefix'),
    ({"customIamInstanceProfile": "mine"}, "customIamInstanceProfile", "invalid value for custom_iam_instance_profile (must begin with AWSRDSCustom)"),
    ({"dbName": "app", "replicateSourceDb": "main"}, "dbName", '"db_name": conflicts with replicate_source_db'),
    ({"username": "app", "replicateSourceDb": "main"}, "username", '"username": conflicts with replicate_source_db'),
    ({"engine": "postgres", "replicateSourceDb": "main"}, "engine", '"engine": conflicts with replicate_source_db'),
    ({"password": "x" * 9, "manageMasterUserPassword": True}, "password", '"password": conflicts with manage_master_user_password'),
    ({"passwordWo": "x" * 9}, "passwordWo", '"password_wo": all of `password_wo,password_wo_version` must be specified'),
    ({"snapshotIdentifier": "s", "s3Import": {"bucketName": "b"}}, "s3Import", '"s3_import": conflicts with snapshot_identifier'),
    (
        {"restoreToPointInTime": {"restoreTime": "now"}},
        "restoreToPointInTime.restoreTime",
        '"restore_time" must be in RFC3339 time format "2006-01-02T15:04:05Z". Example: 2017-04-13T12:37:31Z',
    ),
    ({"tags": {"aws:x": "y"}}, "tags.aws:x", "tag keys must be 1 to 128 letters, digits, spaces and _.:/=+-@, and must not start with aws:"),
]


@pytest.mark.parametrize(("inputs", "path", "reason"), CHECKED)
def test_the_provider_refuses_before_it_asks(world: World, inputs: dict[str, Any], path: str, reason: str) -> None:
    assert invalid(world, INSTANCE, instanceClass="db.t4g.micro", **inputs)[path] == reason


def test_a_log_that_no_engine_has_is_refused_with_the_list(world: World) -> None:
    told = invalid(world, INSTANCE, instanceClass="db.t4g.micro", enabledCloudwatchLogsExports=["postgres"])
    assert told["enabledCloudwatchLogsExports[0]"].startswith('expected enabled_cloudwatch_logs_exports.0 to be one of ["agent" "alert"')


ASKED: list[tuple[dict[str, Any], str]] = [
    (
        {"identifier": "a" * 64},
        PARAMETER + "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII",
    ),
    ({"engine": "postgresql"}, PARAMETER + "Invalid DB engine: postgresql"),
    ({"engineVersion": "17.1"}, COMBINATION + "Cannot find version 17.1 for postgres"),
    ({"engineVersion": "9.6"}, COMBINATION + "Cannot find version 9.6 for postgres"),
    ({"instanceClass": "db.t4g.nano"}, PARAMETER + "Invalid DB Instance class: db.t4g.nano"),
    ({"instanceClass": "t4g.micro"}, PARAMETER + "Invalid DB Instance class: t4g.micro"),
    ({"instanceClass": "db.serverless"}, PARAMETER + "Invalid DB Instance class: db.serverless"),
    (
        {"instanceClass": "db.t2.micro"},
        COMBINATION + "RDS does not support creating a DB instance with the following combination: DBInstanceClass=db.t2.micro, Engine=postgres, "
        "EngineVersion=17.9, LicenseModel=postgresql-license. For supported combinations of instance class and database engine version, see the documentation.",
    ),
    (
        {"licenseModel": "license-included"},
        PARAMETER + "Invalid license model 'license-included' for engine 'postgres'. Valid license models are: postgresql-license.",
    ),
    ({"allocatedStorage": 19}, PARAMETER + "Invalid storage size for engine name postgres and storage type gp3: 19"),
    ({"allocatedStorage": 65537}, PARAMETER + "Invalid storage size for engine name postgres and storage type gp3: 65537"),
    ({"storageType": "io1", "iops": 1000}, PARAMETER + "Invalid storage size for engine name postgres and storage type io1: 20"),
    ({"iops": 3000}, COMBINATION + "You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400."),
    ({"storageThroughput": 500}, COMBINATION + "You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400."),
    ({"allocatedStorage": 400, "iops": 11999}, PARAMETER + "Invalid iops value for engine name postgres and storage type gp3: 11999"),
    (
        {"allocatedStorage": 400, "iops": 64000, "storageThroughput": 4001},
        PARAMETER + "Invalid storage throughput value for engine name postgres and storage type gp3: 4001",
    ),
    ({"allocatedStorage": 400, "iops": 12000, "storageThroughput": 3001}, COMBINATION + "The storage throughput to IOPS ratio must be at most 0.25."),
    ({"storageType": "gp2", "iops": 3000}, COMBINATION + "You can't specify IOPS for storage type gp2."),
    ({"storageType": "gp2", "storageThroughput": 125}, COMBINATION + "You can't specify storage throughput for storage type gp2."),
    ({"storageType": "io1", "allocatedStorage": 100}, COMBINATION + "You must specify IOPS for storage type io1."),
    ({"storageType": "io1", "allocatedStorage": 100, "iops": 999}, PARAMETER + "Invalid iops value for engine name postgres and storage type io1: 999"),
    ({"storageType": "io1", "allocatedStorage": 100, "iops": 5001}, COMBINATION + "The IOPS to GiB ratio must be between 0.5 and 50"),
    ({"maxAllocatedStorage": 20}, COMBINATION + "Max storage size must be greater than storage size"),
    ({"maxAllocatedStorage": 21}, COMBINATION + "The maximum allocated storage must be increased by at least 10 percent."),
    ({"maxAllocatedStorage": 65537}, PARAMETER + "Invalid max storage size for engine name and storage type gp3: 65537"),
    ({"storageType": "standard", "maxAllocatedStorage": 100}, COMBINATION + "Storage autoscaling isn't supported for storage type standard."),
    ({"backupRetentionPeriod": 36}, PARAMETER + "Invalid backup retention period: 36. Must be between 0 and 35."),
    ({"backupRetentionPeriod": -1}, PARAMETER + "Invalid backup retention period: -1. Must be between 0 and 35."),
    ({"backupWindow": "03:00-03:29"}, PARAMETER + "The backup window must be at least 30 minutes."),
    ({"maintenanceWindow": "sun:03:00-sun:03:29"}, PARAMETER + "The maintenance window must be at least 30 minutes."),
    ({"backupWindow": "03:00-04:00", "maintenanceWindow": "Sun:03:59-Sun:05:00"}, PARAMETER + "The backup window and maintenance window must not overlap."),
    ({"backupWindow": "23:45-00:15", "maintenanceWindow": "mon:00:00-mon:01:00"}, PARAMETER + "The backup window and maintenance window must not overlap."),
    ({"username": "admin"}, PARAMETER + "MasterUsername admin cannot be used as it is a reserved word used by the engine"),
    ({"username": "rdsadmin"}, PARAMETER + "MasterUsername rdsadmin cannot be used as it is a reserved word used by the engine"),
    ({"username": "1app"}, PARAMETER + "MasterUsername must begin with a letter and contain only alphanumeric characters or underscores."),
    ({"username": "a" * 64}, PARAMETER + "MasterUsername must begin with a letter and contain only alphanumeric characters or underscores."),
    ({"dbName": "my-app"}, PARAMETER + "DBName must begin with a letter and contain only alphanumeric characters."),
    ({"dbName": "db"}, PARAMETER + "DBName db cannot be used.  It is a reserved word for this engine."),
    (
        {"manageMasterUserPassword": None, "password": "short12"},
        PARAMETER + "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.",
    ),
    (
        {"manageMasterUserPassword": None, "password": "x" * 129},
        PARAMETER + "The parameter MasterUserPassword is not a valid password because it is longer than 128 characters.",
    ),
    *(
        (
            {"manageMasterUserPassword": None, "password": f"long{char}enough"},
            PARAMETER + "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
        )
        for char in '/@" \u00e9'
    ),
    ({"monitoringInterval": 60}, COMBINATION + "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."),
    (
        {"monitoringInterval": 60, "monitoringRoleArn": "arn:aws:iam::000000000000:role/nobody"},
        PARAMETER + "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    ),
    ({"performanceInsightsRetentionPeriod": 7}, COMBINATION + "To set PerformanceInsightsRetentionPeriod, EnablePerformanceInsights must be true."),
    (
        {"performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 30},
        PARAMETER + "Invalid PerformanceInsightsRetentionPeriod: 30. Valid values are: 7, 31, 62,",
    ),
    (
        {"performanceInsightsEnabled": True, "databaseInsightsMode": "advanced"},
        COMBINATION + "To enable the Advanced mode of Database Insights, modify your instance to enable Performance Insights and set the retention period for "
        "Performance Insights to at least 465 days.",
    ),
    ({"caCertIdentifier": "rds-ca-2019"}, "CertificateNotFound: Certificate rds-ca-2019 not found."),
    ({"port": 1149}, PARAMETER + "Invalid database port number: 1149. Must be between 1150 and 65535."),
    ({"enabledCloudwatchLogsExports": ["slowquery"]}, COMBINATION + "You cannot use the log types 'slowquery' with engine version postgres 17."),
    ({"parameterGroupName": "nothing"}, "DBParameterGroupNotFound: DBParameterGroup not found: nothing"),
    (
        {"parameterGroupName": "default.postgres16"},
        COMBINATION + "The Parameter Group default.postgres16 with DBParameterGroupFamily postgres16 cannot be used for this instance. "
        "Please use a Parameter Group with DBParameterGroupFamily postgres17",
    ),
    ({"optionGroupName": "nothing"}, "OptionGroupNotFoundFault: Specified OptionGroupName: nothing not found."),
    (
        {"kmsKeyId": "arn:aws:kms:eu-west-1:000000000000:key/gone"},
        (
            "KMSKeyNotAccessibleFault: The specified KMS key [arn:aws:kms:eu-west-1:000000000000:key/gone] does not exist, is not enabled or you do not have "
            "permissions to access it."
        ),
    ),
    (
        {"storageEncrypted": None, "kmsKeyId": "arn:aws:kms:eu-west-1:000000000000:key/11111111-2222-4333-8444-555555555555"},
        COMBINATION + "A KMS key may only be specified when StorageEncrypted is true.",
    ),
    ({"dbSubnetGroupName": "nothing"}, "DBSubnetGroupNotFoundFault: DB subnet group 'nothing' does not exist."),
    ({"vpcSecurityGroupIds": ["sg-9"]}, PARAMETER + "Invalid security group , groupId= sg-9, groupName=."),
    (
        {"vpcSecurityGroupIds": ["sg-1"]},
        COMBINATION + "The DB instance and EC2 security group are in different VPCs. The DB instance is in vpc-1 and the EC2 security group is in vpc-2",
    ),
    (
        {"availabilityZone": "eu-west-1d"},
        "InvalidVPCNetworkStateFault: Cannot create DB instance in eu-west-1d: the DB subnet group has no subnet in this Availability Zone.",
    ),
    ({"availabilityZone": "eu-west-1a", "multiAz": True}, COMBINATION + "Requesting a specific availability zone is not valid for Multi-AZ instances."),
    (
        {"publiclyAccessible": True},
        "InvalidVPCNetworkStateFault: Cannot create a publicly accessible DBInstance.  The specified VPC has no internet gateway attached.",
    ),
    ({"snapshotIdentifier": "gone"}, "DBSnapshotNotFound: DBSnapshot not found: gone"),
]


@pytest.mark.parametrize(("inputs", "message"), ASKED)
def test_aws_refuses_in_its_own_words(world: World, inputs: dict[str, Any], message: str) -> None:
    told = refused(lambda: database(world, **inputs))
    assert message in told
    assert told.startswith("creating RDS DB Instance (")
    assert ": operation error RDS: " in told


@pytest.mark.parametrize("name", ["allocatedStorage", "engine", "username"])
def test_a_new_instance_needs_engine_storage_and_user(world: World, name: str) -> None:
    assert refused(lambda: database(world, **{name: None})).endswith(": required field is not set")


def test_a_new_instance_needs_a_password_of_some_kind(world: World) -> None:
    assert "one of them is required" in refused(lambda: database(world, manageMasterUserPassword=None))


def test_a_role_that_trusts_another_service_does_not_monitor(world: World) -> None:
    other = role(world, "other", "ecs-tasks.amazonaws.com")
    assert "ENHANCED_MONITORING" in refused(lambda: database(world, monitoringInterval=60, monitoringRoleArn=other))
    assert database(world, monitoringInterval=60, monitoringRoleArn=role(world, "m", "monitoring.rds.amazonaws.com")).outputs["monitoringInterval"] == 60


def test_mysql_takes_admin_and_has_no_insights_on_small_machines(world: World) -> None:
    mysql = {"engine": "mysql", "engineVersion": "8.4", "username": "admin"}
    assert database(world, **mysql).outputs["engineVersionActual"] == "8.4.7"
    told = refused(lambda: database(world, "other", performanceInsightsEnabled=True, **mysql))
    assert COMBINATION + "Performance Insights not supported for this configuration, please disable this feature." in told


def test_a_name_is_held_by_one_instance_of_a_region(world: World) -> None:
    database(world)
    told = refused(lambda: database(world))
    assert told.endswith("DBInstanceAlreadyExists: DB instance already exists")
    other = database(world, "other")
    assert refused(lambda: world.update(other, identifier="main")).endswith("DBInstanceAlreadyExists: DB instance already exists")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"allocatedStorage": 40}, COMBINATION + "Requested storage size (40) must be greater than or equal to the current storage size (50)"),
        ({"allocatedStorage": 54}, COMBINATION + "The new allocated storage must be at least 10% larger than the current one: 55 GiB or more, got 54"),
        ({"engineVersion": "16"}, COMBINATION + "Cannot upgrade postgres from 17.6 to 16.13"),
        ({"engineVersion": "17.5"}, COMBINATION + "Cannot upgrade postgres from 17.6 to 17.5"),
        ({"engineVersion": "18"}, COMBINATION + "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."),
        ({"engineVersion": "17.99"}, COMBINATION + "Cannot find upgrade target from 17.6 with requested version 17.99."),
        (
            {"engineVersion": "18", "allowMajorVersionUpgrade": True, "parameterGroupName": "own"},
            COMBINATION + "The Parameter Group own with DBParameterGroupFamily postgres17",
        ),
    ],
)
def test_a_change_that_aws_does_not_make_is_refused(world: World, changes: dict[str, Any], message: str) -> None:
    world.create(PARAMETER_GROUP, name="own", family="postgres17")
    made = database(world, allocatedStorage=50, engineVersion="17.6", parameterGroupName="own")
    told = refused(lambda: world.update(made, **changes))
    assert told.startswith("updating RDS DB Instance (main): operation error RDS: ModifyDBInstance, ")
    assert message in told


def test_an_instance_moves_to_another_network_only_and_only_without_a_standby(world: World) -> None:
    for name, number in (("near", 0), ("far", 1)):
        world.create(SUBNET_GROUP, name=name, subnetIds=[f"subnet-{number}a", f"subnet-{number}b"])
    made = database(world)
    same = "The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC"
    told = refused(lambda: world.update(made, dbSubnetGroupName="near"))
    assert f"InvalidVPCNetworkStateFault: You cannot move DB instance main to subnet group near. {same} than the specified DB instance and try again." in told
    moved = {"dbSubnetGroupName": "far", "vpcSecurityGroupIds": ["sg-1"]}
    assert "You cannot change the VPC of a Multi-AZ DB instance." in refused(lambda: world.update(made, multiAz=True, **moved))
    assert world.update(made, **moved).outputs["dbSubnetGroupName"] == "far"


def test_a_public_instance_needs_a_gateway_and_names(world: World) -> None:
    world.put("aws:ec2/internetGateway:InternetGateway", "igw-1", vpcId="vpc-1")
    assert "The specified VPC does not support DNS resolution, DNS hostnames, or both." in refused(lambda: database(world, publiclyAccessible=True))
    world.put(VPC, "vpc-1", enableDnsSupport=True, enableDnsHostnames=True)
    assert database(world, publiclyAccessible=True).outputs["publiclyAccessible"] is True


def test_the_key_of_performance_insights_stays(world: World) -> None:
    other = CUSTOMER_KEY.replace("11111111", "99999999")
    world.put("aws:kms/key:Key", "99999999", arn=other)
    made = database(world, performanceInsightsEnabled=True, performanceInsightsKmsKeyId=CUSTOMER_KEY)
    assert COMBINATION + "You cannot change your Performance Insights KMS key." in refused(lambda: world.update(made, performanceInsightsKmsKeyId=other))


def test_an_instance_has_at_most_five_security_groups(world: World) -> None:
    groups = [f"sg-more-{number}" for number in range(6)]
    for group in groups:
        world.put("aws:ec2/securityGroup:SecurityGroup", group, vpcId="vpc-1")
    assert PARAMETER + "You can specify at most 5 security groups." in refused(lambda: database(world, vpcSecurityGroupIds=groups))
    assert database(world, vpcSecurityGroupIds=groups[:5]).outputs["vpcSecurityGroupIds"] == groups[:5]


def test_windows_of_half_an_hour_side_by_side_pass(world: World) -> None:
    made = database(world, backupWindow="03:00-03:30", maintenanceWindow="Sun:03:30-Sun:04:00")
    assert (made.outputs["backupWindow"], made.outputs["maintenanceWindow"]) == ("03:00-03:30", "sun:03:30-sun:04:00")
    assert database(world, "night", backupWindow="23:30-00:30", maintenanceWindow="mon:00:30-mon:01:00")


@pytest.mark.parametrize(
    "inputs",
    [
        {"allocatedStorage": 65536, "maxAllocatedStorage": None},
        {"maxAllocatedStorage": 22},
        {"storageType": "io2", "allocatedStorage": 100, "iops": 100000},
        {"allocatedStorage": 400, "iops": 16000, "storageThroughput": 4000},
        {"backupRetentionPeriod": 35},
        {"username": "a" * 63},
        {"dbName": "_app1"},
        {"port": 1150},
        {"instanceClass": "db.m8g.48xlarge"},
        {"manageMasterUserPassword": None, "password": "x" * 128},
        {"performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 465, "databaseInsightsMode": "advanced"},
    ],
)
def test_what_is_just_within_the_limits_passes(world: World, inputs: dict[str, Any]) -> None:
    assert database(world, **inputs).outputs["status"] == "available"


def test_a_protected_instance_stays(world: World) -> None:
    made = database(world, deletionProtection=True)
    told = refused(lambda: world.delete(made))
    assert told.startswith("deleting RDS DB Instance (main): operation error RDS: DeleteDBInstance, ")
    assert told.endswith(COMBINATION + "Cannot delete protected DB Instance, please disable deletion protection and try again.")
    world.delete(world.update(made, deletionProtection=False))


def test_a_final_snapshot_needs_a_name_that_is_free(world: World) -> None:
    nameless = database(world, skipFinalSnapshot=False)
    assert refused(lambda: world.delete(nameless)) == "final_snapshot_identifier is required when skip_final_snapshot is false"
    world.put(SNAPSHOT, "held")
    named = database(world, "other", skipFinalSnapshot=False, finalSnapshotIdentifier="held")
    message = "DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier held already exists."
    assert refused(lambda: world.delete(named)).endswith(message)


def test_a_replica_needs_a_source_with_backups(world: World) -> None:
    copy = {"identifier": "copy", "instanceClass": "db.t4g.micro", "skipFinalSnapshot": True}
    made = database(world, backupRetentionPeriod=0)
    told = refused(lambda: world.create(INSTANCE, replicateSourceDb="gone", **copy))
    assert told.startswith("creating RDS DB Instance (read replica) (copy): operation error RDS: CreateDBInstanceReadReplica, ")
    assert told.endswith("DBInstanceNotFound: DBInstance gone not found.")
    assert "DBInstance db-" in refused(lambda: world.create(INSTANCE, replicateSourceDb=made.id, **copy))
    assert "Automated backups are not enabled for this database instance." in refused(lambda: world.create(INSTANCE, replicateSourceDb="main", **copy))
    backed = world.update(made, backupRetentionPeriod=1)
    told = refused(lambda: world.create(INSTANCE, replicateSourceDb="main", dbSubnetGroupName="data", **copy))
    assert "DBSubnetGroupNotAllowedFault: DbSubnetGroupName should not be specified for read replicas" in told
    held = world.create(INSTANCE, replicateSourceDb="main", **copy)
    assert "Backups cannot be disabled on an instance with read replicas" in refused(lambda: world.update(backed, backupRetentionPeriod=0))
    with_snapshot = world.update(held, skipFinalSnapshot=False, finalSnapshotIdentifier="f")
    assert "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance" in refused(lambda: world.delete(with_snapshot))


def test_a_source_has_at_most_fifteen_replicas(world: World) -> None:
    database(world)
    for number in range(15):
        world.create(INSTANCE, identifier=f"copy-{number}", replicateSourceDb="main", instanceClass="db.t4g.micro", skipFinalSnapshot=True)
    told = refused(lambda: world.create(INSTANCE, identifier="one-more", replicateSourceDb="main", instanceClass="db.t4g.micro"))
    assert "DB instance main already has 15 read replicas." in told
