"""ElastiCache replication groups: what AWS makes up for one, and what stays when it goes."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Kind, Properties, Record, Refusal
from . import elasticache_catalog, elasticache_checks
from .account import zones
from .elasticache_groups import GROUP, SUBNET_GROUP, cache_refused, cache_taken
from .elasticache_rules import faults, is_clustered, shards
from .formats import ACCOUNT, arn, kept, placed, region, text
from .placement import SUBNETS, default_groups, digest, in_zones, interfaces, letters, texts, zones_of
from .rds_names import Fault

SNAPSHOT = "aws:elasticache/snapshot:Snapshot"
"""No resource of the provider: what `describe-snapshots` lists."""
ZONES = "__zones"
"""The output, hidden as the bridge hides its `__meta`, that notes the zones of the nodes."""
_CODES = {"us": "us", "eu": "eu", "ap": "ap", "ca": "ca", "sa": "sa", "me": "me", "af": "af", "il": "il", "mx": "mx"}
_COMPASS = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c", "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def short_region(place: str) -> str:
    """`euw1` of eu-west-1."""
    parts = place.split("-")
    return _CODES.get(parts[0], parts[0]) + "".join(_COMPASS.get(part, part) for part in parts[1:])


def engine_of(call: Call) -> str:
    """Redis unless it is said."""
    return text(call.inputs.get("engine")).lower() or text(kept(call, "engine", lambda: "redis")) or "redis"


def version_of(call: Call) -> str | None:
    """The version that runs; None where there is none such."""
    engine, wanted = engine_of(call), text(call.inputs.get("engineVersion"))
    stands = call.old.outputs if call.old is not None else {}
    if not wanted and stands.get("engine") == engine:
        return elasticache_catalog.resolved(engine, text(stands.get("engineVersion")))
    return elasticache_catalog.resolved(engine, wanted)


def _id(call: Call) -> str:
    return text(call.inputs.get("replicationGroupId")).lower()


def _no(call: Call, fault: Fault) -> Refusal:
    verb, operation = ("creating", "CreateReplicationGroup") if call.old is None else ("modifying", "ModifyReplicationGroup")
    return cache_refused(f"{verb} ElastiCache Replication Group ({_id(call)})", operation, fault.code, fault.message, typed=fault.typed)


def _create(call: Call) -> None:
    if not text(call.inputs.get("nodeType")) and not call.inputs.get("globalReplicationGroupId"):
        message = '"node_type" is required unless "global_replication_group_id" is set.'
        raise Refusal(message)
    _refuse(call)


def _refuse(call: Call) -> None:
    engine, version = engine_of(call), version_of(call)
    if version is None:
        raise _no(call, Fault("InvalidParameterCombination", f"Cannot find version {call.inputs.get('engineVersion')} for {engine}"))
    fault = next(faults(call, engine, version), None)
    if fault is not None:
        raise _no(call, fault)


def _update(call: Call) -> None:
    old = call.old
    if old is None:
        return
    before = old.outputs.get("transitEncryptionMode")
    if old.outputs.get("transitEncryptionEnabled") is True and call.inputs.get("transitEncryptionEnabled") is not True and before != "preferred":
        message = "To disable in-transit encryption, set TransitEncryptionMode to preferred first."
        raise _no(call, Fault("InvalidParameterCombination", message))
    if old.outputs.get("clusterEnabled") is True and not is_clustered(call):
        raise _no(call, Fault("InvalidParameterCombination", "Cluster mode cannot be disabled once it is enabled."))
    if old.outputs.get("clusterMode") == "disabled" and call.inputs.get("clusterMode") == "enabled":
        raise _no(call, Fault("InvalidParameterCombination", "Cluster mode must be set to compatible before it is set to enabled."))
    _refuse(call)


def _hosts(call: Call) -> Properties:
    id_, tls = call.id, call.inputs.get("transitEncryptionEnabled") is True
    tail = f"{letters(digest(ACCOUNT, region(call), 'cache'), 6)}"
    domain = f"{short_region(region(call))}.cache.amazonaws.com"
    if is_clustered(call):
        host = f"clustercfg.{id_}.{tail}.{domain}" if tls else f"{id_}.{tail}.clustercfg.{domain}"
        return {"configurationEndpointAddress": host, "primaryEndpointAddress": "", "readerEndpointAddress": ""}
    first = f"master.{id_}.{tail}.{domain}" if tls else f"{id_}.{tail}.ng.0001.{domain}"
    second = f"replica.{id_}.{tail}.{domain}" if tls else f"{id_}-ro.{tail}.ng.0001.{domain}"
    return {"configurationEndpointAddress": "", "primaryEndpointAddress": first, "readerEndpointAddress": second}


def _members(call: Call) -> list[str]:
    groups, nodes = shards(call)
    if not is_clustered(call):
        return [f"{call.id}-{node:03d}" for node in range(1, nodes + 1)]
    return [f"{call.id}-{group:04d}-{node:03d}" for group in range(1, groups + 1) for node in range(1, nodes + 1)]


def _placement(call: Call) -> Properties:
    group = call.cloud.get(SUBNET_GROUP, text(call.inputs.get("subnetGroupName")))
    subnets = texts(group.inputs.get("subnetIds")) if group is not None else []
    possible = zones_of(call, subnets) or zones(region(call))
    count = len(_members(call))
    start = int(digest(call.urn, "zone")[:6], 16)
    chosen = texts(call.inputs.get("preferredCacheClusterAzs")) or [possible[(start + node) % len(possible)] for node in range(count)]
    default = default_groups(call, text(group.outputs.get("vpcId"))) if group is not None else []
    return {ZONES: chosen, SUBNETS: in_zones(call, subnets, chosen), "securityGroupIds": texts(call.inputs.get("securityGroupIds")) or default}


def _windows(call: Call) -> Properties:
    seed = int(digest(call.urn, "window")[:6], 16)
    hour, day = seed % 7, _DAYS[seed % len(_DAYS)]
    weekly = text(call.inputs.get("maintenanceWindow")).lower()
    return {
        "snapshotWindow": call.inputs.get("snapshotWindow") or kept(call, "snapshotWindow", lambda: f"{hour:02d}:30-{hour + 1:02d}:30"),
        "maintenanceWindow": weekly or kept(call, "maintenanceWindow", lambda: f"{day}:{hour + 9:02d}:00-{day}:{hour + 10:02d}:00"),
    }


def _nodes(call: Call) -> Properties:
    groups, nodes = shards(call)
    cluster = is_clustered(call)
    mode = call.inputs.get("clusterMode") or ("enabled" if cluster else "disabled")
    return {
        "clusterEnabled": cluster,
        "clusterMode": mode,
        "memberClusters": _members(call),
        "numCacheClusters": groups * nodes,
        "numNodeGroups": groups,
        "replicasPerNodeGroup": nodes - 1,
    }


def _outputs(call: Call) -> Properties:
    inputs, engine = call.inputs, engine_of(call)
    version = version_of(call) or ""
    transit = inputs.get("transitEncryptionEnabled") is True
    family = elasticache_catalog.family(engine, version)
    default = f"default.{family}{'.cluster.on' if is_clustered(call) else ''}"
    rest = inputs.get("atRestEncryptionEnabled")
    return {
        **placed(call),
        **_hosts(call),
        **_placement(call),
        **_windows(call),
        **_nodes(call),
        "arn": arn(call, "elasticache", f"replicationgroup:{call.id}"),
        "atRestEncryptionEnabled": rest if rest is not None else engine == elasticache_catalog.VALKEY,
        "autoMinorVersionUpgrade": inputs.get("autoMinorVersionUpgrade") if inputs.get("autoMinorVersionUpgrade") is not None else True,
        "dataTieringEnabled": inputs.get("dataTieringEnabled") or False,
        "engine": engine,
        "engineVersion": inputs.get("engineVersion") or version,
        "engineVersionActual": elasticache_catalog.actual(version),
        "globalReplicationGroupId": inputs.get("globalReplicationGroupId") or "",
        "ipDiscovery": inputs.get("ipDiscovery") or "ipv4",
        "networkType": inputs.get("networkType") or "ipv4",
        "nodeGroupConfigurations": inputs.get("nodeGroupConfigurations") or [],
        "parameterGroupName": inputs.get("parameterGroupName") or default,
        "port": inputs.get("port") or elasticache_catalog.PORTS[engine],
        "replicationGroupId": call.id,
        "securityGroupNames": [],
        "snapshotRetentionLimit": inputs.get("snapshotRetentionLimit") or 0,
        "subnetGroupName": inputs.get("subnetGroupName") or "default",
        "transitEncryptionEnabled": transit,
        "transitEncryptionMode": inputs.get("transitEncryptionMode") or ("required" if transit else ""),
    }


def _delete(call: Call) -> None:
    name = text(call.inputs.get("finalSnapshotIdentifier"))
    doing = f"deleting ElastiCache Replication Group ({call.id})"
    if name and call.cloud.get(SNAPSHOT, name) is not None:
        message = f"Snapshot with specified name already exists: {name}"
        raise cache_refused(doing, "DeleteReplicationGroup", "SnapshotAlreadyExistsFault", message, typed=True)


def _leaves(call: Call) -> Iterator[Record]:
    name = text(call.inputs.get("finalSnapshotIdentifier"))
    if name:
        held = {"name": name, "replicationGroupId": call.id, "arn": arn(call, "elasticache", f"snapshot:{name}"), "region": region(call), "status": "available"}
        yield Record(type=SNAPSHOT, id=name, urn=call.urn, inputs={}, outputs=held)


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """Versions and engines go up only; encryption of connections is for ever below 7.0.5; shards that are laid out stay."""
    paths = set()
    versions = [text(inputs.get("engineVersion")) for inputs in (old, new)]
    engines = [text(inputs.get("engine")) or "redis" for inputs in (old, new)]
    numbers = [elasticache_catalog.number(version) for version in versions]
    if all(versions) and engines[0] == engines[1] and UNKNOWN not in (old.get("engineVersion"), new.get("engineVersion")) and numbers[1] < numbers[0]:
        paths.add("engineVersion")
    if engines == [elasticache_catalog.VALKEY, elasticache_catalog.REDIS]:
        paths.add("engine")
    if versions[0] and engines[0] == elasticache_catalog.REDIS and numbers[0] < (7,):
        paths.add("transitEncryptionEnabled")
    if old.get("nodeGroupConfigurations") != new.get("nodeGroupConfigurations"):
        paths.add("nodeGroupConfigurations")
    return frozenset(paths)


def _made_up(call: Call) -> Properties:
    made: Properties = {"automaticFailoverEnabled": False, "multiAzEnabled": False}
    if call.inputs.get("replicationGroupId") is None:
        made["replicationGroupId"] = f"{call.name.lower()[: elasticache_checks.LONGEST_ID - 8]}-{digest(call.urn)[:7]}"
    return made


KINDS = (
    Kind(
        token=GROUP,
        identify=_id,
        outputs=_outputs,
        defaults=_made_up,
        check=elasticache_checks.check,
        replaces=frozenset(
            {
                "atRestEncryptionEnabled",
                "dataTieringEnabled",
                "globalReplicationGroupId",
                "kmsKeyId",
                "networkType",
                "port",
                "replicationGroupId",
                "securityGroupNames",
                "snapshotArns",
                "snapshotName",
                "subnetGroupName",
            }
        ),
        replaces_on=_replaces_on,
        taken=cache_taken(
            "Replication Group", "CreateReplicationGroup", "ReplicationGroupAlreadyExists", "Replication group {id} already exists.", "{replicationGroupId}"
        ),
        create=_create,
        update=_update,
        delete=_delete,
        leaves=_leaves,
    ),
)
"""The replication group."""

INTERFACES = {GROUP: lambda record: interfaces(record, "securityGroupIds")}
"""One network interface a node."""
