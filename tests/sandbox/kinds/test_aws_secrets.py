"""Secrets Manager in the sandbox: names that outlive their secret, versions, policies, rotation, look-ups."""

from __future__ import annotations

import base64
import json
import re
import string
from typing import Any

import pytest

from tests.sandbox.kinds.aws_data_world import ACCOUNT, CUSTOMER_KEY, REGION, SECRET, VERSION, data_world, database
from tests.sandbox.kinds.cloud import World, invalid, refused

POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
DELETED = "aws:secretsmanager/deletedSecret:DeletedSecret"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotate"


@pytest.fixture
def world() -> World:
    return data_world()


@pytest.fixture
def secret(world: World):
    return world.create(SECRET, name="app/token", description="A token")


def policy(**statement: Any) -> str:
    one = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [{name: value for name, value in one.items() if value is not None}]})


def test_a_secret_s_arn_ends_in_six_characters_of_its_own(world: World, secret) -> None:
    assert re.fullmatch(rf"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:app/token-[A-Za-z0-9]{{6}}", secret.id)
    assert secret.outputs["arn"] == secret.id
    assert secret.inputs["recoveryWindowInDays"] == 30
    world.delete(secret)
    world.cloud.records.pop((DELETED, secret.id))
    assert world.create(SECRET, name="app/token").id != secret.id
    assert world.update(world.create(SECRET, name="kept"), description="x").outputs["arn"].startswith(f"arn:aws:secretsmanager:{REGION}")


def test_a_deleted_secret_holds_its_name_through_its_recovery_window(world: World, secret) -> None:
    version = world.create(VERSION, secretId=secret.id, secretString="x")
    world.delete(secret)
    assert world.cloud.get(VERSION, version.id) is None
    (waiting,) = world.cloud.find(DELETED)
    assert (waiting.id, waiting.outputs["recoveryWindowInDays"]) == (secret.id, 30)
    told = refused(lambda: world.create(SECRET, name="app/token"))
    assert told.startswith("creating Secrets Manager Secret (app/token): operation error Secrets Manager: CreateSecret, ")
    message = "You can't create this secret because a secret with this name is already scheduled for deletion."
    assert told.endswith(f"InvalidRequestException: {message}")
    value = refused(lambda: world.create(VERSION, secretId=secret.id, secretString="x"))
    assert "You can't perform this operation on the secret because it was marked for deletion." in value


def test_a_secret_without_a_recovery_window_is_gone_at_once(world: World) -> None:
    world.delete(world.create(SECRET, name="app/token", recoveryWindowInDays=0))
    assert list(world.cloud.find(DELETED)) == []
    assert world.create(SECRET, name="app/token")


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"name": "a b"}, "name", 'only alphanumeric characters and /_+=.@- special characters are allowed in "name"'),
        ({"name": "a" * 513}, "name", '"name" cannot be longer than 512 characters'),
        ({"namePrefix": "a!"}, "namePrefix", 'only alphanumeric characters and /_+=.@- special characters are allowed in "name_prefix"'),
        ({"name": "a", "namePrefix": "a"}, "name", '"name": conflicts with name_prefix'),
        ({"recoveryWindowInDays": 6}, "recoveryWindowInDays", "expected recovery_window_in_days to be one of [0], got 6"),
        ({"recoveryWindowInDays": 31}, "recoveryWindowInDays", "expected recovery_window_in_days to be one of [0], got 31"),
    ],
)
def test_the_provider_refuses_before_it_asks(world: World, inputs: dict[str, Any], path: str, reason: str) -> None:
    assert invalid(world, SECRET, **inputs)[path] == reason


def test_a_policy_that_is_no_json_is_refused_before_it_is_asked(world: World) -> None:
    assert "policy" in invalid(world, SECRET, policy="{")
    assert "policy" in invalid(world, POLICY, policy="nothing", secretArn="x")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"description": "a" * 2049}, "Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 2048"),
        ({"kmsKeyId": "gone"}, "Access to KMS is not allowed"),
        ({"replicas": [{"region": REGION}]}, f"You can't replicate a secret to its own region {REGION}."),
        ({"replicas": [{"region": "eu-central-1"}] * 2}, "eu-central-1 is given more than once."),
        ({"replicas": [{"region": "europe-1"}]}, "Invalid replica region: europe-1 is not a region."),
        ({"policy": policy(Principal=None)}, "MalformedPolicyDocumentException: This resource policy is malformed"),
    ],
)
def test_a_secret_that_cannot_be_is_refused(world: World, inputs: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: world.create(SECRET, **{"name": "it", **inputs}))


