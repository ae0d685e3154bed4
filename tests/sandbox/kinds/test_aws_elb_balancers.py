"""Load balancers and target groups in the sandbox: names, places, attributes, and what Elastic Load Balancing refuses."""

from __future__ import annotations

import re

import pytest

from sandbox.resources.aws.addresses import interfaces
from tests.sandbox.kinds.aws_compute_world import BALANCER, TARGETS, balancer, compute_world, targets
from tests.sandbox.kinds.aws_world import ACCOUNT, GATEWAY, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

CREATE = "operation error Elastic Load Balancing v2: CreateLoadBalancer, https response error StatusCode: 400, "
FRONT = f"creating ELBv2 application Load Balancer (front): {CREATE}"


@pytest.fixture
def world() -> World:
    return compute_world()


def test_a_load_balancer_says_where_it_is(world):
    made = balancer(world)
    assert re.fullmatch(rf"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/front/[0-9a-f]{{16}}", made.id)
    assert made.outputs["arn"] == made.id
    assert made.outputs["arnSuffix"] == made.id.partition("loadbalancer/")[2]
    assert re.fullmatch(rf"front-\d+\.{REGION}\.elb\.amazonaws\.com", made.outputs["dnsName"])
    shown = {name: made.outputs[name] for name in ("zoneId", "vpcId", "internal", "ipAddressType", "securityGroups", "subnets")}
    assert shown == {
        "zoneId": "Z32O12XQLNTSW2",
        "vpcId": "vpc-1",
        "internal": False,
        "ipAddressType": "ipv4",
        "securityGroups": ["sg-0"],
        "subnets": ["subnet-0a", "subnet-0b"],
    }
    assert world.update(made, idleTimeout=120).outputs["dnsName"] == made.outputs["dnsName"]
    defaults = {name: made.inputs[name] for name in ("idleTimeout", "enableHttp2", "desyncMitigationMode", "dropInvalidHeaderFields", "loadBalancerType")}
    assert defaults == {
        "idleTimeout": 60,
        "enableHttp2": True,
        "desyncMitigationMode": "defensive",
        "dropInvalidHeaderFields": False,
        "loadBalancerType": "application",
    }


def test_an_internal_one_and_one_of_the_network_are_named_otherwise(world):
    assert balancer(world, name="inner", internal=True).outputs["dnsName"].startswith("internal-inner-")
    network = balancer(world, name="net", loadBalancerType="network", subnets=["subnet-0a"])
    assert re.fullmatch(rf"net-[0-9a-f]{{16}}\.elb\.{REGION}\.amazonaws\.com", network.outputs["dnsName"])
    assert network.outputs["zoneId"] == "Z2IFOLAFXWLO4F"
    assert ":loadbalancer/net/net/" in network.id


def test_a_load_balancer_without_groups_gets_the_default_one(world):
    assert balancer(world, securityGroups=None).outputs["securityGroups"] == ["sg-default-0"]


def test_it_has_an_interface_in_each_subnet(world):
    made = balancer(world)
    assert {(one.subnet, one.groups, one.public) for one in interfaces(world.cloud) if one.owner == made.id} == {
        ("subnet-0a", ("sg-0",), True),
        ("subnet-0b", ("sg-0",), True),
    }


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"subnets": ["subnet-0a", "subnet-9"]}, "SubnetNotFound: The subnet ID 'subnet-9' does not exist"),
        ({"subnets": ["subnet-0a"]}, "api error ValidationError: At least two subnets in two different Availability Zones must be specified"),
        (
            {"subnets": ["subnet-0a", "subnet-twin"]},
            "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        ),
        ({"subnets": ["subnet-0a", "subnet-1b"]}, "InvalidConfigurationRequest: All subnets must belong to the same VPC: 'vpc-1'"),
        ({"subnets": ["subnet-1a", "subnet-1b"], "securityGroups": None}, "InvalidSubnet: VPC vpc-2 has no internet gateway"),
        ({"securityGroups": ["sg-9"]}, "InvalidConfigurationRequest: One or more security groups are invalid"),
        ({"securityGroups": ["sg-1"]}, "InvalidConfigurationRequest: One or more security groups are invalid: sg-1 is not in the load balancer's VPC"),
        ({"idleTimeout": 4001}, "api error ValidationError: 'idle_timeout.timeout_seconds' must be between 1 and 4000 inclusive, got '4001'"),
        ({"idleTimeout": 0}, "api error ValidationError: 'idle_timeout.timeout_seconds' must be between 1 and 4000 inclusive, got '0'"),
        ({"clientKeepAlive": 59}, "api error ValidationError: 'client_keep_alive.seconds' must be between 60 and 604800 inclusive, got '59'"),
        (
            {"accessLogs": {"bucket": "logs", "enabled": True}},
            "InvalidConfigurationRequest: Access Denied for bucket: logs. Please check S3bucket permission",
        ),
    ],
)
def test_a_load_balancer_that_cannot_be_is_refused(world, inputs, why):
    assert said(refused(lambda: balancer(world, **inputs))) == FRONT + why


