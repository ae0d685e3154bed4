"""Database: a private PostgreSQL server with backups, TLS and logins by identity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

import pulumi
from pulumi import Input, Output

from ._core.checks import list_problem, range_problem, text_problem, truth_problem, unknown, whole, word_problem
from ._core.component import Args, Component
from ._core.connection import Access, Connection, FromConsumer, Grant, Path, Principal, SecretRef, no_prefix, one_verb, variable_prefix
from ._core.errors import Problem
from ._core.site import Site
from ._core.window import Window, window_problem
from .network import Network, place_problems

PORT = 5432
VERSIONS = ("13", "14", "15", "16", "17", "18")
SIZES = ("micro", "small", "medium", "large", "xlarge")
DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What PostgreSQL takes as a name without quotes: 63 characters (NAMEDATALEN - 1)."""
RESERVED_DATABASES = ("postgres", "template0", "template1", "cloudsqladmin", "rdsadmin")
"""Databases that the engine or a cloud has for itself."""
FLAG = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
MOST_REPLICAS = 5
"""An IAM condition that names the server and each replica has at most 12 logical operators."""


@dataclass(frozen=True, kw_only=True)
class DatabaseServer:
    """How the server is run; the defaults are right for most."""

    flags: Mapping[str, str] = field(default_factory=dict)
    """Further PostgreSQL settings by name, as text; a switch is `on` or `off` on both clouds. What security and logging need is set already and can't be
    changed here. By default none."""

    storage_limit_gb: int = 0
    """GB up to which the disk grows by itself, `storage_gb` or more (AWS: a tenth more at least). By default 0: no limit, because a full disk stops the
    database; AWS needs one, so there it is ten times the first size."""

    read_replicas: int = 0
    """Copies that answer queries only, 0 to 5, each at the price of a server without its standby. By default none."""

    maintenance: Window = field(default_factory=Window)
    """When it may restart to update itself: Sunday at 03:00 UTC by default. On Google Cloud dev and staging get an update a week before prod does."""

    backup_hour: int = 1
    """Hour at which the daily backup begins, 0 to 23, UTC; by default 1. On AWS another hour than that of `maintenance`."""

    backup_location: str | None = None
    """Where backups are. Google Cloud: the region or multi-region that holds them, where the law says so; by default the multi-region around the server, which
    outlives its region. AWS: another region that gets a copy of them, with its own key; by default none, and they stay in the server's region."""

    pooling: bool = False
    """Whether clients share a pool of connections in front of the server, for programs that open many (AWS: RDS Proxy, from about 22 USD a month). Identities
    log in to it as to the server. By default no. Not on Google Cloud, where the server itself has it, in another edition."""

    def problems(self, storage_gb: object) -> Iterator[Problem]:
        """Counts out of range, flags that are none."""
        if not isinstance(self.flags, Mapping):
            yield Problem("server.flags", "must map names to values", self.flags)
        else:
            yield from self._flag_problems()
        lowest = storage_gb if whole(storage_gb, 1, 65536) else 10
        if not whole(self.storage_limit_gb, 0, 0) and not whole(self.storage_limit_gb, lowest, 65536):
            yield Problem("server.storage_limit_gb", f"must be {lowest} to 65536 GB, or 0 for none", self.storage_limit_gb)
        yield from range_problem("server.read_replicas", self.read_replicas, 0, MOST_REPLICAS)
        yield from window_problem("server.maintenance", self.maintenance)
        yield from range_problem("server.backup_hour", self.backup_hour, 0, 23)
        yield from truth_problem("server.pooling", self.pooling)
        if self.backup_location is not None:
            yield from text_problem("server.backup_location", self.backup_location, "eu")

    def _flag_problems(self) -> Iterator[Problem]:
        for name, value in self.flags.items():
            if not isinstance(name, str) or not FLAG.fullmatch(name):
                yield Problem("server.flags", "must have PostgreSQL settings' names", name, "for example 'work_mem'")
            elif not isinstance(value, str):
                better = str(value).lower() if not isinstance(value, bool) else ("on" if value else "off")
                yield Problem(f"server.flags[{name!r}]", "must be text", value, f'did you mean "{better}"?')


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs(Args):
    """What the server is, how long its data can be brought back, and who logs in how."""

    network: Network
    """The network that the server lives in; it has no address outside of it. It can't be changed to another."""

    version: str = "17"
    """PostgreSQL's major version, 13 to 18. A higher one upgrades in place, with minutes of downtime; a lower one is refused by the cloud."""

    size: str | None = None
    """micro, small, medium, large or xlarge, or the cloud's own machine name (`db-custom-8-32768`, `db.m7g.large`). A change restarts the server. The words
    mean on Google Cloud: micro a shared CPU with 1.7 GB, small 1 CPU and 3.75 GB, medium 2 and 7.5, large 4 and 16, xlarge 8 and 32; on AWS db.t4g machines:
    2 CPUs with 1, 2, 4 GB, then 4 and 16, 8 and 32. The tier decides: dev micro, staging small, prod medium."""

    storage_gb: int | None = None
    """GB of SSD at the start, 10 to 65536; it grows by itself and never shrinks, so a later change here is without effect.
    The tier decides: dev 10, staging 20, prod 100. AWS has no disk below 20 GB: there less means 20."""

    high_availability: bool | None = None
    """Whether a standby in another zone takes over when the server fails (twice the price). The tier decides: dev no, staging no, prod yes."""

    backup_days: int | None = None
    """Days that a daily backup is kept, 1 to 35. The tier decides: dev 7, staging 7, prod 30."""

    point_in_time_days: int | None = None
    """Days back to any second of which it can be restored, 0 (off) to `backup_days`; Google Cloud Enterprise machines up to 7. The tier decides: 7 in each.
    No effect on AWS, where that is possible for all of `backup_days`, up to the last five minutes."""

    databases: Sequence[str] = ()
    """The databases in it; the first is what connections name. One that leaves the list stays on the server. By default one, named as the component."""

    authentication: Literal["identity", "password"] = "identity"
    """`identity`: who connects logs in as itself with a short-lived token, and no password exists. `password`: one user with a generated password that is kept
    as a secret, for programs that can't ask for tokens."""

    customer_key: Input[str] | None = None
    """Your own encryption key, by its full name; the cloud's service agent must be allowed to use it first. Chosen once: another one means another server.
    By default the cloud's own keys."""

    server: DatabaseServer = field(default_factory=DatabaseServer)
    """How the server is run."""

    def problems(self, site: Site) -> Iterator[Problem]:
        """Everything that cannot work on any cloud."""
        yield from place_problems(self.network, site)
        yield from word_problem("version", self.version, VERSIONS)
        if not isinstance(self.size, str) or not self.size:
            yield Problem("size", "must be " + ", ".join(SIZES) + " or a machine's name", self.size)
        yield from range_problem("storage_gb", self.storage_gb, 10, 65536, unit="GB")
        yield from self._recovery_problems()
        yield from self._database_problems()
        yield from word_problem("authentication", self.authentication, ("identity", "password"))
        if self.customer_key is not None:
            yield from text_problem("customer_key", self.customer_key, "projects/…/cryptoKeys/database")
        if isinstance(self.server, DatabaseServer):
            yield from self.server.problems(self.storage_gb)
        else:
            yield Problem("server", "must be DatabaseServer(…)", self.server)

    def _recovery_problems(self) -> Iterator[Problem]:
        yield from truth_problem("high_availability", self.high_availability)
        yield from range_problem("backup_days", self.backup_days, 1, 35)
        if not whole(self.point_in_time_days, 0, 35):
            yield Problem("point_in_time_days", "must be 0 to 35", self.point_in_time_days)
        elif self.high_availability is True and not self.point_in_time_days:
            yield Problem("point_in_time_days", "must be 1 or more with high_availability=True", self.point_in_time_days, "the standby lives on the same logs")
        elif whole(self.backup_days, 1, 35) and self.point_in_time_days > self.backup_days:
            rule = f"must be at most backup_days, which is {self.backup_days}"
            yield Problem("point_in_time_days", rule, self.point_in_time_days, "a restore starts from a backup")

    def _database_problems(self) -> Iterator[Problem]:
        before = list(list_problem("databases", self.databases, "names"))
        yield from before
        if before:
            return
        for name in self.databases:
            if unknown(name):
                yield Problem("databases", "must be known when the program starts", name)
            elif not isinstance(name, str) or not DATABASE_NAME.fullmatch(name):
                yield Problem("databases", "must hold names of a-z, 0-9 and _ that start with a letter, 63 at most", name)
            elif name in RESERVED_DATABASES:
                yield Problem("databases", "must not hold what PostgreSQL or the cloud has for itself", name)
        if len(set(self.databases)) != len(self.databases):
            yield Problem("databases", "must hold each name once", list(self.databases))


