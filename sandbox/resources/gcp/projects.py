"""Google projects: which services are enabled, custom roles, grants on the project."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Function, Kind, Properties, Refusal
from .formats import matches
from .iam import CUSTOM_ROLE, grants
from .lifecycle import deletes, deletion
from .names import digest, identity, imported, project, project_number, stands, text

SERVICE = "gcp:projects/service:Service"
ALWAYS_ON = frozenset(
    f"{name}.googleapis.com"
    for name in [
        "analyticshub",
        "bigquery",
        "bigqueryconnection",
        "bigquerydatapolicy",
        "bigquerymigration",
        "bigqueryreservation",
        "bigquerystorage",
        "cloudapis",
        "cloudtrace",
        "dataform",
        "dataplex",
        "datastore",
        "logging",
        "monitoring",
        "servicemanagement",
        "serviceusage",
        "sql-component",
        "storage",
        "storage-api",
        "storage-component",
        "telemetry",
    ]
)
"""What a new project has enabled (Google Cloud, "Services enabled by default")."""

_NEEDS = {
    "container.googleapis.com": ("compute.googleapis.com",),
    "servicenetworking.googleapis.com": (),
    "vpcaccess.googleapis.com": ("compute.googleapis.com",),
    "dataflow.googleapis.com": ("compute.googleapis.com",),
    "cloudfunctions.googleapis.com": ("run.googleapis.com",),
    "cloudbuild.googleapis.com": (),
}
"""Services that cannot stay enabled without others."""


def enabled(call: Call, service: str) -> bool:
    """Whether the project of the call has this service enabled."""
    return service in ALWAYS_ON or next(call.cloud.find(SERVICE, service=service, project=project(call)), None) is not None


def require(call: Call, service: str, title: str) -> None:
    """Google's answer to a question about a service that nobody enabled in the project."""
    if not enabled(call, service):
        owner = project(call)
        message = (
            f"googleapi: Error 403: {title} has not been used in project {owner} before or it is disabled. Enable it by visiting "
            f"https://console.developers.google.com/apis/api/{service}/overview?project={owner} then retry. "
            "If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry., accessNotConfigured"
        )
        raise Refusal(message)


def _check_service(call: Call) -> Iterator[Failure]:
    service = call.inputs.get("service")
    if text(service) and not text(service).endswith((".googleapis.com", ".goog", ".com")):
        yield Failure("service", f'expected service to be a full service name, e.g. "compute.googleapis.com", got "{service}"')
    if service == "bigquery-json.googleapis.com":
        yield Failure("service", "bigquery-json.googleapis.com is not a service; use bigquery.googleapis.com")


def _service_outputs(call: Call) -> Properties:
    return {"project": project(call), "disableOnDestroy": call.inputs.get("disableOnDestroy") is True}


def _disables(call: Call) -> bool:
    return stands(call).inputs.get("disableOnDestroy") is True and deletes(call)


def _disable(call: Call) -> None:
    gone = stands(call)
    if not _disables(call) or gone.inputs.get("disableDependentServices") is True:
        return
    service = gone.inputs.get("service")
    left = [name for name, needs in _NEEDS.items() if service in needs and enabled(call, name)]
    if left:
        message = (
            f'Error disabling service "{service}" for project "{project(call)}": googleapi: Error 400: The service {service} is depended on by the following '
            f"active service(s): {','.join(left)}; Please specify disable_dependent_services=true if you want to proceed with disabling all services., "
            "failedPrecondition"
        )
        raise Refusal(message)


def _role_defaults(call: Call) -> Properties:
    made_up = f"{call.name}{digest(call.urn)[:7]}".replace("-", "")[-64:]
    return {"stage": "GA", **({} if call.inputs.get("roleId") is not None else {"roleId": made_up})}


def _check_role(call: Call) -> Iterator[Failure]:
    yield from matches("roleId", call.inputs.get("roleId"), r"^[a-zA-Z0-9_\.]{3,64}$")
    if call.inputs.get("permissions") == []:
        yield Failure("permissions", "Attribute permissions requires 1 item minimum, but config has only 0 declared.")


def _get_project(call: Call) -> Properties:
    require(call, "cloudresourcemanager.googleapis.com", "Cloud Resource Manager API")
    name = text(call.inputs.get("projectId")) or project(call)
    return {
        "id": f"projects/{name}",
        "projectId": name,
        "name": name,
        "number": project_number(name),
        "orgId": "",
        "folderId": "",
        "billingAccount": "",
        "autoCreateNetwork": True,
        "deletionPolicy": "PREVENT",
        "labels": {},
        "effectiveLabels": {},
        "pulumiLabels": {},
        "tags": {},
    }


def _get_client_config(call: Call) -> Properties:
    return {
        "id": f'projects/"{call.config.get("project", "")}"/regions/"{call.config.get("region", "")}"/zones/"{call.config.get("zone", "")}"',
        "project": call.config.get("project", ""),
        "region": call.config.get("region", ""),
        "zone": call.config.get("zone", ""),
        "accessToken": "sandbox-" + digest("token", call.config.get("project"))[:32],
        "defaultLabels": {},
    }


KINDS = (
    Kind(
        token=SERVICE,
        identify=identity("{project}/{service}"),
        outputs=_service_outputs,
        check=_check_service,
        replaces=frozenset({"project", "service"}),
        adopts=lambda _call: True,
        delete=deletion("google_project_service", _disable),
        deleted=_disables,
        import_id=imported("{project}/{service}"),
    ),
    Kind(
        token=CUSTOM_ROLE,
        identify=identity("projects/{project}/roles/{roleId}"),
        outputs=lambda call: {"project": project(call), "name": identity("projects/{project}/roles/{roleId}")(call), "deleted": False},
        defaults=_role_defaults,
        check=_check_role,
        replaces=frozenset({"project", "roleId"}),
        taken="Error creating the custom project role {id}: googleapi: Error 409: A role named {roleId} already exists., alreadyExists",
        api="iam.googleapis.com",
        delete=deletion("google_project_iam_custom_role"),
        deleted=deletes,
        import_id=imported("projects/{project}/roles/{roleId}"),
    ),
    *grants(
        ("gcp:projects/iAMMember:IAMMember", "gcp:projects/iAMBinding:IAMBinding"),
        project,
        frozenset({"project"}),
        noun="project",
        api="cloudresourcemanager.googleapis.com",
    ),
)
"""Services, custom roles, members and bindings of a project."""

_ANSWERS = {
    "gcp:organizations/getProject:getProject": _get_project,
    "gcp:organizations/getClientConfig:getClientConfig": _get_client_config,
}

FUNCTIONS = tuple(Function(token=token, answer=answer) for token, answer in _ANSWERS.items())
"""What a program may ask of the project and of its own credentials."""
