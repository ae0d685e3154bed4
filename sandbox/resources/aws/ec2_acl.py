"""Network ACLs, their rules, and the one that every VPC is born with."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Failure, Kind, Properties, Record
from . import arguments
from .addresses import SUBNET
from .ec2_network import ACL, ACL_ASSOCIATION, ACL_RULE, DEFAULT_ACL, VPC, missing, owned, require, vpc_of
from .formats import ACCOUNT, arn, check_tags, hex_id, kept, known, placed, refused, region, text
from .validators import exactly_one, ipv4_block, ipv6_block

_FIRST, _LAST = 1, 32766
"""Numbers that a rule may have (Amazon VPC, "Network ACL rules")."""
_MOST = 20
"""Rules of a network ACL in each direction, by its default quota."""
_PORTS = 65535
_NUMBERS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
_PROTOCOLS = 255
_WITH_PORTS = ("6", "17")


def _protocol(value: object) -> str:
    word = str(value).lower()
    return _NUMBERS.get(word, word)


def _check_protocol(path: str, value: object) -> Iterator[Failure]:
    number = _protocol(value)
    if known(value) and number != "-1" and not (number.isdigit() and int(number) <= _PROTOCOLS):
        yield Failure(path, f"unsupported NACL protocol: {value}")


def _check_rule(call: Call) -> Iterator[Failure]:
    yield from exactly_one(call, "cidrBlock", "ipv6CidrBlock")
    yield from ipv4_block("cidrBlock", call.inputs.get("cidrBlock"))
    yield from ipv6_block("ipv6CidrBlock", call.inputs.get("ipv6CidrBlock"))
    yield from _check_protocol("protocol", call.inputs.get("protocol"))
    action = call.inputs.get("ruleAction")
    if isinstance(action, str) and action.lower() not in {"allow", "deny"}:
        yield Failure("ruleAction", f'expected rule_action to be one of ["allow" "deny"], got {action}')


def _refuse_entry(entry: Properties, number: Any, doing: str, operation: str) -> None:
    """EC2's answer to a rule, inline or on its own, whose number or ports are none."""
    if not _FIRST <= number <= _LAST:
        message = f"Value ({int(number)}) for parameter ruleNumber is invalid. Rule number must be between {_FIRST} and {_LAST}."
        raise refused(doing, operation, "InvalidParameterValue", message)
    protocol, low, high = _protocol(entry.get("protocol")), entry.get("fromPort"), entry.get("toPort")
    if protocol in _WITH_PORTS:
        if low is None or high is None:
            raise refused(doing, operation, "MissingParameter", "The request must contain the parameter PortRange.From and PortRange.To")
        if not 0 <= low <= high <= _PORTS:
            raise refused(doing, operation, "InvalidParameterValue", f"Value ({int(low)}-{int(high)}) for parameter portRange is invalid. Invalid port range.")


def _refuse_rule(call: Call) -> None:
    acl, number, egress = call.inputs["networkAclId"], call.inputs["ruleNumber"], bool(call.inputs.get("egress"))
    doing = f"creating EC2 Network ACL ({acl}) Rule (egress: {str(egress).lower()})({int(number)})"
    operation = "EC2: CreateNetworkAclEntry"
    require(call, ACL, acl, doing, operation)
    _refuse_entry(call.inputs, number, doing, operation)
    others = list(_numbers(call, acl, egress=egress))
    if number in others:
        raise refused(doing, operation, "NetworkAclEntryAlreadyExists", f"The network acl entry identified by {int(number)} already exists.")
    if len(others) >= _MOST:
        raise refused(doing, operation, "NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.")


def _numbers(call: Call, acl: str, *, egress: bool) -> Iterator[Any]:
    """The rule numbers that are taken in one direction."""
    for rule in call.cloud.find(ACL_RULE, networkAclId=acl):
        if bool(rule.inputs.get("egress")) == egress:
            yield rule.inputs.get("ruleNumber")
    for type_ in (ACL, DEFAULT_ACL):
        whole = call.cloud.get(type_, acl)
        if whole is not None:
            yield from (entry.get("ruleNo") for entry in whole.inputs.get("egress" if egress else "ingress") or ())


def _rule_id(call: Call) -> str:
    _refuse_rule(call)
    number = _protocol(call.inputs.get("protocol"))
    egress = str(bool(call.inputs.get("egress"))).lower()
    whole = f"{call.inputs['networkAclId']}-{int(call.inputs['ruleNumber'])}-{egress}-{number}-"
    return f"nacl-{binascii.crc32(whole.encode())}"


_ARGUMENTS = {
    f"{way}.*.{name}": flaw
    for way in ("ingress", "egress")
    for name, flaw in (
        ("action", arguments.fitting(r"(?i)^(allow|deny)$", "must be allow or deny")),
        ("fromPort", arguments.between(0, 65535)),
        ("toPort", arguments.between(0, 65535)),
        ("ruleNo", arguments.between(1, 32766)),
    )
}


