"""Cache on AWS: an ElastiCache replication group in the isolated subnets, behind a security group that opens for bindings only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from pulumi import Output
from pulumi_aws import ec2, elasticache

from .._core.connection import FromConsumer
from .._core.errors import Problem
from .._core.later import later
from .._core.site import Site
from .._core.window import WEEKDAYS, Window
from ..cache import Cache, CacheArgs, CacheParts
from .access import realise
from .authorities import amazon_roots
from .cache_login import UPDATE, token, user_group
from .cache_logs import log_groups
from .cache_nodes import node_type, size_problems
from .cache_settings import parameter_group, setting_problems, version_of
from .formats import key_problems
from .stored_secret import stored_secret
from .tags import named

__all__ = ["build", "problems", "realise"]

PORT = 6379
DAY = 24
"""Hours."""


def problems(args: CacheArgs, site: Site) -> Iterator[Problem]:
    """What ElastiCache does not have."""
    yield from key_problems(args.customer_key, site)
    yield from setting_problems(args)
    yield from size_problems(args)


def build(cache: Cache, args: CacheArgs) -> CacheParts:
    """The servers of the engine that was chosen, with what clients authenticate by."""
    gate = _gate(cache, args)
    if args.engine == "redis":
        group = _servers(cache, args, gate, auth_token=token(cache).result, auth_token_update_strategy=UPDATE)
        # the token as the servers took it: whoever reads a new one can use it
        accepted = group.auth_token.apply(lambda text: text or "")
        secret, target = stored_secret(cache, "auth", accepted, customer_key=args.customer_key), {}
    else:
        users = user_group(cache)
        group = _servers(cache, args, gate, user_group_ids=[users.user_group_id])
        secret, target = None, {"group": group.arn, "user_group": users.user_group_id}
    return CacheParts(
        host=group.primary_endpoint_address,
        read_host=group.reader_endpoint_address if args.read_replicas else None,
        port=PORT,
        instance=group.replication_group_id,
        ca_certificate=Output.from_input(amazon_roots()),
        secret=secret,
        target=target,
        user=None if secret else FromConsumer.CACHE_USER,
        gate=gate.id,
    )


def _gate(cache: Cache, args: CacheArgs) -> ec2.SecurityGroup:
    """Closed both ways: a binding adds the rule that lets its consumer in."""
    return ec2.SecurityGroup(
        cache.logical("gate"),
        name=cache.physical("security_group"),
        description=f"Cache {cache.component_name} of {cache.site.application} ({cache.site.stack})",
        vpc_id=args.network.network_id,
        tags=named(cache),
        # another network has a group of its own, under the same name: the old one can't go before the servers have left it
        opts=cache.child(delete_before_replace=False),
    )


def _subnets(cache: Cache, args: CacheArgs) -> elasticache.SubnetGroup:
    return elasticache.SubnetGroup(
        cache.logical("subnets"),
        # another network is another name: the cache is replaced then, where AWS would refuse to move it
        name=cache.physical("cache_settings", args.network.component_name),
        description=f"Isolated subnets of network {args.network.component_name}",
        subnet_ids=list(args.network.subnets["data", cache.site.region]),
        tags=cache.labels(),
        opts=cache.child(),
    )


def _servers(cache: Cache, args: CacheArgs, gate: ec2.SecurityGroup, **login: Any) -> elasticache.ReplicationGroup:
    deliveries, ready = log_groups(cache, args)
    return elasticache.ReplicationGroup(
        cache.logical(args.engine),
        replication_group_id=cache.physical("cache", args.engine),
        description=f"Cache {cache.component_name} of {cache.site.application} ({cache.site.stack})",
        engine=args.engine,
        engine_version=version_of(args),
        node_type=node_type(args),
        port=PORT,
        parameter_group_name=parameter_group(cache, args).name,
        subnet_group_name=_subnets(cache, args).name,
        security_group_ids=[gate.id],
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        at_rest_encryption_enabled=True,
        kms_key_id=args.customer_key,
        log_delivery_configurations=deliveries,
        maintenance_window=window(args.maintenance),
        apply_immediately=True,  # what the program says is what there is, as on every cloud
        # a version that was asked for stays; else AWS may raise the minor one, and the next `up` must not lower it, which would replace the cache
        auto_minor_version_upgrade=args.version is None,
        tags=cache.labels(),
        opts=cache.data(
            depends_on=[*args.network.ready, *ready],
            delete_before_replace=True,  # its name is its own: the new one can't be made beside the old one
            ignore_changes=["engine_version"] if args.version is None else None,
        ),
        **_copies(args),
        **_snapshots(cache, args, gate),
        **login,
    )


def _copies(args: CacheArgs) -> dict[str, Any]:
    """One shard, so that every client can talk to it, not only those that know clusters."""
    available = bool(args.high_availability)
    return {
        "num_cache_clusters": 1 + int(available) + args.read_replicas,
        "automatic_failover_enabled": available,
        "multi_az_enabled": available,
    }


def _snapshots(cache: Cache, args: CacheArgs, gate: ec2.SecurityGroup) -> dict[str, Any]:
    daily: dict[str, Any] = {"snapshot_retention_limit": args.snapshot_days if args.persistence else 0, "snapshot_window": snapshot_window(args.maintenance)}
    if not args.persistence or cache.site.tier == "dev":
        return daily

    def last(known: list[str]) -> str:
        # a name that is taken would stop the deletion: the group's id and the key tell this cache's last snapshot from that of one before it
        mark = [hashlib.sha256(known[1].encode()).hexdigest()[:4]] if known[1] else []
        return "-".join([cache.physical("snapshot", "last"), known[0].removeprefix("sg-"), *mark])

    return {**daily, "final_snapshot_identifier": later(Output.all(gate.id, args.customer_key or ""), last)}


def window(chosen: Window) -> str:
    """The maintenance window as ElastiCache writes it: `sun:03:00-sun:04:00`, UTC."""
    following = WEEKDAYS[(WEEKDAYS.index(chosen.day) + (chosen.hour + 1) // DAY) % len(WEEKDAYS)]
    return f"{chosen.day[:3]}:{chosen.hour:02}:00-{following[:3]}:{(chosen.hour + 1) % DAY:02}:00"


def snapshot_window(chosen: Window) -> str:
    """The hour of the day in which snapshots begin: an hour away from maintenance, as ElastiCache refuses windows that overlap."""
    start = chosen.hour - 2 if chosen.hour > 1 else chosen.hour + 2
    return f"{start:02}:00-{start + 1:02}:00"
