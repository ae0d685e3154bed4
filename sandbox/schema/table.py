"""The schemas of every installed SDK, read when first asked for and remembered."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .cache import Cache, default_folder
from .model import FunctionSchema, Property, Type, TypeSchema
from .source import Sdk, installed_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .build import Builder

_PROVIDER = "pulumi:providers:"


class _Properties(Mapping[str, Property]):
    """An object's properties, read on first use: types may be recursive, and most are never looked into."""

    __slots__ = ("_found", "_load")

    def __init__(self, load: Callable[[], dict[str, Property]]) -> None:
        self._load = load
        self._found: dict[str, Property] | None = None

    def _all(self) -> dict[str, Property]:
        if self._found is None:
            self._found = self._load()
        return self._found

    def __getitem__(self, name: str) -> Property:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class _Package:
    """One SDK: its cache and, only once something is missing there, its source."""

    def __init__(self, folder: Path, name: str, version: str) -> None:
        self.name = name
        self.version = version
        self.cache = Cache(folder, name, version)
        self._builder: Builder | None = None
        self._sdk: Sdk | None = None
        self._objects: dict[str, Type] = {}
        self._resources: dict[str, TypeSchema | None] = {}
        self._functions: dict[str, FunctionSchema | None] = {}
        self._lock = threading.RLock()

    @property
    def sdk(self) -> Sdk:
        if self._sdk is None:
            self._sdk = Sdk(self.name)
        return self._sdk

    @property
    def builder(self) -> Builder:
        if self._builder is None:
            from .build import Builder

            self._builder = Builder(self.sdk)
        return self._builder

    def index(self, kind: str) -> None:
        """Makes sure that the list of all resources or of all functions is in the cache."""
        if self.cache.get("index", kind) is None:
            table = self.sdk.registry() if kind == "resource-place" else self.sdk.functions()
            self.cache.put([*((kind, token, place) for token, place in table.items()), ("index", kind, len(table))])

    def resource(self, token: str) -> TypeSchema | None:
        with self._lock:
            if token not in self._resources:
                row = self._row("resource", token, lambda builder, place: builder.resource(token, *place))
                self._resources[token] = self._resource(token, row) if row else None
            return self._resources[token]

    def function(self, token: str) -> FunctionSchema | None:
        with self._lock:
            if token not in self._functions:
                row = self._row("function", token, lambda builder, place: builder.function(token, place))
                self._functions[token] = self._function(token, row) if row else None
            return self._functions[token]

    def _row(self, kind: str, token: str, read: Callable[[Builder, Any], Any]) -> Any:
        row = self.cache.get(kind, token)
        if row is not None:
            return row
        self.index(f"{kind}-place")
        place = self.cache.get(f"{kind}-place", token)
        if place is None:
            return None
        row = read(self.builder, place)
        self.cache.put([*(("object", key, rows) for key, rows in self.builder.met()), (kind, token, row)])
        return row

    def _object(self, key: str) -> dict[str, Property]:
        with self._lock:
            rows = self.cache.get("object", key)
            return self._properties(self.builder.object(key) if rows is None else rows)

    def _resource(self, token: str, row: Any) -> TypeSchema:
        return TypeSchema(
            token=token,
            inputs=self._properties(row["inputs"]),
            outputs=self._properties(row["outputs"]),
            secrets=frozenset(row["secrets"]),
            replaces=frozenset(row["replaces"]),
            deprecated=row["deprecated"],
            component=row["component"],
        )

    def _function(self, token: str, row: Any) -> FunctionSchema:
        return FunctionSchema(token=token, inputs=self._properties(row["inputs"]), outputs=self._properties(row["outputs"]), deprecated=row["deprecated"])

    def _properties(self, rows: list[dict[str, Any]]) -> dict[str, Property]:
        return {
            row["name"]: Property(
                name=row["name"],
                snake=row["snake"],
                type=self._type(row["type"]),
                required=row.get("required", False),
                secret=row.get("secret", False),
                deprecated=row.get("deprecated"),
                replaces=row.get("replaces", False),
                values=tuple(row.get("values", ())),
                description=row["description"],
            )
            for row in rows
        }

    def _type(self, shape: Any) -> Type:
        match shape:
            case ["list" | "map" as kind, inner]:
                return Type(kind, element=self._type(inner))
            case ["union", *options]:
                return Type("union", options=tuple(self._type(option) for option in options))
            case ["object", key]:
                if key not in self._objects:
                    self._objects[key] = Type("object", properties=_Properties(lambda: self._object(key)), name=key)
                return self._objects[key]
            case _:
                return Type(shape)


class Schemas:
    """What the installed SDKs declare. Imports none of them."""

    def __init__(self, cache: Path | None = None) -> None:
        self._folder = cache or default_folder()
        self._packages: dict[str, _Package | None] = {}

    def resource(self, token: str) -> TypeSchema | None:
        """The resource type, or None where the SDK has no such type (or is not installed). Also `pulumi:providers:gcp`."""
        package = self._package(token.removeprefix(_PROVIDER).split(":", 1)[0])
        return package.resource(token) if package else None

    def function(self, token: str) -> FunctionSchema | None:
        """The function, or None where the SDK has no such function."""
        package = self._package(token.split(":", 1)[0])
        return package.function(token) if package else None

    def version(self, package: str) -> str | None:
        """The version of the installed SDK; None when it is not installed."""
        found = self._package(package)
        return found.version if found else None

    def tokens(self, package: str) -> tuple[str, ...]:
        """Every resource token of the package."""
        return tuple(token for token in self._keys(package, "resource-place") if not token.startswith(_PROVIDER))

    def functions(self, package: str) -> tuple[str, ...]:
        """Every function token of the package."""
        return self._keys(package, "function-place")

    def _keys(self, package: str, kind: str) -> tuple[str, ...]:
        found = self._package(package)
        if found is None:
            return ()
        found.index(kind)
        return found.cache.keys(kind)

    def _package(self, name: str) -> _Package | None:
        if name not in self._packages:
            version = installed_version(name)
            self._packages[name] = _Package(self._folder, name, version) if version else None
        return self._packages[name]

    def build(self, package: str) -> int:
        """Reads every resource type and function of the package into the cache; the number of them."""
        tokens = self.tokens(package)
        functions = self.functions(package)
        for token in tokens:
            self.resource(token)
        for token in functions:
            self.function(token)
        return len(tokens) + len(functions)

    def close(self) -> None:
        """Lets the cache files go."""
        for package in self._packages.values():
            if package is not None:
                package.cache.close()
        self._packages.clear()
