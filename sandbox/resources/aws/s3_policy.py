"""Bucket policies: whom they may name, what they may be about, and when they are public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Record, Refusal
from .formats import ACCOUNT
from .iam_trust import role
from .policies import EVERYBODY, actions, check_json, document, listed, principals, size, statements
from .s3_names import USER, blocked, name_of, refused, setting

POLICY = "aws:s3/bucketPolicy:BucketPolicy"
LARGEST = 20 * 1024
"""Bytes of a bucket policy (S3 User Guide, "Bucket policies")."""
_ON_OBJECTS = re.compile(r"s3:(?:\w*Object(?!LockConfiguration)\w*|AbortMultipartUpload|ListMultipartUploadParts|ReplicateDelete|ReplicateTags)$")
_NARROWING = re.compile(
    r"(?i)^(?:aws:(?:Principal\w+|SourceArn|SourceAccount|SourceOwner|SourceOrgID|SourceIp|SourceVpc|SourceVpce|userid)|s3:DataAccessPoint\w+|s3:x-amz-server-side-encryption-aws-kms-key-id)$"
)
"""What makes a statement for everybody not public (S3 User Guide, 'The meaning of "public"')."""
_VERSIONS = ("2012-10-17", "2008-10-17")


def _malformed(doing: str, message: str) -> Refusal:
    return refused(doing, "PutBucketPolicy", "MalformedPolicy", message)


def _refuse(call: Call, bucket: Record, _doing: str) -> None:
    doing = f"putting S3 Bucket ({name_of(call)}) Policy"
    text = call.inputs.get("policy")
    policy = document(text)
    if size(text) > LARGEST:
        raise _malformed(doing, "Policy exceeds the maximum allowed document size.")
    if policy is None:
        raise _malformed(doing, "Policies must be valid JSON and the first byte must be '{'")
    if policy.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _malformed(doing, "The policy must contain a valid version string")
    if not statements(policy):
        raise _malformed(doing, "Could not parse the policy: Statement is empty!")
    for statement in statements(policy):
        _refuse_statement(call, bucket, statement, doing)
    if blocked(call, bucket.id, "blockPublicPolicy") and any(public(statement) for statement in statements(policy)):
        arn, why = bucket.outputs.get("arn"), "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
        message = f'User: {USER} is not authorized to perform: s3:PutBucketPolicy on resource: "{arn}" {why}'
        raise refused(doing, "PutBucketPolicy", "AccessDenied", message, status=403)


def _refuse_statement(call: Call, bucket: Record, statement: dict[str, Any], doing: str) -> None:
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed(doing, f"Invalid effect : {statement.get('Effect')}" if "Effect" in statement else "Missing required field Effect")
    for needed, other in (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")):
        if statement.get(needed) in (None, [], {}) and statement.get(other) is None:
            raise _malformed(doing, f"Missing required field {needed}")
    if not all(re.fullmatch(r"\*|s3:[\w*?]+", action) for action in actions(statement)):
        raise _malformed(doing, "Policy has invalid action")
    arn = str(bucket.outputs.get("arn"))
    resources = [str(one) for one in listed(statement.get("Resource"))]
    if not all(resource == arn or resource.startswith(f"{arn}/") for resource in resources):
        raise _malformed(doing, "Policy has invalid resource")
    if any(missing(call, one) for one in principals(statement, "AWS")):
        raise _malformed(doing, "Invalid principal in policy")
    if any(not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?", one) for one in services(statement)):
        raise _malformed(doing, "Invalid principal in policy")
    on_objects = [bool(_ON_OBJECTS.fullmatch(action)) for action in actions(statement) if "*" not in action]
    if on_objects and len(on_objects) == len(actions(statement)) and resources:
        within = [resource.startswith(f"{arn}/") for resource in resources]
        if (all(on_objects) and not any(within)) or (not any(on_objects) and all(within)):
            raise _malformed(doing, "Action does not apply to any resource(s) in statement")


def services(statement: dict[str, Any]) -> Iterator[str]:
    """The services that a statement names."""
    named = statement.get("Principal")
    yield from (one for one in listed(named.get("Service")) if isinstance(one, str)) if isinstance(named, dict) else ()


def missing(call: Call, principal: str) -> bool:
    """Whether it names nobody; of other accounts the sandbox knows nothing, and S3 would ask them."""
    if principal == EVERYBODY or re.fullmatch(r"\d{12}|arn:aws[a-z-]*:iam::\d{12}:root|[0-9a-f]{64}", principal):
        return False
    found = re.fullmatch(r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}|cloudfront):(role|user|assumed-role|federated-user)/(.+)", principal)
    if found is None:
        return True
    return found[1] == ACCOUNT and found[2] == "role" and role(call.cloud, principal) is None


def public(statement: dict[str, Any]) -> bool:
    """Whether it lets in everybody: no principal named, and no condition with fixed values that narrows it."""
    if statement.get("Effect") != "Allow" or EVERYBODY not in principals(statement, "AWS"):
        return False
    conditions = statement.get("Condition")
    for keys in conditions.values() if isinstance(conditions, dict) else ():
        for key, values in keys.items() if isinstance(keys, dict) else ():
            if _NARROWING.match(key) and not any(value == EVERYBODY or str(value).startswith("0.0.0.0/") for value in listed(values)):
                return False
    return True


KINDS = (setting(POLICY, "Policy", "PutBucketPolicy", _refuse, check=lambda call: check_json("policy", "policy", call.inputs.get("policy"))),)
