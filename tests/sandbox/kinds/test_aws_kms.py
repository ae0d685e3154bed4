"""KMS keys, aliases, grants and policies, as KMS and its provider treat them."""

from __future__ import annotations

import json

import pytest

from sandbox.resources.aws.kms import find_key, lets
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, ROLE, aws_world, said
from tests.sandbox.kinds.cloud import invalid, refused

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
GRANT = "aws:kms/grant:Grant"
OWN = "aws:kms/keyPolicy:KeyPolicy"
BAD = "https response error StatusCode: 400,"
CREATING = f"creating KMS Key: operation error KMS: CreateKey, {BAD}"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
LOCKED = "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future."


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def key(world):
    return world.create(KEY)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_a_key_has_its_arn_the_providers_defaults_and_a_policy(world, key):
    assert key.outputs["keyId"] == key.id
    assert [len(part) for part in key.id.split("-")] == [8, 4, 4, 4, 12]
    assert key.outputs["arn"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key.id}"
    wanted = {"keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "isEnabled": True, "enableKeyRotation": False, "multiRegion": False}
    assert {name: key.outputs[name] for name in wanted} == wanted
    assert json.loads(key.outputs["policy"])["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert world.create(KEY, enableKeyRotation=True).outputs["rotationPeriodInDays"] == 365


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"deletionWindowInDays": 6}, "deletionWindowInDays", "expected deletion_window_in_days to be in the range (7 - 30), got 6"),
        ({"deletionWindowInDays": 31}, "deletionWindowInDays", "expected deletion_window_in_days to be in the range (7 - 30), got 31"),
        (
            {"enableKeyRotation": True, "rotationPeriodInDays": 89},
            "rotationPeriodInDays",
            "expected rotation_period_in_days to be in the range (90 - 2560), got 89",
        ),
        (
            {"enableKeyRotation": True, "rotationPeriodInDays": 2561},
            "rotationPeriodInDays",
            "expected rotation_period_in_days to be in the range (90 - 2560), got 2561",
        ),
        ({"keyUsage": "ENCRYPT"}, "keyUsage", "expected key_usage to be one of"),
        ({"customerMasterKeySpec": "AES"}, "customerMasterKeySpec", "expected customer_master_key_spec to be one of"),
        ({"policy": "root"}, "policy", '"policy" contains an invalid JSON policy'),
        ({"description": "d" * 8193}, "description", "expected length of description to be in the range (0 - 8192)"),
        ({"tags": {"a": "ü?"}}, "tags.a", "tag values must be at most 256 letters, digits, spaces and _.:/=+-@"),
    ],
)
def test_what_the_provider_refuses_of_a_key(world, given, path, reason):
    assert invalid(world, KEY, **given)[path].startswith(reason)


@pytest.mark.parametrize("days", [7, 30])
def test_the_shortest_and_the_longest_window_pass(world, days):
    assert world.check(KEY, deletionWindowInDays=days)["deletionWindowInDays"] == days


