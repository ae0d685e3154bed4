"""Cloud Run services: their addresses, revisions and traffic, and what keeps one from being made."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...kind import Call, Kind, Properties, Record, Reference, Refusal
from . import cloudrun_rules as rules
from .cloudrun_access import account
from .cloudrun_container import cpus
from .cloudrun_names import CHANGES, fixed_host, host, life, revision, revisions
from .compute_network import SUBNETWORK
from .iam import grants
from .lifecycle import deletes, deletion, network_reference, reference
from .names import identity, imported, labelled, location, project, stands, text

SERVICE = "gcp:cloudrunv2/service:Service"
_ID = "projects/{project}/locations/{location}/services/{name}"
_API = "run.googleapis.com"
_LONGEST = 3600
"""Seconds that a request may take (Cloud Run, "Request timeout")."""
_GRANTS = ("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding")


def _template(call: Call) -> Properties:
    template = call.inputs.get("template")
    return template if isinstance(template, dict) else {}


def _refuse(call: Call) -> None:
    template, name = _template(call), text(call.inputs.get("name"))
    rules.refuse(call, "Service", template, "template", _LONGEST)
    said = text(template.get("revision"))
    if said and not said.startswith(f"{name}-"):
        raise rules.failed(call, "Service", f"template.revision: Revision name '{said}' must be prefixed by the service name '{name}-'")
    if said and call.old is not None and said == call.old.outputs.get("latestCreatedRevision") and call.old.inputs.get("template") != template:
        message = f"Error updating Service \"{call.old.id}\": googleapi: Error 409: Revision named '{said}' with different configuration already exists."
        raise Refusal(message)
    for field, why in (*rules.scaling(template), *rules.traffic(call, revisions(call) + 1)):
        raise rules.failed(call, "Service", f"{field}: {why}")
    rules.refuse_revision(call, "Service", template, revision(call))


def _filled(call: Call) -> Properties:
    """The template with what the API adds."""
    template = _template(call)
    containers = [_container(one, first=index == 0) for index, one in enumerate(template.get("containers") or [])]
    limits = containers[0]["resources"]["limits"] if containers else {}
    several = (cpus(limits.get("cpu", "1")) or 1) >= 1
    return {
        "timeout": "300s",
        "serviceAccount": account(call, template),
        "maxInstanceRequestConcurrency": 80 if several else 1,
        **template,
        "scaling": {"maxInstanceCount": 100, **(template.get("scaling") or {})},
        "containers": containers,
    }


def _container(container: Properties, *, first: bool) -> Properties:
    resources = container.get("resources") or {}
    filled = {**container, "resources": {"cpuIdle": True, **resources, "limits": {"cpu": "1000m", "memory": "512Mi", **(resources.get("limits") or {})}}}
    if first:
        filled.setdefault("ports", {"containerPort": 8080, "name": "http1"})
        port = filled["ports"].get("containerPort", 8080)
        filled.setdefault("startupProbe", {"failureThreshold": 1, "periodSeconds": 240, "timeoutSeconds": 240, "tcpSocket": {"port": port}})
    return filled


def _statuses(call: Call, serving: str) -> list[Properties]:
    targets = call.inputs.get("traffics") or [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}]
    statuses = []
    for target in targets:
        latest = target.get("type") != "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
        status = {**target, "revision": serving if latest else target.get("revision", ""), "percent": target.get("percent") or 0}
        tag = text(target.get("tag"))
        statuses.append({**status, "tag": tag, "uri": f"https://{tag}---{host(call)}" if tag else ""})
    return statuses


def _outputs(call: Call) -> Properties:
    serving = revision(call)
    disabled = call.inputs.get("defaultUriDisabled") is True
    uri = f"https://{host(call)}"
    lived = life(call)
    when = lived["terminalConditions"][0]["lastTransitionTime"]
    return {
        **labelled(call),
        **lived,
        "project": project(call),
        "location": location(call),
        "template": _filled(call),
        "ingress": call.inputs.get("ingress") or "INGRESS_TRAFFIC_ALL",
        "uri": "" if disabled else uri,
        "urls": [] if disabled else [f"https://{fixed_host(call)}", uri],
        "latestCreatedRevision": serving,
        "latestReadyRevision": serving,
        "trafficStatuses": _statuses(call, serving),
        "traffics": call.inputs.get("traffics") or [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
        "conditions": [{"type": kind, "state": "CONDITION_SUCCEEDED", "lastTransitionTime": when} for kind in ("RoutesReady", "ConfigurationsReady")],
    }


def guarded(noun: str, resource: str) -> Callable[[Call], None]:
    """The delete of something that the provider itself protects."""

    def delete(call: Call) -> None:
        if stands(call).inputs.get("deletionProtection") is not False:
            message = f"cannot destroy {noun} without setting deletion_protection=false and running `terraform apply`"
            raise Refusal(message)
        deletion(resource)(call)

    return delete


def granted(tokens: tuple[str, ...]) -> Callable[[Call], Iterator[Record]]:
    """The grants on the thing that goes."""

    def carries(call: Call) -> Iterator[Record]:
        for token in tokens:
            yield from (record for record in call.cloud.find(token) if record.id.startswith(f"{stands(call).id}/roles/"))

    return carries


def grants_on(tokens: tuple[str, ...], type_: str, template: str) -> Iterator[Kind]:
    """Who may do what with one resource of Cloud Run."""
    noun = template.rsplit("/", 2)[-2].removesuffix("s")
    message = f"Error retrieving IAM policy for cloudrunv2 {noun}: googleapi: Error 404: Resource '{{value}}' of kind '{noun.upper()}' does not exist."
    return grants(
        tokens,
        identity(template),
        frozenset({"location", "name", "project"}),
        references=(Reference(path="name", types=(type_,), by=("id", "name"), message=message, holds=False),),
        api=_API,
        places={"project": project, "location": location},
    )


KINDS = (
    Kind(
        token=SERVICE,
        identify=identity(_ID),
        outputs=_outputs,
        defaults=lambda _call: {"deletionProtection": True},
        replaces=frozenset({"location", "name", "project", "tags"}),
        taken="Error creating Service: googleapi: Error 409: Resource '{name}' already exists.",
        references=(
            reference("template.vpcAccess.networkInterfaces.*.subnetwork", SUBNETWORK),
            network_reference("template.vpcAccess.networkInterfaces.*.network"),
        ),
        api=_API,
        create=_refuse,
        update=_refuse,
        delete=guarded("service", "google_cloud_run_v2_service"),
        deleted=deletes,
        carries=granted(_GRANTS),
        volatile=CHANGES | {"latestCreatedRevision", "latestReadyRevision", "trafficStatuses"},
        import_id=imported(_ID),
    ),
    *grants_on(_GRANTS, SERVICE, _ID),
)
"""The service and the grants on it."""
