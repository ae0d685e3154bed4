"""What a Cloud Run revision needs of the world: an account, its secrets, an image, subnetworks and volumes that exist."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...kind import Call, Properties, Record
from .cloudrun_container import Violation, image_parts
from .compute_network import SUBNETWORK
from .formats import network_of
from .iam import account_missing
from .names import location, project, project_number, regional_path, segment, text

SECRET = "gcp:secretmanager/secret:Secret"  # noqa: S105  a resource type
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
BUCKET = "gcp:storage/bucket:Bucket"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
CONNECTOR = "gcp:vpcaccess/connector:Connector"
_SECRET_GRANTS = (
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:secretmanager/secretIamBinding:SecretIamBinding",
    "gcp:secretmanager/secretIamPolicy:SecretIamPolicy",
)
_PROJECT_GRANTS = ("gcp:projects/iAMMember:IAMMember", "gcp:projects/iAMBinding:IAMBinding", "gcp:projects/iAMPolicy:IAMPolicy")
_READERS = frozenset({"roles/secretmanager.secretAccessor", "roles/secretmanager.admin", "roles/owner"})
_SMALLEST_SUBNETWORK = 26
"""Direct VPC egress needs a subnetwork of at least a /26 (Cloud Run, "Direct VPC")."""


def account(call: Call, template: Properties) -> str:
    """Who the revision runs as: the project's default account unless it is said."""
    return text(template.get("serviceAccount")) or f"{project_number(project(call))}-compute@developer.gserviceaccount.com"


def secrets(call: Call, path: str, template: Properties) -> Iterator[Violation]:
    """Every secret that the revision reads exists, has the version, and may be read by its account."""
    reader = account(call, template)
    for index, container in enumerate(template.get("containers") or []):
        for number, variable in enumerate(container.get("envs") or []):
            reference = (variable.get("valueSource") or {}).get("secretKeyRef")
            if isinstance(reference, dict):
                where = f"spec.{path}.spec.containers[{index}].env[{number}].value_from.secret_key_ref.name"
                yield from _secret(call, where, reader, text(reference.get("secret")), text(reference.get("version")) or "latest")
    for index, volume in enumerate(template.get("volumes") or []):
        secret = volume.get("secret")
        if isinstance(secret, dict):
            for item in secret.get("items") or [{}]:
                where = f"spec.{path}.spec.volumes[{index}].secret.secret_name"
                yield from _secret(call, where, reader, text(secret.get("secret")), text(item.get("version")) or "latest")


def _secret(call: Call, where: str, reader: str, secret: str, version: str) -> Iterator[Violation]:
    owner, name = segment(secret, "projects") or project(call), secret.rsplit("/", 1)[-1]
    held = owner in {project(call), project_number(project(call))}
    owner = project(call) if held else owner
    resource = f"projects/{project_number(owner) if held else owner}/secrets/{name}/versions/{version}"
    record = call.cloud.get(SECRET, f"projects/{owner}/secrets/{name}")
    if record is None:
        if held or any(call.cloud.find(SECRET, project=owner)):
            yield where, f"Secret {resource} was not found"
        return
    if not any(_serves(found, version) for found in _versions(call, record)):
        yield where, f"Secret {resource} was not found"
    elif not _readable(call, record, f"serviceAccount:{reader}"):
        yield (
            where,
            (
                f"Permission denied on secret: {resource} for Revision service account {reader}. The service account used must be granted the "
                "'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level."
            ),
        )


def _versions(call: Call, secret: Record) -> Iterator[Record]:
    for record in call.cloud.find(VERSION):
        if _is_secret(text(record.outputs.get("secret")), secret):
            yield record


def _serves(version: Record, wanted: str) -> bool:
    number = text(version.outputs.get("version")) or version.id.rsplit("/", 1)[-1]
    return version.outputs.get("enabled") is not False and wanted in {"latest", number}


def _is_secret(value: str, secret: Record) -> bool:
    owner = segment(value, "projects")
    mine = segment(secret.id, "projects")
    return value.rsplit("/", 1)[-1] == secret.id.rsplit("/", 1)[-1] and owner in {"", mine, project_number(mine)}


def _readable(call: Call, secret: Record, member: str) -> bool:
    for type_ in _SECRET_GRANTS:
        if any(_is_secret(text(record.outputs.get("secretId")), secret) and _holds(record, member) for record in call.cloud.find(type_)):
            return True
    owner = segment(secret.id, "projects")
    return any(
        text(record.outputs.get("project")).removeprefix("projects/") == owner and _holds(record, member)
        for type_ in _PROJECT_GRANTS
        for record in call.cloud.find(type_)
    )


