"""Whether something in a VPC reaches a service of AWS, a registry on the internet or another interface of its network, as routes, groups and lists decide.

Of what the local cloud does not hold nothing is known: a network, a group or a way that leads out of it (a transit gateway, an appliance) lets pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ...kind import Call, Record
from . import vpc_places
from .compute_checks import block, items
from .ec2_endpoint import placed
from .ec2_network import ENDPOINT, VPC, attached_gateway, vpc_of
from .ec2_services import service_name
from .ec2_vpc import DHCP_ASSOCIATION
from .formats import region, text
from .reachability_groups import Peer, let_through
from .reachability_lists import ANSWERS, TASK_ANSWERS, passes
from .reachability_routes import beyond, blocked, gateway_of, internet_gateway, translator

HTTPS = 443
_ZONE = "aws:route53/zone:Zone"
_ZONE_ASSOCIATION = "aws:route53/zoneAssociation:ZoneAssociation"
_STORAGE = "52.218.0.10"
"""An address of S3's prefix list, for all of S3 in the region."""
_AMAZON = "52.94.216.48"
"""An address of Amazon's, for every other service."""
_ELSEWHERE = "192.0.2.10"
"""An address that is kept for documents, for everybody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a network interface stands."""

    subnet: Record
    groups: tuple[str, ...] | None
    """Its security groups; None where it has none that could hold anything back (a Network Load Balancer)."""
    public: bool = False
    """Whether it has a public address of its own."""
    address: str = ""
    """Its private address; by default any of the subnet."""

    @property
    def peer(self) -> Peer:
        """How the rules of others may name it."""
        own = self.address or text(self.subnet.outputs.get("cidrBlock")) or "0.0.0.0/0"
        return Peer(block=IPv4Network(own), groups=self.groups or ())


@dataclass(frozen=True, slots=True)
class Host:
    """What is called by a public name."""

    name: str
    service: str = ""
    """The endpoint service that answers for it within a network (`com.amazonaws.eu-west-1.ecr.api`), where there is one in the caller's region."""
    address: str = _ELSEWHERE


def amazon(call: Call, word: str, place: str, name: str) -> Host:
    """A service of AWS in a region, by its name on the internet."""
    here = place == region(call)
    return Host(name, service_name(word, place) if here else "", _STORAGE if here and word == "s3" else _AMAZON)


def places(call: Call, subnets: Iterable[object], groups: Iterable[object], *, public: bool = False) -> list[Place]:
    """One place a subnet that the cloud holds with its VPC; without groups the VPC's default one guards it."""
    found = (vpc_places.place(call, vpc_places.SUBNET, id_) for id_ in subnets)
    named = tuple(text(one) for one in groups)
    return [
        Place(subnet=subnet, groups=named or (text(vpc.outputs.get("defaultSecurityGroupId")),), public=public)
        for subnet in found
        if subnet is not None and (vpc := call.cloud.get(VPC, vpc_of(subnet))) is not None
    ]


def dial(call: Call, caller: Place, host: Host) -> str:
    """How a call by HTTPS fails, in the words of the one who dials; empty where it comes about."""
    vpc = call.cloud.get(VPC, vpc_of(caller.subnet))
    if vpc is None or _answered_otherwise(call, vpc, host):
        return ""
    if vpc.outputs.get("enableDnsSupport") is False and not any(call.cloud.find(DHCP_ASSOCIATION, vpcId=vpc.id)):
        return f"dial tcp: lookup {host.name}: i/o timeout"
    within = _endpoint(call, vpc, host)
    if within is None:
        return "" if _outside(call, caller, IPv4Address(host.address)) else _timeout(host.address)
    ends = [_end(call, one.subnet, one.groups, one.address) for one in placed(within)]
    reached = not ends or any(end is None or connects(call, caller, end, HTTPS, answers=TASK_ANSWERS) for end in ends)
    return "" if reached else _timeout(next(end.address for end in ends if end is not None))


def endpoint_to(call: Call, caller: Place, host: Host) -> Record | None:
    """The endpoint through which a call goes, by its name within the network or by a route; None where it goes another way."""
    vpc = call.cloud.get(VPC, vpc_of(caller.subnet))
    if vpc is None or _answered_otherwise(call, vpc, host):
        return None
    target = gateway_of(call, caller.subnet, IPv4Address(host.address)) or {}
    return _endpoint(call, vpc, host) or call.cloud.get(ENDPOINT, text(target.get("gatewayId")))


