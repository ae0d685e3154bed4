"""What the local cloud knows of one resource type beyond its schema: names, defaults, references, what it computes and refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Properties = dict[str, Any]
"""Wire names (camelCase) to plain values; a value that the engine does not know yet is `UNKNOWN`."""


class _Unknown:
    """A value that another resource supplies later: seen at preview only."""

    def __repr__(self) -> str:
        return "<unknown>"

    def __bool__(self) -> bool:
        return False


UNKNOWN = _Unknown()


class Refusal(Exception):  # noqa: N818  it is the cloud's answer, not a fault
    """The cloud says no, in the cloud's own words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Failure:
    """One property that Check refuses: the path as the user wrote it (`settings.ipConfiguration.sslMode`) and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that exists in the local cloud."""

    type: str
    id: str
    urn: str
    inputs: Properties
    outputs: Properties


class Cloud(Protocol):
    """What exists; the store implements it."""

    def get(self, type_: str, id_: str) -> Record | None:
        """The thing of this type with this id, or None."""

    def find(self, type_: str, **outputs: object) -> Iterator[Record]:
        """Everything of this type whose named top-level outputs have exactly these values, oldest first."""

    def sequence(self, scope: str) -> int:
        """The next number, from 0, in a scope that this cloud remembers (addresses of a range, project numbers)."""

    def now(self) -> str:
        """The present moment, RFC 3339 in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of the engine: who asks, with what, of which world."""

    type: str
    urn: str
    inputs: Properties
    """After defaults; holds `UNKNOWN` only where `preview` is true or in `defaults` and `check`."""
    config: Mapping[str, str]
    """The provider's own configuration: project, region, …"""
    cloud: Cloud
    preview: bool = False
    old: Record | None = None
    """The thing as it stands: in an update and a delete."""
    id: str = ""
    """What `identify` answered: in the `create` and the `outputs` of a new thing, and in all that comes later; empty before."""

    @property
    def name(self) -> str:
        """The logical name: the last part of the URN."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An input that must name something that exists."""

    path: str
    """Dotted; `*` stands for every item of a list: `networkInterfaces.*.subnetwork`."""
    types: tuple[str, ...]
    """Types that it may name."""
    by: tuple[str, ...] = ("id", "selfLink", "name")
    """Outputs of the target that the value may equal (`id` is the record's id)."""
    message: str = "The resource '{value}' was not found"
    """The cloud's wording."""
    foreign: Callable[[Call, str], bool] | None = None
    """True where the value names something that this stack cannot hold (a public image): accepted as it is."""
    holds: bool = True
    """Whether the target cannot be deleted while something refers to it so; False where the cloud lets it go (a role's member, a secret's reader)."""


def _nothing(_call: Call) -> Properties:
    return {}


def _no_failures(_call: Call) -> Iterator[Failure]:
    return iter(())


def _allowed(_call: Call) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One resource type, emulated in detail. All functions are pure but for what they ask of `call.cloud`."""

    token: str
    """`gcp:compute/network:Network`."""
    identify: Callable[[Call], str]
    """The id that the cloud gives; `call.inputs` is complete."""
    outputs: Callable[[Call], Properties] = _nothing
    """What the provider computes, beyond the inputs echoed; called at create and update, wins over the echo."""
    defaults: Callable[[Call], Properties] = _nothing
    """What the *real provider* writes into the inputs at Check when the program did not say it (schema defaults). Not what the API fills in: that is `outputs`.

    Nested objects are merged with what the program gave; lists are not."""
    check: Callable[[Call], Iterator[Failure]] = _no_failures
    """What the real provider refuses before the cloud is asked: formats, enums, conflicts. Unknown values pass."""
    replaces: frozenset[str] = frozenset()
    """Dotted paths whose change replaces, beyond those that the SDK's docstrings tell; lists without index (`settings.edition`)."""
    updates: frozenset[str] = frozenset()
    """Dotted paths that the docstring says replace but the real provider updates in place."""
    name_limit: int = 63
    """How long a name that the provider makes up may be (where the type has an optional `name`)."""
    lower_name: bool = True
    """Whether a made-up name is put in lower case."""
    unique: Callable[[Call], tuple[object, ...] | None] = lambda _call: None
    """The key that nothing else of the type may hold; None: the id alone."""
    taken: str = "googleapi: Error 409: The resource '{id}' already exists, alreadyExists"
    """The wording of the refusal when `unique` or the id is held already; may use {id} and any input by name."""
    adopts: Callable[[Call], bool] = lambda _call: False
    """True where creating what exists already succeeds and takes it over (an API that is enabled, a grant that is given): never `taken`."""
    references: tuple[Reference, ...] = ()
    api: str | None = None
    """The Google service that must be enabled in the project (`sqladmin.googleapis.com`)."""
    create: Callable[[Call], None] = _allowed
    """Raises Refusal for what the cloud refuses on create (state of the world)."""
    update: Callable[[Call], None] = _allowed
    delete: Callable[[Call], None] = _allowed
    """Raises Refusal for what the cloud refuses on delete: in use, protected."""
    carries: Callable[[Call], Iterator[Record]] = lambda _call: iter(())
    """What vanishes with it, asked for in its delete: the databases and users of an instance, the objects of a bucket."""
    brings: Callable[[Call], Iterator[Record]] = lambda _call: iter(())
    """What the cloud makes beside it when it is made or changed, and where nothing holds that type and id yet: the secret of a managed password."""
    leaves: Callable[[Call], Iterator[Record]] = lambda _call: iter(())
    """What is there once it is gone, asked for in its delete: a final snapshot, a secret that waits out its recovery window."""
    replaces_on: Callable[[Properties, Properties], frozenset[str]] = lambda _old, _new: frozenset()
    """Paths whose change replaces only from these old to these new inputs (a disk that shrinks), beyond `replaces`."""
    stateless: bool = False
    """True where the provider keeps nothing anywhere but in the stack's own state (random): Read answers with what it is told, Delete forgets nothing."""
    volatile: frozenset[str] = frozenset()
    """Outputs that an update gives anew, thus unknown in its preview (etag, fingerprint)."""
    deleted: Callable[[Call], bool] = lambda _call: True
    """False where a delete leaves the thing in the cloud (deletionPolicy ABANDON, KMS key rings)."""
    secrets: frozenset[str] = frozenset()
    """Outputs that are secret whatever the SDK says."""
    import_id: Callable[[str, Mapping[str, str]], str] = lambda id_, _config: id_
    """The id in its canonical form, from any form that the provider's import takes."""
    refresh: Callable[[Call], Properties] = _nothing
    """Outputs computed from the world at Read (latest revision, attached things)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One data source (`gcp:compute/getZones:getZones`)."""

    token: str
    answer: Callable[[Call], Properties]
    """The result for `call.inputs` (its args); raises Refusal."""
