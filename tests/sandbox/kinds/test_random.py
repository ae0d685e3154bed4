"""The random provider's values: shapes, rules, and the same ones each time."""

from __future__ import annotations

import base64
import re
import uuid

import pytest

from sandbox.resources.random import KINDS
from tests.sandbox.kinds.cloud import Invalid, World

PASSWORD = "random:index/randomPassword:RandomPassword"


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for kind in KINDS})


def make(world: World, kind: str, name: str = "it", **inputs: object) -> dict[str, object]:
    """The outputs of a thing of this type and name."""
    known = world.kinds[f"random:index/random{kind}:Random{kind}"]
    call = world.call(known.token, {**known.defaults(world.call(known.token, inputs)), **inputs}, name=name)
    assert list(known.check(call)) == []
    return {"id": known.identify(call), **known.outputs(call)}


def test_a_password_holds_at_least_what_was_asked_of_each_class(world: World) -> None:
    result = str(make(world, "Password", length=20, minUpper=4, minNumeric=5, minSpecial=6, minLower=5, overrideSpecial="_%")["result"])
    counts = [len(re.findall(pattern, result)) for pattern in ("[A-Z]", "[0-9]", "[_%]", "[a-z]")]
    assert (len(result), counts) == (20, [4, 5, 6, 5])


@pytest.mark.parametrize(("switch", "pattern"), [("special", r"[a-zA-Z0-9]+"), ("upper", r"[^A-Z]+"), ("lower", r"[^a-z]+"), ("numeric", r"[^0-9]+")])
def test_a_class_that_is_off_does_not_occur(world: World, switch: str, pattern: str) -> None:
    assert re.fullmatch(pattern, str(make(world, "Password", length=200, **{switch: False})["result"]))


def test_numeric_and_its_old_name_number_are_one_switch(world: World) -> None:
    made = make(world, "String", length=200, number=False)
    assert not re.search("[0-9]", str(made["result"]))
    assert (made["numeric"], made["number"]) == (False, False)


def test_values_depend_on_name_arguments_and_keepers_alone(world: World) -> None:
    first = make(world, "Password", length=16)
    assert make(World(world.kinds), "Password", length=16) == first
    assert make(world, "Password", "other", length=16)["result"] != first["result"]
    assert make(world, "Password", length=16, keepers={"a": "1"})["result"] != first["result"]


def test_a_password_is_secret_and_its_id_is_none(world: World) -> None:
    kind = world.kinds[PASSWORD]
    assert kind.secrets == {"result", "bcryptHash"}
    made = make(world, "Password", length=16)
    assert made["id"] == "none"
    assert re.fullmatch(r"\$2a\$10\$[./A-Za-z0-9]{53}", str(made["bcryptHash"]))


def test_the_forms_of_an_id_are_one_number(world: World) -> None:
    made = make(world, "Id", byteLength=8, prefix="db-")
    raw = bytes.fromhex(str(made["hex"]).removeprefix("db-"))
    assert len(raw) == 8
    assert made["dec"] == f"db-{int.from_bytes(raw, 'big')}"
    assert made["b64Std"] == f"db-{base64.b64encode(raw).decode()}"
    assert made["id"] == base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_an_integer_lies_between_and_is_its_id(world: World) -> None:
    made = make(world, "Integer", min=10, max=12)
    assert made["result"] in {10, 11, 12}
    assert made["id"] == str(made["result"])


def test_a_seed_decides_alone(world: World) -> None:
    arguments = {"min": 0, "max": 10**9, "seed": "s"}
    assert make(world, "Integer", "a", **arguments)["result"] == make(world, "Integer", "b", **arguments)["result"]


def test_a_pet_has_as_many_words_as_asked(world: World) -> None:
    assert re.fullmatch(r"x_[a-z]+_[a-z]+_[a-z]+", str(make(world, "Pet", length=3, separator="_", prefix="x")["id"]))
    assert re.fullmatch(r"[a-z]+-[a-z]+", str(make(world, "Pet")["id"]))


def test_a_shuffle_repeats_the_list_only_when_more_is_asked(world: World) -> None:
    items = ["a", "b", "c"]
    whole = make(world, "Shuffle", inputs=items)["results"]
    assert sorted(whole) == items  # type: ignore[call-overload]  a list by the test before
    assert len(make(world, "Shuffle", inputs=items, resultCount=7)["results"]) == 7  # type: ignore[arg-type]  as above
    assert items == ["a", "b", "c"]


@pytest.mark.parametrize(("kind", "version"), [("Uuid", 4), ("Uuid4", 4), ("Uuid7", 7)])
def test_a_uuid_is_of_its_version(world: World, kind: str, version: int) -> None:
    made = make(world, kind)
    assert uuid.UUID(str(made["result"])).version == version
    assert uuid.UUID(str(made["result"])).variant == uuid.RFC_4122
    assert made["id"] == made["result"]


@pytest.mark.parametrize(
    ("kind", "inputs", "message"),
    [
        ("Password", {"length": 0}, "length: Attribute length value must be at least 1, got: 0"),
        (
            "Password",
            {"length": 3, "minLower": 2, "minUpper": 2},
            "length: Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: 3",
        ),
        ("String", {"length": 8, "minLower": -1}, "minLower: Attribute minLower value must be at least 0, got: -1"),
        (
            "String",
            {"length": 8, "special": False, "upper": False, "lower": False, "numeric": False},
            "special: At least one attribute out of [special,upper,lower,numeric] must be specified as true",
        ),
        ("Id", {"byteLength": 0}, "byteLength: Attribute byteLength value must be at least 1, got: 0"),
        ("Bytes", {"length": 0}, "length: Attribute length value must be at least 1, got: 0"),
        (
            "Integer",
            {"min": 3, "max": 2},
            "min: The minimum (min) value needs to be smaller than or equal to maximum (max) value, got: 3 and 2",
        ),
    ],
)
def test_the_provider_refuses(world: World, kind: str, inputs: dict[str, object], message: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.check(f"random:index/random{kind}:Random{kind}", **inputs)
    assert str(refused.value) == message


def test_every_argument_replaces_and_nothing_is_kept_outside_the_state() -> None:
    for kind in KINDS:
        assert "keepers" in kind.replaces
        assert kind.stateless
