"""The laws of DNS text: a name has one resource, a text comes back as it went in."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components._core import dns
from components._core.component import ROLE

LABELS = st.from_regex(dns.LABEL, fullmatch=True).filter(lambda label: len(label) <= 12)
NAMES = st.one_of(st.sampled_from(["@", "*", "apex", "wildcard", "*.a", "a.b", "a-b", "_a", "a_b"]), st.lists(LABELS, min_size=1, max_size=3).map(".".join))
KINDS = st.sampled_from(sorted(dns.TYPES))


@given(NAMES, KINDS, st.integers(0, 20))
def test_every_name_that_dns_takes_gives_a_role_that_a_resource_takes(name: str, kind: str, position: int) -> None:
    assert dns.NAME.fullmatch(name)
    assert ROLE.fullmatch(dns.role(name, kind, position))


@given(NAMES, NAMES, KINDS, KINDS)
def test_two_records_never_share_a_role(first: str, second: str, kind: str, other: str) -> None:
    assume((first, kind) != (second, other))
    assert dns.role(first, kind) != dns.role(second, other)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=1000).filter(lambda text: not text.startswith('"')))
def test_a_quoted_text_is_the_text_in_pieces_that_dns_takes(text: str) -> None:
    pieces = [re.sub(r"\\(.)", r"\1", piece) for piece in re.findall(r'"((?:\\.|[^"\\])*)"', dns.quoted(text))]
    assert "".join(pieces) == text
    assert all(len(piece) <= dns.PIECE for piece in pieces)


def test_a_text_that_is_quoted_already_stays_as_it_is() -> None:
    assert dns.quoted('"v=spf1 -all"') == '"v=spf1 -all"'


@pytest.mark.parametrize(("kind", "value"), sorted(dns.TYPES.items()))
def test_each_example_is_a_value_of_its_type(kind: str, value: str) -> None:
    assert list(dns.value_problems("value", kind, value)) == []


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("CNAME", "a.example", "a.example."),
        ("CNAME", "a.example.", "a.example."),
        ("MX", "1 a.example", "1 a.example."),
        ("A", "203.0.113.1", "203.0.113.1"),
        ("TXT", "a", '"a"'),
    ],
)
def test_a_zone_file_has_targets_with_their_last_dot(kind: str, value: str, written: str) -> None:
    assert dns.absolute(kind, value) == written
