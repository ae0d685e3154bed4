"""S3 buckets: names that all accounts share or that one keeps for itself, where they are, and when they can go."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Function, Kind, Properties, Record, Refusal
from ..generic import digest
from .formats import ACCOUNT, check_tags, partition, placed, region, text
from .s3_names import BUCKET, BUCKETS, OBJECTS, find, lock_mode, refused
from .s3_zones import HOSTED_ZONES
from .validators import conflicts, length, one_of

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*[a-z0-9]")
_ADDRESS = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
"""What S3 keeps for itself (S3 User Guide, "General purpose bucket naming rules")."""
_OTHERS = frozenset({"assets", "backup", "data", "example", "images", "logs", "media", "my-bucket", "static", "test", "uploads", "videos", "website"})
"""Names that everybody thinks of first: somebody has each of them."""
_NO_NAMESPACE = ("me-south-1", "me-central-1")
_WITHIN = tuple(
    f"aws:s3/{name[0].lower()}{name[1:]}:{name}"
    for name in (
        "BucketAbac",
        "BucketAccelerateConfiguration",
        "BucketAcl",
        "BucketCorsConfiguration",
        "BucketIntelligentTieringConfiguration",
        "BucketLifecycleConfiguration",
        "BucketLogging",
        "BucketMetric",
        "BucketNotification",
        "BucketObjectLockConfiguration",
        "BucketOwnershipControls",
        "BucketPolicy",
        "BucketPublicAccessBlock",
        "BucketReplicationConfig",
        "BucketRequestPaymentConfiguration",
        "BucketServerSideEncryptionConfiguration",
        "BucketVersioning",
        "BucketWebsiteConfiguration",
    )
)


def _defaults(call: Call) -> Properties:
    made_up = {} if call.inputs.get("bucket") is not None or call.inputs.get("bucketPrefix") is not None else {"bucket": _auto(call)}
    return {"forceDestroy": False, **made_up}


def _auto(call: Call) -> str:
    return f"{re.sub(r'[^a-z0-9.-]', '-', call.name.lower())[:55]}-{digest(call, 'bucket', 7)}"


def _check(call: Call) -> Iterator[Failure]:
    yield from length(call, "bucket", 0, 63)
    yield from length(call, "bucketPrefix", 0, 37)
    if re.search(r"--[-a-z0-9]+--x-s3$", text(call.inputs.get("bucket"))):
        yield Failure("bucket", "must not be in the format [bucket_name]--[azid]--x-s3. Use the aws_s3_directory_bucket resource to manage S3 Express buckets")
    yield from one_of(call, "bucketNamespace", ("account-regional", "global"))
    if call.inputs.get("bucketPrefix") is not None:
        yield from conflicts(call, "bucket", "bucketPrefix")
    yield from conflicts(call, "acl", "grants")
    yield from check_tags(call)


def _name(call: Call) -> str:
    given = text(call.inputs.get("bucket"))
    if given:
        return given
    return text(call.inputs.get("bucketPrefix")) + hashlib.sha256(f"{call.urn}|{call.cloud.sequence(f'id {call.urn}')}".encode()).hexdigest()[:26]


def _create(call: Call) -> None:
    name, doing = call.id or _name(call), f"creating S3 Bucket ({call.id or _name(call)})"
    place = region(call)
    flaw = _flaw(name, place)
    if flaw:
        raise Refusal(f"validating S3 Bucket ({name}) name: {flaw}")
    own = f"-{ACCOUNT}-{place}-an"
    private = call.inputs.get("bucketNamespace") == "account-regional"
    right = name.endswith(own) and place not in _NO_NAMESPACE if private else not name.endswith("-an")
    if not right or not _NAME.fullmatch(name) or name.startswith(_STARTS) or name.endswith(_ENDS):
        raise refused(doing, "CreateBucket", "InvalidBucketName", "The specified bucket is not valid.")
    if name in _OTHERS:
        raise refused(doing, "CreateBucket", "BucketAlreadyExists", "", status=409, typed=True)


def _flaw(name: str, place: str) -> str:
    """What the provider itself says of a name; in us-east-1 it takes what S3 took once."""
    if place == "us-east-1":
        return "" if re.fullmatch(r"[0-9A-Za-z_.-]+", name) else f'only alphanumeric characters, hyphens, periods, and underscores allowed in "{name}"'
    rules = (
        (3 <= len(name) <= 63, f'"{name}" must contain from 3 to 63 characters'),  # noqa: PLR2004  as the rule has it
        (re.fullmatch(r"[0-9a-z-.]+", name), f'only lowercase alphanumeric characters and hyphens allowed in "{name}"'),
        (not _ADDRESS.fullmatch(name), f'"{name}" must not be formatted as an IP address'),
        (not name.startswith("."), f'"{name}" cannot start with a period'),
        (not name.endswith("."), f'"{name}" cannot end with a period'),
        (".." not in name, f'"{name}" can be only one period between labels'),
    )
    return next((why for holds, why in rules if not holds), "")


def _adopts(call: Call) -> bool:
    """Never; S3 says otherwise than other services that the name is held, and in us-east-1 the provider does."""
    name = text(call.inputs.get("bucket"))
    if find(call, name) is not None:
        if region(call) == "us-east-1":
            message = f"creating S3 Bucket ({name}): BucketAlreadyExists"
            raise Refusal(message)
        raise refused(f"creating S3 Bucket ({name})", "CreateBucket", "BucketAlreadyOwnedByYou", "", status=409, typed=True)
    return False


def _outputs(call: Call) -> Properties:
    name, place = call.id or text(call.inputs.get("bucket")), region(call)
    suffix = "amazonaws.com.cn" if place.startswith("cn-") else "amazonaws.com"
    born = {
        "serverSideEncryptionConfiguration": {"rule": {"applyServerSideEncryptionByDefault": {"kmsMasterKeyId": "", "sseAlgorithm": "AES256"}}},
        "versioning": {"enabled": call.inputs.get("objectLockEnabled") is True, "mfaDelete": False},
    }
    return {
        **placed(call),
        **(born if call.type == BUCKET else {}),
        "arn": f"arn:{partition(place)}:s3:::{name}",
        "bucket": name,
        "bucketDomainName": f"{name}.s3.{suffix}",
        "bucketNamespace": call.inputs.get("bucketNamespace") or "global",
        "bucketPrefix": text(call.inputs.get("bucketPrefix")),
        "bucketRegion": place,
        "bucketRegionalDomainName": f"{name}.s3.{place}.{suffix}",
        "hostedZoneId": HOSTED_ZONES.get(place, ""),
        "objectLockEnabled": call.inputs.get("objectLockEnabled") is True,
        "requestPayer": call.inputs.get("requestPayer") or "BucketOwner",
    }


def _inside(call: Call) -> Iterator[Record]:
    for token in OBJECTS:
        yield from call.cloud.find(token, bucket=call.id)


def _delete(call: Call) -> None:
    doing = f"deleting S3 Bucket ({call.id})"
    if not any(_inside(call)):
        return
    if call.inputs.get("forceDestroy") is not True:
        message = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        raise refused(doing, "DeleteBucket", "BucketNotEmpty", message, status=409)
    if lock_mode(call, call.id) == "COMPLIANCE":
        message = "Access Denied because object protected by object lock."
        raise refused(f"emptying S3 Bucket ({call.id})", "DeleteObjects", "AccessDenied", message, status=403)


def _carries(call: Call) -> Iterator[Record]:
    yield from _inside(call)
    for token in _WITHIN:
        yield from call.cloud.find(token, bucket=call.id)


def _look_up(call: Call) -> Properties:
    name = text(call.inputs.get("bucket"))
    found = find(call, name)
    if found is None:
        message = f"reading S3 Bucket ({name}): couldn't find resource"
        raise Refusal(message)
    wanted = ("arn", "bucket", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId", "region")
    return {"id": name, **{key: found.outputs.get(key) for key in wanted}, "websiteDomain": "", "websiteEndpoint": ""}


def _canonical_user(call: Call) -> Properties:
    del call
    return {"id": hashlib.sha256(ACCOUNT.encode()).hexdigest(), "displayName": ""}


KINDS = tuple(
    Kind(
        token=token,
        identify=_name,
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset({"bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled", "region"}),
        updates=frozenset({"forceDestroy", "tags"}),
        adopts=_adopts,
        create=_create,
        delete=_delete,
        carries=_carries,
    )
    for token in BUCKETS
)
FUNCTIONS = (
    Function(token="aws:s3/getBucket:getBucket", answer=_look_up),
    Function(token="aws:s3/getCanonicalUserId:getCanonicalUserId", answer=_canonical_user),
)
