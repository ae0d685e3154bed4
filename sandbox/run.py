"""Runs a command inside the sandbox: the providers answer from this process for as long as the command lives."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import environment, folder, guard, locks, stackfiles
from .errors import UsageError
from .resources import PACKAGES
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType


def run(command: Sequence[str]) -> int:
    """The command's own exit status; 128 and the signal's number where a signal ended it."""
    here = Path.cwd()
    if _is_inside():
        return _replace(command)
    home = folder.sandbox_folder(here)
    guard.refuse_other_backends(command, here, os.environ, home)
    folder.create(home)
    if locks.drop_stale(home):
        sys.stderr.write(locks.KILLED)
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from .server import Server

    server = Server(home, PACKAGES, Store(home / "sandbox.db"))
    server.start()
    try:
        with stackfiles.kept_clean(home, guard.project_folders(command, here)):
            return _wait(command, environment.prepared(os.environ, home, server.ports), server.load)
    finally:
        server.stop()


def _is_inside() -> bool:
    """Whether this is a sandbox already, with a server that lives."""
    providers = os.environ.get(environment.ACTIVE, "")
    port = providers.split(",")[0].rpartition(":")[2]
    if not port.isdigit():
        return False
    with suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), timeout=1):
        return True
    return False


def _replace(command: Sequence[str]) -> int:
    try:
        os.execvp(command[0], list(command))  # noqa: S606  the user's own command
    except OSError as error:
        raise UsageError(_cannot_start(command[0], error)) from error


def _wait(command: Sequence[str], inside: dict[str, str], load: Callable[[], object]) -> int:
    signals = _Signals()
    with signals:
        try:
            child = subprocess.Popen(list(command), env=inside)
        except OSError as error:
            raise UsageError(_cannot_start(command[0], error)) from error
        signals.child = child
        with suppress(Exception):  # whoever asks the server will be told
            load()
        status = child.wait()
    return status if status >= 0 else 128 - status


def _cannot_start(program: str, error: OSError) -> str:
    return f"cannot run {program}: {error.strerror}"


class _Signals:
    """While the command runs, signals are its business: what a terminal sends to all of its group is not sent on a second time."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._pass)

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _pass(self, number: int, _frame: FrameType | None) -> None:
        if self.child is not None and not (number in {signal.SIGINT, signal.SIGHUP} and _in_foreground()):
            with suppress(ProcessLookupError):
                self.child.send_signal(number)


def _in_foreground() -> bool:
    """Whether a terminal's keys reach this process, and thus the command in the same group too."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
