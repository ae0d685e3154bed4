"""Google Cloud KMS: key rings and keys, which nobody can ever delete, and who may use them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from .formats import check_labels, known
from .iam import grants
from .lifecycle import deletion, reference
from .names import identity, imported, labelled, project, relative, text
from .places import refuse_key_ring_place

RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
_RING_ID = "projects/{project}/locations/{location}/keyRings/{name}"
_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,63}$")
_PERIOD = re.compile(r"^([0-9.]*\d)s$")
_DAY = 86400.0
_FRACTION = 9
_ALGORITHMS = {"ENCRYPT_DECRYPT": "GOOGLE_SYMMETRIC_ENCRYPTION", "MAC": "HMAC_SHA256", "RAW_ENCRYPT_DECRYPT": "AES_256_GCM"}


def _named(failed: str, name: object) -> None:
    if not _NAME.match(text(name)):
        message = f"{failed}googleapi: Error 400: The resource ID '{name}' does not match the expected format [a-zA-Z0-9_-]{{1,63}}., badRequest"
        raise Refusal(message)


def _create_ring(call: Call) -> None:
    refuse_key_ring_place(call)
    _named("Error creating KeyRing: ", call.inputs.get("name"))


def _check_key(call: Call) -> Iterator[Failure]:
    period = call.inputs.get("rotationPeriod")
    if not known(period):
        return
    fits = _PERIOD.match(str(period))
    if fits is None or fits[1].count(".") > 1:
        yield Failure("rotationPeriod", f"Invalid rotation period format: {period}")
        return
    if float(fits[1]) < _DAY:
        yield Failure("rotationPeriod", "Rotation period must be greater than one day")
    if len(fits[1].partition(".")[2]) > _FRACTION:
        yield Failure("rotationPeriod", "Rotation period cannot have more than 9 fractional digits")


def _key_defaults(call: Call) -> Properties:
    template = call.inputs.get("versionTemplate")
    return {"purpose": "ENCRYPT_DECRYPT", **({"versionTemplate": {"protectionLevel": "SOFTWARE"}} if isinstance(template, dict) else {})}


def _refuse_key(call: Call) -> None:
    failed = f"Error {'creating' if call.old is None else 'updating'} CryptoKey: "
    _named(failed, call.inputs.get("name"))
    purpose = call.inputs.get("purpose")
    if call.inputs.get("rotationPeriod") is not None and purpose != "ENCRYPT_DECRYPT":
        message = f"{failed}googleapi: Error 400: rotation_period can only be set on keys with purpose ENCRYPT_DECRYPT, not {purpose}., badRequest"
        raise Refusal(message)
    if purpose not in _ALGORITHMS and call.inputs.get("versionTemplate") is None:
        message = f"{failed}googleapi: Error 400: version_template.algorithm must be set for keys with purpose {purpose}., badRequest"
        raise Refusal(message)
    check_labels(call)


def _key_id(call: Call) -> str:
    return f"{relative(call.inputs.get('keyRing'))}/cryptoKeys/{call.inputs.get('name')}"


def _key_outputs(call: Call) -> Properties:
    path, inputs = _key_id(call), call.inputs
    purpose = text(inputs.get("purpose")) or "ENCRYPT_DECRYPT"
    symmetric = purpose == "ENCRYPT_DECRYPT" and inputs.get("skipInitialVersionCreation") is not True
    template = {"algorithm": _ALGORITHMS.get(purpose, ""), "protectionLevel": "SOFTWARE", **(inputs.get("versionTemplate") or {})}
    return {
        **labelled(call),
        "destroyScheduledDuration": inputs.get("destroyScheduledDuration") or "2592000s",
        "importOnly": inputs.get("importOnly") is True,
        "primaries": [{"name": f"{path}/cryptoKeyVersions/1", "state": "ENABLED"}] if symmetric else [],
        "versionTemplate": template,
    }


def _never(_call: Call) -> bool:
    return False


KINDS = (
    Kind(
        token=RING,
        identify=identity(_RING_ID),
        outputs=lambda call: {"project": project(call)},
        replaces=frozenset({"location", "name", "project"}),
        taken="Error creating KeyRing: googleapi: Error 409: KeyRing {id} already exists.",
        api="cloudkms.googleapis.com",
        create=_create_ring,
        deleted=_never,
        import_id=imported(_RING_ID),
    ),
    Kind(
        token=KEY,
        identify=_key_id,
        outputs=_key_outputs,
        defaults=_key_defaults,
        check=_check_key,
        replaces=frozenset({"cryptoKeyBackend", "destroyScheduledDuration", "importOnly", "keyRing", "name", "purpose", "versionTemplate.protectionLevel"}),
        taken="Error creating CryptoKey: googleapi: Error 409: CryptoKey {id} already exists.",
        references=(reference("keyRing", RING, by=("id",), message="googleapi: Error 404: KeyRing {value} not found., notFound", holds=False),),
        api="cloudkms.googleapis.com",
        create=_refuse_key,
        update=_refuse_key,
        delete=deletion("google_kms_crypto_key"),
        deleted=_never,
    ),
    *grants(
        ("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding"),
        lambda call: relative(call.inputs.get("cryptoKeyId")),
        frozenset({"cryptoKeyId"}),
        noun="KMS CryptoKey",
        references=(reference("cryptoKeyId", KEY, by=("id",), holds=False),),
        api="cloudkms.googleapis.com",
    ),
    *grants(
        ("gcp:kms/keyRingIAMMember:KeyRingIAMMember", "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding"),
        lambda call: relative(call.inputs.get("keyRingId")),
        frozenset({"keyRingId"}),
        noun="KMS KeyRing",
        references=(reference("keyRingId", RING, by=("id",), holds=False),),
        api="cloudkms.googleapis.com",
    ),
)
"""Key rings, keys, and grants on both."""