def _check_acl(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from arguments.check(call, _ARGUMENTS)
    for path in ("ingress", "egress"):
        entries = call.inputs.get(path)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if not isinstance(entry, dict):
                continue
            yield from _check_protocol(f"{path}[{index}].protocol", entry.get("protocol"))
            yield from ipv4_block(f"{path}[{index}].cidrBlock", entry.get("cidrBlock"))
            yield from ipv6_block(f"{path}[{index}].ipv6CidrBlock", entry.get("ipv6CidrBlock"))


def _refuse_inline(call: Call) -> None:
    for path in ("ingress", "egress"):
        seen: set[Any] = set()
        for entry in call.inputs.get(path) or ():
            number = entry.get("ruleNo")
            doing = f"creating EC2 Network ACL ({call.id}) Rule (egress: {'true' if path == 'egress' else 'false'})({int(number)})"
            _refuse_entry(entry, number, doing, "EC2: CreateNetworkAclEntry")
            if number in seen:
                message = f"The network acl entry identified by {int(number)} already exists."
                raise refused(doing, "EC2: CreateNetworkAclEntry", "NetworkAclEntryAlreadyExists", message)
            seen.add(number)


def _refuse_subnets(call: Call, vpc: str) -> None:
    doing, operation = f"creating EC2 Network ACL ({call.id}) Association", "EC2: ReplaceNetworkAclAssociation"
    for subnet in call.inputs.get("subnetIds") or ():
        _refuse_subnet(call, call.id, vpc, subnet, doing, operation)


def _refuse_subnet(call: Call, acl: str, vpc: str, subnet: str, doing: str, operation: str) -> None:
    if vpc_of(require(call, SUBNET, subnet, doing, operation)) != vpc:
        message = f"networkAcl {acl} and subnet {subnet} belong to different networks"
        raise refused(doing, operation, "InvalidParameterValue", message)


def _create_acl(call: Call) -> None:
    vpc = require(call, VPC, call.inputs.get("vpcId"), "creating EC2 Network ACL", "EC2: CreateNetworkAcl")
    _refuse_inline(call)
    _refuse_subnets(call, vpc.id)


def _update_acl(call: Call) -> None:
    _refuse_inline(call)
    _refuse_subnets(call, vpc_of(call.old) if call.old is not None else "")


def _acl_outputs(call: Call) -> Properties:
    return {**owned(call, "network-acl"), **{name: call.inputs.get(name) or [] for name in ("ingress", "egress", "subnetIds")}}


def _goes_with_acl(call: Call) -> Iterator[Record]:
    """The provider puts the subnets back on the default ACL before it deletes this one."""
    yield from call.cloud.find(ACL_ASSOCIATION, networkAclId=call.id)
    yield from call.cloud.find(ACL_RULE, networkAclId=call.id)


def _associate(call: Call) -> None:
    acl, subnet = text(call.inputs.get("networkAclId")), text(call.inputs.get("subnetId"))
    doing, operation = "creating EC2 Network ACL Association", "EC2: ReplaceNetworkAclAssociation"
    _refuse_subnet(call, acl, vpc_of(require(call, ACL, acl, doing, operation)), subnet, doing, operation)


def _default_vpc(call: Call) -> Record:
    id_ = text(call.inputs.get("defaultNetworkAclId"))
    found = next(iter(call.cloud.find(VPC, defaultNetworkAclId=id_)), None)
    if found is None:
        raise missing(ACL, id_, f"reading EC2 Default Network ACL ({id_})", "EC2: DescribeNetworkAcls")
    return found


def _adopt(call: Call) -> None:
    vpc = _default_vpc(call)
    _refuse_inline(call)
    _refuse_subnets(call, vpc.id)


def _default_outputs(call: Call) -> Properties:
    lists = {name: call.inputs.get(name) or [] for name in ("ingress", "egress", "subnetIds")}
    vpc = kept(call, "vpcId", lambda: _default_vpc(call).id)
    return {**placed(call), **lists, "arn": arn(call, "ec2", f"network-acl/{call.id}"), "ownerId": ACCOUNT, "vpcId": vpc}


KINDS = (
    Kind(
        token=ACL,
        identify=lambda call: hex_id("acl", call),
        outputs=_acl_outputs,
        check=_check_acl,
        replaces=frozenset({"vpcId"}),
        create=_create_acl,
        update=_update_acl,
        carries=_goes_with_acl,
    ),
    Kind(
        token=ACL_RULE,
        identify=_rule_id,
        outputs=lambda call: {"region": region(call)},
        defaults=lambda _call: {"egress": False},
        check=_check_rule,
        replaces=frozenset(
            {
                "cidrBlock",
                "egress",
                "fromPort",
                "icmpCode",
                "icmpType",
                "ipv6CidrBlock",
                "networkAclId",
                "protocol",
                "ruleAction",
                "ruleNumber",
                "toPort",
            }
        ),
    ),
    Kind(
        token=ACL_ASSOCIATION,
        identify=lambda call: hex_id("aclassoc", call),
        outputs=lambda call: {"region": region(call)},
        replaces=frozenset({"networkAclId", "subnetId"}),
        create=_associate,
    ),
    Kind(
        token=DEFAULT_ACL,
        identify=lambda call: text(call.inputs.get("defaultNetworkAclId")),
        outputs=_default_outputs,
        check=_check_acl,
        replaces=frozenset({"defaultNetworkAclId"}),
        adopts=lambda _call: True,
        create=_adopt,
        update=_update_acl,
    ),
)
"""Lists, rules, associations, and the adoption of the list that a VPC is born with: its delete leaves it there."""
