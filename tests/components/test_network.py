"""Network asks for exactly these things, closed in exactly this way."""

from __future__ import annotations

import pytest

from components import Network, NetworkArgs
from tests.components.world import World, build

CHILDREN = [
    ("gcp:compute/firewall:Firewall", "main-deny-ingress"),
    ("gcp:compute/firewall:Firewall", "main-deny-private-egress"),
    ("gcp:compute/globalAddress:GlobalAddress", "main-services-range"),
    ("gcp:compute/network:Network", "main-vpc"),
    ("gcp:compute/router:Router", "main-router"),
    ("gcp:compute/routerNat:RouterNat", "main-nat"),
    ("gcp:compute/subnetwork:Subnetwork", "main-subnet-app"),
    ("gcp:compute/subnetwork:Subnetwork", "main-subnet-data"),
    ("gcp:dns/policy:Policy", "main-dns"),
    ("gcp:servicenetworking/connection:Connection", "main-services"),
]


def network(tier: str = "dev", **args: object) -> World:
    return build(lambda: Network("main", NetworkArgs(**args)), tier=tier)  # type: ignore[arg-type]  # rows of tables


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_network_has_exactly_these_children_in_every_tier(tier: str) -> None:
    assert network(tier).children("main") == CHILDREN


def test_a_subnet_reaches_google_privately_and_logs_its_flows() -> None:
    subnet = network("prod").one("gcp:compute/subnetwork:Subnetwork", "main-subnet-app").inputs
    assert subnet["privateIpGoogleAccess"] is True
    assert subnet["ipCidrRange"] == "10.0.0.0/20"
    assert subnet["logConfig"] == {"aggregationInterval": "INTERVAL_10_MIN", "flowSampling": 0.5, "metadata": "INCLUDE_ALL_METADATA"}


def test_nothing_comes_in_and_nothing_private_is_reached_unless_bound() -> None:
    world = network()
    ingress = world.one("gcp:compute/firewall:Firewall", "main-deny-ingress").inputs
    egress = world.one("gcp:compute/firewall:Firewall", "main-deny-private-egress").inputs
    assert (ingress["direction"], ingress["denies"], ingress["sourceRanges"]) == ("INGRESS", [{"protocol": "all"}], ["0.0.0.0/0"])
    assert (egress["direction"], egress["denies"]) == ("EGRESS", [{"protocol": "all"}])
    assert egress["destinationRanges"] == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    assert {rule.inputs["priority"] for rule in world.of("gcp:compute/firewall:Firewall")} == {65534}
    assert all("allows" not in rule.inputs and "logConfig" in rule.inputs for rule in world.of("gcp:compute/firewall:Firewall"))


def test_no_public_address_exists_unless_asked_for() -> None:
    assert network().of("gcp:compute/address:Address") == []


def test_fixed_nat_addresses_are_used_and_kept() -> None:
    world = network("prod", nat_addresses=2)
    addresses = world.of("gcp:compute/address:Address")
    assert [address.name for address in addresses] == ["main-nat-address-0", "main-nat-address-1"]
    assert all(address.protect and address.retain_on_delete for address in addresses)
    nat = world.one("gcp:compute/routerNat:RouterNat").inputs
    assert (nat["natIpAllocateOption"], len(nat["natIps"])) == ("MANUAL_ONLY", 2)


def test_the_vpc_creates_no_subnets_of_its_own() -> None:
    assert network().one("gcp:compute/network:Network").inputs["autoCreateSubnetworks"] is False


def test_a_further_region_adds_and_changes_nothing() -> None:
    before, after = network(), network(regions=("us-east1",))
    known = {(resource.type, resource.name): resource.inputs for resource in after.resources}
    for resource in before.of("gcp:compute/subnetwork:Subnetwork") + before.of("gcp:compute/routerNat:RouterNat"):
        assert known[resource.type, resource.name] == resource.inputs
    added = set(after.children("main")) - set(before.children("main"))
    assert added == {
        ("gcp:compute/subnetwork:Subnetwork", "main-subnet-app-us-east1"),
        ("gcp:compute/subnetwork:Subnetwork", "main-subnet-data-us-east1"),
        ("gcp:compute/router:Router", "main-router-us-east1"),
        ("gcp:compute/routerNat:RouterNat", "main-nat-us-east1"),
    }


def test_the_block_of_managed_services_can_be_chosen() -> None:
    reserved = network(services_cidr="10.8.0.0/20").one("gcp:compute/globalAddress:GlobalAddress").inputs
    assert (reserved["address"], reserved["prefixLength"], reserved["purpose"]) == ("10.8.0.0", 20, "VPC_PEERING")
    left_open = network().one("gcp:compute/globalAddress:GlobalAddress").inputs
    assert (left_open["address"], left_open["prefixLength"]) == ("172.19.16.0", 20)


def test_without_nat_flow_logs_and_dns_logging_their_parts_are_gone() -> None:
    world = network(nat=False, flow_log_sampling=0.0, dns_logging=False)
    gone = {"gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat", "gcp:dns/policy:Policy"}
    assert not gone & {type_ for type_, _ in world.children("main")}
    assert "logConfig" not in world.one("gcp:compute/subnetwork:Subnetwork", "main-subnet-app").inputs


def test_the_apis_are_left_alone_where_another_team_enables_them() -> None:
    assert network().of("gcp:projects/service:Service")
    assert build(lambda: Network("main"), manageApis="false").of("gcp:projects/service:Service") == []
