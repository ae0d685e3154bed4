"""Tasks without a way to the internet start by endpoints, each of which must be there and open to them."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.kinds.aws_compute_world import LOGS_ARN, SECRET_ARN, container, task
from tests.sandbox.kinds.aws_reach_world import (
    AUTH,
    BUCKET,
    CHECK,
    FROM_ASM,
    HEARD,
    IMAGE,
    MANIFEST,
    PARAMETER,
    REPOSITORY,
    SECRETS,
    Net,
    entry,
    gone,
    post,
    reach_world,
    steady,
    stopped,
)
from tests.sandbox.kinds.aws_world import ACCOUNT, EGRESS, ENDPOINT, GROUP, INGRESS, REGION, ROUTE, SUBNET, VPC, group, subnet

ENDPOINT_TABLE = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"


@pytest.fixture
def net() -> Net:
    return reach_world()


def test_endpoints_and_the_gateway_of_s3_are_enough(net):
    net.closed()
    assert steady(net)


@pytest.mark.parametrize("word", sorted(HEARD))
def test_without_its_endpoint_a_service_is_out_of_reach(net, word):
    net.closed()
    gone(net, ENDPOINT, serviceName=f"com.amazonaws.{REGION}.{word}")
    assert stopped(net) == HEARD[word]


@pytest.mark.parametrize("word", sorted(set(HEARD) - {"s3"}))
def test_an_endpoint_without_the_service_s_name_answers_nobody(net, word):
    net.closed()
    (found,) = net.world.cloud.find(ENDPOINT, serviceName=f"com.amazonaws.{REGION}.{word}")
    net.world.update(found, privateDnsEnabled=False)
    assert stopped(net) == HEARD[word]


def test_an_endpoint_behind_a_shut_group_is_worse_than_none(net):
    gate, _ = net.closed(), net.translated()
    gone(net, INGRESS, securityGroupId=gate.id)
    (held,) = net.world.cloud.find(ENDPOINT, serviceName=f"com.amazonaws.{REGION}.secretsmanager")
    address = held.outputs["subnetConfigurations"][0]["ipv4"]
    assert address.startswith("10.9.0.")
    assert stopped(net) == f"{FROM_ASM}{post('secretsmanager', f'{address}:443')}{CHECK}"
    gone(net, ENDPOINT, vpcEndpointType="Interface")
    assert steady(net)


def test_a_guard_of_endpoints_may_name_the_tasks_group_or_their_addresses(net):
    gate = net.closed()
    gone(net, INGRESS, securityGroupId=gate.id)
    narrow = net.rule(INGRESS, gate, cidrIpv4="10.9.1.0/24")
    assert stopped(net).startswith(FROM_ASM)
    net.world.delete(narrow)
    net.rule(INGRESS, gate, low=80, high=80, referencedSecurityGroupId=net.group.id)
    assert stopped(net).startswith(FROM_ASM)
    named = net.rule(INGRESS, gate, referencedSecurityGroupId=net.group.id)
    assert steady(net)
    net.world.delete(named)
    net.rule(INGRESS, gate, referencedSecurityGroupId=f"{ACCOUNT}/{net.group.id}")
    assert steady(net)


def test_a_task_s_group_may_name_the_endpoints_and_the_list_of_s3(net):
    gate = net.closed()
    net.world.delete(net.out)
    net.rule(EGRESS, net.group, referencedSecurityGroupId=gate.id)
    assert stopped(net) == HEARD["s3"]
    listed = net.world.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", name=f"com.amazonaws.{REGION}.s3")["id"]
    other = net.world.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", name=f"com.amazonaws.{REGION}.dynamodb")["id"]
    wrong = net.rule(EGRESS, net.group, prefixListId=other)
    assert stopped(net) == HEARD["s3"]
    net.world.delete(wrong)
    net.rule(EGRESS, net.group, prefixListId=listed)
    assert steady(net)


def test_a_gateway_endpoint_serves_the_tables_that_it_is_on(net):
    net.closed()
    (held,) = net.world.cloud.find(ENDPOINT, vpcEndpointType="Gateway")
    net.world.update(held, routeTableIds=[net.public_table.id])
    assert stopped(net) == HEARD["s3"]
    net.world.put(ENDPOINT_TABLE, "a-1", vpcEndpointId=held.id, routeTableId=net.table.id)
    assert steady(net)


def test_an_interface_of_s3_serves_where_its_name_is_for_the_network(net):
    gate = net.closed()
    gone(net, ENDPOINT, vpcEndpointType="Gateway")
    own = net.endpoint("s3", gate, dnsOptions={"privateDnsOnlyForInboundResolverEndpoint": True})
    assert stopped(net) == HEARD["s3"]
    net.world.update(own, dnsOptions={"privateDnsOnlyForInboundResolverEndpoint": False})
    assert steady(net)


def test_endpoints_in_another_subnet_stand_behind_its_list(net):
    net.closed()
    for held in list(net.world.cloud.find(ENDPOINT, vpcEndpointType="Interface")):
        net.world.update(held, subnetIds=[net.public.id])
    assert steady(net)
    wall = net.listed(net.public, [entry(100)], [entry(100)])
    assert stopped(net).startswith(FROM_ASM)
    net.world.update(wall, ingress=[entry(100, "10.9.0.0/24", ports=(443, 443))])
    assert steady(net)
    net.world.update(wall, egress=[entry(100, "10.9.0.0/24", ports=(443, 443))])
    assert stopped(net).startswith(FROM_ASM)


def test_an_image_of_another_region_comes_over_the_internet(net):
    net.closed()
    away = IMAGE.replace(REGION, "us-east-1")
    revision = task(net.world, container(image=away, secrets=[]))
    net.world.put("aws:iam/rolePolicy:RolePolicy", "all", role="execution", policy='{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')
    assert stopped(net, revision=revision).startswith(f"{AUTH}{post('api.ecr').replace(REGION, 'us-east-1')}")
    net.translated()
    assert steady(net, revision=revision)


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        ("nginx", "registry-1.docker.io/v2/library/nginx/manifests/latest"),
        ("docker.io/library/nginx:1.27", "registry-1.docker.io/v2/library/nginx/manifests/1.27"),
        ("grafana/grafana:11", "registry-1.docker.io/v2/grafana/grafana/manifests/11"),
        ("public.ecr.aws/nginx/nginx:1.27", "public.ecr.aws/v2/nginx/nginx/manifests/1.27"),
        (f"ghcr.io/a/b@sha256:{'a' * 64}", f"ghcr.io/v2/a/b/manifests/sha256:{'a' * 64}"),
    ],
)
def test_a_public_image_comes_over_the_internet(net, image, asked):
    net.closed()
    revision = task(net.world, container(image=image, secrets=SECRETS))
    assert stopped(net, revision=revision) == f'{MANIFEST}{image}: failed to do request: Head "https://{asked}": dial tcp 192.0.2.10:443: i/o timeout'
    net.translated()
    assert steady(net, revision=revision)


def test_a_task_asks_only_for_what_it_uses(net):
    gate = group(net.world, net.vpc, "endpoints")
    net.rule(INGRESS, gate, cidrIpv4="10.9.0.0/16")
    for word in ("ecr.api", "ecr.dkr"):
        net.endpoint(word, gate)
    net.storage(net.table)
    bare = task(net.world, container(image=IMAGE, secrets=None, logConfiguration=None))
    assert steady(net, revision=bare)


def test_a_private_zone_of_one_s_own_leads_where_it_leads(net):
    net.closed()
    gone(net, ENDPOINT, serviceName=f"com.amazonaws.{REGION}.logs")
    net.world.put("aws:route53/zone:Zone", "Z1", name=f"logs.{REGION}.amazonaws.com", vpcs=[{"vpcId": "vpc-other"}])
    assert stopped(net) == HEARD["logs"]
    net.world.put("aws:route53/zone:Zone", "Z1", name=f"{REGION}.amazonaws.com.", vpcs=[{"vpcId": "vpc-other"}, {"vpcId": net.vpc.id}])
    assert steady(net)
    net.world.put("aws:route53/zone:Zone", "Z1", name="example.com", vpcs=[{"vpcId": net.vpc.id}])
    net.world.put("aws:route53/zone:Zone", "Z2", name="amazonaws.com")
    assert stopped(net) == HEARD["logs"]
    net.world.put("aws:route53/zoneAssociation:ZoneAssociation", "Z2:1", zoneId="Z2", vpcId=net.vpc.id)
    assert steady(net)


def test_of_a_network_that_is_not_here_nothing_is_known(net):
    del net.world.cloud.records[VPC, net.vpc.id]
    assert steady(net)


def test_nobody_hears_of_a_way_that_nobody_waits_for(net):
    assert net.up(waitForSteadyState=None).outputs["name"] == "web"


def test_one_interface_that_is_reached_is_enough_of_an_endpoint(net):
    net.closed()
    shut = subnet(net.world, net.vpc, "10.9.2.0/24", "b")
    for held in list(net.world.cloud.find(ENDPOINT, vpcEndpointType="Interface")):
        net.world.update(held, subnetIds=[shut.id, net.app.id])
    net.listed(shut, [entry(100, ports=(80, 80))], [entry(100)])
    assert steady(net)


def test_answers_come_to_the_ports_that_tasks_call_from(net):
    net.closed()
    for held in list(net.world.cloud.find(ENDPOINT, vpcEndpointType="Interface")):
        net.world.update(held, subnetIds=[net.public.id])
    wall = net.listed(net.public, [entry(100, ports=(443, 443))], [entry(100, ports=(32768, 60999))])
    assert steady(net)
    net.world.update(wall, egress=[entry(100, ports=(32768, 50000))])
    assert stopped(net).startswith(FROM_ASM)


def test_a_guard_that_is_not_here_is_taken_to_let_in(net):
    gate = net.closed()
    gone(net, INGRESS, securityGroupId=gate.id)
    assert stopped(net).startswith(FROM_ASM)
    gone(net, GROUP, name="endpoints")
    assert steady(net)


POLICIES = {
    "secretsmanager": ("secretsmanager:GetSecretValue", SECRET_ARN),
    "ssm": ("ssm:GetParameters", PARAMETER),
    "ecr.api": ("ecr:GetAuthorizationToken", "*"),
    "ecr.dkr": ("ecr:BatchGetImage", REPOSITORY),
    "logs": ("logs:CreateLogStream", f"{LOGS_ARN}:log-stream:task"),
}
"""What a task asks of an endpoint first."""


def said(net: Net, word: str, *statements: dict[str, object]) -> None:
    """Gives a service's endpoint a policy."""
    (held,) = net.world.cloud.find(ENDPOINT, serviceName=f"com.amazonaws.{REGION}.{word}")
    net.world.update(held, policy=json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", **one} for one in statements]}))


@pytest.mark.parametrize("word", sorted(POLICIES))
def test_the_policy_of_an_endpoint_lets_the_call_through(net, word):
    net.closed()
    action, resource = POLICIES[word]
    head = f"{word.partition('.')[0]}:*"
    said(net, word, {"Action": head, "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}})
    assert steady(net)
    said(net, word, {"Action": head, "Resource": "*"}, {"Effect": "Deny", "Action": action, "Resource": "*"})
    assert stopped(net).endswith(
        f"is not authorized to perform: {action} on resource: {resource} because no VPC endpoint policy allows the {action} action"
        + (" : exit status 1" if word == "logs" else "")
    )
    said(net, word, {"Action": "sts:*", "Resource": "*"})
    assert "because no VPC endpoint policy allows" in stopped(net)


def test_the_policy_of_s3_leaves_room_for_the_layers_of_images(net):
    net.closed()
    layers = f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*"
    own = {"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}}
    said(net, "s3", own)
    bucket = f"https://{BUCKET}/"
    barred = "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code"
    assert stopped(net) == f"{barred} {bucket}: 403 Forbidden"
    said(net, "s3", {**own, "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-1"}}})
    assert stopped(net) == f"{barred} {bucket}: 403 Forbidden"
    said(net, "s3", own, {"Action": "s3:GetObject", "Resource": layers})
    assert steady(net)
    said(net, "s3", {**own, "Condition": {"StringEquals": {"aws:ResourceAccount": [ACCOUNT, "999999999999"]}}})
    assert steady(net)
    said(net, "s3", {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"})
    net.translated()
    assert stopped(net) == f"{barred} {bucket}: 403 Forbidden"
    gone(net, ENDPOINT, vpcEndpointType="Gateway")
    assert steady(net)


def test_where_an_endpoint_stands_may_be_unknown(net):
    gate = net.closed()
    for held in list(net.world.cloud.find(ENDPOINT, vpcEndpointType="Interface")):
        net.world.update(held, subnetIds=[net.public.id])
    gone(net, INGRESS, securityGroupId=gate.id)
    assert stopped(net).startswith(FROM_ASM)
    gone(net, SUBNET, cidrBlock="10.9.1.0/24")
    assert steady(net)


@pytest.mark.parametrize(("block", "comes"), [("52.0.0.0/8", True), ("2600::/16", False)])
def test_lists_of_one_s_own_hold_blocks_of_either_kind(net, block, comes):
    nat = net.translated()
    gone(net, ROUTE, routeTableId=net.table.id)
    net.world.put("aws:ec2/managedPrefixList:ManagedPrefixList", "pl-own", name="own", entries=[{"cidr": block}, {"cidr": "192.0.2.0/24"}])
    net.world.put(ROUTE, "r-listed", routeTableId=net.table.id, destinationPrefixListId="pl-own", natGatewayId=nat.id)
    net.world.delete(net.out)
    net.rule(EGRESS, net.group, prefixListId="pl-own")
    plain = task(net.world, container(image="registry.example/web:1", secrets=None, logConfiguration=None))
    assert steady(net, revision=plain)
    if comes:
        assert steady(net)
    else:
        assert stopped(net).startswith(FROM_ASM)
