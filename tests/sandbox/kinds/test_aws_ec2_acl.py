"""Network ACLs and their rules, as EC2 and its provider treat them."""

from __future__ import annotations

import binascii

import pytest

from tests.sandbox.kinds.aws_world import ACCOUNT, ACL, ACL_ASSOCIATION, ACL_RULE, REGION, aws_world, said, subnet, vpc
from tests.sandbox.kinds.cloud import invalid, refused

DEFAULT = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
BAD = "https response error StatusCode: 400, api error"
ENTRY = {"protocol": "tcp", "action": "allow", "ruleNo": 100, "fromPort": 443, "toPort": 443, "cidrBlock": "10.0.0.0/16"}


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def network(world):
    return vpc(world)


@pytest.fixture
def acl(world, network):
    return world.create(ACL, vpcId=network.id)


def rule(acl, **more):
    return {"networkAclId": acl.id, "ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "cidrBlock": "10.0.0.0/16", **more}


def creating(acl, number, egress="false"):
    return f"creating EC2 Network ACL ({acl.id}) Rule (egress: {egress})({number}): operation error EC2: CreateNetworkAclEntry, {BAD}"


def test_a_list_has_its_arn_and_a_rule_an_id_of_what_it_says(world, acl):
    assert acl.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-acl/{acl.id}"
    assert (acl.outputs["ingress"], acl.outputs["subnetIds"], acl.outputs["ownerId"]) == ([], [], ACCOUNT)
    made = world.create(ACL_RULE, **rule(acl))
    assert made.id == f"nacl-{binascii.crc32(f'{acl.id}-100-false--1-'.encode())}"
    assert world.create(ACL_RULE, **rule(acl, egress=True, protocol="tcp", fromPort=1, toPort=2)).id == (
        f"nacl-{binascii.crc32(f'{acl.id}-100-true-6-'.encode())}"
    )


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({"protocol": "http"}, {"protocol": "unsupported NACL protocol: http"}),
        ({"protocol": "256"}, {"protocol": "unsupported NACL protocol: 256"}),
        ({"ruleAction": "permit"}, {"ruleAction": 'expected rule_action to be one of ["allow" "deny"], got permit'}),
        ({"cidrBlock": "10.0.0.1/16"}, {"cidrBlock": '"10.0.0.1/16" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/16"?'}),
        (
            {"ipv6CidrBlock": "::/0"},
            {"cidrBlock": '"cidr_block": only one of `cidr_block,ipv6_cidr_block` can be specified, but `cidr_block,ipv6_cidr_block` were specified.'},
        ),
        ({"cidrBlock": None, "ipv6CidrBlock": "10.0.0.0/8"}, {"ipv6CidrBlock": '"10.0.0.0/8" is not a valid IPv6 CIDR block'}),
    ],
)
def test_what_the_provider_refuses_of_a_rule(world, given, failures):
    whole = {"networkAclId": "acl-1", "ruleNumber": 1, "protocol": "-1", "ruleAction": "allow", "cidrBlock": "10.0.0.0/16", **given}
    assert invalid(world, ACL_RULE, **{key: value for key, value in whole.items() if value is not None}) == failures


@pytest.mark.parametrize("number", [0, 32767])
def test_a_number_that_no_rule_may_have_is_refused(world, acl, number):
    words = f"InvalidParameterValue: Value ({number}) for parameter ruleNumber is invalid. Rule number must be between 1 and 32766."
    assert said(refused(world.create, token=ACL_RULE, **rule(acl, ruleNumber=number))) == f"{creating(acl, number)} {words}"


@pytest.mark.parametrize("number", [1, 32766])
def test_the_first_and_the_last_number_pass(world, acl, number):
    assert world.create(ACL_RULE, **rule(acl, ruleNumber=number)).id


def test_a_rule_of_tcp_says_its_ports_in_order(world, acl):
    message = said(refused(world.create, token=ACL_RULE, **rule(acl, protocol="tcp", fromPort=1)))
    assert message == f"{creating(acl, 100)} MissingParameter: The request must contain the parameter PortRange.From and PortRange.To"
    message = said(refused(world.create, token=ACL_RULE, **rule(acl, protocol="17", fromPort=2, toPort=1)))
    assert message == f"{creating(acl, 100)} InvalidParameterValue: Value (2-1) for parameter portRange is invalid. Invalid port range."


def test_a_number_is_taken_once_a_direction(world, acl):
    world.create(ACL_RULE, **rule(acl))
    message = said(refused(world.create, token=ACL_RULE, **rule(acl, protocol="tcp", fromPort=1, toPort=2)))
    assert message == f"{creating(acl, 100)} NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists."
    world.create(ACL_RULE, **rule(acl, egress=True))
    message = said(refused(world.create, token=ACL_RULE, **rule(acl, egress=True)))
    assert message == f"{creating(acl, 100, 'true')} NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists."


