"""AWS Secrets Manager: secrets that hold their name until their recovery window ends, and the versions in them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Record, Refusal
from .formats import arn, check_tags, fresh, kept, placed, refused, region, text
from .iam_grammar import resource_flaw
from .placement import key_exists, letters
from .policies import check_json, document, principals, statements
from .rds_names import made_up
from .validators import conflicts

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
DELETED = "aws:secretsmanager/deletedSecret:DeletedSecret"
"""No resource of the provider: a secret that waits out its recovery window."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LONGEST_NAME = 512
_LONGEST_DESCRIPTION = 2048
_NAME = re.compile(r"^[0-9A-Za-z/_+=.@-]+$")
_WINDOW = (7, 30)
PAYLOAD = 65536
"""Bytes of a secret's value (AWS Secrets Manager quotas)."""
_MOST_VERSIONS_STAGES = 20
_REGION = re.compile(r"^(us|eu|ap|sa|ca|me|af|il|mx)(-gov|-iso[bef]?)?-(north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-7]$")


def no(doing: str, operation: str, code: str, message: str, *, typed: bool = True) -> Refusal:
    """An answer of the Secrets Manager API."""
    return refused(doing, f"Secrets Manager: {operation}", code, message, typed=typed)


def secret(call: Call, value: str) -> Record | None:
    """The secret of this ARN or, in this region, of this name."""
    found = call.cloud.get(SECRET, value)
    return found or next(call.cloud.find(SECRET, name=value, region=region(call)), None)


def _named(call: Call) -> str:
    return text(call.inputs.get("name")) or kept(call, "name", lambda: made_up(call, text(call.inputs.get("namePrefix"))))


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from conflicts(call, "name", "namePrefix")
    for path, limit in (("name", _LONGEST_NAME), ("namePrefix", _LONGEST_NAME - 26)):
        value = inputs.get(path)
        shown = "name" if path == "name" else "name_prefix"
        if isinstance(value, str) and not _NAME.match(value):
            yield Failure(path, f'only alphanumeric characters and /_+=.@- special characters are allowed in "{shown}"')
        if isinstance(value, str) and len(value) > limit:
            yield Failure(path, f'"{shown}" cannot be longer than {limit} characters')
    days = inputs.get("recoveryWindowInDays")
    if isinstance(days, int) and days != 0 and not _WINDOW[0] <= days <= _WINDOW[1]:
        yield Failure("recoveryWindowInDays", f"expected recovery_window_in_days to be in the range ({_WINDOW[0]} - {_WINDOW[1]}), got {days}")
        yield Failure("recoveryWindowInDays", f"expected recovery_window_in_days to be one of [0], got {days}")
    yield from check_json("policy", "policy", inputs.get("policy"))


def _refuse(call: Call) -> None:
    name, inputs = _named(call), call.inputs
    doing, operation = (f"creating Secrets Manager Secret ({name})", "CreateSecret")
    if call.old is not None:
        doing, operation = f"updating Secrets Manager Secret ({call.id})", "UpdateSecret"
    if call.old is None and next(call.cloud.find(DELETED, name=name, region=region(call)), None) is not None:
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise no(doing, operation, "InvalidRequestException", message)
    if call.old is None and next(call.cloud.find(SECRET, name=name, region=region(call)), None) is not None:
        raise no(doing, operation, "ResourceExistsException", f"The operation failed because the secret {name} already exists.")
    if len(text(inputs.get("description"))) > _LONGEST_DESCRIPTION:
        shown = f"Member must have length less than or equal to {_LONGEST_DESCRIPTION}"
        raise no(
            doing, operation, "ValidationException", f"1 validation error detected: Value at 'description' failed to satisfy constraint: {shown}", typed=False
        )
    key = text(inputs.get("kmsKeyId"))
    if key and not key_exists(call, key):
        message = "Access to KMS is not allowed"
        raise no(doing, operation, "EncryptionFailure" if call.old is not None else "AccessDeniedException", message, typed=False)
    _refuse_replicas(call, doing, operation)
    refuse_policy(inputs.get("policy"), name, block=False)


