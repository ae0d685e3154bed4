"""Which zones Google's regions have, and what it says of places that do not exist."""

from __future__ import annotations

from ...kind import Call, Refusal
from .names import location, project, region
from .storage_places import REGIONS

ZONES = {"us-central1": "abcf", "us-east1": "bcd", "europe-west1": "bcd"}
"""Regions whose zones are not a, b and c (Google Cloud, "Regions and zones")."""
_CONTINENTS = frozenset({"asia", "europe", "us"})
"""Multi-regions of Artifact Registry and KMS."""
_KEY_RINGS = frozenset({"global", "eur4", "eur5", "eur6", "nam3", "nam4", "nam6", "nam7", "nam8", "nam9", "nam10", "nam11", "nam12", "asia1"})


def refuse_region(call: Call) -> None:
    """Compute's answer to a region that does not exist."""
    where = region(call)
    if where not in REGIONS:
        raise Refusal(f"googleapi: Error 400: Invalid value for field 'region': '{where}'. Unknown region., invalid")


def refuse_repository_place(call: Call) -> None:
    """Artifact Registry's answer to a location that does not exist."""
    where = location(call)
    if where not in REGIONS and where not in _CONTINENTS:
        target = f"//artifactregistry.googleapis.com/projects/{project(call)}/locations/{where}"
        permission = "artifactregistry.repositories.create"
        raise Refusal(f"Error creating Repository: googleapi: Error 403: Permission '{permission}' denied on resource '{target}' (or it may not exist).")


def refuse_key_ring_place(call: Call) -> None:
    """KMS's answer to a location that does not exist."""
    where = location(call)
    if where not in REGIONS and where not in _CONTINENTS and where not in _KEY_RINGS:
        raise Refusal(f"Error creating KeyRing: googleapi: Error 404: The request concerns location '{where}' but was sent to location 'global'.")
