"""Network on AWS: a VPC over availability zones with subnets for services, for data and for what faces the internet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output
from pulumi_aws import ec2, servicediscovery

from .._core.errors import ArgsError, Problem
from .._core.site import Site
from .._core.tiers import settled
from ..network import Network, NetworkArgs, NetworkParts
from .endpoints import interface_endpoints, storage_endpoint
from .lookup import look_up
from .nacl import close_defaults, data_acl, public_acl, service_acl
from .network_logs import dns_logs, flow_logs, log_key, retention_problems
from .plan import TIERS, block, cidr_problems
from .tags import named

INTERNET = "0.0.0.0/0"
BLOCK_MODES = {"ingress": "block-ingress", "both": "block-bidirectional"}


@dataclass(frozen=True)
class Routed:
    """The subnets of the three tiers, one a zone, and the route tables behind them."""

    subnets: dict[str, list[ec2.Subnet]]
    app: list[ec2.RouteTable]
    data: ec2.RouteTable
    gateways: list[ec2.NatGateway]
    addresses: list[ec2.Eip]
    ready: list[pulumi.Resource]


def problems(args: NetworkArgs, site: Site) -> Iterator[Problem]:
    """What a VPC, CloudWatch Logs and the region's zones do not take."""
    yield from cidr_problems(args.cidr)
    if args.regions:
        remedy = f"build a second Network with site=Site.current().elsewhere({args.regions[0]!r})"
        yield Problem("regions", "must be empty on AWS, where a network lives in one region", list(args.regions), remedy)
    if not isinstance(args.zones, int):
        elsewhere = [zone for zone in args.zones if zone[:-1] != site.region]
        yield from (Problem("zones", f"must lie in {site.region!r}, where this is built", zone) for zone in elsewhere)
    gateways = _gateways(args)
    if args.nat_addresses > gateways:
        rule = f"must be at most {gateways} on AWS, where each NAT gateway has one fixed address"
        yield Problem("nat_addresses", rule, args.nat_addresses, 'nat_gateways="zone" gives one a zone' if args.nat_gateways == "single" else "")
    yield from retention_problems("log_days", settled(args.log_days))
    if args.block_public_access == "both" and args.nat:
        yield Problem("block_public_access", "needs nat=False: a NAT gateway is a way out to the internet", "both", '"ingress" leaves it open')


def build(network: Network, args: NetworkArgs) -> NetworkParts:
    """The VPC and everything that makes it private."""
    vpc = ec2.Vpc(
        network.logical("vpc"),
        cidr_block=args.cidr,
        enable_dns_support=True,
        enable_dns_hostnames=True,  # private DNS of endpoints and of the namespace needs both
        tags=named(network),
        opts=network.child(),
    )
    key = log_key(network)
    routed = _routed(network, args, vpc)
    close_defaults(network, vpc)
    lists = [
        service_acl(network, args, vpc, routed.subnets["app"]),
        data_acl(network, args, vpc, routed.subnets["data"]),
        public_acl(network, args, vpc, routed.subnets["proxy"]),
    ]
    endpoints = [storage_endpoint(network, vpc, [*routed.app, routed.data])]
    if args.private_services:
        endpoints += interface_endpoints(network, args, vpc, routed.subnets["app"])
    if settled(args.flow_log_sampling) > 0:
        flow_logs(network, args, vpc, key)
    if args.dns_logging:
        dns_logs(network, args, vpc, key)
    _block_public_access(network, args)
    domain = f"{network.physical('namespace')}.internal"
    return NetworkParts(
        id=vpc.id,
        subnets={(tier, network.site.region): tuple(subnet.id for subnet in routed.subnets[tier]) for tier in TIERS},
        nat_addresses=[address.public_ip for address in routed.addresses],
        ready=[*routed.ready, *lists, *endpoints],
        domain=domain,
        namespace=_namespace(network, vpc, domain).id,
        log_key=key.arn if key else None,
    )


def _gateways(args: NetworkArgs) -> int:
    if not args.nat:
        return 0
    return 1 if args.nat_gateways == "single" else _zones(args)


def _zones(args: NetworkArgs) -> int:
    return args.zones if isinstance(args.zones, int) else len(args.zones)


def _zone_names(network: Network, args: NetworkArgs) -> Sequence[Input[str]]:
    """Those that the program names, or the region's first. Whether a zone works at this moment is not asked: a failing one must not move the others."""
    if not isinstance(args.zones, int):
        return args.zones
    filters = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}, {"name": "zone-type", "values": ["availability-zone"]}]
    what, remedy = "AWS did not say which availability zones there are", f"name them: zones=('{network.site.region}a', …), or check the credentials"
    found = look_up(network, "aws:index/getAvailabilityZones:getAvailabilityZones", {"filters": filters}, what, remedy)
    wanted = args.zones
    names = found.apply(lambda answer: first_zones(network, list(answer["names"]), wanted))
    return [names[position] for position in range(wanted)]


