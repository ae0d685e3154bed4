"""Storage of RDS instances: sizes, IOPS and throughput by type, and how they may grow."""

from __future__ import annotations

from ...kind import Properties
from .rds_names import Fault

_RANGES: dict[str, dict[str, tuple[int, int]]] = {
    "gp2": {"": (20, 65536), "sqlserver": (20, 16384)},
    "gp3": {"": (20, 65536), "sqlserver": (20, 16384)},
    "io1": {"": (100, 65536), "sqlserver": (100, 16384)},
    "io2": {"": (100, 65536), "sqlserver": (20, 65536)},
    "standard": {"": (5, 3072), "sqlserver": (20, 1024)},
}
"""GiB by type and engine (Amazon RDS API, `CreateDBInstance`, AllocatedStorage)."""
_GP3_THRESHOLD = {"oracle": 200}
_GP3_STEP = 400
"""GiB from which gp3 is striped and takes IOPS and throughput of its own (Amazon RDS User Guide, "General Purpose SSD storage")."""
_GP3_IOPS = (12_000, 64_000)
_GP3_THROUGHPUT = (500, 4_000)
"""MiB/s."""
_GP3_BASE = {False: (3_000, 125), True: (12_000, 500)}
"""IOPS and MiB/s that are included, below and from the threshold on."""
_IO_IOPS = {"io1": (1_000, 256_000), "io2": (1_000, 256_000)}
_IO_RATIO = {"io1": (0.5, 50), "io2": (0.5, 1000)}
"""IOPS for each GiB."""
_GROWTH = 10
"""Per cent by which storage grows at least, and by which the autoscaling limit exceeds it."""


def kind_of(inputs: Properties) -> str:
    """The storage type: as given; io1 with IOPS and gp2 without, where none is (provider documentation of `storageType`)."""
    said = inputs.get("storageType")
    return str(said) if said else "io1" if inputs.get("iops") else "gp2"


def striped(engine: str, gib: int) -> bool:
    """Whether a gp3 volume is past the size from which it takes more."""
    return not engine.startswith("sqlserver") and gib >= _GP3_THRESHOLD.get(engine.split("-", maxsplit=1)[0], _GP3_STEP)


def included(engine: str, storage: str, gib: int) -> tuple[int, int]:
    """IOPS and throughput that a volume has without asking; 0 where the API shows none."""
    return _GP3_BASE[striped(engine, gib)] if storage == "gp3" else (0, 0)


def fault(engine: str, inputs: Properties, gib: int) -> Fault | None:
    """What the API refuses of size, IOPS, throughput and limit; None where all is well."""
    storage = kind_of(inputs)
    low, high = _RANGES[storage].get(engine.split("-", maxsplit=1)[0], _RANGES[storage][""])
    if not low <= gib <= high:
        return Fault("InvalidParameterValue", f"Invalid storage size for engine name {engine} and storage type {storage}: {gib}")
    return _speed(engine, storage, inputs, gib) or _limit(storage, inputs, gib, high)


def _speed(engine: str, storage: str, inputs: Properties, gib: int) -> Fault | None:
    iops, throughput = inputs.get("iops") or 0, inputs.get("storageThroughput") or 0
    if throughput and storage != "gp3":
        return Fault("InvalidParameterCombination", f"You can't specify storage throughput for storage type {storage}.")
    if storage == "gp3":
        return _gp3(engine, iops, throughput, gib)
    if storage in _IO_IOPS:
        return _provisioned(engine, storage, iops, gib)
    return Fault("InvalidParameterCombination", f"You can't specify IOPS for storage type {storage}.") if iops else None


def _gp3(engine: str, iops: int, throughput: int, gib: int) -> Fault | None:
    if not iops and not throughput:
        return None
    if not striped(engine, gib) and not engine.startswith("sqlserver"):
        step = _GP3_THRESHOLD.get(engine.split("-", maxsplit=1)[0], _GP3_STEP)
        return Fault("InvalidParameterCombination", f"You can't specify IOPS or storage throughput for engine {engine} and a storage size less than {step}.")
    if iops and not _GP3_IOPS[0] <= iops <= _GP3_IOPS[1]:
        return Fault("InvalidParameterValue", f"Invalid iops value for engine name {engine} and storage type gp3: {iops}")
    if throughput and not _GP3_THROUGHPUT[0] <= throughput <= _GP3_THROUGHPUT[1]:
        return Fault("InvalidParameterValue", f"Invalid storage throughput value for engine name {engine} and storage type gp3: {throughput}")
    if throughput * 4 > (iops or _GP3_IOPS[0]):
        return Fault("InvalidParameterCombination", "The storage throughput to IOPS ratio must be at most 0.25.")
    return None


def _provisioned(engine: str, storage: str, iops: int, gib: int) -> Fault | None:
    if not iops:
        return Fault("InvalidParameterCombination", f"You must specify IOPS for storage type {storage}.")
    if not _IO_IOPS[storage][0] <= iops <= _IO_IOPS[storage][1]:
        return Fault("InvalidParameterValue", f"Invalid iops value for engine name {engine} and storage type {storage}: {iops}")
    low, high = _IO_RATIO[storage]
    if not low * gib <= iops <= high * gib:
        return Fault("InvalidParameterCombination", f"The IOPS to GiB ratio must be between {low:g} and {high:g}")
    return None


def _limit(storage: str, inputs: Properties, gib: int, high: int) -> Fault | None:
    limit = inputs.get("maxAllocatedStorage") or 0
    if not limit:
        return None
    if storage == "standard":
        return Fault("InvalidParameterCombination", "Storage autoscaling isn't supported for storage type standard.")
    if limit > high:
        return Fault("InvalidParameterValue", f"Invalid max storage size for engine name and storage type {storage}: {limit}")
    if limit <= gib:
        return Fault("InvalidParameterCombination", "Max storage size must be greater than storage size")
    if limit * 100 < gib * (100 + _GROWTH):
        return Fault("InvalidParameterCombination", "The maximum allocated storage must be increased by at least 10 percent.")
    return None


def growth_fault(old: int, new: int) -> Fault | None:
    """A change of size that AWS does not make: storage never shrinks, and grows by a tenth at least."""
    if new < old:
        return Fault("InvalidParameterCombination", f"Requested storage size ({new}) must be greater than or equal to the current storage size ({old})")
    if new > old and new * 100 < old * (100 + _GROWTH):
        least = -(-old * (100 + _GROWTH) // 100)
        return Fault(
            "InvalidParameterCombination", f"The new allocated storage must be at least {_GROWTH}% larger than the current one: {least} GiB or more, got {new}"
        )
    return None
