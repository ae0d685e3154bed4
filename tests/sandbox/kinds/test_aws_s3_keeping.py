"""How a bucket in the sandbox keeps what it holds: versions, encryption, locks, and the copy in another region."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kind import Record
from tests.sandbox.kinds.cloud import World, invalid, refused
from tests.sandbox.kinds.s3_world import BUCKET, ENCRYPTION, LOCK, REPLICATION, VERSIONING, bucket, role, s3_world, versioned

STATE = "api error InvalidBucketState: "
REPLICATED = "A replication configuration is present on this bucket, so you cannot change the versioning state. "
ENABLED = {"status": "Enabled"}
GOVERNED = {"defaultRetention": {"mode": "GOVERNANCE", "days": 3}}
THERE = {"region": "eu-central-1"}


@pytest.fixture
def world() -> World:
    return s3_world()


def rule(**more: Any) -> dict[str, Any]:
    """A rule that copies everything."""
    found = {"id": "a", "status": "Enabled", "filter": {"prefix": ""}, "deleteMarkerReplication": ENABLED}
    return {**found, "destination": {"bucket": "arn:aws:s3:::acme-copy"}, **more}


def replicated(world: World, *rules: dict[str, Any], **more: Any) -> Record:
    return world.create(REPLICATION, **{"bucket": "acme-videos", "role": role(world), "rules": list(rules or (rule(),)), **more})


def both(world: World) -> None:
    """Two buckets with versions, in two regions."""
    versioned(world)
    versioned(world, "acme-copy", **THERE)


def test_versioning_is_suspended_but_never_taken_back(world: World) -> None:
    versioned(world)
    record = world.cloud.get(VERSIONING, "acme-videos")
    assert record is not None
    suspended = world.update(record, versioningConfiguration={"status": "Suspended"})
    said = refused(world.update, old=suspended, versioningConfiguration={"status": "Disabled"})
    assert said == "versioning_configuration.status cannot be updated from 'Suspended' to 'Disabled'"


def test_a_bucket_may_say_at_first_that_it_has_no_versions(world: World) -> None:
    bucket(world)
    assert world.create(VERSIONING, bucket="acme-videos", versioningConfiguration={"status": "Disabled"}).id == "acme-videos"


@pytest.mark.parametrize(("born", "later"), [(True, False), (False, True)])
def test_versions_stay_on_where_objects_are_locked(world: World, born: bool, later: bool) -> None:
    bucket(world, objectLockEnabled=born)
    made = world.create(VERSIONING, bucket="acme-videos", versioningConfiguration=ENABLED)
    if later:
        world.create(LOCK, bucket="acme-videos", rule=GOVERNED)
    said = refused(world.update, old=made, versioningConfiguration={"status": "Suspended"})
    assert "StatusCode: 409" in said
    assert said.endswith(f"{STATE}An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
    world.delete(made)


def test_versions_stay_on_while_the_bucket_is_copied(world: World) -> None:
    both(world)
    replicated(world)
    made = world.cloud.get(VERSIONING, "acme-videos")
    assert made is not None
    for said in (refused(world.update, old=made, versioningConfiguration={"status": "Suspended"}), refused(world.delete, record=made)):
        assert f"{STATE}{REPLICATED}" in said
        assert "StatusCode: 409" in said


@pytest.mark.parametrize(
    ("token", "inputs", "failures"),
    [
        (
            VERSIONING,
            {"versioningConfiguration": {"status": "On"}},
            {"versioningConfiguration.status": 'expected status to be one of ["Enabled" "Suspended" "Disabled"], got On'},
        ),
        (
            VERSIONING,
            {"versioningConfiguration": {"status": "Enabled", "mfaDelete": "On"}},
            {"versioningConfiguration.mfaDelete": 'expected mfa_delete to be one of ["Enabled" "Disabled"], got On'},
        ),
        (ENCRYPTION, {"rules": []}, {"rules": 'Insufficient rule blocks: At least 1 "rule" blocks are required.'}),
        (ENCRYPTION, {"rules": [{}, {}]}, {"rules": 'Too many rule blocks: No more than 1 "rule" blocks are allowed'}),
        (
            ENCRYPTION,
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "DES"}}]},
            {"rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": 'expected sse_algorithm to be one of ["AES256" "aws:kms" "aws:kms:dsse"], got DES'},
        ),
        (
            ENCRYPTION,
            {"rules": [{"blockedEncryptionTypes": ["SSE-Z"]}]},
            {"rules[0].blockedEncryptionTypes": 'expected blocked_encryption_types to be one of ["NONE" "SSE-C"], got SSE-Z'},
        ),
        (LOCK, {"objectLockEnabled": "No"}, {"objectLockEnabled": 'expected object_lock_enabled to be one of ["Enabled"], got No'}),
        (
            LOCK,
            {"rule": {"defaultRetention": {"mode": "SOFT", "days": 0}}},
            {
                "rule.defaultRetention.mode": 'expected mode to be one of ["GOVERNANCE" "COMPLIANCE"], got SOFT',
                "rule.defaultRetention.days": "expected days to be at least (1), got 0",
            },
        ),
        (
            LOCK,
            {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1, "years": 1}}},
            {"rule.defaultRetention.days": '"rule.0.default_retention.0.days": conflicts with rule.0.default_retention.0.years'},
        ),
        (REPLICATION, {"role": "replication", "rules": []}, {"role": '"role" (replication) is an invalid ARN: arn: invalid prefix'}),
        (
            REPLICATION,
            {"role": "arn:aws:iam::000000000000:role/r", "rules": [rule(status="On", destination={"bucket": "copy", "storageClass": "COLD"})]},
            {
                "rules[0].status": 'expected status to be one of ["Enabled" "Disabled"], got On',
                "rules[0].destination.storageClass": None,
                "rules[0].destination.bucket": '"rule.0.destination.0.bucket" (copy) is an invalid ARN: arn: invalid prefix',
            },
        ),
        (
            REPLICATION,
            {"role": "arn:aws:iam::000000000000:role/r", "rules": [rule(id="x" * 256, deleteMarkerReplication={"status": "On"})]},
            {
                "rules[0].deleteMarkerReplication.status": 'expected status to be one of ["Enabled" "Disabled"], got On',
                "rules[0].id": f"expected length of id to be in the range (0 - 255), got {'x' * 256}",
            },
        ),
    ],
)
def test_the_provider_refuses_a_malformed_setting(world: World, token: str, inputs: dict[str, Any], failures: dict[str, str | None]) -> None:
    found = invalid(world, token, bucket="acme-videos", **inputs)
    assert found == {path: found.get(path) if reason is None else reason for path, reason in failures.items()}


@pytest.mark.parametrize(
    ("rule_of_encryption", "message"),
    [
        (
            {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kmsMasterKeyId": "k"}},
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        ),
        (
            {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:us-east-1:000000000000:key/k"}},
            "Invalid arn us-east-1",
        ),
        ({"blockedEncryptionTypes": ["NONE", "SSE-C"]}, "NONE cannot be combined with other encryption types"),
    ],
)
def test_s3_refuses_an_encryption_that_it_cannot_do(world: World, rule_of_encryption: dict[str, Any], message: str) -> None:
    bucket(world)
    said = refused(world.create, token=ENCRYPTION, bucket="acme-videos", rules=[rule_of_encryption])
    assert said.startswith("creating S3 Bucket (acme-videos) Server-side Encryption Configuration: operation error S3: PutBucketEncryption, ")
    assert said.endswith(message)


def test_a_lock_needs_versions(world: World) -> None:
    versioned(world, status="Suspended")
    said = refused(world.create, token=LOCK, bucket="acme-videos", rule=GOVERNED)
    assert "StatusCode: 409" in said
    assert said.endswith(f"{STATE}Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")


@pytest.mark.parametrize(
    ("default", "message"),
    [
        ({"days": 3}, "The XML you provided was not well-formed or did not validate against our published schema"),
        ({"mode": "GOVERNANCE"}, "The XML you provided was not well-formed or did not validate against our published schema"),
        ({"mode": "GOVERNANCE", "days": 36501}, "Default retention period too large"),
        ({"mode": "GOVERNANCE", "years": 101}, "Default retention period too large"),
    ],
)
def test_s3_refuses_a_lock_that_says_too_little_or_too_much(world: World, default: dict[str, Any], message: str) -> None:
    versioned(world)
    assert refused(world.create, token=LOCK, bucket="acme-videos", rule={"defaultRetention": default}).endswith(message)


@pytest.mark.parametrize("default", [{"days": 36500}, {"years": 100}])
def test_a_lock_lasts_a_hundred_years_at_most(world: World, default: dict[str, int]) -> None:
    versioned(world)
    assert world.create(LOCK, bucket="acme-videos", rule={"defaultRetention": {"mode": "GOVERNANCE", **default}}).id == "acme-videos"


@pytest.mark.parametrize("types", [["NONE"], ["SSE-C"]])
def test_one_kind_of_encryption_is_blocked_or_none(world: World, types: list[str]) -> None:
    bucket(world)
    assert world.create(ENCRYPTION, bucket="acme-videos", rules=[{"blockedEncryptionTypes": types}]).id == "acme-videos"


def test_a_bucket_born_with_locks_is_copied_into_one_born_with_them(world: World) -> None:
    bucket(world, objectLockEnabled=True)
    versioned(world, "acme-copy", **THERE)
    assert refused(replicated, world=world).endswith("when it is enabled on the source bucket.")
    bucket(world, "acme-locked", objectLockEnabled=True, **THERE)
    replicated(world, rule(destination={"bucket": "arn:aws:s3:::acme-locked"}))


def test_a_lock_that_goes_leaves_the_bucket_locked_without_a_rule(world: World) -> None:
    made = versioned(world)
    lock = world.create(LOCK, bucket="acme-videos", rule=GOVERNED)
    assert lock.outputs["objectLockEnabled"] == "Enabled"
    world.delete(lock)
    left = world.cloud.get(LOCK, "acme-videos")
    assert left is not None
    assert "rule" not in left.outputs
    assert world.create(LOCK, bucket="acme-videos", rule=GOVERNED).outputs["rule"] == GOVERNED
    world.delete(made)
    assert world.cloud.records == {}


def test_a_bucket_is_copied_to_another_region(world: World) -> None:
    both(world)
    assert replicated(world).id == "acme-videos"


def test_the_id_of_a_rule_has_255_letters_at_most(world: World) -> None:
    both(world)
    assert replicated(world, rule(id="x" * 255)).id == "acme-videos"


def test_a_copy_needs_versions_at_both_ends(world: World) -> None:
    bucket(world)
    said = refused(replicated, world=world)
    assert said.startswith("creating S3 Bucket (acme-videos) Replication Configuration: operation error S3: PutBucketReplication, ")
    assert said.endswith("api error InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    world.create(VERSIONING, bucket="acme-videos", versioningConfiguration=ENABLED)
    assert refused(replicated, world=world).endswith("api error InvalidRequest: Destination bucket must exist.")
    bucket(world, "acme-copy")
    assert refused(replicated, world=world).endswith("api error InvalidRequest: Destination bucket must have versioning enabled.")


def test_a_copy_of_a_locked_bucket_is_locked(world: World) -> None:
    both(world)
    world.create(LOCK, bucket="acme-videos", rule=GOVERNED)
    wanted = "Object Lock configuration must be enabled on the destination bucket when it is enabled on the source bucket."
    assert refused(replicated, world=world).endswith(wanted)
    world.create(LOCK, bucket="acme-copy", rule=GOVERNED, **THERE)
    replicated(world)


def test_the_role_of_a_copy_exists_and_trusts_s3(world: World) -> None:
    both(world)
    for arn in ("arn:aws:iam::000000000000:role/ghost", role(world, "other", "ec2.amazonaws.com")):
        said = refused(world.create, token=REPLICATION, bucket="acme-videos", role=arn, rules=[rule()])
        assert "StatusCode: 403" in said
        assert said.endswith("api error AccessDenied: Access Denied")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([rule(), rule()], "InvalidArgument: Rule Id must be unique. Found same Id 'a' for more than one rule."),
        ([rule(priority=1), rule(id="b", priority=1)], "InvalidRequest: Found duplicate priority 1"),
        ([rule(deleteMarkerReplication=None)], "Please refer to S3 Developer Guide for more information."),
        ([rule(destination={"bucket": "arn:aws:s3:::acme-videos"})], "Destination bucket cannot be the same as the source bucket."),
        ([rule(sourceSelectionCriteria={"sseKmsEncryptedObjects": ENABLED})], "ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."),
        (
            [rule(destination={"bucket": "arn:aws:s3:::acme-copy", "encryptionConfiguration": {"replicaKmsKeyId": "k"}})],
            "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.",
        ),
        (
            [rule(destination={"bucket": "arn:aws:s3:::acme-copy", "replicationTime": ENABLED})],
            "Metrics must be specified when ReplicationTime is enabled.",
        ),
        ([rule(id=f"r{number}") for number in range(1001)], "The XML you provided was not well-formed or did not validate against our published schema"),
    ],
)
def test_s3_refuses_a_rule_of_a_copy(world: World, rules: list[dict[str, Any]], message: str) -> None:
    both(world)
    assert refused(world.create, token=REPLICATION, bucket="acme-videos", role=role(world), rules=rules).endswith(message)


def test_another_bucket_or_region_is_another_setting(world: World) -> None:
    assert {"bucket", "region", "expectedBucketOwner"} <= world.kinds[VERSIONING].replaces
    assert "objectLockEnabled" in world.kinds[LOCK].replaces
    assert "objectLockEnabled" in world.kinds[BUCKET].replaces
