"""What IAM says of policy documents that parse as JSON but not as policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .policies import document, listed, statements

_VERSIONS = ("2012-10-17", "2008-10-17")
_FIELDS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_TOP = {"Version", "Id", "Statement"}
_ACTION = re.compile(r"^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$")
_SID = re.compile(r"^[A-Za-z0-9]*$")
_ARN = re.compile(r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$")
_OPERATOR = re.compile(r"^((ForAllValues|ForAnyValue):)?[A-Z][A-Za-z]+$")
_OPERATORS = {
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"),
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"),
    *("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
}
SYNTAX = "Syntax errors in policy."
VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."


def identity_flaw(value: object) -> str | None:
    """What is wrong with a policy that is attached to a role; None where nothing is."""
    return _first(value, _identity)


def trust_flaw(value: object) -> str | None:
    """What is wrong with a role's trust policy."""
    return _first(value, _trust)


def resource_flaw(value: object) -> str | None:
    """What is wrong with a policy of a key, a bucket, a secret: it names principals, and what it is about."""
    return _first(value, _resource)


def _first(value: object, check: Any) -> str | None:
    policy = document(value)
    if policy is None:
        return SYNTAX
    return next(iter([*_shape(policy), *(flaw for statement in statements(policy) for flaw in check(statement))]), None)


def _shape(policy: dict[str, Any]) -> Iterator[str]:
    """What no policy may be, whatever it is attached to."""
    if policy.get("Version", _VERSIONS[1]) not in _VERSIONS:
        yield "The policy must contain a valid version string"
    raw = listed(policy.get("Statement"))
    if not raw or set(policy) - _TOP or any(not isinstance(one, dict) for one in raw):
        yield SYNTAX
    sids = [one["Sid"] for one in statements(policy) if one.get("Sid")]
    for statement in statements(policy):
        yield from _statement(statement)
    if len(set(map(str, sids))) < len(sids):
        yield "Statement IDs (SID) in a single policy must be unique."


def _statement(statement: dict[str, Any]) -> Iterator[str]:
    if set(statement) - _FIELDS or statement.get("Effect") not in {"Allow", "Deny"}:
        yield SYNTAX
    if not isinstance(statement.get("Sid", ""), str) or not _SID.match(statement.get("Sid", "")):
        yield f"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*: {statement.get('Sid')}"
    chosen = [statement[name] for name in ("Action", "NotAction") if name in statement]
    if not chosen or not listed(chosen[0]):
        yield "Policy statement must contain actions."
    for action in listed(chosen[0]) if chosen else ():
        if not isinstance(action, str):
            yield SYNTAX
        elif action != "*" and not _ACTION.match(action):
            yield VENDOR if ":" not in action else f"Vendor {action.split(':', maxsplit=1)[0]} is not valid" if " " in action.split(":")[0] else SYNTAX
    yield from _conditions(statement.get("Condition"))


def _conditions(conditions: object) -> Iterator[str]:
    if conditions is None:
        return
    if not isinstance(conditions, dict):
        yield SYNTAX
        return
    for operator, keys in conditions.items():
        bare = operator.rsplit(":", 1)[-1].removesuffix("IfExists")
        if not _OPERATOR.match(operator) or bare not in _OPERATORS:
            yield f"Invalid Condition type : {operator}."
        if not isinstance(keys, dict) or not keys:
            yield SYNTAX
            continue
        for key in keys:
            if ":" not in key:
                yield VENDOR


def _resources(statement: dict[str, Any]) -> Iterator[str]:
    chosen = [statement[name] for name in ("Resource", "NotResource") if name in statement]
    if not chosen or not listed(chosen[0]):
        yield "Policy statement must contain resources."
    for resource in listed(chosen[0]) if chosen else ():
        if not isinstance(resource, str):
            yield SYNTAX
        elif resource != "*" and not _ARN.match(resource):
            yield f'Resource {resource} must be in ARN format or "*".'


def _identity(statement: dict[str, Any]) -> Iterator[str]:
    if "Principal" in statement or "NotPrincipal" in statement:
        yield "Policy document should not specify a principal."
    yield from _resources(statement)


def _trust(statement: dict[str, Any]) -> Iterator[str]:
    if "Resource" in statement or "NotResource" in statement:
        yield "Has prohibited field Resource"
    yield from _principals(statement)
    for action in listed(statement.get("Action")):
        if isinstance(action, str) and action != "*" and not action.lower().startswith("sts:"):
            yield "AssumeRole policy may only specify STS AssumeRole actions."


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    named = statement.get("Principal", statement.get("NotPrincipal"))
    if named is None:
        yield "Missing required field Principal"
        return
    if named == "*":
        return
    kinds = {"AWS", "Service", "Federated", "CanonicalUser"}
    if not isinstance(named, dict) or not named or set(named) - kinds or not all(listed(value) for value in named.values()):
        yield "Invalid principal in policy."


def _resource(statement: dict[str, Any]) -> Iterator[str]:
    yield from _principals(statement)
    yield from _resources(statement)
