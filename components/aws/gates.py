"""The security group of a service and the rules that its connections, its way out and its load balancers need."""

from __future__ import annotations

import pulumi
from pulumi import Input
from pulumi_aws import ec2, vpc

from ..container_service import ContainerService, ContainerServiceArgs, Route, all_paths
from .lookup import look_up
from .tags import named

INTERNET = "0.0.0.0/0"
HTTPS = 443


def gate(service: ContainerService, args: ContainerServiceArgs) -> ec2.SecurityGroup:
    """A group without a rule: nothing comes in and nothing goes out."""
    return ec2.SecurityGroup(
        service.logical("gate"),
        name=service.physical("security_group"),
        description=f"Service {service.component_name} of {service.site.application} ({service.site.stack})",
        vpc_id=args.network.network_id,
        tags=named(service),
        # another network has a group of its own, under the same name: the old one can't go before its tasks have left it
        opts=service.child(delete_before_replace=False),
    )


def ways_out(service: ContainerService, args: ContainerServiceArgs, own: ec2.SecurityGroup) -> list[pulumi.Resource]:
    """To the internet by port, and to each target of a connection: out of the own group, into the target's."""
    name = service.component_name
    rules: list[pulumi.Resource] = [
        _out(service, f"to-internet-{port}", own.id, port, f"{name} to the internet and to the APIs of AWS", cidr_ipv4=INTERNET)
        for port in args.runtime.internet_ports
    ]
    if HTTPS not in args.runtime.internet_ports:
        # no task starts without its image, its secrets and its log group: endpoints in the network lead to them, and a gateway to the layers of the image
        what, remedy = "AWS did not say which addresses S3 has", "let the credentials call ec2:DescribeManagedPrefixLists"
        asked = {"name": f"com.amazonaws.{service.site.region}.s3"}
        answer = look_up(service, "aws:ec2/getManagedPrefixList:getManagedPrefixList", asked, what, remedy)
        layers = answer.apply(lambda found: str(found["id"]))
        rules.append(_out(service, "to-endpoints", own.id, HTTPS, f"{name} to endpoints of AWS in the network", cidr_ipv4=args.network.cidr))
        rules.append(_out(service, "to-layers", own.id, HTTPS, f"{name} to S3, where the layers of images are", prefix_list_id=layers))
    for path in all_paths(args.connections):
        there = f"to-{path.label}-{path.port}"
        rules += between(service, there, own.id, path.gate, path.port, f"{service.component_name} to {path.label}")
    return rules


def let_in(service: ContainerService, args: ContainerServiceArgs, own: ec2.SecurityGroup, route: Route) -> list[pulumi.Resource]:
    """From a load balancer's group to the service's port, on both groups."""
    if route.gate is None:
        return []
    # by port: while the port changes, the instances that still run must be reached too
    return between(service, f"from-{route.label}-{args.port}", route.gate, own.id, args.port, f"Load balancer {route.label} to {service.component_name}")


def between(service: ContainerService, role: str, source: Input[str], target: Input[str], port: int, description: str) -> list[pulumi.Resource]:
    """One way from a group to a group on one port: out of the first, into the second."""
    out = _out(service, f"{role}-out", source, port, description, referenced_security_group_id=target)
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


def _out(service: ContainerService, role: str, group: Input[str], port: int, description: str, **where: Input[str]) -> vpc.SecurityGroupEgressRule:
    return vpc.SecurityGroupEgressRule(
        service.logical(role),
        security_group_id=group,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        tags=named(service, role),
        opts=service.child(),
        **where,
    )
