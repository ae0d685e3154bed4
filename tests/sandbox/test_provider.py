"""One resource's life as the provider serves it, on a small cloud of made-up types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.kind import UNKNOWN, Call, Failure, Function, Kind, Properties, Reference, Refusal
from sandbox.naming import Naming
from sandbox.provider import Provider, State
from sandbox.schema import FunctionSchema, Property, Schemas, Type, TypeSchema
from sandbox.store import Store

NET, SUB, SET, DICE, API = "gcp:m/net:Net", "gcp:m/sub:Sub", "gcp:m/set:Set", "random:m/dice:Dice", "gcp:projects/service:Service"
CONFIG = {"project": "acme"}


def _properties(**kinds: str) -> dict[str, Property]:
    return {name: Property(name=name, type=Type(cast("Any", kind.rstrip("!"))), required=kind.endswith("!"), snake=name) for name, kind in kinds.items()}


def _schema(token: str, inputs: dict[str, str], outputs: dict[str, str], *, secrets: frozenset[str] = frozenset()) -> TypeSchema:
    replaces = frozenset({"cidr"})
    return TypeSchema(token=token, inputs=_properties(**inputs), outputs=_properties(**inputs, **outputs), replaces=replaces, secrets=secrets)


_SCHEMAS = {
    NET: _schema(
        NET,
        {"name": "string", "cidr": "string", "size": "integer", "project": "string", "note": "string"},
        {"etag": "string", "link": "string", "key": "string"},
    ),
    SUB: _schema(SUB, {"name": "string!", "network": "string", "project": "string"}, {}),
    SET: _schema(SET, {"name": "string!"}, {"secret": "string"}, secrets=frozenset({"secret"})),
    DICE: _schema(DICE, {"name": "string!"}, {"face": "string"}),
    API: _schema(API, {"service": "string!", "project": "string"}, {}),
}


class _Schemas:
    def resource(self, token: str) -> TypeSchema | None:
        return _SCHEMAS.get(token)

    def function(self, token: str) -> FunctionSchema | None:
        inputs = {"gcp:m/get:get": _properties(id="string!"), "gcp:m/known:known": {}}.get(token)
        return None if inputs is None else FunctionSchema(token=token, inputs=inputs)


def _small(call: Call) -> Iterator[Failure]:
    size = call.inputs.get("size")
    if size is not None and size is not UNKNOWN and size > 9:
        yield Failure("size", "expected size to be at most 9")


def _protected(call: Call) -> None:
    if call.inputs.get("note") == "protected":
        raise Refusal("it is protected")


_NET = Kind(
    token=NET,
    identify=lambda call: f"nets/{call.inputs['name']}",
    outputs=lambda call: {"project": call.config["project"], "etag": f"{call.inputs['name']}-{call.inputs.get('size')}"},
    defaults=lambda _call: {"size": 1},
    check=_small,
    replaces=frozenset({"note"}),
    updates=frozenset({"cidr"}),
    replaces_on=lambda old, _new: frozenset({"cidr"}) if old.get("note") == "pinned" else frozenset(),
    taken="{name} is taken, says {project}",
    delete=_protected,
    deleted=lambda call: call.inputs.get("note") != "abandoned",
    volatile=frozenset({"etag"}),
    secrets=frozenset({"key"}),
    import_id=lambda id_, _config: id_ if id_.startswith("nets/") else f"nets/{id_}",
    refresh=lambda call: {"link": f"seen {call.inputs['name']}"},
)
_KINDS = {
    NET: _NET,
    SUB: Kind(
        token=SUB,
        identify=lambda call: f"subs/{call.inputs['name']}",
        unique=lambda call: (call.inputs.get("network"),),
        references=(Reference(path="network", types=(NET,), message="no network {value}", foreign=lambda _call, value: value == "public"),),
        api="compute.googleapis.com",
    ),
    SET: Kind(token=SET, identify=lambda call: f"sets/{call.inputs['name']}", adopts=lambda _call: True),
    DICE: Kind(token=DICE, identify=lambda _call: "dice", outputs=lambda _call: {"face": "six"}, stateless=True),
    API: Kind(token=API, identify=lambda call: call.inputs["service"], outputs=lambda call: {"project": "acme"}),
}


class World:
    """The engine's side of the provider."""

    def __init__(self, store: Store) -> None:
        self.store = store
        answers = {"gcp:m/get:get": Function(token="gcp:m/get:get", answer=lambda call: {"got": call.inputs["id"]})}
        self.provider = Provider(store, cast("Schemas", _Schemas()), lambda token: _KINDS[token], answers.get)

    def call(self, type_: str, inputs: Properties, *, name: str = "it", preview: bool = False) -> Call:
        return self.provider.call(f"urn:pulumi:dev::app::{type_}::{name}", inputs, CONFIG, preview=preview)

    def check(self, type_: str, inputs: Properties, old: Properties | None = None) -> tuple[Properties, list[Failure]]:
        return self.provider.check(self.call(type_, inputs, preview=True), old or {}, Naming())

    def create(self, type_: str, *, preview: bool = False, **inputs: object) -> State:
        return self.provider.create(self.call(type_, inputs, preview=preview))

    def update(self, state: State, *, type_: str = NET, preview: bool = False, **inputs: object) -> State:
        return self.provider.update(self.call(type_, inputs, preview=preview), state)

    def read(self, id_: str, type_: str = NET) -> State | None:
        return self.provider.read(self.call(type_, {}), State(id_, {}, {}, {}))

    def delete(self, state: State, type_: str = NET) -> None:
        self.provider.delete(self.call(type_, {}), state.id)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store(tmp_path / "sandbox.db") as store:
        yield World(store)


