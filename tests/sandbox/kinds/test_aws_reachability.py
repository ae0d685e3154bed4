"""Tasks that could not start in AWS because of their network do not start here: every link of the way to the internet, broken in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox.kinds.aws_reach_world import ANYWHERE, CHECK, FROM_ASM, Net, entry, gone, post, reach_world, steady, stopped
from tests.sandbox.kinds.aws_world import ACL_ASSOCIATION, ACL_RULE, LEGACY, NAT, REGION, ROUTE, SUBNET, TABLE_ASSOCIATION, group, subnet

MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
OPTIONS = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
EXCLUSION = "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


@pytest.fixture
def net() -> Net:
    return reach_world()


def test_a_task_behind_nat_reaches_everything(net):
    net.translated()
    assert steady(net)


def test_a_task_without_a_way_out_reads_no_secret(net):
    assert stopped(net) == f"{FROM_ASM}{post('secretsmanager')}{CHECK}"


def _no_translation(net: Net) -> None:
    gone(net, NAT)


def _no_public_route(net: Net) -> None:
    gone(net, ROUTE, routeTableId=net.public_table.id)


def _detached(net: Net) -> None:
    net.gateway.outputs["vpcId"] = ""


def _public_astray(net: Net) -> None:
    gone(net, TABLE_ASSOCIATION, subnetId=net.public.id)


def _astray(net: Net) -> None:
    """A route that is more specific than the default one, and leads into a peering, which takes nothing to the internet."""
    net.world.put(ROUTE, "r-astray", routeTableId=net.table.id, destinationCidrBlock="52.0.0.0/8", vpcPeeringConnectionId="pcx-1")


def _mute(net: Net) -> None:
    net.world.delete(net.out)


def _wrong_port(net: Net) -> None:
    net.world.update(net.out, fromPort=444, toPort=8443)


def _wrong_protocol(net: Net) -> None:
    net.world.update(net.out, ipProtocol="udp")


def _inside_only(net: Net) -> None:
    net.world.update(net.out, cidrIpv4="10.9.0.0/16")


def _list_shut(net: Net) -> None:
    net.listed(net.app, [entry(100)], [entry(100, ports=(80, 80))])


def _list_deaf(net: Net) -> None:
    net.listed(net.app, [entry(100, ports=(443, 443))], [entry(100, ports=(443, 443))])


def _list_half_deaf(net: Net) -> None:
    net.listed(net.app, [entry(100, ports=(1024, 50000))], [entry(100, ports=(443, 443))])


def _list_denies_first(net: Net) -> None:
    net.listed(net.app, [entry(100)], [entry(90, ports=(400, 500), action="deny"), entry(100, ports=(443, 443))])


def _list_inside_only(net: Net) -> None:
    net.listed(net.app, [entry(100)], [entry(100, "10.9.0.0/16", protocol="-1", ports=(0, 0))])


def _public_list_shut(net: Net) -> None:
    net.listed(net.public, [entry(100)], [entry(100)])


def _public_list_deaf(net: Net) -> None:
    net.listed(net.public, [entry(100, ports=(443, 443))], [entry(100, ports=(443, 65535))])


def _public_list_lets_no_task_in(net: Net) -> None:
    net.listed(net.public, [entry(100, "52.0.0.0/8")], [entry(100, ports=(443, 65535))])


def _public_list_answers_no_task(net: Net) -> None:
    net.listed(net.public, [entry(100, protocol="-1")], [entry(100, "52.0.0.0/8", ports=(443, 65535))])


def _default_list_emptied(net: Net) -> None:
    net.world.create(DEFAULT_ACL, defaultNetworkAclId=net.vpc.outputs["defaultNetworkAclId"])


def _shut_off(net: Net) -> None:
    net.world.create(OPTIONS, internetGatewayBlockMode="block-bidirectional")


def _no_names(net: Net) -> None:
    net.vpc.outputs["enableDnsSupport"] = False


NAT_LINKS = [
    _no_translation,
    _no_public_route,
    _detached,
    _public_astray,
    _astray,
    _mute,
    _wrong_port,
    _wrong_protocol,
    _inside_only,
    _list_shut,
    _list_deaf,
    _list_half_deaf,
    _list_denies_first,
    _list_inside_only,
    _public_list_shut,
    _public_list_deaf,
    _public_list_lets_no_task_in,
    _public_list_answers_no_task,
    _default_list_emptied,
    _shut_off,
]


@pytest.mark.parametrize("link", NAT_LINKS)
def test_every_link_behind_nat_counts(net: Net, link: Callable[[Net], None]) -> None:
    net.translated()
    link(net)
    assert stopped(net) == f"{FROM_ASM}{post('secretsmanager')}{CHECK}"


def test_a_private_nat_gateway_leads_to_no_internet(net):
    net.translated(connectivityType="private")
    assert stopped(net).startswith(FROM_ASM)


def test_a_regional_nat_gateway_needs_no_subnet(net):
    nat = net.world.create(NAT, vpcId=net.vpc.id, availabilityMode="regional")
    net.route(net.table, natGatewayId=nat.id)
    assert steady(net)
    options = net.world.create(OPTIONS, internetGatewayBlockMode="block-ingress")
    assert steady(net)
    net.world.update(options, internetGatewayBlockMode="block-bidirectional")
    assert stopped(net).startswith(FROM_ASM)
    net.world.update(options, internetGatewayBlockMode="off")
    _detached(net)
    assert stopped(net).startswith(FROM_ASM)


def test_a_network_without_its_resolver_finds_no_name(net):
    net.translated()
    _no_names(net)
    host = f"secretsmanager.{REGION}.amazonaws.com"
    assert stopped(net) == (f'{FROM_ASM}RequestError: send request failed caused by: Post "https://{host}/": dial tcp: lookup {host}{CHECK}')
    net.world.put("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation", "dopt", vpcId=net.vpc.id, dhcpOptionsId="dopt-1")
    assert steady(net)


def test_the_main_table_leads_a_subnet_without_one_of_its_own(net):
    nat = net.translated()
    gone(net, TABLE_ASSOCIATION, subnetId=net.app.id)
    assert stopped(net).startswith(FROM_ASM)
    net.world.create(MAIN, vpcId=net.vpc.id, routeTableId=net.table.id)
    assert steady(net)
    gone(net, MAIN)
    net.world.create(DEFAULT_TABLE, defaultRouteTableId=net.vpc.outputs["mainRouteTableId"], routes=[{"cidrBlock": ANYWHERE, "natGatewayId": nat.id}])
    assert steady(net)


def test_routes_inside_a_table_lead_too(net):
    nat = net.translated()
    gone(net, ROUTE, routeTableId=net.table.id)
    assert stopped(net).startswith(FROM_ASM)
    net.world.update(net.table, routes=[{"cidrBlock": ANYWHERE, "natGatewayId": nat.id}])
    assert steady(net)


@pytest.mark.parametrize("target", [{"transitGatewayId": "tgw-1"}, {"networkInterfaceId": "eni-1"}, {"gatewayId": "vgw-1"}])
def test_what_lies_beyond_this_cloud_is_taken_to_work(net, target):
    net.world.put(ROUTE, "r-beyond", routeTableId=net.table.id, destinationCidrBlock=ANYWHERE, **target)
    assert steady(net)


def test_an_internet_gateway_serves_who_has_a_public_address(net):
    net.route(net.table, gatewayId=net.gateway.id)
    assert stopped(net, network={"assignPublicIp": False}).startswith(FROM_ASM)
    assert steady(net, network={"assignPublicIp": True})
    net.world.create(OPTIONS, internetGatewayBlockMode="block-ingress")
    assert stopped(net, network={"assignPublicIp": True}).startswith(FROM_ASM)
    net.world.create(EXCLUSION, subnetId=net.app.id, internetGatewayExclusionMode="allow-bidirectional")
    assert steady(net, network={"assignPublicIp": True})


def test_where_the_nat_gateway_stands_may_be_unknown(net):
    net.translated()
    gone(net, SUBNET, cidrBlock="10.9.1.0/24")
    assert steady(net)


def test_a_nat_gateway_answers_on_the_ports_that_tasks_call_from(net):
    net.translated()
    wall = net.listed(net.public, [entry(100, protocol="-1")], [entry(90, ports=(443, 443)), entry(100, "10.9.0.0/24", (32768, 60999))])
    assert steady(net)
    net.world.update(wall, egress=[entry(90, ports=(443, 443)), entry(100, "10.9.0.0/24", (32768, 40000))])
    assert stopped(net).startswith(FROM_ASM)
    net.world.update(wall, ingress=[entry(100, "10.9.0.0/16"), entry(110, ports=(32768, 65535))], egress=[entry(100, protocol="-1")])
    assert stopped(net).startswith(FROM_ASM)


def test_what_is_shut_for_the_internet_lets_nat_out(net):
    net.translated()
    net.world.create(OPTIONS, internetGatewayBlockMode="block-ingress")
    assert steady(net)


def test_every_subnet_of_a_service_must_do(net):
    net.translated()
    lost = subnet(net.world, net.vpc, "10.9.2.0/24", "b")
    assert stopped(net, network={"subnets": [net.app.id, lost.id]}).startswith(FROM_ASM)
    net.world.create(TABLE_ASSOCIATION, subnetId=lost.id, routeTableId=net.table.id)
    assert steady(net, network={"subnets": [net.app.id, lost.id]})


def test_groups_open_ways_in_every_form(net):
    net.translated()
    net.world.delete(net.out)
    assert stopped(net).startswith(FROM_ASM)
    old = net.world.create(LEGACY, securityGroupId=net.group.id, type="egress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/1", "128.0.0.0/1"])
    assert steady(net)
    net.world.delete(old)
    net.world.create(LEGACY, securityGroupId=net.group.id, type="ingress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=[ANYWHERE])
    assert stopped(net).startswith(FROM_ASM)
    inline = [{"protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": [ANYWHERE]}]
    net.world.update(net.group, egress=inline)
    assert steady(net)
    mute = group(net.world, net.vpc, "mute")
    assert stopped(net, network={"securityGroups": [mute.id]}).startswith(FROM_ASM)
    assert steady(net, network={"securityGroups": [mute.id, net.group.id]})


def test_the_group_that_a_network_is_born_with_lets_everything_out_until_a_program_adopts_it(net):
    net.translated()
    assert steady(net, network={"securityGroups": None})
    net.world.create(DEFAULT_GROUP, vpcId=net.vpc.id)
    assert stopped(net, network={"securityGroups": None}).startswith(FROM_ASM)


def test_rules_of_a_list_count_wherever_they_stand(net):
    net.translated()
    wall = net.listed(net.app, [], [])
    assert stopped(net).startswith(FROM_ASM)
    common = {"networkAclId": wall.id, "protocol": "tcp", "cidrBlock": ANYWHERE}
    net.world.create(ACL_RULE, **common, ruleNumber=100, ruleAction="allow", egress=True, fromPort=443, toPort=443)
    assert stopped(net).startswith(FROM_ASM)
    net.world.create(ACL_RULE, **common, ruleNumber=100, ruleAction="allow", egress=False, fromPort=1024, toPort=65535)
    assert steady(net)
    other = net.world.create("aws:ec2/networkAcl:NetworkAcl", vpcId=net.vpc.id)
    net.world.create(ACL_ASSOCIATION, networkAclId=other.id, subnetId=net.app.id)
    assert stopped(net).startswith(FROM_ASM)


def test_a_rule_of_the_default_list_denies_before_its_own(net):
    net.translated()
    common = {"networkAclId": net.vpc.outputs["defaultNetworkAclId"], "protocol": "-1", "cidrBlock": ANYWHERE, "egress": True, "ruleAction": "deny"}
    late = net.world.create(ACL_RULE, **common, ruleNumber=200)
    assert steady(net)
    net.world.delete(late)
    net.world.create(ACL_RULE, **common, ruleNumber=50)
    assert stopped(net).startswith(FROM_ASM)
