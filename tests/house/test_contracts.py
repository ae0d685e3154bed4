"""Who may import whom is law: the contracts hold, and each bites when it is broken."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSES = ("components", "policies", "sandbox", "ops")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.prefix) / "bin" / "lint-imports"), "--no-cache", "--config", str(folder / ".importlinter")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder), "PATH": ""})


def present(root: Path) -> list[str]:
    return [house for house in HOUSES if (root / house).is_dir()]


@pytest.fixture(scope="module")
def copy(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("houses")
    shutil.copy(root / ".importlinter", folder)
    for house in present(root):
        shutil.copytree(root / house, folder / house, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_contracts_hold(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("components/network.py", "import pulumi_gcp", "pulumi_gcp only in components.gcp"),
        ("components/network.py", "import pulumi_aws", "pulumi_aws only in components.aws"),
        ("components/gcp/network.py", "import pulumi_aws", "pulumi_aws only in components.aws"),
        ("components/gcp/network.py", "import pulumi_cloudflare", "pulumi_cloudflare only in components.cloudflare"),
        ("components/network.py", "from . import database", "Storeys inside components"),
        ("components/_core/naming.py", "from .. import network", "Storeys inside components"),
        ("components/database.py", "from . import cache", "Storeys inside components"),
        ("components/network.py", "import sandbox", "Four houses"),
        ("sandbox/store.py", "import components.network", "Four houses"),
        ("ops/stack.py", "import sandbox.store", "Four houses"),
    ],
)
def test_a_forbidden_import_is_refused(copy, file, line, contract):
    path = copy / file
    original = path.read_text(encoding="utf-8")
    path.write_text(f"{original}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        path.write_text(original, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(row.startswith(contract) and "BROKEN" in row for row in done.stdout.splitlines()), done.stdout


def test_a_noun_without_a_storey_is_refused(copy):
    path = copy / "components" / "stray.py"
    path.write_text('"""A noun that nobody gave a storey."""\n', encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        path.unlink()
    assert done.returncode == 1
    assert "stray" in done.stdout


def test_every_house_that_stands_is_under_the_contracts(root):
    settings = configparser.ConfigParser()
    settings.read(root / ".importlinter")
    for section, key in (("importlinter", "root_packages"), ("importlinter:contract:houses", "modules")):
        assert settings[section][key].split() == present(root), f"[{section}] {key} must name every house that there is"
    for cloud in ("google", "amazon", "cloudflare"):
        assert settings[f"importlinter:contract:{cloud}"]["source_modules"].split() == present(root)
