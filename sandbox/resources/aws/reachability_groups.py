"""What security groups let through: rules of every form in which a program writes them, read as one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from ...kind import Call, Properties, Record
from .compute_checks import block, items
from .ec2_network import DEFAULT_GROUP, EGRESS, GROUP, INGRESS, LEGACY_RULE, VPC
from .ec2_services import prefix_list
from .formats import text

_EVERYTHING = ("-1", "all")
_TCP = ("tcp", "6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The other end of a connection, as a rule may name it."""

    block: IPv4Network
    """Every address that it may have."""
    groups: tuple[str, ...] = ()
    """Its security groups; none outside the network."""


def let_through(call: Call, groups: Iterable[str], peer: Peer, port: int, *, out: bool) -> bool:
    """Whether one of the groups opens the TCP port to the peer, or from it; of a group that is not of this cloud nothing is known, and it passes."""
    return any(_one(call, group, peer, port, out=out) for group in groups)


def _one(call: Call, group: str, peer: Peer, port: int, *, out: bool) -> bool:
    record = call.cloud.get(GROUP, group) or call.cloud.get(DEFAULT_GROUP, group)
    born = any(call.cloud.find(VPC, defaultSecurityGroupId=group))
    if record is None and not born:
        return True
    if record is None and (out or group in peer.groups):
        return True  # the group that a VPC is born with: out to anywhere, in from itself
    rules = [*_inline(record, group, out=out), *_separate(call, group, out=out)]
    return any(_opens(call, rule, peer, port) for rule in rules)


def _inline(record: Record | None, group: str, *, out: bool) -> Iterator[Properties]:
    for rule in items(record.inputs.get("egress" if out else "ingress")) if record is not None else ():
        yield _read(block(rule), group, groups=items(block(rule).get("securityGroups")))


def _separate(call: Call, group: str, *, out: bool) -> Iterator[Properties]:
    for record in call.cloud.find(EGRESS if out else INGRESS, securityGroupId=group):
        inputs = record.inputs
        yield {
            "protocol": text(inputs.get("ipProtocol")),
            "ports": (inputs.get("fromPort"), inputs.get("toPort")),
            "blocks": [inputs.get("cidrIpv4")],
            "lists": [inputs.get("prefixListId")],
            "groups": [inputs.get("referencedSecurityGroupId")],
        }
    for record in call.cloud.find(LEGACY_RULE, securityGroupId=group, type="egress" if out else "ingress"):
        yield _read(record.inputs, group, groups=[record.inputs.get("sourceSecurityGroupId")])


def _read(rule: Properties, group: str, *, groups: list[Any]) -> Properties:
    """A rule in the older spelling."""
    return {
        "protocol": text(rule.get("protocol")),
        "ports": (rule.get("fromPort"), rule.get("toPort")),
        "blocks": items(rule.get("cidrBlocks")),
        "lists": items(rule.get("prefixListIds")),
        "groups": [*groups, *([group] if rule.get("self") is True else [])],
    }


def _opens(call: Call, rule: Properties, peer: Peer, port: int) -> bool:
    protocol, (low, high) = rule["protocol"].lower(), rule["ports"]
    if protocol not in _EVERYTHING and not (protocol in _TCP and low is not None and high is not None and low <= port <= high):
        return False
    if any(text(other).rpartition("/")[2] in peer.groups for other in rule["groups"] if other):
        return True
    listed = [prefix_list(call, id_) or {} for id_ in rule["lists"] if id_]
    blocks = [*rule["blocks"], *(one for found in listed for one in found.get("cidrBlocks") or ())]
    return covered(peer.block, blocks)


def covered(wanted: IPv4Network, blocks: Iterable[object]) -> bool:
    """Whether IPv4 blocks, next to one another where need be, hold every address of another."""
    whole = ipaddress.collapse_addresses(IPv4Network(one, strict=False) for one in blocks if isinstance(one, str) and one and ":" not in one)
    return any(wanted.subnet_of(one) for one in whole)
