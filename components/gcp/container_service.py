"""ContainerService on Google Cloud: Cloud Run, second generation, with Direct VPC egress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi
from pulumi import Input, Output
from pulumi_gcp import cloudrunv2, compute, serviceaccount

from .._core.connection import Access, FromConsumer, Grant, Principal, SecretRef
from .._core.errors import Problem
from .._core.site import Site
from .._core.tiers import settled
from ..container_options import LONGEST_REQUEST, PROBE_SECONDS
from ..container_service import ContainerService, ContainerServiceArgs, ContainerServiceParts, Route, all_paths, probe_failures
from .access import database_user, realise
from .apis import enabled

__all__ = ["build", "problems", "realise"]

SOCKET_LIMIT = f"after {LONGEST_REQUEST} s and affinity is best effort"
"""How long a websocket stays open, as `pulumi up` says it."""
MEMORY: Mapping[float, tuple[int, int]] = {1: (512, 4096), 2: (512, 8192), 4: (2048, 16384), 6: (4096, 24576), 8: (4096, 32768)}
"""CPUs → least and most MiB (cloud.google.com/run/docs/configuring/services/memory-limits). Less than 1 CPU exists only in the first generation."""


def problems(args: ContainerServiceArgs, site: Site) -> Iterator[Problem]:
    """What Cloud Run does not have."""
    del site
    if args.runtime.architecture != "x86_64":
        yield Problem("runtime.architecture", 'must be "x86_64" on Cloud Run, which runs nothing else', args.runtime.architecture)
    cpu, memory = settled(args.cpu), settled(args.memory_mib)
    if cpu not in MEMORY:
        yield Problem("cpu", "must be 1, 2, 4, 6 or 8 on Cloud Run", args.cpu)
        return
    least, most = MEMORY[cpu]
    if not isinstance(memory, int) or not least <= memory <= most:
        yield Problem("memory_mib", f"must be {least} to {most} with {cpu:g} CPU on Cloud Run", memory)


def fitting_memory(cpu: object, memory: int) -> int:
    """So much memory, or the least that goes with the CPU where that is more."""
    return max(memory, MEMORY[cpu][0]) if isinstance(cpu, (int, float)) and cpu in MEMORY else memory


def build(service: ContainerService, args: ContainerServiceArgs) -> ContainerServiceParts:
    """Identity, rights, paths, then the service that uses them."""
    account = _identity(service)
    principal = Principal(service.component_name, account.email)
    rights = _rights(service, args, principal)
    tag = service.physical("tag")
    paths = _paths(service, args, tag)
    run = cloudrunv2.Service(
        service.logical("run"),
        project=service.site.project,
        location=service.site.region,
        name=service.physical("run_service"),
        description=f"{service.component_name} of {service.site.application} ({service.site.stack})",
        ingress="INGRESS_TRAFFIC_ALL" if args.public else "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        deletion_protection=service.site.protect,
        labels=service.labels(),
        template=_template(service, args, account.email, tag),
        traffics=[cloudrunv2.ServiceTrafficArgs(type="TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent=100)],
        opts=service.child(depends_on=[*enabled(service, "run"), *rights, *paths]),
    )
    if args.public:
        _open(service, run)
    return ContainerServiceParts(
        url=run.uri, service=run.name, identity=account.email, revision=run.latest_ready_revision, route=lambda route: _endpoint(service, run, route)
    )


def _identity(service: ContainerService) -> serviceaccount.Account:
    return serviceaccount.Account(
        service.logical("identity"),
        project=service.site.project,
        account_id=service.physical("service_account"),
        display_name=f"{service.component_name} of {service.site.application} ({service.site.stack})",
        opts=service.child(depends_on=enabled(service, "iam")),
    )


def _rights(service: ContainerService, args: ContainerServiceArgs, principal: Principal) -> list[pulumi.Resource]:
    """Exactly what the connections declare: their grants, and one reader right for each secret."""
    made: list[pulumi.Resource] = []
    for connection in args.connections:
        for grant in connection.grants:
            made += realise(service, f"{grant.label}-{grant.access.value}", principal, grant)
        for variable, secret in connection.secrets.items():
            target = {"project": service.site.project, "secret": secret.name}
            made += realise(service, f"reads-{variable.lower().replace('_', '-')}", principal, Grant("secret", Access.READ, target, connection.source))
    return made


def _paths(service: ContainerService, args: ContainerServiceArgs, tag: str) -> list[pulumi.Resource]:
    """From this service's tag to each target's address and port: what the network's own denial leaves closed otherwise."""
    return [
        compute.Firewall(
            service.logical(f"to-{path.label}-{path.port}"),
            project=service.site.project,
            name=service.physical("firewall", f"to-{path.label}-{path.port}"),
            description=f"{service.component_name} connects to {path.label}",
            network=args.network.network_id,
            direction="EGRESS",
            priority=1000,
            target_tags=[tag],
            destination_ranges=[path.cidr],
            allows=[compute.FirewallAllowArgs(protocol="tcp", ports=[str(path.port)])],
            log_config=compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA"),
            opts=service.child(),
        )
        for path in all_paths(args.connections)
    ]


