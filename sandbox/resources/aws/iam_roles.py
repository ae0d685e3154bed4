"""Roles, instance profiles and roles that AWS services make for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .formats import check_tags, kept, known, refused, text
from .iam_grammar import trust_flaw
from .iam_names import check_name, check_path, iam_arn, unique_id, unknown_principal
from .iam_trust import ROLE, SERVICE_LINKED
from .policies import check_json, document, principals, size, statements
from .policies import text as written
from .validators import between, is_arn, length, matches

PROFILE = "aws:iam/instanceProfile:InstanceProfile"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
LONGEST_ROLE = 64
LARGEST_TRUST = 2048
"""Characters of a trust policy by its default quota, white space not counted (IAM and STS quotas)."""
_LONGEST_DESCRIPTION = 1000
_DESCRIPTION = r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"
_SHORTEST_SESSION, _LONGEST_SESSION = 3600, 43200
"""Seconds."""
_LONGEST_PROFILE = 128


def _check_role(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from arguments.check(call, {"managedPolicyArns.*": arguments.an_arn})
    yield from check_name(call, LONGEST_ROLE)
    yield from check_path(call)
    yield from length(call, "description", 0, _LONGEST_DESCRIPTION)
    yield from matches(
        call,
        "description",
        r"^[\t\n\r\x20-\x7e\u00a1-\u00ff]*$",
        "must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
    )
    yield from between(call, "maxSessionDuration", _SHORTEST_SESSION, _LONGEST_SESSION)
    yield from is_arn(call, "permissionsBoundary")
    yield from check_json("assumeRolePolicy", "assume_role_policy", call.inputs.get("assumeRolePolicy"))


def _refuse_trust(call: Call, doing: str, operation: str) -> None:
    """IAM's answer to a trust policy that is none, is too long or names nobody that exists."""
    value = call.inputs.get("assumeRolePolicy")
    flaw = trust_flaw(value)
    if flaw is not None:
        raise refused(doing, operation, "MalformedPolicyDocument", flaw, typed=True)
    if size(value) > LARGEST_TRUST:
        raise refused(doing, operation, "LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {LARGEST_TRUST}", status=409, typed=True)
    for statement in statements(document(value) or {}):
        for kind in ("AWS", "Service"):
            for principal in principals(statement, kind):
                if unknown_principal(call, kind, principal):
                    words = f'Invalid principal in policy: "{kind.upper()}":"{principal}"'
                    raise refused(doing, operation, "MalformedPolicyDocument", words, typed=True)


def _create_role(call: Call) -> None:
    name = text(call.inputs.get("name"))
    doing, operation = f"creating IAM Role ({name})", "IAM: CreateRole"
    if _taken(call, ROLE, name) or any(call.cloud.find(SERVICE_LINKED, name=name)):
        raise refused(doing, operation, "EntityAlreadyExists", f"Role with name {name} already exists.", status=409, typed=True)
    _refuse_trust(call, doing, operation)
    _refuse_boundary(call, doing, operation)


def _refuse_boundary(call: Call, doing: str, operation: str) -> None:
    from .iam_policies import exists

    boundary = text(call.inputs.get("permissionsBoundary"))
    if boundary and not exists(call, boundary):
        raise refused(doing, operation, "NoSuchEntity", f"Scope ARN: {boundary} does not exist or is not attachable.", status=404, typed=True)


def _update_role(call: Call) -> None:
    _refuse_trust(call, f"updating IAM Role ({call.id}) assume role policy", "IAM: UpdateAssumeRolePolicy")
    _refuse_boundary(call, f"updating IAM Role ({call.id}) permissions boundary", "IAM: PutRolePermissionsBoundary")


def _taken(call: Call, type_: str, name: str) -> bool:
    """Names of IAM do not differ by case alone."""
    return any(text(record.outputs.get("name")).lower() == name.lower() for record in call.cloud.find(type_))


