"""Policies: inside a role, on their own, attached; and identity providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .formats import ACCOUNT, check_tags, fresh, known, partition, refused, region, text
from .iam_grammar import identity_flaw
from .iam_names import POLICY, PROVIDER, check_name, check_path, iam_arn, unique_id
from .iam_roles import ATTACHMENT, ROLE_POLICY, no_such_role
from .iam_trust import ROLE
from .policies import check_json, size
from .policies import text as written
from .validators import is_arn, length

LARGEST_INLINE = 10240
"""Characters of all policies inside one role, white space not counted (IAM and STS quotas)."""
LARGEST_MANAGED = 6144
MOST_ATTACHED = 10
"""Managed policies on a role, by its default quota."""
_LONGEST = 128
_LONGEST_DESCRIPTION = 1000
_AWS_POLICY = re.compile(r"^arn:aws[a-z-]*:iam::aws:policy/(?P<path>([\w+=,.@-]+/)*)(?P<name>[\w+=,.@-]+)$")
_SERVICE_ROLE = frozenset(
    {
        "AmazonEC2ContainerServiceRole",
        "AmazonEC2ContainerServiceforEC2Role",
        "AmazonECSInfrastructureRolePolicyForVolumes",
        "AmazonECSTaskExecutionRolePolicy",
        "AmazonRDSEnhancedMonitoringRole",
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
    }
)
"""Policies of AWS's that lie under `service-role/`."""
_PLAIN = frozenset(
    {
        "AdministratorAccess",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonS3ReadOnlyAccess",
        "AmazonSSMManagedInstanceCore",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchAgentServerPolicy",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "SecretsManagerReadWrite",
    }
)
"""Policies of AWS's that lie at the top. All others of AWS's are taken at their word."""


def exists(call: Call, arn: str) -> bool:
    """Whether a managed policy is there: the program's own, or AWS's."""
    if call.cloud.get(POLICY, arn) is not None:
        return True
    found = _AWS_POLICY.match(arn)
    if found is None:
        return False
    path, name = found["path"], found["name"]
    return path == "service-role/" if name in _SERVICE_ROLE else path == "" if name in _PLAIN else True


def _check_inline(call: Call) -> Iterator[Failure]:
    yield from check_name(call, _LONGEST)
    yield from check_json("policy", "policy", call.inputs.get("policy"))


def _put_inline(call: Call) -> None:
    role, name = text(call.inputs.get("role")), text(call.inputs.get("name"))
    doing, operation = f"putting IAM Role ({role}) Policy ({name})", "IAM: PutRolePolicy"
    if not any(call.cloud.find(ROLE, name=role)):
        raise no_such_role(role, doing, operation)
    flaw = identity_flaw(call.inputs.get("policy"))
    if flaw is not None:
        raise refused(doing, operation, "MalformedPolicyDocument", flaw, typed=True)
    others = (size(record.inputs.get("policy")) for record in call.cloud.find(ROLE_POLICY, role=role) if record.outputs.get("name") != name)
    if sum(others) + size(call.inputs.get("policy")) > LARGEST_INLINE:
        message = f"Maximum policy size of {LARGEST_INLINE} bytes exceeded for role {role}"
        raise refused(doing, operation, "LimitExceeded", message, status=409, typed=True)


