"""ContainerService: a container that answers requests, reachable only as declared, with an identity that holds only what its connections give."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

import pulumi
from pulumi import Input, Output

from ._core.checks import list_problem, range_problem, truth_problem, unknown
from ._core.component import A, Args, Component
from ._core.connection import Access, Connection, Grant, Path, Principal, clashes, foreign, no_prefix, one_verb, variable_prefix
from ._core.errors import GroundplanError, Problem, shown
from ._core.site import Site, tier_hint
from ._core.tiers import settled
from .container_options import LAST_PORT, LONGEST_REQUEST, MOST_CONCURRENT, PROBE_SECONDS, Runtime, Scaling
from .network import Network, place_problems

IMAGE = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::\d+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?")
"""A container reference: registry, path, tag and digest as the OCI distribution specification writes them."""
DIGEST = re.compile(r".*@sha256:[0-9a-f]{64}")
ROUTE = re.compile(r"[a-z][a-z0-9-]{0,19}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = ("PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION")
"""Variables that the platform itself sets (Cloud Run container contract); PORT on every cloud."""


@dataclass(frozen=True, kw_only=True)
class ContainerServiceArgs(Args):
    """What runs, how much of it, and what it may reach."""

    image: Input[str]
    """The container image, by digest (`…@sha256:…`) in prod: a tag can change under a running service."""

    network: Network
    """The network whose private addresses it can reach, as far as its connections open a path."""

    port: int = 8080
    """The port that the container listens on, 1 to 65535."""

    health_path: str | None = None
    """Path that answers 200 when the service is well. Google Cloud asks it at start and every 30 seconds; on AWS a load balancer does, every 15 seconds, when
    something routes to the service. By default only the port is tried: on Google Cloud at start, on AWS any answer below 500 at `/` is good."""

    cpu: float | None = None
    """CPUs an instance, in steps that the platform has (Cloud Run: 1, 2, 4, 6, 8; Fargate: 0.25, 0.5, 1, 2, 4, 8, 16). By default 1."""

    memory_mib: int | None = None
    """Memory an instance in MiB, in steps that the platform has with this `cpu`. The tier decides: dev 512, staging 512, prod 1024; where the platform's least
    is more, its least: on AWS 2048 with 1 CPU."""

    scaling: Scaling = field(default_factory=Scaling)
    """How many instances."""

    env: Mapping[str, Input[str]] = field(default_factory=dict)
    """Further environment variables, in plain text: secrets come through connections."""

    connections: Sequence[Connection] = ()
    """What it uses: `connect(database)`, `connect(videos, Access.WRITE)`. Each gives variables, secrets, rights and a network path, and nothing else does."""

    public: bool = False
    """Whether anybody on the internet may call it directly (Google Cloud; refused on AWS, where a service has no address on the internet and no certificate).
    By default only a load balancer and the network itself."""

    websocket: bool = False
    """One switch for long-lived sockets: affinity, the longest time-out (3600 s), CPU between messages, 1000 sockets an instance, and on AWS 300 seconds
    in which an instance that is replaced ends its own."""

    runtime: Runtime = field(default_factory=Runtime)
    """How the container is run."""

    def decided(self, site: Site) -> ContainerServiceArgs:
        """Websockets decide before the tier does."""
        del site
        if not isinstance(self.runtime, Runtime) or not isinstance(self.scaling, Scaling):
            return self
        runtime, scaling = self.runtime, self.scaling
        if runtime.cpu_always is None:
            runtime = dataclasses.replace(runtime, cpu_always=self.websocket)
        if self.websocket and runtime.request_timeout is None:
            runtime = dataclasses.replace(runtime, request_timeout=LONGEST_REQUEST)
        if self.websocket and scaling.concurrency is None:
            scaling = dataclasses.replace(scaling, concurrency=MOST_CONCURRENT)
        return dataclasses.replace(self, runtime=runtime, scaling=scaling)

    def problems(self, site: Site) -> Iterator[Problem]:
        """Everything that cannot work on any cloud."""
        yield from self._image_problems(site)
        yield from place_problems(self.network, site)
        yield from range_problem("port", self.port, 1, LAST_PORT)
        yield from truth_problem("public", self.public)
        yield from truth_problem("websocket", self.websocket)
        if self.health_path is not None and not (isinstance(self.health_path, str) and self.health_path.startswith("/")):
            remedy = "" if unknown(self.health_path) else f'did you mean "/{self.health_path}"?'
            yield Problem("health_path", "must start with /", self.health_path, remedy)
        for group, name, kind in ((self.scaling, "scaling", Scaling), (self.runtime, "runtime", Runtime)):
            if isinstance(group, kind):
                yield from group.problems()
            else:
                yield Problem(name, f"must be {kind.__name__}(…)", group)
        yield from self._variable_problems(site)

    def _image_problems(self, site: Site) -> Iterator[Problem]:
        if isinstance(self.image, Output):
            return
        if not isinstance(self.image, str) or not IMAGE.fullmatch(self.image):
            yield Problem("image", "must be a container reference", self.image, 'for example "europe-west1-docker.pkg.dev/project/images/api@sha256:…"')
        elif site.tier == "prod" and not DIGEST.fullmatch(self.image):
            yield Problem("image", "must name a digest in prod", self.image, f"deploy what was tested: …@sha256:…{tier_hint(site)}")

    def _variable_problems(self, site: Site) -> Iterator[Problem]:
        if not isinstance(self.env, Mapping):
            yield Problem("env", "must map names to values", self.env)
            return
        for name, value in self.env.items():
            if not isinstance(name, str) or not VARIABLE.fullmatch(name):
                yield Problem("env", "must have names of letters, digits and _ that do not start with a digit", name)
            elif name in RESERVED:
                yield Problem("env", "must not set what the platform sets", name, "read it instead")
            elif not isinstance(value, (str, Output)):
                yield Problem(f"env[{name!r}]", "must be text", value, f'did you mean "{value}"?')
        wrong = list(list_problem("connections", self.connections, "connect(…)"))
        yield from wrong
        if wrong:
            return
        for connection in self.connections:
            if not isinstance(connection, Connection):
                yield Problem("connections", "must hold connections", connection, "write connect(…)")
                return
        taken = [name for connection in self.connections for name in connection.variables() if name in RESERVED]
        yield from (Problem("connections", "must not set what the platform sets", name, "give connect(…, variables=…) another name") for name in taken)
        yield from foreign(site.cloud, self.network, self.connections)
        yield from clashes(self.env, {}, self.connections)


@dataclass(frozen=True, slots=True)
class Route:
    """A load balancer's way to a service."""

    label: str
    make: Callable[[Output[str]], Sequence[pulumi.Resource]]
    gate: Input[str] | None
    balancer: Input[str] | None


