"""How Google writes its keys and its locations: what a builder checks before anything is registered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .._core.errors import Problem
from .._core.site import GCP_REGION

KEY = re.compile(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+")
"""A Cloud KMS key in full, without a version."""
BUCKET_PLACES = ("US", "EU", "ASIA", "NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1")
"""Multi-regions and predefined dual-regions of Cloud Storage (cloud.google.com/storage/docs/locations)."""
REGISTRY_PLACES = ("us", "europe", "asia")
"""Multi-regions of Artifact Registry (cloud.google.com/artifact-registry/docs/repositories/repo-locations)."""


def key_problems(key: object) -> Iterator[Problem]:
    """A key of your own that is not named in full; what another resource supplies is not known yet."""
    if isinstance(key, str) and not KEY.fullmatch(key):
        yield Problem("customer_key", "must name a Cloud KMS key in full", key, "projects/…/locations/…/keyRings/…/cryptoKeys/…")


def location_problems(location: str, places: tuple[str, ...]) -> Iterator[Problem]:
    """Neither a region nor one of the service's larger places; empty is the site's region."""
    if location and location.upper() not in {place.upper() for place in places} and not GCP_REGION.fullmatch(location.lower()):
        yield Problem("location", f"must be a region or {' or '.join(places)}", location, "for example 'europe-west1'")