@pytest.mark.parametrize(
    "statement",
    [
        {**ROOT, "Action": ["kms:Encrypt", "kms:Decrypt"]},
        {**ROOT, "Principal": {"Service": "logs.eu-west-1.amazonaws.com"}},
        {**ROOT, "Principal": {"AWS": "111122223333"}},
    ],
)
def test_a_policy_that_locks_its_giver_out_is_refused(world, key, statement):
    assert said(refused(world.create, token=KEY, policy=policy(statement))) == f"{CREATING} {LOCKED}"
    message = said(refused(world.update, old=key, policy=policy(statement)))
    assert message == f"updating KMS Key ({key.id}) policy: operation error KMS: PutKeyPolicy, {BAD} {LOCKED}"
    assert world.create(KEY, policy=policy(statement), bypassPolicyLockoutSafetyCheck=True).id


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/sandbox"}])
def test_a_policy_that_lets_its_giver_change_it_passes(world, principal):
    assert world.create(KEY, policy=policy({**ROOT, "Principal": principal})).id


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ((ROOT, {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/gone"}}), "Policy contains a statement with one or more invalid principals."),
        ((ROOT, {**ROOT, "Principal": {"Service": "logs"}}), "Policy contains a statement with one or more invalid principals."),
        ((ROOT, {**ROOT, "Action": "Encrypt"}), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (({key: value for key, value in ROOT.items() if key != "Resource"},), "Policy statement must contain resources."),
        (({key: value for key, value in ROOT.items() if key != "Principal"},), "Missing required field Principal"),
        ((ROOT, {**ROOT, "Resource": [f"arn:aws:kms:::{'a' * 32768}"]}), "The policy is too long."),
    ],
)
def test_a_policy_that_kms_does_not_take_is_refused(world, statements, words):
    assert said(refused(world.create, token=KEY, policy=policy(*statements))) == f"{CREATING} MalformedPolicyDocumentException: {words}"


def test_a_policy_may_name_a_role_that_is_there(world):
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    arn = world.create(ROLE, name="task", assumeRolePolicy=trust).outputs["arn"]
    assert world.create(KEY, policy=policy(ROOT, {**ROOT, "Principal": {"AWS": arn}})).id


def test_only_symmetric_keys_turn_and_encrypt(world):
    words = "ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT"
    assert said(refused(world.create, token=KEY, keyUsage="SIGN_VERIFY")) == f"{CREATING} api error {words}"
    message = refused(world.create, token=KEY, keyUsage="SIGN_VERIFY", customerMasterKeySpec="RSA_2048", enableKeyRotation=True)
    assert "EnableKeyRotation" in message
    assert "UnsupportedOperationException" in message
    signing = world.create(KEY, keyUsage="SIGN_VERIFY", customerMasterKeySpec="RSA_2048")
    assert "UnsupportedOperationException" in refused(world.update, old=signing, enableKeyRotation=True)


def test_an_alias_leads_to_its_key(world, key):
    made = world.create(ALIAS, name="alias/app/data", targetKeyId=key.id)
    assert made.id == "alias/app/data"
    assert made.outputs["arn"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/app/data"
    assert made.outputs["targetKeyArn"] == key.outputs["arn"]
    assert [find_key(world.cloud, value) for value in (made.id, made.outputs["arn"], key.id, key.outputs["arn"])] == [key] * 4
    other = world.create(KEY)
    assert world.update(made, targetKeyId=other.outputs["arn"]).outputs["targetKeyArn"] == other.outputs["arn"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("data", "\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]"),
        ("alias/a b", "\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]"),
        ("alias/aws/s3", "\"name\" cannot begin with reserved AWS CMK prefix 'alias/aws/'"),
    ],
)
def test_a_name_that_no_alias_may_have_is_refused(world, name, reason):
    assert invalid(world, ALIAS, name=name, targetKeyId="k") == {"name": reason}


def test_an_alias_is_taken_once_and_leads_to_something(world, key):
    world.create(ALIAS, name="alias/a", targetKeyId=key.id)
    message = said(refused(world.create, token=ALIAS, name="alias/a", targetKeyId=key.id))
    words = f"AlreadyExistsException: An alias with the name arn:aws:kms:{REGION}:{ACCOUNT}:alias/a already exists"
    assert message == f"creating KMS Alias (alias/a): operation error KMS: CreateAlias, {BAD} {words}"
    message = said(refused(world.create, token=ALIAS, name="alias/b", targetKeyId="gone"))
    words = f"NotFoundException: Key 'arn:aws:kms:{REGION}:{ACCOUNT}:key/gone' does not exist"
    assert message == f"creating KMS Alias (alias/b): operation error KMS: CreateAlias, {BAD} {words}"
    away = world.create(KEY, region="us-east-1")
    assert world.create(ALIAS, name="alias/a", targetKeyId=away.id, region="us-east-1").outputs["targetKeyArn"] == away.outputs["arn"]
    assert f"Key '{away.outputs['arn']}' does not exist" in refused(world.create, token=ALIAS, name="alias/b", targetKeyId=away.outputs["arn"])


def test_a_grant_is_to_somebody_who_is_there(world, key):
    who = f"arn:aws:iam::{ACCOUNT}:root"
    made = world.create(GRANT, keyId=key.id, granteePrincipal=who, operations=["Decrypt"])
    assert made.id.startswith(f"{key.id}:")
    assert len(made.outputs["grantId"]) == 64
    gone = f"arn:aws:iam::{ACCOUNT}:role/gone"
    message = refused(world.create, token=GRANT, keyId=key.id, granteePrincipal=gone, operations=["Decrypt"])
    assert message.endswith(f"InvalidArnException: ARN does not refer to a valid principal: {gone}")
    assert "NotFoundException" in refused(world.create, token=GRANT, keyId="gone", granteePrincipal=who, operations=["Decrypt"])
    assert "operations.0" in invalid(world, GRANT, keyId=key.id, granteePrincipal=who, operations=["Read"])["operations[0]"]


def test_a_policy_of_its_own_is_the_keys(world, key):
    service = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:Decrypt", "Resource": "*"}
    assert not lets(world.cloud, key, "sns.amazonaws.com", "kms:Decrypt")
    made = world.create(OWN, keyId=key.id, policy=policy(ROOT, service))
    assert made.id == key.id
    assert lets(world.cloud, key, "sns.amazonaws.com", "kms:Decrypt")
    assert LOCKED in refused(world.update, old=made, policy=policy(service))
    assert "NotFoundException" in refused(world.create, token=OWN, keyId="gone", policy=policy(ROOT))
    assert "invalid JSON policy" in invalid(world, OWN, keyId=key.id, policy="x")["policy"]


def test_keys_and_aliases_are_looked_up(world, key):
    world.create(ALIAS, name="alias/a", targetKeyId=key.id)
    assert world.invoke("aws:kms/getKey:getKey", keyId="alias/a")["arn"] == key.outputs["arn"]
    assert world.invoke("aws:kms/getAlias:getAlias", name="alias/a")["targetKeyId"] == key.id
    assert refused(world.invoke, token="aws:kms/getKey:getKey", keyId="gone") == "reading KMS Key (gone): couldn't find resource"
    assert refused(world.invoke, token="aws:kms/getAlias:getAlias", name="alias/b") == "reading KMS Alias (alias/b): couldn't find resource"
