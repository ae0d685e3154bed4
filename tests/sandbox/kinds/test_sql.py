"""Cloud SQL instances in the sandbox: what Google makes up, and what it refuses in its own words."""

from __future__ import annotations

import ipaddress
import re
import ssl
from typing import Any

import pytest

from sandbox.kind import UNKNOWN, Refusal
from sandbox.resources.gcp.sql_rules import replaces_on
from tests.sandbox.kinds.cloud import PROJECT, REGION, Invalid, World
from tests.sandbox.kinds.sql_world import DATABASE, INSTANCE, NETWORK, USER, connected, instance, put, settings

PITR = {"enabled": True, "pointInTimeRecoveryEnabled": True}


@pytest.fixture
def world() -> World:
    return connected()


def test_an_instance_has_the_names_of_a_real_one(world: World) -> None:
    made = instance(world)
    assert made.id == "main-db"
    assert made.outputs["connectionName"] == f"{PROJECT}:{REGION}:main-db"
    assert made.outputs["selfLink"] == f"https://sqladmin.googleapis.com/sql/v1beta4/projects/{PROJECT}/instances/main-db"
    assert re.fullmatch(r"p\d{12}-[a-z0-9]{6}@gcp-sa-cloud-sql\.iam\.gserviceaccount\.com", made.outputs["serviceAccountEmailAddress"])
    assert made.outputs["instanceType"] == "CLOUD_SQL_INSTANCE"
    assert world.kinds[INSTANCE].import_id(f"projects/{PROJECT}/instances/main-db", {}) == "main-db"


def test_a_private_address_comes_from_the_reserved_range_and_from_nowhere_else(world: World) -> None:
    made = instance(world)
    address = ipaddress.ip_address(made.outputs["privateIpAddress"])
    assert address in ipaddress.ip_network("10.50.0.0/20")
    assert made.outputs["ipAddresses"] == [{"ipAddress": str(address), "type": "PRIVATE"}]
    assert (made.outputs["firstIpAddress"], made.outputs["publicIpAddress"]) == (str(address), "")


def test_instances_of_a_region_share_a_block_and_no_address(world: World) -> None:
    addresses = [instance(world, f"db-{number}").outputs["privateIpAddress"] for number in range(4)]
    assert len(set(addresses)) == 4
    assert len({ipaddress.ip_network(f"{address}/24", strict=False) for address in addresses}) == 1
    far = instance(world, "far", region="us-east1").outputs["privateIpAddress"]
    assert ipaddress.ip_network(f"{far}/24", strict=False) != ipaddress.ip_network(f"{addresses[0]}/24", strict=False)


def test_a_range_that_is_full_has_no_room_for_another_region() -> None:
    world = connected(prefix=24)
    instance(world)
    with pytest.raises(Refusal, match="Couldn't find free blocks in allocated IP ranges"):
        instance(world, "far", region="us-east1")


def test_an_update_keeps_address_and_certificate(world: World) -> None:
    made = instance(world)
    later = world.update(made, settings=settings(tier="db-custom-4-15360"))
    for output in ("privateIpAddress", "serverCaCerts", "connectionName", "serviceAccountEmailAddress"):
        assert later.outputs[output] == made.outputs[output]
    assert later.outputs["settings"]["version"] == made.outputs["settings"]["version"] + 1


def test_the_server_certificate_is_a_certificate(world: World) -> None:
    (ca,) = instance(world).outputs["serverCaCerts"]
    assert ssl.PEM_cert_to_DER_cert(ca["cert"] + "\n")
    context = ssl.create_default_context(cadata=ca["cert"])
    assert dict(pair[0] for pair in context.get_ca_certs()[-1]["subject"])["commonName"] == "Google Cloud SQL Server CA"
    assert re.fullmatch("[0-9a-f]{40}", ca["sha1Fingerprint"])


