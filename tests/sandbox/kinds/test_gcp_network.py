"""Networks, subnetworks, routes, routers, NAT and the ranges of peered services, as Google and its provider treat them."""

from __future__ import annotations

import ipaddress

import pytest

from sandbox.kind import UNKNOWN
from tests.sandbox.kinds.cloud import PROJECT, REGION, invalid, refused

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ROUTE = "gcp:compute/route:Route"
RANGE = "gcp:compute/globalAddress:GlobalAddress"
ADDRESS = "gcp:compute/address:Address"
RUN = "gcp:cloudrunv2/service:Service"
LINK = "https://www.googleapis.com/compute/v1/"


def test_a_network_has_googles_id_and_link(network):
    assert network.id == f"projects/{PROJECT}/global/networks/main"
    assert network.outputs["selfLink"] == f"{LINK}projects/{PROJECT}/global/networks/main"
    assert network.outputs["networkId"].isdigit()
    assert (network.outputs["mtu"], network.outputs["routingMode"]) == (1460, "REGIONAL")


def test_the_provider_writes_its_schema_defaults_into_a_networks_inputs(world):
    assert world.check(NETWORK, name="main") == {
        "name": "main",
        "autoCreateSubnetworks": True,
        "deleteDefaultRoutesOnCreate": False,
        "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
    }


@pytest.mark.parametrize("name", ["Main", "1st", "main-", "a" * 64, "my_net"])
def test_a_name_that_compute_refuses_is_refused_with_the_providers_regexp(world, name):
    assert invalid(world, NETWORK, name=name) == {"name": f'"name" ("{name}") doesn\'t match regexp "^(?:[a-z](?:[-a-z0-9]{{0,61}}[a-z0-9])?)$"'}


def test_a_name_that_is_not_known_yet_passes(world):
    assert world.check(SUBNETWORK, name=UNKNOWN, network=UNKNOWN, ipCidrRange=UNKNOWN)["name"] is UNKNOWN


def test_two_networks_of_one_name_collide_in_a_project_only(world, network):
    message = refused(world.create, token=NETWORK, name="main")
    assert message == f"Error creating Network: googleapi: Error 409: The resource '{network.id}' already exists, alreadyExists"
    assert world.create(NETWORK, name="main", project="acme-prod").id == "projects/acme-prod/global/networks/main"


def test_without_a_project_the_providers_own_words_are_used(world):
    world.config.clear()
    assert refused(world.create, token=NETWORK, name="main") == "project: required field is not set"


@pytest.mark.parametrize("given", ["main", f"{PROJECT}/main", f"projects/{PROJECT}/global/networks/main", f"{LINK}projects/{PROJECT}/global/networks/main"])
def test_every_form_of_an_import_finds_the_network(world, given):
    assert world.kinds[NETWORK].import_id(given, world.config) == f"projects/{PROJECT}/global/networks/main"


def test_a_subnetwork_lies_in_its_region_with_its_gateway_at_the_first_address(subnetwork, network):
    assert subnetwork.id == f"projects/{PROJECT}/regions/{REGION}/subnetworks/run"
    assert subnetwork.outputs["gatewayAddress"] == "10.0.0.1"
    assert subnetwork.outputs["network"] == network.outputs["selfLink"]
    assert subnetwork.outputs["stackType"] == "IPV4_ONLY"


@pytest.mark.parametrize("value", ["main", "{id}", "{link}"])
def test_a_network_is_found_by_name_id_and_link(world, network, value):
    named = value.format(id=network.id, link=network.outputs["selfLink"])
    made = world.create(SUBNETWORK, name="run", network=named, ipCidrRange="10.0.0.0/24")
    assert made.outputs["network"] == network.outputs["selfLink"]


def test_a_network_that_does_not_exist_is_not_found(world):
    message = refused(world.create, token=SUBNETWORK, name="run", network="nowhere", ipCidrRange="10.0.0.0/24")
    assert message == "googleapi: Error 404: The resource 'nowhere' was not found, notFound"


def test_flow_logs_get_the_defaults_that_they_do_not_say(world):
    full = world.check(SUBNETWORK, name="run", network="main", ipCidrRange="10.0.0.0/24", logConfig={"flowSampling": 0.1})
    assert full["logConfig"] == {"aggregationInterval": "INTERVAL_5_SEC", "filterExpr": "true", "flowSampling": 0.1, "metadata": "INCLUDE_ALL_METADATA"}


@pytest.mark.parametrize("block", ["10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/16"])
def test_ranges_overlap_nowhere_in_a_network(world, network, subnetwork, block):
    message = refused(world.create, token=SUBNETWORK, name="other", network=network.id, ipCidrRange=block, region="us-east1")
    assert message == (
        f"Error creating Subnetwork: googleapi: Error 400: Invalid value for field 'resource.ipCidrRange': '{block}'. "
        f"Invalid IPCidrRange: {block} conflicts with existing subnetwork 'run' in region '{REGION}'., invalid"
    )


