"""Lifecycle configurations of S3: what the provider and S3 refuse of rules, their filters, days and classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Failure, Properties, Record
from .formats import known, region
from .s3_names import each, name_of, refused, setting

LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
MOST_RULES = 1000
_CLASSES = ("GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR")
_GLACIERS = ("GLACIER", "GLACIER_IR", "DEEP_ARCHIVE")
_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_COOLING_DAYS = 30
"""Days in Standard before Standard-IA, and in Standard-IA before what is colder."""
_MOST_KEPT = 100
"""Old versions that a rule may keep."""
_PREDICATES = ("and", "objectSizeGreaterThan", "objectSizeLessThan", "prefix", "tag")
_ACTIONS = ("abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration", "noncurrentVersionTransitions", "transitions")
_SIZE = "transitionDefaultMinimumObjectSize"
_PUT = "PutBucketLifecycleConfiguration"


def _one_of(path: str, attribute: str, value: object, choices: tuple[str, ...]) -> Iterator[Failure]:
    if known(value) and value not in choices:
        shown = " ".join(f'"{choice}"' for choice in choices)
        yield Failure(path, f'Attribute {attribute} value must be one of: [{shown}], got: "{value}"')


def _at_least(path: str, attribute: str, value: object, least: int) -> Iterator[Failure]:
    if isinstance(value, int) and value < least:
        yield Failure(path, f"Attribute {attribute} value must be at least {least}, got: {value}")


def _check(call: Call) -> Iterator[Failure]:
    if call.inputs.get("rules") == []:
        yield Failure("rules", "Attribute rule list must contain at least 1 elements, got: 0")
    sizes = ("all_storage_classes_128K", "varies_by_storage_class")
    yield from _one_of("transitionDefaultMinimumObjectSize", "transition_default_minimum_object_size", call.inputs.get(_SIZE), sizes)
    for index, rule in each(call.inputs, "rules"):
        path, attribute = f"rules[{index}]", f"rule[{index}]"
        name = rule.get("id")
        if isinstance(name, str) and not 1 <= len(name) <= 255:  # noqa: PLR2004  as the rule has it
            yield Failure(f"{path}.id", f"Attribute {attribute}.id string length must be between 1 and 255, got: {len(name)}")
        yield from _one_of(f"{path}.status", f"{attribute}.status", rule.get("status"), ("Enabled", "Disabled"))
        yield from _check_actions(path, attribute, rule)


def _check_actions(path: str, attribute: str, rule: Properties) -> Iterator[Failure]:
    old = rule.get("noncurrentVersionExpiration")
    if isinstance(old, dict):
        at, called = f"{path}.noncurrentVersionExpiration", f"{attribute}.noncurrent_version_expiration[0]"
        yield from _at_least(f"{at}.noncurrentDays", f"{called}.noncurrent_days", old.get("noncurrentDays"), 1)
        yield from _check_kept(at, called, old)
    for index, move in each(rule, "noncurrentVersionTransitions"):
        at, called = f"{path}.noncurrentVersionTransitions[{index}]", f"{attribute}.noncurrent_version_transition[{index}]"
        yield from _at_least(f"{at}.noncurrentDays", f"{called}.noncurrent_days", move.get("noncurrentDays"), 0)
        yield from _one_of(f"{at}.storageClass", f"{called}.storage_class", move.get("storageClass"), _CLASSES)
        yield from _check_kept(at, called, move)
    for index, move in each(rule, "transitions"):
        at, called = f"{path}.transitions[{index}]", f"{attribute}.transition[{index}]"
        yield from _at_least(f"{at}.days", f"{called}.days", move.get("days"), 0)
        yield from _one_of(f"{at}.storageClass", f"{called}.storage_class", move.get("storageClass"), _CLASSES)
        if move.get("date") is not None and move.get("days") is not None:
            yield Failure(at, 'Only one of "date" and "days" can be specified')
        yield from _check_date(f"{at}.date", move.get("date"))
    expiration = rule.get("expiration")
    if isinstance(expiration, dict):
        yield from _check_date(f"{path}.expiration.date", expiration.get("date"))


def _check_kept(path: str, attribute: str, action: Properties) -> Iterator[Failure]:
    yield from _at_least(f"{path}.newerNoncurrentVersions", f"{attribute}.newer_noncurrent_versions", action.get("newerNoncurrentVersions"), 1)


def _check_date(path: str, value: object) -> Iterator[Failure]:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", value):
        yield Failure(path, f'Invalid RFC3339 String Value: A string value was provided that is not valid RFC3339 string format. Given Value: "{value}"')


def _refuse(call: Call, _bucket: Record, doing: str) -> None:
    rules = [rule for _, rule in each(call.inputs, "rules")]
    if len(rules) > MOST_RULES:
        raise _malformed(doing)
    names = [rule.get("id") for rule in rules]
    if len(set(names)) < len(names):
        raise refused(doing, _PUT, "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")
    for rule in rules:
        _refuse_filter(rule, doing)
        _refuse_actions(rule, doing)
        _refuse_order(rule, doing)


def _malformed(doing: str) -> Exception:
    return refused(doing, _PUT, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")


def _said(properties: Properties, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if properties.get(name) not in (None, [], {})]


def _refuse_filter(rule: Properties, doing: str) -> None:
    given = rule.get("filter")
    if isinstance(given, dict) and (len(_said(given, _PREDICATES)) > 1 or rule.get("prefix") is not None):
        raise _malformed(doing)
    kept = [(rule.get("noncurrentVersionExpiration") or {}), *(move for _, move in each(rule, "noncurrentVersionTransitions"))]
    if given is None and any(action.get("newerNoncurrentVersions") is not None for action in kept):
        raise refused(doing, _PUT, "InvalidRequest", "NewerNoncurrentVersions can only be specified with Filter")


def _refuse_actions(rule: Properties, doing: str) -> None:
    if not _said(rule, _ACTIONS):
        raise refused(doing, _PUT, "InvalidRequest", "At least one action needs to be specified in a rule")
    expiration = rule.get("expiration") or {}
    if len(_said(expiration, ("date", "days", "expiredObjectDeleteMarker"))) > 1:
        raise _malformed(doing)
    if isinstance(expiration.get("days"), int) and expiration["days"] < 1:
        raise refused(doing, _PUT, "InvalidArgument", "'Days' for Expiration action must be a positive integer")
    abort = rule.get("abortIncompleteMultipartUpload") or {}
    if isinstance(abort.get("daysAfterInitiation"), int) and abort["daysAfterInitiation"] < 1:
        raise refused(doing, _PUT, "InvalidArgument", "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
    given = rule.get("filter") or {}
    tagged = given.get("tag") or (given.get("and") or {}).get("tags")
    for action, name in ((abort, "AbortIncompleteMultipartUpload"), (expiration.get("expiredObjectDeleteMarker"), "ExpiredObjectDeleteMarker")):
        if action and tagged:
            raise refused(doing, _PUT, "InvalidRequest", f"{name} cannot be specified with Tags.")
    for action in (rule.get("noncurrentVersionExpiration") or {}, *(move for _, move in each(rule, "noncurrentVersionTransitions"))):
        if isinstance(action.get("newerNoncurrentVersions"), int) and action["newerNoncurrentVersions"] > _MOST_KEPT:
            raise refused(doing, _PUT, "InvalidArgument", f"'NewerNoncurrentVersions' must be less than or equal to {_MOST_KEPT}")


def _refuse_order(rule: Properties, doing: str) -> None:
    """Days by class, and each step after the one before it; of the living objects and of the old versions."""
    filtered = f"(prefix={(rule.get('filter') or {}).get('prefix') or rule.get('prefix') or ''})"
    for key, days, end, action in (
        ("transitions", "days", "expiration", "Transition"),
        ("noncurrentVersionTransitions", "noncurrentDays", "noncurrentVersionExpiration", "NoncurrentVersionTransition"),
    ):
        moves = [move for _, move in each(rule, key)]
        classes = [move.get("storageClass") for move in moves]
        if len(set(classes)) < len(classes):
            message = f"'StorageClass' must be different for '{action}' actions in same 'Rule' with filter '{filtered}'"
            raise refused(doing, _PUT, "InvalidArgument", message)
        said = f"{days[0].upper()}{days[1:]}"
        dated = [move for move in moves if move.get("date") is None]
        for move in dated:
            if move.get("storageClass") in _INFREQUENT and _number(move, days) < _COOLING_DAYS:
                message = f"'{said}' in {action} action must be greater than or equal to {_COOLING_DAYS} for storageClass '{move['storageClass']}'"
                raise refused(doing, _PUT, "InvalidArgument", message)
        _refuse_steps(doing, dated, days, action, filtered)
        gone = (rule.get(end) or {}).get(days)
        if isinstance(gone, int) and gone <= max((_number(move, days) for move in dated), default=-1):
            ending = "Expiration" if end == "expiration" else "NoncurrentVersionExpiration"
            message = f"'{said}' in the {ending} action for filter '{filtered}' must be greater than '{said}' in the {action} action"
            raise refused(doing, _PUT, "InvalidArgument", message)


def _refuse_steps(doing: str, moves: list[dict[str, Any]], days: str, action: str, filtered: str) -> None:
    said = f"{days[0].upper()}{days[1:]}"
    for infrequent in (move for move in moves if move.get("storageClass") in _INFREQUENT):
        for colder in (move for move in moves if move.get("storageClass") in _GLACIERS):
            if _number(colder, days) < _number(infrequent, days) + _COOLING_DAYS:
                first = f"'{said}' in the {action} action for StorageClass '{colder['storageClass']}' for filter '{filtered}'"
                message = f"{first} must be {_COOLING_DAYS} days more than '{said}' in the {action} action for StorageClass '{infrequent['storageClass']}'"
                raise refused(doing, _PUT, "InvalidArgument", message)


def _number(move: Properties, name: str) -> int:
    value = move.get(name)
    return value if isinstance(value, int) else 0


KINDS = (
    setting(
        LIFECYCLE,
        "Lifecycle Configuration",
        _PUT,
        _refuse,
        check=_check,
        outputs=lambda call: {"bucket": name_of(call), "region": region(call), _SIZE: call.inputs.get(_SIZE) or "all_storage_classes_128K"},
    ),
)
