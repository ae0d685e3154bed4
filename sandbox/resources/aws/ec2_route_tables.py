"""Route tables and which subnets they lead."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from .addresses import SUBNET
from .ec2_network import DEFAULT_TABLE, GATEWAY, ROUTE, TABLE, TABLE_ASSOCIATION, VPC, missing, owned, require, violation, vpc_of
from .ec2_routes import INLINE, TARGETS, destination_of, refuse_target, table_vpc
from .formats import ACCOUNT, arn, check_tags, hex_id, kept, placed, refused, region, text
from .validators import exactly_one, ipv4_block, ipv6_block

MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"


def _check_table(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    routes = call.inputs.get("routes")
    for index, route in enumerate(routes if isinstance(routes, list) else ()):
        if isinstance(route, dict):
            yield from ipv4_block(f"routes[{index}].cidrBlock", route.get("cidrBlock"))
            yield from ipv6_block(f"routes[{index}].ipv6CidrBlock", route.get("ipv6CidrBlock"))


def _refuse_inline(call: Call) -> None:
    doing, operation = f"creating Route in Route Table ({call.id})", "EC2: CreateRoute"
    seen: set[str] = set()
    for route in call.inputs.get("routes") or ():
        destination = destination_of(route, INLINE)
        if sum(1 for name in INLINE if route.get(name)) != 1:
            raise Refusal(f"{doing}: one of `cidr_block`, `ipv6_cidr_block` or `destination_prefix_list_id` must be specified")
        if sum(1 for name in TARGETS if route.get(name)) != 1:
            raise Refusal(f"{doing} with destination ({destination}): route target attribute not specified")
        if destination in seen:
            raise refused(
                f"{doing} with destination ({destination})", operation, "RouteAlreadyExists", f"The route identified by {destination} already exists."
            )
        seen.add(destination)
        vpc = text(call.inputs.get("vpcId")) or vpc_of(require(call, TABLE, call.id, doing, operation))
        refuse_target(call, route, vpc, f"{doing} with destination ({destination})", operation)


def _create_table(call: Call) -> None:
    require(call, VPC, call.inputs.get("vpcId"), "creating Route Table", "EC2: CreateRouteTable")
    _refuse_inline(call)


def _delete_table(call: Call) -> None:
    if any(call.cloud.find(MAIN, routeTableId=call.id)):
        words = f"The routeTable '{call.id}' has dependencies and cannot be deleted."
        raise violation(call, "deleting Route Table", "EC2: DeleteRouteTable", words)


def _goes_with_table(call: Call) -> Iterator[Record]:
    """The provider ends the table's associations before it deletes the table; its routes go with it."""
    yield from call.cloud.find(TABLE_ASSOCIATION, routeTableId=call.id)
    yield from call.cloud.find(ROUTE, routeTableId=call.id)


def _check_association(call: Call) -> Iterator[Failure]:
    yield from exactly_one(call, "subnetId", "gatewayId")


def _associate(call: Call) -> None:
    table, subnet = text(call.inputs.get("routeTableId")), text(call.inputs.get("subnetId"))
    doing, operation = f"creating Route Table ({table}) Association", "EC2: AssociateRouteTable"
    if call.old is not None:
        doing, operation = f"updating Route Table Association ({call.id})", "EC2: ReplaceRouteTableAssociation"
    vpc = table_vpc(call, table, doing, operation)
    if not subnet:
        require(call, GATEWAY, call.inputs.get("gatewayId"), doing, operation)
        return
    where = vpc_of(require(call, SUBNET, subnet, doing, operation))
    if where != vpc.id:
        message = f"Route table {table} and subnet {subnet} belong to different networks"
        raise refused(doing, operation, "InvalidParameterValue", message)
    if call.old is None and any(call.cloud.find(TABLE_ASSOCIATION, subnetId=subnet)):
        message = f"the specified association for route table {table} conflicts with an existing association"
        raise refused(doing, operation, "Resource.AlreadyAssociated", message)


def _set_main(call: Call) -> None:
    doing, operation = "creating Main Route Table Association", "EC2: ReplaceRouteTableAssociation"
    vpc = require(call, VPC, call.inputs.get("vpcId"), doing, operation)
    if table_vpc(call, call.inputs.get("routeTableId"), doing, operation).id != vpc.id:
        message = f"Route table {call.inputs.get('routeTableId')} and network {vpc.id} belong to different networks"
        raise refused(doing, operation, "InvalidParameterValue", message)


def _original(call: Call) -> str:
    vpc = call.cloud.get(VPC, call.inputs["vpcId"])
    return text(vpc.outputs.get("mainRouteTableId")) if vpc is not None else ""


def _default_table_vpc(call: Call) -> Record:
    doing, operation = "reading EC2 Default Route Table", "EC2: DescribeRouteTables"
    found = next(iter(call.cloud.find(VPC, mainRouteTableId=call.inputs.get("defaultRouteTableId"))), None)
    if found is None:
        raise missing(TABLE, text(call.inputs.get("defaultRouteTableId")), doing, operation)
    return found


def _default_table_outputs(call: Call) -> Properties:
    vpc = kept(call, "vpcId", lambda: _default_table_vpc(call).id)
    tags = placed(call)
    return {
        **tags,
        "arn": arn(call, "ec2", f"route-table/{call.id}"),
        "ownerId": ACCOUNT,
        "vpcId": vpc,
        "propagatingVgws": call.inputs.get("propagatingVgws") or [],
    }


KINDS = (
    Kind(
        token=TABLE,
        identify=lambda call: hex_id("rtb", call),
        outputs=lambda call: {
            **owned(call, "route-table"),
            "routes": call.inputs.get("routes") or [],
            "propagatingVgws": call.inputs.get("propagatingVgws") or [],
        },
        check=_check_table,
        replaces=frozenset({"vpcId"}),
        create=_create_table,
        update=_refuse_inline,
        delete=_delete_table,
        carries=_goes_with_table,
    ),
    Kind(
        token=TABLE_ASSOCIATION,
        identify=lambda call: hex_id("rtbassoc", call),
        outputs=lambda call: {"region": region(call)},
        check=_check_association,
        replaces=frozenset({"gatewayId", "subnetId"}),
        create=_associate,
        update=_associate,
    ),
    Kind(
        token=MAIN,
        identify=lambda call: hex_id("rtbassoc", call),
        outputs=lambda call: {"region": region(call), "originalRouteTableId": kept(call, "originalRouteTableId", lambda: _original(call))},
        create=_set_main,
        update=_set_main,
    ),
    Kind(
        token=DEFAULT_TABLE,
        identify=lambda call: text(call.inputs.get("defaultRouteTableId")),
        outputs=_default_table_outputs,
        check=_check_table,
        replaces=frozenset({"defaultRouteTableId"}),
        create=_refuse_inline,
        update=_refuse_inline,
        adopts=lambda _call: True,
    ),
)
"""Tables, routes, associations, and the main table that every VPC is born with."""
