"""Node types of ElastiCache: which there are, and which one a size asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._core.errors import Problem
from .._core.sizes import CACHE
from .._core.tiers import settled
from ..cache import RAW_NODE, CacheArgs

_SMALL = {"micro": 0.5, "small": 1.37, "medium": 3.09}
_GENERAL = {"large": 6.38, "xlarge": 12.93, "2xlarge": 26.04, "4xlarge": 52.26}
_GENERAL_ARM = {**_GENERAL, "8xlarge": 103.68, "12xlarge": 157.12, "16xlarge": 209.55}
_MEMORY = {"large": 13.07, "xlarge": 26.32, "2xlarge": 52.82, "4xlarge": 105.81}
_MEMORY_ARM = {**_MEMORY, "8xlarge": 209.55, "12xlarge": 317.77, "16xlarge": 419.09}

FAMILIES: Mapping[str, Mapping[str, float]] = {
    "t3": _SMALL,
    "t4g": _SMALL,
    "m5": {**_GENERAL, "12xlarge": 157.12, "24xlarge": 314.32},
    "m6g": _GENERAL_ARM,
    "m7g": _GENERAL_ARM,
    "r5": {**_MEMORY, "12xlarge": 317.77, "24xlarge": 635.61},
    "r6g": _MEMORY_ARM,
    "r7g": _MEMORY_ARM,
}
"""Family → size → GiB (ElastiCache user guide, supported node types). None with a disk (r6gd), which needs data tiering, and no former generation."""

LADDER = (
    *(f"cache.t4g.{size}" for size in _SMALL),
    "cache.m7g.large",
    *(f"cache.r7g.{size}" for size in _MEMORY_ARM),
)
"""The current node type for each memory, smallest first: what a number of GiB is looked up in."""


def node_memory(node: str) -> float | None:
    """GiB of a node type; None where there is no such type."""
    _, family, size = [*node.split("."), "", ""][:3]
    return FAMILIES.get(family, {}).get(size)


def size_problems(args: CacheArgs) -> Iterator[Problem]:
    """Node types that do not exist, and memory that none has."""
    size = args.size if isinstance(args.size, str) else settled(args.size)
    if isinstance(size, int):
        most = node_memory(LADDER[-1])
        if most is None or not 0 < size <= most:
            yield Problem("size", f"must be 1 to {int(most or 0)} GiB on ElastiCache", size)
    elif size.startswith(RAW_NODE) and node_memory(size) is None:
        _, family, _ = [*size.split("."), "", ""][:3]
        choice = f"cache.{family} comes as " + ", ".join(FAMILIES[family]) if family in FAMILIES else "families are " + ", ".join(FAMILIES)
        yield Problem("size", "must be a node type of ElastiCache", size, choice)


def node_type(args: CacheArgs) -> str:
    """The node type: the one that was named, the word's, or the smallest that has the memory."""
    size = args.size if isinstance(args.size, str) else settled(args.size)
    if isinstance(size, int):
        return next(node for node in LADDER if (node_memory(node) or 0) >= size)
    return size if size.startswith(RAW_NODE) else CACHE[args.engine][size]["aws"].name
