"""What lies in a bucket: objects with their digests and versions, and the locks that keep them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
from collections.abc import Iterator
from datetime import datetime, timedelta

from ...kind import Call, Failure, Kind, Properties
from .formats import check_tags, kept, partition, placed, region, text
from .s3_names import LOCK, OBJECTS, lock_mode, name_of, need, refuse_acl, refused, setting_of, versioning
from .validators import conflicts, one_of

_LONGEST_KEY = 1024
"""Bytes of an object's key (S3 User Guide, "Naming Amazon S3 objects")."""
_MOST_TAGS = 10
"""Tags an object may carry."""
_CLASSES = ("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR")
_ACLS = ("private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control")
_CONTENT = ("content", "contentBase64", "source")


def _key(call: Call) -> str:
    """The key; by default the resource's own name, as Pulumi fills it in."""
    return text(call.inputs.get("key"))


def _check(call: Call) -> Iterator[Failure]:
    for index, name in enumerate(_CONTENT):
        yield from conflicts(call, name, *_CONTENT[index + 1 :])
    yield from one_of(call, "storageClass", _CLASSES)
    yield from one_of(call, "acl", _ACLS)
    yield from one_of(call, "serverSideEncryption", ("AES256", "aws:kms", "aws:kms:dsse"))
    yield from one_of(call, "objectLockMode", ("GOVERNANCE", "COMPLIANCE"))
    yield from one_of(call, "objectLockLegalHoldStatus", ("ON", "OFF"))
    if text(call.inputs.get("kmsKeyId")) and call.inputs.get("etag") is not None:
        yield Failure("etag", '"etag": conflicts with kms_key_id')
    if isinstance(call.inputs.get("key"), str) and not call.inputs["key"]:
        yield Failure("key", 'expected "key" to not be an empty string, got ')
    encoded = call.inputs.get("contentBase64")
    if isinstance(encoded, str) and _decoded(encoded) is None:
        yield Failure("contentBase64", "expected content_base64 to be a base64-encoded string")
    yield from check_tags(call)


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None


def _content(call: Call) -> bytes:
    if call.inputs.get("content") is not None:
        return text(call.inputs["content"]).encode()
    if call.inputs.get("contentBase64") is not None:
        return _decoded(text(call.inputs["contentBase64"])) or b""
    return repr(call.inputs["source"]).encode() if call.inputs.get("source") is not None else b""


def _refuse(call: Call) -> None:
    doing = f"uploading S3 Object ({_key(call)}) to Bucket ({name_of(call)})"
    bucket = need(call, doing, "PutObject")
    if len(_key(call).encode()) > _LONGEST_KEY:
        raise refused(doing, "PutObject", "KeyTooLongError", "Your key is too long")
    if len(call.inputs.get("tags") or {}) > _MOST_TAGS:
        raise refused(doing, "PutObject", "BadRequest", "Object tags cannot be greater than 10")
    refuse_acl(call, text(call.inputs.get("acl")), doing, "PutObject")
    locks = any(call.inputs.get(name) for name in ("objectLockMode", "objectLockRetainUntilDate", "objectLockLegalHoldStatus"))
    if locks and setting_of(call, LOCK, bucket.id) is None and bucket.inputs.get("objectLockEnabled") is not True:
        raise refused(doing, "PutObject", "InvalidRequest", "Bucket is missing Object Lock Configuration")
    if bool(call.inputs.get("objectLockMode")) is not bool(call.inputs.get("objectLockRetainUntilDate")):
        message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        raise refused(doing, "PutObject", "InvalidArgument", message)


def _outputs(call: Call) -> Properties:
    digest = hashlib.md5(_content(call), usedforsecurity=False).hexdigest()
    versions = versioning(call, name_of(call)) == "Enabled"
    guessed = mimetypes.guess_type(_key(call))[0] if call.inputs.get("source") is not None else None
    token = f"{call.urn}|{digest}|{call.cloud.sequence(f'version {call.urn}')}"
    return {
        **placed(call),
        "arn": f"arn:{partition(region(call))}:s3:::{name_of(call)}/{_key(call)}",
        "bucket": name_of(call),
        "bucketKeyEnabled": call.inputs.get("bucketKeyEnabled") is True,
        "contentType": call.inputs.get("contentType") or guessed or "application/octet-stream",
        "etag": call.inputs.get("etag") or digest,
        "key": _key(call),
        "objectLockMode": call.inputs.get("objectLockMode") or kept(call, "objectLockMode", lambda: lock_mode(call, name_of(call))),
        "objectLockRetainUntilDate": call.inputs.get("objectLockRetainUntilDate") or kept(call, "objectLockRetainUntilDate", lambda: _until(call)),
        "serverSideEncryption": call.inputs.get("serverSideEncryption") or ("aws:kms" if call.inputs.get("kmsKeyId") else "AES256"),
        "storageClass": call.inputs.get("storageClass") or "STANDARD",
        "versionId": hashlib.sha256(token.encode()).hexdigest()[:32] if versions else "",
    }


def _until(call: Call) -> str:
    """When the lock ends that the bucket puts on an object which says nothing itself."""
    found = setting_of(call, LOCK, name_of(call))
    default = (((found.inputs.get("rule") or {}).get("defaultRetention")) or {}) if found else {}
    if not default:
        return ""
    days = int(default.get("days") or 0) + 365 * int(default.get("years") or 0)
    return (datetime.fromisoformat(call.cloud.now()) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _delete(call: Call) -> None:
    stands = call.old.outputs if call.old is not None else {}
    mode, until = stands.get("objectLockMode"), text(stands.get("objectLockRetainUntilDate"))
    forced = call.inputs.get("forceDestroy") is True
    held = call.inputs.get("objectLockLegalHoldStatus") == "ON" and not forced
    if held or (mode and until > call.cloud.now() and (mode == "COMPLIANCE" or not forced)):
        message = "Access Denied because object protected by object lock."
        raise refused(f"deleting S3 Object ({_key(call)}) from Bucket ({name_of(call)})", "DeleteObject", "AccessDenied", message, status=403)


KINDS = tuple(
    Kind(
        token=token,
        # the provider's own id is the key alone, which two buckets may share; this is the id that its import takes
        identify=lambda call: f"{name_of(call)}/{_key(call)}",
        import_id=lambda id_, _config: id_.removeprefix("s3://"),
        outputs=_outputs,
        defaults=lambda call: {"forceDestroy": False, **({} if call.inputs.get("key") is not None else {"key": call.name})},
        check=_check,
        replaces=frozenset({"bucket", "key", "region"}),
        adopts=lambda _call: True,
        create=_refuse,
        update=_refuse,
        delete=_delete,
        volatile=frozenset({"etag", "versionId"}),
    )
    for token in OBJECTS[:2]
)
