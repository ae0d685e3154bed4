"""The generated source of an installed SDK, found and cut into classes without importing it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import mmap
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDARY = re.compile(rb"^(?:class (\w+)|def (\w+)|@|if |else:)", re.MULTILINE)
_IMPORT = re.compile(rb"^from (\.+)([\w.]*) import (\w+)(?: as (\w+))?$", re.MULTILINE)
_REGISTRY = re.compile(r'resource_modules="""(.*?)""",\s*resource_packages="""(.*?)"""', re.DOTALL)
_INVOKE = re.compile(rb"runtime\.invoke\('([^']+)'")
_GETTER = re.compile(
    r'^    @pulumi\.getter(?:\(name="([^"]+)"\))?\n'
    r'(?:    @_utilities\.deprecated\("""(.*?)"""\)\n)?'
    r"    def (\w+)\(self\) -> ([^\n]+):\n"
    r'(?:        """(.*?)"""\n)?',
    re.MULTILINE | re.DOTALL,
)
_ESCAPE = re.compile(r'\\(["\\])')


class UnreadableSourceError(ValueError):
    """The SDK's source is not of the form that this reader knows."""


class Getter(NamedTuple):
    """One property as a generated class declares it."""

    name: str
    snake: str
    hint: str
    description: str
    deprecated: str | None


def snake_case(name: str) -> str:
    """`getIAMPolicy` to `get_iam_policy`, as the SDK generators name files and arguments."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def prose(text: str) -> str:
    """A docstring's text as the author meant it: escapes undone, indentation off."""
    return "\n".join(line.strip() for line in _ESCAPE.sub(r"\1", text).strip().splitlines())


def getters(body: str) -> Iterator[Getter]:
    """The properties of a class, in the order of its source."""
    for name, deprecated, snake, hint, text in _GETTER.findall(body):
        yield Getter(name or snake, snake, hint, prose(text), prose(deprecated) or None)


class Module:
    """One source file; held as a memory map, so the text of a large module costs no memory of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self._data: mmap.mmap | bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
        self._spans: dict[str, tuple[int, int]] = {}
        starts = list(_BOUNDARY.finditer(self._data))
        for index, match in enumerate(starts):
            name = match[1] or match[2]
            if name:
                end = starts[index + 1].start() if index + 1 < len(starts) else len(self._data)
                self._spans.setdefault(name.decode(), (match.start(), end))

    def __contains__(self, name: str) -> bool:
        return name in self._spans

    def body(self, name: str) -> str:
        """The text of one class or function at the top level."""
        start, end = self._spans[name]
        return self._data[start:end].decode()

    def functions(self) -> Iterator[str]:
        """The text of every function at the top level."""
        for name in self._spans:
            body = self.body(name)
            if body.startswith("def "):
                yield body

    def folder(self, alias: str) -> Path | None:
        """The folder of a sibling package that this file imports under this name."""
        for dots, parents, name, renamed in _IMPORT.findall(self._data):
            if (renamed or name).decode() == alias:
                base = self.path.parents[len(dots) - 1]
                return base.joinpath(*parents.decode().split("."), name.decode()) if parents else base / name.decode()
        return None

    def mentions(self, text: str) -> bool:
        """Whether the file holds this text."""
        return self._data.find(text.encode()) >= 0


@lru_cache(maxsize=8)
def module(path: Path) -> Module:
    """The file, cut into classes; the last few are kept."""
    return Module(path)


class Sdk:
    """One installed SDK package."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.import_name = "pulumi_" + package.replace("-", "_")
        spec = importlib.util.find_spec(self.import_name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(self.import_name)
        self.root = Path(spec.origin).parent

    def registry(self) -> dict[str, tuple[str, str]]:
        """Every resource token, and the provider's own, with its folder (relative) and class."""
        found = _REGISTRY.search((self.root / "__init__.py").read_text(encoding="utf-8"))
        if found is None:
            raise UnreadableSourceError(f"{self.import_name}: no list of resource modules")
        table: dict[str, tuple[str, str]] = {}
        for entry in json.loads(found[1]):
            for token, name in entry["classes"].items():
                table[token] = (self._folder(entry["fqn"]), name)
        for entry in json.loads(found[2]):
            table[entry["token"]] = (self._folder(entry["fqn"]), entry["class"])
        return table

    def _folder(self, dotted: str) -> str:
        return dotted.removeprefix(self.import_name).lstrip(".").replace(".", "/")

    def resource_module(self, token: str, folder: str, name: str) -> Module:
        """The file that holds a resource class."""
        base = self.root / folder
        marker = f'type_token("{token}")'
        last = token.split(":")[1].rsplit("/", 1)[-1]
        guesses = (base / f"{stem}.py" for stem in dict.fromkeys((snake_case(last), snake_case(name), name)))
        for path in (*guesses, *sorted(base.glob("*.py"))):
            if path.is_file() and module(path).mentions(marker):
                return module(path)
        raise UnreadableSourceError(f"{token}: no class in {base.name} carries this token")

    def functions(self) -> dict[str, str]:
        """Every function token with its file, relative to the SDK's folder."""
        table: dict[str, str] = {}
        for path in sorted(self.root.rglob("*.py")):
            if path.name not in {"_inputs.py", "outputs.py", "_enums.py", "__init__.py"}:
                for token in _INVOKE.findall(path.read_bytes()):
                    table.setdefault(token.decode(), path.relative_to(self.root).as_posix())
        return table


def installed_version(package: str) -> str | None:
    """The version of the installed SDK, or None."""
    try:
        return importlib.metadata.version("pulumi_" + package.replace("-", "_"))
    except importlib.metadata.PackageNotFoundError:
        return None
