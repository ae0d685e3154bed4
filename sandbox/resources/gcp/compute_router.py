"""Google Cloud Routers and the NAT gateways that live in them."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from .compute_address import ADDRESS
from .compute_network import SUBNETWORK
from .formats import RFC1035, between, conflicts, known, matches, named
from .lifecycle import deletes, deletion, network_reference, reference
from .names import global_path, holder, identity, imported, kept, project, region, regional_path, self_link, stands, values_at
from .places import refuse_region

ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
_ROUTER_ID = "projects/{project}/regions/{region}/routers/{name}"
_NAT_ID = "{project}/{region}/{router}/{name}"
_WHOLE_NETWORK = frozenset({"ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"})
_GOOGLES_ASN = 16550
_FEWEST_PORTS = 32
"""Ports of one machine, with dynamic allocation (Google Cloud, "Cloud NAT ports")."""
_PRIVATE_ASN = ((64512, 65534), (4200000000, 4294967294))
"""RFC 6996."""


def _check_router(call: Call) -> Iterator[Failure]:
    yield from matches("name", call.inputs.get("name"), RFC1035)
    bgp = call.inputs.get("bgp")
    asn = bgp.get("asn") if isinstance(bgp, dict) else None
    if isinstance(asn, int | float) and asn != _GOOGLES_ASN and not any(low <= asn <= high for low, high in _PRIVATE_ASN):
        yield Failure("bgp.asn", f"expected asn to be an RFC6996 private ASN or 16550, got {asn:g}")
    interval = bgp.get("keepaliveInterval") if isinstance(bgp, dict) else None
    yield from between("bgp.keepaliveInterval", interval, 20, 60)


def _router_outputs(call: Call) -> Properties:
    return {
        "project": project(call),
        "region": region(call),
        "network": self_link(global_path(call, "networks", call.inputs.get("network"))),
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "selfLink": self_link(identity(_ROUTER_ID)(call)),
    }


def _check_nat(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from named(call)
    yield from between("minPortsPerVm", inputs.get("minPortsPerVm"), 2, 65536)
    yield from conflicts(call, "initialNatIps", "natIps", "drainNatIps")
    option, private = inputs.get("natIpAllocateOption"), inputs.get("type") == "PRIVATE"
    if inputs.get("natIps") and option == "AUTO_ONLY":
        yield Failure("natIps", "nat_ips can only be set if nat_ip_allocate_option is MANUAL_ONLY")
    if inputs.get("drainNatIps") and option == "AUTO_ONLY":
        yield Failure("drainNatIps", "drain_nat_ips can only be set if nat_ip_allocate_option is MANUAL_ONLY")
    if private and option is not None:
        yield Failure("natIpAllocateOption", "nat_ip_allocate_option must not be set for a PRIVATE NAT")
    dynamic = inputs.get("enableDynamicPortAllocation") is True
    if dynamic and inputs.get("enableEndpointIndependentMapping") is True:
        yield Failure("enableDynamicPortAllocation", "enable_dynamic_port_allocation and enable_endpoint_independent_mapping are mutually exclusive")
    if known(inputs.get("maxPortsPerVm")) and not dynamic:
        yield Failure("maxPortsPerVm", "max_ports_per_vm can only be set when enable_dynamic_port_allocation is enabled")
    for path in ("minPortsPerVm", "maxPortsPerVm"):
        value = inputs.get(path)
        if dynamic and isinstance(value, int | float) and (int(value) & (int(value) - 1) or value < _FEWEST_PORTS):
            yield Failure(path, "must be a power of two greater than or equal to 32 with dynamic port allocation")


def _invalid(call: Call, field: str, why: str) -> Refusal:
    verb = "creating" if call.old is None else "updating"
    return Refusal(f"Error {verb} RouterNat: googleapi: Error 400: Invalid value for field 'resource.nats[0].{field}': {why}, invalid")


def _refuse_nat(call: Call) -> None:
    inputs = call.inputs
    source, listed = inputs.get("sourceSubnetworkIpRangesToNat"), inputs.get("subnetworks")
    if source == "LIST_OF_SUBNETWORKS" and not listed:
        raise _invalid(call, "subnetworks", "''. At least one subnetwork must be listed when sourceSubnetworkIpRangesToNat is LIST_OF_SUBNETWORKS.")
    if source in _WHOLE_NETWORK and listed:
        raise _invalid(call, "subnetworks", f"''. Subnetworks must not be listed when sourceSubnetworkIpRangesToNat is {source}.")
    if inputs.get("type", "PUBLIC") == "PUBLIC" and inputs.get("natIpAllocateOption") is None:
        raise _invalid(call, "natIpAllocateOption", "''. NAT IP allocate option must be specified for a PUBLIC NAT.")
    if inputs.get("natIpAllocateOption") == "MANUAL_ONLY" and not (inputs.get("natIps") or inputs.get("initialNatIps")):
        raise _invalid(call, "natIps", "''. At least one NAT IP must be given when natIpAllocateOption is MANUAL_ONLY.")
    for other in _neighbours(call):
        _refuse_beside(call, other)


def _neighbours(call: Call) -> Iterator[Record]:
    """The other gateways of the same sort that serve this network in this region."""
    router = call.cloud.get(ROUTER, regional_path(call, "routers", call.inputs.get("router")))
    for other in call.cloud.find(NAT, region=region(call), project=project(call), type=call.inputs.get("type", "PUBLIC")):
        if call.old is not None and other.id == call.old.id:
            continue
        owner = call.cloud.get(ROUTER, regional_path(call, "routers", other.outputs.get("router")))
        if router is not None and owner is not None and owner.outputs.get("network") == router.outputs.get("network"):
            yield other


def _refuse_beside(call: Call, other: Record) -> None:
    """One gateway at most serves all subnetworks of a network in a region, and one at most each listed subnetwork."""
    mine, theirs = call.inputs.get("sourceSubnetworkIpRangesToNat"), other.outputs.get("sourceSubnetworkIpRangesToNat")
    if theirs in _WHOLE_NETWORK:
        raise _invalid(call, "sourceSubnetworkIpRangesToNat", f"'{mine}'. Can not create new Nats since a Nat with option {theirs} exists.")
    if mine in _WHOLE_NETWORK:
        raise _invalid(call, "sourceSubnetworkIpRangesToNat", f"'{mine}'. Can not use option {mine} since another Nat exists.")
    held = {regional_path(call, "subnetworks", name) for name in values_at(other.outputs, "subnetworks.*.name")}
    for index, name in enumerate(values_at(call.inputs, "subnetworks.*.name")):
        if regional_path(call, "subnetworks", name) in held:
            why = "The subnetwork is already configured with ALL_IP_RANGES for Nat which conflicts with the specified IpRangeToNatOption options in this Nat."
            raise _invalid(call, f"subnetworks[{index}].sourceIpRangesToNat", f"''. {why}")


def _nat_defaults(_call: Call) -> Properties:
    return {
        "type": "PUBLIC",
        "icmpIdleTimeoutSec": 30,
        "tcpEstablishedIdleTimeoutSec": 1200,
        "tcpTimeWaitTimeoutSec": 120,
        "tcpTransitoryIdleTimeoutSec": 30,
        "udpIdleTimeoutSec": 30,
    }


def _nat_outputs(call: Call) -> Properties:
    inputs = call.inputs
    filled = {
        "minPortsPerVm": 32 if inputs.get("enableDynamicPortAllocation") is True else 64,
        "enableDynamicPortAllocation": False,
        "enableEndpointIndependentMapping": False,
        "autoNetworkTier": "PREMIUM",
        "endpointTypes": ["ENDPOINT_TYPE_VM"],
        "drainNatIps": [],
    }
    return {**{key: value for key, value in filled.items() if inputs.get(key) is None}, "project": project(call), "region": region(call)}


KINDS = (
    Kind(
        token=ROUTER,
        identify=identity(_ROUTER_ID),
        outputs=_router_outputs,
        check=_check_router,
        replaces=frozenset({"encryptedInterconnectRouter", "name", "nccGateway", "network", "params", "project", "region"}),
        taken="Error creating Router: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(),),
        api="compute.googleapis.com",
        create=refuse_region,
        delete=deletion("google_compute_router"),
        deleted=deletes,
        carries=lambda call: (nat for nat in call.cloud.find(NAT) if holder(nat) == stands(call).id),
        import_id=imported(_ROUTER_ID),
    ),
    Kind(
        token=NAT,
        identify=identity(_NAT_ID),
        outputs=_nat_outputs,
        defaults=_nat_defaults,
        check=_check_nat,
        replaces=frozenset({"endpointTypes", "initialNatIps", "name", "project", "region", "router", "type"}),
        taken="Unable to create RouterNat, existing object already found: map[name:{name} router:{router}]",
        references=(
            reference("router", ROUTER, holds=False),
            reference("natIps.*", ADDRESS),
            reference("subnetworks.*.name", SUBNETWORK),
        ),
        api="compute.googleapis.com",
        create=_refuse_nat,
        update=_refuse_nat,
        delete=deletion("google_compute_router_nat"),
        deleted=deletes,
        import_id=lambda id_, config: imported(_NAT_ID)(id_.removeprefix("projects/").replace("/regions/", "/").replace("/routers/", "/"), config),
    ),
)
"""Routers and NAT gateways."""
