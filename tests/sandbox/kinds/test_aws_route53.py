"""Zones, record sets, health checks and signatures, as Route 53 and its provider treat them."""

from __future__ import annotations

import json

import pytest

from sandbox.kind import Refusal
from sandbox.resources.aws import route53_health, route53_record, route53_zone
from tests.sandbox.kinds.cloud import World, invalid, refused

ZONE, RECORD, QUERY_LOG = "aws:route53/zone:Zone", "aws:route53/record:Record", "aws:route53/queryLog:QueryLog"
HEALTH, SIGNING, SIGNED = "aws:route53/healthCheck:HealthCheck", "aws:route53/keySigningKey:KeySigningKey", "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
LOOKUP = "aws:route53/getZone:getZone"
KEY = "arn:aws:kms:us-east-1:000000000000:key/k"
LOGS = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/route53/example.com"
MODULES = (route53_zone, route53_record, route53_health)


@pytest.fixture
def world() -> World:
    kinds = {kind.token: kind for module in MODULES for kind in module.KINDS}
    return World(kinds, {function.token: function for function in route53_zone.FUNCTIONS}, {"region": "eu-west-1"})


@pytest.fixture
def zone(world):
    return world.create(ZONE, name="example.com")


def record(zone, name="api.example.com", kind="A", records=("203.0.113.7",), **more):
    return {"zoneId": zone.id, "name": name, "type": kind, "ttl": 300, "records": list(records), **more}


def test_a_zone_has_four_servers_of_four_top_level_domains(zone):
    assert zone.outputs["arn"] == f"arn:aws:route53:::hostedzone/{zone.id}"
    assert zone.id == zone.outputs["zoneId"]
    assert zone.id.startswith("Z")
    assert {server.split(".", 2)[2] for server in zone.outputs["nameServers"]} == {"com", "net", "org", "co.uk"}
    assert zone.outputs["primaryNameServer"] in zone.outputs["nameServers"]
    assert (zone.inputs["comment"], zone.inputs["forceDestroy"]) == ("Managed by Pulumi", False)


def test_a_zone_needs_a_domain_and_a_short_comment(world):
    assert "InvalidDomainName: exa mple.com is not a valid domain name" in refused(world.create, token=ZONE, name="exa mple.com")
    assert "(0 - 256)" in invalid(world, ZONE, name="example.com", comment="x" * 257)["comment"]
    assert "must not start with aws:" in invalid(world, ZONE, name="example.com", tags={"aws:x": "y"})["tags.aws:x"]
    assert "conflicts with vpc" in invalid(world, ZONE, name="a.b", vpcs=[{"vpcId": "vpc-1"}], delegationSetId="N1")["delegationSetId"]
    assert "VPC: vpc-1 does not exist" in refused(world.create, token=ZONE, name="example.com", vpcs=[{"vpcId": "vpc-1"}])


def test_a_zone_with_records_stays_unless_it_is_forced(world, zone):
    world.create(RECORD, **record(zone))
    assert "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets" in refused(world.delete, record=zone)
    world.delete(world.update(zone, forceDestroy=True))
    assert not world.cloud.records


def test_a_zone_is_found_by_its_name_and_one_that_was_there_before_too(world, zone):
    assert world.invoke(LOOKUP, name="example.com")["zoneId"] == zone.id
    assert world.invoke(LOOKUP, zoneId=zone.id)["name"] == "example.com"
    elsewhere = world.invoke(LOOKUP, name="example.net")
    assert elsewhere["zoneId"] != zone.id
    made = world.create(RECORD, zoneId=elsewhere["zoneId"], name="api.example.net", type="A", ttl=60, records=["203.0.113.1"])
    assert made.outputs["fqdn"] == "api.example.net"
    with pytest.raises(Refusal, match="no matching Route 53 Hosted Zone found"):
        world.invoke(LOOKUP, name="example.net", privateZone=True)
    with pytest.raises(Refusal, match="at most one of zone_id and name"):
        world.invoke(LOOKUP, name="example.com", zoneId=zone.id)
    world.create(ZONE, name="example.com")
    with pytest.raises(Refusal, match="multiple Route 53 Hosted Zones matched"):
        world.invoke(LOOKUP, name="example.com")


