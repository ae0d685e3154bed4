"""What stands in the EC2 network: things by their ids, what a VPC was born with included, and how EC2 says that they are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kind import Call, Cloud, Properties, Record, Refusal
from .addresses import SUBNET
from .formats import ACCOUNT, arn, known, placed, refused, region, text

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ROUTE = "aws:ec2/route:Route"
ACL_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
LEGACY_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
EIP = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
BLOCK = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
DHCP = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"

_MISSING = {
    VPC: ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist", "vpc"),
    SUBNET: ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist", "subnet"),
    GROUP: ("InvalidGroup.NotFound", "The security group '{}' does not exist", "sg"),
    TABLE: ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist", "rtb"),
    ACL: ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist", "acl"),
    GATEWAY: ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist", "igw"),
    EIP: ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist", "eipalloc"),
    NAT: ("InvalidNatGatewayID.NotFound", "The natGateway ID '{}' does not exist", "nat"),
    ENDPOINT: ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist", "vpce"),
    INTERFACE: ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist", "eni"),
    DHCP: ("InvalidDhcpOptionID.NotFound", "The dhcpOption ID '{}' does not exist", "dopt"),
}
_BORN = {GROUP: "defaultSecurityGroupId", TABLE: "mainRouteTableId", ACL: "defaultNetworkAclId"}
"""What every VPC brings along, and the output that names it."""


def standing(cloud: Cloud, type_: str, id_: str, place: str = "") -> Record | None:
    """The thing of this id, in this region; for what a VPC was born with, the VPC."""
    found = cloud.get(type_, id_)
    if found is None and type_ in _BORN:
        found = next(iter(cloud.find(VPC, **{_BORN[type_]: id_})), None)
    return found if found is not None and (not place or found.outputs.get("region", place) == place) else None


def vpc_of(record: Record) -> str:
    """The id of the VPC that a thing is in; of a VPC, its own."""
    return record.id if record.type == VPC else text(record.outputs.get("vpcId"))


def missing(type_: str, id_: str, doing: str, operation: str) -> Refusal:
    """How EC2 says that a thing is not there, or that its id is none."""
    code, words, prefix = _MISSING[type_]
    if not id_.startswith(f"{prefix}-"):
        return refused(doing, operation, code.replace(".NotFound", ".Malformed"), f'Invalid id: "{id_}" (expecting "{prefix}-...")')
    return refused(doing, operation, code, words.format(id_))


def require(call: Call, type_: str, id_: object, doing: str, operation: str) -> Record:
    """The thing that an input names, in the call's region, or EC2's refusal."""
    found = standing(call.cloud, type_, str(id_), region(call))
    if found is None:
        raise missing(type_, str(id_), doing, operation)
    return found


def security_group(call: Call, id_: str) -> str | None:
    """The VPC of a security group, the default ones included; None where the region has no such group."""
    found = standing(call.cloud, GROUP, id_, region(call))
    return vpc_of(found) if found is not None else None


def ec2_arn(call: Call, noun: str) -> str:
    """`arn:aws:ec2:eu-west-1:000000000000:vpc/vpc-0a1b…`."""
    return arn(call, "ec2", f"{noun}/{call.id}")


def owned(call: Call, noun: str) -> Properties:
    """The outputs that nearly every EC2 thing has."""
    return {**placed(call), "arn": ec2_arn(call, noun), "ownerId": ACCOUNT}


def given(call: Call, *names: str, **otherwise: Any) -> Properties:
    """Optional inputs that the API answers with even where the program said nothing."""
    return {name: call.inputs[name] if known(call.inputs.get(name)) else value for name, value in {**dict.fromkeys(names, ""), **otherwise}.items()}


def violation(call: Call, doing: str, operation: str, words: str) -> Refusal:
    """The refusal of a delete while other things need the thing."""
    return refused(f"{doing} ({call.id})", operation, "DependencyViolation", words)


def inside(cloud: Cloud, vpc: str, *types: str) -> Iterator[Record]:
    """Everything of these types in a VPC."""
    for type_ in types:
        yield from cloud.find(type_, vpcId=vpc)


def attached_gateway(cloud: Cloud, vpc: str) -> str:
    """The internet gateway of a VPC; empty where it has none."""
    for record in cloud.find(GATEWAY, vpcId=vpc):
        return record.id
    for record in cloud.find(ATTACHMENT, vpcId=vpc):
        return text(record.outputs.get("internetGatewayId"))
    return ""


def blocks(cloud: Cloud, vpc: Record) -> list[str]:
    """The IPv4 blocks of a VPC, the first one first."""
    return [text(vpc.outputs.get("cidrBlock")), *(text(one.outputs.get("cidrBlock")) for one in cloud.find(BLOCK, vpcId=vpc.id))]


def peered(cloud: Cloud, one: str, other: str) -> bool:
    """Whether two VPCs are one, or peered."""
    if one == other:
        return True
    pairs = ({peering.outputs.get("vpcId"), peering.outputs.get("peerVpcId")} for peering in cloud.find(PEERING))
    return any({one, other} == pair for pair in pairs)
