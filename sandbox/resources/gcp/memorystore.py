"""Memorystore for Valkey and for Redis Cluster: shards that are reached through Private Service Connect."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from ..certificates import authority
from .compute_network import SUBNETWORK
from .formats import between, check_labels, exactly_one, known, matches, network_of
from .key_grants import refuse_key
from .lifecycle import deletes, deletion, network_reference
from .names import digest, global_path, identity, imported, kept, labelled, location, number, project, region, regional_path, stands, text, values_at

INSTANCE = "gcp:memorystore/instance:Instance"
CLUSTER = "gcp:redis/cluster:Cluster"
POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
_INSTANCE_ID = "projects/{project}/locations/{location}/instances/{instanceId}"
_CLUSTER_ID = "projects/{project}/locations/{region}/clusters/{name}"
_NAME = "^[a-z0-9](?:[-a-z0-9]{2,61}[a-z0-9])$"
_PORT = 6379
_MOST_REPLICAS = 5
_MOST_SHARDS = 250
_GB = {
    "SHARED_CORE_NANO": 1.12,
    "CUSTOM_PICO": 0.5,
    "CUSTOM_MICRO": 1.0,
    "CUSTOM_MINI": 2.0,
    "STANDARD_SMALL": 5.2,
    "HIGHCPU_MEDIUM": 3.0,
    "HIGHMEM_MEDIUM": 10.4,
    "STANDARD_LARGE": 10.4,
    "HIGHMEM_XLARGE": 46.4,
    "HIGHMEM_2XLARGE": 92.8,
}
"""Usable memory of a node type (Memorystore for Valkey, "Instance and node specification")."""
_PROTECTED = (
    "The {noun} is deletion protected. Please disable deletion protection to delete the {noun}. "
    "To disable, update DeleteProtectionEnabled to false via the Update API"
)
_ENGINES = ("VALKEY_7_2", "VALKEY_8_0", "VALKEY_9_0")


def _networks(call: Call) -> list[str]:
    """The networks in which endpoints are wanted."""
    wanted = [*values_at(call.inputs, "desiredAutoCreatedEndpoints.*.network"), *values_at(call.inputs, "desiredPscAutoConnections.*.network")]
    return [global_path(call, "networks", value) for value in (*wanted, *values_at(call.inputs, "pscConfigs.*.network"))]


def _policy(call: Call, network: str, where: str, service: str) -> Record | None:
    for record in call.cloud.find(POLICY, location=where, serviceClass=service):
        if global_path(call, "networks", record.outputs.get("network")) == network:
            return record
    return None


def _refuse_unconnected(call: Call, where: str, service: str, id_: str) -> None:
    for network in _networks(call):
        if network.split("/")[1] == project(call) and _policy(call, network, where, service) is None:
            message = (
                f'Error waiting to create Instance: Error waiting for Creating Instance: Error code 9, message: Invalid resource state for "{id_}": '
                f"No service connection policy is associated with project: {project(call)}, network: {network}, region: {where}, service class: {service}"
            )
            raise Refusal(message)


def _address(call: Call, policy: Record | None, role: str) -> str:
    """An address of the policy's subnetwork, or of nowhere in particular where this cloud does not know it."""
    block = None
    for value in values_at(policy.outputs, "pscConfig.subnetworks.*") if policy is not None else ():
        record = call.cloud.get(SUBNETWORK, regional_path(call, "subnetworks", value))
        block = network_of(record.outputs.get("ipCidrRange")) if record is not None else None
        if block is not None:
            break
    pool = block or ipaddress.ip_network("10.200.0.0/24")
    spread = max(pool.num_addresses - 8, 1)
    return str(pool[4 + int(digest(call.urn, role)[:6], 16) % spread])


