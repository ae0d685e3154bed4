"""DNS records at Cloudflare in the sandbox: names, content, neighbours, and what the API refuses in its own words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Record, Refusal
from sandbox.resources.cloudflare import FUNCTIONS, KINDS
from tests.sandbox.kinds.cloud import Invalid, World

ZONE = "cloudflare:index/zone:Zone"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
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


def test_a_record_works_on_a_zone_that_its_owner_made_elsewhere(world: World) -> None:
    found = world.invoke("cloudflare:index/getZone:getZone", filter={"name": "elsewhere.org"})
    assert record(world, found["id"], name="api.elsewhere.org").outputs["name"] == "api.elsewhere.org"
    assert record(world, found["id"], name="elsewhere.org").outputs["name"] == "elsewhere.org"
    assert record(world, "b" * 32, name="api.somewhere.net").outputs["name"] == "api.somewhere.net"
    with pytest.raises(Refusal, match="perhaps your object identifier is invalid"):
        record(world, "example.com")


def test_a_name_is_completed_by_the_zone(world: World, zone: str) -> None:
    assert record(world, zone, name="@").outputs["name"] == "example.com"
    assert record(world, zone, name="api").outputs["name"] == "api.example.com"
    assert record(world, zone, name="*.example.com").outputs["name"] == "*.example.com"


def test_a_record_has_an_id_and_says_whether_it_may_be_proxied(world: World, zone: str) -> None:
    made = record(world, zone, proxied=True)
    assert HEX.fullmatch(made.id)
    assert (made.outputs["proxiable"], made.outputs["proxied"]) == (True, True)
    text = record(world, zone, type="TXT", content='"hello"')
    assert (text.outputs["proxiable"], text.outputs["proxied"], text.outputs["tags"]) == (False, False, [])
    assert world.kinds[RECORD].import_id(f"{zone}/{made.id}", {}) == made.id


def test_a_record_keeps_its_birthday_when_it_is_updated(world: World, zone: str) -> None:
    made = record(world, zone)
    world.cloud.now = lambda: "2027-01-01T00:00:00Z"  # type: ignore[method-assign]  time goes by
    later = world.update(made, content="192.0.2.9")
    assert (later.outputs["createdOn"], later.outputs["modifiedOn"]) == (made.outputs["createdOn"], "2027-01-01T00:00:00Z")


def test_parts_become_the_content(world: World, zone: str) -> None:
    authority = record(world, zone, name="example.com", type="CAA", content=None, data={"flags": 0, "tag": "issue", "value": "letsencrypt.org"})
    assert authority.outputs["content"] == '0 issue "letsencrypt.org"'
    data = {"priority": 1, "weight": 2, "port": 443, "target": "a.example.com"}
    assert record(world, zone, type="SRV", content=None, data=data).outputs["content"] == "1 2 443 a.example.com"


@pytest.mark.parametrize(
    ("inputs", "code", "message"),
    [
        ({"content": "fe80::1"}, 9005, "Content for A record must be a valid IPv4 address."),
        ({"type": "AAAA", "content": "192.0.2.1"}, 9006, "Content for AAAA record must be a valid IPv6 address."),
        ({"type": "CNAME", "content": "not a host"}, 9007, "Content for CNAME record is invalid."),
        ({"type": "CNAME", "content": "www.example.com"}, 9039, "CNAME content cannot reference itself."),
        ({"type": "MX", "content": "mail.example.com"}, 9100, "priority is a required field for an MX record."),
        ({"type": "CAA", "content": None, "data": {"flags": 0, "tag": "issue"}}, 9101, "value is a required data field."),
        ({"type": "CAA", "content": None, "data": {"flags": 0, "tag": "grant", "value": "x"}}, 9104, "Invalid CAA tag grant."),
        ({"type": "TXT", "content": ""}, 9020, "DNS record content is required."),
        ({"type": "TXT", "content": "x" * 2049}, 9012, "must not be longer than 2048"),
        ({"name": "a b.example.com"}, 9000, "DNS name is invalid."),
        ({"ttl": 59}, 9021, "Must be between 60 and 86400 seconds, or 1 for Automatic."),
        ({"ttl": 86401}, 9021, "Must be between 60 and 86400 seconds"),
        ({"type": "TXT", "content": "x", "proxied": True}, 9004, "This record type cannot be proxied."),
        ({"comment": "x" * 101}, 9213, "Comment must not be longer than 100 characters."),
    ],
)
def test_a_record_is_refused(world: World, zone: str, inputs: dict[str, Any], code: int, message: str) -> None:
    with pytest.raises(Refusal) as refused:
        record(world, zone, **inputs)
    assert f'"code":{code}' in str(refused.value)
    assert message in str(refused.value)


def test_a_proxied_record_has_an_automatic_ttl(world: World, zone: str) -> None:
    with pytest.raises(Refusal, match="ttl must be set to 1 when `proxied` is true"):
        record(world, zone, proxied=True, ttl=300)


def test_an_unknown_type_is_refused_by_the_provider(world: World, zone: str) -> None:
    with pytest.raises(Invalid, match="value must be one of: A, AAAA, CAA"):
        world.check(RECORD, zoneId=zone, name="a.example.com", type="SPF", ttl=1, content="x")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ({}, {}, 81058),
        ({"type": "CNAME", "content": "a.example.net"}, {"type": "CNAME", "content": "A.example.net."}, 81058),
        ({}, {"type": "CNAME", "content": "a.example.net"}, 81053),
        ({"type": "CNAME", "content": "a.example.net"}, {"type": "CNAME", "content": "b.example.net"}, 81053),
        ({"type": "CNAME", "content": "a.example.net"}, {}, 81054),
        ({"type": "CNAME", "content": "a.example.net"}, {"type": "AAAA", "content": "2001:db8::1"}, 81054),
        ({"type": "NS", "content": "ns.example.net"}, {}, 81056),
    ],
)
def test_a_record_is_refused_beside_another(world: World, zone: str, first: dict[str, Any], second: dict[str, Any], code: int) -> None:
    made = record(world, zone, **first)
    with pytest.raises(Refusal, match=f'"code":{code}'):
        record(world, zone, **second)
    assert world.update(made, comment="mine").outputs["comment"] == "mine"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"content": "192.0.2.2"}),
        ({}, {"type": "AAAA", "content": "2001:db8::1"}),
        ({}, {"name": "api.example.com"}),
        ({}, {"type": "TXT", "content": "x"}),
        ({"type": "MX", "content": "a.example.com", "priority": 1}, {"type": "MX", "content": "b.example.com", "priority": 2}),
    ],
)
def test_a_record_may_stand_beside_another(world: World, zone: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    record(world, zone, **first)
    assert HEX.fullmatch(record(world, zone, **second).id)
