"""The programs that the operator starts: the engine and the sandbox, never imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

BIN = Path(sys.prefix) / "bin"
ENGINE = Path(sys.prefix) / "engine"
"""Where `make setup` links the engine's folder."""


def environment() -> dict[str, str]:
    """Ours, with this Python's programs and the engine first on PATH: the engine takes the first `python` that it finds there for the program's."""
    first = [str(folder) for folder in (BIN, ENGINE) if folder.is_dir()]
    rest = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder not in first]
    return {**os.environ, "PATH": os.pathsep.join([*first, *rest])}


def sandbox(arguments: Sequence[str]) -> list[str]:
    """The sandbox as a program; it is a house of its own, a sibling of this package in a checkout and in an installation alike."""
    sibling = (__package__ or "ops").removesuffix("ops") + "sandbox"
    return [sys.executable, "-P", "-m", sibling, *arguments]


def become(command: Sequence[str]) -> int:
    """Replace this process: signals, output and exit status are the command's own."""
    sys.stdout.flush()
    os.execvpe(command[0], list(command), environment())  # noqa: S606  # replacing the process is the point


def run(command: Sequence[str], folder: Path, extra: Mapping[str, str] | None = None) -> int:
    """Run to its end and return its exit status. While it runs, Ctrl-C is its business, and a request to end is passed on."""
    with subprocess.Popen(list(command), cwd=folder, env={**environment(), **(extra or {})}) as process:
        before = {
            signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
            signal.SIGTERM: signal.signal(signal.SIGTERM, lambda number, _frame: process.send_signal(number)),
        }
        try:
            status = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return status if status >= 0 else 128 - status
