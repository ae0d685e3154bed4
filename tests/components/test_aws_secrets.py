"""Secrets on AWS: exactly these children with these inputs, no value in plain. Mocks: that AWS takes them is shown on the engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components import Secrets, SecretsArgs, connect
from components._core.connection import Connection, Principal
from tests.components.world import World, build

SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PASSWORD = "random:index/randomPassword:RandomPassword"
POLICY = "aws:iam/rolePolicy:RolePolicy"
API = Principal("api", "arn:aws:iam::123456789012:role/watchparty-dev-api")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
JWT = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:watchparty-dev-secrets-jwt-AbCdEf"


def made(tier: str = "dev", config: dict[str, str] | None = None, **given: Any) -> World:
    return build(lambda: Secrets("secrets", SecretsArgs(**given)), cloud="aws", tier=tier, **(config or {}))


def with_secrets(use: Callable[[Secrets], Any], **given: Any) -> tuple[World, list[Any]]:
    seen: list[Any] = []
    world = build(lambda: seen.append(use(Secrets("secrets", SecretsArgs(generated={"jwt": 64}, external=("smtp",), **given)))), cloud="aws")
    return world, seen


def test_a_generated_secret_is_a_random_value_a_secret_and_its_version() -> None:
    world = made(generated={"jwt": 64})
    assert world.children("secrets") == [(SECRET, "secrets-jwt"), (VERSION, "secrets-jwt-version"), (PASSWORD, "secrets-jwt-value")]
    assert world.one(PASSWORD).inputs == {"length": 64, "special": False}
    version = world.one(VERSION)
    assert version.inputs == {"secretId": "secrets-jwt-id", "secretString": "p" * 64}
    assert version.secret_inputs == {"secretString"}


def test_a_shell_has_no_version_so_that_nothing_ever_reverts_what_was_filled_in_by_hand() -> None:
    assert made(external=("smtp",)).children("secrets") == [(SECRET, "secrets-smtp")]


def test_a_secret_has_its_name_and_the_tags_of_its_component_and_no_policy_that_lets_others_in() -> None:
    inputs = made(external=("smtp",)).one(SECRET).inputs
    labels = {"project": "watchparty", "stack": "dev", "tier": "dev", "component": "secrets", "owner": "unknown", "managed-by": "pulumi"}
    assert inputs == {
        "name": "watchparty-dev-secrets-smtp",
        "description": "smtp of secrets in watchparty (dev)",
        "recoveryWindowInDays": 0,
        "tags": labels,
    }


@pytest.mark.parametrize(("tier", "config", "kept"), [("dev", {}, False), ("staging", {}, True), ("prod", {}, True), ("prod", {"protect": "false"}, False)])
def test_the_secret_is_protected_and_stays_where_data_does(tier: str, config: dict[str, str], kept: bool) -> None:
    secret = made(tier, config, external=("smtp",)).one(SECRET)
    assert (secret.protect, secret.retain_on_delete) == (kept, kept)


@pytest.mark.parametrize(("tier", "days", "kept"), [("dev", 0, False), ("staging", 7, True), ("prod", 30, True)])
def test_the_tier_decides_how_long_a_deleted_secret_and_its_previous_value_can_be_brought_back(tier: str, days: int, kept: bool) -> None:
    world = made(tier, generated={"jwt": 64})
    version = world.one(VERSION)
    assert world.one(SECRET).inputs["recoveryWindowInDays"] == days
    assert (version.protect, version.retain_on_delete) == (False, kept)


def test_replicas_are_in_the_regions_that_are_named() -> None:
    assert made(external=("smtp",), replicas=("eu-central-1",)).one(SECRET).inputs["replicas"] == [{"region": "eu-central-1"}]


def test_a_binding_sets_exactly_one_variable_by_reference_to_the_arn() -> None:
    arns: list[str] = []
    world, seen = with_secrets(lambda secrets: (connect(secrets["jwt"], variables="JWT_SECRET"), secrets["jwt"].id.apply(arns.append)))
    connection: Connection = seen[0][0]
    assert list(connection.variables()) == ["JWT_SECRET"]
    assert (dict(connection.env), connection.grants, connection.paths) == ({}, (), ())
    assert connection.secrets["JWT_SECRET"].key is None
    assert arns == [JWT]
    assert world.of(POLICY) == []


@pytest.mark.parametrize(
    ("given", "more"),
    [({}, []), ({"customer_key": KEY}, [{"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}])],
)
def test_a_grant_is_the_right_to_read_this_one_secret_and_to_decrypt_with_its_own_key(given: dict[str, Any], more: list[dict[str, Any]]) -> None:
    world, _ = with_secrets(lambda secrets: secrets["jwt"].grant(API), **given)
    policy = world.one(POLICY)
    assert (policy.name, policy.parent_name, policy.inputs["role"]) == ("secrets-jwt-grant-api", "secrets", "watchparty-dev-api")
    assert json.loads(policy.inputs["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [JWT]}, *more],
    }


def test_a_key_of_your_own_encrypts_the_secret_and_comes_with_the_reference_to_it() -> None:
    world, seen = with_secrets(lambda secrets: connect(secrets["jwt"]), customer_key=KEY)
    assert [secret.inputs["kmsKeyId"] for secret in world.of(SECRET)] == [KEY, KEY]
    assert seen[0].secrets["JWT"].key == KEY
