"""Security groups, and the one that every VPC is born with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Record
from .addresses import with_group
from .ec2_network import DEFAULT_GROUP, EGRESS, GROUP, INGRESS, LEGACY_RULE, VPC, given, owned, require, violation
from .formats import check_tags, hex_id, kept, known, refused, region, text
from .validators import conflicts, ipv4_block, ipv6_block, length

_CHARACTERS = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
_ALLOWED = re.compile(r"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$")
_LONGEST = 255
_SUFFIX = 26
"""Characters that the provider puts behind a prefix."""
RULES = (INGRESS, EGRESS, LEGACY_RULE)


def refuse_words(path: str, value: object, doing: str, operation: str) -> None:
    """EC2's answer to a name or a description with other characters than it takes, or too many."""
    if isinstance(value, str) and (not _ALLOWED.match(value) or len(value) > _LONGEST):
        noun = {"name": "security group name", "description": "security group description"}.get(path, path)
        what = {"name": "names", "description": "descriptions"}.get(path, "descriptions")
        message = f"Invalid {noun}. Valid {what} are strings less than 256 characters from the following set:  {_CHARACTERS}"
        raise refused(doing, operation, "InvalidParameterValue", message)


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from length(call, "name", 0, _LONGEST)
    yield from length(call, "namePrefix", 0, _LONGEST - _SUFFIX)
    yield from length(call, "description", 0, _LONGEST)
    yield from conflicts(call, "name", "namePrefix")
    for path in ("name", "namePrefix"):
        if text(call.inputs.get(path)).startswith("sg-"):
            yield Failure(path, f"invalid value for {'name' if path == 'name' else 'name_prefix'} (cannot begin with sg-)")
    for path in ("ingress", "egress"):
        yield from check_inline(call, path)


def check_inline(call: Call, path: str) -> Iterator[Failure]:
    """What the provider says of rules written inside a group."""
    rules = call.inputs.get(path)
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        if not isinstance(rule, dict):
            continue
        for port in ("fromPort", "toPort"):
            if rule.get(port) is None:
                yield Failure(f"{path}[{index}].{port}", f"Missing required property '{path}[{index}].{port}'")
        everything = rule.get("protocol") in {"-1", "all"}
        for number, block in enumerate(rule.get("cidrBlocks") or ()):
            yield from ipv4_block(f"{path}[{index}].cidrBlocks[{number}]", block)
        for number, block in enumerate(rule.get("ipv6CidrBlocks") or ()):
            yield from ipv6_block(f"{path}[{index}].ipv6CidrBlocks[{number}]", block)
        ports = [rule.get("fromPort"), rule.get("toPort")]
        if everything and UNKNOWN not in ports and any(ports):
            reason = f"from_port ({ports[0]}) and to_port ({ports[1]}) must both be 0 to use the 'ALL' \"-1\" protocol!"
            yield Failure(f"{path}[{index}]", reason)


def _create(call: Call) -> None:
    name = text(call.inputs.get("name"))
    doing, operation = f"creating Security Group ({name})", "EC2: CreateSecurityGroup"
    if not known(call.inputs.get("vpcId")):
        message = "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."
        raise refused(doing, operation, "VPCIdNotSpecified", message)
    vpc = require(call, VPC, call.inputs["vpcId"], doing, operation)
    refuse_words("name", name, doing, operation)
    refuse_words("description", call.inputs.get("description"), doing, operation)
    if name.lower() == "default":
        raise refused(doing, operation, "InvalidParameterValue", "Cannot use reserved security group name: default")
    if any(call.cloud.find(GROUP, vpcId=vpc.id, name=name)):
        message = f"The security group '{name}' already exists for VPC '{vpc.id}'"
        raise refused(doing, operation, "InvalidGroup.Duplicate", message)
    _refuse_inline(call)


def _refuse_inline(call: Call) -> None:
    """EC2's answer to an inline rule that names a group which is not there."""
    from .ec2_group_rules import refuse_group

    for path, side in (("ingress", "Ingress"), ("egress", "Egress")):
        for rule in call.inputs.get(path) or ():
            doing, operation = f"updating Security Group ({call.id}) {path} rules", f"EC2: AuthorizeSecurityGroup{side}"
            refuse_words("rule description", rule.get("description"), doing, operation)
            for other in rule.get("securityGroups") or ():
                refuse_group(call, text(call.inputs.get("vpcId")), other, doing, operation)


def _outputs(call: Call) -> Properties:
    return {**owned(call, "security-group"), **given(call, "namePrefix"), **given(call, ingress=[], egress=[])}


def _delete(call: Call) -> None:
    others = (rule for type_ in RULES for rule in call.cloud.find(type_) if rule.inputs.get("securityGroupId") != call.id)
    named = (rule.inputs.get("referencedSecurityGroupId") or rule.inputs.get("sourceSecurityGroupId") for rule in others)
    inline = (one for group in call.cloud.find(GROUP) if group.id != call.id for path in ("ingress", "egress") for one in group.inputs.get(path) or ())
    if call.id in named or any(call.id in (rule.get("securityGroups") or ()) for rule in inline) or any(with_group(call.cloud, call.id)):
        words = f"resource {call.id} has a dependent object"
        raise violation(call, "deleting Security Group", "EC2: DeleteSecurityGroup", words)


def rules_of(call: Call) -> Iterator[Record]:
    """The rules that stand as resources of their own in a group."""
    for type_ in RULES:
        yield from call.cloud.find(type_, securityGroupId=call.id)


def _born(call: Call) -> str:
    """The id of the default group of the VPC that a program names."""
    vpc = require(call, VPC, call.inputs.get("vpcId"), "reading Default Security Group", "EC2: DescribeSecurityGroups")
    return text(vpc.outputs.get("defaultSecurityGroupId")) or hex_id("sg", call)


def _check_default(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    for path in ("ingress", "egress"):
        yield from check_inline(call, path)


def _adopt(call: Call) -> None:
    if not known(call.inputs.get("vpcId")):
        raise refused("reading Default Security Group", "EC2: DescribeSecurityGroups", "InvalidGroup.NotFound", "no default VPC in this region")


def _identify_default(call: Call) -> str:
    _adopt(call)
    return _born(call)


def _default_outputs(call: Call) -> Properties:
    return {
        **owned(call, "security-group"),
        **given(call, ingress=[], egress=[]),
        "name": "default",
        "namePrefix": "",
        "description": "default VPC security group",
        "vpcId": kept(call, "vpcId", lambda: call.inputs.get("vpcId")),
        "region": region(call),
    }


KINDS = (
    Kind(
        token=GROUP,
        identify=lambda call: hex_id("sg", call),
        outputs=_outputs,
        defaults=lambda _call: {"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        check=_check,
        replaces=frozenset({"description", "name", "namePrefix", "vpcId"}),
        name_limit=_LONGEST,
        lower_name=False,
        create=_create,
        update=_refuse_inline,
        delete=_delete,
        carries=rules_of,
    ),
    Kind(
        token=DEFAULT_GROUP,
        identify=_identify_default,
        outputs=_default_outputs,
        defaults=lambda _call: {"revokeRulesOnDelete": False},
        check=_check_default,
        replaces=frozenset({"vpcId"}),
        adopts=lambda _call: True,
    ),
)
"""A group, and the adoption of a VPC's default one: its rules are what the program says, and its delete leaves it in the VPC."""
