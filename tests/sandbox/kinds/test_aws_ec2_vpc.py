"""VPCs, subnets, further blocks and DHCP options, as EC2 and its provider treat them."""

from __future__ import annotations

import pytest

from sandbox.kind import UNKNOWN
from tests.sandbox.kinds.aws_world import ACCOUNT, ACL_ASSOCIATION, GROUP, REGION, SUBNET, TABLE, TABLE_ASSOCIATION, VPC, aws_world, group, said, subnet, vpc
from tests.sandbox.kinds.cloud import invalid, refused

BLOCK = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
DHCP = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"
DHCP_ASSOCIATION = "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"
BAD = "https response error StatusCode: 400, api error"


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def network(world):
    return vpc(world, tags={"Name": "main"})


def test_a_vpc_has_its_arn_its_owner_and_the_providers_defaults(network):
    assert network.id.startswith("vpc-0")
    assert len(network.id) == 21
    assert network.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{network.id}"
    assert {key: network.outputs[key] for key in ("ownerId", "enableDnsSupport", "enableDnsHostnames", "instanceTenancy", "tagsAll", "region")} == {
        "ownerId": ACCOUNT,
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "instanceTenancy": "default",
        "tagsAll": {"Name": "main"},
        "region": REGION,
    }


def test_a_vpc_is_born_with_a_group_a_list_and_a_table_and_keeps_them(world, network):
    born = {"defaultSecurityGroupId": "sg-0", "defaultNetworkAclId": "acl-0", "mainRouteTableId": "rtb-0", "dhcpOptionsId": "dopt-0"}
    assert all(network.outputs[name].startswith(prefix) for name, prefix in born.items())
    assert network.outputs["defaultRouteTableId"] == network.outputs["mainRouteTableId"]
    after = world.update(network, enableDnsHostnames=True)
    assert {name: after.outputs[name] for name in born} == {name: network.outputs[name] for name in born}


def test_a_vpc_that_asks_for_it_gets_a_block_of_ipv6_and_keeps_it(world):
    made = vpc(world, assignGeneratedIpv6CidrBlock=True)
    assert made.outputs["ipv6CidrBlock"].endswith("::/56")
    assert made.outputs["ipv6AssociationId"].startswith("vpc-cidr-assoc-0")
    assert world.update(made, tags={"a": "b"}).outputs["ipv6CidrBlock"] == made.outputs["ipv6CidrBlock"]


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("10.0.0.0/8", 'expected "cidr_block" to contain a network Value with between 16 and 28 significant bits, got: 8'),
        ("10.0.0.0/29", 'expected "cidr_block" to contain a network Value with between 16 and 28 significant bits, got: 29'),
        ("10.0.0.1/16", 'expected "cidr_block" to contain a valid network Value, expected 10.0.0.0/16, got 10.0.0.1/16'),
        ("main", 'expected "cidr_block" to contain a valid Value, got: main with err: invalid CIDR address: main'),
    ],
)
def test_a_block_that_no_vpc_may_have_is_refused_in_the_providers_words(world, block, reason):
    assert invalid(world, VPC, cidrBlock=block) == {"cidrBlock": reason}


@pytest.mark.parametrize("block", ["10.0.0.0/16", "10.0.0.0/28", UNKNOWN])
def test_a_block_at_either_end_and_one_that_is_not_known_pass(world, block):
    assert world.check(VPC, cidrBlock=block)["cidrBlock"] is block


def test_a_vpc_says_either_a_block_or_where_to_take_one_from(world):
    words = f"creating EC2 VPC: operation error EC2: CreateVpc, {BAD} MissingParameter: Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."
    assert said(refused(world.create, token=VPC)) == words
    conflict = invalid(world, VPC, cidrBlock="10.0.0.0/16", ipv4NetmaskLength=16, ipv4IpamPoolId="ipam-pool-1")
    assert conflict == {"ipv4NetmaskLength": '"ipv4_netmask_length": conflicts with cidr_block'}
    assert invalid(world, VPC, ipv4NetmaskLength=16) == {
        "ipv4NetmaskLength": '"ipv4_netmask_length": all of `ipv4_netmask_length,ipv4_ipam_pool_id` must be specified'
    }
    assert invalid(world, VPC, ipv4NetmaskLength=8, ipv4IpamPoolId="ipam-pool-1") == {
        "ipv4NetmaskLength": "expected ipv4_netmask_length to be in the range (16 - 28), got 8"
    }


