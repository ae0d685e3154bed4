"""Lifecycle rules and the other settings of a bucket in the sandbox, refused as the provider and S3 refuse them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.kinds.cloud import World, invalid, refused
from tests.sandbox.kinds.s3_world import (
    ACCELERATION,
    CORS,
    LIFECYCLE,
    LOCK,
    LOGGING,
    METRIC,
    NOTIFICATION,
    OWNERSHIP,
    PAYMENT,
    TIERING,
    WEBSITE,
    bucket,
    rule,
    s3_world,
    versioned,
)

XML = "api error MalformedXML: The XML you provided was not well-formed or did not validate against our published schema"
INFREQUENT = {"storageClass": "STANDARD_IA", "days": 30}
OLD = {"storageClass": "STANDARD_IA", "noncurrentDays": 30}
CLASSES = '["GLACIER" "STANDARD_IA" "ONEZONE_IA" "INTELLIGENT_TIERING" "DEEP_ARCHIVE" "GLACIER_IR"]'
LEAST = "must be greater than or equal to 30 for storageClass 'STANDARD_IA'"
TARGET = {"targetBucket": "acme-logs", "targetPrefix": "videos/"}


@pytest.fixture
def world() -> World:
    made = s3_world()
    bucket(made)
    return made


def test_a_lifecycle_says_the_smallest_object_that_moves(world: World) -> None:
    made = world.create(LIFECYCLE, bucket="acme-videos", rules=[rule(transitions=[INFREQUENT])])
    assert made.outputs["transitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    varied = world.update(made, transitionDefaultMinimumObjectSize="varies_by_storage_class")
    assert varied.outputs["transitionDefaultMinimumObjectSize"] == "varies_by_storage_class"


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"id": ""}, "id", "Attribute rule[0].id string length must be between 1 and 255, got: 0"),
        ({"status": "On"}, "status", 'Attribute rule[0].status value must be one of: ["Enabled" "Disabled"], got: "On"'),
        (
            {"noncurrentVersionExpiration": {"noncurrentDays": 0}},
            "noncurrentVersionExpiration.noncurrentDays",
            "Attribute rule[0].noncurrent_version_expiration[0].noncurrent_days value must be at least 1, got: 0",
        ),
        (
            {"noncurrentVersionExpiration": {"noncurrentDays": 1, "newerNoncurrentVersions": 0}},
            "noncurrentVersionExpiration.newerNoncurrentVersions",
            "Attribute rule[0].noncurrent_version_expiration[0].newer_noncurrent_versions value must be at least 1, got: 0",
        ),
        (
            {"noncurrentVersionTransitions": [{"noncurrentDays": -1, "storageClass": "GLACIER"}]},
            "noncurrentVersionTransitions[0].noncurrentDays",
            "Attribute rule[0].noncurrent_version_transition[0].noncurrent_days value must be at least 0, got: -1",
        ),
        (
            {"noncurrentVersionTransitions": [{"noncurrentDays": 1, "storageClass": "COLD"}]},
            "noncurrentVersionTransitions[0].storageClass",
            f'Attribute rule[0].noncurrent_version_transition[0].storage_class value must be one of: {CLASSES}, got: "COLD"',
        ),
        (
            {"noncurrentVersionTransitions": [{"noncurrentDays": 1, "storageClass": "GLACIER", "newerNoncurrentVersions": 0}]},
            "noncurrentVersionTransitions[0].newerNoncurrentVersions",
            "Attribute rule[0].noncurrent_version_transition[0].newer_noncurrent_versions value must be at least 1, got: 0",
        ),
        (
            {"transitions": [{"storageClass": "GLACIER", "date": "soon"}]},
            "transitions[0].date",
            'Invalid RFC3339 String Value: A string value was provided that is not valid RFC3339 string format. Given Value: "soon"',
        ),
        ({"id": "x" * 256}, "id", "Attribute rule[0].id string length must be between 1 and 255, got: 256"),
        (
            {"transitions": [{"storageClass": "NEARLINE", "days": 30}]},
            "transitions[0].storageClass",
            f'Attribute rule[0].transition[0].storage_class value must be one of: {CLASSES}, got: "NEARLINE"',
        ),
        (
            {"transitions": [{"storageClass": "GLACIER", "days": -1}]},
            "transitions[0].days",
            "Attribute rule[0].transition[0].days value must be at least 0, got: -1",
        ),
        (
            {"transitions": [{"storageClass": "GLACIER", "days": 1, "date": "2027-01-01T00:00:00Z"}]},
            "transitions[0]",
            'Only one of "date" and "days" can be specified',
        ),
        (
            {"expiration": {"date": "2027-01-01"}},
            "expiration.date",
            'Invalid RFC3339 String Value: A string value was provided that is not valid RFC3339 string format. Given Value: "2027-01-01"',
        ),
    ],
)
def test_the_provider_refuses_a_malformed_rule(world: World, changes: dict[str, Any], path: str, reason: str) -> None:
    assert invalid(world, LIFECYCLE, bucket="acme-videos", rules=[rule(**changes)]) == {f"rules[0].{path}": reason}


def test_the_provider_refuses_a_lifecycle_without_rules_and_a_size_that_there_is_not(world: World) -> None:
    assert invalid(world, LIFECYCLE, bucket="acme-videos", rules=[]) == {"rules": "Attribute rule list must contain at least 1 elements, got: 0"}
    assert list(invalid(world, LIFECYCLE, bucket="acme-videos", transitionDefaultMinimumObjectSize="none")) == ["transitionDefaultMinimumObjectSize"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([rule(expiration={"days": 1}), rule(expiration={"days": 2})], "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule"),
        ([rule(id=f"r{number}", expiration={"days": 1}) for number in range(1001)], XML),
        ([rule()], "InvalidRequest: At least one action needs to be specified in a rule"),
        ([rule(filter={"prefix": "a/", "tag": {"key": "k", "value": "v"}}, expiration={"days": 1})], XML),
        ([rule(prefix="a/", expiration={"days": 1})], XML),
        ([rule(expiration={"days": 1, "expiredObjectDeleteMarker": True})], XML),
        ([rule(expiration={"days": 0})], "InvalidArgument: 'Days' for Expiration action must be a positive integer"),
        (
            [rule(abortIncompleteMultipartUpload={"daysAfterInitiation": 0})],
            "InvalidArgument: 'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
        ),
        (
            [rule(filter={"tag": {"key": "k", "value": "v"}}, abortIncompleteMultipartUpload={"daysAfterInitiation": 7})],
            "InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags.",
        ),
        (
            [rule(filter={"and": {"prefix": "a", "tags": {"k": "v"}}}, expiration={"expiredObjectDeleteMarker": True})],
            "InvalidRequest: ExpiredObjectDeleteMarker cannot be specified with Tags.",
        ),
        ([rule(transitions=[{"storageClass": "STANDARD_IA", "days": 29}])], f"InvalidArgument: 'Days' in Transition action {LEAST}"),
        (
            [rule(noncurrentVersionTransitions=[{"storageClass": "STANDARD_IA", "noncurrentDays": 29}])],
            f"InvalidArgument: 'NoncurrentDays' in NoncurrentVersionTransition action {LEAST}",
        ),
        (
            [rule(transitions=[{**INFREQUENT}, {**INFREQUENT, "days": 60}])],
            "InvalidArgument: 'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=)'",
        ),
        (
            [rule(filter={"prefix": "a/"}, transitions=[INFREQUENT, {"storageClass": "GLACIER", "days": 59}])],
            (
                "'Days' in the Transition action for StorageClass 'GLACIER' for filter '(prefix=a/)' must be 30 days more than "
                "'Days' in the Transition action for StorageClass 'STANDARD_IA'"
            ),
        ),
        (
            [rule(transitions=[INFREQUENT], expiration={"days": 30})],
            "InvalidArgument: 'Days' in the Expiration action for filter '(prefix=)' must be greater than 'Days' in the Transition action",
        ),
        (
            [rule(noncurrentVersionTransitions=[OLD], noncurrentVersionExpiration={"noncurrentDays": 30})],
            (
                "'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '(prefix=)' must be greater than "
                "'NoncurrentDays' in the NoncurrentVersionTransition action"
            ),
        ),
        (
            [rule(noncurrentVersionExpiration={"noncurrentDays": 1, "newerNoncurrentVersions": 101})],
            "InvalidArgument: 'NewerNoncurrentVersions' must be less than or equal to 100",
        ),
        (
            [{"id": "a", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 1, "newerNoncurrentVersions": 2}}],
            "InvalidRequest: NewerNoncurrentVersions can only be specified with Filter",
        ),
    ],
)
def test_s3_refuses_rules(world: World, rules: list[dict[str, Any]], message: str) -> None:
    said = refused(world.create, token=LIFECYCLE, bucket="acme-videos", rules=rules)
    assert said.startswith("creating S3 Bucket (acme-videos) Lifecycle Configuration: operation error S3: PutBucketLifecycleConfiguration, ")
    assert said.endswith(message)


@pytest.mark.parametrize(
    "rules",
    [
        [rule(id=f"r{number}", expiration={"days": 1}) for number in range(1000)],
        [rule(id="x" * 255, expiration={"days": 1}, abortIncompleteMultipartUpload={"daysAfterInitiation": 1})],
        [rule(noncurrentVersionExpiration={"noncurrentDays": 1, "newerNoncurrentVersions": 100})],
        [rule(noncurrentVersionTransitions=[OLD], noncurrentVersionExpiration={"noncurrentDays": 31})],
        [rule(filter={}, transitions=[{"storageClass": "GLACIER_IR", "days": 0}, {"storageClass": "INTELLIGENT_TIERING", "days": 0}])],
        [rule(transitions=[{"storageClass": "STANDARD_IA", "date": "2027-01-01T00:00:00Z"}], expiration={"date": "2028-01-01T00:00:00Z"})],
    ],
)
def test_rules_at_their_limits_are_taken(world: World, rules: list[dict[str, Any]]) -> None:
    assert world.create(LIFECYCLE, bucket="acme-videos", rules=rules).id == "acme-videos"


def test_rules_in_the_right_order_are_taken_and_wrong_ones_refused_on_update_too(world: World) -> None:
    steps = [INFREQUENT, {"storageClass": "GLACIER", "days": 60}, {"storageClass": "DEEP_ARCHIVE", "days": 90}]
    made = world.create(LIFECYCLE, bucket="acme-videos", rules=[rule(transitions=steps, expiration={"days": 91})])
    assert refused(world.update, old=made, rules=[rule()]).startswith("updating S3 Bucket (acme-videos) Lifecycle Configuration: ")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"allowedMethods": ["PATCH"], "allowedOrigins": ["*"]}, "Found unsupported HTTP method in CORS config. Unsupported method is PATCH"),
        ({"allowedMethods": ["GET"], "allowedOrigins": []}, "did not validate against our published schema"),
        ({"allowedMethods": ["GET"], "allowedOrigins": ["*.a.*"]}, 'AllowedOrigin "*.a.*" can not have more than one wildcard.'),
        ({"allowedMethods": ["GET"], "allowedOrigins": ["*"], "allowedHeaders": ["*x*"]}, 'AllowedHeader "*x*" can not have more than one wildcard.'),
        (
            {"allowedMethods": ["GET"], "allowedOrigins": ["*"], "exposeHeaders": ["x-*"]},
            'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.',
        ),
    ],
)
def test_s3_refuses_cors_rules(world: World, rules: dict[str, Any], message: str) -> None:
    assert refused(world.create, token=CORS, bucket="acme-videos", corsRules=[rules]).endswith(message)


def test_cors_has_one_to_a_hundred_rules_with_short_ids(world: World) -> None:
    assert invalid(world, CORS, bucket="acme-videos", corsRules=[]) == {"corsRules": "expected number of items to be between 1 and 100, got 0"}
    assert list(invalid(world, CORS, bucket="acme-videos", corsRules=[{"id": "x" * 256}])) == ["corsRules[0].id"]
    longest = {"id": "x" * 255, "allowedMethods": ["GET"], "allowedOrigins": ["*"], "allowedHeaders": ["*"], "exposeHeaders": ["ETag"]}
    assert world.create(CORS, bucket="acme-videos", corsRules=[longest] * 100).id == "acme-videos"


def test_logs_go_to_a_bucket_of_the_same_region_that_locks_nothing(world: World) -> None:
    code = "api error InvalidTargetBucketForLogging: "
    assert refused(world.create, token=LOGGING, bucket="acme-videos", **TARGET).endswith(f"{code}The target bucket for logging does not exist")
    there = {"targetBucket": "acme-far", "targetPrefix": ""}
    bucket(world, "acme-far", region="eu-central-1")
    said = refused(world.create, token=LOGGING, bucket="acme-videos", **there)
    assert "StatusCode: 403" in said
    assert said.endswith("api error CrossLocationLoggingProhibitted: Cross S3 location logging not allowed. ")
    versioned(world, "acme-logs")
    grants = [{"permission": "READ", "grantee": {"type": "Group"}}]
    said = refused(world.create, token=LOGGING, bucket="acme-videos", **TARGET, targetGrants=grants)
    assert said.endswith("You can't use target grants for a target bucket that uses the bucket owner enforced setting")
    world.create(OWNERSHIP, bucket="acme-logs", rule={"objectOwnership": "ObjectWriter"})
    by_event = {"partitionedPrefix": {"partitionDateSource": "EventTime"}}
    assert world.create(LOGGING, bucket="acme-videos", **TARGET, targetGrants=grants, targetObjectKeyFormat=by_event).id == "acme-videos"
    world.create(LOCK, bucket="acme-logs", rule={"defaultRetention": {"mode": "GOVERNANCE", "days": 1}})
    said = refused(world.create, token=LOGGING, bucket="acme-videos", **TARGET)
    assert said.endswith("You cannot use a bucket that has a default retention period as a target bucket for server access logs")


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (LOGGING, {**TARGET, "targetObjectKeyFormat": {}}, "targetObjectKeyFormat"),
        (
            LOGGING,
            {**TARGET, "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "Now"}}},
            "targetObjectKeyFormat.partitionedPrefix.partitionDateSource",
        ),
        (WEBSITE, {}, "indexDocument"),
        (WEBSITE, {"indexDocument": {"suffix": "a/b"}}, "indexDocument.suffix"),
        (WEBSITE, {"redirectAllRequestsTo": {"hostName": "a", "protocol": "ftp"}}, "redirectAllRequestsTo.protocol"),
        (ACCELERATION, {"status": "On"}, "status"),
        (PAYMENT, {"payer": "Me"}, "payer"),
        (METRIC, {"name": "x" * 65}, "name"),
        (TIERING, {"name": "t", "tierings": [{"accessTier": "COLD", "days": 90}]}, "tierings[0].accessTier"),
        (TIERING, {"name": "t", "status": "On", "tierings": []}, "status"),
    ],
)
def test_the_provider_refuses_a_malformed_setting(world: World, token: str, inputs: dict[str, Any], path: str) -> None:
    assert list(invalid(world, token, bucket="acme-videos", **inputs)) == [path]


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (
            NOTIFICATION,
            {"queues": [{"queueArn": "arn:aws:sqs:eu-west-1:000000000000:ghost", "events": ["s3:ObjectCreated:*"]}]},
            "Unable to validate the following destination configurations",
        ),
        (NOTIFICATION, {"topics": [{"events": ["ObjectCreated"]}]}, "The event is not supported for notifications"),
        (
            TIERING,
            {"name": "t", "tierings": [{"accessTier": "DEEP_ARCHIVE_ACCESS", "days": 179}]},
            "'Days' for DEEP_ARCHIVE_ACCESS must be between 180 and 730",
        ),
    ],
)
def test_s3_refuses_a_setting(world: World, token: str, inputs: dict[str, Any], message: str) -> None:
    assert refused(world.create, token=token, bucket="acme-videos", **inputs).endswith(message)


def test_a_bucket_with_dots_is_not_accelerated(world: World) -> None:
    assert world.create(ACCELERATION, bucket="acme-videos", status="Enabled").id == "acme-videos"
    bucket(world, "acme.videos")
    said = refused(world.create, token=ACCELERATION, bucket="acme.videos", status="Enabled")
    assert said.endswith("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names")


@pytest.mark.parametrize(("region", "domain"), [("eu-west-1", "s3-website-eu-west-1.amazonaws.com"), ("eu-central-1", "s3-website.eu-central-1.amazonaws.com")])
def test_a_website_has_the_endpoint_of_its_region(region: str, domain: str) -> None:
    world = s3_world(region)
    bucket(world)
    made = world.create(WEBSITE, bucket="acme-videos", indexDocument={"suffix": "index.html"})
    assert (made.outputs["websiteDomain"], made.outputs["websiteEndpoint"]) == (domain, f"acme-videos.{domain}")


@pytest.mark.parametrize(("token", "inputs"), [(METRIC, {}), (TIERING, {"tierings": [{"accessTier": "ARCHIVE_ACCESS", "days": 90}]})])
def test_a_bucket_may_have_several_settings_with_names(world: World, token: str, inputs: dict[str, Any]) -> None:
    ids = [world.create(token, bucket="acme-videos", name=name, **inputs).id for name in ("a", "b")]
    assert ids == ["acme-videos:a", "acme-videos:b"]
    assert "name" in world.kinds[token].replaces


def test_a_queue_that_there_is_is_notified(world: World) -> None:
    queue = "arn:aws:sqs:eu-west-1:000000000000:films"
    world.put("aws:sqs/queue:Queue", "films", arn=queue)
    queues = [{"queueArn": queue, "events": ["s3:ObjectCreated:*"]}]
    assert world.create(NOTIFICATION, bucket="acme-videos", queues=queues).id == "acme-videos"


def test_settings_have_the_providers_defaults(world: World) -> None:
    assert world.create(NOTIFICATION, bucket="acme-videos").inputs["eventbridge"] is False
    tiers = [{"accessTier": "ARCHIVE_ACCESS", "days": 90}]
    assert world.create(TIERING, bucket="acme-videos", name="t", tierings=tiers).inputs["status"] == "Enabled"
