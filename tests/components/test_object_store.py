"""ObjectStore on Google Cloud: exactly these children with these inputs. Mocks: that Google takes them is shown on the engine."""

from __future__ import annotations

from typing import Any

import pytest

from components import Access, Cors, GrantError, LifecycleRule, ObjectStore, ObjectStoreArgs, Retention, connect
from components._core.connection import Principal
from tests.components.world import World, build

BUCKET = "gcp:storage/bucket:Bucket"
MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
SIGNS = "gcp:serviceaccount/iAMMember:IAMMember"
API = Principal("api", "api@watchparty-dev.iam.gserviceaccount.com")


def bucket(tier: str = "dev", config: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    return build(lambda: ObjectStore("videos", ObjectStoreArgs(**given)), tier=tier, **(config or {})).one(BUCKET).inputs


def granted(*verbs: Access, prefix: str = "") -> World:
    def program() -> None:
        store = ObjectStore("videos")
        for verb in verbs:
            store.grant(API, verb, prefix=prefix)

    return build(program)


def test_a_store_is_one_bucket_and_nothing_else() -> None:
    assert build(lambda: ObjectStore("videos")).children("videos") == [(BUCKET, "videos-bucket")]


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_no_tier_lets_the_public_in_or_leaves_access_to_object_lists(tier: str) -> None:
    inputs = bucket(tier)
    assert inputs["publicAccessPrevention"] == "enforced"
    assert inputs["uniformBucketLevelAccess"] is True


@pytest.mark.parametrize(("tier", "noncurrent", "undelete", "emptied"), [("dev", 7, 7, True), ("staging", 30, 7, False), ("prod", 90, 30, False)])
def test_the_tier_decides_what_can_be_brought_back_and_whether_destroying_empties(tier: str, noncurrent: int, undelete: int, emptied: bool) -> None:
    inputs = bucket(tier)
    assert inputs["versioning"] == {"enabled": True}
    assert inputs["softDeletePolicy"] == {"retentionDurationSeconds": undelete * 86400}
    assert inputs["forceDestroy"] is emptied
    assert inputs["lifecycleRules"] == [
        {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}},
        {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": noncurrent, "withState": "ARCHIVED"}},
    ]


@pytest.mark.parametrize(("tier", "config", "kept"), [("dev", {}, False), ("staging", {}, True), ("prod", {}, True), ("dev", {"protect": "true"}, True)])
def test_where_the_site_protects_data_the_bucket_is_protected_kept_and_never_emptied(tier: str, config: dict[str, str], kept: bool) -> None:
    made = build(lambda: ObjectStore("videos"), tier=tier, **config).one(BUCKET)
    assert (made.protect, made.retain_on_delete, made.inputs["forceDestroy"]) == (kept, kept, not kept)


def test_the_name_is_the_same_on_every_run_and_differs_between_google_projects() -> None:
    names = {project: bucket(config={"gcpProject": project})["name"] for project in ("watchparty-dev", "watchparty-two")}
    assert names == {"watchparty-dev": "watchparty-dev-videos-e13ac0", "watchparty-two": "watchparty-dev-videos-03e2e9"}


def test_a_rule_about_live_objects_leaves_old_versions_alone() -> None:
    rules = bucket(
        lifecycle=(LifecycleRule(after_days=30, to_class="nearline", prefixes=("thumbs/",)), LifecycleRule(after_days=400, delete=True, suffixes=(".tmp",)))
    )
    assert rules["lifecycleRules"][2:] == [
        {"action": {"type": "SetStorageClass", "storageClass": "NEARLINE"}, "condition": {"age": 30, "withState": "LIVE", "matchesPrefixes": ["thumbs/"]}},
        {"action": {"type": "Delete"}, "condition": {"age": 400, "withState": "LIVE", "matchesSuffixes": [".tmp"]}},
    ]


def test_a_rule_about_newer_versions_is_about_old_ones() -> None:
    rules = bucket(lifecycle=(LifecycleRule(newer_versions=3, delete=True),))
    assert rules["lifecycleRules"][2] == {"action": {"type": "Delete"}, "condition": {"numNewerVersions": 3, "withState": "ARCHIVED"}}


def test_old_versions_stay_for_ever_where_asked() -> None:
    assert [rule["action"]["type"] for rule in bucket(noncurrent_days=0)["lifecycleRules"]] == ["AbortIncompleteMultipartUpload"]


def test_retention_takes_the_place_of_versioning_because_google_allows_one_of_the_two() -> None:
    inputs = bucket("prod", retention=Retention(days=30, locked=True))
    assert inputs["retentionPolicy"] == {"retentionPeriod": "2592000", "isLocked": True}
    assert inputs["versioning"] == {"enabled": False}
    assert [rule["action"]["type"] for rule in inputs["lifecycleRules"]] == ["AbortIncompleteMultipartUpload"]


def test_each_option_reaches_the_bucket() -> None:
    cors = Cors(origins=("https://app.example.com",), methods=("PUT",), max_age=60)
    inputs = bucket(cors=(cors,), customer_key="projects/p/locations/l/keyRings/r/cryptoKeys/k", location="EU", storage_class="coldline", undelete_days=0)
    assert inputs["cors"] == [{"origins": ["https://app.example.com"], "methods": ["PUT"], "responseHeaders": ["Content-Type"], "maxAgeSeconds": 60}]
    assert inputs["encryption"] == {"defaultKmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}
    assert (inputs["location"], inputs["storageClass"], inputs["softDeletePolicy"]) == ("EU", "COLDLINE", {"retentionDurationSeconds": 0})


def test_two_stores_that_log_into_a_third_need_one_right_of_log_delivery() -> None:
    def program() -> None:
        logs = ObjectStore("logs")
        ObjectStore("videos", ObjectStoreArgs(usage_logs=logs))
        ObjectStore("thumbs", ObjectStoreArgs(usage_logs=logs))

    made = build(program)
    right = made.one(MEMBER)
    assert (right.name, right.parent_name) == ("logs-usage-logs", "logs")
    assert (right.inputs["role"], right.inputs["member"]) == ("roles/storage.objectCreator", "group:cloud-storage-analytics@google.com")
    assert made.one(BUCKET, "videos-bucket").inputs["logging"] == {"logBucket": made.one(BUCKET, "logs-bucket").inputs["name"], "logObjectPrefix": "videos"}


@pytest.mark.parametrize(
    ("verb", "roles"),
    [
        (Access.READ, ["roles/storage.objectViewer"]),
        (Access.WRITE, ["roles/storage.objectUser"]),
        (Access.PRESIGN, ["roles/storage.objectCreator", "roles/storage.objectViewer"]),
    ],
)
def test_a_verb_is_exactly_these_roles_on_this_bucket(verb: Access, roles: list[str]) -> None:
    made = granted(verb)
    assert sorted(member.inputs["role"] for member in made.of(MEMBER)) == roles
    assert {member.inputs["bucket"] for member in made.of(MEMBER)} == {made.one(BUCKET).inputs["name"]}
    assert {member.inputs["member"] for member in made.of(MEMBER)} == {"serviceAccount:api@watchparty-dev.iam.gserviceaccount.com"}
    assert all("condition" not in member.inputs for member in made.of(MEMBER))


def test_only_presign_gives_the_right_to_sign_and_only_as_itself() -> None:
    assert granted(Access.READ, Access.WRITE).of(SIGNS) == []
    inputs = granted(Access.PRESIGN).one(SIGNS).inputs
    assert inputs["serviceAccountId"] == "projects/watchparty-dev/serviceAccounts/api@watchparty-dev.iam.gserviceaccount.com"
    assert inputs["member"] == "serviceAccount:api@watchparty-dev.iam.gserviceaccount.com"
    assert inputs["role"] == "roles/iam.serviceAccountTokenCreator"


def test_a_prefix_narrows_every_role_of_the_grant_to_it() -> None:
    made = granted(Access.PRESIGN, prefix="uploads/")
    name = made.one(BUCKET).inputs["name"]
    listing = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("uploads/")'
    expected = f'resource.name.startsWith("projects/_/buckets/{name}/objects/uploads/") || {listing}'
    assert {member.inputs["condition"]["expression"] for member in made.of(MEMBER)} == {expected}


def test_two_prefixes_of_one_store_are_two_grants() -> None:
    def program() -> None:
        store = ObjectStore("videos")
        store.grant(API, prefix="a/")
        store.grant(API, prefix="b/")

    assert len({member.name for member in build(program).of(MEMBER)}) == 2


def test_a_connection_says_which_bucket_and_which_prefix_and_creates_nothing() -> None:
    seen: list[Any] = []

    def program() -> None:
        store = ObjectStore("user-videos")
        seen.extend((connect(store), connect(store, Access.WRITE, prefix="in/"), connect(store, variables="MEDIA")))

    made = build(program)
    assert [list(connection.variables()) for connection in seen] == [["USER_VIDEOS_BUCKET"], ["USER_VIDEOS_BUCKET", "USER_VIDEOS_PREFIX"], ["MEDIA_BUCKET"]]
    assert [connection.access for connection in seen] == [Access.READ, Access.WRITE, Access.READ]
    assert seen[1].env["USER_VIDEOS_PREFIX"] == "in/"
    assert [(grant.kind, grant.access, grant.prefix) for grant in seen[1].grants] == [("object_store", Access.WRITE, "in/")]
    assert made.of(MEMBER) == []


@pytest.mark.parametrize("prefix", ['a"b', "/a", "a\\", "a b", "*"])
def test_a_prefix_that_could_change_the_condition_is_refused(prefix: str) -> None:
    with pytest.raises(GrantError) as caught:
        build(lambda: connect(ObjectStore("videos"), prefix=prefix))
    rule = "prefix must start with a letter or digit and hold letters, digits and . _ / = + - only"
    assert str(caught.value) == f"ObjectStore \"videos\": {rule}, got {prefix!r}; for example 'uploads/'"


def test_a_verb_that_a_store_does_not_have_is_refused() -> None:
    with pytest.raises(GrantError) as caught:
        build(lambda: connect(ObjectStore("videos"), Access.PULL))
    assert str(caught.value) == 'ObjectStore "videos": access must be Access.READ or Access.WRITE or Access.PRESIGN, got Access.PULL'
