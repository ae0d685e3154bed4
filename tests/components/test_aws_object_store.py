"""ObjectStore on AWS: exactly these children with these inputs. Mocks: that S3 takes them is shown on the engine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import Access, Cors, LifecycleRule, ObjectStore, ObjectStoreArgs, Retention, Site
from components._core.connection import Principal
from tests.components.world import World, build

ACCOUNT = "123456789012"
NAME = f"watchparty-dev-videos-{ACCOUNT}-eu-west-1-an"
ARN = f"arn:aws:s3:::{NAME}"
COPY = f"watchparty-dev-videos-{ACCOUNT}-eu-central-1-an"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/mrk-" + 32 * "a"
API = Principal("api", f"arn:aws:iam::{ACCOUNT}:role/watchparty-dev-api")
SETTINGS = ("encryption", "lifecycle", "ownership", "policy", "public-access", "versioning")
BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
TLS = [
    {"Sid": "OnlyWithTls", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    {"Sid": "OnlyWithCurrentTls", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
]
UNFINISHED = {"id": "unfinished-uploads", "status": "Enabled", "filter": {"prefix": ""}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}


def store(tier: str = "dev", config: dict[str, str] | None = None, **given: Any) -> World:
    return build(lambda: ObjectStore("videos", ObjectStoreArgs(**given)), cloud="aws", tier=tier, **(config or {}))


def rules(tier: str = "dev", **given: Any) -> list[dict[str, Any]]:
    found = store(tier, **given).one(LIFECYCLE).inputs["rules"]
    assert found[0] == UNFINISHED
    return [{key: value for key, value in rule.items() if key != "status"} for rule in found[1:]]


def granted(verb: Access, *prefixes: str, **given: Any) -> list[list[dict[str, Any]]]:
    def program() -> None:
        made = ObjectStore("videos", ObjectStoreArgs(**given))
        for prefix in prefixes or ("",):
            made.grant(API, verb, prefix=prefix)

    return [json.loads(policy.inputs["policy"])["Statement"] for policy in build(program, cloud="aws").of(ROLE_POLICY)]


def deny(arn: str) -> list[dict[str, Any]]:
    return [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"], **one} for one in TLS]


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_store_is_a_bucket_and_six_settings_of_it_in_every_tier(tier: str) -> None:
    assert [name for _, name in sorted(store(tier).children("videos"), key=lambda child: child[1])] == sorted(
        f"videos-{role}" for role in ("bucket", *SETTINGS)
    )


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_no_tier_lets_the_public_in_or_another_owner_or_what_is_not_encrypted(tier: str) -> None:
    made = store(tier)
    blocks = made.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert {key for key, value in blocks.items() if value is True} == {"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}
    assert made.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (encryption,) = made.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert encryption == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "blockedEncryptionTypes": ["SSE-C"]}


def test_the_name_is_one_that_only_this_account_can_take() -> None:
    inputs = store().one(BUCKET).inputs
    assert (inputs["bucket"], inputs["bucketNamespace"]) == (NAME, "account-regional")
    other = store(config={"awsAccount": "210987654321"}).one(BUCKET).inputs
    assert other["bucket"] == "watchparty-dev-videos-210987654321-eu-west-1-an"


def test_the_longest_name_in_the_longest_region_still_fits() -> None:
    def program() -> None:
        ObjectStore("a-component-with-forty-letters-in-all-aa")

    name = build(program, cloud="aws", awsRegion="ap-southeast-7", pulumi_project="an-application-with-avery-long-name").one(BUCKET).inputs["bucket"]
    assert len(name) == 63
    assert name.endswith(f"-{ACCOUNT}-ap-southeast-7-an")


def test_where_s3_keeps_no_names_for_an_account_the_name_is_one_of_the_worlds() -> None:
    inputs = store(config={"awsRegion": "me-south-1"}).one(BUCKET).inputs
    assert inputs["bucket"] == f"watchparty-dev-videos-{ACCOUNT}-me-south-1"
    assert "bucketNamespace" not in inputs


def test_the_buckets_policy_wants_current_tls_and_lets_s3_deliver_logs_of_this_account_into_one_folder() -> None:
    logs = {
        "Sid": "UsageLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{ARN}/usage-logs/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::*-{ACCOUNT}-*"}},
    }
    assert json.loads(store().one(POLICY).inputs["policy"]) == {"Version": "2012-10-17", "Statement": [*deny(ARN), logs]}


@pytest.mark.parametrize("given", [{"retention": Retention(days=1)}, {"customer_key": KEY}])
def test_a_store_into_which_s3_delivers_no_logs_lets_it_write_nothing(given: dict[str, Any]) -> None:
    assert json.loads(store(**given).one(POLICY).inputs["policy"])["Statement"] == deny(ARN)


@pytest.mark.parametrize(("tier", "config", "kept"), [("dev", {}, False), ("staging", {}, True), ("prod", {}, True), ("dev", {"protect": "true"}, True)])
def test_a_bucket_that_is_kept_keeps_what_protects_it(tier: str, config: dict[str, str], kept: bool) -> None:
    made = {child.name.removeprefix("videos-"): child for child in store(tier, config).resources if child.parent_name == "videos"}
    assert made["bucket"].inputs["forceDestroy"] is not kept
    assert {(made[role].protect, made[role].retain_on_delete) for role in ("bucket", *SETTINGS)} == {(kept, kept)}


def test_the_policy_comes_after_the_blocks_and_rules_about_old_versions_after_versioning() -> None:
    made = {child.name: {urn.rsplit("::", 1)[-1] for urn in child.depends_on} for child in store(retention=Retention(days=1)).resources}
    assert made["videos-ownership"] == {"videos-bucket", "videos-public-access"}
    assert made["videos-policy"] == {"videos-bucket", "videos-public-access", "videos-ownership"}
    assert made["videos-lifecycle"] == {"videos-bucket", "videos-versioning"}
    assert made["videos-lock"] == {"videos-bucket", "videos-versioning"}


@pytest.mark.parametrize(("tier", "days"), [("dev", 7), ("staging", 30), ("prod", 90)])
def test_the_tier_decides_how_long_an_old_version_stays(tier: str, days: int) -> None:
    old = {"id": "old-versions", "filter": {"prefix": ""}, "expiration": {"expiredObjectDeleteMarker": True}}
    assert rules(tier) == [{**old, "noncurrentVersionExpiration": {"noncurrentDays": days}}]


@pytest.mark.parametrize(("noncurrent", "undelete", "days"), [(1, 7, 7), (40, 7, 40), (1, 0, 1), (0, 30, 0)])
def test_what_was_deleted_can_be_brought_back_for_the_longer_of_the_two_times(noncurrent: int, undelete: int, days: int) -> None:
    found = [rule["noncurrentVersionExpiration"]["noncurrentDays"] for rule in rules(noncurrent_days=noncurrent, undelete_days=undelete)]
    assert found == ([days] if days else [])


@pytest.mark.parametrize(("versioning", "status"), [(True, "Enabled"), (False, "Suspended")])
def test_versioning_is_on_or_suspended_but_never_left_unsaid(versioning: bool, status: str) -> None:
    made = store(versioning=versioning)
    assert made.one("aws:s3/bucketVersioning:BucketVersioning").inputs["versioningConfiguration"] == {"status": status}
    assert made.one("groundplan:index:ObjectStore").inputs["undeleteDays"] == (7 if versioning else 0)


def test_the_seeds_videos_and_thumbnails_move_after_90_and_30_days() -> None:
    given = (LifecycleRule(after_days=90, to_class="nearline"), LifecycleRule(after_days=30, to_class="nearline", prefixes=("thumbnails/",)))
    assert rules(lifecycle=given)[1:] == [
        {"id": "rule-0", "filter": {"prefix": ""}, "transitions": [{"days": 90, "storageClass": "STANDARD_IA"}]},
        {"id": "rule-1", "filter": {"prefix": "thumbnails/"}, "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}]},
    ]


def test_a_rule_for_two_prefixes_is_two_rules_of_s3() -> None:
    assert rules(lifecycle=(LifecycleRule(after_days=1, delete=True, prefixes=("a/", "b/")),))[1:] == [
        {"id": "rule-0", "filter": {"prefix": "a/"}, "expiration": {"days": 1}},
        {"id": "rule-0-1", "filter": {"prefix": "b/"}, "expiration": {"days": 1}},
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (LifecycleRule(newer_versions=3, delete=True), {"noncurrentVersionExpiration": {"noncurrentDays": 1, "newerNoncurrentVersions": 2}}),
        (LifecycleRule(newer_versions=1, delete=True, after_days=5), {"noncurrentVersionExpiration": {"noncurrentDays": 5}}),
        (
            LifecycleRule(newer_versions=2, to_class="nearline"),
            {"noncurrentVersionTransitions": [{"noncurrentDays": 30, "storageClass": "STANDARD_IA", "newerNoncurrentVersions": 1}]},
        ),
        (LifecycleRule(newer_versions=1, to_class="archive"), {"noncurrentVersionTransitions": [{"noncurrentDays": 0, "storageClass": "DEEP_ARCHIVE"}]}),
        (LifecycleRule(after_days=10, to_class="coldline"), {"transitions": [{"days": 10, "storageClass": "GLACIER_IR"}]}),
    ],
)
def test_a_rule_about_versions_counts_the_live_one_which_s3_does_not(rule: LifecycleRule, expected: dict[str, Any]) -> None:
    assert rules(lifecycle=(rule,))[1:] == [{"id": "rule-0", "filter": {"prefix": ""}, **expected}]


@pytest.mark.parametrize(("storage_class", "days", "name"), [("nearline", 30, "STANDARD_IA"), ("coldline", 0, "GLACIER_IR"), ("archive", 0, "DEEP_ARCHIVE")])
def test_a_class_for_everything_is_a_rule_that_moves_everything_as_early_as_s3_allows(storage_class: str, days: int, name: str) -> None:
    moved = {"id": "storage-class", "filter": {"prefix": ""}, "transitions": [{"days": days, "storageClass": name}]}
    assert rules(storage_class=storage_class)[1:] == [moved]


@pytest.mark.parametrize(("locked", "mode"), [(False, "GOVERNANCE"), (True, "COMPLIANCE")])
def test_retention_is_a_lock_beside_the_bucket_so_that_it_can_come_later(locked: bool, mode: str) -> None:
    made = store(retention=Retention(days=30, locked=locked))
    assert "objectLockEnabled" not in made.one(BUCKET).inputs
    lock = made.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock.inputs["rule"] == {"defaultRetention": {"days": 30, "mode": mode}}


def test_a_key_of_ones_own_encrypts_by_a_bucket_key_and_stands_in_every_grant() -> None:
    (rule,) = store(customer_key=KEY).one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    assert rule["bucketKeyEnabled"] is True
    (statements,) = granted(Access.READ, customer_key=KEY)
    assert statements[-1] == {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}


def test_cors_lets_a_page_send_and_see_the_same_headers() -> None:
    made = store(cors=(Cors(origins=("https://app.example.com",), methods=("GET", "PUT"), headers=("ETag",), max_age=60),))
    assert made.one("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").inputs["corsRules"] == [
        {
            "allowedOrigins": ["https://app.example.com"],
            "allowedMethods": ["GET", "PUT"],
            "allowedHeaders": ["ETag"],
            "exposeHeaders": ["ETag"],
            "maxAgeSeconds": 60,
        }
    ]


def test_logs_go_into_a_folder_of_their_own_once_the_other_bucket_lets_them() -> None:
    made = build(lambda: ObjectStore("videos", ObjectStoreArgs(usage_logs=ObjectStore("logs"))), cloud="aws")
    logging = made.one("aws:s3/bucketLogging:BucketLogging")
    assert (logging.inputs["targetBucket"], logging.inputs["targetPrefix"]) == (made.one(BUCKET, "logs-bucket").inputs["bucket"], "usage-logs/videos/")
    assert logging.inputs["targetObjectKeyFormat"] == {"partitionedPrefix": {"partitionDateSource": "EventTime"}}
    assert "logs-policy" in {urn.rsplit("::", 1)[-1] for urn in logging.depends_on}


def test_every_part_of_a_store_in_another_region_says_so() -> None:
    made = store(location="eu-central-1", cors=(Cors(origins=("https://a.example",)),), retention=Retention(days=1))
    children = [child for child in made.resources if child.parent_name == "videos"]
    assert len(children) == 9
    assert {child.inputs.get("region") for child in children} == {"eu-central-1"}
    assert made.one(BUCKET).inputs["bucket"] == COPY
    assert {child.inputs.get("region") for child in store().resources if child.parent_name == "videos"} == {None}


def test_a_replica_is_a_bucket_with_the_same_protections_elsewhere() -> None:
    made = store("prod", replica_region="eu-central-1", lifecycle=(LifecycleRule(after_days=90, to_class="archive"),))
    here = {child.name.removeprefix("videos-"): child for child in made.resources if child.parent_name == "videos"}
    for role in ("bucket", *SETTINGS):
        own, copy = here[role], here[f"replica-{role}"]
        names = {"bucket", "region", "policy"}
        assert {key: value for key, value in own.inputs.items() if key not in names} == {key: value for key, value in copy.inputs.items() if key not in names}
        assert (copy.inputs["bucket"], copy.inputs["region"]) == (COPY.replace("-dev-", "-prod-"), "eu-central-1")
        assert (copy.protect, copy.retain_on_delete) == (True, True)
    assert json.loads(here["replica-policy"].inputs["policy"])["Statement"] == deny(f"arn:aws:s3:::{COPY}".replace("-dev-", "-prod-"))


def test_the_copy_is_written_by_a_role_that_only_s3_can_be_and_that_can_do_nothing_else() -> None:
    made = store(replica_region="eu-central-1")
    trust = json.loads(made.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert trust == [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    assert json.loads(made.one(ROLE_POLICY).inputs["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"], "Resource": [ARN]},
        {"Effect": "Allow", "Action": read, "Resource": [f"{ARN}/*"]},
        {"Effect": "Allow", "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], "Resource": [f"arn:aws:s3:::{COPY}/*"]},
    ]


def test_everything_is_copied_once_both_buckets_keep_versions_and_the_role_may() -> None:
    made = store(replica_region="eu-central-1").one("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    assert made.inputs["role"] == f"arn:aws:iam::{ACCOUNT}:role/watchparty-dev-videos-replication"
    (rule,) = made.inputs["rules"]
    assert rule == {
        "id": "everything",
        "status": "Enabled",
        "priority": 0,
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "destination": {"bucket": f"arn:aws:s3:::{COPY}"},
    }
    before = {urn.rsplit("::", 1)[-1] for urn in made.depends_on}
    assert {"videos-versioning", "videos-replica-versioning", "videos-replication-rights"} <= before


def test_the_copy_is_locked_before_the_bucket_is_and_both_before_anything_is_copied() -> None:
    made = store(replica_region="eu-central-1", retention=Retention(days=1)).resources
    before = {child.name: {urn.rsplit("::", 1)[-1] for urn in child.depends_on} for child in made}
    assert "videos-replica-versioning" in before["videos-replica-lock"]
    assert "videos-replica-lock" in before["videos-lock"]
    assert {"videos-lock", "videos-replica-lock"} <= before["videos-replication"]


def test_a_copy_under_a_key_of_ones_own_uses_that_keys_own_copy() -> None:
    made = store(replica_region="eu-central-1", customer_key=KEY, retention=Retention(days=1))
    there = KEY.replace("eu-west-1", "eu-central-1")
    (rule,) = made.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig").inputs["rules"]
    assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": there}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    statements = json.loads(made.one(ROLE_POLICY).inputs["policy"])["Statement"]
    assert statements[-2:] == [
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]},
        {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:GenerateDataKey"], "Resource": [there]},
    ]
    assert {"s3:GetObjectRetention", "s3:GetObjectLegalHold"} <= set(statements[1]["Action"])
    encryption = made.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "videos-replica-encryption")
    assert encryption.inputs["rules"][0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == there
    assert made.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "videos-replica-lock").inputs["region"] == "eu-central-1"


@pytest.mark.parametrize(
    ("verb", "on_objects", "lists"),
    [
        (Access.READ, ["s3:GetObject"], True),
        (Access.WRITE, ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], True),
        (Access.PRESIGN, ["s3:GetObject", "s3:PutObject"], False),
    ],
)
def test_a_verb_is_exactly_these_actions_on_this_bucket(verb: Access, on_objects: list[str], lists: bool) -> None:
    listing = [{"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [ARN]}] if lists else []
    assert granted(verb) == [[{"Effect": "Allow", "Action": on_objects, "Resource": [f"{ARN}/*"]}, *listing]]


def test_a_prefix_narrows_what_is_read_and_what_is_listed_and_two_prefixes_are_two_grants() -> None:
    first, second = granted(Access.READ, "a/", "b/")
    both = {json.dumps(statements) for statements in (first, second)}
    assert both == {
        json.dumps(
            [
                {"Action": ["s3:GetObject"], "Effect": "Allow", "Resource": [f"{ARN}/{prefix}*"]},
                {"Action": ["s3:ListBucket"], "Condition": {"StringLike": {"s3:prefix": [f"{prefix}*"]}}, "Effect": "Allow", "Resource": [ARN]},
            ]
        )
        for prefix in ("a/", "b/")
    }


def test_a_bucket_on_aws_stands_beside_one_on_google_cloud_in_the_same_stack() -> None:
    def program() -> None:
        here = Site.current()
        ObjectStore("videos", ObjectStoreArgs(site=here.elsewhere("eu-west-1", cloud="aws", project=ACCOUNT)))
        ObjectStore("thumbs")

    made = build(program, cloud="gcp")
    assert made.one(BUCKET).inputs["bucket"] == NAME
    assert made.one("gcp:storage/bucket:Bucket").name == "thumbs-bucket"


def test_what_it_says_of_itself_is_its_name_and_its_address() -> None:
    seen: list[Any] = []

    def program() -> None:
        ObjectStore("videos").url.apply(seen.append)

    build(program, cloud="aws")
    assert seen == [f"s3://{NAME}"]
