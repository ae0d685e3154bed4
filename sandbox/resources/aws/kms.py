"""KMS keys with their policies, aliases and grants, and whether a service may use a key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Cloud, Failure, Kind, Properties, Record
from .formats import ACCOUNT, arn, check_tags, fresh, kept, known, partition, placed, refused, region, regional_id, text
from .iam_grammar import resource_flaw
from .iam_names import unknown_principal
from .policies import allows, check_json, document, listed, matches, principals, statements
from .validators import between, conflicts, length, one_of, required_with

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
GRANT = "aws:kms/grant:Grant"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
_LARGEST = 32768
"""Bytes of a key policy (KMS quotas)."""
_USAGES = ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")
_SYMMETRIC = "SYMMETRIC_DEFAULT"
_SPECS = (
    *(_SYMMETRIC, "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"),
    *("HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87"),
)
_OPERATIONS = (
    *("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "Sign", "Verify", "GetPublicKey"),
    *("CreateGrant", "RetireGrant", "DescribeKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac"),
    "DeriveSharedSecret",
)


def find_key(cloud: Cloud, value: object) -> Record | None:
    """The key of an id, an ARN, or the name or ARN of an alias."""
    word = text(value)
    found = cloud.get(KEY, word) or next(iter(cloud.find(KEY, arn=word)), None)
    if found is not None or not word:
        return found
    alias = cloud.get(ALIAS, word) or next(iter(cloud.find(ALIAS, arn=word)), None)
    return find_key(cloud, alias.outputs.get("targetKeyId")) if alias is not None else None


def policy_of(cloud: Cloud, key: Record) -> dict[str, Any]:
    """The policy that a key has: that of a resource of its own where there is one."""
    own = next(iter(cloud.find(KEY_POLICY, keyId=key.id)), None) or next(iter(cloud.find(KEY_POLICY, keyId=key.outputs.get("arn"))), None)
    return document((own or key).outputs.get("policy")) or {}


def lets(cloud: Cloud, key: Record, service: str, action: str, **context: str) -> bool:
    """Whether the key's policy lets a service principal do it; `context` is the encryption context that the service would send."""
    fitting = [statement for statement in statements(policy_of(cloud, key)) if _in_context(statement, context)]
    return allows({"Statement": fitting}, "Service", service, action)


def _in_context(statement: dict[str, Any], context: dict[str, str]) -> bool:
    """Whether the conditions about the encryption context hold; all others are taken to."""
    for keys in (statement.get("Condition") or {}).values():
        for key, patterns in keys.items():
            name = key.removeprefix("kms:EncryptionContext:")
            value = context.get(name.replace(":", "_"))
            if name != key and (value is None or not any(matches(pattern, value) for pattern in listed(patterns))):
                return False
    return True


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from between(call, "deletionWindowInDays", 7, 30)
    yield from between(call, "rotationPeriodInDays", 90, 2560)
    yield from length(call, "description", 0, 8192)
    yield from length(call, "customKeyStoreId", 1, 64)
    yield from length(call, "xksKeyId", 1, 64)
    yield from required_with(call, "xksKeyId", "customKeyStoreId")
    yield from one_of(call, "keyUsage", _USAGES)
    yield from one_of(call, "customerMasterKeySpec", _SPECS)
    yield from check_json("policy", "policy", call.inputs.get("policy"))


def refuse_policy(call: Call, value: object, doing: str, operation: str) -> None:
    """KMS's answer to a policy that is none, names nobody that exists, or shuts out the one who gives it."""
    flaw = resource_flaw(value)
    if flaw is not None or len(text(value)) > _LARGEST:
        raise refused(doing, operation, "MalformedPolicyDocumentException", flaw or "The policy is too long.", typed=True)
    policy = document(value) or {}
    for statement in statements(policy):
        if any(unknown_principal(call, kind, one) for kind in ("AWS", "Service") for one in principals(statement, kind)):
            words = "Policy contains a statement with one or more invalid principals."
            raise refused(doing, operation, "MalformedPolicyDocumentException", words, typed=True)
    if not call.inputs.get("bypassPolicyLockoutSafetyCheck") and not any(allows(policy, "AWS", who, "kms:PutKeyPolicy") for who in _callers(call)):
        words = "The new key policy will not allow you to update the key policy in the future."
        raise refused(doing, operation, "MalformedPolicyDocumentException", words, typed=True)


