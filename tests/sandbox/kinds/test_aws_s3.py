"""S3 buckets and objects in the sandbox: their outputs, their names, when they can go, all in the words of the provider and of S3."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import ANY

import pytest

from sandbox.kind import Refusal
from tests.sandbox.kinds.cloud import World, invalid, refused
from tests.sandbox.kinds.s3_world import ACCOUNT, BUCKET, CORS, LOCK, OBJECT, OLD_BUCKET, OLD_OBJECT, PUBLIC_ACCESS, bucket, s3_world, versioned

EMPTY = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
LOCKED = "api error AccessDenied: Access Denied because object protected by object lock."


@pytest.fixture
def world() -> World:
    return s3_world()


def test_a_bucket_has_the_names_and_places_of_a_real_one(world: World) -> None:
    made = bucket(world, tags={"team": "video"})
    assert made.id == "acme-videos"
    wanted = {
        "arn": "arn:aws:s3:::acme-videos",
        "bucket": "acme-videos",
        "bucketDomainName": "acme-videos.s3.amazonaws.com",
        "bucketNamespace": "global",
        "bucketRegion": "eu-west-1",
        "bucketRegionalDomainName": "acme-videos.s3.eu-west-1.amazonaws.com",
        "hostedZoneId": "Z1BKCTXD74EZPE",
        "region": "eu-west-1",
        "tagsAll": {"team": "video"},
        "forceDestroy": False,
        "objectLockEnabled": False,
        "requestPayer": "BucketOwner",
        "versioning": {"enabled": False, "mfaDelete": False},
    }
    assert {key: made.outputs[key] for key in wanted} == wanted
    assert made.outputs["serverSideEncryptionConfiguration"]["rule"]["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "AES256"


def test_a_bucket_in_another_region_than_the_providers_has_that_regions_names(world: World) -> None:
    made = bucket(world, region="eu-central-1")
    assert made.outputs["bucketRegionalDomainName"] == "acme-videos.s3.eu-central-1.amazonaws.com"
    assert made.outputs["hostedZoneId"] == "Z21DNDUVLTQW6Q"


def test_a_bucket_in_china_has_its_partition_and_its_domain() -> None:
    made = bucket(s3_world("cn-northwest-1"))
    assert made.outputs["arn"] == "arn:aws-cn:s3:::acme-videos"
    assert made.outputs["bucketDomainName"] == "acme-videos.s3.amazonaws.com.cn"


def test_a_bucket_without_a_name_gets_one_from_its_resource_and_one_with_a_prefix_from_that(world: World) -> None:
    made = world.create(BUCKET)
    assert re.fullmatch(r"it-[0-9a-f]{7}", made.id)
    assert made.outputs["bucket"] == made.id
    assert re.fullmatch(r"acme-[0-9a-f]{26}", world.create(BUCKET, bucketPrefix="acme-").id)


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("ab", '"ab" must contain from 3 to 63 characters'),
        ("Acme", 'only lowercase alphanumeric characters and hyphens allowed in "Acme"'),
        ("192.168.5.4", '"192.168.5.4" must not be formatted as an IP address'),
        (".acme", '".acme" cannot start with a period'),
        ("acme.", '"acme." cannot end with a period'),
        ("ac..me", '"ac..me" can be only one period between labels'),
    ],
)
def test_the_provider_refuses_a_name_before_s3_is_asked(world: World, name: str, flaw: str) -> None:
    assert refused(world.create, token=BUCKET, bucket=name) == f"validating S3 Bucket ({name}) name: {flaw}"


@pytest.mark.parametrize("name", ["-acme", "acme-", "xn--acme", "sthree-acme", "amzn-s3-demo-acme", "acme-s3alias", "acme--ol-s3", "acme.mrap", "acme-an"])
def test_s3_refuses_a_name_that_it_keeps_for_itself(world: World, name: str) -> None:
    said = refused(world.create, token=BUCKET, bucket=name)
    assert said.startswith(f"creating S3 Bucket ({name}): operation error S3: CreateBucket, https response error StatusCode: 400, RequestID: ")
    assert said.endswith(", api error InvalidBucketName: The specified bucket is not valid.")


def test_a_name_that_is_too_long_is_refused_at_preview(world: World) -> None:
    assert invalid(world, BUCKET, bucket="a" * 64) == {"bucket": f"expected length of bucket to be in the range (0 - 63), got {'a' * 64}"}


@pytest.mark.parametrize(
    ("inputs", "failures"),
    [
        ({"bucketPrefix": "a" * 38}, {"bucketPrefix": f"expected length of bucket_prefix to be in the range (0 - 37), got {'a' * 38}"}),
        ({"bucketNamespace": "mine"}, {"bucketNamespace": 'expected bucket_namespace to be one of ["account-regional" "global"], got mine'}),
        ({"bucket": "acme", "bucketPrefix": "acme-"}, {"bucket": '"bucket": conflicts with bucket_prefix'}),
        ({"bucket": "acme", "acl": "private", "grants": [{"type": "Group"}]}, {"acl": '"acl": conflicts with grants'}),
        (
            {"bucket": "acme", "tags": {"aws:x": "y"}},
            {"tags.aws:x": "tag keys must be 1 to 128 letters, digits, spaces and _.:/=+-@, and must not start with aws:"},
        ),
        (
            {"bucket": "acme--euw1-az1--x-s3"},
            {"bucket": "must not be in the format [bucket_name]--[azid]--x-s3. Use the aws_s3_directory_bucket resource to manage S3 Express buckets"},
        ),
    ],
)
def test_the_provider_refuses_a_malformed_bucket(world: World, inputs: dict[str, Any], failures: dict[str, str]) -> None:
    assert invalid(world, BUCKET, **inputs) == failures


@pytest.mark.parametrize("name", ["abc", "a" * 63, "0.b-c"])
def test_the_shortest_and_the_longest_name_are_taken(world: World, name: str) -> None:
    assert bucket(world, name).id == name


def test_a_bucket_takes_a_prefix_of_37_letters(world: World) -> None:
    assert len(world.create(BUCKET, bucketPrefix="a" * 37).id) == 63


def test_a_name_in_the_accounts_own_namespace_ends_in_the_account_and_the_region(world: World) -> None:
    name = f"acme-{ACCOUNT}-eu-west-1-an"
    assert bucket(world, name, bucketNamespace="account-regional").outputs["bucketNamespace"] == "account-regional"
    for wrong in ("acme-videos", f"acme-{ACCOUNT}-eu-central-1-an", "acme-123456789012-eu-west-1-an"):
        said = refused(world.create, token=BUCKET, bucket=wrong, bucketNamespace="account-regional")
        assert "api error InvalidBucketName" in said
    there = f"acme-{ACCOUNT}-me-south-1-an"
    assert "InvalidBucketName" in refused(s3_world("me-south-1").create, token=BUCKET, bucket=there, bucketNamespace="account-regional")


def test_a_name_is_held_by_oneself_or_by_somebody_else(world: World) -> None:
    bucket(world)
    assert refused(bucket, world=world).endswith(", BucketAlreadyOwnedByYou: ")
    assert "StatusCode: 409" in refused(bucket, world=world)
    said = refused(bucket, world=world, name="videos")
    assert "StatusCode: 409" in said
    assert said.endswith(", BucketAlreadyExists: ")


def test_in_us_east_1_the_provider_itself_refuses_a_name_that_is_held() -> None:
    world = s3_world("us-east-1")
    bucket(world)
    assert refused(bucket, world=world) == "creating S3 Bucket (acme-videos): BucketAlreadyExists"
    assert refused(bucket, world=world, name="ac/me") == (
        'validating S3 Bucket (ac/me) name: only alphanumeric characters, hyphens, periods, and underscores allowed in "ac/me"'
    )


@pytest.mark.parametrize("token", [OBJECT, OLD_OBJECT])
def test_a_bucket_that_holds_an_object_goes_only_by_force_and_takes_all_with_it(world: World, token: str) -> None:
    made = bucket(world)
    world.create(token, bucket="acme-videos", key="a.txt", content="x")
    world.create(CORS, bucket="acme-videos", corsRules=[{"allowedMethods": ["GET"], "allowedOrigins": ["https://a.example"]}])
    said = refused(world.delete, record=made)
    assert said.startswith("deleting S3 Bucket (acme-videos): operation error S3: DeleteBucket, https response error StatusCode: 409, RequestID: ")
    assert said.endswith(f", api error BucketNotEmpty: {EMPTY}")
    world.delete(world.update(made, forceDestroy=True))
    assert world.cloud.records == {}


def test_not_even_by_force_goes_a_bucket_whose_objects_are_locked_for_good(world: World) -> None:
    made = versioned(world, "acme-videos")
    lock = {"defaultRetention": {"mode": "COMPLIANCE", "days": 3}}
    world.create(LOCK, bucket="acme-videos", rule=lock)
    world.create(OBJECT, bucket="acme-videos", key="a.txt", content="x")
    said = refused(world.delete, record=world.update(made, forceDestroy=True))
    assert said.startswith("emptying S3 Bucket (acme-videos): operation error S3: DeleteObjects, https response error StatusCode: 403, RequestID: ")
    assert said.endswith(LOCKED)


def test_an_object_has_the_digest_the_version_and_the_address_of_a_real_one(world: World) -> None:
    versioned(world)
    made = world.create(OBJECT, bucket="acme-videos", key="a/b.txt", content="123456789")
    assert made.id == "acme-videos/a/b.txt"
    assert made.outputs["etag"] == "25f9e794323b453885f5181f1b624d0b"
    assert made.outputs["arn"] == "arn:aws:s3:::acme-videos/a/b.txt"
    assert (made.outputs["serverSideEncryption"], made.outputs["storageClass"], made.outputs["bucketKeyEnabled"]) == ("AES256", "STANDARD", False)
    assert made.outputs["contentType"] == "application/octet-stream"
    assert world.create(OBJECT, bucket="acme-videos", content="x").inputs["key"] == "it"
    later = world.update(made, content="other")
    assert later.outputs["versionId"] != made.outputs["versionId"]


def test_an_object_in_a_bucket_without_versions_has_none(world: World) -> None:
    bucket(world)
    assert world.create(OBJECT, bucket="acme-videos", key="a").outputs["versionId"] == ""
    assert world.create(OBJECT, bucket="acme-videos", key="k", kmsKeyId="key").outputs["serverSideEncryption"] == "aws:kms"


@pytest.mark.parametrize(
    ("inputs", "failures"),
    [
        ({"content": "a", "contentBase64": "YQ=="}, {"content": '"content": conflicts with content_base64'}),
        ({"contentBase64": "%"}, {"contentBase64": "expected content_base64 to be a base64-encoded string"}),
        ({"key": ""}, {"key": 'expected "key" to not be an empty string, got '}),
        ({"etag": "x", "kmsKeyId": "k"}, {"etag": '"etag": conflicts with kms_key_id'}),
        ({"storageClass": "COLD"}, {"storageClass": ANY}),
        ({"acl": "mine"}, {"acl": ANY}),
        (
            {"serverSideEncryption": "DES"},
            {"serverSideEncryption": 'expected server_side_encryption to be one of ["AES256" "aws:kms" "aws:kms:dsse"], got DES'},
        ),
        ({"objectLockLegalHoldStatus": "YES"}, {"objectLockLegalHoldStatus": 'expected object_lock_legal_hold_status to be one of ["ON" "OFF"], got YES'}),
        ({"tags": {"aws:x": ""}}, {"tags.aws:x": ANY}),
        ({"objectLockMode": "SOFT"}, {"objectLockMode": 'expected object_lock_mode to be one of ["GOVERNANCE" "COMPLIANCE"], got SOFT'}),
    ],
)
def test_the_provider_refuses_a_malformed_object(world: World, inputs: dict[str, Any], failures: dict[str, str]) -> None:
    assert invalid(world, OBJECT, bucket="acme-videos", **inputs) == failures


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"bucket": "nowhere"}, "api error NoSuchBucket: The specified bucket does not exist"),
        ({"key": "x" * 1025}, "api error KeyTooLongError: Your key is too long"),
        ({"tags": {f"t{number}": "" for number in range(11)}}, "api error BadRequest: Object tags cannot be greater than 10"),
        ({"acl": "public-read"}, "api error AccessControlListNotSupported: The bucket does not allow ACLs"),
        ({"objectLockLegalHoldStatus": "ON"}, "api error InvalidRequest: Bucket is missing Object Lock Configuration"),
        ({"region": "eu-central-1"}, "Please send all future requests to this endpoint."),
    ],
)
def test_s3_refuses_an_object(world: World, inputs: dict[str, Any], reason: str) -> None:
    bucket(world)
    said = refused(world.create, token=OBJECT, **{"bucket": "acme-videos", "key": "a", **inputs})
    assert said.startswith("uploading S3 Object (")
    assert said.endswith(reason)


def test_an_object_at_its_limits_is_taken(world: World) -> None:
    bucket(world)
    made = world.create(OBJECT, bucket="acme-videos", key="x" * 1024, tags={f"t{number}": "" for number in range(10)})
    assert made.outputs["tagsAll"] == made.inputs["tags"]


def test_a_lock_of_an_object_needs_both_its_mode_and_its_end(world: World) -> None:
    bucket(world, objectLockEnabled=True)
    said = refused(world.create, token=OBJECT, bucket="acme-videos", key="a", objectLockMode="GOVERNANCE")
    assert said.endswith("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")


def test_a_lock_of_years_ends_after_as_many_times_365_days(world: World) -> None:
    bucket(world, objectLockEnabled=True)
    world.create(LOCK, bucket="acme-videos", rule={"defaultRetention": {"mode": "GOVERNANCE", "years": 1}})
    assert world.create(OBJECT, bucket="acme-videos", key="a").outputs["objectLockRetainUntilDate"] == "2027-01-02T03:04:05Z"


@pytest.mark.parametrize(("mode", "force", "goes"), [("GOVERNANCE", False, False), ("GOVERNANCE", True, True), ("COMPLIANCE", True, False)])
def test_a_locked_object_goes_only_by_force_and_only_in_governance_mode(world: World, mode: str, force: bool, goes: bool) -> None:
    bucket(world, objectLockEnabled=True)
    world.create(LOCK, bucket="acme-videos", rule={"defaultRetention": {"mode": mode, "days": 3}})
    made = world.create(OBJECT, bucket="acme-videos", key="a", forceDestroy=force)
    assert (made.outputs["objectLockMode"], made.outputs["objectLockRetainUntilDate"]) == (mode, "2026-01-05T03:04:05Z")
    if goes:
        world.delete(made)
        return
    said = refused(world.delete, record=made)
    assert "StatusCode: 403" in said
    assert said.endswith(LOCKED)
    world.cloud.now = lambda: "2026-01-06T00:00:00.000000Z"  # type: ignore[method-assign]  time goes by
    world.delete(made)


def test_an_object_on_legal_hold_stays(world: World) -> None:
    bucket(world, objectLockEnabled=True)
    made = world.create(OBJECT, bucket="acme-videos", key="a", objectLockLegalHoldStatus="ON")
    assert refused(world.delete, record=made).endswith(LOCKED)
    world.delete(world.update(made, objectLockLegalHoldStatus="OFF"))


def test_a_bucket_is_looked_up_by_name(world: World) -> None:
    bucket(world, region="eu-central-1")
    found = world.invoke("aws:s3/getBucket:getBucket", bucket="acme-videos")
    assert (found["id"], found["arn"], found["bucketRegion"]) == ("acme-videos", "arn:aws:s3:::acme-videos", "eu-central-1")
    with pytest.raises(Refusal, match=r"reading S3 Bucket \(nowhere\): couldn't find resource"):
        world.invoke("aws:s3/getBucket:getBucket", bucket="nowhere")


def test_the_accounts_canonical_id_has_64_digits(world: World) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", world.invoke("aws:s3/getCanonicalUserId:getCanonicalUserId")["id"])


@pytest.mark.parametrize("name", ["bucket", "bucketNamespace", "objectLockEnabled", "region"])
def test_what_makes_another_bucket_of_it_replaces(world: World, name: str) -> None:
    kind = world.kinds[BUCKET]
    assert name in kind.replaces
    assert {"forceDestroy", "tags"} <= kind.updates
    assert "bucket" in world.kinds[PUBLIC_ACCESS].replaces


def test_a_bucket_of_the_deprecated_type_is_a_bucket_too(world: World) -> None:
    made = world.create(OLD_BUCKET, bucket="acme-videos")
    assert made.outputs["arn"] == "arn:aws:s3:::acme-videos"
    assert "versioning" not in made.outputs
    assert refused(bucket, world=world).endswith(", BucketAlreadyOwnedByYou: ")
    world.put("aws:s3/bucketVersioningV2:BucketVersioningV2", "acme-videos", bucket="acme-videos", versioningConfiguration={"status": "Enabled"})
    assert world.create(OBJECT, bucket="acme-videos", key="a").outputs["versionId"]
    assert "BucketNotEmpty" in refused(world.delete, record=made)
