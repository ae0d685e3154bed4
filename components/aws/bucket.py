"""One S3 bucket with everything that protects it: used for a store, and again for its copy in another region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pulumi
from pulumi import Input, Output
from pulumi_aws import s3

from .._core.later import later
from .._core.tiers import settled
from ..object_store import ObjectStore, ObjectStoreArgs
from .access import document
from .account import account_id
from .bucket_lifecycle import lifecycle_rules

WITHOUT_NAMESPACE = ("me-south-1", "me-central-1")
"""Regions in which S3 keeps no names for an account alone (S3 User Guide, "Namespaces for general purpose buckets")."""
LOG_FOLDER = "usage-logs/"
"""Where a store keeps the logs of others: the only place that S3's log delivery may write to."""
OLDEST_TLS = "1.2"


class Made(NamedTuple):
    """What others need of a bucket that stands."""

    bucket: s3.Bucket
    versioning: s3.BucketVersioning


@dataclass(frozen=True, slots=True)
class Place:
    """Which bucket of a store, and where: the store's own, or its copy elsewhere."""

    store: ObjectStore
    args: ObjectStoreArgs
    region: str
    key: Input[str] | None
    """The customer's own key in this region."""
    part: str = ""
    """First part of the children's roles: empty for the store's own bucket."""

    def logical(self, role: str) -> str:
        """The logical name of a child."""
        return self.store.logical(f"{self.part}-{role}" if self.part else role)

    @property
    def elsewhere(self) -> str | None:
        """The region, where it is not the one that the site's provider works in."""
        return self.region if self.region != self.store.site.region else None

    def kept(self, *before: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of what stays with the data: a bucket that is kept must not lose what keeps it private."""
        return self.store.data(depends_on=before)


def bucket_name(place: Place) -> Output[str]:
    """`{application}-{stack}-{component}-{account}-{region}-an`: a name that no other account can take, before or after (S3, account regional namespaces)."""
    ending = "" if place.region in WITHOUT_NAMESPACE else "-an"
    return Output.format("{0}-{1}-{2}{3}", place.store.physical("bucket"), account_id(place.store), place.region, ending)


def make(place: Place) -> Made:
    """The bucket and its settings, in an order in which S3 neither refuses one nor leaves a moment without it."""
    args, here = place.args, place.elsewhere
    bucket = s3.Bucket(
        place.logical("bucket"),
        bucket=bucket_name(place),
        bucket_namespace=None if place.region in WITHOUT_NAMESPACE else "account-regional",
        force_destroy=settled(args.force_destroy),
        region=here,
        tags=place.store.labels(),
        opts=place.kept(),
    )
    _guard(place, bucket)
    versioning = s3.BucketVersioning(
        place.logical("versioning"),
        bucket=bucket.bucket,
        versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled" if settled(args.versioning) else "Suspended"),
        region=here,
        opts=place.kept(),
    )
    s3.BucketServerSideEncryptionConfiguration(
        place.logical("encryption"), bucket=bucket.bucket, rules=[_encryption(place.key)], region=here, opts=place.kept()
    )
    # rules about old versions need versioning first (S3 User Guide, lifecycle configuration)
    s3.BucketLifecycleConfiguration(place.logical("lifecycle"), bucket=bucket.bucket, rules=lifecycle_rules(args), region=here, opts=place.kept(versioning))
    return Made(bucket, versioning)


def _guard(place: Place, bucket: s3.Bucket) -> None:
    """Never public, no object of another owner, nothing without TLS; one after the other, because S3 answers to two at once with a conflict."""
    public = s3.BucketPublicAccessBlock(
        place.logical("public-access"),
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        region=place.elsewhere,
        opts=place.kept(),
    )
    ownership = s3.BucketOwnershipControls(
        place.logical("ownership"),
        bucket=bucket.bucket,
        rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        region=place.elsewhere,
        opts=place.kept(public),
    )
    log_account = account_id(place.store) if takes_logs(place.args) and not place.part else Output.from_input("")
    s3.BucketPolicy(
        place.logical("policy"),
        bucket=bucket.bucket,
        policy=later(Output.all(bucket.arn, log_account), lambda known: document(bucket_statements(*known))),
        region=place.elsewhere,
        opts=place.kept(public, ownership),
    )


def takes_logs(args: ObjectStoreArgs) -> bool:
    """Whether S3 delivers logs to such a store: not where every object is locked, nor under a key of your own that its delivery cannot use."""
    return args.retention is None and args.customer_key is None


def bucket_statements(arn: str, log_account: str = "") -> list[dict[str, Any]]:
    """The bucket's own policy; pure. With an account, S3 may deliver logs of that account's buckets into one folder."""
    everything = [arn, f"{arn}/*"]
    found: list[dict[str, Any]] = [
        _deny("OnlyWithTls", everything, {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("OnlyWithCurrentTls", everything, {"NumericLessThan": {"s3:TlsVersion": OLDEST_TLS}}),
    ]
    if log_account:
        source = arn.partition(":s3:")[0]
        found.append(
            {
                "Sid": "UsageLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/{LOG_FOLDER}*",
                "Condition": {"StringEquals": {"aws:SourceAccount": log_account}, "ArnLike": {"aws:SourceArn": f"{source}:s3:::*-{log_account}-*"}},
            }
        )
    return found


def _deny(name: str, on: list[str], condition: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {"Sid": name, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": on, "Condition": condition}


def _encryption(key: Input[str] | None) -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
    """S3's own key or the customer's, with a bucket key against a call of KMS per object; keys that a caller brings along are refused."""
    default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="AES256" if key is None else "aws:kms", kms_master_key_id=key
    )
    return s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=default, bucket_key_enabled=None if key is None else True, blocked_encryption_types=["SSE-C"]
    )


def lock(place: Place, made: Made, before: Sequence[pulumi.Resource] = ()) -> list[pulumi.Resource]:
    """Object Lock by a setting of its own: the bucket's argument of that name would replace a bucket that gets it later."""
    retention = place.args.retention
    if retention is None:
        return []
    locked = s3.BucketObjectLockConfiguration(
        place.logical("lock"),
        bucket=made.bucket.bucket,
        rule=s3.BucketObjectLockConfigurationRuleArgs(
            default_retention=s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                days=retention.days, mode="COMPLIANCE" if retention.locked else "GOVERNANCE"
            )
        ),
        region=place.elsewhere,
        opts=place.store.child(depends_on=[made.versioning, *before]),
    )
    return [locked]