def _refuse_replicas(call: Call, doing: str, operation: str) -> None:
    replicas = call.inputs.get("replicas")
    seen: set[str] = set()
    for replica in replicas if isinstance(replicas, list) else ():
        place = text(replica.get("region")) if isinstance(replica, dict) else ""
        if place == region(call):
            raise no(doing, operation, "InvalidParameterException", f"Invalid replica region. You can't replicate a secret to its own region {place}.")
        if place in seen:
            raise no(doing, operation, "InvalidParameterException", f"Invalid replica region list: {place} is given more than once.")
        if place and not _REGION.match(place):
            raise no(doing, operation, "InvalidParameterException", f"Invalid replica region: {place} is not a region.")
        seen.add(place)


def refuse_policy(policy: object, shown: str, *, block: bool) -> None:
    """What Secrets Manager says of a resource policy."""
    if policy is None or policy is UNKNOWN or policy in ("", "{}"):
        return
    doing, flaw = f"putting Secrets Manager Secret ({shown}) policy", resource_flaw(policy)
    if flaw is not None:
        raise no(doing, "PutResourcePolicy", "MalformedPolicyDocumentException", f"This resource policy is malformed: {flaw}")
    for statement in statements(document(policy) or {}):
        public = "*" in principals(statement, "AWS") or statement.get("Principal") == "*"
        if block and public and statement.get("Effect") == "Allow" and not statement.get("Condition"):
            message = "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret."
            raise no(doing, "PutResourcePolicy", "PublicPolicyException", message)


def _replica(replica: Properties) -> Properties:
    key = text(replica.get("kmsKeyId")) or "alias/aws/secretsmanager"
    return {"region": replica.get("region"), "kmsKeyId": key, "status": "InSync", "statusMessage": "Replication succeeded", "lastAccessedDate": ""}


def _outputs(call: Call) -> Properties:
    inputs = call.inputs
    replicas = inputs.get("replicas")
    name = _named(call)
    return {
        **placed(call),
        "arn": call.id,
        "name": name,
        "namePrefix": inputs.get("namePrefix") or "",
        "kmsKeyId": inputs.get("kmsKeyId") or "",
        "description": inputs.get("description") or "",
        "policy": inputs.get("policy") or _policy_of(call),
        "replicas": [_replica(one) for one in replicas if isinstance(one, dict)] if isinstance(replicas, list) else [],
    }


def _policy_of(call: Call) -> str:
    record = next(call.cloud.find(POLICY, secretArn=call.id), None)
    return text(record.outputs.get("policy")) if record is not None else ""


def _identify(call: Call) -> str:
    return arn(call, "secretsmanager", f"secret:{_named(call)}-{letters(fresh(call, 64), 6, _ALPHABET)}")


def _content(call: Call) -> Iterator[Record]:
    """Versions, policy and rotation go with their secret."""
    for type_, path in ((VERSION, "secretArn"), (POLICY, "secretArn"), (ROTATION, "secretArn")):
        yield from (record for record in call.cloud.find(type_) if record.outputs.get(path) == call.id)


def _waits(call: Call) -> Iterator[Record]:
    if call.inputs.get("recoveryWindowInDays") == 0:
        return
    held = {"name": _named(call), "arn": call.id, "region": region(call), "deletedDate": call.cloud.now(), "recoveryWindowInDays": _days(call)}
    yield Record(type=DELETED, id=call.id, urn=call.urn, inputs={}, outputs=held)


def _days(call: Call) -> int:
    days = call.inputs.get("recoveryWindowInDays")
    return days if isinstance(days, int) else _WINDOW[1]


