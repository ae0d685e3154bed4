"""VPC endpoints, Block Public Access and EC2's data sources."""

from __future__ import annotations

import json

import pytest

from sandbox.resources.aws.addresses import free
from tests.sandbox.kinds.aws_world import ACCOUNT, ENDPOINT, REGION, ROUTE, TABLE, TABLE_ASSOCIATION, aws_world, group, said, subnet, vpc
from tests.sandbox.kinds.cloud import invalid, refused

OPTIONS = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
EXCLUSION = "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"
BAD = "https response error StatusCode: 400, api error"
S3 = f"com.amazonaws.{REGION}.s3"
LOGS = f"com.amazonaws.{REGION}.logs"


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def network(world):
    return vpc(world, enableDnsHostnames=True)


@pytest.fixture
def place(world, network):
    return subnet(world, network)


@pytest.fixture
def table(world, network):
    return world.create(TABLE, vpcId=network.id)


def creating(name=S3):
    return f"creating EC2 VPC Endpoint ({name}): operation error EC2: CreateVpcEndpoint, {BAD}"


def interface(network, *subnets, **more):
    return {"vpcId": network.id, "serviceName": LOGS, "vpcEndpointType": "Interface", "subnetIds": [one.id for one in subnets], **more}


def test_a_gateway_endpoint_has_a_prefix_list_and_no_interfaces(world, network, table):
    made = world.create(ENDPOINT, vpcId=network.id, serviceName=S3, routeTableIds=[table.id])
    listed = world.invoke("aws:ec2/getPrefixList:getPrefixList", name=S3)
    assert made.outputs["prefixListId"] == listed["id"]
    assert made.outputs["cidrBlocks"] == listed["cidrBlocks"]
    assert made.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint/{made.id}"
    assert (made.outputs["state"], made.outputs["networkInterfaceIds"], made.outputs["requesterManaged"]) == ("available", [], False)
    assert json.loads(made.outputs["policy"])["Statement"][0]["Principal"] == "*"


def test_an_interface_endpoint_takes_an_address_in_every_subnet_and_keeps_it(world, network, place):
    other = subnet(world, network, "10.0.1.0/24", "b")
    before = free(world.cloud, place.id)
    made = world.create(ENDPOINT, **interface(network, place, other, privateDnsEnabled=True))
    assert free(world.cloud, place.id) == before - 1
    assert made.outputs["subnetConfigurations"] == [{"subnetId": place.id, "ipv4": "10.0.0.4"}, {"subnetId": other.id, "ipv4": "10.0.1.4"}]
    assert len(made.outputs["networkInterfaceIds"]) == 2
    assert made.outputs["securityGroupIds"] == [network.outputs["defaultSecurityGroupId"]]
    names = [entry["dnsName"] for entry in made.outputs["dnsEntries"]]
    assert names[0].startswith(f"{made.id}-")
    assert names[0].endswith(f".logs.{REGION}.vpce.amazonaws.com")
    assert names[-1] == f"logs.{REGION}.amazonaws.com"
    third = subnet(world, network, "10.0.2.0/24", "c")
    after = world.update(made, subnetIds=[other.id, third.id])
    assert after.outputs["subnetConfigurations"] == [{"subnetId": other.id, "ipv4": "10.0.1.4"}, {"subnetId": third.id, "ipv4": "10.0.2.4"}]
    world.delete(place)
    assert "has dependencies" in refused(world.delete, record=other)


def test_an_endpoint_takes_the_addresses_that_the_program_chose(world, network, place):
    chosen = [{"subnetId": place.id, "ipv4": "10.0.0.77"}]
    made = world.create(ENDPOINT, vpcId=network.id, serviceName=LOGS, vpcEndpointType="Interface", subnetConfigurations=chosen)
    assert made.outputs["subnetConfigurations"] == chosen
    again = {"vpcId": network.id, "serviceName": LOGS, "vpcEndpointType": "Interface", "subnetConfigurations": chosen}
    assert "InsufficientFreeAddressesInSubnet" in refused(world.create, token=ENDPOINT, **again)


