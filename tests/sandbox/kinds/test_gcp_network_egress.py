"""Routers with NAT, and the peerings through which managed services are reached."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.cloud import PROJECT, REGION, invalid, refused

NETWORK = "gcp:compute/network:Network"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
RANGE = "gcp:compute/globalAddress:GlobalAddress"
ADDRESS = "gcp:compute/address:Address"
CONNECTION = "gcp:servicenetworking/connection:Connection"
POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
REDIS = "gcp:redis/instance:Instance"
AUTO = {"natIpAllocateOption": "AUTO_ONLY", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
SERVICE = "servicenetworking.googleapis.com"


@pytest.fixture
def router(world, network):
    return world.create(ROUTER, name="edge", network=network.id)


def test_a_nat_lies_in_its_router(world, router):
    nat = world.create(NAT, name="out", router=router.outputs["name"], **AUTO)
    assert nat.id == f"{PROJECT}/{REGION}/edge/out"
    assert (nat.outputs["minPortsPerVm"], nat.inputs["tcpEstablishedIdleTimeoutSec"], nat.inputs["type"]) == (64, 1200, "PUBLIC")


@pytest.mark.parametrize("given", ["edge/out", f"{REGION}/edge/out", f"{PROJECT}/{REGION}/edge/out", f"projects/{PROJECT}/regions/{REGION}/routers/edge/out"])
def test_every_form_of_an_import_finds_the_nat(world, given):
    assert world.kinds[NAT].import_id(given, world.config) == f"{PROJECT}/{REGION}/edge/out"


def test_all_subnetworks_of_a_region_have_one_nat(world, network, router):
    world.create(NAT, name="out", router="edge", **AUTO)
    world.create(ROUTER, name="second", network=network.id)
    message = refused(world.create, token=NAT, name="more", router="second", **AUTO)
    assert message == (
        "Error creating RouterNat: googleapi: Error 400: Invalid value for field 'resource.nats[0].sourceSubnetworkIpRangesToNat': "
        "'ALL_SUBNETWORKS_ALL_IP_RANGES'. Can not create new Nats since a Nat with option ALL_SUBNETWORKS_ALL_IP_RANGES exists., invalid"
    )


def test_a_listed_subnetwork_has_one_nat(world, network, router, subnetwork):
    listed = {"natIpAllocateOption": "AUTO_ONLY", "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS"}
    listed["subnetworks"] = [{"name": subnetwork.id, "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]
    world.create(NAT, name="out", router="edge", **listed)
    assert "already configured with ALL_IP_RANGES" in refused(world.create, token=NAT, name="more", router="edge", **listed)
    assert "since another Nat exists" in refused(world.create, token=NAT, name="more", router="edge", **AUTO)


def test_a_router_goes_with_its_nat(world, network, router):
    world.create(NAT, name="out", router="edge", **AUTO)
    world.delete(router)
    assert list(world.cloud.records.values()) == [network]


def test_a_nat_updates_beside_itself(world, router):
    nat = world.create(NAT, name="out", router="edge", **AUTO)
    assert world.update(nat, logConfig={"enable": True, "filter": "ERRORS_ONLY"}).id == nat.id


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS", "natIpAllocateOption": "AUTO_ONLY"}, "At least one subnetwork must be listed"),
        ({"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}, "must be specified for a PUBLIC NAT"),
        ({**AUTO, "natIpAllocateOption": "MANUAL_ONLY"}, "At least one NAT IP must be given"),
    ],
)
def test_a_nat_that_says_too_little_is_refused(world, router, inputs, part):
    assert part in refused(world.create, token=NAT, name="out", router="edge", **inputs)


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"natIps": ["ip"]}, "natIps"),
        ({"enableDynamicPortAllocation": True, "enableEndpointIndependentMapping": True}, "enableDynamicPortAllocation"),
        ({"maxPortsPerVm": 1024}, "maxPortsPerVm"),
        ({"enableDynamicPortAllocation": True, "minPortsPerVm": 100}, "minPortsPerVm"),
        ({"minPortsPerVm": 1}, "minPortsPerVm"),
    ],
)
def test_a_nat_that_contradicts_itself_is_refused_before_the_cloud_is_asked(world, inputs, path):
    assert path in invalid(world, NAT, name="out", router="edge", **{**AUTO, **inputs})


def test_an_address_of_a_nat_stays(world, router):
    address = world.create(ADDRESS, name="out")
    given = {**AUTO, "natIpAllocateOption": "MANUAL_ONLY", "natIps": [address.outputs["selfLink"]]}
    world.create(NAT, name="out", router="edge", **given)
    router_path = f"projects/{PROJECT}/regions/{REGION}/routers/edge"
    assert f"The address resource '{address.id}' is already being used by '{router_path}'" in refused(world.delete, record=address)
    assert world.refresh(address)["users"] == [f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/regions/{REGION}/routers/edge"]


@pytest.mark.parametrize(("asn", "fine"), [(64512, True), (16550, True), (4200000001, True), (15169, False)])
def test_a_routers_asn_is_private(world, asn, fine):
    inputs = {"name": "edge", "network": "main", "bgp": {"asn": asn}}
    if fine:
        assert world.check(ROUTER, **inputs)["bgp"] == {"asn": asn}
    else:
        assert "bgp.asn" in invalid(world, ROUTER, **inputs)


def test_a_services_connection_has_the_providers_escaped_id(world, network, psa):
    made = world.create(CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=[psa.outputs["name"]])
    assert made.id == f"projects%2F{PROJECT}%2Fglobal%2Fnetworks%2Fmain:{SERVICE}"
    assert made.outputs["peering"] == "servicenetworking-googleapis-com"
    for given in (f"main:{SERVICE}", f"/projects/{PROJECT}/global/networks/main:{SERVICE}", made.id):
        assert world.kinds[CONNECTION].import_id(given, world.config) == made.id


def test_a_connection_needs_a_range_that_its_network_reserved_for_peering(world, network):
    other = world.create(NETWORK, name="other", autoCreateSubnetworks=False)
    world.create(RANGE, name="theirs", purpose="VPC_PEERING", addressType="INTERNAL", prefixLength=20, network=other.id)
    world.create(RANGE, name="public")
    for name in ("theirs", "public", "absent"):
        message = refused(world.create, token=CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=[name])
        assert message.endswith(f"Allocated IP range '{name}' not found in network.")


def test_a_network_has_one_connection_to_a_service(world, network, psa):
    world.create(CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=["services"])
    again = {"network": network.outputs["selfLink"], "service": SERVICE, "reservedPeeringRanges": ["services"]}
    assert "Cannot modify allocated ranges in CreateConnection" in refused(world.create, token=CONNECTION, **again)


@pytest.mark.parametrize(
    ("type_", "outputs"),
    [
        (SQL, lambda network: {"settings": {"ipConfiguration": {"privateNetwork": network}}}),
        (REDIS, lambda network: {"authorizedNetwork": network, "connectMode": "PRIVATE_SERVICE_ACCESS"}),
    ],
)
def test_a_connection_that_a_managed_service_uses_stays(world, network, psa, type_, outputs):
    made = world.create(CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=["services"])
    world.put(type_, "producer", **outputs(network.id))
    assert refused(world.delete, record=made) == (
        "Unable to remove Service Networking Connection, err: Error waiting for Delete Service Networking Connection: Error code 9, message: "
        "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection."
    )


def test_a_directly_peered_cache_does_not_hold_the_connection(world, network, psa):
    made = world.create(CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=["services"])
    world.put(REDIS, "cache", authorizedNetwork=network.id, connectMode="DIRECT_PEERING")
    world.delete(made)
    assert world.cloud.get(CONNECTION, made.id) is None


def test_an_abandoned_connection_keeps_its_network(world, network, psa):
    made = world.create(CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=["services"], deletionPolicy="ABANDON")
    world.delete(made)
    world.delete(psa)
    assert "p-tp/global/networks/servicenetworking'" in refused(world.delete, record=network)


def test_a_network_has_one_policy_a_service_class_and_region(world, network, subnetwork):
    given = {"network": network.id, "location": REGION, "serviceClass": "gcp-memorystore", "pscConfig": {"subnetworks": [subnetwork.id]}}
    made = world.create(POLICY, name="valkey", **given)
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/serviceConnectionPolicies/valkey"
    assert "already exists for this network" in refused(world.create, token=POLICY, name="again", **given)
    assert f"already being used by '{made.id}'" in refused(world.delete, record=subnetwork)


def test_a_policys_subnetworks_lie_in_its_region(world, network, subnetwork):
    given = {"network": network.id, "location": "us-east1", "serviceClass": "gcp-memorystore", "pscConfig": {"subnetworks": [subnetwork.id]}}
    assert "must be in network" in refused(world.create, token=POLICY, name="valkey", **given)


def test_a_policy_with_a_cache_behind_it_stays(world, network, subnetwork):
    given = {"network": network.id, "location": REGION, "serviceClass": "gcp-memorystore", "pscConfig": {"subnetworks": [subnetwork.id]}}
    made = world.create(POLICY, name="valkey", **given)
    world.put("gcp:memorystore/instance:Instance", "cache", location=REGION, desiredAutoCreatedEndpoints=[{"network": network.id}])
    assert "has active PSC connections" in refused(world.delete, record=made)


def test_what_a_peering_exchanges_is_said_of_a_peering_that_exists(world, network, psa):
    token = "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig"
    wanted = {"network": "main", "peering": "servicenetworking-googleapis-com", "importCustomRoutes": True, "exportCustomRoutes": True}
    assert "There is no peering connection" in refused(world.create, token=token, **wanted)
    world.create(CONNECTION, network=network.id, service=SERVICE, reservedPeeringRanges=["services"])
    made = world.create(token, **wanted)
    assert made.id == f"projects/{PROJECT}/global/networks/main/networkPeerings/servicenetworking-googleapis-com"


def test_a_subnetwork_is_looked_up(world, subnetwork):
    assert world.invoke("gcp:compute/getSubnetwork:getSubnetwork", name="run")["gatewayAddress"] == "10.0.0.1"
    assert world.invoke("gcp:compute/getNetwork:getNetwork", name="main")["subnetworksSelfLinks"] == [subnetwork.outputs["selfLink"]]
