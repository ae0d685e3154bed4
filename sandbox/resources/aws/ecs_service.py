"""ECS services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .addresses import Interface, Interfaces
from .compute_checks import at_least, between, block, is_arn, items, matches, most
from .ecs_cluster import SERVICE, check_strategy, cluster, default_strategy
from .ecs_rollout import steady
from .ecs_service_rules import doing, refusal, refuse
from .formats import arn, check_tags, kept, placed, refused, text

_LONGEST_GRACE = 2147483647
_MOST_STRATEGIES = 5
_MOST_CONSTRAINTS = 10
_MOST_TARGETS = 5
"""Target groups of a service (Amazon ECS service quotas)."""
_REPLACES = frozenset({"name", "cluster", "iamRole", "launchType", "schedulingStrategy"})
_MINUTES, _STEP = arguments.between(0, 1440), arguments.between(3, 100)
_ARGUMENTS = {
    "placementConstraints.*.type": arguments.among("distinctInstance", "memberOf"),
    **{
        f"loadBalancers.*.advancedConfiguration.{name}": arguments.an_arn
        for name in ("alternateTargetGroupArn", "productionListenerRule", "testListenerRule", "roleArn")
    },
    "deploymentConfiguration.bakeTimeInMinutes": _MINUTES,
    "deploymentConfiguration.linearConfiguration.stepBakeTimeInMinutes": _MINUTES,
    "deploymentConfiguration.linearConfiguration.stepPercent": _STEP,
    "serviceConnectConfiguration.services.*.ingressPortOverride": arguments.between(0, 65535),
    "serviceConnectConfiguration.logConfiguration.logDriver": arguments.among(
        *("json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens")
    ),
}


def _defaults(call: Call) -> Properties:
    controller = call.inputs.get("deploymentController")
    shaped = {"deploymentController": {"type": "ECS"}} if isinstance(controller, dict) else {}
    return {
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "enableEcsManagedTags": False,
        "enableExecuteCommand": False,
        "schedulingStrategy": "REPLICA",
        "waitForSteadyState": False,
        **shaped,
    }


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from matches("name", inputs.get("name"), r"^[0-9A-Za-z_-]{1,255}$", "must be 1 to 255 letters, digits, underscores and hyphens")
    yield from at_least("desiredCount", inputs.get("desiredCount"), 0)
    yield from between("healthCheckGracePeriodSeconds", inputs.get("healthCheckGracePeriodSeconds"), 0, _LONGEST_GRACE)
    yield from most("orderedPlacementStrategies", inputs.get("orderedPlacementStrategies"), _MOST_STRATEGIES)
    yield from most("placementConstraints", inputs.get("placementConstraints"), _MOST_CONSTRAINTS)
    yield from arguments.check(call, _ARGUMENTS)
    yield from check_strategy("capacityProviderStrategies", inputs.get("capacityProviderStrategies"))
    yield from is_arn("serviceRegistries.registryArn", block(inputs.get("serviceRegistries")).get("registryArn"))
    for name in ("containerPort", "port"):
        yield from between(f"serviceRegistries.{name}", block(inputs.get("serviceRegistries")).get(name), 0, 65536)
    for number, balancer in enumerate(items(inputs.get("loadBalancers"))):
        yield from is_arn(f"loadBalancers[{number}].targetGroupArn", block(balancer).get("targetGroupArn"))
        yield from between(f"loadBalancers[{number}].containerPort", block(balancer).get("containerPort"), 0, 65536)
    if inputs.get("alarms") is not None and not items(block(inputs.get("alarms")).get("alarmNames")):
        yield Failure("alarms.alarmNames", "Attribute alarms.alarm_names requires 1 item minimum, but config has only 0 declared.")


def _create(call: Call) -> None:
    refuse(call)
    if len(items(call.inputs.get("loadBalancers"))) > _MOST_TARGETS:
        raise refusal(call, "InvalidParameterException", f"load balancers can have at most {_MOST_TARGETS} items.")
    steady(call)


def _update(call: Call) -> None:
    inputs = call.inputs
    before = call.old.inputs if call.old is not None else {}
    if before.get("capacityProviderStrategies") != inputs.get("capacityProviderStrategies") and inputs.get("forceNewDeployment") is not True:
        message = f"{doing(call)}: force_new_deployment should be true when capacity_provider_strategy is being updated"
        raise Refusal(message)
    _create(call)


def _delete(call: Call) -> None:
    if call.inputs.get("schedulingStrategy") == "DAEMON" or call.inputs.get("forceDelete") is True:
        return
    if cluster(call, call.inputs.get("cluster")) is None:
        raise refused(f"draining ECS Service ({call.id})", "ECS: UpdateService", "ClusterNotFoundException", "Cluster not found.", typed=True)


def _arn(call: Call) -> str:
    home = cluster(call, call.inputs.get("cluster"))
    name = text(home.outputs.get("name")) if home is not None else "default"
    return arn(call, "ecs", f"service/{name}/{call.inputs['name']}")


def _outputs(call: Call) -> Properties:
    inputs = call.inputs
    home = cluster(call, inputs.get("cluster"))
    strategy = items(inputs.get("capacityProviderStrategies"))
    if home is not None and not strategy and not inputs.get("launchType"):
        strategy = kept(call, "capacityProviderStrategies", lambda: default_strategy(call, text(home.outputs.get("name"))))
    launch = inputs.get("launchType") or ("" if strategy else "EC2")
    network = block(inputs.get("networkConfiguration"))
    shaped = {"networkConfiguration": {"assignPublicIp": False, **network}} if network else {}
    return {
        **placed(call),
        **shaped,
        "arn": _arn(call),
        "cluster": inputs.get("cluster") or (home.id if home is not None else ""),
        "launchType": launch,
        "capacityProviderStrategies": strategy,
        "desiredCount": inputs["desiredCount"] if inputs.get("desiredCount") is not None else kept(call, "desiredCount", lambda: 0),
        "platformVersion": inputs.get("platformVersion") or ("LATEST" if launch == "FARGATE" or _fargate(strategy) else ""),
        "iamRole": inputs.get("iamRole") or "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "availabilityZoneRebalancing": inputs.get("availabilityZoneRebalancing") or "ENABLED",
        "deploymentController": inputs.get("deploymentController") or {"type": "ECS"},
        "propagateTags": inputs.get("propagateTags") or "NONE",
        "deploymentCircuitBreaker": inputs.get("deploymentCircuitBreaker") or {"enable": False, "rollback": False},
    }


def _fargate(strategy: list[Properties]) -> bool:
    return any(text(one.get("capacityProvider")).startswith("FARGATE") for one in strategy)


def _tasks(record: Record) -> list[Interface]:
    """The network interfaces of a service's tasks, over its subnets in turn."""
    network = block(record.outputs.get("networkConfiguration"))
    subnets = [text(subnet) for subnet in items(network.get("subnets"))]
    groups = tuple(text(group) for group in items(network.get("securityGroups")))
    count = record.outputs.get("desiredCount")
    if not subnets or not isinstance(count, int):
        return []
    public = network.get("assignPublicIp") is True
    return [Interface(subnet=subnets[index % len(subnets)], groups=groups, owner=record.id, public=public) for index in range(count)]


INTERFACES: Mapping[str, Interfaces] = {SERVICE: _tasks}

KINDS = (
    Kind(
        token=SERVICE,
        identify=_arn,
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=_REPLACES,
        name_limit=255,
        lower_name=False,
        taken="creating ECS Service ({name}): operation error ECS: CreateService, https response error StatusCode: 400, InvalidParameterException: "
        "Creation of service was not idempotent.",
        create=_create,
        update=_update,
        delete=_delete,
    ),
)
"""The service."""
