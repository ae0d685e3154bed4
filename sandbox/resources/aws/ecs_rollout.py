"""Whether the tasks of a service could start and stay: roles, secrets, images, log groups, addresses and ways, as Fargate finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Record, Refusal
from .addresses import free
from .compute_checks import block, items
from .ecs_cluster import cluster
from .ecs_service_rules import runs_on_fargate
from .ecs_task_definition import containers, task_definition
from .formats import ACCOUNT, arn, region, text
from .iam_evaluate import allows
from .reachability_tasks import asked, barred, copied, resolved, shut, unhealthy

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type's name
_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
_PARAMETER = "aws:ssm/parameter:Parameter"
_KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY = "aws:ecr/repository:Repository"
_SECRET_ARN = re.compile(r"^(arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[^:]+)(?::([^:]*):([^:]*):([^:]*))?$")
_IMAGE = re.compile(r"^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")
_PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
_CHECK = ". Please check your task network configuration."


def steady(call: Call) -> None:
    """Raises what the provider's waiter says where the service was to wait for a rollout that cannot succeed."""
    if call.inputs.get("waitForSteadyState") is not True or _wanted(call) == 0:
        return
    why = next(stopped(call), None)
    if why is None:
        return
    verb, id_ = ("create", call.id) if call.old is None else ("update", call.old.id)
    breaker = block(call.inputs.get("deploymentCircuitBreaker"))
    if breaker.get("enable") is True and breaker.get("rollback") is True:
        said = "Service deployment rolled back because the circuit breaker threshold was exceeded."
    elif breaker.get("enable") is True:
        said = "Service deployment failed because the circuit breaker threshold was exceeded."
    else:
        said = "timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s)"
    message = f"waiting for ECS Service ({id_}) {verb}: {said} The last stopped task says: {why}"
    raise Refusal(message)


def _wanted(call: Call) -> int:
    said = call.inputs.get("desiredCount")
    count = said if said is not None else call.old.outputs.get("desiredCount") if call.old is not None else 0
    return count if isinstance(count, int) else 0


def stopped(call: Call) -> Iterator[str]:
    """Why a task of the service would stop before its containers run, as `stoppedReason` says it."""
    revision, home = task_definition(call, call.inputs.get("taskDefinition")), cluster(call, call.inputs.get("cluster"))
    if revision is None or home is None or not runs_on_fargate(call, home):
        return
    yield from _addresses(call)
    role = text(revision.outputs.get("executionRoleArn"))
    for container in containers(revision):
        for one in items(container.get("secrets")):
            yield from _secret(call, role, text(one.get("valueFrom")))
        yield from _image(call, role, text(container.get("image")))
        yield from _logs(call, role, block(container.get("logConfiguration")))
    yield from unhealthy(call)


def _addresses(call: Call) -> Iterator[str]:
    subnets = [text(one) for one in items(block(call.inputs.get("networkConfiguration")).get("subnets"))]
    more = _wanted(call) if call.old is None else 1
    if sum(free(call.cloud, subnet) for subnet in subnets) < more:
        yield (
            "ResourceInitializationError: failed to provision the network interface: InsufficientFreeAddressesInSubnet: "
            "The specified subnet does not have enough free addresses to satisfy the request."
        )


def _denied(call: Call, role: str, asked_of: tuple[str, str], action: str, resource: str) -> Iterator[str]:
    """What a service of AWS, `(endpoint service, region)`, says where the role's policies or the endpoint's do not allow the action."""
    kind = "identity-based" if not allows(call, role, action, resource) else "VPC endpoint" if shut(call, *asked_of, action, resource) else ""
    if not kind:
        return
    named = role.rpartition("/")[2]
    yield (
        f"AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/{named}/task is not authorized to perform: {action} on resource: {resource} "
        f"because no {kind} policy allows the {action} action"
    )


def _secret(call: Call, role: str, value: str) -> Iterator[str]:
    found = _SECRET_ARN.match(value)
    if found is None:
        yield from _parameter(call, role, value)
        return
    where = f"{_PULL}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {value} from secrets manager: "
    record = next(call.cloud.find(SECRET, arn=found[1]), None)
    service = ("secretsmanager", found[1].split(":")[3])
    yield from (f"{where}{why}{_CHECK}" for why in asked(call, *service))
    yield from (where + why for why in _denied(call, role, service, "secretsmanager:GetSecretValue", found[1]))
    if record is None:
        yield where + "ResourceNotFoundException: Secrets Manager can't find the specified secret."
    else:
        yield from (where + why for why in _version(call, record, found[3] or ("" if found[4] else "AWSCURRENT")))
        yield from (where + why for why in _key(call, role, record))


