"""Route tables, routes, gateways, Elastic IP addresses and NAT, as EC2 and its provider treat them."""

from __future__ import annotations

import binascii

import pytest

from sandbox.kind import UNKNOWN
from sandbox.resources.aws.addresses import fits, free
from tests.sandbox.kinds.aws_world import (
    ACCOUNT,
    ATTACHMENT,
    EIP,
    GATEWAY,
    NAT,
    REGION,
    ROUTE,
    TABLE,
    TABLE_ASSOCIATION,
    aws_world,
    said,
    subnet,
    vpc,
)
from tests.sandbox.kinds.cloud import invalid, refused

MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
DEFAULT = "aws:ec2/defaultRouteTable:DefaultRouteTable"
EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
BAD = "https response error StatusCode: 400, api error"
ALL = "0.0.0.0/0"


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def network(world):
    return vpc(world)


@pytest.fixture
def place(world, network):
    return subnet(world, network)


@pytest.fixture
def gateway(world, network):
    return world.create(GATEWAY, vpcId=network.id)


@pytest.fixture
def table(world, network):
    return world.create(TABLE, vpcId=network.id)


@pytest.fixture
def eip(world):
    return world.create(EIP, domain="vpc")


@pytest.fixture
def nat(world, place, gateway, eip):
    return world.create(NAT, subnetId=place.id, allocationId=eip.id)


def creating(table, destination=ALL):
    return f"creating Route in Route Table ({table.id}) with destination ({destination}): operation error EC2: CreateRoute, {BAD}"


def test_a_gateway_an_address_and_a_table_have_their_arns(gateway, eip, table):
    head = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    assert gateway.outputs["arn"] == f"{head}:internet-gateway/{gateway.id}"
    assert eip.outputs["arn"] == f"{head}:elastic-ip/{eip.id}"
    assert table.outputs["arn"] == f"{head}:route-table/{table.id}"
    assert [one.outputs["ownerId"] for one in (gateway, table)] == [ACCOUNT, ACCOUNT]


def test_a_vpc_has_one_gateway(world, network, gateway):
    message = said(refused(world.create, token=GATEWAY, vpcId=network.id))
    words = f"InvalidParameterValue: Network {network.id} already has an internet gateway attached"
    assert message.startswith("attaching EC2 Internet Gateway (igw-0")
    assert message.endswith(f"to VPC ({network.id}): operation error EC2: AttachInternetGateway, {BAD} {words}")


def test_a_gateway_of_no_vpc_attaches_by_a_resource_of_its_own(world, network):
    free_gateway = world.create(GATEWAY)
    tie = world.create(ATTACHMENT, internetGatewayId=free_gateway.id, vpcId=network.id)
    assert tie.id == f"{free_gateway.id}:{network.id}"
    assert "DependencyViolation: The internetGateway" in refused(world.delete, record=free_gateway)
    assert "already has an internet gateway attached" in refused(world.create, token=GATEWAY, vpcId=network.id)
    other = world.create(ATTACHMENT, internetGatewayId=world.create(GATEWAY).id, vpcId=vpc(world).id)
    assert other.id != tie.id
    world.delete(tie)
    world.delete(free_gateway)
    for tied, there in (
        (world.create(GATEWAY, vpcId=network.id), network.id),
        (world.cloud.get(GATEWAY, other.inputs["internetGatewayId"]), other.inputs["vpcId"]),
    ):
        message = said(refused(world.create, token=ATTACHMENT, internetGatewayId=tied.id, vpcId=vpc(world).id))
        assert message.endswith(f"{BAD} Resource.AlreadyAssociated: resource {tied.id} is already attached to network {there}")
    assert "already has an internet gateway attached" in refused(
        world.create, token=ATTACHMENT, internetGatewayId=world.create(GATEWAY).id, vpcId=other.inputs["vpcId"]
    )
    missing = refused(world.create, token=ATTACHMENT, internetGatewayId="igw-0123456789abcdef0", vpcId=network.id)
    assert "InvalidInternetGatewayID.NotFound: The internetGateway ID 'igw-0123456789abcdef0' does not exist" in missing


def test_a_gateway_moves_from_one_vpc_to_another(world, network, gateway):
    other = vpc(world)
    assert world.update(gateway, vpcId=other.id).outputs["vpcId"] == other.id
    second = world.create(GATEWAY, vpcId=network.id)
    assert "already has an internet gateway attached" in refused(world.update, old=second, vpcId=other.id)
    assert "InvalidVpcID.NotFound" in refused(world.create, token=GATEWAY, vpcId="vpc-0123456789abcdef0")


