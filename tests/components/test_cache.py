"""Cache asks for exactly these things, closed and kept in exactly this way, with either engine."""

from __future__ import annotations

from typing import Any

import pytest

from components import Access, Cache, CacheArgs, ContainerService, ContainerServiceArgs, GrantError, Network, NetworkArgs, Window, connect
from tests.components.world import World, build

REDIS = "gcp:redis/instance:Instance"
VALKEY = "gcp:memorystore/instance:Instance"
POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
IMAGE = "europe-west1-docker.pkg.dev/watchparty-dev/images/sync@sha256:" + 64 * "a"


def cache(tier: str = "dev", **args: Any) -> World:
    return build(lambda: Cache("sessions", CacheArgs(network=Network("main"), **args)), tier=tier)


def redis(tier: str = "dev", **args: Any) -> dict[str, Any]:
    return cache(tier, **args).one(REDIS).inputs


def valkey(tier: str = "dev", **args: Any) -> dict[str, Any]:
    return cache(tier, engine="valkey", **args).one(VALKEY).inputs


def bound(**args: Any) -> World:
    def program() -> None:
        network = Network("main")
        sessions = Cache("sessions", CacheArgs(network=network, **args))
        ContainerService("sync", ContainerServiceArgs(image=IMAGE, network=network, connections=(connect(sessions),)))

    return build(program)


def variables(world: World) -> dict[str, Any]:
    container = world.one("gcp:cloudrunv2/service:Service").inputs["template"]["containers"][0]
    return {each["name"]: each.get("value", each.get("valueSource")) for each in container["envs"]}


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_redis_is_an_instance_and_a_secret_with_its_auth_string(tier: str) -> None:
    world = cache(tier)
    assert world.children("sessions") == [
        (REDIS, "sessions-redis"),
        ("gcp:secretmanager/secret:Secret", "sessions-auth"),
        ("gcp:secretmanager/secretVersion:SecretVersion", "sessions-auth-version"),
    ]
    version = world.one("gcp:secretmanager/secretVersion:SecretVersion")
    assert version.secret_inputs == {"secretData"}
    assert version.inputs["secretData"] == "a" * 36


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_redis_takes_only_encrypted_and_authenticated_connections_from_its_network(tier: str) -> None:
    found = redis(tier)
    assert (found["authEnabled"], found["transitEncryptionMode"]) == (True, "SERVER_AUTHENTICATION")
    assert (found["connectMode"], found["authorizedNetwork"]) == ("PRIVATE_SERVICE_ACCESS", "main-vpc-id")


def test_redis_waits_for_the_private_way_into_its_network() -> None:
    assert any(urn.endswith("::main-services") for urn in cache().one(REDIS).depends_on)


@pytest.mark.parametrize(("engine", "type_"), [("redis", REDIS), ("valkey", VALKEY)])
def test_a_cache_that_is_replaced_frees_its_name_first(engine: str, type_: str) -> None:
    assert cache(engine=engine).one(type_).delete_before_replace


@pytest.mark.parametrize(
    ("tier", "level", "replicas", "gib", "persistence"),
    [
        ("dev", "BASIC", 0, 1, {"persistenceMode": "DISABLED"}),
        ("staging", "STANDARD_HA", 1, 1, {"persistenceMode": "DISABLED"}),
        ("prod", "STANDARD_HA", 1, 5, {"persistenceMode": "RDB", "rdbSnapshotPeriod": "ONE_HOUR"}),
    ],
)
def test_the_tier_decides_availability_size_and_persistence_of_redis(tier: str, level: str, replicas: int, gib: int, persistence: dict[str, str]) -> None:
    found = redis(tier)
    assert (found["tier"], found["replicaCount"], found["memorySizeGb"], found["persistenceConfig"]) == (level, replicas, gib, persistence)
    assert (found["redisVersion"], found["readReplicasMode"]) == ("REDIS_7_2", "READ_REPLICAS_DISABLED")


@pytest.mark.parametrize(("engine", "type_", "key"), [("redis", REDIS, "deletionProtection"), ("valkey", VALKEY, "deletionProtectionEnabled")])
@pytest.mark.parametrize(("tier", "kept"), [("dev", False), ("staging", True), ("prod", True)])
def test_outside_dev_a_cache_is_protected_by_pulumi_and_by_google(engine: str, type_: str, key: str, tier: str, kept: bool) -> None:
    found = cache(tier, engine=engine).one(type_)
    assert (found.protect, found.retain_on_delete, found.inputs[key]) == (kept, kept, kept)


