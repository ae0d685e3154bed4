"""Virtual private clouds with what each is born with, further blocks of addresses, and DHCP options."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .addresses import SUBNET
from .ec2_network import (
    ACL,
    ACL_RULE,
    ATTACHMENT,
    BLOCK,
    DHCP,
    EGRESS,
    ENDPOINT,
    GATEWAY,
    GROUP,
    INGRESS,
    LEGACY_RULE,
    NAT,
    PEERING,
    ROUTE,
    TABLE,
    VPC,
    blocks,
    given,
    inside,
    owned,
    require,
    violation,
)
from .formats import ACCOUNT, arn, check_tags, fresh, hex_id, kept, placed, refused, region, text
from .validators import between, block, conflicts, ipv4_block, network_between, one_of, required_with

DHCP_ASSOCIATION = "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"
_IN_VPC = (SUBNET, GROUP, TABLE, ACL, GATEWAY, ATTACHMENT, ENDPOINT, NAT, PEERING)
_WIDEST, _NARROWEST = 16, 28
"""The masks that a block of a VPC may have (Amazon VPC, "VPC CIDR blocks")."""
_MOST_BLOCKS = 5
"""IPv4 blocks of a VPC by its default quota."""
_NODE_TYPES = ("1", "2", "4", "8")


def _check_vpc(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from network_between("cidrBlock", call.inputs.get("cidrBlock"), _WIDEST, _NARROWEST)
    yield from one_of(call, "instanceTenancy", ("default", "dedicated"))
    yield from between(call, "ipv4NetmaskLength", _WIDEST, _NARROWEST)
    yield from conflicts(call, "ipv4NetmaskLength", "cidrBlock")
    yield from required_with(call, "ipv4NetmaskLength", "ipv4IpamPoolId")
    yield from conflicts(call, "assignGeneratedIpv6CidrBlock", "ipv6IpamPoolId")
    yield from required_with(call, "ipv6CidrBlockNetworkBorderGroup", "assignGeneratedIpv6CidrBlock")


def _create_vpc(call: Call) -> None:
    if not text(call.inputs.get("cidrBlock")) and not text(call.inputs.get("ipv4IpamPoolId")):
        message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."
        raise refused("creating EC2 VPC", "EC2: CreateVpc", "MissingParameter", message)
    _update_vpc(call)


def _update_vpc(call: Call) -> None:
    support, names = call.inputs.get("enableDnsSupport", True), call.inputs.get("enableDnsHostnames", False)
    if names and not support:
        message = f"DNS hostnames cannot be enabled for VPC '{call.id}' without DNS support."
        raise refused("modifying EC2 VPC DNS hostnames attribute", "EC2: ModifyVpcAttribute", "InvalidParameterValue", message)


def _vpc_outputs(call: Call) -> Properties:
    table = kept(call, "mainRouteTableId", lambda: f"rtb-0{fresh(call, 16)}")
    return {
        **owned(call, "vpc"),
        **given(call, enableDnsHostnames=False, enableNetworkAddressUsageMetrics=False, enableDnsSupport=True, instanceTenancy="default"),
        **given(call, "ipv6IpamPoolId", ipv6NetmaskLength=0, assignGeneratedIpv6CidrBlock=False),
        **_ipv6(call),
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultSecurityGroupId": kept(call, "defaultSecurityGroupId", lambda: f"sg-0{fresh(call, 16)}"),
        "defaultNetworkAclId": kept(call, "defaultNetworkAclId", lambda: f"acl-0{fresh(call, 16)}"),
        "dhcpOptionsId": kept(call, "dhcpOptionsId", lambda: _default_options(region(call))),
    }


def _ipv6(call: Call) -> Properties:
    """The block that Amazon gives a VPC which asks for one."""
    if not call.inputs.get("assignGeneratedIpv6CidrBlock"):
        return {**given(call, "ipv6CidrBlock", "ipv6CidrBlockNetworkBorderGroup"), "ipv6AssociationId": ""}
    had = call.old is not None and call.old.outputs.get("ipv6AssociationId")
    made = call.old.outputs if call.old is not None and had else {}
    digits = fresh(call, 6) if not made else ""
    return {
        "ipv6CidrBlock": made.get("ipv6CidrBlock") or f"2a05:d0{digits[:2]}:{digits[2:]}:{int(digits[:2], 16) or 1:x}00::/56",
        "ipv6CidrBlockNetworkBorderGroup": region(call),
        "ipv6AssociationId": made.get("ipv6AssociationId") or hex_id("vpc-cidr-assoc", call),
    }


def _default_options(place: str) -> str:
    """The DHCP options that every VPC of a region begins with."""
    return f"dopt-0{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def _refresh_vpc(call: Call) -> Properties:
    chosen = [text(one.outputs.get("dhcpOptionsId")) for one in call.cloud.find(DHCP_ASSOCIATION, vpcId=call.id)]
    return {"dhcpOptionsId": chosen[0] if chosen else _default_options(region(call))}


def _delete_vpc(call: Call) -> None:
    if any(inside(call.cloud, call.id, *_IN_VPC)):
        raise violation(call, "deleting EC2 VPC", "EC2: DeleteVpc", f"The vpc '{call.id}' has dependencies and cannot be deleted.")


def _goes_with_vpc(call: Call) -> Iterator[Record]:
    """Rules of its default group, entries of its default list, routes of its main table: of no VPC, they cannot stand."""
    old = call.old
    if old is None:
        return
    for type_ in (INGRESS, EGRESS, LEGACY_RULE):
        yield from call.cloud.find(type_, securityGroupId=old.outputs.get("defaultSecurityGroupId"))
    yield from call.cloud.find(ACL_RULE, networkAclId=old.outputs.get("defaultNetworkAclId"))
    yield from call.cloud.find(ROUTE, routeTableId=old.outputs.get("mainRouteTableId"))


def _create_block(call: Call) -> None:
    doing, operation = f"creating EC2 VPC ({call.inputs.get('vpcId')}) IPv4 CIDR block association", "EC2: AssociateVpcCidrBlock"
    vpc = require(call, VPC, call.inputs.get("vpcId"), doing, operation)
    wanted, standing = block(call.inputs.get("cidrBlock")), blocks(call.cloud, vpc)
    if wanted is not None and any(known is not None and wanted.version == known.version and wanted.overlaps(known) for known in map(block, standing)):
        message = f"The CIDR '{wanted}' conflicts with another CIDR of the VPC."
        raise refused(doing, operation, "InvalidVpc.Range", message)
    if len(standing) >= _MOST_BLOCKS:
        message = f"This network '{vpc.id}' has met its maximum number of allowed CIDRs: {_MOST_BLOCKS}"
        raise refused(doing, operation, "CidrLimitExceeded", message)


def _delete_block(call: Call) -> None:
    wide = block(call.inputs.get("cidrBlock"))
    for subnet in inside(call.cloud, text(call.inputs.get("vpcId")), SUBNET):
        within = block(subnet.outputs.get("cidrBlock"))
        if wide is not None and within is not None and wide.version == within.version and wide.overlaps(within):
            message = f"The vpc CIDR block '{wide}' has subnets within it: {subnet.id}. Delete them first."
            raise refused(f"deleting EC2 VPC IPv4 CIDR Block Association ({call.id})", "EC2: DisassociateVpcCidrBlock", "InvalidCidrBlock.InUse", message)


def _check_block(call: Call) -> Iterator[Failure]:
    yield from network_between("cidrBlock", call.inputs.get("cidrBlock"), _WIDEST, _NARROWEST)
    yield from ipv4_block("cidrBlock", call.inputs.get("cidrBlock"))


def _check_options(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "netbiosNodeType", _NODE_TYPES)
    if not any(call.inputs.get(name) for name in ("domainName", "domainNameServers", "netbiosNameServers", "netbiosNodeType", "ntpServers")):
        yield Failure(
            "domainName", '"domain_name": one of `domain_name,domain_name_servers,netbios_name_servers,netbios_node_type,ntp_servers` must be specified'
        )


def _delete_options(call: Call) -> None:
    if any(call.cloud.find(DHCP_ASSOCIATION, dhcpOptionsId=call.id)):
        words = f"The dhcpOptions '{call.id}' has dependencies and cannot be deleted."
        raise violation(call, "deleting EC2 DHCP Options Set", "EC2: DeleteDhcpOptions", words)


def _associate_options(call: Call) -> None:
    doing, operation = f"creating EC2 DHCP Options Set Association ({call.id})", "EC2: AssociateDhcpOptions"
    require(call, VPC, call.inputs.get("vpcId"), doing, operation)
    if call.inputs.get("dhcpOptionsId") != "default":
        require(call, DHCP, call.inputs.get("dhcpOptionsId"), doing, operation)


KINDS = (
    Kind(
        token=VPC,
        identify=lambda call: hex_id("vpc", call),
        outputs=_vpc_outputs,
        defaults=lambda _call: {"enableDnsSupport": True, "instanceTenancy": "default"},
        check=_check_vpc,
        replaces=frozenset({"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"}),
        replaces_on=lambda old, new: frozenset({"instanceTenancy"}) if new.get("instanceTenancy") == "dedicated" != old.get("instanceTenancy") else frozenset(),
        create=_create_vpc,
        update=_update_vpc,
        delete=_delete_vpc,
        carries=_goes_with_vpc,
        refresh=_refresh_vpc,
    ),
    Kind(
        token=BLOCK,
        identify=lambda call: hex_id("vpc-cidr-assoc", call),
        outputs=lambda call: {"region": region(call)},
        check=_check_block,
        replaces=frozenset({"vpcId", "cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"}),
        create=_create_block,
        delete=_delete_block,
    ),
    Kind(
        token=DHCP,
        identify=lambda call: hex_id("dopt", call),
        outputs=lambda call: {**placed(call), "arn": arn(call, "ec2", f"dhcp-options/{call.id}"), "ownerId": ACCOUNT},
        check=_check_options,
        replaces=frozenset({"domainName", "domainNameServers", "ipv6AddressPreferredLeaseTime", "netbiosNameServers", "netbiosNodeType", "ntpServers"}),
        delete=_delete_options,
    ),
    Kind(
        token=DHCP_ASSOCIATION,
        identify=lambda call: f"{call.inputs['dhcpOptionsId']}-{call.inputs['vpcId']}",
        outputs=lambda call: {"region": region(call)},
        replaces=frozenset({"vpcId"}),
        create=_associate_options,
        update=_associate_options,
    ),
)
"""A VPC, its further blocks, and the options that its hosts learn by DHCP."""
