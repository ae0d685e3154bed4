"""What Cloud Run refuses of a container by itself: its size, its variables, its ports, probes and mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Properties
from .names import text

Violation = tuple[str, str]
"""A field's path and what is wrong with it."""

MIB = 1024 * 1024
_UNITS = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3, "Ki": 1024, "Mi": MIB, "Gi": 1024 * MIB}
_QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)(|k|M|G|Ki|Mi|Gi)$")
_CPU = re.compile(r"^(?:(\d+)m|(\d+(?:\.\d+)?))$")
_WHOLE_CPUS = {1.0: (128, 4096), 2.0: (128, 8192), 4.0: (2048, 16384), 6.0: (4096, 24576), 8.0: (4096, 32768)}
"""CPUs → least and most MiB (cloud.google.com/run/docs/configuring/services/memory-limits)."""
_SECOND_GENERATION_MIB = 512
_LEAST_CPU = 0.08
_PARTS = ((0.5, 512), (1.0, 1024))
"""Below so many CPUs, at most so many MiB."""
_RESERVED = frozenset({"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION", "CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION", "CLOUD_RUN_TASK_INDEX"})
_IMAGE = re.compile(
    r"^(?:(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)/)?(?P<path>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)
_HOSTS = re.compile(r"^(?:[a-z-]+\.)?gcr\.io$|^(?:[a-z0-9-]+-)?docker\.pkg\.dev$|^(?:index\.)?docker\.io$")
_PROBES = {"startupProbe": ("startup_probe", 240, 240), "livenessProbe": ("liveness_probe", 3600, 3600), "readinessProbe": ("readiness_probe", 300, 300)}
"""Longest period and timeout in seconds (provider documentation of the probes)."""
_STARTUP_SECONDS = 240
_PORT = (1, 65535)


def cpus(value: object) -> float | None:
    """1.0 of `1` and of `1000m`."""
    found = _CPU.match(str(value))
    if found is None:
        return None
    return int(found[1]) / 1000 if found[1] else float(found[2])


def mebibytes(value: object) -> float | None:
    """512.0 of `512Mi`."""
    found = _QUANTITY.match(str(value))
    return float(found[1]) * _UNITS[found[2]] / MIB if found else None


def image_parts(image: object) -> re.Match[str] | None:
    """Host, path, tag and digest of a reference to an image."""
    return _IMAGE.match(text(image))


def size(path: str, containers: list[Properties], template: Properties) -> Iterator[Violation]:
    """The containers of an instance together are of a size that exists."""
    second = template.get("executionEnvironment") == "EXECUTION_ENVIRONMENT_GEN2"
    total_cpu = total_mib = 0.0
    for index, container in enumerate(containers):
        limits = (container.get("resources") or {}).get("limits") or {}
        cpu, mib = cpus(limits.get("cpu", "1")), mebibytes(limits.get("memory", "512Mi"))
        where = f"{path}.containers[{index}].resources.limits"
        if cpu is None:
            yield f"{where}.cpu", f"quantities must match the regular expression '^([0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', got '{limits.get('cpu')}'"
            return
        if mib is None:
            yield f"{where}.memory", f"quantities must match the regular expression '^([0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', got '{limits.get('memory')}'"
            return
        total_cpu, total_mib = total_cpu + cpu, total_mib + mib
    where = f"{path}.containers[0].resources.limits"
    yield from _cpu(f"{where}.cpu", total_cpu, template, several=len(containers) > 1, second=second)
    yield from _memory(f"{where}.memory", total_cpu, total_mib, second=second)


def _cpu(where: str, cpu: float, template: Properties, *, several: bool, second: bool) -> Iterator[Violation]:
    wrong = "Invalid value specified for cpu. "
    if cpu < _LEAST_CPU or cpu > max(_WHOLE_CPUS) or (cpu > 1 and cpu not in _WHOLE_CPUS and not several):
        yield where, f"{wrong}Cpu must be 1, 2, 4, 6 or 8, or between {_LEAST_CPU} and 1, got {cpu:g}."
    if cpu >= 1:
        return
    if (template.get("maxInstanceRequestConcurrency") or 1) > 1:
        yield where, f"{wrong}Total cpu < 1 is not supported with concurrency > 1."
    if second:
        yield where, f"{wrong}Total cpu < 1 is not supported with gen2 execution environment."
    if any((container.get("resources") or {}).get("cpuIdle") is False for container in template.get("containers") or ()):
        yield where, f"{wrong}Total cpu < 1 is not supported with cpu always allocated."


def _memory(where: str, cpu: float, mib: float, *, second: bool) -> Iterator[Violation]:
    whole = min((count for count in _WHOLE_CPUS if count >= cpu), default=None)
    if whole is None:
        return
    low, high = _WHOLE_CPUS[whole]
    if cpu < 1:
        high = next(most for part, most in _PARTS if cpu < part)
    low = max(low, _SECOND_GENERATION_MIB) if second else low
    if not low <= mib <= high:
        generation = " with gen2 execution environment" if second else ""
        yield where, f"Invalid value specified for memory{generation}. For {float(cpu)} CPU, memory must be between {_text(low)} and {_text(high)} inclusive."


def _text(mib: int) -> str:
    return f"{mib // 1024}Gi" if mib % 1024 == 0 else f"{mib}Mi"


def container(path: str, one: Properties, volumes: frozenset[str]) -> Iterator[Violation]:
    """One container."""
    yield from _image(f"{path}.image", one.get("image"))
    yield from _variables(path, one.get("envs") or [])
    port = (one.get("ports") or {}).get("containerPort")
    low, high = _PORT
    if isinstance(port, int) and not low <= port <= high:
        yield f"{path}.ports.container_port", f"must be between {low} and {high}, got {port}"
    if (one.get("ports") or {}).get("name") not in {None, "", "http1", "h2c"}:
        yield f"{path}.ports.name", 'Port name must be one of the following: "h2c", "http1", or empty.'
    for name, limits in _PROBES.items():
        if isinstance(one.get(name), dict):
            yield from _probe(path, one[name], limits)
    for index, mount in enumerate(one.get("volumeMounts") or []):
        if mount.get("name") not in volumes:
            yield f"{path}.volume_mounts[{index}].name", f"volume mount '{mount.get('name')}' does not match any volume in the template"
        if not text(mount.get("mountPath")).startswith("/") and not text(mount.get("name")).startswith("cloudsql"):
            yield f"{path}.volume_mounts[{index}].mount_path", f"must be an absolute path, got '{mount.get('mountPath')}'"


def _image(path: str, image: object) -> Iterator[Violation]:
    parts = image_parts(image)
    if parts is None or (parts["host"] and not _HOSTS.match(parts["host"])):
        yield (
            path,
            (
                "Expected an image path like [host/]repo-path[:tag and/or @digest], where host is one of [region.]gcr.io, [region-]docker.pkg.dev or docker.io "
                f"but obtained {image}. To deploy container images from other public or private registries, set up an Artifact Registry remote repository."
            ),
        )


def _variables(path: str, variables: list[Properties]) -> Iterator[Violation]:
    names = [text(variable.get("name")) for variable in variables]
    reserved = [name for name in names if name in _RESERVED]
    if reserved:
        yield f"{path}.env", f"The following reserved env names were provided: {', '.join(reserved)}. These values are automatically set by the system."
    for index, (name, variable) in enumerate(zip(names, variables, strict=True)):
        where = f"{path}.env[{index}]"
        if not name or "=" in name or name.startswith("X_GOOGLE_"):
            yield f"{where}.name", f"Invalid environment variable name '{name}'"
        if name in names[:index]:
            yield f"{where}.name", f"Duplicate environment variable name '{name}'"
        if variable.get("value") and variable.get("valueSource"):
            yield where, "only one of value and value_source can be set"


def _probe(path: str, probe: Properties, limits: tuple[str, int, int]) -> Iterator[Violation]:
    name, longest_period, longest_timeout = limits
    period, timeout, failures = (probe.get(key, default) for key, default in (("periodSeconds", 10), ("timeoutSeconds", 1), ("failureThreshold", 3)))
    where = f"{path}.{name}"
    if not 1 <= period <= longest_period:
        yield f"{where}.period_seconds", f"must be between 1 and {longest_period}, got {period}"
    if not 1 <= timeout <= min(longest_timeout, period):
        yield f"{where}.timeout_seconds", f"must be between 1 and period_seconds ({period}), got {timeout}"
    if name == "startup_probe" and period * failures > _STARTUP_SECONDS:
        yield f"{where}.failure_threshold", f"failure_threshold * period_seconds must be at most {_STARTUP_SECONDS}, got {period * failures}"
    said = [kind for kind in ("httpGet", "tcpSocket", "grpc") if probe.get(kind) is not None]
    if len(said) > 1:
        yield where, f"only one of http_get, tcp_socket and grpc can be set, got {', '.join(said)}"
    if name != "startup_probe" and "tcpSocket" in said:
        yield where, "tcp_socket is not supported"