def test_a_secondary_range_overlaps_nothing_either(world, network, subnetwork):
    seconds = [{"rangeName": "pods", "ipCidrRange": "10.0.0.0/25"}]
    message = refused(world.create, token=SUBNETWORK, name="gke", network=network.id, ipCidrRange="10.9.0.0/24", secondaryIpRanges=seconds)
    assert "'resource.secondaryIpRanges[0].ipCidrRange': '10.0.0.0/25'" in message


def test_the_same_range_is_free_in_another_network(world, subnetwork):
    other = world.create(NETWORK, name="other", autoCreateSubnetworks=False)
    assert world.create(SUBNETWORK, name="other", network=other.id, ipCidrRange="10.0.0.0/24").outputs["gatewayAddress"] == "10.0.0.1"


@pytest.mark.parametrize("block", ["10.0.0.0/30", "169.254.1.0/24", "224.0.0.0/24", "127.0.0.0/16"])
def test_prohibited_ranges_are_refused(world, network, block):
    assert f"Invalid IPCidrRange: {block}" in refused(world.create, token=SUBNETWORK, name="run", network=network.id, ipCidrRange=block)


def test_an_auto_mode_network_keeps_its_half_of_ten(world):
    auto = world.create(NETWORK, name="auto")
    message = refused(world.create, token=SUBNETWORK, name="run", network=auto.id, ipCidrRange="10.200.0.0/16")
    assert "Extended subnetworks in auto subnet mode networks cannot overlap with 10.128.0.0/9." in message


@pytest.mark.parametrize(("block", "replaces"), [("10.0.0.0/23", False), ("10.0.0.0/24", False), ("10.0.0.0/25", True), ("10.1.0.0/24", True)])
def test_a_range_grows_in_place_and_else_is_replaced(world, subnetwork, block, replaces):
    new = {**subnetwork.inputs, "ipCidrRange": block}
    assert world.kinds[SUBNETWORK].replaces_on(subnetwork.inputs, new) == (frozenset({"ipCidrRange"}) if replaces else frozenset())


@pytest.mark.parametrize("block", ["10.0.0.0", "10.0.0.0/33", "300.0.0.0/8"])
def test_what_is_no_block_is_refused_before_the_cloud_is_asked(world, block):
    reason = invalid(world, SUBNETWORK, name="run", network="main", ipCidrRange=block)["ipCidrRange"]
    assert reason == f'"ip_cidr_range" is not a valid IP CIDR range: invalid CIDR address: {block}'


def test_a_network_with_a_subnetwork_stays(world, network, subnetwork):
    message = refused(world.delete, record=network)
    assert message == f"Error waiting for Deleting Network: The network resource '{network.id}' is already being used by '{subnetwork.id}'"
    world.delete(subnetwork)
    world.delete(network)
    assert not world.cloud.records


def test_a_subnetwork_with_an_address_in_it_stays(world, subnetwork):
    address = world.create(ADDRESS, name="inner", addressType="INTERNAL", subnetwork=subnetwork.id)
    message = refused(world.delete, record=subnetwork)
    assert message == (
        f"googleapi: Error 400: The subnetwork resource '{subnetwork.id}' is already being used by '{address.id}', resourceInUseByAnotherResource"
    )


def test_a_subnetwork_that_a_service_sends_its_traffic_through_stays(world, network, subnetwork):
    interface = {"network": network.id, "subnetwork": subnetwork.id}
    world.put(RUN, "projects/acme-dev/locations/europe-west1/services/api", template={"vpcAccess": {"networkInterfaces": [interface]}})
    assert "/addresses/serverless-ipv4-" in refused(world.delete, record=subnetwork)


def test_prevent_and_abandon_are_obeyed(world):
    kept = world.create(NETWORK, name="kept", deletionPolicy="PREVENT")
    assert refused(world.delete, record=kept) == 'cannot destroy google_compute_network without setting deletion_policy="DELETE" and running `pulumi up`'
    left = world.create(NETWORK, name="left", deletionPolicy="ABANDON")
    world.delete(left)
    assert world.cloud.get(NETWORK, left.id) == left


def test_an_internal_address_comes_from_its_subnetwork(world, subnetwork):
    first = world.create(ADDRESS, name="one", addressType="INTERNAL", subnetwork=subnetwork.id)
    second = world.create(ADDRESS, name="two", addressType="INTERNAL", subnetwork=subnetwork.id)
    assert (first.outputs["address"], second.outputs["address"]) == ("10.0.0.2", "10.0.0.3")
    assert world.update(first, labels={"a": "b"}).outputs["address"] == "10.0.0.2"


