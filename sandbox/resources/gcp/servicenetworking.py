"""Google private services access: the peering through which managed databases and caches reach a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

from ...kind import Call, Kind, Properties, Record, Refusal
from .compute_network import CONNECTION
from .compute_subnetwork import GLOBAL_ADDRESS
from .lifecycle import deletes, deletion, network_reference, policy
from .names import global_path, relative, segment, stands, text, values_at

_PRODUCERS = {
    "gcp:sql/databaseInstance:DatabaseInstance": ("settings.ipConfiguration.privateNetwork",),
    "gcp:redis/instance:Instance": ("authorizedNetwork",),
    "gcp:alloydb/cluster:Cluster": ("networkConfig.network",),
    "gcp:filestore/instance:Instance": ("networks.*.network",),
}


def _id(network: str, service: str) -> str:
    return f"{quote(network, safe='')}:{quote(service, safe='')}"


def _imported(id_: str, config: Mapping[str, str]) -> str:
    network, _, service = unquote(id_).rpartition(":")
    path = network.removeprefix("/")
    full = path if "/" in path else f"projects/{config.get('project', '')}/global/networks/{path}"
    return _id(full, service)


def connection_of(call: Call, network: object) -> Record | None:
    """The services connection of a network, or None: what a private database or cache needs before it is made."""
    path = global_path(call, "networks", network)
    for record in call.cloud.find(CONNECTION, service="servicenetworking.googleapis.com"):
        if global_path(call, "networks", record.outputs.get("network")) == path:
            return record
    return None


def _producers(call: Call, network: str) -> Iterator[Record]:
    for type_, places in _PRODUCERS.items():
        for record in call.cloud.find(type_):
            direct = type_.startswith("gcp:redis/") and record.outputs.get("connectMode") != "PRIVATE_SERVICE_ACCESS"
            if not direct and any(global_path(call, "networks", value) == network for place in places for value in values_at(record.outputs, place)):
                yield record


def _refuse(call: Call) -> None:
    """Every reserved range exists in this network and was reserved for peering."""
    network = global_path(call, "networks", call.inputs.get("network"))
    failed = "create" if call.old is None else "update"
    prefix = f"Error waiting for {failed.title()} Service Networking Connection: Error code 9, message: "
    wanted = call.inputs.get("reservedPeeringRanges") or ()
    if not wanted and call.old is None:
        message = prefix + "At least one allocated IP range must be given to create a connection."
        raise Refusal(message)
    for name in wanted:
        path = relative(name) if "projects/" in text(name) else f"projects/{segment(network, 'projects')}/global/addresses/{name}"
        held = call.cloud.get(GLOBAL_ADDRESS, path)
        of_network = held is not None and relative(held.outputs.get("network")) == network
        if held is None or not of_network or held.outputs.get("purpose") != "VPC_PEERING":
            message = prefix + f"Allocated IP range '{text(name).rsplit('/', 1)[-1]}' not found in network."
            raise Refusal(message)


def _delete(call: Call) -> None:
    if policy(call) == "REMOVE_PEERING":
        return
    network = global_path(call, "networks", stands(call).outputs.get("network"))
    if next(_producers(call, network), None) is not None:
        message = (
            "Unable to remove Service Networking Connection, err: Error waiting for Delete Service Networking Connection: Error code 9, message: "
            "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection."
        )
        raise Refusal(message)


def _outputs(call: Call) -> Properties:
    return {"peering": text(call.inputs.get("service")).replace(".", "-")}


KINDS = (
    Kind(
        token=CONNECTION,
        identify=lambda call: _id(text(call.inputs.get("network")), text(call.inputs.get("service"))),
        outputs=_outputs,
        replaces=frozenset({"network", "service"}),
        unique=lambda call: (global_path(call, "networks", call.inputs.get("network")), call.inputs.get("service")),
        taken="Error waiting for Create Service Networking Connection: Error code 9, message: "
        "Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection.",
        references=(network_reference(),),
        api="servicenetworking.googleapis.com",
        create=_refuse,
        update=_refuse,
        delete=deletion("google_service_networking_connection", _delete),
        deleted=deletes,
        import_id=_imported,
    ),
)
"""The connection."""
