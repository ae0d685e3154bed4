"""What a command costs: CPU-seconds of its whole process tree, and wall seconds."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
"""linux/prctl.h: processes that lose their parent become ours, so that their CPU is counted too."""


@dataclass(frozen=True)
class Cost:
    """One run."""

    cpu: float
    """Seconds, user and system, of the command and all that it started."""

    wall: float
    """Seconds until the command ended."""


def adopt() -> None:
    """Become the parent of whatever outlives its own, where the system can (Linux); elsewhere such processes go uncounted."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Cost:
    """The cost of one run; a command that fails ends the benchmark with its output."""
    before, started = _children(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=dict(env), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    wall = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {done.returncode}\n{done.stdout}{done.stderr}")
    _reap()
    return Cost(_children() - before, wall)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap() -> None:
    """Wait for adopted processes: only then does their CPU count."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
