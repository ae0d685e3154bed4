"""The reference application in a folder and a local cloud of its own, driven as a user drives it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.place import ROOT, Place

NOT_A_THING = "gcp:projects/service:Service"
"""An API that is enabled is a state of the project, and stays: disabling it would take it from everybody else there."""
WAITING = (
    "aws:rds/snapshot:Snapshot ",
    "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup ",
    "aws:secretsmanager/deletedSecret:DeletedSecret ",
    "aws:elasticache/snapshot:Snapshot ",
)
"""What AWS keeps for a while after a delete."""


@dataclass(frozen=True)
class Application:
    """One stack of the program."""

    place: Place
    stack: str

    @staticmethod
    def at(folder: Path, engine: Path, stack: str, cloud: str = "gcp") -> Application:
        """A copy of the checkout's program with an initialised stack on a cloud."""
        for name in ("Pulumi.yaml", f"Pulumi.{stack}.yaml", "__main__.py"):
            shutil.copy(ROOT / name, folder / name)
        if (ROOT / ".venv").exists():
            (folder / ".venv").symlink_to(ROOT / ".venv")
        path = os.pathsep.join((str(Path(sys.executable).parent), str(engine), os.environ["PATH"]))
        application = Application(Place(folder, path), stack)
        application.place.pulumi("stack", "init", stack)
        if cloud != "gcp":
            application.run(f"config set groundplan:cloud {cloud}")
        return application

    def run(self, command: str, *options: str, refused: bool = False) -> str:
        """`pulumi <command>` on the stack: what it printed."""
        words = command.split()
        yes = ["--yes"] if words[0] in {"up", "destroy", "refresh"} else []
        skip = ["--skip-preview"] if words[0] in {"up", "refresh"} else []
        return self.place.pulumi(*words, "--stack", self.stack, *yes, *skip, *options, refused=refused)

    def steps(self) -> dict[str, str]:
        """What the next `up` would do: URN's last part with its type → operation; what stays the same is left out."""
        done = self.place.sandbox("--", "pulumi", "--non-interactive", "preview", "--json", "--stack", self.stack)
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(done.stdout)["steps"]
        return {f"{_type(step['urn'])}::{step['urn'].rsplit('::', 1)[-1]}": step["op"] for step in found if step["op"] != "same"}

    def state(self) -> list[dict[str, Any]]:
        """The resources in the engine's state."""
        done = self.place.sandbox("--", "pulumi", "stack", "export", "--stack", self.stack)
        return list(json.loads(done.stdout)["deployment"].get("resources", []))

    def things(self) -> list[str]:
        """Everything that exists in the local cloud, as `type name`."""
        done = self.place.sandbox("ls", "--json")
        assert done.returncode == 0, done.stderr
        return sorted(f"{row['type']} {row['name']}" for row in json.loads(done.stdout) if row["type"] != NOT_A_THING)

    def left(self) -> list[str]:
        """What exists but for what AWS keeps a while: secrets and keys wait out their recovery window, a destroyed server leaves its last snapshot."""
        return [thing for thing in self.things() if not thing.startswith(WAITING)]

    def edit(self, name: str, text: str, by: str) -> None:
        """Changes the program: a text that it holds by another."""
        source = (self.place.folder / name).read_text(encoding="utf-8")
        assert text in source, f"{name} does not hold {text!r}"
        self.place.write(source.replace(text, by), name)


def counts(printed: str) -> dict[str, int]:
    """What the engine's closing lines say: `{"created": 64}`."""
    return {
        word: int(number) for number, word in re.findall(r"^\s+[-+~]?[-+]?\s*(\d+) (created|updated|deleted|replaced|unchanged|to \w+)", printed, re.MULTILINE)
    }


def _type(urn: str) -> str:
    """The resource's own type: the last of the chain that a URN carries."""
    return urn.split("::")[2].rsplit("$", 1)[-1]
