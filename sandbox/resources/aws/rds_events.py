"""What tells a topic when something happens to databases."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from .formats import ACCOUNT, arn, check_tags, placed, text
from .placement import texts
from .rds_groups import named
from .rds_names import LONGEST_NAME, check_either, rds_refused, rds_taken
from .rds_parameters import INSTANCE, PARAMETER_GROUP
from .validators import is_arn

SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
_TOPIC = "aws:sns/topic:Topic"
_CATEGORIES = {
    "db-instance": frozenset(
        {"availability", "backup", "configuration change", "creation", "deletion", "failover", "failure", "low storage", "maintenance", "notification"}
        | {"read replica", "recovery", "restoration", "security", "security patching"}
    ),
    "db-parameter-group": frozenset({"configuration change"}),
    "db-snapshot": frozenset({"creation", "deletion", "notification", "restoration"}),
    "db-security-group": frozenset({"configuration change", "failure"}),
    "db-proxy": frozenset({"configuration change", "creation", "deletion", "failure"}),
}
"""Amazon RDS User Guide, "Amazon RDS event categories and event messages"."""
_SOURCES = {"db-instance": (INSTANCE, "identifier"), "db-parameter-group": (PARAMETER_GROUP, "name")}


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from is_arn(call, "snsTopic")
    yield from check_either(call, "namePrefix", "name")


def _refuse(call: Call) -> None:
    inputs, kind = call.inputs, text(call.inputs.get("sourceType"))
    verb, operation = ("creating", "CreateEventSubscription") if call.old is None else ("updating", "ModifyEventSubscription")
    doing, topic = f"{verb} RDS Event Subscription ({named(call)})", text(inputs.get("snsTopic"))
    if len(named(call)) > LONGEST_NAME:
        raise rds_refused(doing, operation, "InvalidParameterValue", f"The SubscriptionName must have at most {LONGEST_NAME} characters.")
    if next(call.cloud.find(_TOPIC, arn=topic), None) is None:
        raise rds_refused(doing, operation, "SNSTopicArnNotFound", "The SNS topic ARN does not exist.", typed=True, status=404)
    if texts(inputs.get("sourceIds")) and not kind:
        raise rds_refused(doing, operation, "InvalidParameterCombination", "SourceIds cannot be given without a SourceType.")
    for category in texts(inputs.get("eventCategories")):
        if kind in _CATEGORIES and category not in _CATEGORIES[kind]:
            message = f"The requested event category '{category}' does not exist for source type {kind}."
            raise rds_refused(doing, operation, "SubscriptionCategoryNotFound", message, typed=True, status=404)
    type_, by = _SOURCES.get(kind, ("", ""))
    for source in texts(inputs.get("sourceIds")) if type_ else ():
        if next(call.cloud.find(type_, **{by: source}), None) is None:
            raise rds_refused(doing, operation, "SourceNotFound", f"The requested source {source} could not be found.", typed=True, status=404)


def _outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "name": call.id,
        "namePrefix": call.inputs.get("namePrefix") or "",
        "arn": arn(call, "rds", f"es:{call.id}"),
        "customerAwsId": ACCOUNT,
        "sourceType": call.inputs.get("sourceType") or "",
    }


KINDS = (
    Kind(
        token=SUBSCRIPTION,
        identify=named,
        outputs=_outputs,
        defaults=lambda _call: {"enabled": True},
        check=_check,
        replaces=frozenset({"name", "namePrefix"}),
        name_limit=255,
        taken=rds_taken("RDS Event Subscription", "CreateEventSubscription", "SubscriptionAlreadyExist", "The subscription {id} already exists."),
        create=_refuse,
        update=_refuse,
    ),
)
"""The event subscription."""