def connects(call: Call, source: Place, target: Place, port: int, *, answers: tuple[int, ...] = ANSWERS) -> bool:
    """Whether one interface of a network gets an answer from another's TCP port, by the groups of both and the lists of both subnets."""
    there, back = target.peer, source.peer
    if source.groups is not None and not let_through(call, source.groups, there, port, out=True):
        return False
    if target.groups is not None and not let_through(call, target.groups, back, port, out=False):
        return False
    return source.subnet.id == target.subnet.id or _between(call, source.subnet, there.block, target.subnet, back.block, port, answers)


def _between(call: Call, source: Record, there: IPv4Network, target: Record, back: IPv4Network, port: int, answers: tuple[int, ...]) -> bool:
    return (
        passes(call, source, there, (port,), out=True)
        and passes(call, target, back, (port,), out=False)
        and passes(call, target, back, answers, out=True)
        and passes(call, source, there, answers, out=False)
    )


def _timeout(address: str) -> str:
    return f"dial tcp {address}:{HTTPS}: i/o timeout"


def _end(call: Call, subnet: str, groups: tuple[str, ...], address: str) -> Place | None:
    found = vpc_places.place(call, vpc_places.SUBNET, subnet)
    return Place(subnet=found, groups=groups, address=address) if found is not None else None


def _endpoint(call: Call, vpc: Record, host: Host) -> Record | None:
    """The interface endpoint that takes the name over within the network: from then on nothing goes to the public address."""
    for record in call.cloud.find(ENDPOINT, vpcId=vpc.id, serviceName=host.service) if host.service else ():
        inbound_only = block(record.outputs.get("dnsOptions")).get("privateDnsOnlyForInboundResolverEndpoint") is True
        if record.outputs.get("vpcEndpointType") == "Interface" and record.outputs.get("privateDnsEnabled") is True and not inbound_only:
            return record
    return None


def _answered_otherwise(call: Call, vpc: Record, host: Host) -> bool:
    """Whether a private zone of the program's own answers for the name: where that leads, the program knows."""
    associated = {text(one.outputs.get("zoneId")) for one in call.cloud.find(_ZONE_ASSOCIATION, vpcId=vpc.id)}
    for zone in call.cloud.find(_ZONE):
        domain = text(zone.outputs.get("name")).rstrip(".")
        own = zone.id in associated or any(block(one).get("vpcId") == vpc.id for one in items(zone.inputs.get("vpcs")))
        if own and domain and (host.name == domain or host.name.endswith(f".{domain}")):
            return True
    return False


def _outside(call: Call, caller: Place, address: IPv4Address) -> bool:
    """Whether a public address is reached: past the groups and the list, along the route, through whatever stands there."""
    there, target = IPv4Network(address), gateway_of(call, caller.subnet, address)
    if caller.groups is not None and not let_through(call, caller.groups, Peer(block=there), HTTPS, out=True):
        return False
    if target is None or not _out_and_back(call, caller.subnet, there, TASK_ANSWERS):
        return False
    if target.get("natGatewayId"):
        nat = translator(call, target)
        return nat is not None and _translated(call, caller.subnet, nat, address)
    return beyond(target) or (caller.public and internet_gateway(call, caller.subnet, target))


def _out_and_back(call: Call, subnet: Record, there: IPv4Network, answers: tuple[int, ...]) -> bool:
    return passes(call, subnet, there, (HTTPS,), out=True) and passes(call, subnet, there, answers, out=False)


def _translated(call: Call, caller: Record, nat: Record, address: IPv4Address) -> bool:
    """Whether a NAT gateway passes on what a subnet sends it: from its own subnet, along that one's route."""
    if nat.outputs.get("availabilityMode") == "regional":
        return bool(attached_gateway(call.cloud, vpc_of(caller))) and not blocked(call, vpc_of(caller), caller.id, through_nat=True)
    subnet, back = vpc_places.place(call, vpc_places.SUBNET, nat.outputs.get("subnetId")), IPv4Network(text(caller.outputs.get("cidrBlock")))
    if subnet is None:
        return True
    target = gateway_of(call, subnet, address)
    if target is None or not _out_and_back(call, subnet, IPv4Network(address), ANSWERS):
        return False
    if not passes(call, subnet, back, (HTTPS,), out=False) or not passes(call, subnet, back, TASK_ANSWERS, out=True):
        return False
    return beyond(target) or (nat.outputs.get("connectivityType") != "private" and internet_gateway(call, subnet, target, through_nat=True))
