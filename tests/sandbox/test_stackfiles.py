"""The committed stack files come out of a sandbox run as they went in, but for what the user changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.stackfiles import cleaned, in_use, kept_clean
from tests.sandbox.place import ROOT

SALT = b"encryptionsalt: v1:abc=:v1:def:ghi==\n"
CONFIG = b"# why\nconfig:\n    app:size: 'small'   # a note\n"


@pytest.mark.parametrize(
    ("original", "now", "expected"),
    [
        pytest.param(CONFIG, CONFIG + SALT, CONFIG, id="a salt is taken out"),
        pytest.param(CONFIG, SALT + b"config:\n  app:size: small\n", CONFIG, id="a rewritten file gets its own spelling back"),
        pytest.param(b"", SALT, b"", id="an empty file is empty again"),
        pytest.param(None, SALT, None, id="a file of nothing but a salt goes"),
        pytest.param(None, b"config: {}\n" + SALT, None, id="a file of an empty config goes"),
        pytest.param(None, b"config:\n  a:b: c\n" + SALT, b"config:\n  a:b: c\n", id="a new file with a value stays, without the salt"),
        pytest.param(CONFIG, b"config:\n  app:size: large\n" + SALT, b"config:\n  app:size: large\n", id="a changed value stays, without the salt"),
        pytest.param(CONFIG, b"config:\n  a:b:\n    secure: x\n" + SALT, b"config:\n  a:b:\n    secure: x\n" + SALT, id="a secret needs its salt"),
        pytest.param(SALT, b"config:\n  a:b: c\n" + SALT, b"config:\n  a:b: c\n" + SALT, id="a salt that was committed stays"),
        pytest.param(CONFIG, CONFIG, CONFIG, id="nothing happened"),
    ],
)
def test_what_a_stack_file_holds_after_the_sandbox(original: bytes | None, now: bytes, expected: bytes | None) -> None:
    assert cleaned(original, now) == expected


def _place(tmp_path: Path) -> tuple[Path, Path, Path]:
    home = tmp_path / "home"
    home.mkdir()
    stack = tmp_path / "Pulumi.dev.yaml"
    stack.write_bytes(CONFIG)
    return home, tmp_path, stack


def test_files_are_put_right_when_the_run_ends(tmp_path: Path) -> None:
    home, project, stack = _place(tmp_path)
    fresh = project / "Pulumi.new.yaml"
    with kept_clean(home, [project]):
        stack.write_bytes(CONFIG + SALT)
        fresh.write_bytes(SALT)
        assert in_use(home)
    assert stack.read_bytes() == CONFIG
    assert not fresh.exists()
    assert not in_use(home)


def test_a_deleted_stack_file_stays_deleted(tmp_path: Path) -> None:
    home, project, stack = _place(tmp_path)
    with kept_clean(home, [project]):
        stack.unlink()
    assert not stack.exists()


def _elsewhere(home: Path, project: Path) -> subprocess.Popen[str]:
    """Another process that keeps the files clean, writes a salt, and stays until its input ends."""
    code = f"""
import sys
from pathlib import Path
from sandbox.stackfiles import kept_clean
home, project = map(Path, sys.argv[1:])
with kept_clean(home, [project]):
    (project / "Pulumi.dev.yaml").write_bytes({CONFIG + SALT!r})
    print("ready", flush=True)
    sys.stdin.read()
"""
    process = subprocess.Popen([sys.executable, "-c", code, home, project], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_files_of_a_killed_run_are_put_right_by_the_next(tmp_path: Path) -> None:
    home, project, stack = _place(tmp_path)
    other = _elsewhere(home, project)
    other.kill()
    other.communicate()
    assert stack.read_bytes() == CONFIG + SALT
    with kept_clean(home, [project]):
        assert stack.read_bytes() == CONFIG


def test_while_another_run_lasts_its_files_are_left_alone(tmp_path: Path) -> None:
    home, project, stack = _place(tmp_path)
    other = _elsewhere(home, project)
    with kept_clean(home, [project]):
        pass
    assert stack.read_bytes() == CONFIG + SALT
    other.communicate()
    assert stack.read_bytes() == CONFIG
