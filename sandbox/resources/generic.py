"""A resource type that nothing is written about: an id of the right form, and outputs believable by name and type."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from ..kind import UNKNOWN, Call, Kind, Properties

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..schema import Property, TypeSchema

_SELF_LINKS = "https://www.googleapis.com/compute/v1/"
_ACCOUNT = "000000000000"


def kind(token: str) -> Kind:
    """A kind for a type of which only the schema is known."""
    package = token.split(":", 1)[0]
    return Kind(
        token=token,
        identify=_IDENTIFY.get(package, _by_digest),
        replaces=_GOOGLE_REPLACES if package == "gcp" else frozenset(),
        volatile=frozenset({"etag", "fingerprint"}),
        **(_KUBERNETES if package == "kubernetes" else {}),
    )


def fill(schema: TypeSchema, call: Call, id_: str, given: Properties) -> Properties:
    """A value for every output that only the provider can compute and that is not given yet."""
    filled: Properties = {}
    for name, output in schema.outputs.items():
        if name in given:
            continue
        if name in _PLACES and name in schema.inputs:
            value = _place(name, call)
        elif name in schema.inputs:
            continue
        else:
            value = _value(output, call, id_, {**given, **filled})
        if value is not None:
            filled[name] = value
    return filled


def foreseen(schema: TypeSchema, call: Call) -> Properties:
    """The computed outputs that a preview knows already."""
    known: Properties = {}
    for name in schema.outputs:
        value = _place(name, call) if name in _PLACES and name in schema.inputs else labels(call)[name] if name in _LABELS else None
        if value is not None:
            known[name] = value
    return known


def labels(call: Call) -> Properties:
    """The two label maps that the Google provider derives from `labels` and the provider's own defaults."""
    given = call.inputs.get("labels", {})
    if given is UNKNOWN:
        return {"pulumiLabels": UNKNOWN, "effectiveLabels": UNKNOWN}
    defaults = json.loads(call.config.get("defaultLabels") or "{}")
    added = {} if call.config.get("addPulumiAttributionLabel") == "false" else {"goog-pulumi-provisioned": "true"}
    merged = {**added, **defaults, **given}
    return {"pulumiLabels": merged, "effectiveLabels": merged}


def digest(call: Call, purpose: str, length: int = 32) -> str:
    """Hexadecimal digits that depend on the resource and its purpose alone."""
    return hashlib.sha256(f"{call.type}|{call.urn}|{purpose}".encode()).hexdigest()[:length]


def _revision(call: Call, length: int) -> str:
    """Digits that change with the inputs."""
    return digest(call, json.dumps(call.inputs, sort_keys=True), length)


def _place(name: str, call: Call) -> str | None:
    config = call.config
    if name == "location":
        return config.get("region")
    return config.get(name)


_PLACES = ("project", "region", "zone", "location")
_LABELS = ("pulumiLabels", "effectiveLabels")
_GOOGLE_REPLACES = frozenset({"name", *_PLACES})
"""What forces a new resource in 19 of 20 Google types that have it."""


def _value(output: Property, call: Call, id_: str, given: Mapping[str, Any]) -> Any:
    if output.name in _LABELS:
        return labels(call)[output.name]
    if output.name == "tagsAll":
        return call.inputs.get("tags") or {}
    if output.type.kind == "string":
        return _text(output.name, call, id_, given)
    if output.type.kind in {"integer", "number"}:
        return 0
    return {"boolean": False, "list": [], "map": {}}.get(output.type.kind)


def _text(name: str, call: Call, id_: str, given: Mapping[str, Any]) -> str:
    for pattern, make in _TEXTS:
        if pattern.search(name):
            return make(call, id_, given)
    return ""


def _arn(call: Call, id_: str, _given: Mapping[str, Any]) -> str:
    service = call.type.split(":")[1].split("/")[0]
    name = call.type.split("/")[-1].split(":")[0]
    return f"arn:aws:{service}:{call.config.get('region', 'us-east-1')}:{_ACCOUNT}:{name}/{id_}"


