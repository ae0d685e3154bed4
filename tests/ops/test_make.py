"""The commands that a newcomer types: they work on any program, keep its folder clean, and answer as the command they run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

PROGRAM = 'import pulumi\n\npulumi.export("cloud", pulumi.Config("groundplan").require("cloud"))\npulumi.export("key", pulumi.Output.secret("hidden"))\n'


def run(*command: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "STACK", "APP", "CLOUD", "CMD"}}
    return subprocess.run(command, cwd=folder, env={**env, **extra}, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture
def app(tmp_path):
    """A program that lies in a git repository, all committed."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  groundplan:cloud: gcp\n", encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    for command in (("init", "-q"), ("add", "."), ("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "Begin")):
        assert run("git", *command, folder=folder).returncode == 0
    return folder


def status(app: Path) -> str:
    """What git sees beside Python's byte code, which every program makes."""
    return run("git", "status", "--porcelain", "--untracked-files=all", "--", ".", ":!__pycache__", folder=app).stdout


@pytest.mark.engine
def test_up_preview_run_and_destroy_work_and_leave_the_programs_folder_clean(root, app, engine, tmp_path):
    def make(*words: str) -> subprocess.CompletedProcess[str]:
        done = run("make", "-s", *words, folder=root, GROUNDPLAN_SANDBOX=str(tmp_path / "sandbox"))
        assert done.returncode == 0, done.stdout + done.stderr
        assert status(app) == "", words
        return done

    up = make("up", f"APP={app}")
    assert re.search(r'cloud: "gcp"', up.stdout)
    assert "dev is up on the local cloud. Where to look next:" in up.stderr
    assert re.search(r"\b1 unchanged", make("up", f"APP={app}").stdout)
    assert re.search(r'cloud: "aws"', make("up", f"APP={app}", "CLOUD=aws").stdout)
    assert re.search(r"\b1 unchanged", make("preview", f"APP={app}", "CLOUD=aws").stdout)
    assert make("run", f"CMD=pulumi -C {app} stack output cloud -s dev-aws").stdout == "aws\n"
    assert make("run", f"CMD=pulumi -C {app} preview -s dev").stderr == ""
    assert re.search(r"\b1 deleted", make("destroy", f"APP={app}", "CLOUD=aws").stdout)
    assert make("run", f"CMD=pulumi -C {app} stack output cloud -s dev").stdout == "gcp\n"


def test_run_passes_the_command_on_as_typed_and_its_output_untouched(root, tmp_path):
    done = run(
        "make",
        "-s",
        "run",
        r"""CMD=printf '%s\n' "$VALUE" 'it'\''s' '$(x)' "a  b"; printf error >&2""",
        folder=root,
        VALUE="1 2",
        GROUNDPLAN_SANDBOX=str(tmp_path),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 2\nit's\n$(x)\na  b\n", "error")


def test_run_fails_when_its_command_fails_and_says_the_status(root, tmp_path):
    """make itself turns every failure into 2 and names the command's own; `groundplan sandbox --` keeps it."""
    done = run("make", "-s", "run", "CMD=exit 7", folder=root, GROUNDPLAN_SANDBOX=str(tmp_path))
    assert done.returncode == 2
    assert re.search(r"Error 7$", done.stderr.strip())


def test_what_the_documents_tell_to_type_is_there(root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"up", "setup", "preview", "destroy", "test", "check", "run", "clean"} <= targets
    documents = [path for path in (root / "README.md", root / ".ci" / "run", *(root / "docs").rglob("*.md")) if path.is_file()]
    told = {
        (path.name, word) for path in documents for word in re.findall(r"(?:`|^\s*|\$ )make (?:-s )?([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {(name, word) for name, word in told if word not in targets} == set()
    assert ("run", "check") in told


def test_the_readme_opens_with_its_two_commands(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    assert "make up" in text
    assert "make test" in text


def test_every_target_is_explained_by_help(root):
    said = run("make", "-s", folder=root).stdout
    assert all(f"make {target} " in said for target in ("up", "setup", "preview", "destroy", "test", "check", "run", "clean"))


def test_check_runs_everything_and_ends_with_the_tests(root):
    text = (root / "Makefile").read_text(encoding="utf-8")
    steps = re.search(r"^check: (.*?) ##", text, re.MULTILINE)
    assert steps
    assert steps[1].split() == ["setup", "lint", "format", "types", "contracts", "tests"]


GUARDED = """
import pulumi
from pulumi_gcp import storage

storage.Bucket("kept", location="EU", name="guarded-kept", project="shop-dev-1", opts=pulumi.ResourceOptions(protect=True))
storage.Bucket("free", location="EU", name="guarded-free", project="shop-dev-1")
"""


@pytest.mark.engine
def test_destroy_refuses_protected_data_before_it_has_deleted_anything(root, app, engine, tmp_path):
    (app / "__main__.py").write_text(GUARDED, encoding="utf-8")

    def make(*words: str) -> subprocess.CompletedProcess[str]:
        return run("make", "-s", "-C", str(root), *words, f"APP={app}", folder=root, GROUNDPLAN_SANDBOX=str(tmp_path / "sandbox"))

    assert make("up").returncode == 0
    refused = make("destroy")
    assert refused.returncode != 0
    assert "protect" in refused.stdout + refused.stderr
    assert sorted(re.findall(r"guarded-\w+", make("run", "CMD=groundplan sandbox ls").stdout)) == ["guarded-free", "guarded-kept"]
