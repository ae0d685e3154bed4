"""What the network access list of a subnet lets through: the first rule that fits decides, and an answer is a connection of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Any

from ...kind import Call, Properties, Record
from .compute_checks import block, items
from .ec2_network import ACL, ACL_ASSOCIATION, ACL_RULE, DEFAULT_ACL, VPC, vpc_of
from .formats import text
from .reachability_groups import covered

ANSWERS = (1024, 32768, 65535)
"""Ports for which those stand that a NAT gateway or a load balancer calls from: 1024 to 65535 (Amazon VPC, "Ephemeral ports")."""
TASK_ANSWERS = (32768, 46884, 60999)
"""Ports for which those stand that Linux calls from, as Fargate does."""
_TCP = ("6", "tcp")
_EVERYTHING = ("-1", "all")
_OPEN: Properties = {"number": 100, "allow": True, "protocol": "-1", "ports": (None, None), "block": "0.0.0.0/0"}
"""The rule that the list of a VPC is born with, in each direction."""


def passes(call: Call, subnet: Record, peer: IPv4Network, ports: Iterable[int], *, out: bool) -> bool:
    """Whether TCP to the peer's ports leaves the subnet, or from the peer to the subnet's ports comes in."""
    rules = sorted(_rules(call, subnet, out=out), key=lambda rule: rule["number"])
    return all(_allowed(rules, peer, port) for port in ports)


def _allowed(rules: Iterable[Properties], peer: IPv4Network, port: int) -> bool:
    return next((rule["allow"] for rule in rules if _fits(rule, peer, port)), False)


def _fits(rule: Properties, peer: IPv4Network, port: int) -> bool:
    low, high = rule["ports"]
    if rule["protocol"] not in _EVERYTHING and not (rule["protocol"] in _TCP and low is not None and high is not None and low <= port <= high):
        return False
    return covered(peer, [rule["block"]])


def _rules(call: Call, subnet: Record, *, out: bool) -> Iterator[Properties]:
    id_ = _list_of(call, subnet)
    whole = call.cloud.get(ACL, id_) or call.cloud.get(DEFAULT_ACL, id_)
    if whole is None:
        yield _OPEN
    for entry in items(whole.inputs.get("egress" if out else "ingress")) if whole is not None else ():
        yield _read(block(entry), number="ruleNo", action="action")
    for record in call.cloud.find(ACL_RULE, networkAclId=id_):
        if bool(record.inputs.get("egress")) == out:
            yield _read(record.inputs, number="ruleNumber", action="ruleAction")


def _read(entry: dict[str, Any], *, number: str, action: str) -> Properties:
    return {
        "number": entry.get(number) or 0,
        "allow": text(entry.get(action)).lower() == "allow",
        "protocol": str(entry.get("protocol")).lower(),
        "ports": (entry.get("fromPort"), entry.get("toPort")),
        "block": entry.get("cidrBlock"),
    }


def _list_of(call: Call, subnet: Record) -> str:
    """The id of the list that a subnet stands under; by default its VPC's own."""
    for association in call.cloud.find(ACL_ASSOCIATION, subnetId=subnet.id):
        return text(association.outputs.get("networkAclId"))
    for record in call.cloud.find(ACL):
        if subnet.id in items(record.inputs.get("subnetIds")):
            return record.id
    vpc = call.cloud.get(VPC, vpc_of(subnet))
    return text(vpc.outputs.get("defaultNetworkAclId")) if vpc is not None else ""
