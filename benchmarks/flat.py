"""Writes the program that one would write without components: the same resources, from a stack's own state, as flat calls of the provider's SDK classes.

Values that another resource supplied are written as that resource's output again, so that both programs give the engine the same graph.
"""

from __future__ import annotations

import importlib
import json
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi import _types

SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105  # the engine's mark of a special value, in every state file


SHORTEST = 4
"""Letters of the shortest output that is looked for inside a longer text."""

OPTIONS = {"protect": "protect", "retain_on_delete": "retainOnDelete", "ignore_changes": "ignoreChanges", "delete_before_replace": "deleteBeforeReplace"}
"""A resource's option in Python → its key in the state."""


@dataclass
class Program:
    """The flat program as it grows."""

    thin: bool
    """Whether Cloudflare's resources are written without its SDK, as components do; its import alone costs two seconds."""

    lines: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """URN → variable."""
    states: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def text(self) -> str:
        imports = "\n".join(f"import {module}" for module in sorted({"pulumi", *self.modules}))
        return imports + "\n\n" + "\n".join(self.lines) + "\n"


def write(deployment: Mapping[str, Any], *, thin: bool = False) -> str:
    """The program's text; `deployment` is `pulumi stack export --show-secrets`."""
    program = Program(thin)
    for state in deployment["resources"]:
        if state.get("custom") and not state["type"].startswith("pulumi:") and not state.get("external"):
            _add(program, state)
    return program.text()


def _add(program: Program, state: Mapping[str, Any]) -> None:
    urn, token = state["urn"], state["type"]
    name = urn.rsplit("::", 1)[-1]
    variable = f"r{len(program.names)}_" + re.sub(r"\W", "_", name)
    writer = _Writer(program, state)
    inputs = {key: value for key, value in state.get("inputs", {}).items() if not key.startswith("__")}
    if program.thin and token.startswith("cloudflare:"):
        given = ", ".join(writer.top(inputs, None))
        program.lines.append(f"{variable} = pulumi.CustomResource({token!r}, {name!r}, {{{given}}}, {writer.options()})")
    else:
        cls, module = sdk_class(token)
        program.modules.add(module)
        given = "".join(f", {word}" for word in writer.top(inputs, args_class(cls)))
        program.lines.append(f"{variable} = {module}.{cls.__name__}({name!r}{given}, opts={writer.options()})")
    program.names[urn], program.states[urn] = variable, state


def sdk_class(token: str) -> tuple[type, str]:
    """`gcp:storage/bucket:Bucket` → (class, "pulumi_gcp.storage")."""
    package, path, name = token.split(":")
    folder = path.split("/")[0]
    module = f"pulumi_{package}" + ("" if folder == "index" or path == name else f".{folder}")
    return getattr(importlib.import_module(module), name), module


def args_class(cls: type) -> type:
    """The class of a resource's inputs, beside it in the SDK."""
    found: type = getattr(importlib.import_module(cls.__module__), f"{cls.__name__}Args")
    return found


def input_class(kind: Any) -> type | None:
    """The SDK's class for a nested value, out of the unions that it stands in."""
    if isinstance(kind, type) and _types.is_input_type(kind):
        return kind
    return next((found for part in typing.get_args(kind) if (found := input_class(part))), None)


class _Writer:
    """Writes one resource's inputs and options as Python expressions."""

    def __init__(self, program: Program, state: Mapping[str, Any]) -> None:
        self._program = program
        self._state = state
        self._sources: list[str] = []
        """Whom the property in hand depends on."""
        self._found: set[str] = set()
        """Those of them whose output is written in it."""
        self._linked: set[str] = set()
        """Whom any property so far depends on."""

    def top(self, inputs: Mapping[str, Any], arguments: type | None) -> list[str]:
        """The resource's own properties, each of which the state says whom it depends on."""
        names = {theirs: python for python, theirs in _types.input_type_py_to_pulumi_names(arguments).items()} if arguments else {}
        types = _types.input_type_types(arguments) if arguments else {}
        words = []
        for key, value in inputs.items():
            self._sources = [urn for urn in (self._state.get("propertyDependencies") or {}).get(key) or () if urn in self._program.names]
            self._found = set()
            written = self._after(self.value(value, types.get(key)))
            words.append(f"{names[key]}={written}" if arguments else f"{key!r}: {written}")
        return words

    def _after(self, expression: str) -> str:
        """The value as it comes when those suppliers are there whose outputs it does not show, such as a name made from another's."""
        self._linked.update(self._sources)
        unseen = [f"{self._program.names[urn]}.id" for urn in self._sources if urn not in self._found]
        return f"pulumi.Output.all({', '.join(unseen)}).apply(lambda _: pulumi.Output.from_input({expression}))" if unseen else expression

    def value(self, value: Any, kind: Any) -> str:
        """An expression for the value; `kind` is what the SDK declares for it."""
        if isinstance(value, Mapping):
            return self._mapping(value, input_class(kind))
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "[" + ", ".join(self.value(item, kind) for item in value) + "]"
        return self._link(value) or repr(value)

    def _mapping(self, value: Mapping[str, Any], nested: type | None) -> str:
        if SECRET in value:
            return f"pulumi.Output.secret({json.loads(value['plaintext'])!r})"
        if nested is None:
            return "{" + ", ".join(f"{key!r}: {self.value(item, None)}" for key, item in value.items()) + "}"
        module = nested.__module__.rsplit("._inputs", 1)[0]
        self._program.modules.add(module)
        names = {theirs: python for python, theirs in _types.input_type_py_to_pulumi_names(nested).items()}
        types = _types.input_type_types(nested)
        return f"{module}.{nested.__name__}({', '.join(f'{names[key]}={self.value(item, types.get(key))}' for key, item in value.items())})"

    def options(self) -> str:
        """What holds besides the inputs; dependencies that no input carries are said. Called after the inputs are written."""
        others = [self._program.names[urn] for urn in self._state.get("dependencies") or () if urn in self._program.names and urn not in self._linked]
        words = [f"depends_on=[{', '.join(others)}]"] if others else []
        words += [f"{option}={self._state[key]!r}" for option, key in OPTIONS.items() if self._state.get(key)]
        return f"pulumi.ResourceOptions({', '.join(words)})"

    def _link(self, value: Any) -> str | None:
        """The output of a resource that this property depends on, where the text is one or holds one."""
        if not isinstance(value, str) or not value:
            return None
        candidates = [(urn, *output) for urn in self._sources for output in _supplied(self._program.states[urn])]
        fits = [c for c in candidates if c[2] == value] or sorted((c for c in candidates if c[2] in value), key=lambda c: -len(c[2]))
        if not fits:
            return None
        urn, name, known = fits[0]
        self._found.add(urn)
        head, _, tail = value.partition(known)
        output = self._output(urn, name)
        return f"pulumi.Output.concat({head!r}, {output}, {tail!r})" if head or tail else output

    def _output(self, urn: str, name: str) -> str:
        variable, token = self._program.names[urn], self._program.states[urn]["type"]
        if name == "id" or (self._program.thin and token.startswith("cloudflare:")):
            return f"{variable}.id"
        return f"{variable}.{_types.resource_pulumi_to_py_names(sdk_class(token)[0]).get(name, name)}"


def _supplied(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the cloud gives of a resource, its id first."""
    yield "id", state["id"]
    for key, value in state.get("outputs", {}).items():
        if isinstance(value, str) and len(value) >= SHORTEST and key not in {"id", "project"}:
            yield key, value
