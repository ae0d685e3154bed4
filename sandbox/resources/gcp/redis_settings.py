"""What Memorystore for Redis takes as configuration, persistence and maintenance."""

from __future__ import annotations

import re

from ...kind import Call
from .formats import known
from .names import text

_POLICIES = ("noeviction", "allkeys-lru", "volatile-lru", "allkeys-random", "volatile-random", "volatile-ttl", "allkeys-lfu", "volatile-lfu")
_SWITCH = ("yes", "no")
_EVENTS = re.compile(r"^[KEg$lshzxeAtmdn]*$")
_CONFIGS: dict[str, tuple[str, ...] | re.Pattern[str]] = {
    "activedefrag": _SWITCH,
    "lazyfree-lazy-eviction": _SWITCH,
    "lazyfree-lazy-expire": _SWITCH,
    "lazyfree-lazy-user-del": _SWITCH,
    "lazyfree-lazy-user-flush": _SWITCH,
    "lfu-decay-time": re.compile(r"^\d+$"),
    "lfu-log-factor": re.compile(r"^\d+$"),
    "maxmemory-gb": re.compile(r"^\d+(\.\d+)?$"),
    "maxmemory-policy": _POLICIES,
    "notify-keyspace-events": _EVENTS,
    "stream-node-max-bytes": re.compile(r"^\d+$"),
    "stream-node-max-entries": re.compile(r"^\d+$"),
    "timeout": re.compile(r"^\d+$"),
}
"""Memorystore for Redis, "Supported Redis configurations"."""
_HOURS, _MINUTES = 24, 60


def version_number(version: object) -> tuple[int, int]:
    """(7, 2) of `REDIS_7_2`; `X` counts as any later one."""
    found = re.search(r"_(\d+)_(\d+|X)$", text(version))
    if found is None:
        return 0, 0
    return int(found[1]), 99 if found[2] == "X" else int(found[2])


def refused(call: Call) -> str | None:
    """The first thing that the API refuses of the settings, or None."""
    return _configuration(call) or _persistence(call) or _maintenance(call)


def _configuration(call: Call) -> str | None:
    said = call.inputs.get("redisConfigs")
    for name, value in said.items() if isinstance(said, dict) else ():
        legal = _CONFIGS.get(name)
        if legal is None:
            return f"Invalid value for field 'instance.redis_configs': {name} is not a supported configuration parameter"
        fits = value in legal if isinstance(legal, tuple) else legal.match(text(value)) is not None
        if known(value) and not fits:
            return f"Invalid value for field 'instance.redis_configs': {value} is not a valid value for {name}"
    return None


def _persistence(call: Call) -> str | None:
    said = call.inputs.get("persistenceConfig")
    if not isinstance(said, dict):
        return None
    if said.get("persistenceMode") == "RDB" and said.get("rdbSnapshotPeriod") is None:
        return "Invalid value for field 'instance.persistence_config.rdb_snapshot_period': required when persistence_mode is RDB"
    if said.get("persistenceMode") == "DISABLED" and said.get("rdbSnapshotPeriod") is not None:
        return "Invalid value for field 'instance.persistence_config.rdb_snapshot_period': not allowed when persistence_mode is DISABLED"
    return None


def _maintenance(call: Call) -> str | None:
    policy = call.inputs.get("maintenancePolicy")
    windows = policy.get("weeklyMaintenanceWindows") if isinstance(policy, dict) else None
    if not isinstance(windows, list):
        return None
    if len(windows) > 1:
        return "Invalid value for field 'instance.maintenance_policy.weekly_maintenance_window': at most one window is supported"
    for window in windows:
        start = window.get("startTime") if isinstance(window, dict) else None
        hours, minutes = (start.get("hours", 0), start.get("minutes", 0)) if isinstance(start, dict) else (0, 0)
        if (isinstance(hours, int) and not 0 <= hours < _HOURS) or (isinstance(minutes, int) and not 0 <= minutes < _MINUTES):
            return f"Invalid value for field 'instance.maintenance_policy.weekly_maintenance_window.start_time': {hours}:{minutes} is not a time of day"
    return None
