"""Who may reach a bucket: the public access blocks of the bucket and of the account, who owns its objects, its access list."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .formats import ACCOUNT, region, text
from .s3_names import ACCOUNT_ACCESS, OWNERSHIP, PUBLIC_ACCESS, chosen, identify, name_of, ownership, refuse_acl, refused, setting, setting_of
from .validators import exactly_one, one_of

ACL = "aws:s3/bucketAcl:BucketAcl"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_CANNED = (
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
)
_OWNERS = ("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced")
_PERMISSIONS = ("FULL_CONTROL", "WRITE", "WRITE_ACP", "READ", "READ_ACP")


def _block_outputs(call: Call) -> Properties:
    return {"bucket": name_of(call), "region": region(call), **{name: call.inputs.get(name) is True for name in _BLOCKS}}


def _check_ownership(call: Call) -> Iterator[Failure]:
    rule = call.inputs.get("rule")
    yield from chosen("rule.objectOwnership", rule.get("objectOwnership") if isinstance(rule, dict) else None, _OWNERS)


def _refuse_ownership(call: Call, _bucket: Record, doing: str) -> None:
    acl = setting_of(call, ACL, name_of(call))
    shared = acl is not None and text(acl.inputs.get("acl")) not in ("", "private", "bucket-owner-full-control")
    if shared and (call.inputs.get("rule") or {}).get("objectOwnership") == "BucketOwnerEnforced":
        message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        raise refused(doing, "PutBucketOwnershipControls", "InvalidBucketAclWithObjectOwnership", message)


def _check_acl(call: Call) -> Iterator[Failure]:
    yield from exactly_one(call, "acl", "accessControlPolicy")
    yield from one_of(call, "acl", _CANNED)
    policy = call.inputs.get("accessControlPolicy")
    grants = policy.get("grants") if isinstance(policy, dict) else None
    for index, grant in enumerate(grants if isinstance(grants, list) else ()):
        if isinstance(grant, dict):
            yield from chosen(f"accessControlPolicy.grants[{index}].permission", grant.get("permission"), _PERMISSIONS)


def _refuse_acl(call: Call, _bucket: Record, doing: str) -> None:
    if ownership(call, name_of(call)) == "BucketOwnerEnforced":
        raise refused(doing, "PutBucketAcl", "AccessControlListNotSupported", "The bucket does not allow ACLs")
    refuse_acl(call, text(call.inputs.get("acl")), doing, "PutBucketAcl")


def _acl_id(call: Call) -> str:
    """The access list's id carries the canned list too."""
    acl = text(call.inputs.get("acl"))
    return f"{identify(call)},{acl}" if acl else identify(call)


def _acl_outputs(call: Call) -> Properties:
    return {"bucket": name_of(call), "region": region(call)}


KINDS = (
    setting(
        PUBLIC_ACCESS, "Public Access Block", "PutPublicAccessBlock", outputs=_block_outputs, deleted=lambda call: call.inputs.get("skipDestroy") is not True
    ),
    Kind(
        token=ACCOUNT_ACCESS,
        identify=lambda call: text(call.inputs.get("accountId")) or ACCOUNT,
        outputs=lambda call: {"accountId": text(call.inputs.get("accountId")) or ACCOUNT, **{name: call.inputs.get(name) is not False for name in _BLOCKS}},
        replaces=frozenset({"accountId"}),
        adopts=lambda _call: True,
    ),
    setting(OWNERSHIP, "Ownership Controls", "PutBucketOwnershipControls", _refuse_ownership, check=_check_ownership),
    setting(ACL, "ACL", "PutBucketAcl", _refuse_acl, check=_check_acl, identify=_acl_id, outputs=_acl_outputs),
)
