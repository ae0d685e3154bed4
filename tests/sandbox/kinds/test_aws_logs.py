"""CloudWatch Logs, VPC flow logs and query logs of Route 53 Resolver."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, ROLE, aws_world, said, subnet, vpc
from tests.sandbox.kinds.cloud import invalid, refused

GROUP = "aws:cloudwatch/logGroup:LogGroup"
STREAM = "aws:cloudwatch/logStream:LogStream"
POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
KEY = "aws:kms/key:Key"
FLOW = "aws:ec2/flowLog:FlowLog"
QUERY = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
TIE = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
BAD = "https response error StatusCode: 400,"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
LOGS = {
    "Effect": "Allow",
    "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
    "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    "Resource": "*",
    "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app/*"}},
}


@pytest.fixture
def world():
    return aws_world()


@pytest.fixture
def log_group(world):
    return world.create(GROUP, name="/app/web")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(world, service="vpc-flow-logs.amazonaws.com", name="flow"):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return world.create(ROLE, name=name, assumeRolePolicy=policy(trust))


def test_a_group_is_called_by_its_name_and_keeps_for_ever_by_default(log_group):
    assert log_group.id == "/app/web"
    assert log_group.outputs["arn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app/web"
    assert (log_group.outputs["retentionInDays"], log_group.outputs["logGroupClass"], log_group.outputs["skipDestroy"]) == (0, "STANDARD", False)


@pytest.mark.parametrize("days", [2, 364, 10000])
def test_days_that_logs_are_never_kept_are_refused(world, days):
    every = "0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653"
    assert invalid(world, GROUP, name="a", retentionInDays=days) == {"retentionInDays": f"expected retention_in_days to be one of [{every}], got {days}"}


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        (
            {"name": "a b"},
            {"name": '"name" isn\'t a valid log group name (alphanumeric characters, underscores, hyphens, slashes, hash signs and dots are allowed): "a b"'},
        ),
        ({"name": "a" * 513}, {"name": f'"name" cannot be longer than 512 characters: "{"a" * 513}"'}),
        (
            {"name": "a", "logGroupClass": "RARE"},
            {"logGroupClass": 'expected log_group_class to be one of ["STANDARD" "INFREQUENT_ACCESS" "DELIVERY"], got RARE'},
        ),
        ({"name": "a", "kmsKeyId": "alias/logs"}, {"kmsKeyId": '"kms_key_id" (alias/logs) is an invalid ARN: arn: invalid prefix'}),
        ({"name": "a", "namePrefix": "b"}, {"name": '"name": conflicts with name_prefix'}),
    ],
)
def test_what_the_provider_refuses_of_a_group(world, given, failures):
    assert invalid(world, GROUP, **given) == failures


def test_a_name_is_taken_once(world, log_group):
    message = said(refused(world.create, token=GROUP, name=log_group.id))
    start = "creating CloudWatch Logs Log Group (/app/web): operation error CloudWatch Logs: CreateLogGroup"
    assert message == f"{start}, {BAD} ResourceAlreadyExistsException: The specified log group already exists"


@pytest.mark.parametrize(
    "statements",
    [
        (ROOT,),
        (ROOT, {**LOGS, "Principal": {"Service": "logs.us-east-1.amazonaws.com"}}),
        (ROOT, {**LOGS, "Action": ["kms:Encrypt*", "kms:Decrypt*"]}),
        (ROOT, {**LOGS, "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/other/*"}}}),
        (ROOT, LOGS, {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}),
    ],
)
def test_a_key_that_does_not_let_the_service_in_is_refused(world, statements):
    key = world.create(KEY, policy=policy(*statements))
    message = said(refused(world.create, token=GROUP, name="/app/web", kmsKeyId=key.outputs["arn"]))
    words = f"The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app/web'"
    start = "creating CloudWatch Logs Log Group (/app/web): operation error CloudWatch Logs: CreateLogGroup"
    assert message == f"{start}, {BAD} api error AccessDeniedException: {words}"


def test_a_key_that_lets_the_service_in_is_taken_and_one_that_is_gone_is_not(world, log_group):
    key = world.create(KEY, policy=policy(ROOT, LOGS))
    arn = key.outputs["arn"]
    assert world.create(GROUP, name="/app/api", kmsKeyId=arn).outputs["kmsKeyId"] == arn
    assert world.update(log_group, kmsKeyId=arn).outputs["kmsKeyId"] == arn
    world.delete(key)
    assert "does not exist or is not allowed" in refused(world.create, token=GROUP, name="/app/db", kmsKeyId=arn)
    assert refused(world.update, old=log_group, kmsKeyId=arn).startswith("associating CloudWatch Logs Log Group (/app/web) KMS key: ")


@pytest.mark.parametrize("given", [{"isEnabled": False}, {"customerMasterKeySpec": "RSA_2048"}, {"region": "us-east-1"}])
def test_a_key_that_is_off_asymmetric_or_elsewhere_is_refused(world, given):
    key = world.create(KEY, policy=policy(ROOT, LOGS), **given)
    assert "AccessDeniedException" in refused(world.create, token=GROUP, name="/app/web", kmsKeyId=key.outputs["arn"])


def test_names_are_a_regions_and_those_of_streams_a_groups(world, log_group):
    away = world.create(GROUP, name="/app/web", region="us-east-1")
    assert away.outputs["arn"] == f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/app/web"
    assert away.id != log_group.id
    other = world.create(GROUP, name="/app/api")
    made = [world.create(STREAM, logGroupName=name, name="one").id for name in (log_group.id, other.id)]
    assert made[0] == "one"
    assert made[1] != "one"
    world.delete(other)
    assert [record.id for record in world.cloud.find(STREAM)] == ["one"]
    here, there = (world.create(POLICY, policyName="p", policyDocument=policy(WRITE), region=place) for place in (REGION, "us-east-1"))
    assert here.id != there.id


def test_a_protected_group_stays_and_one_that_is_kept_is_forgotten_only(world):
    safe = world.create(GROUP, name="safe", deletionProtectionEnabled=True)
    assert "deletion protection enabled" in refused(world.delete, record=safe)
    world.delete(world.update(safe, deletionProtectionEnabled=None))
    kept = world.create(GROUP, name="kept", skipDestroy=True)
    world.delete(kept)
    assert world.cloud.get(GROUP, "kept") is not None


def test_a_stream_is_in_a_group_and_goes_with_it(world, log_group):
    made = world.create(STREAM, logGroupName=log_group.id, name="one")
    assert made.outputs["arn"] == f"{log_group.outputs['arn']}:log-stream:one"
    assert "ResourceAlreadyExistsException: The specified log stream already exists" in refused(
        world.create, token=STREAM, logGroupName=log_group.id, name="one"
    )
    assert "ResourceNotFoundException: The specified log group does not exist." in refused(world.create, token=STREAM, logGroupName="none", name="one")
    assert "must not contain ':' or '*'" in invalid(world, STREAM, logGroupName="a", name="a:b")["name"]
    assert "between 1 and 512" in invalid(world, STREAM, logGroupName="a", name="a" * 513)["name"]
    world.delete(log_group)
    assert not list(world.cloud.find(STREAM))


WRITE = {"Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "*"}


def test_a_region_has_ten_policies_at_most(world):
    made = [world.create(POLICY, policyName=f"p{number}", policyDocument=policy(WRITE)) for number in range(10)]
    message = said(refused(world.create, token=POLICY, policyName="p10", policyDocument=policy(WRITE)))
    start = "creating CloudWatch Logs Resource Policy (p10): operation error CloudWatch Logs: PutResourcePolicy"
    assert message == f"{start}, {BAD} LimitExceededException: Resource limit exceeded."
    assert world.update(made[0], policyDocument=policy({**WRITE, "Sid": "A"})).outputs["policyScope"] == "ACCOUNT"


def test_a_policy_that_is_none_is_refused(world):
    assert "InvalidParameterException: Missing required field Principal" in refused(
        world.create, token=POLICY, policyName="p", policyDocument=policy({key: value for key, value in WRITE.items() if key != "Principal"})
    )
    long = policy({**WRITE, "Resource": [f"arn:aws:logs:::{'a' * 5120}"]})
    assert "must have length less than or equal to 5120" in refused(world.create, token=POLICY, policyName="p", policyDocument=long)
    assert "invalid JSON policy" in invalid(world, POLICY, policyName="p", policyDocument="no")["policyDocument"]
    assert "policyName" in invalid(world, POLICY, policyDocument=policy(WRITE))


def flow(world, **more):
    return {"trafficType": "ALL", "logDestination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app/web", **more}


def test_a_flow_log_has_its_arn_and_the_default_format(world, log_group):
    network = vpc(world)
    made = world.create(FLOW, **flow(world, vpcId=network.id, iamRoleArn=role(world).outputs["arn"]))
    assert made.id.startswith("fl-0")
    assert made.outputs["arn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/{made.id}"
    assert made.outputs["logFormat"].startswith("${version} ${account-id} ${interface-id} ${srcaddr}")
    assert (made.outputs["maxAggregationInterval"], made.outputs["logDestinationType"]) == (600, "cloud-watch-logs")
    again = refused(world.create, token=FLOW, **flow(world, vpcId=network.id, iamRoleArn=made.outputs["iamRoleArn"]))
    assert "FlowLogAlreadyExists: Error. There is an existing Flow Log with the same configuration and log destination." in again


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("ecs-tasks.amazonaws.com", "InvalidParameter: Unable to assume given IAM role"),
        ("", "InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."),
    ],
)
def test_a_role_that_does_not_trust_flow_logs_is_refused(world, log_group, service, words):
    network = vpc(world)
    given = {"iamRoleArn": role(world, service).outputs["arn"]} if service else {}
    message = said(refused(world.create, token=FLOW, **flow(world, vpcId=network.id, **given)))
    assert message == f"creating Flow Log ({network.id}): operation error EC2: CreateFlowLogs, {BAD} api error {words}"


def test_a_role_that_is_not_there_is_refused(world, log_group):
    gone = f"arn:aws:iam::{ACCOUNT}:role/gone"
    assert "Unable to assume given IAM role" in refused(world.create, token=FLOW, **flow(world, vpcId=vpc(world).id, iamRoleArn=gone))


def test_a_destination_that_is_not_there_is_refused(world):
    network, arn = vpc(world), role(world).outputs["arn"]
    message = refused(world.create, token=FLOW, **flow(world, vpcId=network.id, iamRoleArn=arn))
    destination = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app/web"
    assert message.endswith(f"LogDestinationNotFoundException: LogDestination: {destination} does not exist.")
    bucket = {"vpcId": network.id, "trafficType": "ALL", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::logs/flow"}
    assert "LogDestination: arn:aws:s3:::logs/flow does not exist." in refused(world.create, token=FLOW, **bucket)
    assert "DeliverLogsPermissionArn is not applicable for s3 delivery" in refused(world.create, token=FLOW, **bucket, iamRoleArn=arn)
    world.put("aws:s3/bucket:Bucket", "logs", bucket="logs")
    assert world.create(FLOW, **bucket).id
    assert "is not of type s3" in refused(world.create, token=FLOW, **{**bucket, "logDestination": destination})
    assert "LogDestination can't be empty" in refused(world.create, token=FLOW, **{**bucket, "logDestination": None})


def test_what_a_flow_log_is_of_must_be_there(world, log_group):
    arn = role(world).outputs["arn"]
    assert "InvalidVpcID.NotFound" in refused(world.create, token=FLOW, **flow(world, vpcId="vpc-0123456789abcdef0", iamRoleArn=arn))
    assert "InvalidSubnetID.NotFound" in refused(world.create, token=FLOW, **flow(world, subnetId="subnet-0123456789abcdef0", iamRoleArn=arn))
    place = subnet(world, vpc(world))
    assert world.create(FLOW, **flow(world, subnetId=place.id, iamRoleArn=arn)).id
    missing = {"vpcId": place.outputs["vpcId"], "iamRoleArn": arn, "logDestination": log_group.outputs["arn"]}
    assert "MissingParameter: The request must contain the parameter TrafficType" in refused(world.create, token=FLOW, **missing)


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({}, "eniId", '"eni_id": one of `eni_id,regional_nat_gateway_id,subnet_id,transit_gateway_attachment_id,transit_gateway_id,vpc_id` must be specified'),
        ({"vpcId": "a", "trafficType": "SOME"}, "trafficType", 'expected traffic_type to be one of ["ACCEPT" "REJECT" "ALL"], got SOME'),
        ({"vpcId": "a", "maxAggregationInterval": 61}, "maxAggregationInterval", "expected max_aggregation_interval to be one of [60 600], got 61"),
        (
            {"vpcId": "a", "logDestinationType": "x"},
            "logDestinationType",
            'expected log_destination_type to be one of ["cloud-watch-logs" "s3" "kinesis-data-firehose"], got x',
        ),
        ({"vpcId": "a", "iamRoleArn": "flow"}, "iamRoleArn", '"iam_role_arn" (flow) is an invalid ARN: arn: invalid prefix'),
        ({"vpcId": "a", "logDestination": "arn:aws"}, "logDestination", '"log_destination" (arn:aws) is an invalid ARN: arn: not enough sections'),
        (
            {"vpcId": "a", "logDestination": "arn:aws:s3::x:y"},
            "logDestination",
            '"log_destination" (arn:aws:s3::x:y) is an invalid ARN: invalid account ID value',
        ),
    ],
)
def test_what_the_provider_refuses_of_a_flow_log(world, given, path, reason):
    assert invalid(world, FLOW, **given)[path].startswith(reason)


def test_queries_are_written_down_where_something_is(world, log_group):
    made = world.create(QUERY, name="queries", destinationArn=log_group.outputs["arn"])
    assert made.id.startswith("rqlc-0")
    assert made.outputs["arn"] == f"arn:aws:route53resolver:{REGION}:{ACCOUNT}:resolver-query-log-config/{made.id}"
    assert (made.outputs["ownerId"], made.outputs["shareStatus"]) == (ACCOUNT, "NOT_SHARED")
    message = refused(world.create, token=QUERY, name="q", destinationArn=f"{log_group.outputs['arn']}2")
    assert message.startswith("creating Route53 Resolver Query Log Config (q): operation error Route53Resolver: CreateResolverQueryLogConfig")
    assert "that you specified can't be found" in message
    assert "can't be found" in refused(world.create, token=QUERY, name="q", destinationArn="arn:aws:s3:::none")
    assert "cannot be greater than 64 characters" in invalid(world, QUERY, name="q" * 65, destinationArn=log_group.outputs["arn"])["name"]
    assert "not digits alone" in invalid(world, QUERY, name="12", destinationArn=log_group.outputs["arn"])["name"]
    assert "destinationArn" in invalid(world, QUERY, name="q", destinationArn="logs")


def test_a_network_is_tied_to_a_query_log_once(world, log_group):
    network, config = vpc(world), world.create(QUERY, name="queries", destinationArn=log_group.outputs["arn"])
    tie = world.create(TIE, resolverQueryLogConfigId=config.id, resourceId=network.id)
    assert tie.id.startswith("rqlca-0")
    assert "ResourceExistsException" in refused(world.create, token=TIE, resolverQueryLogConfigId=config.id, resourceId=network.id)
    assert "The VPC 'vpc-1' does not exist." in refused(world.create, token=TIE, resolverQueryLogConfigId=config.id, resourceId="vpc-1")
    assert "ResourceNotFoundException" in refused(world.create, token=TIE, resolverQueryLogConfigId="rqlc-1", resourceId=network.id)
    message = refused(world.delete, record=config)
    assert message.startswith(f"deleting Route53 Resolver Query Log Config ({config.id}): operation error Route53Resolver: DeleteResolverQueryLogConfig")
    world.delete(tie)
    world.delete(config)


def test_a_group_is_looked_up(world, log_group):
    look = "aws:cloudwatch/getLogGroup:getLogGroup"
    assert world.invoke(look, name="/app/web")["arn"] == log_group.outputs["arn"]
    assert refused(world.invoke, token=look, name="none") == "reading CloudWatch Logs Log Group (none): couldn't find resource"
