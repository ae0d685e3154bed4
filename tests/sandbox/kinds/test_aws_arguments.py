"""What terraform-provider-aws refuses of single arguments before AWS is asked: as its schemas say, at any depth."""

from __future__ import annotations

import pytest

from sandbox.kind import UNKNOWN
from sandbox.resources.aws import KINDS
from tests.sandbox.kinds.cloud import World, invalid

KEY = "arn:aws:kms:eu-west-1:000000000000:key/k"
ROLE = "arn:aws:iam::000000000000:role/r"
BASE = {
    "route53/record:Record": {"zoneId": "Z1", "name": "a", "type": "A"},
    "route53/healthCheck:HealthCheck": {"type": "HTTP", "fqdn": "example.com"},
    "elasticache/cluster:Cluster": {"clusterId": "a"},
    "elasticache/replicationGroup:ReplicationGroup": {"replicationGroupId": "a", "description": "d", "nodeType": "cache.t4g.micro"},
    "elasticache/user:User": {"userId": "a", "userName": "a", "accessString": "on ~* +@all", "engine": "valkey"},
    "rds/cluster:Cluster": {"clusterIdentifier": "a", "engine": "aurora-postgresql"},
    "rds/clusterInstance:ClusterInstance": {"clusterIdentifier": "a", "engine": "aurora-postgresql", "instanceClass": "db.r6g.large"},
    "lb/targetGroup:TargetGroup": {"targetType": "ip", "port": 80, "protocol": "HTTP", "vpcId": "vpc-1"},
    "lb/loadBalancer:LoadBalancer": {},
    "ecs/service:Service": {"name": "a"},
    "ecs/capacityProvider:CapacityProvider": {"name": "a"},
    "lambda/function:Function": {"role": ROLE, "imageUri": "i", "packageType": "Image"},
    "lambda/invocation:Invocation": {"functionName": "a"},
    "ec2/natGateway:NatGateway": {"subnetId": "subnet-1"},
    "ec2/vpcEndpoint:VpcEndpoint": {"vpcId": "vpc-1", "serviceName": "s"},
    "servicediscovery/service:Service": {"name": "a"},
    "ecs/taskDefinition:TaskDefinition": {"family": "a", "containerDefinitions": '[{"name": "a", "image": "i"}]'},
    "kms/key:Key": {},
    "kms/alias:Alias": {"targetKeyId": "k"},
    "appautoscaling/target:Target": {
        "maxCapacity": 2,
        "minCapacity": 1,
        "resourceId": "service/a/b",
        "scalableDimension": "ecs:service:DesiredCount",
        "serviceNamespace": "ecs",
    },
    "iam/role:Role": {
        "assumeRolePolicy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}'
    },
    "ec2/subnet:Subnet": {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"},
    "ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16"},
    "ec2/securityGroup:SecurityGroup": {},
    "cloudwatch/metricAlarm:MetricAlarm": {
        "name": "a",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "metricName": "m",
        "namespace": "n",
        "period": 60,
        "statistic": "Sum",
        "threshold": 1,
    },
    "ec2/networkAcl:NetworkAcl": {"vpcId": "vpc-1"},
    "rds/proxy:Proxy": {"name": "a", "engineFamily": "POSTGRESQL", "roleArn": "arn:aws:iam::000000000000:role/r", "vpcSubnetIds": ["a", "b"]},
    "s3/bucketVersioning:BucketVersioning": {"bucket": "b", "versioningConfiguration": {"status": "Enabled"}},
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": 1}}]},
}
ALIAS = {"evaluateTargetHealth": True, "name": "a", "zoneId": "Z"}
VALUES = {"records": ["203.0.113.1"], "ttl": 60}
WEIGHED = {**VALUES, "setIdentifier": "a"}
GROUP = "arn:aws:autoscaling:eu-west-1:000000000000:autoScalingGroup:g"
CONNECT = {"enabled": True, "services": [{"portName": "a", "ingressPortOverride": 65536}]}
ENTRY = {"action": "allow", "fromPort": 1, "toPort": 1, "ruleNo": 1, "protocol": "tcp", "cidrBlock": "10.0.0.0/8"}
INLINE = {"fromPort": 1, "toPort": 1, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/8"]}
ADVANCED = {"alternateTargetGroupArn": KEY, "productionListenerRule": KEY, "roleArn": "role"}
REFUSED = [
    ("route53/record:Record", {**VALUES, "zoneId": ""}, "zoneId", "zone_id must not be empty, got "),
    ("route53/record:Record", {"aliases": [{**ALIAS, "name": ""}]}, "aliases[0].name", "expected length of name to be in the range (1 - 1024), got "),
    ("route53/record:Record", {"aliases": [{**ALIAS, "zoneId": "Z" * 33}]}, "aliases[0].zoneId", "expected length of zone_id to be in the range (1 - 32)"),
    (
        "route53/record:Record",
        {**WEIGHED, "failoverRoutingPolicies": [{"type": "primary"}]},
        "failoverRoutingPolicies[0].type",
        'expected type to be one of ["PRIMARY" "SECONDARY"], got primary',
    ),
    ("route53/record:Record", {**WEIGHED, "latencyRoutingPolicies": [{"region": "europe"}]}, "latencyRoutingPolicies[0].region", "invalid value for region"),
    (
        "route53/record:Record",
        {**WEIGHED, "geoproximityRoutingPolicy": {"bias": 100}},
        "geoproximityRoutingPolicy.bias",
        "expected bias to be in the range (-99 - 99), got 100",
    ),
    ("route53/healthCheck:HealthCheck", {"ipAddress": "1.2.3"}, "ipAddress", "expected ip_address to contain a valid IP address, got: 1.2.3"),
    ("route53/healthCheck:HealthCheck", {"referenceName": "a" * 28}, "referenceName", "expected length of reference_name to be in the range (0 - 27)"),
    ("route53/healthCheck:HealthCheck", {"routingControlArn": "x"}, "routingControlArn", '"routing_control_arn" (x) is an invalid ARN: arn: invalid prefix'),
    ("route53/healthCheck:HealthCheck", {"childHealthThreshold": 257}, "childHealthThreshold", "expected child_health_threshold to be at most (256), got 257"),
    ("route53/healthCheck:HealthCheck", {"childHealthchecks": ["a" * 65]}, "childHealthchecks[0]", "to be in the range (0 - 64)"),
    ("route53/healthCheck:HealthCheck", {"childHealthchecks": ["a"] * 257}, "childHealthchecks", "supports 256 item maximum, but config has 257 declared."),
    ("route53/healthCheck:HealthCheck", {"cloudwatchAlarmRegion": "mars"}, "cloudwatchAlarmRegion", "invalid value for cloudwatch_alarm_region"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "replicationGroupId": "g"}, "engine", '"engine": only one of `engine,replication_group_id`'),
    *(
        ("elasticache/cluster:Cluster", {"replicationGroupId": "g", name: value}, "replicationGroupId", '"replication_group_id": conflicts with')
        for name, value in (("subnetGroupName", "s"), ("securityGroupIds", ["sg-1"]), ("snapshotWindow", "03:00-04:00"), ("snapshotRetentionLimit", 3))
    ),
    ("elasticache/cluster:Cluster", {"engine": "redis", "clusterId": "A"}, "clusterId", "must contain only lowercase alphanumeric characters and hyphens"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "snapshotRetentionLimit": 36}, "snapshotRetentionLimit", "to be at most (35), got 36"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "outpostMode": "single-outpost"}, "outpostMode", "all of `outpost_mode,preferred_outpost_arn`"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "preferredOutpostArn": "x"}, "preferredOutpostArn", "is an invalid ARN"),
    ("elasticache/cluster:Cluster", {"engine": "redis", "autoMinorVersionUpgrade": "maybe"}, "autoMinorVersionUpgrade", 'cannot parse "maybe" as boolean'),
    *(
        ("elasticache/replicationGroup:ReplicationGroup", {"nodeGroupConfigurations": [{name: value}]}, f"nodeGroupConfigurations[0].{name}", reason)
        for name, value, reason in (
            ("nodeGroupId", "12345", "invalid value for node_group_id (must be 1-4 digits)"),
            ("slots", "a", "invalid value for slots (must contain only digits, commas, and hyphens)"),
            ("replicaCount", -1, "expected replica_count to be at least (0), got -1"),
            ("primaryOutpostArn", "x", '"primary_outpost_arn" (x) is an invalid ARN'),
        )
    ),
    ("elasticache/user:User", {"passwords": ["short"]}, "passwords[0]", "to be in the range (16 - 128), got short"),
    (
        "elasticache/user:User",
        {"authenticationMode": {"type": "password", "passwords": []}},
        "authenticationMode.passwords",
        "Attribute passwords requires 1 item minimum, but config has only 0 declared.",
    ),
    ("rds/cluster:Cluster", {"backtrackWindow": 259201}, "backtrackWindow", "expected backtrack_window to be in the range (0 - 259200), got 259201"),
    ("rds/cluster:Cluster", {"enabledCloudwatchLogsExports": ["x"]}, "enabledCloudwatchLogsExports[0]", '"postgresql" "slowquery"], got x'),
    *(
        ("rds/cluster:Cluster", {name: "x"}, name, "(x) is an invalid ARN: arn: invalid prefix")
        for name in ("kmsKeyId", "performanceInsightsKmsKeyId", "monitoringRoleArn")
    ),
    ("rds/cluster:Cluster", {"scalingConfiguration": {"secondsBeforeTimeout": 30}}, "scalingConfiguration.secondsBeforeTimeout", "(60 - 600), got 30"),
    *(
        ("rds/cluster:Cluster", {"serverlessv2ScalingConfiguration": {name: value}}, f"serverlessv2ScalingConfiguration.{name}", reason)
        for name, value, reason in (
            ("maxCapacity", 257, "expected max_capacity to be in the range (1 - 256), got 257"),
            ("minCapacity", -0.5, "expected min_capacity to be in the range (0 - 256), got -0.5"),
            ("secondsUntilAutoPause", 299, "expected seconds_until_auto_pause to be in the range (300 - 86400), got 299"),
        )
    ),
    ("rds/cluster:Cluster", {"snapshotIdentifier": "a", "globalClusterIdentifier": "b"}, "snapshotIdentifier", "conflicts with global_cluster_identifier"),
    ("rds/cluster:Cluster", {"masterPasswordWo": "secret"}, "masterPasswordWo", "all of `master_password_wo,master_password_wo_version` must be specified"),
    ("rds/cluster:Cluster", {"masterPasswordWoVersion": 1}, "masterPasswordWoVersion", "all of `master_password_wo_version,master_password_wo` must"),
    (
        "rds/cluster:Cluster",
        {"restoreToPointInTime": {"sourceClusterIdentifier": "a"}},
        "restoreToPointInTime.restoreToTime",
        "one of `restore_to_point_in_time.0.restore_to_time,restore_to_point_in_time.0.use_latest_restorable_time` must be specified",
    ),
    (
        "rds/cluster:Cluster",
        {"restoreToPointInTime": {"sourceClusterIdentifier": "a", "sourceClusterResourceId": "b", "useLatestRestorableTime": True}},
        "restoreToPointInTime.sourceClusterIdentifier",
        "only one of `restore_to_point_in_time.0.source_cluster_identifier,restore_to_point_in_time.0.source_cluster_resource_id` can be specified",
    ),
    (
        "rds/cluster:Cluster",
        {"restoreToPointInTime": {"sourceClusterIdentifier": "a", "restoreToTime": "yesterday"}},
        "restoreToPointInTime.restoreToTime",
        '"restore_to_time" must be in RFC3339 time format',
    ),
    ("rds/clusterInstance:ClusterInstance", {"performanceInsightsRetentionPeriod": 8}, "performanceInsightsRetentionPeriod", "divisible by 31, got: 8"),
    ("rds/clusterInstance:ClusterInstance", {"preferredBackupWindow": "x"}, "preferredBackupWindow", "hh24:mi"),
    ("rds/clusterInstance:ClusterInstance", {"performanceInsightsKmsKeyId": "x"}, "performanceInsightsKmsKeyId", "is an invalid ARN"),
    ("rds/clusterInstance:ClusterInstance", {"customIamInstanceProfile": "x"}, "customIamInstanceProfile", "must begin with AWSRDSCustom"),
    ("lb/targetGroup:TargetGroup", {"namePrefix": "a" * 7}, "namePrefix", "to be in the range (0 - 6)"),
    ("lb/targetGroup:TargetGroup", {"preserveClientIp": "maybe"}, "preserveClientIp", 'cannot parse "maybe" as boolean'),
    (
        "lb/targetGroup:TargetGroup",
        {"targetHealthStates": [{"unhealthyDrainingInterval": 360001}]},
        "targetHealthStates[0].unhealthyDrainingInterval",
        "(0 - 360000), got 360001",
    ),
    (
        "lb/targetGroup:TargetGroup",
        {"targetGroupHealth": {"dnsFailover": {"minimumHealthyTargetsPercentage": "101"}}},
        "targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage",
        "'minimum_healthy_targets_percentage' must be either 'off' or a number from 1 to 100, got 101",
    ),
    (
        "lb/loadBalancer:LoadBalancer",
        {"subnetMappings": [{"subnetId": "a", "privateIpv4Address": "::1"}]},
        "subnetMappings[0].privateIpv4Address",
        "expected private_ipv4_address to contain a valid IPv4 address, got: ::1",
    ),
    ("ecs/service:Service", {"placementConstraints": [{"type": "x"}]}, "placementConstraints[0].type", '["distinctInstance" "memberOf"], got x'),
    (
        "ecs/service:Service",
        {"loadBalancers": [{"containerName": "a", "containerPort": 1, "advancedConfiguration": ADVANCED}]},
        "loadBalancers[0].advancedConfiguration.roleArn",
        '"role_arn" (role) is an invalid ARN',
    ),
    ("ecs/service:Service", {"serviceConnectConfiguration": CONNECT}, "serviceConnectConfiguration.services[0].ingressPortOverride", "(0 - 65535), got 65536"),
    (
        "ecs/service:Service",
        {"serviceConnectConfiguration": {"enabled": True, "logConfiguration": {"logDriver": "x"}}},
        "serviceConnectConfiguration.logConfiguration.logDriver",
        '"splunk" "awsfirelens"], got x',
    ),
    ("ecs/service:Service", {"deploymentConfiguration": {"bakeTimeInMinutes": "1441"}}, "deploymentConfiguration.bakeTimeInMinutes", "(0 - 1440), got 1441"),
    (
        "ecs/service:Service",
        {"deploymentConfiguration": {"linearConfiguration": {"stepPercent": 2}}},
        "deploymentConfiguration.linearConfiguration.stepPercent",
        "(3 - 100), got 2",
    ),
    (
        "ecs/capacityProvider:CapacityProvider",
        {"autoScalingGroupProvider": {"autoScalingGroupArn": GROUP, "managedScaling": {"targetCapacity": 101}}},
        "autoScalingGroupProvider.managedScaling.targetCapacity",
        "expected target_capacity to be in the range (1 - 100), got 101",
    ),
    ("lambda/function:Function", {"kmsKeyArn": "x"}, "kmsKeyArn", "is an invalid ARN"),
    ("lambda/function:Function", {"deadLetterConfig": {"targetArn": "x"}}, "deadLetterConfig.targetArn", "is an invalid ARN"),
    ("lambda/function:Function", {"fileSystemConfig": {"localMountPath": "/tmp/x"}}, "fileSystemConfig.localMountPath", "(must start with '/mnt/')"),
    ("lambda/function:Function", {"durableConfig": {"executionTimeout": 0}}, "durableConfig.executionTimeout", "(1 - 31622400), got 0"),
    ("lambda/function:Function", {"handler": "a" * 129}, "handler", "to be in the range (1 - 128)"),
    ("lambda/function:Function", {"s3ObjectVersion": "x"}, "s3ObjectVersion", '"s3_object_version": conflicts with image_uri'),
    ("lambda/function:Function", {"sourceKmsKeyArn": KEY}, "sourceKmsKeyArn", '"source_kms_key_arn": conflicts with image_uri'),
    ("lambda/function:Function", {"replacementSecurityGroupIds": ["sg"]}, "replacementSecurityGroupIds", "replace_security_groups_on_destroy` must be"),
    ("lambda/invocation:Invocation", {"input": "1", "lifecycleScope": "CRUD"}, "input", "requires input to be a JSON object"),
    ("ec2/natGateway:NatGateway", {"allocationId": "a", "secondaryPrivateIpAddressCount": 1}, "secondaryPrivateIpAddressCount", '"public"'),
    ("ec2/natGateway:NatGateway", {"connectivityType": "private", "secondaryAllocationIds": ["a"]}, "secondaryAllocationIds", '"private"'),
    (
        "ec2/natGateway:NatGateway",
        {"availabilityMode": "regional", "vpcId": "vpc-1", "availabilityZoneAddresses": [{"allocationIds": ["a"]}]},
        "availabilityZoneAddresses[0]",
        "At least one of availability_zone or availability_zone_id must be specified",
    ),
    ("ec2/vpcEndpoint:VpcEndpoint", {"subnetConfigurations": [{"ipv4": "x", "subnetId": "s"}]}, "subnetConfigurations[0].ipv4", "a valid IPv4 address"),
    (
        "servicediscovery/service:Service",
        {"healthCheckConfig": {"type": "HTTP", "resourcePath": "/" * 256}},
        "healthCheckConfig.resourcePath",
        "expected length of resource_path to be in the range (0 - 255)",
    ),
    ("ecs/taskDefinition:TaskDefinition", {"placementConstraints": [{"type": "distinctInstance"}]}, "placementConstraints[0].type", '["memberOf"]'),
    (
        "ecs/taskDefinition:TaskDefinition",
        {"volumes": [{"name": "a", "dockerVolumeConfiguration": {"scope": "x"}}]},
        "volumes[0].dockerVolumeConfiguration.scope",
        'expected scope to be one of ["task" "shared"], got x',
    ),
    ("kms/key:Key", {"xksKeyId": "x"}, "xksKeyId", '"xks_key_id": all of `xks_key_id,custom_key_store_id` must be specified'),
    ("kms/key:Key", {"customKeyStoreId": "x" * 65}, "customKeyStoreId", "to be in the range (1 - 64)"),
    ("kms/alias:Alias", {"name": "alias/a", "namePrefix": "alias/b"}, "name", '"name": conflicts with name_prefix'),
    ("appautoscaling/target:Target", {"roleArn": "x"}, "roleArn", "is an invalid ARN"),
    ("iam/role:Role", {"managedPolicyArns": ["x"]}, "managedPolicyArns[0]", "is an invalid ARN"),
    ("ec2/subnet:Subnet", {"mapCustomerOwnedIpOnLaunch": True}, "mapCustomerOwnedIpOnLaunch", "customer_owned_ipv4_pool,outpost_arn` must be specified"),
    ("ec2/vpc:Vpc", {"ipv6CidrBlockNetworkBorderGroup": "x"}, "ipv6CidrBlockNetworkBorderGroup", "assign_generated_ipv6_cidr_block` must be specified"),
    ("ec2/securityGroup:SecurityGroup", {"namePrefix": "a" * 230}, "namePrefix", "to be in the range (0 - 229)"),
    ("ec2/securityGroup:SecurityGroup", {"ingress": [{**INLINE, "cidrBlocks": ["10.0.0.1/8"]}]}, "ingress[0].cidrBlocks[0]", "10.0.0.1/8"),
    ("ec2/securityGroup:SecurityGroup", {"egress": [{**INLINE, "ipv6CidrBlocks": ["10.0.0.0/8"]}]}, "egress[0].ipv6CidrBlocks[0]", "10.0.0.0/8"),
    ("cloudwatch/metricAlarm:MetricAlarm", {"thresholdMetricId": "e1"}, "threshold", '"threshold": conflicts with threshold_metric_id'),
    ("cloudwatch/metricAlarm:MetricAlarm", {"alarmDescription": "a" * 1025}, "alarmDescription", "to be in the range (0 - 1024)"),
    ("cloudwatch/metricAlarm:MetricAlarm", {"unit": "KiloBytes"}, "unit", '"Kilobytes" "Megabytes" "Gigabytes" "Terabytes" "Bytes/Second"'),
    ("cloudwatch/metricAlarm:MetricAlarm", {"metricName": "a" * 256}, "metricName", "to be in the range (1 - 255)"),
    ("ec2/networkAcl:NetworkAcl", {"ingress": [{**ENTRY, "action": "x"}]}, "ingress[0].action", "invalid value for action (must be allow or deny)"),
    ("ec2/networkAcl:NetworkAcl", {"egress": [{**ENTRY, "fromPort": 65536}]}, "egress[0].fromPort", "(0 - 65535), got 65536"),
    ("ec2/networkAcl:NetworkAcl", {"ingress": [{**ENTRY, "ruleNo": 32767}]}, "ingress[0].ruleNo", "(1 - 32766), got 32767"),
    ("rds/proxy:Proxy", {"auths": [{"secretArn": "x"}]}, "auths[0].secretArn", "is an invalid ARN"),
    ("s3/bucketVersioning:BucketVersioning", {"bucket": "a" * 64}, "bucket", "to be in the range (1 - 63)"),
    ("s3/bucketVersioning:BucketVersioning", {"expectedBucketOwner": "1"}, "expectedBucketOwner", "must be the 12 digits of an account"),
    ("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {"bucket": "a" * 64}, "bucket", "to be in the range (1 - 63)"),
]
TAKEN = [
    ("route53/record:Record", {"aliases": [ALIAS]}),
    ("route53/record:Record", {**WEIGHED, "geoproximityRoutingPolicy": {"bias": -99}}),
    ("route53/healthCheck:HealthCheck", {"ipAddress": "2001:db8::1", "referenceName": "a" * 27, "cloudwatchAlarmRegion": "us-gov-west-1"}),
    ("elasticache/cluster:Cluster", {"replicationGroupId": "g"}),
    ("elasticache/cluster:Cluster", {"engine": "redis", "autoMinorVersionUpgrade": "false", "snapshotRetentionLimit": 35}),
    ("elasticache/replicationGroup:ReplicationGroup", {"nodeGroupConfigurations": [{"nodeGroupId": "1", "slots": "0-8191,9000", "replicaCount": 0}]}),
    ("elasticache/user:User", {"passwords": ["p" * 16]}),
    ("rds/cluster:Cluster", {"serverlessv2ScalingConfiguration": {"maxCapacity": 1, "minCapacity": 0.5}, "kmsKeyId": UNKNOWN}),
    ("rds/cluster:Cluster", {"restoreToPointInTime": {"sourceClusterIdentifier": UNKNOWN, "restoreToTime": "2026-01-02T03:04:05Z"}}),
    *(("rds/clusterInstance:ClusterInstance", {"performanceInsightsRetentionPeriod": days}) for days in (7, 31, 62, 731)),
    ("lb/targetGroup:TargetGroup", {"targetGroupHealth": {"dnsFailover": {"minimumHealthyTargetsCount": "off", "minimumHealthyTargetsPercentage": "100"}}}),
    ("lb/loadBalancer:LoadBalancer", {"subnetMappings": [{"subnetId": "a", "privateIpv4Address": "10.0.0.4"}]}),
    ("ecs/service:Service", {"deploymentConfiguration": {"bakeTimeInMinutes": "0", "linearConfiguration": {"stepPercent": 3}}}),
    ("lambda/function:Function", {"durableConfig": {"executionTimeout": 1, "retentionPeriod": 90}, "kmsKeyArn": ""}),
    ("lambda/invocation:Invocation", {"input": ' {"a": 1} ', "lifecycleScope": "CRUD"}),
    ("ec2/natGateway:NatGateway", {"connectivityType": "private", "secondaryPrivateIpAddressCount": 1}),
    ("ecs/taskDefinition:TaskDefinition", {"placementConstraints": [{"type": "memberOf", "expression": "attribute:x == y"}]}),
    ("kms/key:Key", {"xksKeyId": "x", "customKeyStoreId": "cks-1"}),
    ("ec2/securityGroup:SecurityGroup", {"ingress": [INLINE], "namePrefix": "a" * 229}),
    *(("cloudwatch/metricAlarm:MetricAlarm", {"unit": unit}) for unit in ("None", "Bytes", "Terabits/Second", "Kilobytes", "Count/Second")),
    ("ec2/networkAcl:NetworkAcl", {"ingress": [{**ENTRY, "action": "DENY", "fromPort": 0, "toPort": 0, "protocol": "-1"}]}),
    ("s3/bucketVersioning:BucketVersioning", {"bucket": "b" * 63, "expectedBucketOwner": "000000000000"}),
]


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for kind in KINDS})


@pytest.mark.parametrize(("token", "inputs", "path", "reason"), REFUSED)
def test_an_argument_that_the_provider_refuses_is_refused(world, token, inputs, path, reason):
    found = invalid(world, f"aws:{token}", **{**BASE[token], **inputs})
    assert set(found) == {path}
    assert reason in found[path]


@pytest.mark.parametrize(("token", "inputs"), TAKEN)
def test_an_argument_that_the_provider_takes_is_taken(world, token, inputs):
    assert world.check(f"aws:{token}", **{**BASE[token], **inputs})