def _connections(call: Call, where: str, service: str) -> list[Properties]:
    """Two for each network: discovery or primary, and reader or data."""
    made = []
    roles = ("CONNECTION_TYPE_DISCOVERY", "CONNECTION_TYPE_UNSPECIFIED") if _clustered(call) else ("CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_READER")
    for network in _networks(call):
        policy = _policy(call, network, where, service)
        for role in roles:
            mark = digest(call.urn, network, role)
            made.append(
                {
                    "connectionType": role,
                    "ipAddress": _address(call, policy, role),
                    "network": network,
                    "port": _PORT,
                    "projectId": network.split("/")[1],
                    "pscConnectionId": number("psc", mark),
                    "pscConnectionStatus": "ACTIVE",
                    "forwardingRule": f"https://www.googleapis.com/compute/v1/projects/{network.split('/')[1]}/regions/{where}/forwardingRules/sca-auto-fr-{mark[:36]}",
                    "serviceAttachment": f"projects/{int(mark[:10], 16)}/regions/{where}/serviceAttachments/gcp-memorystore-auto-{mark[:8]}-psc-sa",
                }
            )
    return made


def _clustered(call: Call) -> bool:
    return call.type == CLUSTER or text(call.inputs.get("mode")) in {"", "CLUSTER"}


def _authority(call: Call, id_: str, encrypted: object) -> list[Properties]:
    if encrypted not in {"SERVER_AUTHENTICATION", "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"}:
        return []
    ca = authority(id_, "Google Cloud Memorystore Server CA", "Google Cloud", call.cloud.now())
    return [{"caCerts": [{"certificates": [ca.pem]}]}]


def _refuse_shape(call: Call, verb: str) -> None:
    check_labels(call)
    shards, replicas = call.inputs.get("shardCount"), call.inputs.get("replicaCount")
    why = None
    if isinstance(shards, int) and not 1 <= shards <= _MOST_SHARDS:
        why = f"Invalid value for field 'shard_count': {shards}. Must be between 1 and {_MOST_SHARDS}"
    elif isinstance(replicas, int) and not 0 <= replicas <= _MOST_REPLICAS:
        why = f"Invalid value for field 'replica_count': {replicas}. Must be between 0 and {_MOST_REPLICAS}"
    elif text(call.inputs.get("mode")) == "CLUSTER_DISABLED" and shards not in {None, 1}:
        why = f"Invalid value for field 'shard_count': {shards}. Must be 1 when cluster mode is disabled"
    version = call.inputs.get("engineVersion")
    if known(version) and version not in _ENGINES:
        why = f"Invalid value for field 'engine_version': {version}. Supported versions are {', '.join(_ENGINES)}"
    windows = list(values_at(call.inputs, "maintenancePolicy.weeklyMaintenanceWindows.*"))
    if len(windows) > 1:
        why = "Invalid value for field 'maintenance_policy.weekly_maintenance_window': at most one window is supported"
    retention = text((call.inputs.get("automatedBackupConfig") or {}).get("retention"))
    if retention and not (re.fullmatch(r"\d+s", retention) and 86_400 <= int(retention[:-1]) <= 365 * 86_400):  # noqa: PLR2004  a day in seconds
        why = f"Invalid value for field 'automated_backup_config.retention': {retention}. Must be between 1 and 365 days"
    if why is not None:
        raise Refusal(f"Error {verb}: googleapi: Error 400: {why}")


def _check_instance(call: Call) -> Iterator[Failure]:
    yield from matches("instanceId", call.inputs.get("instanceId"), _NAME)
    if call.inputs.get("desiredAutoCreatedEndpoints") and call.inputs.get("desiredPscAutoConnections"):
        names = {"desiredAutoCreatedEndpoints": "desired_auto_created_endpoints", "desiredPscAutoConnections": "desired_psc_auto_connections"}
        yield from exactly_one(call, names)
    for hours in values_at(call.inputs, "maintenancePolicy.weeklyMaintenanceWindows.*.startTime.hours"):
        yield from between("maintenancePolicy.weeklyMaintenanceWindows[0].startTime.hours", hours, 0, 23)


