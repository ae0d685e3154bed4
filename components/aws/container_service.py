"""ContainerService on AWS: ECS on Fargate in private subnets, found by a private name."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi import Output
from pulumi_aws import cloudwatch, servicediscovery

from .._core.connection import Principal
from .._core.errors import Problem
from .._core.site import Site
from .._core.tiers import settled
from ..container_service import ContainerService, ContainerServiceArgs, ContainerServiceParts, Route
from .access import realise
from .fargate import fitting_memory, size_problems, variable_problems
from .gates import gate, ways_out
from .network_logs import retention_problems
from .rollout import cluster, run, scale, scale_on_requests
from .routing import Routes
from .task import definition
from .task_roles import rights, role, starts
from .way_out import way_problems

__all__ = ["build", "fitting_memory", "problems", "realise"]

SOCKET_LIMIT = "when nothing moves on it for as long as runtime.request_timeout says, and when its instance is replaced or taken away"
"""How long a websocket stays open, as `pulumi up` says it."""
NAME_SECONDS = 10
"""How long a client may remember an instance's address."""


def problems(args: ContainerServiceArgs, site: Site) -> Iterator[Problem]:
    """What Fargate and CloudWatch Logs do not have, and a network by which no container would start."""
    yield from size_problems(args.cpu, args.memory_mib)
    if args.public:
        yield Problem(
            "public", "must be False on AWS, where a service has no address on the internet and no certificate", True, "route() a load balancer to it"
        )
    yield from retention_problems("runtime.log_days", settled(args.runtime.log_days))
    yield from variable_problems("env", args.env)
    for connection in args.connections:
        yield from variable_problems("connections", connection.variables())
    yield from way_problems(args, site)


def build(service: ContainerService, args: ContainerServiceArgs) -> ContainerServiceParts:
    """Identity, rights, paths and logs, then the service that uses them."""
    identity, execution = role(service, "identity"), role(service, "execution")
    logs = _log_group(service, args)
    own = gate(service, args)
    ready = [*rights(service, args, Principal(service.component_name, identity.arn)), *starts(service, args, execution, logs), *ways_out(service, args, own)]
    home, capacity = cluster(service)
    task = definition(service, args, identity, execution, logs)
    named = _private_name(service, args)
    routes = Routes(service, args, own)
    made = run(service, args, home, task, routes, registry=named.arn, ready=[*args.network.ready, *ready, capacity])
    bounds = scale(service, args, home, made)

    def join(route: Route) -> None:
        routes.add(route)
        scale_on_requests(service, args, bounds, routes.targets[-1])

    return ContainerServiceParts(
        url=Output.concat("http://", named.name, ".", args.network.domain, ":", str(args.port)),
        service=made.name,
        identity=identity.arn,
        revision=task.arn,
        route=join,
        gate=own.id,
    )


def _log_group(service: ContainerService, args: ContainerServiceArgs) -> cloudwatch.LogGroup:
    return cloudwatch.LogGroup(
        service.logical("logs"),
        name=f"/aws/ecs/{service.physical('log_group')}",
        retention_in_days=settled(args.runtime.log_days),
        kms_key_id=args.network.log_key,
        tags=service.labels(),
        opts=service.child(),
    )


def _private_name(service: ContainerService, args: ContainerServiceArgs) -> servicediscovery.Service:
    """The name under which others of the network find its instances: an address each, those that run."""
    return servicediscovery.Service(
        service.logical("name"),
        name=service.component_name,
        description=f"{service.component_name} of {service.site.application} ({service.site.stack})",
        dns_config=servicediscovery.ServiceDnsConfigArgs(
            namespace_id=settled(args.network.namespace),
            dns_records=[servicediscovery.ServiceDnsConfigDnsRecordArgs(type="A", ttl=NAME_SECONDS)],
            routing_policy="MULTIVALUE",
        ),
        force_destroy=True,  # instances that ECS has not taken out yet hold no data
        tags=service.labels(),
        opts=service.child(),
    )
