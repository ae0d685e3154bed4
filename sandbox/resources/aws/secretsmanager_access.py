"""Who may read a secret by its own policy, and what gives it a new value on a schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .formats import region, text
from .policies import check_json
from .secretsmanager import POLICY, ROTATION, no, refuse_policy, secret
from .validators import exactly_one

_FUNCTION = "aws:lambda/function:Function"
_DAYS = (1, 1000)
_SCHEDULE = re.compile(r"^(rate\(([1-9]\d*) (hours?|days?)\)|cron\(0 \S+ \S+ \S+ \S+ \S+\))$")
_DURATION = re.compile(r"^([1-9]|1\d|2[0-4])h$")


def _found(call: Call, path: str, doing: str, operation: str) -> Record:
    record = secret(call, text(call.inputs.get(path)))
    if record is None:
        raise no(doing, operation, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    return record


def _refuse_policy(call: Call) -> None:
    shown = text(call.inputs.get("secretArn"))
    _found(call, "secretArn", f"putting Secrets Manager Secret ({shown}) policy", "PutResourcePolicy")
    refuse_policy(call.inputs.get("policy"), shown, block=call.inputs.get("blockPublicPolicy") is True)


def _check_rotation(call: Call) -> Iterator[Failure]:
    rules = call.inputs.get("rotationRules")
    if rules is None:
        return
    nested = Call(type=call.type, urn=call.urn, inputs=rules, config=call.config, cloud=call.cloud) if isinstance(rules, dict) else call
    for failure in exactly_one(nested, "automaticallyAfterDays", "scheduleExpression") if isinstance(rules, dict) else ():
        yield Failure(f"rotationRules.{failure.path}", failure.reason)
    days = rules.get("automaticallyAfterDays") if isinstance(rules, dict) else None
    if isinstance(days, int) and not _DAYS[0] <= days <= _DAYS[1]:
        yield Failure("rotationRules.automaticallyAfterDays", f"expected automatically_after_days to be in the range ({_DAYS[0]} - {_DAYS[1]}), got {days}")
    duration = rules.get("duration") if isinstance(rules, dict) else None
    if isinstance(duration, str) and not re.match(r"^[0-9h]+$", duration):
        yield Failure("rotationRules.duration", "invalid value for duration (must match regular expression ^[0-9h]+$)")


def _refuse_rotation(call: Call) -> None:
    inputs, shown = call.inputs, text(call.inputs.get("secretId"))
    doing = f"{'creating' if call.old is None else 'updating'} Secrets Manager Secret Rotation ({shown})"
    record = _found(call, "secretId", doing, "RotateSecret")
    function, managed = text(inputs.get("rotationLambdaArn")), text(record.outputs.get("name")).startswith("rds!")
    if managed and function:
        message = "You can't specify a rotation Lambda function for a secret that is managed by another service."
        raise no(doing, "RotateSecret", "InvalidRequestException", message)
    if not managed and not function and not inputs.get("externalSecretRotationRoleArn"):
        why = "that doesn't already have a Lambda function ARN configured and you didn't include such an ARN as a parameter in this call."
        raise no(doing, "RotateSecret", "InvalidRequestException", f"You tried to enable rotation on a secret {why}")
    if function and next(call.cloud.find(_FUNCTION, arn=function), None) is None:
        message = f"Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal: {_PRINCIPAL}."
        raise no(doing, "RotateSecret", "AccessDeniedException", message, typed=False)
    rules = inputs.get("rotationRules")
    schedule = text(rules.get("scheduleExpression")) if isinstance(rules, dict) else ""
    if schedule and not _SCHEDULE.match(schedule):
        raise no(doing, "RotateSecret", "InvalidParameterException", f"The schedule expression {schedule} is not valid.")
    duration = text(rules.get("duration")) if isinstance(rules, dict) else ""
    if duration and not _DURATION.match(duration):
        raise no(doing, "RotateSecret", "InvalidParameterException", f"The rotation window duration {duration} is not valid: it must be 1h to 24h.")


_PRINCIPAL = "secretsmanager.amazonaws.com"


def _secret_id(call: Call, path: str) -> str:
    record = secret(call, text(call.inputs.get(path)))
    return record.id if record is not None else text(call.inputs.get(path))


def _rotation_outputs(call: Call) -> Properties:
    return {
        "region": region(call),
        "rotationEnabled": True,
        "secretArn": _secret_id(call, "secretId"),
        "rotationLambdaArn": call.inputs.get("rotationLambdaArn") or "",
    }


KINDS = (
    Kind(
        token=POLICY,
        identify=lambda call: _secret_id(call, "secretArn"),
        outputs=lambda call: {"region": region(call)},
        check=lambda call: check_json("policy", "policy", call.inputs.get("policy")),
        replaces=frozenset({"secretArn"}),
        adopts=lambda _call: True,
        create=_refuse_policy,
        update=_refuse_policy,
    ),
    Kind(
        token=ROTATION,
        identify=lambda call: _secret_id(call, "secretId"),
        outputs=_rotation_outputs,
        defaults=lambda _call: {"rotateImmediately": True},
        check=_check_rotation,
        replaces=frozenset({"secretId"}),
        adopts=lambda _call: True,
        create=_refuse_rotation,
        update=_refuse_rotation,
    ),
)
"""Policies and rotations, one a secret: putting one takes the place of what was there."""