@pytest.fixture
def refused() -> Callable[[str], Any]:
    return lambda message: pytest.raises(Refusal, match=message)


def test_check_fills_in_what_the_provider_does_and_notes_it(world: World) -> None:
    inputs, failures = world.check(NET, {"note": "n"})
    assert failures == []
    assert inputs == {"note": "n", "size": 1, "name": inputs["name"], "__defaults": ["name", "size"]}


def test_check_reports_schema_and_kind_at_once(world: World) -> None:
    _, failures = world.check(NET, {"size": 10, "nmae": "x"})
    assert sorted(failure.path for failure in failures) == ["nmae", "size"]


def test_a_type_that_the_sdk_does_not_know_is_refused(world: World, refused: Callable[[str], Any]) -> None:
    with refused("gcp:m/typo:Typo is not a resource type of the installed SDK"):
        world.check("gcp:m/typo:Typo", {})


def test_what_the_docstring_and_the_kind_say_decides_on_replacement(world: World) -> None:
    old: Properties = {"name": "n", "cidr": "a", "note": "a", "__defaults": []}
    verdict = world.provider.diff(world.call(NET, {}), old, {"name": "n", "cidr": "b", "note": "b", "__defaults": []}, ())
    assert {change.text: change.replaces for change in verdict.changes} == {"cidr": False, "note": True}


def test_what_replaces_from_here_to_there_alone_does_so_whatever_updates_elsewhere(world: World) -> None:
    old: Properties = {"name": "n", "cidr": "a", "note": "pinned", "__defaults": []}
    verdict = world.provider.diff(world.call(NET, {}), old, {**old, "cidr": "b"}, ())
    assert {change.text: change.replaces for change in verdict.changes} == {"cidr": True}


@pytest.mark.parametrize(("defaults", "name", "first"), [([], "n", True), (["name"], "n", False), ([], "m", False)])
def test_the_old_goes_first_only_where_the_new_one_bears_the_same_chosen_name(world: World, defaults: list[str], name: str, first: bool) -> None:
    old: Properties = {"name": "n", "note": "a", "__defaults": defaults}
    assert world.provider.diff(world.call(NET, {}), old, {"name": name, "note": "b", "__defaults": defaults}, ()).delete_first is first


