"""Bindings: what a producer offers and a consumer takes, as data that creates nothing.

The producer declares environment values, secrets by name, grants in our verbs and network paths; the consumer's builder makes them real, all four from the one
declaration. Nothing that is not declared is granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, runtime_checkable

from pulumi import Input, Output

from .errors import GrantError, Problem, shown

VARIABLES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""What the variables of a connection may start with (POSIX names)."""


class Access(Enum):
    """What a consumer may do, in our verbs; each cloud's `access.py` says which role or actions that is."""

    CONNECT = "connect"
    """Open a connection: a database or a cache, which decides the rest by itself."""
    READ = "read"
    """Read what is there."""
    WRITE = "write"
    """Read, create, change and delete."""
    PRESIGN = "presign"
    """Hand out URLs, signed as itself, with which others read and create single objects."""
    PULL = "pull"
    """Pull container images."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret by name: the consumer mounts it and gets the right to read this one and no other."""

    name: Input[str]
    """The secret's id in the cloud."""
    version: Input[str] = "latest"
    """The version that is read. By default the newest one when an instance starts."""
    key: Input[str] | None = None
    """The customer's own key that it is encrypted with, where a reader needs a right on the key too (AWS)."""

    def target(self, project: str) -> dict[str, Input[str]]:
        """What identifies it in a grant of the right to read it."""
        return {"project": project, "secret": self.name} | ({} if self.key is None else {"key": self.key})


class FromConsumer(Enum):
    """A value that depends on who consumes: filled in by the consumer's builder."""

    DATABASE_USER = "database_user"
    """The name under which the consumer's own identity logs in to a database."""
    CACHE_USER = "cache_user"
    """The name under which the consumer's own identity authenticates to a cache, where the cloud gives it one (AWS)."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a right is given to: the identity of a service, a job or a person."""

    label: str
    """Its name in our words: part of the grant's logical name."""
    id: Input[str]
    """Google: a service account's e-mail. AWS: a role's ARN."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A right on one thing: which kind, which verb, which thing, and within it where."""

    kind: str
    """`database`, `cache`, `object_store`, `secret`, `registry`: with `access` the key of the cloud's table of roles."""
    access: Access
    target: Mapping[str, Input[str]]
    """What identifies the thing on its cloud (bucket, instance, secret id, project)."""
    label: str
    """The thing's name as a component: part of the grant's logical name."""
    prefix: str = ""
    """Only objects whose name starts so. By default all."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the network: to where, on which port. A place is an address block (Google) or a security group (AWS): one of the two is given."""

    label: str
    port: int
    cidr: Input[str] = ""
    """The target's address block."""
    gate: Input[str] = ""
    """The target's security group: the consumer's own is let in by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What one binding gives: made by a component's `connection()`, realised by its consumer."""

    source: str
    """The producing component's name."""
    access: Access
    cloud: str = ""
    """Where the producer is: a right holds within one cloud only."""
    network: object = None
    """The network that the producer is in, where it is in one: a way leads to it within that network only."""
    env: Mapping[str, Input[str] | FromConsumer] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    """Variable → secret."""
    grants: Sequence[Grant] = ()
    paths: Sequence[Path] = ()

    def variables(self) -> Iterator[str]:
        """Every variable that this connection sets."""
        yield from self.env
        yield from self.secrets

    def declared(self) -> dict[str, object]:
        """What policies compare with what the cloud holds: source, verb, rights and ports, no values."""
        return {
            "source": self.source,
            "access": self.access.value,
            "variables": sorted(self.variables()),
            "grants": [{"kind": grant.kind, "access": grant.access.value, "on": grant.label, "prefix": grant.prefix} for grant in self.grants],
            "ports": [path.port for path in self.paths],
        }


@runtime_checkable
class Connectable(Protocol):
    """A component that others can be bound to."""

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """What a binding to it gives; `variables` is the first part of its variables' names."""


def connect(target: Connectable, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
    """A binding to a component, to stand in the `connections` of another.

    `access` is by default the least that is useful for the target: CONNECT for a database or cache, READ for a store or a secret.
    `prefix` narrows a store to the objects whose names start so. `variables` starts the variables' names, by default the target's name in upper case.
    Raises GrantError where the target does not offer the verb.
    """
    if isinstance(target, Output) or not isinstance(target, Connectable):
        message = f"connect() takes a component that offers a connection, got {type(target).__name__}"
        raise GrantError(message)
    if not isinstance(variables, str) or (variables and not VARIABLES.fullmatch(variables)):
        message = f"connect(): variables must be letters, digits and _ that do not start with a digit, got {shown(variables)}; for example 'UPLOADS'"
        raise GrantError(message)
    return target.connection(access, prefix=prefix, variables=variables)


def foreign(cloud: str, network: object, connections: Sequence[Connection]) -> Iterator[Problem]:
    """Connections to what another cloud holds, where no identity of this one has a right, or another network, where no way leads."""
    for connection in connections:
        if connection.network is not None and connection.network is not network and connection.cloud in ("", cloud):
            remedy = "build both in one network, or peer the two and open the way with resources of your own"
            yield Problem("connections", "must be to components in the service's own network", connection.source, remedy)
        if connection.cloud not in ("", cloud):
            remedy = "build both on one cloud, or pass a secret that gives access there"
            yield Problem("connections", f"must be to components on {cloud!r}", f"{connection.source} on {connection.cloud}", remedy)


def clashes(env: Mapping[str, object], secrets: Mapping[str, object], connections: Sequence[Connection]) -> Iterator[Problem]:
    """Variables that are set twice, by two connections or by one and the service's own environment; databases that are logged in to twice."""
    logins = [grant.label for connection in connections for grant in connection.grants if grant.kind == "database"]
    for label in dict.fromkeys(label for label in logins if logins.count(label) > 1):
        yield Problem(
            "connections", f"must hold {label!r} once: an identity is one user in a database", remedy="keep the connection with the verb that does more"
        )
    owner: dict[str, str] = {}
    for connection in connections:
        for variable in connection.variables():
            if variable in env or variable in secrets:
                yield Problem(
                    "env", f"and the connection to {connection.source!r} both set {variable}", remedy="rename it, or give connect(…, variables=…) another name"
                )
            elif variable in owner:
                yield Problem(
                    "connections",
                    f"{owner[variable]!r} and {connection.source!r} both set {variable}",
                    remedy="give one of them connect(…, variables=…) another name",
                )
            owner.setdefault(variable, connection.source)


def one_verb(component: str, name: str, access: Access | None, offered: Sequence[Access]) -> Access:
    """The verb asked for, or the first offered; raises GrantError for one that the component does not offer."""
    if access is None:
        return offered[0]
    if access in offered:
        return access
    choice = " or ".join(f"Access.{verb.name}" for verb in offered)
    got = f"Access.{access.name}" if isinstance(access, Access) else repr(access)
    message = f'{component} "{name}": access must be {choice}, got {got}'
    raise GrantError(message)


def no_prefix(component: str, name: str, prefix: str) -> None:
    """Refuses a prefix where the target has no objects that it could narrow; raises GrantError."""
    if prefix:
        message = f'{component} "{name}": takes no prefix, got {shown(prefix)}; only an ObjectStore has objects that it could narrow'
        raise GrantError(message)


def variable_prefix(name: str) -> str:
    """The first part of a component's variables: its name in upper case, hyphens as `_`."""
    return name.upper().replace("-", "_")
