"""Versions and settings of ElastiCache's engines, and the parameter group that holds a cache's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from pulumi_aws import elasticache

from .._core.errors import Problem
from ..cache import EVICTION_SETTING, Cache, CacheArgs

FAMILIES: Mapping[str, Mapping[str, str]] = {
    "redis": {"7.0": "redis7", "7.1": "redis7"},
    "valkey": {"7.2": "valkey7", "8.0": "valkey8", "8.1": "valkey8", "8.2": "valkey8", "9.0": "valkey9", "9.1": "valkey9"},
}
"""Engine → version → family of parameters (ElastiCache user guide, engine versions). No Redis before 7.0: it can't have TLS required from the start."""
NEWEST: Mapping[str, str] = {"redis": "7.1", "valkey": "8.1"}
"""Engine → the version that a new cache gets where none is asked for."""

SETTINGS = (
    "acllog-max-len",
    "active-defrag-cycle-max",
    "active-defrag-cycle-min",
    "active-defrag-ignore-bytes",
    "active-defrag-max-scan-fields",
    "active-defrag-threshold-lower",
    "active-defrag-threshold-upper",
    "active-expire-effort",
    "activedefrag",
    "activerehashing",
    "client-output-buffer-limit-normal-hard-limit",
    "client-output-buffer-limit-normal-soft-limit",
    "client-output-buffer-limit-normal-soft-seconds",
    "client-output-buffer-limit-pubsub-hard-limit",
    "client-output-buffer-limit-pubsub-soft-limit",
    "client-output-buffer-limit-pubsub-soft-seconds",
    "client-output-buffer-limit-replica-soft-seconds",
    "hash-max-listpack-entries",
    "hash-max-listpack-value",
    "hll-sparse-max-bytes",
    "latency-tracking",
    "lazyfree-lazy-eviction",
    "lazyfree-lazy-expire",
    "lazyfree-lazy-server-del",
    "lazyfree-lazy-user-del",
    "lfu-decay-time",
    "lfu-log-factor",
    "list-compress-depth",
    "list-max-listpack-size",
    "maxmemory-samples",
    "min-replicas-max-lag",
    "min-replicas-to-write",
    "notify-keyspace-events",
    "proto-max-bulk-len",
    "repl-backlog-size",
    "repl-backlog-ttl",
    "reserved-memory-percent",
    "set-max-intset-entries",
    "slowlog-log-slower-than",
    "slowlog-max-len",
    "stream-node-max-bytes",
    "stream-node-max-entries",
    "tcp-keepalive",
    "timeout",
    "tracking-table-max-keys",
    "zset-max-listpack-entries",
    "zset-max-listpack-value",
)
"""Parameters that ElastiCache lets change while a cache runs, besides the one that `eviction` sets (ElastiCache user guide, engine-specific parameters)."""


def setting_problems(args: CacheArgs) -> Iterator[Problem]:
    """Versions that ElastiCache does not run, and settings that it does not take."""
    versions = FAMILIES[args.engine]
    if args.version is not None and args.version not in versions:
        choice = " or ".join(f'"{version}"' for version in versions)
        yield Problem("version", f"must be {choice} on ElastiCache for {args.engine.capitalize()}", args.version)
    for name in args.settings:
        if name not in SETTINGS:
            near = difflib.get_close_matches(name, SETTINGS, 1)
            remedy = f"did you mean {near[0]!r}?" if near else "the ElastiCache user guide lists them as engine-specific parameters"
            yield Problem("settings", "must hold settings that ElastiCache lets change", name, remedy)


def version_of(args: CacheArgs) -> str:
    """The version that was asked for, or the newest."""
    return args.version or NEWEST[args.engine]


def parameter_group(cache: Cache, args: CacheArgs) -> elasticache.ParameterGroup:
    """Its name holds the family: another one is made beside the old one before the cache moves to it."""
    family = FAMILIES[args.engine][version_of(args)]
    settings = {EVICTION_SETTING: args.eviction, **args.settings}
    return elasticache.ParameterGroup(
        cache.logical("settings"),
        name=cache.physical("cache_settings", family),
        family=family,
        description=f"Settings of cache {cache.component_name} of {cache.site.application} ({cache.site.stack})",
        parameters=[elasticache.ParameterGroupParameterArgs(name=name, value=value) for name, value in sorted(settings.items())],
        tags=cache.labels(),
        opts=cache.child(),
    )
