"""Cloud Storage in the sandbox: what exists after a create, and what it refuses in Google's words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Record, Refusal
from sandbox.resources import gcp
from tests.sandbox.kinds.cloud import PROJECT, Invalid, World

BUCKET = "gcp:storage/bucket:Bucket"
MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
BINDING = "gcp:storage/bucketIAMBinding:BucketIAMBinding"
OBJECT = "gcp:storage/bucketObject:BucketObject"
FOLDER = "gcp:storage/managedFolder:ManagedFolder"
FOLDER_MEMBER = "gcp:storage/managedFolderIamMember:ManagedFolderIamMember"
NOTIFICATION = "gcp:storage/notification:Notification"
KEY = f"projects/{PROJECT}/locations/europe-west1/keyRings/ring/cryptoKeys/key"
DAY = 86400


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for kind in gcp.KINDS})


def put(world: World, token: str, id_: str, **outputs: Any) -> None:
    """Something of another service that exists."""
    world.cloud.records[token, id_] = Record(type=token, id=id_, urn="", inputs=outputs, outputs=outputs)


def bucket(world: World, **inputs: Any) -> Record:
    """A bucket that Google takes."""
    return world.create(BUCKET, **{"name": "acme-videos", "location": "europe-west1", **inputs})


def test_a_bucket_has_the_names_and_numbers_of_a_real_one(world: World) -> None:
    made = bucket(world, labels={"team": "video"})
    assert made.id == "acme-videos"
    assert made.outputs["url"] == "gs://acme-videos"
    assert made.outputs["selfLink"] == "https://www.googleapis.com/storage/v1/b/acme-videos"
    assert made.outputs["location"] == "EUROPE-WEST1"
    assert made.outputs["softDeletePolicy"]["retentionDurationSeconds"] == 7 * DAY
    assert made.outputs["publicAccessPrevention"] == "inherited"
    assert made.outputs["effectiveLabels"] == {"team": "video", "goog-pulumi-provisioned": "true"}
    assert made.inputs["forceDestroy"] is False
    assert made.inputs["storageClass"] == "STANDARD"


def test_a_bucket_keeps_its_birthday_when_it_is_updated(world: World) -> None:
    made = bucket(world)
    world.cloud.now = lambda: "2027-01-01T00:00:00.000000Z"  # type: ignore[method-assign]  time goes by
    later = world.update(made, labels={"a": "b"})
    assert later.outputs["timeCreated"] == made.outputs["timeCreated"]
    assert later.outputs["softDeletePolicy"] == made.outputs["softDeletePolicy"]
    assert later.outputs["updated"] == "2027-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ab", "must be between 3 and 63 characters"),
        ("a" * 64, "must be between 3 and 63 characters"),
        ("Videos", "can only contain lowercase letters"),
        ("videos-", "must begin and end with a number or letter"),
        ("a" * 64 + ".example.com", "can be no longer than 63 characters"),
        ("googvideos", 'cannot begin with the "goog" prefix'),
        ("my-g00gle", 'contain "google"'),
        ("192.168.5.4", "cannot be represented as an IP address"),
    ],
)
def test_a_name_outside_the_rules_is_refused_before_the_cloud_is_asked(world: World, name: str, reason: str) -> None:
    with pytest.raises(Invalid, match=re.escape(reason)):
        world.check(BUCKET, name=name, location="EU")


def test_names_are_shared_with_the_whole_world(world: World) -> None:
    bucket(world)
    with pytest.raises(Refusal, match="Error 409: Your previous request to create the named bucket succeeded and you already own it"):
        bucket(world)
    world.config["project"] = "somebody-else"
    with pytest.raises(Refusal, match="Error 409: The requested bucket name is not available"):
        bucket(world)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"location": "europe-west99"}, "The specified location constraint is not valid: EUROPE-WEST99"),
        ({"storageClass": "FROZEN"}, "The specified storage class is not valid: FROZEN"),
        ({"rpo": "ASYNC_TURBO"}, "Turbo replication is only available for dual-region buckets."),
        ({"softDeletePolicy": {"retentionDurationSeconds": 6 * DAY}}, "must be 0 or between 7 and 90 days"),
        ({"softDeletePolicy": {"retentionDurationSeconds": 91 * DAY}}, "must be 0 or between 7 and 90 days"),
        ({"lifecycleRules": [{"action": {"type": "Delete"}, "condition": {}}]}, "must have at least one condition"),
        (
            {"lifecycleRules": [{"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 1, "numNewerVersions": 2}}]},
            "supports only the age, matchesPrefix and matchesSuffix conditions",
        ),
        ({"hierarchicalNamespace": {"enabled": True}}, "requires uniform bucket-level access"),
        ({"retentionPolicy": {"retentionPeriod": "60"}, "versioning": {"enabled": True}}, "versioning and a retention policy cannot be enabled"),
        ({"logging": {"logBucket": "nowhere"}}, "The target bucket for logs, nowhere, does not exist"),
        ({"labels": {"Team": "x"}}, "Label key 'Team' violates format constraints"),
    ],
)
def test_a_bucket_is_refused(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        bucket(world, **inputs)
    assert not world.cloud.records


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"lifecycleRules": [{"action": {"type": "Remove"}, "condition": {"age": 1}}]}, "lifecycleRules[0].action.type"),
        ({"lifecycleRules": [{"action": {"type": "SetStorageClass"}, "condition": {"age": 1}}]}, "lifecycleRules[0].action.storageClass"),
        ({"lifecycleRules": [{"action": {"type": "Delete"}, "condition": {"createdBefore": "May"}}]}, "lifecycleRules[0].condition.createdBefore"),
        ({"retentionPolicy": {"retentionPeriod": "0"}}, "retentionPolicy.retentionPeriod"),
        ({"customPlacementConfig": {"dataLocations": ["EUROPE-WEST1"]}}, "customPlacementConfig.dataLocations"),
    ],
)
def test_the_provider_refuses_a_malformed_bucket(world: World, inputs: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.check(BUCKET, name="acme", location="EU", **inputs)
    assert [failure.path for failure in refused.value.failures] == [path]


def test_an_age_of_zero_is_a_condition(world: World) -> None:
    assert bucket(world, lifecycleRules=[{"action": {"type": "Delete"}, "condition": {"age": 0}}]).id == "acme-videos"


def test_a_customer_key_needs_a_grant_to_the_service_agent_and_the_same_place(world: World) -> None:
    with pytest.raises(Refusal, match="Permission denied on Cloud KMS key") as refused:
        bucket(world, encryption={"defaultKmsKeyName": KEY})
    agent = re.search(r"service-\d{12}@gs-project-accounts.iam.gserviceaccount.com", str(refused.value))
    assert agent is not None
    role = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    put(world, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "grant", cryptoKeyId=KEY, role=role, member=f"serviceAccount:{agent[0]}")
    assert bucket(world, encryption={"defaultKmsKeyName": KEY}).outputs["encryption"]["defaultKmsKeyName"] == KEY
    with pytest.raises(Refusal, match="must match the location 'us-east1' of the resource"):
        bucket(world, name="acme-far", location="us-east1", encryption={"defaultKmsKeyName": KEY})


def test_a_bucket_with_objects_is_not_deleted_unless_forced(world: World) -> None:
    made = bucket(world)
    world.create(OBJECT, bucket="acme-videos", name="a.txt", content="x")
    with pytest.raises(Refusal, match="Error trying to delete bucket acme-videos containing objects without `force_destroy` set to true"):
        world.delete(made)
    world.delete(world.update(made, forceDestroy=True))
    assert world.cloud.get(BUCKET, "acme-videos") is None


def test_an_abandoned_bucket_stays_and_a_prevented_one_refuses(world: World) -> None:
    made = bucket(world, deletionPolicy="PREVENT")
    with pytest.raises(Refusal, match="cannot destroy google_storage_bucket without setting deletion_policy"):
        world.delete(made)
    world.delete(world.update(made, deletionPolicy="ABANDON"))
    assert world.cloud.get(BUCKET, "acme-videos") is not None


def test_a_locked_retention_only_grows(world: World) -> None:
    made = bucket(world, retentionPolicy={"retentionPeriod": "60", "isLocked": True})
    with pytest.raises(Refusal, match="Cannot reduce retention duration of a locked Retention Policy"):
        world.update(made, retentionPolicy={"retentionPeriod": "59", "isLocked": True})
    with pytest.raises(Refusal, match="Cannot reduce retention duration"):
        world.update(made, retentionPolicy=None)
    assert world.update(made, retentionPolicy={"retentionPeriod": "61", "isLocked": True}).outputs["retentionPolicy"]["retentionPeriod"] == "61"
    world.create(OBJECT, bucket="acme-videos", name="a.txt", content="x")
    with pytest.raises(Refusal, match="subject to bucket's retention policy"):
        world.delete(world.update(made, forceDestroy=True))


def test_a_grant_is_identified_by_bucket_role_and_member(world: World) -> None:
    bucket(world)
    made = world.create(MEMBER, bucket="acme-videos", role="roles/storage.objectViewer", member="user:a@example.com")
    assert made.id == "b/acme-videos/roles/storage.objectViewer/user:a@example.com"
    bound = world.create(BINDING, bucket="acme-videos", role="roles/storage.objectViewer", members=["user:a@example.com"])
    assert bound.id == "b/acme-videos/roles/storage.objectViewer"


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (f"serviceAccount:ghost@{PROJECT}.iam.gserviceaccount.com", "does not exist"),
        ("allUsers", "Error 412: The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced."),
        ("somebody", "is of an unknown type"),
    ],
)
def test_a_grant_is_refused(world: World, member: str, reason: str) -> None:
    bucket(world, publicAccessPrevention="enforced")
    for token, said in ((MEMBER, {"member": member}), (BINDING, {"members": [member]})):
        with pytest.raises(Refusal, match=re.escape(reason)):
            world.create(token, bucket="acme-videos", role="roles/storage.objectViewer", **said)


def test_a_grant_needs_its_bucket(world: World) -> None:
    with pytest.raises(Refusal, match="The specified bucket does not exist"):
        world.create(MEMBER, bucket="nowhere", role="roles/storage.objectViewer", member="user:a@example.com")


def test_an_object_has_the_digests_of_its_content(world: World) -> None:
    bucket(world)
    made = world.create(OBJECT, bucket="acme-videos", name="a/b.txt", content="123456789")
    assert made.id == "acme-videos-a/b.txt"
    assert made.outputs["md5hexhash"] == "25f9e794323b453885f5181f1b624d0b"
    assert made.outputs["crc32c"] == "4waSgw=="
    assert made.outputs["selfLink"] == "https://www.googleapis.com/storage/v1/b/acme-videos/o/a%2Fb.txt"
    assert made.outputs["contentType"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({}, "one of `content,source` must be specified"),
        ({"content": "a", "source": {}}, "only one of"),
        ({"content": "a", "name": "x" * 1025}, "at most 1024 bytes"),
    ],
)
def test_an_object_has_one_source_of_content_and_a_name(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        world.check(OBJECT, **{"bucket": "acme-videos", "name": "a", **inputs})


def test_an_object_on_hold_is_not_deleted(world: World) -> None:
    bucket(world)
    with pytest.raises(Refusal, match="Object is under active hold"):
        world.delete(world.create(OBJECT, bucket="acme-videos", name="a", content="x", temporaryHold=True))


def test_a_managed_folder_needs_uniform_access_and_an_ending_slash(world: World) -> None:
    bucket(world)
    with pytest.raises(Refusal, match="must have uniform bucket-level access enabled"):
        world.create(FOLDER, bucket="acme-videos", name="in/")
    with pytest.raises(Invalid, match="doesn't match regexp"):
        world.check(FOLDER, bucket="acme-videos", name="in")
    bucket(world, name="acme-uniform", uniformBucketLevelAccess=True)
    made = world.create(FOLDER, bucket="acme-uniform", name="in/")
    assert made.id == "acme-uniform/managedFolders/in/"
    assert world.kinds[FOLDER].import_id("acme-uniform/in/", {}) == made.id
    granted = world.create(FOLDER_MEMBER, bucket="acme-uniform", managedFolder="in/", role="roles/storage.objectViewer", member="user:a@example.com")
    assert granted.id == "b/acme-uniform/managedFolders/in//roles/storage.objectViewer/user:a@example.com"
    with pytest.raises(Refusal, match="The specified managed folder does not exist"):
        world.create(FOLDER_MEMBER, bucket="acme-uniform", managedFolder="out/", role="roles/storage.objectViewer", member="user:a@example.com")
    world.create(OBJECT, bucket="acme-uniform", name="in/a", content="x")
    with pytest.raises(Refusal, match="is not empty"):
        world.delete(made)


def test_a_notification_needs_a_topic_that_storage_may_publish_to(world: World) -> None:
    bucket(world)
    topic = f"projects/{PROJECT}/topics/uploads"
    with pytest.raises(Refusal, match="does not have permission to publish messages") as refused:
        world.create(NOTIFICATION, bucket="acme-videos", topic=topic, payloadFormat="JSON_API_V1")
    agent = re.search(r"service-\d+@gs-project-accounts.iam.gserviceaccount.com", str(refused.value))
    assert agent is not None
    put(world, "gcp:pubsub/topicIAMMember:TopicIAMMember", "g", topic=topic, role="roles/pubsub.publisher", member=f"serviceAccount:{agent[0]}")
    made = [world.create(NOTIFICATION, bucket="acme-videos", topic=topic, payloadFormat="JSON_API_V1").id for _ in range(2)]
    assert made == ["acme-videos/notificationConfigs/1", "acme-videos/notificationConfigs/2"]
    with pytest.raises(Invalid, match="OBJECT_MADE"):
        world.check(NOTIFICATION, bucket="acme-videos", topic=topic, payloadFormat="NONE", eventTypes=["OBJECT_MADE"])
