"""CloudWatch Logs: groups, streams, and the policies that let services write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .formats import arn, check_tags, known, placed, refused, region, regional_id, text
from .iam_grammar import resource_flaw
from .kms import find_key, lets
from .policies import check_json
from .policies import text as written
from .validators import conflicts, is_arn, one_of

GROUP = "aws:cloudwatch/logGroup:LogGroup"
STREAM = "aws:cloudwatch/logStream:LogStream"
POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
RETENTIONS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days; 0 keeps for ever."""
MOST_POLICIES = 10
"""Resource policies of an account in a region (CloudWatch Logs quotas)."""
_LARGEST_POLICY = 5120
_LONGEST = 512
_NEEDED = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey")
"""What the service does with a key (CloudWatch Logs, "Encrypt log data using KMS")."""


def group_of(call: Call, value: object) -> Record | None:
    """The log group of a name or an ARN, with or without `:*` at its end."""
    word = text(value).removesuffix(":*")
    for by in ("arn", "name"):
        for found in call.cloud.find(GROUP, **{by: word}):
            if found.outputs.get("region") == region(call):
                return found
    return None


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from conflicts(call, "name", "namePrefix")
    yield from one_of(call, "retentionInDays", RETENTIONS)
    yield from one_of(call, "logGroupClass", ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"))
    yield from is_arn(call, "kmsKeyId")
    name = call.inputs.get("name")
    if isinstance(name, str):
        if not 1 <= len(name) <= _LONGEST:
            yield Failure("name", f'"name" cannot be longer than {_LONGEST} characters: "{name}"')
        if not re.match(r"^[0-9A-Za-z_./#-]+$", name):
            allowed = "alphanumeric characters, underscores, hyphens, slashes, hash signs and dots are allowed"
            yield Failure("name", f'"name" isn\'t a valid log group name ({allowed}): "{name}"')


def _arn(call: Call) -> str:
    return arn(call, "logs", f"log-group:{call.inputs['name']}")


def _refuse_key(call: Call, doing: str, operation: str) -> None:
    """Logs' answer to a key that it may not use: it does not say why."""
    value = text(call.inputs.get("kmsKeyId"))
    if not value:
        return
    key, service = find_key(call.cloud, value), f"logs.{region(call)}.amazonaws.com"
    there = key is not None and key.outputs.get("region") == region(call) and key.outputs.get("isEnabled", True)
    symmetric = key is not None and key.outputs.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    if key is None or not there or not symmetric or not all(lets(call.cloud, key, service, action, aws_logs_arn=_arn(call)) for action in _NEEDED):
        message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{_arn(call)}'"
        raise refused(doing, operation, "AccessDeniedException", message)


def _create(call: Call) -> None:
    _refuse_key(call, f"creating CloudWatch Logs Log Group ({call.inputs['name']})", "CloudWatch Logs: CreateLogGroup")


def _update(call: Call) -> None:
    if call.old is not None and call.old.inputs.get("kmsKeyId") != call.inputs.get("kmsKeyId"):
        _refuse_key(call, f"associating CloudWatch Logs Log Group ({call.id}) KMS key", "CloudWatch Logs: AssociateKmsKey")


def _identify(call: Call) -> str:
    """Names are a region's: the id is the name alone, as the provider has it."""
    name = text(call.inputs["name"])
    if group_of(call, name) is not None:
        doing = f"creating CloudWatch Logs Log Group ({name})"
        raise refused(doing, "CloudWatch Logs: CreateLogGroup", "ResourceAlreadyExistsException", "The specified log group already exists", typed=True)
    return regional_id(call, name)


def _outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "arn": _arn(call),
        "kmsKeyId": text(call.inputs.get("kmsKeyId")),
        "logGroupClass": text(call.inputs.get("logGroupClass")) or "STANDARD",
        "namePrefix": text(call.inputs.get("namePrefix")),
        "retentionInDays": call.inputs.get("retentionInDays") or 0,
        "deletionProtectionEnabled": bool(call.inputs.get("deletionProtectionEnabled")),
    }