def test_a_block_of_ipv6_comes_from_one_place(world):
    reason = '"assign_generated_ipv6_cidr_block": conflicts with ipv6_ipam_pool_id'
    given = {"cidrBlock": "10.0.0.0/16", "assignGeneratedIpv6CidrBlock": True, "ipv6IpamPoolId": "ipam-pool-1"}
    assert invalid(world, VPC, **given) == {"assignGeneratedIpv6CidrBlock": reason}


def test_a_tenancy_that_does_not_exist_is_refused(world):
    reason = 'expected instance_tenancy to be one of ["default" "dedicated"], got host'
    assert invalid(world, VPC, cidrBlock="10.0.0.0/16", instanceTenancy="host") == {"instanceTenancy": reason}


def test_names_of_hosts_need_dns(world):
    message = said(refused(world.create, token=VPC, cidrBlock="10.0.0.0/16", enableDnsSupport=False, enableDnsHostnames=True))
    assert message.startswith("modifying EC2 VPC DNS hostnames attribute: operation error EC2: ModifyVpcAttribute, ")
    assert "DNS hostnames cannot be enabled for VPC" in message


def test_an_update_that_takes_dns_away_from_hosts_with_names_is_refused(world):
    made = vpc(world, enableDnsHostnames=True)
    assert "without DNS support" in refused(world.update, old=made, enableDnsSupport=False)


@pytest.mark.parametrize("token", [SUBNET, GROUP, TABLE])
def test_a_vpc_with_something_in_it_stays(world, network, token):
    more = {SUBNET: {"cidrBlock": "10.0.0.0/24"}, GROUP: {"name": "web"}, TABLE: {}}[token]
    inside = world.create(token, vpcId=network.id, **more)
    message = said(refused(world.delete, record=network))
    words = f"The vpc '{network.id}' has dependencies and cannot be deleted."
    assert message == f"deleting EC2 VPC ({network.id}): operation error EC2: DeleteVpc, {BAD} DependencyViolation: {words}"
    world.delete(inside)
    world.delete(network)
    assert not list(world.cloud.find(VPC))


def test_a_subnet_has_its_arn_its_zone_and_that_zones_id(world, network):
    made = subnet(world, network, zone="b")
    assert made.id.startswith("subnet-0")
    assert made.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{made.id}"
    assert (made.outputs["availabilityZone"], made.outputs["availabilityZoneId"]) == ("eu-west-1b", "euw1-az2")
    assert (made.outputs["mapPublicIpOnLaunch"], made.outputs["privateDnsHostnameTypeOnLaunch"]) == (False, "ip-name")


