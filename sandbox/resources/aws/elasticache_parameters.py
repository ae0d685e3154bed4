"""Parameters of Redis OSS and Valkey that programs set: their values, and which families have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INT = 9223372036854775807
_POLICIES = ("volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu", "volatile-random", "allkeys-random", "volatile-ttl", "noeviction")
_SWITCH = ("yes", "no")


@dataclass(frozen=True, slots=True)
class _Parameter:
    legal: tuple[str, ...] | tuple[int, int] | re.Pattern[str]
    since: int = 0
    """The first major version that has it."""
    fixed: bool = False


_ACTIVE = {
    "activedefrag": _Parameter(_SWITCH, 5),
    "active-defrag-cycle-max": _Parameter((1, 75), 5),
    "active-defrag-cycle-min": _Parameter((1, 75), 5),
    "active-defrag-ignore-bytes": _Parameter((1048576, _INT), 5),
    "active-defrag-max-scan-fields": _Parameter((1, 1000000), 5),
    "active-defrag-threshold-lower": _Parameter((1, 100), 5),
    "active-defrag-threshold-upper": _Parameter((1, 100), 5),
    "active-expire-effort": _Parameter((1, 10), 6),
    "activerehashing": _Parameter(_SWITCH),
    "acllog-max-len": _Parameter((1, 10000), 6),
    "appendfsync": _Parameter(("always", "everysec", "no"), fixed=True),
    "appendonly": _Parameter(_SWITCH, fixed=True),
    "client-output-buffer-limit-normal-hard-limit": _Parameter((0, _INT)),
    "client-output-buffer-limit-normal-soft-limit": _Parameter((0, _INT)),
    "client-output-buffer-limit-normal-soft-seconds": _Parameter((0, _INT)),
    "client-output-buffer-limit-pubsub-hard-limit": _Parameter((0, _INT)),
    "client-output-buffer-limit-pubsub-soft-limit": _Parameter((0, _INT)),
    "client-output-buffer-limit-pubsub-soft-seconds": _Parameter((0, _INT)),
    "close-on-replica-write": _Parameter(_SWITCH),
    "cluster-allow-pubsubshard-when-down": _Parameter(_SWITCH, 7),
    "cluster-allow-reads-when-down": _Parameter(_SWITCH, 6),
    "cluster-enabled": _Parameter(_SWITCH),
    "cluster-require-full-coverage": _Parameter(_SWITCH),
    "databases": _Parameter((1, 1200000)),
    "hash-max-listpack-entries": _Parameter((0, _INT), 7),
    "hash-max-listpack-value": _Parameter((0, _INT), 7),
    "hash-max-ziplist-entries": _Parameter((0, _INT)),
    "hash-max-ziplist-value": _Parameter((0, _INT)),
    "lazyfree-lazy-eviction": _Parameter(_SWITCH, 4),
    "lazyfree-lazy-expire": _Parameter(_SWITCH, 4),
    "lazyfree-lazy-server-del": _Parameter(_SWITCH, 4),
    "lazyfree-lazy-user-del": _Parameter(_SWITCH, 6),
    "lfu-decay-time": _Parameter((0, _INT), 4),
    "lfu-log-factor": _Parameter((0, _INT), 4),
    "list-compress-depth": _Parameter((0, _INT)),
    "list-max-listpack-size": _Parameter((-5, _INT), 7),
    "list-max-ziplist-size": _Parameter((-5, _INT)),
    "lua-time-limit": _Parameter((0, _INT), fixed=True),
    "maxclients": _Parameter((1, 65000), fixed=True),
    "maxmemory-policy": _Parameter(_POLICIES),
    "maxmemory-samples": _Parameter((1, _INT)),
    "min-replicas-max-lag": _Parameter((0, _INT)),
    "min-replicas-to-write": _Parameter((0, _INT)),
    "notify-keyspace-events": _Parameter(re.compile(r"^[KEg$lshzxeAtmdn]*$")),
    "proto-max-bulk-len": _Parameter((1048576, 536870912)),
    "replica-allow-chaining": _Parameter(_SWITCH, fixed=True),
    "reserved-memory-percent": _Parameter((0, 100)),
    "set-max-intset-entries": _Parameter((0, _INT)),
    "slowlog-log-slower-than": _Parameter((-1, _INT)),
    "slowlog-max-len": _Parameter((0, _INT)),
    "stream-node-max-bytes": _Parameter((0, _INT), 5),
    "stream-node-max-entries": _Parameter((0, _INT), 5),
    "tcp-keepalive": _Parameter((0, _INT)),
    "timeout": _Parameter((0, _INT)),
    "tracking-table-max-keys": _Parameter((1, 100000000), 6),
    "zset-max-listpack-entries": _Parameter((0, _INT), 7),
    "zset-max-listpack-value": _Parameter((0, _INT), 7),
    "zset-max-ziplist-entries": _Parameter((0, _INT)),
    "zset-max-ziplist-value": _Parameter((0, _INT)),
}
"""Amazon ElastiCache User Guide, "Valkey and Redis OSS parameters"."""
_MEMCACHED = re.compile(r"^[a-z][a-z0-9_]*$")


def fault(family: str, name: str, value: str) -> str | None:
    """Why a parameter cannot be set so, in the API's words; None where it can."""
    if family.startswith("memcached"):
        return None if _MEMCACHED.match(name) else f"The parameter {name} is not a valid parameter."
    parameter, major = _ACTIVE.get(name), int(re.sub(r"\D.*", "", family.lstrip("abcdefghijklmnopqrstuvwxyz")) or 0)
    if parameter is None or major < parameter.since:
        return f"The parameter {name} is not a valid parameter for CacheParameterGroupFamily {family}."
    if parameter.fixed:
        return f"The parameter {name} cannot be modified."
    return None if _fits(parameter.legal, value) else f"The value {value} is not valid for parameter {name}."


def _fits(legal: tuple[str, ...] | tuple[int, int] | re.Pattern[str], value: str) -> bool:
    if isinstance(legal, re.Pattern):
        return legal.match(value) is not None
    if isinstance(legal[0], str):
        return value in legal
    low, high = legal
    return re.fullmatch(r"-?\d+", value) is not None and int(low) <= int(value) <= int(high)
