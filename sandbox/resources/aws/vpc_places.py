"""Subnets and security groups as the services that live in them see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...kind import Call, Record
from .formats import text

SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
VPC = "aws:ec2/vpc:Vpc"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
_DEFAULTS = {SUBNET: ("aws:ec2/defaultSubnet:DefaultSubnet",), GROUP: ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",)}
"""Types that stand for the same thing, made by AWS itself."""


def place(call: Call, type_: str, id_: object) -> Record | None:
    """The subnet or the group of this id, the group that a VPC was born with included."""
    for token in (type_, *_DEFAULTS.get(type_, ())):
        record = call.cloud.get(token, text(id_)) if text(id_) else None
        if record is not None:
            return record
    born = next(call.cloud.find(VPC, defaultSecurityGroupId=text(id_)), None) if type_ == GROUP and text(id_) else None
    return Record(type=GROUP, id=text(id_), urn="", inputs={}, outputs={"vpcId": born.id, "name": "default"}) if born is not None else None


def missing(call: Call, type_: str, ids: Iterable[object]) -> list[str]:
    """Which of the ids name nothing."""
    return [text(id_) for id_ in ids if text(id_) and place(call, type_, id_) is None]


def networks(call: Call, type_: str, ids: Iterable[object]) -> list[str]:
    """The VPCs of the subnets or groups, in order, each once."""
    found = (place(call, type_, id_) for id_ in ids)
    return list(dict.fromkeys(text(record.outputs.get("vpcId")) for record in found if record is not None))


def zones(call: Call, ids: Iterable[object]) -> list[str]:
    """The availability zone of each subnet."""
    found = (place(call, SUBNET, id_) for id_ in ids)
    return [text(record.outputs.get("availabilityZone")) for record in found if record is not None]


def has_internet_gateway(call: Call, network: str) -> bool:
    """Whether a VPC has a way to the internet at all."""
    return any(call.cloud.find(GATEWAY, vpcId=network)) or any(call.cloud.find(_ATTACHMENT, vpcId=network))


def users(call: Call, type_: str, path: tuple[str, ...], id_: str) -> Iterator[Record]:
    """Everything of a type whose input at the path holds the id."""
    for record in call.cloud.find(type_):
        at: Any = record.inputs
        for part in path:
            at = at.get(part) if isinstance(at, dict) else None
        if isinstance(at, list) and id_ in at:
            yield record
