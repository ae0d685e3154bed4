"""Network interfaces that a program places itself."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .addresses import SUBNET, Interface, fits, take
from .ec2_network import GROUP, INTERFACE, given, missing, owned, require, security_group, vpc_of
from .formats import check_tags, hex_id, refused, text
from .validators import conflicts

_DOING, _OPERATION = "creating EC2 Network Interface", "EC2: CreateNetworkInterface"


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from conflicts(call, "privateIpsCount", "privateIps")
    addresses = call.inputs.get("privateIps")
    for index, address in enumerate(addresses if isinstance(addresses, list) else ()):
        if isinstance(address, str) and not _is_address(address):
            yield Failure(f"privateIps[{index}]", f"expected private_ips.{index} to contain a valid IPv4 address, got: {address}")


def _is_address(value: str) -> bool:
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True


def _wanted(call: Call) -> list[str]:
    return [text(one) for one in call.inputs.get("privateIps") or ([call.inputs["privateIp"]] if call.inputs.get("privateIp") else ())]


def _create(call: Call) -> None:
    subnet = require(call, SUBNET, call.inputs["subnetId"], _DOING, _OPERATION)
    _refuse_groups(call, subnet)
    block = ipaddress.IPv4Network(text(subnet.outputs.get("cidrBlock")))
    for address in _wanted(call):
        if ipaddress.IPv4Address(address) not in block:
            raise refused(_DOING, _OPERATION, "InvalidParameterValue", "Address does not fall within the subnet's address range")
        if not fits(call.cloud, subnet.id, address):
            raise refused(_DOING, _OPERATION, "InvalidIPAddress.InUse", "The specified address is already in use.")
    count = 1 + int(call.inputs.get("privateIpsCount") or 0)
    if len(take(call, subnet.id, count)) < count:
        message = f"insufficient free addresses in subnet '{subnet.id}', requested: {count}"
        raise refused(_DOING, _OPERATION, "InsufficientFreeAddressesInSubnet", message)


def _refuse_groups(call: Call, subnet: Record) -> None:
    for group in call.inputs.get("securityGroups") or ():
        found = security_group(call, group)
        if found is None:
            raise missing(GROUP, group, _DOING, _OPERATION)
        if found != vpc_of(subnet):
            message = f"Security group {group} and subnet {subnet.id} belong to different networks."
            raise refused(_DOING, _OPERATION, "InvalidParameterValue", message)


def _update(call: Call) -> None:
    doing = f"updating EC2 Network Interface ({call.id})"
    _refuse_groups(call, require(call, SUBNET, call.inputs["subnetId"], doing, "EC2: ModifyNetworkInterfaceAttribute"))


def _outputs(call: Call) -> Properties:
    subnet = call.cloud.get(SUBNET, text(call.inputs["subnetId"]))
    count = 1 + int(call.inputs.get("privateIpsCount") or 0)
    had = list(call.old.outputs.get("privateIps") or ()) if call.old is not None else []
    addresses = _wanted(call) or had or take(call, text(call.inputs["subnetId"]), count)
    digits = hashlib.sha256(call.id.encode()).hexdigest()
    vpc = call.cloud.get("aws:ec2/vpc:Vpc", vpc_of(subnet)) if subnet is not None else None
    default = [text(vpc.outputs.get("defaultSecurityGroupId"))] if vpc is not None else []
    return {
        **owned(call, "network-interface"),
        **given(call, "description", "outpostArn", sourceDestCheck=True, interfaceType="interface", attachments=[]),
        "securityGroups": call.inputs.get("securityGroups") or default,
        "privateIps": addresses,
        "privateIp": next(iter(addresses), ""),
        "privateIpsCount": len(addresses) - 1,
        "macAddress": ":".join(["02", *(digits[at : at + 2] for at in range(0, 10, 2))]),
        "privateDnsName": "",
    }


def _placed(record: Record) -> Iterator[Interface]:
    for address in record.outputs.get("privateIps") or ():
        yield Interface(subnet=record.outputs["subnetId"], groups=tuple(record.outputs.get("securityGroups") or ()), address=address, owner=record.id)


INTERFACES = {INTERFACE: _placed}

KINDS = (
    Kind(
        token=INTERFACE,
        identify=lambda call: hex_id("eni", call),
        outputs=_outputs,
        defaults=lambda _call: {"sourceDestCheck": True},
        check=_check,
        replaces=frozenset({"interfaceType", "subnetId"}),
        create=_create,
        update=_update,
    ),
)
"""An interface."""
