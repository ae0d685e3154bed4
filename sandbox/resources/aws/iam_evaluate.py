"""Whether a role may do something: its inline and attached policies, boundaries and explicit denials, as IAM evaluates them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from ...kind import Call, Record
from .formats import text
from .iam_trust import role
from .policies import document, listed, statements

_INLINE = "aws:iam/rolePolicy:RolePolicy"
_ATTACHMENTS = ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/policyAttachment:PolicyAttachment")
_POLICY = "aws:iam/policy:Policy"
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
MANAGED: dict[str, tuple[str, ...]] = {
    "service-role/AmazonECSTaskExecutionRolePolicy": (
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ),
    "service-role/AWSLambdaBasicExecutionRole": _LOGS,
    "service-role/AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_INTERFACES),
    "service-role/AWSLambdaENIManagementAccess": _INTERFACES,
    "AdministratorAccess": ("*",),
    "AmazonEC2ContainerRegistryReadOnly": (
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
    ),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
    "CloudWatchLogsFullAccess": ("logs:*",),
}
"""What AWS's own policies of interest here allow on every resource (AWS Managed Policy Reference Guide)."""


def allows(call: Call, role_arn: str, action: str, resource: str) -> bool:
    """Whether an identity policy of the role allows the action on the resource and none denies it, within the role's boundary."""
    principal = role(call.cloud, role_arn)
    if principal is None:
        return False
    verdicts = {effect for statement in _statements(call, principal) for effect in _effect(statement, action, resource)}
    if "Deny" in verdicts or "Allow" not in verdicts:
        return False
    boundary = text(principal.outputs.get("permissionsBoundary"))
    if not boundary:
        return True
    limits = {effect for statement in _managed(call, boundary) for effect in _effect(statement, action, resource)}
    return "Allow" in limits and "Deny" not in limits


def permits(policy: object, action: str, resource: str, *, unmet: Callable[[dict[str, Any]], bool]) -> bool:
    """Whether a policy that stands by itself, as an endpoint's does, allows the action; a statement whose condition is known to be unmet says nothing."""
    verdicts = {effect for statement in _read(policy) if not unmet(statement) for effect in _effect(statement, action, resource)}
    return "Allow" in verdicts and "Deny" not in verdicts


def _effect(statement: dict[str, Any], action: str, resource: str) -> Iterator[str]:
    """The statement's effect where it speaks of this action and this resource; conditions are taken for met, except in a denial."""
    if statement.get("Condition") and statement.get("Effect") == "Deny":
        return
    if _covered(statement, "Action", action, fold=True) and _covered(statement, "Resource", resource, fold=False):
        yield str(statement.get("Effect"))


def _covered(statement: dict[str, Any], element: str, value: str, *, fold: bool) -> bool:
    without = f"Not{element}"
    if without in statement:
        return not any(_like(pattern, value, fold=fold) for pattern in listed(statement[without]))
    return any(_like(pattern, value, fold=fold) for pattern in listed(statement.get(element)))


def _like(pattern: object, value: str, *, fold: bool) -> bool:
    """Whether a policy's pattern, where `*` is any text and `?` any character, covers the value; actions without regard to case."""
    shown = text(pattern).replace("[", "[[]")
    return fnmatchcase(value.lower(), shown.lower()) if fold else fnmatchcase(value, shown)


def _statements(call: Call, principal: Record) -> Iterator[dict[str, Any]]:
    names = {principal.id, text(principal.outputs.get("name")), text(principal.outputs.get("arn"))}
    for inline in call.cloud.find(_INLINE):
        if inline.outputs.get("role") in names:
            yield from _read(inline.outputs.get("policy"))
    for given in principal.inputs.get("inlinePolicies") or ():
        yield from _read(given.get("policy"))
    attached = [arn for arn in principal.inputs.get("managedPolicyArns") or () if isinstance(arn, str)]
    for type_ in _ATTACHMENTS:
        for attachment in call.cloud.find(type_):
            roles = attachment.outputs.get("roles") or [attachment.outputs.get("role")]
            if names.intersection(roles):
                attached.append(text(attachment.outputs.get("policyArn")))
    for arn in dict.fromkeys(attached):
        yield from _managed(call, arn)


def _managed(call: Call, arn: str) -> Iterator[dict[str, Any]]:
    own = next(call.cloud.find(_POLICY, arn=arn), None)
    if own is not None:
        yield from _read(own.outputs.get("policy"))
    elif ":iam::aws:policy/" in arn:
        yield {"Effect": "Allow", "Action": list(MANAGED.get(arn.partition(":policy/")[2], ())), "Resource": "*"}


def _read(policy: object) -> list[dict[str, Any]]:
    parsed = document(policy)
    return statements(parsed) if parsed is not None else []