def test_an_update_deletes_nothing_first(world: World) -> None:
    assert not world.provider.diff(world.call(NET, {}), {"name": "n", "size": 1}, {"name": "n", "size": 2}, ()).delete_first


def test_a_preview_knows_the_inputs_and_the_project_and_nothing_else(world: World) -> None:
    state = world.create(NET, preview=True, name="n", cidr=UNKNOWN)
    assert state.id == ""
    assert state.outputs == {
        "name": "n",
        "cidr": UNKNOWN,
        "size": UNKNOWN,
        "note": UNKNOWN,
        "etag": UNKNOWN,
        "link": UNKNOWN,
        "key": UNKNOWN,
        "project": "acme",
    }
    assert world.store.all() == []


def test_create_knows_everything_and_marks_what_is_secret(world: World) -> None:
    state = world.create(NET, name="n", __defaults=["size"])
    assert (state.id, state.outputs["etag"], state.outputs["project"]) == ("nets/n", "n-None", "acme")
    assert set(state.outputs) == {"name", "project", "etag", "link", "key"}
    assert state.secrets == {"key": True}
    assert [(record.id, record.inputs) for record in world.store.all()] == [("nets/n", {"name": "n"})]


def test_a_second_of_the_same_id_is_refused_in_the_words_of_its_kind(world: World, refused: Callable[[str], Any]) -> None:
    world.create(NET, name="n")
    with refused("^n is taken, says $"):
        world.create(NET, name="n")


def test_what_is_held_by_a_key_is_refused_too_on_create_and_on_update(world: World, refused: Callable[[str], Any]) -> None:
    world.create(API, service="compute.googleapis.com")
    world.create(SUB, name="a", network="public")
    with refused("409"):
        world.create(SUB, name="b", network="public")
    world.create(NET, name="n")
    other = world.create(SUB, name="b", network="n")
    with refused("409"):
        world.update(other, type_=SUB, name="b", network="public")


def test_some_things_are_taken_over_instead(world: World) -> None:
    world.create(SET, name="s")
    assert world.create(SET, name="s").id == "sets/s"
    assert len(world.store.all()) == 1


def test_a_service_that_nobody_enabled_refuses_as_google_does(world: World, refused: Callable[[str], Any]) -> None:
    with refused(r"^googleapi: Error 403: Compute Engine API has not been used in project \d{12} before or it is disabled\..*SERVICE_DISABLED"):
        world.create(SUB, name="a", network="public")
    assert world.store.all() == []


@pytest.mark.parametrize("by", ["nets/n", "n", "https://www.googleapis.com/n"])
def test_a_reference_may_be_an_id_a_link_or_a_name(world: World, by: str) -> None:
    world.create(API, service="compute.googleapis.com")
    net = world.create(NET, name="n")
    record = world.store.get(NET, net.id)
    assert record is not None
    record.outputs["selfLink"] = "https://www.googleapis.com/n"
    world.store.edit(record)
    assert world.create(SUB, name="a", network=by).id == "subs/a"


def test_a_reference_to_nothing_is_refused_but_for_what_no_stack_can_hold(world: World, refused: Callable[[str], Any]) -> None:
    world.create(API, service="compute.googleapis.com")
    with refused("^no network nets/gone$"):
        world.create(SUB, name="a", network="nets/gone")
    world.create(SUB, name="a", network="public")


def test_what_others_refer_to_cannot_be_deleted(world: World, refused: Callable[[str], Any]) -> None:
    world.create(API, service="compute.googleapis.com")
    net = world.create(NET, name="n")
    sub = world.create(SUB, name="a", network="n")
    with refused("^googleapi: Error 400: The net resource 'nets/n' is already being used by 'subs/a', resourceInUseByAnotherResource$"):
        world.delete(net)
    world.delete(sub, SUB)
    world.delete(net)
    assert world.read("nets/n") is None


