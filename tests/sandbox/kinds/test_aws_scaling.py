"""Scaling of services in the sandbox: what must exist, what excludes what, and what is computed."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.kinds.aws_compute_world import compute_world, routed, service, targets
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
PLACE = {"serviceNamespace": "ecs", "resourceId": "service/main/web", "scalableDimension": "ecs:service:DesiredCount"}
NO_TARGET = (
    "ObjectNotFoundException: No scalable target registered for service namespace: ecs, resource ID: service/main/web, "
    "scalable dimension: ecs:service:DesiredCount"
)
CPU = {"predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}, "targetValue": 60}


@pytest.fixture
def world() -> World:
    return compute_world()


@pytest.fixture
def scaled(world):
    service(world)
    return scale(world)


def scale(world, **inputs):
    return world.create(TARGET, **{**PLACE, "minCapacity": 2, "maxCapacity": 10, **inputs})


def track(world, tracking, name="cpu", **inputs):
    return world.create(
        POLICY, **{**PLACE, "name": name, "policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": tracking, **inputs}
    )


def test_a_target_is_a_service_that_is_there(world):
    assert said(refused(lambda: scale(world))) == (
        "creating Application AutoScaling Target (service/main/web): operation error Application Auto Scaling: RegisterScalableTarget, "
        "https response error StatusCode: 400, ValidationException: ECS service doesn't exist: service/main/web"
    )
    service(world)
    made = scale(world)
    assert made.id == "service/main/web"
    assert re.fullmatch(rf"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target/[0-9a-f]{{32}}", made.outputs["arn"])
    assert made.outputs["roleArn"].endswith("ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService")
    assert made.outputs["suspendedState"] == {"dynamicScalingInSuspended": False, "dynamicScalingOutSuspended": False, "scheduledScalingSuspended": False}
    assert world.update(made, maxCapacity=20).outputs["arn"] == made.outputs["arn"]
    assert refused(lambda: world.update(made, maxCapacity=1)).startswith("updating Application AutoScaling Target (service/main/web): ")


def test_a_target_has_room_and_a_path(world):
    service(world)
    assert refused(lambda: scale(world, minCapacity=11)).endswith("ValidationException: Maximum capacity cannot be less than minimum capacity")
    message = "ValidationException: Unsupported service namespace, resource type or scalable dimension"
    assert refused(lambda: scale(world, resourceId="main/web")).endswith(message)


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"minCapacity": -1}, "minCapacity", "expected min_capacity to be at least (0), got -1"),
        ({"maxCapacity": -1}, "maxCapacity", "expected max_capacity to be at least (0), got -1"),
        (
            {"scalableDimension": "ecs:service:Count"},
            "scalableDimension",
            'expected scalable_dimension to be one of ["ecs:service:DesiredCount"], got ecs:service:Count',
        ),
        ({"serviceNamespace": "fargate"}, "serviceNamespace", None),
    ],
)
def test_the_provider_refuses_a_target(world, inputs, path, why):
    found = invalid(world, TARGET, **{**PLACE, "minCapacity": 1, "maxCapacity": 2, **inputs})
    assert set(found) == {path}
    assert why is None or found[path] == why


def test_a_policy_tracks_a_target(world, scaled):
    made = track(world, CPU)
    path = re.escape("resource/ecs/service/main/web:policyName/cpu")
    assert made.id == "cpu"
    assert re.fullmatch(rf"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:[0-9a-f]{{32}}:{path}", made.outputs["arn"])
    levels = [alarm.partition(":alarm:TargetTracking-service/main/web-")[2].partition("-")[0] for alarm in made.outputs["alarmArns"]]
    assert levels == ["AlarmHigh", "AlarmLow"]
    assert world.update(made, targetTrackingScalingPolicyConfiguration={**CPU, "targetValue": 50}).outputs["alarmArns"] == made.outputs["alarmArns"]
    assert scaled.outputs["maxCapacity"] == 10


@pytest.mark.parametrize(
    ("tracking", "why"),
    [
        (None, "Target tracking scaling policy configuration must be specified for policies of type TargetTrackingScaling"),
        ({"targetValue": 60}, "Exactly one of PredefinedMetricSpecification or CustomizedMetricSpecification must be specified"),
        (
            {**CPU, "customizedMetricSpecification": {"metricName": "a"}},
            "Exactly one of PredefinedMetricSpecification or CustomizedMetricSpecification must be specified",
        ),
        ({**CPU, "targetValue": 0}, "Target value must be greater than 0 and at most 100, got 0"),
        ({**CPU, "targetValue": 101}, "Target value must be greater than 0 and at most 100, got 101"),
        (
            {"targetValue": 60, "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageCPUUtilization"}},
            "Invalid predefined metric type: RDSReaderAverageCPUUtilization for service namespace: ecs",
        ),
        (
            {"targetValue": 60, "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization", "resourceLabel": "a"}},
            "Resource label must not be specified for predefined metric type ECSServiceAverageCPUUtilization",
        ),
        (
            {"targetValue": 60, "predefinedMetricSpecification": {"predefinedMetricType": "ALBRequestCountPerTarget"}},
            "Resource label must be of the form app/<load-balancer-name>/<load-balancer-id>/targetgroup/<target-group-name>/<target-group-id>",
        ),
    ],
)
@pytest.mark.usefixtures("scaled")
def test_a_policy_that_cannot_be_is_refused(world, tracking, why):
    assert said(refused(lambda: track(world, tracking))) == (
        "creating Application AutoScaling Scaling Policy (cpu): operation error Application Auto Scaling: PutScalingPolicy, "
        f"https response error StatusCode: 400, ValidationException: {why}"
    )


@pytest.mark.usefixtures("scaled")
def test_requests_are_counted_of_a_target_group_behind_its_load_balancer(world):
    front, group = routed(world)
    lone = targets(world, name="lone")

    def counted(label):
        return {"targetValue": 1000, "predefinedMetricSpecification": {"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": label}}

    label = f"{front.outputs['arnSuffix']}/{lone.outputs['arnSuffix']}"
    message = f"ValidationException: Invalid resource label: {label}. The target group is not attached to the load balancer"
    assert refused(lambda: track(world, counted(label))).endswith(message)
    assert track(world, counted(f"{front.outputs['arnSuffix']}/{group.outputs['arnSuffix']}")).id == "cpu"


@pytest.mark.usefixtures("scaled")
def test_a_metric_has_one_policy_of_a_target(world):
    made = track(world, CPU)
    message = "ValidationException: Only one TargetTrackingScaling policy for a given metric specification is allowed: ECSServiceAverageCPUUtilization"
    assert refused(lambda: track(world, CPU, name="again")).endswith(message)
    assert world.update(made, targetTrackingScalingPolicyConfiguration={**CPU, "targetValue": 50}).id == "cpu"


def test_policies_and_schedules_need_a_target(world):
    assert said(refused(lambda: track(world, CPU))).endswith(NO_TARGET)
    message = refused(lambda: world.create(ACTION, **PLACE, name="night", schedule="cron(0 22 * * ? *)", scalableTargetAction={"maxCapacity": 1}))
    assert said(message).endswith(NO_TARGET)


@pytest.mark.usefixtures("scaled")
def test_policies_of_two_services_may_have_one_name(world):
    track(world, CPU)
    service(world, name="api")
    scale(world, resourceId="service/main/api")
    assert track(world, CPU, resourceId="service/main/api").id == "ecs/service/main/api/ecs:service:DesiredCount/cpu"


@pytest.mark.usefixtures("scaled")
def test_a_step_policy_has_steps(world):
    message = "ValidationException: Step scaling policy configuration must be specified for policies of type StepScaling"
    assert refused(lambda: world.create(POLICY, **PLACE, name="steps")).endswith(message)
    made = world.create(POLICY, **PLACE, name="steps", stepScalingPolicyConfiguration={"adjustmentType": "ChangeInCapacity"})
    assert (made.outputs["policyType"], made.outputs["alarmArns"]) == ("StepScaling", [])


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"policyType": "Tracking"}, "policyType"),
        ({"name": ""}, "name"),
        ({"targetTrackingScalingPolicyConfiguration": {**CPU, "scaleInCooldown": -1}}, "targetTrackingScalingPolicyConfiguration.scaleInCooldown"),
        (
            {"targetTrackingScalingPolicyConfiguration": {"targetValue": 1, "predefinedMetricSpecification": {"resourceLabel": "a" * 1024}}},
            "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.resourceLabel",
        ),
        ({"targetTrackingScalingPolicyConfiguration": CPU, "stepScalingPolicyConfiguration": {"cooldown": 1}}, "stepScalingPolicyConfiguration"),
    ],
)
def test_the_provider_refuses_a_policy(world, inputs, path):
    assert set(invalid(world, POLICY, **{**PLACE, "name": "cpu", **inputs})) == {path}


@pytest.mark.usefixtures("scaled")
def test_a_schedule_says_when_and_how_much(world):
    aim = {"minCapacity": 0, "maxCapacity": 1}
    made = world.create(ACTION, **PLACE, name="night", schedule="cron(0 22 * * ? *)", scalableTargetAction=aim)
    assert (made.id, made.inputs["timezone"]) == ("night", "UTC")
    assert made.outputs["arn"].endswith(":resource/ecs/service/main/web:scheduledActionName/night")
    message = refused(lambda: world.create(ACTION, **PLACE, name="x", schedule="at night", scalableTargetAction=aim))
    assert message.endswith("ValidationException: Schedule expression is not valid: at night")
    upside = {"minCapacity": 2, "maxCapacity": 1}
    message = refused(lambda: world.create(ACTION, **PLACE, name="x", schedule="rate(1 day)", scalableTargetAction=upside))
    assert message.endswith("ValidationException: Maximum capacity cannot be less than minimum capacity")
    assert set(invalid(world, ACTION, **PLACE, name="x", schedule="rate(1 day)", scalableTargetAction={})) == {"scalableTargetAction"}
    assert set(invalid(world, ACTION, **PLACE, name="x", schedule="rate(1 day)", scalableTargetAction={"minCapacity": -1})) == {
        "scalableTargetAction.minCapacity"
    }


def test_what_makes_a_new_one(world):
    assert world.kinds[TARGET].replaces == {*PLACE, "roleArn"}
    assert world.kinds[POLICY].replaces == world.kinds[ACTION].replaces == {*PLACE, "name"}
