"""Database on AWS asks for exactly these things, closed, kept and audited in exactly this way."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from components import Database, DatabaseArgs, DatabaseServer, Network, Window
from tests.components.world import World, build

SERVER = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
GATE = "aws:ec2/securityGroup:SecurityGroup"
LOG = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
MANAGED = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
FUNCTION = "aws:lambda/function:Function"
CALL = "aws:lambda/invocation:Invocation"
RULE_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE_OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PASSWORD = "random:index/randomPassword:RandomPassword"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

ALWAYS = [
    (LOG, "db-logins-log"),
    (LOG, "db-server-log-postgresql"),
    (LOG, "db-server-log-upgrade"),
    (GATE, "db-logins"),
    (GATE, "db-server"),
    (ROLE, "db-logins-role"),
    (POLICY, "db-logins-code-policy"),
    (POLICY, "db-logins-policy"),
    (FUNCTION, "db-logins-function"),
    (CALL, "db-set-up"),
    (SERVER, "db-server"),
    (PARAMETERS, "db-parameters-17"),
    (SUBNETS, "db-subnets"),
    (RULE_OUT, "db-logins-out"),
    (RULE_OUT, "db-logins-services"),
    (RULE_IN, "db-logins-in"),
]
IDENTITY = [*ALWAYS, (LOG, "db-server-log-iam-db-auth-error")]
MEASURED = [(ROLE, "db-monitoring"), (MANAGED, "db-monitoring-policy")]

FLAGS = {
    "log_checkpoints": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_error_verbosity": "default",
    "log_lock_waits": "1",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    "log_statement": "ddl",
    "log_temp_files": "0",
    "password_encryption": "scram-sha-256",
    "pgaudit.log": "ddl,role",
    "rds.force_ssl": "1",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
}


def database(tier: str = "dev", config: dict[str, str] | None = None, **args: Any) -> World:
    return build(lambda: Database("db", DatabaseArgs(network=Network("main"), **args)), cloud="aws", tier=tier, **(config or {}))


def server(tier: str = "dev", config: dict[str, str] | None = None, **args: Any) -> dict[str, Any]:
    return database(tier, config, **args).one(SERVER, "db-server").inputs


def secret_inputs(world: World) -> set[str]:
    """Who is given a secret; an archive is marked like one on the wire."""
    return {resource.name for resource in world.resources if resource.secret_inputs - {"code"}}


def flags(world: World) -> dict[str, str]:
    return {flag["name"]: flag["value"] for flag in world.one(PARAMETERS).inputs["parameters"]}


def deferred(world: World) -> set[str]:
    return {flag["name"] for flag in world.one(PARAMETERS).inputs["parameters"] if flag["applyMethod"] == "pending-reboot"}


@pytest.mark.parametrize(("tier", "more"), [("dev", []), ("staging", []), ("prod", MEASURED)])
def test_a_database_where_identities_log_in_is_these_things_and_no_password(tier: str, more: list[tuple[str, str]]) -> None:
    world = database(tier)
    assert world.children("db") == sorted([*IDENTITY, *more])
    assert secret_inputs(world) == set()


def test_a_password_is_made_stored_and_read_by_the_function_alone() -> None:
    world = database("prod", authentication="password")
    assert world.children("db") == sorted([*ALWAYS, *MEASURED, (PASSWORD, "db-password-value"), (SECRET, "db-password"), (VERSION, "db-password-version")])
    assert secret_inputs(world) == {"db-password-version"}
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:watchparty-prod-db-password-AbCdEf"
    mark = hashlib.sha256(("p" * 32).encode()).hexdigest()[:16]
    assert world.one(CALL).inputs["input"] == f'{{"databases": ["db"], "password": "{arn}"}}'
    assert world.one(CALL).inputs["triggers"] == {"server": "db-DB-SERVER", "password": mark}
    assert "db-password-version" in {urn.rsplit("::", 1)[-1] for urn in world.one(CALL).depends_on}
    assert world.one(SERVER).inputs["iamDatabaseAuthenticationEnabled"] is False
    assert (world.one(SECRET).protect, world.one(SECRET).inputs["recoveryWindowInDays"]) == (True, 30)


def test_no_password_of_the_master_user_is_ever_in_the_program() -> None:
    inputs = server("prod", authentication="password")
    assert (inputs["username"], inputs["manageMasterUserPassword"]) == ("administrator", True)
    assert not {"password", "passwordWo"} & set(inputs)


def test_the_server_in_dev_is_small_closed_encrypted_and_leaves_nothing() -> None:
    assert server("dev") == {
        "allocatedStorage": 20,
        "allowMajorVersionUpgrade": True,
        "applyImmediately": True,
        "autoMinorVersionUpgrade": True,
        "backupRetentionPeriod": 7,
        "backupWindow": "01:00-01:30",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "copyTagsToSnapshot": True,
        "databaseInsightsMode": "standard",
        "dbSubnetGroupName": "watchparty-dev-db-subnets",
        "deleteAutomatedBackups": True,
        "deletionProtection": False,
        "enabledCloudwatchLogsExports": ["iam-db-auth-error", "postgresql", "upgrade"],
        "engine": "postgres",
        "engineVersion": "17",
        "iamDatabaseAuthenticationEnabled": True,
        "identifier": "watchparty-dev-db",
        "instanceClass": "db.t4g.micro",
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "manageMasterUserPassword": True,
        "maxAllocatedStorage": 200,
        "monitoringInterval": 0,
        "multiAz": False,
        "networkType": "IPV4",
        "parameterGroupName": "watchparty-dev-db-postgres17",
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "port": 5432,
        "publiclyAccessible": False,
        "skipFinalSnapshot": True,
        "storageEncrypted": True,
        "storageType": "gp3",
        "tags": {"component": "db", "managed-by": "pulumi", "owner": "unknown", "project": "watchparty", "stack": "dev", "tier": "dev"},
        "username": "administrator",
        "vpcSecurityGroupIds": ["db-server-id"],
    }


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("staging", ("db.t4g.small", False, 7, 20, 200, True, False, False, 0)),
        ("prod", ("db.t4g.medium", True, 30, 100, 1000, True, False, False, 60)),
    ],
)
def test_a_server_outside_dev_is_kept_and_in_prod_has_a_standby(tier: str, expected: tuple[Any, ...]) -> None:
    inputs = server(tier)
    names = ("instanceClass", "multiAz", "backupRetentionPeriod", "allocatedStorage", "maxAllocatedStorage", "deletionProtection")
    assert tuple(inputs[name] for name in (*names, "deleteAutomatedBackups", "skipFinalSnapshot", "monitoringInterval")) == expected
    assert inputs["finalSnapshotIdentifier"] == f"watchparty-{tier}-db-final-db-server-id"


def test_taking_a_stack_down_leaves_the_last_snapshot_and_takes_protection_away() -> None:
    world = database("prod", {"protect": "false"})
    found = world.one(SERVER)
    assert (found.protect, found.retain_on_delete) == (False, False)
    assert (found.inputs["deletionProtection"], found.inputs["skipFinalSnapshot"], found.inputs["deleteAutomatedBackups"]) == (False, False, False)


def test_the_server_alone_is_protected_and_kept_outside_dev() -> None:
    def kept(tier: str) -> set[str]:
        return {resource.name for resource in database(tier).resources if resource.parent_name == "db" and resource.protect and resource.retain_on_delete}

    assert (kept("dev"), kept("staging"), kept("prod")) == (set(), {"db-server"}, {"db-server"})


def test_the_machine_of_plex_watch_together_is_taken_by_its_own_name() -> None:
    assert server("prod", size="db.t3.medium")["instanceClass"] == "db.t3.medium"


@pytest.mark.parametrize(
    ("storage", "limit", "first", "most"), [(10, 0, 20, 200), (20, 22, 20, 22), (500, 0, 500, 5000), (10000, 0, 10000, 65536), (50, 100, 50, 100)]
)
def test_storage_begins_at_what_rds_has_and_grows_to_a_limit(storage: int, limit: int, first: int, most: int) -> None:
    inputs = server(storage_gb=storage, server=DatabaseServer(storage_limit_gb=limit))
    assert (inputs["allocatedStorage"], inputs["maxAllocatedStorage"]) == (first, most)


def test_storage_that_has_grown_is_left_as_it_is() -> None:
    assert database().one(SERVER).ignore_changes == ("allocatedStorage",)


@pytest.mark.parametrize(
    ("day", "hour", "window"), [("sunday", 3, "sun:03:00-sun:04:00"), ("sunday", 23, "sun:23:00-mon:00:00"), ("saturday", 23, "sat:23:00-sun:00:00")]
)
def test_updates_come_within_their_hour(day: Any, hour: int, window: str) -> None:
    assert server(server=DatabaseServer(maintenance=Window(day=day, hour=hour)))["maintenanceWindow"] == window


def test_the_server_stands_in_subnets_that_lead_nowhere() -> None:
    assert database().one(SUBNETS).inputs["subnetIds"] == [f"main-subnet-data-{zone}-id" for zone in (1, 2, 3)]


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_the_flags_are_the_same_in_every_tier(tier: str) -> None:
    world = database(tier)
    assert flags(world) == FLAGS
    assert deferred(world) == {"shared_preload_libraries"}
    assert world.one(PARAMETERS).inputs["family"] == "postgres17"


def test_own_flags_come_in_addition_as_rds_writes_them() -> None:
    own = {
        "work_mem": "8192",
        "jit": "off",
        "synchronous_commit": "off",
        "max_connections": "200",
        "shared_preload_libraries": "pg_cron, pgaudit",
        "cron.x": "on",
    }
    world = database(server=DatabaseServer(flags=own))
    assert {name: value for name, value in flags(world).items() if FLAGS.get(name) != value} == {
        "work_mem": "8192",
        "jit": "0",
        "synchronous_commit": "off",
        "max_connections": "200",
        "shared_preload_libraries": "pg_stat_statements,pgaudit,pg_cron",
        "cron.x": "1",
    }
    assert deferred(world) == {"shared_preload_libraries", "max_connections", "cron.x"}


def test_another_version_has_a_group_of_its_own() -> None:
    found = database(version="18").one(PARAMETERS)
    assert (found.name, found.inputs["name"], found.inputs["family"]) == ("db-parameters-18", "watchparty-dev-db-postgres18", "postgres18")


def test_a_key_of_your_own_encrypts_all_that_holds_data() -> None:
    inputs = server(customer_key=KEY)
    assert (inputs["kmsKeyId"], inputs["masterUserSecretKmsKeyId"], inputs["performanceInsightsKmsKeyId"]) == (KEY, KEY, KEY)


@pytest.mark.parametrize(("tier", "days", "key"), [("dev", 3, None), ("staging", 3, "key"), ("prod", 30, "key")])
def test_logs_are_kept_by_tier_and_are_there_before_anything_is_written(tier: str, days: int, key: str | None) -> None:
    world = database(tier)
    logs = [resource for resource in world.of(LOG) if resource.parent_name == "db"]
    assert {log.inputs["name"] for log in logs} == {
        f"/aws/lambda/watchparty-{tier}-db-logins",
        *(f"/aws/rds/instance/watchparty-{tier}-db/{kind}" for kind in ("iam-db-auth-error", "postgresql", "upgrade")),
    }
    assert {log.inputs["retentionInDays"] for log in logs} == {days}
    assert all((log.inputs.get("kmsKeyId") is not None) is (key is not None) for log in logs)
    waits = {urn.rsplit("::", 1)[-1] for urn in world.one(SERVER).depends_on}
    assert waits >= {log.name for log in logs if "rds" in log.inputs["name"]}


def test_in_prod_the_operating_system_is_measured_for_this_server_only() -> None:
    world = database("prod")
    assert world.one(MANAGED).inputs["policyArn"] == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    assert '"aws:SourceArn": ["arn:aws:rds:eu-west-1:123456789012:db:watchparty-prod-db"]' in world.one(ROLE, "db-monitoring").inputs["assumeRolePolicy"]
    assert "db-monitoring-policy" in {urn.rsplit("::", 1)[-1] for urn in world.one(SERVER).depends_on}


def test_replicas_are_as_the_server_but_hold_nothing_of_their_own() -> None:
    first, second, main = database("prod", server=DatabaseServer(read_replicas=2)).of(SERVER)
    whole = main.inputs
    own = {"identifier", "replicateSourceDb", "multiAz", "backupRetentionPeriod", "deletionProtection", "skipFinalSnapshot"}
    assert {key: value for key, value in first.inputs.items() if key not in own} == {key: whole[key] for key in first.inputs if key not in own}
    assert {key: first.inputs[key] for key in own} == {
        "identifier": "watchparty-prod-db-replica-0",
        "replicateSourceDb": "watchparty-prod-db",
        "multiAz": False,
        "backupRetentionPeriod": 0,
        "deletionProtection": False,
        "skipFinalSnapshot": True,
    }
    assert second.inputs["identifier"] == "watchparty-prod-db-replica-1"
    assert (first.protect, first.retain_on_delete) == (False, False)
    assert not {"engine", "engineVersion", "username", "manageMasterUserPassword", "allocatedStorage", "dbSubnetGroupName", "kmsKeyId"} & set(first.inputs)


def test_a_copy_of_the_backups_lies_in_another_region_under_a_key_there() -> None:
    world = database("prod", server=DatabaseServer(backup_location="eu-central-1"))
    key, copy = world.one("aws:kms/key:Key", "db-backup-key"), world.one("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication")
    assert (key.inputs["region"], key.inputs["enableKeyRotation"], key.protect) == ("eu-central-1", True, True)
    assert (copy.inputs["region"], copy.inputs["retentionPeriod"], copy.protect) == ("eu-central-1", 30, True)
    assert copy.inputs["sourceDbInstanceArn"] == "arn:aws:rds:eu-west-1:123456789012:db:watchparty-prod-db"