def test_a_subnet_without_an_address_left_takes_no_endpoint(world, network):
    small = subnet(world, network, "10.0.9.0/28")
    for _ in range(11):
        world.create("aws:ec2/natGateway:NatGateway", subnetId=small.id, connectivityType="private")
    words = f"InsufficientFreeAddressesInSubnet: The specified subnet {small.id} does not have enough free addresses to satisfy the request."
    assert said(refused(world.create, token=ENDPOINT, **interface(network, small))) == f"{creating(LOGS)} {words}"


@pytest.mark.parametrize("name", [f"com.amazonaws.{REGION}.s4", "com.amazonaws.us-east-1.s3", "s3"])
def test_a_service_that_the_region_does_not_have_is_refused(world, network, name):
    message = said(refused(world.create, token=ENDPOINT, vpcId=network.id, serviceName=name))
    assert message == f"{creating(name)} InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"serviceName": LOGS}, "Endpoint type (Gateway) does not match available service types ([Interface])."),
        ({"subnetIds": ["subnet-1"]}, "Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints."),
        ({"securityGroupIds": ["sg-1"]}, "Security group IDs are only supported for Interface type VPC Endpoint."),
        ({"privateDnsEnabled": True}, "Private DNS is only supported for Interface type VPC Endpoint."),
        ({"vpcEndpointType": "Interface", "routeTableIds": ["rtb-1"]}, "Route table IDs are only supported for Gateway type VPC Endpoint."),
    ],
)
def test_what_the_other_sort_of_endpoint_takes_is_refused(world, network, given, words):
    whole = {"vpcId": network.id, "serviceName": S3, **given}
    assert said(refused(world.create, token=ENDPOINT, **whole)) == f"{creating(whole['serviceName'])} InvalidParameter: {words}"


def test_a_table_leads_to_a_service_once(world, network, table):
    made = world.create(ENDPOINT, vpcId=network.id, serviceName=S3, routeTableIds=[table.id])
    message = said(refused(world.create, token=ENDPOINT, vpcId=network.id, serviceName=S3, routeTableIds=[table.id]))
    wanted = made.outputs["prefixListId"]
    assert message == f"{creating()} RouteAlreadyExists: route table {table.id} already has a route with destination-prefix-list-id {wanted}"
    assert world.update(made, routeTableIds=[table.id], tags={"a": "b"})
    by_hand = {"routeTableId": table.id, "destinationPrefixListId": wanted, "natGatewayId": "nat-1"}
    world.put("aws:ec2/natGateway:NatGateway", "nat-1", vpcId=network.id)
    assert "RouteAlreadyExists" in refused(world.create, token=ROUTE, **by_hand)
    assert world.create(ENDPOINT, vpcId=network.id, serviceName=f"com.amazonaws.{REGION}.dynamodb", routeTableIds=[table.id])


def test_a_table_of_another_network_is_refused(world, network):
    other = world.create(TABLE, vpcId=vpc(world).id)
    message = refused(world.create, token=ENDPOINT, vpcId=network.id, serviceName=S3, routeTableIds=[other.id])
    assert f"InvalidParameter: Route table {other.id} and network {network.id} belong to different networks" in message
    missing = refused(world.create, token=ENDPOINT, vpcId=network.id, serviceName=S3, routeTableIds=["rtb-0123456789abcdef0"])
    assert "InvalidRouteTableID.NotFound" in missing
    assert "InvalidVpcID.NotFound" in refused(world.create, token=ENDPOINT, vpcId="vpc-0123456789abcdef0", serviceName=S3)


