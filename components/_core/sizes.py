"""What the words for sizes mean on each cloud: one table, so that a word means about the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One cloud's machine for a word."""

    name: str
    """As the cloud calls it; empty where a service takes memory alone."""
    cpus: float
    """Virtual CPUs; below 1 a share of one, 0 where the cloud does not say."""
    memory_gb: float
    """Memory in GiB."""


Sizes = Mapping[str, Mapping[str, Machine]]

DATABASE: Sizes = {
    #          cloud.google.com/sql/docs/postgres/instance-settings        AWS, "Hardware specifications for DB instance classes"
    "micro": {"gcp": Machine("db-g1-small", 0.5, 1.7), "aws": Machine("db.t4g.micro", 2, 1)},
    "small": {"gcp": Machine("db-custom-1-3840", 1, 3.75), "aws": Machine("db.t4g.small", 2, 2)},
    "medium": {"gcp": Machine("db-custom-2-7680", 2, 7.5), "aws": Machine("db.t4g.medium", 2, 4)},
    "large": {"gcp": Machine("db-custom-4-16384", 4, 16), "aws": Machine("db.t4g.xlarge", 4, 16)},
    "xlarge": {"gcp": Machine("db-custom-8-32768", 8, 32), "aws": Machine("db.t4g.2xlarge", 8, 32)},
}
"""Word → cloud → machine of a Database. The second number of a Google custom machine is MiB; db-g1-small shares its CPU and has no service level agreement.
t4g machines on AWS may use their CPUs fully for as long as they have credits, and cost more beyond."""

CACHE: Mapping[str, Sizes] = {
    # cloud.google.com/memorystore/docs/{redis/pricing, valkey/instance-node-specification}   ElastiCache user guide, supported node types
    "redis": {
        "small": {"gcp": Machine("", 0, 1), "aws": Machine("cache.t4g.small", 2, 1.37)},
        "medium": {"gcp": Machine("", 0, 5), "aws": Machine("cache.m7g.large", 2, 6.38)},
        "large": {"gcp": Machine("", 0, 16), "aws": Machine("cache.r7g.large", 2, 13.07)},
        "xlarge": {"gcp": Machine("", 0, 50), "aws": Machine("cache.r7g.2xlarge", 8, 52.82)},
    },
    "valkey": {
        "small": {"gcp": Machine("SHARED_CORE_NANO", 0.5, 1.4), "aws": Machine("cache.t4g.small", 2, 1.37)},
        "medium": {"gcp": Machine("STANDARD_SMALL", 2, 6.5), "aws": Machine("cache.m7g.large", 2, 6.38)},
        "large": {"gcp": Machine("HIGHMEM_MEDIUM", 2, 13), "aws": Machine("cache.r7g.large", 2, 13.07)},
        "xlarge": {"gcp": Machine("HIGHMEM_XLARGE", 8, 58), "aws": Machine("cache.r7g.2xlarge", 8, 52.82)},
    },
}
"""Engine → word → cloud → machine of a Cache. SHARED_CORE_NANO has no service level agreement; t4g machines use their CPUs fully only on credit."""

CACHE_SHARE: Mapping[tuple[str, str], float] = {
    ("redis", "gcp"): 1.0,  # maxmemory-gb is by default all of it
    ("valkey", "gcp"): 0.8,  # maxmemory of a node by default
    ("redis", "aws"): 0.75,  # reserved-memory-percent is by default 25
    ("valkey", "aws"): 0.75,
}
"""(engine, cloud) → the share of a cache's memory that holds data; the rest is for copies, connections and snapshots."""


def machines(table: Sizes, cloud: str) -> dict[str, str]:
    """Word → the machine's name on one cloud."""
    return {word: clouds[cloud].name for word, clouds in table.items()}
