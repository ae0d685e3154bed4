"""What the words for sizes mean on each cloud: one table, so that a word means about the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One cloud's machine for a word."""

    name: str
    """As the cloud calls it."""
    cpus: float
    """Virtual CPUs; below 1 a share of one."""
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


def machines(table: Sizes, cloud: str) -> dict[str, str]:
    """Word → the machine's name on one cloud."""
    return {word: clouds[cloud].name for word, clouds in table.items()}
