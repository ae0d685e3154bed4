"""EdgeDNS at Cloudflare and on Cloud DNS: exactly these children with these inputs. Mocks: that the edge takes them is shown on the engine."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components import EdgeDNS, EdgeDNSArgs, Hsts, Record
from tests.components.world import World, build

ZONE = "cloudflare:index/zone:Zone"
SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
DNSSEC = "cloudflare:index/zoneDnssec:ZoneDnssec"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
MANAGED_ZONE = "gcp:dns/managedZone:ManagedZone"
RECORD_SET = "gcp:dns/recordSet:RecordSet"
ACCOUNT = "0123456789abcdef" * 2
API = Record(name="api", type="CNAME", value="api.run.app")


def made(*records: Record, tier: str = "dev", edge: str = "cloudflare", **given: Any) -> World:
    return build(lambda: EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=records, **given)), tier=tier, edge=edge)


def answers(*records: Record) -> list[dict[str, Any]]:
    """The answer's own properties, without those that each record has."""
    common = ("zoneId", "comment", "ttl", "proxied")
    return [{key: value for key, value in record.inputs.items() if key not in common} for record in made(*records).of(RECORD)]


def test_in_dev_a_shared_zone_gets_this_stacks_records_and_nothing_else() -> None:
    world = made(API)
    assert world.children("edge") == [(RECORD, "edge-record-api-cname")]
    assert world.one(RECORD).inputs == {
        "zoneId": "0" * 32,
        "name": "api.example.com",
        "type": "CNAME",
        "content": "api.run.app",
        "ttl": 1,
        "proxied": True,
        "comment": "watchparty dev, managed by Pulumi",
    }


@pytest.mark.parametrize(("tier", "manages"), [("dev", False), ("staging", False), ("prod", True)])
def test_of_the_stacks_that_share_a_zone_prod_decides_what_holds_for_all_of_it(tier: str, manages: bool) -> None:
    world = made(tier=tier)
    assert bool(world.of(SETTING)) is manages
    assert bool(world.of(DNSSEC)) is manages
    assert bool(world.of(RECORD)) is manages


def test_a_managed_zone_insists_on_tls_and_says_so_in_the_shapes_that_cloudflare_takes() -> None:
    assert {setting.inputs["settingId"]: setting.inputs["value"] for setting in made(tier="prod").of(SETTING)} == {
        "ssl": "strict",
        "min_tls_version": "1.2",
        "tls_1_3": "on",
        "always_use_https": "on",
        "automatic_https_rewrites": "on",
        "security_header": {
            "strict_transport_security": {"enabled": True, "max_age": 31536000, "include_subdomains": True, "preload": False, "nosniff": True},
        },
    }


def test_the_settings_follow_the_arguments() -> None:
    values = {setting.inputs["settingId"]: setting.inputs["value"] for setting in made(tier="prod", min_tls="1.3", hsts=None).of(SETTING)}
    assert values["min_tls_version"] == "1.3"
    assert "security_header" not in values
    short = made(tier="prod", hsts=Hsts(max_age_days=1, include_subdomains=False)).one(SETTING, "edge-setting-security-header").inputs["value"]
    assert short == {"strict_transport_security": {"enabled": True, "max_age": 86400, "include_subdomains": False, "preload": False, "nosniff": True}}


def test_answers_are_signed_unless_said_otherwise() -> None:
    assert made(tier="prod").one(DNSSEC).inputs == {"zoneId": "0" * 32, "status": "active"}
    assert made(tier="prod", dnssec=False).of(DNSSEC) == []


def test_only_the_authorities_that_cloudflare_and_google_use_may_issue() -> None:
    issuers = [record.inputs for record in made(tier="prod").of(RECORD)]
    assert [issuer["data"] for issuer in issuers] == [
        {"flags": 0, "tag": "issue", "value": "letsencrypt.org"},
        {"flags": 0, "tag": "issue", "value": "pki.goog"},
        {"flags": 0, "tag": "issue", "value": "sectigo.com"},
        {"flags": 0, "tag": "issue", "value": "ssl.com"},
    ]
    assert {(issuer["type"], issuer["name"], issuer["proxied"]) for issuer in issuers} == {("CAA", "example.com", False)}
    assert made(tier="prod", authorities=()).of(RECORD) == []


def test_a_created_zone_is_managed_in_every_tier_and_protected_as_data_is() -> None:
    world = made(create=True, account_id=ACCOUNT)
    assert world.one(ZONE).inputs == {"account": {"id": ACCOUNT}, "name": "example.com", "type": "full"}
    assert world.one(ZONE).protect is False
    assert {setting.inputs["zoneId"] for setting in world.of(SETTING)} == {"edge-zone-id"}
    prod = made(create=True, account_id=ACCOUNT, tier="prod").one(ZONE)
    assert (prod.protect, prod.retain_on_delete) == (True, True)


def test_each_type_goes_to_cloudflare_in_its_own_shape() -> None:
    made = answers(
        Record(name="a", type="A", value="203.0.113.10"),
        Record(name="b", type="AAAA", value="2001:db8::1"),
        Record(name="@", type="MX", value="10 mx.example.net."),
        Record(name="t", type="TXT", value='say "hi"'),
        Record(name="c", type="CAA", value='128 issuewild "pki.goog"'),
        Record(name="_sip._tcp", type="SRV", value="10 5 5060 sip.example.net."),
        Record(name="n", type="NS", value="ns1.example.net."),
    )
    assert sorted(made, key=lambda answer: str(answer["name"])) == [
        {"name": "_sip._tcp.example.com", "type": "SRV", "data": {"priority": 10, "weight": 5, "port": 5060, "target": "sip.example.net"}},
        {"name": "a.example.com", "type": "A", "content": "203.0.113.10"},
        {"name": "b.example.com", "type": "AAAA", "content": "2001:db8::1"},
        {"name": "c.example.com", "type": "CAA", "data": {"flags": 128, "tag": "issuewild", "value": "pki.goog"}},
        {"name": "example.com", "type": "MX", "content": "mx.example.net", "priority": 10},
        {"name": "n.example.com", "type": "NS", "content": "ns1.example.net"},
        {"name": "t.example.com", "type": "TXT", "content": '"say \\"hi\\""'},
    ]


