"""Security groups and their rules, as EC2 and its provider treat them."""

from __future__ import annotations

import pytest

from sandbox.kind import UNKNOWN
from tests.sandbox.kinds.aws_world import ACCOUNT, EGRESS, ENDPOINT, GROUP, INGRESS, LEGACY, REGION, aws_world, group, said, subnet, vpc
from tests.sandbox.kinds.cloud import invalid, refused

DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
BAD = "https response error StatusCode: 400, api error"
ALLOWED = "Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
CREATING = "creating VPC Security Group Rule: operation error EC2: AuthorizeSecurityGroupIngress"


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def network(world):
    return vpc(world)


@pytest.fixture
def web(world, network):
    return group(world, network)


def https(target, source):
    return {"securityGroupId": target.id, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "referencedSecurityGroupId": source.id}


def test_a_group_has_its_arn_and_the_providers_description(web):
    assert web.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{web.id}"
    assert (web.outputs["ownerId"], web.outputs["description"], web.outputs["revokeRulesOnDelete"]) == (ACCOUNT, "Managed by Pulumi", False)
    assert web.id.startswith("sg-0")


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"name": "sg-web"}, {"name": "invalid value for name (cannot begin with sg-)"}),
        ({"name": "w" * 256}, {"name": f"expected length of name to be in the range (0 - 255), got {'w' * 256}"}),
        ({"description": "d" * 256}, {"description": f"expected length of description to be in the range (0 - 255), got {'d' * 256}"}),
        ({"name": "web", "namePrefix": "we"}, {"name": '"name": conflicts with name_prefix'}),
        ({"namePrefix": "sg-w"}, {"namePrefix": "invalid value for name_prefix (cannot begin with sg-)"}),
        (
            {"ingress": [{"protocol": "-1", "fromPort": 80, "toPort": 80}]},
            {"ingress[0]": "from_port (80) and to_port (80) must both be 0 to use the 'ALL' \"-1\" protocol!"},
        ),
        ({"egress": [{"protocol": "tcp", "toPort": 80}]}, {"egress[0].fromPort": "Missing required property 'egress[0].fromPort'"}),
    ],
)
def test_what_the_provider_refuses_of_a_group(world, given, failures):
    assert invalid(world, GROUP, vpcId="vpc-1", **given) == failures


def test_a_group_without_a_vpc_has_no_default_one_to_go_to(world):
    words = "VPCIdNotSpecified: No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."
    assert said(refused(world.create, token=GROUP, name="web")) == f"creating Security Group (web): operation error EC2: CreateSecurityGroup, {BAD} {words}"


def test_a_name_is_taken_once_in_a_vpc_and_free_in_the_next(world, network, web):
    words = f"InvalidGroup.Duplicate: The security group 'web' already exists for VPC '{network.id}'"
    message = said(refused(world.create, token=GROUP, vpcId=network.id, name="web"))
    assert message == f"creating Security Group (web): operation error EC2: CreateSecurityGroup, {BAD} {words}"
    assert group(world, vpc(world)).id != web.id


def test_names_and_descriptions_are_plain(world, network):
    message = said(refused(world.create, token=GROUP, vpcId=network.id, name="web", description="für alle"))
    assert message.endswith(f"InvalidParameterValue: Invalid security group description. {ALLOWED}")
    assert "Invalid security group name. Valid names are strings" in refused(world.create, token=GROUP, vpcId=network.id, name="wéb")
    assert "Cannot use reserved security group name: default" in refused(world.create, token=GROUP, vpcId=network.id, name="default")


def test_a_rule_has_its_arn_and_number(world, network, web):
    rule = world.create(INGRESS, **https(web, group(world, network, "lb")))
    assert rule.id.startswith("sgr-0")
    assert rule.outputs["securityGroupRuleId"] == rule.id
    assert rule.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group-rule/{rule.id}"