def test_a_gateway_load_balancer_has_no_groups(world):
    message = refused(lambda: balancer(world, loadBalancerType="gateway", internal=True))
    assert message.endswith("Security groups are not supported for load balancers with type 'gateway'")


def test_an_internal_load_balancer_needs_no_internet(world):
    made = balancer(world, subnets=["subnet-1a", "subnet-1b"], securityGroups=["sg-1"], internal=True)
    assert made.outputs["vpcId"] == "vpc-2"
    world.put(GATEWAY, "igw-2", vpcId="vpc-2")
    assert balancer(world, name="b", subnets=["subnet-1a", "subnet-1b"], securityGroups=["sg-1"]).outputs["vpcId"] == "vpc-2"


def test_a_subnet_has_eight_addresses_left(world):
    tight = {"subnets": ["subnet-0a", "subnet-tiny"]}
    for number in range(4):
        balancer(world, name=f"front{number}", **tight)
    message = "InvalidSubnet: Not enough IP space available in subnet-tiny. ELB requires at least 8 free IP addresses in each subnet."
    assert said(refused(lambda: balancer(world, **tight))) == FRONT + message


def test_logs_go_to_a_bucket_that_takes_them(world):
    world.put("aws:s3/bucket:Bucket", "logs", bucket="logs")
    logs = {"accessLogs": {"bucket": "logs", "enabled": True}}
    assert refused(lambda: balancer(world, **logs)).endswith("Please check S3bucket permission")
    world.put("aws:s3/bucketPolicy:BucketPolicy", "logs", bucket="logs")
    assert balancer(world, **logs).outputs["accessLogs"] == {"bucket": "logs", "enabled": True}


NAMES = [
    ("a" * 33, f'"name" cannot be longer than 32 characters: "{"a" * 33}"'),
    ("my_front", 'only alphanumeric characters and hyphens allowed in "name": "my_front"'),
    ("-front", '"name" cannot begin with a hyphen: "-front"'),
    ("front-", '"name" cannot end with a hyphen: "front-"'),
]


@pytest.mark.parametrize(("name", "why"), [*NAMES, ("internal-a", '"name" cannot begin with "internal-": "internal-a"')])
def test_the_provider_refuses_names_of_load_balancers(world, name, why):
    assert invalid(world, BALANCER, name=name, subnets=["a"]) == {"name": why}


@pytest.mark.parametrize(("name", "why"), NAMES)
def test_the_provider_refuses_names_of_target_groups(world, name, why):
    assert invalid(world, TARGETS, name=name, port=80, protocol="HTTP", vpcId="vpc-1") == {"name": why}


def test_the_subnets_are_said_in_one_way(world):
    both = {"subnets": ["a"], "subnetMappings": [{"subnetId": "a"}]}
    assert invalid(world, BALANCER, name="a")["subnetMappings"] == '"subnet_mappings": one of `subnet_mappings,subnets` must be specified'
    assert "only one of `subnet_mappings,subnets` can be specified" in invalid(world, BALANCER, name="a", **both)["subnetMappings"]
    found = invalid(world, BALANCER, name="a", subnets=["a"], ipAddressType="ipv6")
    assert found == {"ipAddressType": 'expected ip_address_type to be one of ["ipv4" "dualstack" "dualstack-without-public-ipv4"], got ipv6'}


def test_names_are_taken(world):
    balancer(world)
    targets(world)
    assert refused(lambda: balancer(world)) == "ELBv2 Load Balancer (front) already exists"
    assert refused(lambda: targets(world)) == "ELBv2 Target Group (web) already exists"
    assert refused(lambda: world.create(BALANCER.replace("aws:lb", "aws:alb"), name="front", subnets=["subnet-0a", "subnet-0b"])).endswith("already exists")


def test_deletion_protection_protects(world):
    made = balancer(world, enableDeletionProtection=True)
    message = f"Load balancer '{made.id}' cannot be deleted because deletion protection is enabled"
    assert said(refused(lambda: world.delete(made))).endswith(f"OperationNotPermitted: {message}")
    world.delete(world.update(made, enableDeletionProtection=False))
    assert world.cloud.get(BALANCER, made.id) is None


def test_what_makes_a_new_one(world):
    assert world.kinds[BALANCER].replaces == {"name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"}
    assert world.kinds[TARGETS].replaces >= {"name", "port", "protocol", "protocolVersion", "targetType", "vpcId"}
    assert {world.kinds[token].name_limit for token in (BALANCER, TARGETS)} == {32}
