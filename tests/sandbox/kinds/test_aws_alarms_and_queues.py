"""Alarms, event rules, queues and topics in the sandbox."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.kinds.aws_compute_world import compute_world, task
from tests.sandbox.kinds.aws_data_world import role
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
METRIC = {"metricName": "CPUUtilization", "namespace": "AWS/ECS", "statistic": "Average", "period": 60, "threshold": 80}
HIGH = {"name": "high", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3, **METRIC}
DEAD = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"


@pytest.fixture
def world() -> World:
    return compute_world()


def without(said_, **changes):
    return {name: value for name, value in {**said_, **changes}.items() if value is not None}


def test_an_alarm_is_known_by_its_name(world):
    made = world.create(ALARM, **HIGH)
    assert (made.id, made.outputs["arn"]) == ("high", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:high")
    assert (made.inputs["actionsEnabled"], made.inputs["treatMissingData"]) == (True, "missing")
    assert world.create(ALARM, **HIGH).id == "high"
    assert world.kinds[ALARM].replaces == {"name"}


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"name": "a" * 256}, "name"),
        ({"comparisonOperator": "Over"}, "comparisonOperator"),
        ({"statistic": "Mean"}, "statistic"),
        ({"treatMissingData": "bad"}, "treatMissingData"),
        ({"evaluateLowSampleCountPercentiles": "no"}, "evaluateLowSampleCountPercentiles"),
        ({"statistic": None, "extendedStatistic": "99"}, "extendedStatistic"),
        ({"extendedStatistic": "p99"}, "statistic"),
        ({"evaluationPeriods": 0}, "evaluationPeriods"),
        ({"datapointsToAlarm": 0}, "datapointsToAlarm"),
        ({"period": 45}, "period"),
        ({"period": 90}, "period"),
        ({"alarmActions": [f"arn:aws:sns:{REGION}:{ACCOUNT}:a"] * 6}, "alarmActions"),
        ({"okActions": ["topic"]}, "okActions[0]"),
        ({"metricName": None}, "metricName"),
        ({"metricQueries": [{"id": "a"}]}, "metricName"),
        ({"metricName": None, "metricQueries": [{"id": "a"}, {"id": "a"}]}, "metricQueries"),
    ],
)
def test_the_provider_refuses_an_alarm(world, inputs, path):
    assert set(invalid(world, ALARM, **without(HIGH, **inputs))) == {path}


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"datapointsToAlarm": 4}, "DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
        ({"namespace": None}, "The parameter Namespace is required."),
        ({"period": None}, "The parameter Period is required."),
        ({"statistic": None}, "Exactly one of Statistic and ExtendedStatistic must be specified"),
        ({"threshold": None}, "The parameter Threshold is required."),
        ({"period": 60, "evaluationPeriods": 1441}, "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."),
        ({"period": 3600, "evaluationPeriods": 169}, "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800)."),
    ],
)
def test_an_alarm_that_cannot_be_is_refused(world, inputs, why):
    head = (
        "creating CloudWatch Metric Alarm (high): operation error CloudWatch: PutMetricAlarm, https response error StatusCode: 400, api error ValidationError: "
    )
    assert said(refused(lambda: world.create(ALARM, **without(HIGH, **inputs)))) == head + why


def test_a_rule_says_when(world):
    made = world.create(RULE, name="night", scheduleExpression="cron(0 22 * * ? *)")
    assert (made.id, made.outputs["arn"]) == ("night", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/night")
    assert (made.outputs["state"], made.outputs["eventBusName"]) == ("ENABLED", "default")
    message = refused(lambda: world.create(RULE, name="night", scheduleExpression="rate(1 days)"))
    assert message.endswith("ValidationException: Parameter ScheduleExpression is not valid.")
    pattern = json.dumps({"source": ["aws.ecs"]})
    message = refused(lambda: world.create(RULE, name="a", eventPattern=pattern, eventBusName="own"))
    assert message.endswith("ResourceNotFoundException: Event bus own does not exist.")
    world.put("aws:cloudwatch/eventBus:EventBus", "own", name="own")
    assert world.create(RULE, name="a", eventPattern=pattern, eventBusName="own").id == "own/a"
    message = refused(lambda: world.create(RULE, name="b", scheduleExpression="rate(1 day)", eventBusName="own"))
    assert message.endswith("ScheduleExpression is supported only on the default event bus.")


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"name": "my rule"}, "name"),
        ({"scheduleExpression": None}, "eventPattern"),
        ({"eventPattern": "[]"}, "eventPattern"),
        ({"eventPattern": "{"}, "eventPattern"),
        ({"eventPattern": json.dumps({"a": "x" * 4096})}, "eventPattern"),
        ({"scheduleExpression": "x" * 257}, "scheduleExpression"),
        ({"roleArn": "role"}, "roleArn"),
    ],
)
def test_the_provider_refuses_a_rule(world, inputs, path):
    assert set(invalid(world, RULE, **without({"name": "night", "scheduleExpression": "rate(1 day)"}, **inputs))) == {path}


def test_a_rule_goes_after_its_targets(world):
    rule = world.create(RULE, name="night", scheduleExpression="rate(1 day)")
    made = world.create(TARGET, rule="night", arn=DEAD, targetId="dead")
    assert (made.id, made.outputs["targetId"]) == ("night-dead", "dead")
    assert world.create(TARGET, rule="night", arn=DEAD).outputs["targetId"].startswith("terraform-")
    assert refused(lambda: world.delete(rule)).endswith("ValidationException: Rule can't be deleted since it has targets.")
    for target in list(world.cloud.find(TARGET)):
        world.delete(target)
    world.delete(rule)
    assert world.cloud.get(RULE, "night") is None


def test_a_target_has_a_rule_and_a_role_that_can_be_assumed(world):
    message = refused(lambda: world.create(TARGET, rule="night", arn=DEAD, targetId="dead"))
    assert message.endswith("ResourceNotFoundException: Rule night does not exist on EventBus default.")
    world.create(RULE, name="night", scheduleExpression="rate(1 day)")
    execution, events = f"arn:aws:iam::{ACCOUNT}:role/execution", role(world, "events", "events.amazonaws.com")
    message = refused(lambda: world.create(TARGET, rule="night", arn=DEAD, targetId="dead", roleArn=execution))
    assert message.endswith(f"ValidationException: Provided role '{execution}' cannot be assumed by principal 'events.amazonaws.com'.")
    ecs = {"rule": "night", "arn": DEAD, "targetId": "run", "ecsTarget": {"taskDefinitionArn": "web:9", "launchType": "FARGATE"}}
    assert refused(lambda: world.create(TARGET, **ecs)).endswith("ValidationException: RoleArn is required for target run.")
    assert refused(lambda: world.create(TARGET, **ecs, roleArn=events)).endswith("ValidationException: The task definition web:9 does not exist.")
    ecs["ecsTarget"] = {"taskDefinitionArn": task(world).outputs["arn"], "launchType": "FARGATE"}
    assert refused(lambda: world.create(TARGET, **ecs, roleArn=events)).endswith("NetworkConfiguration is required for targets of launch type FARGATE.")
    for number in range(5):
        world.create(TARGET, rule="night", arn=DEAD, targetId=f"t{number}")
    assert "LimitExceededException: The requested resource exceeds" in refused(lambda: world.create(TARGET, rule="night", arn=DEAD, targetId="t6"))


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"arn": "queue"}, "arn"),
        ({"input": "{}", "inputPath": "$.a"}, "input"),
        ({"targetId": "a b"}, "targetId"),
        ({"retryPolicy": {"maximumEventAgeInSeconds": 59}}, "retryPolicy.maximumEventAgeInSeconds"),
        ({"retryPolicy": {"maximumRetryAttempts": 186}}, "retryPolicy.maximumRetryAttempts"),
        ({"ecsTarget": {"taskCount": 0}}, "ecsTarget.taskCount"),
    ],
)
def test_the_provider_refuses_a_target(world, inputs, path):
    assert set(invalid(world, TARGET, **{"rule": "night", "arn": DEAD, **inputs})) == {path}


def test_a_queue_has_an_address(world):
    made = world.create(QUEUE, name="jobs")
    assert made.id == made.outputs["url"] == f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
    assert made.outputs["arn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
    assert (made.outputs["sqsManagedSseEnabled"], made.outputs["visibilityTimeoutSeconds"], made.outputs["kmsDataKeyReusePeriodSeconds"]) == (True, 30, 300)
    assert world.create(QUEUE, name="sealed", kmsMasterKeyId="alias/a").outputs["sqsManagedSseEnabled"] is False
    assert "QueueAlreadyExists: A queue already exists with the same name" in refused(lambda: world.create(QUEUE, name="jobs"))
    assert world.kinds[QUEUE].replaces == {"name", "namePrefix", "fifoQueue"}


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"name": "my jobs"}, "name"),
        ({"name": "jobs", "fifoQueue": True}, "name"),
        ({"name": "jobs.fifo"}, "name"),
        ({"delaySeconds": 901}, "delaySeconds"),
        ({"maxMessageSize": 1023}, "maxMessageSize"),
        ({"messageRetentionSeconds": 59}, "messageRetentionSeconds"),
        ({"receiveWaitTimeSeconds": 21}, "receiveWaitTimeSeconds"),
        ({"visibilityTimeoutSeconds": 43201}, "visibilityTimeoutSeconds"),
        ({"contentBasedDeduplication": True}, "contentBasedDeduplication"),
        ({"kmsMasterKeyId": "a", "sqsManagedSseEnabled": True}, "kmsMasterKeyId"),
        ({"policy": "[]"}, "policy"),
    ],
)
def test_the_provider_refuses_a_queue(world, inputs, path):
    assert set(invalid(world, QUEUE, **{"name": "jobs", **inputs})) == {path}


def test_dead_letters_go_to_a_queue_of_the_same_type(world):
    redrive = json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 5})
    assert refused(lambda: world.create(QUEUE, name="jobs", redrivePolicy=redrive)).endswith("Reason: Dead letter target does not exist.")
    world.create(QUEUE, name="dead")
    message = refused(lambda: world.create(QUEUE, name="jobs.fifo", fifoQueue=True, redrivePolicy=redrive))
    assert message.endswith("Reason: Dead-letter queue must be same type of queue as the source.")
    assert world.create(QUEUE, name="jobs", redrivePolicy=redrive).outputs["name"] == "jobs"
    assert refused(lambda: world.create(QUEUE, name="bad", redrivePolicy="[1]")).endswith("Value [1] for parameter RedrivePolicy is invalid.")


def test_a_topic_has_subscriptions(world):
    made = world.create(TOPIC, name="alerts")
    assert made.id == made.outputs["arn"] == f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    assert made.outputs["owner"] == ACCOUNT
    assert json.loads(made.outputs["policy"])["Statement"][0]["Resource"] == made.id
    mail = world.create(SUBSCRIPTION, topic=made.id, protocol="email", endpoint="a@example.com")
    assert mail.id.startswith(f"{made.id}:")
    assert (mail.outputs["arn"], mail.outputs["pendingConfirmation"]) == (mail.id, True)
    assert world.create(SUBSCRIPTION, topic=made.id, protocol="sqs", endpoint=DEAD).outputs["pendingConfirmation"] is False


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:none"}, "NotFoundException: Topic does not exist"),
        ({"protocol": "sqs", "endpoint": "dead"}, "InvalidParameterException: Invalid parameter: sqs endpoint ARN"),
        ({"protocol": "https", "endpoint": "http://a"}, "InvalidParameterException: Invalid parameter: Endpoint must match the specified protocol"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(world, inputs, why):
    topic = world.create(TOPIC, name="alerts")
    assert refused(lambda: world.create(SUBSCRIPTION, **{"topic": topic.id, "protocol": "email", "endpoint": "a", **inputs})).endswith(why)


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        (TOPIC, {"name": "my alerts"}, "name"),
        (TOPIC, {"name": "alerts", "fifoTopic": True}, "name"),
        (TOPIC, {"name": "alerts", "signatureVersion": 3}, "signatureVersion"),
        (TOPIC, {"name": "alerts", "contentBasedDeduplication": True}, "contentBasedDeduplication"),
        (SUBSCRIPTION, {"topic": "a", "protocol": "pigeon", "endpoint": "a"}, "protocol"),
        (SUBSCRIPTION, {"topic": "a", "protocol": "sqs", "endpoint": "a", "filterPolicy": "{"}, "filterPolicy"),
    ],
)
def test_the_provider_refuses_topics_and_subscriptions(world, token, inputs, path):
    assert set(invalid(world, token, **inputs)) == {path}