def _name(call: Call, _id: str, given: Mapping[str, Any]) -> str:
    return str(given.get("name") or call.inputs.get("name") or call.name)


_TEXTS: tuple[tuple[re.Pattern[str], Callable[[Call, str, Mapping[str, Any]], str]], ...] = (
    (re.compile(r"^selfLink(WithId)?$"), lambda _call, id_, _given: _SELF_LINKS + id_),
    (re.compile(r"^arn$|Arn$"), _arn),
    (re.compile(r"(?i)fingerprint$"), lambda call, _id, _given: _revision(call, 12)),
    (re.compile(r"(?i)etag$"), lambda call, _id, _given: f'"{_revision(call, 16)}"'),
    (re.compile(r"^(create|creation|update)(d)?(Time|Timestamp|At|On|Date)$|^modifiedOn$"), lambda call, _id, _given: call.cloud.now()),
    (re.compile(r"^(uid|uniqueId|uuid)$"), lambda call, _id, _given: _uuid(digest(call, "uid"))),
    (re.compile(r"^generatedId$|^numericId$"), lambda call, _id, _given: str(int(digest(call, "number", 15), 16) + 10**18)),
    (re.compile(r"^(state|status)$"), lambda _call, _id, _given: "ACTIVE"),
    (re.compile(r"^accountId$|^ownerId$|^owner$"), lambda _call, _id, _given: _ACCOUNT),
    (re.compile(r"(?i)(url|uri|endpoint)$"), lambda call, _id, _given: f"https://{digest(call, 'host', 10)}.sandbox.invalid"),
    (re.compile(r"(?i)(ipAddress|ipv4Address|address)$"), lambda call, _id, _given: f"198.51.100.{int(digest(call, 'address', 2), 16) % 254 + 1}"),
    (re.compile(r"^name$"), _name),
)


def _uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _fresh(call: Call, length: int) -> str:
    """Digits that no earlier resource of this URN had."""
    return digest(call, f"id {call.cloud.sequence(f'id {call.urn}')}", length)


def _by_digest(call: Call) -> str:
    return _fresh(call, 32)


def _google(call: Call) -> str:
    named = next((str(call.inputs[key]) for key in _google_names(call) if isinstance(call.inputs.get(key), str)), None)
    collection = call.type.split("/")[-1].split(":")[0] + "s"
    project = call.inputs.get("project") or call.config.get("project")
    scope = f"projects/{project}/" if project else ""
    for place in ("location", "region", "zone"):
        if call.inputs.get(place):
            scope += f"{place}s/{call.inputs[place]}/"
            break
    return f"{scope}{collection}/{named or _fresh(call, 16)}"


def _google_names(call: Call) -> tuple[str, ...]:
    own = call.type.split("/")[-1].split(":")[0]
    return ("name", f"{own}Id")


def _amazon(call: Call) -> str:
    own = call.type.split("/")[-1].split(":")[0].lower()
    return f"{own[:8]}-{_fresh(call, 17)}"


def _kubernetes(call: Call) -> str:
    metadata = call.inputs["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])


def _kubernetes_defaults(call: Call) -> Properties:
    """The Kubernetes provider makes up `metadata.name`."""
    metadata = call.inputs.get("metadata")
    return {} if metadata is UNKNOWN else {"metadata": {"name": f"{call.name}-{digest(call, 'name', 8)}"}}


def _kubernetes_outputs(call: Call) -> Properties:
    born = call.old.outputs["metadata"]["creationTimestamp"] if call.old else call.cloud.now()
    uid = _uuid(digest(call, "uid"))
    metadata = {"namespace": "default", "generation": 1, "creationTimestamp": born, "uid": uid, "resourceVersion": str(int(_revision(call, 8), 16))}
    return {"metadata": {**metadata, **call.inputs["metadata"]}}


_KUBERNETES: dict[str, Any] = {"defaults": _kubernetes_defaults, "outputs": _kubernetes_outputs}


_IDENTIFY: dict[str, Callable[[Call], str]] = {"gcp": _google, "aws": _amazon, "kubernetes": _kubernetes}
