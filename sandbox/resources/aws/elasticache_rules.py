"""What AWS refuses of a replication group: versions, nodes, counts, encryption, users, groups, logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Properties
from . import elasticache_catalog
from .elasticache_checks import FAILOVER_NODES
from .elasticache_groups import SUBNET_GROUP, clustered, group_family
from .elasticache_users import USER_GROUP
from .formats import text
from .placement import groups_elsewhere, key_exists, texts, unknown_groups, zones_of
from .rds_names import Fault
from .windows import daily_minutes, overlap, weekly_minutes

_MOST_NODES = 6
"""A primary and five replicas (Amazon ElastiCache quotas)."""
_MOST_SHARDS = 90
"""Nodes of a cluster by its default quota."""
_SHORTEST = 60
"""Minutes of a window."""
_TOKEN = re.compile(r"^[0-9A-Za-z!&#$^<>\-]+$")
"""What an AUTH token may hold (Amazon ElastiCache User Guide, "Authenticating with the Valkey and Redis OSS AUTH command")."""
_LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"


def is_clustered(call: Call) -> bool:
    """Whether data is sharded."""
    inputs = call.inputs
    if inputs.get("clusterMode") in {"enabled", "compatible"} or (isinstance(inputs.get("numNodeGroups"), int) and inputs["numNodeGroups"] > 1):
        return True
    return clustered(call, text(inputs.get("parameterGroupName")))


def shards(call: Call) -> tuple[int, int]:
    """(Shards, nodes of each)."""
    inputs = call.inputs
    configured = inputs.get("nodeGroupConfigurations")
    own = len(configured) if isinstance(configured, list) else 0
    groups = inputs.get("numNodeGroups") or own or 1
    if inputs.get("replicasPerNodeGroup") is not None:
        return int(groups), int(inputs["replicasPerNodeGroup"]) + 1
    return int(groups), int(inputs.get("numCacheClusters") or 1)


def faults(call: Call, engine: str, version: str) -> Iterator[Fault]:
    """Everything, in the order that the API looks."""
    yield from _machine(call.inputs, version)
    yield from _counts(call)
    yield from _parameters(call, engine, version)
    yield from _secrecy(call, engine, version)
    yield from _users(call, engine, version)
    yield from _windows(call.inputs)
    yield from _network(call)
    yield from log_faults(call, version)


def _machine(inputs: Properties, version: str) -> Iterator[Fault]:
    node = text(inputs.get("nodeType"))
    if not elasticache_catalog.has_node(node):
        yield Fault("InvalidParameterValue", f"The parameter CacheNodeType is not a valid node type: {node}")
    tiered, wanted = elasticache_catalog.tiered(node), inputs.get("dataTieringEnabled") is True
    if tiered and not wanted:
        yield Fault("InvalidParameterCombination", f"Data tiering must be enabled for node type {node}.")
    if wanted and not tiered:
        yield Fault("InvalidParameterCombination", f"Data tiering is not supported for node type {node}.")
    if wanted and elasticache_catalog.number(version) < (6, 2):
        yield Fault("InvalidParameterCombination", "Data tiering requires engine version 6.2 or later.")


def _counts(call: Call) -> Iterator[Fault]:
    inputs, (groups, nodes) = call.inputs, shards(call)
    failover = inputs.get("automaticFailoverEnabled") is True
    if is_clustered(call) and not failover:
        yield Fault("InvalidParameterCombination", "Redis with cluster mode enabled cannot be created with auto failover turned off.")
    if not is_clustered(call) and groups > 1:
        yield Fault("InvalidParameterCombination", "Cluster mode must be enabled to have more than one node group.")
    if failover and not is_clustered(call) and nodes < FAILOVER_NODES:
        yield Fault("InvalidParameterCombination", "Must specify at least two cache clusters in order to auto failover.")
    if inputs.get("multiAzEnabled") is True and (not failover or nodes < FAILOVER_NODES):
        yield Fault("InvalidParameterCombination", "Must have at least one replica in each node group for Multi-AZ Replication Group.")
    if not 1 <= nodes <= _MOST_NODES:
        yield Fault("InvalidParameterValue", f"Invalid replica count: {nodes - 1}. A node group has between 0 and {_MOST_NODES - 1} replicas.")
    if groups * nodes > _MOST_SHARDS:
        message = f"The request cannot be processed because it would exceed the allowed number of {_MOST_SHARDS} cache nodes in a single replication group."
        yield Fault("NodeQuotaForClusterExceeded", message, typed=True)
    zones = inputs.get("preferredCacheClusterAzs")
    if isinstance(zones, list) and zones and len(zones) != nodes:
        message = f"PreferredCacheClusterAZs must name as many Availability Zones as there are cache clusters ({nodes})."
        yield Fault("InvalidParameterValue", message)


def _parameters(call: Call, engine: str, version: str) -> Iterator[Fault]:
    name = text(call.inputs.get("parameterGroupName"))
    if not name:
        return
    family, wanted = group_family(call, name), elasticache_catalog.family(engine, version)
    if family is None:
        yield Fault("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.", typed=True)
    elif family != wanted:
        message = f"Expected a parameter group of family {wanted} but found one of family {family}"
        yield Fault("InvalidParameterCombination", message)


def _secrecy(call: Call, engine: str, version: str) -> Iterator[Fault]:
    inputs, number = call.inputs, elasticache_catalog.number(version)
    transit, token = inputs.get("transitEncryptionEnabled") is True, text(inputs.get("authToken")) or text(inputs.get("authTokenWo"))
    key, mode = text(inputs.get("kmsKeyId")), inputs.get("transitEncryptionMode")
    if token and not transit:
        yield Fault("InvalidParameterCombination", "AuthToken is only supported when TransitEncryptionEnabled is set to true.")
    if token and not _TOKEN.match(token):
        yield Fault("InvalidParameterValue", "Invalid AuthToken provided.")
    if mode and not transit:
        yield Fault("InvalidParameterCombination", "TransitEncryptionMode can be set only when TransitEncryptionEnabled is set to true.")
    if mode and engine == elasticache_catalog.REDIS and number < (7, 0):
        yield Fault("InvalidParameterCombination", "TransitEncryptionMode is supported for Redis engine version 7.0 or later.")
    if mode == "preferred" and token:
        yield Fault("InvalidParameterCombination", "AuthToken is not supported with TransitEncryptionMode preferred.")
    if transit and _pending(call):
        message = "To enable in-transit encryption, set TransitEncryptionMode to preferred first, then to required."
        yield Fault("InvalidParameterValue", message)
    if key and inputs.get("atRestEncryptionEnabled") is False:
        yield Fault("InvalidParameterCombination", "KmsKeyId can only be specified when AtRestEncryptionEnabled is set to true.")
    if key and not key_exists(call, key):
        message = f"The customer managed key {key} does not exist, is not enabled or ElastiCache has no permission to use it."
        yield Fault("InvalidKMSKeyFault", message)


def _pending(call: Call) -> bool:
    """Whether the update takes both steps to required encryption at once, or leaves it at once."""
    if call.old is None or call.old.outputs.get("transitEncryptionEnabled") is True:
        return False
    return call.inputs.get("transitEncryptionMode") != "preferred"


def _users(call: Call, engine: str, version: str) -> Iterator[Fault]:
    groups = texts(call.inputs.get("userGroupIds"))
    if len(groups) > 1:
        yield Fault("InvalidParameterValue", "Only one user group can be associated with a replication group.")
    if groups and elasticache_catalog.number(version) < (6, 0):
        yield Fault("InvalidParameterCombination", "User group based access control requires engine version 6.0 or later.")
    if groups and call.inputs.get("transitEncryptionEnabled") is not True:
        message = "User group based access control requires encryption-in-transit to be enabled on the replication group."
        yield Fault("InvalidParameterCombination", message)
    for name in groups:
        group = call.cloud.get(USER_GROUP, name)
        if group is None:
            yield Fault("UserGroupNotFound", f"UserGroup {name} not found.", typed=True)
        elif group.outputs.get("engine") == elasticache_catalog.VALKEY and engine != elasticache_catalog.VALKEY:
            message = f"User group {name} of engine valkey cannot be associated with a replication group of engine {engine}."
            yield Fault("InvalidParameterCombination", message)


def _windows(inputs: Properties) -> Iterator[Fault]:
    daily, weekly = text(inputs.get("snapshotWindow")), text(inputs.get("maintenanceWindow"))
    if daily and daily_minutes(daily) < _SHORTEST:
        yield Fault("InvalidParameterValue", f"The snapshot window must be at least {_SHORTEST} minutes.")
    if weekly and weekly_minutes(weekly) < _SHORTEST:
        yield Fault("InvalidParameterValue", f"The maintenance window must be at least {_SHORTEST} minutes.")
    if daily and weekly and overlap(daily, weekly):
        yield Fault("InvalidParameterValue", "The snapshot window and maintenance window must not overlap.")
    days = inputs.get("snapshotRetentionLimit")
    if isinstance(days, int) and days < 0:
        yield Fault("InvalidParameterValue", f"Invalid SnapshotRetentionLimit: {days}.")
    if days and text(inputs.get("nodeType")).startswith("cache.t1."):
        yield Fault("InvalidParameterCombination", "Snapshots are not supported for cache.t1 nodes.")


def _network(call: Call) -> Iterator[Fault]:
    name = text(call.inputs.get("subnetGroupName"))
    group = call.cloud.get(SUBNET_GROUP, name)
    if name and group is None and name != "default":
        yield Fault("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.", typed=True)
        return
    groups = texts(call.inputs.get("securityGroupIds"))
    for one in unknown_groups(call, groups):
        yield Fault("InvalidParameterValue", f"Invalid security group: {one}")
    if group is None:
        return
    for other in groups_elsewhere(call, groups, text(group.outputs.get("vpcId"))):
        message = f"Security group is in VPC {other}, the cache subnet group is in VPC {group.outputs.get('vpcId')}."
        yield Fault("InvalidParameterCombination", message)
    covered = zones_of(call, texts(group.inputs.get("subnetIds")))
    for zone in texts(call.inputs.get("preferredCacheClusterAzs")):
        if zone not in covered:
            yield Fault("InvalidParameterValue", f"The Availability Zone {zone} has no subnet in the cache subnet group {name}.")
    if call.inputs.get("multiAzEnabled") is True and len(covered) < FAILOVER_NODES:
        yield Fault("InvalidParameterCombination", "Multi-AZ requires a cache subnet group with subnets in at least two Availability Zones.")


def log_faults(call: Call, version: str) -> Iterator[Fault]:
    """Destinations that do not exist, and logs that the version does not have."""
    logs = call.inputs.get("logDeliveryConfigurations")
    given = [log for log in logs if isinstance(log, dict)] if isinstance(logs, list) else []
    kinds = [text(log.get("logType")) for log in given]
    if len(kinds) != len(set(kinds)):
        yield Fault("InvalidParameterValue", "Only one log delivery configuration is allowed for each log type.")
    least = {"slow-log": (6, 0), "engine-log": (6, 2)}
    for log in given:
        kind, where, name = text(log.get("logType")), text(log.get("destinationType")), text(log.get("destination"))
        if elasticache_catalog.number(version) < least.get(kind, (0,)):
            shown = ".".join(str(part) for part in least[kind])
            yield Fault("InvalidParameterCombination", f"Log delivery of {kind} requires engine version {shown} or later.")
        type_ = _LOG_GROUP if where == "cloudwatch-logs" else _STREAM
        if name and next(call.cloud.find(type_, name=name), None) is None:
            noun = "CloudWatch Logs log group" if where == "cloudwatch-logs" else "Kinesis Data Firehose delivery stream"
            yield Fault("InvalidParameterValue", f"Log delivery destination {name} is not valid: the {noun} does not exist.")
