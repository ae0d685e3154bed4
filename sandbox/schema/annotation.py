"""The type hints of generated SDK code, read without running it."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

Hint = Any
"""`"string"`, `["list", hint]`, `["map", hint]`, `["union", hint, …]`, `["name", "outputs.Instance"]`, `["values", "v1", …]`: fit for JSON."""

_SCALARS = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "Any": "any",
    "Asset": "asset",
    "Archive": "asset",
    "dict": ["map", "any"],
    "list": ["list", "any"],
}
_WRAPPERS = {"Input", "Output", "Awaitable"}


class UnreadableHintError(ValueError):
    """A type hint of a form that no known SDK generator writes."""


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Hint, bool]:
    """The hint and whether it is optional."""
    return _read(ast.parse(text, mode="eval").body)


def _read(node: ast.expr) -> tuple[Hint, bool]:
    match node:
        case ast.Constant(value=str() as name):
            return ["name", name], False
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _SCALARS:
            return _SCALARS[name], False
        case ast.Name(id=name):
            return ["name", name], False
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return _generic(name, inner)
        case _:
            raise UnreadableHintError(ast.unparse(node))


def _generic(name: str, inner: ast.expr) -> tuple[Hint, bool]:
    if name in _WRAPPERS:
        return _read(inner)
    if name == "Optional":
        return _read(inner)[0], True
    if name in {"Sequence", "List", "list"}:
        return ["list", _read(inner)[0]], False
    if name in {"Mapping", "Dict", "dict"} and isinstance(inner, ast.Tuple):
        return ["map", _read(inner.elts[1])[0]], False
    if name == "Literal":
        return ["values", *(str(ast.literal_eval(part)) for part in _parts(inner))], False
    if name == "Union":
        hints: list[Hint] = []
        for part in _parts(inner):
            hint = _read(part)[0]
            if hint not in hints:
                hints.append(hint)
        return (hints[0] if len(hints) == 1 else ["union", *hints]), False
    raise UnreadableHintError(f"{name}[{ast.unparse(inner)}]")


def _parts(inner: ast.expr) -> list[ast.expr]:
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]
