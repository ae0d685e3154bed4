"""One resource type, function or object read out of an SDK's source, as rows for the cache."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from . import annotation, convention, docs
from .source import Getter, Module, Sdk, UnreadableSourceError, getters, module, prose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = dict[str, Any]

_ARGS = re.compile(r"(\w+)\.__new__\(")
_SECRET_OUTPUTS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")
_SECRET_INPUT = re.compile(r'__props__\.__dict__\["(\w+)"\] = None if \w+ is None else pulumi\.Output\.secret\(')
_DEPRECATED_CLASS = re.compile(r'^    warnings\.warn\("""(.*?)"""', re.MULTILINE | re.DOTALL)
_DEPRECATED_FUNCTION = re.compile(r'^    pulumi\.log\.warn\("""(?:\w+ is deprecated: )?(.*?)"""\)', re.MULTILINE | re.DOTALL)
_ENUM_VALUE = re.compile(r"^    \w+ = (.+)$", re.MULTILINE)
_WIRE_ARG = re.compile(r"^    __args__\['([^']+)'\] = (\w+)$", re.MULTILINE)
_OPTIONAL = "Optional[Optional["
"""Every argument of a function may be left out in Python; what may be left out in truth is optional twice in the form that takes outputs."""
_RESULT = re.compile(r"typ=(\w+)\)")
_PARAM = re.compile(r"^    :param .*?(\w+): (.*?)(?=^    :param |^    \"\"\"|\Z)", re.MULTILINE | re.DOTALL)


class Builder:
    """Reads one SDK. `objects` gathers the object types that the reading meets, each by its key."""

    def __init__(self, sdk: Sdk) -> None:
        self._sdk = sdk
        self.objects: dict[str, list[Row]] = {}
        self._met: list[str] = []

    def resource(self, token: str, folder: str, name: str) -> Row:
        """A resource type."""
        source = self._sdk.resource_module(token, folder, name)
        body = source.body(name)
        args = _ARGS.search(body)
        if args is None:
            raise UnreadableSourceError(f"{token}: {name} does not say which class holds its arguments")
        secret = set(_SECRET_INPUT.findall(body))
        inputs = [self._property(source, getter, secret=getter.snake in secret) for getter in getters(source.body(args[1]))]
        outputs = [self._property(source, getter) for getter in getters(body)]
        borrowable = frozenset((row["name"], row["description"]) for row in inputs)
        hidden = _SECRET_OUTPUTS.search(body)
        deprecated = _DEPRECATED_CLASS.search(body)
        return {
            "inputs": inputs,
            "outputs": outputs,
            "secrets": list(ast.literal_eval(f"[{hidden[1]}]")) if hidden else [],
            "replaces": sorted({*self._replacing(inputs, borrowable), *convention.replacing(token, inputs)}),
            "deprecated": prose(deprecated[1]) if deprecated else None,
            "component": "(pulumi.ComponentResource)" in body.split("\n", 1)[0],
        }

    def function(self, token: str, path: str) -> Row:
        """A function: the arguments of its Python signature, the getters of its result class."""
        source = module(self._sdk.root / path)
        body = next(text for text in source.functions() if f"invoke('{token}'" in text)
        lifted = next((text for text in source.functions() if f"invoke_output('{token}'" in text), body)
        result = _RESULT.search(body)
        wire = {snake: name for name, snake in _WIRE_ARG.findall(body)}
        said = {name: prose(text) for name, text in _PARAM.findall(body)}
        inputs = []
        for name, hint in _arguments(lifted):
            if name in wire:
                row = self._property(source, Getter(wire[name], name, hint, said.get(name, ""), None))
                inputs.append(row | {"required": _OPTIONAL not in hint})
        deprecated = _DEPRECATED_FUNCTION.search(body)
        return {
            "inputs": inputs,
            "outputs": [self._property(source, getter) for getter in getters(source.body(result[1]))] if result else [],
            "deprecated": prose(deprecated[1]) if deprecated else None,
        }

    def _property(self, source: Module, getter: Getter, *, secret: bool = False) -> Row:
        hint, optional = annotation.read(getter.hint)
        shape, closed = self._shape(source, hint)
        said = docs.read(getter.description, getter.snake)
        row: Row = {"name": getter.name, "snake": getter.snake, "type": shape, "description": getter.description}
        marks = {
            "required": not optional,
            "secret": secret or said.secret,
            "deprecated": getter.deprecated,
            "replaces": said.replaces,
            "values": closed or (said.values if _text(shape) else ()),
        }
        return row | {name: value for name, value in marks.items() if value}

    def _shape(self, source: Module, hint: annotation.Hint) -> tuple[Any, list[str]]:
        """The type as it is stored and, where an enumeration closes it, its values."""
        match hint:
            case str():
                return hint, []
            case ["values", *values]:
                return "string", values
            case ["list" | "map" as kind, inner]:
                shape, values = self._shape(source, inner)
                return [kind, shape], values
            case ["union", *inner]:
                shapes: list[Any] = []
                for one in inner:
                    if not _alternative_spelling(one):
                        shape = self._shape(source, one)[0]
                        shapes += [shape] if shape not in shapes else []
                return (shapes[0] if len(shapes) == 1 else ["union", *shapes]), []
            case ["name", name]:
                return self._named(source, name)
            case _:
                raise UnreadableSourceError(f"{source.path.name}: {hint}")

    def _named(self, source: Module, name: str) -> tuple[Any, list[str]]:
        target, short = self._locate(source, name)
        if target.path.name == "_enums.py":
            values = [ast.literal_eval(value) for value in _ENUM_VALUE.findall(target.body(short))]
            if all(isinstance(value, str) for value in values):
                return "string", values
            return "number", []
        key = f"{target.path.relative_to(self._sdk.root).with_suffix('').as_posix()}.{short}"
        if key not in self.objects:
            self._read(key, target, short)
        return ["object", key], []

    def object(self, key: str) -> list[Row]:
        """The properties of one object type."""
        path, _, name = key.rpartition(".")
        if key not in self.objects:
            self._read(key, module(self._sdk.root / f"{path}.py"), name)
        return self.objects[key]

    def _read(self, key: str, source: Module, name: str) -> None:
        rows: list[Row] = []
        self.objects[key] = rows
        self._met.append(key)
        rows += [self._property(source, getter) for getter in getters(source.body(name))]

    def met(self) -> list[tuple[str, list[Row]]]:
        """The object types that were read since this was last asked."""
        keys, self._met = self._met, []
        return [(key, self.objects[key]) for key in keys]

    def _locate(self, source: Module, name: str) -> tuple[Module, str]:
        *parents, short = name.split(".")
        folder: Path | None = source.path.parent
        file = "outputs.py" if parents and parents[-1] == "outputs" else None
        parents = parents[:-1] if file else parents
        if parents:
            folder = source.folder(parents[0])
            folder = folder.joinpath(*parents[1:]) if folder else None
        for candidate in (file,) if file else ("_inputs.py", "_enums.py", "outputs.py"):
            if folder is not None and (folder / candidate).is_file() and short in module(folder / candidate):
                return module(folder / candidate), short
        raise UnreadableSourceError(f"{source.path.name}: nothing is called {name}")

    def _replacing(self, properties: list[Row], borrowable: frozenset[tuple[str, str]], within: tuple[str, ...] = ()) -> Iterator[str]:
        """Paths that replace. A nested docstring equal to that of the top-level property of its name was put there by mistake: it says nothing."""
        for row in properties:
            if row.get("replaces") and not (within and (row["name"], row["description"]) in borrowable):
                yield row["name"]
            else:
                for path in self._nested(row["type"], borrowable, within):
                    yield f"{row['name']}.{path}"

    def _nested(self, shape: Any, borrowable: frozenset[tuple[str, str]], within: tuple[str, ...]) -> Iterator[str]:
        match shape:
            case ["list", inner]:
                yield from self._nested(inner, borrowable, within)
            case ["object", key] if key not in within:
                yield from self._replacing(self.objects[key], borrowable, (*within, key))


def _alternative_spelling(hint: annotation.Hint) -> bool:
    """Where an arguments class is meant, signatures also name its dict form and its output form."""
    return bool(hint[0] == "name" and (hint[1].endswith("ArgsDict") or hint[1].startswith("outputs.")))


def _text(shape: Any) -> bool:
    return shape in ("string", ["list", "string"]) or (isinstance(shape, list) and shape[0] == "union" and "string" in shape)


def _arguments(body: str) -> Iterator[tuple[str, str]]:
    """The names and hints of a function's arguments."""
    signature = re.split(r':\n    """|:\n', body, maxsplit=1)[0]
    tree = ast.parse(f"{signature}: ...").body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise UnreadableSourceError(signature)
    for argument in tree.args.args:
        if argument.annotation is not None:
            yield argument.arg, ast.unparse(argument.annotation)