def _check_managed(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from check_name(call, _LONGEST)
    yield from check_path(call)
    yield from length(call, "description", 0, _LONGEST_DESCRIPTION)
    yield from check_json("policy", "policy", call.inputs.get("policy"))


def _managed_arn(call: Call) -> str:
    return iam_arn(call, "policy", text(call.inputs.get("name")))


def _refuse_document(call: Call, doing: str, operation: str) -> None:
    flaw = identity_flaw(call.inputs.get("policy"))
    if flaw is not None:
        raise refused(doing, operation, "MalformedPolicyDocument", flaw, typed=True)
    if size(call.inputs.get("policy")) > LARGEST_MANAGED:
        raise refused(doing, operation, "LimitExceeded", f"Cannot exceed quota for PolicySize: {LARGEST_MANAGED}", status=409, typed=True)


def _create_managed(call: Call) -> None:
    name = text(call.inputs.get("name"))
    doing, operation = f"creating IAM Policy ({name})", "IAM: CreatePolicy"
    if any(text(record.outputs.get("name")).lower() == name.lower() for record in call.cloud.find(POLICY)):
        words = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise refused(doing, operation, "EntityAlreadyExists", words, status=409, typed=True)
    _refuse_document(call, doing, operation)


def _update_managed(call: Call) -> None:
    _refuse_document(call, f"updating IAM Policy ({call.id})", "IAM: CreatePolicyVersion")


def _managed_outputs(call: Call) -> Properties:
    old = call.old.outputs if call.old is not None else {}
    return {
        "tagsAll": call.inputs.get("tags") or {},
        "arn": _managed_arn(call),
        "policy": written(call.inputs.get("policy")),
        "path": text(call.inputs.get("path")) or "/",
        "description": text(call.inputs.get("description")),
        "namePrefix": text(call.inputs.get("namePrefix")),
        "policyId": old.get("policyId") or unique_id("ANPA", call),
        "attachmentCount": sum(1 for _ in call.cloud.find(ATTACHMENT, policyArn=call.id)),
    }


def _delete_managed(call: Call) -> None:
    attached = any(call.cloud.find(ATTACHMENT, policyArn=call.id))
    named = any(call.id in (role.inputs.get("managedPolicyArns") or ()) for role in call.cloud.find(ROLE))
    if attached or named:
        words = "Cannot delete a policy attached to entities."
        raise refused(f"deleting IAM Policy ({call.id})", "IAM: DeletePolicy", "DeleteConflict", words, status=409, typed=True)


def _attach(call: Call) -> None:
    role, policy = text(call.inputs.get("role")), text(call.inputs.get("policyArn"))
    doing, operation = f"attaching IAM Policy ({policy}) to IAM Role ({role})", "IAM: AttachRolePolicy"
    if not any(call.cloud.find(ROLE, name=role)):
        raise no_such_role(role, doing, operation)
    if not exists(call, policy):
        raise refused(doing, operation, "NoSuchEntity", f"Policy {policy} does not exist or is not attachable.", status=404, typed=True)
    if sum(1 for _ in call.cloud.find(ATTACHMENT, role=role)) >= MOST_ATTACHED:
        raise refused(doing, operation, "LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}", status=409, typed=True)


def _check_provider(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    url = call.inputs.get("url")
    if known(url) and not re.match(r"^https://\S+$", str(url)):
        yield Failure("url", f'expected "url" to have a url with schema of: "https", got {url}')
    thumbprints = call.inputs.get("thumbprintLists")
    for index, value in enumerate(thumbprints if isinstance(thumbprints, list) else ()):
        if isinstance(value, str) and len(value) != 40:  # noqa: PLR2004 - a SHA-1 digest in hexadecimal digits
            yield Failure(f"thumbprintLists[{index}]", f"expected length of thumbprint_list.{index} to be in the range (40 - 40), got {value}")


def _provider_arn(call: Call) -> str:
    return f"arn:{partition(region(call))}:iam::{ACCOUNT}:oidc-provider/{text(call.inputs.get('url')).removeprefix('https://')}"


KINDS = (
    Kind(
        token=ROLE_POLICY,
        identify=lambda call: f"{call.inputs['role']}:{call.inputs['name']}",
        outputs=lambda call: {"namePrefix": text(call.inputs.get("namePrefix")), "policy": written(call.inputs.get("policy"))},
        check=_check_inline,
        replaces=frozenset({"name", "namePrefix", "role"}),
        name_limit=_LONGEST,
        lower_name=False,
        adopts=lambda _call: True,
        create=_put_inline,
        update=_put_inline,
    ),
    Kind(
        token=POLICY,
        identify=_managed_arn,
        outputs=_managed_outputs,
        defaults=lambda _call: {"path": "/"},
        check=_check_managed,
        replaces=frozenset({"description", "name", "namePrefix", "path"}),
        name_limit=_LONGEST,
        lower_name=False,
        taken=refused(
            "creating IAM Policy ({name})",
            "IAM: CreatePolicy",
            "EntityAlreadyExists",
            "A policy called {name} already exists. Duplicate names are not allowed.",
            status=409,
            typed=True,
        ).message,
        create=_create_managed,
        update=_update_managed,
        delete=_delete_managed,
    ),
    Kind(
        token=ATTACHMENT,
        identify=lambda call: f"{call.inputs['role']}-{fresh(call, 26)}",
        check=lambda call: is_arn(call, "policyArn"),
        replaces=frozenset({"policyArn", "role"}),
        unique=lambda call: (call.inputs.get("role"), call.inputs.get("policyArn")),
        adopts=lambda _call: True,
        create=_attach,
    ),
    Kind(
        token=PROVIDER,
        identify=_provider_arn,
        outputs=lambda call: {"tagsAll": call.inputs.get("tags") or {}, "arn": call.id, "thumbprintLists": call.inputs.get("thumbprintLists") or []},
        check=_check_provider,
        replaces=frozenset({"url"}),
        taken=refused(
            "creating IAM OIDC Provider",
            "IAM: CreateOpenIDConnectProvider",
            "EntityAlreadyExists",
            "Provider with url {url} already exists.",
            status=409,
            typed=True,
        ).message,
    ),
)
"""Policies and providers."""
