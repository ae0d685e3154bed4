"""How a container runs and how many of it: the options of ContainerService that have defaults for most."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ._core.checks import list_problem, range_problem, truth_problem, whole, word_problem
from ._core.errors import Problem
from ._core.tiers import settled

MANY = 1_000_000
"""Instances: more than any platform gives; the account's quota is the real limit."""
LONGEST_REQUEST = 3600
"""Seconds: the longest request, and so the longest websocket, that Cloud Run keeps open. A load balancer on AWS leaves a silent one open for 4000."""
LONGEST_START = 240
"""Seconds: the longest start-up probe (Cloud Run)."""
LONGEST_STOP = 120
"""Seconds: the longest stop time-out that Fargate takes."""
PROBE_SECONDS = 5
"""How often a starting container is asked."""
LAST_PORT = 65535
MOST_CONCURRENT = 1000
"""Requests an instance: Cloud Run's limit."""
LONGEST_KEPT = 3653
"""Days: the longest retention of CloudWatch Logs but for ever."""
PATH = re.compile(r"/|(?:/[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
"""An absolute folder without `..`, as a container platform mounts it."""


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How many instances answer, and what makes them more."""

    min: int | None = None
    """Instances that are always there. The tier decides: dev 0, staging 1, prod 2. On AWS 0 means 1: a service there can't wake up for a request."""

    max: int | None = None
    """Instances at most, 1 or more. The tier decides: dev 2, staging 5, prod 10."""

    concurrency: int | None = None
    """Requests that one instance takes at the same time, 1 to 1000. By default 80; with `websocket=True` 1000, because each open socket counts as one.
    On AWS nothing stops more from coming: behind a load balancer, instances are added above 60 times as many requests a minute."""

    cpu_percent: int = 60
    """Mean CPU in per cent above which instances are added, 10 to 95. No effect on Google Cloud, whose own target is 60."""

    memory_percent: int = 75
    """Mean memory in per cent above which instances are added, 10 to 95. No effect on Google Cloud, which doesn't scale on memory."""

    spot_percent: int | None = None
    """Share of the instances in per cent, 0 to 100, that run on spare capacity: about 70 % cheaper, taken away with a notice of two minutes, and not given
    when there is none. Below 100 the first instance never does. The tier decides: dev 100, staging 0, prod 0. No effect on Google Cloud."""

    def problems(self) -> Iterator[Problem]:
        """Counts out of range."""
        low, high, each = settled(self.min), settled(self.max), settled(self.concurrency)
        if not whole(low, 0, MANY):
            yield Problem("scaling.min", "must be 0 or more", low)
        elif not whole(high, max(1, low), MANY):
            yield Problem("scaling.max", f"must be {max(1, low)} or more (scaling.min is {low})", high)
        yield from range_problem("scaling.concurrency", each, 1, MOST_CONCURRENT)
        yield from range_problem("scaling.cpu_percent", self.cpu_percent, 10, 95)
        yield from range_problem("scaling.memory_percent", self.memory_percent, 10, 95)
        yield from range_problem("scaling.spot_percent", settled(self.spot_percent), 0, 100)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """How the container is run; the defaults are right for most."""

    command: Sequence[str] = ()
    """Replaces the image's ENTRYPOINT. By default the image decides."""

    arguments: Sequence[str] = ()
    """Replaces the image's CMD. By default the image decides."""

    architecture: Literal["x86_64", "arm64"] = "x86_64"
    """What the image is built for. `arm64` is about 20 % cheaper on AWS; Google Cloud runs x86_64 only."""

    request_timeout: int | None = None
    """Seconds, 1 to 3600: until a request is cut (Google Cloud), or until a load balancer in front closes a connection on which nothing moves (AWS).
    By default 300; with `websocket=True` 3600."""

    startup_seconds: int = 60
    """Seconds that a new instance has until it must answer, 5 to 240; after that the rollout fails and the old revision goes on."""

    stop_seconds: int = 30
    """Seconds between the signal to end (SIGTERM) and the end, 1 to 120. No effect on Google Cloud, which gives 10."""

    cpu_always: bool | None = None
    """Whether the CPU works between requests too (and is paid for). By default only with `websocket=True`. No effect on AWS, where it always does."""

    egress: Literal["private", "all"] | None = None
    """What leaves through the network: `private` addresses only, or `all` traffic, which gives it the NAT gateway's addresses and flow logs.
    The tier decides: dev private, staging all, prod all. No effect on AWS, where everything leaves through the network."""

    internet_ports: Sequence[int] = (443,)
    """TCP ports that it may reach on the internet, the APIs of AWS included. Without 443 it reaches only what its connections open, and AWS's services through
    the network's endpoints (`NetworkArgs(private_services=True)`), by which its image, secrets and logs come and go then. By default 443. No effect on
    Google Cloud, where the way out is not narrowed by port."""

    writable_paths: Sequence[str] = ("/tmp",)  # noqa: S108  a folder of the container, not of this machine
    """Absolute folders that the container may write to, each empty at its start and gone at its end; everything else is read-only. `/` makes the whole
    file system writable. By default `/tmp`. No effect on Google Cloud, where everything is writable and held in memory."""

    health_command: Sequence[str] = ()
    """A program in the image, with its arguments, that ends with 0 while the instance is well: asked every 30 seconds, and after 3 failures the instance is
    replaced. By default none, because many images hold nothing but the service. No effect on Google Cloud, where `health_path` does this."""

    log_days: int | None = None
    """Days that logs are kept. The tier decides: dev 3, staging 3, prod 30. CloudWatch takes certain numbers only; on Google Cloud no effect: the project's log
    bucket says how long."""

    def problems(self) -> Iterator[Problem]:
        """Times out of range, words that are none."""
        timeout = settled(self.request_timeout)
        yield from word_problem("runtime.architecture", self.architecture, ("x86_64", "arm64"))
        yield from range_problem("runtime.request_timeout", timeout, 1, LONGEST_REQUEST, unit="seconds")
        yield from range_problem("runtime.startup_seconds", self.startup_seconds, PROBE_SECONDS, LONGEST_START, unit="seconds")
        yield from range_problem("runtime.stop_seconds", self.stop_seconds, 1, LONGEST_STOP, unit="seconds")
        yield from word_problem("runtime.egress", self.egress, ("private", "all"))
        for name in ("command", "arguments", "health_command"):
            yield from self._words(name, getattr(self, name))
        if self.cpu_always is not None:
            yield from truth_problem("runtime.cpu_always", self.cpu_always)
        yield from self._port_problems()
        yield from self._path_problems()
        yield from range_problem("runtime.log_days", settled(self.log_days), 1, LONGEST_KEPT, unit="days")

    @staticmethod
    def _words(name: str, words: object) -> Iterator[Problem]:
        if isinstance(words, str):
            yield Problem(f"runtime.{name}", "must be a list of words", words, f"did you mean {tuple(words.split())!r}?")
            return
        wrong = list(list_problem(f"runtime.{name}", words, "words"))
        yield from wrong
        if not wrong and isinstance(words, Sequence):
            yield from (Problem(f"runtime.{name}", "must hold texts", word, f'did you mean "{word}"?') for word in words if not isinstance(word, str))

    def _port_problems(self) -> Iterator[Problem]:
        wrong = list(list_problem("runtime.internet_ports", self.internet_ports, "ports"))
        yield from wrong
        if wrong:
            return
        yield from (
            Problem("runtime.internet_ports", f"must hold ports, 1 to {LAST_PORT}", port) for port in self.internet_ports if not whole(port, 1, LAST_PORT)
        )
        yield from _once("runtime.internet_ports", "port", self.internet_ports)

    def _path_problems(self) -> Iterator[Problem]:
        wrong = list(list_problem("runtime.writable_paths", self.writable_paths, "folders"))
        yield from wrong
        if wrong:
            return
        for path in self.writable_paths:
            if not isinstance(path, str) or not PATH.fullmatch(path):
                yield Problem("runtime.writable_paths", "must hold absolute folders", path, 'for example "/var/cache"')
        yield from _once("runtime.writable_paths", "folder", self.writable_paths)


def _once(name: str, what: str, values: Sequence[object]) -> Iterator[Problem]:
    twice = [value for position, value in enumerate(values) if value in values[:position]]
    if twice:
        yield Problem(name, f"must hold each {what} once", twice[0])