def _version(call: Call, secret: Record, stage: str) -> Iterator[str]:
    """The version of a staging label; a secret with a rotation or a managed value holds one of its own."""
    if stage != "AWSCURRENT" or secret.outputs.get("owningService"):
        return
    names = {secret.id, text(secret.outputs.get("arn")), text(secret.outputs.get("name"))}
    if not any(version.outputs.get("secretId") in names for version in call.cloud.find(_VERSION)):
        yield f"ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: {stage}"


def _key(call: Call, role: str, secret: Record) -> Iterator[str]:
    """A secret under a customer's key asks for the right to decrypt with that key."""
    named = text(secret.outputs.get("kmsKeyId"))
    key = next((one for one in call.cloud.find(_KEY) if named and named in {one.id, one.outputs.get("arn"), one.outputs.get("keyId")}), None)
    if key is not None and not allows(call, role, "kms:Decrypt", text(key.outputs.get("arn"))):
        yield "AccessDeniedException: Access to KMS is not allowed"


def _parameter(call: Call, role: str, value: str) -> Iterator[str]:
    name = value.rpartition(":parameter")[2] if value.startswith("arn:") else value
    where = f"{_PULL}unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
    resource = value if value.startswith("arn:") else arn(call, "ssm", f"parameter/{value.lstrip('/')}")
    service = ("ssm", resource.split(":")[3])
    yield from (f"{where}{why}{_CHECK}" for why in asked(call, *service))
    yield from (where + why for why in _denied(call, role, service, "ssm:GetParameters", resource))
    if not any(one.outputs.get("name") in {name, name.lstrip("/"), f"/{name.lstrip('/')}"} for one in call.cloud.find(_PARAMETER)):
        yield f"{where}invalid ssm parameters: {name}"


def _image(call: Call, role: str, image: str) -> Iterator[str]:
    found = _IMAGE.match(image)
    failed = f"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: "
    if found is None:
        yield from (failed + why for why in resolved(call, image))
        return
    where = f"{_PULL}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
    yield from (f"{where}{why}{_CHECK}" for why in asked(call, "ecr.api", found[2]))
    yield from (where + why for why in _denied(call, role, ("ecr.api", found[2]), "ecr:GetAuthorizationToken", "*"))
    yield from (failed + why for why in resolved(call, image, found[2]))
    repository = f"arn:aws:ecr:{found[2]}:{found[1]}:repository/{found[3]}"
    pulled = f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: "
    for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
        yield from (pulled + why for why in _denied(call, role, ("ecr.dkr", found[2]), action, repository))
    if found[1] == ACCOUNT and not any(call.cloud.find(REPOSITORY, name=found[3])):
        yield f"{pulled}The repository with name '{found[3]}' does not exist in the registry with id '{found[1]}'"
    yield from (f"CannotPullContainerError: ref pull has been retried 5 time(s): {why}" for why in (*copied(call, found[2]), *barred(call, found[2])))


def _logs(call: Call, role: str, logs: dict[str, Any]) -> Iterator[str]:
    if logs.get("logDriver") != "awslogs":
        return
    options = block(logs.get("options"))
    group, where = text(options.get("awslogs-group")), text(options.get("awslogs-region")) or region(call)
    failed = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: "
    resource = f"arn:aws:logs:{where}:{ACCOUNT}:log-group:{group}"
    yield from (f"{failed}{why} : exit status 1" for why in asked(call, "logs", where))
    if not any(one.outputs.get("region") in {where, None} for one in call.cloud.find(LOG_GROUP, name=group)):
        if text(options.get("awslogs-create-group")).lower() != "true":
            yield f"{failed}ResourceNotFoundException: The specified log group does not exist. : exit status 1"
        yield from (failed + why for why in _denied(call, role, ("logs", where), "logs:CreateLogGroup", f"{resource}:log-stream:"))
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield from (f"{failed}{why} : exit status 1" for why in _denied(call, role, ("logs", where), action, f"{resource}:log-stream:task"))
