"""The example programs in the SDKs' own docstrings, read as inputs on the wire: what is literal in them, the rest unknown."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

from sandbox.kind import UNKNOWN
from sandbox.schema import Schemas
from sandbox.schema.check import SIGNATURE
from sandbox.schema.model import Property, Type
from sandbox.schema.source import Sdk

_BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_ASSETS = {"FileAsset", "StringAsset", "RemoteAsset", "FileArchive", "AssetArchive", "RemoteArchive"}


class Example(NamedTuple):
    """One resource that an example declares."""

    token: str
    inputs: dict[str, Any]
    line: str


class Examples:
    """Reads the examples of one package."""

    def __init__(self, schemas: Schemas, package: str) -> None:
        self._schemas = schemas
        self._sdk = Sdk(package)
        self._alias = package
        self._tokens = {(folder.replace("/", "."), name): token for token, (folder, name) in self._sdk.registry().items()}

    def files(self) -> list[str]:
        """Every source file that may hold examples."""
        return sorted(path.relative_to(self._sdk.root).as_posix() for path in self._sdk.root.rglob("*.py") if path.name not in {"_inputs.py", "outputs.py"})

    def of(self, file: str) -> Iterator[Example]:
        """The resources that this file's examples declare, each text once."""
        text = (self._sdk.root / file).read_text(encoding="utf-8")
        for block in dict.fromkeys(textwrap.dedent(found[2]) for found in _BLOCK.finditer(text)):
            try:
                tree = ast.parse(block.replace('\\"', '"').replace("\\\\", "\\"))
            except SyntaxError:
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and (example := self._resource(node)):
                    yield example

    def _resource(self, call: ast.Call) -> Example | None:
        dotted = ast.unparse(call.func).split(".")
        if dotted[0] != self._alias or any(keyword.arg is None for keyword in call.keywords):
            return None
        token = self._tokens.get((".".join(dotted[1:-1]), dotted[-1]))
        schema = self._schemas.resource(token) if token else None
        if token is None or schema is None or len(call.args) != 1:
            return None
        inputs = self._properties(schema.inputs, [(str(keyword.arg), keyword.value) for keyword in call.keywords if keyword.arg != "opts"])
        return Example(token, inputs, ast.unparse(call)[:200])

    def _properties(self, properties: Any, given: list[tuple[str, ast.expr]]) -> dict[str, Any]:
        by_snake: dict[str, Property] = {prop.snake: prop for prop in properties.values()}
        result = {}
        for name, node in given:
            prop = by_snake.get(name) or properties.get(name)
            result[prop.name if prop else name] = self._value(prop.type if prop else Type("any"), node)
        return result

    def _value(self, type_: Type, node: ast.expr) -> Any:
        match node:
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return ast.literal_eval(node)
            case ast.List(elts=items) if not any(isinstance(item, ast.Starred) for item in items):
                return [self._value(type_.element or Type("any"), item) for item in items]
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return self._dict(type_, [(str(ast.literal_eval(key)), value) for key, value in zip(keys, values, strict=True) if key is not None])
            case ast.Call(func=ast.Attribute(attr=name)) if name in _ASSETS:
                return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17"}
            case ast.Call(func=ast.Attribute(attr=name), keywords=keywords) if name.endswith("Args") and type_.properties is not None:
                return self._properties(type_.properties, [(str(keyword.arg), keyword.value) for keyword in keywords])
            case _:
                return UNKNOWN

    def _dict(self, type_: Type, pairs: list[tuple[str, ast.expr]]) -> dict[str, Any]:
        if type_.kind == "union":
            type_ = next((option for option in type_.options if option.kind == "object"), type_)
        if type_.properties is not None:
            return self._properties(type_.properties, pairs)
        return {key: self._value(type_.element or Type("any"), value) for key, value in pairs}
