"""How a network is cut on AWS: position alone decides a block, so that a further zone never moves one."""

from __future__ import annotations

from collections.abc import Iterator

from .._core.cidr import problems, slot
from .._core.errors import Problem
from ..network import MAX_ZONES

LARGEST = 16
"""Bits of the largest VPC (Amazon VPC User Guide, VPC CIDR blocks)."""
SMALLEST = 24
"""Bits of the smallest network here: four zones of three tiers, and no subnet below a /28, which is AWS's smallest."""
SMALLEST_WITH_SPARE = 22
"""Bits of the smallest network that keeps a quarter of each zone free."""
SLOTS = {"app": (0, 2), "data": (4, 8), "proxy": (5, 8)}
"""Tier → (index, slots) in its zone: eighths 0 to 3, 4, 5; 6 and 7 are spare."""
TIGHT = {"app": (0, 2), "data": (2, 4), "proxy": (3, 4)}
"""The same in a small network: quarters 0 and 1, 2, 3; nothing is spare."""
TIERS = tuple(SLOTS)


def block(cidr: str, zone: int, tier: str) -> str:
    """The block of a tier in the zone at a position.

    >>> block("10.0.0.0/16", 1, "data")
    '10.0.96.0/21'
    """
    slots = SLOTS if int(cidr.rpartition("/")[2]) <= SMALLEST_WITH_SPARE else TIGHT
    return slot(cidr, (zone, MAX_ZONES), slots[tier])


def cidr_problems(cidr: str) -> Iterator[Problem]:
    """A block that a VPC cannot have, or that is too small for the plan."""
    for problem in problems("cidr", cidr, shortest=LARGEST, longest=SMALLEST):
        yield Problem(problem.field, f"{problem.rule} on AWS", cidr, problem.remedy)