def test_the_provider_fills_in_what_its_schema_has_and_leaves_the_rest_to_the_api(world: World) -> None:
    made = instance(world)
    assert made.inputs["settings"].keys() >= {"tier", "edition"}
    full = world.kinds[INSTANCE].defaults(world.call(INSTANCE, {"settings": {"tier": "db-f1-micro", "ipConfiguration": {}}}))
    assert full["deletionProtection"] is True
    assert full["settings"]["ipConfiguration"] == {"ipv4Enabled": True}
    assert full["settings"]["availabilityType"] == "ZONAL"
    assert "backupConfiguration" not in full["settings"]
    assert made.outputs["settings"]["backupConfiguration"]["backupRetentionSettings"] == {"retainedBackups": 7, "retentionUnit": "COUNT"}


def test_unknown_values_pass_the_check(world: World) -> None:
    world.check(INSTANCE, databaseVersion="POSTGRES_17", settings=UNKNOWN)
    world.check(INSTANCE, databaseVersion=UNKNOWN, settings=settings(backupConfiguration={**PITR, "startTime": UNKNOWN}))


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"settings": settings(maintenanceWindow={"day": 8})}, "settings.maintenanceWindow.day"),
        ({"settings": settings(maintenanceWindow={"day": 1, "hour": 24})}, "settings.maintenanceWindow.hour"),
        ({"settings": settings(insightsConfig={"queryStringLength": 255})}, "settings.insightsConfig.queryStringLength"),
        ({"settings": settings(insightsConfig={"queryPlansPerMinute": 21})}, "settings.insightsConfig.queryPlansPerMinute"),
        ({"settings": settings(backupConfiguration={"startTime": "3am"})}, "settings.backupConfiguration.startTime"),
        ({"settings": settings(backupConfiguration={"binaryLogEnabled": True})}, "settings.backupConfiguration.binaryLogEnabled"),
        ({"databaseVersion": "MYSQL_8_0", "settings": settings(backupConfiguration=PITR)}, "settings.backupConfiguration.pointInTimeRecoveryEnabled"),
        ({"rootPassword": "a", "rootPasswordWo": "b"}, "rootPassword"),
        ({"settings": None}, "settings"),
    ],
)
def test_the_provider_refuses(world: World, inputs: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.check(INSTANCE, **{"databaseVersion": "POSTGRES_17", "settings": settings(), **inputs})
    assert [failure.path for failure in refused.value.failures] == [path]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"tier": "db-custom-3-7680"}, "the number of vCPUs must be 1 or an even number between 2 and 96, got 3"),
        ({"tier": "db-custom-98-368640"}, "the number of vCPUs must be 1 or an even number between 2 and 96, got 98"),
        ({"tier": "db-custom-2-7700"}, "memory must be a multiple of 256 MB and at least 3840 MB, got 7700"),
        ({"tier": "db-custom-1-3584"}, "memory must be a multiple of 256 MB and at least 3840 MB, got 3584"),
        ({"tier": "db-custom-2-13568"}, "memory must be 0.9 to 6.5 GB per vCPU, got 13568 MB for 2 vCPUs"),
        ({"tier": "db-custom-8-5120"}, "memory must be 0.9 to 6.5 GB per vCPU, got 5120 MB for 8 vCPUs"),
        ({"tier": "db-n1-standard-1"}, "Invalid Tier (db-n1-standard-1) for (ENTERPRISE) Edition."),
        ({"tier": "db-perf-optimized-N-2"}, "for (ENTERPRISE) Edition. Use a custom or shared-core Tier"),
        ({"tier": "db-f1-micro", "edition": "ENTERPRISE_PLUS"}, "Invalid Tier (db-f1-micro) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like"),
        ({"tier": "db-f1-micro", "edition": None}, "Invalid Tier (db-f1-micro) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like"),
        ({"tier": "db-perf-optimized-N-3", "edition": "ENTERPRISE_PLUS"}, "Invalid Tier (db-perf-optimized-N-3) for (ENTERPRISE_PLUS) Edition."),
        ({"availabilityType": "REGIONAL"}, "must be enabled for regional (HA) instances"),
        ({"availabilityType": "REGIONAL", "backupConfiguration": {"enabled": True}}, "must be enabled for regional (HA) instances"),
        ({"backupConfiguration": {"pointInTimeRecoveryEnabled": True}}, "Point-in-time recovery requires backups to be enabled"),
        ({"backupConfiguration": {"enabled": True, "backupRetentionSettings": {"retainedBackups": 366}}}, "must be between 1 and 365, got 366"),
        ({"backupConfiguration": {**PITR, "transactionLogRetentionDays": 8}}, "must be between 1 and 7 for edition ENTERPRISE, got 8"),
        (
            {"backupConfiguration": {**PITR, "transactionLogRetentionDays": 7, "backupRetentionSettings": {"retainedBackups": 6}}},
            "Transaction log retention days (7) must not exceed the number of retained backups (6)",
        ),
        ({"diskSize": 9}, "Invalid disk size (9 GB) for PD_SSD"),
        ({"diskType": "HYPERDISK_BALANCED", "diskSize": 10}, "Invalid disk size (10 GB) for HYPERDISK_BALANCED"),
        ({"databaseFlags": [{"name": "log_everything", "value": "on"}]}, "Invalid flag name: log_everything"),
        ({"databaseFlags": [{"name": "cloudsql.iam_authentication", "value": "true"}]}, "Invalid value (true) for flag cloudsql.iam_authentication"),
        ({"databaseFlags": [{"name": "max_connections", "value": "many"}]}, "Invalid value (many) for flag max_connections"),
        ({"databaseFlags": [{"name": "log_statement", "value": "some"}]}, "Invalid value (some) for flag log_statement"),
        ({"databaseFlags": [{"name": "jit", "value": "on"}] * 2}, "Duplicate flag: jit"),
        ({"ipConfiguration": {"ipv4Enabled": False}}, "At least one of Public IP or Private IP or PSC connectivity must be enabled"),
        ({"ipConfiguration": {"ipv4Enabled": False, "privateNetwork": NETWORK, "allocatedIpRange": "other"}}, "Allocated IP range other is not reserved"),
    ],
)
def test_the_api_refuses_settings(world: World, more: dict[str, Any], reason: str) -> None:
    said = {key: value for key, value in settings(**more).items() if value is not None}
    with pytest.raises(Refusal, match=re.escape(reason)):
        instance(world, settings=said)
    assert world.cloud.get(INSTANCE, "main-db") is None


