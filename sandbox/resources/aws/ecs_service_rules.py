"""What ECS refuses of a service: its cluster, its task definition, where it runs and what reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Record, Refusal
from . import vpc_places
from .compute_checks import block, items
from .ecs_cluster import FARGATE, PROVIDER, associated, cluster, default_strategy, strategy_flaw
from .ecs_task_definition import containers, on_fargate, task_definition
from .elbv2_names import attached, target_group
from .formats import refused, text
from .servicediscovery import record_types, service_of

_MOST_SUBNETS = 16
_MOST_GROUPS = 5
"""Items of an `awsVpcConfiguration` (API reference)."""
_PLATFORMS = ("LATEST", "1.4.0", "1.3.0", "1.0.0")
_WHOLE = 100
"""Percent."""
_PARAMETER = "InvalidParameterException"


def doing(call: Call) -> str:
    """How the provider begins what it says of the service."""
    return f"creating ECS Service ({call.inputs['name']})" if call.old is None else f"updating ECS Service ({call.old.id})"


def refusal(call: Call, code: str, message: str) -> Refusal:
    """ECS's answer to the creation or the update."""
    return refused(doing(call), f"ECS: {'CreateService' if call.old is None else 'UpdateService'}", code, message, typed=True)


def refuse(call: Call) -> None:
    """Raises what ECS says of a service that it does not take."""
    home = cluster(call, call.inputs.get("cluster"))
    if home is None:
        raise refusal(call, "ClusterNotFoundException", "Cluster not found.")
    revision = task_definition(call, call.inputs.get("taskDefinition"))
    if revision is None:
        controller = block(call.inputs.get("deploymentController")).get("type")
        if controller == "EXTERNAL" and not call.inputs.get("taskDefinition"):
            return
        raise refusal(call, "ClientException", "TaskDefinition not found.")
    for rule in (_capacity(call, home, revision), _deployment(call), _network(call, revision), _balancers(call, revision), _registries(call, revision)):
        for why in rule:
            raise refusal(call, _PARAMETER, why)


def runs_on_fargate(call: Call, home: Record) -> bool:
    """Whether the service's tasks run on Fargate, by launch type or by capacity provider."""
    launch = call.inputs.get("launchType")
    strategy = items(call.inputs.get("capacityProviderStrategies"))
    if not strategy and launch is None:
        strategy = default_strategy(call, text(home.outputs.get("name")))
    return launch == "FARGATE" or any(one.get("capacityProvider") in FARGATE for one in strategy)


def _capacity(call: Call, home: Record, revision: Record) -> Iterator[str]:
    inputs = call.inputs
    strategy, launch = items(inputs.get("capacityProviderStrategies")), inputs.get("launchType")
    if strategy and launch:
        yield "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
    own = [one.outputs.get("name") for one in call.cloud.find(PROVIDER) if one.inputs.get("cluster")]
    flaw = strategy_flaw(strategy, [*associated(call, text(home.outputs.get("name"))), *(text(name) for name in own)])
    if flaw is not None:
        yield flaw
    fargate = runs_on_fargate(call, home)
    if fargate and not on_fargate(revision):
        yield "Task definition does not support launch_type FARGATE."
    if fargate and (items(inputs.get("placementConstraints")) or items(inputs.get("orderedPlacementStrategies"))):
        yield "Placement strategies and constraints are not supported with FARGATE launch type."
    if fargate and inputs.get("schedulingStrategy") == "DAEMON":
        yield "The scheduling strategy DAEMON is not supported with FARGATE launch type."
    platform = inputs.get("platformVersion")
    if platform and not fargate:
        yield "The platform version must be null when specifying an EC2 launch type."
    if platform and platform not in _PLATFORMS:
        yield f"The specified platform version {platform} does not exist."
    if inputs.get("enableExecuteCommand") is True and not revision.outputs.get("taskRoleArn"):
        yield (
            "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again."
        )


def _deployment(call: Call) -> Iterator[str]:
    most, least = call.inputs.get("deploymentMaximumPercent"), call.inputs.get("deploymentMinimumHealthyPercent")
    if call.inputs.get("schedulingStrategy") == "DAEMON" or not isinstance(most, int) or not isinstance(least, int):
        return
    if most < _WHOLE:
        yield "maximumPercent must be at least 100."
    if not 0 <= least <= _WHOLE:
        yield "minimumHealthyPercent must be between 0 and 100."
    if most == least == _WHOLE:
        yield "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
    breaker = block(call.inputs.get("deploymentCircuitBreaker"))
    if breaker.get("enable") and block(call.inputs.get("deploymentController")).get("type") in {"CODE_DEPLOY", "EXTERNAL"}:
        yield "The deployment circuit breaker feature is only supported for services using the rolling update (ECS) deployment type."


