"""Memorystore for Redis: a private address by private services access, AUTH and TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_gcp import redis

from .._core.checks import whole
from .._core.errors import Problem
from .._core.sizes import CACHE
from .._core.tiers import settled
from ..cache import RAW_NODE, Cache, CacheArgs, CacheParts
from .apis import enabled
from .stored_secret import stored_secret

VERSIONS: Mapping[str, str] = {"6.x": "REDIS_6_X", "7.0": "REDIS_7_0", "7.2": "REDIS_7_2"}
NEWEST = "7.2"
TLS_PORT = 6378
"""The port of every instance with in-transit encryption (cloud.google.com/memorystore/docs/redis/about-in-transit-encryption)."""

MOST_GIB = 300
READ_REPLICA_GIB = 5
"""Memory from which on read replicas exist (cloud.google.com/memorystore/docs/redis/about-read-replicas)."""

SNAPSHOTS: Mapping[str, str] = {"dev": "TWENTY_FOUR_HOURS", "staging": "TWENTY_FOUR_HOURS", "prod": "ONE_HOUR"}
"""Tier → how often a snapshot is written."""


def size_problems(args: CacheArgs) -> Iterator[Problem]:
    """Memory that Memorystore for Redis does not have."""
    if isinstance(args.size, str) and args.size.startswith(RAW_NODE):
        yield Problem(
            "size", "must be " + ", ".join(CACHE["redis"]) + " or GiB as a number on Memorystore for Redis, which has no node types of that kind", args.size
        )
        return
    memory = _memory(args)
    if not whole(memory, 1, MOST_GIB):
        yield Problem("size", f"must be 1 to {MOST_GIB} GiB on Memorystore for Redis", args.size)
    elif args.read_replicas and memory < READ_REPLICA_GIB:
        yield Problem("read_replicas", f"needs {READ_REPLICA_GIB} GiB or more on Memorystore for Redis", args.read_replicas, 'take size="medium"')


def build(cache: Cache, args: CacheArgs, settings: Mapping[str, str]) -> CacheParts:
    """The instance, and its AUTH string in Secret Manager."""
    instance = _instance(cache, args, settings)
    return CacheParts(
        host=instance.host,
        read_host=instance.read_endpoint if args.read_replicas else None,
        port=TLS_PORT,
        instance=instance.name,
        ca_certificate=instance.server_ca_certs.apply(lambda certificates: "\n".join(each.cert or "" for each in certificates or ())),
        secret=stored_secret(cache, "auth", instance.auth_string, customer_key=args.customer_key),
        target={"project": cache.site.project, "location": cache.site.region, "instance": instance.name},
    )


def _instance(cache: Cache, args: CacheArgs, settings: Mapping[str, str]) -> redis.Instance:
    return redis.Instance(
        cache.logical("redis"),
        project=cache.site.project,
        region=cache.site.region,
        name=cache.physical("redis"),
        display_name=f"{cache.component_name} of {cache.site.application} ({cache.site.stack})",
        tier="STANDARD_HA" if args.high_availability else "BASIC",
        memory_size_gb=_memory(args),
        redis_version=VERSIONS[args.version or NEWEST],
        redis_configs=settings,
        authorized_network=args.network.network_id,
        connect_mode="PRIVATE_SERVICE_ACCESS",
        auth_enabled=True,
        transit_encryption_mode="SERVER_AUTHENTICATION",
        read_replicas_mode="READ_REPLICAS_ENABLED" if args.read_replicas else "READ_REPLICAS_DISABLED",
        replica_count=int(bool(args.high_availability)) + args.read_replicas,
        persistence_config=_persistence(cache, args),
        maintenance_policy=_maintenance(args),
        customer_managed_key=args.customer_key,
        deletion_protection=cache.site.protect,
        labels=cache.labels(),
        opts=cache.data(
            depends_on=[*args.network.ready, *enabled(cache, "redis")],
            delete_before_replace=True,  # its name is its own: the new one can't be made beside the old one
        ),
    )


def _memory(args: CacheArgs) -> int:
    return int(CACHE["redis"][args.size]["gcp"].memory_gb) if isinstance(args.size, str) else settled(args.size)


def _persistence(cache: Cache, args: CacheArgs) -> redis.InstancePersistenceConfigArgs:
    if not args.persistence:
        return redis.InstancePersistenceConfigArgs(persistence_mode="DISABLED")
    return redis.InstancePersistenceConfigArgs(persistence_mode="RDB", rdb_snapshot_period=SNAPSHOTS[cache.site.tier])


def _maintenance(args: CacheArgs) -> redis.InstanceMaintenancePolicyArgs:
    window = redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs(
        day=args.maintenance.day.upper(),
        start_time=redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs(hours=args.maintenance.hour, minutes=0, seconds=0, nanos=0),
    )
    return redis.InstanceMaintenancePolicyArgs(weekly_maintenance_windows=[window])
