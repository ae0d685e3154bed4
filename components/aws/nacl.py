"""Network access lists: the second wall behind the security groups, one list a tier.

They keep no memory of connections: what is let out must be let in again as an answer, which goes to a port from 1024 up (Amazon VPC User Guide, ephemeral
ports). Queries to the VPC's own resolver and clock pass unfiltered.
"""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_aws import ec2

from ..network import Network, NetworkArgs
from .tags import named

ANYWHERE = "0.0.0.0/0"
ANSWERS = (1024, 65535)
"""The ports that answers come back to: NAT gateways and load balancers use all of them."""
HTTP = (80, 80)
HTTPS = (443, 443)
ALL = "-1"
ICMP = "icmp"
UNREACHABLE = 3
"""The ICMP type that says that a packet was too large: without it large packets vanish."""


def close_defaults(network: Network, vpc: ec2.Vpc) -> None:
    """The group and the list that AWS makes with a VPC, emptied: whatever is put there by mistake is cut off."""
    ec2.DefaultSecurityGroup(network.logical("default-group"), vpc_id=vpc.id, ingress=[], egress=[], tags=named(network, "default"), opts=network.child())
    ec2.DefaultNetworkAcl(
        network.logical("default-acl"),
        default_network_acl_id=vpc.default_network_acl_id,
        ingress=[],
        egress=[],
        tags=named(network, "default"),
        # a subnet that belongs to no other list yet stands here for a moment
        opts=network.child(ignore_changes=["subnetIds"]),
    )


def service_acl(network: Network, args: NetworkArgs, vpc: ec2.Vpc, subnets: Sequence[ec2.Subnet]) -> ec2.NetworkAcl:
    """Services: the network itself, and answers from outside. Nobody outside has a route to them; what goes out, their security groups decide."""
    inbound = [_in(100, args.cidr), _in(200, ANYWHERE, "tcp", ANSWERS)]
    # without NAT the only way out is S3's endpoint, whose addresses are public and which a list cannot name
    outbound = [_out(100, args.cidr), _out(200, ANYWHERE, "tcp", HTTPS)]
    if args.nat:
        inbound += [_in(210, ANYWHERE, "udp", ANSWERS), _unreachable(220)]
        outbound[1:] = [_out(200, ANYWHERE)]
    return _acl(network, vpc, "app", subnets, inbound, outbound)


def data_acl(network: Network, args: NetworkArgs, vpc: ec2.Vpc, subnets: Sequence[ec2.Subnet]) -> ec2.NetworkAcl:
    """Databases and caches: the network itself in both directions, every port because answers come back to any; the rest is shut."""
    return _acl(network, vpc, "data", subnets, [_in(100, args.cidr)], [_out(100, args.cidr)])


def public_acl(network: Network, args: NetworkArgs, vpc: ec2.Vpc, subnets: Sequence[ec2.Subnet]) -> ec2.NetworkAcl:
    """Load balancers and NAT gateways: anybody by HTTP and HTTPS, and answers to what services asked of the internet."""
    inbound = [
        _in(100, args.cidr),
        _in(200, ANYWHERE, "tcp", HTTPS),
        _in(210, ANYWHERE, "tcp", HTTP),
        _in(220, ANYWHERE, "tcp", ANSWERS),
        _in(230, ANYWHERE, "udp", ANSWERS),
        _unreachable(240),
    ]
    # a NAT gateway passes on whatever a service may send, and a load balancer answers any caller on any port of theirs
    return _acl(network, vpc, "proxy", subnets, inbound, [_out(100, args.cidr), _out(200, ANYWHERE)])


def _acl(
    network: Network,
    vpc: ec2.Vpc,
    tier: str,
    subnets: Sequence[ec2.Subnet],
    inbound: Sequence[ec2.NetworkAclIngressArgs],
    outbound: Sequence[ec2.NetworkAclEgressArgs],
) -> ec2.NetworkAcl:
    return ec2.NetworkAcl(
        network.logical(f"acl-{tier}"),
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in subnets],
        ingress=inbound,
        egress=outbound,
        tags=named(network, tier),
        opts=network.child(),
    )


def _in(number: int, cidr: str, protocol: str = ALL, ports: tuple[int, int] = (0, 0)) -> ec2.NetworkAclIngressArgs:
    return ec2.NetworkAclIngressArgs(action="allow", rule_no=number, cidr_block=cidr, protocol=protocol, from_port=ports[0], to_port=ports[1])


def _out(number: int, cidr: str, protocol: str = ALL, ports: tuple[int, int] = (0, 0)) -> ec2.NetworkAclEgressArgs:
    return ec2.NetworkAclEgressArgs(action="allow", rule_no=number, cidr_block=cidr, protocol=protocol, from_port=ports[0], to_port=ports[1])


def _unreachable(number: int) -> ec2.NetworkAclIngressArgs:
    return ec2.NetworkAclIngressArgs(
        action="allow", rule_no=number, cidr_block=ANYWHERE, protocol=ICMP, icmp_type=UNREACHABLE, icmp_code=-1, from_port=0, to_port=0
    )