def _callers(call: Call) -> tuple[str, ...]:
    """The account, and the user that the local cloud takes everybody for."""
    head = f"arn:{partition(region(call))}:iam::{ACCOUNT}"
    return (f"{head}:root", ACCOUNT, f"{head}:user/sandbox")


def _create(call: Call) -> None:
    doing, operation = "creating KMS Key", "KMS: CreateKey"
    if known(call.inputs.get("policy")):
        refuse_policy(call, call.inputs["policy"], doing, operation)
    usage, spec = call.inputs.get("keyUsage"), call.inputs.get("customerMasterKeySpec", _SYMMETRIC)
    if usage != "ENCRYPT_DECRYPT" and spec == _SYMMETRIC:
        raise refused(doing, operation, "ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}")
    _refuse_rotation(call)


def _refuse_rotation(call: Call) -> None:
    if call.inputs.get("enableKeyRotation") and call.inputs.get("customerMasterKeySpec", _SYMMETRIC) != _SYMMETRIC:
        doing = f"enabling KMS Key ({call.id}) rotation"
        raise refused(doing, "KMS: EnableKeyRotation", "UnsupportedOperationException", "", typed=True)


def _update(call: Call) -> None:
    if known(call.inputs.get("policy")):
        refuse_policy(call, call.inputs["policy"], f"updating KMS Key ({call.id}) policy", "KMS: PutKeyPolicy")
    _refuse_rotation(call)


