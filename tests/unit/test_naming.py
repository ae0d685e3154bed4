"""Physical names: legal, stable, distinct."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._core.naming import COMPONENT_NAME, LIMITS, label_value, name_problems, physical_name

pulumi_name = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=100)
"""What Pulumi takes as the name of a project or a stack (sdk/go/common/tokens: letters, digits, hyphens, underscores and periods, up to 100)."""
component_name = st.from_regex(COMPONENT_NAME, fullmatch=True)
kind = st.sampled_from(sorted(LIMITS))
role = st.sampled_from(["", "app", "services", "deny-ingress"])

LEGAL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
"""RFC 1035 label: the narrowest alphabet of all kinds in the table."""


def name_of(kind: tuple[str, str], project: str, stack: str, component: str, role: str) -> str:
    return physical_name(*kind, project, stack, component, *([role] if role else []))


@given(kind, pulumi_name, pulumi_name, component_name, role)
def test_every_name_is_legal_and_fits(kind: tuple[str, str], project: str, stack: str, component: str, role: str) -> None:
    name = name_of(kind, project, stack, component, role)
    assert LEGAL.fullmatch(name), name
    assert LIMITS[kind].shortest <= len(name) <= LIMITS[kind].longest


@given(kind, pulumi_name, pulumi_name, component_name, role)
def test_a_name_is_stable(kind: tuple[str, str], project: str, stack: str, component: str, role: str) -> None:
    assert name_of(kind, project, stack, component, role) == name_of(kind, project, stack, component, role)


close = st.text("aA-_b", min_size=1, max_size=3)


@given(kind, st.tuples(close, close, component_name, role), st.tuples(close, close, component_name, role))
def test_different_things_have_different_names(kind: tuple[str, str], one: tuple[str, ...], other: tuple[str, ...]) -> None:
    if one != other:
        assert name_of(kind, *one) != name_of(kind, *other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a-b", "c", "d", ""), ("a", "b-c", "d", "")),
        (("a", "b", "c-d", ""), ("a", "b", "c", "d")),
        (("a-b", "c", "d", ""), ("a", "b", "c", "d")),
        (("A", "b", "c", ""), ("a", "b", "c", "")),
        (("a_b", "c", "d", ""), ("a.b", "c", "d", "")),
        (("p" * 60, "s", "one", ""), ("p" * 60, "s", "two", "")),
    ],
)
def test_names_that_would_read_alike_are_told_apart(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert name_of(("gcp", "run_service"), *one) != name_of(("gcp", "run_service"), *other)


def test_a_plain_name_reads_plainly() -> None:
    assert physical_name("gcp", "run_service", "watchparty", "dev", "api") == "watchparty-dev-api"
    assert physical_name("gcp", "subnetwork", "watchparty", "dev", "main", "app") == "watchparty-dev-main-app"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("API", "name must be 1 to 40 of a-z, 0-9 and hyphens, start with a letter and not end with a hyphen, got 'API'; did you mean \"api\"?"),
        ("my_api", "name must be 1 to 40 of a-z, 0-9 and hyphens, start with a letter and not end with a hyphen, got 'my_api'; did you mean \"my-api\"?"),
        ("1st", "name must be 1 to 40 of a-z, 0-9 and hyphens, start with a letter and not end with a hyphen, got '1st'; did you mean \"st\"?"),
        ("", "name must be 1 to 40 of a-z, 0-9 and hyphens, start with a letter and not end with a hyphen, got ''"),
    ],
)
def test_a_component_name_that_cannot_work_is_explained(name: str, expected: str) -> None:
    assert [str(problem) for problem in name_problems(name)] == [expected]


@given(st.text())
def test_a_label_value_is_legal(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{0,63}", label_value(text))
