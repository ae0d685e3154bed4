"""Every input that the reference application sends is legal by the real providers' schemas, and none is deprecated."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.components.reference import reference

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas"

NEWER = {
    # (type, property): the pinned SDK is newer than the schema and has it (the schemas' README)
}

pytestmark = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="the providers' own schemas stand beside the checkout only where the project is developed (../shared/schemas)"
)


@functools.cache
def schema(package: str) -> dict[str, Any]:
    return dict(json.loads((SCHEMAS / f"{package}.json").read_text(encoding="utf-8")))


def faults(package: str, inputs: dict[str, Any], declared: dict[str, Any], path: str) -> Iterator[str]:
    for name, entry in declared.items():
        flags = entry[1] if len(entry) > 1 else ""
        if "r" in flags and name not in inputs:
            yield f"{path}.{name} is required"
        if "d" in flags and name in inputs:
            yield f"{path}.{name} is deprecated"
    for name, value in inputs.items():
        if name not in declared:
            yield f"{path}.{name} does not exist"
        else:
            yield from mistyped(package, value, declared[name][0], f"{path}.{name}")


PYTHON: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def mistyped(package: str, value: Any, type_: Any, path: str) -> Iterator[str]:
    if isinstance(type_, list):
        items = enumerate(value) if isinstance(value, list) else None
        yield from (
            (each for position, item in items for each in mistyped(package, item, type_[0], f"{path}[{position}]")) if items else (f"{path} must be a list",)
        )
    elif isinstance(type_, dict):
        entries = value.items() if isinstance(value, dict) else None
        yield from (
            (each for key, item in entries for each in mistyped(package, item, type_["*"], f"{path}.{key}"))
            if entries is not None
            else (f"{path} must be a map",)
        )
    elif type_.startswith("@"):
        declared = schema(package)["types"].get(type_[1:])
        if isinstance(declared, dict):
            yield from faults(package, value, declared, path) if isinstance(value, dict) else (f"{path} must be an object",)
    elif type_ in PYTHON and (not isinstance(value, PYTHON[type_]) or isinstance(value, bool) != (type_ == "boolean")):
        yield f"{path} must be {type_}, is {value!r}"


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
@pytest.mark.parametrize("package", ["gcp", "random"])
def test_every_input_is_legal_by_the_provider_s_own_schema(tier: str, package: str) -> None:
    world = reference(tier)
    sent = [resource for resource in world.resources if resource.type.startswith(f"{package}:")]
    assert sent
    found = [
        fault
        for resource in sent
        for fault in faults(package, resource.inputs, schema(package)["resources"][resource.type]["inputs"], f"{resource.type} {resource.name}")
        if fault not in NEWER
    ]
    assert found == []


def test_the_check_itself_sees_unknown_missing_mistyped_and_deprecated_inputs() -> None:
    declared = schema("random")["resources"]["random:index/randomPassword:RandomPassword"]["inputs"]
    assert list(faults("random", {"lengthh": 3, "length": "x", "number": True}, declared, "p")) == [
        "p.number is deprecated",
        "p.lengthh does not exist",
        "p.length must be integer, is 'x'",
    ]
    assert list(faults("random", {}, declared, "p")) == ["p.length is required"]
