"""Registry on AWS: a repository for each image that is named. Mocks: that ECR takes them is shown on the engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import ArgsError, Registry, RegistryArgs, connect
from components._core.connection import Principal
from tests.components.world import World, build

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
POLICY = "aws:iam/rolePolicy:RolePolicy"
API = Principal("api", "arn:aws:iam::123456789012:role/watchparty-dev-api")
DIGEST = "sha256:" + "0123456789abcdef" * 4
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
URL = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/watchparty-dev-images"
UNTAGGED = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}


def made(*references: str, tier: str = "dev", config: dict[str, str] | None = None, **given: Any) -> World:
    def program() -> None:
        registry = Registry("images", RegistryArgs(**given))
        for reference in references:
            registry.image(reference)

    return build(program, cloud="aws", tier=tier, **(config or {}))


def test_a_registry_is_nothing_until_an_image_is_named() -> None:
    assert made().children("images") == []


def test_each_image_has_a_repository_and_a_lifecycle_and_only_one() -> None:
    world = made(f"api@{DIGEST}", "api:v1", f"sync@{DIGEST}")
    assert world.children("images") == [
        (LIFECYCLE, "images-cleanup-api"),
        (LIFECYCLE, "images-cleanup-sync"),
        (REPOSITORY, "images-image-api"),
        (REPOSITORY, "images-image-sync"),
    ]
    assert world.one(REPOSITORY, "images-image-api").inputs == {
        "name": "watchparty-dev-images/api",
        "imageTagMutability": "MUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "AES256"}],
        "forceDelete": True,
        "tags": {"project": "watchparty", "stack": "dev", "tier": "dev", "component": "images", "owner": "unknown", "managed-by": "pulumi"},
    }
    assert world.one(LIFECYCLE, "images-cleanup-api").delete_before_replace


@pytest.mark.parametrize(
    ("tier", "mutability", "days", "protect"), [("dev", "MUTABLE", 7, False), ("staging", "IMMUTABLE", 14, True), ("prod", "IMMUTABLE", 30, True)]
)
def test_the_tier_decides_about_tags_and_what_is_cleared_away(tier: str, mutability: str, days: int, protect: bool) -> None:
    world = made(f"api@{DIGEST}", tier=tier)
    repository = world.one(REPOSITORY)
    assert (repository.inputs["imageTagMutability"], repository.inputs["forceDelete"]) == (mutability, not protect)
    assert (repository.protect, repository.retain_on_delete) == (protect, protect)
    lifecycle = world.one(LIFECYCLE).inputs
    assert lifecycle["repository"] == f"watchparty-{tier}-images/api"
    assert json.loads(lifecycle["policy"]) == {
        "rules": [{"rulePriority": 1, "description": "Untagged images", "selection": {**UNTAGGED, "countNumber": days}, "action": {"type": "expire"}}]
    }


@pytest.mark.parametrize(("tier", "protect", "forced"), [("dev", "true", False), ("staging", "false", True), ("prod", "false", True)])
def test_images_are_deleted_with_their_repository_only_where_data_is_not_protected(tier: str, protect: str, forced: bool) -> None:
    assert made(f"api@{DIGEST}", tier=tier, config={"protect": protect}).one(REPOSITORY).inputs["forceDelete"] is forced


def test_tagged_images_go_only_when_asked_and_the_newest_never() -> None:
    rules = json.loads(made("api:v1", tagged_days=60, keep_images=20).one(LIFECYCLE).inputs["policy"])["rules"]
    assert rules[1]["selection"] == {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": 20}


def test_a_dry_run_clears_nothing_away() -> None:
    assert made("api:v1", cleanup_dry_run=True).of(LIFECYCLE) == []


def test_scanning_can_be_left_out() -> None:
    assert made("api:v1", scanning=False).one(REPOSITORY).inputs["imageScanningConfiguration"] == {"scanOnPush": False}


def test_a_key_of_your_own_encrypts_images() -> None:
    assert made("api:v1", customer_key=KEY).one(REPOSITORY).inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": KEY}]


def outputs(read: Callable[[Registry], pulumi.Output[str]], **config: str) -> str:
    seen: list[str] = []

    def program() -> None:
        read(Registry("images")).apply(seen.append)

    build(program, cloud="aws", **config)
    return seen[0]


def test_the_url_is_what_image_names_start_with() -> None:
    assert outputs(lambda registry: registry.url) == URL
    assert outputs(lambda registry: registry.repository) == "watchparty-dev-images"
    assert outputs(lambda registry: registry.image(f"api@{DIGEST}")) == f"{URL}/api@{DIGEST}"
    assert outputs(lambda registry: registry.image("team/api:v1.2")) == f"{URL}/team/api:v1.2"
    assert outputs(lambda registry: registry.url, awsAccount="210987654321") == URL.replace("123456789012", "210987654321")


def test_names_that_read_alike_have_repositories_of_their_own() -> None:
    world = made("team/api:v1", "team-api:v1", "team_api:v1", "a" * 100 + ":v1", "a" * 101 + ":v1")
    assert len({repository.name for repository in world.of(REPOSITORY)}) == 5
    assert world.one(REPOSITORY, "images-image-team-api").inputs["name"] == "watchparty-dev-images/team-api"


def test_an_image_waits_for_its_repository() -> None:
    waits: list[Any] = []

    async def read(reference: pulumi.Output[str]) -> None:
        waits.extend(resource._name for resource in await reference.resources())

    def program() -> Any:
        return read(Registry("images").image("api:v1"))

    build(lambda: asyncio.ensure_future(program()), cloud="aws")
    assert "images-image-api" in waits


@pytest.mark.parametrize(
    ("reference", "shown"),
    [("team__api:v1", "'team__api'"), ("team--api:v1", "'team--api'"), ("a" * 240 + ":v1", "'" + "a" * 76 + "...")],
)
def test_a_name_that_ecr_does_not_take_is_refused(reference: str, shown: str) -> None:
    with pytest.raises(ArgsError) as caught:
        made(reference)
    rule = "image must be a name that ECR takes: 256 letters with 'watchparty-dev-images' before it, single separators"
    assert str(caught.value) == f'Registry "images": {rule}, got {shown}'


def test_a_grant_is_the_right_to_pull_from_these_repositories() -> None:
    policy = json.loads(build(lambda: Registry("images").grant(API), cloud="aws").one(POLICY).inputs["policy"])["Statement"]
    assert policy == [
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
            "Resource": ["arn:aws:ecr:eu-west-1:123456789012:repository/watchparty-dev-images/*"],
        },
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
    ]


def test_a_connection_says_where_images_are() -> None:
    seen: list[Any] = []
    build(lambda: seen.append(connect(Registry("images"))), cloud="aws")
    assert list(seen[0].variables()) == ["IMAGES_URL"]
