"""EdgeDNS at Cloudflare: records in front of which the edge stands, and a zone that insists on TLS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import Input, Output

from .._core import dns
from .._core.later import later
from ..edge_dns import Challenge, EdgeDNS, EdgeDNSArgs, EdgeDNSParts
from ..edge_record import LONGEST_COMMENT, Hsts, Record
from .resources import DnsRecord, Zone, ZoneDnssec, ZoneSetting, find_zone

AUTOMATIC = 1
"""The TTL by which Cloudflare decides itself: 300 seconds, and the edge's own for a proxied name."""

AUTHORITIES = ("letsencrypt.org", "pki.goog", "sectigo.com", "ssl.com")
"""Who issues Cloudflare's universal and backup certificates (Let's Encrypt, Google Trust Services, SSL.com; Sectigo) and Google's managed ones (pki.goog)."""
ORIGIN_AUTHORITIES = {"aws": ("amazon.com",)}
"""Cloud → who else issues its certificates (AWS Certificate Manager, CAA)."""

DAY = 86400


def build(edge: EdgeDNS, args: EdgeDNSArgs) -> EdgeDNSParts:
    """The zone, what holds for all of it, and the records."""
    zone_id, name_servers = _zone(edge, args)
    ds = Output.from_input("")
    if args.manage_zone:
        _settings(edge, args, zone_id)
        ds = _dnssec(edge, args, zone_id)
        _authorities(edge, args, zone_id)
    for record in args.records:
        _record(edge, args.zone, zone_id, record)
    return EdgeDNSParts(zone_id, name_servers, ds)


def _zone(edge: EdgeDNS, args: EdgeDNSArgs) -> tuple[Output[str], Output[Sequence[str]]]:
    if args.create:
        zone = Zone(edge.logical("zone"), account={"id": args.account_id}, name=args.zone, type="full", opts=edge.data())
        return zone.id, zone.name_servers
    found = find_zone(args.zone, edge)
    return found.apply(lambda zone: str(zone["id"])), found.apply(lambda zone: list(zone["nameServers"]))


def _settings(edge: EdgeDNS, args: EdgeDNSArgs, zone_id: Input[str]) -> None:
    """Each of these is there on the free plan. Deleting one leaves the zone as it is, so nothing is loosened when the stack goes."""
    settings: dict[str, object] = {
        "ssl": "strict",
        "min_tls_version": args.min_tls,
        "tls_1_3": "on",
        "always_use_https": "on",
        "automatic_https_rewrites": "on",
    }
    if args.hsts is not None:
        settings["security_header"] = _hsts(args.hsts)
    for setting, value in settings.items():
        ZoneSetting(edge.logical(f"setting-{setting.replace('_', '-')}"), zone_id=zone_id, setting_id=setting, value=value, opts=edge.child())


def _hsts(hsts: Hsts) -> Mapping[str, object]:
    return {
        "strict_transport_security": {
            "enabled": True,
            "max_age": hsts.max_age_days * DAY,
            "include_subdomains": hsts.include_subdomains,
            "preload": hsts.preload,
            "nosniff": True,
        }
    }


def _dnssec(edge: EdgeDNS, args: EdgeDNSArgs, zone_id: Input[str]) -> Output[str]:
    if not args.dnssec:
        return Output.from_input("")
    return ZoneDnssec(edge.logical("dnssec"), zone_id=zone_id, status="active", opts=edge.child()).ds


def _authorities(edge: EdgeDNS, args: EdgeDNSArgs, zone_id: Input[str]) -> None:
    usual = (*AUTHORITIES, *ORIGIN_AUTHORITIES.get(edge.site.cloud, ()))
    for authority in usual if args.authorities is None else args.authorities:
        DnsRecord(
            edge.logical(f"caa-{authority.replace('.', '-')}"),
            zone_id=zone_id,
            name=args.zone,
            type="CAA",
            data={"flags": 0, "tag": "issue", "value": authority},
            ttl=AUTOMATIC,
            proxied=False,
            comment=_remark(edge),
            opts=edge.child(),
        )


def _record(edge: EdgeDNS, zone: str, zone_id: Input[str], record: Record) -> None:
    """One resource for each answer."""
    proxied = record.is_proxied()
    for position, value in enumerate(record.values()):
        DnsRecord(
            edge.logical(dns.role(record.name, record.type, position)),
            zone_id=zone_id,
            name=dns.fqdn(record.name, zone),  # a relative name comes back in full, and would differ for ever (terraform-provider-cloudflare#5378)
            type=record.type,
            ttl=AUTOMATIC if proxied or record.ttl is None else record.ttl,
            proxied=proxied,
            comment=record.comment or _remark(edge),
            opts=edge.child(),
            **_answer(record.type, value),
        )


def show(edge: EdgeDNS, zone_id: Input[str], challenge: Challenge) -> pulumi.Resource:
    """A certificate authority's challenge, never proxied: it must be read as it is."""
    return DnsRecord(
        edge.logical(challenge.role),
        zone_id=zone_id,
        name=later(challenge.name, lambda name: name.rstrip(".")),
        type=challenge.type,
        content=later(challenge.value, lambda value: value.rstrip(".")),
        ttl=AUTOMATIC,
        proxied=False,
        comment=_remark(edge),
        opts=edge.child(),
    )


def _remark(edge: EdgeDNS) -> str:
    return f"{edge.site.application} {edge.site.stack}, managed by Pulumi"[:LONGEST_COMMENT]


def _answer(kind: str, value: Input[str]) -> dict[str, Any]:
    """A value as Cloudflare takes it: parts for CAA and SRV, the preference apart for MX, a quoted text, a target without a last dot."""
    if kind == "CAA":
        return {"data": _later(value, _caa)}
    if kind == "SRV":
        return {"data": _later(value, _srv)}
    if kind == "MX":
        return {"priority": _later(value, lambda text: int(text.split(" ")[0])), "content": _later(value, lambda text: text.split(" ")[1].rstrip("."))}
    if kind == "TXT":
        return {"content": _later(value, dns.quoted)}
    return {"content": _later(value, lambda text: text.rstrip("."))}


def _later(value: Input[str], change: Callable[[str], Any]) -> Any:
    """Applied at once where the value is known, so that it stands in the preview."""
    return change(value) if isinstance(value, str) else Output.from_input(cast("Output[str]", value)).apply(change)


def _caa(text: str) -> Mapping[str, object]:
    match = dns.CAA.fullmatch(text)
    if match is None:
        message = f"not a CAA value: {text!r}; for example {dns.TYPES['CAA']!r}"
        raise pulumi.RunError(message)
    return {"flags": int(match[1]), "tag": match[2], "value": match[3]}


def _srv(text: str) -> Mapping[str, object]:
    priority, weight, port, target = text.split(" ")
    return {"priority": int(priority), "weight": int(weight), "port": int(port), "target": target.rstrip(".")}
