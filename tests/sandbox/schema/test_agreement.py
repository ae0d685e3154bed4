"""What is read from the SDKs agrees with the real providers' own schemas: types, required, deprecated, secret, replacement."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.schema import Property, Schemas, Type

SHARED = Path(__file__).resolve().parents[4] / "shared" / "schemas"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the providers' schemas (../shared/schemas) are not here")


class Pair(NamedTuple):
    """One property, as the SDK and as the provider has it."""

    token: str
    path: str
    ours: Property
    type: Any
    flags: str
    within: str
    """The flags of all objects that hold it."""


@cache
def provider(package: str) -> dict[str, Any]:
    """A provider's schema."""
    found: dict[str, Any] = json.loads((SHARED / f"{package}.json").read_text(encoding="utf-8"))
    return found


def pairs(schemas: Schemas, package: str) -> Iterator[Pair]:
    """Every input property at any depth that both know."""
    theirs = provider(package)
    for token, resource in theirs["resources"].items():
        ours = schemas.resource(token)
        if ours is not None:
            yield from _pairs(theirs["types"], Pair(token, "", None, None, "", ""), ours.inputs, resource["inputs"], frozenset())  # type: ignore[arg-type] # the root is no property


def _pairs(types: Mapping[str, Any], above: Pair, ours: Mapping[str, Property], theirs: Mapping[str, Any], seen: frozenset[str]) -> Iterator[Pair]:
    for name, prop in ours.items():
        if name not in theirs:
            continue
        type_, flags = theirs[name][0], (*theirs[name], "")[1]
        pair = Pair(above.token, f"{above.path}{name}", prop, type_, flags, above.within + above.flags)
        yield pair
        inner, declared = _object(prop.type), types.get(_innermost(type_).removeprefix("@"))
        if inner is not None and isinstance(declared, dict) and inner.name not in seen:
            yield from _pairs(types, pair._replace(path=f"{pair.path}."), inner.properties or {}, declared, seen | {inner.name})


def _object(type_: Type) -> Type | None:
    while type_.element is not None:
        type_ = type_.element
    return type_ if type_.kind == "object" else None


def _innermost(type_: Any) -> str:
    while not isinstance(type_, str):
        type_ = type_[0] if isinstance(type_, list) else type_["*"]
    return type_


def _ours(type_: Type) -> Any:
    if type_.kind == "list":
        return [_ours(type_.element or type_)]
    if type_.kind == "map":
        return {"*": _ours(type_.element or type_)}
    return "@" if type_.kind == "object" else type_.kind


def _theirs(type_: Any) -> Any:
    if isinstance(type_, list):
        return [_theirs(type_[0])]
    if isinstance(type_, dict):
        return {"*": _theirs(type_["*"])}
    return "@" if type_.startswith("@") else type_


# The SDK is a major version newer than the schema; these changed in between, or are richer in the SDK.
CHANGED_TYPES = {
    "gcp:cloudrunv2/workerPool:WorkerPool template.containers.livenessProbe.httpGet.httpHeaders",
    "gcp:cloudrunv2/workerPool:WorkerPool template.containers.startupProbe.httpGet.httpHeaders",
    "gcp:secretmanager/secretVersion:SecretVersion secretDataWoVersion",
    "gcp:storage/bucketObject:BucketObject source",
}
CHANGED_REQUIRED = {
    "gcp:cloudrunv2/workerPool:WorkerPool template.containers.livenessProbe.httpGet.httpHeaders.name",
    "gcp:cloudrunv2/workerPool:WorkerPool template.containers.startupProbe.httpGet.httpHeaders.name",
    "gcp:iam/workforcePoolProviderScimTenant:WorkforcePoolProviderScimTenant claimMapping",
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion secretData",
}


@pytest.mark.parametrize("package", ["gcp", "random"])
def test_types_required_and_deprecated_are_the_providers(schemas: Schemas, package: str) -> None:
    """Of some 12,800 properties, only those that changed between the versions differ."""
    found = list(pairs(schemas, package))
    assert len(found) > {"gcp": 12_500, "random": 40}[package]
    assert {f"{pair.token} {pair.path}" for pair in found if _ours(pair.ours.type) != _theirs(pair.type)} <= CHANGED_TYPES
    assert {f"{pair.token} {pair.path}" for pair in found if pair.ours.required != ("r" in pair.flags)} <= CHANGED_REQUIRED
    assert [f"{pair.token} {pair.path}" for pair in found if bool(pair.ours.deprecated) != ("d" in pair.flags)] == []


