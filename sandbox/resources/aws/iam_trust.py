"""Whether a role lets a service, or anybody, assume it: asked by every service that is handed a role."""

from __future__ import annotations

from ...kind import Call, Cloud, Record
from .policies import allows, document

ROLE = "aws:iam/role:Role"
SERVICE_LINKED = "aws:iam/serviceLinkedRole:ServiceLinkedRole"


def role(cloud: Cloud, arn: str) -> Record | None:
    """The role of this ARN, or of this name."""
    for by in ("arn", "name"):
        found = next(iter(cloud.find(ROLE, **{by: arn})), None)
        if found is not None:
            return found
    return next(iter(cloud.find(SERVICE_LINKED, arn=arn)), None)


def trusts(call: Call, role_arn: str, service: str) -> bool:
    """Whether the role exists and its trust policy allows the service (`ecs-tasks.amazonaws.com`) to assume it.

    Where the answer is no, the service refuses in its own words: AWS tells no service whether the role is missing or does not trust it.
    """
    found = role(call.cloud, role_arn)
    if found is None:
        return False
    if found.type == SERVICE_LINKED:
        return found.inputs.get("awsServiceName") == service
    trust = document(found.inputs.get("assumeRolePolicy"))
    return trust is not None and allows(trust, "Service", service, "sts:AssumeRole")
