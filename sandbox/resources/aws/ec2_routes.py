"""Routes: one target for one destination, never more specific than what the VPC routes itself."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from .addresses import SUBNET
from .ec2_network import (
    DEFAULT_TABLE,
    ENDPOINT,
    GATEWAY,
    INTERFACE,
    NAT,
    PEERING,
    ROUTE,
    TABLE,
    VPC,
    attached_gateway,
    blocks,
    require,
    standing,
    vpc_of,
)
from .formats import known, refused, region, text
from .validators import block, conflicts, exactly_one, ipv4_block, ipv6_block

_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
INLINE = ("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId")
TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def table_vpc(call: Call, id_: object, doing: str, operation: str) -> Record:
    """The VPC that a route table belongs to."""
    table = require(call, TABLE, id_, doing, operation)
    return require(call, VPC, vpc_of(table), doing, operation)


def _check_route(call: Call) -> Iterator[Failure]:
    yield from exactly_one(call, *_DESTINATIONS)
    yield from exactly_one(call, *TARGETS)
    yield from ipv4_block("destinationCidrBlock", call.inputs.get("destinationCidrBlock"))
    yield from ipv6_block("destinationIpv6CidrBlock", call.inputs.get("destinationIpv6CidrBlock"))
    yield from conflicts(call, "carrierGatewayId", "destinationIpv6CidrBlock")
    yield from conflicts(call, "egressOnlyGatewayId", "destinationCidrBlock")
    yield from conflicts(call, "vpcEndpointId", "destinationPrefixListId")


def destination_of(inputs: Properties, names: tuple[str, ...] = _DESTINATIONS) -> str:
    return next((text(inputs[name]) for name in names if inputs.get(name)), "")


def _route_id(call: Call) -> str:
    _refuse_route(call)
    destination = destination_of(call.inputs)
    return f"r-{call.inputs['routeTableId']}{binascii.crc32(destination.encode())}"


def inline(record: Record) -> list[Properties]:
    """The routes that are written inside a table."""
    routes = record.inputs.get("routes")
    return [route for route in routes if isinstance(route, dict)] if isinstance(routes, list) else []


def _held(call: Call, table: str) -> Iterator[str]:
    """Every destination that a table has a route for, but the local ones."""
    for type_, name in ((TABLE, None), (DEFAULT_TABLE, "defaultRouteTableId")):
        record = call.cloud.get(type_, table) if name is None else next(iter(call.cloud.find(type_, **{name: table})), None)
        yield from (destination_of(route, INLINE) for route in inline(record)) if record is not None else ()
    for route in call.cloud.find(ROUTE, routeTableId=table):
        yield destination_of(route.inputs)
    for endpoint in call.cloud.find(ENDPOINT):
        if table in (endpoint.inputs.get("routeTableIds") or ()):
            yield text(endpoint.outputs.get("prefixListId"))


def _refuse_route(call: Call) -> None:
    table, destination = call.inputs["routeTableId"], destination_of(call.inputs)
    doing, operation = f"creating Route in Route Table ({table}) with destination ({destination})", "EC2: CreateRoute"
    if call.inputs.get("gatewayId") == "local":
        raise Refusal("cannot create local Route, use `terraform import` to manage existing local Routes")
    vpc = table_vpc(call, table, doing, operation)
    refuse_target(call, call.inputs, vpc.id, doing, operation)
    _refuse_local(call, vpc, doing, operation)
    if destination in set(_held(call, table)):
        raise refused(doing, operation, "RouteAlreadyExists", f"The route identified by {destination} already exists.")


def _refuse_local(call: Call, vpc: Record, doing: str, operation: str) -> None:
    """The routes within the VPC are its own: no route to anything but an interface may be more specific."""
    wanted = block(call.inputs.get("destinationCidrBlock"))
    for wide in map(block, blocks(call.cloud, vpc)):
        if wanted is None or wide is None or wanted.version != wide.version:
            continue
        if wanted == wide:
            raise refused(doing, operation, "RouteAlreadyExists", f"The route identified by {wanted} already exists.")
        if wanted.subnet_of(wide) and not (call.inputs.get("networkInterfaceId") or call.inputs.get("vpcEndpointId")):  # type: ignore[arg-type]  # one version
            message = (
                f"The destination CIDR block {wanted} is equal to or more specific than one of this VPC's CIDR blocks. "
                "This route can target only an interface or an instance."
            )
            raise refused(doing, operation, "InvalidParameterValue", message)


def refuse_target(call: Call, route: Properties, vpc: str, doing: str, operation: str) -> None:
    """EC2's answer to a route to something that is not there or not in this network."""
    table = text(call.inputs.get("routeTableId")) or call.id
    gateway = text(route.get("gatewayId"))
    if gateway.startswith("igw-"):
        if standing(call.cloud, GATEWAY, gateway, region(call)) is None:
            raise refused(doing, operation, "InvalidGatewayID.NotFound", f"The gateway ID '{gateway}' does not exist")
        if attached_gateway(call.cloud, vpc) != gateway:
            message = f"route table {table} and network gateway {gateway} belong to different networks"
            raise refused(doing, operation, "InvalidParameterValue", message)
    elif gateway and gateway != "local" and not gateway.startswith(("vgw-", "vpce-")):
        raise refused(doing, operation, "InvalidGatewayID.NotFound", f"The gateway ID '{gateway}' does not exist")
    for name, type_ in (("natGatewayId", NAT), ("networkInterfaceId", INTERFACE), ("vpcEndpointId", ENDPOINT)):
        _refuse_foreign(call, type_, text(route.get(name)), vpc, doing, operation)
    peering = text(route.get("vpcPeeringConnectionId"))
    if peering and call.cloud.get(PEERING, peering) is None:
        raise refused(doing, operation, "InvalidVpcPeeringConnectionID.NotFound", f"The vpcPeeringConnection ID '{peering}' does not exist")


def _refuse_foreign(call: Call, type_: str, id_: str, vpc: str, doing: str, operation: str) -> None:
    if not id_:
        return
    found = require(call, type_, id_, doing, operation)
    subnet = call.cloud.get(SUBNET, text(found.outputs.get("subnetId")))
    where = vpc_of(found) or (vpc_of(subnet) if subnet is not None else vpc)
    if where != vpc:
        table = text(call.inputs.get("routeTableId")) or call.id
        noun = {NAT: "NAT gateway", INTERFACE: "interface", ENDPOINT: "VPC endpoint"}[type_]
        raise refused(doing, operation, "InvalidParameterValue", f"route table {table} and {noun} {id_} belong to different networks")


def _update_route(call: Call) -> None:
    table, destination = call.inputs["routeTableId"], destination_of(call.inputs)
    doing, operation = f"updating Route in Route Table ({table}) with destination ({destination})", "EC2: ReplaceRoute"
    refuse_target(call, call.inputs, table_vpc(call, table, doing, operation).id, doing, operation)


def _route_outputs(call: Call) -> Properties:
    absent: dict[str, Any] = {name: "" for name in TARGETS if not known(call.inputs.get(name))}
    return {**absent, "region": region(call), "instanceId": "", "instanceOwnerId": "", "origin": "CreateRoute", "state": "active"}


KINDS = (
    Kind(
        token=ROUTE,
        identify=_route_id,
        outputs=_route_outputs,
        check=_check_route,
        replaces=frozenset({"routeTableId", *_DESTINATIONS}),
        update=_update_route,
    ),
)
"""One route."""
