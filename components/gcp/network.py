"""Network on Google Cloud: a custom-mode VPC with Private Google Access, Cloud NAT, private services access and default-deny rules."""

from __future__ import annotations

from pulumi_gcp import compute, dns, servicenetworking

from .._core.cidr import PRIVATE
from .._core.tiers import settled
from ..network import Network, NetworkArgs, NetworkParts
from .apis import enabled

CREATED_TIERS = ("app", "data")


def build(network: Network, args: NetworkArgs) -> NetworkParts:
    """The VPC and everything that makes it private."""
    # the services connection looks its project up by Cloud Resource Manager
    apis = enabled(network, "compute", "servicenetworking", "cloudresourcemanager", "dns")
    vpc = compute.Network(
        network.logical("vpc"),
        project=network.site.project,
        name=network.physical("network"),
        description=f"Private network {network.component_name} of {network.site.application} ({network.site.stack})",
        auto_create_subnetworks=False,
        routing_mode="GLOBAL" if args.regions else "REGIONAL",
        opts=network.child(depends_on=apis),
    )
    subnets = {
        (tier, region): _subnet(network, args, vpc, tier, region, position)
        for position, region in enumerate((network.site.region, *args.regions))
        for tier in CREATED_TIERS
    }
    addresses = [address for region in (network.site.region, *args.regions) for address in _nat(network, args, vpc, region)] if args.nat else []
    connection = _private_services(network, args, vpc)
    _closed(network, vpc)
    if args.dns_logging:
        _dns_logging(network, vpc)
    return NetworkParts(
        id=vpc.id,
        subnets={key: (subnet.id,) for key, subnet in subnets.items()},
        nat_addresses=[address.address for address in addresses],
        ready=[connection],
    )


def _role(base: str, network: Network, region: str) -> str:
    """A role in the site's own region has no suffix, so that the first region's names stay as they are when another is added."""
    return base if region == network.site.region else f"{base}-{region}"


def _subnet(network: Network, args: NetworkArgs, vpc: compute.Network, tier: str, region: str, position: int) -> compute.Subnetwork:
    role = _role(tier, network, region)
    sampling = settled(args.flow_log_sampling)
    logs = compute.SubnetworkLogConfigArgs(aggregation_interval="INTERVAL_10_MIN", flow_sampling=sampling, metadata="INCLUDE_ALL_METADATA")
    return compute.Subnetwork(
        network.logical(f"subnet-{role}"),
        project=network.site.project,
        name=network.physical("subnetwork", role),
        description=f"{tier} tier in {region}",
        network=vpc.id,
        region=region,
        ip_cidr_range=args.block(position, tier),
        private_ip_google_access=True,
        log_config=logs if sampling else None,
        opts=network.child(),
    )


def _nat(network: Network, args: NetworkArgs, vpc: compute.Network, region: str) -> list[compute.Address]:
    role = _role("nat", network, region)
    project = network.site.project
    router = compute.Router(
        network.logical(_role("router", network, region)),
        project=project,
        name=network.physical("router", _role("router", network, region)),
        network=vpc.id,
        region=region,
        opts=network.child(),
    )
    addresses = [
        compute.Address(
            network.logical(f"{role}-address-{number}"),
            project=project,
            name=network.physical("address", f"{role}-{number}"),
            region=region,
            address_type="EXTERNAL",
            labels=network.labels(),
            opts=network.data(),
        )
        for number in range(args.nat_addresses)
    ]
    compute.RouterNat(
        network.logical(role),
        project=project,
        name=network.physical("nat", role),
        router=router.name,
        region=region,
        nat_ip_allocate_option="MANUAL_ONLY" if addresses else "AUTO_ONLY",
        nat_ips=[address.self_link for address in addresses] or None,
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        log_config=compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
        opts=network.child(),
    )
    return addresses


def _private_services(network: Network, args: NetworkArgs, vpc: compute.Network) -> servicenetworking.Connection:
    """Private services access: where Cloud SQL and Memorystore get their addresses."""
    address, _, bits = settled(args.services_cidr).partition("/")
    reserved = compute.GlobalAddress(
        network.logical("services-range"),
        project=network.site.project,
        name=network.physical("address", "services"),
        description="Addresses of managed databases and caches",
        purpose="VPC_PEERING",
        address_type="INTERNAL",
        network=vpc.id,
        labels=network.labels(),
        address=address,
        prefix_length=int(bits),
        opts=network.child(),
    )
    return servicenetworking.Connection(
        network.logical("services"),
        network=vpc.id,
        service="servicenetworking.googleapis.com",
        reserved_peering_ranges=[reserved.name],
        opts=network.child(),
    )


def _closed(network: Network, vpc: compute.Network) -> None:
    """Nothing comes in, and nothing goes to a private address; a binding's own rule (priority 1000) comes before these. Both are logged."""
    logs = compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA")
    compute.Firewall(
        network.logical("deny-ingress"),
        project=network.site.project,
        name=network.physical("firewall", "deny-ingress"),
        description="Nothing comes in that no binding opened",
        network=vpc.id,
        direction="INGRESS",
        priority=65534,
        source_ranges=["0.0.0.0/0"],  # a denial, not an opening
        denies=[compute.FirewallDenyArgs(protocol="all")],
        log_config=logs,
        opts=network.child(),
    )
    compute.Firewall(
        network.logical("deny-private-egress"),
        project=network.site.project,
        name=network.physical("firewall", "deny-egress"),
        description="Nothing reaches a private address that no binding opened",
        network=vpc.id,
        direction="EGRESS",
        priority=65534,
        destination_ranges=[str(block) for block in PRIVATE],
        denies=[compute.FirewallDenyArgs(protocol="all")],
        log_config=logs,
        opts=network.child(),
    )


def _dns_logging(network: Network, vpc: compute.Network) -> None:
    dns.Policy(
        network.logical("dns"),
        project=network.site.project,
        name=network.physical("dns_policy", "dns"),
        description="Logs the queries of this network",
        enable_logging=True,
        networks=[dns.PolicyNetworkArgs(network_url=vpc.id)],
        opts=network.child(),
    )
