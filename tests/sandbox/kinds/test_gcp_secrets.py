"""Secrets and their versions, repositories, keys, as Google and its provider treat them."""

from __future__ import annotations

import pytest

from sandbox.resources.gcp.names import project_number
from tests.sandbox.kinds.cloud import PROJECT, REGION, invalid, refused

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
READER = "gcp:secretmanager/secretIamMember:SecretIamMember"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
PULLER = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
USER = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
NUMBER = project_number(PROJECT)
SOMEONE = "user:ana@example.com"


@pytest.fixture
def secret(world):
    return world.create(SECRET, secretId="jwt", replication={"auto": {}})


@pytest.fixture
def ring(world):
    return world.create(RING, name="data", location=REGION)


def test_a_secret_is_named_by_project_id_and_by_number(secret):
    assert secret.id == f"projects/{PROJECT}/secrets/jwt"
    assert secret.outputs["name"] == f"projects/{NUMBER}/secrets/jwt"
    assert secret.outputs["effectiveLabels"] == {"goog-pulumi-provisioned": "true"}


@pytest.mark.parametrize(("replication", "words"), [({}, "must be specified"), ({"auto": {}, "userManaged": {"replicas": []}}, "only one of")])
def test_a_secret_is_replicated_in_one_way(world, replication, words):
    assert words in invalid(world, SECRET, secretId="jwt", replication=replication)["replication"]


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"secretId": "jwt.key"}, "does not match the expected format"),
        ({"ttl": "1h"}, "'secret.ttl': '1h'"),
        ({"versionDestroyTtl": "60s"}, "at least 86400s"),
        ({"replication": {"userManaged": {"replicas": [{"location": REGION}, {"location": REGION}]}}}, "distinct locations"),
        ({"labels": {"Team": "a"}}, "Label key 'Team'"),
    ],
)
def test_what_the_cloud_refuses_of_a_secret(world, inputs, part):
    assert part in refused(world.create, token=SECRET, **{"secretId": "jwt", "replication": {"auto": {}}, **inputs})


def test_rotation_tells_somebody(world):
    rotation = {"rotationPeriod": "3600s"}
    assert invalid(world, SECRET, secretId="jwt", replication={"auto": {}}, rotation=rotation).keys() == {"rotation", "rotation.rotationPeriod"}


def test_a_secrets_id_is_held_once(world, secret):
    message = refused(world.create, token=SECRET, secretId="jwt", replication={"auto": {}})
    assert message == f"Error creating Secret: googleapi: Error 409: Secret [{secret.id}] already exists."


def test_a_protected_secret_stays(world):
    kept = world.create(SECRET, secretId="jwt", replication={"auto": {}}, deletionProtection=True)
    assert refused(world.delete, record=kept) == "cannot destroy secret manager secret without setting deletion_protection=false and running `pulumi up`"
    world.delete(world.update(kept, deletionProtection=False))
    assert world.cloud.get(SECRET, kept.id) is None


def test_versions_count_up(world, secret):
    first = world.create(VERSION, secret=secret.id, secretData="one")
    second = world.create(VERSION, secret=secret.outputs["name"], secretData="two")
    assert [first.id, second.id] == [f"projects/{NUMBER}/secrets/jwt/versions/{number}" for number in (1, 2)]
    assert [first.outputs["version"], second.outputs["name"]] == ["1", second.id]
    assert world.update(first, enabled=False).outputs["name"] == first.id


def test_a_secret_goes_with_its_versions(world, secret):
    world.create(VERSION, secret=secret.id, secretData="one")
    world.delete(secret)
    assert not world.cloud.records


def test_a_version_needs_its_secret_and_its_data(world, secret):
    assert "secretData" in invalid(world, VERSION, secret=secret.id)
    assert "secret" in invalid(world, VERSION, secret="jwt", secretData="one")
    assert "was not found" in refused(world.create, token=VERSION, secret=f"projects/{PROJECT}/secrets/none", secretData="one")
    assert "the limit is 65536" in refused(world.create, token=VERSION, secret=secret.id, secretData="x" * 65537)


@pytest.mark.parametrize(("policy", "left"), [("DELETE", False), ("DISABLE", True), ("ABANDON", True)])
def test_a_version_goes_as_its_policy_says(world, secret, policy, left):
    version = world.create(VERSION, secret=secret.id, secretData="one", deletionPolicy=policy)
    world.delete(version)
    assert (world.cloud.get(VERSION, version.id) is not None) is left


def test_the_latest_version_is_read(world, secret):
    world.create(VERSION, secret=secret.id, secretData="one")
    world.create(VERSION, secret=secret.id, secretData="two")
    ask = "gcp:secretmanager/getSecretVersion:getSecretVersion"
    assert world.invoke(ask, secret="jwt")["secretData"] == "two"
    assert world.invoke(ask, secret="jwt", version="1")["secretData"] == "one"
    assert "versions/3] not found" in refused(world.invoke, token=ask, secret="jwt", version="3")


@pytest.mark.parametrize("named", ["jwt", f"projects/{PROJECT}/secrets/jwt", f"projects/{NUMBER}/secrets/jwt"])
def test_readers_are_granted_secret_by_secret(world, secret, named):
    made = world.create(READER, secretId=named, role="roles/secretmanager.secretAccessor", member=SOMEONE)
    assert made.id == f"{secret.id}/roles/secretmanager.secretAccessor/{SOMEONE}"


def test_a_grant_on_a_secret_that_does_not_exist_is_refused(world):
    assert "was not found" in refused(world.create, token=READER, secretId="none", role="roles/secretmanager.secretAccessor", member=SOMEONE)


