"""ObjectStore on Google Cloud: a Cloud Storage bucket with uniform access and public access prevented."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi import Output
from pulumi_gcp import storage

from .._core.errors import Problem
from .._core.naming import account_mark
from .._core.site import Site
from .._core.tiers import settled
from ..object_store import Cors, LifecycleRule, ObjectStore, ObjectStoreArgs, ObjectStoreParts
from .access import realise, writes_usage_logs
from .apis import enabled
from .formats import BUCKET_PLACES, key_problems, location_problems

__all__ = ["build", "name_problems", "problems", "realise"]

DAY = 86400
UNFINISHED_DAYS = 7
"""Days after which an unfinished multipart upload goes: its parts cost as objects do, and nothing lists them."""


def problems(args: ObjectStoreArgs, site: Site) -> Iterator[Problem]:
    """What Cloud Storage itself forbids."""
    yield from key_problems(args.customer_key)
    yield from location_problems(args.location, BUCKET_PLACES)
    if args.replica_region:
        yield Problem("replica_region", "must be left out on Google Cloud", args.replica_region, "location='EU' keeps every object in more than one region")
    if args.usage_logs is not None and args.usage_logs.site.project != site.project:
        yield Problem("usage_logs", "must be a store of the same Google project", args.usage_logs.component_name)


def name_problems(store: ObjectStore) -> Iterator[Problem]:
    """Names that Cloud Storage refuses (Bucket naming requirements: no goog at the beginning, no google or g00gle anywhere)."""
    name = bucket_name(store)
    if name.startswith("goog") or "google" in name or "g00gle" in name:
        yield Problem("name", "must not make a bucket's name that begins with goog or holds google", name, "see groundplan:application")


def bucket_name(store: ObjectStore) -> str:
    """The name, with the project's mark: bucket names are shared by the whole world, and two teams may have the same application."""
    return store.physical("bucket", account_mark(store.site.project))


def build(store: ObjectStore, args: ObjectStoreArgs) -> ObjectStoreParts:
    """The bucket, and the right to write into the store that gets its usage logs."""
    project = store.site.project
    # Cloud Storage allows one of versioning and retention, and nothing can be overwritten during retention
    versioning = settled(args.versioning) and args.retention is None
    delivery = [writes_usage_logs(args.usage_logs)] if args.usage_logs is not None else []
    bucket = storage.Bucket(
        store.logical("bucket"),
        project=project,
        name=bucket_name(store),
        location=(args.location or store.site.region).upper(),
        storage_class=settled(args.storage_class).upper(),
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        force_destroy=settled(args.force_destroy),
        versioning=storage.BucketVersioningArgs(enabled=versioning),
        soft_delete_policy=storage.BucketSoftDeletePolicyArgs(retention_duration_seconds=settled(args.undelete_days) * DAY),
        lifecycle_rules=_lifecycle(args, versioning=versioning),
        cors=[_cors(entry) for entry in args.cors] or None,
        retention_policy=_retention(args),
        encryption=storage.BucketEncryptionArgs(default_kms_key_name=args.customer_key) if args.customer_key is not None else None,
        logging=_logging(store, args),
        labels=store.labels(),
        opts=store.data(depends_on=[*enabled(store, "storage"), *delivery]),
    )
    return ObjectStoreParts(bucket=bucket.name, url=Output.format("gs://{0}", bucket.name), target={"bucket": bucket.name, "project": project})


def _lifecycle(args: ObjectStoreArgs, *, versioning: bool) -> list[storage.BucketLifecycleRuleArgs]:
    rules = [
        storage.BucketLifecycleRuleArgs(
            action=storage.BucketLifecycleRuleActionArgs(type="AbortIncompleteMultipartUpload"),
            condition=storage.BucketLifecycleRuleConditionArgs(age=UNFINISHED_DAYS),
        )
    ]
    if versioning and args.noncurrent_days:
        rules.append(
            storage.BucketLifecycleRuleArgs(
                action=storage.BucketLifecycleRuleActionArgs(type="Delete"),
                condition=storage.BucketLifecycleRuleConditionArgs(days_since_noncurrent_time=args.noncurrent_days, with_state="ARCHIVED"),
            )
        )
    return rules + [_rule(rule) for rule in args.lifecycle]


def _rule(rule: LifecycleRule) -> storage.BucketLifecycleRuleArgs:
    """A rule about live objects says so: by age alone it would also delete the old versions that it just made, and with them the way back."""
    action = storage.BucketLifecycleRuleActionArgs(type="Delete")
    if rule.to_class is not None:
        action = storage.BucketLifecycleRuleActionArgs(type="SetStorageClass", storage_class=rule.to_class.upper())
    return storage.BucketLifecycleRuleArgs(
        action=action,
        condition=storage.BucketLifecycleRuleConditionArgs(
            age=rule.after_days,
            num_newer_versions=rule.newer_versions,
            with_state="LIVE" if rule.newer_versions is None else "ARCHIVED",
            matches_prefixes=list(rule.prefixes) or None,
            matches_suffixes=list(rule.suffixes) or None,
        ),
    )


def _cors(entry: Cors) -> storage.BucketCorArgs:
    return storage.BucketCorArgs(origins=list(entry.origins), methods=list(entry.methods), response_headers=list(entry.headers), max_age_seconds=entry.max_age)


def _retention(args: ObjectStoreArgs) -> storage.BucketRetentionPolicyArgs | None:
    if args.retention is None:
        return None
    return storage.BucketRetentionPolicyArgs(retention_period=str(args.retention.days * DAY), is_locked=args.retention.locked)


def _logging(store: ObjectStore, args: ObjectStoreArgs) -> storage.BucketLoggingArgs | None:
    if args.usage_logs is None:
        return None
    return storage.BucketLoggingArgs(log_bucket=args.usage_logs.bucket, log_object_prefix=store.component_name)
