"""Tags of the AWS network, of IAM, KMS and CloudWatch Logs: refused where they break AWS's rules, repeated as all tags where they do not."""

from __future__ import annotations

import pytest

from sandbox.schema import Schemas
from tests.sandbox.kinds.aws_world import aws_world

TAGGED = [
    *("ec2/vpc:Vpc", "ec2/vpcDhcpOptions:VpcDhcpOptions", "ec2/subnet:Subnet", "ec2/securityGroup:SecurityGroup", "ec2/eip:Eip"),
    *("ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    *("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "ec2/internetGateway:InternetGateway", "ec2/natGateway:NatGateway"),
    *("ec2/routeTable:RouteTable", "ec2/defaultRouteTable:DefaultRouteTable", "ec2/networkAcl:NetworkAcl", "ec2/defaultNetworkAcl:DefaultNetworkAcl"),
    *("ec2/vpcEndpoint:VpcEndpoint", "ec2/flowLog:FlowLog", "ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"),
    *("ec2/networkInterface:NetworkInterface", "iam/role:Role", "iam/policy:Policy", "iam/instanceProfile:InstanceProfile"),
    *("iam/serviceLinkedRole:ServiceLinkedRole", "iam/openIdConnectProvider:OpenIdConnectProvider", "kms/key:Key", "cloudwatch/logGroup:LogGroup"),
    "route53/resolverQueryLogConfig:ResolverQueryLogConfig",
]
RULE = "tag keys must be 1 to 128 letters, digits, spaces and _.:/=+-@, and must not start with aws:"


@pytest.mark.parametrize("token", TAGGED)
def test_a_tag_that_aws_keeps_for_itself_is_refused(token):
    world = aws_world()
    call = world.call(f"aws:{token}", {"tags": {"aws:name": "x", "mine": "y"}})
    found = {failure.path: failure.reason for failure in world.kinds[call.type].check(call) if failure.path.startswith("tags")}
    assert found == {"tags.aws:name": RULE}


def test_every_kind_of_these_that_takes_tags_is_in_the_list(tmp_path):
    schemas = Schemas(tmp_path)
    mine = [token for token in aws_world().kinds if token.split("/")[0] in {"aws:ec2", "aws:vpc", "aws:iam", "aws:kms", "aws:cloudwatch"}]
    logs = [token for token in mine if not token.startswith("aws:cloudwatch") or "/log" in token]
    tagged = {token.removeprefix("aws:") for token in logs if (schema := schemas.resource(token)) is not None and "tags" in schema.inputs}
    assert tagged <= set(TAGGED)