def _holds(grant: Record, member: str) -> bool:
    policy = grant.outputs.get("policyData")
    if isinstance(policy, str):
        bindings = json.loads(policy).get("bindings", [])
        return any(binding.get("role") in _READERS and member in binding.get("members", ()) for binding in bindings)
    return grant.outputs.get("role") in _READERS and member in (grant.outputs.get("members") or [grant.outputs.get("member")])


def missing_account(call: Call, template: Properties) -> str | None:
    """The account that is said, where it should be in this cloud and is not."""
    said = text(template.get("serviceAccount"))
    return said if said and account_missing(call, said) else None


def image(call: Call, path: str, template: Properties) -> Iterator[Violation]:
    """The repository of an image in Artifact Registry exists, where this cloud holds the project."""
    for index, container in enumerate(template.get("containers") or []):
        parts = image_parts(container.get("image"))
        host = (parts["host"] or "") if parts is not None else ""
        if parts is None or not host.endswith("-docker.pkg.dev"):
            continue
        owner, _, rest = parts["path"].partition("/")
        held = owner == project(call) or any(call.cloud.find(REPOSITORY, project=owner))
        where = host.removesuffix("-docker.pkg.dev")
        if held and call.cloud.get(REPOSITORY, f"projects/{owner}/locations/{where}/repositories/{rest.partition('/')[0]}") is None:
            yield f"{path}.containers[{index}].image", f"Image '{container.get('image')}' not found."


def network(call: Call, path: str, template: Properties) -> Iterator[Violation]:
    """Direct VPC egress goes through a subnetwork of the same region that is large enough."""
    access = template.get("vpcAccess")
    if not isinstance(access, dict):
        return
    interfaces = access.get("networkInterfaces") or []
    connector = text(access.get("connector"))
    if connector and interfaces:
        yield f"{path}.vpc_access", "only one of connector and network_interfaces can be set"
    if not connector and not interfaces:
        yield f"{path}.vpc_access", "one of connector and network_interfaces must be set"
    for index, interface in enumerate(interfaces):
        yield from _interface(call, f"{path}.vpc_access.network_interfaces[{index}]", interface)


def _interface(call: Call, path: str, interface: Properties) -> Iterator[Violation]:
    subnetwork, network_ = text(interface.get("subnetwork")), text(interface.get("network"))
    if not subnetwork and not network_:
        yield path, "at least one of network and subnetwork must be set"
    if not subnetwork:
        return
    where = location(call)
    said = segment(subnetwork, "regions")
    if said and said != where:
        yield f"{path}.subnetwork", f"The subnetwork '{subnetwork}' must be in region '{where}'"
        return
    target = regional_path(call, "subnetworks", subnetwork) if said else f"projects/{project(call)}/regions/{where}/subnetworks/{subnetwork}"
    record = call.cloud.get(SUBNETWORK, target)
    if record is None:
        if segment(target, "projects") == project(call):
            yield f"{path}.subnetwork", f"The subnetwork '{target}' was not found"
        return
    block = network_of(record.outputs.get("ipCidrRange"))
    if block is not None and block.prefixlen > _SMALLEST_SUBNETWORK:
        yield f"{path}.subnetwork", f"The subnetwork '{target}' must be at least a /{_SMALLEST_SUBNETWORK}, it is a /{block.prefixlen}"
    if network_ and network_.rsplit("/", 1)[-1] != text(record.outputs.get("network")).rsplit("/", 1)[-1]:
        yield f"{path}.network", f"The subnetwork '{target}' is not in network '{network_}'"


def volumes(call: Call, path: str, template: Properties) -> Iterator[Violation]:
    """Buckets and databases that are mounted exist."""
    for index, volume in enumerate(template.get("volumes") or []):
        bucket = text((volume.get("gcs") or {}).get("bucket"))
        if bucket and call.cloud.get(BUCKET, bucket) is None:
            yield f"{path}.volumes[{index}].gcs.bucket", f"The bucket '{bucket}' was not found"
        for connection in (volume.get("cloudSqlInstance") or {}).get("instances") or ():
            owner, _, _ = text(connection).partition(":")
            if owner == project(call) and not any(call.cloud.find(SQL, connectionName=connection)):
                yield f"{path}.volumes[{index}].cloud_sql_instance.instances", f"The Cloud SQL instance '{connection}' was not found"