def _template(service: ContainerService, args: ContainerServiceArgs, email: Output[str], tag: str) -> cloudrunv2.ServiceTemplateArgs:
    scaling, runtime = args.scaling, args.runtime
    return cloudrunv2.ServiceTemplateArgs(
        service_account=email,
        execution_environment="EXECUTION_ENVIRONMENT_GEN2",
        labels=service.labels(),
        timeout=f"{settled(runtime.request_timeout)}s",
        session_affinity=args.websocket,
        max_instance_request_concurrency=settled(scaling.concurrency),
        scaling=cloudrunv2.ServiceTemplateScalingArgs(min_instance_count=settled(scaling.min), max_instance_count=settled(scaling.max)),
        vpc_access=cloudrunv2.ServiceTemplateVpcAccessArgs(
            egress="ALL_TRAFFIC" if runtime.egress == "all" else "PRIVATE_RANGES_ONLY",
            network_interfaces=[
                cloudrunv2.ServiceTemplateVpcAccessNetworkInterfaceArgs(
                    network=args.network.network_id,
                    subnetwork=args.network.subnets["app", service.site.region][0],
                    tags=[tag],
                )
            ],
        ),
        containers=[_container(args, email)],
    )


def _container(args: ContainerServiceArgs, email: Output[str]) -> cloudrunv2.ServiceTemplateContainerArgs:
    runtime = args.runtime
    return cloudrunv2.ServiceTemplateContainerArgs(
        image=args.image,
        commands=list(runtime.command) or None,
        args=list(runtime.arguments) or None,
        ports=cloudrunv2.ServiceTemplateContainerPortsArgs(container_port=args.port),
        envs=[*_variables(args, email), *_secrets(args)],
        resources=cloudrunv2.ServiceTemplateContainerResourcesArgs(
            limits={"cpu": f"{settled(args.cpu):g}", "memory": f"{settled(args.memory_mib)}Mi"},
            cpu_idle=not runtime.cpu_always,
            startup_cpu_boost=True,
        ),
        startup_probe=_startup_probe(args),
        liveness_probe=_liveness_probe(args),
    )


def _variables(args: ContainerServiceArgs, email: Output[str]) -> list[cloudrunv2.ServiceTemplateContainerEnvArgs]:
    values: dict[str, Input[str]] = dict(args.env)
    for connection in args.connections:
        for name, value in connection.env.items():
            values[name] = database_user(email) if isinstance(value, FromConsumer) else value
    return [cloudrunv2.ServiceTemplateContainerEnvArgs(name=name, value=value) for name, value in values.items()]


def _secrets(args: ContainerServiceArgs) -> list[cloudrunv2.ServiceTemplateContainerEnvArgs]:
    secrets: dict[str, SecretRef] = {}
    for connection in args.connections:
        secrets.update(connection.secrets)
    return [
        cloudrunv2.ServiceTemplateContainerEnvArgs(
            name=name,
            value_source=cloudrunv2.ServiceTemplateContainerEnvValueSourceArgs(
                secret_key_ref=cloudrunv2.ServiceTemplateContainerEnvValueSourceSecretKeyRefArgs(secret=secret.name, version=secret.version)
            ),
        )
        for name, secret in secrets.items()
    ]


def _startup_probe(args: ContainerServiceArgs) -> cloudrunv2.ServiceTemplateContainerStartupProbeArgs:
    http = cloudrunv2.ServiceTemplateContainerStartupProbeHttpGetArgs(path=args.health_path, port=args.port) if args.health_path else None
    tcp = None if args.health_path else cloudrunv2.ServiceTemplateContainerStartupProbeTcpSocketArgs(port=args.port)
    return cloudrunv2.ServiceTemplateContainerStartupProbeArgs(
        http_get=http,
        tcp_socket=tcp,
        period_seconds=PROBE_SECONDS,
        timeout_seconds=3,
        failure_threshold=probe_failures(args.runtime.startup_seconds),
    )


def _liveness_probe(args: ContainerServiceArgs) -> cloudrunv2.ServiceTemplateContainerLivenessProbeArgs | None:
    if not args.health_path:
        return None
    return cloudrunv2.ServiceTemplateContainerLivenessProbeArgs(
        http_get=cloudrunv2.ServiceTemplateContainerLivenessProbeHttpGetArgs(path=args.health_path, port=args.port),
        period_seconds=30,
        timeout_seconds=5,
        failure_threshold=3,
    )


def _endpoint(service: ContainerService, run: cloudrunv2.Service, route: Route) -> None:
    """What a load balancer of Google's can route to. Who it lets in is the service's ingress, which takes load balancers already."""
    endpoints = compute.RegionNetworkEndpointGroup(
        service.logical(f"target-{route.label}"),
        project=service.site.project,
        region=service.site.region,
        name=service.physical("endpoint_group", route.label),
        description=f"{service.component_name} of {service.site.application} ({service.site.stack}) behind {route.label}",
        network_endpoint_type="SERVERLESS",
        cloud_run=compute.RegionNetworkEndpointGroupCloudRunArgs(service=run.name),
        opts=service.child(depends_on=enabled(service, "compute")),
    )
    route.make(endpoints.id)


def _open(service: ContainerService, run: cloudrunv2.Service) -> None:
    """Anybody may call it: asked for by `public=True`."""
    cloudrunv2.ServiceIamMember(
        service.logical("public"),
        project=service.site.project,
        location=service.site.region,
        name=run.name,
        role="roles/run.invoker",
        member="allUsers",
        opts=service.child(),
    )
