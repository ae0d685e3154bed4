"""Where a sandbox lives: its store, its engine state and its log, in one ignored folder."""

from __future__ import annotations

import os
from pathlib import Path

from .environment import FOLDER

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def project_folder(start: Path) -> Path | None:
    """The nearest folder, from here upwards, that holds a Pulumi project."""
    for folder in (start, *start.parents):
        if any((folder / name).is_file() for name in PROJECT_FILES):
            return folder
    return None


def sandbox_folder(start: Path) -> Path:
    """The sandbox's folder: what $GROUNDPLAN_SANDBOX says, else `.groundplan` beside the project, else in this folder."""
    told = os.environ.get(FOLDER)
    if told:
        return Path(told).resolve()
    return (project_folder(start) or start) / ".groundplan"


def create(folder: Path) -> None:
    """Makes the folder, for the owner alone and invisible to git."""
    for part in (folder, folder / "state", folder / "home", folder / "nowhere"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
