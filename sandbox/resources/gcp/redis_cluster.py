"""Memorystore for Redis Cluster."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .formats import matches
from .key_grants import refuse_key
from .lifecycle import deletes, network_reference
from .memorystore_shards import CLUSTER, GB, PORT, connections, guarded, networks, refuse_shape, refuse_unconnected, shared
from .names import identity, imported, kept, labelled, project, region, text

_CLUSTER_ID = "projects/{project}/locations/{region}/clusters/{name}"


def _check_cluster(call: Call) -> Iterator[Failure]:
    yield from matches("name", text(call.inputs.get("name")).rsplit("/", 1)[-1] or None, "^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$")


def _create_cluster(call: Call) -> None:
    refuse_shape(call, "creating Cluster" if call.old is None else "updating Cluster")
    where = region(call)
    refuse_key(call, call.inputs.get("kmsKey"), where, "cloud-redis", "Error creating Cluster: ")
    if call.old is None:
        refuse_unconnected(call, where, "gcp-memorystore-redis", identity(_CLUSTER_ID)(call))


def _cluster_outputs(call: Call) -> Properties:
    inputs, id_, where = call.inputs, identity(_CLUSTER_ID)(call), region(call)
    made = kept(call, "pscConnections", lambda: connections(call, where, "gcp-memorystore-redis"))
    node = text(inputs.get("nodeType")) or "REDIS_HIGHMEM_MEDIUM"
    size = GB.get(node.removeprefix("REDIS_"), 10.4) * int(inputs.get("shardCount") or 1)
    addresses = [{"address": one.get("ipAddress") or one.get("address"), "port": PORT} for one in made[:1]]
    return {
        **labelled(call),
        **shared(call, id_, inputs.get("transitEncryptionMode")),
        "project": project(call),
        "region": where,
        "nodeType": node,
        "authorizationMode": inputs.get("authorizationMode") or "AUTH_MODE_DISABLED",
        "transitEncryptionMode": inputs.get("transitEncryptionMode") or "TRANSIT_ENCRYPTION_MODE_DISABLED",
        "pscConnections": [
            {"address": one.get("ipAddress") or one.get("address"), **{k: one[k] for k in ("forwardingRule", "network", "projectId", "pscConnectionId")}}
            for one in made
        ],
        "discoveryEndpoints": [{**one, "pscConfig": {"network": network}} for one, network in zip(addresses, networks(call), strict=False)],
        "pscServiceAttachments": [],
        "preciseSizeGb": size,
        "sizeGb": int(size),
    }


KINDS = (
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
        delete=guarded("Cluster", "google_redis_cluster"),
        deleted=deletes,
        import_id=imported(_CLUSTER_ID),
    ),
)
"""The cluster."""