def test_a_name_is_held_by_one_secret(world: World, secret) -> None:
    told = refused(lambda: world.create(SECRET, name="app/token"))
    assert told.endswith("ResourceExistsException: The operation failed because the secret app/token already exists.")


def test_replicas_are_in_sync_and_keys_are_there(world: World) -> None:
    made = world.create(SECRET, name="far", kmsKeyId=CUSTOMER_KEY, replicas=[{"region": "eu-central-1"}])
    assert made.outputs["replicas"][0] == {
        "region": "eu-central-1",
        "kmsKeyId": "alias/aws/secretsmanager",
        "status": "InSync",
        "statusMessage": "Replication succeeded",
        "lastAccessedDate": "",
    }
    assert made.outputs["kmsKeyId"] == CUSTOMER_KEY


def test_a_disabled_key_or_one_of_another_region_locks_nothing(world: World) -> None:
    for name, more in (("off", {"isEnabled": False}), ("far", {"region": "us-east-1"})):
        arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"
        world.put("aws:kms/key:Key", name, arn=arn, **more)
        assert "Access to KMS is not allowed" in refused(lambda arn=arn: world.create(SECRET, name="it", kmsKeyId=arn))


def test_a_version_has_an_id_and_is_the_current_one(world: World, secret) -> None:
    first = world.create(VERSION, secretId=secret.id, secretString="one")
    assert first.id == f"{secret.id}|{first.outputs['versionId']}"
    assert (first.outputs["arn"], first.outputs["secretArn"], first.outputs["versionStages"]) == (secret.id, secret.id, ["AWSCURRENT"])
    second = world.create(VERSION, secretId="app/token", secretString="two")
    assert second.outputs["secretArn"] == secret.id
    assert (world.refresh(first)["versionStages"], world.refresh(second)["versionStages"]) == (["AWSPREVIOUS"], ["AWSCURRENT"])
    assert {"secretString", "secretBinary"} <= world.kinds[VERSION].secrets


@pytest.mark.parametrize("path", ["secretString", "secretBinary", "secretId", "secretStringWoVersion"])
def test_another_value_is_another_version(world: World, path: str) -> None:
    assert path in world.kinds[VERSION].replaces


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"secretId": "gone", "secretString": "x"}, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
        ({}, "InvalidParameterException: You must provide either SecretString or SecretBinary."),
        ({"secretString": "x" * 65537}, "Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536"),
        ({"secretBinary": base64.b64encode(b"x" * 65537).decode()}, "Value at 'secretBinary' failed to satisfy constraint"),
        ({"secretBinary": "not base64"}, "expected secret_binary to be a base64-encoded string, got not base64"),
        ({"secretString": "x", "versionStages": [f"s{number}" for number in range(21)]}, "You can't have more than 20 staging labels on a version."),
    ],
)
def test_a_version_that_cannot_be_is_refused(world: World, secret, inputs: dict[str, Any], message: str) -> None:
    assert message in refused(lambda: world.create(VERSION, **{"secretId": secret.id, **inputs}))


def test_a_value_is_text_or_bytes_or_written_once(world: World) -> None:
    assert invalid(world, VERSION, secretId="s", secretString="x", secretBinary="eA==")["secretString"] == '"secret_string": conflicts with secret_binary'
    told = invalid(world, VERSION, secretId="s", secretStringWo="x")["secretStringWo"]
    assert told == '"secret_string_wo": all of `secret_string_wo,secret_string_wo_version` must be specified'
    assert world.check(VERSION, secretId="s", secretString="x" * 65536)


def test_a_public_policy_is_blocked_where_it_is_asked(world: World, secret) -> None:
    everyone = policy(Principal="*")
    told = refused(lambda: world.create(POLICY, secretArn=secret.id, policy=everyone, blockPublicPolicy=True))
    assert told.startswith(f"putting Secrets Manager Secret ({secret.id}) policy: operation error Secrets Manager: PutResourcePolicy, ")
    assert "PublicPolicyException" in told
    assert world.create(POLICY, secretArn=secret.id, policy=policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), blockPublicPolicy=True).id == secret.id
    denied = policy(Principal="*", Effect="Deny")
    assert world.create(POLICY, secretArn=secret.id, policy=denied, blockPublicPolicy=True)
    assert world.refresh(secret)["policy"] == denied
    assert "can't find the specified secret" in refused(lambda: world.create(POLICY, secretArn="gone", policy=denied))


