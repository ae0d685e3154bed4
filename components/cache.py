"""Cache: a private Redis or Valkey server with TLS and authentication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple, get_args

import pulumi
from pulumi import Input, Output

from ._core.checks import key_problem, range_problem, truth_problem, word_problem
from ._core.component import Args, Component
from ._core.connection import Access, Connection, FromConsumer, Grant, Path, Principal, SecretRef, no_prefix, one_verb, variable_prefix
from ._core.errors import Problem
from ._core.site import Site
from ._core.window import Window, window_problem
from .network import Network, place_problems

Engine = Literal["redis", "valkey"]
SIZES = ("small", "medium", "large", "xlarge")
Eviction = Literal["noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"]
EVICTION_SETTING = "maxmemory-policy"
RAW_NODE = "cache."
"""What a node type of AWS starts with."""
LONGEST_SNAPSHOTS = 35
"""Days (ElastiCache, SnapshotRetentionLimit; Memorystore keeps them up to a year)."""


@dataclass(frozen=True, kw_only=True)
class CacheArgs(Args):
    """What the cache is, and what becomes of what it holds."""

    network: Network
    """The network that it lives in; it has no address outside of it. It can't be changed to another."""

    engine: Engine = "redis"
    """`redis` (clients authenticate with a generated string that is kept as a secret) or `valkey` (clients authenticate as themselves with short-lived
    tokens; open source, and newer machines). Another engine is another, empty cache."""

    version: str | None = None
    """The engine's version. By default the newest that the cloud runs well: on Google Cloud Redis 7.2, Valkey 8.0; on AWS Redis 7.1, Valkey 8.1, and AWS may
    raise the minor version by itself, which it may not where a version is given. A higher one upgrades in place; on AWS a lower one replaces the cache."""

    size: str | int | None = None
    """small, medium, large or xlarge; the memory in GiB (not with Valkey on Google Cloud); or on AWS a node type (`cache.t3.micro`). On Google Cloud the
    words mean, in GiB: Redis 1, 5, 16, 50; Valkey 1.4, 6.5, 13, 58 (of which four fifths hold data). On AWS: 1.37, 6.38, 13.07, 52.82 (of which three
    quarters hold data), and a number takes the smallest node that has it. The tier decides: dev small, staging small, prod medium."""

    high_availability: bool | None = None
    """Whether a copy in another zone takes over when the server fails (twice the price). With Redis on Google Cloud a change replaces the cache, which loses
    what it holds; elsewhere it changes in place. The tier decides: dev no, staging yes, prod yes."""

    read_replicas: int = 0
    """Further copies that answer reads, 0 to 4, in addition to the one for high availability, which they need. By default none."""

    persistence: bool | None = None
    """Whether there are snapshots. On Google Cloud they bring back what it held after a failure of all copies by themselves: prod writes one each hour, other
    tiers each day. It is no backup against a deletion, except with Valkey, whose daily backups stay. On AWS one is written each day, and outside dev a last
    one before a deletion; after a failure of all copies the cache is empty, and you restore a snapshot by hand. The tier decides: dev no, staging no,
    prod yes."""

    snapshot_days: int = 7
    """Days that daily snapshots stay, 1 to 35, where there is `persistence`. By default 7. No effect with Redis on Google Cloud, which keeps the newest one."""

    eviction: Eviction = "volatile-lru"
    """What goes when memory is full. By default the least recently used among the keys that have an expiry: sessions expire, and what was stored without an
    expiry was meant to stay. `allkeys-lru` for a pure cache, `noeviction` to have writes fail instead."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings of the engine by name, as text, as far as the cloud takes them. By default none."""

    maintenance: Window = field(default_factory=Window)
    """When it may restart to update itself: Sunday at 03:00 UTC by default. Without high availability it is empty afterwards, unless it persists on Google
    Cloud. What you change yourself is changed at once, on either cloud."""

    customer_key: Input[str] | None = None
    """Your own encryption key, by its full name (on AWS its ARN); the cloud's service agent must be allowed to use it first. Chosen once: another one means
    another, empty cache. By default the cloud's own keys."""

    def problems(self, site: Site) -> Iterator[Problem]:
        """Everything that cannot work on any cloud."""
        yield from place_problems(self.network, site)
        yield from word_problem("engine", self.engine, get_args(Engine))
        if self.version is not None and not isinstance(self.version, str):
            yield Problem("version", "must be text", self.version, f'did you mean "{self.version}"?')
        yield from self._size_problems()
        yield from truth_problem("high_availability", self.high_availability)
        yield from range_problem("read_replicas", self.read_replicas, 0, 4)
        if self.read_replicas and self.high_availability is False:
            yield Problem("read_replicas", "needs high_availability=True", self.read_replicas)
        yield from truth_problem("persistence", self.persistence)
        yield from range_problem("snapshot_days", self.snapshot_days, 1, LONGEST_SNAPSHOTS, unit="days", remedy="or persistence=False for none")
        yield from word_problem("eviction", self.eviction, get_args(Eviction))
        yield from self._setting_problems()
        yield from window_problem("maintenance", self.maintenance)
        yield from key_problem(self.customer_key, site.cloud, "cache")

    def _size_problems(self) -> Iterator[Problem]:
        number = isinstance(self.size, int) and not isinstance(self.size, bool)
        raw = isinstance(self.size, str) and self.size.startswith(RAW_NODE)
        if not number and not raw and self.size not in SIZES:
            remedy = f"did you mean {self.size}?" if isinstance(self.size, str) and self.size.isdecimal() else ""
            yield Problem("size", "must be " + ", ".join(SIZES) + " or GiB as a number", self.size, remedy)

    def _setting_problems(self) -> Iterator[Problem]:
        if not isinstance(self.settings, Mapping):
            yield Problem("settings", "must map names to values", self.settings)
            return
        for name, value in self.settings.items():
            if name == EVICTION_SETTING:
                yield Problem("settings", f"must not hold {EVICTION_SETTING}", value, f"write eviction={value!r}")
            elif not isinstance(value, str):
                yield Problem(f"settings[{name!r}]", "must be text", value, f'did you mean "{value}"?')