@pytest.mark.parametrize("package", ["gcp", "random"])
def test_nothing_that_the_provider_has_is_missing(schemas: Schemas, package: str) -> None:
    """Types, inputs and outputs: but for what the newer version dropped."""
    gone = {"gcp:iap/brand:Brand", "gcp:iap/client:Client"}
    lost = {
        ("gcp:cloudrunv2/workerPool:WorkerPool", "customAudiences"),
        ("gcp:compute/reservation:Reservation", "reservationBlockCount"),
    }
    absent, missing = set(), set()
    for token, resource in provider(package)["resources"].items():
        ours = schemas.resource(token)
        if ours is None:
            absent.add(token)
            continue
        missing |= {(token, name) for name in resource["inputs"] if name not in ours.inputs}
        missing |= {(token, name) for name in resource["outputs"] if name not in ours.outputs and name != "id"}
    assert absent <= gone
    assert missing <= lost


def test_what_is_marked_secret_is_secret_to_the_provider_too(schemas: Schemas) -> None:
    """Every top-level secret is found. Of nested ones, those whose docstring says so: the SDK's code keeps no other trace of them."""
    found = [pair for pair in pairs(schemas, "gcp") if pair.ours.secret or "s" in pair.flags]
    top = [pair for pair in found if "." not in pair.path]
    assert [f"{pair.token} {pair.path}" for pair in top if pair.ours.secret and "s" not in pair.flags] == []
    assert [f"{pair.token} {pair.path}" for pair in top if not pair.ours.secret] == []
    marked = [pair for pair in found if pair.ours.secret]
    right = [pair for pair in marked if "s" in pair.flags]
    assert len(right) >= 0.97 * len(marked), sorted({f"{pair.token} {pair.path}" for pair in marked} - {f"{pair.token} {pair.path}" for pair in right})
    assert len(right) > 0.5 * len([pair for pair in found if "s" in pair.flags])


def test_what_a_docstring_says_replaces_does_replace(schemas: Schemas) -> None:
    """Precision 1 of some 40: the property itself carries the provider's flag, or an object that holds it does."""
    said = []
    for pair in pairs(schemas, "gcp"):
        schema = schemas.resource(pair.token)
        if schema is not None and pair.ours.replaces and pair.path in schema.replaces:
            said.append((f"{pair.token} {pair.path}", "f" in pair.flags + pair.within))
    assert len(said) > 25
    assert [name for name, right in said if not right] == []


def test_what_convention_says_replaces_mostly_does(schemas: Schemas) -> None:
    """Measured: 94 in 100 of what places or names a thing, all grants without exception. `Kind.updates` corrects the rest."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for pair in pairs(schemas, "gcp"):
        schema = schemas.resource(pair.token)
        if schema is not None and "." not in pair.path and not pair.ours.replaces and pair.path in schema.replaces:
            grant = pair.token.rsplit(":", 1)[1].lower().endswith(("iammember", "iambinding", "iampolicy"))
            counts[grant, "f" in pair.flags] += 1
    assert counts[True, False] == 0
    assert counts[True, True] > 700
    assert counts[False, True] > 700
    assert counts[False, True] >= 0.94 * (counts[False, True] + counts[False, False])
    assert counts.total() - counts[False, False] >= 0.965 * counts.total()


def test_most_top_level_replacement_is_known_without_typing_it(schemas: Schemas) -> None:
    """Recall: docstrings and convention together; the rest is for the types that are emulated in detail."""
    flagged = [pair for pair in pairs(schemas, "gcp") if "." not in pair.path and "f" in pair.flags]
    known = [pair for pair in flagged if (schema := schemas.resource(pair.token)) and pair.path in schema.replaces]
    assert len(known) > 0.6 * len(flagged), len(known) / len(flagged)
