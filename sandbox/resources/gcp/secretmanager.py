"""Google Secret Manager: secrets whose replication never changes, versions that count up, readers one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Function, Kind, Properties, Record, Refusal
from .formats import check_labels, conflicts, known
from .iam import grants
from .key_grants import refuse_key
from .lifecycle import NOT_FOUND, deletes, deletion, policy, reference
from .names import digest, identity, imported, kept, labelled, project, project_number, segment, stands, text, values_at

SECRET = "gcp:secretmanager/secret:Secret"  # noqa: S105 - a type token
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
VERSION_LOOKUP = "gcp:secretmanager/getSecretVersion:getSecretVersion"
_ID = "projects/{project}/secrets/{secretId}"
_SECRET_ID = re.compile(r"^[a-zA-Z0-9_-]{1,255}$")
_PAYLOAD = 65536
"""Bytes that one version may hold (Secret Manager quotas)."""
_PERIOD = re.compile(r"^\d+(?:\.\d{1,9})?s$")
_SHORTEST_ROTATION = 3600
_SHORTEST_DESTRUCTION = 86400


def _secret_defaults(call: Call) -> Properties:
    made_up = f"{call.name}-{digest(call.urn)[:7]}"
    return {"deletionProtection": False, **({} if call.inputs.get("secretId") is not None else {"secretId": made_up})}


def _check_secret(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    replication = inputs.get("replication")
    if isinstance(replication, dict):
        both = [way for way in ("auto", "userManaged") if replication.get(way) is not None]
        every = "`replication.0.auto,replication.0.user_managed`"
        if not both:
            yield Failure("replication", f'"replication.0.auto": one of {every} must be specified')
        elif len(both) > 1:
            yield Failure("replication", f'"replication.0.auto": only one of {every} can be specified, but {every} were specified.')
    yield from conflicts(call, "ttl", "expireTime")
    rotation = inputs.get("rotation")
    if isinstance(rotation, dict):
        if not inputs.get("topics") and inputs.get("topics") is not UNKNOWN:
            yield Failure("rotation", '"rotation": all of `rotation,topics` must be specified')
        if rotation.get("rotationPeriod") is not None and rotation.get("nextRotationTime") is None:
            pair = "`rotation.0.next_rotation_time,rotation.0.rotation_period`"
            yield Failure("rotation.rotationPeriod", f'"rotation.0.rotation_period": all of {pair} must be specified')


def _seconds(value: object) -> float | None:
    return float(str(value)[:-1]) if isinstance(value, str) and _PERIOD.match(value) else None


def _refuse_secret(call: Call) -> None:
    failed = f"Error {'creating' if call.old is None else 'updating'} Secret: googleapi: Error 400: "
    inputs = call.inputs
    if not _SECRET_ID.match(text(inputs.get("secretId"))):
        raise Refusal(rf"{failed}The provided Secret ID [{inputs.get('secretId')}] does not match the expected format [[a-zA-Z_0-9\-]{{1,255}}].")
    for field, value, least in (
        ("rotation.rotation_period", (inputs.get("rotation") or {}).get("rotationPeriod"), _SHORTEST_ROTATION),
        ("version_destroy_ttl", inputs.get("versionDestroyTtl"), _SHORTEST_DESTRUCTION),
        ("ttl", inputs.get("ttl"), 1),
    ):
        seconds = None if value is None else _seconds(value)
        if value is not None and (seconds is None or seconds < least):
            raise Refusal(f"{failed}Invalid value at 'secret.{field}': '{value}'. Must be a duration in seconds of at least {least}s, ending in 's'.")
    locations = list(values_at(inputs, "replication.userManaged.replicas.*.location"))
    if len(locations) != len(set(locations)):
        raise Refusal(f"{failed}User managed replicas must have distinct locations.")
    check_labels(call)
    _refuse_keys(call, f"Error {'creating' if call.old is None else 'updating'} Secret: ")


def _refuse_keys(call: Call, failed: str) -> None:
    for key in values_at(call.inputs, "replication.auto.customerManagedEncryption.kmsKeyName"):
        refuse_key(call, key, "global", "gcp-sa-secretmanager", failed)
    for replica in values_at(call.inputs, "replication.userManaged.replicas.*"):
        for key in values_at(replica, "customerManagedEncryption.kmsKeyName"):
            refuse_key(call, key, text(replica.get("location")), "gcp-sa-secretmanager", failed)


def _secret_outputs(call: Call) -> Properties:
    inputs = call.inputs
    return {
        **labelled(call),
        "project": project(call),
        "name": f"projects/{project_number(project(call))}/secrets/{inputs.get('secretId')}",
        "createTime": kept(call, "createTime", call.cloud.now),
        "effectiveAnnotations": inputs.get("annotations") or {},
        "expireTime": inputs.get("expireTime") or "",
        "versionDestroyTtl": inputs.get("versionDestroyTtl") or "",
    }


def _delete_secret(call: Call) -> None:
    if stands(call).inputs.get("deletionProtection") is True:
        message = "cannot destroy secret manager secret without setting deletion_protection=false and running `pulumi up`"
        raise Refusal(message)


def _versions(call: Call) -> Iterator[Record]:
    """A secret goes with all its versions."""
    prefix = f"{stands(call).outputs['name']}/versions/"
    return (version for version in call.cloud.find(VERSION) if version.id.startswith(prefix))


def _secret_of(call: Call) -> str:
    """The canonical id of the secret that a version or a grant names."""
    value = text(call.inputs.get("secret", call.inputs.get("secretId")))
    name = segment(value, "secrets") or value
    owner = segment(value, "projects") or project(call)
    return f"projects/{project(call) if owner.isdigit() else owner}/secrets/{name}"


def _next_version(call: Call) -> int:
    """One more than the highest that the secret holds."""
    prefix = _numbered(call) + "/versions/"
    held = [int(record.outputs["version"]) for record in call.cloud.find(VERSION) if record.id.startswith(prefix)]
    return max(held, default=0) + 1


def _numbered(call: Call) -> str:
    path = _secret_of(call)
    return f"projects/{project_number(segment(path, 'projects'))}/secrets/{segment(path, 'secrets')}"


def _number(owner: str) -> str:
    return owner if owner.isdigit() else project_number(owner)


def _check_version(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    every = "`secret_data,secret_data_wo`"
    said = [name for path, name in (("secretData", "secret_data"), ("secretDataWo", "secret_data_wo")) if inputs.get(path) is not None]
    if not said:
        yield Failure("secretData", f'"secret_data": one of {every} must be specified')
    elif len(said) > 1:
        yield Failure("secretData", f'"secret_data": only one of {every} can be specified, but {every} were specified.')
    if known(inputs.get("secret")) and "/" not in str(inputs["secret"]):
        yield Failure("secret", f"secret must be the full name of the secret (projects/{{project}}/secrets/{{secret_id}}), got {inputs['secret']}")


def _refuse_version(call: Call) -> None:
    data = text(call.inputs.get("secretData")) or text(call.inputs.get("secretDataWo"))
    if len(data.encode()) > _PAYLOAD:
        size = f"{len(data.encode())} bytes, the limit is {_PAYLOAD}"
        raise Refusal(f"Error creating SecretVersion: googleapi: Error 400: The secret payload is too large: {size}., badRequest")


def _version_outputs(call: Call) -> Properties:
    number = kept(call, "version", lambda: str(_next_version(call)))
    return {
        "name": f"{_numbered(call)}/versions/{number}",
        "version": number,
        "createTime": kept(call, "createTime", call.cloud.now),
        "destroyTime": "",
    }


def _latest(call: Call) -> Properties:
    wanted, found = call.inputs.get("version"), None
    prefix = _numbered(call) + "/versions/"
    for record in call.cloud.find(VERSION):
        if record.id.startswith(prefix) and wanted in {None, "latest", record.outputs["version"]}:
            found = record
    if found is None:
        failed = "Error retrieving available secret manager secret versions: googleapi: Error 404: "
        raise Refusal(f"{failed}Secret Version [{prefix}{wanted or 'latest'}] not found., notFound")
    fields = ("createTime", "destroyTime", "enabled", "name", "version")
    return {
        "id": found.id,
        **{key: found.outputs.get(key) for key in fields},
        "project": project(call),
        "secret": call.inputs.get("secret"),
        "secretData": "" if call.inputs.get("fetchSecretData") is False else found.outputs.get("secretData", ""),
        "isSecretDataBase64": call.inputs.get("isSecretDataBase64", False),
    }


_NAMES = ("id", "name", "secretId")

KINDS = (
    Kind(
        token=SECRET,
        identify=identity(_ID),
        outputs=_secret_outputs,
        defaults=_secret_defaults,
        check=_check_secret,
        replaces=frozenset(
            {
                "project",
                "replication",
                "replication.auto",
                "replication.userManaged",
                "replication.userManaged.replicas",
                "replication.userManaged.replicas.location",
                "secretId",
                "tags",
            }
        ),
        taken="Error creating Secret: googleapi: Error 409: Secret [{id}] already exists.",
        references=(
            reference("replication.auto.customerManagedEncryption.kmsKeyName", "gcp:kms/cryptoKey:CryptoKey", by=("id",), holds=False),
            reference("replication.userManaged.replicas.*.customerManagedEncryption.kmsKeyName", "gcp:kms/cryptoKey:CryptoKey", by=("id",), holds=False),
            reference("topics.*.name", "gcp:pubsub/topic:Topic", by=("id",), holds=False),
        ),
        api="secretmanager.googleapis.com",
        create=_refuse_secret,
        update=_refuse_secret,
        delete=deletion("google_secret_manager_secret", _delete_secret),
        deleted=deletes,
        carries=_versions,
        import_id=imported(_ID),
    ),
    Kind(
        token=VERSION,
        identify=lambda call: f"{_numbered(call)}/versions/{_next_version(call)}",
        outputs=_version_outputs,
        defaults=lambda _call: {"enabled": True, "deletionPolicy": "DELETE", "isSecretDataBase64": False},
        check=_check_version,
        replaces=frozenset({"isSecretDataBase64", "project", "secret", "secretData", "secretDataWoVersion"}),
        references=(reference("secret", SECRET, by=("id", "name"), message=NOT_FOUND, holds=False),),
        api="secretmanager.googleapis.com",
        create=_refuse_version,
        delete=deletion("google_secret_manager_secret_version"),
        deleted=lambda call: policy(call) not in {"ABANDON", "DISABLE"},
        secrets=frozenset({"secretData"}),
        import_id=lambda id_, _config: id_.replace(f"projects/{segment(id_, 'projects')}/", f"projects/{_number(segment(id_, 'projects'))}/"),
    ),
    *grants(
        ("gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:secretmanager/secretIamBinding:SecretIamBinding"),
        _secret_of,
        frozenset({"project", "secretId"}),
        references=(reference("secretId", SECRET, by=_NAMES, holds=False),),
        api="secretmanager.googleapis.com",
        places={"project": project},
    ),
)
"""Secrets, versions, grants on secrets."""

FUNCTIONS = (Function(token=VERSION_LOOKUP, answer=_latest),)
"""A version looked up by its secret."""
