"""VPC endpoints: routes to S3 and DynamoDB, and interfaces that answer for a service in the VPC."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Failure, Kind, Properties, Record
from . import arguments
from .addresses import SUBNET, Interface, fits, take
from .ec2_group_rules import refuse_group
from .ec2_network import ENDPOINT, ROUTE, TABLE, VPC, owned, require, vpc_of
from .ec2_services import list_id, prefix_list, service
from .formats import check_tags, hex_id, known, refused, region, text
from .policies import check_json
from .validators import exactly_one, one_of

_TYPES = ("GatewayLoadBalancer", "Gateway", "Interface", "Resource", "ServiceNetwork")
_OPEN = json.dumps({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}, separators=(",", ":"))
_OPERATION = "EC2: CreateVpcEndpoint"
_WITH_DNS_OPTIONS = "ipv4"


_ARGUMENTS = {"subnetConfigurations.*.ipv4": arguments.an_ip(4), "subnetConfigurations.*.ipv6": arguments.an_ip(6)}


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from arguments.check(call, _ARGUMENTS)
    yield from exactly_one(call, "serviceName", "resourceConfigurationArn", "serviceNetworkArn")
    yield from one_of(call, "vpcEndpointType", _TYPES)
    yield from one_of(call, "ipAddressType", ("ipv4", "dualstack", "ipv6"))
    yield from check_json("policy", "policy", call.inputs.get("policy"))


def _doing(call: Call) -> tuple[str, str]:
    if call.old is not None:
        return f"updating EC2 VPC Endpoint ({call.id})", "EC2: ModifyVpcEndpoint"
    return f"creating EC2 VPC Endpoint ({call.inputs.get('serviceName')})", _OPERATION


def _refuse(call: Call) -> None:
    doing, operation = _doing(call)
    vpc = require(call, VPC, call.inputs.get("vpcId"), doing, operation)
    kind = call.inputs.get("vpcEndpointType", "Gateway")
    name = text(call.inputs.get("serviceName"))
    if not name.startswith("com.amazonaws.vpce."):
        found = service(name, region(call))
        if found is None:
            raise refused(doing, operation, "InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
        if kind not in found.types:
            types = ", ".join(found.types)
            raise refused(doing, operation, "InvalidParameter", f"Endpoint type ({kind}) does not match available service types ([{types}]).")
    _refuse_strange(call, kind, doing, operation)
    if kind == "Gateway":
        _refuse_tables(call, vpc, doing, operation)
    else:
        _refuse_subnets(call, vpc, doing, operation)
        for group in call.inputs.get("securityGroupIds") or ():
            refuse_group(call, vpc.id, group, doing, operation)
        _refuse_names(call, vpc, doing, operation)


def _refuse_strange(call: Call, kind: str, doing: str, operation: str) -> None:
    """What the other sort of endpoint takes."""
    subnets = call.inputs.get("subnetIds") or call.inputs.get("subnetConfigurations")
    reason = ""
    if kind == "Gateway" and subnets:
        reason = "Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints."
    elif kind == "Gateway" and call.inputs.get("securityGroupIds"):
        reason = "Security group IDs are only supported for Interface type VPC Endpoint."
    elif kind == "Gateway" and call.inputs.get("privateDnsEnabled"):
        reason = "Private DNS is only supported for Interface type VPC Endpoint."
    elif kind != "Gateway" and call.inputs.get("routeTableIds"):
        reason = "Route table IDs are only supported for Gateway type VPC Endpoint."
    if reason:
        raise refused(doing, operation, "InvalidParameter", reason)


def _refuse_tables(call: Call, vpc: Record, doing: str, operation: str) -> None:
    wanted = list_id(text(call.inputs.get("serviceName")))
    for table in call.inputs.get("routeTableIds") or ():
        if vpc_of(require(call, TABLE, table, doing, operation)) != vpc.id:
            raise refused(doing, operation, "InvalidParameter", f"Route table {table} and network {vpc.id} belong to different networks")
        others = (one for one in call.cloud.find(ENDPOINT, prefixListId=wanted) if one.id != call.id and table in (one.inputs.get("routeTableIds") or ()))
        if any(others) or any(call.cloud.find(ROUTE, routeTableId=table, destinationPrefixListId=wanted)):
            message = f"route table {table} already has a route with destination-prefix-list-id {wanted}"
            raise refused(doing, operation, "RouteAlreadyExists", message)


def subnets_of(inputs: Properties) -> list[str]:
    """The subnets in which an endpoint places interfaces."""
    plain = [one for one in inputs.get("subnetIds") or () if isinstance(one, str)]
    return plain or [text(one.get("subnetId")) for one in inputs.get("subnetConfigurations") or ()]


def _refuse_subnets(call: Call, vpc: Record, doing: str, operation: str) -> None:
    zones: set[str] = set()
    had = {one.subnet for one in placed(call.old)} if call.old is not None else set()
    for id_ in subnets_of(call.inputs):
        subnet = require(call, SUBNET, id_, doing, operation)
        if vpc_of(subnet) != vpc.id:
            raise refused(doing, operation, "InvalidParameter", f"Subnet {id_} does not belong to VPC {vpc.id}")
        zone = text(subnet.outputs.get("availabilityZone"))
        if zone in zones:
            message = (
                f"Found another VPC endpoint subnet in the availability zone of {id_}. "
                "VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service."
            )
            raise refused(doing, operation, "DuplicateSubnetsInSameZone", message)
        zones.add(zone)
        chosen = _chosen(call.inputs).get(id_, "")
        if id_ not in had and (not take(call, id_) or (chosen and not fits(call.cloud, id_, chosen))):
            message = f"The specified subnet {id_} does not have enough free addresses to satisfy the request."
            raise refused(doing, operation, "InsufficientFreeAddressesInSubnet", message)


def _refuse_names(call: Call, vpc: Record, doing: str, operation: str) -> None:
    if not call.inputs.get("privateDnsEnabled"):
        return
    if not (vpc.outputs.get("enableDnsSupport", True) and vpc.outputs.get("enableDnsHostnames")):
        message = f"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc.id}"
        raise refused(doing, operation, "InvalidParameter", message)
    name = text(call.inputs.get("serviceName"))
    for other in call.cloud.find(ENDPOINT, vpcId=vpc.id, serviceName=name):
        if other.id != call.id and other.outputs.get("privateDnsEnabled"):
            found = service(name, region(call))
            host = found.host if found is not None else name
            message = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {host} in the VPC {vpc.id}"
            raise refused(doing, operation, "InvalidParameter", message)


def _chosen(inputs: Properties) -> dict[str, str]:
    """Addresses that the program chose, by subnet."""
    return {text(one.get("subnetId")): text(one.get("ipv4")) for one in inputs.get("subnetConfigurations") or () if isinstance(one, dict)}


def _interface_id(endpoint: str, subnet: str) -> str:
    return f"eni-0{hashlib.sha256(f'{endpoint} {subnet}'.encode()).hexdigest()[:16]}"


def _names(call: Call, zones: list[str]) -> list[Properties]:
    """The DNS names of an interface endpoint: its own, those of its zones, and the service's where it answers for it."""
    found, place = service(call.inputs.get("serviceName"), region(call)), region(call)
    host = found.host if found is not None else f"vpce-svc.{place}.vpce.amazonaws.com"
    head = host.removesuffix(f".{place}.amazonaws.com")
    digits = hashlib.sha256(call.id.encode()).hexdigest()
    regional, local = f"{call.id}-{digits[:8]}.{head}.{place}.vpce.amazonaws.com", f"Z{digits[:13].upper()}"
    zonal = [f"{call.id}-{digits[:8]}-{zone}.{head}.{place}.vpce.amazonaws.com" for zone in zones]
    entries = [{"dnsName": name, "hostedZoneId": local} for name in [regional, *zonal]]
    return [*entries, {"dnsName": host, "hostedZoneId": f"Z{digits[13:26].upper()}"}] if call.inputs.get("privateDnsEnabled") else entries


