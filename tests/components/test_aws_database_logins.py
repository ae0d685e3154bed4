"""Who logs in to a Database on AWS, by which way and with which right: to the statement and to the rule."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import Access, Database, DatabaseArgs, DatabaseServer, Network, connect
from components._core.connection import Connection, Principal
from components.aws.authorities import amazon_roots, server_authority
from components.aws.database_logins import code
from tests.components.world import Registered, World, build

CALL = "aws:lambda/invocation:Invocation"
FUNCTION = "aws:lambda/function:Function"
POLICY = "aws:iam/rolePolicy:RolePolicy"
PROXY = "aws:rds/proxy:Proxy"
RULE_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE_OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
API = Principal("api", "arn:aws:iam::123456789012:role/watchparty-dev-api")
USERS = "arn:aws:rds-db:eu-west-1:123456789012:dbuser"


def granted(*accesses: Access, tier: str = "dev", **args: Any) -> World:
    def program() -> None:
        db = Database("db", DatabaseArgs(network=Network("main"), **args))
        for access in accesses or (Access.CONNECT,):
            db.grant(API, access)

    return build(program, cloud="aws", tier=tier)


def statements(found: Registered) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(found.inputs["policy"])["Statement"]
    return made


def given(connection: Connection) -> dict[str, Any]:
    """A connection's variables as they arrive."""
    found: dict[str, Any] = {}
    for name, value in connection.env.items():
        if isinstance(value, pulumi.Output):
            value.apply(lambda known, name=name: found.__setitem__(name, known))
        else:
            found[name] = value if isinstance(value, str) else value.value
    return found


def bound(**args: Any) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []
    build(lambda: seen.append(given(connect(Database("db", DatabaseArgs(network=Network("main"), **args))))), cloud="aws")
    return seen[0]


def waits(found: Registered) -> set[str]:
    return {urn.rsplit("::", 1)[-1] for urn in found.depends_on}


def test_a_connection_says_where_who_and_whom_to_trust_by_name() -> None:
    assert bound() == {
        "DB_HOST": "watchparty-dev-db.abc123.eu-west-1.rds.amazonaws.com",
        "DB_PORT": "5432",
        "DB_NAME": "db",
        "DB_USER": "database_user",
        "DB_SSLMODE": "verify-full",
        "DB_CA_CERT": server_authority("eu-west-1"),
        "DB_IAM_AUTH": "true",
    }


def test_with_a_pool_the_connection_leads_to_it_and_to_the_replicas_beside_it() -> None:
    found = bound(server=DatabaseServer(pooling=True, read_replicas=1))
    assert found["DB_HOST"] == "watchparty-dev-db-proxy.proxy-abc123.eu-west-1.rds.amazonaws.com"
    assert found["DB_READ_HOST"] == "watchparty-dev-db-replica-0.abc123.eu-west-1.rds.amazonaws.com"
    assert found["DB_CA_CERT"] == server_authority("eu-west-1") + amazon_roots()


def test_with_a_password_the_consumer_reads_its_own_secret_and_nothing_else() -> None:
    def program() -> None:
        db = Database("db", DatabaseArgs(network=Network("main"), authentication="password", customer_key=KEY))
        connection = connect(db)
        assert (list(connection.secrets), connection.grants, connection.env["DB_USER"]) == (["DB_PASSWORD"], (), "app")
        assert connection.secrets["DB_PASSWORD"].key == KEY
        db.grant(API, Access.CONNECT)

    world = build(program, cloud="aws")
    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:watchparty-dev-db-password-AbCdEf"
    assert statements(world.one(POLICY, "db-grant-api-connect")) == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [secret]},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]},
    ]


