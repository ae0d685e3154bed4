"""Cache on Google Cloud: Memorystore for Redis, or Memorystore for Valkey behind Private Service Connect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._core.errors import Problem
from .._core.site import Site
from ..cache import EVICTION_SETTING, Cache, CacheArgs, CacheParts
from . import cache_redis, cache_valkey
from .access import realise
from .formats import key_problems

__all__ = ["build", "problems", "realise"]

SETTINGS: Mapping[str, tuple[str, ...]] = {
    # cloud.google.com/memorystore/docs/redis/supported-redis-configurations
    "redis": (
        "activedefrag",
        "lazyfree-lazy-eviction",
        "lazyfree-lazy-expire",
        "lazyfree-lazy-user-del",
        "lazyfree-lazy-user-flush",
        "lfu-decay-time",
        "lfu-log-factor",
        "maxmemory-gb",
        "notify-keyspace-events",
        "stream-node-max-bytes",
        "stream-node-max-entries",
        "timeout",
    ),
    # cloud.google.com/memorystore/docs/valkey/supported-instance-configurations
    "valkey": ("maxmemory", "maxmemory-clients", "notify-keyspace-events", "slowlog-log-slower-than", "slowlog-max-len"),
}
"""Engine → settings that Memorystore takes, besides the one that `eviction` sets."""


def problems(args: CacheArgs, site: Site) -> Iterator[Problem]:
    """What Memorystore does not have."""
    del site
    yield from key_problems(args.customer_key)
    engine = cache_redis if args.engine == "redis" else cache_valkey
    if args.version is not None and args.version not in engine.VERSIONS:
        choice = " or ".join(f'"{version}"' for version in engine.VERSIONS)
        yield Problem("version", f"must be {choice} on Memorystore for {args.engine.capitalize()}", args.version)
    yield from engine.size_problems(args)
    for name in args.settings:
        if name not in SETTINGS[args.engine]:
            yield Problem(
                "settings", f"must hold settings that Memorystore for {args.engine.capitalize()} takes", name, "which are " + ", ".join(SETTINGS[args.engine])
            )


def build(cache: Cache, args: CacheArgs) -> CacheParts:
    """The server of the engine that was chosen."""
    settings = {EVICTION_SETTING: args.eviction, **args.settings}
    return cache_redis.build(cache, args, settings) if args.engine == "redis" else cache_valkey.build(cache, args, settings)
