"""The base of every component: problems before anything is registered, names, labels, and the one dynamic import."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, ClassVar, Self, TypeVar

import pulumi

from .connection import Connection
from .errors import ArgsError, GroundplanError, Problem
from .naming import name_problems
from .site import Site
from .tiers import settle

A = TypeVar("A", bound="Args")

ROOT = __package__.rpartition(".")[0]
"""The package that the nouns and the clouds' folders stand in: `components`, or `groundplan` in the wheel."""
ROLE = re.compile(r"[a-z][a-z0-9-]*")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Args:
    """What every component takes."""

    site: Site | None = None
    """Where to build it. By default where the stack's configuration says."""

    def problems(self, site: Site) -> Iterable[Problem]:
        """All that is wrong with the arguments in the words of the application; pure. `self` is settled: the tier has decided what was left open."""
        del site
        return ()

    def decided(self, site: Site) -> Self:
        """A copy with what follows from the site and from other fields, before the tier's table fills the rest. By default unchanged."""
        del site
        return self


class Component(pulumi.ComponentResource):
    """A noun of the library: one class on every cloud, with the same token and the same URN."""

    noun: ClassVar[str]
    """The file that each cloud's folder holds for it."""

    site: Site
    """Where it is built."""

    def __init__(self, name: str, args: A, opts: pulumi.ResourceOptions | None = None) -> None:
        self.component_name = name
        self.site = (args.site if isinstance(args, Args) else None) or Site.current()
        self._check(name, args, opts)
        token = f"groundplan:index:{type(self).__name__}"
        super().__init__(token, name, registered(self.settled(args)), self._placed(opts))

    def settled(self, args: A) -> A:
        """The arguments with everything that the site and the tier decide filled in."""
        return settle(args.decided(self.site), self.site.tier)

    def folder(self) -> str:
        """The folder that holds this noun's implementation: the site's cloud, unless the noun lives elsewhere."""
        return self.site.cloud

    def builder(self) -> ModuleType:
        """The implementation on this site's cloud: the only dynamic import. Raises GroundplanError where the cloud has none."""
        module = f"{ROOT}.{self.folder()}.{self.noun}"
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as missing:
            if missing.name is None or not module.startswith(missing.name):
                raise
            remedy = "other clouds come with later releases; build it elsewhere with: pulumi config set groundplan:cloud gcp"
            message = f'{type(self).__name__} "{self.component_name}": is not available on {self.folder()!r} yet; {remedy}'
            raise GroundplanError(message) from None

    def beside(self, module: str) -> ModuleType:
        """A further module of the site's own cloud, also where the noun lives in another folder."""
        return importlib.import_module(f"{ROOT}.{self.site.cloud}.{module}")

    def logical(self, role: str) -> str:
        """The logical name of a child: `{component}-{role}`."""
        if not ROLE.fullmatch(role):
            message = f"a child's role is lower case words and hyphens, not {role!r}"
            raise ValueError(message)
        return f"{self.component_name}-{role}"

    def child(self, *, depends_on: Iterable[pulumi.Resource] = (), **options: Any) -> pulumi.ResourceOptions:
        """Options of a child: this component is its parent; the caller's own options never travel further down."""
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on) or None, **options)

    def data(self, *, depends_on: Iterable[pulumi.Resource] = (), **options: Any) -> pulumi.ResourceOptions:
        """Options of a child that holds data: protected, and kept in the cloud when it leaves the program, unless the site says otherwise."""
        return self.child(depends_on=depends_on, protect=self.site.protect, retain_on_delete=self.site.protect, **options)

    def physical(self, kind: str, role: str = "") -> str:
        """The name in the cloud."""
        return self.site.physical_name(kind, self.component_name, role)

    def labels(self) -> dict[str, str]:
        """The labels that every part carries."""
        return self.site.labels(self.component_name)

    def _placed(self, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions | None:
        """The caller's options, with a provider for the site where its cloud has no other way to say the place and the caller gave none."""
        cloud = self.site.cloud
        if any(provider.package == cloud for provider in _providers(opts)) or importlib.util.find_spec(f"{ROOT}.{cloud}.provider") is None:
            return opts
        provider = self.beside("provider").provider(self.site)
        return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))

    def _check(self, name: str, args: A, opts: pulumi.ResourceOptions | None = None) -> None:
        problems = list(name_problems(name)) if isinstance(name, str) else [Problem("name", "must be text", name)]
        if not isinstance(opts, pulumi.ResourceOptions | None):
            problems.append(Problem("opts", "must be pulumi.ResourceOptions", opts))
        expected = getattr(type(self), "args_type", Args)
        if not isinstance(args, expected):
            problems.append(Problem("args", f"must be {expected.__name__}", args))
        else:
            settled_args = self.settled(args)
            problems += settled_args.problems(self.site)
            platform = getattr(self.builder(), "problems", None)
            if platform is not None and not problems:
                problems += platform(settled_args, self.site)
        if problems:
            raise ArgsError(type(self).__name__, str(name), problems)


def _providers(opts: pulumi.ResourceOptions | None) -> Iterator[pulumi.ProviderResource]:
    """What the caller's options bring, the parent's included."""
    if opts is None:
        return
    if opts.provider is not None:
        yield opts.provider
    given = opts.providers or ()
    yield from given.values() if isinstance(given, Mapping) else [given] if isinstance(given, pulumi.ProviderResource) else given
    if isinstance(opts.parent, pulumi.Resource):
        yield from opts.parent._providers.values()  # noqa: SLF001  get_provider() answers by type only, and does the same


def registered(args: Args) -> dict[str, Any]:
    """The arguments as the engine and the policies see them: camelCase, other components by name, connections by what they declare."""
    return {_camel(key): value for key, value in _fields(args) if value is not None}


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        if field.name != "site":
            yield field.name, _plain(getattr(value, field.name))


def _plain(value: Any) -> Any:
    if isinstance(value, Component):
        return value.component_name
    if isinstance(value, Connection):
        return value.declared()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {_camel(key): inner for key, inner in _fields(value) if inner is not None}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