def test_the_way_in_is_the_servers_group_which_has_no_rule_of_its_own_but_the_logins() -> None:
    seen: list[Any] = []

    def program() -> None:
        connection = connect(Database("db", DatabaseArgs(network=Network("main"))))
        (path,) = connection.paths
        seen.append((path.label, path.port, path.cidr))
        pulumi.Output.from_input(path.gate).apply(seen.append)

    world = build(program, cloud="aws")
    assert seen == [("db", 5432, ""), "db-server-id"]
    rules = [rule for rule in (*world.of(RULE_IN), *world.of(RULE_OUT)) if rule.parent_name == "db"]
    ways = {(rule.name, rule.inputs["securityGroupId"], rule.inputs.get("referencedSecurityGroupId") or rule.inputs["cidrIpv4"]) for rule in rules}
    assert ways == {
        ("db-logins-in", "db-server-id", "db-logins-id"),
        ("db-logins-out", "db-logins-id", "db-server-id"),
        ("db-logins-services", "db-logins-id", "0.0.0.0/0"),
    }
    assert {rule.name: (rule.inputs["fromPort"], rule.inputs["toPort"], rule.inputs["ipProtocol"]) for rule in rules} == {
        "db-logins-in": (5432, 5432, "tcp"),
        "db-logins-out": (5432, 5432, "tcp"),
        "db-logins-services": (443, 443, "tcp"),
    }
    assert all(rule.inputs["description"] for rule in rules)


@pytest.mark.parametrize(("tier", "where"), [("dev", "0.0.0.0/0"), ("staging", "10.0.0.0/16"), ("prod", "10.0.0.0/16")])
def test_where_the_network_has_endpoints_what_knows_the_master_password_cannot_leave_it(tier: str, where: str) -> None:
    assert granted(tier=tier).one(RULE_OUT, "db-logins-services").inputs["cidrIpv4"] == where


@pytest.mark.parametrize(("access", "write"), [(Access.CONNECT, "false"), (Access.WRITE, "true")])
def test_a_grant_is_one_right_on_one_user_and_one_call_that_makes_it(access: Access, write: str) -> None:
    world = granted(access)
    policy, call = world.one(POLICY, "db-grant-api"), world.one(CALL, "db-grant-api-user")
    assert statements(policy) == [{"Effect": "Allow", "Action": ["rds-db:connect"], "Resource": [f"{USERS}:db-DB-SERVER/watchparty-dev-api"]}]
    assert policy.inputs["role"] == "watchparty-dev-api"
    assert call.inputs == {
        "functionName": "watchparty-dev-db-logins",
        "input": f'{{"login": "watchparty-dev-api", "write": {write}}}',
        "triggers": {"server": "db-DB-SERVER"},
    }


def test_a_grant_adds_resources_and_changes_none() -> None:
    before, after = (build_of(access) for access in (None, Access.WRITE))
    assert {name: inputs for name, inputs in after.items() if name not in before}.keys() == {(POLICY, "db-grant-api"), (CALL, "db-grant-api-user")}
    assert {name: inputs for name, inputs in after.items() if name in before} == before


def build_of(access: Access | None) -> dict[tuple[str, str], dict[str, Any]]:
    def program() -> None:
        db = Database("db", DatabaseArgs(network=Network("main")))
        if access is not None:
            db.grant(API, access)

    return {(resource.type, resource.name): resource.inputs for resource in build(program, cloud="aws").resources}


def test_a_login_comes_after_what_it_is_made_in() -> None:
    world = granted()
    assert "db-set-up" in waits(world.one(CALL, "db-grant-api-user"))
    assert waits(world.one(CALL, "db-set-up")) >= {"db-logins-in", "db-logins-out", "db-logins-services", "db-logins-code-policy", "db-logins-function"}
    assert "db-logins-policy" in waits(world.one(FUNCTION))


def test_replicas_and_a_pool_are_named_each_and_the_server_behind_the_pool_is_not_the_clients() -> None:
    world = granted(Access.WRITE, server=DatabaseServer(pooling=True, read_replicas=2))
    assert [statement["Resource"] for statement in statements(world.one(POLICY, "db-grant-api"))] == [
        [f"{USERS}:prx-db-proxy/watchparty-dev-api"],
        [f"{USERS}:db-DB-REPLICA-0/watchparty-dev-api"],
        [f"{USERS}:db-DB-REPLICA-1/watchparty-dev-api"],
    ]
    pool = world.one(POLICY, "db-grant-api-pool")
    assert pool.inputs["role"] == "watchparty-dev-db-proxy"
    assert statements(pool) == [{"Effect": "Allow", "Action": ["rds-db:connect"], "Resource": [f"{USERS}:db-DB-SERVER/watchparty-dev-api"]}]


