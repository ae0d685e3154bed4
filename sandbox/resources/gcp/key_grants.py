"""Whether a Google service may use a customer's key."""

from __future__ import annotations

from ...kind import Call, Record, Refusal
from .names import project, project_number, segment, text

_GRANTS = (
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
    "gcp:kms/keyRingIAMMember:KeyRingIAMMember",
    "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding",
    "gcp:projects/iAMMember:IAMMember",
    "gcp:projects/iAMBinding:IAMBinding",
)
_ENCRYPTERS = frozenset({"roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/owner"})


def refuse_key(call: Call, key: object, place: str, service: str, failed: str) -> None:
    """The key lies where the thing lies, and the service's agent in the project may encrypt with it."""
    path = text(key)
    if not path:
        return
    agent = f"service-{project_number(project(call))}@{service}.iam.gserviceaccount.com"
    where = segment(path, "locations")
    if where.lower() != place.lower():
        raise Refusal(f"{failed}googleapi: Error 400: The Cloud KMS key location '{where}' must match the location '{place}' of the resource., invalid")
    if not any(_grants(record, path, agent) for type_ in _GRANTS for record in call.cloud.find(type_)):
        message = (
            f"{failed}googleapi: Error 403: Permission denied on Cloud KMS key '{path}': the service account {agent} must be granted "
            "the role roles/cloudkms.cryptoKeyEncrypterDecrypter on it., forbidden"
        )
        raise Refusal(message)


def _grants(record: Record, key: str, agent: str) -> bool:
    members = record.outputs.get("members") or [record.outputs.get("member")]
    target = record.outputs.get("cryptoKeyId") or record.outputs.get("keyRingId")
    reaches = target is None or key == target or key.startswith(f"{target}/cryptoKeys/")
    return reaches and record.outputs.get("role") in _ENCRYPTERS and f"serviceAccount:{agent}" in members
