"""What stands in a zone, and what browsers and the cloud are told of it: records, HSTS, health checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi import Input

from ._core import dns
from ._core.checks import range_problem, text_problem, truth_problem
from ._core.errors import Problem

PROXIABLE = ("A", "AAAA", "CNAME")
"""Types that Cloudflare can stand in front of."""
LONGEST_COMMENT = 100
"""Letters of a record's comment (Cloudflare: 100 on the free plan)."""
YEAR = 365
PATH = re.compile(r"/[!-~]{0,254}")
"""What can be asked for: 255 characters (Route 53, ResourcePath)."""
LONGEST_SEARCH = 255
"""Letters of a text to be found in an answer (Route 53, SearchString)."""


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
class HealthCheck:
    """A name that the cloud asks from several places of the world whether it answers over HTTPS."""

    name: str
    """Relative to the zone, as a record's: `api`, `@` for the zone itself."""

    path: str = "/"
    """What is asked for. By default the start page."""

    contains: str = ""
    """A text that the answer must hold, up to 255 letters. By default any answer below 400 is well."""

    def problems(self, at: str) -> Iterator[Problem]:
        """A name or a path that is none."""
        if not isinstance(self.name, str) or not dns.NAME.fullmatch(self.name) or "*" in self.name:
            yield Problem(f"{at}.name", "must be a DNS name in lower case, or '@' for the zone itself", self.name, "for example 'api'")
        if not isinstance(self.path, str) or not PATH.fullmatch(self.path):
            remedy = "" if not isinstance(self.path, str) else f'did you mean "/{self.path.lstrip("/").replace(" ", "%20")}"?'
            yield Problem(f"{at}.path", "must start with / and hold no spaces, 255 letters at most", self.path, remedy)
        if not isinstance(self.contains, str) or len(self.contains) > LONGEST_SEARCH:
            yield Problem(f"{at}.contains", f"must be text of at most {LONGEST_SEARCH} letters", self.contains)
