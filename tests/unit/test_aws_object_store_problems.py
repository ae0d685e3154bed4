"""Everything that ObjectStore refuses on AWS alone, word for word, before anything is registered."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components import ArgsError, LifecycleRule, ObjectStore, ObjectStoreArgs, Retention, Site
from tests.components.world import build

SITE = Site(cloud="aws", region="eu-west-1", project="123456789012", application="watchparty", stack="dev", tier="dev", protect=False)
GOOGLE = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="dev", tier="dev", protect=False)
KEY = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
ONE_REGION = "for example 'eu-west-1'; for a copy in a second region give replica_region"
MOVED = "lifecycle[0] moves the same objects to nearline, where they stay 30 days"
UNDELIVERED = "S3 delivers no logs into a bucket with locked objects, nor under a key of your own without a right of its own on it"
NEARLINE = LifecycleRule(after_days=30, to_class="nearline")
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"location": "EU"}, [f"location must be one region on AWS, got 'EU'; {ONE_REGION}"]),
    ({"location": "europe-west1"}, [f"location must be one region on AWS, got 'europe-west1'; {ONE_REGION}"]),
    (
        {"lifecycle": (LifecycleRule(after_days=1, delete=True, suffixes=(".tmp",)),)},
        ["lifecycle[0].suffixes must be left out on AWS: rules of S3 know prefixes only, got ('.tmp',); put such objects under a prefix of their own"],
    ),
    (
        {"lifecycle": (LifecycleRule(after_days=29, to_class="nearline"),)},
        ["lifecycle[0].after_days must be at least 30 on AWS to move to nearline (Standard-IA), got 29"],
    ),
    (
        {"lifecycle": (LifecycleRule(newer_versions=2, after_days=7, to_class="nearline"),)},
        ["lifecycle[0].after_days must be at least 30 on AWS to move to nearline (Standard-IA), got 7"],
    ),
    (
        {"lifecycle": (LifecycleRule(after_days=60, delete=True, prefixes=("a/",)), LifecycleRule(after_days=60, to_class="nearline", prefixes=("b/", "a/")))},
        ["lifecycle[0].after_days must be more than 60, after which lifecycle[1] moves the same objects, got 60"],
    ),
    (
        {"lifecycle": (NEARLINE, LifecycleRule(after_days=59, to_class="archive"))},
        [f"lifecycle[1].after_days must be at least 60 on AWS: {MOVED}, got 59"],
    ),
    (
        {"lifecycle": (LifecycleRule(after_days=1, delete=True, prefixes=tuple(f"{number}/" for number in range(998))),)},
        ["lifecycle must come to at most 997 rules on AWS, where each prefix is one, got 998"],
    ),
    (
        {"versioning": False, "undelete_days": 7},
        ["undelete_days must be 0 on AWS where versioning is False, got 7; S3 brings back what was deleted from its old versions only"],
    ),
    ({"versioning": False, "retention": Retention(days=1)}, ["retention needs versioning on AWS; leave versioning out"]),
    ({"versioning": False, "replica_region": "eu-central-1"}, ["replica_region needs versioning, got 'eu-central-1'; leave versioning out"]),
    ({"retention": Retention(days=36501)}, ["retention.days must be at most 36500 on AWS, got 36501"]),
    ({"replica_region": "eu-west-1"}, ["replica_region must be another region of AWS than 'eu-west-1', got 'eu-west-1'"]),
    ({"replica_region": "EU"}, ["replica_region must be another region of AWS than 'eu-west-1', got 'EU'"]),
    ({"replica_region": "eu-central-1", "location": "eu-central-1"}, ["replica_region must be another region of AWS than 'eu-central-1', got 'eu-central-1'"]),
    ({"replica_region": None}, ["replica_region must be a region, got None; for example 'eu-central-1'"]),
    (
        {"customer_key": "alias/store"},
        ["customer_key must be the ARN of a KMS key, got 'alias/store'; arn:aws:kms:…:…:key/…; an alias gives nobody a right on the key"],
    ),
    (
        {"customer_key": KEY, "location": "eu-central-1"},
        [f"customer_key must be in 'eu-central-1', where this is built, got '{KEY}'; a KMS key encrypts in its own region only"],
    ),
    (
        {"customer_key": KEY, "replica_region": "eu-central-1"},
        [f"customer_key must be a multi-region key (mrk-…) where there is a replica_region, got '{KEY}'; a key of one region encrypts nothing in eu-central-1"],
    ),
    (
        {"location": "EU", "replica_region": "EU", "retention": Retention(days=36525)},
        [
            f"location must be one region on AWS, got 'EU'; {ONE_REGION}",
            "retention.days must be at most 36500 on AWS, got 36525",
            "replica_region must be another region of AWS than 'EU', got 'EU'",
        ],
    ),
]


def refusal(name: str, site: Site, **given: Any) -> str:
    with pytest.raises(ArgsError) as caught:
        ObjectStore(name, ObjectStoreArgs(site=site, **given))
    return str(caught.value)


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_store_that_s3_cannot_keep_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    assert refusal("videos", SITE, **given) == "\n".join(f'ObjectStore "videos": {problem}' for problem in expected)


@pytest.mark.parametrize(
    "given",
    [
        {"lifecycle": (NEARLINE, LifecycleRule(after_days=60, to_class="archive"), LifecycleRule(after_days=61, delete=True))},
        {"lifecycle": (LifecycleRule(after_days=30, to_class="nearline", prefixes=("a/",)), LifecycleRule(after_days=1, delete=True, prefixes=("b/",)))},
        {"lifecycle": (LifecycleRule(newer_versions=1, delete=True, after_days=1), NEARLINE)},
        {"lifecycle": (LifecycleRule(after_days=1, delete=True, prefixes=tuple(f"{number}/" for number in range(997))),)},
        {"versioning": False},
    ],
)
def test_what_s3_can_keep_is_built(given: dict[str, Any]) -> None:
    assert build(lambda: ObjectStore("videos", ObjectStoreArgs(**given)), cloud="aws").one("aws:s3/bucket:Bucket").name == "videos-bucket"


@pytest.mark.parametrize(
    ("logs_site", "logs", "expected"),
    [
        (dataclasses.replace(SITE, project="210987654321"), {}, "must be a store of the same AWS account, got 'logs'"),
        (GOOGLE, {}, "must be a store of the same AWS account, got 'logs'"),
        (SITE, {"location": "eu-central-1"}, "must be a store in eu-west-1: S3 delivers no logs across regions, got 'logs in eu-central-1'"),
        (
            SITE,
            {"retention": Retention(days=1)},
            f"must be a store without retention and without customer_key on AWS, got 'logs'; {UNDELIVERED}",
        ),
    ],
)
def test_logs_that_s3_would_not_deliver_are_refused(logs_site: Site, logs: dict[str, Any], expected: str) -> None:
    said: list[str] = []

    def program() -> None:
        target = ObjectStore("logs", ObjectStoreArgs(site=logs_site, **logs))
        said.append(refusal("videos", SITE, usage_logs=target))

    build(program, cloud="aws")
    assert said == [f'ObjectStore "videos": usage_logs {expected}']


@pytest.mark.parametrize("application", ["sthree-watchparty", "amzn-s3-demo-app"])
def test_a_name_that_s3_keeps_for_itself_is_refused(application: str) -> None:
    said = refusal("videos", dataclasses.replace(SITE, application=application))
    start = f"ObjectStore \"videos\": name must not make a bucket's name that begins with xn-- or sthree- or amzn-s3-demo-, got '{application}-dev-vide"
    assert said.startswith(start)
    assert said.endswith("; see groundplan:application")


def test_google_cloud_has_no_copies() -> None:
    expected = "replica_region must be left out on Google Cloud, got 'europe-west4'; location='EU' keeps every object in more than one region"
    assert refusal("videos", GOOGLE, replica_region="europe-west4") == f'ObjectStore "videos": {expected}'


def test_nothing_is_registered_for_a_store_that_is_refused() -> None:
    def program() -> None:
        with pytest.raises(ArgsError):
            ObjectStore("videos", ObjectStoreArgs(location="EU"))

    assert [resource.name for resource in build(program, cloud="aws").resources] == ["watchparty-dev"]