def test_a_gateway_stays_while_addresses_lead_through_it(world, network, gateway, nat):
    message = said(refused(world.delete, record=gateway))
    words = f"Network {network.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
    start = f"detaching EC2 Internet Gateway ({gateway.id}) from VPC ({network.id}): operation error EC2: DetachInternetGateway"
    assert message == f"{start}, {BAD} DependencyViolation: {words}"
    assert words in refused(world.update, old=gateway, vpcId=None)
    world.delete(nat)
    world.delete(gateway)


def test_addresses_differ_and_stay(world, eip):
    other = world.create(EIP, domain="vpc")
    assert eip.outputs["publicIp"] != other.outputs["publicIp"]
    assert eip.outputs["allocationId"] == eip.id
    assert eip.outputs["publicDns"] == f"ec2-{eip.outputs['publicIp'].replace('.', '-')}.{REGION}.compute.amazonaws.com"
    assert world.update(eip, tags={"a": "b"}).outputs["publicIp"] == eip.outputs["publicIp"]
    assert world.create(EIP, region="us-east-1").outputs["publicDns"].endswith(".compute-1.amazonaws.com")


def test_what_the_provider_refuses_of_an_address(world):
    assert invalid(world, EIP, domain="classic") == {"domain": 'expected domain to be one of ["vpc" "standard"], got classic'}
    assert invalid(world, EIP, instance="i-1", networkInterface="eni-1") == {"instance": '"instance": conflicts with network_interface'}


def test_a_nat_gateway_has_both_addresses_and_an_interface(world, place, eip, nat):
    assert nat.outputs["publicIp"] == eip.outputs["publicIp"]
    assert nat.outputs["privateIp"] == "10.0.0.4"
    assert (nat.outputs["connectivityType"], nat.outputs["availabilityMode"], nat.outputs["vpcId"]) == ("public", "zonal", place.outputs["vpcId"])
    assert nat.outputs["networkInterfaceId"].startswith("eni-0")
    assert nat.outputs["associationId"].startswith("eipassoc-0")
    seen = world.refresh(eip)
    assert {name: seen[name] for name in ("associationId", "networkInterface", "privateIp")} == {
        "associationId": nat.outputs["associationId"],
        "networkInterface": nat.outputs["networkInterfaceId"],
        "privateIp": "10.0.0.4",
    }
    after = world.update(nat, tags={"a": "b"})
    assert [after.outputs[name] for name in ("privateIp", "networkInterfaceId")] == [nat.outputs[name] for name in ("privateIp", "networkInterfaceId")]


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"subnetId": "subnet-1"}, {"allocationId": "allocation_id is required when connectivity_type = public"}),
        (
            {"subnetId": "subnet-1", "connectivityType": "private", "allocationId": UNKNOWN, "secondaryPrivateIpAddressCount": 1},
            {},
        ),
        (
            {"subnetId": "subnet-1", "connectivityType": "private", "allocationId": "eipalloc-1"},
            {"allocationId": "allocation_id is not supported with connectivity_type = private"},
        ),
        ({"allocationId": "eipalloc-1"}, {"subnetId": "subnet_id is required when availability_mode = zonal"}),
        ({"availabilityMode": "regional"}, {"vpcId": "vpc_id is required when availability_mode = regional"}),
        (
            {"subnetId": "subnet-1", "allocationId": "eipalloc-1", "connectivityType": "both"},
            {"connectivityType": 'expected connectivity_type to be one of ["private" "public"], got both'},
        ),
        (
            {"subnetId": "subnet-1", "allocationId": "eipalloc-1", "availabilityMode": "global"},
            {"availabilityMode": 'expected availability_mode to be one of ["zonal" "regional"], got global'},
        ),
        (
            {"subnetId": "s", "connectivityType": "private", "secondaryPrivateIpAddressCount": 1, "secondaryPrivateIpAddresses": ["10.0.0.9"]},
            {"secondaryPrivateIpAddressCount": '"secondary_private_ip_address_count": conflicts with secondary_private_ip_addresses'},
        ),
    ],
)
def test_what_the_provider_refuses_of_a_nat_gateway(world, given, failures):
    if failures:
        assert invalid(world, NAT, **given) == failures
    else:
        assert world.check(NAT, **given)


