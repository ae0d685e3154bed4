"""Which stack is meant: the program's folder, the stack's name and the settings that it runs with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .refusal import Refused

CLOUDS = ("gcp", "aws")
CLOUD_KEY = "groundplan:cloud"
"""The configuration key that `components` reads; a house test holds the two together."""

STATE = ".groundplan"
"""Where the sandbox lives when GROUNDPLAN_SANDBOX does not say: beside the program, ignored by git."""


@dataclass(frozen=True)
class Stack:
    """One program on one stack."""

    folder: Path
    """The program's, absolute."""

    name: str
    """The stack's, as the engine knows it."""

    settings: Path | None = None
    """The settings file that is not the stack's own in `folder`; `None` is the own one."""

    def options(self) -> list[str]:
        """What `pulumi up` and its sisters are told."""
        return ["--stack", self.name, *(["--config-file", str(self.settings)] if self.settings else [])]


def find(app: str, stack: str, cloud: str | None) -> Stack:
    """The stack that the user means, or a refusal that says what there is instead."""
    folder = Path(app).resolve()
    if not (folder / "Pulumi.yaml").is_file():
        raise Refused(f"{app} holds no program: it has no Pulumi.yaml; name the folder that has one with APP=<folder>")
    own = folder / f"Pulumi.{stack}.yaml"
    if not own.is_file():
        there = ", ".join(sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob("Pulumi.?*.yaml")))
        if not there:
            raise Refused(f"{app} has no stack {stack!r} yet: write a {own.name}, with at least `config:` and the settings that its program needs")
        raise Refused(f"{app} has no stack {stack!r}: there is no {own.name}; it has {there}; name one with STACK=<stack>")
    if cloud is None:
        return Stack(folder, stack)
    if cloud not in CLOUDS:
        raise Refused(f"CLOUD must be {' or '.join(CLOUDS)}, got {cloud!r}")
    name = f"{stack}-{cloud}"
    return Stack(folder, name, _elsewhere(folder, own, name, cloud))


def on_cloud(settings: dict[str, Any], cloud: str, over: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same settings for another cloud; `over` is what the other stack's own file says, and wins."""
    own = over or {}
    return {**settings, **own, "config": {**(settings.get("config") or {}), CLOUD_KEY: cloud, **(own.get("config") or {})}}


def _elsewhere(folder: Path, own: Path, name: str, cloud: str) -> Path:
    """Write the settings of a stack that no committed file describes into the sandbox's folder, one place for each program."""
    state = Path(os.environ.get("GROUNDPLAN_SANDBOX") or folder / STATE)
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    other = folder / f"Pulumi.{name}.yaml"
    over = yaml.safe_load(other.read_text(encoding="utf-8")) if other.is_file() else None
    settings = on_cloud(yaml.safe_load(own.read_text(encoding="utf-8")) or {}, cloud, over)
    target = state.absolute() / "settings" / str(project) / f"Pulumi.{name}.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return target
