"""The shape of the code: names that say something, pieces that fit a screen, nothing of one machine."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

HOUSES = ("components", "policies", "sandbox", "ops", "tools", "benchmarks")
FILE_LINES = 300
FUNCTION_LINES = 40
VAGUE = re.compile(r"(^|_)(utils?|helpers?|commons?|misc|shared|stuff)($|_)")
MACHINE_PATH = re.compile(r"(?<![\w.~}$-])/(?:root|(?:home|Users)/(?!me/|u/|user/)\w+|work|mnt|media)/[\w.-]")
"""A folder of one machine; `/home/me/` is anybody's."""
REGISTRY = re.compile(
    "|".join(re.escape(host) for host in ("proxy.golang" + ".org", "sum.golang" + ".org", "pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org"))
)


def modules(root: Path) -> list[Path]:
    return sorted(path for house in HOUSES for path in (root / house).rglob("*.py"))


def tracked(root: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of tracked files")
    return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def long_functions(text: str) -> list[str]:
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    sizes = ((node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions)
    return [f"{node.name} has {size} lines" for node, size in sizes if size > FUNCTION_LINES]


def places(pattern: re.Pattern[str], paths: list[Path], root: Path) -> list[str]:
    found = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(root)}:{number}: {line.strip()[:120]}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def test_no_file_is_longer_than_its_ceiling(root):
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(root)}
    assert {str(path.relative_to(root)): size for path, size in sizes.items() if size > FILE_LINES} == {}


def test_no_function_is_longer_than_its_ceiling(root):
    found = {str(path.relative_to(root)): long_functions(path.read_text(encoding="utf-8")) for path in modules(root)}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_a_function_of_one_line_too_many_is_seen():
    body = "    pass\n" * FUNCTION_LINES
    assert long_functions("def long():\n" + body) == [f"long has {FUNCTION_LINES + 1} lines"]
    assert long_functions("def fits():\n" + body[: -len("    pass\n")]) == []


def test_no_module_has_a_name_that_says_nothing(root):
    parts = {part for path in modules(root) for part in path.relative_to(root).with_suffix("").parts}
    assert [part for part in parts if VAGUE.search(part)] == []


@pytest.mark.parametrize("name", ["utils", "test_helpers", "common", "misc", "gcp_util"])
def test_a_name_that_says_nothing_is_seen(name):
    assert VAGUE.search(name)


def test_every_package_and_module_says_in_one_sentence_what_it_is(root):
    silent = [str(path.relative_to(root)) for path in modules(root) if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_file_names_a_place_on_one_machine(root):
    assert places(MACHINE_PATH, [path for path in tracked(root) if path.name != "test_shape.py"], root) == []


def test_no_file_names_a_package_registry(root):
    assert places(REGISTRY, tracked(root), root) == []


@pytest.mark.parametrize(
    ("line", "seen"),
    [("cd /mnt/x", True), ("'/media/.cache'", True), ("file:///home/ann/x", True), ("/home/me/x", False), ("${X}/mnt/y", False), ("/api/home/x", False)],
)
def test_a_place_on_one_machine_is_seen(line, seen):
    assert bool(MACHINE_PATH.search(line)) is seen
