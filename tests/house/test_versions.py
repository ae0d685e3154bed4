"""One version of everything: each is pinned in one place, and whoever repeats it agrees."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from tools.engine.pins import ENGINE, HOST, MINIMUM

PIN = re.compile(r"([A-Za-z0-9_.-]+)==(\d[\w.]*)")
SDKS = ("pulumi", "pulumi-gcp", "pulumi-aws", "pulumi-cloudflare", "pulumi-random", "pulumi-kubernetes", "pulumi-policy", "pytest")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    """The file's packages; a line that is neither a pin, a comment nor an option ends the test."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r ", "-c ")):
            match = PIN.fullmatch(line)
            assert match, f"{path.name}: {line!r} is not pinned to one version"
            found[normal(match[1])] = match[2]
    return found


def test_every_requirement_is_pinned_to_one_version(root):
    assert set(SDKS) <= set(pins(root / "requirements.txt"))
    assert pins(root / "requirements-dev.txt")


@pytest.mark.parametrize("line", ["pulumi>=3", "pulumi", "pulumi==3.*", "pulumi==3.1 ; python_version > '3'"])
def test_a_requirement_that_may_move_is_seen(tmp_path, line):
    path = tmp_path / "requirements.txt"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="not pinned"):
        pins(path)


def test_the_constraints_hold_the_same_versions_and_all_that_they_bring(root):
    wanted = pins(root / "requirements.txt") | pins(root / "requirements-dev.txt")
    held = pins(root / "constraints.txt")
    assert {name: held.get(name) for name in wanted} == wanted, "run make constraints"


def test_what_is_installed_is_what_is_pinned(root):
    held = pins(root / "constraints.txt")
    installed = {normal(d.metadata["Name"]): d.version for d in metadata.distributions()}
    assert {name: installed.get(name) for name in held} == held, "run make setup"


def test_the_build_needs_what_the_development_requirements_pin(root):
    import tomllib

    build = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    held = pins(root / "requirements-dev.txt")
    assert {normal(m[1]): m[2] for m in map(PIN.fullmatch, build) if m} == {name: held[name] for name in ("hatchling", "editables")}


def test_the_engine_is_built_from_the_pinned_versions(root):
    cli = (root / "tools/engine/cli/go.mod").read_text(encoding="utf-8")
    host = (root / "tools/engine/host/go.mod").read_text(encoding="utf-8")
    assert f"github.com/pulumi/pulumi/pkg/v3 v{ENGINE}\n" in cli
    assert f"github.com/pulumi/pulumi/sdk/v3 v{ENGINE}" in cli, "the scripts are copied from the sdk module of the same version"
    assert f"github.com/pulumi/pulumi/sdk/v3 v{HOST}\n" in host
    assert tuple(map(int, ENGINE.split("."))) >= MINIMUM


def test_the_documents_name_the_versions_that_are_pinned(root):
    held = pins(root / "requirements.txt")
    documents = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    named = re.compile(r"\b(pulumi(?:-[a-z]+)?)\s*(?:==|\s)v?(\d+\.\d+\.\d+)\b")
    wrong = [
        f"{path.name}: {match[0]}"
        for path in documents
        if path.is_file()
        for match in named.finditer(path.read_text(encoding="utf-8"))
        if match[2] not in {held.get(match[1]), *((ENGINE, ".".join(map(str, MINIMUM))) if match[1] == "pulumi" else ())}
    ]
    assert wrong == []
