"""Where a Cloud Storage bucket may lie."""

from __future__ import annotations

MULTI = frozenset({"us", "eu", "asia"})
DUAL = frozenset({"asia1", "eur4", "eur5", "eur7", "eur8", "nam4"})
_REGIONS_WORDS = (
    "africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2 "
    "asia-southeast3 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 "
    "europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1 "
    "northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4 us-east5 "
    "us-south1 us-west1 us-west2 us-west3 us-west4 us-west8"
)
REGIONS = frozenset(_REGIONS_WORDS.split())


def canonical(location: str) -> str:
    """The location as Cloud KMS writes it: `europe-west1`, `eu` as `europe`."""
    lower = location.lower()
    return {"eu": "europe"}.get(lower, lower)


def is_region(location: str) -> bool:
    """One region."""
    return location.lower() in REGIONS


def is_dual(location: str) -> bool:
    """A named pair of regions."""
    return location.lower() in DUAL


def is_place(location: str) -> bool:
    """Anything that a bucket's location may be."""
    return location.lower() in MULTI | DUAL | REGIONS
