"""EdgeDNS on Route 53: a public zone, signed and logged, and its record sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi
from pulumi import Input, Output
from pulumi_aws import route53

from .._core import dns
from .._core.errors import Problem
from .._core.later import later
from .._core.site import Site
from ..edge_dns import Challenge, EdgeDNS, EdgeDNSArgs, EdgeDNSParts
from ..edge_record import Record
from .lookup import look_up
from .zone_log import log_queries
from .zone_signing import sign

AUTHORITIES = ("amazon.com",)
"""Who issues the certificates of AWS Certificate Manager: one of its four domains is enough (ACM, CAA records)."""
TTL = 300


def problems(args: EdgeDNSArgs, site: Site) -> Iterator[Problem]:
    """What Route 53 cannot do."""
    del site
    for position, record in enumerate(args.records):
        if record.proxied is True:
            yield Problem(f"records[{position}].proxied", "needs Cloudflare", True, "Route 53 has no proxy: put a load balancer in front")
        if record.name == "@" and record.type == "CNAME":
            yield Problem(f"records[{position}].type", "must not be CNAME for the zone itself", "CNAME", "use A and AAAA")


def build(edge: EdgeDNS, args: EdgeDNSArgs) -> EdgeDNSParts:
    """The zone, made or found, its signature and CAA records, and the records."""
    zone_id, name_servers, ds = _zone(edge, args)
    if args.manage_zone:
        issuers = AUTHORITIES if args.authorities is None else args.authorities
        if issuers:
            _set(edge, zone_id, args.zone, Record(name="@", type="CAA", value=[f'0 issue "{issuer}"' for issuer in issuers]))
    for record in args.records:
        _set(edge, zone_id, args.zone, record)
    return EdgeDNSParts(zone_id, name_servers, ds)


def _zone(edge: EdgeDNS, args: EdgeDNSArgs) -> tuple[Output[str], Output[Sequence[str]], Output[str]]:
    if not args.create:
        found = _found(edge, args.zone)
        return found.apply(lambda zone: str(zone["zoneId"])), found.apply(lambda zone: list(zone["nameServers"])), Output.from_input("")
    zone = route53.Zone(
        edge.logical("zone"),
        name=args.zone,
        comment=f"{edge.component_name} of {edge.site.application} ({edge.site.stack})",
        force_destroy=False,
        tags=edge.labels(),
        opts=edge.data(),
    )
    log_queries(edge, args.zone, zone)
    ds = sign(edge, zone) if args.dnssec else Output.from_input("")
    return zone.zone_id, zone.name_servers, ds


def _found(edge: EdgeDNS, domain: str) -> Output[dict[str, Any]]:
    """The account's public zone of that name. Raises GroundplanError, with the provider's words."""
    what, remedy = f'the zone "{domain}" was not found at Route 53', "make it with create=True, or let the credentials read it"
    return look_up(edge, "aws:route53/getZone:getZone", {"name": domain, "privateZone": False}, what, remedy)


def _set(edge: EdgeDNS, zone_id: Input[str], domain: str, record: Record) -> None:
    route53.Record(
        edge.logical(dns.role(record.name, record.type)),
        zone_id=zone_id,
        name=dns.fqdn(record.name, domain),
        type=record.type,
        ttl=record.ttl or TTL,
        records=[_written(record.type, value) for value in record.values()],
        opts=edge.child(),
    )


def show(edge: EdgeDNS, zone_id: Input[str], challenge: Challenge) -> pulumi.Resource:
    """A certificate authority's challenge."""
    return route53.Record(
        edge.logical(challenge.role),
        zone_id=zone_id,
        name=later(challenge.name, lambda name: name.rstrip(".")),
        type=challenge.type,
        ttl=TTL,
        records=[challenge.value],
        opts=edge.child(),
    )


def _written(kind: str, value: Input[str]) -> Input[str]:
    if isinstance(value, str):
        return _text(kind, value)
    return later(value, lambda text: _text(kind, text))


def _text(kind: str, value: str) -> str:
    """A value as the provider takes it: it puts the quotes around a text by itself, and wants those between two pieces without a space."""
    written = dns.absolute(kind, value)
    return written[1:-1].replace('" "', '""') if kind == "TXT" else written.removesuffix(".")
