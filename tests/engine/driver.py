"""Drives the real Pulumi engine on a sandbox of its own, and reads what it did from the engine's event log.

    def test_a_second_preview_shows_no_change(pulumi_program):
        stack = pulumi_program(ROOT, stack="dev", config={"groundplan:tier": "prod"})
        assert stack.up().changes == {"create": 12}
        assert stack.preview().unchanged

A source is the folder of a program (copied: the checkout stays as it is), the text of one, or a function whose body is one.
One sandbox serves all the commands of a `Program`, from the first command to `close`, which the fixture calls.
"""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

Source = Path | str | Callable[[], None]

BIN = Path(sys.prefix) / "bin"
HOLD = "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"
"""Keeps a sandbox open: says the environment that it gives, and ends with its input."""


@dataclass(frozen=True)
class Outcome:
    """What one command of the engine did."""

    code: int
    stdout: str
    stderr: str
    events: tuple[dict[str, Any], ...] = ()
    """The engine's own log, in order; each a dict with one event and its `timestamp`."""

    @property
    def output(self) -> str:
        """All that a user would have read."""
        return self.stdout + self.stderr

    @cached_property
    def steps(self) -> tuple[tuple[str, str, str], ...]:
        """(operation, type, logical name) of every step but `same`; the stack itself and providers left out."""
        metas = [event["resourcePreEvent"]["metadata"] for event in self.events if "resourcePreEvent" in event]
        return tuple(
            (m["op"], m["type"], m["urn"].rsplit("::", 1)[-1]) for m in metas if m["op"] not in {"same", "refresh"} and not m["type"].startswith("pulumi:")
        )

    @cached_property
    def changes(self) -> dict[str, int]:
        """How many resources each operation took; without `same`, the stack itself and providers."""
        return dict(Counter(operation for operation, _, _ in self.steps))

    @cached_property
    def summary(self) -> dict[str, int]:
        """The engine's own count by operation, the stack itself and `same` included."""
        return next((event["summaryEvent"]["resourceChanges"] or {} for event in reversed(self.events) if "summaryEvent" in event), {})

    @property
    def unchanged(self) -> bool:
        """The command succeeded and the engine counted nothing but resources that stay as they are."""
        return self.code == 0 and bool(self.summary) and set(self.summary) <= {"same"}

    @cached_property
    def errors(self) -> tuple[str, ...]:
        """The engine's error messages, without colour."""
        return self._messages("error")

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """The engine's warnings, without colour."""
        return self._messages("warning")

    def _messages(self, severity: str) -> tuple[str, ...]:
        found = (event["diagnosticEvent"] for event in self.events if "diagnosticEvent" in event)
        return tuple(_plain(diagnostic["message"]) for diagnostic in found if diagnostic["severity"] == severity)

    def ok(self) -> Outcome:
        """Itself where the command succeeded; else the test ends with what the user would have read."""
        if self.code != 0:
            raise AssertionError(f"exit status {self.code}\n{self.output}")
        return self


def _plain(message: str) -> str:
    """Without the engine's colour marks, such as <{%fg 1%}>."""
    while "<{%" in message:
        head, _, rest = message.partition("<{%")
        message = head + rest.partition("%}>")[2]
    return message.strip()


