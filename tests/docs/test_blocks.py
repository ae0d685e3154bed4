"""Every Python block of README and docs runs, on mocks, and registers what it says."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from tests.components.world import build
from tests.sandbox.place import Place

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks() -> list[Any]:
    """(page and position, source) of every block."""
    return [
        pytest.param(source, id=f"{page.relative_to(ROOT)}:{page.read_text(encoding='utf-8')[: match.start()].count(chr(10)) + 1}")
        for page in PAGES
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
        for source in [match[1]]
    ]


@pytest.mark.parametrize("source", blocks())
def test_a_block_of_the_documentation_runs(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "export", lambda name, value: None)
    world = build(lambda: exec(compile(source, "block", "exec"), {"__name__": "__main__"}))  # the point of the test
    assert [resource for resource in world.resources if resource.type.startswith("groundplan:index:")]


@pytest.mark.engine
def test_the_program_of_the_readme_comes_up_from_the_files_that_the_readme_shows(engine: Path, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "__main__.py").write_text(BLOCK.findall(readme)[0], encoding="utf-8")
    for name, content in re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", readme, re.DOTALL | re.MULTILINE):
        (tmp_path / name).write_text(content, encoding="utf-8")
    place = Place(tmp_path, os.pathsep.join((str(Path(sys.executable).parent), str(engine), os.environ["PATH"])))
    place.pulumi("stack", "init", "dev")
    assert "url: " in place.pulumi("up", "--yes", "--skip-preview", "--stack", "dev")


def test_readme_names_the_two_commands_and_they_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (?:-s )?(\w+)", readme, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert {"up", "test"} <= set(re.findall(r"^make (?:-s )?(\w+)", readme, re.MULTILINE))


def test_every_link_inside_the_documentation_leads_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_noun_has_a_page() -> None:
    nouns = {path.stem for path in (ROOT / "components").glob("[a-z]*.py") if "noun: ClassVar[str] =" in path.read_text(encoding="utf-8")}
    assert nouns == {path.stem for path in (ROOT / "docs" / "components").glob("*.md")}
