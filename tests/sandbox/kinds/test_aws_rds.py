"""RDS instances in the sandbox: what AWS makes up for one, what it keeps through changes, and what stays when it goes."""

from __future__ import annotations

import json
import re

import pytest

from sandbox.resources.aws.addresses import interfaces
from tests.sandbox.kinds.aws_data_world import ACCOUNT, CUSTOMER_KEY, INSTANCE, PARAMETER_GROUP, REGION, SECRET, SNAPSHOT, VERSION, data_world, database
from tests.sandbox.kinds.cloud import World, refused

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
AUTOMATED = "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup"


@pytest.fixture
def world() -> World:
    return data_world()


def test_an_instance_has_the_names_of_a_real_one(world: World) -> None:
    made = database(world)
    assert re.fullmatch(r"db-[A-Z2-7]{26}", made.id)
    assert made.outputs["resourceId"] == made.id
    assert made.outputs["arn"] == f"arn:aws:rds:{REGION}:{ACCOUNT}:db:main"
    assert re.fullmatch(rf"main\.c[a-z0-9]{{11}}\.{REGION}\.rds\.amazonaws\.com", made.outputs["address"])
    assert made.outputs["endpoint"] == f"{made.outputs['address']}:5432"
    assert made.outputs["hostedZoneId"] == "Z29XKXDKYMONMX"
    assert made.outputs["status"] == "available"


def test_two_instances_of_an_account_share_the_account_s_part_of_the_host(world: World) -> None:
    one, other = database(world), database(world, "other")
    assert one.outputs["address"].split(".", 1)[1] == other.outputs["address"].split(".", 1)[1]
    assert one.id != other.id


def test_the_api_fills_in_what_a_program_leaves_out(world: World) -> None:
    outputs = database(world).outputs
    expected = {
        "parameterGroupName": "default.postgres17",
        "optionGroupName": "default:postgres-17",
        "licenseModel": "postgresql-license",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "iops": 3000,
        "storageThroughput": 125,
        "multiAz": False,
        "networkType": "IPV4",
        "databaseInsightsMode": "standard",
        "performanceInsightsRetentionPeriod": 0,
        "performanceInsightsKmsKeyId": "",
        "port": 5432,
    }
    assert {key: outputs[key] for key in expected} == expected
    assert outputs["kmsKeyId"].startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/")
    big = database(world, "big", allocatedStorage=400, performanceInsightsEnabled=True).outputs
    assert (big["iops"], big["storageThroughput"], big["performanceInsightsRetentionPeriod"]) == (12000, 500, 7)
    assert big["performanceInsightsKmsKeyId"] == outputs["kmsKeyId"]


@pytest.mark.parametrize(("asked", "runs"), [("17", "17.9"), ("17.6", "17.6"), ("16", "16.13"), (None, "17.9")])
def test_a_partial_version_is_the_newest_of_its_major(world: World, asked: str | None, runs: str) -> None:
    outputs = database(world, engineVersion=asked).outputs
    assert (outputs["engineVersion"], outputs["engineVersionActual"]) == (asked or runs, runs)


def test_an_update_keeps_what_the_instance_was_born_with(world: World) -> None:
    made = database(world)
    later = world.update(made, instanceClass="db.m7g.large", allocatedStorage=40, multiAz=True, tags={"a": "b"})
    for output in ("address", "resourceId", "arn", "availabilityZone", "backupWindow", "maintenanceWindow", "masterUserSecrets", "hostedZoneId"):
        assert later.outputs[output] == made.outputs[output]
    assert (later.outputs["allocatedStorage"], later.outputs["tagsAll"]) == (40, {"a": "b"})


def test_a_rename_keeps_the_id_and_changes_the_host(world: World) -> None:
    made = database(world)
    later = world.update(made, identifier="renamed")
    assert later.id == made.id
    assert later.outputs["address"].startswith("renamed.")
    assert later.outputs["arn"].endswith(":db:renamed")


def test_an_instance_stands_in_a_subnet_of_its_zone_and_a_standby_in_another(world: World) -> None:
    made = database(world, availabilityZone="eu-west-1b", multiAz=None)
    assert [(one.subnet, one.groups) for one in interfaces(world.cloud)] == [("subnet-0b", ("sg-0",))]
    assert made.outputs["availabilityZone"] == "eu-west-1b"
    world.delete(made)
    database(world, multiAz=True)
    assert len({one.subnet for one in interfaces(world.cloud)}) == 2


def test_an_instance_without_groups_gets_that_of_its_network(world: World) -> None:
    assert database(world, vpcSecurityGroupIds=None).outputs["vpcSecurityGroupIds"] == ["sg-default-vpc-1"]


