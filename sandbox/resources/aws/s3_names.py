"""What all of S3 shares: how its refusals read, which bucket a setting is about, and what a setting of a bucket is as a kind."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .formats import ACCOUNT, region, text

BUCKET = "aws:s3/bucket:Bucket"
BUCKETS = (BUCKET, "aws:s3/bucketV2:BucketV2")
"""A bucket, and its type as version 6 of the SDK called it, which is deprecated and still there."""
OBJECTS = ("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject", "aws:s3/objectCopy:ObjectCopy")
"""What lies in a bucket and keeps it from being deleted."""
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_ACCESS = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
USER = f"arn:aws:iam::{ACCOUNT}:user/sandbox"
_PUBLIC_ACL = frozenset({"public-read", "public-read-write", "authenticated-read"})


def refused(doing: str, operation: str, code: str, message: str, *, status: int = 400, typed: bool = False) -> Refusal:
    """A refusal of S3, which names a host beside the request and ids of its own form."""
    digest = hashlib.sha256(f"{doing}|{operation}|{message}".encode()).digest()
    request, host = base64.b32encode(digest).decode()[:16], base64.b64encode(digest + digest).decode()[:56]
    shown = f"{code}: {message}" if typed else f"api error {code}: {message}"
    return Refusal(f"{doing}: operation error S3: {operation}, https response error StatusCode: {status}, RequestID: {request}, HostID: {host}, {shown}")


def name_of(call: Call) -> str:
    """The name of the bucket that a setting or an object is about; by ARN too, as the policy's argument takes it."""
    return text(call.inputs.get("bucket")).removeprefix("arn:aws:s3:::")


def find(call: Call, name: str) -> Record | None:
    """The bucket of this name, wherever it is."""
    return call.cloud.get(BUCKETS[0], name) or call.cloud.get(BUCKETS[1], name)


def need(call: Call, doing: str, operation: str) -> Record:
    """The bucket; S3's answer where there is none, or where it is in another region than the one that is asked."""
    name = name_of(call)
    bucket = find(call, name)
    if bucket is None:
        raise refused(doing, operation, "NoSuchBucket", "The specified bucket does not exist", status=404)
    if bucket.outputs.get("region") != region(call):
        message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."
        raise refused(doing, operation, "PermanentRedirect", message, status=301)
    return bucket


def setting_of(call: Call, token: str, name: str) -> Record | None:
    """The setting of this type that a bucket has, or of the deprecated type of the same."""
    return next((found for one in (token, f"{token.replace(':Bucket', 'V2:Bucket')}V2") for found in call.cloud.find(one, bucket=name)), None)


def versioning(call: Call, name: str) -> str:
    """`Enabled`, `Suspended`, or empty for a bucket that never had versions."""
    found = setting_of(call, VERSIONING, name)
    status = text((found.inputs.get("versioningConfiguration") or {}).get("status")) if found else ""
    bucket = find(call, name)
    locked = bucket is not None and bucket.inputs.get("objectLockEnabled") is True
    return "Enabled" if locked else "" if status == "Disabled" else status


def lock_mode(call: Call, name: str) -> str:
    """The mode in which a bucket locks every new object, or empty."""
    found = setting_of(call, LOCK, name)
    return text((((found.inputs.get("rule") or {}).get("defaultRetention")) or {}).get("mode")) if found else ""


def blocked(call: Call, name: str, what: str) -> bool:
    """Whether the account or the bucket blocks it (`blockPublicPolicy`); a bucket that says nothing was born with all four blocks."""
    own, everywhere = setting_of(call, PUBLIC_ACCESS, name), next(iter(call.cloud.find(ACCOUNT_ACCESS)), None)
    return own is None or own.inputs.get(what) is True or (everywhere is not None and everywhere.inputs.get(what) is not False)


def ownership(call: Call, name: str) -> str:
    """Who owns what is in the bucket; since April 2023 the bucket's owner where nobody says otherwise."""
    found = setting_of(call, OWNERSHIP, name)
    return text((found.inputs.get("rule") or {}).get("objectOwnership")) if found else "BucketOwnerEnforced"


def refuse_acl(call: Call, acl: str, doing: str, operation: str) -> None:
    """S3's answer to an access list where there is none, or to a public one where those are blocked."""
    if ownership(call, name_of(call)) == "BucketOwnerEnforced" and acl not in ("", "bucket-owner-full-control"):
        raise refused(doing, operation, "AccessControlListNotSupported", "The bucket does not allow ACLs")
    if acl in _PUBLIC_ACL and blocked(call, name_of(call), "blockPublicAcls"):
        action, arn = "s3:PutBucketAcl" if "Bucket" in operation else "s3:PutObject", f"arn:aws:s3:::{name_of(call)}"
        why = "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access."
        raise refused(doing, operation, "AccessDenied", f'User: {USER} is not authorized to perform: {action} on resource: "{arn}" {why}', status=403)


def identify(call: Call) -> str:
    """A setting is known by its bucket, and by the owner where one is named."""
    owner = text(call.inputs.get("expectedBucketOwner"))
    return f"{name_of(call)},{owner}" if owner else name_of(call)


def each(inputs: Properties, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The known items of a list of blocks, counted."""
    given = inputs.get(name)
    for index, item in enumerate(given if isinstance(given, list) else ()):
        if isinstance(item, dict):
            yield index, item


def chosen(path: str, value: object, choices: tuple[str, ...]) -> Iterator[Failure]:
    """A word at a path below the top that is not one of the choices, in the words of the provider's older validators."""
    if value is not None and value is not UNKNOWN and value not in choices:
        snake = re.sub(r"(?=[A-Z])", "_", path.rsplit(".", 1)[-1]).lower()
        shown = " ".join(f'"{one}"' for one in choices)
        yield Failure(path, f"expected {snake} to be one of [{shown}], got {value}")


_ARGUMENTS = {"bucket": arguments.long(1, 63), "expectedBucketOwner": arguments.fitting(r"^(\d{12}|)$", "must be the 12 digits of an account")}


def setting(token: str, noun: str, operation: str, refuse: Callable[[Call, Record, str], None] = lambda *_: None, **more: Any) -> Kind:
    """A setting of a bucket: one a bucket, put as a whole at create and update, gone with it."""

    def put(call: Call) -> None:
        doing = f"{'creating' if call.old is None else 'updating'} S3 Bucket ({name_of(call)}) {noun}"
        refuse(call, need(call, doing, operation), doing)

    own = more.pop("check", lambda _call: iter(()))

    def check(call: Call) -> Iterator[Failure]:
        yield from arguments.check(call, _ARGUMENTS)
        yield from own(call)

    given: dict[str, Any] = {
        "identify": identify,
        "check": check,
        "outputs": lambda call: {"bucket": name_of(call), "region": region(call)},
        # S3 puts a setting over the one that is there, and so does the provider
        "adopts": lambda _call: True,
        "replaces": frozenset({"bucket", "region", "expectedBucketOwner"}) | more.pop("replaces", frozenset()),
        "create": put,
        "update": put,
        **more,
    }
    return Kind(token=token, **given)