@pytest.mark.parametrize(
    ("address", "why"), [("10.1.0.5", "not within the range"), ("10.0.0.1", "reserved by the subnetwork"), ("10.0.0.9", "already reserved")]
)
def test_an_internal_address_must_be_free_in_its_subnetwork(world, subnetwork, address, why):
    world.create(ADDRESS, name="one", addressType="INTERNAL", subnetwork=subnetwork.id, address="10.0.0.9")
    assert why in refused(world.create, token=ADDRESS, name="two", addressType="INTERNAL", subnetwork=subnetwork.id, address=address)


def test_external_addresses_are_nobodys_and_distinct(world):
    held = {world.create(RANGE, name=f"ip-{index}").outputs["address"] for index in range(40)}
    assert len(held) == 40
    nobodys = [ipaddress.ip_network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert all(any(ipaddress.ip_address(address) in block for block in nobodys) for address in held)


def test_a_range_for_services_overlaps_nothing_of_its_network(world, network, subnetwork, psa):
    more = world.create(RANGE, name="more", purpose="VPC_PEERING", addressType="INTERNAL", prefixLength=9, network=network.id)
    blocks = [ipaddress.ip_network(f"{held.outputs['address']}/{held.outputs['prefixLength']}") for held in (psa, more)]
    blocks.append(ipaddress.ip_network("10.0.0.0/24"))
    assert all(not one.overlaps(other) for index, one in enumerate(blocks) for other in blocks[index + 1 :])
    assert all(block.is_private for block in blocks)


def test_ranges_for_services_are_disjoint_until_private_space_is_full(world, network):
    wanted = {"purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 12, "network": network.id}
    blocks = [ipaddress.ip_network(f"{world.create(RANGE, name=f'r{index}', **wanted).outputs['address']}/12") for index in range(17)]
    assert all(not one.overlaps(other) for index, one in enumerate(blocks) for other in blocks[index + 1 :])
    assert "Couldn't find free blocks" in refused(world.create, token=RANGE, name="more", **wanted)


def test_a_range_for_services_is_refused_where_a_subnetwork_lies(world, network, subnetwork):
    wanted = {"purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 16, "network": network.id}
    assert "overlaps with subnetwork 'run'" in refused(world.create, token=RANGE, name="psa", address="10.0.0.0", **wanted)
    world.create(RANGE, name="psa", address="10.64.0.0", **wanted)
    assert "conflicts with reserved" in refused(world.create, token=SUBNETWORK, name="late", network=network.id, ipCidrRange="10.64.3.0/24")


def test_a_range_for_services_needs_its_length(world, network):
    assert "'resource.prefixLength': '0'" in refused(world.create, token=RANGE, name="psa", purpose="VPC_PEERING", addressType="INTERNAL", network=network.id)


def test_labels_carry_pulumis_mark_unless_it_is_turned_off(world):
    marked = world.create(RANGE, name="one", labels={"team": "a"})
    assert marked.outputs["effectiveLabels"] == {"team": "a", "goog-pulumi-provisioned": "true"}
    world.config.update(addPulumiAttributionLabel="false", defaultLabels='{"org": "acme"}')
    assert world.create(RANGE, name="two", labels={"team": "a"}).outputs["pulumiLabels"] == {"team": "a", "org": "acme"}


@pytest.mark.parametrize(("labels", "part"), [({"Team": "a"}, "Label key 'Team'"), ({"team": "A B"}, "Label value 'A B'"), ({"team": "a" * 64}, "Label value")])
def test_labels_keep_googles_rules(world, labels, part):
    assert part in refused(world.create, token=RANGE, name="one", labels=labels)


def test_a_route_takes_one_next_hop(world, network):
    assert invalid(world, ROUTE, name="out", network="main", destRange="0.0.0.0/0").keys() == {"nextHopGateway"}
    made = world.create(ROUTE, name="out", network="main", destRange="0.0.0.0/0", nextHopGateway="default-internet-gateway")
    assert made.outputs["nextHopGateway"] == f"{LINK}projects/{PROJECT}/global/gateways/default-internet-gateway"
    assert made.outputs["priority"] == 1000


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (SUBNETWORK, {"network": "main", "ipCidrRange": "10.0.0.0/24"}),
        (ADDRESS, {}),
        ("gcp:compute/router:Router", {"network": "main"}),
        ("gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup", {"cloudRun": {"service": "api"}}),
    ],
)
def test_a_region_that_does_not_exist_is_unknown(world, network, token, inputs):
    message = refused(world.create, token=token, name="it", region="europe-west99", **inputs)
    assert message == "googleapi: Error 400: Invalid value for field 'region': 'europe-west99'. Unknown region., invalid"