def test_an_endpoint_is_in_a_zone_once_and_in_its_own_network(world, network, place):
    twin = subnet(world, network, "10.0.1.0/24", "a")
    message = said(refused(world.create, token=ENDPOINT, **interface(network, place, twin)))
    words = (
        f"Found another VPC endpoint subnet in the availability zone of {twin.id}. "
        "VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service."
    )
    assert message == f"{creating(LOGS)} DuplicateSubnetsInSameZone: {words}"
    away = subnet(world, vpc(world))
    message = refused(world.create, token=ENDPOINT, **interface(network, away))
    assert f"InvalidParameter: Subnet {away.id} does not belong to VPC {network.id}" in message
    stranger = group(world, vpc(world))
    assert "InvalidGroup.NotFound" in refused(world.create, token=ENDPOINT, **interface(network, place, securityGroupIds=[stranger.id]))


def test_a_name_is_answered_for_once_and_only_where_the_vpc_has_names(world, network, place):
    world.create(ENDPOINT, **interface(network, place, privateDnsEnabled=True))
    message = said(refused(world.create, token=ENDPOINT, **interface(network, place, privateDnsEnabled=True)))
    words = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for logs.{REGION}.amazonaws.com in the VPC {network.id}"
    assert message == f"{creating(LOGS)} InvalidParameter: {words}"
    assert world.create(ENDPOINT, **interface(network, place))
    bare = vpc(world)
    message = refused(world.create, token=ENDPOINT, **interface(bare, subnet(world, bare), privateDnsEnabled=True))
    words = f"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {bare.id}"
    assert message.endswith(f"InvalidParameter: {words}")


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"vpcEndpointType": "Route"}, ("vpcEndpointType", "expected vpc_endpoint_type to be one of")),
        ({"ipAddressType": "ipv5"}, ("ipAddressType", "expected ip_address_type to be one of")),
        ({"policy": "[]"}, ("policy", '"policy" contains an invalid JSON policy: contains a JSON array, not a JSON object')),
        ({"serviceName": None}, ("serviceName", '"service_name": one of `service_name,resource_configuration_arn,service_network_arn` must be specified')),
    ],
)
def test_what_the_provider_refuses_of_an_endpoint(world, given, failures):
    whole = {"vpcId": "vpc-1", "serviceName": S3, **given}
    path, reason = failures
    assert invalid(world, ENDPOINT, **{key: value for key, value in whole.items() if value is not None})[path].startswith(reason)


def test_public_access_is_blocked_a_region_at_a_time(world):
    made = world.create(OPTIONS, internetGatewayBlockMode="block-ingress")
    assert (made.id, made.outputs["awsRegion"], made.outputs["awsAccountId"]) == (REGION, REGION, ACCOUNT)
    reason = 'expected internet_gateway_block_mode to be one of ["off" "block-bidirectional" "block-ingress"], got on'
    assert invalid(world, OPTIONS, internetGatewayBlockMode="on") == {"internetGatewayBlockMode": reason}
    assert world.create(OPTIONS, internetGatewayBlockMode="off").id == REGION


def test_an_exclusion_is_of_one_thing_that_is_there(world, network):
    whole = {"vpcId": network.id, "internetGatewayExclusionMode": "allow-egress"}
    made = world.create(EXCLUSION, **whole)
    assert made.outputs["resourceArn"] == network.outputs["arn"]
    assert "exclusion exists" in refused(world.create, token=EXCLUSION, **whole)
    every = {"subnetId": "Exactly one of these attributes must be configured: [subnet_id,vpc_id]"}
    assert invalid(world, EXCLUSION, internetGatewayExclusionMode="allow-egress") == every
    assert invalid(world, EXCLUSION, **whole, subnetId="subnet-1") == every
    assert "internetGatewayExclusionMode" in invalid(world, EXCLUSION, vpcId="vpc-1", internetGatewayExclusionMode="all")
    missing = {"subnetId": "subnet-0123456789abcdef0", "internetGatewayExclusionMode": "allow-egress"}
    assert "InvalidSubnetID.NotFound" in refused(world.create, token=EXCLUSION, **missing)


