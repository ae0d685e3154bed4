"""What is not used is not loaded: importing a cloud's SDK costs seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SDKS = {"pulumi_gcp", "pulumi_aws", "pulumi_cloudflare", "pulumi_kubernetes", "pulumi_random", "pulumi_policy"}
LIST = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"


def loaded(code: str, root: Path) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"{code}\n{LIST}"], cwd=root, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_the_front_door_loads_no_cloud(root):
    assert loaded("import components", root) & SDKS == set()


def test_the_nouns_load_no_cloud(root):
    names = loaded("import components\nfor name in components.__all__: getattr(components, name)", root)
    assert "components" in names
    assert names & SDKS == set()


@pytest.mark.parametrize("house", ["sandbox", "ops"])
def test_a_house_loads_no_cloud_and_no_other_house(root, house):
    assert loaded(f"import {house}.__main__", root) & (SDKS | {"components", "policies", "sandbox", "ops"}) == {house}


def test_the_command_line_starts_without_the_engine_sdk(root):
    assert "pulumi" not in loaded("import ops.__main__", root)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("edge", "unused"), [("cloud", {"pulumi_aws", "pulumi_cloudflare", "pulumi_kubernetes"}), ("cloudflare", {"pulumi_aws", "pulumi_kubernetes"})]
)
def test_the_reference_application_loads_no_cloud_that_it_does_not_use(pulumi_program, root, tmp_path, edge, unused):
    stack = pulumi_program(root, stack="dev", config={"groundplan:edge": edge, "groundplan:createZone": edge == "cloud"})
    program = stack.folder / "__main__.py"
    listing = tmp_path / "loaded.json"
    program.write_text(
        f"{program.read_text(encoding='utf-8')}\nimport json, pathlib, sys\npathlib.Path({str(listing)!r}).write_text(json.dumps(sorted(sys.modules)))\n",
        encoding="utf-8",
    )
    stack.preview().ok()
    names = {name.split(".")[0] for name in json.loads(listing.read_text(encoding="utf-8"))}
    assert "pulumi_gcp" in names
    assert names & unused == set()
