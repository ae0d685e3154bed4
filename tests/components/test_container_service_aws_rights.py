"""A service on AWS may do and reach what its connections give, and no more."""

from __future__ import annotations

import json

import pulumi
import pytest

from components import Access, Connection, ContainerService, ContainerServiceArgs, Network, Runtime, SecretRef
from components._core.connection import FromConsumer, Grant, Path
from tests.components.on_fargate import (
    CHILDREN,
    IMAGE,
    INTO,
    OUT,
    PLACE,
    POLICY,
    SECRET,
    WRITES_LOGS,
    allowed,
    container,
    service,
)
from tests.components.world import build


def test_only_tasks_of_this_account_and_region_can_take_its_roles() -> None:
    world = service()
    for role in world.of("aws:iam/role:Role"):
        if role.parent_name != "api":
            continue
        assert json.loads(role.inputs["assumeRolePolicy"])["Statement"] == [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{PLACE}:*"}},
            }
        ]
    assert world.one("aws:iam/role:Role", "api-identity").inputs["name"] == "watchparty-dev-api"
    assert world.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment") == []


def test_starting_takes_the_one_log_group_and_the_one_image() -> None:
    world = service("prod")
    assert world.one(POLICY, "api-starts").inputs["role"] == "watchparty-prod-api-execution"
    assert allowed(world, "api-starts") == [
        WRITES_LOGS,
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
            "Resource": [f"arn:aws:ecr:{PLACE}:repository/images/api"],
        },
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
    ]


@pytest.mark.parametrize("image", ["ghcr.io/plex/api@sha256:" + 64 * "a", "public.ecr.aws/docker/library/nginx@sha256:" + 64 * "a"])
def test_an_image_of_another_registry_takes_no_right(image: str) -> None:
    assert allowed(service("prod", image=image), "api-starts") == [WRITES_LOGS]


def test_an_image_that_another_resource_supplies_is_read_when_it_is_known() -> None:
    world = build(
        lambda: ContainerService("api", ContainerServiceArgs(image=pulumi.Output.from_input(IMAGE), network=Network("main"))), cloud="aws", tier="prod"
    )
    assert allowed(world, "api-starts")[1]["Resource"] == [f"arn:aws:ecr:{PLACE}:repository/images/api"]
    assert container(world)["image"] == IMAGE


def connection() -> Connection:
    return Connection(
        source="orders",
        access=Access.CONNECT,
        env={"ORDERS_HOST": "10.9.0.3", "ORDERS_USER": FromConsumer.DATABASE_USER},
        secrets={"ORDERS_TOKEN": SecretRef(SECRET, key=f"arn:aws:kms:{PLACE}:key/k"), "ORDERS_OLD": SecretRef(SECRET, "v-1")},
        grants=(Grant("object_store", Access.READ, {"bucket": "b", "arn": "arn:aws:s3:::b"}, "orders"),),
        paths=(Path("orders", 5432, gate="sg-orders"),),
    )


def test_a_connection_becomes_variables_secrets_rights_and_a_path_and_nothing_more() -> None:
    world = service("prod", connections=(connection(),))
    assert world.children("api") == sorted(
        [
            *CHILDREN,
            (POLICY, "api-orders-read"),
            (POLICY, "api-reads-orders-old"),
            (POLICY, "api-reads-orders-token"),
            (OUT, "api-to-orders-5432-out"),
            (INTO, "api-to-orders-5432-in"),
        ]
    )
    made = container(world)
    assert made["environment"] == [
        {"name": "ORDERS_HOST", "value": "10.9.0.3"},
        {"name": "ORDERS_USER", "value": "watchparty-prod-api"},
        {"name": "PORT", "value": "8080"},
    ]
    assert made["secrets"] == [{"name": "ORDERS_OLD", "valueFrom": f"{SECRET}:::v-1"}, {"name": "ORDERS_TOKEN", "valueFrom": SECRET}]


def test_the_task_may_what_the_connection_grants_and_only_starting_it_reads_its_secrets() -> None:
    world = service("prod", connections=(connection(),))
    assert world.one(POLICY, "api-orders-read").inputs["role"] == "watchparty-prod-api"
    assert allowed(world, "api-orders-read") == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]},
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::b"]},
    ]
    assert world.one(POLICY, "api-reads-orders-token").inputs["role"] == "watchparty-prod-api-execution"
    assert allowed(world, "api-reads-orders-token") == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [f"arn:aws:kms:{PLACE}:key/k"]},
    ]
    assert allowed(world, "api-reads-orders-old") == [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]}]


def test_a_path_opens_one_port_between_two_groups() -> None:
    world = service(connections=(connection(),))
    out, into = world.one(OUT, "api-to-orders-5432-out").inputs, world.one(INTO, "api-to-orders-5432-in").inputs
    assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == ("api-gate-id", "sg-orders")
    assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == ("sg-orders", "api-gate-id")
    assert {(rule["ipProtocol"], rule["fromPort"], rule["toPort"], rule["description"]) for rule in (out, into)} == {("tcp", 5432, 5432, "api to orders")}


def test_the_internet_is_reached_on_443_only_and_on_nothing_where_that_is_closed() -> None:
    ways = [rule for rule in service().of(OUT) if rule.parent_name == "api"]
    assert [(rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in ways] == [("0.0.0.0/0", 443, 443)]
    more = [rule.name for rule in service(runtime=Runtime(internet_ports=(443, 587))).of(OUT) if rule.parent_name == "api"]
    assert more == ["api-to-internet-443", "api-to-internet-587"]
    shut = {rule.name: rule.inputs for rule in service("staging", runtime=Runtime(internet_ports=())).of(OUT) if rule.parent_name == "api"}
    assert {name: (rule.get("cidrIpv4"), rule.get("prefixListId"), rule["toPort"]) for name, rule in shut.items()} == {
        "api-to-endpoints": ("10.0.0.0/16", None, 443),
        "api-to-layers": (None, "pl-6da54004", 443),
    }


def test_two_connections_to_one_target_open_one_path() -> None:
    paths = (Path("orders", 5432, gate="sg-orders"),)
    both = tuple(Connection(source="orders", access=Access.CONNECT, env={name: "x"}, paths=paths) for name in ("A", "B"))
    assert [rule.name for rule in service(connections=both).of(INTO) if rule.parent_name == "api"] == ["api-to-orders-5432-in"]


def test_two_prefixes_of_one_store_are_two_rights() -> None:
    target = {"bucket": "b", "arn": "arn:aws:s3:::b"}
    both = tuple(Connection(source="b", access=Access.READ, grants=(Grant("object_store", Access.READ, target, "b", prefix),)) for prefix in ("x/", "y/"))
    rights = [policy for policy in service(connections=both).of(POLICY) if policy.name.startswith("api-b-read-")]
    assert sorted(json.loads(policy.inputs["policy"])["Statement"][0]["Resource"][0] for policy in rights) == ["arn:aws:s3:::b/x/*", "arn:aws:s3:::b/y/*"]