def test_a_record_is_told_by_zone_name_and_type(world, zone):
    made = world.create(RECORD, **record(zone, "API.example.com."))
    assert (made.id, made.outputs["fqdn"]) == (f"{zone.id}_api.example.com_A", "api.example.com")
    assert world.create(RECORD, **record(zone, "www")).outputs["fqdn"] == "www.example.com"
    message = refused(world.create, token=RECORD, **record(zone, records=("203.0.113.8",)))
    assert "but it already exists" in message
    world.create(RECORD, **record(zone, records=("203.0.113.8",)), allowOverwrite=True)


def test_a_record_takes_another_type_or_set_identifier_in_place(world, zone):
    made = world.create(RECORD, **record(zone), setIdentifier="one", weightedRoutingPolicies=[{"weight": 1}])
    moved = world.update(made, setIdentifier="two")
    assert (moved.id, moved.outputs["setIdentifier"]) == (made.id, "two")
    again = world.create(RECORD, **record(zone), setIdentifier="one", weightedRoutingPolicies=[{"weight": 1}])
    assert again.id.startswith(f"{made.id}_")
    message = refused(world.create, token=RECORD, **record(zone), setIdentifier="two", weightedRoutingPolicies=[{"weight": 1}])
    assert "but it already exists" in message
    assert world.kinds[RECORD].replaces == {"name", "zoneId"}


def test_a_record_has_one_routing_policy(world, zone):
    both = {"weightedRoutingPolicies": [{"weight": 1}], "latencyRoutingPolicies": [{"region": "eu-west-1"}]}
    assert invalid(world, RECORD, **record(zone), setIdentifier="one", **both) == {
        "latencyRoutingPolicies": '"latency_routing_policies": conflicts with weighted_routing_policies',
        "weightedRoutingPolicies": '"weighted_routing_policies": conflicts with latency_routing_policies',
    }


def test_weighted_records_share_a_name(world, zone):
    for name in ("one", "two"):
        world.create(RECORD, **record(zone), setIdentifier=name, weightedRoutingPolicies=[{"weight": 1}])
    assert len(list(world.cloud.find(RECORD))) == 2
    assert "all of `set_identifier`" in invalid(world, RECORD, **record(zone), weightedRoutingPolicies=[{"weight": 1}])["weightedRoutingPolicies"]
    assert "a routing policy must be specified" in invalid(world, RECORD, **record(zone), setIdentifier="one")["setIdentifier"]


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"name": "api.*x.example.com"}, "DomainLabelInvalid"),
        ({"name": "example.com", "type": "CNAME", "records": ["a.example.net"]}, "is not permitted at apex in zone example.com."),
        ({"records": ["203.0.113"]}, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '203.0.113'"),
        ({"records": ["2001:db8::1"]}, "ARRDATAIllegalIPv4Address"),
        ({"type": "AAAA"}, "AAAARRDATAIllegalIPv6Address"),
        ({"type": "CNAME", "records": ["a b"]}, "DomainNameInvalid"),
        ({"type": "CNAME", "records": ["a.b", "c.d"]}, "a CNAME has one value"),
        ({"type": "CAA", "records": ["0 issue pki.goog"]}, "CAARRDATANotFormatted"),
        ({"type": "MX", "records": ["mail.example.net"]}, "MXRRDATANotTwoFields"),
        ({"type": "NS", "records": ["a b"]}, "DomainNameInvalid"),
        ({"type": "SRV", "records": ["10 5 sip.example.net"]}, "SRVRRDATANotFourFields"),
        ({"type": "TXT", "records": ["x" * 256]}, "CharacterStringTooLong"),
        ({"type": "SPF", "records": ["x" * 256]}, "CharacterStringTooLong"),
        ({"records": ["203.0.113.7", "203.0.113.7"]}, "Duplicate Resource Record: '203.0.113.7'"),
        ({"ttl": -1}, "Invalid TTL: -1"),
        ({"healthCheckId": "none"}, "A health check with id none does not exist"),
    ],
)
def test_what_route_53_refuses_of_a_record(world, zone, inputs, part):
    assert part in refused(world.create, token=RECORD, **{**record(zone), **inputs})


