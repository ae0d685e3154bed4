"""Everything that ObjectStore refuses, word for word, before anything is registered."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components import ArgsError, Cors, LifecycleRule, ObjectStore, ObjectStoreArgs, Retention, Site
from tests.components.world import build

SITE = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="dev", tier="dev", protect=False)
ORIGIN = "for example 'https://app.example.com'"
RULES: list[tuple[LifecycleRule, list[str]]] = [
    (LifecycleRule(after_days=0, delete=True), ["lifecycle[0].after_days must be 1 to 36525 days, got 0"]),
    (LifecycleRule(delete=True), ["lifecycle[0] must say when it acts; give after_days or newer_versions"]),
    (LifecycleRule(after_days=1), ["lifecycle[0] must either delete or move to a class; give delete=True or to_class"]),
    (LifecycleRule(after_days=1, delete=True, to_class="archive"), ["lifecycle[0] must either delete or move to a class; give delete=True or to_class"]),
    (
        LifecycleRule(after_days=1, to_class="glacier"),
        ['lifecycle[0].to_class must be "nearline" or "coldline" or "archive": objects only move to a colder class than \'standard\', got \'glacier\''],
    ),
    (LifecycleRule(newer_versions=True, delete=True), ["lifecycle[0].newer_versions must be 1 to 100, got True"]),
    (
        LifecycleRule(after_days=1, delete=True, prefixes="tmp/"),
        ["lifecycle[0].prefixes must be a list of the first or last parts of objects' names, got 'tmp/'; did you mean ('tmp/',)?"],
    ),
    (LifecycleRule(after_days=1, delete=True, suffixes=("",)), ["lifecycle[0].suffixes must hold text, got ''; leave the list out for all objects"]),
]
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    *[({"lifecycle": (rule,)}, expected) for rule, expected in RULES],
    ({"versioning": "yes"}, ["versioning must be True or False, got 'yes'"]),
    ({"noncurrent_days": -1}, ["noncurrent_days must be 0 to 36525 days, got -1"]),
    ({"undelete_days": 6}, ["undelete_days must be 7 to 90 days, got 6; or 0 to delete at once"]),
    ({"undelete_days": "30"}, ["undelete_days must be 7 to 90 days, got '30'; or 0 to delete at once"]),
    ({"storage_class": "cold"}, ['storage_class must be "standard" or "nearline" or "coldline" or "archive", got \'cold\'']),
    ({"location": 5}, ["location must be a region or a multi-region, got 5; for example 'europe-west1'"]),
    ({"lifecycle": "delete"}, ["lifecycle must be a list of LifecycleRule(…), got 'delete'; did you mean ('delete',)?"]),
    ({"lifecycle": ({"after_days": 3},)}, ["lifecycle[0] must be LifecycleRule(…), got {'after_days': 3}"]),
    ({"lifecycle": (LifecycleRule(newer_versions=2, delete=True),), "versioning": False}, ["lifecycle[0].newer_versions needs versioning, got 2"]),
    (
        {"storage_class": "archive", "lifecycle": (LifecycleRule(after_days=1, to_class="coldline"),)},
        ["lifecycle[0].to_class must be left out: objects only move to a colder class than 'archive', got 'coldline'"],
    ),
    ({"cors": (Cors(origins=("*",)),)}, [f"cors[0].origins must hold exact origins, without path or wildcard, got '*'; {ORIGIN}"]),
    ({"cors": (Cors(origins=()),)}, ["cors[0].origins must name at least one origin; for example ('https://app.example.com',)"]),
    (
        {"cors": (Cors(origins="https://a.example"),)},
        ["cors[0].origins must be a list of origins, got 'https://a.example'; did you mean ('https://a.example',)?"],
    ),
    (
        {"cors": (Cors(origins=("https://a.example",), methods=("PATCH",), max_age=-1),)},
        [
            'cors[0].methods must be "GET" or "HEAD" or "PUT" or "POST" or "DELETE", got \'PATCH\'',
            "cors[0].max_age must be 0 to 86400 seconds, got -1",
        ],
    ),
    ({"retention": 30}, ["retention must be Retention(…), got 30"]),
    ({"retention": Retention(days=0)}, ["retention.days must be 1 to 36525 days, got 0"]),
    ({"customer_key": ""}, ["customer_key must be text, got ''; for example 'projects/…/cryptoKeys/store'"]),
    ({"usage_logs": "logs"}, ["usage_logs must be an ObjectStore, got 'logs'"]),
    (
        {"undelete_days": 1, "storage_class": "hot"},
        [
            "undelete_days must be 7 to 90 days, got 1; or 0 to delete at once",
            'storage_class must be "standard" or "nearline" or "coldline" or "archive", got \'hot\'',
        ],
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_store_that_cannot_work_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        ObjectStore("videos", ObjectStoreArgs(site=SITE, **given))
    assert str(caught.value) == "\n".join(f'ObjectStore "videos": {problem}' for problem in expected)


@pytest.mark.parametrize(
    ("site", "given", "expected"),
    [
        (
            dataclasses.replace(SITE, protect=True),
            {"force_destroy": True},
            "force_destroy must be False where the site protects data; to take it down: pulumi config set groundplan:protect false",
        ),
    ],
)
def test_what_the_site_makes_impossible_is_refused(site: Site, given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ArgsError) as caught:
        ObjectStore("videos", ObjectStoreArgs(site=site, **given))
    assert str(caught.value) == f'ObjectStore "videos": {expected}'


@pytest.mark.parametrize(("application", "name"), [("google-like", "videos"), ("goods", "a-g00gle"), ("watchparty", "google-exports")])
def test_a_name_that_no_bucket_may_have_is_refused(application: str, name: str) -> None:
    with pytest.raises(ArgsError) as caught:
        ObjectStore(name, ObjectStoreArgs(site=dataclasses.replace(SITE, application=application)))
    start = f"ObjectStore \"{name}\": name must not make a bucket's name that begins with goog or holds google, got '{application}-dev-{name}-e13ac0-"
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith("; see groundplan:application")


def test_nothing_is_registered_for_a_store_that_is_refused() -> None:
    def program() -> None:
        with pytest.raises(ArgsError):
            ObjectStore("videos", ObjectStoreArgs(undelete_days=1))

    assert [resource.name for resource in build(program).resources] == ["watchparty-dev"]