def test_a_repository_is_told_by_place_and_id(world):
    made = world.create(REPOSITORY, repositoryId="images", format="DOCKER")
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/repositories/images"
    assert made.outputs["name"] == "images"
    assert made.outputs["registryUri"] == f"{REGION}-docker.pkg.dev/{PROJECT}/images"
    assert made.inputs["mode"] == "STANDARD_REPOSITORY"
    assert refused(world.create, token=REPOSITORY, repositoryId="images", format="DOCKER").endswith("409: the repository already exists")


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"repositoryId": "Images"}, 'Invalid repository ID "Images"'),
        ({"format": "OCI"}, "Invalid value at 'repository.format'"),
        ({"format": "NPM", "dockerConfig": {"immutableTags": True}}, "repositories of format DOCKER"),
        ({"cleanupPolicies": [{"id": "a"}, {"id": "a"}]}, "distinct ids"),
        ({"cleanupPolicies": [{"id": "a", "action": "DELETE", "mostRecentVersions": {"keepCount": 3}}]}, "only be used with action KEEP"),
    ],
)
def test_what_the_cloud_refuses_of_a_repository(world, inputs, part):
    assert part in refused(world.create, token=REPOSITORY, **{"repositoryId": "images", "format": "DOCKER", **inputs})


def test_a_cleanup_age_is_a_duration(world):
    policies = [{"id": "old", "action": "DELETE", "condition": {"olderThan": "thirty days"}}]
    assert "cleanupPolicies[0].condition.olderThan" in invalid(world, REPOSITORY, repositoryId="images", format="DOCKER", cleanupPolicies=policies)


def test_pullers_are_granted_on_the_repository(world):
    repository = world.create(REPOSITORY, repositoryId="images", format="DOCKER")
    made = world.create(PULLER, repository="images", role="roles/artifactregistry.reader", member=SOMEONE)
    assert made.id == f"{repository.id}/roles/artifactregistry.reader/{SOMEONE}"


def test_rings_and_keys_are_told_by_their_path(world, ring):
    made = world.create(KEY, name="disk", keyRing=ring.id, rotationPeriod="7776000s")
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/keyRings/data/cryptoKeys/disk"
    assert made.outputs["primaries"] == [{"name": f"{made.id}/cryptoKeyVersions/1", "state": "ENABLED"}]
    assert made.outputs["versionTemplate"] == {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "SOFTWARE"}
    assert world.create(USER, cryptoKeyId=made.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member=SOMEONE).id.startswith(made.id + "/roles/")


def test_rings_and_keys_are_never_gone(world, ring):
    key = world.create(KEY, name="disk", keyRing=ring.id)
    world.delete(key)
    world.delete(ring)
    assert refused(world.create, token=RING, name="data", location=REGION) == f"Error creating KeyRing: googleapi: Error 409: KeyRing {ring.id} already exists."
    assert (
        refused(world.create, token=KEY, name="disk", keyRing=ring.id) == f"Error creating CryptoKey: googleapi: Error 409: CryptoKey {key.id} already exists."
    )


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        ("90d", "Invalid rotation period format: 90d"),
        ("3600s", "Rotation period must be greater than one day"),
        ("86400.1234567890s", "Rotation period cannot have more than 9 fractional digits"),
    ],
)
def test_a_rotation_period_keeps_the_providers_rules(world, ring, period, reason):
    assert invalid(world, KEY, name="disk", keyRing=ring.id, rotationPeriod=period) == {"rotationPeriod": reason}


def test_a_key_needs_its_ring_and_only_symmetric_ones_rotate(world, ring):
    assert "KeyRing nowhere not found" in refused(world.create, token=KEY, name="disk", keyRing="nowhere")
    template = {"algorithm": "EC_SIGN_P256_SHA256"}
    signing = {"name": "sign", "keyRing": ring.id, "purpose": "ASYMMETRIC_SIGN", "versionTemplate": template}
    assert "rotation_period can only be set" in refused(world.create, token=KEY, **signing, rotationPeriod="7776000s")
    assert world.create(KEY, **signing).inputs["versionTemplate"] == {**template, "protectionLevel": "SOFTWARE"}


@pytest.mark.parametrize(
    ("token", "inputs", "place", "agent"),
    [
        (REPOSITORY, lambda key: {"repositoryId": "images", "format": "DOCKER", "kmsKeyName": key}, REGION, "gcp-sa-artifactregistry"),
        (
            SECRET,
            lambda key: {"secretId": "jwt", "replication": {"auto": {"customerManagedEncryption": {"kmsKeyName": key}}}},
            "global",
            "gcp-sa-secretmanager",
        ),
    ],
)
def test_a_customers_key_lies_where_the_thing_lies_and_its_service_may_use_it(world, token, inputs, place, agent):
    far, near = (world.create(KEY, name="disk", keyRing=world.create(RING, name="data", location=where).id) for where in ("us-east1", place))
    assert f"must match the location '{place}'" in refused(world.create, token=token, **inputs(far.id))
    member = f"serviceAccount:service-{NUMBER}@{agent}.iam.gserviceaccount.com"
    assert member.partition(":")[2] in refused(world.create, token=token, **inputs(near.id))
    world.create(USER, cryptoKeyId=near.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member=member)
    assert world.create(token, **inputs(near.id)).type == token


def test_repositories_and_rings_lie_somewhere(world):
    assert "(or it may not exist)" in refused(world.create, token=REPOSITORY, repositoryId="images", format="DOCKER", location="mars")
    assert "location 'mars'" in refused(world.create, token=RING, name="data", location="mars")
    assert world.create(REPOSITORY, repositoryId="images", format="DOCKER", location="europe").outputs["registryUri"].startswith("europe-docker.pkg.dev/")
