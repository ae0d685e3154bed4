"""Where the route table of a subnet sends a packet: the most specific route decides."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from ...kind import Call, Properties, Record
from .compute_checks import items
from .ec2_network import DEFAULT_TABLE, ENDPOINT, NAT, ROUTE, TABLE, TABLE_ASSOCIATION, VPC, attached_gateway, vpc_of
from .ec2_public_access import EXCLUSION, OPTIONS
from .ec2_route_tables import MAIN
from .ec2_routes import inline
from .ec2_services import prefix_list
from .formats import region, text

ENDPOINT_TABLE = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
_BEYOND = (
    "carrierGatewayId",
    "coreNetworkArn",
    "localGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcEndpointId",
)
"""Targets behind which another network or a machine decides, of which nothing is known."""


def gateway_of(call: Call, subnet: Record, address: IPv4Address) -> Properties | None:
    """The target of the route that an address takes from a subnet, by the names that a route has for it; None where there is no route."""
    fitting = [(block.prefixlen, target) for block, target in _routes(call, subnet) if address in block]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def beyond(target: Properties) -> bool:
    """Whether the target leads where nothing is known of, or straight to a service (`gateway endpoint`)."""
    gateway = text(target.get("gatewayId"))
    return any(target.get(name) for name in _BEYOND) or gateway.startswith(("vgw-", "vpce-"))


def internet_gateway(call: Call, subnet: Record, target: Properties, *, through_nat: bool = False) -> bool:
    """Whether the target is the internet gateway of the subnet's VPC, and neither detached nor blocked for the whole region."""
    vpc, gateway = vpc_of(subnet), text(target.get("gatewayId"))
    return gateway.startswith("igw-") and attached_gateway(call.cloud, vpc) == gateway and not blocked(call, vpc, subnet.id, through_nat=through_nat)


def blocked(call: Call, vpc: str, subnet: str, *, through_nat: bool) -> bool:
    """Whether Block Public Access cuts a subnet off from the internet: wholly, or all but what goes out through NAT."""
    options = next((one for one in call.cloud.find(OPTIONS) if one.outputs.get("region", region(call)) == region(call)), None)
    mode = options.inputs.get("internetGatewayBlockMode") if options is not None else "off"
    if mode not in {"block-bidirectional", "block-ingress"} or (mode == "block-ingress" and through_nat):
        return False
    return not (any(call.cloud.find(EXCLUSION, vpcId=vpc)) or any(call.cloud.find(EXCLUSION, subnetId=subnet)))


def translator(call: Call, target: Properties) -> Record | None:
    """The NAT gateway that the target is; None where it is none, or one that is gone."""
    return call.cloud.get(NAT, text(target.get("natGatewayId")))


def _table_of(call: Call, subnet: Record) -> str:
    """The id of the table that leads a subnet: its own, or the VPC's main one."""
    for association in call.cloud.find(TABLE_ASSOCIATION, subnetId=subnet.id):
        return text(association.outputs.get("routeTableId"))
    for chosen in call.cloud.find(MAIN, vpcId=vpc_of(subnet)):
        return text(chosen.outputs.get("routeTableId"))
    vpc = call.cloud.get(VPC, vpc_of(subnet))
    return text(vpc.outputs.get("mainRouteTableId")) if vpc is not None else ""


def _routes(call: Call, subnet: Record) -> Iterator[tuple[IPv4Network, Properties]]:
    table = _table_of(call, subnet)
    whole = call.cloud.get(TABLE, table) or call.cloud.get(DEFAULT_TABLE, table)
    for route in inline(whole) if whole is not None else ():
        yield from _blocks(call, route.get("cidrBlock"), route)
    for record in call.cloud.find(ROUTE, routeTableId=table):
        yield from _blocks(call, record.inputs.get("destinationCidrBlock"), record.inputs)
    for endpoint in call.cloud.find(ENDPOINT, vpcEndpointType="Gateway"):
        associated = any(call.cloud.find(ENDPOINT_TABLE, vpcEndpointId=endpoint.id, routeTableId=table))
        if associated or table in items(endpoint.outputs.get("routeTableIds")):
            yield from _blocks(call, None, {"destinationPrefixListId": endpoint.outputs.get("prefixListId"), "gatewayId": endpoint.id})


def _blocks(call: Call, block: object, route: Properties) -> Iterator[tuple[IPv4Network, Properties]]:
    if isinstance(block, str) and block:
        yield ipaddress.IPv4Network(block, strict=False), route
    listed = prefix_list(call, route.get("destinationPrefixListId")) if route.get("destinationPrefixListId") else None
    for one in listed["cidrBlocks"] if listed is not None else ():
        if ":" not in one:
            yield ipaddress.IPv4Network(one, strict=False), route
