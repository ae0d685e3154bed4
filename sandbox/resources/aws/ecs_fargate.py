"""The sizes that Fargate has, and what it refuses of a task definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .compute_checks import block, items
from .formats import text

SIZES: dict[int, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""CPU units to MiB of memory (Amazon ECS Developer Guide, "Fargate task definition considerations, Task CPU and memory")."""
_LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
_LONGEST_STOP = 120
"""Seconds that a container on Fargate has to stop (API reference, `stopTimeout`)."""
_LINUX = ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs")
"""Linux parameters that a task on Fargate cannot have."""
_CONTAINER = ("disableNetworking", "dnsSearchDomains", "dnsServers", "dockerSecurityOptions", "extraHosts", "hostname", "links", "privileged")
"""Container parameters that a task on Fargate cannot have."""


def cpu_units(value: object) -> int | None:
    """CPU units of `256`, `.25 vCPU`, `1vcpu`; None where it is neither."""
    return _amount(value, "vcpu")


def mebibytes(value: object) -> int | None:
    """MiB of `512`, `0.5 GB`, `2gb`; None where it is neither."""
    return _amount(value, "gb")


def _amount(value: object, unit: str) -> int | None:
    found = re.fullmatch(rf"\s*(\d*\.?\d+)\s*({unit})?\s*", text(value), re.IGNORECASE)
    if found is None or (not found[2] and not found[1].isdigit()):
        return None
    return int(float(found[1]) * 1024) if found[2] else int(found[1])


def flaws(inputs: dict[str, Any], containers: list[dict[str, Any]]) -> Iterator[str]:
    """Why ECS says that the task definition is none for Fargate."""
    yield from _task(inputs)
    for container in containers:
        yield from _container(container, text(inputs.get("executionRoleArn")))
    for volume in items(inputs.get("volumes")):
        if block(volume).get("hostPath"):
            yield "Fargate compatible task definitions do not support sourcePath"
        if block(volume).get("dockerVolumeConfiguration"):
            yield "Fargate compatible task definitions do not support dockerVolumeConfiguration"


def _task(inputs: dict[str, Any]) -> Iterator[str]:
    if inputs.get("networkMode") != "awsvpc":
        yield "Fargate only supports network mode \u2018awsvpc\u2019."
    for name in ("cpu", "memory"):
        if not inputs.get(name):
            yield f"Fargate requires that '{name}' be defined at the task level."
    cpu, memory = cpu_units(inputs.get("cpu")), mebibytes(inputs.get("memory"))
    if cpu is not None and memory is not None and memory not in SIZES.get(cpu, ()):
        yield f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values."
    if inputs.get("ipcMode"):
        yield "Tasks using the Fargate launch type do not support ipcMode."
    if inputs.get("pidMode") == "host":
        yield "Tasks using the Fargate launch type do not support pidMode 'host'."
    if items(inputs.get("placementConstraints")):
        yield "Fargate compatible task definitions do not support placementConstraints"
    platform = block(inputs.get("runtimePlatform"))
    if platform.get("cpuArchitecture") == "ARM64" and text(platform.get("operatingSystemFamily")).startswith("WINDOWS"):
        yield "The CPU architecture ARM64 is not supported for the operating system family " + text(platform.get("operatingSystemFamily"))


def _container(container: dict[str, Any], role: str) -> Iterator[str]:
    for name in _linux_and_own(container):
        yield f"Fargate compatible task definitions do not support {name}"
    added = [one for one in items(block(block(container.get("linuxParameters")).get("capabilities")).get("add")) if one != "SYS_PTRACE"]
    if added:
        yield f"Fargate compatible task definitions only support adding kernel capability SYS_PTRACE, got {', '.join(added)}"
    stop = container.get("stopTimeout")
    if isinstance(stop, int) and stop > _LONGEST_STOP:
        yield f"Invalid 'stopTimeout' setting for container '{container.get('name')}'. Tasks on Fargate support at most {_LONGEST_STOP} seconds."
    yield from _logs(block(container.get("logConfiguration")), role)
    if not role and ".dkr.ecr." in text(container.get("image")):
        yield "Fargate requires task definition to have execution role ARN to support ECR images."


def _linux_and_own(container: dict[str, Any]) -> Iterator[str]:
    """The parameters of a container, and of Linux in it, that Fargate has not."""
    linux = block(container.get("linuxParameters"))
    yield from (name for name in _LINUX if linux.get(name))
    yield from (name for name in _CONTAINER if container.get(name))
    yield from (f"the ulimit {block(limit).get('name')}" for limit in items(container.get("ulimits")) if block(limit).get("name") != "nofile")


def _logs(logs: dict[str, Any], role: str) -> Iterator[str]:
    driver = logs.get("logDriver")
    if driver is None:
        return
    if driver not in _LOG_DRIVERS:
        yield f"Fargate compatible task definitions do not support log driver {driver}"
    elif driver == "awslogs":
        if not role:
            yield "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        if not block(logs.get("options")).get("awslogs-stream-prefix"):
            yield "Fargate requires the option awslogs-stream-prefix of log driver awslogs."
