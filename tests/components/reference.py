"""The reference application on mocks, in any tier, with the configuration that the checkout gives it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pulumi
import yaml

from tests.components.world import World, build

ROOT = Path(__file__).resolve().parents[2]


def configuration(tier: str) -> dict[str, str]:
    """What Pulumi.yaml and the tier's stack file say, without the namespace."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    stack = yaml.safe_load((ROOT / f"Pulumi.{tier}.yaml").read_text(encoding="utf-8"))
    values = {key: declared["default"] for key, declared in project["config"].items() if "default" in declared}
    values.update({key.removeprefix("groundplan:"): value for key, value in stack["config"].items()})
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in values.items()}


def reference(tier: str, **config: str) -> World:
    """All that `__main__.py` asks for; its exports are in `outputs`."""
    outputs: dict[str, object] = {}

    def program() -> None:
        kept = pulumi.export
        pulumi.export = outputs.__setitem__  # type: ignore[assignment]  # for this run only
        try:
            runpy.run_path(str(ROOT / "__main__.py"))
        finally:
            pulumi.export = kept  # type: ignore[assignment]  # as it was

    settings = {key: value for key, value in {**configuration(tier), **config}.items() if key != "tier"}
    world = build(program, tier=tier, pulumi_project="groundplan", **settings)
    world.outputs.update(outputs)
    return world
