"""Network: a private network whose plan never moves a block."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple, get_args

import pulumi
from pulumi import Output

from ._core import cidr as blocks
from ._core.checks import list_problem, range_problem, truth_problem, word_problem
from ._core.component import Args, Component
from ._core.errors import Problem
from ._core.site import AWS_REGION, GCP_REGION, Site
from ._core.tiers import settled

NatGateways = Literal["single", "zone"]
PublicAccess = Literal["off", "ingress", "both"]

MAX_REGIONS = 4
MIN_ZONES = 2
MAX_ZONES = 4
ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]")
"""An availability zone's name on AWS: its region's and a letter."""
MAX_NAT_ADDRESSES = 16
LONGEST_LOGS = 3653
"""Days: the longest that CloudWatch Logs keeps what it does not keep for ever."""
SMALLEST_FOR_REGIONS = 22
"""Bits of the smallest network with room for four regions of four tiers, a /26 each: Direct VPC egress takes no smaller subnet."""
SERVICES_BITS = 20
"""The default block for managed services: sixteen of the /24 that Cloud SQL takes in each region."""
TIERS = ("app", "data", "proxy", "spare")
"""What a network is cut into, by position: services; private endpoints and databases; load balancer proxies; room to grow."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs(Args):
    """How a network is cut and what leaves it."""

    cidr: str = "10.0.0.0/16"
    """The block that all subnets are cut from, /8 to /24 (AWS: /16 to /24). It can never change in place: choose it once, apart from other networks that
    you will peer with."""

    regions: Sequence[str] = ()
    """Further regions after the site's own, up to 3 (needs a /22 or larger). Append only: a region's position decides its blocks. By default none.
    Not on AWS, where a network lives in one region: build a second one with `site=`."""

    zones: int | Sequence[str] = 3
    """Availability zones, 2 to 4, where a subnet lives in one zone (AWS): how many, or their names. Append only: a zone's position decides its blocks, and
    room for 4 is always kept. No effect on Google Cloud, where a subnet spans all zones of its region."""

    services_cidr: str | None = None
    """The block that managed databases and caches get addresses from, /16 to /24 (Google private services access: /24 is its minimum for Cloud SQL).
    By default a /20 in another private range than `cidr`, chosen by `cidr` alone. No meaning on AWS, where they live in the network's own data subnets."""

    nat: bool | None = None
    """Whether things without an address of their own reach the internet through a NAT gateway. The tier decides: dev, staging and prod yes."""

    nat_addresses: int = 0
    """How many fixed addresses the NAT gateway uses, 0 to 16: partners put them on allow lists. By default 0: Google picks, and may change them. On AWS each
    gateway always has one fixed address, listed in the attribute of this name; a number above that of the gateways is refused."""

    nat_gateways: NatGateways | None = None
    """One NAT gateway for all zones, or one a zone, which survives the loss of any zone (AWS). The tier decides: dev and staging single, prod zone. No effect
    on Google Cloud, whose NAT is no machine and spans all zones."""

    private_services: bool | None = None
    """Whether the cloud's own services that containers need (images, logs, secrets, keys) are reached within the network (AWS: interface endpoints, in one
    zone where `nat_gateways` is single, else in every zone). Without it and without `nat` no container starts on AWS. The tier decides: dev no, staging and
    prod yes. No effect on Google Cloud, where it is always so and free of charge (Private Google Access); as is S3 on AWS."""

    flow_log_sampling: float | None = None
    """Share of connections that flow logs record, 0.0 (off) to 1.0. The tier decides: dev 0.1, staging 0.5, prod 0.5. AWS samples nothing: any number above 0
    records all."""

    dns_logging: bool = True
    """Whether queries of the network's private DNS are logged."""

    log_days: int | None = None
    """Days that flow and DNS logs are kept (AWS: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400, or a number of years). The tier decides: dev and
    staging 3, prod 30. No effect on Google Cloud, where the log bucket of the project decides (30 days unless its owner says another number)."""

    block_public_access: PublicAccess = "off"
    """VPC Block Public Access (AWS): `ingress` lets nothing in from the internet, `both` nothing in or out. CAUTION: it holds for EVERY network of the account
    in this region, of other stacks and teams too, and ends for all of them when it is taken out. By default off: nothing is set. No effect on Google Cloud."""

    def decided(self, site: Site) -> NetworkArgs:
        """The managed services' block follows from the network's own on Google Cloud. Left to the cloud it could lie where the plan will grow."""
        if site.cloud != "gcp" or self.services_cidr is not None or list(blocks.problems("cidr", self.cidr, shortest=8, longest=24)):
            return self
        return dataclasses.replace(self, services_cidr=blocks.beside(self.cidr, SERVICES_BITS))

    def problems(self, site: Site) -> Iterator[Problem]:
        """Blocks that do not parse or do not fit, regions that do not look like one or stand twice, counts out of range."""
        before = list(blocks.problems("cidr", self.cidr, shortest=8, longest=24))
        yield from before
        if self.services_cidr is not None:
            more = list(blocks.problems("services_cidr", self.services_cidr, shortest=16, longest=24))
            yield from more
            if not before and not more and blocks.overlap([self.cidr, self.services_cidr]):
                yield Problem(
                    "services_cidr", f"must not overlap cidr {self.cidr!r}", self.services_cidr, "managed services live beside the network's own block"
                )
        yield from self._region_problems(site)
        if not before and self.regions and self._bits() > SMALLEST_FOR_REGIONS:
            yield Problem("cidr", "must be /22 or larger for more than one region", self.cidr)
        yield from self._zone_problems()
        yield from range_problem("nat_addresses", self.nat_addresses, 0, MAX_NAT_ADDRESSES)
        yield from truth_problem("nat", self.nat)
        yield from word_problem("nat_gateways", self.nat_gateways, get_args(NatGateways))
        yield from truth_problem("private_services", self.private_services)
        if self.nat_addresses and self.nat is False:
            yield Problem("nat_addresses", "needs nat=True", self.nat_addresses)
        if not isinstance(self.flow_log_sampling, (int, float)) or isinstance(self.flow_log_sampling, bool) or not 0 <= self.flow_log_sampling <= 1:
            yield Problem("flow_log_sampling", "must be 0.0 to 1.0", self.flow_log_sampling)
        yield from truth_problem("dns_logging", self.dns_logging)
        yield from range_problem("log_days", self.log_days, 1, LONGEST_LOGS, unit="days")
        yield from word_problem("block_public_access", self.block_public_access, get_args(PublicAccess))

    def _region_problems(self, site: Site) -> Iterator[Problem]:
        wrong = list(list_problem("regions", self.regions, "regions"))
        yield from wrong
        if wrong:
            return
        pattern = GCP_REGION if site.cloud == "gcp" else AWS_REGION
        for region in self.regions:
            if not isinstance(region, str) or not pattern.fullmatch(region):
                yield Problem("regions", "must hold region names", region, f"for example {site.region!r}")
        if len({site.region, *self.regions}) != 1 + len(self.regions):
            yield Problem("regions", f"must hold each region once, besides the site's own {site.region!r}", list(self.regions))
        if len(self.regions) >= MAX_REGIONS:
            yield Problem("regions", f"must hold at most {MAX_REGIONS - 1}", len(self.regions))

    def _zone_problems(self) -> Iterator[Problem]:
        if isinstance(self.zones, (int, float, str)) or not isinstance(self.zones, Sequence):
            yield from range_problem("zones", self.zones, MIN_ZONES, MAX_ZONES)
            return
        wrong = [zone for zone in self.zones if not isinstance(zone, str) or not ZONE.fullmatch(zone)]
        yield from (Problem("zones", "must hold names of availability zones", zone, "for example 'eu-west-1a'") for zone in wrong)
        if not MIN_ZONES <= len(self.zones) <= MAX_ZONES:
            yield Problem("zones", f"must hold {MIN_ZONES} to {MAX_ZONES} names", list(self.zones))
        if not wrong and len(set(self.zones)) != len(self.zones):
            yield Problem("zones", "must hold each zone once", list(self.zones))

    def _bits(self) -> int:
        return int(self.cidr.rpartition("/")[2])

    def block(self, region: int, tier: str) -> str:
        """The block of a tier in a region by its position: /16 gives /20s. A network smaller than /22 keeps one region, so that each tier has a /26."""
        position = (TIERS.index(tier), len(TIERS))
        if self._bits() > SMALLEST_FOR_REGIONS:
            return blocks.slot(self.cidr, position)
        return blocks.slot(self.cidr, (region, MAX_REGIONS), position)