def test_rds_keeps_the_master_password_in_a_secret_of_its_own_that_goes_with_the_instance(world: World) -> None:
    made = database(world, masterUserSecretKmsKeyId=CUSTOMER_KEY)
    (told,) = made.outputs["masterUserSecrets"]
    (secret,) = world.cloud.find(SECRET)
    assert told == {"kmsKeyId": CUSTOMER_KEY, "secretArn": secret.id, "secretStatus": "active"}
    assert re.fullmatch(r"rds!db-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", secret.outputs["name"])
    assert secret.outputs["kmsKeyId"] == CUSTOMER_KEY
    value = json.loads(world.invoke("aws:secretsmanager/getSecretVersion:getSecretVersion", secretId=secret.id)["secretString"])
    assert value["username"] == "postgres"
    assert len(value["password"]) == 28
    world.delete(made)
    assert list(world.cloud.find(SECRET)) == list(world.cloud.find(VERSION)) == []
    assert database(world, manageMasterUserPassword=None, password="long-enough").outputs["masterUserSecrets"] == []


def test_a_log_that_is_exported_has_a_group_even_where_nobody_made_one(world: World) -> None:
    world.put(LOG_GROUP, "/aws/rds/instance/main/upgrade", name="/aws/rds/instance/main/upgrade", retentionInDays=30)
    made = database(world, enabledCloudwatchLogsExports=["postgresql", "upgrade"])
    assert {group.id: group.outputs["retentionInDays"] for group in world.cloud.find(LOG_GROUP)} == {
        "/aws/rds/instance/main/upgrade": 30,
        "/aws/rds/instance/main/postgresql": 0,
    }
    world.delete(made)
    assert len(list(world.cloud.find(LOG_GROUP))) == 2


def test_a_final_snapshot_stays_and_can_be_restored(world: World) -> None:
    made = database(world, skipFinalSnapshot=False, finalSnapshotIdentifier="main-final", copyTagsToSnapshot=True, tags={"team": "data"}, allocatedStorage=50)
    world.delete(made)
    (snapshot,) = world.cloud.find(SNAPSHOT)
    assert snapshot.id == "main-final"
    assert snapshot.outputs["tagsAll"] == {"team": "data"}
    assert snapshot.outputs["dbSnapshotArn"] == f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:main-final"
    origin = {"engine": None, "engineVersion": None, "allocatedStorage": None, "username": None, "storageEncrypted": None, "storageType": None}
    restored = database(world, "restored", snapshotIdentifier="main-final", **origin)
    held = {key: restored.outputs[key] for key in ("engine", "engineVersionActual", "allocatedStorage", "username", "storageEncrypted", "storageType")}
    kept = {"engine": "postgres", "engineVersionActual": "17.9", "allocatedStorage": 50, "username": "postgres", "storageEncrypted": True, "storageType": "gp3"}
    assert held == kept


def test_an_instance_goes_back_in_time_as_another(world: World) -> None:
    made = database(world, allocatedStorage=40, dbName="app")
    said = {"identifier": "then", "instanceClass": "db.t4g.micro", "skipFinalSnapshot": True, "dbSubnetGroupName": "data"}
    back = world.create(INSTANCE, restoreToPointInTime={"sourceDbInstanceIdentifier": "main", "useLatestRestorableTime": True}, **said)
    assert {key: back.outputs[key] == made.outputs[key] for key in ("engineVersionActual", "allocatedStorage", "dbName", "storageEncrypted")} == dict.fromkeys(
        ("engineVersionActual", "allocatedStorage", "dbName", "storageEncrypted"), True
    )
    told = refused(lambda: world.create(INSTANCE, restoreToPointInTime={"sourceDbInstanceIdentifier": "gone"}, **{**said, "identifier": "never"}))
    assert told.startswith("creating RDS DB Instance (restore to point-in-time) (never): operation error RDS: RestoreDBInstanceToPointInTime, ")
    assert told.endswith("DBInstanceNotFound: DBInstance gone not found.")


def test_a_snapshot_that_is_skipped_leaves_nothing(world: World) -> None:
    world.delete(database(world))
    assert list(world.cloud.find(SNAPSHOT)) == list(world.cloud.find(AUTOMATED)) == []


def test_automated_backups_outlive_an_instance_that_says_so(world: World) -> None:
    made = database(world, deleteAutomatedBackups=False)
    world.delete(made)
    (kept,) = world.cloud.find(AUTOMATED)
    assert (kept.id, kept.outputs["status"], kept.outputs["dbInstanceIdentifier"]) == (made.id, "retained", "main")
    world.delete(database(world, "empty", deleteAutomatedBackups=False, backupRetentionPeriod=0))
    assert len(list(world.cloud.find(AUTOMATED))) == 1


def replica(world: World, name: str = "copy", **inputs: object):
    said = {"identifier": name, "replicateSourceDb": "main", "instanceClass": "db.t4g.micro", "skipFinalSnapshot": True, **inputs}
    return world.create(INSTANCE, **said)


