"""Keys and places that Google does not have are refused before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, Cache, CacheArgs, Database, DatabaseArgs, Network, ObjectStore, ObjectStoreArgs, Registry, RegistryArgs, Secrets, SecretsArgs
from tests.components.world import build

KEY = "customer_key must name a Cloud KMS key in full, got 'foo'; projects/…/locations/…/keyRings/…/cryptoKeys/…"
NOUNS: dict[str, Any] = {
    "Database": lambda **given: Database("it", DatabaseArgs(network=Network("main"), **given)),
    "Cache": lambda **given: Cache("it", CacheArgs(network=Network("main"), **given)),
    "ObjectStore": lambda **given: ObjectStore("it", ObjectStoreArgs(**given)),
    "Registry": lambda **given: Registry("it", RegistryArgs(**given)),
    "Secrets": lambda **given: Secrets("it", SecretsArgs(external=("smtp",), **given)),
}


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_a_key_that_is_not_named_in_full_is_refused_by_every_noun(noun: str) -> None:
    with pytest.raises(ArgsError) as caught:
        build(lambda: NOUNS[noun](customer_key="foo"))
    assert str(caught.value) == f'{noun} "it": {KEY}'


@pytest.mark.parametrize(
    ("noun", "message"),
    [
        ("ObjectStore", "must be a region or US or EU or ASIA or NAM4 or EUR4 or EUR5 or EUR7 or EUR8 or ASIA1"),
        ("Registry", "must be a region or us or europe or asia"),
    ],
)
def test_a_place_that_does_not_exist_is_refused(noun: str, message: str) -> None:
    with pytest.raises(ArgsError) as caught:
        build(lambda: NOUNS[noun](location="mars"))
    assert str(caught.value) == f"{noun} \"it\": location {message}, got 'mars'; for example 'europe-west1'"


@pytest.mark.parametrize(
    ("noun", "place"), [("ObjectStore", "EU"), ("ObjectStore", "us-east1"), ("ObjectStore", "eur4"), ("Registry", "europe"), ("Registry", "")]
)
def test_a_place_that_exists_is_taken(noun: str, place: str) -> None:
    build(lambda: NOUNS[noun](location=place))
