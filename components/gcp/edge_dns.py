"""EdgeDNS on Cloud DNS: a public zone, signed and logged, and its record sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi
from pulumi import Input, Output
from pulumi_gcp import dns as clouddns

from .._core import dns
from .._core.errors import GroundplanError, Problem
from .._core.later import later
from .._core.site import Site
from ..edge_dns import Challenge, EdgeDNS, EdgeDNSArgs, EdgeDNSParts
from ..edge_record import Record
from .apis import enabled

AUTHORITIES = ("letsencrypt.org", "pki.goog")
"""Who issues Google-managed certificates (Certificate Manager: Google Trust Services, or Let's Encrypt)."""
TTL = 300


def problems(args: EdgeDNSArgs, site: Site) -> Iterator[Problem]:
    """What Cloud DNS cannot do."""
    del site
    for position, record in enumerate(args.records):
        if record.proxied is True:
            yield Problem(f"records[{position}].proxied", "needs Cloudflare", True, "Cloud DNS has no proxy: put a load balancer in front")
        if record.name == "@" and record.type == "CNAME":
            yield Problem(f"records[{position}].type", "must not be CNAME for the zone itself", "CNAME", "use A and AAAA")


def build(edge: EdgeDNS, args: EdgeDNSArgs) -> EdgeDNSParts:
    """The zone, made or found, its CAA records, and the records."""
    zone, zone_id, name_servers = _zone(edge, args)
    if args.manage_zone:
        issuers = AUTHORITIES if args.authorities is None else args.authorities
        if issuers:
            _set(edge, zone, args.zone, Record(name="@", type="CAA", value=[f'0 issue "{issuer}"' for issuer in issuers]))
    for record in args.records:
        _set(edge, zone, args.zone, record)
    return EdgeDNSParts(zone_id, name_servers, Output.from_input(""))


def _zone(edge: EdgeDNS, args: EdgeDNSArgs) -> tuple[Input[str], Output[str], Output[Sequence[str]]]:
    project = edge.site.project
    if not args.create:
        found = _found(edge, args.zone)
        return found.name or "", Output.from_input(found.id), Output.from_input(list(found.name_servers))
    zone = clouddns.ManagedZone(
        edge.logical("zone"),
        project=project,
        name=edge.physical("dns_zone"),
        dns_name=f"{args.zone}.",
        description=f"{edge.component_name} of {edge.site.application} ({edge.site.stack})",
        visibility="public",
        dnssec_config=clouddns.ManagedZoneDnssecConfigArgs(state="on", non_existence="nsec3") if args.dnssec else None,
        cloud_logging_config=clouddns.ManagedZoneCloudLoggingConfigArgs(enable_logging=True),
        force_destroy=False,
        labels=edge.labels(),
        opts=edge.data(depends_on=enabled(edge, "dns")),
    )
    return zone.name, zone.id, zone.name_servers


def _found(edge: EdgeDNS, domain: str) -> clouddns.outputs.GetManagedZonesManagedZoneResult:
    """The project's public zone of that name. Raises GroundplanError, with Google's words where it did not answer."""
    try:
        zones = clouddns.get_managed_zones(project=edge.site.project, opts=pulumi.InvokeOptions(parent=edge)).managed_zones
    except Exception as failure:  # noqa: BLE001  # the SDK raises nothing narrower
        message = f'EdgeDNS: the zone "{domain}" could not be looked up in project "{edge.site.project}" ({failure})'
        raise GroundplanError(message) from None
    for zone in zones:
        if zone.dns_name == f"{domain}." and zone.visibility == "public":
            return zone
    message = f'EdgeDNS: project "{edge.site.project}" has no public zone "{domain}"; make it with create=True'
    raise GroundplanError(message)


def _set(edge: EdgeDNS, zone: Input[str], domain: str, record: Record) -> None:
    clouddns.RecordSet(
        edge.logical(dns.role(record.name, record.type)),
        project=edge.site.project,
        managed_zone=zone,
        name=f"{dns.fqdn(record.name, domain)}.",
        type=record.type,
        ttl=record.ttl or TTL,
        rrdatas=[_written(record.type, value) for value in record.values()],
        opts=edge.child(),
    )


def show(edge: EdgeDNS, zone_id: Input[str], challenge: Challenge) -> pulumi.Resource:
    """A certificate authority's challenge."""
    return clouddns.RecordSet(
        edge.logical(challenge.role),
        project=edge.site.project,
        managed_zone=later(zone_id, lambda path: path.rpartition("/")[2]),
        name=later(challenge.name, lambda name: f"{name.rstrip('.')}."),
        type=challenge.type,
        ttl=TTL,
        rrdatas=[challenge.value],
        opts=edge.child(),
    )


def _written(kind: str, value: Input[str]) -> Input[str]:
    if isinstance(value, str):
        return dns.absolute(kind, value)
    return later(value, lambda text: dns.absolute(kind, text))
