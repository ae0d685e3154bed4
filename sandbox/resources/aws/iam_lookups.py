"""Data sources of IAM, KMS and CloudWatch Logs: things looked up by name."""

from __future__ import annotations

from collections.abc import Callable

from ...kind import Call, Function, Properties, Refusal
from .formats import ACCOUNT, region, text
from .iam_names import POLICY
from .iam_trust import ROLE
from .kms import ALIAS, find_key, policy_of
from .logs import group_of
from .policies import text as written


def _role(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    found = next(iter(call.cloud.find(ROLE, name=name)), None)
    if found is None:
        raise Refusal(f"reading IAM Role ({name}): couldn't find resource")
    names = ("arn", "createDate", "description", "maxSessionDuration", "name", "path", "permissionsBoundary", "uniqueId")
    shown = {key: found.outputs.get(key) for key in names}
    return {
        "id": found.id,
        "tags": found.outputs.get("tags") or {},
        "roleLastUseds": [],
        "assumeRolePolicy": written(found.inputs["assumeRolePolicy"]),
        **shown,
    }


def _policy(call: Call) -> Properties:
    arn, name = call.inputs.get("arn"), call.inputs.get("name")
    found = next((one for one in call.cloud.find(POLICY) if arn in {None, one.id} and name in {None, one.outputs.get("name")}), None)
    if found is None:
        raise Refusal("no IAM policy found matching criteria: couldn't find resource")
    shown = {key: found.outputs.get(key) for key in ("arn", "attachmentCount", "description", "name", "path", "policyId")}
    return {"id": found.id, "tags": found.outputs.get("tags") or {}, "policy": written(found.inputs["policy"]), **shown}


def _key(call: Call) -> Properties:
    asked = text(call.inputs.get("keyId"))
    found = find_key(call.cloud, asked)
    if found is None or found.outputs.get("region") != region(call) or not policy_of(call.cloud, found):
        raise Refusal(f"reading KMS Key ({asked}): couldn't find resource")
    shown = {key: found.outputs.get(key) for key in ("arn", "customerMasterKeySpec", "description", "keyUsage", "multiRegion", "region")}
    enabled = bool(found.outputs.get("isEnabled", True))
    state = {"enabled": enabled, "keyState": "Enabled" if enabled else "Disabled", "keyManager": "CUSTOMER", "origin": "AWS_KMS"}
    return {**shown, **state, "id": found.id, "keyId": asked, "awsAccountId": ACCOUNT, "keySpec": found.outputs.get("customerMasterKeySpec")}


def _alias(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    found = call.cloud.get(ALIAS, name)
    if found is None:
        raise Refusal(f"reading KMS Alias ({name}): couldn't find resource")
    key = find_key(call.cloud, name)
    arn = found.outputs.get("arn")
    return {
        "id": arn,
        "arn": arn,
        "name": name,
        "region": region(call),
        "targetKeyArn": found.outputs.get("targetKeyArn"),
        "targetKeyId": key.id if key else "",
    }


def _group(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    found = group_of(call, name)
    if found is None:
        raise Refusal(f"reading CloudWatch Logs Log Group ({name}): couldn't find resource")
    shown = {key: found.outputs.get(key) for key in ("arn", "deletionProtectionEnabled", "kmsKeyId", "logGroupClass", "name", "region", "retentionInDays")}
    return {"id": name, "tags": found.outputs.get("tags") or {}, "creationTime": 0, **shown}


_ANSWERS: dict[str, Callable[[Call], Properties]] = {
    "aws:iam/getRole:getRole": _role,
    "aws:iam/getPolicy:getPolicy": _policy,
    "aws:kms/getKey:getKey": _key,
    "aws:kms/getAlias:getAlias": _alias,
    "aws:cloudwatch/getLogGroup:getLogGroup": _group,
}

FUNCTIONS = tuple(Function(token=token, answer=answer) for token, answer in _ANSWERS.items())
"""What a program may look up."""