def test_a_value_of_another_resource_is_shaped_when_it_is_known() -> None:
    def program() -> None:
        value = pulumi.Output.from_input("10 5 5060 sip.example.net.")
        EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(Record(name="_sip._tcp", type="SRV", value=value),)))

    assert build(program).one(RECORD).inputs["data"] == {"priority": 10, "weight": 5, "port": 5060, "target": "sip.example.net"}


@pytest.mark.parametrize(
    ("record", "proxied", "ttl"),
    [
        (API, True, 1),
        (Record(name="api", type="A", value="203.0.113.10", proxied=False), False, 1),
        (Record(name="api", type="A", value="203.0.113.10", proxied=False, ttl=60), False, 60),
        (Record(name="_acme-challenge", type="CNAME", value="x.authorize.certificatemanager.goog"), False, 1),
        (Record(name="@", type="TXT", value="v=spf1 -all", ttl=3600), False, 3600),
    ],
)
def test_web_names_are_proxied_and_names_for_verification_never(record: Record, proxied: bool, ttl: int) -> None:
    inputs = made(record).one(RECORD).inputs
    assert (inputs["proxied"], inputs["ttl"]) == (proxied, ttl)


def test_a_further_value_renames_none() -> None:
    one = {record.name for record in made(Record(name="@", type="A", value=("203.0.113.1",))).of(RECORD)}
    two = {record.name for record in made(Record(name="@", type="A", value=("203.0.113.1", "203.0.113.2"))).of(RECORD)}
    assert (one, two) == ({"edge-record-apex-a"}, {"edge-record-apex-a", "edge-record-apex-a-2"})


def test_the_edge_tells_the_registrar_what_to_do() -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        edge = EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(API, Record(name="@", type="A", value="203.0.113.10"))))
        seen["names"] = dict(edge.names)
        pulumi.Output.all(edge.zone_id, edge.name_servers, edge.ds_record).apply(lambda values: seen.update(values=values))

    build(program)
    assert seen == {"names": {"api": "api.example.com", "@": "example.com"}, "values": ["0" * 32, ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"], ""]}


def test_the_component_is_the_same_at_either_edge() -> None:
    at = {edge: made(API, edge=edge).one("groundplan:index:EdgeDNS") for edge in ("cloudflare", "cloud")}
    assert at["cloudflare"] == at["cloud"]


def test_on_cloud_dns_a_created_zone_is_signed_and_logged() -> None:
    zone = made(create=True, edge="cloud", tier="prod").one(MANAGED_ZONE)
    assert (zone.protect, zone.retain_on_delete, zone.inputs["forceDestroy"]) == (True, True, False)
    assert zone.inputs["dnsName"] == "example.com."
    assert zone.inputs["visibility"] == "public"
    assert zone.inputs["dnssecConfig"] == {"state": "on", "nonExistence": "nsec3"}
    assert zone.inputs["cloudLoggingConfig"] == {"enableLogging": True}
    assert "dnssecConfig" not in made(create=True, edge="cloud", dnssec=False).one(MANAGED_ZONE).inputs


def test_on_cloud_dns_records_of_a_name_are_one_set_in_zone_file_form() -> None:
    world = made(
        Record(name="@", type="MX", value=("10 mx1.example.net", "20 mx2.example.net.")),
        Record(name="t", type="TXT", value="v=spf1 -all", ttl=60),
        tier="prod",
        edge="cloud",
    )
    sets = [{key: made.inputs[key] for key in ("name", "type", "ttl", "rrdatas", "managedZone")} for made in world.of(RECORD_SET)]
    assert sets == [
        {"name": "example.com.", "type": "CAA", "ttl": 300, "rrdatas": ['0 issue "letsencrypt.org"', '0 issue "pki.goog"'], "managedZone": "example-com"},
        {"name": "example.com.", "type": "MX", "ttl": 300, "rrdatas": ["10 mx1.example.net.", "20 mx2.example.net."], "managedZone": "example-com"},
        {"name": "t.example.com.", "type": "TXT", "ttl": 60, "rrdatas": ['"v=spf1 -all"'], "managedZone": "example-com"},
    ]


def test_on_cloud_dns_a_zone_that_is_not_there_is_named() -> None:
    with pytest.raises(pulumi.RunError) as caught:
        build(lambda: EdgeDNS("edge", EdgeDNSArgs(zone="example.org", records=(API,))), edge="cloud")
    assert str(caught.value) == 'EdgeDNS: project "watchparty-dev" has no public zone "example.org"; make it with create=True'


def test_at_cloudflare_a_zone_that_is_not_there_is_named_with_the_providers_own_words() -> None:
    with pytest.raises(pulumi.RunError) as caught:
        build(lambda: EdgeDNS("edge", EdgeDNSArgs(zone="example.org", records=(API,))))
    assert str(caught.value) == (
        'EdgeDNS: the zone "example.org" was not found at Cloudflare (invoke of cloudflare:index/getZone:getZone failed: '
        "failed to find exactly one result (filter)); make it with create=True, or let the token read it"
    )
