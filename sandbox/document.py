"""A Pulumi package schema, as the engine reads it to write code for what it imports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .schema import Property, Type, TypeSchema


def written(package: str, version: str, schemas: Sequence[TypeSchema]) -> str:
    """The document of these resource types and the objects in them."""
    writer = _Writer(package)
    resources = {schema.token: writer.resource(schema) for schema in schemas}
    return json.dumps(
        {
            "name": package,
            "version": version,
            "meta": {"moduleFormat": "(.*)" if package == "kubernetes" else "(.*)(?:/[^/]*)"},
            "resources": resources,
            "types": writer.types,
            "provider": {},
        }
    )


class _Writer:
    def __init__(self, package: str) -> None:
        self.types: dict[str, Any] = {}
        self._package = package

    def resource(self, schema: TypeSchema) -> dict[str, Any]:
        return {
            "inputProperties": self._properties(schema.inputs),
            "requiredInputs": _required(schema.inputs),
            "properties": self._properties(schema.outputs),
            "required": _required(schema.outputs),
        }

    def _properties(self, properties: Mapping[str, Property]) -> dict[str, Any]:
        return {name: {**self._type(known.type), **({"secret": True} if known.secret else {})} for name, known in properties.items()}

    def _type(self, type_: Type) -> dict[str, Any]:
        if type_.kind == "list":
            return {"type": "array", "items": self._inner(type_)}
        if type_.kind == "map":
            return {"type": "object", "additionalProperties": self._inner(type_)}
        if type_.kind == "object" and type_.properties is not None:
            return {"type": "object", "$ref": f"#/types/{self._object(type_)}"}
        if type_.kind == "union":
            return {"oneOf": [self._type(option) for option in type_.options]}
        reference = {"any": "pulumi.json#/Any", "asset": "pulumi.json#/Asset"}.get(type_.kind)
        return {"$ref": reference} if reference else {"type": type_.kind}

    def _inner(self, type_: Type) -> dict[str, Any]:
        return {"$ref": "pulumi.json#/Any"} if type_.element is None else self._type(type_.element)

    def _object(self, type_: Type) -> str:
        """`sql/_inputs.DatabaseInstanceSettingsArgs` is `gcp:sql/DatabaseInstanceSettings:DatabaseInstanceSettings`."""
        place, _, name = type_.name.rpartition(".")
        name = name.removesuffix("Args")
        module = place.rpartition("/")[0] or "index"
        token = f"{self._package}:{module}:{name}" if self._package == "kubernetes" else f"{self._package}:{module}/{name}:{name}"
        if token not in self.types and type_.properties is not None:
            self.types[token] = {"type": "object"}
            self.types[token] |= {"properties": self._properties(type_.properties), "required": _required(type_.properties)}
        return token


def _required(properties: Mapping[str, Property]) -> list[str]:
    return sorted(name for name, known in properties.items() if known.required)