def test_a_pool_takes_tokens_over_tls_only_and_keeps_no_password() -> None:
    world = granted(server=DatabaseServer(pooling=True))
    inputs = world.one(PROXY).inputs
    assert {key: inputs.get(key) for key in ("requireTls", "defaultAuthScheme", "auths", "debugLogging", "engineFamily")} == {
        "requireTls": True,
        "defaultAuthScheme": "IAM_AUTH",
        "auths": None,
        "debugLogging": False,
        "engineFamily": "POSTGRESQL",
    }
    assert inputs["vpcSecurityGroupIds"] == ["db-server-id", "db-proxy-id"]
    assert inputs["vpcSubnetIds"] == [f"main-subnet-data-{zone}-id" for zone in (1, 2, 3)]
    assert world.one("aws:rds/proxyTarget:ProxyTarget").inputs["dbInstanceIdentifier"] == "watchparty-dev-db"
    assert {(rule.inputs["securityGroupId"], rule.inputs["referencedSecurityGroupId"]) for rule in world.of(RULE_IN) if rule.name == "db-proxy-in"} == {
        ("db-server-id", "db-proxy-id")
    }


def test_the_function_may_read_the_master_secret_write_its_log_and_stand_in_the_network() -> None:
    world = granted(customer_key=KEY)
    place = "eu-west-1:123456789012"
    assert statements(world.one(POLICY, "db-logins-policy")) == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [f"arn:aws:secretsmanager:{place}:secret:rds!db-1234-AbCdEf"]},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [f"arn:aws:logs:{place}:log-group:/aws/lambda/watchparty-dev-db-logins:log-stream:*"],
        },
        {
            "Effect": "Allow",
            "Action": ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
            "Resource": [f"arn:aws:ec2:{place}:*/*"],
        },
        {"Effect": "Allow", "Action": ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]},
    ]


@pytest.mark.parametrize("key", [None, KEY])
def test_the_functions_variables_are_under_the_key_of_the_database(key: str | None) -> None:
    assert granted(customer_key=key).one(FUNCTION).inputs.get("kmsKeyArn") == key


def test_the_functions_own_code_has_no_right_on_the_network() -> None:
    (denied,) = statements(granted().one(POLICY, "db-logins-code-policy"))
    assert denied == {
        "Effect": "Deny",
        "Action": [
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        ],
        "Resource": ["*"],
        "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:watchparty-dev-db-logins"}},
    }


def test_the_function_runs_in_the_subnets_of_services_and_knows_no_secret_by_value() -> None:
    inputs = granted().one(FUNCTION).inputs
    assert inputs["vpcConfig"] == {"subnetIds": [f"main-subnet-app-{zone}-id" for zone in (1, 2, 3)], "securityGroupIds": ["db-logins-id"]}
    assert inputs["environment"]["variables"] == {
        "HOST": "watchparty-dev-db.abc123.eu-west-1.rds.amazonaws.com",
        "PORT": "5432",
        "MASTER_SECRET": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1234-AbCdEf",
    }
    assert (inputs["runtime"], inputs["architectures"], inputs["handler"]) == ("python3.13", ["arm64"], "handler.handler")


def test_what_is_packed_runs_by_itself_and_is_no_more_than_sources(tmp_path: Path) -> None:
    archive = code("eu-west-1").assets
    for name, asset in archive.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(asset.path).read_bytes() if isinstance(asset, pulumi.FileAsset) else asset.text.encode())  # type: ignore[union-attr]  # the other kind
    assert {Path(name).suffix or Path(name).name for name in archive} == {".py", ".pem", "METADATA"}
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import handler, pathlib, pg8000.native; "
        f"handler.trust(pathlib.Path({str(tmp_path / 'authority.pem')!r})); "
        "print([name for name in ('asn1crypto', 'dateutil', 'pg8000', 'scramp') if name in sys.modules])"
    )
    alone = subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert alone.stdout == "['asn1crypto', 'dateutil', 'pg8000', 'scramp']\n"