def test_a_nat_gateway_in_a_network_without_a_way_out_fails(world, network, place, eip):
    message = refused(world.create, token=NAT, subnetId=place.id, allocationId=eip.id)
    words = f"unexpected state 'failed', wanted target 'available'. last error: Gateway.NotAttached: Network {network.id} has no Internet gateway attached"
    assert message.startswith("creating EC2 NAT Gateway: waiting for EC2 NAT Gateway (nat-0")
    assert message.endswith(f") create: {words}")
    assert world.create(NAT, subnetId=place.id, connectivityType="private").outputs["publicIp"] == ""


def test_an_address_serves_one_nat_gateway(world, place, eip, nat):
    message = refused(world.create, token=NAT, subnetId=place.id, allocationId=eip.id)
    assert message.endswith(f"last error: Resource.AlreadyAssociated: Elastic IP address [{eip.id}] is already associated")
    again = refused(world.create, token=EIP_ASSOCIATION, allocationId=eip.id, networkInterfaceId="eni-1")
    assert f"Resource.AlreadyAssociated: resource {eip.id} is already associated with associate-id {nat.id}" in again
    secondary = world.create(EIP)
    world.delete(nat)
    world.create(NAT, subnetId=place.id, allocationId=eip.id, secondaryAllocationIds=[secondary.id])
    assert "is already associated" in refused(world.create, token=NAT, subnetId=place.id, allocationId=secondary.id)


def test_an_address_or_a_subnet_that_is_not_there_is_refused(world, place, gateway, eip):
    message = said(refused(world.create, token=NAT, subnetId=place.id, allocationId="eipalloc-0123456789abcdef0"))
    words = "InvalidAllocationID.NotFound: The allocation ID 'eipalloc-0123456789abcdef0' does not exist"
    assert message == f"creating EC2 NAT Gateway: operation error EC2: CreateNatGateway, {BAD} {words}"
    assert "InvalidSubnetID.NotFound" in refused(world.create, token=NAT, subnetId="subnet-0123456789abcdef0", allocationId=eip.id)
    assert words in refused(world.create, token=EIP_ASSOCIATION, allocationId="eipalloc-0123456789abcdef0", networkInterfaceId="eni-1")


def test_a_nat_gateway_of_a_region_is_of_a_network_that_is_there(world, network):
    assert "InvalidVpcID.NotFound" in refused(world.create, token=NAT, availabilityMode="regional", vpcId="vpc-0123456789abcdef0")
    made = world.create(NAT, availabilityMode="regional", vpcId=network.id)
    assert (made.outputs["vpcId"], made.outputs["networkInterfaceId"]) == (network.id, "")


def test_a_nat_gateway_holds_its_further_addresses_too(world, place):
    world.create(NAT, subnetId=place.id, connectivityType="private", secondaryPrivateIpAddresses=["10.0.0.8", "10.0.0.9"])
    assert free(world.cloud, place.id) == 248
    assert not fits(world.cloud, place.id, "10.0.0.9")


def test_an_address_that_a_nat_gateway_uses_stays(world, eip, nat):
    words = "AuthFailure: You do not have permission to access the specified resource."
    assert said(refused(world.delete, record=eip)) == f"disassociating EC2 EIP ({eip.id}): operation error EC2: DisassociateAddress, {BAD} {words}"
    world.delete(nat)
    world.delete(eip)


def test_a_subnet_with_a_nat_gateway_in_it_stays(world, place, nat):
    words = f"DependencyViolation: The subnet '{place.id}' has dependencies and cannot be deleted."
    assert said(refused(world.delete, record=place)) == f"deleting EC2 Subnet ({place.id}): operation error EC2: DeleteSubnet, {BAD} {words}"
    world.delete(nat)
    world.delete(place)


def test_a_subnet_gives_as_many_addresses_as_it_has(world, network, gateway):
    small = subnet(world, network, "10.0.9.0/28")
    assert free(world.cloud, small.id) == 11
    for number in range(11):
        made = world.create(NAT, subnetId=small.id, connectivityType="private")
        assert made.outputs["privateIp"] == f"10.0.9.{4 + number}"
    message = refused(world.create, token=NAT, subnetId=small.id, connectivityType="private")
    assert message.endswith(f"InsufficientFreeAddressesInSubnet: The specified subnet {small.id} does not have enough free addresses to satisfy the request.")


