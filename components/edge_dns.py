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
from ._core.checks import list_problem, range_problem, text_problem, truth_problem, unknown, word_problem
from ._core.component import Args, Component
from ._core.errors import Problem
from ._core.site import Site

PROXIABLE = ("A", "AAAA", "CNAME")
"""Types that Cloudflare can stand in front of."""
LONGEST_COMMENT = 100
"""Letters of a record's comment (Cloudflare: 100 on the free plan)."""
ACCOUNT = re.compile(r"[0-9a-f]{32}")
AUTHORITY = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
YEAR = 365


@dataclass(frozen=True, kw_only=True)
class Record:
    """One name of the zone and what it answers."""

    name: str
    """Relative to the zone: `api`, `@` for the zone itself, `*` for every name that has no record of its own."""

    type: str
    """`A`, `AAAA`, `CNAME`, `MX`, `NS`, `TXT`, `CAA` or `SRV`."""

    value: Input[str] | Sequence[Input[str]]
    """The answer, or several: `203.0.113.10`; `10 mail.example.net` for MX; `0 issue "pki.goog"` for CAA; a text without quotes for TXT."""

    proxied: bool | None = None
    """Whether Cloudflare stands in front: it answers with its own addresses, ends TLS and hides the origin. By default yes for A, AAAA and CNAME, but never for
    names that begin with `_`, which others read to verify the domain. Cloud DNS has no proxy."""

    ttl: int | None = None
    """Seconds that others may remember the answer, 60 to 86400. By default 300; a proxied name has the edge's own."""

    comment: str = ""
    """A remark for whoever reads the zone, up to 100 letters (Cloudflare only). By default who manages it."""

    def values(self) -> tuple[Input[str], ...]:
        """The answers."""
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return tuple(self.value)
        return (self.value,)

    def is_proxied(self) -> bool:
        """What `proxied` comes to."""
        if self.proxied is not None:
            return self.proxied
        return self.type in PROXIABLE and not self.name.startswith("_")

    def problems(self, at: str, zone: str) -> Iterator[Problem]:
        """A name that is none, a value that does not fit the type, a proxy where there is none."""
        yield from self._name_problems(at, zone)
        if not isinstance(self.type, str) or self.type not in dns.TYPES:
            yield Problem(f"{at}.type", f"must be {' or '.join(dns.TYPES)}", self.type)
            return
        if not self.values():
            yield Problem(f"{at}.value", "must hold at least one answer", remedy=f"for example {dns.TYPES[self.type]!r}")
        for value in self.values():
            before = list(text_problem(f"{at}.value", value, dns.TYPES[self.type]))
            yield from before
            if not before and isinstance(value, str):
                yield from dns.value_problems(f"{at}.value", self.type, value)
        if self.type == "CNAME" and len(self.values()) > 1:
            yield Problem(f"{at}.value", "must be one name for a CNAME", list(self.values()))
        yield from self._proxy_problems(at)
        if not isinstance(self.comment, str) or len(self.comment) > LONGEST_COMMENT:
            yield Problem(f"{at}.comment", f"must be text of at most {LONGEST_COMMENT} letters", self.comment)

    def _name_problems(self, at: str, zone: str) -> Iterator[Problem]:
        if not isinstance(self.name, str):
            yield Problem(f"{at}.name", "must be text", self.name)
        elif self.name == zone or self.name.endswith(f".{zone}"):
            yield Problem(f"{at}.name", "must be relative to the zone", self.name, f"did you mean {self.name.removesuffix(zone).rstrip('.') or '@'!r}?")
        elif not dns.NAME.fullmatch(self.name) or len(dns.fqdn(self.name, zone)) > dns.LONGEST_NAME:
            yield Problem(f"{at}.name", "must be a DNS name in lower case, '@' for the zone itself, or '*'", self.name, "for example 'api'")

    def _proxy_problems(self, at: str) -> Iterator[Problem]:
        if self.proxied is not None:
            yield from truth_problem(f"{at}.proxied", self.proxied)
        if self.proxied is True and self.type not in PROXIABLE:
            yield Problem(f"{at}.proxied", f"must be False for {self.type}: only {', '.join(PROXIABLE)} can be proxied", True)
        if self.ttl is not None:
            yield from range_problem(f"{at}.ttl", self.ttl, 60, 86400, unit="seconds")
            if self.proxied is True:
                yield Problem(f"{at}.ttl", "must be left out where proxied=True", self.ttl, "the edge decides how long its own addresses hold")


@dataclass(frozen=True, kw_only=True)
class Hsts:
    """Browsers that were here once refuse plain HTTP afterwards (RFC 6797)."""

    max_age_days: int = YEAR
    """Days that browsers remember it, 1 to 365. It cannot be called back: start low where some name still answers plain HTTP only."""

    include_subdomains: bool = True
    """Whether it holds for every name below the zone too, also those that are not proxied."""

    preload: bool = False
    """Whether browser makers may build it in, which takes months to undo: needs 365 days and the subdomains."""

    def problems(self) -> Iterator[Problem]:
        """A time out of range; preloading without what the browsers' list asks for."""
        yield from range_problem("hsts.max_age_days", self.max_age_days, 1, YEAR, unit="days")
        yield from truth_problem("hsts.include_subdomains", self.include_subdomains)
        yield from truth_problem("hsts.preload", self.preload)
        if self.preload is True and not (self.include_subdomains is True and self.max_age_days == YEAR):
            yield Problem("hsts.preload", f"needs max_age_days={YEAR} and include_subdomains=True", True)


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
    """Whether answers are signed. It takes effect when the registrar has the DS record (`ds_record`). On Cloud DNS only for a zone that is created here."""

    authorities: Sequence[str] | None = None
    """The certificate authorities that may issue for the zone (CAA records); an empty list writes none. By default those that Google and Cloudflare use."""

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

    Idle cost: none at Cloudflare (free plan); 0.20 USD a zone and month on Cloud DNS.
    """

    noun: ClassVar[str] = "edge_dns"
    args_type: ClassVar[type[Args]] = EdgeDNSArgs

    zone_id: Output[str]
    """The zone's id at the edge."""
    name_servers: Output[Sequence[str]]
    """Where the registrar must point the domain."""
    ds_record: Output[str]
    """What the registrar must publish for DNSSEC. Empty where this stack does not manage it."""
    names: Mapping[str, str]
    """Record name → full name."""

    def __init__(self, name: str, args: EdgeDNSArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        parts: EdgeDNSParts = self.builder().build(self, self.settled(args))
        self.zone_id, self.name_servers, self.ds_record = parts
        self.names = {record.name: dns.fqdn(record.name, args.zone) for record in args.records}
        self.register_outputs({"zoneId": self.zone_id, "nameServers": self.name_servers, "dsRecord": self.ds_record, "names": dict(self.names)})

    def folder(self) -> str:
        """The edge decides: Cloudflare is the same beside every cloud."""
        return "cloudflare" if self.site.edge == "cloudflare" else self.site.cloud
