"""Places to run the sandbox in."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project folder where no engine is needed."""
    (tmp_path / "Pulumi.yaml").write_text("name: app\nruntime: python\n", encoding="utf-8")
    return Place(tmp_path, os.environ["PATH"])


@pytest.fixture(scope="session")
def engine() -> str:
    """PATH with the engine on it and this Python's folder first."""
    told = os.environ.get("GROUNDPLAN_ENGINE")
    path = os.pathsep.join(part for part in (str(Path(sys.executable).parent), told, os.environ["PATH"]) if part)
    if shutil.which("pulumi", path=path) is None or shutil.which("pulumi-language-python", path=path) is None:
        pytest.skip("no Pulumi engine on PATH or in $GROUNDPLAN_ENGINE")
    return path


@pytest.fixture
def project(engine: str, tmp_path: Path) -> Callable[[str], Place]:
    """Makes a project with the program given and a stack named dev."""

    def make(program: str) -> Place:
        place = Place(tmp_path, engine)
        place.write("name: app\nruntime: python\n", "Pulumi.yaml")
        place.write("config:\n  gcp:project: acme\n  gcp:region: europe-west1\n", "Pulumi.dev.yaml")
        place.write(program)
        place.pulumi("stack", "init", "dev")
        return place

    return make