def first_zones(network: Network, names: list[str], wanted: int) -> list[str]:
    """As many of a region's zones as are wanted; raises ArgsError where it has fewer."""
    if wanted > len(names):
        rule = f"must be at most {len(names)} in {network.site.region!r}"
        raise ArgsError("Network", network.component_name, [Problem("zones", rule, wanted, f"it has {', '.join(names)}")])
    return names[:wanted]


def _routed(network: Network, args: NetworkArgs, vpc: ec2.Vpc) -> Routed:
    zones = _zone_names(network, args)
    subnets = {tier: [_subnet(network, args, vpc, tier, position, zone) for position, zone in enumerate(zones)] for tier in TIERS}
    internet = ec2.InternetGateway(network.logical("internet"), vpc_id=vpc.id, tags=named(network, "internet"), opts=network.child())
    proxy = _route_table(network, vpc, "proxy")
    out = [_route(network, "proxy", proxy, gateway_id=internet.id)]
    addresses = [_address(network, position, internet) for position in range(_gateways(args))]
    gateways = [
        ec2.NatGateway(
            network.logical(f"nat-{position + 1}"),
            allocation_id=address.allocation_id,
            subnet_id=subnets["proxy"][position].id,
            connectivity_type="public",
            tags=named(network, f"nat-{position + 1}"),
            opts=network.child(depends_on=out),
        )
        for position, address in enumerate(addresses)
    ]
    app = [_route_table(network, vpc, f"app-{position + 1}") for position in range(len(zones))]
    if gateways:
        out += [
            _route(network, f"app-{position + 1}", table, nat_gateway_id=gateways[min(position, len(gateways) - 1)].id) for position, table in enumerate(app)
        ]
    data = _route_table(network, vpc, "data")
    tables = {"app": app, "data": [data] * len(zones), "proxy": [proxy] * len(zones)}
    associated = [
        ec2.RouteTableAssociation(
            network.logical(f"routes-{tier}-{position + 1}"), subnet_id=subnet.id, route_table_id=tables[tier][position].id, opts=network.child()
        )
        for tier in TIERS
        for position, subnet in enumerate(subnets[tier])
    ]
    return Routed(subnets, app, data, gateways, addresses, [*out, *associated])


def _subnet(network: Network, args: NetworkArgs, vpc: ec2.Vpc, tier: str, position: int, zone: Input[str]) -> ec2.Subnet:
    role = f"{tier}-{position + 1}"
    looked_up = isinstance(args.zones, int)
    return ec2.Subnet(
        network.logical(f"subnet-{role}"),
        vpc_id=vpc.id,
        cidr_block=block(args.cidr, position, tier),
        availability_zone=zone,
        map_public_ip_on_launch=False,
        tags=named(network, role),
        # a zone that is looked up was decided when the subnet was made: another order of the region's list must not replace it
        opts=network.child(ignore_changes=["availabilityZone"] if looked_up else None),
    )


def _address(network: Network, position: int, internet: ec2.InternetGateway) -> ec2.Eip:
    role = f"nat-address-{position + 1}"
    return ec2.Eip(network.logical(role), domain="vpc", tags=named(network, role), opts=network.data(depends_on=[internet]))


def _route_table(network: Network, vpc: ec2.Vpc, role: str) -> ec2.RouteTable:
    return ec2.RouteTable(network.logical(f"route-table-{role}"), vpc_id=vpc.id, tags=named(network, role), opts=network.child())


def _route(network: Network, role: str, table: ec2.RouteTable, **target: Output[str]) -> ec2.Route:
    """The default route of a table: the one place where the whole internet is meant."""
    return ec2.Route(network.logical(f"route-{role}"), route_table_id=table.id, destination_cidr_block=INTERNET, opts=network.child(), **target)


def _namespace(network: Network, vpc: ec2.Vpc, domain: str) -> servicediscovery.PrivateDnsNamespace:
    return servicediscovery.PrivateDnsNamespace(
        network.logical("namespace"),
        name=domain,
        vpc=vpc.id,
        description=f"Services of {network.component_name} of {network.site.application} ({network.site.stack})",
        tags=named(network, "namespace"),
        opts=network.child(),
    )


def _block_public_access(network: Network, args: NetworkArgs) -> None:
    """For the whole region of the account: see the argument's docstring."""
    if args.block_public_access != "off":
        ec2.VpcBlockPublicAccessOptions(
            network.logical("block-public-access"), internet_gateway_block_mode=BLOCK_MODES[args.block_public_access], opts=network.child()
        )