def test_a_long_text_comes_in_pieces(world, zone):
    world.create(RECORD, **record(zone, kind="TXT", records=("x" * 255 + '""' + "y" * 45,)))


@pytest.mark.parametrize(("first", "second"), [("CNAME", "A"), ("A", "CNAME")])
def test_nothing_stands_beside_an_alias_in_either_order(world, zone, first, second):
    values = {"A": ("203.0.113.7",), "CNAME": ("a.example.net",)}
    world.create(RECORD, **record(zone, kind=first, records=values[first]))
    message = refused(world.create, token=RECORD, **record(zone, kind=second, records=values[second]))
    assert f"RRSet of type {second} with DNS name api.example.com. is not permitted as it conflicts with other records" in message


def test_a_record_of_a_zone_that_is_not_there_is_refused(world, zone):
    assert "NoSuchHostedZone: No hosted zone found with ID: Z0" in refused(world.create, token=RECORD, **{**record(zone), "zoneId": "Z0"})


@pytest.mark.parametrize(
    ("changes", "path", "part"),
    [
        ({"type": "ALIAS"}, "type", "expected type to be one of"),
        ({"records": None}, "aliases", "one of `aliases,records` must be specified"),
        ({"ttl": None}, "ttl", "all of `records,ttl` must be specified"),
        ({"records": None, "aliases": [{"name": "a", "zoneId": "Z", "evaluateTargetHealth": False}]}, "ttl", "conflicts with alias"),
    ],
)
def test_what_the_provider_refuses_of_a_record(world, zone, changes, path, part):
    inputs = {key: value for key, value in {**record(zone), **changes}.items() if value is not None}
    assert part in invalid(world, RECORD, **inputs)[path]


def check(**changes):
    return {key: value for key, value in {"type": "HTTPS", "fqdn": "app.example.com", **changes}.items() if value is not None}


def test_a_health_check_has_the_services_defaults(world):
    made = world.create(HEALTH, **check()).outputs
    assert (made["port"], made["failureThreshold"], made["requestInterval"], made["enableSni"], made["disabled"]) == (443, 3, 30, True, False)
    assert made["arn"].startswith("arn:aws:route53:::healthcheck/")
    assert world.create(HEALTH, **check(type="HTTP", enableSni=False)).outputs["port"] == 80


@pytest.mark.parametrize(
    ("changes", "path", "part"),
    [
        ({"tags": {"aws:x": "y"}}, "tags.aws:x", "must not start with aws:"),
        ({"type": "PING"}, "type", "expected type to be one of"),
        ({"requestInterval": 20}, "requestInterval", "expected request_interval to be one of"),
        ({"failureThreshold": 11}, "failureThreshold", "(1 - 10)"),
        ({"port": 0}, "port", "(1 - 65535)"),
        ({"resourcePath": "/" + "x" * 255}, "resourcePath", "(0 - 255)"),
        ({"searchString": "x" * 256}, "searchString", "(0 - 255)"),
        ({"fqdn": "x" * 256}, "fqdn", "(0 - 255)"),
        ({"regions": ["us-east-1", "eu-west-1"]}, "regions", "requires 3 item minimum, but config has only 2"),
    ],
)
def test_what_the_provider_refuses_of_a_health_check(world, changes, path, part):
    assert part in invalid(world, HEALTH, **check(**changes))[path]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"fqdn": None}, "Either an IP address or a fully qualified domain name"),
        ({"type": "TCP"}, "Port must be specified for a TCP health check"),
        ({"type": "HTTPS_STR_MATCH"}, "SearchString must be specified"),
        ({"searchString": "ok"}, "SearchString must be specified"),
        ({"resourcePath": "health"}, "ResourcePath 'health'"),
    ],
)
def test_what_route_53_refuses_of_a_health_check(world, changes, part):
    assert part in refused(world.create, token=HEALTH, **check(**changes))


