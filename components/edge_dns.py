"""EdgeDNS: the names under which the internet finds the application, and the TLS that the edge insists on."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

import pulumi
from pulumi import Input, Output

from ._core import dns
from ._core.checks import list_problem, truth_problem, unknown, word_problem
from ._core.component import Args, Component
from ._core.errors import Problem
from ._core.site import Site
from .edge_record import HealthCheck, Hsts, Record

ACCOUNT = re.compile(r"[0-9a-f]{32}")
AUTHORITY = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
LONGEST_CERTIFIED = 64
"""Letters of a certificate's first name (AWS Certificate Manager; X.509 common name)."""
MOST_CERTIFIED = 10
"""Names of a certificate (AWS Certificate Manager: 10 unless the quota was raised)."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A record by which a certificate authority sees that the zone is ours."""

    role: str
    """Its resource is called `{component}-{role}`."""
    name: Output[str]
    """The full name."""
    type: Output[str]
    value: Output[str]


class Asked(NamedTuple):
    """A certificate that a cloud was asked for, and what it wants to see in the zone before it issues it."""

    certificate: Output[str]
    challenges: Sequence[Challenge]


@dataclass(frozen=True, kw_only=True)
class EdgeDNSArgs(Args):
    """A zone, its records, and what holds for all of it."""

    zone: str
    """The domain: `example.com`. It exists at the edge already, or `create` makes it."""

    records: Sequence[Record] = ()
    """The names that this stack answers for."""

    create: bool = False
    """Whether the zone is made, and protected as data is. By default it is looked up: a domain is usually older than the stack."""

    account_id: Input[str] = ""
    """The Cloudflare account that a created zone belongs to: 32 hex digits. Needed with `create` only."""

    manage_zone: bool | None = None
    """Whether this stack decides what holds for the whole zone: TLS, HSTS, DNSSEC, CAA. Of all stacks that share a zone one may, or they overwrite each other.
    By default yes for a zone that it creates; else the tier decides: dev no, staging no, prod yes."""

    min_tls: Literal["1.2", "1.3"] = "1.2"
    """The oldest TLS that the edge speaks with browsers. 1.3 is always on. Cloudflare only."""

    hsts: Hsts | None = field(default_factory=Hsts)
    """Whether browsers remember to use HTTPS only. By default for a year, subdomains included. Cloudflare only."""

    dnssec: bool = True
    """Whether answers are signed. It takes effect when the registrar has the DS record (`ds_record`). On Cloud DNS and Route 53 only for a zone that is created
    here; on Route 53 it takes a key of 1 USD a month."""

    authorities: Sequence[str] | None = None
    """The certificate authorities that may issue for the zone (CAA records); an empty list writes none. By default those of the edge and of the site's cloud:
    a zone that several clouds share must name them all."""

    certificate_names: Sequence[str] = ()
    """Names, relative to the zone (`app`, `@`, `*`), that the site's cloud issues one TLS certificate for, up to 10; it sees by records of this zone that they
    are ours, and renews it by itself. Another list is another certificate, made before the old one goes. By default none."""

    health_checks: Sequence[HealthCheck] = ()
    """Names that the site's cloud asks over HTTPS whether they answer: Route 53 every 30 seconds, Google Cloud every minute. By default none."""

    def decided(self, site: Site) -> EdgeDNSArgs:
        """Whoever creates a zone manages it."""
        del site
        return dataclasses.replace(self, manage_zone=True) if self.create is True and self.manage_zone is None else self

    def problems(self, site: Site) -> Iterator[Problem]:
        """A zone that is none, records that cannot stand together, settings out of range."""
        if not isinstance(self.zone, str) or not dns.ZONE.fullmatch(self.zone):
            yield Problem("zone", "must be a domain in lower case, without a dot at its end", self.zone, "for example 'example.com'")
            return
        yield from truth_problem("create", self.create)
        yield from self._account_problems(site)
        yield from truth_problem("manage_zone", self.manage_zone)
        yield from word_problem("min_tls", self.min_tls, ("1.2", "1.3"))
        if self.hsts is not None and not isinstance(self.hsts, Hsts):
            yield Problem("hsts", "must be Hsts(…) or None", self.hsts)
        elif self.hsts is not None:
            yield from self.hsts.problems()
        yield from truth_problem("dnssec", self.dnssec)
        yield from self._authority_problems()
        yield from self._record_problems()
        yield from self._certificate_problems()
        yield from self._check_problems()

    def _account_problems(self, site: Site) -> Iterator[Problem]:
        if unknown(self.account_id):
            return
        if not isinstance(self.account_id, str) or (self.account_id and not ACCOUNT.fullmatch(self.account_id)):
            yield Problem("account_id", "must be 32 hex digits", self.account_id, "the dashboard shows it beside each zone")
        elif self.create is True and not self.account_id and site.edge == "cloudflare":
            yield Problem("account_id", "is needed to create a zone at Cloudflare", remedy="the dashboard shows it beside each zone")

    def _authority_problems(self) -> Iterator[Problem]:
        if self.authorities is None:
            return
        wrong = list(list_problem("authorities", self.authorities, "certificate authorities"))
        yield from wrong
        for authority in () if wrong else self.authorities:
            if not isinstance(authority, str) or not AUTHORITY.fullmatch(authority):
                yield Problem("authorities", "must hold the domains of certificate authorities", authority, "for example 'pki.goog'")

    def _certificate_problems(self) -> Iterator[Problem]:
        wrong = list(list_problem("certificate_names", self.certificate_names, "names"))
        yield from wrong
        if wrong:
            return
        for name in self.certificate_names:
            if not isinstance(name, str) or not dns.NAME.fullmatch(name) or name.endswith(f".{self.zone}") or name == self.zone:
                yield Problem(
                    "certificate_names", "must hold names relative to the zone", name, "for example 'app', '@' for the zone itself, '*' for all below it"
                )
            elif len(dns.fqdn(name, self.zone)) > LONGEST_CERTIFIED:
                yield Problem("certificate_names", f"must hold names of at most {LONGEST_CERTIFIED} letters with the zone", name)
        if len(set(self.certificate_names)) != len(self.certificate_names):
            yield Problem("certificate_names", "must hold each name once", list(self.certificate_names))
        if len(self.certificate_names) > MOST_CERTIFIED:
            yield Problem(
                "certificate_names", f"must hold at most {MOST_CERTIFIED} names", len(self.certificate_names), "make another EdgeDNS for the rest, or use '*'"
            )

    def _check_problems(self) -> Iterator[Problem]:
        wrong = list(list_problem("health_checks", self.health_checks, "HealthCheck(…)"))
        yield from wrong
        names: list[object] = []
        for position, check in enumerate(() if wrong else self.health_checks):
            if isinstance(check, HealthCheck):
                names.append(check.name)
                yield from check.problems(f"health_checks[{position}]")
            else:
                yield Problem(f"health_checks[{position}]", "must be HealthCheck(…)", check)
        if len(set(names)) != len(names):
            yield Problem("health_checks", "must hold each name once", names)

    def _record_problems(self) -> Iterator[Problem]:
        wrong = list(list_problem("records", self.records, "Record(…)"))
        yield from wrong
        records: list[Record] = []
        for position, record in enumerate(() if wrong else self.records):
            if isinstance(record, Record):
                if isinstance(record.name, str) and isinstance(record.type, str):
                    records.append(record)
                yield from record.problems(f"records[{position}]", self.zone)
            else:
                yield Problem(f"records[{position}]", "must be Record(…)", record)
        for (name, kind), times in Counter((record.name, record.type) for record in records).items():
            if times > 1:
                yield Problem("records", f"must hold {name!r} {kind} once", times, "give one record several values")
        aliases = {record.name for record in records if record.type == "CNAME"}
        for record in records:
            if record.name in aliases and record.type != "CNAME":
                yield Problem("records", f"must not hold {record.name!r} {record.type} beside its CNAME", remedy="a CNAME stands alone")
        written = self.manage_zone and self.authorities != ()
        if written and any((record.name, record.type) == ("@", "CAA") for record in records):
            yield Problem("records", "must not hold '@' CAA where authorities writes it", remedy="use authorities, or authorities=()")