def _identify(call: Call) -> str:
    digits = fresh(call, 32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _outputs(call: Call) -> Properties:
    root = f"arn:{partition(region(call))}:iam::{ACCOUNT}:root"
    allowing = {"Action": "kms:*", "Effect": "Allow", "Principal": {"AWS": root}, "Resource": "*", "Sid": "Enable IAM User Permissions"}
    default = json.dumps({"Id": "key-default-1", "Statement": [allowing], "Version": "2012-10-17"}, separators=(",", ":"))
    return {
        **placed(call),
        "arn": arn(call, "kms", f"key/{call.id}"),
        "keyId": call.id,
        "policy": call.inputs["policy"] if known(call.inputs.get("policy")) else default,
        "description": text(call.inputs.get("description")),
        "multiRegion": bool(call.inputs.get("multiRegion")),
        "rotationPeriodInDays": call.inputs.get("rotationPeriodInDays") or (365 if call.inputs.get("enableKeyRotation") else 0),
        "customKeyStoreId": text(call.inputs.get("customKeyStoreId")),
        "xksKeyId": text(call.inputs.get("xksKeyId")),
    }


def _check_alias(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    yield from conflicts(call, "name", "namePrefix")
    if isinstance(name, str):
        if name.startswith("alias/aws/"):
            yield Failure("name", "\"name\" cannot begin with reserved AWS CMK prefix 'alias/aws/'")
        if not re.match(r"^alias/[0-9A-Za-z_/-]+$", name):
            yield Failure("name", "\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]")


def _require(call: Call, value: object, doing: str, operation: str) -> Record:
    found = find_key(call.cloud, value)
    if found is None or found.outputs.get("region") != region(call):
        shown = text(value) if text(value).startswith("arn:") else arn(call, "kms", f"key/{text(value)}")
        raise refused(doing, operation, "NotFoundException", f"Key '{shown}' does not exist", typed=True)
    return found


def _set_alias(call: Call) -> None:
    name = text(call.inputs.get("name"))
    doing, operation = (f"creating KMS Alias ({name})", "KMS: CreateAlias") if call.old is None else (f"updating KMS Alias ({name})", "KMS: UpdateAlias")
    _require(call, call.inputs.get("targetKeyId"), doing, operation)


def _alias_id(call: Call) -> str:
    name = text(call.inputs.get("name"))
    if any(call.cloud.find(ALIAS, name=name, region=region(call))):
        whole = arn(call, "kms", name)
        raise refused(
            f"creating KMS Alias ({name})", "KMS: CreateAlias", "AlreadyExistsException", f"An alias with the name {whole} already exists", typed=True
        )
    return regional_id(call, name)


def _alias_outputs(call: Call) -> Properties:
    key = find_key(call.cloud, call.inputs.get("targetKeyId"))
    target = text(key.outputs.get("arn")) if key is not None else ""
    return {
        "region": region(call),
        "arn": arn(call, "kms", text(call.inputs["name"])),
        "targetKeyArn": target,
        "namePrefix": text(call.inputs.get("namePrefix")),
    }


def _check_grant(call: Call) -> Iterator[Failure]:
    operations = call.inputs.get("operations")
    for index, operation in enumerate(operations if isinstance(operations, list) else ()):
        if known(operation) and operation not in _OPERATIONS:
            yield Failure(f"operations[{index}]", f"expected operations.{index} to be one of {list(_OPERATIONS)}, got {operation}")


def _create_grant(call: Call) -> None:
    doing, operation = f"creating KMS Grant for Key ({call.inputs['keyId']})", "KMS: CreateGrant"
    _require(call, call.inputs["keyId"], doing, operation)
    for name in ("granteePrincipal", "retiringPrincipal"):
        value = text(call.inputs.get(name))
        if value and unknown_principal(call, "AWS", value):
            raise refused(doing, operation, "InvalidArnException", f"ARN does not refer to a valid principal: {value}", typed=True)


def _grant_outputs(call: Call) -> Properties:
    return {
        "region": region(call),
        "grantId": kept(call, "grantId", lambda: fresh(call, 64)),
        "grantToken": kept(call, "grantToken", lambda: f"AQpA{fresh(call, 60)}"),
    }


def _put_policy(call: Call) -> None:
    doing, operation = f"attaching KMS Key policy ({call.inputs['keyId']})", "KMS: PutKeyPolicy"
    _require(call, call.inputs["keyId"], doing, operation)
    refuse_policy(call, call.inputs["policy"], doing, operation)


KINDS = (
    Kind(
        token=KEY,
        identify=_identify,
        outputs=_outputs,
        defaults=lambda _call: {
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": _SYMMETRIC,
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        check=_check,
        replaces=frozenset({"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"}),
        create=_create,
        update=_update,
    ),
    Kind(
        token=ALIAS,
        identify=_alias_id,
        outputs=_alias_outputs,
        check=_check_alias,
        replaces=frozenset({"name", "namePrefix"}),
        name_limit=256,
        lower_name=False,
        create=_set_alias,
        update=_set_alias,
    ),
    Kind(
        token=GRANT,
        identify=lambda call: f"{call.inputs['keyId']}:{fresh(call, 64)}",
        outputs=_grant_outputs,
        check=_check_grant,
        replaces=frozenset({"constraints", "grantCreationTokens", "granteePrincipal", "keyId", "name", "operations", "retireOnDelete", "retiringPrincipal"}),
        lower_name=False,
        create=_create_grant,
    ),
    Kind(
        token=KEY_POLICY,
        identify=lambda call: text(call.inputs["keyId"]),
        outputs=lambda call: {"region": region(call)},
        defaults=lambda _call: {"bypassPolicyLockoutSafetyCheck": False},
        check=lambda call: check_json("policy", "policy", call.inputs.get("policy")),
        replaces=frozenset({"keyId"}),
        adopts=lambda _call: True,
        create=_put_policy,
        update=_put_policy,
    ),
)
"""Keys and what goes with them."""