EVERY = "Exactly one of these attributes must be configured: [cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id]"


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({}, {"cidrIpv4": EVERY}),
        ({"cidrIpv4": "10.0.0.0/8", "cidrIpv6": "::/0"}, {"cidrIpv4": EVERY}),
        ({"cidrIpv4": "10.0.0.0/8", "referencedSecurityGroupId": UNKNOWN}, {"cidrIpv4": EVERY}),
        ({"cidrIpv4": "10.0.0.1/8"}, {"cidrIpv4": '"10.0.0.1/8" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/8"?'}),
        ({"cidrIpv6": "10.0.0.0/8"}, {"cidrIpv6": '"10.0.0.0/8" is not a valid IPv6 CIDR block'}),
        ({"cidrIpv4": "10.0.0.0/8", "toPort": 65536}, {"toPort": "expected to_port to be in the range (-1 - 65535), got 65536"}),
    ],
)
def test_what_the_provider_refuses_of_a_rule(world, given, failures):
    assert invalid(world, INGRESS, securityGroupId="sg-1", ipProtocol="tcp", fromPort=1, **{"toPort": 2, **given}) == failures


def test_a_rule_for_everything_says_no_ports(world):
    failures = invalid(world, EGRESS, securityGroupId="sg-1", ipProtocol="all", fromPort=0, toPort=0, cidrIpv4="0.0.0.0/0")
    ending = "should not be defined where ip_protocol is -1: EC2 drops it, and every later plan shows a change"
    assert failures == {"fromPort": f"from_port {ending}", "toPort": f"to_port {ending}"}
    assert world.check(EGRESS, securityGroupId="sg-1", ipProtocol="-1", cidrIpv4="0.0.0.0/0")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ipProtocol": "http"}, "Invalid value 'http' for IP protocol. Unknown protocol."),
        ({"ipProtocol": "256"}, "Invalid value '256' for IP protocol. Unknown protocol."),
        ({"fromPort": None}, "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."),
        ({"ipProtocol": "udp", "toPort": None}, "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."),
        ({"fromPort": 444}, "Invalid TCP port range (444:443)"),
        ({"description": "für alle"}, f"Invalid rule description. {ALLOWED}"),
    ],
)
def test_what_ec2_refuses_of_a_rule(world, web, given, words):
    rule = {"securityGroupId": web.id, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8", **given}
    message = said(refused(world.create, token=INGRESS, **{key: value for key, value in rule.items() if value is not None}))
    assert message == f"{CREATING}, {BAD} InvalidParameterValue: {words}"


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (
            {"ipProtocol": "tcp", "fromPort": 80, "toPort": 80},
            {"ipProtocol": "6", "fromPort": 80, "toPort": 80},
            "peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW",
        ),
        ({"ipProtocol": "-1"}, {"ipProtocol": "all"}, "peer: 10.0.0.0/8, ALL, ALLOW"),
    ],
)
def test_the_same_rule_twice_is_refused_however_it_is_written(world, web, one, other, shown):
    world.create(INGRESS, securityGroupId=web.id, cidrIpv4="10.0.0.0/8", **one)
    message = said(refused(world.create, token=INGRESS, securityGroupId=web.id, cidrIpv4="10.0.0.0/8", description="else", **other))
    assert message == f'{CREATING}, {BAD} InvalidPermission.Duplicate: the specified rule "{shown}" already exists'


