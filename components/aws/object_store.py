"""ObjectStore on AWS: an S3 bucket that is never public, with versions, lifecycle and, where asked, a copy in another region."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi import Input, Output
from pulumi_aws import s3

from .._core.errors import Problem
from .._core.site import AWS_REGION, Site
from ..object_store import Cors, ObjectStore, ObjectStoreArgs, ObjectStoreParts
from .access import realise
from .bucket import LOG_FOLDER, Made, Place, lock, make, takes_logs
from .bucket_lifecycle import lifecycle_problems
from .formats import key_problems
from .replication import replica_key, replicate

__all__ = ["build", "name_problems", "problems", "realise"]

LONGEST_LOCK = 36500
"""Days (S3 API, DefaultRetention: at most a hundred years of 365 days)."""
RESERVED = ("xn--", "sthree-", "amzn-s3-demo-")
"""What no bucket's name may begin with (S3 User Guide, "General purpose bucket naming rules")."""


def problems(args: ObjectStoreArgs, site: Site) -> Iterator[Problem]:
    """What S3 itself forbids."""
    place = args.location or site.region
    if AWS_REGION.fullmatch(place):
        yield from _key_problems(args, site.elsewhere(place))
    else:
        remedy = f"for example {site.region!r}; for a copy in a second region give replica_region"
        yield Problem("location", "must be one region on AWS", args.location, remedy)
    yield from lifecycle_problems(args)
    yield from _version_problems(args)
    if args.usage_logs is not None:
        yield from _log_problems(args.usage_logs, place, site)
    if args.replica_region and (not AWS_REGION.fullmatch(args.replica_region) or args.replica_region == place):
        yield Problem("replica_region", f"must be another region of AWS than {place!r}", args.replica_region)


def _version_problems(args: ObjectStoreArgs) -> Iterator[Problem]:
    if args.versioning is False:
        if args.undelete_days:
            remedy = "S3 brings back what was deleted from its old versions only"
            yield Problem("undelete_days", "must be 0 on AWS where versioning is False", args.undelete_days, remedy)
        if args.retention is not None:
            yield Problem("retention", "needs versioning on AWS", remedy="leave versioning out")
        if args.replica_region:
            yield Problem("replica_region", "needs versioning", args.replica_region, "leave versioning out")
    if args.retention is not None and args.retention.days > LONGEST_LOCK:
        yield Problem("retention.days", f"must be at most {LONGEST_LOCK} on AWS", args.retention.days)


def _key_problems(args: ObjectStoreArgs, site: Site) -> Iterator[Problem]:
    wrong = list(key_problems(args.customer_key, site))
    yield from wrong
    if args.replica_region and not wrong and isinstance(args.customer_key, str) and ":key/mrk-" not in args.customer_key:
        remedy = f"a key of one region encrypts nothing in {args.replica_region}"
        yield Problem("customer_key", "must be a multi-region key (mrk-…) where there is a replica_region", args.customer_key, remedy)


def _log_problems(logs: ObjectStore, place: str, site: Site) -> Iterator[Problem]:
    there = logs.settings.location or logs.site.region
    if logs.site.cloud != site.cloud or logs.site.project != site.project:
        yield Problem("usage_logs", "must be a store of the same AWS account", logs.component_name)
    elif there != place:
        yield Problem("usage_logs", f"must be a store in {place}: S3 delivers no logs across regions", f"{logs.component_name} in {there}")
    elif not takes_logs(logs.settings):
        remedy = "S3 delivers no logs into a bucket with locked objects, nor under a key of your own without a right of its own on it"
        yield Problem("usage_logs", "must be a store without retention and without customer_key on AWS", logs.component_name, remedy)


def name_problems(store: ObjectStore) -> Iterator[Problem]:
    """Names that S3 keeps for itself."""
    name = store.physical("bucket")
    if name.startswith(RESERVED):
        yield Problem("name", f"must not make a bucket's name that begins with {' or '.join(RESERVED)}", name, "see groundplan:application")


def build(store: ObjectStore, args: ObjectStoreArgs) -> ObjectStoreParts:
    """The bucket, what the browser may do, its logs, and its copy in another region."""
    place = Place(store, args, args.location or store.site.region, args.customer_key)
    made = make(place)
    if args.cors:
        s3.BucketCorsConfiguration(
            store.logical("cors"),
            bucket=made.bucket.bucket,
            cors_rules=[_cors(entry) for entry in args.cors],
            region=place.elsewhere,
            opts=store.child(),
        )
    if args.usage_logs is not None:
        _log(place, made, args.usage_logs)
    _keep(place, made)
    target: dict[str, Input[str]] = {"bucket": made.bucket.bucket, "arn": made.bucket.arn}
    if args.customer_key is not None:
        target["key"] = args.customer_key
    return ObjectStoreParts(bucket=made.bucket.bucket, url=Output.format("s3://{0}", made.bucket.bucket), target=target)


def _keep(place: Place, made: Made) -> None:
    """Object Lock and the copy: S3 copies locked objects only into a bucket that locks them too, so that one is locked first."""
    args = place.args
    if not args.replica_region:
        lock(place, made)
        return
    copy = Place(place.store, args, args.replica_region, replica_key(args.customer_key, args.replica_region), part="replica")
    copied = make(copy)
    locks = lock(copy, copied)
    replicate(place, made, copy, copied, [*locks, *lock(place, made, locks)])


def _cors(entry: Cors) -> s3.BucketCorsConfigurationCorsRuleArgs:
    """Headers that the page may send and see, as Cloud Storage has one list for both."""
    return s3.BucketCorsConfigurationCorsRuleArgs(
        allowed_origins=list(entry.origins),
        allowed_methods=list(entry.methods),
        allowed_headers=list(entry.headers) or None,
        expose_headers=list(entry.headers) or None,
        max_age_seconds=entry.max_age,
    )


def _log(place: Place, made: Made, logs: ObjectStore) -> None:
    by_event = s3.BucketLoggingTargetObjectKeyFormatPartitionedPrefixArgs(partition_date_source="EventTime")
    s3.BucketLogging(
        place.logical("logging"),
        bucket=made.bucket.bucket,
        target_bucket=logs.bucket,
        target_prefix=f"{LOG_FOLDER}{place.store.component_name}/",
        target_object_key_format=s3.BucketLoggingTargetObjectKeyFormatArgs(partitioned_prefix=by_event),
        region=place.elsewhere,
        opts=place.store.child(depends_on=[logs]),
    )