class Program:
    """A Pulumi program with its stack, on a sandbox of its own or, with `beside`, on another program's."""

    def __init__(self, source: Source, folder: Path, *, engine: Path, stack: str, config: Mapping[str, object], beside: Program | None = None) -> None:
        self.folder = folder / "program"
        self.stack = stack
        self.home = beside.home if beside else folder / "sandbox"
        self._engine = engine
        self._sandbox: subprocess.Popen[str] | None = None
        self._inside: dict[str, str] = {}
        self._selected = False
        _write(source, self.folder)
        self.configure(config)

    def configure(self, config: Mapping[str, object]) -> None:
        """Set keys of the stack's settings; `None` removes one."""
        path = self.folder / f"Pulumi.{self.stack}.yaml"
        settings = (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
        merged = {**(settings.get("config") or {}), **config}
        settings["config"] = {key: value for key, value in merged.items() if value is not None}
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def rewrite(self, source: Source) -> None:
        """The next version of the program, on the same stack."""
        _write(source, self.folder)

    def up(self, *flags: str, env: Mapping[str, str] | None = None) -> Outcome:
        return self._operate("up", "--yes", "--skip-preview", *flags, env=env)

    def preview(self, *flags: str, env: Mapping[str, str] | None = None) -> Outcome:
        return self._operate("preview", *flags, env=env)

    def refresh(self, *flags: str, env: Mapping[str, str] | None = None) -> Outcome:
        return self._operate("refresh", "--yes", "--skip-preview", *flags, env=env)

    def destroy(self, *flags: str, env: Mapping[str, str] | None = None) -> Outcome:
        return self._operate("destroy", "--yes", "--skip-preview", *flags, env=env)

    def export(self) -> dict[str, Any]:
        """The stack's state, secrets as the engine keeps them."""
        deployment: dict[str, Any] = json.loads(self.pulumi("stack", "export", "--stack", self.stack).ok().stdout)["deployment"]
        return deployment

    def resources(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the state holds, of one type or all."""
        return [resource for resource in self.export().get("resources", []) if kind is None or resource["type"] == kind]

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in clear."""
        values: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json", "--show-secrets", "--stack", self.stack).ok().stdout)
        return values

    def _operate(self, operation: str, *flags: str, env: Mapping[str, str] | None) -> Outcome:
        self._select()
        log = self.folder.parent / "events.jsonl"
        log.unlink(missing_ok=True)
        done = self.pulumi(
            operation,
            "--stack",
            self.stack,
            "--non-interactive",
            "--color",
            "never",
            "--event-log",
            str(log),
            *flags,
            env={**(env or {}), "PULUMI_DEBUG_COMMANDS": "true"},
        )
        events = tuple(json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()) if log.exists() else ()
        return Outcome(done.code, done.stdout, done.stderr, events)

    def _select(self) -> None:
        if not self._selected:
            self.pulumi("stack", "select", "--create", self.stack).ok()
            self._selected = True

    def pulumi(self, *arguments: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Any command of the engine, in the program's folder."""
        return self.command("pulumi", *arguments, env=env)

    def command(self, *command: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Any command inside the sandbox, in the program's folder."""
        inside = self._inside or self._open()
        return _outcome(command, self.folder, {**inside, **(env or {})})

    def sandbox(self, *arguments: str) -> Outcome:
        """The sandbox's own command line from outside: `ls --json`, `show <thing>`, `edit <thing> <property>=<value>`."""
        return _outcome([sys.executable, "-P", "-m", "sandbox", *arguments], self.folder, self._outside())

    def _outside(self) -> dict[str, str]:
        path = os.pathsep.join([str(BIN), str(self._engine), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "PATH": path, "GROUNDPLAN_SANDBOX": str(self.home)}

    def _open(self) -> dict[str, str]:
        self._sandbox = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandbox", "run", "--", sys.executable, "-c", HOLD],
            cwd=self.folder,
            env=self._outside(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._sandbox.stdout is None:
            raise AssertionError("the sandbox has no output")
        said = self._sandbox.stdout.readline()
        if not said:
            raise AssertionError(f"the sandbox did not start: exit status {self._sandbox.wait()}")
        self._inside = json.loads(said)
        return self._inside

    def close(self) -> None:
        """End the sandbox; its folder stays, and the next command opens it again."""
        if self._sandbox is not None:
            self._sandbox.communicate()
        self._sandbox, self._inside = None, {}


def _outcome(command: Sequence[str], folder: Path, env: dict[str, str]) -> Outcome:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


def _write(source: Source, folder: Path) -> None:
    """Put the program into the folder; of a checkout, only what lies at its top."""
    if isinstance(source, Path):
        whole = not (source / "components").is_dir()
        for path in sorted(source.iterdir()):
            if path.is_file() or (whole and path.is_dir() and not path.name.startswith(".")):
                folder.mkdir(exist_ok=True)
                shutil.copytree(path, folder / path.name, dirs_exist_ok=True) if path.is_dir() else shutil.copy(path, folder / path.name)
        if not (folder / ".venv").exists():
            (folder / ".venv").symlink_to(sys.prefix)  # a newer language host honours the project's `virtualenv: .venv`
        return
    folder.mkdir(exist_ok=True)
    if not (folder / "Pulumi.yaml").exists():
        (folder / "Pulumi.yaml").write_text("name: program\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(source if isinstance(source, str) else _body(source), encoding="utf-8")


def _body(function: Callable[[], None]) -> str:
    """A function's body as a program, and thus nothing of the test's module around it."""
    lines = inspect.getsource(function).splitlines()
    start = next(index for index, line in enumerate(lines) if line.rstrip().endswith(":") and "def " in "".join(lines[: index + 1]))
    return textwrap.dedent("\n".join(lines[start + 1 :])) + "\n"
