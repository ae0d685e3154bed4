"""How Google Cloud and its provider name things: ids, links, numbers, labels, and the forms an import takes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ...kind import UNKNOWN, Call, Properties, Record, Refusal

COMPUTE = "https://www.googleapis.com/compute/v1/"
"""What every compute self link starts with."""

_VARIABLE = re.compile(r"\{(\w+)\}")


def text(value: object) -> str:
    """The value as the string it must be by now; an empty one where it is absent or not known."""
    return value if isinstance(value, str) else ""


CARRIERS = ("secret", "keyRing", "cryptoKey", "cryptoKeyId", "serviceAccountId")
"""Inputs that may name the parent in full: `projects/P/secrets/S`."""


def project(call: Call) -> str:
    """The project of the resource, else the one that its parent's full name holds (a secret's version has no other), else of the provider."""
    named = (segment(call.inputs.get(key), "projects") for key in CARRIERS)
    parent = next((name for name in named if name and not name.isdigit()), "")
    given = text(call.inputs.get("project")) or parent or call.config.get("project", "")
    if not given:
        message = "project: required field is not set"
        raise Refusal(message)
    return given.removeprefix("projects/")


def region(call: Call) -> str:
    """The region of the resource, else of the provider, else of its zone."""
    given = text(call.inputs.get("region")) or call.config.get("region", "") or call.config.get("zone", "").rpartition("-")[0]
    if not given:
        message = "Cannot determine region: set in this resource, or set provider-level 'region' or 'zone'."
        raise Refusal(message)
    return given.rsplit("/", 1)[-1]


def location(call: Call) -> str:
    """The location of the resource, else the provider's region."""
    return text(call.inputs.get("location")) or region(call)


def digest(*parts: object) -> str:
    """A stable hexadecimal fingerprint of the parts."""
    return hashlib.sha256("\x00".join(map(str, parts)).encode()).hexdigest()


def number(*parts: object, digits: int = 19) -> str:
    """A stable decimal number of exactly so many digits, as Google numbers what it holds."""
    low = 10 ** (digits - 1)
    return str(low + int(digest(*parts)[:24], 16) % (9 * low))


def project_number(project_id: str) -> str:
    """The twelve digits that Google gave the project."""
    return number("project", project_id, digits=12)


def self_link(path: str) -> str:
    """The compute link of `projects/…`."""
    return COMPUTE + path


def relative(link: object) -> str:
    """`projects/…` from any link or path that holds it; other values as they are."""
    value = text(link)
    at = value.find("projects/")
    return value[at:] if at > 0 and ("://" in value or value.startswith("//") or at == 1) else value


def segment(path: object, collection: str) -> str:
    """The part after `collection` in a path or link (`segment(link, "regions")`), or an empty string."""
    parts = text(path).split("/")
    return next((after for part, after in pairwise(parts) if part == collection), "")


def global_path(call: Call, collection: str, value: object) -> str:
    """`projects/P/global/<collection>/N` from a name, a path or a link."""
    short = text(value)
    return relative(short) if "projects/" in short else f"projects/{project(call)}/global/{collection}/{short.rsplit('/', 1)[-1]}"


def regional_path(call: Call, collection: str, value: object) -> str:
    """`projects/P/regions/R/<collection>/N` from a name, a path or a link."""
    short = text(value)
    if "projects/" in short:
        return relative(short)
    where = segment(short, "regions") or region(call)
    return f"projects/{project(call)}/regions/{where}/{collection}/{short.rsplit('/', 1)[-1]}"


def identity(template: str) -> Callable[[Call], str]:
    """The id by a template of the provider: `projects/{project}/regions/{region}/routers/{name}`; other words are inputs."""
    places: dict[str, Callable[[Call], str]] = {"project": project, "region": region, "location": location}
    words = _VARIABLE.findall(template)

    def identify(call: Call) -> str:
        values = {word: places[word](call) if word in places else str(call.inputs.get(word, "")).rsplit("/", 1)[-1] for word in words}
        return template.format_map(values)

    return identify


def imported(template: str) -> Callable[[str, Mapping[str, str]], str]:
    """The id from the full path, a link, or its variables alone; leading ones are the provider's own where they are left out."""
    words = _VARIABLE.findall(template)
    full = re.compile("^" + _VARIABLE.sub("[^/]+", template) + "$")

    def import_id(id_: str, config: Mapping[str, str]) -> str:
        path = relative(id_).removeprefix("/")
        parts = path.split("/")
        if full.match(path) or len(parts) > len(words):
            return path
        missing = words[: len(words) - len(parts)]
        leading = [config.get("region" if word == "location" else word, "") for word in missing]
        return template.format_map(dict(zip(words, [*leading, *parts], strict=True)))

    return import_id


def kept(call: Call, output: str, value: Callable[[], Any]) -> Any:
    """What the thing already has under this output; made when it is created."""
    if call.old is not None and call.old.outputs.get(output) is not None:
        return call.old.outputs[output]
    return value()


def labelled(call: Call) -> Properties:
    """`pulumiLabels` and `effectiveLabels`: the resource's own, the provider's defaults and the mark that Pulumi adds."""
    labels = call.inputs.get("labels")
    if labels is UNKNOWN:
        return {"pulumiLabels": UNKNOWN, "effectiveLabels": UNKNOWN}
    merged: dict[str, Any] = {**_default_labels(call), **(labels or {})}
    if call.config.get("addPulumiAttributionLabel", "true").lower() != "false":
        merged.setdefault("goog-pulumi-provisioned", "true")
    return {"pulumiLabels": merged, "effectiveLabels": merged}


def _default_labels(call: Call) -> Properties:
    said = call.config.get("defaultLabels", "")
    labels = json.loads(said) if said else {}
    return labels if isinstance(labels, dict) else {}


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Every known value under a dotted path, where `*` stands for each item of a list."""
    head, _, rest = path.partition(".")
    for item in _items(value, head):
        if rest:
            yield from values_at(item, rest)
        elif item is not UNKNOWN:
            yield item


def _items(value: Any, head: str) -> Sequence[Any]:
    if head == "*":
        return value if isinstance(value, list) else ()
    return [value[head]] if isinstance(value, dict) and value.get(head) is not None else ()


def means(value: object, record: Record) -> bool:
    """Whether the value names this thing: by id, link or bare name."""
    return relative(value) == record.id or value in {record.outputs.get("selfLink"), record.outputs.get("name")}


def holder(record: Record) -> str:
    """The path by which Google's refusals call what uses something: a NAT is part of its router."""
    if record.type != "gcp:compute/routerNat:RouterNat":
        return record.id
    owner, where, router, _ = record.id.split("/")
    return f"projects/{owner}/regions/{where}/routers/{router}"


def stands(call: Call) -> Record:
    """The thing as it stands, in a delete or an update."""
    if call.old is None:
        message = f"{call.urn} does not exist"
        raise LookupError(message)
    return call.old


def users(call: Call, paths: Mapping[str, tuple[str, ...]]) -> Iterator[Record]:
    """Everything whose property at one of these paths, by type, names the thing that stands."""
    target = stands(call)
    for type_, places in paths.items():
        for record in call.cloud.find(type_):
            if any(means(value, target) for place in places for value in values_at(record.outputs, place)):
                yield record
