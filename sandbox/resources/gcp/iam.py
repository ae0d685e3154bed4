"""Grants on anything of Google's: members, bindings, their roles and conditions, and who exists to be granted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ...kind import Call, Failure, Kind, Properties, Reference, Refusal
from .names import digest, project, text

ACCOUNT = "gcp:serviceaccount/account:Account"
CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
CONDITION = frozenset({"condition", "condition.description", "condition.expression", "condition.title"})
"""A condition is part of a grant's identity: whatever of it changes makes another grant."""

_MEMBER = re.compile(
    r"^(?:allUsers|allAuthenticatedUsers|(?:user|group|domain|serviceAccount|principal|principalSet|projectOwner|projectEditor|projectViewer|iamMember):.+)$"
)
_ROLE = re.compile(r"^(?:roles/[\w.]+|projects/[^/]+/roles/[\w.]+|organizations/\d+/roles/[\w.]+)$")
_EMAIL = re.compile(r"^[^@]+@([^@]+)\.iam\.gserviceaccount\.com$")
_BASIC = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
_CLOSED = {
    "cloudsql": frozenset({"admin", "client", "editor", "instanceUser", "schemaViewer", "studioUser", "viewer"}),
    "dns": frozenset({"admin", "peer", "reader"}),
    "redis": frozenset({"admin", "dbConnectionUser", "editor", "viewer"}),
    "secretmanager": frozenset({"admin", "secretAccessor", "secretVersionAdder", "secretVersionManager", "viewer"}),
}
"""All roles of the services that have few (IAM, "Roles and permissions")."""
_ELSEWHERE = {
    "secretmanager": frozenset({"artifactregistry", "cloudkms", "cloudsql", "dns", "memorystore", "pubsub", "redis", "run", "storage"}),
    "artifactregistry": frozenset({"cloudkms", "cloudsql", "dns", "memorystore", "pubsub", "redis", "secretmanager", "storage"}),
    "kms": frozenset({"artifactregistry", "cloudsql", "dns", "memorystore", "pubsub", "redis", "run", "secretmanager", "storage"}),
    "storage": frozenset({"cloudkms", "cloudsql", "dns", "memorystore", "pubsub", "redis", "secretmanager"}),
}
"""Services whose roles hold no permission on a resource of this module."""
_FORM = 'The role name must be in the form "roles/{role}", "organizations/{organization_id}/roles/{role}", or "projects/{project_id}/roles/{role}".'


def account_missing(call: Call, email: str) -> bool:
    """Whether the address is that of a service account which a project of this cloud should hold and does not."""
    of = _EMAIL.match(email)
    if of is None:
        return False
    held = of[1] == call.config.get("project") or next(call.cloud.find(ACCOUNT, project=of[1]), None) is not None
    return held and next(call.cloud.find(ACCOUNT, email=email), None) is None


def refuse_grant(call: Call, target: str) -> None:
    """What Google refuses of a grant on the target (`project "acme"`): a member that is none or does not exist, a role that is none."""
    role = text(call.inputs.get("role"))
    failed = f"Error applying IAM policy for {target}: Error setting IAM policy for {target}: googleapi: Error 400: "
    if not _ROLE.match(role):
        raise Refusal(f"{failed}{_FORM}, badRequest")
    if _unsupported(call.type, role):
        raise Refusal(f"{failed}Role {role} is not supported for this resource., badRequest")
    owner = project(call) if call.inputs.get("project") or call.config.get("project") else ""
    if role.startswith(f"projects/{owner}/") and call.cloud.get(CUSTOM_ROLE, role) is None:
        raise Refusal(f"{failed}Role ({role}) does not exist in the resource's hierarchy., badRequest")
    if role in _BASIC and call.inputs.get("condition") is not None:
        raise Refusal(f"{failed}Conditions can't be set on primitive roles., badRequest")
    for member in call.inputs.get("members") or [call.inputs.get("member")]:
        _refuse_member(call, failed, text(member))


