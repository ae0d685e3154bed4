"""ElastiCache clusters: Memcached, and single Redis nodes."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from . import arguments, elasticache_catalog
from .account import zones
from .elasticache import short_region
from .elasticache_checks import check_id, check_logs
from .elasticache_groups import CLUSTER, GROUP, SUBNET_GROUP, cache_refused, cache_taken, group_family
from .elasticache_rules import log_faults
from .formats import ACCOUNT, arn, check_tags, kept, placed, region, text
from .placement import SUBNETS, default_groups, digest, groups_elsewhere, in_zones, interfaces, letters, texts, unknown_groups, zones_of
from .rds_names import Fault
from .validators import conflicts, required_with, said
from .windows import check_daily, check_weekly

_LONGEST = 50
_OF_THE_GROUP = (
    *("azMode", "engineVersion", "maintenanceWindow", "nodeType", "notificationTopicArn", "numCacheNodes", "parameterGroupName", "port"),
    *("securityGroupIds", "snapshotArns", "snapshotName", "snapshotRetentionLimit", "snapshotWindow", "subnetGroupName"),
)
"""What a replication group says for its members."""
_ARGUMENTS = {
    "clusterId": arguments.fitting(r"^[a-z][0-9a-z-]*$", "must contain only lowercase alphanumeric characters and hyphens, and begin with a letter"),
    "autoMinorVersionUpgrade": arguments.a_truth,
    "preferredOutpostArn": arguments.an_arn,
    "snapshotRetentionLimit": arguments.at_most(35),
}
_MOST_NODES = 40
"""Nodes of a Memcached cluster (Amazon ElastiCache quotas)."""


def _engine(call: Call) -> str:
    return text(call.inputs.get("engine")) or "redis"


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_id("clusterId", inputs.get("clusterId"), _LONGEST)
    yield from check_daily("snapshotWindow", "snapshot_window", inputs.get("snapshotWindow"))
    yield from check_weekly("maintenanceWindow", "maintenance_window", inputs.get("maintenanceWindow"))
    yield from check_logs(call)
    if inputs.get("replicationGroupId") is None and inputs.get("engine") is None:
        yield Failure("engine", '"engine": one of `engine,replication_group_id` must be specified')
    if said(call, "engine") and said(call, "replicationGroupId"):
        message = "only one of `engine,replication_group_id` can be specified, but `engine,replication_group_id` were specified."
        yield Failure("engine", f'"engine": {message}')
    yield from conflicts(call, "replicationGroupId", *_OF_THE_GROUP)
    yield from required_with(call, "outpostMode", "preferredOutpostArn")
    yield from arguments.check(call, _ARGUMENTS)
    several, engine = inputs.get("numCacheNodes"), inputs.get("engine")
    if engine == "redis" and isinstance(several, int) and several > 1:
        yield Failure("numCacheNodes", 'engine "redis" does not support num_cache_nodes > 1')
    if inputs.get("azMode") == "cross-az" and several == 1:
        yield Failure("azMode", 'az_mode "cross-az" is not supported with num_cache_nodes = 1')
    if engine == "memcached" and (inputs.get("snapshotRetentionLimit") or inputs.get("finalSnapshotIdentifier")):
        yield Failure("snapshotRetentionLimit", 'engine "memcached" does not support snapshots')


def _faults(call: Call) -> Iterator[Fault]:
    inputs, engine = call.inputs, _engine(call)
    replicated = text(inputs.get("replicationGroupId"))
    if replicated and call.cloud.get(GROUP, replicated) is None:
        yield Fault("ReplicationGroupNotFoundFault", f"ReplicationGroup {replicated} not found.", typed=True)
    if replicated:
        return
    version = elasticache_catalog.resolved(engine, text(inputs.get("engineVersion")))
    if version is None:
        yield Fault("InvalidParameterCombination", f"Cannot find version {inputs.get('engineVersion')} for {engine}")
        return
    if not elasticache_catalog.has_node(text(inputs.get("nodeType"))):
        yield Fault("InvalidParameterValue", f"The parameter CacheNodeType is not a valid node type: {inputs.get('nodeType')}")
    nodes = inputs.get("numCacheNodes")
    if not isinstance(nodes, int) or not 1 <= nodes <= _MOST_NODES:
        yield Fault("InvalidParameterValue", f"NumCacheNodes should be between 1 and {_MOST_NODES}, got {nodes}.")
    name = text(inputs.get("parameterGroupName"))
    family, wanted = group_family(call, name) if name else None, elasticache_catalog.family(engine, version)
    if name and family is None:
        yield Fault("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.", typed=True)
    elif name and family != wanted:
        yield Fault("InvalidParameterCombination", f"Expected a parameter group of family {wanted} but found one of family {family}")
    yield from _network(call)
    yield from log_faults(call, version)


def _network(call: Call) -> Iterator[Fault]:
    name, groups = text(call.inputs.get("subnetGroupName")), texts(call.inputs.get("securityGroupIds"))
    group = call.cloud.get(SUBNET_GROUP, name)
    if name and group is None and name != "default":
        yield Fault("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.", typed=True)
    for one in unknown_groups(call, groups):
        yield Fault("InvalidParameterValue", f"Invalid security group: {one}")
    for other in groups_elsewhere(call, groups, text(group.outputs.get("vpcId"))) if group is not None else ():
        yield Fault("InvalidParameterCombination", f"Security group is in VPC {other}, not in that of the cache subnet group.")


def _refuse(call: Call) -> None:
    fault = next(_faults(call), None)
    if fault is not None:
        raise _no(call, fault)


def _no(call: Call, fault: Fault) -> Refusal:
    verb, operation = ("creating", "CreateCacheCluster") if call.old is None else ("updating", "ModifyCacheCluster")
    return cache_refused(f"{verb} ElastiCache Cache Cluster ({call.inputs.get('clusterId')})", operation, fault.code, fault.message, typed=fault.typed)


def _outputs(call: Call) -> Properties:
    inputs, engine = call.inputs, _engine(call)
    version = elasticache_catalog.resolved(engine, text(inputs.get("engineVersion"))) or ""
    group = call.cloud.get(SUBNET_GROUP, text(inputs.get("subnetGroupName")))
    subnets = texts(group.inputs.get("subnetIds")) if group is not None else []
    possible = zones_of(call, subnets) or zones(region(call))
    count, port = int(inputs.get("numCacheNodes") or 1), inputs.get("port") or elasticache_catalog.PORTS[engine]
    wanted = texts(inputs.get("preferredAvailabilityZones"))
    first = text(inputs.get("availabilityZone")) or kept(call, "availabilityZone", lambda: possible[int(digest(call.urn)[:6], 16) % len(possible)])
    spread = [possible[(possible.index(first) + node) % len(possible)] if first in possible else first for node in range(count)]
    chosen = wanted or (spread if inputs.get("azMode") == "cross-az" else [first] * count)
    domain = f"{letters(digest(ACCOUNT, region(call), 'cache'), 6)}"
    tail = f"{short_region(region(call))}.cache.amazonaws.com"
    nodes = [{"id": f"{n:04d}", "address": f"{call.id}.{domain}.{n:04d}.{tail}", "port": port, "availabilityZone": chosen[n - 1]} for n in range(1, count + 1)]
    memcached = engine == elasticache_catalog.MEMCACHED
    host = f"{call.id}.{domain}.cfg.{tail}"
    return {
        **placed(call),
        "arn": arn(call, "elasticache", f"cluster:{call.id}"),
        "clusterId": call.id,
        "availabilityZone": first,
        "azMode": inputs.get("azMode") or "single-az",
        "cacheNodes": [{**node, "outpostArn": ""} for node in nodes],
        "clusterAddress": host if memcached else "",
        "configurationEndpoint": f"{host}:{port}" if memcached else "",
        "engine": engine,
        "engineVersion": inputs.get("engineVersion") or version,
        "engineVersionActual": elasticache_catalog.actual(version),
        "numCacheNodes": count,
        "parameterGroupName": inputs.get("parameterGroupName") or f"default.{elasticache_catalog.family(engine, version)}",
        "port": port,
        "securityGroupIds": texts(inputs.get("securityGroupIds")) or (default_groups(call, text(group.outputs.get("vpcId"))) if group is not None else []),
        "subnetGroupName": inputs.get("subnetGroupName") or "default",
        "maintenanceWindow": text(inputs.get("maintenanceWindow")).lower() or "sun:05:00-sun:06:00",
        "snapshotWindow": inputs.get("snapshotWindow") or "",
        "ipDiscovery": inputs.get("ipDiscovery") or "ipv4",
        "networkType": inputs.get("networkType") or "ipv4",
        SUBNETS: in_zones(call, subnets, chosen),
    }


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """Versions go up only; nodes of Memcached keep their type."""
    paths = {"nodeType"} if old.get("engine") == "memcached" and old.get("nodeType") != new.get("nodeType") else set()
    if elasticache_catalog.lower(old.get("engineVersion"), new.get("engineVersion")):
        paths.add("engineVersion")
    return frozenset(paths)


KINDS = (
    Kind(
        token=CLUSTER,
        identify=lambda call: text(call.inputs.get("clusterId")).lower(),
        outputs=_outputs,
        defaults=lambda call: (
            {"autoMinorVersionUpgrade": "true"}
            | ({"clusterId": f"{call.name.lower()[: _LONGEST - 8]}-{digest(call.urn)[:7]}"} if call.inputs.get("clusterId") is None else {})
        ),
        check=_check,
        replaces=frozenset({"engine", "networkType", "outpostMode", "replicationGroupId", "transitEncryptionEnabled"}),
        replaces_on=_replaces_on,
        updates=frozenset({"nodeType"}),
        taken=cache_taken("Cache Cluster", "CreateCacheCluster", "CacheClusterAlreadyExists", "Cache cluster {id} already exists."),
        create=_refuse,
        update=_refuse,
    ),
)
"""The cluster."""

INTERFACES = {CLUSTER: lambda record: interfaces(record, "securityGroupIds")}
"""One network interface a node."""
