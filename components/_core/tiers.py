"""What each tier decides when the program does not say: one visible table.

dev is the cheapest safe choice, staging is shaped like production at a smaller size, prod is what keeps data and users. An unknown tier is prod.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args

Tier = Literal["dev", "staging", "prod"]
TIERS: tuple[Tier, ...] = get_args(Tier)

T = TypeVar("T")

DEFAULTS: Mapping[str, Mapping[str, tuple[Any, Any, Any]]] = {
    #                            dev          staging      prod
    "NetworkArgs": {
        "flow_log_sampling": (0.1, 0.5, 0.5),
        "nat": (True, True, True),
        "nat_gateways": ("single", "single", "zone"),
        "private_services": (False, True, True),
        "log_days": (3, 3, 30),
    },
    "ContainerServiceArgs": {
        "cpu": (1.0, 1.0, 1.0),
        "memory_mib": (512, 512, 1024),
    },
    "Runtime": {
        "request_timeout": (300, 300, 300),
        "egress": ("private", "all", "all"),
        "log_days": (3, 3, 30),
    },
    "Scaling": {
        "min": (0, 1, 2),
        "max": (2, 5, 10),
        "concurrency": (80, 80, 80),
        "spot_percent": (100, 0, 0),
    },
    "DatabaseArgs": {
        "size": ("micro", "small", "medium"),
        "storage_gb": (10, 20, 100),
        "high_availability": (False, False, True),
        "backup_days": (7, 7, 30),
        "point_in_time_days": (7, 7, 7),
    },
    "CacheArgs": {
        "size": ("small", "small", "medium"),
        "high_availability": (False, True, True),
        "persistence": (False, False, True),
    },
    "ObjectStoreArgs": {
        "versioning": (True, True, True),
        "noncurrent_days": (7, 30, 90),
        "undelete_days": (7, 7, 30),
        "storage_class": ("standard", "standard", "standard"),
    },
    "SecretsArgs": {
        "destroy_days": (0, 7, 30),
    },
    "RegistryArgs": {
        "keep_images": (10, 20, 50),
        "immutable_tags": (False, True, True),
        "untagged_days": (7, 14, 30),
    },
    "EdgeDNSArgs": {
        "manage_zone": (False, False, True),
    },
}
"""Class → field → (dev, staging, prod). A field that stands here is `None` in its class's defaults, and its docstring says these values."""


def settle(args: T, tier: Tier) -> T:
    """A copy of a dataclass with each field that is None and stands in the table set to what the tier decides; nested dataclasses too."""
    table = DEFAULTS.get(type(args).__name__, {})
    column = TIERS.index(tier)
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(args):  # type: ignore[arg-type]  # T is a dataclass by contract
        value = getattr(args, field.name)
        if value is None and field.name in table:
            changes[field.name] = table[field.name][column]
        elif dataclasses.is_dataclass(value) and type(value).__name__ in DEFAULTS:
            changes[field.name] = settle(value, tier)
    return dataclasses.replace(args, **changes) if changes else args  # type: ignore[type-var]  # as above


def settled(value: T | None) -> T:
    """The value of a field after `settle`: never None."""
    if value is None:
        message = "a field was read before its tier settled it"
        raise TypeError(message)
    return value
