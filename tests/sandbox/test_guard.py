"""A command whose state would live elsewhere is refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.environment import backend
from sandbox.errors import UsageError
from sandbox.folder import sandbox_folder
from sandbox.guard import project_folders, refuse_other_backends

OWN = Path("/somewhere/.groundplan")


def _refusal(command: list[str], here: Path, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        refuse_other_backends(command, here, environment or {}, OWN)
    return str(caught.value)


@pytest.mark.parametrize("url", ["s3://bucket", "gs://bucket", "https://api.pulumi.com", "file:///elsewhere"])
def test_a_backend_in_the_environment_is_refused(url: str, tmp_path: Path) -> None:
    message = _refusal(["true"], tmp_path, {"PULUMI_BACKEND_URL": url})
    assert message == f"PULUMI_BACKEND_URL is {url}, but the sandbox keeps its state in its own folder only (file:///somewhere/.groundplan/state): unset it"


def test_a_backend_in_the_project_file_is_refused_here_and_where_cwd_leads(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "Pulumi.yaml").write_text("name: a\nruntime: python\nbackend:\n  url: s3://bucket\n", encoding="utf-8")
    for command, here in ((["make"], there), (["pulumi", "up", "--cwd=there"], tmp_path), (["pulumi", "-C", "there", "up"], tmp_path)):
        assert _refusal(command, here) == (
            f"the project file in {there} sets its backend to s3://bucket, but the sandbox keeps its state in its own folder only "
            "(file:///somewhere/.groundplan/state)"
        )


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["login"], ""),
        (["login", "s3://b"], " s3://b"),
        (["login", "--cloud-url", "https://x"], " https://x"),
        (["login", "--local"], " file://~"),
        (["-v", "3", "login", "gs://b"], " gs://b"),
    ],
)
def test_a_login_elsewhere_is_refused(arguments: list[str], shown: str, tmp_path: Path) -> None:
    assert _refusal(["pulumi", *arguments], tmp_path).startswith(f"pulumi login{shown} would leave the sandbox")


@pytest.mark.parametrize(
    "command",
    [["pulumi", "up", "-s", "login"], ["pulumi", "login", backend(OWN)], ["pulumi", "stack", "select", "login"], ["echo", "login", "s3://b"]],
)
def test_everything_else_may_run(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: backend\nruntime: python\n", encoding="utf-8")
    refuse_other_backends(command, tmp_path, {"PULUMI_BACKEND_URL": backend(OWN)}, OWN)


def test_the_project_is_the_nearest_above(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert project_folders(["true"], tmp_path / "a" / "b") == [tmp_path]
    assert project_folders(["true"], tmp_path.parent) == []


def test_a_project_that_a_shells_line_goes_to_is_found(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Pulumi.yaml").touch()
    line = "pulumi -C one up -s dev && cd 'two' && pulumi up; echo done"
    assert project_folders(["sh", "-c", line], tmp_path) == [tmp_path / "one", tmp_path / "two"]
    assert project_folders(["echo", "it's a lone quote"], tmp_path) == []


def test_the_sandbox_lies_beside_the_project_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDPLAN_SANDBOX", raising=False)
    below = tmp_path / "a"
    below.mkdir()
    assert sandbox_folder(below) == below / ".groundplan"
    (tmp_path / "Pulumi.yaml").touch()
    assert sandbox_folder(below) == tmp_path / ".groundplan"
    monkeypatch.setenv("GROUNDPLAN_SANDBOX", str(tmp_path / "told"))
    assert sandbox_folder(below) == tmp_path / "told"