def test_a_kind_may_refuse_a_delete_or_leave_the_thing_in_the_cloud(world: World, refused: Callable[[str], Any]) -> None:
    with refused("^it is protected$"):
        world.delete(world.create(NET, name="p", note="protected"))
    world.delete(world.create(NET, name="a", note="abandoned"))
    assert [record.id for record in world.store.all()] == ["nets/p", "nets/a"]


def test_deleting_what_is_gone_is_no_error(world: World) -> None:
    net = world.create(NET, name="n")
    world.delete(net)
    world.delete(net)


def test_an_update_keeps_what_was_computed_but_for_what_it_gives_anew(world: World) -> None:
    net = world.create(NET, name="n", cidr="c", size=1)
    assert net.outputs["etag"] == "n-1"
    after = world.update(net, name="n", size=2)
    assert after.outputs["etag"] == "n-2"
    assert after.outputs["link"] == net.outputs["link"]
    assert "cidr" not in after.outputs


def test_the_preview_of_an_update_says_what_will_change(world: World) -> None:
    net = world.create(NET, name="n", cidr="c", size=1)
    after = world.update(net, preview=True, name="n", size=2)
    assert (after.outputs["size"], after.outputs["etag"], after.outputs["cidr"], after.outputs["link"]) == (2, UNKNOWN, UNKNOWN, net.outputs["link"])
    kept = world.store.get(NET, net.id)
    assert kept is not None
    assert kept.inputs["size"] == 1


def test_updating_what_somebody_deleted_is_a_404(world: World, refused: Callable[[str], Any]) -> None:
    net = world.create(NET, name="n")
    world.store.remove(NET, net.id)
    with refused("Error 404: The resource 'nets/n' was not found"):
        world.update(net, name="n", size=2)


@pytest.mark.parametrize("form", ["n", "nets/n"])
def test_read_takes_every_form_of_the_id_and_sees_the_world(world: World, form: str) -> None:
    world.create(NET, name="n", size=3)
    state = world.read(form)
    assert state is not None
    assert (state.id, state.inputs, state.outputs["link"]) == ("nets/n", {"name": "n", "size": 3, "__defaults": []}, "seen n")


def test_read_keeps_the_engines_note_of_what_was_filled_in(world: World) -> None:
    world.create(NET, name="n")
    state = world.provider.read(world.call(NET, {}), State("nets/n", {}, {"name": "n", "__defaults": ["name"]}, {}))
    assert state is not None
    assert state.inputs["__defaults"] == ["name"]


def test_what_lives_in_the_state_alone_is_made_and_read_without_the_store(world: World) -> None:
    state = world.create(DICE, name="d")
    assert (state.id, state.outputs["face"], world.store.all()) == ("dice", "six", [])
    assert world.update(state, type_=DICE, name="e").outputs == {"name": "e", "face": "six"}
    read = world.provider.read(world.call(DICE, {}), State(state.id, state.outputs, {"name": "d"}, {}))
    assert read is not None
    assert (read.id, read.inputs, read.outputs) == ("dice", {"name": "d"}, state.outputs)
    world.delete(state, DICE)


def test_a_data_source_answers_or_says_why_not(world: World, refused: Callable[[str], Any]) -> None:
    assert world.provider.invoke("gcp:m/get:get", {"id": "x"}, CONFIG, preview=False) == {"got": "x"}
    with refused("^nmae: .*; id: Missing required property 'id'$"):
        world.provider.invoke("gcp:m/get:get", {"nmae": "x"}, CONFIG, preview=False)
    with refused("^the sandbox has no answer for gcp:m/known:known yet$"):
        world.provider.invoke("gcp:m/known:known", {}, CONFIG, preview=False)
    with refused("^gcp:m/typo:typo is not a function of the installed SDK$"):
        world.provider.invoke("gcp:m/typo:typo", {}, CONFIG, preview=False)
