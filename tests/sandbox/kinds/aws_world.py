"""An AWS account with nothing in it but what a test asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.kind import Record
from sandbox.resources.aws import FUNCTIONS, KINDS
from tests.sandbox.kinds.cloud import World

REGION = "eu-west-1"
ACCOUNT = "000000000000"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
EIP = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ACL = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ACL_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROLE = "aws:iam/role:Role"


def aws_world(config: Mapping[str, str] | None = None) -> World:
    """An empty account in Ireland."""
    return World({kind.token: kind for kind in KINDS}, {function.token: function for function in FUNCTIONS}, config or {"region": REGION})


def vpc(world: World, block: str = "10.0.0.0/16", **more: Any) -> Record:
    return world.create(VPC, cidrBlock=block, **more)


def subnet(world: World, network: Record, block: str = "10.0.0.0/24", zone: str = "a", **more: Any) -> Record:
    return world.create(SUBNET, vpcId=network.id, cidrBlock=block, availabilityZone=f"{REGION}{zone}", **more)


def group(world: World, network: Record, name: str = "web", **more: Any) -> Record:
    return world.create(GROUP, vpcId=network.id, name=name, **more)


def said(message: str) -> str:
    """A refusal without the number that AWS gives every request."""
    head, _, rest = message.partition(", RequestID: ")
    return f"{head}, {rest.partition(', ')[2]}" if rest else message
