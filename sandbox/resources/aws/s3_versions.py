"""What keeps objects: versioning, encryption at rest, object lock."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Properties, Record, Refusal
from .formats import known, region, text
from .s3_names import LOCK, REPLICATION, VERSIONING, chosen, each, find, name_of, need, refused, setting, setting_of, versioning

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KEY = "aws:kms/key:Key"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_REPLICATED = (
    "A replication configuration is present on this bucket, so you cannot change the versioning state. "
    "To change the versioning state, first delete the replication configuration."
)
_LONGEST_DAYS = 36500
"""S3 API, DefaultRetention."""


def _status(call: Call) -> str:
    return text((call.inputs.get("versioningConfiguration") or {}).get("status"))


def _check_versioning(call: Call) -> Iterator[Failure]:
    given = call.inputs.get("versioningConfiguration")
    if isinstance(given, dict):
        yield from chosen("versioningConfiguration.status", given.get("status"), ("Enabled", "Suspended", "Disabled"))
        yield from chosen("versioningConfiguration.mfaDelete", given.get("mfaDelete"), ("Enabled", "Disabled"))


def _refuse_versioning(call: Call, bucket: Record, doing: str) -> None:
    before = text((call.old.inputs.get("versioningConfiguration") or {}).get("status")) if call.old else ""
    if before in ("Enabled", "Suspended") and _status(call) == "Disabled":
        message = f"versioning_configuration.status cannot be updated from '{before}' to 'Disabled'"
        raise Refusal(message)
    if _status(call) != "Suspended":
        return
    if setting_of(call, LOCK, bucket.id) is not None or bucket.inputs.get("objectLockEnabled") is True:
        message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        raise refused(doing, "PutBucketVersioning", "InvalidBucketState", message, status=409)
    if setting_of(call, REPLICATION, bucket.id) is not None:
        raise refused(doing, "PutBucketVersioning", "InvalidBucketState", _REPLICATED, status=409)


def _delete_versioning(call: Call) -> None:
    """The provider suspends versioning, which replication forbids; where objects are locked it lets it be."""
    name = call.inputs.get("bucket")
    if _status(call) == "Enabled" and isinstance(name, str) and setting_of(call, REPLICATION, name) is not None:
        raise refused(f"deleting S3 Bucket Versioning ({call.id})", "PutBucketVersioning", "InvalidBucketState", _REPLICATED, status=409)


def _check_encryption(call: Call) -> Iterator[Failure]:
    rules = call.inputs.get("rules")
    if isinstance(rules, list) and len(rules) != 1:
        few = not rules
        blocks = 'At least 1 "rule" blocks are required.' if few else 'No more than 1 "rule" blocks are allowed'
        yield Failure("rules", f"{'Insufficient' if few else 'Too many'} rule blocks: {blocks}")
    for index, rule in each(call.inputs, "rules"):
        default = rule.get("applyServerSideEncryptionByDefault")
        if isinstance(default, dict):
            yield from chosen(f"rules[{index}].applyServerSideEncryptionByDefault.sseAlgorithm", default.get("sseAlgorithm"), _ALGORITHMS)
        kinds = rule.get("blockedEncryptionTypes")
        for kind in kinds if isinstance(kinds, list) else ():
            yield from chosen(f"rules[{index}].blockedEncryptionTypes", kind, ("NONE", "SSE-C"))


def _refuse_encryption(call: Call, _bucket: Record, doing: str) -> None:
    for _, rule in each(call.inputs, "rules"):
        default = rule.get("applyServerSideEncryptionByDefault") or {}
        key = text(default.get("kmsMasterKeyId"))
        if key and default.get("sseAlgorithm") == "AES256":
            message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
            raise refused(doing, "PutBucketEncryption", "InvalidArgument", message)
        if key.startswith("arn:") and f":{region(call)}:" not in key:
            raise refused(doing, "PutBucketEncryption", "KMS.NotFoundException", f"Invalid arn {key.split(':')[3]}")
        types = rule.get("blockedEncryptionTypes") or []
        if "NONE" in types and len(types) > 1:
            raise refused(doing, "PutBucketEncryption", "InvalidArgument", "NONE cannot be combined with other encryption types")


def _check_lock(call: Call) -> Iterator[Failure]:
    yield from chosen("objectLockEnabled", call.inputs.get("objectLockEnabled"), ("Enabled",))
    rule = call.inputs.get("rule")
    default = rule.get("defaultRetention") if isinstance(rule, dict) else None
    if not isinstance(default, dict):
        return
    path = "rule.defaultRetention"
    yield from chosen(f"{path}.mode", default.get("mode"), ("GOVERNANCE", "COMPLIANCE"))
    if known(default.get("days")) and known(default.get("years")):
        yield Failure(f"{path}.days", '"rule.0.default_retention.0.days": conflicts with rule.0.default_retention.0.years')
    for name in ("days", "years"):
        if isinstance(default.get(name), int) and default[name] < 1:
            yield Failure(f"{path}.{name}", f"expected {name} to be at least (1), got {default[name]}")


def _refuse_lock(call: Call, bucket: Record, doing: str) -> None:
    if versioning(call, bucket.id) != "Enabled":
        message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        raise refused(doing, "PutObjectLockConfiguration", "InvalidBucketState", message, status=409)
    default = (call.inputs.get("rule") or {}).get("defaultRetention") or {}
    if default and not (default.get("mode") and (default.get("days") or default.get("years"))):
        raise refused(
            doing, "PutObjectLockConfiguration", "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
        )
    if (default.get("days") or 0) > _LONGEST_DAYS or (default.get("years") or 0) > _LONGEST_DAYS // 365:
        raise refused(doing, "PutObjectLockConfiguration", "InvalidArgument", "Default retention period too large")


def _lock_outputs(call: Call) -> Properties:
    return {"bucket": name_of(call), "region": region(call), "objectLockEnabled": "Enabled"}


def _leave_lock(call: Call) -> Iterator[Record]:
    """Object lock can't be taken from a bucket: only the rule goes."""
    place = {"bucket": name_of(call), "region": region(call), "objectLockEnabled": "Enabled"}
    yield Record(type=LOCK, id=call.id, urn="", inputs=place, outputs=place)


def need_versions(call: Call, doing: str, operation: str) -> Record:
    """The bucket, with its versions on; what replication asks of its source."""
    bucket = need(call, doing, operation)
    if versioning(call, bucket.id) != "Enabled":
        message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        raise refused(doing, operation, "InvalidRequest", message)
    return bucket


def locked(call: Call, name: str) -> bool:
    """Whether the bucket has object lock."""
    bucket = find(call, name)
    return setting_of(call, LOCK, name) is not None or (bucket is not None and bucket.inputs.get("objectLockEnabled") is True)


KINDS = (
    setting(VERSIONING, "Versioning", "PutBucketVersioning", _refuse_versioning, check=_check_versioning, delete=_delete_versioning),
    setting(ENCRYPTION, "Server-side Encryption Configuration", "PutBucketEncryption", _refuse_encryption, check=_check_encryption),
    setting(
        LOCK,
        "Object Lock Configuration",
        "PutObjectLockConfiguration",
        _refuse_lock,
        check=_check_lock,
        outputs=_lock_outputs,
        defaults=lambda _call: {"objectLockEnabled": "Enabled"},
        leaves=_leave_lock,
        replaces=frozenset({"objectLockEnabled"}),
    ),
)