def test_a_subnet_that_says_no_zone_gets_one_and_keeps_it(world, network):
    made = world.create(SUBNET, vpcId=network.id, cidrBlock="10.0.0.0/24")
    assert made.outputs["availabilityZone"] in {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
    assert world.update(made, tags={"a": "b"}).outputs["availabilityZone"] == made.outputs["availabilityZone"]
    by_id = world.create(SUBNET, vpcId=network.id, cidrBlock="10.0.1.0/24", availabilityZoneId="euw1-az3")
    assert by_id.outputs["availabilityZone"] == "eu-west-1c"


@pytest.mark.parametrize("block", ["10.1.0.0/24", "10.0.0.0/29"])
def test_a_subnet_outside_its_vpc_or_too_small_is_refused(world, network, block):
    message = said(refused(world.create, token=SUBNET, vpcId=network.id, cidrBlock=block))
    assert message == f"creating EC2 Subnet: operation error EC2: CreateSubnet, {BAD} InvalidSubnet.Range: The CIDR '{block}' is invalid."


@pytest.mark.parametrize("block", ["10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/20"])
def test_a_subnet_that_overlaps_another_is_refused(world, network, block):
    subnet(world, network)
    message = said(refused(world.create, token=SUBNET, vpcId=network.id, cidrBlock=block))
    assert message == f"creating EC2 Subnet: operation error EC2: CreateSubnet, {BAD} InvalidSubnet.Conflict: The CIDR '{block}' conflicts with another subnet"


def test_two_vpcs_may_have_subnets_of_one_block(world, network):
    other = vpc(world)
    subnet(world, network)
    assert subnet(world, other).outputs["vpcId"] == other.id


def test_a_zone_of_another_region_is_refused(world, network):
    message = said(refused(world.create, token=SUBNET, vpcId=network.id, cidrBlock="10.0.0.0/24", availabilityZone="us-east-1a"))
    words = (
        "Value (us-east-1a) for parameter availabilityZone is invalid. "
        "Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c."
    )
    assert message == f"creating EC2 Subnet: operation error EC2: CreateSubnet, {BAD} InvalidParameterValue: {words}"
    assert "parameter availabilityZoneId is invalid" in refused(
        world.create, token=SUBNET, vpcId=network.id, cidrBlock="10.0.0.0/24", availabilityZoneId="use1-az1"
    )


def test_a_subnet_of_a_vpc_that_is_not_there_is_refused(world):
    message = said(refused(world.create, token=SUBNET, vpcId="vpc-0123456789abcdef0", cidrBlock="10.0.0.0/24"))
    words = "InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist"
    assert message == f"creating EC2 Subnet: operation error EC2: CreateSubnet, {BAD} {words}"
    message = said(refused(world.create, token=SUBNET, vpcId="main", cidrBlock="10.0.0.0/24"))
    assert message.endswith('InvalidVpcID.Malformed: Invalid id: "main" (expecting "vpc-...")')


def test_a_vpc_of_another_region_is_not_there(world):
    away = vpc(world, region="us-east-1")
    assert "InvalidVpcID.NotFound" in refused(world.create, token=SUBNET, vpcId=away.id, cidrBlock="10.0.0.0/24")
    assert world.create(SUBNET, vpcId=away.id, cidrBlock="10.0.0.0/24", region="us-east-1").outputs["availabilityZoneId"].startswith("use1-az")


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"cidrBlock": "10.0.0.1/24"}, {"cidrBlock": '"10.0.0.1/24" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/24"?'}),
        ({"cidrBlock": "10.0.0.0"}, {"cidrBlock": '"10.0.0.0" is not a valid CIDR block: invalid CIDR address: 10.0.0.0'}),
        ({"cidrBlock": "2a05::/64"}, {"cidrBlock": '"2a05::/64" is not a valid IPv4 CIDR block'}),
        ({"ipv6CidrBlock": "10.0.0.0/24"}, {"ipv6CidrBlock": '"10.0.0.0/24" is not a valid IPv6 CIDR block'}),
        (
            {"availabilityZone": "eu-west-1a", "availabilityZoneId": "euw1-az1"},
            {"availabilityZone": '"availability_zone": conflicts with availability_zone_id'},
        ),
        (
            {"privateDnsHostnameTypeOnLaunch": "name"},
            {"privateDnsHostnameTypeOnLaunch": 'expected private_dns_hostname_type_on_launch to be one of ["ip-name" "resource-name"], got name'},
        ),
        (
            {"customerOwnedIpv4Pool": "ipv4pool-coip-1"},
            {
                "customerOwnedIpv4Pool": (
                    '"customer_owned_ipv4_pool": all of `customer_owned_ipv4_pool,map_customer_owned_ip_on_launch,outpost_arn` must be specified'
                )
            },
        ),
        ({"tags": {"aws:x": "y"}}, {"tags.aws:x": "tag keys must be 1 to 128 letters, digits, spaces and _.:/=+-@, and must not start with aws:"}),
    ],
)
def test_what_the_provider_refuses_of_a_subnet(world, given, failures):
    assert invalid(world, SUBNET, vpcId="vpc-1", **{"cidrBlock": "10.0.0.0/24", **given}) == failures


def test_a_subnet_without_a_block_is_refused(world, network):
    assert "MissingParameter: Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided." in refused(world.create, token=SUBNET, vpcId=network.id)


def test_a_subnet_takes_its_associations_along(world, network):
    made = subnet(world, network)
    table = world.create(TABLE, vpcId=network.id)
    world.create(TABLE_ASSOCIATION, routeTableId=table.id, subnetId=made.id)
    acl = world.create("aws:ec2/networkAcl:NetworkAcl", vpcId=network.id)
    world.create(ACL_ASSOCIATION, networkAclId=acl.id, subnetId=made.id)
    world.delete(made)
    assert not [*world.cloud.find(TABLE_ASSOCIATION), *world.cloud.find(ACL_ASSOCIATION)]


