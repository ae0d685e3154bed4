"""What else a bucket may be told: CORS, logs, acceleration, a website, notifications, metrics, tiers, who pays."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Properties, Record
from .formats import region, text
from .s3_names import OWNERSHIP, chosen, each, find, lock_mode, name_of, refused, setting, setting_of
from .validators import exactly_one, length, one_of

CORS = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
_MOST_RULES = 100
"""Rules of a CORS configuration (S3 User Guide)."""
_MOST_DAYS = 730
"""Days without access before a tier (S3 API, Tiering)."""
_TIERS = {"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}
"""The tiers and the fewest days without access before each."""
_TARGETS = (("lambdaFunctions", "lambdaFunctionArn"), ("queues", "queueArn"), ("topics", "topicArn"))
_OF_TARGET = {
    "lambdaFunctionArn": "aws:lambda/function:Function",
    "queueArn": "aws:sqs/queue:Queue",
    "topicArn": "aws:sns/topic:Topic",
}


def _check_cors(call: Call) -> Iterator[Failure]:
    rules = call.inputs.get("corsRules")
    if isinstance(rules, list) and not 1 <= len(rules) <= _MOST_RULES:
        yield Failure("corsRules", f"expected number of items to be between 1 and {_MOST_RULES}, got {len(rules)}")
    for index, rule in each(call.inputs, "corsRules"):
        if isinstance(rule.get("id"), str) and len(rule["id"]) > 255:  # noqa: PLR2004  as the rule has it
            yield Failure(f"corsRules[{index}].id", f"expected length of id to be in the range (0 - 255), got {rule['id']}")


def _refuse_cors(call: Call, _bucket: Record, doing: str) -> None:
    for _, rule in each(call.inputs, "corsRules"):
        for method in rule.get("allowedMethods") or ():
            if method not in _METHODS:
                message = f"Found unsupported HTTP method in CORS config. Unsupported method is {method}"
                raise refused(doing, "PutBucketCors", "InvalidRequest", message)
        if not rule.get("allowedMethods") or not rule.get("allowedOrigins"):
            raise refused(doing, "PutBucketCors", "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
        for field, header in (("AllowedOrigin", "allowedOrigins"), ("AllowedHeader", "allowedHeaders")):
            wrong = next((one for one in rule.get(header) or () if str(one).count("*") > 1), None)
            if wrong is not None:
                raise refused(doing, "PutBucketCors", "InvalidRequest", f'{field} "{wrong}" can not have more than one wildcard.')
        exposed = next((one for one in rule.get("exposeHeaders") or () if "*" in str(one)), None)
        if exposed is not None:
            message = f'ExposeHeader "{exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.'
            raise refused(doing, "PutBucketCors", "InvalidRequest", message)


def _check_logging(call: Call) -> Iterator[Failure]:
    form = call.inputs.get("targetObjectKeyFormat")
    if isinstance(form, dict):
        if len([one for one in ("partitionedPrefix", "simplePrefix") if form.get(one) is not None]) != 1:
            yield Failure(
                "targetObjectKeyFormat", "one of `target_object_key_format.0.partitioned_prefix,target_object_key_format.0.simple_prefix` must be specified"
            )
        partitioned = form.get("partitionedPrefix")
        if isinstance(partitioned, dict):
            path = "targetObjectKeyFormat.partitionedPrefix.partitionDateSource"
            yield from chosen(path, partitioned.get("partitionDateSource"), ("EventTime", "DeliveryTime"))


def _refuse_logging(call: Call, bucket: Record, doing: str) -> None:
    name = text(call.inputs.get("targetBucket"))
    target = find(call, name)
    if target is None:
        raise refused(doing, "PutBucketLogging", "InvalidTargetBucketForLogging", "The target bucket for logging does not exist")
    if target.outputs.get("region") != bucket.outputs.get("region"):
        message = "Cross S3 location logging not allowed. "
        raise refused(doing, "PutBucketLogging", "CrossLocationLoggingProhibitted", message, status=403)
    if lock_mode(call, name):
        message = "You cannot use a bucket that has a default retention period as a target bucket for server access logs"
        raise refused(doing, "PutBucketLogging", "InvalidTargetBucketForLogging", message)
    if call.inputs.get("targetGrants") and setting_of(call, OWNERSHIP, name) is None:
        message = "You can't use target grants for a target bucket that uses the bucket owner enforced setting"
        raise refused(doing, "PutBucketLogging", "InvalidTargetBucketForLogging", message)


def _check_website(call: Call) -> Iterator[Failure]:
    yield from exactly_one(call, "indexDocument", "redirectAllRequestsTo")
    redirect = call.inputs.get("redirectAllRequestsTo")
    if isinstance(redirect, dict):
        yield from chosen("redirectAllRequestsTo.protocol", redirect.get("protocol"), ("http", "https"))
    index = call.inputs.get("indexDocument")
    if isinstance(index, dict) and "/" in text(index.get("suffix")):
        yield Failure("indexDocument.suffix", "must not include a slash character")


def _website_outputs(call: Call) -> Properties:
    place = region(call)
    old = place in ("us-east-1", "us-west-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-west-1", "sa-east-1", "us-gov-west-1")
    domain = f"s3-website-{place}.amazonaws.com" if old else f"s3-website.{place}.amazonaws.com{'.cn' if place.startswith('cn-') else ''}"
    return {"bucket": name_of(call), "region": place, "websiteDomain": domain, "websiteEndpoint": f"{name_of(call)}.{domain}"}


def _refuse_notification(call: Call, _bucket: Record, doing: str) -> None:
    operation = "PutBucketNotificationConfiguration"
    for block, field in _TARGETS:
        for _, item in each(call.inputs, block):
            arn = text(item.get(field))
            if arn and not any(call.cloud.find(_OF_TARGET[field], arn=arn)):
                message = "Unable to validate the following destination configurations"
                raise refused(doing, operation, "InvalidArgument", message)
            wrong = next((event for event in item.get("events") or () if not str(event).startswith("s3:")), None)
            if wrong is not None:
                raise refused(doing, operation, "InvalidArgument", "The event is not supported for notifications")


def _refuse_acceleration(_call: Call, bucket: Record, doing: str) -> None:
    if "." in bucket.id:
        message = "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"
        raise refused(doing, "PutBucketAccelerateConfiguration", "InvalidRequest", message)


def _named(call: Call) -> str:
    return f"{name_of(call)}:{text(call.inputs.get('name'))}"


def _check_tiers(call: Call) -> Iterator[Failure]:
    yield from one_of(call, "status", ("Enabled", "Disabled"))
    for index, tier in each(call.inputs, "tierings"):
        yield from chosen(f"tierings[{index}].accessTier", tier.get("accessTier"), tuple(_TIERS))


def _refuse_tiers(call: Call, _bucket: Record, doing: str) -> None:
    for _, tier in each(call.inputs, "tierings"):
        least, days = _TIERS.get(text(tier.get("accessTier")), 0), tier.get("days")
        if isinstance(days, int) and not least <= days <= _MOST_DAYS:
            message = f"'Days' for {tier['accessTier']} must be between {least} and {_MOST_DAYS}"
            raise refused(doing, "PutBucketIntelligentTieringConfiguration", "InvalidArgument", message)


KINDS = (
    setting(CORS, "CORS Configuration", "PutBucketCors", _refuse_cors, check=_check_cors),
    setting(LOGGING, "Logging", "PutBucketLogging", _refuse_logging, check=_check_logging),
    setting(
        "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
        "Accelerate Configuration",
        "PutBucketAccelerateConfiguration",
        _refuse_acceleration,
        check=lambda call: one_of(call, "status", ("Enabled", "Suspended")),
    ),
    setting(
        "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration",
        "Request Payment Configuration",
        "PutBucketRequestPayment",
        check=lambda call: one_of(call, "payer", ("BucketOwner", "Requester")),
    ),
    setting(WEBSITE, "Website Configuration", "PutBucketWebsite", check=_check_website, outputs=_website_outputs),
    setting(
        "aws:s3/bucketNotification:BucketNotification",
        "Notification",
        "PutBucketNotificationConfiguration",
        _refuse_notification,
        defaults=lambda _call: {"eventbridge": False},
    ),
    setting(
        "aws:s3/bucketMetric:BucketMetric",
        "Metric",
        "PutBucketMetricsConfiguration",
        check=lambda call: length(call, "name", 1, 64),
        identify=_named,
        replaces=frozenset({"name"}),
    ),
    setting(
        "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
        "Intelligent-Tiering Configuration",
        "PutBucketIntelligentTieringConfiguration",
        _refuse_tiers,
        check=_check_tiers,
        identify=_named,
        defaults=lambda _call: {"status": "Enabled"},
        replaces=frozenset({"name"}),
    ),
)
