"""What ElastiCache sells: engines, versions, parameter families, node types."""

from __future__ import annotations

import re

REDIS, VALKEY, MEMCACHED = "redis", "valkey", "memcached"
_VERSIONS = {
    REDIS: ("4.0.10", "5.0.0", "5.0.3", "5.0.4", "5.0.5", "5.0.6", "6.0", "6.2", "7.0", "7.1"),
    VALKEY: ("7.2", "8.0", "8.1", "8.2", "9.0", "9.1"),
    MEMCACHED: ("1.4.34", "1.5.10", "1.5.16", "1.6.6", "1.6.12", "1.6.17", "1.6.22"),
}
"""Amazon ElastiCache User Guide, "Engine versions and upgrading in ElastiCache"."""
_PATCHES = {"6.0": "6.0.5", "6.2": "6.2.6", "7.0": "7.0.7", "7.1": "7.1.0", "7.2": "7.2.6", "8.0": "8.0.1", "8.1": "8.1.0", "8.2": "8.2.0"}
FAMILIES = frozenset(
    {"redis4.0", "redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9", "memcached1.4", "memcached1.5", "memcached1.6"}
    | {"redis2.6", "redis2.8", "redis3.2"}
)
"""Families of parameter groups (Amazon ElastiCache API, `CreateCacheParameterGroup`)."""
_BURST = ("micro", "small", "medium")
_GRAVITON = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_INTEL = ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")
_NODES = {
    "t2": _BURST,
    "t3": _BURST,
    "t4g": _BURST,
    "m4": ("large", "xlarge", "2xlarge", "4xlarge", "10xlarge"),
    "m5": _INTEL,
    "m6g": _GRAVITON,
    "m7g": _GRAVITON,
    "r4": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"),
    "r5": _INTEL,
    "r6g": _GRAVITON,
    "r6gd": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "r7g": _GRAVITON,
    "c7gn": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
}
"""Amazon ElastiCache User Guide, "Supported node types"."""
_NODE = re.compile(r"^cache\.([a-z0-9]+)\.([a-z0-9]+)$")
_ONE_FAMILY = 7
"""From this major version of Redis OSS on a family holds all minor versions."""
PORTS = {REDIS: 6379, VALKEY: 6379, MEMCACHED: 11211}


def versions(engine: str) -> tuple[str, ...]:
    """All versions that a cache can be made of, oldest first."""
    return _VERSIONS[engine]


def resolved(engine: str, wanted: str) -> str | None:
    """The version that AWS takes for the one asked for (`6.x` is the newest 6); None where there is none such."""
    every = _VERSIONS.get(engine, ())
    if not wanted:
        return every[-1] if engine != VALKEY else "8.2"
    if wanted.endswith(".x"):
        return next((version for version in reversed(every) if version.startswith(wanted[:-1])), None)
    return wanted if wanted in every else None


def actual(version: str) -> str:
    """With its patch, as `engineVersionActual` shows it."""
    return _PATCHES.get(version, version if version.count(".") > 1 else f"{version}.0")


def family(engine: str, version: str) -> str:
    """redis7, redis6.x, redis5.0, valkey8, memcached1.6."""
    major, minor = [*version.split("."), "0"][:2]
    if engine == VALKEY or (engine == REDIS and int(major) >= _ONE_FAMILY):
        return f"{engine}{major}"
    return f"{engine}{major}.{'x' if engine == REDIS and major == '6' else minor}"


def number(version: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def lower(old: object, new: object) -> bool:
    """Whether a version that is said goes down to another one that is said."""
    return isinstance(old, str) and isinstance(new, str) and bool(old and new) and number(new) < number(old)


def has_node(name: str) -> bool:
    """Whether the node type exists."""
    found = _NODE.match(name)
    return found is not None and found[2] in _NODES.get(found[1], ())


def tiered(name: str) -> bool:
    """Whether the node type keeps cold data on a disk."""
    return name.startswith("cache.r6gd.")


def fails_over(name: str) -> bool:
    """Whether Multi-AZ failover runs on the node type."""
    return not name.startswith("cache.t1.")