def _create_instance(call: Call) -> None:
    _refuse_shape(call, "creating Instance" if call.old is None else "updating Instance")
    where = location(call)
    refuse_key(call, call.inputs.get("kmsKey"), where, "gcp-sa-memorystore", "Error creating Instance: ")
    if call.old is None:
        _refuse_unconnected(call, where, "gcp-memorystore", identity(_INSTANCE_ID)(call))


def _instance_outputs(call: Call) -> Properties:
    inputs, id_, where = call.inputs, identity(_INSTANCE_ID)(call), location(call)
    connections = kept(call, "pscAutoConnections", lambda: _connections(call, where, "gcp-memorystore"))
    node = inputs.get("nodeType") or "HIGHMEM_MEDIUM"
    return {
        **labelled(call),
        **_shared(call, id_, inputs.get("transitEncryptionMode")),
        "name": id_,
        "project": project(call),
        "location": where,
        "nodeType": node,
        "mode": inputs.get("mode") or "CLUSTER",
        "engineVersion": inputs.get("engineVersion") or kept(call, "engineVersion", lambda: _ENGINES[1]),
        "authorizationMode": inputs.get("authorizationMode") or "AUTH_DISABLED",
        "transitEncryptionMode": inputs.get("transitEncryptionMode") or "TRANSIT_ENCRYPTION_DISABLED",
        "serverCaMode": inputs.get("serverCaMode") or "GOOGLE_MANAGED_PER_INSTANCE_CA",
        "nodeConfigs": [{"sizeGb": _GB.get(text(node), 10.4)}],
        "pscAutoConnections": connections,
        "endpoints": [{"connections": [{"pscAutoConnection": {k: v for k, v in one.items() if k != "pscConnectionStatus"}} for one in connections]}],
        "discoveryEndpoints": [{key: one[from_] for key, from_ in _DISCOVERY.items()} for one in connections if one["connectionType"].endswith("DISCOVERY")],
        "pscAttachmentDetails": [{"connectionType": one["connectionType"], "serviceAttachment": one["serviceAttachment"]} for one in connections],
        "updateTime": call.cloud.now(),
    }


_DISCOVERY = {"address": "ipAddress", "network": "network", "port": "port"}


def _shared(call: Call, id_: str, encrypted: object) -> Properties:
    digits = digest(id_, "uid")
    return {
        "uid": f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}",
        "createTime": kept(call, "createTime", call.cloud.now),
        "state": "ACTIVE",
        "stateInfos": [],
        "replicaCount": call.inputs.get("replicaCount") or 0,
        "managedServerCas": kept(call, "managedServerCas", lambda: _authority(call, id_, encrypted)),
        "maintenanceSchedules": [],
        "availableMaintenanceVersions": [],
        "effectiveMaintenanceVersion": call.inputs.get("maintenanceVersion") or "MEMORYSTORE_20251007_00_00",
        "backupCollection": "",
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }


def _check_cluster(call: Call) -> Iterator[Failure]:
    yield from matches("name", text(call.inputs.get("name")).rsplit("/", 1)[-1] or None, "^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$")


def _create_cluster(call: Call) -> None:
    _refuse_shape(call, "creating Cluster" if call.old is None else "updating Cluster")
    where = region(call)
    refuse_key(call, call.inputs.get("kmsKey"), where, "cloud-redis", "Error creating Cluster: ")
    if call.old is None:
        _refuse_unconnected(call, where, "gcp-memorystore-redis", identity(_CLUSTER_ID)(call))