def place_problems(network: object, site: Site) -> Iterator[Problem]:
    """A network that is none, or is not where the component is to be built."""
    if not isinstance(network, Network):
        yield Problem("network", "must be a Network", network)
    elif network.site.cloud != site.cloud:
        yield Problem("network", f"must be on {site.cloud!r}, where this is built", network.component_name, f"it is on {network.site.cloud!r}")
    elif ("app", site.region) not in network.subnets:
        there = ", ".join(sorted({region for _, region in network.subnets}))
        yield Problem("network", f"must have subnets in {site.region!r}, where this is built", network.component_name, f"it has them in {there}")


class NetworkParts(NamedTuple):
    """What every cloud's builder hands back."""

    id: Output[str]
    subnets: Mapping[tuple[str, str], Sequence[Output[str]]]
    nat_addresses: Sequence[Output[str]]
    ready: Sequence[pulumi.Resource]
    domain: str = ""
    namespace: Output[str] | None = None
    log_key: Output[str] | None = None


class Network(Component):
    """A private network: no public addresses, everything closed until a binding opens it, logs on.

    Subnets for services and for data are cut by a plan that depends on position alone, so a further region or tier never moves a block. Managed
    databases and caches get private addresses. Nothing inside can reach a private address, or be reached, unless a binding says so; both are logged.

    >>> Network("main", NetworkArgs(cidr="10.0.0.0/16"))

    Idle cost: the NAT gateway (Google: about 1 USD a month and instance in use, none when nothing uses it; per GB processed 0.045 USD) and logs by volume.
    AWS: about 40 USD a month in dev, 80 in staging, 240 in prod, for NAT gateways with their addresses and interface endpoints.
    """

    noun: ClassVar[str] = "network"
    args_type: ClassVar[type[Args]] = NetworkArgs

    network_id: Output[str]
    """The network's id in the cloud."""
    cidr: str
    """The block that all subnets are cut from."""
    subnets: Mapping[tuple[str, str], Sequence[Output[str]]]
    """(tier, region) → subnet ids: one on Google Cloud, where a subnet spans all zones; on AWS one a zone, always in the same order."""
    nat: bool
    """Whether things without an address of their own reach the internet."""
    private_services: bool
    """Whether the cloud's own services that containers need are reached without the internet: on Google Cloud always."""
    nat_addresses: Sequence[Output[str]]
    """The fixed addresses that outside parties see; empty where the cloud picks them."""
    ready: Sequence[pulumi.Resource]
    """What must exist before managed services can take a private address in it."""
    domain: str
    """The private domain under which services find each other (AWS); empty on Google Cloud, where each has a URL of its own."""
    namespace: Output[str] | None
    """The id of the private DNS namespace of `domain` (AWS)."""
    log_key: Output[str] | None
    """The ARN of the key that logs of this network and of what runs in it are encrypted with (AWS, outside dev); None where the cloud's own key does."""

    def __init__(self, name: str, args: NetworkArgs | None = None, opts: pulumi.ResourceOptions | None = None) -> None:
        args = args or NetworkArgs()
        super().__init__(name, args, opts)
        args = self.settled(args)
        parts: NetworkParts = self.builder().build(self, args)
        self.cidr = args.cidr
        self.nat, self.private_services = settled(args.nat), self.site.cloud == "gcp" or settled(args.private_services)
        self.network_id = parts.id
        self.subnets = parts.subnets
        self.nat_addresses = parts.nat_addresses
        self.ready = parts.ready
        self.domain, self.namespace, self.log_key = parts.domain, parts.namespace, parts.log_key
        self.register_outputs({"networkId": parts.id, "cidr": args.cidr, "natAddresses": list(parts.nat_addresses)})
