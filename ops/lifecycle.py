"""up, preview and destroy of a stack on the local cloud."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import program, stack
from .refusal import Refused

SELECT_THEN = 'chosen=$(pulumi stack select --non-interactive --create "$1" 2>&1) || { echo "$chosen" >&2; exit 1; }; shift; exec "$@"'
"""One sandbox for both commands. The stack is created where it is missing; what selecting says matters only when it fails."""


@dataclass(frozen=True)
class Action:
    """One of the engine's operations."""

    name: str
    help: str
    flags: tuple[str, ...]


# with its preview: what is refused is refused before anything is made, and not half-way through
UP = Action("up", "bring a stack up on the local cloud", ("--yes",))
PREVIEW = Action("preview", "say what `up` would do", ())
DESTROY = Action("destroy", "take a stack down", ("--yes",))


def perform(action: Action, app: str, name: str, cloud: str | None) -> int:
    """The engine's exit status."""
    target = stack.find(app, name, cloud)
    if not shutil.which("pulumi", path=program.environment()["PATH"]):
        raise Refused("no Pulumi engine: there is no pulumi on PATH; make setup gets one")
    command = ["pulumi", action.name, *action.flags, *target.options()]
    status = program.run(program.sandbox(["--", "sh", "-c", SELECT_THEN, "sh", target.name, *command]), target.folder)
    if status == 0 and action is UP:
        print(next_steps(target, name, cloud), file=sys.stderr)
    if status and action is DESTROY:
        print(unprotect(target, name, cloud), file=sys.stderr)
    return status


def unprotect(target: stack.Stack, name: str, cloud: str | None) -> str:
    """How a stack goes whose data is protected, as it is outside dev."""
    where, choice = _choice(target, name, cloud)
    rows = (f"make -s run CMD='pulumi{where} config set groundplan:protect false -s {target.name}'", f"make up{choice}", f"make destroy{choice}")
    return "\n".join(["", f"Where data of {target.name} is protected, as it is outside dev, it goes in three steps:", *(f"  {command}" for command in rows)])


def next_steps(target: stack.Stack, name: str, cloud: str | None) -> str:
    """Where to look after `up`; `name` and `cloud` as the user gave them."""
    where, choice = _choice(target, name, cloud)
    rows = (
        ("make -s run CMD='groundplan sandbox ls'", "what exists now"),
        (f"make -s run CMD='pulumi{where} stack output -s {target.name}'", "the outputs again"),
        (f"make preview{choice}", "what a change to the program would do"),
        (f"make destroy{choice}", "take it down"),
        ("README.md", "what each part is, and how to go to a real account"),
    )
    width = max(len(command) for command, _ in rows)
    return "\n".join(["", f"{target.name} is up on the local cloud. Where to look next:", *(f"  {command:<{width}}  {purpose}" for command, purpose in rows)])


def _choice(target: stack.Stack, name: str, cloud: str | None) -> tuple[str, str]:
    """What a command of Pulumi and one of make say after their names, so that they mean this stack."""
    app = str(target.folder.relative_to(Path.cwd())) if target.folder.is_relative_to(Path.cwd()) else str(target.folder)
    given = ((f"APP={app}", app != "."), (f"STACK={name}", name != "dev"), (f"CLOUD={cloud}", cloud))
    return "" if app == "." else f" -C {app}", "".join(f" {word}" for word, wanted in given if wanted)