def test_a_replica_has_what_its_source_has(world: World) -> None:
    source = database(world, dbName="app", kmsKeyId=CUSTOMER_KEY)
    copy = replica(world)
    for output in ("engine", "engineVersionActual", "allocatedStorage", "dbName", "username", "kmsKeyId", "storageEncrypted", "dbSubnetGroupName"):
        assert copy.outputs[output] == source.outputs[output], output
    assert copy.outputs["backupRetentionPeriod"] == 0
    assert world.refresh(source)["replicas"] == ["copy"]
    assert copy.outputs["address"].startswith("copy.")


def test_a_replica_is_upgraded_with_its_source(world: World) -> None:
    for major in ("16", "17"):
        world.create(PARAMETER_GROUP, name=f"of{major}", family=f"postgres{major}")
    source = database(world, engineVersion="16", parameterGroupName="of16")
    copy = replica(world, parameterGroupName="of16")
    world.update(source, engineVersion="17", parameterGroupName="of17", allowMajorVersionUpgrade=True)
    upgraded = world.update(copy, parameterGroupName="of17").outputs
    assert (upgraded["parameterGroupName"], upgraded["engineVersionActual"]) == ("of17", "17.9")


def test_a_source_may_go_and_its_replica_then_stands_alone(world: World) -> None:
    source = database(world)
    copy = replica(world)
    assert "replicateSourceDb" not in world.refresh(copy) or world.refresh(copy)["replicateSourceDb"] == "main"
    world.delete(source)
    assert world.refresh(copy)["replicateSourceDb"] == ""
    promoted = world.update(copy, replicateSourceDb=None, backupRetentionPeriod=7)
    assert promoted.outputs["backupRetentionPeriod"] == 7


def test_a_replica_is_promoted_and_never_moved_to_another_source(world: World) -> None:
    database(world)
    database(world, "other")
    copy = replica(world)
    assert refused(lambda: world.update(copy, replicateSourceDb="other")) == "cannot elect new source database for replication"
    assert world.update(copy, replicateSourceDb=None).outputs["engineVersionActual"] == "17.9"


def test_storage_that_grew_by_itself_stays_where_a_limit_is_set(world: World) -> None:
    made = database(world, maxAllocatedStorage=100, allocatedStorage=50)
    grown = world.update(made, allocatedStorage=80)
    assert grown.outputs["allocatedStorage"] == 80


def test_a_major_upgrade_takes_the_family_of_the_new_version(world: World) -> None:
    for major in (16, 17):
        world.create(PARAMETER_GROUP, name=f"pg{major}", family=f"postgres{major}")
    made = database(world, engineVersion="16", parameterGroupName="pg16")
    upgraded = world.update(made, engineVersion="17", allowMajorVersionUpgrade=True, parameterGroupName="pg17")
    assert upgraded.outputs["engineVersionActual"] == "17.9"


@pytest.mark.parametrize(
    ("path", "replaces"),
    [
        *((path, True) for path in ("availabilityZone", "dbName", "engine", "kmsKeyId", "snapshotIdentifier", "timezone", "username")),
        *(
            (path, False)
            for path in ("identifier", "instanceClass", "allocatedStorage", "engineVersion", "port", "multiAz", "dbSubnetGroupName", "storageType")
        ),
    ],
)
def test_what_replaces_an_instance_is_what_the_provider_says(world: World, path: str, replaces: bool) -> None:
    assert (path in world.kinds[INSTANCE].replaces) is replaces


def test_encryption_replaces_only_where_it_changes(world: World) -> None:
    on = world.kinds[INSTANCE].replaces_on
    assert on({}, {"storageEncrypted": True}) == {"storageEncrypted"}
    assert on({}, {"storageEncrypted": False}) == frozenset()
    assert on({"storageEncrypted": True}, {"storageEncrypted": True}) == frozenset()


def test_another_moment_of_what_is_restored_already_restores_nothing(world: World) -> None:
    on, now, then = world.kinds[INSTANCE].replaces_on, {"useLatestRestorableTime": True}, {"restoreTime": "2026-01-02T03:04:05Z"}
    assert on({}, {"restoreToPointInTime": now}) == {"restoreToPointInTime"}
    assert on({"restoreToPointInTime": now}, {}) == {"restoreToPointInTime"}
    assert on({"restoreToPointInTime": now}, {"restoreToPointInTime": then}) == frozenset()


def test_a_name_is_made_up_where_none_is_given(world: World) -> None:
    assert re.fullmatch(r"it-[0-9a-f]{7}", world.check(INSTANCE, instanceClass="db.t4g.micro")["identifier"])
    said = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20, "username": "app", "password": "long-enough"}
    assert re.fullmatch(r"app-[0-9a-f]{26}", world.create(INSTANCE, identifierPrefix="app-", **said).outputs["identifier"])
