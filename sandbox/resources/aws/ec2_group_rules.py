"""Rules of security groups: one resource a rule, of the present kinds and of the older one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Record
from .ec2_groups import RULES, refuse_words
from .ec2_network import EGRESS, GROUP, INGRESS, LEGACY_RULE, ec2_arn, missing, peered, require, security_group, vpc_of
from .formats import check_tags, hex_id, known, placed, refused, region, text
from .validators import between, conflicts, ipv4_block, ipv6_block, one_of, said, snake

MOST = 60
"""Rules of a group in each direction, by its default quota (Amazon VPC quotas)."""
_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"}
_NAMES = {"tcp", "udp", "icmp", "icmpv6"}
_HIGHEST = 65535
_PROTOCOLS = 255


def _protocol(value: object) -> str:
    word = str(value).lower()
    return _NUMBERS.get(word, word)


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    given, every = said(call, *_SOURCES), ",".join(snake(path) for path in _SOURCES)
    if len(given) != 1:
        yield Failure(given[0] if given else _SOURCES[0], f"Exactly one of these attributes must be configured: [{every}]")
    yield from ipv4_block("cidrIpv4", call.inputs.get("cidrIpv4"))
    yield from ipv6_block("cidrIpv6", call.inputs.get("cidrIpv6"))
    for path in ("fromPort", "toPort"):
        yield from between(call, path, -1, _HIGHEST)
        if _protocol(call.inputs.get("ipProtocol")) == "-1" and known(call.inputs.get(path)) and call.inputs[path] != -1:
            yield Failure(path, f"{snake(path)} should not be defined where ip_protocol is -1: EC2 drops it, and every later plan shows a change")


def _side(call: Call) -> str:
    return "Egress" if call.type == EGRESS or call.inputs.get("type") == "egress" else "Ingress"


def refuse_group(call: Call, vpc: str, other: str, doing: str, operation: str) -> None:
    """EC2's answer to a rule that names a group which is not there, or is in a network that is not joined to this one."""
    found = security_group(call, other)
    if found is None:
        raise missing(GROUP, other, doing, operation)
    if not peered(call.cloud, vpc, found):
        raise refused(doing, operation, "InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")


def _doing(call: Call) -> tuple[str, str]:
    side = _side(call)
    if call.old is not None and call.type != LEGACY_RULE:
        return f"updating VPC Security Group Rule ({call.id})", "EC2: ModifySecurityGroupRules"
    doing = f"authorizing Security Group ({call.inputs['securityGroupId']}) Rule" if call.type == LEGACY_RULE else "creating VPC Security Group Rule"
    return doing, f"EC2: AuthorizeSecurityGroup{side}"


def _refuse(call: Call) -> None:
    doing, operation = _doing(call)
    group = require(call, GROUP, call.inputs["securityGroupId"], doing, operation)
    refuse_words("rule description", call.inputs.get("description"), doing, operation)
    protocol = _protocol(call.inputs.get("ipProtocol", call.inputs.get("protocol")))
    _refuse_protocol(protocol, doing, operation)
    _refuse_ports(call, protocol, doing, operation)
    other = text(call.inputs.get("referencedSecurityGroupId") or call.inputs.get("sourceSecurityGroupId")).rsplit("/", 1)[-1]
    if other:
        refuse_group(call, vpc_of(group), other, doing, operation)
    _refuse_lists(call, doing, operation)
    _refuse_more(call, doing, operation)


def _refuse_protocol(protocol: str, doing: str, operation: str) -> None:
    number = protocol.isdigit() and int(protocol) <= _PROTOCOLS
    if protocol not in _NAMES and protocol != "-1" and not number:
        message = f"Invalid value '{protocol}' for IP protocol. Unknown protocol."
        raise refused(doing, operation, "InvalidParameterValue", message)


def _refuse_ports(call: Call, protocol: str, doing: str, operation: str) -> None:
    low, high = call.inputs.get("fromPort"), call.inputs.get("toPort")
    if protocol in {"tcp", "udp"}:
        if low is None or high is None:
            message = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."
            raise refused(doing, operation, "InvalidParameterValue", message)
        if not 0 <= low <= high:
            message = f"Invalid {protocol.upper()} port range ({int(low)}:{int(high)})"
            raise refused(doing, operation, "InvalidParameterValue", message)


def _refuse_lists(call: Call, doing: str, operation: str) -> None:
    from .ec2_services import prefix_list

    for id_ in [call.inputs.get("prefixListId"), *(call.inputs.get("prefixListIds") or ())]:
        if id_ and prefix_list(call, id_) is None:
            raise refused(doing, operation, "InvalidPrefixListID.NotFound", f"The prefix list ID '{id_}' does not exist")


