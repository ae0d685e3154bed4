"""What Fargate has: sizes of tasks, and the variables that it sets itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from .._core.errors import Problem

MEMORY: Mapping[float, Sequence[int]] = {
    0.25: (512, 1024, 2048),
    0.5: range(1024, 4096 + 1, 1024),
    1: range(2048, 8192 + 1, 1024),
    2: range(4096, 16384 + 1, 1024),
    4: range(8192, 30720 + 1, 1024),
    8: range(16384, 61440 + 1, 4096),
    16: range(32768, 122880 + 1, 8192),
}
"""CPUs → MiB (Amazon ECS developer guide, task CPU and memory)."""

UNITS = 1024
"""CPU units in one CPU."""

SET_BY_ECS = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EXECUTION_ENV", "ECS_AGENT_URI", "ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4")
"""Variables that ECS puts into each container on Fargate; the SDKs find the task's role by the first."""
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Variables that the SDKs believe before the task's role."""


def size_problems(cpu: object, memory: object) -> Iterator[Problem]:
    """A task size that Fargate does not have; the remedy names the nearest."""
    if not isinstance(cpu, (int, float)) or isinstance(cpu, bool) or cpu not in MEMORY:
        yield Problem("cpu", "must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate", cpu, _nearest(cpu, tuple(MEMORY)))
        return
    sizes = MEMORY[cpu]
    if not isinstance(memory, int) or isinstance(memory, bool):
        yield Problem("memory_mib", f"must be {sizes[0]} to {sizes[-1]} with {cpu:g} CPU on Fargate", memory)
    elif memory not in sizes:
        elsewhere = [f"{other:g}" for other, offered in MEMORY.items() if memory in offered]
        also = f", or cpu={_either(elsewhere)}" if elsewhere else ""
        yield Problem("memory_mib", f"must be a size that Fargate has with {cpu:g} CPU", memory, f"{_nearest(memory, sizes)}{also}")


def fitting_memory(cpu: object, memory: int) -> int:
    """The least that Fargate has with the CPU and that is not less than so much memory; its most where all are less."""
    if not isinstance(cpu, (int, float)) or cpu not in MEMORY:
        return memory
    return next((size for size in MEMORY[cpu] if size >= memory), MEMORY[cpu][-1])


def variable_problems(field: str, names: Iterable[str]) -> Iterator[Problem]:
    """Variables that would hide what ECS sets, or the service's own identity."""
    for name in names:
        if name in SET_BY_ECS:
            yield Problem(field, "must not set what ECS sets", name, "read it instead")
        elif name in KEYS:
            yield Problem(field, "must not carry a key of AWS", name, "the service has a role: connect(…) gives it rights")


def _nearest(value: object, sizes: Sequence[float]) -> str:
    if not isinstance(value, (int, float)):
        return ""
    around = [*[size for size in sizes if size < value][-1:], *[size for size in sizes if size > value][:1]]
    found = _either([f"{size:g}" if isinstance(size, float) else str(size) for size in around])
    return f"the nearest {'is' if len(around) == 1 else 'are'} {found.replace(' or ', ' and ')}"


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
