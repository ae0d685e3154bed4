"""What Valkey instances and Redis clusters have in common: shards, and endpoints that Private Service Connect makes in the consumer's network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from ...kind import Call, Properties, Record, Refusal
from ..certificates import authority
from .compute_network import SUBNETWORK
from .formats import check_labels, known, network_of
from .lifecycle import deletion
from .names import digest, global_path, kept, number, project, regional_path, stands, text, values_at

CLUSTER = "gcp:redis/cluster:Cluster"
ENGINES = ("VALKEY_7_2", "VALKEY_8_0", "VALKEY_9_0")
_SCP = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
PORT = 6379
_MOST_REPLICAS = 5
_MOST_SHARDS = 250
GB = {
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


def networks(call: Call) -> list[str]:
    """The networks in which endpoints are wanted."""
    wanted = [*values_at(call.inputs, "desiredAutoCreatedEndpoints.*.network"), *values_at(call.inputs, "desiredPscAutoConnections.*.network")]
    return [global_path(call, "networks", value) for value in (*wanted, *values_at(call.inputs, "pscConfigs.*.network"))]


def _policy(call: Call, network: str, where: str, service: str) -> Record | None:
    for record in call.cloud.find(_SCP, location=where, serviceClass=service):
        if global_path(call, "networks", record.outputs.get("network")) == network:
            return record
    return None


def refuse_unconnected(call: Call, where: str, service: str, id_: str) -> None:
    for network in networks(call):
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


def connections(call: Call, where: str, service: str) -> list[Properties]:
    """Two for each network: discovery or primary, and reader or data."""
    made = []
    roles = ("CONNECTION_TYPE_DISCOVERY", "CONNECTION_TYPE_UNSPECIFIED") if _clustered(call) else ("CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_READER")
    for network in networks(call):
        policy = _policy(call, network, where, service)
        for role in roles:
            mark = digest(call.urn, network, role)
            made.append(
                {
                    "connectionType": role,
                    "ipAddress": _address(call, policy, role),
                    "network": network,
                    "port": PORT,
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


def _authorities(call: Call, id_: str, encrypted: object) -> list[Properties]:
    if encrypted not in {"SERVER_AUTHENTICATION", "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"}:
        return []
    ca = authority(id_, "Google Cloud Memorystore Server CA", "Google Cloud", call.cloud.now())
    return [{"caCerts": [{"certificates": [ca.pem]}]}]


def refuse_shape(call: Call, verb: str) -> None:
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
    if known(version) and version not in ENGINES:
        why = f"Invalid value for field 'engine_version': {version}. Supported versions are {', '.join(ENGINES)}"
    windows = list(values_at(call.inputs, "maintenancePolicy.weeklyMaintenanceWindows.*"))
    if len(windows) > 1:
        why = "Invalid value for field 'maintenance_policy.weekly_maintenance_window': at most one window is supported"
    retention = text((call.inputs.get("automatedBackupConfig") or {}).get("retention"))
    if retention and not (re.fullmatch(r"\d+s", retention) and 86_400 <= int(retention[:-1]) <= 365 * 86_400):  # noqa: PLR2004  a day in seconds
        why = f"Invalid value for field 'automated_backup_config.retention': {retention}. Must be between 1 and 365 days"
    if why is not None:
        raise Refusal(f"Error {verb}: googleapi: Error 400: {why}")


def shared(call: Call, id_: str, encrypted: object) -> Properties:
    digits = digest(id_, "uid")
    return {
        "uid": f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}",
        "createTime": kept(call, "createTime", call.cloud.now),
        "state": "ACTIVE",
        "stateInfos": [],
        "replicaCount": call.inputs.get("replicaCount") or 0,
        "managedServerCas": kept(call, "managedServerCas", lambda: _authorities(call, id_, encrypted)),
        "maintenanceSchedules": [],
        "availableMaintenanceVersions": [],
        "effectiveMaintenanceVersion": call.inputs.get("maintenanceVersion") or "MEMORYSTORE_20251007_00_00",
        "backupCollection": "",
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }


def guarded(noun: str, resource: str) -> Callable[[Call], None]:
    def refuse(call: Call) -> None:
        if stands(call).inputs.get("deletionProtectionEnabled") is not False:
            why = _PROTECTED.format(noun=noun.lower())
            raise Refusal(f'Error when reading or editing {noun} "{stands(call).id}": googleapi: Error 400: {why}')

    return deletion(resource, refuse)