def _network(call: Call, revision: Record) -> Iterator[str]:
    inputs, network = call.inputs, block(call.inputs.get("networkConfiguration"))
    own = revision.outputs.get("networkMode") == "awsvpc"
    if own and not network:
        yield "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    if network and not own:
        yield "Network Configuration is not valid for the given networkMode of this task definition."
    if own and inputs.get("iamRole"):
        yield "You cannot specify an IAM role for services that require a service linked role."
    if network.get("assignPublicIp") is True and inputs.get("launchType") in {"EC2", "EXTERNAL"}:
        yield "Assign public IP is not supported for this launch type."
    if network:
        yield from _places(call, items(network.get("subnets")), items(network.get("securityGroups")))


def _places(call: Call, subnets: list[str], groups: list[str]) -> Iterator[str]:
    if not subnets:
        yield "subnets can not be empty."
    if len(subnets) > _MOST_SUBNETS:
        yield f"subnets can have at most {_MOST_SUBNETS} items."
    if len(groups) > _MOST_GROUPS:
        yield f"securityGroups can have at most {_MOST_GROUPS} items."
    for id_ in vpc_places.missing(call, vpc_places.SUBNET, subnets):
        yield f"Error retrieving subnet information for [{id_}]: The subnet ID '{id_}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
    for id_ in vpc_places.missing(call, vpc_places.GROUP, groups):
        yield f"Error retrieving security group information for [{id_}]: The security group '{id_}' does not exist (ErrorCode: InvalidGroup.NotFound)"
    networks = vpc_places.networks(call, vpc_places.SUBNET, subnets)
    if len(networks) > 1:
        yield f"All subnets must be in the same VPC: {', '.join(networks)}."
    for id_ in groups:
        if not set(vpc_places.networks(call, vpc_places.GROUP, [id_])) <= set(networks):
            yield f"Security Group {id_} does not appear to belong to the same VPC as the input subnets."


def _balancers(call: Call, revision: Record) -> Iterator[str]:
    balancers = items(call.inputs.get("loadBalancers"))
    if call.inputs.get("healthCheckGracePeriodSeconds") and not balancers:
        yield "Health check grace period is only valid for services configured to use load balancers"
    for balancer in balancers:
        arn_, name = text(balancer.get("targetGroupArn")), text(balancer.get("containerName"))
        if not arn_:
            if not balancer.get("elbName"):
                yield "loadBalancerName and targetGroupArn cannot both be empty."
            continue
        group = target_group(call, arn_)
        if group is None:
            yield f"The specified target group {arn_} does not exist."
            continue
        kind = group.outputs.get("targetType")
        if revision.outputs.get("networkMode") == "awsvpc" and kind != "ip":
            yield (
                f"The provided target group {arn_} has target type {kind}, which is incompatible with the awsvpc network mode specified in the task definition."
            )
        if not attached(call, arn_):
            yield f"The target group with targetGroupArn {arn_} does not have an associated load balancer."
        yield from _port(revision, name, balancer.get("containerPort"))


def _port(revision: Record, name: str, port: object) -> Iterator[str]:
    found = next((container for container in containers(revision) if container.get("name") == name), None)
    if found is None:
        yield f"The container {name} does not exist in the task definition."
    elif port not in {mapping.get("containerPort") for mapping in items(found.get("portMappings"))}:
        yield f"The container {name} did not have a container port {port} defined."


def _registries(call: Call, revision: Record) -> Iterator[str]:
    registry = block(call.inputs.get("serviceRegistries"))
    if not registry:
        return
    found = service_of(call, registry.get("registryArn"))
    if found is None:
        yield f"The specified service registry {registry.get('registryArn')} was not found."
        return
    types, own = record_types(found), revision.outputs.get("networkMode") == "awsvpc"
    pair, port = bool(registry.get("containerName") and registry.get("containerPort")), registry.get("port")
    if bool(registry.get("containerName")) != bool(registry.get("containerPort")):
        yield "When specifying a service registry's 'containerName' or 'containerPort', you must specify both."
    if pair and port:
        yield "When specifying a service registry, 'port' and 'containerName' with 'containerPort' are mutually exclusive."
    if "SRV" in types and not pair and not port:
        yield "When specifying a service registry with an SRV record, you must specify either a 'containerName' and 'containerPort' combination or a 'port'."
    if "A" in types and not own:
        yield "Service registries with type A DNS records are only supported for services using the awsvpc network mode."
    if pair:
        yield from _port(revision, text(registry.get("containerName")), registry.get("containerPort"))
