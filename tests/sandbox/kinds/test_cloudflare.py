"""Cloudflare in the sandbox: ids, what the API computes, and what it refuses in its own words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Record, Refusal
from sandbox.resources.cloudflare import FUNCTIONS, KINDS
from tests.sandbox.kinds.cloud import Invalid, World

ZONE = "cloudflare:index/zone:Zone"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
DNSSEC = "cloudflare:index/zoneDnssec:ZoneDnssec"
RULESET = "cloudflare:index/ruleset:Ruleset"
PULLS = "cloudflare:index/authenticatedOriginPulls:AuthenticatedOriginPulls"
PULLS_SETTINGS = "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings"
PULLS_CERTIFICATE = "cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate"
ORIGIN = "cloudflare:index/originCaCertificate:OriginCaCertificate"
ACCOUNT = "a" * 32
HEX = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for kind in KINDS}, {function.token: function for function in FUNCTIONS}, {})


@pytest.fixture
def zone(world: World) -> str:
    """The id of a zone that the program made."""
    return world.create(ZONE, account={"id": ACCOUNT}, name="example.com").id


def record(world: World, zone: str, **inputs: Any) -> Record:
    """A record that Cloudflare takes, unless it is spoiled."""
    return world.create(RECORD, **{"zoneId": zone, "name": "www.example.com", "type": "A", "content": "192.0.2.1", "ttl": 1, **inputs})


def test_a_zone_has_an_id_servers_and_a_plan(world: World, zone: str) -> None:
    made = world.cloud.get(ZONE, zone)
    assert made is not None
    assert HEX.fullmatch(zone)
    assert len(set(made.outputs["nameServers"])) == 2
    assert all(server.endswith(".ns.cloudflare.com") for server in made.outputs["nameServers"])
    assert (made.outputs["status"], made.outputs["type"], made.outputs["paused"]) == ("pending", "full", False)
    assert made.outputs["plan"]["legacyId"] == "free"


def test_a_zone_made_again_is_another_one(world: World, zone: str) -> None:
    made = world.cloud.get(ZONE, zone)
    assert made is not None
    with pytest.raises(Refusal, match='"code":1061'):
        world.create(ZONE, account={"id": ACCOUNT}, name="example.com")
    world.delete(made)
    assert world.create(ZONE, account={"id": ACCOUNT}, name="example.com").id != zone


def test_a_zone_takes_its_records_with_it(world: World, zone: str) -> None:
    record(world, zone)
    world.delete(world.cloud.records[ZONE, zone])
    assert not world.cloud.records


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"name": "example"}, "must be a domain name"),
        ({"name": "-a.com"}, "must be a domain name"),
        ({"name": "a.com", "type": "half"}, "value must be one of"),
    ],
)
def test_the_provider_refuses_a_zone(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        world.check(ZONE, account={"id": ACCOUNT}, **inputs)


def test_a_zone_belongs_to_an_account(world: World) -> None:
    with pytest.raises(Refusal, match='"code":1068'):
        world.create(ZONE, account={"id": "me"}, name="example.com")


def test_a_zone_is_found_by_its_name_whoever_made_it(world: World, zone: str) -> None:
    own = world.invoke("cloudflare:index/getZone:getZone", filter={"name": "example.com"})
    assert (own["id"], own["zoneId"], own["account"]["id"]) == (zone, zone, ACCOUNT)
    found = world.invoke("cloudflare:index/getZone:getZone", filter={"name": "Elsewhere.org"})
    assert HEX.fullmatch(found["id"])
    assert (found["name"], found["status"]) == ("elsewhere.org", "active")
    assert world.invoke("cloudflare:index/getZones:getZones", name="elsewhere.org")["results"][0]["id"] == found["id"]
    assert [one["name"] for one in world.invoke("cloudflare:index/getZones:getZones")["results"]] == ["example.com"]
    assert world.invoke("cloudflare:index/getZone:getZone", zoneId=zone)["name"] == "example.com"
    assert world.invoke("cloudflare:index/getZone:getZone", zoneId="b" * 32)["id"] == "b" * 32
    with pytest.raises(Refusal, match="perhaps your object identifier is invalid"):
        world.invoke("cloudflare:index/getZone:getZone", zoneId="example.com")
    with pytest.raises(Refusal, match="no result found"):
        world.invoke("cloudflare:index/getZone:getZone", filter={"name": "nothing"})


def test_the_edges_addresses_are_the_published_ones(world: World) -> None:
    answer = world.invoke("cloudflare:index/getIpRanges:getIpRanges")
    assert len(answer["ipv4Cidrs"]) == 15
    assert len(answer["ipv6Cidrs"]) == 7
    assert "104.16.0.0/13" in answer["ipv4Cidrs"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ssl", "strict"),
        ("min_tls_version", "1.2"),
        ("tls_1_3", "on"),
        ("always_use_https", "on"),
        ("browser_cache_ttl", 14400),
        ("ciphers", ["ECDHE-ECDSA-AES128-GCM-SHA256"]),
        (
            "security_header",
            {"strict_transport_security": {"enabled": True, "max_age": 31536000, "include_subdomains": True, "preload": True, "nosniff": True}},
        ),
    ],
)
def test_a_setting_is_taken(world: World, zone: str, setting: str, value: object) -> None:
    made = world.create(SETTING, zoneId=zone, settingId=setting, value=value)
    assert (made.outputs["value"], made.outputs["editable"]) == (value, True)
    assert world.create(SETTING, zoneId=zone, settingId=setting, value=value).id == made.id


@pytest.mark.parametrize(
    ("setting", "value", "code", "message"),
    [
        ("ssl", "full_strict", 1007, "Invalid value for zone setting ssl"),
        ("min_tls_version", "1.5", 1007, "Invalid value for zone setting min_tls_version"),
        ("always_use_https", True, 1007, "Invalid value for zone setting always_use_https"),
        ("browser_cache_ttl", "1h", 1007, "Invalid value for zone setting browser_cache_ttl"),
        ("security_header", {"enabled": True}, 1007, "Invalid value for zone setting security_header"),
        ("security_header", {"strict_transport_security": {"maxAge": 1}}, 1007, "Invalid value for zone setting security_header"),
        ("hsts", "on", 1003, "Undefined zone setting: hsts"),
        ("polish", "lossless", 1015, "Not allowed to edit setting for polish"),
    ],
)
def test_a_setting_is_refused(world: World, zone: str, setting: str, value: object, code: int, message: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.create(SETTING, zoneId=zone, settingId=setting, value=value)
    assert f'"code":{code},"message":"{message}"' in str(refused.value)


def test_a_setting_of_a_larger_plan_is_taken_for_a_zone_made_elsewhere(world: World) -> None:
    assert world.create(SETTING, zoneId="b" * 32, settingId="polish", value="lossless").outputs["value"] == "lossless"


def test_dnssec_gives_what_the_registrar_needs(world: World, zone: str) -> None:
    made = world.create(DNSSEC, zoneId=zone, status="active")
    assert made.id == zone
    assert made.outputs["ds"] == f"example.com. 3600 IN DS {made.outputs['keyTag']} 13 2 {made.outputs['digest']}"
    assert (made.outputs["algorithm"], made.outputs["digestType"], made.outputs["flags"]) == ("13", "2", 257)
    assert world.update(made, status="disabled").outputs["ds"] == made.outputs["ds"]
    with pytest.raises(Invalid, match="value must be one of: active, disabled"):
        world.check(DNSSEC, zoneId=zone, status="on")


def ruleset(world: World, zone: str, **inputs: Any) -> Record:
    """A ruleset that Cloudflare takes, unless it is spoiled."""
    rules = [{"action": "block", "expression": '(http.request.uri.path eq "/admin")'}]
    return world.create(RULESET, **{"zoneId": zone, "name": "waf", "kind": "zone", "phase": "http_request_firewall_custom", "rules": rules, **inputs})


def test_a_ruleset_numbers_its_versions_and_rules(world: World, zone: str) -> None:
    made = ruleset(world, zone)
    assert made.outputs["version"] == "1"
    assert HEX.fullmatch(made.outputs["rules"][0]["id"])
    assert world.update(made, description="x").outputs["version"] == "2"
    assert world.kinds[RULESET].import_id(f"zones/{zone}/{made.id}", {}) == made.id


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"rules": [{"action": "block", "expression": "(a"}]}, "filter parsing error"),
        ({"rules": [{"action": "block", "expression": " "}]}, "filter parsing error"),
        ({"rules": [{"action": "deny", "expression": "true"}]}, "unknown action 'deny'"),
        ({"rules": [{"action": "skip", "expression": "true"}]}, "action 'skip' needs action parameters"),
        ({"phase": "http_ratelimit"}, "a rule of phase http_ratelimit needs ratelimit"),
        ({"phase": "http_ratelimit", "rules": [{"action": "block", "expression": "true", "ratelimit": {"period": 11}}]}, "ratelimit period must be one of"),
        ({"rules": [{"action": "log", "expression": "true", "ref": "a"}] * 2}, "duplicate rule reference 'a'"),
    ],
)
def test_a_ruleset_is_refused(world: World, zone: str, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        ruleset(world, zone, **inputs)


def test_a_phase_has_one_ruleset_in_a_zone(world: World, zone: str) -> None:
    ruleset(world, zone)
    with pytest.raises(Refusal, match="exceeded maximum number of zone rulesets for phase http_request_firewall_custom: 1"):
        ruleset(world, zone)
    assert ruleset(world, "b" * 32).outputs["version"] == "1"


@pytest.mark.parametrize("scope", [{}, {"zoneId": "b" * 32, "accountId": ACCOUNT}])
def test_a_ruleset_belongs_to_a_zone_or_to_an_account(world: World, scope: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="Exactly one of these attributes must be configured"):
        world.check(RULESET, name="waf", kind="custom", phase="http_request_firewall_custom", **scope)


def test_a_zones_ruleset_is_not_an_accounts(world: World) -> None:
    with pytest.raises(Invalid, match="a ruleset of kind zone belongs to a zone"):
        world.check(RULESET, name="waf", kind="zone", phase="http_request_firewall_custom", accountId=ACCOUNT)


def test_origin_pulls_are_checked(world: World, zone: str) -> None:
    assert world.create(PULLS_SETTINGS, zoneId=zone, enabled=True).id == zone
    made = world.create(PULLS, zoneId=zone, configs=[{"hostname": "api.example.com", "enabled": True, "certId": "c"}])
    assert (made.id, made.outputs["hostname"], made.outputs["enabled"]) == (f"{zone}/api.example.com", "api.example.com", True)
    with pytest.raises(Refusal, match="Invalid hostname: api"):
        world.create(PULLS, zoneId=zone, configs=[{"hostname": "api"}])
    with pytest.raises(Invalid, match="must be a PEM encoded certificate"):
        world.check(PULLS_CERTIFICATE, zoneId=zone, certificate="x", privateKey="y")


def test_an_origin_certificate_is_one(world: World) -> None:
    csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"
    made = world.create(ORIGIN, csr=csr, hostnames=["example.com", "*.example.com"], requestType="origin-rsa", requestedValidity=365)
    assert made.id.isdigit()
    assert made.outputs["certificate"].startswith("-----BEGIN CERTIFICATE-----\n")
    assert made.outputs["expiresOn"] == "2027-01-02T03:04:05Z"
    with pytest.raises(Refusal, match="Failed to parse the certificate signing request"):
        world.create(ORIGIN, csr="x", hostnames=["example.com"], requestType="origin-rsa")
    with pytest.raises(Refusal, match="is not a hostname or a wildcard of one level"):
        world.create(ORIGIN, csr=csr, hostnames=["a.*.example.com"], requestType="origin-rsa")
    with pytest.raises(Invalid, match="value must be one of: 7, 30, 90"):
        world.check(ORIGIN, csr=csr, hostnames=["example.com"], requestType="origin-rsa", requestedValidity=10)