def test_an_address_that_the_program_chooses_must_be_free_and_the_subnets(world, place):
    made = world.create(NAT, subnetId=place.id, connectivityType="private", privateIp="10.0.0.9")
    assert made.outputs["privateIp"] == "10.0.0.9"
    for address in ("10.0.0.9", "10.0.0.3", "10.0.0.255", "10.0.1.4"):
        message = refused(world.create, token=NAT, subnetId=place.id, connectivityType="private", privateIp=address)
        assert f"InvalidParameterValue: Address {address} is not available in subnet {place.id}" in message
    assert not fits(world.cloud, place.id, "here")


def test_a_route_is_called_by_its_table_and_its_destination(world, table, nat):
    route = world.create(ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, natGatewayId=nat.id)
    assert route.id == f"r-{table.id}{binascii.crc32(ALL.encode())}"
    assert (route.outputs["origin"], route.outputs["state"], route.outputs["gatewayId"]) == ("CreateRoute", "active", "")


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        (
            {},
            "destinationCidrBlock",
            '"destination_cidr_block": one of `destination_cidr_block,destination_ipv6_cidr_block,destination_prefix_list_id` must be specified',
        ),
        (
            {"destinationCidrBlock": ALL, "destinationIpv6CidrBlock": "::/0"},
            "destinationCidrBlock",
            (
                '"destination_cidr_block": only one of `destination_cidr_block,destination_ipv6_cidr_block,destination_prefix_list_id` can be specified, '
                "but `destination_cidr_block,destination_ipv6_cidr_block` were specified."
            ),
        ),
        ({"destinationCidrBlock": "0.0.0.0"}, "destinationCidrBlock", '"0.0.0.0" is not a valid CIDR block: invalid CIDR address: 0.0.0.0'),
        ({"destinationIpv6CidrBlock": "10.0.0.0/8"}, "destinationIpv6CidrBlock", '"10.0.0.0/8" is not a valid IPv6 CIDR block'),
        (
            {"destinationCidrBlock": ALL, "egressOnlyGatewayId": "eigw-1"},
            "egressOnlyGatewayId",
            '"egress_only_gateway_id": conflicts with destination_cidr_block',
        ),
        ({"destinationPrefixListId": "pl-1", "vpcEndpointId": "vpce-1"}, "vpcEndpointId", '"vpc_endpoint_id": conflicts with destination_prefix_list_id'),
        ({"destinationIpv6CidrBlock": "::/0", "carrierGatewayId": "c"}, "carrierGatewayId", '"carrier_gateway_id": conflicts with destination_ipv6_cidr_block'),
    ],
)
def test_what_the_provider_refuses_of_a_route(world, given, path, reason):
    target = {} if any(key.endswith("GatewayId") or key == "vpcEndpointId" for key in given) else {"gatewayId": "igw-1"}
    assert invalid(world, ROUTE, routeTableId="rtb-1", **given, **target)[path] == reason


def test_a_route_leads_to_one_thing(world):
    reason = invalid(world, ROUTE, routeTableId="rtb-1", destinationCidrBlock=ALL, gatewayId=UNKNOWN, natGatewayId=UNKNOWN)["gatewayId"]
    assert reason.endswith("but `gateway_id,nat_gateway_id` were specified.")
    assert "must be specified" in invalid(world, ROUTE, routeTableId="rtb-1", destinationCidrBlock=ALL)["carrierGatewayId"]


def test_a_destination_has_one_route(world, table, gateway, nat):
    world.create(ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, natGatewayId=nat.id)
    message = said(refused(world.create, token=ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, gatewayId=gateway.id))
    assert message == f"{creating(table)} RouteAlreadyExists: The route identified by {ALL} already exists."


def test_a_route_collides_with_an_inline_one(world, network, gateway):
    whole = world.create(TABLE, vpcId=network.id, routes=[{"cidrBlock": ALL, "gatewayId": gateway.id}])
    message = refused(world.create, token=ROUTE, routeTableId=whole.id, destinationCidrBlock=ALL, gatewayId=gateway.id)
    assert "RouteAlreadyExists" in message


