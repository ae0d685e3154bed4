"""The seam between the nouns and the clouds: every noun is there on every cloud, with the same sentence."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

CLOUDS = ("gcp", "aws")
SDKS = {"gcp": "pulumi_gcp", "aws": "pulumi_aws", "cloudflare": "pulumi_cloudflare"}
BESIDE = {"certificate": {"ask": 2, "issued": 3}, "health_check": {"watch": 3}}
"""Modules of a cloud that a noun asks for whoever is at the edge, with their functions and how many arguments each takes."""


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


def nouns(root: Path) -> dict[str, str]:
    """Noun → its class, as the components themselves say (`noun: ClassVar[str] = …`)."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (root / "components").glob("*.py")]
    classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    lines = [(name.name, line) for name in classes for line in name.body if isinstance(line, ast.AnnAssign)]
    return {ast.literal_eval(line.value): name for name, line in lines if ast.unparse(line.target) == "noun" and line.value is not None}


def test_the_nouns_are_found(root: Path) -> None:
    assert {"network", "container_service", "database", "cache", "object_store", "edge_dns", "secrets", "registry"} <= set(nouns(root))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_noun_has_its_builder_with_the_same_sentence(cloud: str, root: Path) -> None:
    for noun, name in nouns(root).items():
        path = root / "components" / cloud / f"{noun}.py"
        assert path.is_file(), f"{name} is not available on {cloud}"
        build = functions(path)["build"]
        spelled = [ast.unparse(argument.annotation) for argument in build.args.args if argument.annotation]
        assert spelled == [name, f"{name}Args"], f"{path.name}: build() takes {spelled}"
        assert build.returns is not None
        assert ast.unparse(build.returns) == f"{name}Parts"
        checks = functions(path).get("problems")
        assert checks is None or len(checks.args.args) == 2


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_stands_beside_the_nouns_is_there_on_every_cloud(cloud: str, root: Path) -> None:
    for module, expected in BESIDE.items():
        found = functions(root / "components" / cloud / f"{module}.py")
        assert {name: len(found[name].args.args) for name in expected} == expected


def offered(path: Path) -> set[str]:
    """What a module answers to from outside: its own functions, and what it says it hands on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {name.asname or name.name for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names}
    constants = {ast.unparse(target) for node in tree.body if isinstance(node, ast.Assign) for target in node.targets}
    annotated = {ast.unparse(node.target) for node in tree.body if isinstance(node, ast.AnnAssign)}
    return set(functions(path)) | imported | constants | annotated


def test_what_a_noun_asks_of_its_builder_is_there_on_every_cloud(root: Path) -> None:
    for noun in nouns(root):
        tree = ast.parse((root / "components" / f"{noun}.py").read_text(encoding="utf-8"))
        asked = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) and ast.unparse(node.value).endswith("builder()")
        }
        assert "build" in asked
        for cloud in CLOUDS:
            assert asked <= offered(root / "components" / cloud / f"{noun}.py"), f"{cloud}/{noun}.py lacks {sorted(asked)}"


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("edge", ["cloud", "cloudflare"])
def test_a_run_loads_the_sdk_of_its_own_cloud_alone(cloud: str, edge: str, root: Path) -> None:
    probe = (
        "import json, sys; sys.path.insert(0, '.')\n"
        "from tests.components.reference import reference\n"
        f"reference('prod', cloud={cloud!r}, edge={edge!r}, createZone='true', cloudflareAccount='{32 * 'a'}')\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", probe], cwd=root, capture_output=True, text=True, check=True)
    assert {name for name in json.loads(done.stdout) if name in SDKS.values()} == {SDKS[cloud]}
