"""Container definitions: the JSON that a task definition takes, its keys and their types, and the form in which ECS gives it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Shape = str | dict[str, Any] | list[Any]

_PAIR = {"name": "string", "value": "string"}
_SECRET = {"name": "string", "valueFrom": "string"}
_LINUX: Shape = {
    "capabilities": {"add": ["string"], "drop": ["string"]},
    "devices": [{"containerPath": "string", "hostPath": "string", "permissions": ["string"]}],
    "initProcessEnabled": "bool",
    "maxSwap": "int32",
    "sharedMemorySize": "int32",
    "swappiness": "int32",
    "tmpfs": [{"containerPath": "string", "mountOptions": ["string"], "size": "int32"}],
}
_PORT: Shape = {"appProtocol": "string", "containerPort": "int32", "containerPortRange": "string", "hostPort": "int32", "name": "string", "protocol": "string"}
KEYS: dict[str, Shape] = {
    "command": ["string"],
    "cpu": "int32",
    "credentialSpecs": ["string"],
    "dependsOn": [{"condition": "string", "containerName": "string"}],
    "disableNetworking": "bool",
    "dnsSearchDomains": ["string"],
    "dnsServers": ["string"],
    "dockerLabels": {"": "string"},
    "dockerSecurityOptions": ["string"],
    "entryPoint": ["string"],
    "environment": [_PAIR],
    "environmentFiles": [{"type": "string", "value": "string"}],
    "essential": "bool",
    "extraHosts": [{"hostname": "string", "ipAddress": "string"}],
    "firelensConfiguration": {"options": {"": "string"}, "type": "string"},
    "healthCheck": {"command": ["string"], "interval": "int32", "retries": "int32", "startPeriod": "int32", "timeout": "int32"},
    "hostname": "string",
    "image": "string",
    "interactive": "bool",
    "links": ["string"],
    "linuxParameters": _LINUX,
    "logConfiguration": {"logDriver": "string", "options": {"": "string"}, "secretOptions": [_SECRET]},
    "memory": "int32",
    "memoryReservation": "int32",
    "mountPoints": [{"containerPath": "string", "readOnly": "bool", "sourceVolume": "string"}],
    "name": "string",
    "portMappings": [_PORT],
    "privileged": "bool",
    "pseudoTerminal": "bool",
    "readonlyRootFilesystem": "bool",
    "repositoryCredentials": {"credentialsParameter": "string"},
    "resourceRequirements": [{"type": "string", "value": "string"}],
    "restartPolicy": {"enabled": "bool", "ignoredExitCodes": ["int32"], "restartAttemptPeriod": "int32"},
    "secrets": [_SECRET],
    "startTimeout": "int32",
    "stopTimeout": "int32",
    "systemControls": [{"namespace": "string", "value": "string"}],
    "ulimits": [{"hardLimit": "int32", "name": "string", "softLimit": "int32"}],
    "user": "string",
    "versionConsistency": "string",
    "volumesFrom": [{"readOnly": "bool", "sourceContainer": "string"}],
    "workingDirectory": "string",
}
"""What a container definition holds (API reference, `ContainerDefinition`); a list holds its one item's shape, an object under "" any key."""
_GIVEN_BACK: dict[str, Any] = {"cpu": 0, "environment": [], "essential": True, "mountPoints": [], "portMappings": [], "systemControls": [], "volumesFrom": []}
"""What ECS answers where a definition says nothing."""


def read(value: object) -> list[dict[str, Any]]:
    """The definitions of a JSON text, keys spelled as the API does; none where it is not known or not legal."""
    return _parse(value)[0] if isinstance(value, str) else []


def flaw(value: object) -> str | None:
    """Why the provider refuses the JSON text; None where it takes it."""
    return _parse(value)[1] if isinstance(value, str) else None


def normalised(value: str) -> str:
    """The text as the provider's state has it: ECS's own defaults filled in, environment in order, keys in order."""
    return json.dumps([_answered(container) for container in read(value)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _parse(text: str) -> tuple[list[dict[str, Any]], str | None]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        return [], f"invalid JSON: {error.msg} at byte offset {error.pos}"
    if not isinstance(found, list):
        return [], f"json: cannot unmarshal {_kind(found)} into Go value of type []types.ContainerDefinition"
    definitions: list[dict[str, Any]] = []
    for index, one in enumerate(found):
        if not isinstance(one, dict):
            return [], f"json: cannot unmarshal {_kind(one)} into Go value of type types.ContainerDefinition"
        if not one:
            return [], f"invalid container definition supplied at index ({index})"
        wrong = next(_flaws(one, KEYS, "ContainerDefinition"), None)
        if wrong is not None:
            return [], wrong
        definitions.append(_spelled(one, KEYS))
    return definitions, None


def _flaws(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if value is None:
        return
    if isinstance(shape, str):
        if not _fits(value, shape):
            yield f"json: cannot unmarshal {_kind(value)} into Go struct field {path} of type {shape}"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"json: cannot unmarshal {_kind(value)} into Go struct field {path} of type []{shape[0] if isinstance(shape[0], str) else 'types'}"
            return
        for item in value:
            yield from _flaws(item, shape[0], path)
    elif not isinstance(value, dict):
        yield f"json: cannot unmarshal {_kind(value)} into Go struct field {path} of type {'map[string]string' if '' in shape else 'types'}"
    else:
        for key, item in value.items():
            known = shape.get("") or shape.get(_spelling(key, shape))
            if known is None:
                yield f'json: unknown field "{key}" in {path}'
            else:
                yield from _flaws(item, known, f"{path}.{key[:1].upper()}{key[1:]}")


def _fits(value: Any, shape: str) -> bool:
    if shape == "bool":
        return isinstance(value, bool)
    if shape == "int32":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def _kind(value: Any) -> str:
    names = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _spelling(key: str, shape: dict[str, Any]) -> str:
    """The key as the API spells it: the decoder takes any case."""
    return next((known for known in shape if known.lower() == key.lower()), key)


def _spelled(value: Any, shape: Shape) -> Any:
    if isinstance(shape, list) and isinstance(value, list):
        return [_spelled(item, shape[0]) for item in value]
    if isinstance(shape, dict) and isinstance(value, dict):
        if "" in shape:
            return dict(value)
        return {_spelling(key, shape): _spelled(item, shape[_spelling(key, shape)]) for key, item in value.items() if item is not None}
    return value


def _answered(container: dict[str, Any]) -> dict[str, Any]:
    full = {**_GIVEN_BACK, **container}
    full["portMappings"] = [_port(mapping) for mapping in full["portMappings"]]
    full["environment"] = sorted(full["environment"], key=lambda pair: str(pair.get("name")))
    return {key: value for key, value in full.items() if value not in ("", None, {}) and (value != [] or key in _GIVEN_BACK)}


def _port(mapping: dict[str, Any]) -> dict[str, Any]:
    port = mapping.get("containerPort")
    return {"protocol": "tcp", **({"hostPort": port} if port is not None else {}), **mapping}


def bytes_of(inputs: dict[str, Any]) -> int:
    """How long the request is that registers the task definition."""
    return len(
        json.dumps({key: read(value) if key == "containerDefinitions" else value for key, value in inputs.items()}, default=str, separators=(",", ":")).encode()
    )


def is_name(value: object) -> bool:
    """Whether a container may have this name (API reference: up to 255 letters, digits, underscores and hyphens)."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,255}", value) is not None
