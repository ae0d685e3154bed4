"""What every cloud refuses whatever the type: services not enabled, references to nothing, names held, things in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .kind import UNKNOWN, Call, Cloud, Kind, Record, Reference, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .store import Store

SERVICE = "gcp:projects/service:Service"
_TITLES = {
    "artifactregistry.googleapis.com": "Artifact Registry API",
    "certificatemanager.googleapis.com": "Certificate Manager API",
    "cloudkms.googleapis.com": "Cloud Key Management Service (KMS) API",
    "cloudresourcemanager.googleapis.com": "Cloud Resource Manager API",
    "compute.googleapis.com": "Compute Engine API",
    "container.googleapis.com": "Kubernetes Engine API",
    "dns.googleapis.com": "Cloud DNS API",
    "iam.googleapis.com": "Identity and Access Management (IAM) API",
    "logging.googleapis.com": "Cloud Logging API",
    "memorystore.googleapis.com": "Memorystore API",
    "monitoring.googleapis.com": "Cloud Monitoring API",
    "pubsub.googleapis.com": "Cloud Pub/Sub API",
    "redis.googleapis.com": "Google Cloud Memorystore for Redis API",
    "run.googleapis.com": "Cloud Run Admin API",
    "secretmanager.googleapis.com": "Secret Manager API",
    "servicenetworking.googleapis.com": "Service Networking API",
    "sqladmin.googleapis.com": "Cloud SQL Admin API",
    "storage.googleapis.com": "Cloud Storage JSON API",
    "vpcaccess.googleapis.com": "Serverless VPC Access API",
}


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def project(call: Call) -> str | None:
    """The Google project that a call is about."""
    named = call.inputs.get("project") or call.config.get("project")
    return named if isinstance(named, str) else None


def refuse_disabled_service(kind: Kind, call: Call) -> None:
    """Google's answer to a call of a service that nobody enabled in the project."""
    if kind.api is None:
        return
    from .resources.gcp.names import project_number
    from .resources.gcp.projects import ALWAYS_ON

    name = project(call)
    if name is None or kind.api in ALWAYS_ON or any(call.cloud.find(SERVICE, service=kind.api, project=name)):
        return

    title, number = _TITLES.get(kind.api, kind.api), project_number(name)
    page = f"https://console.developers.google.com/apis/api/{kind.api}/overview?project={number}"
    raise Refusal(
        f"googleapi: Error 403: {title} has not been used in project {number} before or it is disabled. Enable it by visiting {page} then retry. "
        "If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry. "
        f'(reason: SERVICE_DISABLED, service: "{kind.api}"), accessNotConfigured'
    )


def refuse_dangling(kind: Kind, call: Call) -> None:
    """The cloud's answer to an input that names something that does not exist."""
    for reference in kind.references:
        for value in values(call.inputs, reference.path):
            if not isinstance(value, str) or not value or (reference.foreign is not None and reference.foreign(call, value)):
                continue
            if not any(target(call.cloud, reference, value, project(call))):
                raise Refusal(reference.message.format(value=value))


def taken(kind: Kind, call: Call, id_: str) -> Refusal:
    """The cloud's answer to an id or a name that something holds already."""
    return Refusal(kind.taken.format_map(_Words({**call.inputs, "id": id_})))


def refuse_in_use(victim: Record, store: Store, kinds: Callable[[str], Kind]) -> None:
    """The cloud's answer to the deletion of something that others refer to."""
    for type_ in store.types():
        references = [reference for reference in kinds(type_).references if reference.holds and victim.type in reference.types]
        for user in store.find(type_) if references else ():
            if user != victim and any(_names(one, value, victim, user) for one in references for value in values(user.inputs, one.path)):
                raise _in_use(victim, user)


def _in_use(victim: Record, user: Record) -> Refusal:
    """In the words of the cloud that the thing is in, where its own kind has none."""
    noun = victim.type.split("/")[-1].split(":")[0]
    if victim.type.startswith("aws:"):
        return Refusal(f"deleting {noun} ({victim.id}): api error DependencyViolation: resource {victim.id} has a dependent object: {user.id}")
    return Refusal(f"googleapi: Error 400: The {noun} resource '{victim.id}' is already being used by '{user.id}', resourceInUseByAnotherResource")


def target(cloud: Cloud, reference: Reference, value: str, place: str | None) -> Iterator[Record]:
    """Everything that the value of a reference names."""
    for type_ in reference.types:
        for by in reference.by:
            if by == "id":
                record = cloud.get(type_, value)
                if record is not None:
                    yield record
                continue
            for record in cloud.find(type_, **{by: value}):
                if by != "name" or _same_place(record.outputs.get("project"), place):
                    yield record


def _names(reference: Reference, value: Any, record: Record, user: Record) -> bool:
    for by in reference.by:
        if by == "id":
            if value == record.id:
                return True
        elif value == record.outputs.get(by) and (by != "name" or _same_place(record.outputs.get("project"), user.outputs.get("project"))):
            return True
    return False


def _same_place(one: object, other: object) -> bool:
    return not one or not other or one == other


def values(properties: Mapping[str, Any], path: str) -> Iterator[Any]:
    """The known values at a dotted path, where `*` is every item of a list or of a map."""
    yield from _values(properties, path.split("."))


def _values(value: Any, parts: list[str]) -> Iterator[Any]:
    if value is None or value is UNKNOWN:
        return
    if not parts:
        yield value
    elif parts[0] == "*":
        items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        for item in items:
            yield from _values(item, parts[1:])
    elif isinstance(value, dict):
        yield from _values(value.get(parts[0]), parts[1:])
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, parts)
