"""The engine's locks on a stack, where the engine that took them was killed."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

KILLED = (
    "groundplan sandbox: an earlier command was killed. Where this one finds that something exists already, it was made in that moment and no state knows it: "
    "`groundplan sandbox rm <id>` deletes it, `groundplan sandbox reset` everything.\n"
)


def drop_stale(home: Path) -> bool:
    """Removes each lock whose process is gone from this machine: the engine leaves it for ever, and every later command fails on it. Whether there was one."""
    found = False
    for lock in (home / "state" / ".pulumi" / "locks").rglob("*.json"):
        try:
            held = json.loads(lock.read_text(encoding="utf-8"))
            stale = held["hostname"] == socket.gethostname() and not _lives(int(held["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # another command has just released it, or it is none of the engine's
        if stale:
            lock.unlink(missing_ok=True)
            found = True
    return found


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_unreaped(pid)


def _is_unreaped(pid: int) -> bool:
    """Whether the process has ended and only its parent has not asked how: where /proc tells, it does nothing any more."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return False
    return after_name.split()[:1] == ["Z"]
