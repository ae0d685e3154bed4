"""Application Auto Scaling: policies by metric."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .appautoscaling import check_place, key, refusal, scheme_id, target
from .compute_checks import at_least, block, one_of
from .elbv2_names import BALANCERS, GROUPS, balancers_of, every
from .formats import arn, fresh, kept, region, text

POLICY = "aws:appautoscaling/policy:Policy"
_METRICS = {
    "ecs": ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"),
    "lambda": ("LambdaProvisionedConcurrencyUtilization",),
    "rds": ("RDSReaderAverageCPUUtilization", "RDSReaderAverageDatabaseConnections"),
}
"""Predefined metrics of the namespaces in use (API reference, `PredefinedMetricSpecification`)."""
_LARGEST_PERCENT = 100
_LONGEST_NAME = 255
_LONGEST_LABEL = 1023


def _check_policy(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_place(call)
    name = inputs.get("name")
    if isinstance(name, str) and not 1 <= len(name) <= _LONGEST_NAME:
        yield Failure("name", f"expected length of name to be in the range (1 - 255), got {name}")
    yield from one_of("policyType", inputs.get("policyType"), ("PredictiveScaling", "StepScaling", "TargetTrackingScaling"))
    tracking = block(inputs.get("targetTrackingScalingPolicyConfiguration"))
    for cooldown in ("scaleInCooldown", "scaleOutCooldown"):
        yield from at_least(f"targetTrackingScalingPolicyConfiguration.{cooldown}", tracking.get(cooldown), 0)
    label = block(tracking.get("predefinedMetricSpecification")).get("resourceLabel")
    if isinstance(label, str) and len(label) > _LONGEST_LABEL:
        yield Failure(
            "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.resourceLabel",
            f"expected length of resource_label to be in the range (0 - {_LONGEST_LABEL})",
        )
    if inputs.get("stepScalingPolicyConfiguration") and inputs.get("targetTrackingScalingPolicyConfiguration"):
        yield Failure("stepScalingPolicyConfiguration", '"step_scaling_policy_configuration": conflicts with target_tracking_scaling_policy_configuration')


def _put_policy(call: Call) -> None:
    for code, message in (*_policy_flaws(call), *_twice(call)):
        raise refusal(call, f"Scaling Policy ({call.inputs['name']})", "PutScalingPolicy", code, message)


def _policy_flaws(call: Call) -> Iterator[tuple[str, str]]:
    inputs = call.inputs
    namespace, resource, dimension = key(inputs)
    if target(call) is None:
        said = f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, scalable dimension: {dimension}"
        yield "ObjectNotFoundException", said
    kind = inputs.get("policyType") or "StepScaling"
    tracking = block(inputs.get("targetTrackingScalingPolicyConfiguration"))
    if kind == "TargetTrackingScaling" and not tracking:
        yield "ValidationException", "Target tracking scaling policy configuration must be specified for policies of type TargetTrackingScaling"
    if kind == "StepScaling" and not block(inputs.get("stepScalingPolicyConfiguration")):
        yield "ValidationException", "Step scaling policy configuration must be specified for policies of type StepScaling"
    if kind != "TargetTrackingScaling" or not tracking:
        return
    predefined, custom = block(tracking.get("predefinedMetricSpecification")), block(tracking.get("customizedMetricSpecification"))
    if bool(predefined) == bool(custom):
        yield "ValidationException", "Exactly one of PredefinedMetricSpecification or CustomizedMetricSpecification must be specified"
    value, metric = tracking.get("targetValue"), text(predefined.get("predefinedMetricType"))
    if metric and metric not in _METRICS.get(namespace, (metric,)):
        yield "ValidationException", f"Invalid predefined metric type: {metric} for service namespace: {namespace}"
    if isinstance(value, int | float) and (value <= 0 or (metric.endswith("Utilization") and value > _LARGEST_PERCENT)):
        yield "ValidationException", f"Target value must be greater than 0{' and at most 100' if metric.endswith('Utilization') else ''}, got {value:g}"
    yield from _label(call, metric, text(predefined.get("resourceLabel")))


def _label(call: Call, metric: str, label: str) -> Iterator[tuple[str, str]]:
    if metric != "ALBRequestCountPerTarget":
        if label:
            yield "ValidationException", f"Resource label must not be specified for predefined metric type {metric}"
        return
    found = re.fullmatch(r"(app/[^/]+/[0-9a-f]+)/(targetgroup/[^/]+/[0-9a-f]+)", label)
    if found is None:
        yield (
            "ValidationException",
            "Resource label must be of the form app/<load-balancer-name>/<load-balancer-id>/targetgroup/<target-group-name>/<target-group-id>",
        )
        return
    balancer, group = next(every(call, BALANCERS, arnSuffix=found[1]), None), next(every(call, GROUPS, arnSuffix=found[2]), None)
    if balancer is None or group is None or balancer.id not in balancers_of(call, group.id):
        yield "ValidationException", f"Invalid resource label: {label}. The target group is not attached to the load balancer"


def _metric(inputs: Properties) -> object:
    tracking = block(inputs.get("targetTrackingScalingPolicyConfiguration"))
    return block(tracking.get("predefinedMetricSpecification")).get("predefinedMetricType")


def _twice(call: Call) -> Iterator[tuple[str, str]]:
    metric = _metric(call.inputs)
    for other in call.cloud.find(POLICY, resourceId=call.inputs.get("resourceId")) if metric else ():
        if (call.old is None or other.id != call.old.id) and _metric(other.inputs) == metric and key(other.inputs) == key(call.inputs):
            yield "ValidationException", f"Only one TargetTrackingScaling policy for a given metric specification is allowed: {metric}"


def _policy_outputs(call: Call) -> Properties:
    inputs = call.inputs
    namespace, resource, _ = key(inputs)
    kind = inputs.get("policyType") or "StepScaling"
    levels = ("AlarmHigh", "AlarmLow") if kind == "TargetTrackingScaling" else ()
    path = f"resource/{namespace}/{resource}:policyName/{inputs['name']}"
    return {
        "region": region(call),
        "arn": kept(call, "arn", lambda: arn(call, "autoscaling", f"scalingPolicy:{fresh(call, 32)}:{path}")),
        "policyType": kind,
        "alarmArns": kept(
            call, "alarmArns", lambda: [arn(call, "cloudwatch", f"alarm:TargetTracking-{resource}-{level}-{fresh(call, 12)}") for level in levels]
        ),
    }


KINDS = (
    Kind(
        token=POLICY,
        identify=lambda call: scheme_id(call, text(call.inputs.get("name"))),
        outputs=_policy_outputs,
        defaults=lambda _call: {"policyType": "StepScaling"},
        check=_check_policy,
        replaces=frozenset({"serviceNamespace", "resourceId", "scalableDimension", "name"}),
        name_limit=255,
        lower_name=False,
        adopts=lambda _call: True,
        create=_put_policy,
        update=_put_policy,
    ),
)
"""The policy."""
