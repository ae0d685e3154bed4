"""Everything that Secrets refuses on AWS, word for word, before anything is registered."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components import ArgsError, Secrets, SecretsArgs
from components._core.tiers import DEFAULTS
from tests.components.world import build

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ABROAD = KEY.replace("eu-west-1", "eu-central-1")
ALIAS = "arn:aws:kms:eu-west-1:123456789012:alias/secrets"
GOOGLE = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
NOT_A_KEY = "customer_key must be the ARN of a KMS key"
REMEDY = "arn:aws:kms:…:…:key/…; an alias gives nobody a right on the key"

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"replication": "automatic"},
        ["replication must be \"regional\" on AWS, where a secret is kept in the regions that are named, got 'automatic'; name them in replicas"],
    ),
    ({"destroy_days": 1}, ["destroy_days must be 0 or 7 to 30 days on AWS Secrets Manager, got 1; take 7, or 0 to destroy at once"]),
    ({"destroy_days": 6}, ["destroy_days must be 0 or 7 to 30 days on AWS Secrets Manager, got 6; take 7, or 0 to destroy at once"]),
    ({"destroy_days": 31}, ["destroy_days must be 0 or 7 to 30 days on AWS Secrets Manager, got 31; take 30"]),
    ({"destroy_days": 1001}, ["destroy_days must be 1 to 1000 days, got 1001; or 0 to destroy at once"]),
    ({"customer_key": ALIAS}, [f"{NOT_A_KEY}, got '{ALIAS}'; {REMEDY}"]),
    ({"customer_key": GOOGLE}, [f"{NOT_A_KEY}, got '{GOOGLE}'; {REMEDY}"]),
    ({"customer_key": "1234abcd-12ab-34cd-56ef-1234567890ab"}, [f"{NOT_A_KEY}, got '1234abcd-12ab-34cd-56ef-1234567890ab'; {REMEDY}"]),
    (
        {"customer_key": ABROAD},
        [f"customer_key must be in 'eu-west-1', where this is built, got '{ABROAD}'; a KMS key encrypts in its own region only"],
    ),
    ({"customer_key": 5}, ["customer_key must be text, got 5; for example 'arn:aws:kms:…:key/…'"]),
    ({"replicas": ("europe-west1",)}, ["replicas must hold region names, got 'europe-west1'; for example 'eu-west-1'"]),
    ({"replicas": ("eu-west-1",)}, ["replicas must hold each region once, besides the site's own 'eu-west-1', got ['eu-west-1']"]),
    (
        {"customer_key": KEY, "replicas": ("eu-central-1",)},
        ["customer_key must stand alone: a key encrypts in its own region only; leave replicas out"],
    ),
    (
        {"customer_key": ALIAS, "destroy_days": 3},
        [f"{NOT_A_KEY}, got '{ALIAS}'; {REMEDY}", "destroy_days must be 0 or 7 to 30 days on AWS Secrets Manager, got 3; take 7, or 0 to destroy at once"],
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_secrets_that_aws_cannot_keep_are_refused_with_all_their_problems_and_nothing_is_registered(given: dict[str, Any], expected: list[str]) -> None:
    caught: list[str] = []

    def program() -> None:
        try:
            Secrets("secrets", SecretsArgs(external=("smtp",), **given))
        except ArgsError as error:
            caught.append(str(error))

    world = build(program, cloud="aws")
    assert caught == ["\n".join(f'Secrets "secrets": {problem}' for problem in expected)]
    assert [resource.name for resource in world.resources] == ["watchparty-dev"]


@pytest.mark.parametrize("days", [0, 7, 30])
def test_the_edge_of_what_works_is_taken(days: int) -> None:
    world = build(lambda: Secrets("secrets", SecretsArgs(external=("smtp",), destroy_days=days)), cloud="aws")
    assert world.one("aws:secretsmanager/secret:Secret").inputs["recoveryWindowInDays"] == days


@pytest.mark.parametrize("key", [KEY, KEY.replace("1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-" + 32 * "0"), pulumi.Output.from_input("anything")])
def test_a_key_by_its_arn_or_from_another_resource_is_taken(key: Any) -> None:
    world = build(lambda: Secrets("secrets", SecretsArgs(external=("smtp",), customer_key=key)), cloud="aws")
    assert "kmsKeyId" in world.one("aws:secretsmanager/secret:Secret").inputs


@pytest.mark.parametrize("days", DEFAULTS["SecretsArgs"]["destroy_days"])
def test_what_a_tier_decides_is_legal_on_both_clouds(days: int) -> None:
    assert days == 0 or 7 <= days <= 30
