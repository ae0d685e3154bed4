"""Addresses in subnets: whoever places a network interface takes one and so holds the subnet and the security groups.

A module whose kinds place interfaces says so in its `INTERFACES`, a mapping of type tokens to functions of a record:

    INTERFACES = {INSTANCE: lambda record: [Interface(subnet=subnet, groups=tuple(record.outputs["vpcSecurityGroupIds"])) for subnet in subnets_of(record)]}

From then on the subnet counts the address, and neither the subnet nor the groups can be deleted. `take` finds free addresses for kinds that show theirs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...kind import Call, Cloud, Record

SUBNET = "aws:ec2/subnet:Subnet"
RESERVED = 5
"""Addresses of a subnet that AWS keeps: the first four and the last (Amazon VPC, "Subnet CIDR blocks")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network interface in a subnet."""

    subnet: str
    groups: tuple[str, ...] = ()
    """Ids of its security groups."""
    address: str = ""
    """Its private IPv4 address where an output of its owner tells it; else it counts without one."""
    owner: str = ""
    """The id of what placed it."""
    public: bool = False
    """Whether a public address is mapped to it, so that the VPC's internet gateway cannot be detached."""


Interfaces = Callable[[Record], Iterable[Interface]]


def interfaces(cloud: Cloud, **wanted: str) -> Iterator[Interface]:
    """Every interface that stands; in one subnet where `subnet` is given."""
    from . import INTERFACES

    for token, placed in INTERFACES.items():
        for record in cloud.find(token):
            yield from (interface for interface in placed(record) if interface.subnet == wanted.get("subnet", interface.subnet))


def with_group(cloud: Cloud, group: str) -> Iterator[Interface]:
    """Every interface that a security group guards."""
    return (interface for interface in interfaces(cloud) if group in interface.groups)


def free(cloud: Cloud, subnet: str) -> int:
    """How many addresses a subnet has left; 0 where it does not exist or has no IPv4 block."""
    block = _block(cloud, subnet)
    return max(0, block.num_addresses - RESERVED - sum(1 for _ in interfaces(cloud, subnet=subnet))) if block else 0


def take(call: Call, subnet: str, count: int = 1) -> list[str]:
    """The lowest free addresses of a subnet; fewer than asked where it has no more, so that the caller refuses in its service's words."""
    block = _block(call.cloud, subnet)
    if block is None:
        return []
    held = {interface.address for interface in interfaces(call.cloud, subnet=subnet)}
    room = min(count, free(call.cloud, subnet))
    found: list[str] = []
    for number in range(RESERVED - 1, block.num_addresses - 1):
        if len(found) == room:
            break
        if str(block[number]) not in held:
            found.append(str(block[number]))
    return found


def fits(cloud: Cloud, subnet: str, address: str) -> bool:
    """Whether an address that a program chose is one that the subnet can give and has not given."""
    block = _block(cloud, subnet)
    try:
        chosen = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    if block is None or chosen not in block or not RESERVED - 1 <= int(chosen) - int(block[0]) < block.num_addresses - 1:
        return False
    return all(interface.address != address for interface in interfaces(cloud, subnet=subnet))


def _block(cloud: Cloud, subnet: str) -> ipaddress.IPv4Network | None:
    record = cloud.get(SUBNET, subnet)
    block = record.outputs.get("cidrBlock") if record is not None else None
    return ipaddress.IPv4Network(block) if isinstance(block, str) and block else None
