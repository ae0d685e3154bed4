"""Zones, record sets and server policies, as Google and its provider treat them."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.cloud import PROJECT, invalid, refused

ZONE = "gcp:dns/managedZone:ManagedZone"
RECORDS = "gcp:dns/recordSet:RecordSet"
POLICY = "gcp:dns/policy:Policy"


@pytest.fixture
def zone(world):
    return world.create(ZONE, name="example", dnsName="example.com.")


def record(name="api.example.com.", type_="A", data="203.0.113.7"):
    return {"managedZone": "example", "name": name, "type": type_, "ttl": 300, "rrdatas": [data]}


def test_a_public_zone_has_four_name_servers_of_one_letter(zone):
    assert zone.id == f"projects/{PROJECT}/managedZones/example"
    letters = {server[len("ns-cloud-")] for server in zone.outputs["nameServers"]}
    assert (len(zone.outputs["nameServers"]), len(letters)) == (4, 1)
    assert (zone.inputs["description"], zone.inputs["visibility"]) == ("Managed by Pulumi", "public")


def test_a_private_zone_is_seen_from_its_networks_alone(world, network):
    seen = {"networks": [{"networkUrl": network.id}]}
    made = world.create(ZONE, name="inner", dnsName="inner.acme.", visibility="private", privateVisibilityConfig=seen)
    assert made.outputs["nameServers"] == ["ns-gcp-private.googledomains.com."]
    seen = {"networks": [{"networkUrl": "projects/acme-dev/global/networks/none"}]}
    assert "was not found" in refused(world.create, token=ZONE, name="other", dnsName="x.", visibility="private", privateVisibilityConfig=seen)


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"dnsName": "example.com"}, "Invalid value for 'entity.managedZone.dnsName': 'example.com', invalid"),
        ({"dnsName": "exa mple.com."}, "entity.managedZone.dnsName"),
        ({"name": "Example"}, "Invalid value for 'entity.managedZone.name': 'Example', invalid"),
        ({"visibility": "private", "dnssecConfig": {"state": "on"}}, "DNSSEC is not supported on private managed zones"),
        ({"privateVisibilityConfig": {"networks": []}}, "must not be specified for public zones"),
    ],
)
def test_what_the_cloud_refuses_of_a_zone(world, inputs, part):
    assert part in refused(world.create, token=ZONE, **{"name": "example", "dnsName": "example.com.", **inputs})


def test_a_zone_with_records_stays_unless_it_is_forced(world, zone):
    world.create(RECORDS, **record())
    assert "cannot be deleted because it contains one or more 'resource records'., containerNotEmpty" in refused(world.delete, record=zone)
    world.delete(world.update(zone, forceDestroy=True))
    assert not world.cloud.records


def test_a_record_set_is_told_by_zone_name_and_type(world, zone):
    made = world.create(RECORDS, **record())
    assert made.id == f"projects/{PROJECT}/managedZones/example/rrsets/api.example.com./A"
    assert "named 'api.example.com. (A)' already exists, alreadyExists" in refused(world.create, token=RECORDS, **record())
    assert world.create(RECORDS, **record(type_="TXT", data='"hello"')).id.endswith("/TXT")


def test_a_records_name_ends_with_a_dot(world):
    reasons = invalid(world, RECORDS, **record(name="api.example.com"))
    assert reasons["name"].startswith('"name" ("api.example.com") doesn\'t end with "."')


def test_a_record_set_has_data_or_a_routing_policy(world):
    given = {key: value for key, value in record().items() if key != "rrdatas"}
    assert invalid(world, RECORDS, **given) == {"rrdatas": '"rrdatas": one of `rrdatas,routing_policy` must be specified'}


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (record(name="api.example.net."), "[api.example.net.][A].name': 'api.example.net.'"),
        (record(name="notexample.com."), ".name': 'notexample.com.'"),
        (record(type_="CNAME", name="example.com.", data="x.example.net."), "apex cannot have a CNAME"),
        (record(type_="WRONG"), ".type': 'WRONG'"),
        (record(data="300.0.0.1"), ".rrdata': '300.0.0.1'"),
        (record(data="2001:db8::1"), ".rrdata': '2001:db8::1'"),
        (record(type_="CNAME", data="target"), ".rrdata': 'target'"),
        (record(type_="MX", data="mail.example.com."), ".rrdata': 'mail.example.com.'"),
        (record(type_="CAA", data="0 issue pki.goog"), ".rrdata': '0 issue pki.goog'"),
    ],
)
def test_what_the_cloud_refuses_of_a_record(world, zone, given, part):
    assert part in refused(world.create, token=RECORDS, **given)


@pytest.mark.parametrize(
    "given",
    [
        record(name="example.com."),
        record(name="*.example.com."),
        record(name="_acme-challenge.example.com.", type_="TXT", data='"x"'),
        record(type_="AAAA", data="2001:db8::1"),
        record(type_="CAA", data='0 issue "pki.goog"'),
        record(type_="MX", data="10 mail.example.com."),
    ],
)
def test_good_records_are_taken(world, zone, given):
    assert world.create(RECORDS, **given).outputs["rrdatas"] == given["rrdatas"]


def test_an_alias_stands_alone(world, zone):
    world.create(RECORDS, **record())
    message = refused(world.create, token=RECORDS, **record(type_="CNAME", data="x.example.net."))
    assert message.endswith(
        "The resource record set 'entity.change.additions[api.example.com.][CNAME]' is invalid because the DNS name 'api.example.com.' has a resource record "
        "set of the type 'A'. A DNS name may have either one CNAME resource record set or resource record sets of other types, but not both., "
        "cnameResourceRecordSetConflict"
    )


def test_a_zone_is_named_not_pathed(world, zone):
    given = {**record(), "managedZone": zone.id}
    assert f"'parameters.managedZone' resource named '{zone.id}' does not exist" in refused(world.create, token=RECORDS, **given)


def test_a_network_obeys_one_policy(world, network):
    bound = [{"networkUrl": network.id}]
    made = world.create(POLICY, name="logging", enableLogging=True, networks=bound)
    assert made.id == f"projects/{PROJECT}/policies/logging"
    assert "because it is already bound to policy 'logging'" in refused(world.create, token=POLICY, name="other", networks=bound)
    assert world.update(made, enableLogging=False).outputs["enableLogging"] is False


def test_a_zone_is_looked_up(world, zone):
    assert world.invoke("gcp:dns/getManagedZone:getManagedZone", name="example")["dnsName"] == "example.com."
    assert "404" in refused(world.invoke, token="gcp:dns/getManagedZone:getManagedZone", name="none")
