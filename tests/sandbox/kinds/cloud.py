"""A cloud held in dictionaries, and the life of a resource in it, for tests of single kinds without the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from sandbox.kind import UNKNOWN, Call, Failure, Function, Kind, Properties, Record, Reference, Refusal

PROJECT = "acme-dev"
REGION = "europe-west1"
CONFIG = {"project": PROJECT, "region": REGION}


class Invalid(Exception):  # noqa: N818 - a verdict, as the sandbox names its own
    """Check refused the inputs."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__("; ".join(f"{failure.path}: {failure.reason}" for failure in failures))
        self.failures = tuple(failures)


class MemoryCloud:
    """Implements `sandbox.kind.Cloud`: what exists, oldest first."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self._sequences: dict[str, int] = {}

    def get(self, type_: str, id_: str) -> Record | None:
        return self.records.get((type_, id_))

    def find(self, type_: str, **outputs: object) -> Iterator[Record]:
        for record in list(self.records.values()):
            if record.type == type_ and all(record.outputs.get(key) == value for key, value in outputs.items()):
                yield record

    def sequence(self, scope: str) -> int:
        number = self._sequences.get(scope, 0)
        self._sequences[scope] = number + 1
        return number

    def now(self) -> str:
        return "2026-01-02T03:04:05.000000Z"


class World:
    """Runs kinds through check, create, update and delete as the provider does; every kind that takes part is given at the start."""

    def __init__(self, kinds: Mapping[str, Kind], functions: Mapping[str, Function] | None = None, config: Mapping[str, str] = CONFIG) -> None:
        self.kinds = kinds
        self.functions = functions or {}
        self.config = dict(config)
        self.cloud = MemoryCloud()

    def call(self, token: str, inputs: Properties, *, name: str = "it", old: Record | None = None, preview: bool = False, id_: str = "") -> Call:
        urn, known = f"urn:pulumi:dev::app::{token}::{name}", id_ or (old.id if old is not None else "")
        return Call(type=token, urn=urn, inputs=inputs, config=self.config, cloud=self.cloud, preview=preview, old=old, id=known)

    def check(self, /, token: str, **inputs: Any) -> Properties:
        """The inputs with the provider's defaults; raises `Invalid`."""
        kind = self.kinds[token]
        full = merged(kind.defaults(self.call(token, inputs)), inputs)
        failures = list(kind.check(self.call(token, full)))
        if failures:
            raise Invalid(failures)
        return full

    def create(self, /, token: str, **inputs: Any) -> Record:
        """The thing, made: checked, referenced, unique, allowed."""
        kind = self.kinds[token]
        full = self.check(token, **inputs)
        call = self.call(token, full)
        for reference in kind.references:
            self._resolve(reference, call)
        id_ = kind.identify(call)
        key = kind.unique(call)
        same = key is not None and any(kind.unique(self.call(token, record.inputs)) == key for record in self.cloud.find(token))
        if not kind.adopts(call) and (same or self.cloud.get(token, id_) is not None):
            raise Refusal(kind.taken.format_map({**full, "id": id_}))
        call = self.call(token, full, id_=id_)
        kind.create(call)
        record = Record(type=token, id=id_, urn=call.urn, inputs=full, outputs={**full, **kind.outputs(call)})
        self.cloud.records[token, id_] = record
        self._bring(record)
        return record

    def _bring(self, record: Record) -> None:
        for brought in list(self.kinds[record.type].brings(self.call(record.type, record.inputs, old=record))):
            self.cloud.records.setdefault((brought.type, brought.id), brought)

    def put(self, token: str, id_: str, **outputs: Any) -> Record:
        """A thing as it stands, unchecked: of a type whose kind is not under test."""
        record = Record(type=token, id=id_, urn=f"urn:pulumi:dev::app::{token}::put", inputs=outputs, outputs=outputs)
        self.cloud.records[token, id_] = record
        return record

    def update(self, old: Record, **changes: Any) -> Record:
        """The thing after an update in place; an input given as `None` is taken away."""
        kind = self.kinds[old.type]
        wanted = {key: value for key, value in {**old.inputs, **changes}.items() if value is not None}
        full = self.check(old.type, **wanted)
        call = self.call(old.type, full, old=old)
        for reference in kind.references:
            self._resolve(reference, call)
        kind.update(call)
        kept = {name: value for name, value in old.outputs.items() if name not in kind.volatile and name not in full and name not in old.inputs}
        record = Record(type=old.type, id=old.id, urn=old.urn, inputs=full, outputs={**kept, **full, **kind.outputs(call)})
        self.cloud.records[old.type, old.id] = record
        self._bring(record)
        return record

    def delete(self, record: Record) -> None:
        """Takes the thing away, unless the cloud refuses or keeps it."""
        kind = self.kinds[record.type]
        call = self.call(record.type, record.inputs, old=record)
        kind.delete(call)
        if kind.deleted(call):
            left = list(kind.leaves(call))
            for carried in list(kind.carries(call)):
                del self.cloud.records[carried.type, carried.id]
            del self.cloud.records[record.type, record.id]
            self.cloud.records.update({(one.type, one.id): one for one in left})

    def refresh(self, record: Record) -> Properties:
        """What Read says of the thing now."""
        call = self.call(record.type, record.inputs, old=record)
        return {**record.outputs, **self.kinds[record.type].refresh(call)}

    def invoke(self, token: str, **arguments: Any) -> Properties:
        """The answer of a data source."""
        return self.functions[token].answer(self.call(token, arguments))

    def _resolve(self, reference: Reference, call: Call) -> None:
        for value in values_at(call.inputs, reference.path):
            if value is UNKNOWN or (reference.foreign is not None and reference.foreign(call, value)):
                continue
            found = any(
                value == (record.id if by == "id" else record.outputs.get(by))
                for type_ in reference.types
                for record in self.cloud.find(type_)
                for by in reference.by
            )
            if not found:
                raise Refusal(reference.message.format(value=value))


def merged(defaults: Properties, given: Properties) -> Properties:
    """The given inputs over the defaults, at every depth of objects."""
    both = {**defaults, **given}
    for key, value in given.items():
        if isinstance(value, dict) and isinstance(defaults.get(key), dict):
            both[key] = merged(defaults[key], value)
    return both


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Every value under a dotted path, where `*` stands for each item of a list or map."""
    head, _, rest = path.partition(".")
    if value is UNKNOWN:
        yield value
    elif head == "*":
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in items:
            yield from values_at(item, rest) if rest else (item,)
    elif isinstance(value, dict) and value.get(head) is not None:
        yield from values_at(value[head], rest) if rest else (value[head],)


def refused(act: Callable[..., object], **inputs: Any) -> str:
    """What the cloud said no with."""
    with pytest.raises(Refusal) as caught:
        act(**inputs)
    return caught.value.message


def invalid(world: World, token: str, **inputs: Any) -> dict[str, str]:
    """What Check refused, by path."""
    with pytest.raises(Invalid) as caught:
        world.check(token, **inputs)
    return {failure.path: failure.reason for failure in caught.value.failures}
