"""Google service connection policies: who may open private endpoints of managed services in which subnetworks."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from .compute_network import SUBNETWORK
from .formats import check_labels, matches
from .lifecycle import deletes, deletion, network_reference, reference
from .names import digest, global_path, identity, imported, kept, labelled, project, regional_path, relative, segment, stands, values_at

POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
_ID = "projects/{project}/locations/{location}/serviceConnectionPolicies/{name}"
_CONSUMERS = {
    "gcp:redis/cluster:Cluster": ("gcp-memorystore-redis", ("pscConfigs.*.network",)),
    "gcp:memorystore/instance:Instance": ("gcp-memorystore", ("desiredAutoCreatedEndpoints.*.network", "desiredPscAutoConnections.*.network")),
}


def _check(call: Call) -> Iterator[Failure]:
    yield from matches("name", call.inputs.get("name"), "^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$")


def _region(record: Record) -> str:
    return str(record.outputs.get("region") or record.outputs.get("location") or "")


def _refuse(call: Call) -> None:
    check_labels(call)
    network = global_path(call, "networks", call.inputs.get("network"))
    where = call.inputs.get("location")
    for value in values_at(call.inputs, "pscConfig.subnetworks.*"):
        path = regional_path(call, "subnetworks", value)
        subnetwork = call.cloud.get(SUBNETWORK, path)
        if subnetwork is None:
            continue
        if segment(path, "regions") != where or relative(subnetwork.outputs.get("network")) != network:
            message = (
                "Error creating ServiceConnectionPolicy: googleapi: Error 400: Invalid value for field 'pscConfig.subnetworks': "
                f"'{path}'. The subnetwork must be in network '{network}' and region '{where}'., invalid"
            )
            raise Refusal(message)


def _connections(call: Call, record: Record) -> Iterator[Record]:
    network = global_path(call, "networks", record.outputs.get("network"))
    for type_, (service, places) in _CONSUMERS.items():
        if record.outputs.get("serviceClass") != service:
            continue
        for consumer in call.cloud.find(type_):
            here = _region(consumer) == record.outputs.get("location")
            if here and any(global_path(call, "networks", value) == network for place in places for value in values_at(consumer.outputs, place)):
                yield consumer


def _delete(call: Call) -> None:
    policy = stands(call)
    consumer = next(_connections(call, policy), None)
    if consumer is not None:
        message = (
            f"Error when reading or editing ServiceConnectionPolicy: googleapi: Error 400: Service connection policy '{policy.id}' "
            f"has active PSC connections: '{consumer.id}'., failedPrecondition"
        )
        raise Refusal(message)


def _outputs(call: Call) -> Properties:
    return {
        **labelled(call),
        "project": project(call),
        "createTime": kept(call, "createTime", call.cloud.now),
        "updateTime": call.cloud.now(),
        "etag": digest(call.urn, call.cloud.now())[:16],
        "infrastructure": "PSC",
        "pscConnections": kept(call, "pscConnections", list),
    }


KINDS = (
    Kind(
        token=POLICY,
        identify=identity(_ID),
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"location", "name", "network", "project", "serviceClass"}),
        unique=lambda call: (global_path(call, "networks", call.inputs.get("network")), call.inputs.get("location"), call.inputs.get("serviceClass")),
        taken="Error creating ServiceConnectionPolicy: googleapi: Error 409: A service connection policy for service class '{serviceClass}' "
        "already exists for this network in region '{location}'., alreadyExists",
        references=(network_reference(), reference("pscConfig.subnetworks.*", SUBNETWORK)),
        api="networkconnectivity.googleapis.com",
        create=_refuse,
        update=_refuse,
        delete=deletion("google_network_connectivity_service_connection_policy", _delete),
        deleted=deletes,
        volatile=frozenset({"etag", "updateTime"}),
        import_id=imported(_ID),
    ),
)
"""The policy."""