def test_a_network_is_looked_up_by_id_tags_and_filters(world):
    one, two = vpc(world, tags={"Name": "one"}), vpc(world, "10.1.0.0/16", tags={"Name": "two"})
    look = "aws:ec2/getVpc:getVpc"
    assert world.invoke(look, id=one.id)["cidrBlock"] == "10.0.0.0/16"
    assert world.invoke(look, tags={"Name": "two"})["mainRouteTableId"] == two.outputs["mainRouteTableId"]
    assert world.invoke(look, filters=[{"name": "tag:Name", "values": ["tw*"]}])["id"] == two.id
    assert world.invoke(look, filters=[{"name": "cidr", "values": ["10.1.0.0/16"]}])["id"] == two.id
    assert refused(world.invoke, token=look, id="vpc-1") == "no matching EC2 VPC found"
    assert refused(world.invoke, token=look) == "multiple EC2 VPCs matched; use additional constraints to reduce matches to a single EC2 VPC"
    assert refused(world.invoke, token=look, default=True) == "no matching EC2 VPC found"


def test_subnets_are_listed_and_told_with_their_free_addresses(world, network, place):
    other = subnet(world, network, "10.0.1.0/24", "b", tags={"tier": "data"})
    every = world.invoke("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [network.id]}])
    assert every["ids"] == sorted([place.id, other.id])
    assert world.invoke("aws:ec2/getSubnets:getSubnets", tags={"tier": "data"})["ids"] == [other.id]
    found = world.invoke("aws:ec2/getSubnet:getSubnet", vpcId=network.id, availabilityZone=f"{REGION}b")
    assert (found["id"], found["availableIpAddressCount"], found["state"]) == (other.id, 251, "available")


def test_groups_are_looked_up_the_default_one_too(world, network):
    web = group(world, network, description="Web")
    found = world.invoke("aws:ec2/getSecurityGroup:getSecurityGroup", name="web")
    assert (found["id"], found["description"], found["vpcId"]) == (web.id, "Web", network.id)
    born = world.invoke("aws:ec2/getSecurityGroup:getSecurityGroup", vpcId=network.id, name="default")
    assert born["id"] == network.outputs["defaultSecurityGroupId"]
    assert refused(world.invoke, token="aws:ec2/getSecurityGroup:getSecurityGroup", name="db") == "no matching EC2 Security Group found"


def test_a_table_is_looked_up_by_its_subnet(world, place, table):
    tie = world.create(TABLE_ASSOCIATION, routeTableId=table.id, subnetId=place.id)
    found = world.invoke("aws:ec2/getRouteTable:getRouteTable", subnetId=place.id)
    assert found["routeTableId"] == table.id
    assert found["associations"][0]["routeTableAssociationId"] == tie.id
    assert refused(world.invoke, token="aws:ec2/getRouteTable:getRouteTable", subnetId="subnet-1") == "no matching EC2 Route Table found"


def test_a_service_is_looked_up_with_its_sort(world):
    look = "aws:ec2/getVpcEndpointService:getVpcEndpointService"
    found = world.invoke(look, service="ecr.api")
    assert found["serviceName"] == f"com.amazonaws.{REGION}.ecr.api"
    assert (found["serviceType"], found["privateDnsName"]) == ("Interface", f"api.ecr.{REGION}.amazonaws.com")
    assert found["availabilityZones"] == [f"{REGION}{letter}" for letter in "abc"]
    assert world.invoke(look, service="s3", serviceType="Gateway")["privateDnsName"] == ""
    assert refused(world.invoke, token=look, service="s3").startswith("multiple EC2 VPC Endpoint Services matched")
    assert refused(world.invoke, token=look, service="s4") == "no matching EC2 VPC Endpoint Service found"


def test_a_prefix_list_that_is_not_there_is_not_found(world):
    managed = world.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", name="com.amazonaws.global.cloudfront.origin-facing")
    assert managed["arn"] == f"arn:aws:ec2:{REGION}:aws:prefix-list/{managed['id']}"
    assert managed["ownerId"] == "AWS"
    assert world.invoke("aws:ec2/getPrefixList:getPrefixList", filters=[{"name": "prefix-list-name", "values": [S3]}])["name"] == S3
    assert refused(world.invoke, token="aws:ec2/getPrefixList:getPrefixList", name="x") == "no matching EC2 Prefix List found"
