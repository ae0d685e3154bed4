"""Keeps the committed stack files as they were: no salt that the sandbox's engine writes into them stays there."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import re
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")
_SALT = re.compile(rb"^encryptionsalt:.*\n?", re.MULTILINE)
_SECURE = re.compile(rb"^\s*(-\s+)?\"?secure\"?:", re.MULTILINE)


@contextmanager
def kept_clean(home: Path, projects: Sequence[Path]) -> Iterator[None]:
    """Remembers the stack files, and puts right what the engine did to them; also after a run that was killed, at the next one's start.

    Several commands may run at once in one sandbox: the first remembers, the last forgets.
    """
    with _memory(home) as memory:
        if not _alive(memory["holders"]):
            _restore(memory["files"])
            memory["files"] = {}
        for project in projects:
            memory["files"].setdefault(str(project), _read(project))
        memory["holders"] = [*_alive(memory["holders"]), os.getpid()]
    try:
        yield
    finally:
        with _memory(home) as memory:
            memory["holders"] = [pid for pid in _alive(memory["holders"]) if pid != os.getpid()]
            if not memory["holders"]:
                _restore(memory["files"])
                memory["files"] = {}


def in_use(home: Path) -> bool:
    """Whether a command runs in this sandbox."""
    with _memory(home) as memory:
        return bool(_alive(memory["holders"]))


@contextmanager
def _memory(home: Path) -> Iterator[dict[str, Any]]:
    """What is remembered, for one process at a time."""
    path = home / "stackfiles.json"
    with (home / "stackfiles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        memory: dict[str, Any] = {"holders": [], "files": {}}
        with suppress(FileNotFoundError, json.JSONDecodeError):
            memory |= json.loads(path.read_bytes())
        yield memory
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(memory), encoding="utf-8")
        fresh.replace(path)


def _alive(pids: Sequence[int]) -> list[int]:
    alive = []
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            alive.append(pid)
    return alive


def _read(project: Path) -> dict[str, str]:
    return {path.name: base64.b64encode(path.read_bytes()).decode() for path in _stack_files(project)}


def _stack_files(project: Path) -> list[Path]:
    return sorted(path for pattern in ("Pulumi.*.yaml", "Pulumi.*.yml") for path in project.glob(pattern) if path.is_file())


def _restore(projects: dict[str, dict[str, str]]) -> None:
    for folder, files in projects.items():
        for path in _stack_files(Path(folder)):
            kept = files.get(path.name)
            original = None if kept is None else base64.b64decode(kept)
            now = path.read_bytes()
            restored = cleaned(original, now)
            if restored is None:
                path.unlink()
            elif restored != now:
                path.write_bytes(restored)


def cleaned(original: bytes | None, now: bytes) -> bytes | None:
    """What a stack file should hold after the sandbox; None: it should not be there.

    A salt that no secure value needs is the engine's doing, everything else the user's.
    """
    if now == original or _SECURE.search(now):
        return now
    before, after = _without_keys(original or b""), _without_keys(now)
    if before == after:
        return original
    if original is None or b"encryptionsalt:" not in original:
        return _SALT.sub(b"", now)
    return now


def _without_keys(text: bytes) -> dict[str, Any]:
    import yaml

    content = yaml.safe_load(text) or {}
    rest = {key: value for key, value in content.items() if key not in _KEYS} if isinstance(content, dict) else {"": content}
    return {key: value for key, value in rest.items() if value not in (None, {})}
