"""Everything that EdgeDNS refuses, word for word, before anything is registered."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components import ArgsError, EdgeDNS, EdgeDNSArgs, HealthCheck, Hsts, Record, Site
from tests.components.world import build

SITE = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="dev", tier="dev", protect=False)
CLOUD = dataclasses.replace(SITE, edge="cloud")
AMAZON = dataclasses.replace(CLOUD, cloud="aws", region="eu-west-1", project="")
A: dict[str, Any] = {"name": "api", "type": "A", "value": "203.0.113.10"}
TYPES = "A or AAAA or CNAME or MX or NS or TXT or CAA or SRV"
SHAPE = "must be a DNS name in lower case, '@' for the zone itself, or '*'"
CERTIFIED = "must hold names relative to the zone"
CERTIFIED_AS = "for example 'app', '@' for the zone itself, '*' for all below it"
WATCHED = "must be a DNS name in lower case, or '@' for the zone itself"
ASKED = "must start with / and hold no spaces, 255 letters at most"
PROXIED = "must be False for TXT: only A, AAAA, CNAME can be proxied"

RECORDS: list[tuple[dict[str, Any], str]] = [
    ({"name": "api.example.com"}, "records[0].name must be relative to the zone, got 'api.example.com'; did you mean 'api'?"),
    ({"name": "example.com"}, "records[0].name must be relative to the zone, got 'example.com'; did you mean '@'?"),
    ({"name": "API"}, f"records[0].name {SHAPE}, got 'API'; for example 'api'"),
    ({"name": "a..b"}, f"records[0].name {SHAPE}, got 'a..b'; for example 'api'"),
    ({"name": ""}, f"records[0].name {SHAPE}, got ''; for example 'api'"),
    ({"name": 7}, "records[0].name must be text, got 7"),
    ({"type": "ALIAS"}, f"records[0].type must be {TYPES}, got 'ALIAS'"),
    ({"type": ["A"]}, f"records[0].type must be {TYPES}, got ['A']"),
    ({"value": ()}, "records[0].value must hold at least one answer; for example '203.0.113.10'"),
    ({"value": 203}, "records[0].value must be text, got 203; for example '203.0.113.10'"),
    ({"value": "api.run.app"}, "records[0].value must be a value of type A, got 'api.run.app'; for example '203.0.113.10'"),
    ({"type": "AAAA", "value": "203.0.113.1"}, "records[0].value must be a value of type AAAA, got '203.0.113.1'; for example '2001:db8::10'"),
    ({"type": "CNAME", "value": "203.0.113.1"}, "records[0].value must be a value of type CNAME, got '203.0.113.1'; for example 'target.example.net'"),
    ({"type": "CNAME", "value": ("a.example.net", "b.example.net")}, "records[0].value must be one name for a CNAME, got ['a.example.net', 'b.example.net']"),
    ({"type": "MX", "value": "mx.example.net"}, "records[0].value must be a value of type MX, got 'mx.example.net'; for example '10 mail.example.net'"),
    ({"type": "CAA", "value": "pki.goog"}, "records[0].value must be a value of type CAA, got 'pki.goog'; for example '0 issue \"pki.goog\"'"),
    ({"type": "SRV", "value": "1 2 70000 a.b"}, "records[0].value must be a value of type SRV, got '1 2 70000 a.b'; for example '10 5 5060 sip.example.net'"),
    ({"proxied": "yes"}, "records[0].proxied must be True or False, got 'yes'"),
    ({"type": "TXT", "value": "v=spf1 -all", "proxied": True}, f"records[0].proxied {PROXIED}, got True"),
    ({"proxied": False, "ttl": 30}, "records[0].ttl must be 60 to 86400 seconds, got 30"),
    ({"proxied": True, "ttl": 300}, "records[0].ttl must be left out where proxied=True, got 300; the edge decides how long its own addresses hold"),
    ({"comment": "x" * 101}, f"records[0].comment must be text of at most 100 letters, got '{'x' * 76}..."),
]
CAA = Record(name="@", type="CAA", value='0 issue "pki.goog"')
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    *[({"records": (Record(**{**A, **given}),)}, [expected]) for given, expected in RECORDS],
    ({"zone": "example.com."}, ["zone must be a domain in lower case, without a dot at its end, got 'example.com.'; for example 'example.com'"]),
    ({"zone": "com"}, ["zone must be a domain in lower case, without a dot at its end, got 'com'; for example 'example.com'"]),
    ({"zone": None}, ["zone must be a domain in lower case, without a dot at its end, got None; for example 'example.com'"]),
    ({"records": Record(**A)}, [f"records must be a list of Record(…), got {repr(Record(**A))[:77]}..."]),
    ({"records": (Record(**{**A, "name": ["a"]}), Record(**A))}, ["records[0].name must be text, got ['a']"]),
    ({"records": ("api",)}, ["records[0] must be Record(…), got 'api'"]),
    ({"records": (Record(**A), Record(**A))}, ["records must hold 'api' A once, got 2; give one record several values"]),
    (
        {"records": (Record(**A), Record(name="api", type="CNAME", value="a.example.net"))},
        ["records must not hold 'api' A beside its CNAME; a CNAME stands alone"],
    ),
    ({"records": (CAA,), "manage_zone": True}, ["records must not hold '@' CAA where authorities writes it; use authorities, or authorities=()"]),
    ({"create": True}, ["account_id is needed to create a zone at Cloudflare; the dashboard shows it beside each zone"]),
    ({"create": True, "account_id": "me"}, ["account_id must be 32 hex digits, got 'me'; the dashboard shows it beside each zone"]),
    ({"create": "yes"}, ["create must be True or False, got 'yes'"]),
    ({"manage_zone": 1}, ["manage_zone must be True or False, got 1"]),
    ({"min_tls": "1.1"}, ['min_tls must be "1.2" or "1.3", got \'1.1\'']),
    ({"hsts": True}, ["hsts must be Hsts(…) or None, got True"]),
    ({"hsts": Hsts(max_age_days=0)}, ["hsts.max_age_days must be 1 to 365 days, got 0"]),
    ({"hsts": Hsts(preload=True, include_subdomains=False)}, ["hsts.preload needs max_age_days=365 and include_subdomains=True, got True"]),
    ({"dnssec": "on"}, ["dnssec must be True or False, got 'on'"]),
    ({"authorities": "pki.goog"}, ["authorities must be a list of certificate authorities, got 'pki.goog'; did you mean ('pki.goog',)?"]),
    ({"authorities": ("Google",)}, ["authorities must hold the domains of certificate authorities, got 'Google'; for example 'pki.goog'"]),
    ({"certificate_names": "app"}, ["certificate_names must be a list of names, got 'app'; did you mean ('app',)?"]),
    ({"certificate_names": ("app.example.com",)}, [f"certificate_names {CERTIFIED}, got 'app.example.com'; {CERTIFIED_AS}"]),
    ({"certificate_names": ("App",)}, [f"certificate_names {CERTIFIED}, got 'App'; {CERTIFIED_AS}"]),
    ({"certificate_names": (7,)}, [f"certificate_names {CERTIFIED}, got 7; {CERTIFIED_AS}"]),
    ({"certificate_names": ("a" * 60,)}, [f"certificate_names must hold names of at most 64 letters with the zone, got '{'a' * 60}'"]),
    ({"certificate_names": ("app", "app")}, ["certificate_names must hold each name once, got ['app', 'app']"]),
    (
        {"certificate_names": tuple(f"a{number}" for number in range(11))},
        ["certificate_names must hold at most 10 names, got 11; make another EdgeDNS for the rest, or use '*'"],
    ),
    ({"health_checks": HealthCheck(name="app")}, ["health_checks must be a list of HealthCheck(…), got HealthCheck(name='app', path='/', contains='')"]),
    ({"health_checks": ("app",)}, ["health_checks[0] must be HealthCheck(…), got 'app'"]),
    ({"health_checks": (HealthCheck(name="*"),)}, [f"health_checks[0].name {WATCHED}, got '*'; for example 'api'"]),
    ({"health_checks": (HealthCheck(name="APP"),)}, [f"health_checks[0].name {WATCHED}, got 'APP'; for example 'api'"]),
    ({"health_checks": (HealthCheck(name="a", path="health"),)}, [f"health_checks[0].path {ASKED}, got 'health'; did you mean \"/health\"?"]),
    ({"health_checks": (HealthCheck(name="a", path="/a b"),)}, [f"health_checks[0].path {ASKED}, got '/a b'; did you mean \"/a%20b\"?"]),
    (
        {"health_checks": (HealthCheck(name="a", contains="x" * 256),)},
        [f"health_checks[0].contains must be text of at most 255 letters, got '{'x' * 76}..."],
    ),
    ({"health_checks": (HealthCheck(name="a"), HealthCheck(name="a"))}, ["health_checks must hold each name once, got ['a', 'a']"]),
    (
        {"min_tls": "1.0", "records": (Record(**{**A, "value": "x"}),)},
        [
            'min_tls must be "1.2" or "1.3", got \'1.0\'',
            "records[0].value must be a value of type A, got 'x'; for example '203.0.113.10'",
        ],
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_an_edge_that_cannot_work_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        EdgeDNS("edge", EdgeDNSArgs(site=SITE, **{"zone": "example.com", **given}))
    assert str(caught.value) == "\n".join(f'EdgeDNS "edge": {problem}' for problem in expected)


@pytest.mark.parametrize(("site", "dns"), [(CLOUD, "Cloud DNS"), (AMAZON, "Route 53")])
@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(**A, proxied=True), "records[0].proxied needs Cloudflare, got True; {dns} has no proxy: put a load balancer in front"),
        (Record(name="@", type="CNAME", value="a.example.net"), "records[0].type must not be CNAME for the zone itself, got 'CNAME'; use A and AAAA"),
    ],
)
def test_what_a_clouds_dns_cannot_do_is_refused_there_and_taken_at_cloudflare(site: Site, dns: str, record: Record, expected: str) -> None:
    with pytest.raises(ArgsError) as caught:
        EdgeDNS("edge", EdgeDNSArgs(site=site, zone="example.com", records=(record,)))
    assert str(caught.value) == f'EdgeDNS "edge": {expected.format(dns=dns)}'
    build(lambda: EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(record,))))


def test_nothing_is_registered_or_looked_up_for_an_edge_that_is_refused() -> None:
    def program() -> None:
        with pytest.raises(ArgsError):
            EdgeDNS("edge", EdgeDNSArgs(zone="example"))

    assert [resource.name for resource in build(program).resources] == ["watchparty-dev"]