def test_the_same_rule_may_stand_in_the_other_direction_and_for_another_source(world, web):
    rule = {"securityGroupId": web.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    world.create(INGRESS, cidrIpv4="10.0.0.0/8", **rule)
    world.create(EGRESS, cidrIpv4="10.0.0.0/8", **rule)
    world.create(INGRESS, cidrIpv4="11.0.0.0/8", **rule)
    world.create(INGRESS, cidrIpv4="10.0.0.0/8", **{**rule, "toPort": 81})


def test_the_older_kind_and_the_present_kind_collide(world, web):
    world.create(LEGACY, securityGroupId=web.id, type="ingress", protocol="tcp", fromPort=80, toPort=80, cidrBlocks=["10.0.0.0/8", "11.0.0.0/8"])
    message = refused(world.create, token=INGRESS, securityGroupId=web.id, ipProtocol="tcp", fromPort=80, toPort=80, cidrIpv4="11.0.0.0/8")
    assert 'InvalidPermission.Duplicate: the specified rule "peer: 11.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW" already exists' in message


def test_a_rule_of_a_group_or_from_a_group_that_is_not_there_is_refused(world, web):
    rule = {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-0123456789abcdef0"}
    words = "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist"
    assert said(refused(world.create, token=INGRESS, securityGroupId=web.id, **rule)) == f"{CREATING}, {BAD} {words}"
    assert words in refused(world.create, token=INGRESS, securityGroupId="sg-0123456789abcdef0", ipProtocol="-1", cidrIpv4="10.0.0.0/8")
    assert 'Malformed: Invalid id: "web" (expecting "sg-...")' in refused(
        world.create, token=INGRESS, securityGroupId="web", ipProtocol="-1", cidrIpv4="10.0.0.0/8"
    )


def test_a_group_of_another_network_is_known_only_where_the_two_are_peered(world, network, web):
    away = vpc(world, "10.1.0.0/16")
    source = group(world, away)
    rule = {"securityGroupId": web.id, "ipProtocol": "-1", "referencedSecurityGroupId": source.id}
    words = "InvalidGroup.NotFound: You have specified two resources that belong to different networks."
    assert said(refused(world.create, token=INGRESS, **rule)).endswith(words)
    world.put(PEERING, "pcx-1", vpcId=away.id, peerVpcId=network.id)
    assert world.create(INGRESS, **rule).id


def test_a_prefix_list_that_is_not_there_is_refused(world, web):
    message = refused(world.create, token=EGRESS, securityGroupId=web.id, ipProtocol="-1", prefixListId="pl-12345678")
    assert "InvalidPrefixListID.NotFound: The prefix list ID 'pl-12345678' does not exist" in message
    managed = world.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", name=f"com.amazonaws.{REGION}.s3")
    assert world.create(EGRESS, securityGroupId=web.id, ipProtocol="-1", prefixListId=managed["id"]).id


def test_a_group_has_sixty_rules_a_direction_at_most(world, web):
    for port in range(60):
        world.create(INGRESS, securityGroupId=web.id, ipProtocol="tcp", fromPort=port, toPort=port, cidrIpv4="10.0.0.0/8")
    message = said(refused(world.create, token=INGRESS, securityGroupId=web.id, ipProtocol="tcp", fromPort=60, toPort=60, cidrIpv4="10.0.0.0/8"))
    assert message == f"{CREATING}, {BAD} RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached."
    assert world.create(EGRESS, securityGroupId=web.id, ipProtocol="tcp", fromPort=60, toPort=60, cidrIpv4="10.0.0.0/8").id


def test_an_update_of_a_rule_is_held_to_the_same(world, network, web):
    first = world.create(INGRESS, **https(web, group(world, network, "lb")))
    assert world.update(first, description="from the load balancer").outputs["arn"] == first.outputs["arn"]
    message = said(refused(world.update, old=first, fromPort=444))
    words = "InvalidParameterValue: Invalid TCP port range (444:443)"
    assert message == f"updating VPC Security Group Rule ({first.id}): operation error EC2: ModifySecurityGroupRules, {BAD} {words}"


def test_a_rule_keeps_its_sort_of_source_and_changes_all_else_in_place(world):
    kind = world.kinds[INGRESS]
    block, peer = {"cidrIpv4": "10.0.0.0/8"}, {"referencedSecurityGroupId": "sg-1"}
    assert kind.replaces_on(block, {"cidrIpv4": "11.0.0.0/8"}) == frozenset()
    assert kind.replaces_on(block, peer) == {"cidrIpv4", "referencedSecurityGroupId"}
    assert kind.replaces == {"securityGroupId"}


def test_a_group_that_another_groups_rule_names_stays(world, network, web):
    lb = group(world, network, "lb")
    rule = world.create(INGRESS, **https(web, lb))
    message = said(refused(world.delete, record=lb))
    words = f"DependencyViolation: resource {lb.id} has a dependent object"
    assert message == f"deleting Security Group ({lb.id}): operation error EC2: DeleteSecurityGroup, {BAD} {words}"
    world.delete(rule)
    world.delete(lb)


def test_a_group_that_an_inline_rule_or_an_older_rule_names_stays(world, network, web):
    lb, monitor = group(world, network, "lb"), group(world, network, "monitor")
    inline = group(world, network, "app", ingress=[{"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": [lb.id]}])
    world.create(LEGACY, securityGroupId=web.id, type="ingress", protocol="tcp", fromPort=1, toPort=2, sourceSecurityGroupId=monitor.id)
    assert all("has a dependent object" in refused(world.delete, record=one) for one in (lb, monitor))
    world.delete(inline)
    world.delete(lb)


def test_a_group_that_an_interface_has_stays(world, network, web):
    place = subnet(world, network)
    service = f"com.amazonaws.{REGION}.logs"
    world.create(ENDPOINT, vpcId=network.id, serviceName=service, vpcEndpointType="Interface", subnetIds=[place.id], securityGroupIds=[web.id])
    assert "has a dependent object" in refused(world.delete, record=web)


def test_a_group_takes_its_own_rules_along_even_those_that_name_itself(world, web):
    world.create(INGRESS, securityGroupId=web.id, ipProtocol="-1", referencedSecurityGroupId=web.id)
    world.delete(web)
    assert not list(world.cloud.find(INGRESS))


def test_an_inline_rule_from_nowhere_is_refused(world, network):
    rule = {"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": ["sg-0123456789abcdef0"]}
    assert "InvalidGroup.NotFound" in refused(world.create, token=GROUP, vpcId=network.id, name="app", ingress=[rule])
    plain = {"protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlocks": ["10.0.0.0/8"], "description": "für alle"}
    assert "Invalid rule description." in refused(world.create, token=GROUP, vpcId=network.id, name="app", egress=[plain])


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"type": "in"}, {"type": 'expected type to be one of ["ingress" "egress"], got in'}),
        ({"cidrBlocks": ["10.0.0.1/8"]}, {"cidrBlocks[0]": '"10.0.0.1/8" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/8"?'}),
        ({"self": True}, {"self": '"self": conflicts with cidr_blocks'}),
        ({"sourceSecurityGroupId": "sg-1"}, {"sourceSecurityGroupId": '"source_security_group_id": conflicts with cidr_blocks'}),
        ({"protocol": "-1"}, {"fromPort": "from_port and to_port must both be 0 to use the 'ALL' \"-1\" protocol!"}),
        ({"toPort": 70000}, {"toPort": "expected to_port to be in the range (-1 - 65535), got 70000"}),
    ],
)
def test_what_the_provider_refuses_of_an_older_rule(world, given, failures):
    rule = {"securityGroupId": "sg-1", "type": "ingress", "protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlocks": ["10.0.0.0/8"]}
    assert invalid(world, LEGACY, **{**rule, **given}) == failures


