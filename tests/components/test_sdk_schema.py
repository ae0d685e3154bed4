"""Every input that the reference application sends, on either cloud, is legal by the installed SDKs' own types, and nothing of it is deprecated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.schema import Schemas, failures
from sandbox.schema.model import Property, Type
from tests.components.reference import reference

CLOUDS = ("gcp", "aws")


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


def deprecated(declared: Property, value: Any, path: str) -> Iterator[str]:
    """What a value uses that the SDK tells not to use any more, at any depth."""
    if declared.deprecated:
        yield f"{path}: {declared.deprecated}"
    yield from inside(declared.type, value, path)


def inside(type_: Type, value: Any, path: str) -> Iterator[str]:
    if type_.kind == "list" and type_.element is not None and isinstance(value, list):
        for position, item in enumerate(value):
            yield from inside(type_.element, item, f"{path}[{position}]")
    elif type_.kind == "object" and type_.properties is not None and isinstance(value, dict):
        for name, item in value.items():
            if name in type_.properties:
                yield from deprecated(type_.properties[name], item, f"{path}.{name}")


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("edge", ["cloudflare", "cloud"])
def test_every_input_is_legal_and_current_by_the_sdk(tier: str, cloud: str, edge: str, schemas: Schemas) -> None:
    world = reference(tier, cloud=cloud, edge=edge, createZone="true", cloudflareAccount="0123456789abcdef" * 2)
    sent = [resource for resource in world.resources if resource.type.split(":")[0] not in ("pulumi", "groundplan")]
    assert any(resource.type.startswith(f"{cloud}:") for resource in sent)
    found: list[str] = []
    for resource in sent:
        known = schemas.resource(resource.type)
        assert known is not None, resource.type
        if known.deprecated:
            found.append(f"{resource.type}: {known.deprecated}")
        found += [f"{resource.name} {failure.path}: {failure.reason}" for failure in failures(known, resource.inputs)]
        found += [message for name, value in resource.inputs.items() for message in deprecated(known.inputs[name], value, f"{resource.name}.{name}")]
    assert found == []


def test_the_check_itself_sees_what_is_deprecated(schemas: Schemas) -> None:
    bucket = schemas.resource("aws:s3/bucket:Bucket")
    assert bucket is not None
    old = [name for name, declared in bucket.inputs.items() if declared.deprecated]
    assert old, "the SDK tells of no deprecated input: the check would see nothing"
    assert list(deprecated(bucket.inputs[old[0]], "x", old[0]))
