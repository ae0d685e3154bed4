"""The driver reads from the engine what really happened."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

BUCKET = """
import pulumi
import pulumi_gcp as gcp

site = pulumi.Config("groundplan")
bucket = gcp.storage.Bucket("uploads", name="driver-uploads", location="EU", project="my-project-123", force_destroy=site.get_bool("force"))
pulumi.export("name", bucket.name)
"""


def test_the_life_of_a_stack_is_read_from_the_engine(pulumi_program):
    stack = pulumi_program(BUCKET)
    assert stack.preview().ok().changes == {"create": 1}
    up = stack.up().ok()
    assert up.steps == (("create", "gcp:storage/bucket:Bucket", "uploads"),)
    assert up.summary == {"create": 2}
    assert stack.outputs() == {"name": "driver-uploads"}
    assert stack.preview().unchanged
    stack.configure({"groundplan:force": True})
    changed = stack.preview().ok()
    assert changed.changes == {"update": 1}
    assert not changed.unchanged
    assert [r["type"] for r in stack.resources("gcp:storage/bucket:Bucket")] == ["gcp:storage/bucket:Bucket"]
    assert stack.destroy().ok().changes == {"delete": 1}
    assert stack.resources() == []


def test_an_error_of_the_program_is_read_from_the_engine(pulumi_program):
    def program():
        import pulumi

        raise pulumi.RunError("the plan is wrong")

    outcome = pulumi_program(program).preview()
    assert outcome.code != 0
    assert any("the plan is wrong" in message for message in outcome.errors)
    with pytest.raises(AssertionError, match="the plan is wrong"):
        outcome.ok()
