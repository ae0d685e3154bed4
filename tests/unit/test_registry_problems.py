"""Everything that Registry refuses, word for word, before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, Registry, RegistryArgs, Site
from tests.components.world import build

SITE = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="prod", tier="prod")

AWS = Site(cloud="aws", region="eu-west-1", application="watchparty", stack="dev", tier="dev")
KEY = "must be the ARN of a KMS key"
KEY_REMEDY = "arn:aws:kms:…:…:key/…; an alias gives nobody a right on the key"
ELSEWHERE = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"immutable_tags": "yes"}, ["immutable_tags must be True or False, got 'yes'"]),
    ({"keep_images": 0}, ["keep_images must be 1 to 1000, got 0"]),
    ({"keep_images": "10"}, ["keep_images must be 1 to 1000, got '10'"]),
    ({"keep_images": True}, ["keep_images must be 1 to 1000, got True"]),
    ({"untagged_days": 0}, ["untagged_days must be 1 to 3650 days, got 0"]),
    ({"untagged_days": 1.5}, ["untagged_days must be 1 to 3650 days, got 1.5"]),
    ({"tagged_days": 30}, ["tagged_days needs immutable_tags=False: an immutable tag keeps its image for ever, got 30"]),
    ({"tagged_days": -1, "immutable_tags": False}, ["tagged_days must be 1 to 3650 days, got -1; or 0 for never"]),
    ({"cleanup_dry_run": 1}, ["cleanup_dry_run must be True or False, got 1"]),
    ({"scanning": "on"}, ["scanning must be True or False, got 'on'"]),
    ({"location": None}, ["location must be a region or a multi-region, got None; for example 'europe-west1'"]),
    ({"customer_key": ""}, ["customer_key must be text, got ''; for example 'projects/…/cryptoKeys/images'"]),
    ({"keep_images": 2000, "scanning": None}, ["keep_images must be 1 to 1000, got 2000", "scanning must be True or False, got None"]),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_registry_that_cannot_work_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        Registry("images", RegistryArgs(site=SITE, **given))
    assert str(caught.value) == "\n".join(f'Registry "images": {problem}' for problem in expected)


REFUSED_ON_AWS: list[tuple[dict[str, Any], list[str]]] = [
    ({"location": "us-east-1"}, ["location must be 'eu-west-1' on AWS, where this is built, got 'us-east-1'; build it elsewhere with site="]),
    ({"location": "europe"}, ["location must be 'eu-west-1' on AWS, where this is built, got 'europe'; build it elsewhere with site="]),
    ({"location": 1}, ["location must be a region or a multi-region, got 1; for example 'eu-west-1'"]),
    ({"customer_key": "alias/images"}, [f"customer_key {KEY}, got 'alias/images'; {KEY_REMEDY}"]),
    ({"customer_key": ELSEWHERE}, [f"customer_key must be in 'eu-west-1', where this is built, got {ELSEWHERE!r}; a KMS key encrypts in its own region only"]),
    ({"customer_key": "projects/p/x"}, [f"customer_key {KEY}, got 'projects/p/x'; {KEY_REMEDY}"]),
    ({"tagged_days": 30, "immutable_tags": True}, ["tagged_days needs immutable_tags=False: an immutable tag keeps its image for ever, got 30"]),
    (
        {"location": "us", "customer_key": "k"},
        ["location must be 'eu-west-1' on AWS, where this is built, got 'us'; build it elsewhere with site=", f"customer_key {KEY}, got 'k'; {KEY_REMEDY}"],
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED_ON_AWS)
def test_a_registry_that_ecr_does_not_have_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        Registry("images", RegistryArgs(site=AWS, **given))
    assert str(caught.value) == "\n".join(f'Registry "images": {problem}' for problem in expected)


def test_nothing_is_registered_for_a_registry_that_is_refused() -> None:
    def program() -> None:
        with pytest.raises(ArgsError):
            Registry("images", RegistryArgs(keep_images=0))

    assert [resource.name for resource in build(program).resources] == ["watchparty-dev"]
