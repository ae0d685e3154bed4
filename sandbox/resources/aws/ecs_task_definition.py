"""ECS task definitions: families of revisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments, ecs_container_rules, ecs_fargate
from .compute_checks import between, block, is_arn, items, matches, most, one_of
from .ecs_containers import bytes_of, flaw, normalised, read
from .formats import arn, check_tags, placed, refused, text
from .iam_trust import trusts

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
_SERVICE = "ecs-tasks.amazonaws.com"
_FAMILIES = (
    "LINUX",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
    "WINDOWS_SERVER_20H2_CORE",
)
_STORAGE_GIB = (21, 200)
_LONGEST_FAMILY = 255
_MOST_CONSTRAINTS = 10
_LARGEST = 65536
"""Bytes of a task definition (Amazon ECS service quotas)."""
_REPLACES = (
    "containerDefinitions",
    "cpu",
    "enableFaultInjection",
    "ephemeralStorage",
    "executionRoleArn",
    "family",
    "ipcMode",
    "memory",
    "networkMode",
    "pidMode",
    "placementConstraints",
    "proxyConfiguration",
    "requiresCompatibilities",
    "runtimePlatform",
    "taskRoleArn",
    "volumes",
)


def task_definition(call: Call, value: object) -> Record | None:
    """The revision that an ARN, `family:revision` or a family (its latest) names in the call's region."""
    named = text(value)
    full = named if named.startswith("arn:") else arn(call, "ecs", f"task-definition/{named}")
    exact = next(call.cloud.find(TASK_DEFINITION, arn=full), None)
    if exact is not None:
        return exact
    revisions = list(call.cloud.find(TASK_DEFINITION, arnWithoutRevision=full))
    return max(revisions, key=lambda record: int(record.outputs["revision"])) if revisions else None


def containers(record: Record) -> list[dict[str, Any]]:
    """The containers of a revision."""
    return read(record.outputs.get("containerDefinitions"))


def on_fargate(record: Record) -> bool:
    """Whether the revision was registered for Fargate."""
    return "FARGATE" in items(record.outputs.get("requiresCompatibilities"))


def _defaults(call: Call) -> Properties:
    proxy = call.inputs.get("proxyConfiguration")
    shaped = {"proxyConfiguration": {"type": "APPMESH"}} if isinstance(proxy, dict) else {}
    return {"skipDestroy": False, "trackLatest": False, **shaped}


_ARGUMENTS = {
    "placementConstraints.*.type": arguments.among("memberOf"),
    "volumes.*.dockerVolumeConfiguration.scope": arguments.among("task", "shared"),
}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from arguments.check(call, _ARGUMENTS)
    yield from matches(
        "family", inputs.get("family"), r"^[0-9A-Za-z_-]+$", "see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html"
    )
    family = inputs.get("family")
    if isinstance(family, str) and not 1 <= len(family) <= _LONGEST_FAMILY:
        yield Failure("family", f"expected length of family to be in the range (1 - 255), got {family}")
    wrong = flaw(inputs.get("containerDefinitions"))
    if wrong is not None:
        yield Failure("containerDefinitions", f"ECS Task Definition container_definitions is invalid: {wrong}")
    for role in ("executionRoleArn", "taskRoleArn"):
        yield from is_arn(role, inputs.get(role))
    low, high = _STORAGE_GIB
    yield from between("ephemeralStorage.sizeInGib", block(inputs.get("ephemeralStorage")).get("sizeInGib"), low, high)
    platform = block(inputs.get("runtimePlatform"))
    yield from one_of("runtimePlatform.cpuArchitecture", platform.get("cpuArchitecture"), ("X86_64", "ARM64"))
    yield from one_of("runtimePlatform.operatingSystemFamily", platform.get("operatingSystemFamily"), _FAMILIES)
    yield from one_of("pidMode", inputs.get("pidMode"), ("host", "task"))
    yield from most("placementConstraints", inputs.get("placementConstraints"), _MOST_CONSTRAINTS)
    yield from one_of("proxyConfiguration.type", block(inputs.get("proxyConfiguration")).get("type"), ("APPMESH",))
    for number, volume in enumerate(items(inputs.get("volumes"))):
        port = block(block(volume).get("efsVolumeConfiguration")).get("transitEncryptionPort")
        yield from between(f"volumes[{number}].efsVolumeConfiguration.transitEncryptionPort", port, 1, 65535)