def _delete(call: Call) -> None:
    if call.inputs.get("deletionProtectionEnabled") and not call.inputs.get("skipDestroy"):
        doing = f"deleting CloudWatch Logs Log Group ({call.id})"
        message = "The specified log group has deletion protection enabled. Disable it before you delete the log group."
        raise refused(doing, "CloudWatch Logs: DeleteLogGroup", "ValidationException", message)


def _goes_with_group(call: Call) -> Iterator[Record]:
    yield from call.cloud.find(STREAM, logGroupName=call.inputs.get("name"), region=region(call))


def _check_stream(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if isinstance(name, str):
        if not 1 <= len(name) <= _LONGEST:
            yield Failure("name", f'"name" must be between 1 and {_LONGEST} characters: "{name}"')
        if re.search(r"[:*]", name):
            yield Failure("name", f"log stream name \"{name}\" must not contain ':' or '*'")


def _stream_id(call: Call) -> str:
    group, name = text(call.inputs["logGroupName"]), text(call.inputs["name"])
    doing, operation = f"creating CloudWatch Logs Log Stream ({name})", "CloudWatch Logs: CreateLogStream"
    if group_of(call, group) is None:
        raise refused(doing, operation, "ResourceNotFoundException", "The specified log group does not exist.", typed=True)
    if any(call.cloud.find(STREAM, logGroupName=group, name=name, region=region(call))):
        raise refused(doing, operation, "ResourceAlreadyExistsException", "The specified log stream already exists", typed=True)
    return name if call.cloud.get(STREAM, name) is None else f"{group}:{name}@{region(call)}"


def _put_policy(call: Call) -> None:
    name = text(call.inputs.get("policyName")) or text(call.inputs.get("resourceArn"))
    doing, operation = f"creating CloudWatch Logs Resource Policy ({name})", "CloudWatch Logs: PutResourcePolicy"
    flaw = resource_flaw(call.inputs["policyDocument"])
    if flaw is not None or len(written(call.inputs["policyDocument"])) > _LARGEST_POLICY:
        message = flaw or f"1 validation error detected: Value at 'policyDocument' must have length less than or equal to {_LARGEST_POLICY}"
        raise refused(doing, operation, "InvalidParameterException", message, typed=True)
    others = [record for record in call.cloud.find(POLICY) if record.id != call.id and record.outputs.get("region") == region(call)]
    if call.old is None and len(others) >= MOST_POLICIES:
        raise refused(doing, operation, "LimitExceededException", "Resource limit exceeded.", typed=True)


def _check_policy(call: Call) -> Iterator[Failure]:
    yield from check_json("policyDocument", "policy_document", call.inputs.get("policyDocument"))
    if not known(call.inputs.get("policyName")) and call.inputs.get("policyName") is None and call.inputs.get("resourceArn") is None:
        yield Failure("policyName", "Exactly one of these attributes must be configured: [policy_name,resource_arn]")


KINDS = (
    Kind(
        token=GROUP,
        identify=_identify,
        outputs=_outputs,
        defaults=lambda _call: {"retentionInDays": 0, "skipDestroy": False},
        check=_check,
        replaces=frozenset({"logGroupClass", "name", "namePrefix"}),
        name_limit=_LONGEST,
        lower_name=False,
        create=_create,
        update=_update,
        delete=_delete,
        deleted=lambda call: not call.inputs.get("skipDestroy"),
        carries=_goes_with_group,
    ),
    Kind(
        token=STREAM,
        identify=_stream_id,
        outputs=lambda call: {"region": region(call), "arn": arn(call, "logs", f"log-group:{call.inputs['logGroupName']}:log-stream:{call.inputs['name']}")},
        check=_check_stream,
        replaces=frozenset({"logGroupName", "name"}),
        name_limit=_LONGEST,
        lower_name=False,
    ),
    Kind(
        token=POLICY,
        identify=lambda call: regional_id(call, text(call.inputs.get("policyName")) or text(call.inputs.get("resourceArn"))),
        outputs=lambda call: {"region": region(call), "policyScope": "RESOURCE" if call.inputs.get("resourceArn") else "ACCOUNT", "revisionId": ""},
        check=_check_policy,
        replaces=frozenset({"policyName", "resourceArn"}),
        adopts=lambda _call: True,
        create=_put_policy,
        update=_put_policy,
    ),
)
"""Where logs go."""
