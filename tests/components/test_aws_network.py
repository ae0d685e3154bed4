"""Network on AWS: exactly these children, closed in exactly this way. Mocks: that AWS takes them is shown on the engine."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components import ArgsError, Network, NetworkArgs
from components.aws.network import first_zones
from tests.components.world import World, build

ACL = "aws:ec2/networkAcl:NetworkAcl"
ADDRESS = "aws:ec2/eip:Eip"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
NAT = "aws:ec2/natGateway:NatGateway"
ROUTE = "aws:ec2/route:Route"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
TIERS = ("app", "data", "proxy")


def network(tier: str = "dev", **args: Any) -> World:
    return build(lambda: Network("main", NetworkArgs(**args)), cloud="aws", tier=tier)


def seen(tier: str = "dev", **args: Any) -> Network:
    made: list[Network] = []
    build(lambda: made.append(Network("main", NetworkArgs(**args))), cloud="aws", tier=tier)
    return made[0]


COMMON = [
    ("aws:cloudwatch/logGroup:LogGroup", "main-dns-log"),
    ("aws:cloudwatch/logGroup:LogGroup", "main-flow-log"),
    ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "main-dns-writes"),
    ("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "main-default-acl"),
    ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "main-default-group"),
    ("aws:ec2/eip:Eip", "main-nat-address-1"),
    ("aws:ec2/flowLog:FlowLog", "main-flow"),
    ("aws:ec2/internetGateway:InternetGateway", "main-internet"),
    ("aws:ec2/natGateway:NatGateway", "main-nat-1"),
    *((ACL, f"main-acl-{tier}") for tier in TIERS),
    *((ROUTE, f"main-route-{role}") for role in ("app-1", "app-2", "app-3", "proxy")),
    *((TABLE, f"main-route-table-{role}") for role in ("app-1", "app-2", "app-3", "data", "proxy")),
    *((ASSOCIATION, f"main-routes-{tier}-{zone}") for tier in TIERS for zone in (1, 2, 3)),
    *((SUBNET, f"main-subnet-{tier}-{zone}") for tier in TIERS for zone in (1, 2, 3)),
    ("aws:ec2/vpc:Vpc", "main-vpc"),
    (ENDPOINT, "main-endpoint-s3"),
    ("aws:iam/role:Role", "main-flow-role"),
    ("aws:iam/rolePolicy:RolePolicy", "main-flow-writes"),
    ("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig", "main-dns"),
    ("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation", "main-dns-of-vpc"),
    ("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", "main-namespace"),
]
PRIVATE = [
    ("aws:ec2/securityGroup:SecurityGroup", "main-endpoints"),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "main-endpoints-https"),
    *((ENDPOINT, f"main-endpoint-{service}") for service in ("ecr-api", "ecr-dkr", "kms", "logs", "secretsmanager")),
    ("aws:kms/alias:Alias", "main-log-key-alias"),
    (KEY, "main-log-key"),
]
EVERY_ZONE = [*((ADDRESS, f"main-nat-address-{zone}") for zone in (2, 3)), *((NAT, f"main-nat-{zone}") for zone in (2, 3))]


@pytest.mark.parametrize(("tier", "expected"), [("dev", COMMON), ("staging", COMMON + PRIVATE), ("prod", COMMON + PRIVATE + EVERY_ZONE)])
def test_a_network_has_exactly_these_children_in_its_tier(tier: str, expected: list[tuple[str, str]]) -> None:
    assert network(tier).children("main") == sorted(expected)


def test_the_smallest_network_is_cut_for_three_zones_with_room_for_a_fourth() -> None:
    subnets = {subnet.name.removeprefix("main-subnet-"): subnet.inputs for subnet in network(cidr="10.0.0.0/24").of(SUBNET)}
    assert {name: (inputs["cidrBlock"], inputs["availabilityZone"]) for name, inputs in subnets.items()} == {
        "app-1": ("10.0.0.0/27", "eu-west-1a"),
        "app-2": ("10.0.0.64/27", "eu-west-1b"),
        "app-3": ("10.0.0.128/27", "eu-west-1c"),
        "data-1": ("10.0.0.32/28", "eu-west-1a"),
        "data-2": ("10.0.0.96/28", "eu-west-1b"),
        "data-3": ("10.0.0.160/28", "eu-west-1c"),
        "proxy-1": ("10.0.0.48/28", "eu-west-1a"),
        "proxy-2": ("10.0.0.112/28", "eu-west-1b"),
        "proxy-3": ("10.0.0.176/28", "eu-west-1c"),
    }
    assert {inputs["mapPublicIpOnLaunch"] for inputs in subnets.values()} == {False}


def test_zones_that_are_looked_up_stay_and_zones_that_are_named_are_taken_at_their_word() -> None:
    assert {subnet.ignore_changes for subnet in network().of(SUBNET)} == {("availabilityZone",)}
    named = network(zones=("eu-west-1b", "eu-west-1c")).of(SUBNET)
    assert {subnet.ignore_changes for subnet in named} == {()}
    assert {(subnet.name[-1], subnet.inputs["availabilityZone"]) for subnet in named} == {("1", "eu-west-1b"), ("2", "eu-west-1c")}


def test_a_region_with_too_few_zones_is_named() -> None:
    assert first_zones(seen(), ["eu-west-1a", "eu-west-1b"], 2) == ["eu-west-1a", "eu-west-1b"]
    with pytest.raises(ArgsError) as caught:
        first_zones(seen(), ["eu-west-1a", "eu-west-1b"], 3)
    assert str(caught.value) == "Network \"main\": zones must be at most 2 in 'eu-west-1', got 3; it has eu-west-1a, eu-west-1b"


@pytest.mark.parametrize("gateways", ["single", "zone"])
def test_a_further_zone_adds_and_moves_nothing(gateways: str) -> None:
    before, after = network(zones=2, nat_gateways=gateways), network(zones=3, nat_gateways=gateways)
    known = {(resource.type, resource.name): resource.inputs for resource in after.resources}
    grown = {"main-acl-app", "main-acl-data", "main-acl-proxy", "main-endpoint-s3", "main"}
    for resource in before.resources:
        assert (resource.type, resource.name) in known
        if resource.name not in grown:
            assert known[resource.type, resource.name] == resource.inputs
    assert all(name.endswith("-3") for _, name in set(after.children("main")) - set(before.children("main")))


def test_only_zones_that_every_account_has_are_taken_whether_or_not_they_work_now(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    invoke = pulumi.runtime.invoke_async

    async def noted(token: str, arguments: dict[str, Any], *rest: Any) -> Any:
        asked.append((token, arguments))
        return await invoke(token, arguments, *rest)

    monkeypatch.setattr("pulumi.runtime.invoke_async", noted)
    network()
    (filters,) = [arguments for token, arguments in asked if token.endswith(":getAvailabilityZones")]
    wanted = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}, {"name": "zone-type", "values": ["availability-zone"]}]
    assert filters == {"filters": wanted}, "a state is asked for"


def test_names_are_resolved_in_the_network() -> None:
    vpc = network().one("aws:ec2/vpc:Vpc").inputs
    assert (vpc["enableDnsSupport"], vpc["enableDnsHostnames"], vpc["cidrBlock"]) == (True, True, "10.0.0.0/16")


def test_a_gateway_comes_after_the_way_to_the_internet_and_goes_before_it() -> None:
    world = network()
    assert [urn.rsplit("::", 1)[-1] for urn in world.one(ADDRESS).depends_on] == ["main-internet"]
    assert {urn.rsplit("::", 1)[-1] for urn in world.one(NAT).depends_on} == {"main-route-proxy", "main-nat-address-1", "main-subnet-proxy-1"}
    assert world.one(NAT).inputs["connectivityType"] == "public"


def test_logs_are_written_only_once_their_writers_may() -> None:
    world = network()
    flow = world.one("aws:ec2/flowLog:FlowLog")
    assert "main-flow-writes" in {urn.rsplit("::", 1)[-1] for urn in flow.depends_on}
    assert flow.inputs["maxAggregationInterval"] == 600
    config = world.one("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig")
    assert "main-dns-writes" in {urn.rsplit("::", 1)[-1] for urn in config.depends_on}


@pytest.mark.parametrize(("tier", "key"), [("dev", None), ("staging", "arn:aws:kms:eu-west-1:123456789012:key/main-log-key")])
def test_a_network_offers_the_key_of_its_logs(tier: str, key: str | None) -> None:
    arns: list[str] = []

    def program() -> None:
        offered = Network("main").log_key
        if offered is not None:
            offered.apply(arns.append)

    world = build(program, cloud="aws", tier=tier)
    assert arns == ([key] if key else [])
    assert [(alias.inputs["name"], alias.inputs["targetKeyId"]) for alias in world.of("aws:kms/alias:Alias")] == (
        [("alias/watchparty-staging-main-logs", "main-log-key")] if key else []
    )


def test_data_has_no_way_out_and_services_have_one_through_nat() -> None:
    world = network("prod")
    routes = {route.name: route.inputs for route in world.of(ROUTE)}
    assert routes["main-route-proxy"] == {
        "routeTableId": "main-route-table-proxy-id",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "main-internet-id",
    }
    assert [routes[f"main-route-app-{zone}"]["natGatewayId"] for zone in (1, 2, 3)] == ["main-nat-1-id", "main-nat-2-id", "main-nat-3-id"]
    assert not [route for route in routes.values() if route["routeTableId"] == "main-route-table-data-id"]
    tables = {association.inputs["subnetId"]: association.inputs["routeTableId"] for association in world.of(ASSOCIATION)}
    assert {tables[f"main-subnet-data-{zone}-id"] for zone in (1, 2, 3)} == {"main-route-table-data-id"}
    assert [tables[f"main-subnet-app-{zone}-id"] for zone in (1, 2, 3)] == [f"main-route-table-app-{zone}-id" for zone in (1, 2, 3)]
    assert {table.inputs.get("routes") for table in world.of(TABLE)} == {None}


def test_one_gateway_serves_every_zone_outside_prod() -> None:
    routes = {route.name: route.inputs.get("natGatewayId") for route in network("staging").of(ROUTE)}
    assert routes == {"main-route-app-1": "main-nat-1-id", "main-route-app-2": "main-nat-1-id", "main-route-app-3": "main-nat-1-id", "main-route-proxy": None}


@pytest.mark.parametrize(("tier", "protect", "count"), [("dev", False, 1), ("staging", True, 1), ("prod", True, 3)])
def test_every_gateway_has_a_fixed_address_that_is_kept(tier: str, protect: bool, count: int) -> None:
    world = network(tier)
    assert [(address.protect, address.retain_on_delete, address.inputs["domain"]) for address in world.of(ADDRESS)] == [(protect, protect, "vpc")] * count
    assert [gateway.inputs["allocationId"] for gateway in world.of(NAT)] == [f"main-nat-address-{number + 1}-allocation" for number in range(count)]
    assert len(seen(tier).nat_addresses) == count


def test_without_nat_nothing_public_is_bought_and_services_have_no_default_route() -> None:
    world = network(nat=False)
    assert (world.of(NAT), world.of(ADDRESS), [route.name for route in world.of(ROUTE)]) == ([], [], ["main-route-proxy"])


def allow(number: int, cidr: str, protocol: str = "-1", first: int = 0, last: int = 0, **more: int) -> dict[str, Any]:
    return {"action": "allow", "ruleNo": number, "cidrBlock": cidr, "protocol": protocol, "fromPort": first, "toPort": last, **more}


NET, ANYWHERE = "10.0.0.0/16", "0.0.0.0/0"
TOO_LARGE = {"icmpType": 3, "icmpCode": -1}


def test_access_lists_let_data_speak_with_the_network_alone() -> None:
    lists = {acl.name: acl.inputs for acl in network().of(ACL)}
    assert (lists["main-acl-data"]["ingress"], lists["main-acl-data"]["egress"]) == ([allow(100, NET)], [allow(100, NET)])
    assert lists["main-acl-data"]["subnetIds"] == ["main-subnet-data-1-id", "main-subnet-data-2-id", "main-subnet-data-3-id"]


def test_access_lists_let_nobody_outside_open_a_connection_to_services() -> None:
    services = network().one(ACL, "main-acl-app").inputs
    answers = [allow(200, ANYWHERE, "tcp", 1024, 65535), allow(210, ANYWHERE, "udp", 1024, 65535), allow(220, ANYWHERE, "icmp", **TOO_LARGE)]
    assert services["ingress"] == [allow(100, NET), *answers]
    assert services["egress"] == [allow(100, NET), allow(200, ANYWHERE)]
    closed = network(nat=False).one(ACL, "main-acl-app").inputs
    assert (closed["ingress"], closed["egress"]) == (
        [allow(100, NET), allow(200, ANYWHERE, "tcp", 1024, 65535)],
        [allow(100, NET), allow(200, ANYWHERE, "tcp", 443, 443)],
    )


def test_access_lists_let_the_internet_reach_what_faces_it_by_http_alone() -> None:
    public = network().one(ACL, "main-acl-proxy").inputs
    assert public["ingress"] == [
        allow(100, NET),
        allow(200, ANYWHERE, "tcp", 443, 443),
        allow(210, ANYWHERE, "tcp", 80, 80),
        allow(220, ANYWHERE, "tcp", 1024, 65535),
        allow(230, ANYWHERE, "udp", 1024, 65535),
        allow(240, ANYWHERE, "icmp", **TOO_LARGE),
    ]
    assert public["egress"] == [allow(100, NET), allow(200, ANYWHERE)]


def test_what_aws_makes_by_default_is_emptied() -> None:
    world = network()
    group = world.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    acl = world.one("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
    assert (group["ingress"], group["egress"], group["vpcId"]) == ([], [], "main-vpc-id")
    assert (acl.inputs["ingress"], acl.inputs["egress"], acl.inputs["defaultNetworkAclId"]) == ([], [], "main-vpc-default-acl")
    assert acl.ignore_changes == ("subnetIds",)


def test_s3_is_reached_without_nat_and_only_the_accounts_own_buckets_and_the_layers_of_images() -> None:
    endpoint = network().one(ENDPOINT).inputs
    assert endpoint["routeTableIds"] == [f"main-route-table-{role}-id" for role in ("app-1", "app-2", "app-3", "data")]
    assert (endpoint["vpcEndpointType"], endpoint["serviceName"]) == ("Gateway", "com.amazonaws.eu-west-1.s3")
    own, layers = json.loads(endpoint["policy"])["Statement"]
    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": "123456789012"}}
    assert not [action for action in own["Action"] if "*" in action or "Policy" in action or "Acl" in action]
    assert (layers["Action"], layers["Resource"]) == (["s3:GetObject"], ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"])


@pytest.mark.parametrize(("tier", "zones"), [("staging", 1), ("prod", 3)])
def test_the_services_that_containers_need_are_reached_within_the_network(tier: str, zones: int) -> None:
    world = network(tier)
    services = [endpoint.inputs for endpoint in world.of(ENDPOINT) if endpoint.inputs["vpcEndpointType"] == "Interface"]
    assert {service["serviceName"].removeprefix("com.amazonaws.eu-west-1.") for service in services} == {"ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager"}
    for service in services:
        assert service["subnetIds"] == [f"main-subnet-app-{zone + 1}-id" for zone in range(zones)]
        assert (service["privateDnsEnabled"], service["securityGroupIds"]) == (True, ["main-endpoints-id"])
    rule = world.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert (rule["cidrIpv4"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("10.0.0.0/16", "tcp", 443, 443)
    group = world.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert {"ingress", "egress"} & set(group) == set()
    assert (group["description"], rule["description"]) == ("AWS services within network main", "HTTPS from within the network")


def test_what_is_reached_within_the_network_is_reached_with_the_accounts_own_credentials_only() -> None:
    policies = {e.inputs["serviceName"].rpartition("eu-west-1.")[2]: json.loads(e.inputs["policy"])["Statement"] for e in network("staging").of(ENDPOINT)}
    del policies["s3"]
    assert {service: statement["Action"] for service, (statement,) in policies.items()} == {
        "ecr.api": "ecr:*", "ecr.dkr": "ecr:*", "kms": "kms:*", "logs": "logs:*", "secretsmanager": "secretsmanager:*",
    }  # fmt: skip
    for (statement,) in policies.values():
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
        assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Allow", "*", "*")


@pytest.mark.parametrize(("tier", "days", "key"), [("dev", 3, None), ("staging", 3, "main-log-key"), ("prod", 30, "main-log-key")])
def test_logs_are_kept_as_long_as_the_tier_says_and_under_a_key_of_their_own_outside_dev(tier: str, days: int, key: str | None) -> None:
    arn = f"arn:aws:kms:eu-west-1:123456789012:key/{key}" if key else None
    assert {(group.inputs["name"], group.inputs["retentionInDays"], group.inputs.get("kmsKeyId")) for group in network(tier).of(LOG_GROUP)} == {
        (f"/aws/vpc/watchparty-{tier}-main-flow", days, arn),
        (f"/aws/route53resolver/watchparty-{tier}-main-dns", days, arn),
    }


def test_the_key_of_logs_serves_log_groups_of_this_account_alone() -> None:
    key = network("prod").one(KEY)
    assert (key.protect, key.retain_on_delete, key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, True, True, 30)
    administration, logs = json.loads(key.inputs["policy"])["Statement"]
    assert administration["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:*"}}
    assert not [action for action in logs["Action"] if "*" in action]


def test_flow_logs_record_all_and_write_into_their_own_group_alone() -> None:
    world = network()
    flow = world.one("aws:ec2/flowLog:FlowLog").inputs
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vpc/watchparty-dev-main-flow"
    assert (flow["trafficType"], flow["logDestination"], flow["vpcId"]) == ("ALL", group, "main-vpc-id")
    trust = json.loads(world.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert trust == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*"},
            },
        }
    ]
    (writes,) = json.loads(world.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    assert writes["Resource"] == [f"{group}:*"]
    assert writes["Action"] == ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]


def test_dns_queries_are_written_by_the_delivery_service_for_this_account_into_their_own_group() -> None:
    world = network()
    (allowed,) = json.loads(world.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy").inputs["policyDocument"])["Statement"]
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/route53resolver/watchparty-dev-main-dns"
    assert (allowed["Principal"], allowed["Resource"]) == ({"Service": "delivery.logs.amazonaws.com"}, [f"{group}:log-stream:*"])
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*"},
    }
    assert world.one("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig").inputs["destinationArn"] == group


def test_without_flow_logs_and_dns_logging_their_parts_are_gone() -> None:
    types = {type_ for type_, _ in network(flow_log_sampling=0.0, dns_logging=False).children("main")}
    assert not {type_ for type_ in types if "log" in type_.lower() or "iam" in type_}


@pytest.mark.parametrize(("asked", "mode"), [("ingress", "block-ingress"), ("both", "block-bidirectional")])
def test_the_account_is_closed_to_the_internet_only_where_asked(asked: str, mode: str) -> None:
    kind = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
    assert network("prod").of(kind) == []
    assert network(block_public_access=asked, nat=False).one(kind).inputs == {"internetGatewayBlockMode": mode}


def test_services_find_each_other_under_a_private_domain() -> None:
    made = seen()
    assert made.domain == "watchparty-dev-main.internal"
    namespace = network().one("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace").inputs
    assert (namespace["name"], namespace["vpc"]) == ("watchparty-dev-main.internal", "main-vpc-id")


def test_the_first_label_of_the_private_domain_fits_dns() -> None:
    made: list[Network] = []
    name = "n" * 40
    build(lambda: made.append(Network(name)), cloud="aws", application="a" * 40)
    label, _, rest = made[0].domain.partition(".")
    assert (len(label), rest) == (63, "internal")


def test_everything_that_takes_tags_carries_the_labels_and_a_name() -> None:
    world = network("prod")
    without = {ROUTE, ASSOCIATION, "aws:kms/alias:Alias", "aws:iam/rolePolicy:RolePolicy", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"}
    for resource in world.resources:
        if resource.parent_name != "main" or resource.type in without or "ResolverQueryLogConfigAssociation" in resource.type:
            continue
        assert resource.inputs["tags"]["component"] == "main", resource.name
        if resource.type.startswith(("aws:ec2/", "aws:vpc/")):
            assert resource.inputs["tags"]["Name"].startswith("watchparty-prod-main"), resource.name


def test_what_follows_waits_for_routes_lists_and_endpoints() -> None:
    waits = {resource._name for resource in seen("staging").ready}
    assert {"main-route-proxy", "main-route-app-1", "main-routes-data-3", "main-acl-data", "main-endpoint-s3", "main-endpoint-ecr-dkr"} <= waits


def test_a_network_offers_its_subnets_by_tier_and_in_the_order_of_zones() -> None:
    made = seen()
    assert {key: len(ids) for key, ids in made.subnets.items()} == {(tier, "eu-west-1"): 3 for tier in TIERS}
