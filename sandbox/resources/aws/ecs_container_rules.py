"""What ECS refuses of the containers of a task definition, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .compute_checks import block, items
from .ecs_containers import is_name
from .ecs_fargate import cpu_units, mebibytes
from .formats import text

_HEALTH = {"interval": (5, 300), "timeout": (2, 120), "retries": (1, 10), "startPeriod": (0, 300)}
"""Ranges of a container's health check in seconds, retries in number (API reference, `HealthCheck`)."""
_CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
_HIGHEST_PORT = 65535
_SMALLEST_MEMORY = 6
"""MiB (API reference, `ContainerDefinition.memory`)."""


def flaws(inputs: dict[str, Any], containers: list[dict[str, Any]]) -> Iterator[str]:
    """Why ECS refuses the containers, in its words."""
    if not containers:
        yield "Container list cannot be empty."
        return
    names = [text(container.get("name")) for container in containers]
    for name, container in zip(names, containers, strict=True):
        yield from _named(name, container)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"Container.name must be unique: the name '{name}' is used more than once."
    if not any(container.get("essential", True) for container in containers):
        yield "At least one container of the task definition must be essential."
    for container in containers:
        yield from _ports(inputs, container)
        yield from _sizes(inputs, container)
        yield from _secrets(inputs, container)
        yield from _health(container)
        yield from _logs(block(container.get("logConfiguration")))
        yield from _mounts(inputs, container, names)
        yield from _dependencies(container, containers)
    yield from _sums(inputs, containers)


def _named(name: str, container: dict[str, Any]) -> Iterator[str]:
    if not name:
        yield "Container.name should not be null or empty."
    elif not is_name(name):
        yield "Container.name contains invalid characters."
    if not container.get("image"):
        yield "Container.image should not be null or empty."


def _ports(inputs: dict[str, Any], container: dict[str, Any]) -> Iterator[str]:
    seen: set[tuple[object, str]] = set()
    for mapping in items(container.get("portMappings")):
        port, host = mapping.get("containerPort"), mapping.get("hostPort")
        protocol = mapping.get("protocol") or "tcp"
        if protocol not in {"tcp", "udp"}:
            yield f"Invalid 'protocol' setting for container '{container.get('name')}': {protocol}"
        for number in (port, host):
            if isinstance(number, int) and not 0 <= number <= _HIGHEST_PORT:
                yield f"Invalid 'port' setting for container '{container.get('name')}': {number}"
        if inputs.get("networkMode") == "awsvpc" and host is not None and host != port:
            yield "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
        if (port, protocol) in seen:
            yield f"Container '{container.get('name')}' maps the container port {port}/{protocol} more than once."
        seen.add((port, protocol))


def _sizes(inputs: dict[str, Any], container: dict[str, Any]) -> Iterator[str]:
    name, hard, soft = container.get("name"), container.get("memory"), container.get("memoryReservation")
    whole = mebibytes(inputs.get("memory"))
    if whole is None and hard is None and soft is None:
        yield f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
    for key, value in (("memory", hard), ("memoryReservation", soft)):
        if isinstance(value, int) and value < _SMALLEST_MEMORY:
            yield f"Invalid setting for container '{name}'. '{key}' must be at least {_SMALLEST_MEMORY} MiB."
        if isinstance(value, int) and whole is not None and value > whole:
            yield f"The '{key}' setting for container '{name}' is greater than for the task."
    if isinstance(hard, int) and isinstance(soft, int) and soft > hard:
        yield f"Invalid setting for container '{name}'. 'memoryReservation' must be less than 'memory'."


def _sums(inputs: dict[str, Any], containers: list[dict[str, Any]]) -> Iterator[str]:
    whole = cpu_units(inputs.get("cpu"))
    total = sum(container["cpu"] for container in containers if isinstance(container.get("cpu"), int))
    if whole is not None and total > whole:
        yield f"The sum of the 'cpu' settings of all containers, {total}, is greater than for the task, {whole}."


def _secrets(inputs: dict[str, Any], container: dict[str, Any]) -> Iterator[str]:
    secrets = items(container.get("secrets"))
    if (secrets or container.get("repositoryCredentials")) and not inputs.get("executionRoleArn"):
        yield "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    taken = {text(pair.get("name")) for pair in items(container.get("environment"))}
    for secret in secrets:
        name = text(secret.get("name"))
        if not name or not text(secret.get("valueFrom")):
            yield "Secret.name and Secret.valueFrom should not be null or empty."
        if name in taken:
            yield (f"The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '{name}'.")
        taken.add(name)


def _health(container: dict[str, Any]) -> Iterator[str]:
    check = container.get("healthCheck")
    if not isinstance(check, dict):
        return
    command = items(check.get("command"))
    if not command or command[0] not in {"CMD", "CMD-SHELL", "NONE"}:
        yield f"The health check command of container '{container.get('name')}' must start with CMD, CMD-SHELL or NONE."
    for key, (low, high) in _HEALTH.items():
        value = check.get(key)
        if isinstance(value, int) and not low <= value <= high:
            yield f"Invalid '{key}' setting for the health check of container '{container.get('name')}': {value} is not between {low} and {high}."


def _logs(logs: dict[str, Any]) -> Iterator[str]:
    options = block(logs.get("options"))
    if logs.get("logDriver") == "awslogs" and not (options.get("awslogs-group") and options.get("awslogs-region")):
        yield "Log driver awslogs requires options: awslogs-region, awslogs-group"


def _mounts(inputs: dict[str, Any], container: dict[str, Any], names: list[str]) -> Iterator[str]:
    volumes = {text(block(volume).get("name")) for volume in items(inputs.get("volumes"))}
    for mount in items(container.get("mountPoints")):
        if text(mount.get("sourceVolume")) not in volumes:
            yield f"Unknown volume '{text(mount.get('sourceVolume'))}'."
        if not text(mount.get("containerPath")).startswith("/"):
            yield f"Invalid 'containerPath' setting for container '{container.get('name')}': '{text(mount.get('containerPath'))}'"
    for source in items(container.get("volumesFrom")):
        if source.get("sourceContainer") not in names:
            yield f"Invalid 'volumesFrom' setting. Unknown container: '{source.get('sourceContainer')}'."


def _dependencies(container: dict[str, Any], containers: list[dict[str, Any]]) -> Iterator[str]:
    others = {one.get("name"): one for one in containers}
    for dependency in items(container.get("dependsOn")):
        name, condition = dependency.get("containerName"), dependency.get("condition")
        if name not in others:
            yield f"Container '{container.get('name')}' depends on an unknown container '{name}'."
            continue
        if condition not in _CONDITIONS:
            yield f"Invalid 'condition' setting of a dependency: {condition}"
        if condition == "HEALTHY" and not others[name].get("healthCheck"):
            yield f"Container '{name}' is depended on for its health, and has no health check."
        if condition in {"COMPLETE", "SUCCESS"} and others[name].get("essential", True):
            yield f"The container '{name}' is essential: nothing can wait until it is complete."
    if container.get("name") in _reached(container, others):
        yield "The container dependencies have a cycle."


def _reached(container: dict[str, Any], others: dict[Any, dict[str, Any]]) -> set[object]:
    """The names of all that a container depends on, however far away."""
    found: set[object] = set()
    waiting = [container]
    while waiting:
        for dependency in items(waiting.pop().get("dependsOn")):
            name = dependency.get("containerName")
            if name in others and name not in found:
                found.add(name)
                waiting.append(others[name])
    return found