def test_an_older_rule_needs_a_source(world):
    failures = invalid(world, LEGACY, securityGroupId="sg-1", type="ingress", protocol="tcp", fromPort=1, toPort=2)
    assert failures["cidrBlocks"].startswith('"cidr_blocks": one of `cidr_blocks,ipv6_cidr_blocks,prefix_list_ids,self,source_security_group_id`')


def test_the_default_group_is_taken_over_and_let_go(world, network):
    adopted = world.create(DEFAULT, vpcId=network.id)
    assert adopted.id == network.outputs["defaultSecurityGroupId"]
    assert (adopted.outputs["name"], adopted.outputs["description"], adopted.outputs["ingress"]) == ("default", "default VPC security group", [])
    assert adopted.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{adopted.id}"
    world.delete(adopted)
    assert world.create(DEFAULT, vpcId=network.id).id == adopted.id


def test_the_default_group_of_no_vpc_is_refused(world):
    assert "no default VPC in this region" in refused(world.create, token=DEFAULT)
    assert "must both be 0" in invalid(world, DEFAULT, vpcId="vpc-1", ingress=[{"protocol": "-1", "fromPort": 1, "toPort": 1}])["ingress[0]"]
    assert "InvalidVpcID.NotFound" in refused(world.create, token=DEFAULT, vpcId="vpc-0123456789abcdef0")


def test_the_default_group_may_be_named_in_rules(world, network, web):
    born = network.outputs["defaultSecurityGroupId"]
    assert world.create(INGRESS, securityGroupId=web.id, ipProtocol="-1", referencedSecurityGroupId=born).id