def key(world, **changes):
    policy = json.dumps({"Statement": [{"Principal": {"Service": "dnssec-route53.amazonaws.com"}}]})
    world.put("aws:kms/key:Key", "k", arn=KEY, **{"customerMasterKeySpec": "ECC_NIST_P256", "keyUsage": "SIGN_VERIFY", "policy": policy, **changes})


def signing(zone, **changes):
    return {"hostedZoneId": zone.id, "keyManagementServiceArn": KEY, "name": "main", **changes}


def test_a_zone_is_signed_by_a_key_and_the_last_key_stays_while_it_is(world, zone):
    assert "wasn't found" in refused(world.create, token=SIGNED, hostedZoneId=zone.id)
    key(world)
    made = world.create(SIGNING, **signing(zone))
    assert made.outputs["dsRecord"] == f"{made.outputs['keyTag']} 13 2 {made.outputs['digestValue']}"
    assert (made.id, made.outputs["status"]) == (f"{zone.id},main", "ACTIVE")
    signed = world.create(SIGNED, hostedZoneId=zone.id)
    assert "the only KSK for a currently-enabled DNSSEC" in refused(world.delete, record=made)
    world.delete(signed)
    world.delete(made)


@pytest.mark.parametrize(
    ("of_key", "changes", "part"),
    [
        ({"customerMasterKeySpec": "SYMMETRIC_DEFAULT"}, {}, "its spec must be ECC_NIST_P256"),
        ({"keyUsage": "ENCRYPT_DECRYPT"}, {}, "its spec must be ECC_NIST_P256"),
        ({"policy": "{}"}, {}, "doesn't let dnssec-route53.amazonaws.com use it"),
        ({}, {"name": "my-key"}, "The key-signing key (KSK) name my-key"),
        ({}, {"name": "k"}, "isn't a valid name"),
        ({}, {"keyManagementServiceArn": KEY.replace("us-east-1", "eu-west-1")}, "the key"),
    ],
)
def test_what_route_53_refuses_of_a_signing_key(world, zone, of_key, changes, part):
    key(world, **of_key)
    assert part in refused(world.create, token=SIGNING, **signing(zone, **changes))


def test_the_key_must_be_in_the_region_that_the_world_is_served_from(world, zone):
    there = KEY.replace("us-east-1", "eu-west-1")
    world.put("aws:kms/key:Key", "k", arn=there, customerMasterKeySpec="ECC_NIST_P256", keyUsage="SIGN_VERIFY", policy="dnssec-route53.amazonaws.com")
    assert "the key must be in us-east-1" in refused(world.create, token=SIGNING, **signing(zone, keyManagementServiceArn=there))


def test_a_zone_has_two_signing_keys_at_most_and_each_name_once(world, zone):
    key(world)
    world.create(SIGNING, **signing(zone))
    assert "already created a key-signing key (KSK) with the name main" in refused(world.create, token=SIGNING, **signing(zone, status="INACTIVE"))
    world.create(SIGNING, **signing(zone, name="next"))
    assert "reached the limit" in refused(world.create, token=SIGNING, **signing(zone, name="third"))


def test_queries_are_logged_where_the_log_lets_route_53_write(world, zone):
    log = {"zoneId": zone.id, "cloudwatchLogGroupArn": LOGS}
    assert "NoSuchCloudWatchLogsLogGroup" in refused(world.create, token=QUERY_LOG, **log)
    world.put("aws:cloudwatch/logGroup:LogGroup", "g", arn=LOGS)
    assert "InsufficientCloudWatchLogsResourcePolicy" in refused(world.create, token=QUERY_LOG, **log)
    world.put("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "eu", region="eu-west-1", policyDocument="route53.amazonaws.com")
    assert "InsufficientCloudWatchLogsResourcePolicy" in refused(world.create, token=QUERY_LOG, **log)
    world.put("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "us", region="us-east-1", policyDocument="route53.amazonaws.com")
    assert "must be in the us-east-1 region" in refused(
        world.create, token=QUERY_LOG, **{**log, "cloudwatchLogGroupArn": LOGS.replace("us-east-1", "eu-west-1")}
    )
    world.create(QUERY_LOG, **log)
    assert "QueryLoggingConfigAlreadyExists" in refused(world.create, token=QUERY_LOG, **log)
