"""Google subnetworks: ranges that never overlap within a network, and what is in the way of deleting one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Record, Refusal
from .compute_network import NETWORK, SUBNETWORK
from .formats import cidr, exactly_one, known, matches, named, network_of
from .iam import grants
from .lifecycle import busy, deletes, deletion, network_reference, reference
from .names import (
    digest,
    global_path,
    holder,
    identity,
    imported,
    kept,
    number,
    project,
    region,
    regional_path,
    relative,
    segment,
    self_link,
    stands,
    users,
    values_at,
)
from .places import refuse_region

GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
_ID = "projects/{project}/regions/{region}/subnetworks/{name}"
_SMALLEST = 29
"""The longest mask of a primary or secondary range (Google Cloud, "Subnets": /29)."""
_AUTO = ipaddress.ip_network("10.128.0.0/9")
_FORBIDDEN = tuple(
    ipaddress.ip_network(block)
    for block in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "199.36.153.4/30", "199.36.153.8/30", "255.255.255.255/32")
)
"""Google Cloud, "Prohibited IPv4 subnet ranges"."""
_PROXY_ONLY = frozenset({"REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"})
_SERVERLESS = {
    "gcp:cloudrunv2/service:Service": ("template.vpcAccess.networkInterfaces.*.subnetwork",),
    "gcp:cloudrunv2/job:Job": ("template.template.vpcAccess.networkInterfaces.*.subnetwork",),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template.vpcAccess.networkInterfaces.*.subnetwork",),
}
_IN_SUBNETWORK = {
    "gcp:compute/address:Address": ("subnetwork",),
    "gcp:compute/forwardingRule:ForwardingRule": ("subnetwork",),
    "gcp:compute/instance:Instance": ("networkInterfaces.*.subnetwork",),
    "gcp:compute/routerNat:RouterNat": ("subnetworks.*.name",),
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": ("subnetwork",),
    "gcp:container/cluster:Cluster": ("subnetwork",),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": ("pscConfig.subnetworks.*",),
    "gcp:vpcaccess/connector:Connector": ("subnet.name",),
}

Block = ipaddress.IPv4Network | ipaddress.IPv6Network


def ranges(record: Record) -> Iterator[Block]:
    """The primary and the secondary ranges of a subnetwork."""
    for value in (record.outputs.get("ipCidrRange"), *values_at(record.outputs, "secondaryIpRanges.*.ipCidrRange")):
        block = network_of(value)
        if block is not None:
            yield block


def in_network(call: Call, type_: str, network: str) -> Iterator[Record]:
    """Everything of this type whose `network` is this one."""
    for record in call.cloud.find(type_):
        link = record.outputs.get("network")
        if link and (relative(link) == network or global_path(call, "networks", link) == network):
            yield record


def _own(call: Call) -> Iterator[tuple[str, Block]]:
    inputs = call.inputs
    places = [("resource.ipCidrRange", inputs.get("ipCidrRange"))]
    seconds = inputs.get("secondaryIpRanges")
    for index, second in enumerate(seconds if isinstance(seconds, list) else ()):
        places.append((f"resource.secondaryIpRanges[{index}].ipCidrRange", second.get("ipCidrRange")))
    for field, value in places:
        block = network_of(value)
        if block is not None:
            yield field, block


def _refuse(verb: str, field: str, block: Block, why: str) -> Refusal:
    return Refusal(f"Error {verb} Subnetwork: googleapi: Error 400: Invalid value for field '{field}': '{block}'. {why}, invalid")


def _fit(call: Call) -> None:
    """Every range is legal, overlaps nothing in the network, and only grows."""
    verb = "creating" if call.old is None else "updating"
    network = global_path(call, "networks", call.inputs.get("network"))
    mine = None if call.old is None else call.old.id
    owner = call.cloud.get(NETWORK, network)
    seen: list[Block] = []
    for field, block in _own(call):
        if any(block.overlaps(other) for other in _FORBIDDEN if other.version == block.version) or block.prefixlen > _SMALLEST:
            raise _refuse(verb, field, block, f"Invalid IPCidrRange: {block} is not a valid range for a subnetwork.")
        if any(block.overlaps(other) for other in seen):
            raise _refuse(verb, field, block, f"Invalid IPCidrRange: {block} overlaps with another range of the same subnetwork.")
        seen.append(block)
        if owner is not None and owner.outputs.get("autoCreateSubnetworks") is True and block.overlaps(_AUTO):
            raise _refuse(verb, field, block, f"Extended subnetworks in auto subnet mode networks cannot overlap with {_AUTO}.")
        for other in in_network(call, SUBNETWORK, network):
            if other.id != mine and any(block.overlaps(taken) for taken in ranges(other)):
                where = f"'{other.outputs['name']}' in region '{other.outputs['region']}'"
                raise _refuse(verb, field, block, f"Invalid IPCidrRange: {block} conflicts with existing subnetwork {where}.")
        for other in in_network(call, GLOBAL_ADDRESS, network):
            taken = network_of(f"{other.outputs.get('address')}/{other.outputs.get('prefixLength')}")
            if taken is not None and block.overlaps(taken):
                raise _refuse(verb, field, block, f"Invalid IPCidrRange: {block} conflicts with reserved global address range '{other.outputs['name']}'.")


def _shrinks(old: Properties, new: Properties) -> frozenset[str]:
    """A range grows in place; any other change of it makes another subnetwork."""
    before, after = network_of(old.get("ipCidrRange")), network_of(new.get("ipCidrRange"))
    if before is None or after is None or _holds(after, before):
        return frozenset()
    return frozenset({"ipCidrRange"})


def _defaults(call: Call) -> Properties:
    log = {"aggregationInterval": "INTERVAL_5_SEC", "filterExpr": "true", "flowSampling": 0.5, "metadata": "INCLUDE_ALL_METADATA"}
    return {"sendSecondaryIpRangeIfEmpty": False, **({"logConfig": log} if isinstance(call.inputs.get("logConfig"), dict) else {})}


def _subnetwork(call: Call) -> str:
    return regional_path(call, "subnetworks", call.inputs.get("subnetwork"))


def _holds(outer: Block, inner: Block) -> bool:
    return outer.version == inner.version and outer.prefixlen <= inner.prefixlen and outer.overlaps(inner)


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from named(call)
    yield from cidr("ipCidrRange", inputs.get("ipCidrRange"))
    if inputs.get("ipCollection") is None and inputs.get("stackType") != "IPV6_ONLY":
        yield from exactly_one(call, {"ipCidrRange": "ip_cidr_range", "reservedInternalRange": "reserved_internal_range"})
    seconds = inputs.get("secondaryIpRanges")
    for index, second in enumerate(seconds if isinstance(seconds, list) else ()):
        if isinstance(second, dict):
            yield from cidr(f"secondaryIpRanges[{index}].ipCidrRange", second.get("ipCidrRange"))
            yield from matches(f"secondaryIpRanges[{index}].rangeName", second.get("rangeName"), "^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$")
    log = inputs.get("logConfig")
    sampling = log.get("flowSampling") if isinstance(log, dict) else None
    if isinstance(sampling, int | float) and not 0 <= sampling <= 1:
        yield Failure("logConfig.flowSampling", f"expected flow_sampling to be in the range (0.000000 - 1.000000), got {sampling:f}")


def _create(call: Call) -> None:
    refuse_region(call)
    purpose = call.inputs.get("purpose")
    if purpose in _PROXY_ONLY and known(call.inputs.get("logConfig")):
        message = "Error creating Subnetwork: googleapi: Error 400: Invalid value for field 'resource.enableFlowLogs': 'true'. "
        raise Refusal(message + f"Flow logs are not supported for subnetworks with purpose {purpose}., invalid")
    _fit(call)


def _gateway(call: Call) -> str:
    block = network_of(call.inputs.get("ipCidrRange"))
    return "" if block is None or call.inputs.get("purpose") in _PROXY_ONLY else str(block.network_address + 1)


def _outputs(call: Call) -> Properties:
    path = identity(_ID)(call)
    outputs: Properties = {
        "project": project(call),
        "region": region(call),
        "network": self_link(global_path(call, "networks", call.inputs.get("network"))),
        "selfLink": self_link(path),
        "subnetworkId": int(number("subnetwork", path, digits=15)),
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "fingerprint": digest(path, sorted(call.inputs.items(), key=str))[:12],
        "gatewayAddress": _gateway(call),
        "ipv6CidrRange": "",
        "ipv6GceEndpoint": "",
        "externalIpv6Prefix": "",
        "internalIpv6Prefix": "",
        "state": "READY" if call.inputs.get("purpose") in _PROXY_ONLY else "",
    }
    filled = {"purpose": "PRIVATE", "stackType": "IPV4_ONLY", "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS", "deletionPolicy": "DELETE"}
    outputs |= {key: call.inputs.get(key) or value for key, value in filled.items()}
    if call.inputs.get("privateIpGoogleAccess") in {None, UNKNOWN}:
        outputs["privateIpGoogleAccess"] = False
    if call.inputs.get("ipCidrRange") is not None and network_of(call.inputs["ipCidrRange"]) is not None:
        outputs["ipCidrRange"] = str(network_of(call.inputs["ipCidrRange"]))
    return outputs


def _delete(call: Call) -> None:
    subnetwork = stands(call)
    for user in users(call, _SERVERLESS):
        address = f"projects/{project(call)}/regions/{segment(subnetwork.id, 'regions')}/addresses/serverless-ipv4-{number(user.id)}"
        raise busy(call, "subnetwork", address)
    for user in users(call, _IN_SUBNETWORK):
        raise busy(call, "subnetwork", holder(user))


KINDS = (
    Kind(
        token=SUBNETWORK,
        identify=identity(_ID),
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset(
            {
                "description",
                "externalIpv6Prefix",
                "internalIpv6Prefix",
                "name",
                "network",
                "params",
                "params.resourceManagerTags",
                "project",
                "region",
                "reservedInternalRange",
                "resolveSubnetMask",
            }
        ),
        replaces_on=_shrinks,
        taken="Error creating Subnetwork: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(),),
        api="compute.googleapis.com",
        create=_create,
        update=_fit,
        delete=deletion("google_compute_subnetwork", _delete),
        deleted=deletes,
        volatile=frozenset({"fingerprint"}),
        import_id=imported(_ID),
    ),
    *grants(
        ("gcp:compute/subnetworkIAMMember:SubnetworkIAMMember", "gcp:compute/subnetworkIAMBinding:SubnetworkIAMBinding"),
        _subnetwork,
        frozenset({"project", "region", "subnetwork"}),
        references=(reference("subnetwork", SUBNETWORK, holds=False),),
        api="compute.googleapis.com",
        places={"project": project, "region": region},
    ),
)
"""Subnetworks, and grants on them."""
