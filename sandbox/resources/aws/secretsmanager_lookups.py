"""Secrets looked up, and random passwords that nothing remembers."""

from __future__ import annotations

import secrets
import string

from ...kind import Call, Function, Properties, Record, Refusal
from .formats import region, text
from .secretsmanager import DELETED, VERSION, no, secret

_DEFAULT_LENGTH = 32
_LONGEST = 4096
_PUNCTUATION = string.punctuation


def _gone(call: Call, doing: str, operation: str, wanted: str) -> Refusal:
    if call.cloud.get(DELETED, wanted) is not None or next(call.cloud.find(DELETED, name=wanted), None) is not None:
        message = "You can't perform this operation on the secret because it was marked for deletion."
        return no(doing, operation, "InvalidRequestException", message)
    return no(doing, operation, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")


def _secret(call: Call) -> Properties:
    given = [path for path in ("arn", "name") if text(call.inputs.get(path))]
    if len(given) != 1:
        message = (
            '"arn": one of `arn,name` must be specified' if not given else '"arn": only one of `arn,name` can be specified, but `arn,name` were specified.'
        )
        raise Refusal(message)
    wanted = text(call.inputs[given[0]])
    found = secret(call, wanted)
    if found is None:
        raise _gone(call, f"reading Secrets Manager Secret ({wanted})", "DescribeSecret", wanted)
    held = {key: found.outputs.get(key) or "" for key in ("arn", "name", "description", "kmsKeyId", "policy")}
    return {**held, "id": found.id, "region": region(call), "tags": found.outputs.get("tagsAll") or {}, "createdDate": "", "lastChangedDate": "", "type": ""}


def _stages(record: Record, current: bool) -> list[str]:  # noqa: FBT001  newest or not
    said = record.inputs.get("versionStages")
    return list(said) if said else ["AWSCURRENT"] if current else ["AWSPREVIOUS"]


def _version(call: Call) -> Properties:
    wanted, id_ = text(call.inputs.get("secretId")), text(call.inputs.get("versionId"))
    stage = text(call.inputs.get("versionStage")) or "AWSCURRENT"
    found, doing = secret(call, wanted), f"reading Secrets Manager Secret Version ({wanted}|{id_ or stage})"
    if found is None:
        raise _gone(call, doing, "GetSecretValue", wanted)
    every = list(call.cloud.find(VERSION, secretArn=found.id))
    fitting = [(one, _stages(one, one is every[-1])) for one in every]
    chosen = next(((one, stages) for one, stages in reversed(fitting) if (one.outputs.get("versionId") == id_ if id_ else stage in stages)), None)
    if chosen is None:
        what = f"Secrets Manager can't find the specified secret value for {f'VersionId: {id_}' if id_ else f'staging label: {stage}'}"
        raise no(doing, "GetSecretValue", "ResourceNotFoundException", what)
    version, stages = chosen
    return {
        **{key: version.outputs.get(key) or "" for key in ("secretString", "secretBinary", "versionId")},
        "id": f"{wanted}|{version.outputs.get('versionId')}",
        "arn": found.id,
        "secretArn": found.id,
        "secretId": wanted,
        "versionStage": stage,
        "versionStages": stages,
        "createdDate": "",
        "region": region(call),
    }


def _alphabets(inputs: Properties) -> list[str]:
    sets = {
        "excludeLowercase": string.ascii_lowercase,
        "excludeUppercase": string.ascii_uppercase,
        "excludeNumbers": string.digits,
        "excludePunctuation": _PUNCTUATION,
    }
    without = text(inputs.get("excludeCharacters"))
    kept = ["".join(char for char in letters if char not in without) for flag, letters in sets.items() if inputs.get(flag) is not True]
    return [letters for letters in [*kept, *([" "] if inputs.get("includeSpace") is True else [])] if letters]


def _password(call: Call) -> Properties:
    inputs, doing = call.inputs, "reading Secrets Manager Get Random Password"
    length, alphabets = inputs.get("passwordLength"), _alphabets(inputs)
    size = length if isinstance(length, int) else _DEFAULT_LENGTH
    if not 1 <= size <= _LONGEST:
        raise no(doing, "GetRandomPassword", "InvalidParameterException", f"The password length must be between 1 and {_LONGEST}.")
    if not alphabets or (inputs.get("requireEachIncludedType") is not False and size < len(alphabets)):
        raise no(doing, "GetRandomPassword", "InvalidParameterException", "The password has no characters that it may be made of.")
    required = [secrets.choice(letters) for letters in alphabets] if inputs.get("requireEachIncludedType") is not False else []
    made = [*required, *(secrets.choice("".join(alphabets)) for _ in range(size - len(required)))]
    secrets.SystemRandom().shuffle(made)
    return {**inputs, "id": "".join(made), "randomPassword": "".join(made), "region": region(call)}


FUNCTIONS = (
    Function(token="aws:secretsmanager/getSecret:getSecret", answer=_secret),
    Function(token="aws:secretsmanager/getSecretVersion:getSecretVersion", answer=_version),
    Function(token="aws:secretsmanager/getRandomPassword:getRandomPassword", answer=_password),
)
"""What programs ask of secrets."""
