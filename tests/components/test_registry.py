"""Registry on Google Cloud: exactly these children with these inputs. Mocks: that Google takes them is shown on the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import Access, ArgsError, GrantError, GroundplanError, Registry, RegistryArgs, connect
from components._core.connection import Principal
from tests.components.world import World, build

REPOSITORY = "gcp:artifactregistry/repository:Repository"
MEMBER = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
API = Principal("api", "api@watchparty-dev.iam.gserviceaccount.com")
DIGEST = "sha256:" + "0123456789abcdef" * 4


def made(tier: str = "dev", **given: Any) -> World:
    return build(lambda: Registry("images", RegistryArgs(**given)), tier=tier)


def test_a_registry_is_one_docker_repository() -> None:
    world = made()
    assert world.children("images") == [(REPOSITORY, "images-repository")]
    inputs = world.one(REPOSITORY).inputs
    assert {key: inputs[key] for key in ("format", "mode", "location", "project", "repositoryId")} == {
        "format": "DOCKER",
        "mode": "STANDARD_REPOSITORY",
        "location": "europe-west1",
        "project": "watchparty-dev",
        "repositoryId": "watchparty-dev-images",
    }


@pytest.mark.parametrize(
    ("tier", "immutable", "kept", "days", "protect"), [("dev", False, 10, 7, False), ("staging", True, 20, 14, True), ("prod", True, 50, 30, True)]
)
def test_the_tier_decides_about_tags_and_what_is_cleared_away(tier: str, immutable: bool, kept: int, days: int, protect: bool) -> None:
    repository = made(tier).one(REPOSITORY)
    assert repository.inputs["dockerConfig"] == {"immutableTags": immutable}
    assert repository.inputs["cleanupPolicies"] == [
        {"id": "keep-newest", "action": "KEEP", "mostRecentVersions": {"keepCount": kept}},
        {"id": "delete-untagged", "action": "DELETE", "condition": {"tagState": "UNTAGGED", "olderThan": f"{days * 86400}s"}},
    ]
    assert repository.inputs["cleanupPolicyDryRun"] is False
    assert (repository.protect, repository.retain_on_delete) == (protect, protect)


def test_tagged_images_go_only_when_asked() -> None:
    policies = made(tagged_days=60, cleanup_dry_run=True).one(REPOSITORY).inputs
    assert policies["cleanupPolicies"][2] == {"id": "delete-tagged", "action": "DELETE", "condition": {"tagState": "TAGGED", "olderThan": "5184000s"}}
    assert policies["cleanupPolicyDryRun"] is True


@pytest.mark.parametrize(
    ("scanning", "word", "apis"), [(True, "INHERITED", {"artifactregistry", "containerscanning"}), (False, "DISABLED", {"artifactregistry"})]
)
def test_scanning_needs_its_api_and_only_where_it_is_on(scanning: bool, word: str, apis: set[str]) -> None:
    world = made(scanning=scanning)
    assert world.one(REPOSITORY).inputs["vulnerabilityScanningConfig"] == {"enablementConfig": word}
    assert {service.inputs["service"].partition(".")[0] for service in world.of("gcp:projects/service:Service")} == apis


def test_a_key_of_your_own_encrypts_images() -> None:
    assert (
        made(customer_key="projects/p/locations/l/keyRings/r/cryptoKeys/k").one(REPOSITORY).inputs["kmsKeyName"]
        == "projects/p/locations/l/keyRings/r/cryptoKeys/k"
    )


def outputs(read: Callable[[Registry], pulumi.Output[str]]) -> str:
    seen: list[str] = []

    def program() -> None:
        read(Registry("images")).apply(seen.append)

    build(program)
    return seen[0]


def test_the_url_is_what_image_names_start_with() -> None:
    assert outputs(lambda registry: registry.url) == "europe-west1-docker.pkg.dev/watchparty-dev/watchparty-dev-images"
    start = "europe-west1-docker.pkg.dev/watchparty-dev/watchparty-dev-images"
    assert outputs(lambda registry: registry.image(f"team/api@{DIGEST}")) == f"{start}/team/api@{DIGEST}"
    assert outputs(lambda registry: registry.image("api:v1.2")) == f"{start}/api:v1.2"


def test_a_grant_is_the_right_to_pull_from_this_repository() -> None:
    assert build(lambda: Registry("images").grant(API)).one(MEMBER).inputs == {
        "project": "watchparty-dev",
        "location": "europe-west1",
        "repository": "watchparty-dev-images",
        "role": "roles/artifactregistry.reader",
        "member": "serviceAccount:api@watchparty-dev.iam.gserviceaccount.com",
    }


def test_a_connection_says_where_images_are() -> None:
    seen: list[Any] = []
    build(lambda: seen.append(connect(Registry("images"))))
    assert list(seen[0].variables()) == ["IMAGES_URL"]
    assert [(grant.kind, grant.access) for grant in seen[0].grants] == [("registry", Access.PULL)]


EXAMPLE = "for example 'api@sha256:…' or 'api:1.4'"
REFUSED: list[tuple[str, Callable[[Registry], Any], type[GroundplanError], str]] = [
    ("dev", lambda images: images.image("Api:v1"), ArgsError, f"image must be a name with a digest or a tag, got 'Api:v1'; {EXAMPLE}"),
    ("dev", lambda images: images.image("api"), ArgsError, f"image must be a name with a digest or a tag, got 'api'; {EXAMPLE}"),
    ("dev", lambda images: images.image("api@sha256:1"), ArgsError, f"image must be a name with a digest or a tag, got 'api@sha256:1'; {EXAMPLE}"),
    ("prod", lambda images: images.image("api:1.4"), ArgsError, "image must name a digest in prod, got 'api:1.4'; deploy what was tested: …@sha256:…"),
    ("dev", lambda images: connect(images, Access.WRITE), GrantError, "access must be Access.PULL, got Access.WRITE"),
    ("dev", lambda images: connect(images, prefix="a"), GrantError, "takes no prefix, got 'a'; only an ObjectStore has objects that it could narrow"),
]


@pytest.mark.parametrize(("tier", "use", "kind", "message"), REFUSED)
def test_what_a_registry_does_not_offer_is_refused(tier: str, use: Callable[[Registry], Any], kind: type[GroundplanError], message: str) -> None:
    with pytest.raises(kind) as caught:
        build(lambda: use(Registry("images")), tier=tier)
    assert str(caught.value) == f'Registry "images": {message}'