def _check_version(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    given = [path for path in ("secretString", "secretBinary", "secretStringWo") if inputs.get(path) not in (None, "")]
    if len(given) > 1:
        yield Failure(given[0], f'"{_snake(given[0])}": conflicts with {_snake(given[1])}')
    if "secretStringWo" in given and inputs.get("secretStringWoVersion") is None:
        yield Failure("secretStringWo", '"secret_string_wo": all of `secret_string_wo,secret_string_wo_version` must be specified')


def _snake(path: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path).lower()


def _refuse_version(call: Call) -> None:
    inputs, wanted = call.inputs, text(call.inputs.get("secretId"))
    doing, operation = f"putting Secrets Manager Secret ({wanted}) value", "PutSecretValue"
    found = secret(call, wanted)
    if found is None:
        gone = call.cloud.get(DELETED, wanted) or next(call.cloud.find(DELETED, name=wanted, region=region(call)), None)
        if gone is not None:
            why = "You can't perform this operation on the secret because it was marked for deletion."
            raise no(doing, operation, "InvalidRequestException", why)
        raise no(doing, operation, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    _refuse_value(doing, operation, inputs)
    stages = inputs.get("versionStages")
    if isinstance(stages, list) and len(stages) > _MOST_VERSIONS_STAGES:
        raise no(doing, operation, "LimitExceededException", f"You can't have more than {_MOST_VERSIONS_STAGES} staging labels on a version.")


def _refuse_value(doing: str, operation: str, inputs: Properties) -> None:
    value = text(inputs.get("secretString")) or text(inputs.get("secretStringWo"))
    size, binary = len(value.encode()), text(inputs.get("secretBinary"))
    if binary:
        try:
            size = len(base64.b64decode(binary, validate=True))
        except binascii.Error as error:
            message = f"expected secret_binary to be a base64-encoded string, got {binary[:20]}"
            raise Refusal(message) from error
    if not value and not binary:
        raise no(doing, operation, "InvalidParameterException", "You must provide either SecretString or SecretBinary.")
    if size > PAYLOAD:
        name = "secretBinary" if binary else "secretString"
        constraint = f"Member must have length less than or equal to {PAYLOAD}"
        message = f"1 validation error detected: Value at '{name}' failed to satisfy constraint: {constraint}"
        raise no(doing, operation, "ValidationException", message, typed=False)


def _version_id(call: Call) -> str:
    digits = fresh(call, 32)
    return f"terraform-{digits[:26]}"


def _version_outputs(call: Call) -> Properties:
    found = secret(call, text(call.inputs.get("secretId")))
    owner = found.id if found is not None else text(call.inputs.get("secretId"))
    held = {"secretString": call.inputs.get("secretString") or "", "secretBinary": call.inputs.get("secretBinary") or ""}
    stages = call.inputs.get("versionStages") or ["AWSCURRENT"]
    return {
        **held,
        "region": region(call),
        "arn": owner,
        "secretArn": owner,
        "versionId": call.id.rsplit("|", 1)[-1],
        "versionStages": stages,
        "hasSecretStringWo": call.inputs.get("secretStringWo") is not None,
    }


def _older(call: Call) -> Properties:
    """A version that a newer one has followed is AWSPREVIOUS where the program chose no stages."""
    if call.old is None or call.inputs.get("versionStages"):
        return {}
    every = [record.id for record in call.cloud.find(VERSION, secretArn=call.old.outputs.get("secretArn")) if "AWSCURRENT" in _stages(record)]
    return {"versionStages": ["AWSCURRENT"]} if not every or every[-1] == call.id else {"versionStages": ["AWSPREVIOUS"]}


def _stages(record: Record) -> list[str]:
    return list(record.inputs.get("versionStages") or ["AWSCURRENT"])


KINDS = (
    Kind(
        token=SECRET,
        identify=_identify,
        outputs=_outputs,
        defaults=lambda _call: {"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
        check=_check,
        replaces=frozenset({"name", "namePrefix", "type"}),
        name_limit=512,
        lower_name=False,
        create=_refuse,
        update=_refuse,
        carries=_content,
        leaves=_waits,
        refresh=lambda call: {} if call.inputs.get("policy") else {"policy": _policy_of(call)},
    ),
    Kind(
        token=VERSION,
        identify=lambda call: f"{text(call.inputs.get('secretId'))}|{_version_id(call)}",
        outputs=_version_outputs,
        check=_check_version,
        replaces=frozenset({"secretBinary", "secretId", "secretString", "secretStringWoVersion"}),
        create=_refuse_version,
        secrets=frozenset({"secretBinary", "secretString"}),
        refresh=_older,
    ),
)
"""Secrets and their versions."""