@pytest.mark.parametrize(
    ("tier", "edition"),
    [("db-f1-micro", "ENTERPRISE"), ("db-custom-1-3840", "ENTERPRISE"), ("db-custom-8-32768", "ENTERPRISE"), ("db-perf-optimized-N-8", "ENTERPRISE_PLUS")],
)
def test_the_api_takes_a_tier(world: World, tier: str, edition: str) -> None:
    assert instance(world, more={"tier": tier, "edition": edition}).outputs["settings"]["tier"] == tier


@pytest.mark.parametrize("name", ["Main", "1db", "db-", "a" * 98])
def test_a_name_outside_the_rules_is_refused(world: World, name: str) -> None:
    with pytest.raises(Refusal, match="Invalid request: instance name"):
        instance(world, name)


def test_a_private_network_needs_a_services_connection() -> None:
    with pytest.raises(Refusal) as refused:
        instance(connected(connection=False))
    assert str(refused.value) == (
        "Error, failed to create instance because the network doesn't have at least 1 private services connection. Please see "
        "https://cloud.google.com/sql/docs/mysql/private-ip#network_requirements for how to create this connection."
    )


def test_a_name_is_held_while_the_instance_stands_and_free_when_it_is_gone(world: World) -> None:
    made = instance(world)
    with pytest.raises(Refusal, match=r"googleapi: Error 409: The Cloud SQL instance already exists\., instanceAlreadyExists"):
        instance(world)
    world.delete(made)
    assert instance(world).id == "main-db"


