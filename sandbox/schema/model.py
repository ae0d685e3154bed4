"""What a schema says: types, properties, resource types and functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = Literal["string", "integer", "number", "boolean", "any", "asset", "list", "map", "object", "union"]


@dataclass(frozen=True, slots=True)
class Type:
    """The shape of one value."""

    kind: Shape
    element: Type | None = None
    """What a list or a map holds."""
    properties: Mapping[str, Property] | None = None
    """What an object holds; read on first use, so a type may hold itself."""
    options: tuple[Type, ...] = ()
    """The alternatives of a union."""
    name: str = ""
    """Which object: `sql/_inputs.DatabaseInstanceSettingsArgs`."""

    def __str__(self) -> str:
        if self.kind in {"list", "map"}:
            return f"{self.kind} of {self.element}"
        if self.kind == "union":
            return " or ".join(str(option) for option in self.options)
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of a resource type, an object or a function."""

    name: str
    """As it travels: `ipConfiguration`, `$ref`."""
    type: Type
    required: bool = False
    """Of an input: it must be given. Of an output: it is always there."""
    secret: bool = False
    deprecated: str | None = None
    """Why it must not be used any more."""
    replaces: bool = False
    """The docstring says that a change makes a new resource."""
    values: tuple[str, ...] = ()
    """All that is allowed, of the value or of each item of a list; () is anything."""
    description: str = ""
    snake: str = ""
    """The name in Python: `ip_configuration`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSchema:
    """One resource type."""

    token: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]
    """The whole state: inputs echoed and what the provider computes."""
    secrets: frozenset[str] = frozenset()
    """Outputs that the SDK marks secret."""
    replaces: frozenset[str] = frozenset()
    """Dotted paths, lists without index (`settings.edition`), whose change makes a new resource: as docstrings say, or by the provider's convention."""
    deprecated: str | None = None
    component: bool = False
    """Whether it is a component: it has no id and the provider constructs it."""

    @property
    def autoname(self) -> bool:
        """Whether the Terraform bridge makes up a name when none is given: an optional string `name` at the top."""
        name = self.inputs.get("name")
        return name is not None and not name.required and name.type.kind == "string"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSchema:
    """One function (a data source of the provider)."""

    token: str
    inputs: Mapping[str, Property] = field(default_factory=dict)
    outputs: Mapping[str, Property] = field(default_factory=dict)
    deprecated: str | None = None
