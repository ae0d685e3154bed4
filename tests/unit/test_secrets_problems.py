"""Everything that Secrets refuses, word for word, before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, Secrets, SecretsArgs, Site
from tests.components.world import build

SITE = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="dev", tier="dev", protect=False)
NAME = "must hold names of 1 to 40 of a-z, 0-9 and hyphens that start with a letter"

STRIPE = 'use pulumi.Config().require_secret("stripe"), set with: pulumi config set --secret stripe'
PLAIN = f"supplied['stripe'] must not stand in the program in plain text; {STRIPE}"

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ['generated, supplied and external must name at least one secret; for example generated={"jwt": 64}']),
    ({"generated": ["jwt"]}, ["generated must be a mapping name → length, got ['jwt']"]),
    ({"supplied": "stripe"}, ["supplied must be a mapping name → value, got 'stripe'"]),
    ({"external": "smtp"}, ["external must be a list of names, got 'smtp'; did you mean ('smtp',)?"]),
    ({"generated": {"jwt": 8}}, ["generated['jwt'] must be 16 to 1024 letters and digits, got 8"]),
    ({"generated": {"jwt": "64"}}, ["generated['jwt'] must be 16 to 1024 letters and digits, got '64'"]),
    ({"generated": {"JWT_KEY": 64}}, [f"generated {NAME}, got 'JWT_KEY'; for example 'jwt'"]),
    ({"external": (7,)}, [f"external {NAME}, got 7; for example 'jwt'"]),
    ({"generated": {"jwt": 64}, "external": ("jwt",)}, ["external must not name a secret that is already there, got 'jwt'"]),
    (
        {"supplied": {"stripe": "sk_live_1"}},
        [PLAIN],
    ),
    ({"external": ("smtp",), "replication": "global"}, ['replication must be "regional" or "automatic", got \'global\'']),
    ({"external": ("smtp",), "replicas": "us-east1"}, ["replicas must be a list of regions, got 'us-east1'; did you mean ('us-east1',)?"]),
    ({"external": ("smtp",), "replicas": ("us-east-1",)}, ["replicas must hold region names, got 'us-east-1'; for example 'europe-west1'"]),
    (
        {"external": ("smtp",), "replicas": ("europe-west1",)},
        ["replicas must hold each region once, besides the site's own 'europe-west1', got ['europe-west1']"],
    ),
    ({"external": ("smtp",), "replicas": ("us-east1",), "replication": "automatic"}, ["replicas needs replication=\"regional\", got ['us-east1']"]),
    ({"external": ("smtp",), "customer_key": 5}, ["customer_key must be text, got 5; for example 'projects/…/cryptoKeys/secrets'"]),
    (
        {"external": ("smtp",), "customer_key": "k", "replicas": ("us-east1",)},
        ["customer_key must stand alone: a key encrypts in its own region only; leave replicas out"],
    ),
    ({"external": ("smtp",), "destroy_days": 1001}, ["destroy_days must be 1 to 1000 days, got 1001; or 0 to destroy at once"]),
    ({"external": ("smtp",), "destroy_days": False}, ["destroy_days must be 1 to 1000 days, got False; or 0 to destroy at once"]),
    (
        {"generated": {"jwt": 1}, "replication": "none"},
        ["generated['jwt'] must be 16 to 1024 letters and digits, got 1", 'replication must be "regional" or "automatic", got \'none\''],
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_secrets_that_cannot_work_are_refused_with_all_their_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        Secrets("secrets", SecretsArgs(site=SITE, **given))
    assert str(caught.value) == "\n".join(f'Secrets "secrets": {problem}' for problem in expected)


def test_a_refused_value_is_never_shown() -> None:
    with pytest.raises(ArgsError) as caught:
        Secrets("secrets", SecretsArgs(site=SITE, supplied={"stripe": "sk_live_1"}))
    assert "sk_live_1" not in str(caught.value)


def test_nothing_is_registered_for_secrets_that_are_refused() -> None:
    def program() -> None:
        with pytest.raises(ArgsError):
            Secrets("secrets", SecretsArgs(generated={"jwt": 1}))

    assert [resource.name for resource in build(program).resources] == ["watchparty-dev"]
