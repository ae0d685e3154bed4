"""The policies that a store writes itself on AWS: their actions exist and are about the buckets they name."""

from __future__ import annotations

from typing import Any

import pytest

from components.aws.bucket import bucket_statements
from components.aws.replication import replication_statements
from tests.unit.test_verbs import own_types, pattern, privilege

HERE, THERE = "arn:aws:s3:::videos", "arn:aws:s3:::videos-copy"
KEY, COPY_KEY = "arn:aws:kms:eu-west-1:123456789012:key/mrk-a", "arn:aws:kms:eu-central-1:123456789012:key/mrk-a"
WRITTEN = [
    *replication_statements(HERE, THERE, KEY, COPY_KEY, locked=True),
    *[one for one in bucket_statements(HERE, "123456789012") if one["Effect"] == "Allow"],
]


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("statement", WRITTEN, ids=lambda statement: listed(statement["Action"])[0])
def test_every_action_exists_and_is_about_what_the_statement_names(statement: dict[str, Any]) -> None:
    for action in listed(statement["Action"]):
        assert privilege(action) is not None, f"{action} does not exist"
        for resource in listed(statement["Resource"]):
            kinds = [kind for kind in own_types(action) if pattern(action.partition(":")[0], kind).fullmatch(resource)]
            assert kinds, f"{action} is not about {resource}"
            assert action.startswith("kms:") or ("object" in kinds) is ("/" in resource), f"{action} on {resource}"


def test_a_copys_role_changes_nothing_where_it_reads_and_reads_nothing_where_it_writes() -> None:
    changes = {"Write", "Tagging", "Permissions management"}
    for statement in replication_statements(HERE, THERE, locked=True):
        levels = {(privilege(action) or {})["access_level"] for action in statement["Action"]}
        (resource,) = statement["Resource"]
        assert levels <= changes if resource.startswith(THERE) else not levels & changes


def test_a_copys_role_without_keys_has_no_right_on_any() -> None:
    assert not [action for statement in replication_statements(HERE, THERE) for action in statement["Action"] if action.startswith("kms:")]
