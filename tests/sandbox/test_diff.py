"""What changed, where, and what of it forces a new resource."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from sandbox.diff import Change, differences
from sandbox.kind import UNKNOWN

_VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner),
    max_leaves=8,
)
_INPUTS = st.dictionaries(st.text("abc", min_size=1), _VALUES)


def _seen(
    old: Mapping[str, object], new: Mapping[str, object], replaces: set[str] | None = None, ignored: tuple[str, ...] = ()
) -> dict[str, tuple[Change, bool]]:
    return {change.text: (change.change, change.replaces) for change in differences(old, new, replaces or set(), ignored)}


@given(_INPUTS)
def test_nothing_differs_from_itself(inputs: dict[str, object]) -> None:
    assert differences(inputs, inputs, ()) == []


@given(_INPUTS, _INPUTS)
def test_there_and_back_are_the_same_paths_with_additions_and_deletions_swapped(old: dict[str, object], new: dict[str, object]) -> None:
    swapped = {Change.ADD: Change.DELETE, Change.DELETE: Change.ADD, Change.UPDATE: Change.UPDATE}
    there = {text: change for text, (change, _) in _seen(old, new).items()}
    back = {text: swapped[change] for text, (change, _) in _seen(new, old).items()}
    assert there == back


def test_paths_are_spelled_as_the_engine_parses_them() -> None:
    old = {"settings": {"ip": {"ssl": "A"}}, "rules": [{"action": "allow"}], "labels": {"a.b": "1", 'q"': "1"}}
    new = {"settings": {"ip": {"ssl": "B"}}, "rules": [{"action": "deny"}, {}], "labels": {"a.b": "2", 'q"': "2"}}
    assert set(_seen(old, new)) == {"settings.ip.ssl", "rules[0].action", "rules[1]", 'labels["a.b"]', 'labels["q\\""]'}


def test_a_path_replaces_when_it_or_a_parent_does_whatever_the_index() -> None:
    old = {"rules": [{"action": "allow", "note": "a"}], "params": {"deep": {"er": 1}}}
    new = {"rules": [{"action": "deny", "note": "b"}], "params": {"deep": {"er": 2}}}
    assert _seen(old, new, {"rules.action", "params"}) == {
        "rules[0].action": (Change.UPDATE, True),
        "rules[0].note": (Change.UPDATE, False),
        "params.deep.er": (Change.UPDATE, True),
    }


def test_a_longer_name_is_not_its_prefix() -> None:
    assert _seen({"network": 1, "networkTier": 1}, {"network": 1, "networkTier": 2}, {"network"}) == {"networkTier": (Change.UPDATE, False)}


def test_what_the_provider_filled_in_is_no_change_by_itself() -> None:
    assert _seen({"__defaults": ["name"], "a": {"__defaults": []}}, {"__defaults": [], "a": {}}) == {}


def test_an_unknown_value_is_a_change() -> None:
    assert _seen({"network": "n"}, {"network": UNKNOWN}, {"network"}) == {"network": (Change.UPDATE, True)}


def test_true_is_not_one() -> None:
    assert _seen({"on": True}, {"on": 1}) == {"on": (Change.UPDATE, False)}


def test_ignored_paths_cover_what_is_below_them_and_stars() -> None:
    old = {"a": {"b": 1}, "ab": 1, "list": [{"x": 1}, {"x": 1}]}
    new = {"a": {"b": 2}, "ab": 2, "list": [{"x": 2}, {"x": 2}]}
    assert set(_seen(old, new, ignored=("a", "list[*].x"))) == {"ab"}
