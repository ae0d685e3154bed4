"""Database asks for exactly these things, closed, kept and audited in exactly this way."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components import Access, ContainerService, ContainerServiceArgs, Database, DatabaseArgs, DatabaseServer, GrantError, Network, Window, connect
from tests.components.world import Registered, World, build

SERVER = "gcp:sql/databaseInstance:DatabaseInstance"
IMAGE = "europe-west1-docker.pkg.dev/watchparty-dev/images/api@sha256:" + 64 * "a"

FLAGS = {
    "cloudsql.enable_pgaudit": "on",
    "cloudsql.iam_authentication": "on",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_duration": "on",
    "log_error_verbosity": "default",
    "log_executor_stats": "off",
    "log_hostname": "on",
    "log_lock_waits": "on",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    "log_parser_stats": "off",
    "log_planner_stats": "off",
    "log_statement": "ddl",
    "log_statement_stats": "off",
    "log_temp_files": "0",
    "pgaudit.log": "ddl,role",
}


def database(tier: str = "dev", name: str = "db", config: dict[str, str] | None = None, **args: Any) -> World:
    return build(lambda: Database(name, DatabaseArgs(network=Network("main"), **args)), tier=tier, **config or {})


def server(tier: str = "dev", **args: Any) -> Registered:
    return database(tier, **args).one(SERVER, "db-server")


def settings(tier: str = "dev", **args: Any) -> dict[str, Any]:
    found = server(tier, **args).inputs["settings"]
    assert isinstance(found, dict)
    return found


def flags(found: dict[str, Any]) -> dict[str, str]:
    return {flag["name"]: flag["value"] for flag in found["databaseFlags"]}


def bound(access: Access | None = None, tier: str = "dev", **args: Any) -> World:
    def program() -> None:
        network = Network("main")
        orders = Database("orders", DatabaseArgs(network=network, **args))
        ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network, connections=(connect(orders, access),)))

    return build(program, tier=tier)


def variables(world: World) -> dict[str, Any]:
    container = world.one("gcp:cloudrunv2/service:Service").inputs["template"]["containers"][0]
    return {each["name"]: each.get("value", each.get("valueSource")) for each in container["envs"]}


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_database_where_identities_log_in_is_a_server_and_a_database_and_no_password(tier: str) -> None:
    world = database(tier)
    assert world.children("db") == [("gcp:sql/database:Database", "db-database-db"), (SERVER, "db-server")]
    assert not any(resource.secret_inputs for resource in world.resources)


def test_a_password_lives_in_secret_manager_and_in_no_output() -> None:
    world = database("prod", authentication="password")
    assert world.children("db") == [
        ("gcp:secretmanager/secret:Secret", "db-password"),
        ("gcp:secretmanager/secretVersion:SecretVersion", "db-password-version"),
        ("gcp:sql/database:Database", "db-database-db"),
        (SERVER, "db-server"),
        ("gcp:sql/user:User", "db-user"),
        ("random:index/randomPassword:RandomPassword", "db-password-value"),
    ]
    user, version = world.one("gcp:sql/user:User"), world.one("gcp:secretmanager/secretVersion:SecretVersion")
    assert user.secret_inputs == {"password"}
    assert version.secret_inputs == {"secretData"}
    assert user.inputs["password"] == version.inputs["secretData"]
    assert world.one("gcp:secretmanager/secret:Secret").inputs["deletionProtection"] is True


def test_a_generated_password_meets_the_policy_of_the_server_that_gets_it() -> None:
    world = database(authentication="password")
    policy = world.one(SERVER).inputs["settings"]["passwordValidationPolicy"]
    made = world.one("random:index/randomPassword:RandomPassword").inputs
    assert policy == {"enablePasswordPolicy": True, "complexity": "COMPLEXITY_DEFAULT", "disallowUsernameSubstring": True, "minLength": 16}
    assert made["length"] >= policy["minLength"]
    assert (made["minLower"], made["minUpper"], made["minNumeric"], made["minSpecial"], made["overrideSpecial"]) == (1, 1, 1, 1, "-_")


def test_the_server_has_a_private_address_only_and_takes_no_plain_text() -> None:
    found = settings()
    assert found["ipConfiguration"] == {
        "ipv4Enabled": False,
        "privateNetwork": "main-vpc-id",
        "enablePrivatePathForGoogleCloudServices": True,
        "sslMode": "ENCRYPTED_ONLY",
        "serverCaMode": "GOOGLE_MANAGED_INTERNAL_CA",
    }
    assert found["dataApiAccess"] == "DISALLOW_DATA_API"


def test_the_server_waits_for_the_private_way_into_its_network() -> None:
    assert any(urn.endswith("::main-services") for urn in server().depends_on)


def test_a_disk_that_has_grown_is_left_as_it_is() -> None:
    world = database(server=DatabaseServer(read_replicas=1))
    assert [each.ignore_changes for each in world.of(SERVER)] == [("settings.diskSize",)] * 2


def test_the_flags_are_what_cis_and_checkov_ask_for_in_every_tier() -> None:
    assert [flags(settings(tier)) for tier in ("dev", "staging", "prod")] == [FLAGS, FLAGS, FLAGS]


def test_own_flags_come_in_addition() -> None:
    assert flags(settings(server=DatabaseServer(flags={"work_mem": "8192"}))) == {**FLAGS, "work_mem": "8192"}


def test_queries_are_watched() -> None:
    assert settings()["insightsConfig"] == {
        "queryInsightsEnabled": True,
        "queryStringLength": 1024,
        "queryPlansPerMinute": 5,
        "recordApplicationTags": True,
        "recordClientAddress": True,
    }


@pytest.mark.parametrize(
    ("tier", "machine", "disk", "availability", "backups", "track"),
    [
        ("dev", "db-g1-small", 10, "ZONAL", 7, "canary"),
        ("staging", "db-custom-1-3840", 20, "ZONAL", 7, "canary"),
        ("prod", "db-custom-2-7680", 100, "REGIONAL", 30, "stable"),
    ],
)
def test_the_tier_decides_size_availability_and_backups(tier: str, machine: str, disk: int, availability: str, backups: int, track: str) -> None:
    found = settings(tier)
    assert (found["tier"], found["edition"], found["diskSize"], found["diskAutoresize"]) == (machine, "ENTERPRISE", disk, True)
    assert (found["availabilityType"], found["diskType"]) == (availability, "PD_SSD")
    assert found["backupConfiguration"] == {
        "enabled": True,
        "startTime": "01:00",
        "pointInTimeRecoveryEnabled": True,
        "transactionLogRetentionDays": 7,
        "backupRetentionSettings": {"retainedBackups": backups, "retentionUnit": "COUNT"},
    }
    assert found["maintenanceWindow"] == {"day": 7, "hour": 3, "updateTrack": track}


@pytest.mark.parametrize(("tier", "kept"), [("dev", False), ("staging", True), ("prod", True)])
def test_outside_dev_the_data_is_protected_by_pulumi_and_by_google(tier: str, kept: bool) -> None:
    world = database(tier, authentication="password")
    held = [world.one(SERVER), world.one("gcp:sql/database:Database"), world.one("gcp:sql/user:User"), world.one("gcp:secretmanager/secret:Secret")]
    assert [(each.protect, each.retain_on_delete) for each in held] == [(kept, kept)] * 4
    found = held[0].inputs
    assert (found["deletionProtection"], found["settings"]["deletionProtectionEnabled"]) == (kept, kept)


@pytest.mark.parametrize(("tier", "kept"), [("dev", False), ("staging", True), ("prod", True)])
def test_backups_outlive_the_server_outside_dev_even_while_protection_is_off(tier: str, kept: bool) -> None:
    found = database(tier, config={"protect": "false"}).one(SERVER).inputs["settings"]
    assert found["retainBackupsOnDelete"] is kept
    assert found["finalBackupConfig"] == ({"enabled": True, "retentionDays": 30} if kept else {"enabled": False})


def test_databases_and_users_are_never_dropped_by_a_destroy() -> None:
    world = bound(authentication="password", databases=("orders", "audit"))
    kept = world.of("gcp:sql/database:Database") + world.of("gcp:sql/user:User")
    assert [each.name for each in kept] == ["orders-database-audit", "orders-database-orders", "orders-user"]
    assert {each.inputs["deletionPolicy"] for each in kept} == {"ABANDON"}


@pytest.mark.parametrize(("name", "made"), [("db", "db"), ("orders-archive", "orders_archive"), ("postgres", "app")])
def test_the_first_database_is_named_as_the_component_in_words_that_sql_takes(name: str, made: str) -> None:
    assert database(name=name).one("gcp:sql/database:Database").inputs["name"] == made


@pytest.mark.parametrize(
    ("size", "machine", "edition"),
    [
        ("large", "db-custom-4-16384", "ENTERPRISE"),
        ("xlarge", "db-custom-8-32768", "ENTERPRISE"),
        ("db-custom-8-32768", "db-custom-8-32768", "ENTERPRISE"),
        ("db-f1-micro", "db-f1-micro", "ENTERPRISE"),
        ("db-perf-optimized-N-8", "db-perf-optimized-N-8", "ENTERPRISE_PLUS"),
    ],
)
def test_a_size_is_a_word_or_the_machine_itself(size: str, machine: str, edition: str) -> None:
    found = settings(size=size)
    assert (found["tier"], found["edition"]) == (machine, edition)


def test_options_reach_the_server() -> None:
    own = DatabaseServer(storage_limit_gb=500, maintenance=Window(day="tuesday", hour=22), backup_hour=23, backup_location="eu")
    made = server(
        "prod",
        version="18",
        backup_days=14,
        point_in_time_days=3,
        high_availability=False,
        storage_gb=50,
        customer_key="projects/p/locations/l/keyRings/r/cryptoKeys/k",
        server=own,
    )
    found = made.inputs["settings"]
    assert (made.inputs["databaseVersion"], made.inputs["encryptionKeyName"]) == ("POSTGRES_18", "projects/p/locations/l/keyRings/r/cryptoKeys/k")
    assert (found["diskSize"], found["diskAutoresizeLimit"], found["availabilityType"]) == (50, 500, "ZONAL")
    assert found["maintenanceWindow"] == {"day": 2, "hour": 22, "updateTrack": "stable"}
    backups = found["backupConfiguration"]
    assert (backups["startTime"], backups["location"], backups["transactionLogRetentionDays"]) == ("23:00", "eu", 3)
    assert backups["backupRetentionSettings"]["retainedBackups"] == 14


def test_without_point_in_time_recovery_no_logs_are_kept() -> None:
    backups = settings(point_in_time_days=0)["backupConfiguration"]
    assert backups["pointInTimeRecoveryEnabled"] is False
    assert "transactionLogRetentionDays" not in backups


def test_replicas_are_as_closed_as_the_server_and_as_disposable_as_copies_are() -> None:
    world = database("prod", server=DatabaseServer(read_replicas=2))
    primary, first, second = (world.one(SERVER, name) for name in ("db-server", "db-replica-0", "db-replica-1"))
    assert [each.inputs["masterInstanceName"] for each in (first, second)] == [primary.inputs["name"]] * 2
    assert {each.inputs["name"] for each in (first, second)} == {"watchparty-prod-db-replica-0", "watchparty-prod-db-replica-1"}
    for key in ("ipConfiguration", "databaseFlags", "tier", "edition", "userLabels", "dataApiAccess"):
        assert first.inputs["settings"][key] == primary.inputs["settings"][key]
    assert not {"backupConfiguration", "maintenanceWindow", "passwordValidationPolicy"} & set(first.inputs["settings"])
    assert (first.protect, first.inputs["deletionProtection"], first.inputs["settings"]["availabilityType"]) == (False, False, "ZONAL")


def test_labels_are_on_the_server_and_the_secret() -> None:
    world = database("prod", authentication="password")
    labels = {"project": "watchparty", "stack": "prod", "tier": "prod", "component": "db", "owner": "unknown", "managed-by": "pulumi"}
    assert world.one(SERVER).inputs["settings"]["userLabels"] == labels
    assert world.one("gcp:secretmanager/secret:Secret").inputs["labels"] == labels


def test_a_connection_by_identity_is_a_login_and_a_way_there_and_no_secret() -> None:
    world = bound()
    assert variables(world) == {
        "ORDERS_HOST": "10.9.0.3",
        "ORDERS_PORT": "5432",
        "ORDERS_NAME": "orders",
        "ORDERS_USER": "watchparty-dev-api@watchparty-dev.iam",
        "ORDERS_SSLMODE": "verify-ca",
        "ORDERS_CA_CERT": "-----BEGIN CERTIFICATE-----",
        "ORDERS_IAM_AUTH": "true",
    }
    user = world.one("gcp:sql/user:User").inputs
    assert (user["name"], user["type"], user["deletionPolicy"]) == ("watchparty-dev-api@watchparty-dev.iam", "CLOUD_IAM_SERVICE_ACCOUNT", "ABANDON")
    assert "databaseRoles" not in user
    login = world.one("gcp:projects/iAMMember:IAMMember").inputs
    assert (login["role"], login["member"]) == ("roles/cloudsql.instanceUser", "serviceAccount:watchparty-dev-api@watchparty-dev.iam.gserviceaccount.com")
    assert login["condition"]["expression"] == (
        "(resource.name == 'projects/watchparty-dev/instances/watchparty-dev-orders') && resource.type == 'sqladmin.googleapis.com/Instance'"
    )
    assert any(urn.endswith("::enable-cloudresourcemanager") for urn in world.one("gcp:projects/iAMMember:IAMMember").depends_on)
    way = world.one("gcp:compute/firewall:Firewall", "api-to-orders-5432").inputs
    assert (way["destinationRanges"], way["allows"]) == (["10.9.0.3/32"], [{"protocol": "tcp", "ports": ["5432"]}])
    assert world.of("gcp:secretmanager/secretIamMember:SecretIamMember") == []


def test_another_verb_changes_the_user_that_is_there() -> None:
    before, after = bound(Access.CONNECT), bound(Access.WRITE)
    assert before.children("api") == after.children("api")
    assert before.one("gcp:projects/iAMMember:IAMMember").inputs == after.one("gcp:projects/iAMMember:IAMMember").inputs
    added = {"databaseRoles": ["cloudsqlsuperuser"]}
    assert after.one("gcp:sql/user:User").inputs == {**before.one("gcp:sql/user:User").inputs, **added}


def test_only_a_consumer_that_writes_owns_the_databases() -> None:
    assert bound(Access.WRITE).one("gcp:sql/user:User").inputs["databaseRoles"] == ["cloudsqlsuperuser"]


def test_a_connection_by_password_is_one_secret_and_no_role_on_the_project() -> None:
    world = bound(authentication="password")
    assert variables(world) == {
        "ORDERS_HOST": "10.9.0.3",
        "ORDERS_PORT": "5432",
        "ORDERS_NAME": "orders",
        "ORDERS_USER": "app",
        "ORDERS_SSLMODE": "verify-ca",
        "ORDERS_CA_CERT": "-----BEGIN CERTIFICATE-----",
        "ORDERS_PASSWORD": {"secretKeyRef": {"secret": "watchparty-dev-orders-password", "version": "latest"}},
    }
    reader = world.one("gcp:secretmanager/secretIamMember:SecretIamMember").inputs
    assert (reader["secretId"], reader["role"]) == ("watchparty-dev-orders-password", "roles/secretmanager.secretAccessor")
    assert world.of("gcp:projects/iAMMember:IAMMember") == []


def test_a_login_covers_the_replicas_and_the_way_leads_to_them() -> None:
    world = bound(server=DatabaseServer(read_replicas=1))
    assert variables(world)["ORDERS_READ_HOST"] == "10.9.0.3"
    assert world.one("gcp:compute/firewall:Firewall", "api-to-orders-replica-0-5432")
    assert world.one("gcp:projects/iAMMember:IAMMember").inputs["condition"]["expression"] == (
        "(resource.name == 'projects/watchparty-dev/instances/watchparty-dev-orders'"
        " || resource.name == 'projects/watchparty-dev/instances/watchparty-dev-orders-replica-0')"
        " && resource.type == 'sqladmin.googleapis.com/Instance'"
    )


@pytest.mark.parametrize(
    ("authentication", "added"),
    [
        ("identity", {("gcp:sql/user:User", "db-grant-api-user"), ("gcp:projects/iAMMember:IAMMember", "db-grant-api-login")}),
        ("password", {("gcp:secretmanager/secretIamMember:SecretIamMember", "db-grant-api-connect")}),
    ],
)
def test_a_grant_adds_a_login_and_changes_nothing(authentication: Any, added: set[tuple[str, str]]) -> None:
    def program(*, granted: bool) -> None:
        network = Network("main")
        db = Database("db", DatabaseArgs(network=network, authentication=authentication))
        service = ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network))
        if granted:
            db.grant(service.principal)

    before, after = build(lambda: program(granted=False)), build(lambda: program(granted=True))
    known = {(each.type, each.name): each.inputs for each in after.resources}
    assert all(known[each.type, each.name] == each.inputs for each in before.resources)
    assert set(after.children("db")) - set(before.children("db")) == added


def test_a_verb_that_a_database_does_not_offer_is_refused() -> None:
    def program() -> None:
        connect(Database("db", DatabaseArgs(network=Network("main"))), Access.READ)

    with pytest.raises(GrantError) as caught:
        build(program)
    assert str(caught.value) == 'Database "db": access must be Access.CONNECT or Access.WRITE, got Access.READ'


def test_outputs_hold_no_secret() -> None:
    shown: dict[str, Any] = {}

    def program() -> None:
        db = Database("db", DatabaseArgs(network=Network("main"), authentication="password"))
        assert db.secret is not None
        pulumi.Output.all(db.host, db.name, db.instance, db.connection_name, db.ca_certificate, db.secret.name).apply(lambda values: shown.update(all=values))

    build(program)
    project, name = "watchparty-dev", "watchparty-dev-db"
    assert shown["all"] == ["10.9.0.3", "db", name, f"{project}:europe-west1:{name}", "-----BEGIN CERTIFICATE-----", f"{name}-password"]
