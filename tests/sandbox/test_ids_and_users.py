"""Ids that a cloud makes up, and what stands in the way of a delete where a kind has no words of its own for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kind import Kind, Record, Reference, Refusal
from sandbox.provider import Provider
from sandbox.rules import refuse_in_use
from sandbox.schema import Property, Type, TypeSchema
from sandbox.store import Store

THING = "aws:m/thing:Thing"
USER = "aws:m/user:User"
URN = f"urn:pulumi:dev::app::{THING}::it"


class _Schemas:
    def resource(self, token: str) -> TypeSchema:
        text = {name: Property(name=name, type=Type("string"), required=False, snake=name) for name in ("note", "arn")}
        return TypeSchema(token=token, inputs={"note": text["note"]}, outputs=text, replaces=frozenset(), secrets=frozenset())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "sandbox.db") as opened:
        yield opened


def test_a_kind_is_told_the_id_that_it_gave_at_birth_and_ever_after(store: Store) -> None:
    seen: list[tuple[str, str]] = []

    kind = Kind(
        token=THING,
        identify=lambda call: f"thing-{call.cloud.sequence('things')}{call.id}",
        create=lambda call: seen.append(("create", call.id)),
        outputs=lambda call: {"arn": f"arn:{call.id}"},
        update=lambda call: seen.append(("update", call.id)),
        refresh=lambda call: {"arn": f"arn:{call.id}:seen"},
        delete=lambda call: seen.append(("delete", call.id)),
    )
    provider = Provider(store, _Schemas(), lambda _token: kind, lambda _token: None)  # type: ignore[arg-type]  # all that is asked of schemas here
    made = provider.create(provider.call(URN, {"note": "a"}, {}))
    assert (made.id, made.outputs["arn"]) == ("thing-0", "arn:thing-0")
    changed = provider.update(provider.call(URN, {"note": "b"}, {}), made)
    assert changed.outputs["arn"] == "arn:thing-0"
    read = provider.read(provider.call(URN, {}, {}), changed)
    assert read is not None
    assert read.outputs["arn"] == "arn:thing-0:seen"
    provider.delete(provider.call(URN, {}, {}), made.id)
    assert seen == [("create", "thing-0"), ("update", "thing-0"), ("delete", "thing-0")]


def test_what_others_use_on_aws_is_refused_in_the_words_of_aws(store: Store) -> None:
    thing = Record(type=THING, id="thing-1", urn=URN, inputs={}, outputs={})
    store.add(thing)
    store.add(Record(type=USER, id="user-1", urn=URN, inputs={"thing": "thing-1"}, outputs={}))

    def kinds(token: str) -> Kind:
        references = (Reference(path="thing", types=(THING,)),) if token == USER else ()
        return Kind(token=token, identify=lambda _call: "", references=references)

    with pytest.raises(Refusal, match=r"^deleting thing \(thing-1\): api error DependencyViolation: resource thing-1 has a dependent object: user-1$"):
        refuse_in_use(thing, store, kinds)
    store.remove(USER, "user-1")
    refuse_in_use(thing, store, kinds)