def _unsupported(token: str, role: str) -> bool:
    """Whether Google knows no such role, or none that says anything about this sort of resource."""
    service, _, name = role.removeprefix("roles/").partition(".")
    if not role.startswith("roles/") or name.lower().endswith("serviceagent"):
        return False
    module = token.split(":")[1].partition("/")[0]
    return (service in _CLOSED and name not in _CLOSED[service]) or service in _ELSEWHERE.get(module, ())


def _refuse_member(call: Call, failed: str, member: str) -> None:
    if not _MEMBER.match(member):
        raise Refusal(f"{failed}The member {member} is of an unknown type. Please set a valid type prefix for the member., badRequest")
    kind, _, email = member.partition(":")
    if kind in {"user", "group", "serviceAccount"} and "@" not in email and not email.startswith(f"{call.config.get('project')}.svc.id.goog["):
        raise Refusal(f"{failed}Invalid {kind} email address: {email}., badRequest")
    if kind == "serviceAccount" and account_missing(call, email):
        raise Refusal(f"{failed}Service account {email} does not exist., badRequest")
    if call.type.startswith("gcp:projects/") and kind in {"allUsers", "allAuthenticatedUsers"}:
        raise Refusal(f"{failed}Members of type {kind} are not allowed in the policy of a project., badRequest")


def _check(call: Call) -> Iterator[Failure]:
    members = call.inputs.get("members")
    for path, member in [("member", call.inputs.get("member")), *((f"members[{i}]", m) for i, m in enumerate(members if isinstance(members, list) else ()))]:
        if text(member).startswith("deleted:"):
            yield Failure(path, "Terraform does not support IAM members for deleted principals")


def grants(
    tokens: tuple[str, ...],
    resource: Callable[[Call], str],
    fields: frozenset[str],
    *,
    noun: str = "",
    references: tuple[Reference, ...] = (),
    api: str | None = None,
    places: Mapping[str, Callable[[Call], str]] | None = None,
    check: Callable[[Call], Iterator[Failure]] | None = None,
) -> Iterator[Kind]:
    """The IAMMember and IAMBinding kinds of one sort of resource.

    `resource` gives its id, `fields` the inputs that name it, `places` those of them that the provider fills in, `check` what it refuses of
    them, `noun` what the provider calls it in its errors where that does not follow from the token.
    """

    def refuse(call: Call) -> None:
        refuse_grant(call, f'{noun or _noun(call.type)} "{resource(call)}"')

    for token in tokens:
        single = token.rsplit(":", 1)[-1].upper().endswith("IAMMEMBER")
        yield Kind(
            token=token,
            identify=_identify(resource, single=single),
            outputs=_outputs(resource, places or {}),
            check=_with(check),
            replaces=fields | CONDITION | {"role"} | ({"member"} if single else frozenset()),
            adopts=lambda _call: True,
            references=references,
            api=api,
            create=refuse,
            update=refuse,
            volatile=frozenset({"etag"}),
            import_id=lambda id_, _config: id_.strip().replace(" ", "/"),
        )


def _noun(token: str) -> str:
    """`secretmanager secret` of `gcp:secretmanager/secretIamMember:SecretIamMember`."""
    module, _, name = token.split(":")[1].partition("/")
    return f"{module} {re.sub(r'I(?:AM|am)(?:Member|Binding)$', '', name).lower()}"


def _with(check: Callable[[Call], Iterator[Failure]] | None) -> Callable[[Call], Iterator[Failure]]:
    def both(call: Call) -> Iterator[Failure]:
        yield from _check(call)
        if check is not None:
            yield from check(call)

    return both


def _identify(resource: Callable[[Call], str], *, single: bool) -> Callable[[Call], str]:
    def identify(call: Call) -> str:
        parts = [resource(call), text(call.inputs.get("role")), *([text(call.inputs.get("member"))] if single else [])]
        condition = call.inputs.get("condition")
        return "/".join([*parts, text(condition.get("title"))] if isinstance(condition, dict) else parts)

    return identify


def _outputs(resource: Callable[[Call], str], places: Mapping[str, Callable[[Call], str]]) -> Callable[[Call], Properties]:
    def outputs(call: Call) -> Properties:
        return {**{name: where(call) for name, where in places.items()}, "etag": "BwY" + digest(resource(call), call.urn, call.inputs.get("members"))[:9]}

    return outputs
