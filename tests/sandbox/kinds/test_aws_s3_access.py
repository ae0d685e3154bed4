"""Who may reach a bucket in the sandbox: blocks, ownership, access lists and policies, refused as S3 refuses them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.kinds.cloud import World, invalid, refused
from tests.sandbox.kinds.s3_world import ACCOUNT, ACCOUNT_ACCESS, ACL, OWNERSHIP, POLICY, PUBLIC_ACCESS, bucket, role, s3_world

ARN = "arn:aws:s3:::acme-videos"
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
PUBLIC = (
    f"api error AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/sandbox is not authorized to perform: s3:PutBucketPolicy on resource: "
    f'"{ARN}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.'
)


@pytest.fixture
def world() -> World:
    made = s3_world()
    bucket(made)
    return made


def statement(**more: Any) -> dict[str, Any]:
    """Everybody may read: what S3 refuses unless it is told otherwise."""
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*", **more}


def policy(world: World, *statements: dict[str, Any]) -> str:
    return refused(world.create, token=POLICY, bucket="acme-videos", policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def let_in(world: World) -> None:
    """A block that blocks nothing."""
    world.create(PUBLIC_ACCESS, bucket="acme-videos", blockPublicPolicy=False, blockPublicAcls=False)


def test_what_a_block_does_not_say_is_off_and_what_the_accounts_does_not_say_is_on(world: World) -> None:
    made = world.create(PUBLIC_ACCESS, bucket="acme-videos", blockPublicAcls=True)
    assert made.id == "acme-videos"
    assert {name: made.outputs[name] for name in BLOCKS} == {name: name == "blockPublicAcls" for name in BLOCKS}
    everywhere = world.create(ACCOUNT_ACCESS, blockPublicAcls=False)
    assert (everywhere.id, everywhere.outputs["accountId"]) == (ACCOUNT, ACCOUNT)
    assert {name: everywhere.outputs[name] for name in BLOCKS} == {name: name != "blockPublicAcls" for name in BLOCKS}


def test_a_block_may_be_left_behind(world: World) -> None:
    made = world.create(PUBLIC_ACCESS, bucket="acme-videos", skipDestroy=True)
    world.delete(made)
    assert world.cloud.get(PUBLIC_ACCESS, "acme-videos") is not None
    world.delete(world.update(made, skipDestroy=False))
    assert world.cloud.get(PUBLIC_ACCESS, "acme-videos") is None


@pytest.mark.parametrize(
    ("token", "inputs", "doing", "operation"),
    [
        (PUBLIC_ACCESS, {}, "creating S3 Bucket (nowhere) Public Access Block", "PutPublicAccessBlock"),
        (OWNERSHIP, {"rule": {"objectOwnership": "ObjectWriter"}}, "creating S3 Bucket (nowhere) Ownership Controls", "PutBucketOwnershipControls"),
        (ACL, {"acl": "private"}, "creating S3 Bucket (nowhere) ACL", "PutBucketAcl"),
        (POLICY, {"policy": "{}"}, "creating S3 Bucket (nowhere) Policy", "PutBucketPolicy"),
    ],
)
def test_a_setting_needs_its_bucket(world: World, token: str, inputs: dict[str, Any], doing: str, operation: str) -> None:
    said = refused(world.create, token=token, bucket="nowhere", **inputs)
    assert said.startswith(f"{doing}: operation error S3: {operation}, https response error StatusCode: 404, RequestID: ")
    assert said.endswith(", api error NoSuchBucket: The specified bucket does not exist")


def test_a_setting_is_put_in_the_region_of_its_bucket(world: World) -> None:
    said = refused(world.create, token=PUBLIC_ACCESS, bucket="acme-videos", region="eu-central-1")
    assert "StatusCode: 301" in said
    assert "api error PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint." in said


def test_a_setting_with_an_owner_is_known_by_both(world: World) -> None:
    assert world.create(ACL, bucket="acme-videos", acl="private", **owned(world)).id == f"acme-videos,{ACCOUNT},private"


def owned(world: World) -> dict[str, str]:
    """Object ownership under which access lists exist, and the owner that is expected."""
    world.create(OWNERSHIP, bucket="acme-videos", rule={"objectOwnership": "ObjectWriter"})
    return {"expectedBucketOwner": ACCOUNT}


def test_there_is_no_access_list_where_the_buckets_owner_owns_everything(world: World) -> None:
    wanted = "api error AccessControlListNotSupported: The bucket does not allow ACLs"
    assert refused(world.create, token=ACL, bucket="acme-videos", acl="private").endswith(wanted)
    world.create(OWNERSHIP, bucket="acme-videos", rule={"objectOwnership": "BucketOwnerEnforced"})
    assert refused(world.create, token=ACL, bucket="acme-videos", acl="private").endswith(wanted)
    assert refused(world.create, token=ACL, bucket="acme-videos", accessControlPolicy={"grants": []}).endswith(wanted)


def test_a_public_access_list_is_refused_while_those_are_blocked(world: World) -> None:
    owned(world)
    why = f's3:PutBucketAcl on resource: "{ARN}" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.'
    said = refused(world.create, token=ACL, bucket="acme-videos", acl="public-read")
    assert said.endswith(why)
    assert "StatusCode: 403, RequestID: " in said
    let_in(world)
    world.create(ACL, bucket="acme-videos", acl="public-read")
    said = refused(world.create, token=OWNERSHIP, bucket="acme-videos", rule={"objectOwnership": "BucketOwnerEnforced"})
    assert said.endswith("InvalidBucketAclWithObjectOwnership: Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (OWNERSHIP, {"rule": {"objectOwnership": "Me"}}, "rule.objectOwnership"),
        (ACL, {}, "acl"),
        (ACL, {"acl": "secret"}, "acl"),
        (ACL, {"accessControlPolicy": {"grants": [{"permission": "ALL"}]}}, "accessControlPolicy.grants[0].permission"),
        (POLICY, {"policy": "{"}, "policy"),
        (POLICY, {"policy": ""}, "policy"),
    ],
)
def test_the_provider_refuses_a_malformed_setting(world: World, token: str, inputs: dict[str, Any], path: str) -> None:
    assert list(invalid(world, token, bucket="acme-videos", **inputs)) == [path]


def test_a_policy_that_keeps_out_what_is_not_tls_is_taken(world: World) -> None:
    deny = statement(Effect="Deny", Action="s3:*", Resource=[ARN, f"{ARN}/*"], Condition={"Bool": {"aws:SecureTransport": "false"}})
    made = world.create(POLICY, bucket="acme-videos", policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    assert made.id == "acme-videos"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Resource": "arn:aws:s3:::other/*"}, "Policy has invalid resource"),
        ({"Resource": [ARN, "*"]}, "Policy has invalid resource"),
        ({"Resource": f"{ARN}-2/*"}, "Policy has invalid resource"),
        ({"Action": "ec2:RunInstances"}, "Policy has invalid action"),
        ({"Action": []}, "Missing required field Action"),
        ({"Principal": {}}, "Missing required field Principal"),
        ({"Resource": None}, "Missing required field Resource"),
        ({"Effect": "Permit"}, "Invalid effect : Permit"),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ghost"}}, "Invalid principal in policy"),
        ({"Principal": {"AWS": "ghost"}}, "Invalid principal in policy"),
        ({"Principal": {"Service": "logging.s3.example.com"}}, "Invalid principal in policy"),
        ({"Resource": ARN}, "Action does not apply to any resource(s) in statement"),
        ({"Action": "s3:ListBucket"}, "Action does not apply to any resource(s) in statement"),
    ],
)
def test_s3_refuses_a_policy_that_makes_no_sense(world: World, changes: dict[str, Any], message: str) -> None:
    let_in(world)
    said = policy(world, statement(**changes))
    assert said.startswith("putting S3 Bucket (acme-videos) Policy: operation error S3: PutBucketPolicy, https response error StatusCode: 400, RequestID: ")
    assert said.endswith(f", api error MalformedPolicy: {message}")


def test_a_policy_has_statements_a_version_that_there_is_and_at_most_20_kilobytes(world: World) -> None:
    let_in(world)
    assert policy(world).endswith("Could not parse the policy: Statement is empty!")
    said = refused(world.create, token=POLICY, bucket="acme-videos", policy=json.dumps({"Version": "2020-01-01", "Statement": [statement()]}))
    assert said.endswith("The policy must contain a valid version string")
    fits = 20480 - len("".join(json.dumps({"Version": "2012-10-17", "Statement": [statement(Sid="")]}).split()))
    assert policy(world, statement(Sid="x" * (fits + 1))).endswith("Policy exceeds the maximum allowed document size.")
    largest = json.dumps({"Version": "2012-10-17", "Statement": [statement(Sid="x" * fits)]})
    assert world.create(POLICY, bucket="acme-videos", policy=largest).id == "acme-videos"


def test_a_role_that_there_is_may_be_named(world: World) -> None:
    named = statement(Principal={"AWS": role(world)})
    assert world.create(POLICY, bucket="acme-videos", policy=json.dumps({"Statement": [named]})).id == "acme-videos"


@pytest.mark.parametrize("block", ["", "bucket", "account"])
def test_a_public_policy_is_refused_unless_neither_the_bucket_nor_the_account_blocks_it(world: World, block: str) -> None:
    if block:
        world.create(PUBLIC_ACCESS, bucket="acme-videos", blockPublicPolicy=block == "bucket")
    if block == "account":
        world.create(ACCOUNT_ACCESS)
    assert policy(world, statement()).endswith(PUBLIC)
    assert "StatusCode: 403" in policy(world, statement())
    assert policy(world, statement(Principal={"AWS": "*"})).endswith(PUBLIC)
    assert policy(world, statement(Condition={"StringLike": {"aws:UserAgent": "me"}})).endswith(PUBLIC)
    assert policy(world, statement(Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})).endswith(PUBLIC)


def test_a_policy_for_everybody_under_a_narrow_condition_is_not_public(world: World) -> None:
    narrow = statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    world.create(POLICY, bucket="acme-videos", policy=json.dumps({"Statement": [narrow]}))


def test_a_public_policy_is_taken_where_nothing_blocks_it(world: World) -> None:
    let_in(world)
    world.create(POLICY, bucket="acme-videos", policy=json.dumps({"Statement": [statement()]}))
