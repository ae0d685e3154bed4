"""What ECR takes as a lifecycle policy, and how it says what is wrong with one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_MOST_RULES = 50
"""Rules of one policy (Amazon ECR service quotas)."""
_STATUS = ("tagged", "untagged", "any")
_COUNTS: Mapping[str, bool] = {"imageCountMoreThan": False, "sinceImagePushed": True, "sinceImagePulled": True, "sinceImageTransitioned": True}
"""How images are counted → whether the count has a unit."""
_RULE = (("action", "rulePriority", "selection"), ("description",))
_SELECTION = (("countNumber", "countType", "tagStatus"), ("countUnit", "storageClass", "tagPatternList", "tagPrefixList"))
_ACTION = (("type",), ("targetStorageClass",))
_ACTIONS = ("expire", "transition")
_MOST_STARS = 4
"""Wildcards of one tag pattern."""


def flaw(policy: dict[str, Any] | None) -> str | None:
    """Why ECR refuses a policy; None where it takes it."""
    if policy is None:
        return "Could not map policyString into LifecyclePolicy."
    if not isinstance(policy.get("rules"), list):
        return _missing(["rules"])
    rules = policy["rules"]
    if not 1 <= len(rules) <= _MOST_RULES:
        return f"array is too {'short: must have at least 1 elements' if not rules else f'long: must have at most {_MOST_RULES} elements'}"
    for rule in rules:
        wrong = _flaw_of_rule(rule)
        if wrong is not None:
            return wrong
    return _flaw_of_order(rules)


def _missing(names: Iterable[str]) -> str:
    return f"object has missing required properties ({json.dumps(sorted(names), separators=(',', ':'))})"


def _flaw_of_shape(value: object, shape: tuple[tuple[str, ...], tuple[str, ...]]) -> str | None:
    if not isinstance(value, dict):
        return f'instance type ({_type(value)}) does not match any allowed primitive type (allowed: ["object"])'
    required, optional = shape
    absent = set(required) - set(value)
    if absent:
        return _missing(absent)
    more = sorted(set(value) - set(required) - set(optional))
    return f"object instance has properties which are not allowed by the schema: ({json.dumps(more, separators=(',', ':'))})" if more else None


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "integer", float: "number", list: "array"}.get(type(value), "null")


def _flaw_of_rule(rule: Any) -> str | None:
    wrong = _flaw_of_shape(rule, _RULE) or _flaw_of_shape(rule["action"], _ACTION) or _flaw_of_shape(rule["selection"], _SELECTION)
    if wrong is not None:
        return wrong
    selection, action = rule["selection"], rule["action"]["type"]
    if action not in _ACTIONS:
        return _not_in(action, _ACTIONS)
    if selection["tagStatus"] not in _STATUS:
        return _not_in(selection["tagStatus"], _STATUS)
    return _number(rule["rulePriority"]) or _number(selection["countNumber"]) or _flaw_of_count(selection) or _flaw_of_tags(selection)


def _not_in(value: object, choices: Iterable[str]) -> str:
    return f"instance value ({json.dumps(value)}) not found in enum (possible values: {json.dumps(list(choices), separators=(',', ':'))})"


def _number(value: object) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return f'instance type ({_type(value)}) does not match any allowed primitive type (allowed: ["integer"])'
    return None if value >= 1 else f"numeric instance is lower than the required minimum (minimum: 1, found: {value})"


def _flaw_of_count(selection: dict[str, Any]) -> str | None:
    by = selection["countType"]
    # a number of images has no unit, an age has one
    if by not in _COUNTS or _COUNTS[by] != (selection.get("countUnit") is not None):
        return "instance failed to match exactly one schema (matched 0 out of 2)"
    return _not_in(selection["countUnit"], ("days",)) if _COUNTS[by] and selection["countUnit"] != "days" else None


def _flaw_of_tags(selection: dict[str, Any]) -> str | None:
    lists = [selection[name] for name in ("tagPatternList", "tagPrefixList") if name in selection]
    if selection["tagStatus"] != "tagged":
        return "tagPatternList and tagPrefixList may only be given with tagStatus tagged" if lists else None
    if len(lists) != 1 or not isinstance(lists[0], list) or not lists[0]:
        return "exactly one of tagPatternList and tagPrefixList must be given with tagStatus tagged"
    crowded = [tag for tag in selection.get("tagPatternList", ()) if str(tag).count("*") > _MOST_STARS]
    return f"tag pattern {crowded[0]} has more than {_MOST_STARS} wildcards" if crowded else None


def _flaw_of_order(rules: list[dict[str, Any]]) -> str | None:
    twice = [priority for priority, count in Counter(rule["rulePriority"] for rule in rules).items() if count > 1]
    if twice:
        return f"rulePriority must be unique, found {twice[0]} more than once"
    everything = [rule["rulePriority"] for rule in rules if rule["selection"]["tagStatus"] == "any"]
    if everything and max(everything) != max(rule["rulePriority"] for rule in rules):
        return "a rule with tagStatus any must have the highest rulePriority"
    return None
