"""Run a long command and say every few seconds how far it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 10.0
"""Seconds between two lines."""


class Failed(Exception):  # noqa: N818  # the name reads as the sentence that it carries
    """A step of setup that cannot go on; its text is one sentence for the user."""


def say(sentence: str) -> None:
    print(f"groundplan: {sentence}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Finished:
    """How a watched command ended."""

    code: int | None
    """Exit status; `None` when its time was up."""

    tail: tuple[str, ...]
    """The last lines that it wrote."""

    def reason(self) -> str:
        """The last line that says something, for the end of a sentence."""
        if self.code is None:
            return "its time was up"
        return next((line.strip() for line in reversed(self.tail) if line.strip()), f"exit status {self.code}")


def watch(
    command: Sequence[str], describe: Callable[[str], str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, limit: float = 3600.0
) -> Finished:
    """Run the command; `describe(line)` takes each line that it writes and returns where it is; said at most every `INTERVAL` seconds.

    After `limit` seconds the command is ended with all its children.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    tail: deque[str] = deque(maxlen=20)
    status = [describe("")]

    def read() -> None:
        for line in process.stdout or ():
            tail.append(line.rstrip("\n"))
            status[0] = describe(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        code = _wait(process, status, limit)
    except BaseException:
        end(process)
        raise
    reader.join(timeout=5)
    return Finished(code, tuple(tail))


def _wait(process: subprocess.Popen[str], status: Sequence[str], limit: float) -> int | None:
    started = time.monotonic()
    while True:
        elapsed = time.monotonic() - started
        try:
            return process.wait(timeout=min(INTERVAL, max(limit - elapsed, 0.01)))
        except subprocess.TimeoutExpired:
            elapsed = time.monotonic() - started
            if elapsed >= limit:
                end(process)
                return None
            say(f"{status[0]}, {elapsed:.0f} s")


def end(process: subprocess.Popen[str]) -> None:
    """End the command and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
