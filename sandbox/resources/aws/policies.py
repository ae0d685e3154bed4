"""Policy documents: read from JSON or from a mapping, their statements, principals and actions, and what stands in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...kind import UNKNOWN, Failure

EVERYBODY = "*"


def document(value: object) -> dict[str, Any] | None:
    """The document, whether given as JSON or as a mapping; None where it is not known or does not parse to an object."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        return None
    try:
        parsed = json.loads(value)
    except json.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) else None


def listed(value: object) -> list[Any]:
    """A value that may stand alone or in a list, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a document, of which one may stand alone."""
    return [statement for statement in listed(policy.get("Statement")) if isinstance(statement, dict)]


def principals(statement: dict[str, Any], kind: str) -> list[str]:
    """The principals of a kind (`AWS`, `Service`, `Federated`) that a statement names; `*` stands for everybody."""
    named = statement.get("Principal")
    if isinstance(named, str):
        return [named]
    return [one for one in listed(named.get(kind)) if isinstance(one, str)] if isinstance(named, dict) else []


def actions(statement: dict[str, Any]) -> list[str]:
    """The actions that a statement names."""
    return [one for one in listed(statement.get("Action")) if isinstance(one, str)]


def matches(pattern: str, action: str) -> bool:
    """Whether an action, or a resource, is covered by a pattern with `*` and `?`; actions without regard to case."""
    from fnmatch import fnmatchcase

    return fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def allows(policy: dict[str, Any], kind: str, principal: str, action: str) -> bool:
    """Whether an Allow statement lets a principal do it and no Deny statement without a condition forbids it; conditions of an Allow are taken to hold."""
    found = False
    for statement in statements(policy):
        named = principals(statement, kind)
        if not (principal in named or EVERYBODY in named) or not any(matches(pattern, action) for pattern in actions(statement)):
            continue
        if statement.get("Effect") == "Deny" and not statement.get("Condition"):
            return False
        found = found or statement.get("Effect") == "Allow"
    return found


def text(value: object) -> str:
    """A document as it is sent; what IAM counts has no white space in it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def size(value: object) -> int:
    """Characters of a document as IAM counts them: without white space."""
    return len("".join(text(value).split()))


def check_json(path: str, name: str, value: object) -> Iterator[Failure]:
    """What the provider's validator (`verify.ValidIAMPolicyJSON`) says of a document before AWS is asked."""
    if value is None or value is UNKNOWN or not isinstance(value, str):
        return
    reason = _flaw(value)
    if reason is not None:
        yield Failure(path, f'"{name}" {reason}')


def _flaw(value: str) -> str | None:
    stripped = value.strip()
    if not stripped:
        return "is an empty string, which is not a valid JSON value"
    if not stripped.startswith("{"):
        said = {'"': ": contains a JSON-encoded string, not a JSON-encoded object", "[": ": contains a JSON array, not a JSON object"}
        return f"contains an invalid JSON policy{said.get(stripped[0], '')}"
    try:
        json.loads(stripped)
    except json.JSONDecodeError as error:
        return f"contains an invalid JSON policy: {error.msg}, at byte offset {error.pos}"
    return None