def test_routes_within_the_vpc_are_its_own(world, table, nat):
    message = said(refused(world.create, token=ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/16", natGatewayId=nat.id))
    assert message == f"{creating(table, '10.0.0.0/16')} RouteAlreadyExists: The route identified by 10.0.0.0/16 already exists."
    message = said(refused(world.create, token=ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/24", natGatewayId=nat.id))
    words = (
        "The destination CIDR block 10.0.0.0/24 is equal to or more specific than one of this VPC's CIDR blocks. "
        "This route can target only an interface or an instance."
    )
    assert message == f"{creating(table, '10.0.0.0/24')} InvalidParameterValue: {words}"
    assert refused(world.create, token=ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, gatewayId="local").startswith("cannot create local Route")


def test_a_route_to_what_is_not_there_is_refused(world, table):
    route = {"routeTableId": table.id, "destinationCidrBlock": ALL}
    cases = {
        "gatewayId": ("igw-0123456789abcdef0", "InvalidGatewayID.NotFound: The gateway ID 'igw-0123456789abcdef0' does not exist"),
        "natGatewayId": ("nat-0123456789abcdef0", "InvalidNatGatewayID.NotFound: The natGateway ID 'nat-0123456789abcdef0' does not exist"),
        "networkInterfaceId": ("eni-0123456789abcdef0", "InvalidNetworkInterfaceID.NotFound: The networkInterface ID 'eni-0123456789abcdef0' does not exist"),
        "vpcEndpointId": ("vpce-0123456789abcdef0", "InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id 'vpce-0123456789abcdef0' does not exist"),
        "vpcPeeringConnectionId": ("pcx-1", "InvalidVpcPeeringConnectionID.NotFound: The vpcPeeringConnection ID 'pcx-1' does not exist"),
    }
    for name, (value, words) in cases.items():
        assert said(refused(world.create, token=ROUTE, **route, **{name: value})) == f"{creating(table)} {words}"
    assert "InvalidGatewayID.NotFound: The gateway ID 'main'" in refused(world.create, token=ROUTE, **route, gatewayId="main")
    missing = refused(world.create, token=ROUTE, routeTableId="rtb-0123456789abcdef0", destinationCidrBlock=ALL, gatewayId="igw-1")
    assert "InvalidRouteTableID.NotFound: The routeTable ID 'rtb-0123456789abcdef0' does not exist" in missing


def test_a_route_to_another_network_is_refused(world, gateway, nat):
    other = world.create(TABLE, vpcId=vpc(world).id)
    message = said(refused(world.create, token=ROUTE, routeTableId=other.id, destinationCidrBlock=ALL, gatewayId=gateway.id))
    words = f"InvalidParameterValue: route table {other.id} and network gateway {gateway.id} belong to different networks"
    assert message == f"{creating(other)} {words}"
    message = refused(world.create, token=ROUTE, routeTableId=other.id, destinationCidrBlock=ALL, natGatewayId=nat.id)
    assert f"route table {other.id} and NAT gateway {nat.id} belong to different networks" in message


def test_a_route_turns_to_another_target_in_place(world, table, gateway, nat):
    route = world.create(ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, natGatewayId=nat.id)
    after = world.update(route, natGatewayId=None, gatewayId=gateway.id)
    assert (after.outputs["gatewayId"], after.outputs["natGatewayId"]) == (gateway.id, "")
    message = refused(world.update, old=route, natGatewayId="nat-0123456789abcdef0")
    assert message.startswith(f"updating Route in Route Table ({table.id}) with destination ({ALL}): operation error EC2: ReplaceRoute, ")


def test_the_main_table_of_a_vpc_takes_routes(world, network, gateway):
    main = network.outputs["mainRouteTableId"]
    assert world.create(ROUTE, routeTableId=main, destinationCidrBlock=ALL, gatewayId=gateway.id).id.startswith(f"r-{main}")


def test_inline_routes_are_held_to_the_same(world, network, gateway):
    route = {"cidrBlock": ALL, "gatewayId": gateway.id}
    assert "RouteAlreadyExists" in refused(world.create, token=TABLE, vpcId=network.id, routes=[route, route])
    assert "one of `cidr_block`" in refused(world.create, token=TABLE, vpcId=network.id, routes=[{"gatewayId": gateway.id}])
    assert "route target attribute not specified" in refused(world.create, token=TABLE, vpcId=network.id, routes=[{"cidrBlock": ALL}])
    strange = [{"cidrBlock": ALL, "natGatewayId": "nat-0123456789abcdef0"}]
    assert "InvalidNatGatewayID.NotFound" in refused(world.create, token=TABLE, vpcId=network.id, routes=strange)
    assert "did you mean" in invalid(world, TABLE, vpcId="vpc-1", routes=[{"cidrBlock": "10.0.0.1/8"}])["routes[0].cidrBlock"]
    assert "not a valid IPv6" in invalid(world, TABLE, vpcId="vpc-1", routes=[{"ipv6CidrBlock": "10.0.0.0/8"}])["routes[0].ipv6CidrBlock"]
    assert "InvalidVpcID.NotFound" in refused(world.create, token=TABLE, vpcId="vpc-0123456789abcdef0")


def test_a_subnet_has_one_table(world, network, place, table):
    tie = world.create(TABLE_ASSOCIATION, routeTableId=table.id, subnetId=place.id)
    assert tie.id.startswith("rtbassoc-0")
    other = world.create(TABLE, vpcId=network.id)
    message = said(refused(world.create, token=TABLE_ASSOCIATION, routeTableId=other.id, subnetId=place.id))
    words = f"Resource.AlreadyAssociated: the specified association for route table {other.id} conflicts with an existing association"
    assert message == f"creating Route Table ({other.id}) Association: operation error EC2: AssociateRouteTable, {BAD} {words}"
    assert world.update(tie, routeTableId=other.id).outputs["routeTableId"] == other.id
    assert refused(world.update, old=tie, routeTableId="rtb-0123456789abcdef0").startswith(f"updating Route Table Association ({tie.id}): ")


def test_a_table_and_a_subnet_of_two_networks_do_not_go_together(world, place):
    other = world.create(TABLE, vpcId=vpc(world).id)
    message = refused(world.create, token=TABLE_ASSOCIATION, routeTableId=other.id, subnetId=place.id)
    assert f"InvalidParameterValue: Route table {other.id} and subnet {place.id} belong to different networks" in message
    assert "InvalidSubnetID.NotFound" in refused(world.create, token=TABLE_ASSOCIATION, routeTableId=other.id, subnetId="subnet-0123456789abcdef0")
    assert "InvalidInternetGatewayID.NotFound" in refused(world.create, token=TABLE_ASSOCIATION, routeTableId=other.id, gatewayId="igw-0123456789abcdef0")
    assert "must be specified" in invalid(world, TABLE_ASSOCIATION, routeTableId=other.id)["subnetId"]


def test_a_table_takes_its_routes_and_associations_along(world, place, table, gateway):
    world.create(TABLE_ASSOCIATION, routeTableId=table.id, subnetId=place.id)
    world.create(ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, gatewayId=gateway.id)
    world.delete(table)
    assert not [*world.cloud.find(TABLE_ASSOCIATION), *world.cloud.find(ROUTE)]


def test_a_table_that_was_made_the_main_one_stays(world, network, table):
    tie = world.create(MAIN, vpcId=network.id, routeTableId=table.id)
    assert tie.outputs["originalRouteTableId"] == network.outputs["mainRouteTableId"]
    words = f"DependencyViolation: The routeTable '{table.id}' has dependencies and cannot be deleted."
    assert said(refused(world.delete, record=table)) == f"deleting Route Table ({table.id}): operation error EC2: DeleteRouteTable, {BAD} {words}"
    other = world.create(TABLE, vpcId=vpc(world).id)
    assert "belong to different networks" in refused(world.create, token=MAIN, vpcId=network.id, routeTableId=other.id)
    world.delete(tie)
    world.delete(table)


def test_the_default_table_is_taken_over_and_let_go(world, network, gateway):
    main = network.outputs["mainRouteTableId"]
    adopted = world.create(DEFAULT, defaultRouteTableId=main, routes=[{"cidrBlock": ALL, "gatewayId": gateway.id}])
    assert (adopted.id, adopted.outputs["vpcId"]) == (main, network.id)
    assert "RouteAlreadyExists" in refused(world.create, token=ROUTE, routeTableId=main, destinationCidrBlock=ALL, gatewayId=gateway.id)
    world.delete(adopted)
    assert world.create(DEFAULT, defaultRouteTableId=main).id == main
    assert "InvalidRouteTableID.NotFound" in refused(world.create, token=DEFAULT, defaultRouteTableId="rtb-0123456789abcdef0")
    twice = [{"cidrBlock": ALL, "gatewayId": gateway.id}] * 2
    assert "RouteAlreadyExists" in refused(world.create, token=DEFAULT, defaultRouteTableId=main, routes=twice)
