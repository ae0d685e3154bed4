"""Firewall rules and network firewall policies, as Google and its provider treat them."""

from __future__ import annotations

import pytest

from sandbox.kind import UNKNOWN
from tests.sandbox.kinds.cloud import PROJECT, REGION, invalid, refused

FIREWALL = "gcp:compute/firewall:Firewall"
DENY = {"name": "deny", "network": "main", "denies": [{"protocol": "all"}], "sourceRanges": ["0.0.0.0/0"]}
SCOPES = [("NetworkFirewallPolicy", f"projects/{PROJECT}/global"), ("RegionNetworkFirewallPolicy", f"projects/{PROJECT}/regions/{REGION}")]


def token(stem, suffix=""):
    return f"gcp:compute/{stem[0].lower()}{stem[1:]}{suffix}:{stem}{suffix}"


def test_a_rule_has_what_google_fills_in(world, network):
    made = world.create(FIREWALL, **DENY)
    assert made.id == f"projects/{PROJECT}/global/firewalls/deny"
    assert (made.outputs["direction"], made.inputs["priority"], made.outputs["network"]) == ("INGRESS", 1000, network.outputs["selfLink"])


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"denies": None}, "allows", '"allow": one of `allow,deny` must be specified'),
        (
            {"allows": [{"protocol": "tcp"}]},
            "allows",
            '"allow": only one of `allow,deny` can be specified, but `allow,deny` were specified.',
        ),
        ({"sourceRanges": None}, "sourceRanges", "one of source_tags, source_ranges, or source_service_accounts must be defined"),
        ({"priority": 65536}, "priority", "expected priority to be in the range (0 - 65535), got 65536"),
        ({"sourceTags": ["a"], "targetServiceAccounts": ["b"]}, "sourceTags", '"source_tags": conflicts with target_service_accounts'),
        ({"sourceRanges": ["10.0.0.0/99"]}, "sourceRanges[0]", '"source_ranges[0]" is not a valid IP CIDR range: invalid CIDR address: 10.0.0.0/99'),
        ({"direction": "EGRESS"}, "sourceRanges", '"source_ranges": source fields cannot be specified for an EGRESS firewall'),
        ({"name": "Deny"}, "name", '"name" ("Deny") doesn\'t match regexp "^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$"'),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_before_the_cloud_is_asked(world, inputs, path, reason):
    given = {key: value for key, value in {**DENY, **inputs}.items() if value is not None}
    assert invalid(world, FIREWALL, **given)[path] == reason


def test_a_source_that_is_not_known_yet_passes(world):
    assert world.check(FIREWALL, **{**DENY, "sourceRanges": UNKNOWN})["sourceRanges"] is UNKNOWN


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ({"protocol": "http"}, "Must be a well known protocol string"),
        ({"protocol": "icmp", "ports": ["80"]}, "Ports may only be specified on rules whose protocol is one of [TCP, UDP, SCTP]."),
        ({"protocol": "tcp", "ports": ["http"]}, "Must be an integer or range of ports between 0 and 65535."),
        ({"protocol": "tcp", "ports": ["70000"]}, "'70000'"),
        ({"protocol": "tcp", "ports": ["90-80"]}, "'90-80'"),
    ],
)
def test_protocols_and_ports_keep_googles_rules(world, network, rule, part):
    given = {"name": "web", "network": "main", "allows": [rule], "sourceRanges": ["10.0.0.0/8"]}
    message = refused(world.create, token=FIREWALL, **given)
    assert message.startswith("Error creating Firewall: googleapi: Error 400: Invalid value for field 'resource.allowed[0]'")
    assert part in message


def test_ports_and_ranges_of_ports_are_taken(world, network):
    given = {"name": "web", "network": "main", "allows": [{"protocol": "tcp", "ports": ["80", "8000-8080"]}], "sourceRanges": ["10.0.0.0/8"]}
    assert world.create(FIREWALL, **given).outputs["allows"] == given["allows"]


def test_a_range_with_host_bits_is_refused_by_the_cloud(world, network):
    assert "'resource.sourceRanges[0]': '10.0.0.1/8'" in refused(world.create, token=FIREWALL, **{**DENY, "sourceRanges": ["10.0.0.1/8"]})


def test_an_egress_rule_without_a_destination_means_everywhere(world, network):
    made = world.create(FIREWALL, name="out", network="main", denies=[{"protocol": "all"}], direction="EGRESS")
    assert made.outputs["destinationRanges"] == ["0.0.0.0/0"]


def test_a_rule_of_a_network_that_does_not_exist_is_refused_and_one_that_exists_is_held(world, network):
    assert "'nowhere' was not found" in refused(world.create, token=FIREWALL, **{**DENY, "network": "nowhere"})
    made = world.create(FIREWALL, **DENY)
    assert f"already being used by '{made.id}'" in refused(world.delete, record=network)


@pytest.mark.parametrize(("stem", "home"), SCOPES)
def test_a_policy_its_rules_and_its_networks_hold_together(world, network, stem, home):
    policy = world.create(token(stem), name="base")
    match = {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "all"}]}
    rule = {"firewallPolicy": "base", "priority": 1000, "action": "deny", "direction": "INGRESS", "match": match}
    made = world.create(token(stem, "Rule"), **rule)
    bound = world.create(token(stem, "Association"), name="main", firewallPolicy=policy.id, attachmentTarget=network.id)
    assert policy.id == f"{home}/firewallPolicies/base"
    assert made.id == f"{home}/firewallPolicies/base/rules/1000"
    assert bound.id == f"{home}/firewallPolicies/base/associations/main"
    assert "Rule priorities must be unique" in refused(world.create, token=token(stem, "Rule"), **rule)
    assert "already being used by" in refused(world.delete, record=policy)
    assert f"already being used by '{policy.id}'" in refused(world.delete, record=network)
    world.create(token(stem), name="second")
    again = {"name": "main", "firewallPolicy": "second", "attachmentTarget": network.outputs["selfLink"]}
    assert "The network is already associated with a firewall policy." in refused(world.create, token=token(stem, "Association"), **again)


def test_a_rule_of_a_policy_keeps_protocols_too(world, network):
    world.create(token("NetworkFirewallPolicy"), name="base")
    match = {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "icmp", "ports": ["80"]}]}
    rule = {"firewallPolicy": "base", "priority": 1, "action": "deny", "direction": "INGRESS", "match": match}
    assert "Ports may only be specified" in refused(world.create, token=token("NetworkFirewallPolicy", "Rule"), **rule)