def test_rotation_needs_a_function_that_is_there(world: World, secret) -> None:
    rules = {"automaticallyAfterDays": 30}
    told = refused(lambda: world.create(ROTATION, secretId=secret.id, rotationRules=rules))
    assert "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured" in told
    missing = refused(lambda: world.create(ROTATION, secretId=secret.id, rotationLambdaArn=FUNCTION, rotationRules=rules))
    assert "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function." in missing
    world.put("aws:lambda/function:Function", "rotate", arn=FUNCTION)
    made = world.create(ROTATION, secretId=secret.id, rotationLambdaArn=FUNCTION, rotationRules=rules)
    assert (made.id, made.outputs["rotationEnabled"]) == (secret.id, True)
    for path, value in (("scheduleExpression", "rate(5 minutes)"), ("duration", "25h")):
        wrong = {"scheduleExpression": "rate(10 days)", path: value}
        assert f"{value} is not valid" in refused(lambda wrong=wrong: world.update(made, rotationRules=wrong))


@pytest.mark.parametrize(
    ("rules", "path", "reason"),
    [
        ({}, "automaticallyAfterDays", '"automatically_after_days": one of `automatically_after_days,schedule_expression` must be specified'),
        ({"automaticallyAfterDays": 1001}, "automaticallyAfterDays", "expected automatically_after_days to be in the range (1 - 1000), got 1001"),
        ({"automaticallyAfterDays": 1, "duration": "long"}, "duration", "invalid value for duration (must match regular expression ^[0-9h]+$)"),
    ],
)
def test_rotation_rules_are_checked(world: World, rules: dict[str, Any], path: str, reason: str) -> None:
    assert invalid(world, ROTATION, secretId="s", rotationRules=rules)[f"rotationRules.{path}"] == reason


def test_the_secret_of_a_database_rotates_by_itself(world: World) -> None:
    arn = database(world).outputs["masterUserSecrets"][0]["secretArn"]
    rules = {"automaticallyAfterDays": 30}
    assert world.create(ROTATION, secretId=arn, rotationRules=rules)
    told = refused(lambda: world.create(ROTATION, secretId=arn, rotationLambdaArn=FUNCTION, rotationRules=rules))
    assert "managed by another service" in told


def test_secrets_are_looked_up(world: World, secret) -> None:
    world.create(VERSION, secretId=secret.id, secretString="one")
    world.create(VERSION, secretId=secret.id, secretString="two")
    get, value = "aws:secretsmanager/getSecret:getSecret", "aws:secretsmanager/getSecretVersion:getSecretVersion"
    assert world.invoke(get, name="app/token")["arn"] == world.invoke(get, arn=secret.id)["arn"] == secret.id
    assert "one of `arn,name` must be specified" in refused(lambda: world.invoke(get))
    assert "can't find the specified secret" in refused(lambda: world.invoke(get, name="gone"))
    assert world.invoke(value, secretId="app/token")["secretString"] == "two"
    previous = world.invoke(value, secretId="app/token", versionStage="AWSPREVIOUS")
    assert previous["secretString"] == "one"
    assert world.invoke(value, secretId=secret.id, versionId=previous["versionId"])["secretString"] == "one"
    told = refused(lambda: world.invoke(value, secretId="app/token", versionStage="BLUE"))
    assert "Secrets Manager can't find the specified secret value for staging label: BLUE" in told
    world.delete(secret)
    assert "marked for deletion" in refused(lambda: world.invoke(value, secretId="app/token"))


def test_a_random_password_is_of_what_is_asked(world: World) -> None:
    def password(**arguments: Any) -> str:
        return str(world.invoke("aws:secretsmanager/getRandomPassword:getRandomPassword", **arguments)["randomPassword"])

    assert len(password()) == 32
    assert password() != password()
    assert set(password(excludePunctuation=True, excludeNumbers=True, excludeUppercase=True, passwordLength=64)) <= set(string.ascii_lowercase)
    assert not set(password(excludeCharacters='/@"', passwordLength=1000)) & set('/@"')
    assert any(" " in password(includeSpace=True) for _ in range(1))
    assert "between 1 and 4096" in refused(lambda: password(passwordLength=4097))
    assert "no characters that it may be made of" in refused(lambda: password(passwordLength=2))
