"""Memorystore for Valkey."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .formats import between, exactly_one, matches
from .key_grants import refuse_key
from .lifecycle import deletes, network_reference
from .memorystore_shards import ENGINES, GB, connections, guarded, refuse_shape, refuse_unconnected, shared
from .names import identity, imported, kept, labelled, location, project, text, values_at

INSTANCE = "gcp:memorystore/instance:Instance"
_INSTANCE_ID = "projects/{project}/locations/{location}/instances/{instanceId}"
_NAME = "^[a-z0-9](?:[-a-z0-9]{2,61}[a-z0-9])$"
_DISCOVERY = {"address": "ipAddress", "network": "network", "port": "port"}


def _check_instance(call: Call) -> Iterator[Failure]:
    yield from matches("instanceId", call.inputs.get("instanceId"), _NAME)
    if call.inputs.get("desiredAutoCreatedEndpoints") and call.inputs.get("desiredPscAutoConnections"):
        names = {"desiredAutoCreatedEndpoints": "desired_auto_created_endpoints", "desiredPscAutoConnections": "desired_psc_auto_connections"}
        yield from exactly_one(call, names)
    for hours in values_at(call.inputs, "maintenancePolicy.weeklyMaintenanceWindows.*.startTime.hours"):
        yield from between("maintenancePolicy.weeklyMaintenanceWindows[0].startTime.hours", hours, 0, 23)


def _create_instance(call: Call) -> None:
    refuse_shape(call, "creating Instance" if call.old is None else "updating Instance")
    where = location(call)
    refuse_key(call, call.inputs.get("kmsKey"), where, "gcp-sa-memorystore", "Error creating Instance: ")
    if call.old is None:
        refuse_unconnected(call, where, "gcp-memorystore", identity(_INSTANCE_ID)(call))


def _instance_outputs(call: Call) -> Properties:
    inputs, id_, where = call.inputs, identity(_INSTANCE_ID)(call), location(call)
    made = kept(call, "pscAutoConnections", lambda: connections(call, where, "gcp-memorystore"))
    node = inputs.get("nodeType") or "HIGHMEM_MEDIUM"
    return {
        **labelled(call),
        **shared(call, id_, inputs.get("transitEncryptionMode")),
        "name": id_,
        "project": project(call),
        "location": where,
        "nodeType": node,
        "mode": inputs.get("mode") or "CLUSTER",
        "engineVersion": inputs.get("engineVersion") or kept(call, "engineVersion", lambda: ENGINES[1]),
        "authorizationMode": inputs.get("authorizationMode") or "AUTH_DISABLED",
        "transitEncryptionMode": inputs.get("transitEncryptionMode") or "TRANSIT_ENCRYPTION_DISABLED",
        "serverCaMode": inputs.get("serverCaMode") or "GOOGLE_MANAGED_PER_INSTANCE_CA",
        "nodeConfigs": [{"sizeGb": GB.get(text(node), 10.4)}],
        "pscAutoConnections": made,
        "endpoints": [{"connections": [{"pscAutoConnection": {k: v for k, v in one.items() if k != "pscConnectionStatus"}} for one in made]}],
        "discoveryEndpoints": [{key: one[from_] for key, from_ in _DISCOVERY.items()} for one in made if one["connectionType"].endswith("DISCOVERY")],
        "pscAttachmentDetails": [{"connectionType": one["connectionType"], "serviceAttachment": one["serviceAttachment"]} for one in made],
        "updateTime": call.cloud.now(),
    }


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
        delete=guarded("Instance", "google_memorystore_instance"),
        deleted=deletes,
        volatile=frozenset({"updateTime"}),
        import_id=imported(_INSTANCE_ID),
    ),
)
"""The instance."""
