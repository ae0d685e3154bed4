"""Load balancers in front of a service: their target groups, and the moment at which all of a program's are known."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CoroutineType, FrameType
from typing import Any

import pulumi
from pulumi import Output
from pulumi_aws import ec2, ecs, lb

from .._core.errors import GroundplanError
from ..container_service import ContainerService, ContainerServiceArgs, Route
from .gates import let_in

MOST_TARGETS = 5
"""Target groups of one service (Amazon ECS, service load balancing)."""
STICKY_SECONDS = 86_400
"""How long a client's cookie leads to the same instance: a day, longer than any socket lives."""
DRAIN_SECONDS, DRAIN_SOCKET_SECONDS = 30, 300
"""How long an instance that leaves may end what it has begun: requests, sockets."""
PUMPS = "pulumi.runtime.invoke"
"""The module that runs the event loop from inside the program's body, to wait for what it looks up."""
SOON = 0.01
"""Seconds between two looks whether such a lookup is over."""
PATIENCE = 300
"""Seconds until a service that waits says for what: a circle between it and its load balancer would wait for ever, without a word."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a route made."""

    group: lb.TargetGroup
    before: list[pulumi.Resource]
    """What must exist before the service joins the group."""
    route: Route


@dataclass
class Routes:
    """The routes of one service, known when the program's body has run.

    ECS refuses a service whose target group no listener leads to, and a program declares its load balancer after the service: the service's registration
    waits for them.
    """

    service: ContainerService
    args: ContainerServiceArgs
    own: ec2.SecurityGroup
    targets: list[Target] = field(default_factory=list)
    closed: bool = False
    program: asyncio.Task[Any] | None = None

    def __post_init__(self) -> None:
        """Keeps who runs the program; nobody does where a test builds components without a loop."""
        with contextlib.suppress(RuntimeError):
            self.program = asyncio.current_task()

    def add(self, route: Route) -> None:
        """A target group for the route, whatever it makes around it, and the rules that let it in."""
        name = f'ContainerService "{self.service.component_name}"'
        if self.closed:
            message = f"{name}: route {route.label!r} comes too late; call route() in the program itself, not in an apply() and not after an await"
            raise GroundplanError(message)
        if len(self.targets) == MOST_TARGETS:
            message = f"{name}: takes at most {MOST_TARGETS} routes on AWS, got {route.label!r} as one more"
            raise GroundplanError(message)
        group = _target_group(self.service, self.args, route)
        rules = let_in(self.service, self.args, self.own, route)
        self.targets.append(Target(group, [*route.make(group.arn), *rules], route))

    def all(self) -> Output[list[Target]]:
        """Every route of the program, once its body has run."""
        return Output.from_input(self._settle())

    async def _settle(self) -> list[Target]:
        while _pumped(inspect.currentframe()):  # noqa: ASYNC110  a lookup that blocks the program tells nobody when it is over
            await asyncio.sleep(SOON)
        if self.program is not None and (error := _failure(self.program)) is not None:
            # half a program may lack a route that the running service has: it must not be taken away
            raise error
        self.closed = True
        return self.targets


def balancers(service: ContainerService, args: ContainerServiceArgs, targets: list[Target]) -> Output[list[ecs.ServiceLoadBalancerArgs] | None]:
    """The service's part in each group; known only when the listeners are there."""
    if not targets:
        return Output.from_input(None)

    labels = ", ".join(repr(target.route.label) for target in targets)
    reminder = asyncio.get_running_loop().call_later(
        PATIENCE,
        pulumi.log.info,
        f'ContainerService "{service.component_name}": still waits for what route {labels} made; if this does not end, that depends on the service itself, '
        "for example by depends_on=[service] on the load balancer",
        service,
    )

    def joined(arns: list[str]) -> list[ecs.ServiceLoadBalancerArgs] | None:
        reminder.cancel()
        return [ecs.ServiceLoadBalancerArgs(target_group_arn=arn, container_name=service.component_name, container_port=args.port) for arn in arns]

    led = Output.all(*(made.urn for target in targets for made in target.before))
    return Output.all(led, *(target.group.arn for target in targets)).apply(lambda known: joined(known[1:]))


def _target_group(service: ContainerService, args: ContainerServiceArgs, route: Route) -> lb.TargetGroup:
    socket = args.websocket
    return lb.TargetGroup(
        service.logical(f"target-{route.label}"),
        name=service.physical("target_group", route.label),
        target_type="ip",
        protocol="HTTP",
        # each task is registered with its own port; the group's is unused, and to change it would replace the group under its listener
        port=80,
        vpc_id=args.network.network_id,
        deregistration_delay=DRAIN_SOCKET_SECONDS if socket else DRAIN_SECONDS,
        load_balancing_algorithm_type="least_outstanding_requests",
        stickiness=lb.TargetGroupStickinessArgs(enabled=socket, type="lb_cookie", cookie_duration=STICKY_SECONDS),
        health_check=lb.TargetGroupHealthCheckArgs(
            path=args.health_path or "/",
            matcher="200" if args.health_path else "200-499",
            port="traffic-port",
            protocol="HTTP",
            interval=15,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        tags=service.labels(),
        opts=service.child(),
    )


def _pumped(frame: FrameType | None) -> bool:
    """Whether this runs inside a lookup that the program's body waits for."""
    while frame is not None:
        if frame.f_globals.get("__name__") == PUMPS:
            return True
        frame = frame.f_back
    return False


def _failure(program: asyncio.Task[Any]) -> BaseException | None:
    """What ended the program's body early: the runner keeps it while it waits for what was registered before."""
    errors = (frame.f_locals.get("ex") for frame in _frames(program.get_coro()))
    return next((error for error in errors if isinstance(error, BaseException)), None)


def _frames(waiting: Any) -> Iterator[FrameType]:
    while isinstance(waiting, CoroutineType) and waiting.cr_frame is not None:
        yield waiting.cr_frame
        waiting = waiting.cr_await
