"""EventBridge rules and their targets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .compute_checks import between, block, is_arn, items, matches
from .ecs_task_definition import task_definition
from .formats import arn, check_tags, fresh, placed, refused, text
from .iam_trust import trusts

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
_BUS = "aws:cloudwatch/eventBus:EventBus"
_SCHEDULE = re.compile(r"^(rate\((1 (minute|hour|day)|[2-9]\d* (minutes|hours|days)|1\d+ (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$")
_MOST_TARGETS = 5
"""Targets of a rule (Amazon EventBridge quotas)."""
_LARGEST_PATTERN = 4096


def _check_rule(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from matches("name", inputs.get("name"), r"^[.A-Za-z0-9_-]{1,64}$", "must be 1 to 64 letters, digits, dots, hyphens and underscores")
    yield from is_arn("roleArn", inputs.get("roleArn"))
    if inputs.get("eventPattern") is None and inputs.get("scheduleExpression") is None:
        yield Failure("eventPattern", '"event_pattern": one of `event_pattern,schedule_expression` must be specified')
    pattern, schedule = inputs.get("eventPattern"), inputs.get("scheduleExpression")
    if isinstance(pattern, str):
        if len(pattern) > _LARGEST_PATTERN:
            yield Failure("eventPattern", f"cannot be longer than {_LARGEST_PATTERN} characters: {pattern!r}")
        if not _is_object(pattern):
            yield Failure("eventPattern", "contains an invalid JSON: it must be an object")
    if isinstance(schedule, str) and len(schedule) > 256:  # noqa: PLR2004  the validator's own number
        yield Failure("scheduleExpression", f"expected length of schedule_expression to be in the range (0 - 256), got {schedule}")


def _is_object(value: str) -> bool:
    try:
        return isinstance(json.loads(value), dict)
    except json.JSONDecodeError:
        return False


def _bus(call: Call) -> str:
    return text(call.inputs.get("eventBusName")) or "default"


def _put_rule(call: Call) -> None:
    inputs = call.inputs
    doing = f"{'creating' if call.old is None else 'updating'} EventBridge Rule ({inputs['name']})"
    if _bus(call) != "default" and not any(call.cloud.find(_BUS, name=_bus(call).rpartition("/")[2])):
        raise refused(doing, "EventBridge: PutRule", "ResourceNotFoundException", f"Event bus {_bus(call)} does not exist.", typed=True)
    schedule = text(inputs.get("scheduleExpression"))
    if schedule and not _SCHEDULE.match(schedule):
        raise refused(doing, "EventBridge: PutRule", "ValidationException", "Parameter ScheduleExpression is not valid.")
    if schedule and _bus(call) != "default":
        raise refused(doing, "EventBridge: PutRule", "ValidationException", "ScheduleExpression is supported only on the default event bus.")


def _rule_id(inputs: Properties) -> str:
    bus, name = text(inputs.get("eventBusName")) or "default", inputs.get("name") or inputs.get("rule")
    return str(name) if bus == "default" else f"{bus}/{name}"


def _rule_outputs(call: Call) -> Properties:
    path = call.id if "/" in call.id else text(call.inputs.get("name"))
    return {**placed(call), "arn": arn(call, "events", f"rule/{path}"), "state": call.inputs.get("state") or "ENABLED", "eventBusName": _bus(call)}


def _targets(call: Call, rule: str) -> list[str]:
    return [one.id for one in call.cloud.find(TARGET) if _rule_id(one.inputs) == rule]


def _delete_rule(call: Call) -> None:
    if _targets(call, call.id) and call.inputs.get("forceDestroy") is not True:
        message = "Rule can't be deleted since it has targets."
        raise refused(f"deleting EventBridge Rule ({call.id})", "EventBridge: DeleteRule", "ValidationException", message)


def _check_target(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    for name in ("arn", "roleArn"):
        yield from is_arn(name, inputs.get(name))
    given = [name for name in ("input", "inputPath", "inputTransformer") if inputs.get(name) is not None]
    if len(given) > 1:
        yield Failure(given[0], f'"{given[0]}": conflicts with {given[1]}')
    yield from matches("targetId", inputs.get("targetId"), r"^[.A-Za-z0-9_-]{1,64}$", "must be 1 to 64 letters, digits, dots, hyphens and underscores")
    retry = block(inputs.get("retryPolicy"))
    yield from between("retryPolicy.maximumEventAgeInSeconds", retry.get("maximumEventAgeInSeconds"), 60, 86400)
    yield from between("retryPolicy.maximumRetryAttempts", retry.get("maximumRetryAttempts"), 0, 185)
    yield from between("ecsTarget.taskCount", block(inputs.get("ecsTarget")).get("taskCount"), 1, 2147483647)


def _put_target(call: Call) -> None:
    for code, message in _target_flaws(call):
        raise refused(f"creating EventBridge Target ({call.id})", "EventBridge: PutTargets", code, message, typed=code != "ValidationException")


def _target_flaws(call: Call) -> Iterator[tuple[str, str]]:
    inputs = call.inputs
    rule = _rule_id(inputs)
    if call.cloud.get(RULE, rule) is None:
        yield "ResourceNotFoundException", f"Rule {inputs.get('rule')} does not exist on EventBus {_bus(call)}."
    if call.old is None and len(_targets(call, rule)) >= _MOST_TARGETS:
        yield "LimitExceededException", "The requested resource exceeds the maximum number allowed."
    role = text(inputs.get("roleArn"))
    if inputs.get("ecsTarget") and not role:
        yield "ValidationException", f"RoleArn is required for target {call.id.rpartition('-')[2]}."
    if role and not trusts(call, role, "events.amazonaws.com"):
        yield "ValidationException", f"Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'."
    ecs = block(inputs.get("ecsTarget"))
    if ecs and task_definition(call, ecs.get("taskDefinitionArn")) is None:
        yield "ValidationException", f"The task definition {ecs.get('taskDefinitionArn')} does not exist."
    if ecs.get("launchType") == "FARGATE" and not items(block(ecs.get("networkConfiguration")).get("subnets")):
        yield "ValidationException", "NetworkConfiguration is required for targets of launch type FARGATE."


def _target_id(call: Call) -> str:
    return f"{_rule_id(call.inputs)}-{text(call.inputs.get('targetId')) or 'terraform-' + fresh(call, 26)}"


KINDS = (
    Kind(
        token=RULE,
        identify=lambda call: _rule_id(call.inputs),
        outputs=_rule_outputs,
        defaults=lambda _call: {"eventBusName": "default", "forceDestroy": False},
        check=_check_rule,
        replaces=frozenset({"name", "namePrefix", "eventBusName"}),
        name_limit=64,
        lower_name=False,
        adopts=lambda _call: True,
        create=_put_rule,
        update=_put_rule,
        delete=_delete_rule,
    ),
    Kind(
        token=TARGET,
        identify=_target_id,
        outputs=lambda call: {"region": placed(call)["region"], "targetId": call.id.removeprefix(f"{_rule_id(call.inputs)}-")},
        defaults=lambda _call: {"eventBusName": "default", "forceDestroy": False},
        check=_check_target,
        replaces=frozenset({"rule", "eventBusName", "targetId"}),
        adopts=lambda _call: True,
        create=_put_target,
        update=_put_target,
    ),
)
"""The rule and the target; putting one that is there changes it."""
