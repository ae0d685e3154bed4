"""Places to run the sandbox in."""

from __future__ import annotations

import os
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


@pytest.fixture
def project(engine: Path, tmp_path: Path) -> Callable[[str], Place]:
    """Makes a project with the program given and a stack named dev."""

    def make(program: str) -> Place:
        place = Place(tmp_path, os.pathsep.join((str(Path(sys.executable).parent), str(engine), os.environ["PATH"])))
        place.write("name: app\nruntime: python\n", "Pulumi.yaml")
        place.write("config:\n  gcp:project: acme\n  gcp:region: europe-west1\n", "Pulumi.dev.yaml")
        place.write(program)
        place.pulumi("stack", "init", "dev")
        return place

    return make
