"""The flat program that the benchmark compares with is the application's equal: the same resources with the same inputs."""

from __future__ import annotations

import json

import pytest

from benchmarks import flat

pytestmark = pytest.mark.engine


def custom(program) -> dict[tuple[str, str], dict]:
    found = (r for r in program.resources() if r.get("custom") and not r["type"].startswith("pulumi:"))
    return {(r["type"], r["urn"].rsplit("::", 1)[-1]): r for r in found}


def shape(value):
    """Which keys a value has, at any depth, without what stands there."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()} if flat.SECRET not in value else "secret"
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__


def inputs(resource: dict) -> dict:
    """What the resource was given; of a value that another one supplied, such as an address, the shape: the order of creation decides it."""
    supplied = links(resource)
    given = {key: value for key, value in resource["inputs"].items() if not key.startswith("__")}
    return {key: shape(value) if key in supplied or flat.SECRET in json.dumps(value) else value for key, value in given.items()}


def links(resource: dict) -> dict[str, set[str]]:
    """Each input's suppliers, by name: a literal in place of an output would be a lighter program."""
    found = {key: {urn.rsplit("::", 1)[-1] for urn in urns or ()} for key, urns in resource.get("propertyDependencies", {}).items()}
    return {key: names for key, names in found.items() if names}


@pytest.mark.parametrize("thin", [False, True])
def test_the_flat_program_makes_the_same_resources_from_the_same_inputs(pulumi_program, root, thin):
    application = pulumi_program(root)
    application.up().ok()
    exported = json.loads(application.pulumi("stack", "export", "--show-secrets").ok().stdout)["deployment"]
    written = pulumi_program(root)
    written.rewrite(flat.write(exported, thin=thin))
    written.up().ok()
    expected, made = custom(application), custom(written)
    assert set(made) == set(expected)
    assert {key: inputs(resource) for key, resource in made.items()} == {key: inputs(resource) for key, resource in expected.items()}
    assert {key: links(resource) for key, resource in made.items()} == {key: links(resource) for key, resource in expected.items()}
