"""Cloud SQL's machine types: which exist, and in which edition."""

from __future__ import annotations

import re

from ...kind import UNKNOWN, Properties
from .names import text

SHARED = ("db-f1-micro", "db-g1-small")
_CUSTOM = re.compile(r"^db-custom(?P<family>-N4|-C4A)?-(?P<cpus>\d+)-(?P<mib>\d+)$")
_PERFORMANCE = re.compile(r"^db-perf-optimized-N-(?P<cpus>\d+)$|^db-c4a-highmem-(?P<arm>\d+)$|^db-memory-optimized-N-(?P<memory>\d+)$")
_PERFORMANCE_CPUS = frozenset({2, 4, 8, 16, 32, 48, 64, 80, 96, 128})
_ARM_CPUS = frozenset({1, 4, 8, 16, 32, 48, 64, 72})
_MEMORY_CPUS = frozenset({4, 8, 16, 32, 64})
_MOST_CPUS = 96
_LEAST_MIB = 3840
"""3.75 GB (Cloud SQL, "Custom machine types")."""
_MIB_STEP = 256
_MIB_PER_CPU = (921.6, 6656)
"""0.9 to 6.5 GB for each CPU."""
_PLUS_BY_DEFAULT = 16
"""PostgreSQL of this and later versions is Enterprise Plus unless it is said (provider documentation of `edition`)."""


def is_postgres(version: object) -> bool:
    """PostgreSQL, of any version."""
    return text(version).startswith("POSTGRES_")


def major(version: object) -> int:
    """17 of `POSTGRES_17`."""
    found = re.search(r"_(\d+)", text(version))
    return int(found[1]) if found else 0


def edition(inputs: Properties) -> str:
    """ENTERPRISE or ENTERPRISE_PLUS: as said, else as the database's version has it."""
    said = (inputs.get("settings") or {}).get("edition")
    if said is not None and said is not UNKNOWN:
        return str(said)
    version = inputs.get("databaseVersion")
    plus = (is_postgres(version) and major(version) >= _PLUS_BY_DEFAULT) or text(version).startswith("MYSQL_8_4")
    return "ENTERPRISE_PLUS" if plus else "ENTERPRISE"


def refused(tier: str, of: str, postgres: bool) -> str | None:  # noqa: FBT001  two kinds of engine
    """Why there is no such machine in the edition, in the API's words."""
    engine = "postgres" if postgres else "mysql"
    page = f"Learn more at https://cloud.google.com/sql/docs/{engine}/create-instance#machine-types."
    performance = _PERFORMANCE.match(tier)
    if of == "ENTERPRISE_PLUS":
        if performance is None:
            return f"Invalid request: Invalid Tier ({tier}) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like db-perf-optimized-N-* instead. {page}"
        return None if _performs(performance) else f"Invalid request: Invalid Tier ({tier}) for (ENTERPRISE_PLUS) Edition. {page}"
    if performance is not None:
        return f"Invalid request: Invalid Tier ({tier}) for (ENTERPRISE) Edition. Use a custom or shared-core Tier like db-custom-2-7680 instead. {page}"
    if tier in SHARED or (tier.startswith("db-n1-") and not postgres):
        return None
    custom = _CUSTOM.match(tier)
    if custom is None:
        return f"Invalid request: Invalid Tier ({tier}) for (ENTERPRISE) Edition. {page}"
    return _custom(int(custom["cpus"]), int(custom["mib"]))


def _performs(found: re.Match[str]) -> bool:
    for group, cpus in (("cpus", _PERFORMANCE_CPUS), ("arm", _ARM_CPUS), ("memory", _MEMORY_CPUS)):
        if found[group] is not None:
            return int(found[group]) in cpus
    return False


def _custom(cpus: int, mib: int) -> str | None:
    wrong = "Invalid request: Custom machine type configuration is not supported: "
    if (cpus != 1 and cpus % 2) or not 1 <= cpus <= _MOST_CPUS:
        return f"{wrong}the number of vCPUs must be 1 or an even number between 2 and {_MOST_CPUS}, got {cpus}."
    if mib % _MIB_STEP or mib < _LEAST_MIB:
        return f"{wrong}memory must be a multiple of {_MIB_STEP} MB and at least {_LEAST_MIB} MB, got {mib}."
    low, high = _MIB_PER_CPU
    if not low * cpus <= mib <= high * cpus:
        return f"{wrong}memory must be 0.9 to 6.5 GB per vCPU, got {mib} MB for {cpus} vCPUs."
    return None
