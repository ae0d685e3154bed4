"""Property values survive the way to the engine and back."""

from __future__ import annotations

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox import wire
from sandbox.kind import UNKNOWN

_PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), _PLAIN))
def test_what_is_written_is_read_again(properties: dict[str, object]) -> None:
    assert wire.read(wire.write(properties)) == properties


def test_an_integral_number_is_an_int_and_a_truth_value_stays_one() -> None:
    read = wire.read(wire.write({"count": 3.0, "ratio": 0.5, "on": True}))
    assert [type(read[name]) for name in ("count", "ratio", "on")] == [int, float, bool]


@pytest.mark.parametrize("text", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"])
def test_every_kind_of_unknown_is_read_as_unknown_at_any_depth(text: str) -> None:
    struct = struct_pb2.Struct()
    struct.update({"top": text, "deep": {"list": [text]}})
    read = wire.read(struct)
    assert read["top"] is UNKNOWN
    assert read["deep"]["list"][0] is UNKNOWN


def test_unknown_is_written_as_the_engine_writes_it() -> None:
    assert wire.write({"it": UNKNOWN}).fields["it"].string_value == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_a_secret_is_opened_and_what_the_mask_names_is_wrapped_again() -> None:
    plain = {"password": "p", "user": "u", "deep": {"key": "k", "note": "n"}, "list": [{"a": 1}, 2]}
    mask = {"password": True, "deep": {"key": True}, "list": True, "absent": True}
    struct = wire.write(plain, mask)
    assert struct.fields["password"].struct_value.fields[wire.SIGNATURE].string_value == wire.SECRET
    assert struct.fields["deep"].struct_value.fields["note"].string_value == "n"
    assert wire.read(struct) == plain
    assert wire.secrets(struct) == {"password": True, "deep": {"key": True}, "list": True}


def test_a_list_with_a_secret_anywhere_in_it_is_secret_whole() -> None:
    struct = wire.write({"list": [{"a": wire.marked({"b": 1}, {"b": True})}, 2], "plain": [[1]]})
    assert wire.secrets(struct) == {"list": True}


def test_a_mask_that_no_longer_fits_hides_the_whole_value() -> None:
    assert wire.secrets(wire.write({"was_an_object": "text"}, {"was_an_object": {"key": True}})) == {"was_an_object": True}
    assert wire.masked({"was_an_object": "text", "o": {"k": 1, "n": 2}}, {"was_an_object": {"key": True}, "o": {"k": True}}, "?") == {
        "was_an_object": "?",
        "o": {"k": "?", "n": 2},
    }


def test_absent_members_do_not_travel() -> None:
    struct = wire.write({"none": None, "nested": {"none": None, "some": 1}})
    assert wire.read(struct) == {"nested": {"some": 1}}


def test_a_value_that_cannot_travel_is_named_by_its_type() -> None:
    with pytest.raises(TypeError, match="a value of type set cannot travel to the engine"):
        wire.write({"it": {1}})
