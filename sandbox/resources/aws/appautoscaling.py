"""Application Auto Scaling: what is scaled, and when by the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .compute_checks import at_least, block, one_of
from .ecs_cluster import SERVICE
from .formats import arn, check_tags, fresh, kept, placed, refused, region, text

TARGET = "aws:appautoscaling/target:Target"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
_NAMESPACES = (
    "appstream",
    "cassandra",
    "comprehend",
    "custom-resource",
    "dynamodb",
    "ec2",
    "ecs",
    "elasticache",
    "elasticmapreduce",
    "kafka",
    "lambda",
    "neptune",
    "rds",
    "sagemaker",
    "workspaces",
)
_DIMENSIONS = {
    "dynamodb": (
        "dynamodb:table:ReadCapacityUnits",
        "dynamodb:table:WriteCapacityUnits",
        "dynamodb:index:ReadCapacityUnits",
        "dynamodb:index:WriteCapacityUnits",
    ),
    "ec2": ("ec2:spot-fleet-request:TargetCapacity",),
    "ecs": ("ecs:service:DesiredCount",),
    "elasticache": ("elasticache:replication-group:NodeGroups", "elasticache:replication-group:Replicas", "elasticache:cache-cluster:Nodes"),
    "lambda": ("lambda:function:ProvisionedConcurrency",),
    "rds": ("rds:cluster:ReadReplicaCount",),
}
"""Dimensions of the namespaces in use; other namespaces take what their service has."""
_PATH = ("serviceNamespace", "resourceId", "scalableDimension")
_SCHEDULE = re.compile(r"^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\([1-9]\d* (minute|hour|day)s?\)|cron\(\S+( \S+){5}\))$")


def key(inputs: Properties) -> tuple[str, ...]:
    """Namespace, resource and dimension: what names a scalable target."""
    return tuple(text(inputs.get(name)) for name in _PATH)


def target(call: Call) -> Record | None:
    """The scalable target that a policy or an action is about."""
    return next((one for one in call.cloud.find(TARGET, resourceId=call.inputs.get("resourceId")) if key(one.inputs) == key(call.inputs)), None)


def check_place(call: Call) -> Iterator[Failure]:
    """What the provider's validators say of the three."""
    inputs = call.inputs
    namespace = text(inputs.get("serviceNamespace"))
    yield from one_of("serviceNamespace", inputs.get("serviceNamespace"), _NAMESPACES)
    if namespace in _DIMENSIONS:
        yield from one_of("scalableDimension", inputs.get("scalableDimension"), _DIMENSIONS[namespace])


def _check_target(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from arguments.check(call, {"roleArn": arguments.an_arn})
    yield from check_place(call)
    for name in ("minCapacity", "maxCapacity"):
        yield from at_least(name, call.inputs.get(name), 0)


def refusal(call: Call, what: str, operation: str, code: str, message: str) -> Refusal:
    """A refusal of Application Auto Scaling."""
    verb = "creating" if call.old is None else "updating"
    return refused(f"{verb} Application AutoScaling {what}", f"Application Auto Scaling: {operation}", code, message, typed=True)


def _register(call: Call) -> None:
    inputs, what = call.inputs, f"Target ({call.inputs.get('resourceId')})"
    low, high = inputs.get("minCapacity"), inputs.get("maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        message = "Maximum capacity cannot be less than minimum capacity"
        raise refusal(call, what, "RegisterScalableTarget", "ValidationException", message)
    if inputs.get("serviceNamespace") != "ecs":
        return
    found = re.fullmatch(r"service/([^/]+)/([^/]+)", text(inputs.get("resourceId")))
    if found is None:
        message = "Unsupported service namespace, resource type or scalable dimension"
        raise refusal(call, what, "RegisterScalableTarget", "ValidationException", message)
    if call.cloud.get(SERVICE, arn(call, "ecs", text(inputs.get("resourceId")))) is None:
        message = f"ECS service doesn't exist: {inputs['resourceId']}"
        raise refusal(call, what, "RegisterScalableTarget", "ValidationException", message)


def _target_outputs(call: Call) -> Properties:
    inputs = call.inputs
    place, namespace = placed(call), text(inputs.get("serviceNamespace"))
    role = f"arn:aws:iam::000000000000:role/aws-service-role/{namespace}.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_"
    suspended = {"dynamicScalingInSuspended": False, "dynamicScalingOutSuspended": False, "scheduledScalingSuspended": False}
    return {
        **place,
        "arn": kept(call, "arn", lambda: arn(call, "application-autoscaling", f"scalable-target/{fresh(call, 32)}")),
        "roleArn": inputs.get("roleArn") or role + {"ecs": "ECSService", "rds": "RDSCluster", "lambda": "LambdaConcurrency"}.get(namespace, namespace),
        "suspendedState": {**suspended, **block(inputs.get("suspendedState"))},
    }


def _check_action(call: Call) -> Iterator[Failure]:
    yield from check_place(call)
    aim = block(call.inputs.get("scalableTargetAction"))
    for name in ("minCapacity", "maxCapacity"):
        yield from at_least(f"scalableTargetAction.{name}", aim.get(name), 0)
    if aim == {} and isinstance(call.inputs.get("scalableTargetAction"), dict):
        yield Failure("scalableTargetAction", '"scalable_target_action.0.min_capacity": one of `min_capacity,max_capacity` must be specified')


def _put_action(call: Call) -> None:
    inputs, what = call.inputs, f"Scheduled Action ({call.inputs['name']})"
    namespace, resource, dimension = key(inputs)
    if target(call) is None:
        said = f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, scalable dimension: {dimension}"
        raise refusal(call, what, "PutScheduledAction", "ObjectNotFoundException", said)
    if not _SCHEDULE.match(text(inputs.get("schedule"))):
        raise refusal(call, what, "PutScheduledAction", "ValidationException", f"Schedule expression is not valid: {inputs.get('schedule')}")
    aim = block(inputs.get("scalableTargetAction"))
    low, high = aim.get("minCapacity"), aim.get("maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise refusal(call, what, "PutScheduledAction", "ValidationException", "Maximum capacity cannot be less than minimum capacity")


def scheme_id(call: Call, wanted: str) -> str:
    """The name, as the provider has it for an id; with the resource where a thing of another resource holds it."""
    held = call.cloud.get(call.type, wanted)
    return wanted if held is None or key(held.inputs) == key(call.inputs) else "/".join((*key(call.inputs), wanted))


def _action_path(call: Call) -> str:
    namespace, resource, _ = key(call.inputs)
    return f"scheduledAction:{fresh(call, 32)}:resource/{namespace}/{resource}:scheduledActionName/{call.inputs['name']}"


KINDS = (
    Kind(
        token=TARGET,
        identify=lambda call: scheme_id(call, text(call.inputs.get("resourceId"))),
        outputs=_target_outputs,
        check=_check_target,
        replaces=frozenset({*_PATH, "roleArn"}),
        adopts=lambda _call: True,
        create=_register,
        update=_register,
    ),
    Kind(
        token=ACTION,
        identify=lambda call: scheme_id(call, text(call.inputs.get("name"))),
        outputs=lambda call: {
            "region": region(call),
            "arn": kept(call, "arn", lambda: arn(call, "autoscaling", _action_path(call))),
        },
        defaults=lambda _call: {"timezone": "UTC"},
        check=_check_action,
        replaces=frozenset({*_PATH, "name"}),
        name_limit=256,
        lower_name=False,
        adopts=lambda _call: True,
        create=_put_action,
        update=_put_action,
    ),
)
"""The scalable target and the scheduled action."""