def test_what_has_no_expiry_is_never_evicted_unless_asked_for() -> None:
    assert redis()["redisConfigs"] == {"maxmemory-policy": "volatile-lru"}
    assert redis(eviction="allkeys-lru", settings={"timeout": "300"})["redisConfigs"] == {"maxmemory-policy": "allkeys-lru", "timeout": "300"}
    assert valkey(eviction="noeviction")["engineConfigs"] == {"maxmemory-policy": "noeviction"}


def test_options_reach_redis() -> None:
    found = redis(
        size=12,
        version="7.0",
        high_availability=True,
        read_replicas=2,
        persistence=True,
        customer_key="projects/p/locations/l/keyRings/r/cryptoKeys/k",
        maintenance=Window(day="tuesday", hour=22),
    )
    assert (found["memorySizeGb"], found["redisVersion"], found["customerManagedKey"]) == (12, "REDIS_7_0", "projects/p/locations/l/keyRings/r/cryptoKeys/k")
    assert (found["tier"], found["readReplicasMode"], found["replicaCount"]) == ("STANDARD_HA", "READ_REPLICAS_ENABLED", 3)
    assert found["persistenceConfig"] == {"persistenceMode": "RDB", "rdbSnapshotPeriod": "TWENTY_FOUR_HOURS"}
    start = {"hours": 22, "minutes": 0, "seconds": 0, "nanos": 0}
    assert found["maintenancePolicy"] == {"weeklyMaintenanceWindows": [{"day": "TUESDAY", "startTime": start}]}