def _peers(inputs: Properties) -> frozenset[tuple[str, Any]]:
    """What a rule is about, one pair a peer."""
    found = [(path, inputs[path]) for path in _SOURCES if inputs.get(path)]
    found += [("cidrIpv4", one) for one in inputs.get("cidrBlocks") or ()]
    found += [("cidrIpv6", one) for one in inputs.get("ipv6CidrBlocks") or ()]
    found += [("prefixListId", one) for one in inputs.get("prefixListIds") or ()]
    if inputs.get("sourceSecurityGroupId"):
        found.append(("referencedSecurityGroupId", inputs["sourceSecurityGroupId"]))
    if inputs.get("self"):
        found.append(("referencedSecurityGroupId", inputs["securityGroupId"]))
    return frozenset(found)


def _traffic(inputs: Properties) -> tuple[Any, ...]:
    protocol = _protocol(inputs.get("ipProtocol", inputs.get("protocol")))
    return (protocol, *((None, None) if protocol == "-1" else (inputs.get("fromPort"), inputs.get("toPort"))))


def _standing(call: Call) -> Iterator[Record]:
    """The other rules of the group in the same direction."""
    for type_ in RULES:
        for record in call.cloud.find(type_, securityGroupId=call.inputs["securityGroupId"]):
            egress = record.type == EGRESS or record.inputs.get("type") == "egress"
            if egress == (_side(call) == "Egress") and not (call.old is not None and record.type == call.type and record.id == call.old.id):
                yield record


def _refuse_more(call: Call, doing: str, operation: str) -> None:
    mine, traffic, count = _peers(call.inputs), _traffic(call.inputs), 0
    for other in _standing(call):
        theirs = _peers(other.inputs)
        count += len(theirs)
        same = sorted(mine & theirs, key=str)
        if same and _traffic(other.inputs) == traffic:
            raise refused(doing, operation, "InvalidPermission.Duplicate", f'the specified rule "{_shown(same[0][1], traffic)}" already exists')
    if count + len(mine) > MOST:
        raise refused(doing, operation, "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")


def _shown(peer: str, traffic: tuple[Any, ...]) -> str:
    """A rule as EC2 tells it: `peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW`."""
    protocol, low, high = traffic
    if protocol == "-1":
        return f"peer: {peer}, ALL, ALLOW"
    ports = f", from port: {int(low)}, to port: {int(high)}" if low is not None and high is not None else ""
    return f"peer: {peer}, {protocol.upper()}{ports}, ALLOW"


def _outputs(call: Call) -> Properties:
    return {**placed(call), "arn": ec2_arn(call, "security-group-rule"), "securityGroupRuleId": call.id}


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """A rule keeps the sort of its source: "When you modify a rule, you cannot change the rule's source type"."""
    before, after = ({path for path in _SOURCES if known(inputs.get(path)) or inputs.get(path) is UNKNOWN} for inputs in (old, new))
    return frozenset(before | after) if before != after else frozenset()


def _check_legacy(call: Call) -> Iterator[Failure]:
    yield from one_of(call, "type", ("ingress", "egress"))
    for path in ("fromPort", "toPort"):
        yield from between(call, path, -1, _HIGHEST)
    for path, check in (("cidrBlocks", ipv4_block), ("ipv6CidrBlocks", ipv6_block)):
        values = call.inputs.get(path)
        for index, value in enumerate(values if isinstance(values, list) else ()):
            yield from check(f"{path}[{index}]", value)
    peers = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self", "sourceSecurityGroupId")
    if not said(call, *peers):
        every = ",".join(snake(path) for path in peers)
        yield Failure("cidrBlocks", f'"cidr_blocks": one of `{every}` must be specified')
    yield from conflicts(call, "self", "cidrBlocks", "ipv6CidrBlocks", "sourceSecurityGroupId")
    yield from conflicts(call, "sourceSecurityGroupId", "cidrBlocks", "ipv6CidrBlocks")
    everything = _protocol(call.inputs.get("protocol")) == "-1"
    if everything and any(known(call.inputs.get(path)) and call.inputs[path] > 0 for path in ("fromPort", "toPort")):
        yield Failure("fromPort", "from_port and to_port must both be 0 to use the 'ALL' \"-1\" protocol!")


_LEGACY_FIXED = ("type", "fromPort", "toPort", "protocol", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroupId", "self", "sourceSecurityGroupId")

KINDS = (
    *(
        Kind(
            token=token,
            identify=lambda call: hex_id("sgr", call),
            outputs=_outputs,
            check=_check,
            replaces=frozenset({"securityGroupId"}),
            replaces_on=_replaces_on,
            create=_refuse,
            update=_refuse,
        )
        for token in (INGRESS, EGRESS)
    ),
    Kind(
        token=LEGACY_RULE,
        identify=lambda call: hex_id("sgrule", call),
        outputs=lambda call: {
            "region": region(call),
            "securityGroupRuleId": hex_id("sgr", call) if call.old is None else call.old.outputs["securityGroupRuleId"],
        },
        check=_check_legacy,
        replaces=frozenset(_LEGACY_FIXED),
        create=_refuse,
        update=_refuse,
    ),
)
"""Rules as resources."""