def test_both_protections_refuse_a_delete(world: World) -> None:
    made = instance(world, more={"deletionProtectionEnabled": True}, deletionProtection=True)
    with pytest.raises(Refusal) as refused:
        world.delete(made)
    assert (
        str(refused.value) == "Error, failed to delete instance because deletion_protection is set to true. Set it to false to proceed with instance deletion"
    )
    made = world.update(made, deletionProtection=False)
    with pytest.raises(Refusal, match=r"The instance is protected\. Please disable the deletion protection and try again"):
        world.delete(made)
    world.delete(world.update(made, settings=settings()))


def test_an_instance_takes_its_databases_and_users_with_it(world: World) -> None:
    made = instance(world)
    world.create(DATABASE, instance="main-db", name="app", deletionPolicy="ABANDON")
    world.create(USER, instance="main-db", name="app", password="x", deletionPolicy="ABANDON")
    for kept in (world.cloud.get(DATABASE, f"projects/{PROJECT}/instances/main-db/databases/app"), world.cloud.get(USER, "app//main-db")):
        assert kept is not None
        world.delete(kept)
        assert world.cloud.get(kept.type, kept.id) is kept
    world.delete(made)
    assert not [record for record in world.cloud.records.values() if record.type.startswith("gcp:sql/")]


def test_an_instance_with_replicas_stays(world: World) -> None:
    made = instance(world, more={"backupConfiguration": PITR})
    replica = instance(world, "copy", masterInstanceName="main-db")
    assert replica.outputs["instanceType"] == "READ_REPLICA_INSTANCE"
    assert world.refresh(made)["replicaNames"] == ["copy"]
    with pytest.raises(Refusal, match="it has read replicas"):
        world.delete(made)
    with pytest.raises(Refusal, match="The source instance nowhere does not exist"):
        instance(world, "other", masterInstanceName="nowhere")
    with pytest.raises(Refusal, match="Automated backups must be enabled on the source instance copy"):
        instance(world, "other", masterInstanceName="copy")


def test_a_version_only_goes_up(world: World) -> None:
    made = instance(world)
    assert world.update(made, databaseVersion="POSTGRES_18").outputs["databaseVersion"] == "POSTGRES_18"
    for version in ("POSTGRES_16", "MYSQL_8_0"):
        with pytest.raises(Refusal, match="Database version cannot be changed"):
            world.update(made, databaseVersion=version)


def test_a_disk_that_shrinks_and_a_network_that_goes_replace(world: World) -> None:
    old = {"settings": settings(diskSize=20)}
    assert replaces_on(old, {"settings": settings(diskSize=10)}) == {"settings.diskSize"}
    assert replaces_on(old, {"settings": settings(diskSize=30)}) == frozenset()
    assert replaces_on(old, {"settings": settings(diskSize=20, ipConfiguration={"ipv4Enabled": True})}) == {"settings.ipConfiguration.privateNetwork"}
    made = instance(world, more={"diskSize": 20})
    with pytest.raises(Refusal, match="Disk size cannot be decreased from 20 GB to 15 GB"):
        world.update(made, settings=settings(diskSize=15))


def test_a_customers_key_needs_a_grant(world: World) -> None:
    key = f"projects/{PROJECT}/locations/{REGION}/keyRings/r/cryptoKeys/k"
    with pytest.raises(Refusal, match="Permission denied on Cloud KMS key") as refused:
        instance(world, encryptionKeyName=key)
    agent = re.search(r"service-\d{12}@gcp-sa-cloud-sql\.iam\.gserviceaccount\.com", str(refused.value))
    assert agent is not None
    grant = {"cryptoKeyId": key, "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "member": f"serviceAccount:{agent[0]}"}
    put(world, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "g", **grant)
    assert instance(world, encryptionKeyName=key).outputs["encryptionKeyName"] == key