def _role_outputs(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    return {
        "tagsAll": call.inputs.get("tags") or {},
        "arn": iam_arn(call, "role", name),
        "assumeRolePolicy": written(call.inputs.get("assumeRolePolicy")),
        "uniqueId": kept(call, "uniqueId", lambda: unique_id("AROA", call)),
        "createDate": kept(call, "createDate", lambda: _second(call)),
        "path": text(call.inputs.get("path")) or "/",
        "maxSessionDuration": call.inputs.get("maxSessionDuration") or _SHORTEST_SESSION,
        "inlinePolicies": call.inputs.get("inlinePolicies") or [],
        "managedPolicyArns": call.inputs.get("managedPolicyArns") or [],
        "namePrefix": text(call.inputs.get("namePrefix")),
        "description": text(call.inputs.get("description")),
        "permissionsBoundary": text(call.inputs.get("permissionsBoundary")),
    }


def _second(call: Call) -> str:
    """IAM tells dates to the second."""
    return re.sub(r"\.\d+", "", call.cloud.now())


def _delete_role(call: Call) -> None:
    name = text(call.inputs.get("name"))
    doing, operation = f"deleting IAM Role ({name})", "IAM: DeleteRole"
    if call.inputs.get("forceDetachPolicies"):
        return
    own = {*(call.inputs.get("managedPolicyArns") or ())}
    if any(record.outputs.get("policyArn") not in own for record in call.cloud.find(ATTACHMENT, role=name)):
        raise refused(doing, operation, "DeleteConflict", "Cannot delete entity, must detach all policies first.", status=409, typed=True)
    if any(call.cloud.find(ROLE_POLICY, role=name)):
        raise refused(doing, operation, "DeleteConflict", "Cannot delete entity, must delete policies first.", status=409, typed=True)


def _goes_with_role(call: Call) -> Iterator[Record]:
    """With `forceDetachPolicies` the provider takes every policy away first."""
    for type_ in (ATTACHMENT, ROLE_POLICY) if call.inputs.get("forceDetachPolicies") else ():
        yield from call.cloud.find(type_, role=call.inputs.get("name"))


def _check_profile(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from check_name(call, _LONGEST_PROFILE)
    yield from check_path(call)


def _create_profile(call: Call) -> None:
    name = text(call.inputs.get("name"))
    if _taken(call, PROFILE, name):
        doing = f"creating IAM Instance Profile ({name})"
        words = f"Instance Profile {name} already exists."
        raise refused(doing, "IAM: CreateInstanceProfile", "EntityAlreadyExists", words, status=409, typed=True)
    _refuse_role_of_profile(call)


def _refuse_role_of_profile(call: Call) -> None:
    role, name = text(call.inputs.get("role")), text(call.inputs.get("name"))
    if role and not any(call.cloud.find(ROLE, name=role)):
        doing = f"adding IAM Role ({role}) to IAM Instance Profile ({name})"
        raise no_such_role(role, doing, "IAM: AddRoleToInstanceProfile")


def no_such_role(name: str, doing: str, operation: str) -> Refusal:
    """IAM's answer where no role has this name."""
    return refused(doing, operation, "NoSuchEntity", f"The role with name {name} cannot be found.", status=404, typed=True)


def _profile_outputs(call: Call) -> Properties:
    return {
        "tagsAll": call.inputs.get("tags") or {},
        "arn": iam_arn(call, "instance-profile", text(call.inputs.get("name"))),
        "uniqueId": kept(call, "uniqueId", lambda: unique_id("AIPA", call)),
        "createDate": kept(call, "createDate", lambda: _second(call)),
        "path": text(call.inputs.get("path")) or "/",
        "namePrefix": text(call.inputs.get("namePrefix")),
    }


def _linked_name(call: Call) -> str:
    """`AWSServiceRoleForECS` for ecs.amazonaws.com: made up of the service's name where AWS's own spelling is not known."""
    service = text(call.inputs.get("awsServiceName"))
    first = service.split(".", maxsplit=1)[0]
    known_names = {
        "ecs": "ECS",
        "rds": "RDS",
        "elasticache": "ElastiCache",
        "elasticloadbalancing": "ElasticLoadBalancing",
        "ecs.application-autoscaling": "ApplicationAutoScaling_ECSService",
    }
    whole = service.removesuffix(".amazonaws.com")
    name = known_names.get(whole) or known_names.get(first) or "".join(part.capitalize() for part in re.split(r"[.-]", whole))
    suffix = text(call.inputs.get("customSuffix"))
    return f"AWSServiceRoleFor{name}{'_' + suffix if suffix else ''}"


def _linked_arn(call: Call) -> str:
    service = text(call.inputs.get("awsServiceName"))
    return iam_arn(call, "role", f"aws-service-role/{service}/{_linked_name(call)}")


def _linked_id(call: Call) -> str:
    arn, name = _linked_arn(call), _linked_name(call)
    if call.cloud.get(SERVICE_LINKED, arn) is not None:
        doing, operation = f"creating IAM Service Linked Role ({call.inputs['awsServiceName']})", "IAM: CreateServiceLinkedRole"
        words = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise refused(doing, operation, "InvalidInput", words, typed=True)
    return arn


def _check_linked(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    value = call.inputs.get("awsServiceName")
    if known(value) and not re.search(r"\.", str(value)):
        yield Failure("awsServiceName", "must be a full service hostname e.g. elasticbeanstalk.amazonaws.com")
    yield from length(call, "customSuffix", 0, 64)


def _linked_outputs(call: Call) -> Properties:
    service = text(call.inputs.get("awsServiceName"))
    return {
        "tagsAll": call.inputs.get("tags") or {},
        "arn": _linked_arn(call),
        "name": _linked_name(call),
        "path": f"/aws-service-role/{service}/",
        "uniqueId": kept(call, "uniqueId", lambda: unique_id("AROA", call)),
        "createDate": kept(call, "createDate", lambda: _second(call)),
    }


_ROLE_TAKEN = refused("creating IAM Role ({name})", "IAM: CreateRole", "EntityAlreadyExists", "Role with name {name} already exists.", status=409, typed=True)

KINDS = (
    Kind(
        token=ROLE,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_role_outputs,
        defaults=lambda _call: {"forceDetachPolicies": False, "maxSessionDuration": _SHORTEST_SESSION, "path": "/"},
        check=_check_role,
        replaces=frozenset({"name", "namePrefix", "path"}),
        name_limit=LONGEST_ROLE,
        lower_name=False,
        taken=refused(
            "creating IAM Role ({name})", "IAM: CreateRole", "EntityAlreadyExists", "Role with name {name} already exists.", status=409, typed=True
        ).message,
        create=_create_role,
        update=_update_role,
        delete=_delete_role,
        carries=_goes_with_role,
    ),
    Kind(
        token=PROFILE,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_profile_outputs,
        defaults=lambda _call: {"path": "/"},
        check=_check_profile,
        replaces=frozenset({"name", "namePrefix", "path"}),
        name_limit=_LONGEST_PROFILE,
        lower_name=False,
        taken=refused(
            "creating IAM Instance Profile ({name})",
            "IAM: CreateInstanceProfile",
            "EntityAlreadyExists",
            "Instance Profile {name} already exists.",
            status=409,
            typed=True,
        ).message,
        create=_create_profile,
        update=_refuse_role_of_profile,
    ),
    Kind(
        token=SERVICE_LINKED,
        identify=_linked_id,
        outputs=_linked_outputs,
        check=_check_linked,
        replaces=frozenset({"awsServiceName", "customSuffix"}),
    ),
)
"""Roles of every sort."""