class ContainerServiceParts(NamedTuple):
    """What every cloud's builder hands back."""

    url: Output[str]
    service: Output[str]
    identity: Output[str]
    revision: Output[str]
    route: Callable[[Route], None]
    gate: Output[str] | None = None
    """Its security group, where the cloud has such groups (AWS)."""


class ContainerService(Component):
    """A container that answers requests: private by default, with an identity of its own that holds no right but what its connections give.

    Reached through a load balancer or from its network; secrets arrive by reference; a new revision takes traffic only when it is healthy, and
    `pulumi up` fails when it does not become so.

    >>> ContainerService("api", ContainerServiceArgs(image=image, network=network, connections=(connect(database),)))

    Idle cost: Google Cloud: dev nothing (scales to 0), prod 2 idle instances of 1 CPU and 1 GiB. AWS: dev 1 instance of 1 CPU and 2 GiB on spare capacity,
    prod 2 that are not spare (docs/components/container_service.md has the figures and their date).
    """

    noun: ClassVar[str] = "container_service"
    args_type: ClassVar[type[Args]] = ContainerServiceArgs

    url: Output[str]
    """Where the service itself answers those that may reach it: `https://….run.app` on Google Cloud; `http://{name}.{network.domain}:{port}` on AWS, private to
    the network and without TLS until a load balancer stands in front."""
    host: Output[str]
    """The host name in `url`: what a DNS record can point to."""
    service: Output[str]
    """The service's name in the cloud: on Cloud Run, on ECS."""
    identity: Output[str]
    """What it runs as: a service account's e-mail, or a role's ARN."""
    revision: Output[str]
    """The newest revision that is ready: on Cloud Run; on AWS the task definition's ARN with its revision."""
    request_timeout: int
    """Seconds: how long a load balancer in front must leave a connection open on which nothing moves."""
    principal: Principal
    """Its identity, for `grant()` of other components."""

    def __init__(self, name: str, args: ContainerServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        args = self.settled(args)
        parts: ContainerServiceParts = self.builder().build(self, args)
        self.url, self.service, self.identity, self.revision, self._route, self._gate = parts
        self._network = args.network
        self._port, self._routes = args.port, dict[str, Route]()
        self.request_timeout = settled(args.runtime.request_timeout)
        self.host = parts.url.apply(host_of)
        self.principal = Principal(name, parts.identity)
        if args.websocket:
            pulumi.log.info(
                f'ContainerService "{name}": a websocket is closed {self.builder().SOCKET_LIMIT}: clients must reconnect, and find their state elsewhere',
                resource=self,
            )
        self.register_outputs({"url": self.url, "service": self.service, "identity": self.identity, "revision": self.revision})

    def settled(self, args: A) -> A:
        """As everywhere; memory that was left open is the tier's, or what the platform has next with this CPU."""
        decided = super().settled(args)
        if isinstance(args, ContainerServiceArgs) and isinstance(decided, ContainerServiceArgs) and args.memory_mib is None:
            memory = self.builder().fitting_memory(decided.cpu, decided.memory_mib)
            return dataclasses.replace(decided, memory_mib=memory)
        return decided

    def route(
        self,
        label: str,
        make: Callable[[Output[str]], Sequence[pulumi.Resource]],
        *,
        gate: Input[str] | None = None,
        balancer: Input[str] | None = None,
    ) -> None:
        """Lets a load balancer send requests here, also one that is declared after the service.

        `make` gets what the balancer routes to (AWS: a target group's ARN; Google Cloud: the id of a serverless network endpoint group) and returns what must
        exist before the service joins it: the listener's rule. None of that may depend on the service itself, which waits for it. `label` names the route.
        `gate` (AWS) is the balancer's security group: it is let in, and out of its own, to the service's port and no other. `balancer` (AWS) is the balancer's
        ARN suffix: with it the service scales on requests too. Raises GroundplanError for a second route of that label, and when it is called too late: in
        an `apply`, or after a program has waited for something.
        """
        if not isinstance(label, str) or not ROUTE.fullmatch(label) or label in self._routes:
            rule = "is there already" if label in self._routes else "must be 1 to 20 of a-z, 0-9 and hyphens, and start with a letter"
            message = f'{type(self).__name__} "{self.component_name}": route {label!r} {rule}'
            raise GroundplanError(message)
        if not callable(make):
            message = f'{type(self).__name__} "{self.component_name}": route {label!r} takes a function that makes the listener\'s rule, got {shown(make)}'
            raise GroundplanError(message)
        self._routes[label] = Route(label, make, gate, balancer)
        self._route(self._routes[label])

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """The right to call it, and its URL as {NAME}_URL."""
        no_prefix("ContainerService", self.component_name, prefix)
        access = one_verb("ContainerService", self.component_name, access, (Access.CONNECT,))
        return Connection(
            source=self.component_name,
            cloud=self.site.cloud,
            access=access,
            env={f"{variables or variable_prefix(self.component_name)}_URL": self.url},
            grants=(self._grant(access),),
            paths=() if self._gate is None else (Path(self.component_name, self._port, gate=self._gate),),
            network=self._network if self._gate is not None else None,
        )

    def grant(self, principal: Principal, access: Access | None = None) -> None:
        """Gives the right to call it; adds a resource and changes none."""
        access = one_verb("ContainerService", self.component_name, access, (Access.CONNECT,))
        self.builder().realise(self, f"grant-{principal.label}-{access.value}", principal, self._grant(access))

    def _grant(self, access: Access) -> Grant:
        target: dict[str, Input[str]] = {"service": self.service, "project": self.site.project, "location": self.site.region}
        return Grant("service", access, target, self.component_name)


def probe_failures(startup_seconds: int) -> int:
    """How many probes may fail until the start-up time is used up."""
    return max(1, math.ceil(startup_seconds / PROBE_SECONDS))


def host_of(url: str | None) -> str:
    """The host name of a URL; empty in a targeted update that leaves the service out."""
    return urlsplit(url or "").hostname or ""


def all_paths(connections: Sequence[Connection]) -> list[Path]:
    """Every network path of the connections, each once."""
    return list({(path.label, path.port): path for connection in connections for path in connection.paths}.values())
