"""SQS queues and SNS topics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .compute_checks import between, one_of
from .formats import ACCOUNT, arn, check_tags, fresh, placed, refused, region, text
from .policies import check_json

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
_RANGES: dict[str, tuple[int, int]] = {
    "delaySeconds": (0, 900),
    "kmsDataKeyReusePeriodSeconds": (60, 86400),
    "maxMessageSize": (1024, 1048576),
    "messageRetentionSeconds": (60, 1209600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43200),
}
"""Of a queue's attributes (API reference, `CreateQueue`)."""
_PROTOCOLS = ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")


def _queue_defaults(_call: Call) -> Properties:
    return {
        "contentBasedDeduplication": False,
        "delaySeconds": 0,
        "fifoQueue": False,
        "maxMessageSize": 262144,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    }


def _check_queue(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    for name, (low, high) in _RANGES.items():
        yield from between(name, inputs.get(name), low, high)
    yield from check_json("policy", "policy", inputs.get("policy"))
    yield from _check_name(call, fifo=inputs.get("fifoQueue") is True, longest=80)
    if inputs.get("contentBasedDeduplication") is True and inputs.get("fifoQueue") is not True:
        yield Failure("contentBasedDeduplication", "content-based deduplication can only be set for FIFO queue")
    if inputs.get("kmsMasterKeyId") and inputs.get("sqsManagedSseEnabled") is True:
        yield Failure("kmsMasterKeyId", '"kms_master_key_id": conflicts with sqs_managed_sse_enabled')


def _check_name(call: Call, *, fifo: bool, longest: int) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if not isinstance(name, str):
        return
    pattern = rf"^[A-Za-z0-9_-]{{1,{longest - 5}}}\.fifo$" if fifo else rf"^[A-Za-z0-9_-]{{1,{longest}}}$"
    if not re.match(pattern, name):
        yield Failure("name", f"invalid name: {name}")


def _put_queue(call: Call) -> None:
    doing = f"{'creating' if call.old is None else 'updating'} SQS Queue ({call.inputs['name']})"
    given = text(call.inputs.get("redrivePolicy"))
    if not given:
        return
    try:
        target = json.loads(given).get("deadLetterTargetArn")
    except (ValueError, AttributeError):
        raise refused(doing, "SQS: CreateQueue", "InvalidAttributeValue", f"Value {given} for parameter RedrivePolicy is invalid.") from None
    letters = next(call.cloud.find(QUEUE, arn=target), None)
    if letters is None:
        message = f"Value {given} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist."
        raise refused(doing, "SQS: CreateQueue", "InvalidParameterValue", message)
    if letters.inputs.get("fifoQueue") is not call.inputs.get("fifoQueue"):
        message = f"Value {given} for parameter RedrivePolicy is invalid. Reason: Dead-letter queue must be same type of queue as the source."
        raise refused(doing, "SQS: CreateQueue", "InvalidParameterValue", message)


def _url(call: Call) -> str:
    return f"https://sqs.{region(call)}.amazonaws.com/{ACCOUNT}/{call.inputs['name']}"


def _queue_outputs(call: Call) -> Properties:
    sealed = call.inputs.get("sqsManagedSseEnabled")
    return {
        **placed(call),
        "url": _url(call),
        "arn": arn(call, "sqs", text(call.inputs["name"])),
        "sqsManagedSseEnabled": sealed if sealed is not None else not call.inputs.get("kmsMasterKeyId"),
        "kmsDataKeyReusePeriodSeconds": call.inputs.get("kmsDataKeyReusePeriodSeconds") or 300,
    }


def _check_topic(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_json("policy", "policy", inputs.get("policy"))
    yield from _check_name(call, fifo=inputs.get("fifoTopic") is True, longest=256)
    yield from between("signatureVersion", inputs.get("signatureVersion"), 1, 2)
    if inputs.get("contentBasedDeduplication") is True and inputs.get("fifoTopic") is not True:
        yield Failure("contentBasedDeduplication", "content-based deduplication can only be set for FIFO topics")


def _topic_arn(call: Call) -> str:
    return arn(call, "sns", text(call.inputs["name"]))


def _topic_outputs(call: Call) -> Properties:
    own = _topic_arn(call)
    allowed = ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe"]
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [*allowed, "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
        "Resource": own,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }
    policy = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}, separators=(",", ":"))
    return {**placed(call), "arn": own, "owner": ACCOUNT, "beginningArchiveTime": "", "policy": call.inputs.get("policy") or policy}


def _check_subscription(call: Call) -> Iterator[Failure]:
    yield from one_of("protocol", call.inputs.get("protocol"), _PROTOCOLS)
    for name in ("filterPolicy", "redrivePolicy"):
        given = call.inputs.get(name)
        if isinstance(given, str):
            try:
                json.loads(given)
            except json.JSONDecodeError:
                yield Failure(name, f'"{name}" contains an invalid JSON')


def _subscribe(call: Call) -> None:
    inputs, doing = call.inputs, f"creating SNS Topic Subscription ({call.inputs.get('topic')})"
    if not any(call.cloud.find(TOPIC, arn=inputs.get("topic"))):
        raise refused(doing, "SNS: Subscribe", "NotFoundException", "Topic does not exist", status=404, typed=True)
    endpoint = text(inputs.get("endpoint"))
    if inputs.get("protocol") in {"sqs", "lambda", "firehose"} and not endpoint.startswith("arn:"):
        raise refused(doing, "SNS: Subscribe", "InvalidParameterException", f"Invalid parameter: {inputs['protocol']} endpoint ARN", typed=True)
    if inputs.get("protocol") in {"http", "https"} and not endpoint.startswith(f"{inputs['protocol']}://"):
        raise refused(doing, "SNS: Subscribe", "InvalidParameterException", "Invalid parameter: Endpoint must match the specified protocol", typed=True)


def _subscription_outputs(call: Call) -> Properties:
    waits = text(call.inputs.get("protocol")).startswith(("email", "http"))
    return {"region": region(call), "arn": call.id, "ownerId": ACCOUNT, "pendingConfirmation": waits, "confirmationWasAuthenticated": not waits}


def _subscription_id(call: Call) -> str:
    digits = fresh(call, 32)
    return f"{call.inputs['topic']}:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


KINDS = (
    Kind(
        token=QUEUE,
        identify=_url,
        outputs=_queue_outputs,
        defaults=_queue_defaults,
        check=_check_queue,
        replaces=frozenset({"name", "namePrefix", "fifoQueue"}),
        name_limit=80,
        lower_name=False,
        taken="creating SQS Queue ({name}): operation error SQS: CreateQueue, https response error StatusCode: 400, "
        "QueueAlreadyExists: A queue already exists with the same name and a different value for attribute tags",
        create=_put_queue,
        update=_put_queue,
    ),
    Kind(
        token=TOPIC,
        identify=_topic_arn,
        outputs=_topic_outputs,
        defaults=lambda _call: {"contentBasedDeduplication": False, "fifoTopic": False},
        check=_check_topic,
        replaces=frozenset({"name", "namePrefix", "fifoTopic"}),
        name_limit=256,
        lower_name=False,
        adopts=lambda _call: True,
    ),
    Kind(
        token=SUBSCRIPTION,
        identify=_subscription_id,
        outputs=_subscription_outputs,
        defaults=lambda _call: {"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
        check=_check_subscription,
        replaces=frozenset({"topic", "protocol", "endpoint"}),
        create=_subscribe,
    ),
)
"""The queue, the topic and the subscription."""
