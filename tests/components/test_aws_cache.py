"""Cache on AWS asks for exactly these things, closed and kept in exactly this way, with either engine."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from components import Cache, CacheArgs, ContainerService, ContainerServiceArgs, Network, Window, connect
from components._core.connection import Principal
from components.aws.cache import snapshot_window, window
from tests.components.world import Registered, World, build

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
USER = "aws:elasticache/user:User"
USERS = "aws:elasticache/userGroup:UserGroup"
MEMBER = "aws:elasticache/userGroupAssociation:UserGroupAssociation"
SETTINGS = "aws:elasticache/parameterGroup:ParameterGroup"
SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup"
GATE = "aws:ec2/securityGroup:SecurityGroup"
LOG = "aws:cloudwatch/logGroup:LogGroup"
DELIVERY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PASSWORD = "random:index/randomPassword:RandomPassword"
POLICY = "aws:iam/rolePolicy:RolePolicy"
RULE_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE_OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sync@sha256:" + 64 * "a"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ACCOUNT = "eu-west-1:123456789012"
CI = Principal("ci", "arn:aws:iam::123456789012:role/Deploy-CI")

BOTH = [
    (LOG, "sessions-engine-log"),
    (DELIVERY, "sessions-engine-log-delivery"),
    (LOG, "sessions-slow-log"),
    (DELIVERY, "sessions-slow-log-delivery"),
    (GATE, "sessions-gate"),
    (SETTINGS, "sessions-settings"),
    (SUBNETS, "sessions-subnets"),
]


def cache(tier: str = "dev", config: dict[str, str] | None = None, **args: Any) -> World:
    return build(lambda: Cache("sessions", CacheArgs(network=Network("main"), **args)), cloud="aws", tier=tier, **(config or {}))


def group(tier: str = "dev", **args: Any) -> Registered:
    return cache(tier, **args).one(GROUP)


def bound(tier: str = "dev", **args: Any) -> World:
    def program() -> None:
        network = Network("main")
        sessions = Cache("sessions", CacheArgs(network=network, **args))
        ContainerService("sync", ContainerServiceArgs(image=IMAGE, network=network, connections=(connect(sessions),)))

    return build(program, cloud="aws", tier=tier)


def container(world: World) -> dict[str, Any]:
    definitions: list[dict[str, Any]] = json.loads(world.one("aws:ecs/taskDefinition:TaskDefinition").inputs["containerDefinitions"])
    return definitions[0]


def statements(policy: Registered) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policy.inputs["policy"])["Statement"]
    return found


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_redis_is_a_replication_group_with_its_token_as_a_secret(tier: str) -> None:
    world = cache(tier)
    own = [(GROUP, "sessions-redis"), (SECRET, "sessions-auth"), (VERSION, "sessions-auth-version"), (PASSWORD, "sessions-auth-value")]
    assert world.children("sessions") == sorted(BOTH + own)
    assert world.one(PASSWORD).inputs == {"length": 64, "special": False}
    assert (world.one(VERSION).inputs["secretString"], world.one(VERSION).secret_inputs) == ("p" * 64, {"secretString"})


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_valkey_is_a_replication_group_with_a_user_group_that_lets_nobody_in(tier: str) -> None:
    world = cache(tier, engine="valkey")
    own = [(GROUP, "sessions-valkey"), (USERS, "sessions-users"), (USER, "sessions-nobody"), (PASSWORD, "sessions-nobody-value")]
    assert world.children("sessions") == sorted(BOTH + own)
    nobody = world.one(USER)
    assert {key: nobody.inputs[key] for key in ("userId", "userName", "engine", "accessString", "authenticationMode")} == {
        "userId": f"watchparty-{tier}-sessions-nobody",
        "userName": "default",
        "engine": "valkey",
        "accessString": "off ~* -@all",
        "authenticationMode": {"type": "password", "passwords": ["p" * 64]},
    }
    users = world.one(USERS)
    assert (users.inputs["userGroupId"], users.inputs["userIds"], users.ignore_changes) == (
        f"watchparty-{tier}-sessions",
        [f"watchparty-{tier}-sessions-nobody"],
        ("userIds",),
    )


@pytest.mark.parametrize("engine", ["redis", "valkey"])
@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_no_connection_is_in_plain_or_without_authentication_and_nothing_lies_on_a_disk_in_plain(tier: str, engine: str) -> None:
    found = group(tier, engine=engine)
    assert (found.inputs["transitEncryptionEnabled"], found.inputs["transitEncryptionMode"], found.inputs["atRestEncryptionEnabled"]) == (
        True,
        "required",
        True,
    )
    if engine == "redis":
        assert (found.inputs["authToken"], found.inputs["authTokenUpdateStrategy"], found.secret_inputs) == ("p" * 64, "ROTATE", {"authToken"})
        assert "userGroupIds" not in found.inputs
    else:
        assert found.inputs["userGroupIds"] == [f"watchparty-{tier}-sessions"]
        assert "authToken" not in found.inputs


def test_it_lives_in_the_isolated_subnets_behind_a_group_without_a_rule() -> None:
    world = cache()
    assert world.one(SUBNETS).inputs["subnetIds"] == ["main-subnet-data-1-id", "main-subnet-data-2-id", "main-subnet-data-3-id"]
    found, gate = world.one(GROUP).inputs, world.one(GATE, "sessions-gate")
    assert (found["subnetGroupName"], found["securityGroupIds"], found["port"]) == ("watchparty-dev-sessions-main", ["sessions-gate-id"], 6379)
    assert {key: value for key, value in gate.inputs.items() if key != "tags"} == {
        "name": "watchparty-dev-sessions",
        "description": "Cache sessions of watchparty (dev)",
        "vpcId": "main-vpc-id",
    }
    assert not [rule.name for rule in world.of(RULE_IN) + world.of(RULE_OUT) if rule.inputs["securityGroupId"] == "sessions-gate-id"]


@pytest.mark.parametrize(
    ("tier", "servers", "available", "node", "days"),
    [("dev", 1, False, "cache.t4g.small", 0), ("staging", 2, True, "cache.t4g.small", 0), ("prod", 2, True, "cache.m7g.large", 7)],
)
@pytest.mark.parametrize("engine", ["redis", "valkey"])
def test_the_tier_decides_availability_size_and_snapshots(engine: str, tier: str, servers: int, available: bool, node: str, days: int) -> None:
    found = group(tier, engine=engine).inputs
    assert (found["numCacheClusters"], found["automaticFailoverEnabled"], found["multiAzEnabled"]) == (servers, available, available)
    assert (found["nodeType"], found["snapshotRetentionLimit"], found["engine"]) == (node, days, engine)
    assert found["snapshotWindow"] == "01:00-02:00"
    assert found["maintenanceWindow"] == "sun:03:00-sun:04:00"


@pytest.mark.parametrize(
    ("tier", "given", "name"),
    [
        ("prod", {}, "watchparty-prod-sessions-last-sessions-gate-id"),
        ("prod", {"customer_key": KEY}, "watchparty-prod-sessions-last-sessions-gate-id-" + hashlib.sha256(KEY.encode()).hexdigest()[:4]),
        ("staging", {"persistence": True}, "watchparty-staging-sessions-last-sessions-gate-id"),
        ("staging", {}, None),
        ("dev", {"persistence": True}, None),
    ],
)
def test_outside_dev_a_cache_that_persists_leaves_a_last_snapshot_under_a_name_of_its_own(tier: str, given: dict[str, Any], name: str | None) -> None:
    assert group(tier, **given).inputs.get("finalSnapshotIdentifier") == name


@pytest.mark.parametrize(("tier", "config", "kept"), [("dev", {}, False), ("staging", {}, True), ("prod", {}, True), ("prod", {"protect": "false"}, False)])
@pytest.mark.parametrize("engine", ["redis", "valkey"])
def test_outside_dev_the_servers_are_protected_and_stay_when_they_leave_the_program(engine: str, tier: str, config: dict[str, str], kept: bool) -> None:
    found = cache(tier, config, engine=engine).one(GROUP)
    assert (found.protect, found.retain_on_delete, found.delete_before_replace) == (kept, kept, True)


@pytest.mark.parametrize(
    ("given", "version", "family", "minor", "ignored"),
    [
        ({}, "7.1", "redis7", True, ("engineVersion",)),
        ({"version": "7.0"}, "7.0", "redis7", False, ()),
        ({"engine": "valkey"}, "8.1", "valkey8", True, ("engineVersion",)),
        ({"engine": "valkey", "version": "9.0"}, "9.0", "valkey9", False, ()),
    ],
)
def test_a_version_that_was_asked_for_stays_and_another_is_never_lowered(
    given: dict[str, Any], version: str, family: str, minor: bool, ignored: tuple[str, ...]
) -> None:
    world = cache(**given)
    found, settings = world.one(GROUP), world.one(SETTINGS).inputs
    assert (found.inputs["engineVersion"], found.inputs["autoMinorVersionUpgrade"], found.ignore_changes) == (version, minor, ignored)
    assert (settings["family"], settings["name"]) == (family, f"watchparty-dev-sessions-{family}")
    assert found.inputs["parameterGroupName"] == settings["name"]


def test_what_has_no_expiry_is_never_evicted_unless_asked_for() -> None:
    assert cache().one(SETTINGS).inputs["parameters"] == [{"name": "maxmemory-policy", "value": "volatile-lru"}]
    assert cache(eviction="noeviction", settings={"timeout": "300"}).one(SETTINGS).inputs["parameters"] == [
        {"name": "maxmemory-policy", "value": "noeviction"},
        {"name": "timeout", "value": "300"},
    ]


def test_options_reach_the_servers() -> None:
    found = group(
        size="cache.t3.micro",
        high_availability=True,
        read_replicas=2,
        persistence=True,
        snapshot_days=14,
        customer_key=KEY,
        maintenance=Window(day="saturday", hour=23),
    ).inputs
    assert (found["nodeType"], found["numCacheClusters"], found["snapshotRetentionLimit"], found["kmsKeyId"]) == ("cache.t3.micro", 4, 14, KEY)
    assert (found["maintenanceWindow"], found["snapshotWindow"], found["applyImmediately"]) == ("sat:23:00-sun:00:00", "21:00-22:00", True)


@pytest.mark.parametrize("hour", range(24))
def test_snapshots_never_begin_during_maintenance(hour: int) -> None:
    start, end = (int(part[:2]) for part in snapshot_window(Window(hour=hour)).split("-"))
    assert 0 <= start < end <= 23
    assert hour not in (start, end)
    assert window(Window(hour=hour)).startswith(f"sun:{hour:02}:00-")


@pytest.mark.parametrize(("tier", "days", "key"), [("dev", 3, None), ("staging", 3, "main-log-key"), ("prod", 30, "main-log-key")])
def test_slow_commands_and_the_engines_own_words_are_logged_under_the_networks_key(tier: str, days: int, key: str | None) -> None:
    world = cache(tier)
    logs = [log for log in world.of(LOG) if log.parent_name == "sessions"]
    assert [(log.inputs["name"], log.inputs["retentionInDays"], log.inputs.get("kmsKeyId")) for log in logs] == [
        (f"/aws/elasticache/watchparty-{tier}-sessions-{log}", days, key and f"arn:aws:kms:{ACCOUNT}:key/{key}") for log in ("engine", "slow")
    ]
    assert world.one(GROUP).inputs["logDeliveryConfigurations"] == [
        {
            "destination": f"/aws/elasticache/watchparty-{tier}-sessions-{log}",
            "destinationType": "cloudwatch-logs",
            "logFormat": "json",
            "logType": f"{log}-log",
        }
        for log in ("slow", "engine")
    ]


def test_only_deliveries_of_this_account_may_write_the_logs_and_before_the_servers_ask() -> None:
    world = cache()
    slow = world.one(DELIVERY, "sessions-slow-log-delivery").inputs
    arn = f"arn:aws:logs:{ACCOUNT}:log-group:/aws/elasticache/watchparty-dev-sessions-slow"
    assert slow["resourceArn"] == arn
    assert json.loads(slow["policyDocument"])["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{arn}:log-stream:*",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{ACCOUNT}:*"}},
        }
    ]
    waited = {urn.rpartition("::")[2] for urn in world.one(GROUP).depends_on}
    assert {"sessions-slow-log-delivery", "sessions-engine-log-delivery"} <= waited


@pytest.mark.parametrize(("given", "more"), [({}, []), ({"customer_key": KEY}, [{"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}])])
def test_a_connection_to_redis_is_one_secret_and_the_way_there(given: dict[str, Any], more: list[dict[str, Any]]) -> None:
    world = bound(**given)
    made = container(world)
    own = {each["name"]: each["value"] for each in made["environment"] if each["name"].startswith("SESSIONS_")}
    certificates = own.pop("SESSIONS_CA_CERT")
    assert own == {"SESSIONS_HOST": "master.watchparty-dev-sessions-redis.abc123.euw1.cache.amazonaws.com", "SESSIONS_PORT": "6379", "SESSIONS_TLS": "true"}
    assert certificates.count("-----BEGIN CERTIFICATE-----") == 4
    arn = f"arn:aws:secretsmanager:{ACCOUNT}:secret:watchparty-dev-sessions-auth-AbCdEf"
    assert made["secrets"] == [{"name": "SESSIONS_PASSWORD", "valueFrom": arn}]
    assert statements(world.one(POLICY, "sync-reads-sessions-password")) == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [arn]},
        *more,
    ]
    assert (world.of(USER), world.of(MEMBER)) == ([], [])


def test_a_connection_to_valkey_is_a_user_of_its_own_and_the_way_there_and_no_secret() -> None:
    world = bound(engine="valkey")
    made = container(world)
    own = {each["name"]: each["value"] for each in made["environment"] if each["name"].startswith("SESSIONS_")}
    assert own.pop("SESSIONS_CA_CERT")
    assert own == {
        "SESSIONS_HOST": "master.watchparty-dev-sessions-valkey.abc123.euw1.cache.amazonaws.com",
        "SESSIONS_PORT": "6379",
        "SESSIONS_TLS": "true",
        "SESSIONS_USER": "watchparty-dev-sync",
        "SESSIONS_IAM_AUTH": "true",
    }
    assert not made.get("secrets")
    user = world.one(USER, "sync-sync-cache-user").inputs
    assert (user["userId"], user["userName"], user["authenticationMode"]) == ("watchparty-dev-sync", "watchparty-dev-sync", {"type": "iam"})
    assert (user["engine"], user["accessString"]) == ("valkey", "on ~* &* +@all -@dangerous +info")
    assert world.one(MEMBER).inputs == {"userGroupId": "watchparty-dev-sessions", "userId": "watchparty-dev-sync"}
    assert statements(world.one(POLICY, "sync-sessions-connect")) == [
        {
            "Effect": "Allow",
            "Action": ["elasticache:Connect"],
            "Resource": [
                f"arn:aws:elasticache:{ACCOUNT}:replicationgroup:watchparty-dev-sessions-valkey",
                f"arn:aws:elasticache:{ACCOUNT}:user:watchparty-dev-sync",
            ],
        }
    ]


@pytest.mark.parametrize("engine", ["redis", "valkey"])
def test_a_connection_opens_one_port_from_the_consumers_group_to_the_caches(engine: str) -> None:
    world = bound(engine=engine)
    into = [rule.inputs for rule in world.of(RULE_IN) if rule.inputs["securityGroupId"] == "sessions-gate-id"]
    assert [(rule["referencedSecurityGroupId"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) for rule in into] == [("sync-gate-id", "tcp", 6379, 6379)]
    assert [rule.name for rule in world.of(RULE_OUT) if rule.inputs.get("referencedSecurityGroupId") == "sessions-gate-id"] == ["sync-to-sessions-6379-out"]


def test_read_replicas_have_an_address_of_their_own_and_no_second_way() -> None:
    world = bound(high_availability=True, read_replicas=1)
    own = {each["name"]: each["value"] for each in container(world)["environment"]}
    assert own["SESSIONS_READ_HOST"] == "replica.watchparty-dev-sessions-redis.abc123.euw1.cache.amazonaws.com"
    assert len([rule for rule in world.of(RULE_IN) if rule.inputs["securityGroupId"] == "sessions-gate-id"]) == 1


@pytest.mark.parametrize(
    ("engine", "added"),
    [
        ("redis", {(POLICY, "sessions-grant-ci-connect")}),
        ("valkey", {(POLICY, "sessions-grant-ci-connect"), (USER, "sessions-ci-cache-user"), (MEMBER, "sessions-grant-ci-connect-member")}),
    ],
)
def test_a_grant_adds_a_right_and_changes_nothing(engine: Any, added: set[tuple[str, str]]) -> None:
    def program(*, granted: bool) -> None:
        sessions = Cache("sessions", CacheArgs(network=Network("main"), engine=engine))
        if granted:
            sessions.grant(CI)

    before, after = build(lambda: program(granted=False), cloud="aws"), build(lambda: program(granted=True), cloud="aws")
    known = {(each.type, each.name): each.inputs for each in after.resources}
    assert all(known[each.type, each.name] == each.inputs for each in before.resources)
    assert set(after.children("sessions")) - set(before.children("sessions")) == added


@pytest.mark.parametrize(
    ("role", "user"),
    [("watchparty-dev-sync", "watchparty-dev-sync"), ("Deploy_CI", "deploy-ci"), ("7th+team@", "x7th-team"), ("a" * 39 + "--b", "a" * 39)],
)
def test_a_role_of_any_name_is_a_user_in_the_letters_that_elasticache_takes(role: str, user: str) -> None:
    outsider = Principal("outsider", f"arn:aws:iam::123456789012:role/{role}")
    world = build(lambda: Cache("sessions", CacheArgs(network=Network("main"), engine="valkey")).grant(outsider), cloud="aws")
    inputs = world.one(USER, "sessions-outsider-cache-user").inputs
    assert (inputs["userId"], inputs["userName"]) == (user, user)


def test_two_identities_of_one_label_are_two_users() -> None:
    def program() -> None:
        network = Network("main")
        for name, role in (("hot", "first"), ("cold", "second")):
            Cache(name, CacheArgs(network=network, engine="valkey")).grant(Principal("ci", f"arn:aws:iam::123456789012:role/{role}"))

    users = [user for user in build(program, cloud="aws").of(USER) if user.name.endswith("-ci-cache-user")]
    assert [(user.name, user.inputs["userId"]) for user in users] == [("cold-ci-cache-user", "second"), ("hot-ci-cache-user", "first")]


def test_an_identity_is_one_user_in_all_caches_that_it_uses() -> None:
    def program() -> None:
        network = Network("main")
        caches = [Cache(name, CacheArgs(network=network, engine="valkey")) for name in ("hot", "cold")]
        ContainerService("sync", ContainerServiceArgs(image=IMAGE, network=network, connections=tuple(connect(each) for each in caches)))

    world = build(program, cloud="aws")
    assert [user.name for user in world.of(USER)] == ["cold-nobody", "hot-nobody", "sync-sync-cache-user"]
    assert [(member.name, member.inputs["userGroupId"]) for member in world.of(MEMBER)] == [
        ("sync-cold-connect-member", "watchparty-dev-cold"),
        ("sync-hot-connect-member", "watchparty-dev-hot"),
    ]


def test_tags_are_on_every_part_that_takes_them() -> None:
    labels = {"project": "watchparty", "stack": "prod", "tier": "prod", "component": "sessions", "owner": "unknown", "managed-by": "pulumi"}
    without = {DELIVERY, VERSION, PASSWORD}
    for engine in ("redis", "valkey"):
        parts = [part for part in cache("prod", engine=engine).resources if part.parent_name == "sessions" and part.type not in without]
        assert {part.name: {key: part.inputs["tags"][key] for key in labels} for part in parts} == {part.name: labels for part in parts}


def test_names_fit_where_the_application_and_the_cache_have_long_ones() -> None:
    def program() -> None:
        Cache("a" + 38 * "b" + "c", CacheArgs(network=Network("main"), engine="valkey"))

    world = build(program, cloud="aws", pulumi_project="an-application-of-some-length")
    names = [world.one(GROUP).inputs["replicationGroupId"], world.one(USERS).inputs["userGroupId"], world.one(USER).inputs["userId"]]
    assert [len(name) <= 40 and "--" not in name and not name.endswith("-") for name in names] == [True] * 3
    assert len(set(names)) == 3