def test_a_second_block_makes_room_for_subnets_and_stays_as_long_as_they(world, network):
    more = world.create(BLOCK, vpcId=network.id, cidrBlock="10.1.0.0/16")
    made = subnet(world, network, "10.1.0.0/24")
    assert f"The vpc CIDR block '10.1.0.0/16' has subnets within it: {made.id}." in refused(world.delete, record=more)
    world.delete(made)
    world.delete(more)
    assert "InvalidSubnet.Range" in refused(world.create, token=SUBNET, vpcId=network.id, cidrBlock="10.1.0.0/24")


def test_a_second_block_may_not_overlap_the_first_and_there_are_five_at_most(world, network):
    assert "InvalidVpc.Range: The CIDR '10.0.0.0/20' conflicts with another CIDR of the VPC." in refused(
        world.create, token=BLOCK, vpcId=network.id, cidrBlock="10.0.0.0/20"
    )
    for number in range(1, 5):
        world.create(BLOCK, vpcId=network.id, cidrBlock=f"10.{number}.0.0/16")
    assert f"CidrLimitExceeded: This network '{network.id}' has met its maximum number of allowed CIDRs: 5" in refused(
        world.create, token=BLOCK, vpcId=network.id, cidrBlock="10.9.0.0/16"
    )
    assert "between 16 and 28 significant bits, got: 8" in invalid(world, BLOCK, vpcId=network.id, cidrBlock="11.0.0.0/8")["cidrBlock"]
    assert invalid(world, BLOCK, vpcId=network.id, cidrBlock="2a05::/28") == {"cidrBlock": '"2a05::/28" is not a valid IPv4 CIDR block'}
    assert "InvalidVpcID.NotFound" in refused(world.create, token=BLOCK, vpcId="vpc-0123456789abcdef0", cidrBlock="10.9.0.0/16")


def test_dhcp_options_say_something_and_stay_while_a_vpc_has_them(world, network):
    assert "must be specified" in invalid(world, DHCP)["domainName"]
    assert invalid(world, DHCP, netbiosNodeType="3") == {"netbiosNodeType": 'expected netbios_node_type to be one of ["1" "2" "4" "8"], got 3'}
    options = world.create(DHCP, domainName="example.internal")
    assert options.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:dhcp-options/{options.id}"
    tie = world.create(DHCP_ASSOCIATION, vpcId=network.id, dhcpOptionsId=options.id)
    assert tie.id == f"{options.id}-{network.id}"
    assert world.refresh(network)["dhcpOptionsId"] == options.id
    assert f"The dhcpOptions '{options.id}' has dependencies and cannot be deleted." in refused(world.delete, record=options)
    world.delete(tie)
    world.delete(options)
    assert world.refresh(network)["dhcpOptionsId"] == network.outputs["dhcpOptionsId"]
    message = refused(world.create, token=DHCP_ASSOCIATION, vpcId=network.id, dhcpOptionsId=options.id)
    assert f"InvalidDhcpOptionID.NotFound: The dhcpOption ID '{options.id}' does not exist" in message
    assert world.create(DHCP_ASSOCIATION, vpcId=network.id, dhcpOptionsId="default").id == f"default-{network.id}"
    assert "InvalidVpcID.NotFound" in refused(world.create, token=DHCP_ASSOCIATION, vpcId="vpc-0123456789abcdef0", dhcpOptionsId="default")


def test_what_is_in_the_group_the_list_and_the_table_that_a_vpc_was_born_with_goes_with_it(world, network):
    born = network.outputs["defaultSecurityGroupId"]
    world.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", securityGroupId=born, ipProtocol="-1", cidrIpv4="10.0.0.0/16")
    rule = {"ruleNumber": 1, "protocol": "-1", "ruleAction": "deny", "cidrBlock": "10.0.0.0/16"}
    world.create("aws:ec2/networkAclRule:NetworkAclRule", networkAclId=network.outputs["defaultNetworkAclId"], **rule)
    route = {"destinationCidrBlock": "10.9.0.0/16", "transitGatewayId": "tgw-1"}
    world.create("aws:ec2/route:Route", routeTableId=network.outputs["mainRouteTableId"], **route)
    world.delete(network)
    assert not world.cloud.records


def test_groups_and_subnets_of_a_vpc_are_told_apart_by_their_vpc(world, network):
    assert group(world, network).outputs["vpcId"] == network.id
