"""A Pulumi project with a sandbox of its own, and commands run in it as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """A folder with a Pulumi project and its sandbox."""

    folder: Path
    path: str
    """What PATH is."""

    @property
    def home(self) -> Path:
        return self.folder / ".groundplan"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "GROUNDPLAN_SANDBOX"))}
        own["GROUNDPLAN_SANDBOX_CHECKPOINTS"] = "0"
        return {**own, "PATH": self.path, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **(extra or {})}

    def sandbox(self, *arguments: str, extra: Mapping[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`python -m sandbox …` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=self.folder, env=self.environment(extra), input=stdin, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def start(self, *arguments: str, extra: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """`python -m sandbox …`, still running."""
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=self.folder,
            env=self.environment(extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pulumi(self, *arguments: str, refused: bool = False) -> str:
        """`pulumi …` in the sandbox: all that it printed; it must succeed, or with `refused` fail."""
        done = self.sandbox("--", "pulumi", "--non-interactive", "--color=never", *arguments)
        assert (done.returncode != 0) == refused, done.stdout + done.stderr
        return done.stdout + done.stderr

    def write(self, program: str, name: str = "__main__.py") -> None:
        (self.folder / name).write_text(program, encoding="utf-8")
