"""What the cloud makes beside a thing, and what a thing leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sandbox.kind import Call, Kind, Record
from sandbox.provider import Provider
from sandbox.schema import Property, Schemas, Type, TypeSchema
from sandbox.store import Store

SERVER, PASSWORD, COPY = "aws:m/server:Server", "aws:m/password:Password", "aws:m/copy:Copy"


def _beside(call: Call, type_: str, id_: str) -> Record:
    return Record(type=type_, id=id_, urn=call.urn, inputs={}, outputs={"of": call.id, "size": call.inputs["size"]})


def _password(call: Call) -> Iterator[Record]:
    if call.inputs["size"] > 1:
        yield _beside(call, PASSWORD, "secret")


_KIND = Kind(
    token=SERVER,
    identify=lambda _call: "server",
    brings=_password,
    carries=lambda call: call.cloud.find(PASSWORD),
    leaves=lambda call: iter((_beside(call, COPY, "last"),)),
)


class _Schemas:
    def resource(self, token: str) -> TypeSchema:
        size = {"size": Property(name="size", type=Type("integer"), snake="size")}
        return TypeSchema(token=token, inputs=size, outputs=size)


def test_what_is_brought_comes_with_a_create_or_an_update_and_once_only(tmp_path: Path) -> None:
    with Store(tmp_path / "sandbox.db") as store:
        provider = Provider(store, cast("Schemas", _Schemas()), lambda _token: _KIND, lambda _token: None)

        def call(size: int) -> Any:
            return provider.call(f"urn:pulumi:dev::app::{SERVER}::it", {"size": size}, {})

        state = provider.create(call(1))
        assert list(store.find(PASSWORD)) == []
        state = provider.update(call(2), state)
        assert [record.outputs for record in store.find(PASSWORD)] == [{"of": "server", "size": 2}]
        provider.update(call(3), state)
        assert [record.outputs["size"] for record in store.find(PASSWORD)] == [2]
        provider.delete(call(3), state.id)
        assert [(record.type, record.outputs) for record in store.all()] == [(COPY, {"of": "server", "size": 3})]
