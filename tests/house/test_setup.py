"""Setup says what is missing in one sentence, and does nothing when nothing is to do."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup
from tools.progress import INTERVAL, Failed, Finished, watch

UNREACHABLE = "the package index cannot be reached; connect to a network, or name a mirror with PIP_INDEX_URL, and run this again"


@pytest.fixture
def checkout(tmp_path):
    """A checkout that asks for one package, with this environment's Python."""
    (tmp_path / "requirements-dev.txt").write_text("no-such-package-for-groundplan==1.0\n", encoding="utf-8")
    return tmp_path


def bootstrap(root: Path, tmp_path: Path, needed: str, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run the file as it is but for the version that it asks for."""
    text = (root / "tools" / "bootstrap.py").read_text(encoding="utf-8")
    assert "NEEDED = (3, 11)" in text
    copy = tmp_path / "bootstrap.py"
    copy.write_text(text.replace("NEEDED = (3, 11)", f"NEEDED = {needed}"), encoding="utf-8")
    return subprocess.run([sys.executable, str(copy), *arguments], env={"PATH": path}, capture_output=True, text=True, check=False)


def test_a_python_that_is_too_old_is_refused_in_one_sentence(root, tmp_path):
    done = bootstrap(root, tmp_path, "(9, 99)", "tools.setup")
    have = f"Python {sys.version_info[0]}.{sys.version_info[1]} at {sys.executable}"
    assert done.returncode == 1
    assert done.stderr == (
        f"groundplan: needs Python 9.99 or newer with its venv module, found {have}; "
        "install one (on Debian: apt install python3 python3-venv), or name it: make up PYTHON=/path/to/python3\n"
    )


def test_a_newer_python_on_path_is_taken_where_the_first_is_too_old(root, tmp_path):
    newer = tmp_path / "path" / "python3.13"
    newer.parent.mkdir()
    newer.write_text('#!/bin/sh\n[ "$1" = -m ] && echo "newer: $*"\nexit 0\n', encoding="utf-8")
    newer.chmod(0o755)
    done = bootstrap(root, tmp_path, "(9, 99)", "tools.setup", "word", path=f"{newer.parent}{os.pathsep}{os.defpath}")
    assert (done.returncode, done.stdout) == (0, "newer: -m tools.setup word\n")


def test_a_python_that_will_do_runs_the_module(root, tmp_path):
    done = bootstrap(root, tmp_path, "(3, 11)", "platform")
    assert done.returncode == 0
    assert done.stdout.strip()


def test_a_machine_without_python_is_told_so_in_one_sentence(root):
    done = subprocess.run(["make", "setup", "PYTHON=no-such-python"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "groundplan: no Python: no-such-python is not on PATH; install Python 3.11 or newer, or name it: make setup PYTHON=/path/to/python3"
    )


def test_without_a_network_one_sentence_is_said_and_nothing_counts_as_installed(checkout, root, monkeypatch):
    for name, value in {"PIP_INDEX_URL": "https://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failed) as failed:
        setup._pip(checkout, Path(sys.prefix), "--requirement", "requirements-dev.txt")
    assert str(failed.value) == UNREACHABLE


def test_pips_own_reason_is_kept_where_the_network_is_there():
    done = Finished(
        1,
        (
            "Collecting x",
            "ERROR: Could not find a version that satisfies the requirement x==9 (from versions: 1.0, 2.0)",
            "ERROR: No matching distribution found for x==9",
        ),
    )
    assert setup._refusal(done) == "pip could not install the packages: No matching distribution found for x==9"


def test_a_second_setup_does_and_says_nothing(root):
    done = subprocess.run([sys.executable, "-m", "tools.setup"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_packages_are_installed_again_when_a_pin_changes_and_not_when_a_linter_is_tuned(root, tmp_path):
    for name in ("pyproject.toml", *setup.REQUIREMENTS):
        shutil.copy(root / name, tmp_path)
    before = setup.fingerprint(tmp_path)
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8").replace("line-length = 160", "line-length = 100"), encoding="utf-8")
    assert setup.fingerprint(tmp_path) == before
    constraints = tmp_path / "constraints.txt"
    constraints.write_text(constraints.read_text(encoding="utf-8") + "one-more==1.0\n", encoding="utf-8")
    assert setup.fingerprint(tmp_path) != before


def test_our_own_link_is_not_taken_for_an_engine_of_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "engine"), str(tmp_path / "bin"), "elsewhere"]))
    assert setup._outside(tmp_path)["PATH"] == "elsewhere"


def test_the_link_to_the_engine_moves_in_one_step(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        setup._link(tmp_path / "engine", tmp_path / name)
        assert (tmp_path / "engine").resolve() == tmp_path / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["engine", "one", "two"]


def test_a_long_command_is_described_while_it_works(monkeypatch, capsys):
    monkeypatch.setattr("tools.progress.INTERVAL", 0.05)
    lines = []
    done = watch([sys.executable, "-c", "import time; print('one', flush=True); time.sleep(0.5); print('two')"], lambda line: lines.append(line) or "at work")
    assert (done.code, done.tail) == (0, ("one", "two"))
    assert capsys.readouterr().err.startswith("groundplan: at work, 0 s\n")
    assert INTERVAL == 10


HOLDER = "import fcntl, sys, time; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); time.sleep(30)"
"""Holds a lock for as long as it lives."""


def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path):
    lock = tmp_path / "lock"
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {HOLDER!r}, {str(lock)!r}]); time.sleep(30)"
    done = watch([sys.executable, "-c", parent], lambda _: "at work", limit=2)
    assert done.code is None
    assert done.reason() == "its time was up"
    assert done.tail == ("held",)
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
