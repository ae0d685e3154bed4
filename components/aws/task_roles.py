"""The two roles of a task: what the service may do, and what starting it takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi import Input, Output
from pulumi_aws import cloudwatch, iam

from .._core.connection import Access, Grant, Principal
from .._core.later import later
from ..container_service import ContainerService, ContainerServiceArgs
from .access import RIGHTS, document, realise, role_name, statements
from .account import account_id, partition

ECR = re.compile(r"(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)(?:[:@].*)?")
"""An image in Amazon ECR: account, region, repository."""


def role(service: ContainerService, purpose: str) -> iam.Role:
    """A role that tasks of this account in this region can take, and nobody else."""
    site = service.site
    trust = account_id(service).apply(
        lambda account: document(
            [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": account},
                        "ArnLike": {"aws:SourceArn": f"arn:{partition(site)}:ecs:{site.region}:{account}:*"},
                    },
                }
            ]
        )
    )
    what = "may do" if purpose == "identity" else "takes to start"
    return iam.Role(
        service.logical(purpose),
        name=service.physical("role", "" if purpose == "identity" else purpose),
        description=f"What {service.component_name} of {site.application} ({site.stack}) {what}",
        assume_role_policy=trust,
        tags=service.labels(),
        opts=service.child(),
    )


def rights(service: ContainerService, args: ContainerServiceArgs, principal: Principal) -> list[pulumi.Resource]:
    """Exactly what the connections grant, on the task's role."""
    made: list[pulumi.Resource] = []
    for connection in args.connections:
        for grant in connection.grants:
            if RIGHTS[grant.kind, grant.access]:
                made += realise(service, _grant_role(grant), principal, grant)
    return made


def _grant_role(grant: Grant) -> str:
    """The first part of a grant's name: two prefixes of one store are two grants."""
    role = f"{grant.label}-{grant.access.value}"
    return f"{role}-{hashlib.sha256(grant.prefix.encode()).hexdigest()[:6]}" if grant.prefix else role


def starts(service: ContainerService, args: ContainerServiceArgs, execution: iam.Role, logs: cloudwatch.LogGroup) -> list[pulumi.Resource]:
    """On the execution role: reading each secret singly, pulling the one image, writing the one log group."""
    principal = Principal("execution", execution.arn)
    made: list[pulumi.Resource] = []
    for connection in args.connections:
        for variable, secret in connection.secrets.items():
            grant = Grant("secret", Access.READ, secret.target(service.site.project), connection.source)
            made += realise(service, f"reads-{variable.lower().replace('_', '-')}", principal, grant)
    policy = later(Output.all(args.image, logs.arn), lambda known: document(start_statements(known[0], known[1], partition(service.site))))
    made.append(
        iam.RolePolicy(
            service.logical("starts"),
            name=service.physical("role_policy", "starts"),
            role=role_name(principal),
            policy=policy,
            opts=service.child(),
        )
    )
    return made


def start_statements(image: str, log_group: str, words: str) -> list[dict[str, Any]]:
    """Writing to the log group, and pulling the image where it is in ECR: another registry asks for no right of AWS's."""
    found = ECR.fullmatch(image)
    writes = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{log_group}:*"]}
    if not found:
        return [writes]
    account, region, repository = found.groups()
    return [writes, *statements("registry", Access.PULL, {"repositories": f"arn:{words}:ecr:{region}:{account}:repository/{repository}"})]


def secret_value(name: str, version: str) -> str:
    """A secret as a container definition names it: the version that is current, or the one with this id."""
    return name if version == "latest" else f"{name}:::{version}"


def reading(args: ContainerServiceArgs) -> Sequence[tuple[str, Input[str]]]:
    """(variable, where its value is) of every secret, by name."""
    found = {
        variable: later(Output.all(secret.name, secret.version), lambda known: secret_value(known[0], known[1]))
        for connection in args.connections
        for variable, secret in connection.secrets.items()
    }
    return sorted(found.items())
