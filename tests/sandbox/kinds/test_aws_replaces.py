"""What replaces a resource of the AWS network, of IAM, KMS and CloudWatch Logs, and what changes in place: as terraform-provider-aws has it."""

from __future__ import annotations

import pytest

from sandbox.diff import differences
from sandbox.resources.aws import KINDS

_KINDS = {kind.token: kind for kind in KINDS}
REPLACES = [
    ("ec2/vpc:Vpc", "cidrBlock"),
    ("ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "vpcId cidrBlock"),
    ("ec2/vpcDhcpOptions:VpcDhcpOptions", "domainName domainNameServers ntpServers"),
    ("ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation", "vpcId"),
    ("ec2/subnet:Subnet", "vpcId cidrBlock availabilityZone availabilityZoneId"),
    ("ec2/securityGroup:SecurityGroup", "name description vpcId"),
    ("ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId"),
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId"),
    ("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "securityGroupId"),
    ("ec2/securityGroupRule:SecurityGroupRule", "type fromPort toPort protocol cidrBlocks securityGroupId sourceSecurityGroupId"),
    ("ec2/eip:Eip", "domain publicIpv4Pool"),
    ("ec2/natGateway:NatGateway", "subnetId allocationId connectivityType privateIp"),
    ("ec2/internetGatewayAttachment:InternetGatewayAttachment", "internetGatewayId vpcId"),
    ("ec2/eipAssociation:EipAssociation", "allocationId networkInterfaceId"),
    ("ec2/routeTable:RouteTable", "vpcId"),
    ("ec2/defaultRouteTable:DefaultRouteTable", "defaultRouteTableId"),
    ("ec2/route:Route", "routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId"),
    ("ec2/routeTableAssociation:RouteTableAssociation", "subnetId gatewayId"),
    ("ec2/networkAcl:NetworkAcl", "vpcId"),
    ("ec2/defaultNetworkAcl:DefaultNetworkAcl", "defaultNetworkAclId"),
    ("ec2/networkAclRule:NetworkAclRule", "networkAclId ruleNumber egress protocol ruleAction cidrBlock fromPort toPort"),
    ("ec2/networkAclAssociation:NetworkAclAssociation", "networkAclId subnetId"),
    ("ec2/vpcEndpoint:VpcEndpoint", "serviceName vpcId vpcEndpointType"),
    ("ec2/flowLog:FlowLog", "vpcId trafficType logDestination logFormat maxAggregationInterval iamRoleArn logDestinationType"),
    ("ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion", "vpcId subnetId"),
    ("iam/role:Role", "name path"),
    ("iam/rolePolicy:RolePolicy", "name role"),
    ("iam/policy:Policy", "name path description"),
    ("iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn role"),
    ("iam/instanceProfile:InstanceProfile", "name path"),
    ("iam/serviceLinkedRole:ServiceLinkedRole", "awsServiceName customSuffix"),
    ("iam/openIdConnectProvider:OpenIdConnectProvider", "url"),
    ("kms/key:Key", "keyUsage customerMasterKeySpec multiRegion"),
    ("kms/alias:Alias", "name"),
    ("kms/grant:Grant", "keyId granteePrincipal operations"),
    ("kms/keyPolicy:KeyPolicy", "keyId"),
    ("cloudwatch/logGroup:LogGroup", "name logGroupClass"),
    ("cloudwatch/logStream:LogStream", "name logGroupName"),
    ("cloudwatch/logResourcePolicy:LogResourcePolicy", "policyName resourceArn"),
    ("route53/resolverQueryLogConfig:ResolverQueryLogConfig", "name destinationArn"),
    ("route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation", "resolverQueryLogConfigId resourceId"),
]
UPDATES = [
    ("ec2/vpc:Vpc", "enableDnsHostnames enableDnsSupport tags assignGeneratedIpv6CidrBlock"),
    ("ec2/subnet:Subnet", "mapPublicIpOnLaunch tags assignIpv6AddressOnCreation"),
    ("ec2/securityGroup:SecurityGroup", "ingress egress tags revokeRulesOnDelete"),
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4 referencedSecurityGroupId fromPort toPort ipProtocol description"),
    ("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "cidrIpv4 fromPort toPort ipProtocol description"),
    ("ec2/securityGroupRule:SecurityGroupRule", "description"),
    ("ec2/internetGateway:InternetGateway", "vpcId tags"),
    ("ec2/eip:Eip", "instance networkInterface tags"),
    ("ec2/natGateway:NatGateway", "tags secondaryAllocationIds"),
    ("ec2/route:Route", "gatewayId natGatewayId"),
    ("ec2/routeTableAssociation:RouteTableAssociation", "routeTableId"),
    ("ec2/networkAcl:NetworkAcl", "ingress egress subnetIds"),
    ("ec2/vpcEndpoint:VpcEndpoint", "policy routeTableIds subnetIds securityGroupIds privateDnsEnabled"),
    ("ec2/flowLog:FlowLog", "tags"),
    ("ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", "internetGatewayBlockMode"),
    ("iam/role:Role", "assumeRolePolicy description maxSessionDuration permissionsBoundary forceDetachPolicies"),
    ("iam/rolePolicy:RolePolicy", "policy"),
    ("iam/policy:Policy", "policy tags"),
    ("kms/key:Key", "policy description enableKeyRotation rotationPeriodInDays deletionWindowInDays isEnabled"),
    ("kms/alias:Alias", "targetKeyId"),
    ("cloudwatch/logGroup:LogGroup", "retentionInDays kmsKeyId skipDestroy"),
    ("cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument"),
]


def verdict(token: str, path: str) -> bool:
    """Whether a change of one input, all else the same, replaces."""
    kind = _KINDS[f"aws:{token}"]
    old, new = {path: "before"}, {path: "after"}
    return any(change.replaces for change in differences(old, new, (kind.replaces | kind.replaces_on(old, new)) - kind.updates))


@pytest.mark.parametrize(("token", "path"), [(token, path) for token, paths in REPLACES for path in paths.split()])
def test_a_change_that_the_real_provider_makes_by_replacing_replaces(token, path):
    assert verdict(token, path)


@pytest.mark.parametrize(("token", "path"), [(token, path) for token, paths in UPDATES for path in paths.split()])
def test_a_change_that_the_real_provider_makes_in_place_does_not_replace(token, path):
    assert not verdict(token, path)


def test_a_vpc_becomes_dedicated_by_replacing_and_shared_in_place():
    kind = _KINDS["aws:ec2/vpc:Vpc"]
    assert kind.replaces_on({"instanceTenancy": "default"}, {"instanceTenancy": "dedicated"}) == {"instanceTenancy"}
    assert kind.replaces_on({"instanceTenancy": "dedicated"}, {"instanceTenancy": "default"}) == frozenset()