def test_a_customer_key_encrypts_the_secret_too() -> None:
    replication = cache(customer_key="projects/p/locations/l/keyRings/r/cryptoKeys/k").one("gcp:secretmanager/secret:Secret").inputs["replication"]
    assert replication == {
        "userManaged": {
            "replicas": [{"location": "europe-west1", "customerManagedEncryption": {"kmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}}]
        }
    }


@pytest.mark.parametrize(
    ("tier", "node", "replicas", "persistence"),
    [
        ("dev", "SHARED_CORE_NANO", 0, {"mode": "DISABLED"}),
        ("staging", "SHARED_CORE_NANO", 1, {"mode": "DISABLED"}),
        ("prod", "STANDARD_SMALL", 1, {"mode": "RDB", "rdbConfig": {"rdbSnapshotPeriod": "ONE_HOUR"}}),
    ],
)
def test_the_tier_decides_availability_size_and_persistence_of_valkey(tier: str, node: str, replicas: int, persistence: dict[str, Any]) -> None:
    found = valkey(tier)
    assert (found["nodeType"], found["shardCount"], found["replicaCount"], found["persistenceConfig"]) == (node, 1, replicas, persistence)
    assert (found["engineVersion"], found["mode"]) == ("VALKEY_8_0", "CLUSTER_DISABLED")


def test_valkey_lets_in_only_identities_over_tls_from_its_network() -> None:
    world = cache("prod", engine="valkey")
    assert world.children("sessions") == [(VALKEY, "sessions-valkey")]
    found = world.one(VALKEY).inputs
    assert (found["authorizationMode"], found["transitEncryptionMode"]) == ("IAM_AUTH", "SERVER_AUTHENTICATION")
    assert found["desiredAutoCreatedEndpoints"] == [{"network": "main-vpc-id", "projectId": "watchparty-dev"}]
    assert "desiredPscAutoConnections" not in found


def test_backups_of_a_valkey_that_persists_outlive_it_for_a_week() -> None:
    backups = valkey("prod")["automatedBackupConfig"]
    assert backups == {"retention": "604800s", "fixedFrequencySchedule": {"startTime": {"hours": 1}}}
    assert "automatedBackupConfig" not in valkey("dev")


def test_the_valkeys_of_a_network_share_one_policy_in_its_data_subnet() -> None:
    def program() -> None:
        network = Network("main")
        Cache("hot", CacheArgs(network=network, engine="valkey"))
        Cache("cold", CacheArgs(network=network, engine="valkey"))
        Cache("other", CacheArgs(network=Network("second", NetworkArgs(cidr="10.1.0.0/16")), engine="valkey"))

    world = build(program)
    assert [(policy.name, policy.parent_name) for policy in world.of(POLICY)] == [("main-memorystore-policy", "main"), ("second-memorystore-policy", "second")]
    first = world.of(POLICY)[0].inputs
    assert (first["serviceClass"], first["pscConfig"]) == ("gcp-memorystore", {"subnetworks": ["main-subnet-data-id"]})
    assert any(urn.endswith("::main-memorystore-policy") for urn in world.one(VALKEY, "hot-valkey").depends_on)


def test_a_connection_to_redis_is_one_secret_its_authority_and_a_way_there() -> None:
    world = bound()
    assert variables(world) == {
        "SESSIONS_HOST": "10.9.0.11",
        "SESSIONS_PORT": "6378",
        "SESSIONS_TLS": "true",
        "SESSIONS_CA_CERT": "-----BEGIN CERTIFICATE-----",
        "SESSIONS_PASSWORD": {"secretKeyRef": {"secret": "watchparty-dev-sessions-auth", "version": "latest"}},
    }
    way = world.one("gcp:compute/firewall:Firewall", "sync-to-sessions-6378").inputs
    assert (way["destinationRanges"], way["allows"]) == (["10.9.0.11/32"], [{"protocol": "tcp", "ports": ["6378"]}])
    assert [each.inputs["secretId"] for each in world.of("gcp:secretmanager/secretIamMember:SecretIamMember")] == ["watchparty-dev-sessions-auth"]
    assert world.of("gcp:projects/iAMMember:IAMMember") == []


def test_a_connection_to_valkey_is_a_role_on_this_instance_and_a_way_there_and_no_secret() -> None:
    world = bound(engine="valkey")
    assert variables(world) == {
        "SESSIONS_HOST": "10.0.64.2",
        "SESSIONS_PORT": "6379",
        "SESSIONS_TLS": "true",
        "SESSIONS_CA_CERT": "-----BEGIN CERTIFICATE-----",
        "SESSIONS_IAM_AUTH": "true",
    }
    login = world.one("gcp:projects/iAMMember:IAMMember").inputs
    assert login["role"] == "roles/memorystore.dbConnectionUser"
    assert login["condition"]["expression"] == "resource.name == 'projects/watchparty-dev/locations/europe-west1/instances/watchparty-dev-sessions'"
    assert world.one("gcp:compute/firewall:Firewall", "sync-to-sessions-6379").inputs["destinationRanges"] == ["10.0.64.2/32"]
    assert world.of("gcp:secretmanager/secretIamMember:SecretIamMember") == []


@pytest.mark.parametrize(("engine", "address", "port"), [("redis", "10.9.0.12", 6378), ("valkey", "10.0.64.3", 6379)])
def test_read_replicas_have_an_address_and_a_way_of_their_own(engine: str, address: str, port: int) -> None:
    world = bound(engine=engine, size="medium", high_availability=True, read_replicas=1)
    assert variables(world)["SESSIONS_READ_HOST"] == address
    assert world.one("gcp:compute/firewall:Firewall", f"sync-to-sessions-read-{port}").inputs["destinationRanges"] == [f"{address}/32"]
    assert world.one(REDIS if engine == "redis" else VALKEY).inputs["replicaCount"] == 2


@pytest.mark.parametrize(
    ("engine", "added"),
    [
        ("redis", {("gcp:secretmanager/secretIamMember:SecretIamMember", "sessions-grant-sync-connect")}),
        ("valkey", {("gcp:projects/iAMMember:IAMMember", "sessions-grant-sync-connect-login")}),
    ],
)
def test_a_grant_adds_a_right_and_changes_nothing(engine: Any, added: set[tuple[str, str]]) -> None:
    def program(*, granted: bool) -> None:
        network = Network("main")
        sessions = Cache("sessions", CacheArgs(network=network, engine=engine))
        service = ContainerService("sync", ContainerServiceArgs(image=IMAGE, network=network))
        if granted:
            sessions.grant(service.principal)

    before, after = build(lambda: program(granted=False)), build(lambda: program(granted=True))
    known = {(each.type, each.name): each.inputs for each in after.resources}
    assert all(known[each.type, each.name] == each.inputs for each in before.resources)
    assert set(after.children("sessions")) - set(before.children("sessions")) == added


def test_labels_are_on_every_part_that_takes_them() -> None:
    labels = {"project": "watchparty", "stack": "prod", "tier": "prod", "component": "sessions", "owner": "unknown", "managed-by": "pulumi"}
    assert redis("prod")["labels"] == labels
    assert valkey("prod")["labels"] == labels
    assert cache("prod").one("gcp:secretmanager/secret:Secret").inputs["labels"] == labels


def test_a_verb_that_a_cache_does_not_offer_is_refused() -> None:
    def program() -> None:
        connect(Cache("sessions", CacheArgs(network=Network("main"))), Access.WRITE)

    with pytest.raises(GrantError) as caught:
        build(program)
    assert str(caught.value) == 'Cache "sessions": access must be Access.CONNECT, got Access.WRITE'