class CacheParts(NamedTuple):
    """What every cloud's builder hands back."""

    host: Output[str]
    read_host: Output[str] | None
    port: int
    """Known beforehand: firewall rules need it."""
    instance: Output[str]
    ca_certificate: Output[str]
    secret: SecretRef | None
    """The secret that holds the string that clients authenticate with; None where they authenticate as themselves."""
    target: Mapping[str, Input[str]]
    """What identifies it in a grant."""
    user: FromConsumer | None = None
    """The name that a client authenticates under, where the cloud gives each client one (AWS); None where the token or password alone says it."""
    gate: Output[str] | None = None
    """The security group of all its servers, where the cloud has such groups (AWS)."""


class Cache(Component):
    """A private Redis or Valkey server: no public address, TLS always, no connection without authentication.

    Clients get its certificate authority with the connection: on Google Cloud no system trusts it by itself. Outside dev Pulumi does not delete it by
    accident, nor does Google Cloud; ElastiCache has no such protection of its own.

    >>> Cache("sessions", CacheArgs(network=network))

    Idle cost, Redis on Google Cloud: dev about 36 USD a month (1 GiB alone), staging about 47 (1 GiB and its copy), prod about 200 (5 GiB and its copy).
    On AWS: dev about 23, staging about 47, prod about 230. docs/components/cache.md has the figures and their date.
    """

    noun: ClassVar[str] = "cache"
    args_type: ClassVar[type[Args]] = CacheArgs

    host: Output[str]
    """The private address that it answers on."""
    read_host: Output[str] | None
    """The private address that its read replicas answer on, where there are any."""
    port: int
    """The port that it answers on."""
    instance: Output[str]
    """Its name in the cloud."""
    ca_certificate: Output[str]
    """The certificates (PEM) that its own is signed with: clients check it by them. Not a secret."""
    secret: SecretRef | None
    """The secret that holds the string that clients authenticate with, where there is one: its name, never the value."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        parts: CacheParts = self.builder().build(self, self.settled(args))
        self.host, self.read_host, self.port, self.instance = parts.host, parts.read_host, parts.port, parts.instance
        self.ca_certificate, self.secret, self._target = parts.ca_certificate, parts.secret, parts.target
        self._user, self._gate = parts.user, parts.gate
        self._network = args.network
        self.register_outputs({"host": self.host, "port": self.port, "instance": self.instance})

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """How to reach it: {NAME}_HOST, _PORT, _TLS ("true") and _CA_CERT (PEM); _PASSWORD with Redis, _IAM_AUTH ("true") with Valkey.

        With Valkey on AWS also _USER: there each client has a name.
        """
        no_prefix("Cache", self.component_name, prefix)
        access = one_verb("Cache", self.component_name, access, (Access.CONNECT,))
        first = variables or variable_prefix(self.component_name)
        env: dict[str, Input[str] | FromConsumer] = {
            f"{first}_HOST": self.host,
            f"{first}_PORT": str(self.port),
            f"{first}_TLS": "true",
            f"{first}_CA_CERT": self.ca_certificate,
        }
        if self._user is not None:
            env[f"{first}_USER"] = self._user
        if self.read_host is not None:
            env[f"{first}_READ_HOST"] = self.read_host
        if self.secret is None:
            env[f"{first}_IAM_AUTH"] = "true"
        return Connection(
            source=self.component_name,
            cloud=self.site.cloud,
            network=self._network,
            access=access,
            env=env,
            secrets={} if self.secret is None else {f"{first}_PASSWORD": self.secret},
            grants=(self._login(access),) if self.secret is None else (),
            paths=self._paths(),
        )

    def _paths(self) -> tuple[Path, ...]:
        if self._gate is not None:
            return (Path(self.component_name, self.port, gate=self._gate),)
        hosts = {self.component_name: self.host} | ({} if self.read_host is None else {f"{self.component_name}-read": self.read_host})
        return tuple(Path(label, self.port, cidr=Output.format("{0}/32", host)) for label, host in hosts.items())

    def grant(self, principal: Principal, access: Access | None = None) -> None:
        """Lets somebody authenticate; adds resources and changes none. The way through the network is a connection's."""
        access = one_verb("Cache", self.component_name, access, (Access.CONNECT,))
        right = self._login(access)
        if self.secret is not None:
            right = Grant("secret", Access.READ, self.secret.target(self.site.project), self.component_name)
        self.builder().realise(self, f"grant-{principal.label}-{access.value}", principal, right)

    def _login(self, access: Access) -> Grant:
        return Grant("cache", access, self._target, self.component_name)
