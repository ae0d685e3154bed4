"""A service on ECS: how a new revision takes over, and how many instances there are."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import Input, Output
from pulumi_aws import appautoscaling, ecs

from .._core.tiers import settled
from ..container_service import ContainerService, ContainerServiceArgs
from .routing import Routes, Target, balancers

INSIGHTS = {"dev": "disabled", "staging": "enabled", "prod": "enhanced"}
"""Tier → Container Insights: paid by metric, so none in dev, the cluster's and the service's in staging, each task's and container's in prod."""
TIMEOUTS = pulumi.CustomTimeouts(create="20m", update="20m", delete="20m")
"""How long a rollout may take until `up` fails; the circuit breaker is faster where instances end by themselves."""
OUT_SECONDS, IN_SECONDS = 60, 300
"""Pauses after adding and after removing instances: quick up, slow down."""
REQUEST_SECONDS = 60


def cluster(service: ContainerService) -> tuple[ecs.Cluster, ecs.ClusterCapacityProviders]:
    """A cluster of its own: it costs nothing, and shares nothing."""
    made = ecs.Cluster(
        service.logical("cluster"),
        name=service.physical("ecs"),
        settings=[ecs.ClusterSettingArgs(name="containerInsights", value=INSIGHTS[service.site.tier])],
        tags=service.labels(),
        opts=service.child(),
    )
    providers = ecs.ClusterCapacityProviders(
        service.logical("capacity"),
        cluster_name=made.name,
        capacity_providers=["FARGATE", "FARGATE_SPOT"],
        default_capacity_provider_strategies=[ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(capacity_provider="FARGATE", base=0, weight=100)],
        opts=service.child(),
    )
    return made, providers


def run(
    service: ContainerService,
    args: ContainerServiceArgs,
    home: ecs.Cluster,
    task: ecs.TaskDefinition,
    routes: Routes,
    *,
    registry: Input[str],
    ready: Sequence[pulumi.Resource],
) -> ecs.Service:
    """The service; `up` waits until it is steady, and fails where it does not become so. What it was before goes on then."""
    known = routes.all()
    joined: Output[list[ecs.ServiceLoadBalancerArgs] | None] = known.apply(lambda targets: balancers(service, args, targets))
    return ecs.Service(
        service.logical("run"),
        name=service.physical("ecs"),
        cluster=home.arn,
        task_definition=task.arn,
        desired_count=least(args),
        capacity_provider_strategies=_capacity(settled(args.scaling.spot_percent)),
        # a further share on spare capacity is an update only with this; a new revision is rolled out anyway, and nothing else of it changes by itself
        force_new_deployment=True,
        platform_version="LATEST",
        network_configuration=_private(service, args, routes),
        service_registries=ecs.ServiceServiceRegistriesArgs(registry_arn=registry),
        load_balancers=joined,
        health_check_grace_period_seconds=known.apply(lambda targets: args.runtime.startup_seconds if targets else None),
        deployment_circuit_breaker=ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
        deployment_minimum_healthy_percent=100,
        deployment_maximum_percent=200,
        availability_zone_rebalancing="ENABLED",
        enable_execute_command=False,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        wait_for_steady_state=True,
        tags=service.labels(),
        opts=service.child(depends_on=ready, ignore_changes=["desiredCount"], custom_timeouts=TIMEOUTS),
    )


def _private(service: ContainerService, args: ContainerServiceArgs, routes: Routes) -> ecs.ServiceNetworkConfigurationArgs:
    subnets = list(args.network.subnets["app", service.site.region])
    return ecs.ServiceNetworkConfigurationArgs(subnets=subnets, security_groups=[routes.own.id], assign_public_ip=False)


def least(args: ContainerServiceArgs) -> int:
    """Instances that are always there: one at least, because nothing on ECS wakes a service up."""
    return max(1, settled(args.scaling.min))


def scale(service: ContainerService, args: ContainerServiceArgs, home: ecs.Cluster, made: ecs.Service) -> appautoscaling.Target:
    """Between the least and the most, on CPU and on memory: whichever asks for more wins."""
    bounds = appautoscaling.Target(
        service.logical("scaling"),
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=Output.concat("service/", home.name, "/", made.name),
        min_capacity=least(args),
        max_capacity=max(least(args), settled(args.scaling.max)),
        tags=service.labels(),
        opts=service.child(),
    )
    _track(service, bounds, "cpu", "ECSServiceAverageCPUUtilization", args.scaling.cpu_percent)
    _track(service, bounds, "memory", "ECSServiceAverageMemoryUtilization", args.scaling.memory_percent)
    return bounds


def scale_on_requests(service: ContainerService, args: ContainerServiceArgs, bounds: appautoscaling.Target, target: Target) -> None:
    """Also on requests that come through a load balancer: what an instance answers that has its full share at once, a second each."""
    if args.websocket or target.route.balancer is None:
        return
    label = Output.concat(target.route.balancer, "/", target.group.arn_suffix)
    goal = settled(args.scaling.concurrency) * REQUEST_SECONDS
    _track(service, bounds, f"requests-{target.route.label}", "ALBRequestCountPerTarget", goal, label=label, after=target.before)


def _track(
    service: ContainerService,
    bounds: appautoscaling.Target,
    role: str,
    metric: str,
    goal: int,
    *,
    label: Input[str] | None = None,
    after: Sequence[pulumi.Resource] = (),
) -> None:
    appautoscaling.Policy(
        service.logical(f"scales-{role}"),
        name=service.physical("scaling_policy", role),
        policy_type="TargetTrackingScaling",
        service_namespace=bounds.service_namespace,
        scalable_dimension=bounds.scalable_dimension,
        resource_id=bounds.resource_id,
        target_tracking_scaling_policy_configuration=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            target_value=goal,
            predefined_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                predefined_metric_type=metric, resource_label=label
            ),
            scale_in_cooldown=IN_SECONDS,
            scale_out_cooldown=OUT_SECONDS,
        ),
        opts=service.child(depends_on=after),
    )


def _capacity(spot: int) -> list[ecs.ServiceCapacityProviderStrategyArgs]:
    """Both ways, always: from none to some is what would replace the service."""
    base = 1 if spot < 100 else 0  # noqa: PLR2004  per cent
    return [
        ecs.ServiceCapacityProviderStrategyArgs(capacity_provider="FARGATE", base=base, weight=100 - spot),
        ecs.ServiceCapacityProviderStrategyArgs(capacity_provider="FARGATE_SPOT", base=0, weight=spot),
    ]
