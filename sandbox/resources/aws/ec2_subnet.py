"""Subnets: blocks within their VPC that do not overlap, in one zone each, held by whatever takes an address."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .account import zone_id, zones
from .addresses import SUBNET, interfaces
from .ec2_network import ACL_ASSOCIATION, TABLE_ASSOCIATION, VPC, blocks, given, inside, owned, require, violation
from .formats import check_tags, hex_id, kept, known, refused, region, text
from .validators import block, conflicts, ipv4_block, ipv6_block, one_of, required_with

_DOING, _OPERATION = "creating EC2 Subnet", "EC2: CreateSubnet"
_SIZES = range(16, 29)
"""Masks that a subnet may have (Amazon VPC, "Subnet CIDR blocks")."""
_FIXED = (
    "vpcId",
    "cidrBlock",
    "availabilityZone",
    "availabilityZoneId",
    "ipv4IpamPoolId",
    "ipv4NetmaskLength",
    "ipv6IpamPoolId",
    "ipv6Native",
    "ipv6NetmaskLength",
    "outpostArn",
)


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from ipv4_block("cidrBlock", call.inputs.get("cidrBlock"))
    yield from ipv6_block("ipv6CidrBlock", call.inputs.get("ipv6CidrBlock"))
    yield from conflicts(call, "availabilityZone", "availabilityZoneId")
    yield from required_with(call, "customerOwnedIpv4Pool", "mapCustomerOwnedIpOnLaunch", "outpostArn")
    if call.inputs.get("mapCustomerOwnedIpOnLaunch") is True:
        yield from required_with(call, "mapCustomerOwnedIpOnLaunch", "customerOwnedIpv4Pool", "outpostArn")
    yield from one_of(call, "privateDnsHostnameTypeOnLaunch", ("ip-name", "resource-name"))


def _create(call: Call) -> None:
    vpc = require(call, VPC, call.inputs.get("vpcId"), _DOING, _OPERATION)
    _refuse_zone(call)
    wanted = block(call.inputs.get("cidrBlock"))
    if wanted is None:
        if call.inputs.get("ipv6Native") or call.inputs.get("ipv4IpamPoolId"):
            return
        message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."
        raise refused(_DOING, _OPERATION, "MissingParameter", message)
    within = [wide for wide in map(block, blocks(call.cloud, vpc)) if wide is not None and wide.version == wanted.version]
    if wanted.prefixlen not in _SIZES or not any(wanted.subnet_of(wide) for wide in within):  # type: ignore[arg-type]  # one version, compared above
        raise refused(_DOING, _OPERATION, "InvalidSubnet.Range", f"The CIDR '{wanted}' is invalid.")
    for other in inside(call.cloud, vpc.id, SUBNET):
        held = block(other.outputs.get("cidrBlock"))
        if held is not None and held.version == wanted.version and held.overlaps(wanted):
            raise refused(_DOING, _OPERATION, "InvalidSubnet.Conflict", f"The CIDR '{wanted}' conflicts with another subnet")


def _refuse_zone(call: Call) -> None:
    place = region(call)
    for name, allowed in (("availabilityZone", zones(place)), ("availabilityZoneId", list(_zone_ids(place)))):
        value = text(call.inputs.get(name))
        if value and value not in allowed:
            every = ", ".join(allowed)
            message = f"Value ({value}) for parameter {name} is invalid. Subnets can currently only be created in the following availability zones: {every}."
            raise refused(_DOING, _OPERATION, "InvalidParameterValue", message)


def _zone_ids(place: str) -> dict[str, str]:
    """Zone ids to names, as `getAvailabilityZones` pairs them."""
    return {zone_id(place, number): name for number, name in enumerate(zones(place), 1)}


def _outputs(call: Call) -> Properties:
    place = region(call)
    ids = _zone_ids(place)
    chosen = text(call.inputs.get("availabilityZone")) or ids.get(text(call.inputs.get("availabilityZoneId")), "")
    zone = chosen or kept(call, "availabilityZone", lambda: zones(place)[call.cloud.sequence(f"zone {place}") % len(zones(place))])
    flags = ("assignIpv6AddressOnCreation", "enableDns64", "enableResourceNameDnsARecordOnLaunch", "enableResourceNameDnsAaaaRecordOnLaunch")
    return {
        **owned(call, "subnet"),
        **given(call, **dict.fromkeys((*flags, "ipv6Native", "mapCustomerOwnedIpOnLaunch", "mapPublicIpOnLaunch"), False)),
        **given(call, "cidrBlock", "customerOwnedIpv4Pool", "ipv6CidrBlock", "outpostArn", enableLniAtDeviceIndex=0),
        **given(call, privateDnsHostnameTypeOnLaunch="ip-name"),
        "availabilityZone": zone,
        "availabilityZoneId": next(id_ for id_, name in ids.items() if name == zone),
        "ipv6CidrBlockAssociationId": hex_id("subnet-cidr-assoc", call) if known(call.inputs.get("ipv6CidrBlock")) and call.old is None else "",
    }


def _delete(call: Call) -> None:
    if any(interfaces(call.cloud, subnet=call.id)):
        raise violation(call, "deleting EC2 Subnet", "EC2: DeleteSubnet", f"The subnet '{call.id}' has dependencies and cannot be deleted.")


def _goes_along(call: Call) -> Iterator[Record]:
    """What ties a subnet to a route table and to a network ACL ends with it."""
    for type_ in (TABLE_ASSOCIATION, ACL_ASSOCIATION):
        yield from call.cloud.find(type_, subnetId=call.id)


KINDS = (
    Kind(
        token=SUBNET,
        identify=lambda call: hex_id("subnet", call),
        outputs=_outputs,
        defaults=lambda _call: {
            "assignIpv6AddressOnCreation": False,
            "enableDns64": False,
            "enableResourceNameDnsAaaaRecordOnLaunch": False,
            "enableResourceNameDnsARecordOnLaunch": False,
            "ipv6Native": False,
            "mapPublicIpOnLaunch": False,
        },
        check=_check,
        replaces=frozenset(_FIXED),
        create=_create,
        delete=_delete,
        carries=_goes_along,
    ),
)
"""One subnet."""
