"""What replaces an AWS resource, and what changes in place: as terraform-provider-aws has it."""

from __future__ import annotations

import pytest

from sandbox.diff import differences
from sandbox.kind import Properties
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
    ("route53/record:Record", "name zoneId"),
    ("route53/healthCheck:HealthCheck", "type requestInterval measureLatency referenceName routingControlArn"),
    ("ecs/service:Service", "name cluster launchType iamRole schedulingStrategy"),
    ("lambda/invocation:Invocation", "functionName qualifier triggers input"),
    ("rds/cluster:Cluster", "engine engineMode storageEncrypted kmsKeyId clusterScalabilityType storageType snapshotIdentifier masterUsername"),
    ("rds/clusterInstance:ClusterInstance", "identifier identifierPrefix clusterIdentifier engine availabilityZone dbSubnetGroupName"),
    ("elasticache/cluster:Cluster", "engine networkType outpostMode replicationGroupId transitEncryptionEnabled"),
    ("ecr/lifecyclePolicy:LifecyclePolicy", "policy repository"),
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
    ("route53/record:Record", "type setIdentifier ttl records allowOverwrite healthCheckId"),
    ("route53/healthCheck:HealthCheck", "fqdn ipAddress port regions resourcePath disabled"),
    ("ecs/service:Service", "deploymentController taskDefinition networkConfiguration loadBalancers capacityProviderStrategies desiredCount"),
    ("lambda/invocation:Invocation", "terraformKey tenantId"),
    ("lambda/function:Function", "durableConfig architectures runtime imageUri vpcConfig"),
    ("rds/cluster:Cluster", "engineVersion port networkType backupRetentionPeriod"),
    ("rds/clusterInstance:ClusterInstance", "instanceClass promotionTier performanceInsightsKmsKeyId"),
    ("elasticache/cluster:Cluster", "nodeType engineVersion numCacheNodes azMode ipDiscovery"),
    ("elasticache/user:User", "engine accessString"),
    ("lb/loadBalancer:LoadBalancer", "subnets securityGroups ipAddressType"),
]
OF_SOME = [
    ("rds/cluster:Cluster", {"engine": "aurora-mysql", "storageType": "aurora"}, {"storageType": "aurora-iopt1"}, ""),
    ("rds/cluster:Cluster", {"engine": "postgres", "storageType": "io1"}, {"storageType": "gp3"}, "storageType"),
    ("rds/cluster:Cluster", {"snapshotIdentifier": "one"}, {"snapshotIdentifier": None}, ""),
    ("rds/cluster:Cluster", {}, {"snapshotIdentifier": "one"}, "snapshotIdentifier"),
    ("elasticache/cluster:Cluster", {"engine": "memcached", "nodeType": "cache.t4g.micro"}, {"nodeType": "cache.t4g.small"}, "nodeType"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "engineVersion": "7.1"}, {"engineVersion": "7.0"}, "engineVersion"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "engineVersion": "7.0"}, {"engineVersion": "7.1"}, ""),
    ("elasticache/cluster:Cluster", {"engine": "redis", "engineVersion": "7.0"}, {"engineVersion": None}, ""),
    ("lambda/function:Function", {"durableConfig": {"executionTimeout": 5}}, {"durableConfig": None}, "durableConfig"),
    ("lambda/function:Function", {"durableConfig": {"executionTimeout": 5}}, {"durableConfig": {"executionTimeout": 6}}, ""),
    ("lambda/invocation:Invocation", {"lifecycleScope": "CRUD", "input": "{}"}, {"input": '{"a": 1}'}, ""),
    ("lambda/invocation:Invocation", {"lifecycleScope": "CRUD", "triggers": {"a": "1"}}, {"triggers": {"a": "2"}}, "triggers"),
    ("ec2/natGateway:NatGateway", {"availabilityMode": "regional"}, {"availabilityZoneAddresses": [{"availabilityZone": "a"}]}, "availabilityZoneAddresses"),
    (
        "ec2/natGateway:NatGateway",
        {"availabilityMode": "regional", "availabilityZoneAddresses": [{"availabilityZone": "a"}]},
        {"availabilityZoneAddresses": [{"availabilityZone": "b"}]},
        "",
    ),
    ("lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network", "subnets": ["a", "b"]}, {"subnets": ["a", "b", "c"]}, ""),
    ("lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network", "subnets": ["a", "b"]}, {"subnets": ["a", "c"]}, "subnets"),
    ("lb/loadBalancer:LoadBalancer", {"loadBalancerType": "application", "subnets": ["a", "b"]}, {"subnets": ["a", "c"]}, ""),
    ("lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network"}, {"securityGroups": ["sg"]}, "securityGroups"),
    ("lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network", "securityGroups": ["sg"]}, {"securityGroups": ["other"]}, ""),
    (
        "lb/loadBalancer:LoadBalancer",
        {"loadBalancerType": "network", "subnetMappings": [{"subnetId": "a"}]},
        {"subnetMappings": [{"subnetId": "b"}]},
        "subnetMappings",
    ),
    (
        "lb/loadBalancer:LoadBalancer",
        {"loadBalancerType": "network", "subnetMappings": [{"subnetId": "a"}]},
        {"subnetMappings": [{"subnetId": "a"}, {"subnetId": "b"}]},
        "",
    ),
    (
        "lb/loadBalancer:LoadBalancer",
        {"loadBalancerType": "application", "subnetMappings": [{"subnetId": "a"}, {"subnetId": "b"}]},
        {"subnetMappings": [{"subnetId": "a"}]},
        "",
    ),
    (
        "lb/loadBalancer:LoadBalancer",
        {"loadBalancerType": "application", "subnetMappings": [{"subnetId": "a"}]},
        {"subnetMappings": [{"subnetId": "a", "privateIpv4Address": "10.0.0.4"}]},
        "subnetMappings",
    ),
]


def replacing(token: str, old: Properties, new: Properties) -> set[object]:
    """The inputs whose change replaces."""
    kind = _KINDS[f"aws:{token}"]
    return {change.path[0] for change in differences(old, new, (kind.replaces - kind.updates) | kind.replaces_on(old, new)) if change.replaces}


@pytest.mark.parametrize(("token", "path"), [(token, path) for token, paths in REPLACES for path in paths.split()])
def test_a_change_that_the_real_provider_makes_by_replacing_replaces(token, path):
    assert replacing(token, {path: "before"}, {path: "after"}) == {path}


@pytest.mark.parametrize(("token", "path"), [(token, path) for token, paths in UPDATES for path in paths.split()])
def test_a_change_that_the_real_provider_makes_in_place_does_not_replace(token, path):
    assert replacing(token, {path: "before"}, {path: "after"}) == set()


@pytest.mark.parametrize(("token", "before", "change", "path"), OF_SOME)
def test_what_replaces_one_changes_another_in_place(token, before, change, path):
    after = {name: value for name, value in {**before, **change}.items() if value is not None}
    assert replacing(token, before, after) == ({path} if path else set())


def test_a_vpc_becomes_dedicated_by_replacing_and_shared_in_place():
    kind = _KINDS["aws:ec2/vpc:Vpc"]
    assert kind.replaces_on({"instanceTenancy": "default"}, {"instanceTenancy": "dedicated"}) == {"instanceTenancy"}
    assert kind.replaces_on({"instanceTenancy": "dedicated"}, {"instanceTenancy": "default"}) == frozenset()