def _cluster_outputs(call: Call) -> Properties:
    inputs, id_, where = call.inputs, identity(_CLUSTER_ID)(call), region(call)
    connections = kept(call, "pscConnections", lambda: _connections(call, where, "gcp-memorystore-redis"))
    node = text(inputs.get("nodeType")) or "REDIS_HIGHMEM_MEDIUM"
    size = _GB.get(node.removeprefix("REDIS_"), 10.4) * int(inputs.get("shardCount") or 1)
    addresses = [{"address": one.get("ipAddress") or one.get("address"), "port": _PORT} for one in connections[:1]]
    return {
        **labelled(call),
        **_shared(call, id_, inputs.get("transitEncryptionMode")),
        "project": project(call),
        "region": where,
        "nodeType": node,
        "authorizationMode": inputs.get("authorizationMode") or "AUTH_MODE_DISABLED",
        "transitEncryptionMode": inputs.get("transitEncryptionMode") or "TRANSIT_ENCRYPTION_MODE_DISABLED",
        "pscConnections": [
            {"address": one.get("ipAddress") or one.get("address"), **{k: one[k] for k in ("forwardingRule", "network", "projectId", "pscConnectionId")}}
            for one in connections
        ],
        "discoveryEndpoints": [{**one, "pscConfig": {"network": network}} for one, network in zip(addresses, _networks(call), strict=False)],
        "pscServiceAttachments": [],
        "preciseSizeGb": size,
        "sizeGb": int(size),
    }


def _guarded(noun: str, resource: str) -> Callable[[Call], None]:
    def refuse(call: Call) -> None:
        if stands(call).inputs.get("deletionProtectionEnabled") is not False:
            why = _PROTECTED.format(noun=noun.lower())
            raise Refusal(f'Error when reading or editing {noun} "{stands(call).id}": googleapi: Error 400: {why}')

    return deletion(resource, refuse)


KINDS = (
    Kind(
        token=INSTANCE,
        identify=identity(_INSTANCE_ID),
        outputs=_instance_outputs,
        defaults=lambda _call: {"deletionProtectionEnabled": True},
        check=_check_instance,
        replaces=frozenset(
            {
                "authorizationMode",
                "desiredAutoCreatedEndpoints",
                "desiredPscAutoConnections",
                "gcsSource",
                "gcsSource.uris",
                "instanceId",
                "kmsKey",
                "location",
                "managedBackupSource",
                "managedBackupSource.backup",
                "mode",
                "project",
                "serverCaMode",
                "serverCaPool",
                "transitEncryptionMode",
                "zoneDistributionConfig",
                "zoneDistributionConfig.zone",
            }
        ),
        taken="Error creating Instance: googleapi: Error 409: Resource '{id}' already exists, alreadyExists",
        references=(network_reference("desiredAutoCreatedEndpoints.*.network"), network_reference("desiredPscAutoConnections.*.network")),
        api="memorystore.googleapis.com",
        create=_create_instance,
        update=_create_instance,
        delete=_guarded("Instance", "google_memorystore_instance"),
        deleted=deletes,
        volatile=frozenset({"updateTime"}),
        import_id=imported(_INSTANCE_ID),
    ),
    Kind(
        token=CLUSTER,
        identify=identity(_CLUSTER_ID),
        outputs=_cluster_outputs,
        defaults=lambda _call: {
            "authorizationMode": "AUTH_MODE_DISABLED",
            "deletionProtectionEnabled": True,
            "transitEncryptionMode": "TRANSIT_ENCRYPTION_MODE_DISABLED",
        },
        check=_check_cluster,
        replaces=frozenset(
            {
                "authorizationMode",
                "gcsSource",
                "gcsSource.uris",
                "managedBackupSource",
                "managedBackupSource.backup",
                "name",
                "project",
                "region",
                "transitEncryptionMode",
                "zoneDistributionConfig",
            }
        ),
        taken="Error creating Cluster: googleapi: Error 409: Resource '{id}' already exists, alreadyExists",
        references=(network_reference("pscConfigs.*.network"),),
        api="redis.googleapis.com",
        create=_create_cluster,
        update=_create_cluster,
        delete=_guarded("Cluster", "google_redis_cluster"),
        deleted=deletes,
        import_id=imported(_CLUSTER_ID),
    ),
)
"""Instances and clusters."""