def _refusal(call: Call, message: str) -> Refusal:
    return refused(f"creating ECS Task Definition ({call.inputs['family']})", "ECS: RegisterTaskDefinition", "ClientException", message, typed=True)


def _create(call: Call) -> None:
    inputs, defined = call.inputs, read(call.inputs.get("containerDefinitions"))
    length = bytes_of(inputs)
    if length > _LARGEST:
        raise _refusal(call, f"Actual length: '{length}'. Max allowed length is '{_LARGEST}' bytes.")
    for why in _task_flaws(call):
        raise _refusal(call, why)
    if "FARGATE" in items(inputs.get("requiresCompatibilities")):
        for why in ecs_fargate.flaws(inputs, defined):
            raise _refusal(call, why)
    for why in ecs_container_rules.flaws(inputs, defined):
        raise _refusal(call, why)


def _task_flaws(call: Call) -> Iterator[str]:
    inputs = call.inputs
    if inputs.get("cpu") is not None and ecs_fargate.cpu_units(inputs["cpu"]) is None:
        yield "Invalid 'cpu' setting for task."
    if inputs.get("memory") is not None and ecs_fargate.mebibytes(inputs["memory"]) is None:
        yield "Invalid 'memory' setting for task."
    names = [text(block(volume).get("name")) for volume in items(inputs.get("volumes"))]
    if len(set(names)) < len(names):
        yield "Volume names must be unique within a task definition."
    for volume in items(inputs.get("volumes")):
        efs = block(block(volume).get("efsVolumeConfiguration"))
        authorised = block(efs.get("authorizationConfig"))
        if authorised and efs.get("transitEncryption") != "ENABLED":
            yield "EFS volumes with an authorizationConfig must have transitEncryption enabled."
        if authorised.get("accessPointId") and efs.get("rootDirectory") not in {None, "/"}:
            yield "The rootDirectory of an EFS volume must be omitted or / with an access point."
    for role in ("taskRoleArn", "executionRoleArn"):
        named = text(inputs.get(role))
        if named and not trusts(call, named, _SERVICE):
            yield (
                f"ECS was unable to assume the role '{named}' that was provided for this task. Please verify that the role being passed has the proper "
                "trust relationship and permissions and that your IAM user has permissions to pass this role."
            )


def _family(call: Call) -> str:
    return arn(call, "ecs", f"task-definition/{call.inputs['family']}")


def _identify(call: Call) -> str:
    """The next revision of the family; the provider's own id is the family, which several revisions at a time would share."""
    return f"{_family(call)}:{call.cloud.sequence(f'ecs {_family(call)}') + 1}"


def _outputs(call: Call) -> Properties:
    inputs = call.inputs
    return {
        **placed(call),
        "revision": int(call.id.rpartition(":")[2]),
        "arn": call.id,
        "arnWithoutRevision": _family(call),
        "containerDefinitions": normalised(text(inputs.get("containerDefinitions"))),
        "networkMode": inputs.get("networkMode") or "bridge",
        "enableFaultInjection": inputs.get("enableFaultInjection") or False,
    }


KINDS = (
    Kind(
        token=TASK_DEFINITION,
        identify=_identify,
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset(_REPLACES),
        create=_create,
        deleted=lambda call: call.inputs.get("skipDestroy") is not True,
    ),
)
"""The task definition; each change of it registers the next revision."""