def test_a_number_that_an_inline_rule_has_is_taken(world, network):
    whole = world.create(ACL, vpcId=network.id, ingress=[ENTRY])
    assert "NetworkAclEntryAlreadyExists" in refused(world.create, token=ACL_RULE, **rule(whole))
    assert world.create(ACL_RULE, **rule(whole, egress=True)).id


def test_a_list_has_twenty_rules_a_direction_at_most(world, acl):
    for number in range(1, 21):
        world.create(ACL_RULE, **rule(acl, ruleNumber=number))
    message = refused(world.create, token=ACL_RULE, **rule(acl, ruleNumber=21))
    assert "NetworkAclEntryLimitExceeded: The maximum number of network acl entries has been reached." in message


def test_a_rule_of_a_list_that_is_not_there_is_refused(world, acl):
    world.delete(acl)
    assert f"InvalidNetworkAclID.NotFound: The networkAcl ID '{acl.id}' does not exist" in refused(world.create, token=ACL_RULE, **rule(acl))


def test_inline_rules_are_held_to_the_same(world, network):
    same = [ENTRY, {**ENTRY, "protocol": "-1"}]
    assert "(egress: true)(100): " in refused(world.create, token=ACL, vpcId=network.id, egress=same)
    assert "(1 - 32766), got 40000" in invalid(world, ACL, vpcId="vpc-1", ingress=[{**ENTRY, "ruleNo": 40000}])["ingress[0].ruleNo"]
    assert invalid(world, ACL, vpcId="vpc-1", ingress=[{**ENTRY, "protocol": "x"}]) == {"ingress[0].protocol": "unsupported NACL protocol: x"}
    assert "did you mean" in invalid(world, ACL, vpcId="vpc-1", egress=[{**ENTRY, "cidrBlock": "10.0.0.1/8"}])["egress[0].cidrBlock"]
    assert "not a valid IPv6" in invalid(world, ACL, vpcId="vpc-1", egress=[{**ENTRY, "ipv6CidrBlock": "10.0.0.0/8"}])["egress[0].ipv6CidrBlock"]
    assert "InvalidVpcID.NotFound" in refused(world.create, token=ACL, vpcId="vpc-0123456789abcdef0")
    plain = world.create(ACL, vpcId=network.id)
    assert "NetworkAclEntryAlreadyExists" in refused(world.update, old=plain, egress=same)


def test_a_list_and_a_subnet_of_two_networks_do_not_go_together(world, network, acl):
    away = subnet(world, vpc(world))
    message = refused(world.create, token=ACL_ASSOCIATION, networkAclId=acl.id, subnetId=away.id)
    assert f"InvalidParameterValue: networkAcl {acl.id} and subnet {away.id} belong to different networks" in message
    assert "belong to different networks" in refused(world.create, token=ACL, vpcId=network.id, subnetIds=[away.id])
    assert "belong to different networks" in refused(world.update, old=acl, subnetIds=[away.id])
    assert "InvalidNetworkAclID.NotFound" in refused(world.create, token=ACL_ASSOCIATION, networkAclId="acl-0123456789abcdef0", subnetId=away.id)
    tie = world.create(ACL_ASSOCIATION, networkAclId=acl.id, subnetId=subnet(world, network).id)
    assert tie.id.startswith("aclassoc-0")


def test_a_list_in_use_goes_and_its_subnets_fall_back_to_the_default_one(world, network, acl):
    world.create(ACL_ASSOCIATION, networkAclId=acl.id, subnetId=subnet(world, network).id)
    world.create(ACL_RULE, **rule(acl))
    world.delete(acl)
    assert not [*world.cloud.find(ACL_ASSOCIATION), *world.cloud.find(ACL_RULE)]


def test_the_default_list_is_taken_over_and_let_go(world, network):
    born = network.outputs["defaultNetworkAclId"]
    adopted = world.create(DEFAULT, defaultNetworkAclId=born, ingress=[ENTRY])
    assert (adopted.id, adopted.outputs["vpcId"]) == (born, network.id)
    assert adopted.outputs["arn"].endswith(f":network-acl/{born}")
    world.delete(adopted)
    assert world.create(DEFAULT, defaultNetworkAclId=born).id == born
    assert "NetworkAclEntryAlreadyExists" in refused(world.create, token=DEFAULT, defaultNetworkAclId=born, ingress=[ENTRY, ENTRY])
    away = subnet(world, vpc(world))
    assert "belong to different networks" in refused(world.create, token=DEFAULT, defaultNetworkAclId=born, subnetIds=[away.id])
    message = refused(world.create, token=DEFAULT, defaultNetworkAclId="acl-0123456789abcdef0")
    assert "InvalidNetworkAclID.NotFound: The networkAcl ID 'acl-0123456789abcdef0' does not exist" in message