def _outputs(call: Call) -> Properties:
    gateway = call.inputs.get("vpcEndpointType", "Gateway") == "Gateway"
    wanted = list_id(text(call.inputs.get("serviceName")))
    listed = prefix_list(call, wanted) if gateway else None
    policy = call.inputs.get("policy")
    return {
        **owned(call, "vpc-endpoint"),
        "policy": policy if known(policy) else _OPEN,
        "privateDnsEnabled": bool(call.inputs.get("privateDnsEnabled")),
        "routeTableIds": call.inputs.get("routeTableIds") or [],
        "prefixListId": wanted if gateway else "",
        "cidrBlocks": listed["cidrBlocks"] if listed else [],
        "requesterManaged": False,
        "state": "available",
        "serviceRegion": text(call.inputs.get("serviceRegion")) or region(call),
        **(_without_interfaces() if gateway else _with_interfaces(call)),
    }


def _without_interfaces() -> Properties:
    return {"dnsEntries": [], "networkInterfaceIds": [], "securityGroupIds": [], "subnetIds": [], "subnetConfigurations": [], "ipAddressType": ""}


def _with_interfaces(call: Call) -> Properties:
    subnets, chosen = subnets_of(call.inputs), _chosen(call.inputs)
    had = {one.subnet: one.address for one in placed(call.old)} if call.old is not None else {}
    addresses = {id_: chosen.get(id_) or had.get(id_) or next(iter(take(call, id_)), "") for id_ in subnets}
    records = [record for id_ in subnets if (record := call.cloud.get(SUBNET, id_)) is not None]
    vpc = call.cloud.get(VPC, text(call.inputs.get("vpcId")))
    default = [text(vpc.outputs.get("defaultSecurityGroupId"))] if vpc is not None else []
    given: dict[str, Any] = call.inputs.get("dnsOptions") or {}
    return {
        "dnsEntries": _names(call, [text(record.outputs.get("availabilityZone")) for record in records]),
        "networkInterfaceIds": [_interface_id(call.id, id_) for id_ in subnets],
        "securityGroupIds": call.inputs.get("securityGroupIds") or default,
        "subnetIds": subnets,
        "subnetConfigurations": [{"subnetId": id_, "ipv4": address} for id_, address in addresses.items()],
        "ipAddressType": text(call.inputs.get("ipAddressType")) or "ipv4",
        "dnsOptions": {"dnsRecordIpType": _WITH_DNS_OPTIONS, "privateDnsOnlyForInboundResolverEndpoint": False, **given},
    }


def placed(record: Record) -> Iterator[Interface]:
    """The interfaces of an endpoint, one a subnet."""
    groups = tuple(record.outputs.get("securityGroupIds") or ())
    for one in record.outputs.get("subnetConfigurations") or ():
        yield Interface(subnet=text(one.get("subnetId")), groups=groups, address=text(one.get("ipv4")), owner=record.id)


INTERFACES = {ENDPOINT: placed}

KINDS = (
    Kind(
        token=ENDPOINT,
        identify=lambda call: hex_id("vpce", call),
        outputs=_outputs,
        defaults=lambda _call: {"vpcEndpointType": "Gateway"},
        check=_check,
        replaces=frozenset({"resourceConfigurationArn", "serviceName", "serviceNetworkArn", "serviceRegion", "vpcEndpointType", "vpcId"}),
        volatile=frozenset({"dnsEntries", "networkInterfaceIds", "subnetConfigurations"}),
        create=_refuse,
        update=_refuse,
    ),
)
"""An endpoint."""
