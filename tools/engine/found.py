"""An engine that is there already: named by the user, or on PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.engine.pins import MINIMUM as NEEDED
from tools.progress import Failed, say

PROGRAMS = ("pulumi", "pulumi-language-python")
MINIMUM = ".".join(map(str, NEEDED))


def complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in PROGRAMS)


def demand_complete(folder: Path) -> None:
    """Refuse what a download or a build left where programs are missing."""
    if not complete(folder):
        raise Failed(f"what came lacks {' or '.join(PROGRAMS)}")


def chosen(environment: Mapping[str, str]) -> Path | None:
    """The folder that GROUNDPLAN_ENGINE names: the engine's own or the one above its `bin`."""
    named = environment.get("GROUNDPLAN_ENGINE")
    if not named:
        return None
    folder = next((f for f in (Path(named), Path(named) / "bin") if complete(f)), None)
    if folder is None:
        raise Failed(f"GROUNDPLAN_ENGINE names {named}, where {' and '.join(PROGRAMS)} are not; name the folder that holds both, or unset it")
    _demand(folder / "pulumi", "name a newer one with GROUNDPLAN_ENGINE, or unset it")
    return folder.absolute()


def on_path(environment: Mapping[str, str]) -> Path | None:
    """The folder of the first `pulumi` on PATH; an old one is refused, since it would shadow any that we bring."""
    path = environment.get("PATH", "")
    program = shutil.which("pulumi", path=path)
    if program is None:
        return None
    folder = Path(program).absolute().parent
    _demand(Path(program), "upgrade it, or take it off PATH and setup gets one, or name another with GROUNDPLAN_ENGINE=<folder>")
    if not shutil.which("pulumi-language-python", path=f"{folder}{os.pathsep}{path}"):
        say(f"{program} has no pulumi-language-python beside it or on PATH; getting an engine of our own")
        return None
    return folder


def _demand(program: Path, remedy: str) -> None:
    """Refuse a `pulumi` that is too old or does not say its version."""
    version = _version(program)
    if version is None:
        raise Failed(f"{program} does not answer `pulumi version`, {MINIMUM} or newer is needed; {remedy}")
    if version < NEEDED:
        raise Failed(f"{program} is version {'.'.join(map(str, version))}, {MINIMUM} or newer is needed; {remedy}")


def _version(program: Path) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run(
            [program, "version"], capture_output=True, text=True, timeout=30, check=False, env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(int(number) for number in match.groups()) if match and answer.returncode == 0 else None
