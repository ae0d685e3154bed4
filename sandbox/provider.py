"""What a provider does with one resource: check, diff, create, read, update, delete; plain values in and out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import document, rules
from .diff import DEFAULTS, Difference, differences
from .kind import UNKNOWN, Call, Failure, Kind, Properties, Record, Refusal
from .naming import Naming, made_up
from .resources import configure, find, function, generic
from .schema import failures
from .store import TakenError
from .wire import Mask, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from .kind import Function
    from .schema import Schemas, TypeSchema
    from .store import Store


@dataclass(frozen=True, slots=True)
class Diffed:
    """The verdict on a change of inputs."""

    changes: list[Difference]
    delete_first: bool


@dataclass(frozen=True, slots=True)
class State:
    """A resource as the provider hands it to the engine."""

    id: str
    outputs: Properties
    inputs: Properties
    secrets: Mask
    """What of the inputs and outputs is secret: because the program said so, or the type."""


class Provider:
    """All packages; a call names its type."""

    def __init__(
        self,
        store: Store,
        schemas: Schemas,
        kinds: Callable[[str], Kind] = find,
        functions: Callable[[str], Function | None] = function,
    ) -> None:
        self._store = store
        self._schemas = schemas
        self._kind = kinds
        self._function = functions

    def call(self, urn: str, inputs: Properties, config: Mapping[str, str], *, preview: bool = False) -> Call:
        """A request as the kinds see it."""
        type_ = urn.split("::")[2].rsplit("$", 1)[-1]
        plain = {name: value for name, value in inputs.items() if name != DEFAULTS}
        return Call(type=type_, urn=urn, inputs=plain, config=config, cloud=self._store, preview=preview)

    def version(self, package: str) -> str:
        """The version that the package's SDK has; none where it is not installed."""
        return self._schemas.version(package) or ""

    def document(self, package: str) -> str:
        """The package's schema as far as the sandbox holds things of it: enough to write the code of an import."""
        here = dict.fromkeys(record.type for record in self._store.all() if record.type.startswith(f"{package}:"))
        return document.written(package, self.version(package), [schema for type_ in here if (schema := self._schemas.resource(type_)) is not None])

    def configure(self, package: str, config: Mapping[str, str]) -> None:
        """Refuses a configuration that the real provider would not start with."""
        configure(package, config)

    def check_config(self, package: str, inputs: Properties) -> list[Failure]:
        """What a provider's own configuration gets wrong."""
        schema = self._schemas.resource(f"pulumi:providers:{package}")
        return failures(schema, inputs) if schema is not None else []

    def check(self, call: Call, old_inputs: Properties, naming: Naming, hidden: Mask | None = None) -> tuple[Properties, list[Failure]]:
        """The inputs with what the provider fills in, and all that it refuses."""
        schema, kind = self._schema(call.type), self._kind(call.type)
        name = made_up(call, schema, kind, old_inputs, naming)
        inputs = call.inputs if name is None else {**call.inputs, "name": name}
        defaults = kind.defaults(replace(call, inputs=inputs))
        complete = _merged(defaults, inputs)
        found = [*failures(schema, marked(complete, hidden or {})), *kind.check(replace(call, inputs=complete))]
        filled = sorted(key for key in complete if key not in call.inputs)
        return {**complete, DEFAULTS: filled}, found

    def diff(self, call: Call, old_inputs: Properties, new_inputs: Properties, ignored: Collection[str]) -> Diffed:
        """What changes, and whether the old resource must go before the new one comes."""
        schema, kind = self._schema(call.type), self._kind(call.type)
        changes = differences(old_inputs, new_inputs, ((schema.replaces | kind.replaces) - kind.updates) | kind.replaces_on(old_inputs, new_inputs), ignored)
        own_name = schema.autoname and "name" not in new_inputs.get(DEFAULTS, ()) and old_inputs.get("name") == new_inputs.get("name")
        return Diffed(changes, own_name and any(change.replaces for change in changes))

    def create(self, call: Call, hidden: Mask | None = None) -> State:
        """Makes it exist; at preview, says what will be known."""
        schema, kind = self._schema(call.type), self._kind(call.type)
        secrets = _secrets(schema, kind, hidden)
        if call.preview:
            unknown = {name: UNKNOWN for name in schema.outputs if name not in call.inputs}
            return State("", {**unknown, **generic.foreseen(schema, call), **call.inputs}, call.inputs, secrets)
        if kind.stateless:
            id_ = kind.identify(call)
            return State(id_, self._outputs(schema, kind, replace(call, id=id_), id_, {}), call.inputs, secrets)
        with self._store.transaction():
            self._refuse(kind, call)
            id_, key = kind.identify(call), kind.unique(call)
            existing = self._store.get(call.type, id_) or (self._store.holder(call.type, key) if key is not None else None)
            if existing is not None:
                if not kind.adopts(call):
                    raise rules.taken(kind, call, id_)
                self._store.remove(existing.type, existing.id)
            call = replace(call, id=id_)
            kind.create(call)
            outputs = self._outputs(schema, kind, call, id_, {})
            made = Record(type=call.type, id=id_, urn=call.urn, inputs=call.inputs, outputs=outputs)
            self._store.add(made, key, secrets)
            self._bring(kind, replace(call, old=made))
        return State(id_, outputs, call.inputs, secrets)

    def update(self, call: Call, old: State, hidden: Mask | None = None) -> State:
        """Gives it new properties in place; at preview, says which of the old ones stay."""
        schema, kind, id_ = self._schema(call.type), self._kind(call.type), old.id
        secrets = _secrets(schema, kind, hidden)
        if call.preview:
            removed = {name: UNKNOWN for name in old.inputs if name in schema.outputs and name not in call.inputs}
            anew = {name: UNKNOWN for name in kind.volatile if name in schema.outputs}
            return State(id_, {**old.outputs, **removed, **call.inputs, **anew}, call.inputs, secrets)
        if kind.stateless:
            return State(id_, self._outputs(schema, kind, replace(call, id=id_), id_, {}), call.inputs, secrets)
        with self._store.transaction():
            record = self._store.get(call.type, id_)
            if record is None:
                raise Refusal(f"googleapi: Error 404: The resource '{id_}' was not found, notFound")
            call = replace(call, old=record, id=id_)
            self._refuse(kind, call)
            kind.update(call)
            kept = {
                name: value for name, value in record.outputs.items() if name not in kind.volatile and name not in call.inputs and name not in record.inputs
            }
            outputs = self._outputs(schema, kind, call, id_, kept)
            changed = replace(record, urn=call.urn, inputs=call.inputs, outputs=outputs)
            try:
                self._store.replace(changed, kind.unique(call), secrets)
            except TakenError as error:
                raise rules.taken(kind, call, id_) from error
            self._bring(kind, replace(call, old=changed))
        return State(id_, outputs, call.inputs, secrets)

    def read(self, call: Call, old: State) -> State | None:
        """How it stands in the cloud; None where it is gone. Of what is imported nothing old is known but the id."""
        schema, kind = self._schema(call.type), self._kind(call.type)
        if kind.stateless:
            return replace(old, secrets=_secrets(schema, kind, old.secrets)) if old.outputs else None
        record = self._store.get(call.type, kind.import_id(old.id, call.config)) or self._store.get(call.type, old.id)
        if record is None:
            return None
        call = replace(call, inputs=record.inputs, old=record, id=record.id)
        outputs = {**record.outputs, **kind.refresh(call)}
        inputs = {**record.inputs, DEFAULTS: old.inputs.get(DEFAULTS, [])}
        return State(record.id, outputs, inputs, {**self._store.secrets(record), **old.secrets, **_secrets(schema, kind, {})})

    def delete(self, call: Call, id_: str) -> None:
        """Makes it exist no longer; content where it is gone already."""
        kind = self._kind(call.type)
        with self._store.transaction():
            record = self._store.get(call.type, id_)
            if record is None:
                return
            call = replace(call, inputs=record.inputs, old=record, id=record.id)
            kind.delete(call)
            if not kind.deleted(call):
                return
            rules.refuse_in_use(record, self._store, self._kind)
            left = list(kind.leaves(call))
            for carried in list(kind.carries(call)):
                self._store.remove(carried.type, carried.id)
            self._store.remove(call.type, id_)
            for record in left:
                self._store.add(record)

    def invoke(self, token: str, args: Properties, config: Mapping[str, str], *, preview: bool) -> Properties:
        """A data source's answer."""
        known = self._function(token)
        if known is None:
            if self._schemas.function(token) is None:
                raise Refusal(f"{token} is not a function of the installed SDK")
            raise Refusal(f"the sandbox has no answer for {token} yet")
        schema = self._schemas.function(token)
        wrong = [f"{failure.path}: {failure.reason}" for failure in failures(schema, args)] if schema is not None else []
        if wrong:
            raise Refusal("; ".join(wrong))
        with self._store.transaction():
            return known.answer(Call(type=token, urn="", inputs=args, config=config, cloud=self._store, preview=preview))

    def _schema(self, type_: str) -> TypeSchema:
        schema = self._schemas.resource(type_)
        if schema is None:
            raise Refusal(f"{type_} is not a resource type of the installed SDK")
        return schema

    def _bring(self, kind: Kind, call: Call) -> None:
        for record in list(kind.brings(call)):
            if self._store.get(record.type, record.id) is None:
                self._store.add(record)

    @staticmethod
    def _refuse(kind: Kind, call: Call) -> None:
        rules.refuse_disabled_service(kind, call)
        rules.refuse_dangling(kind, call)

    @staticmethod
    def _outputs(schema: TypeSchema, kind: Kind, call: Call, id_: str, kept: Properties) -> Properties:
        outputs = {**kept, **call.inputs, **kind.outputs(call)}
        return {**outputs, **generic.fill(schema, call, id_, outputs)}


def _secrets(schema: TypeSchema, kind: Kind, hidden: Mask | None) -> Mask:
    return {**(hidden or {}), **dict.fromkeys(schema.secrets | kind.secrets, True)}


def _merged(defaults: Properties, given: Properties) -> Properties:
    """What is given, and below it, at any depth of nested objects, what is not."""
    merged = {**defaults, **given}
    for key, value in given.items():
        if isinstance(value, dict) and isinstance(defaults.get(key), dict):
            merged[key] = _merged(defaults[key], value)
    return merged