class EdgeDNSParts(NamedTuple):
    """What every edge's builder hands back."""

    zone_id: Output[str]
    name_servers: Output[Sequence[str]]
    ds_record: Output[str]


class EdgeDNS(Component):
    """The application's names at the edge: proxied, TLS only, signed.

    At Cloudflare: strict TLS to the origin, TLS 1.2 at least with 1.3 on, HTTPS always, HSTS, DNSSEC, and only known authorities may issue certificates.
    With `groundplan:edge cloud` the same records stand in the cloud's own DNS. What holds for the whole zone is one stack's to decide: prod's by default.

    >>> EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(Record(name="api", type="CNAME", value=host),)))

    Idle cost: none at Cloudflare (free plan); a zone and month 0.20 USD on Cloud DNS, 1.50 USD on Route 53 with its signing key.
    """

    noun: ClassVar[str] = "edge_dns"
    args_type: ClassVar[type[Args]] = EdgeDNSArgs

    zone_id: Output[str]
    """The zone's id at the edge."""
    name_servers: Output[Sequence[str]]
    """Where the registrar must point the domain."""
    ds_record: Output[str]
    """What the registrar must publish for DNSSEC. Empty where this stack does not manage it."""
    certificate: Output[str] | None
    """The certificate's id in the site's cloud, once it is valid (AWS: its ARN); None where none is asked for."""
    health_check_ids: Mapping[str, Output[str]]
    """Name → the check's id in the site's cloud."""
    names: Mapping[str, str]
    """Record name → full name."""

    def __init__(self, name: str, args: EdgeDNSArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        parts: EdgeDNSParts = self.builder().build(self, self.settled(args))
        self.zone_id, self.name_servers, self.ds_record = parts
        self.names = {record.name: dns.fqdn(record.name, args.zone) for record in args.records}
        self.certificate = self._certified(args) if args.certificate_names else None
        watch = self.beside("health_check").watch if args.health_checks else None
        self.health_check_ids = {check.name: watch(self, dns.fqdn(check.name, args.zone), check) for check in args.health_checks} if watch else {}
        self.register_outputs(
            {
                "zoneId": self.zone_id,
                "nameServers": self.name_servers,
                "dsRecord": self.ds_record,
                "names": dict(self.names),
                "certificate": self.certificate,
                "healthCheckIds": dict(self.health_check_ids),
            }
        )

    def _certified(self, args: EdgeDNSArgs) -> Output[str]:
        """The site's cloud says what it wants to see, the edge shows it, the cloud issues."""
        issuer = self.beside("certificate")
        asked: Asked = issuer.ask(self, [dns.fqdn(name, args.zone) for name in args.certificate_names])
        shown = [self.builder().show(self, self.zone_id, challenge) for challenge in asked.challenges]
        issued: Output[str] = issuer.issued(self, asked.certificate, shown)
        return issued

    def folder(self) -> str:
        """The edge decides: Cloudflare is the same beside every cloud."""
        return "cloudflare" if self.site.edge == "cloudflare" else self.site.cloud