class DatabaseParts(NamedTuple):
    """What every cloud's builder hands back."""

    host: Output[str]
    name: Output[str]
    instance: Output[str]
    connection_name: Output[str]
    ca_certificate: Output[str]
    read_hosts: Sequence[Output[str]]
    user: str
    """The one user with a password; empty where identities log in."""
    secret: SecretRef | None
    """The secret that holds the password."""
    target: Mapping[str, Input[str]]
    """What identifies it in a grant."""
    gate: Output[str] | None = None
    """The security group of all its servers, where the cloud has such groups (AWS)."""
    ssl_mode: Literal["verify-ca", "verify-full"] = "verify-ca"
    """How a client proves which server answers, in libpq's words: by an authority that signs for this server alone, or by its name too."""


class Database(Component):
    """A private PostgreSQL server: no public address, TLS required, logins by identity and no password, encrypted, audited, backed up.

    Outside dev nothing in it can be deleted by accident: Pulumi and the cloud both refuse, and when the server does go on purpose, a last backup and the daily
    ones stay.

    >>> Database("db", DatabaseArgs(network=network))

    Idle cost: Google Cloud dev about 27 USD a month (shared CPU), staging about 55, prod about 230 (2 CPUs and a standby, 100 GB); AWS about 14, 26 and 118:
    docs/components/database.md has the figures and their date.
    """

    noun: ClassVar[str] = "database"
    args_type: ClassVar[type[Args]] = DatabaseArgs

    host: Output[str]
    """The private address that it answers on (AWS: a name within the network; of the pool, where there is one)."""
    port: int
    """The port that it answers on: 5432."""
    name: Output[str]
    """The first database in it, known as soon as it is there."""
    instance: Output[str]
    """The server's name in the cloud."""
    connection_name: Output[str]
    """What the cloud's own connectors call it (Google: `project:region:instance`; AWS: its ARN)."""
    ca_certificate: Output[str]
    """The certificates (PEM) that its own is signed with: clients check it by them. Not a secret."""
    read_hosts: Sequence[Output[str]]
    """The addresses of its read replicas."""
    secret: SecretRef | None
    """The secret that holds the password, where there is one: its name, never the value."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        args = self.settled(args)
        parts: DatabaseParts = self.builder().build(self, args)
        self.port = PORT
        self.host, self.name, self.instance, self.connection_name = parts.host, parts.name, parts.instance, parts.connection_name
        self.ca_certificate, self.read_hosts, self.secret = parts.ca_certificate, parts.read_hosts, parts.secret
        self._user, self._target, self._gate, self._ssl_mode = parts.user, parts.target, parts.gate, parts.ssl_mode
        self._network = args.network
        self.register_outputs({"host": self.host, "port": PORT, "name": self.name, "instance": self.instance, "connectionName": self.connection_name})

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """How to reach it and log in: {NAME}_HOST, _PORT, _NAME, _USER, _SSLMODE and _CA_CERT (PEM); with identities _IAM_AUTH, else _PASSWORD.

        CONNECT (the default) logs in and may do what SQL grants it; WRITE owns the databases too: it creates and changes tables, as a migration does.
        A password is always the owner's.
        """
        no_prefix("Database", self.component_name, prefix)
        access = one_verb("Database", self.component_name, access, (Access.CONNECT, Access.WRITE))
        first = variables or variable_prefix(self.component_name)
        env: dict[str, Input[str] | FromConsumer] = {
            f"{first}_HOST": self.host,
            f"{first}_PORT": str(PORT),
            f"{first}_NAME": self.name,
            f"{first}_USER": FromConsumer.DATABASE_USER if self.secret is None else self._user,
            f"{first}_SSLMODE": self._ssl_mode,
            f"{first}_CA_CERT": self.ca_certificate,
        }
        if self.secret is None:
            env[f"{first}_IAM_AUTH"] = "true"
        if self.read_hosts:
            env[f"{first}_READ_HOST"] = self.read_hosts[0]
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
            return (Path(self.component_name, PORT, gate=self._gate),)
        hosts = {self.component_name: self.host, **{f"{self.component_name}-replica-{number}": host for number, host in enumerate(self.read_hosts)}}
        return tuple(Path(label, PORT, cidr=Output.format("{0}/32", host)) for label, host in hosts.items())

    def grant(self, principal: Principal, access: Access | None = None) -> None:
        """Lets somebody log in (with a password: read it); adds resources and changes none. The way through the network is a connection's."""
        access = one_verb("Database", self.component_name, access, (Access.CONNECT, Access.WRITE))
        right = self._login(access)
        if self.secret is not None:
            right = Grant("secret", Access.READ, self.secret.target(self.site.project), self.component_name)
        self.builder().realise(self, f"grant-{principal.label}-{access.value}", principal, right)

    def _login(self, access: Access) -> Grant:
        return Grant("database", access, self._target, self.component_name)


def database_names(database: Component, args: DatabaseArgs) -> tuple[str, ...]:
    """The databases in it: as given, else one named as the component, or `app` where that name is taken."""
    name = database.component_name.replace("-", "_")
    return tuple(args.databases) or (name if name not in RESERVED_DATABASES else "app",)
