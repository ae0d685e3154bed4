"""The security group of a service and the rules that its connections, its way out and its load balancers need."""

from __future__ import annotations

import pulumi
from pulumi import Input
from pulumi_aws import ec2, vpc

from ..container_service import ContainerService, ContainerServiceArgs, Route, all_paths
from .tags import named

INTERNET = "0.0.0.0/0"


def gate(service: ContainerService, args: ContainerServiceArgs) -> ec2.SecurityGroup:
    """A group without a rule: nothing comes in and nothing goes out."""
    return ec2.SecurityGroup(
        service.logical("gate"),
        name=service.physical("security_group"),
        description=f"Service {service.component_name} of {service.site.application} ({service.site.stack})",
        vpc_id=args.network.network_id,
        tags=named(service),
        opts=service.child(),
    )


def ways_out(service: ContainerService, args: ContainerServiceArgs, own: ec2.SecurityGroup) -> list[pulumi.Resource]:
    """To the internet by port, and to each target of a connection: out of the own group, into the target's."""
    rules: list[pulumi.Resource] = [
        vpc.SecurityGroupEgressRule(
            service.logical(f"to-internet-{port}"),
            security_group_id=own.id,
            cidr_ipv4=INTERNET,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{service.component_name} to the internet and to the APIs of AWS",
            tags=named(service, f"to-internet-{port}"),
            opts=service.child(),
        )
        for port in args.runtime.internet_ports
    ]
    for path in all_paths(args.connections):
        there = f"to-{path.label}-{path.port}"
        rules += between(service, there, own.id, path.gate, path.port, f"{service.component_name} to {path.label}")
    return rules


def let_in(service: ContainerService, args: ContainerServiceArgs, own: ec2.SecurityGroup, route: Route) -> list[pulumi.Resource]:
    """From a load balancer's group to the service's port, on both groups."""
    if route.gate is None:
        return []
    return between(service, f"from-{route.label}", route.gate, own.id, args.port, f"Load balancer {route.label} to {service.component_name}")


def between(service: ContainerService, role: str, source: Input[str], target: Input[str], port: int, description: str) -> list[pulumi.Resource]:
    """One way from a group to a group on one port: out of the first, into the second."""
    out = vpc.SecurityGroupEgressRule(
        service.logical(f"{role}-out"),
        security_group_id=source,
        referenced_security_group_id=target,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        tags=named(service, f"{role}-out"),
        opts=service.child(),
    )
    into = vpc.SecurityGroupIngressRule(
        service.logical(f"{role}-in"),
        security_group_id=target,
        referenced_security_group_id=source,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        tags=named(service, f"{role}-in"),
        opts=service.child(),
    )
    return [out, into]
