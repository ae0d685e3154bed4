"""docs/moving.md: its commands, run, in both directions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.engine.application import Application
from tests.sandbox.place import ROOT

pytestmark = pytest.mark.engine

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands() -> list[str]:
    (block,) = BLOCK.findall((ROOT / "docs" / "moving.md").read_text(encoding="utf-8"))
    return str(block).splitlines()


def records(application: Application) -> dict[str, str]:
    """Full name → value, of every record at the edge."""
    done = application.place.sandbox("ls", "--json")
    rows = [row for row in json.loads(done.stdout) if row["type"] == "cloudflare:index/dnsRecord:DnsRecord"]
    shown = [json.loads(application.place.sandbox("show", row["id"]).stdout) for row in rows]
    return {each["outputs"]["name"]: each["outputs"]["content"] for each in shown}


@pytest.mark.parametrize(("source", "target", "ends"), [("gcp", "aws", ".internal"), ("aws", "gcp", ".run.app")])
def test_the_name_goes_from_one_cloud_to_the_other(source: str, target: str, ends: str, engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev", source)
    application.run("up")
    assert set(records(application)) == {"dev.watchparty.example"}
    for command in commands():
        if command.startswith("pulumi destroy"):
            both = records(application)
            assert set(both) == {"dev.watchparty.example", "dev-old.watchparty.example"}
            assert both["dev.watchparty.example"].endswith(ends)
        words = command.replace("dev-aws", f"dev-{target}").replace("groundplan:cloud aws", f"groundplan:cloud {target}").split()
        application.place.pulumi(*words[1:])
    assert set(records(application)) == {"dev.watchparty.example"}
    packages = {thing.split(":")[0] for thing in application.left()} - {"random", "cloudflare"}
    assert packages == {target}
