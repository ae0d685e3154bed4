"""Where databases and caches stand: the subnets of a group, the security groups in front, the keys that lock them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from ...kind import Call, Record
from . import addresses, kms
from .formats import region, text
from .vpc_places import GROUP, SUBNET, VPC, networks, place, zones

_OTHER_KEYS = ("aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey")
SUBNETS = "__subnets"
"""The output, hidden as the bridge hides its `__meta`, that notes in which subnets a thing has its network interfaces."""


def texts(value: object) -> list[str]:
    """The known texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def missing_subnets(call: Call, ids: Sequence[str]) -> list[str]:
    """The subnets of these that do not exist."""
    return [id_ for id_ in ids if place(call, SUBNET, id_) is None]


def zones_of(call: Call, ids: Sequence[str]) -> list[str]:
    """The zones that the subnets cover, in order, each once."""
    return sorted(set(zones(call, ids)) - {""})


def networks_of(call: Call, ids: Sequence[str]) -> list[str]:
    """The VPCs of the subnets, in the order met, each once."""
    return networks(call, SUBNET, ids)


def in_zones(call: Call, ids: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """A subnet with room of each of the zones, in their order."""
    chosen = []
    for zone in wanted:
        there = [id_ for id_ in ids if zones(call, [id_]) == [zone]]
        chosen += sorted(there, key=lambda id_: addresses.free(call.cloud, id_), reverse=True)[:1]
    return chosen


def interfaces(record: Record, groups: str) -> Iterator[addresses.Interface]:
    """The network interfaces of a thing that notes its subnets; `groups` is the output that lists its security groups."""
    for subnet in texts(record.outputs.get(SUBNETS)):
        yield addresses.Interface(subnet=subnet, groups=tuple(texts(record.outputs.get(groups))), owner=record.id)


def unknown_groups(call: Call, ids: Sequence[str]) -> Iterator[str]:
    """The security groups of these that do not exist."""
    return (id_ for id_ in ids if _network(call, id_) is None)


def groups_elsewhere(call: Call, ids: Sequence[str], vpc: str) -> Iterator[str]:
    """The VPCs of those security groups that are not in the VPC given."""
    for id_ in ids:
        other = _network(call, id_)
        if other and other != vpc:
            yield other


def default_groups(call: Call, vpc: str) -> list[str]:
    """What a thing gets that names no security group: the VPC's own."""
    record = call.cloud.get(VPC, vpc)
    named = text(record.outputs.get("defaultSecurityGroupId")) if record is not None else ""
    return [named] if named else []


def _network(call: Call, id_: str) -> str | None:
    """The VPC of a security group; None where there is no such group."""
    record = place(call, GROUP, id_)
    if record is not None:
        return text(record.outputs.get("vpcId"))
    return next((vpc.id for vpc in call.cloud.find(VPC, defaultSecurityGroupId=id_)), None)


def key_exists(call: Call, value: str) -> bool:
    """Whether a KMS key of this region goes by this id, ARN or alias and is enabled; keys of AWS's own always are."""
    if "alias/aws/" in value:
        return True
    key = kms.find_key(call.cloud, value) or next((record for type_ in _OTHER_KEYS for record in call.cloud.find(type_, arn=value)), None)
    return key is not None and key.outputs.get("isEnabled") is not False and text(key.outputs.get("region")) in {"", region(call)}


def digest(*parts: str) -> str:
    """Hexadecimal digits that follow from what they stand for."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def letters(digits: str, length: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
    """Characters of an alphabet made of hexadecimal digits."""
    number, made = int(digits, 16), ""
    for _ in range(length):
        number, rest = divmod(number, len(alphabet))
        made += alphabet[rest]
    return made
