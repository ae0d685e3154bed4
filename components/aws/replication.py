"""A store's copy in another region: S3 writes it, as a role that can do nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi import Input, Output
from pulumi_aws import iam, s3

from .._core.later import later
from .access import document
from .bucket import Made, Place

TRUST: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
"""S3 alone is the role. No condition on the source: S3 does not promise to name one when it replicates, and a role that it cannot be fails without a word."""


def replica_key(key: Input[str] | None, region: str) -> Output[str] | None:
    """The copy of a multi-region key in the other region, which has the same id there."""
    if key is None:
        return None
    return later(key, lambda arn: ":".join([*arn.split(":")[:3], region, *arn.split(":")[4:]]))


def replicate(source: Place, made: Made, copy: Place, copied: Made, locks: Sequence[pulumi.Resource]) -> None:
    """The role and the rule: every new object, version and delete marker goes to the copy; what was there before does not."""
    store = source.store
    role = iam.Role(
        store.logical("replication-role"),
        name=store.physical("role", "replication"),
        description=f"Lets S3 copy {store.component_name} to {copy.region}",
        assume_role_policy=document([TRUST]),
        tags=store.labels(),
        opts=store.child(),
    )
    known = Output.all(made.bucket.arn, copied.bucket.arn, source.key or "", copy.key or "")
    rights = iam.RolePolicy(
        store.logical("replication-rights"),
        name=store.physical("role_policy", "replication"),
        role=role.name,
        policy=later(known, lambda all_known: document(replication_statements(*all_known, locked=source.args.retention is not None))),
        opts=store.child(),
    )
    s3.BucketReplicationConfig(
        store.logical("replication"),
        bucket=made.bucket.bucket,
        role=role.arn,
        rules=[_rule(copy, copied)],
        region=source.elsewhere,
        opts=store.child(depends_on=[rights, made.versioning, copied.versioning, *locks]),
    )


def replication_statements(source: str, copy: str, key: str = "", copy_key: str = "", *, locked: bool = False) -> list[dict[str, Any]]:
    """Read versions here, write copies there, and the keys of both where there are own ones; pure (S3 User Guide, permissions for live replication)."""
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    if locked:
        read += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    found = [
        _allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
        _allow(read, f"{source}/*"),
        _allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], f"{copy}/*"),
    ]
    if key:
        found += [_allow(["kms:Decrypt"], key), _allow(["kms:Encrypt", "kms:GenerateDataKey"], copy_key)]
    return found


def _allow(actions: list[str], on: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": [on]}


def _rule(copy: Place, copied: Made) -> s3.BucketReplicationConfigRuleArgs:
    own = copy.key is not None
    encryption = s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(replica_kms_key_id=copy.key) if copy.key is not None else None
    objects = s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(status="Enabled")
    return s3.BucketReplicationConfigRuleArgs(
        id="everything",
        status="Enabled",
        priority=0,
        filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Enabled"),
        destination=s3.BucketReplicationConfigRuleDestinationArgs(bucket=copied.bucket.arn, encryption_configuration=encryption),
        source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(sse_kms_encrypted_objects=objects) if own else None,
    )
