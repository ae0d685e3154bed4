"""Google VPC networks, routes and the settings of peerings."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Reference, Refusal
from .formats import between, cidr, conflicts, exactly_one, known, named
from .lifecycle import deletes, deletion, network_reference
from .names import digest, global_path, identity, imported, kept, number, project, self_link, stands, users

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
CONNECTION = "gcp:servicenetworking/connection:Connection"
ROUTE = "gcp:compute/route:Route"
PEERING_ROUTES = "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig"

_NETWORK_ID = "projects/{project}/global/networks/{name}"
_ROUTE_ID = "projects/{project}/global/routes/{name}"
_PEERING_ID = "projects/{project}/global/networks/{network}/networkPeerings/{peering}"
_IN_NETWORK = {
    SUBNETWORK: ("network",),
    "gcp:compute/firewall:Firewall": ("network",),
    "gcp:compute/router:Router": ("network",),
    "gcp:compute/route:Route": ("network",),
    "gcp:compute/globalAddress:GlobalAddress": ("network",),
    "gcp:compute/address:Address": ("network",),
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation": ("attachmentTarget",),
    "gcp:compute/regionNetworkFirewallPolicyAssociation:RegionNetworkFirewallPolicyAssociation": ("attachmentTarget",),
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": ("network",),
    "gcp:compute/networkPeering:NetworkPeering": ("network",),
    "gcp:compute/vPNGateway:VPNGateway": ("network",),
    "gcp:compute/haVpnGateway:HaVpnGateway": ("network",),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": ("network",),
    "gcp:vpcaccess/connector:Connector": ("network",),
}


def tenant(call_network: str) -> str:
    """The producer's side of a services peering, as Google names it in its refusals."""
    return f"projects/{digest(call_network)[:17]}p-tp/global/networks/servicenetworking"


def _network_outputs(call: Call) -> Properties:
    path = identity(_NETWORK_ID)(call)
    filled = {"routingMode": "REGIONAL", "mtu": 1460, "bgpBestPathSelectionMode": "LEGACY", "internalIpv6Range": "", "deletionPolicy": "DELETE"}
    return {
        **{key: call.inputs.get(key) or value for key, value in filled.items()},
        "project": project(call),
        "gatewayIpv4": "",
        "networkId": number("network", path),
        "numericId": number("network", path),
        "selfLink": self_link(path),
    }


def _network_defaults(_call: Call) -> Properties:
    return {"autoCreateSubnetworks": True, "deleteDefaultRoutesOnCreate": False, "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL"}


def _check_network(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from between("mtu", call.inputs.get("mtu"), 1300, 8896)


def _delete_network(call: Call) -> None:
    network = stands(call)
    for user in users(call, {CONNECTION: ("network",), **_IN_NETWORK}):
        name = tenant(network.id) if user.type == CONNECTION else user.id.partition("/associations/")[0]
        message = f"Error waiting for Deleting Network: The network resource '{network.id}' is already being used by '{name}'"
        raise Refusal(message)


def _check_route(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from cidr("destRange", call.inputs.get("destRange"))
    hops = ("nextHopGateway", "nextHopIp", "nextHopInstance", "nextHopIlb", "nextHopVpnTunnel")
    names = dict(zip(hops, ("next_hop_gateway", "next_hop_ip", "next_hop_instance", "next_hop_ilb", "next_hop_vpn_tunnel"), strict=True))
    yield from exactly_one(call, names)
    yield from between("priority", call.inputs.get("priority"), 0, 65535)
    gateway = call.inputs.get("nextHopGateway")
    if known(gateway) and not str(gateway).endswith("default-internet-gateway"):
        yield Failure("nextHopGateway", f"invalid value for next_hop_gateway: {gateway}; only the default-internet-gateway is allowed")
    if known(call.inputs.get("nextHopInstanceZone")) and not known(call.inputs.get("nextHopInstance")):
        yield from conflicts(call, "nextHopInstanceZone", "nextHopIp", "nextHopGateway", "nextHopIlb", "nextHopVpnTunnel")


def _route_outputs(call: Call) -> Properties:
    network = global_path(call, "networks", call.inputs.get("network"))
    gateway = call.inputs.get("nextHopGateway")
    outputs: Properties = {
        "project": project(call),
        "network": self_link(network),
        "nextHopNetwork": "" if gateway else self_link(network),
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "selfLink": self_link(identity(_ROUTE_ID)(call)),
        "routeType": "STATIC",
        "routeStatus": "ACTIVE",
        "asPaths": [],
        "nextHopHub": "",
        "nextHopInterRegionCost": "",
        "nextHopMed": "",
        "nextHopOrigin": "",
        "nextHopPeering": "",
        "warnings": [],
    }
    if gateway:
        outputs["nextHopGateway"] = self_link(f"projects/{project(call)}/global/gateways/default-internet-gateway")
    return outputs


def _peering_exists(call: Call) -> None:
    network = global_path(call, "networks", call.inputs.get("network"))
    peering = call.inputs.get("peering")
    for type_, output in ((CONNECTION, "peering"), ("gcp:compute/networkPeering:NetworkPeering", "name")):
        for record in call.cloud.find(type_, **{output: peering}):
            if global_path(call, "networks", record.outputs.get("network")) == network:
                return
    message = (
        "Error creating NetworkPeeringRoutesConfig: googleapi: Error 400: Invalid value for field 'networkPeering.name': "
        f"'{peering}'. There is no peering connection from network '{network.rsplit('/', 1)[-1]}' with that name., invalid"
    )
    raise Refusal(message)


KINDS = (
    Kind(
        token=NETWORK,
        identify=identity(_NETWORK_ID),
        outputs=_network_outputs,
        defaults=_network_defaults,
        check=_check_network,
        replaces=frozenset(
            {
                "autoCreateSubnetworks",
                "description",
                "internalIpv6Range",
                "name",
                "networkProfile",
                "params",
                "params.resourceManagerTags",
                "project",
            }
        ),
        taken="Error creating Network: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        api="compute.googleapis.com",
        delete=deletion("google_compute_network", _delete_network),
        deleted=deletes,
        import_id=imported(_NETWORK_ID),
    ),
    Kind(
        token=ROUTE,
        identify=identity(_ROUTE_ID),
        outputs=_route_outputs,
        defaults=lambda _call: {"priority": 1000},
        check=_check_route,
        replaces=frozenset(
            {
                "description",
                "destRange",
                "name",
                "network",
                "nextHopGateway",
                "nextHopIlb",
                "nextHopInstance",
                "nextHopInstanceZone",
                "nextHopIp",
                "nextHopVpnTunnel",
                "params",
                "params.resourceManagerTags",
                "priority",
                "project",
                "tags",
            }
        ),
        taken="Error creating Route: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(),),
        api="compute.googleapis.com",
        delete=deletion("google_compute_route"),
        deleted=deletes,
        import_id=imported(_ROUTE_ID),
    ),
    Kind(
        token=PEERING_ROUTES,
        identify=identity(_PEERING_ID),
        outputs=lambda call: {"project": project(call)},
        replaces=frozenset({"project"}),
        adopts=lambda _call: True,
        references=(Reference(path="network", types=(NETWORK,), foreign=network_reference().foreign, holds=False),),
        api="compute.googleapis.com",
        create=_peering_exists,
        update=_peering_exists,
        import_id=imported(_PEERING_ID),
    ),
)
"""A network, its routes, and which routes its peerings exchange."""
