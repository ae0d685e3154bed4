"""Replication of a bucket: its role, its rules, and what both ends must have before it can start."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Properties, Record
from .formats import text
from .iam_trust import trusts
from .s3_names import REPLICATION, chosen, each, find, name_of, refused, setting, versioning
from .s3_versions import locked, need_versions
from .validators import is_arn

MOST_RULES = 1000
_PUT = "PutBucketReplication"
_CLASSES = (
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "FSX_ONTAP",
)
_STATUS = ("Enabled", "Disabled")


def _check(call: Call) -> Iterator[Failure]:
    yield from is_arn(call, "role")
    for index, rule in each(call.inputs, "rules"):
        path = f"rules[{index}]"
        yield from chosen(f"{path}.status", rule.get("status"), _STATUS)
        for block in ("deleteMarkerReplication", "existingObjectReplication"):
            if isinstance(rule.get(block), dict):
                yield from chosen(f"{path}.{block}.status", rule[block].get("status"), _STATUS)
        if isinstance(rule.get("id"), str) and len(rule["id"]) > 255:  # noqa: PLR2004  as the rule has it
            yield Failure(f"{path}.id", f"expected length of id to be in the range (0 - 255), got {rule['id']}")
        destination = rule.get("destination")
        if isinstance(destination, dict):
            yield from chosen(f"{path}.destination.storageClass", destination.get("storageClass"), _CLASSES)
            bucket = destination.get("bucket")
            if isinstance(bucket, str) and not bucket.startswith("arn:"):
                yield Failure(f"{path}.destination.bucket", f'"rule.{index}.destination.0.bucket" ({bucket}) is an invalid ARN: arn: invalid prefix')


def _refuse(call: Call, bucket: Record, doing: str) -> None:
    need_versions(call, doing, _PUT)
    if not trusts(call, text(call.inputs.get("role")), "s3.amazonaws.com"):
        raise refused(doing, _PUT, "AccessDenied", "Access Denied", status=403)
    rules = [rule for _, rule in each(call.inputs, "rules")]
    if not 1 <= len(rules) <= MOST_RULES:
        raise refused(doing, _PUT, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
    for name, message in (("id", "Rule Id must be unique. Found same Id '{}' for more than one rule."), ("priority", "Found duplicate priority {}")):
        given = [rule[name] for rule in rules if rule.get(name) is not None]
        twice = next((one for one in given if given.count(one) > 1), None)
        if twice is not None:
            raise refused(doing, _PUT, "InvalidArgument" if name == "id" else "InvalidRequest", message.format(twice))
    for rule in rules:
        _refuse_rule(call, bucket, rule, doing)


def _refuse_rule(call: Call, bucket: Record, rule: Properties, doing: str) -> None:
    if rule.get("filter") is not None and rule.get("deleteMarkerReplication") is None:
        schema = "for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information."
        raise refused(doing, _PUT, "InvalidRequest", f"DeleteMarkerReplication must be specified {schema}")
    destination = rule.get("destination") or {}
    name = text(destination.get("bucket")).rpartition(":::")[2]
    if name == bucket.id:
        raise refused(doing, _PUT, "InvalidRequest", "Destination bucket cannot be the same as the source bucket.")
    if find(call, name) is None:
        raise refused(doing, _PUT, "InvalidRequest", "Destination bucket must exist.")
    if versioning(call, name) != "Enabled":
        raise refused(doing, _PUT, "InvalidRequest", "Destination bucket must have versioning enabled.")
    if locked(call, bucket.id) and not locked(call, name):
        message = "Object Lock configuration must be enabled on the destination bucket when it is enabled on the source bucket."
        raise refused(doing, _PUT, "InvalidRequest", message)
    criteria = (rule.get("sourceSelectionCriteria") or {}).get("sseKmsEncryptedObjects") or {}
    key = (destination.get("encryptionConfiguration") or {}).get("replicaKmsKeyId")
    if criteria.get("status") == "Enabled" and not key:
        raise refused(doing, _PUT, "InvalidRequest", "ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.")
    if key and criteria.get("status") != "Enabled":
        raise refused(doing, _PUT, "InvalidRequest", "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.")
    if destination.get("replicationTime") and not destination.get("metrics"):
        raise refused(doing, _PUT, "InvalidRequest", "Metrics must be specified when ReplicationTime is enabled.")


KINDS = (
    setting(
        REPLICATION,
        "Replication Configuration",
        _PUT,
        _refuse,
        check=_check,
        identify=name_of,
    ),
)
