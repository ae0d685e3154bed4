"""Elastic Container Registry: repositories, which have one lifecycle and one policy each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Reference, Refusal
from .ecr_lifecycle import flaw
from .formats import ACCOUNT, arn, check_tags, kept, known, partition, placed, refused, region, text
from .policies import actions, check_json, document, statements
from .validators import one_of

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
KEY = "aws:kms/key:Key"
PATTERN = r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
"""What a repository may be called (ECR API reference, CreateRepository)."""
SHORTEST, LONGEST = 2, 256
_RUNNERS = (("aws:ecs/taskDefinition:TaskDefinition", "containerDefinitions"), ("aws:lambda/function:Function", "imageUri"))
"""What runs images, and where it names them."""
_PLAIN = ("MUTABLE", "IMMUTABLE")
_FILTERED = ("IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION")
_ENCRYPTION = ("AES256", "KMS", "KMS_DSSE")


def _constraint(name: str, rule: str) -> str:
    return f"Invalid parameter at '{name}' failed to satisfy constraint: '{rule}'"


def _invalid(doing: str, operation: str, name: str, rule: str) -> Refusal:
    return refused(doing, f"ECR: {operation}", "InvalidParameterException", _constraint(name, rule), typed=True)


def _check_repository(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "imageTagMutability", (*_PLAIN, *_FILTERED))
    for index, block in enumerate(call.inputs.get("encryptionConfigurations") or ()):
        chosen = block.get("encryptionType") if isinstance(block, dict) else None
        if known(chosen) and chosen not in _ENCRYPTION:
            choices = " ".join(f'"{choice}"' for choice in _ENCRYPTION)
            yield Failure(f"encryptionConfigurations[{index}].encryptionType", f"expected encryption_type to be one of [{choices}], got {chosen}")
    filters = call.inputs.get("imageTagMutabilityExclusionFilters")
    mutability = call.inputs.get("imageTagMutability")
    if filters and known(mutability) and mutability not in _FILTERED:
        allowed = "IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION"
        reason = f"image_tag_mutability_exclusion_filter can only be specified when image_tag_mutability is set to {allowed}"
        yield Failure("imageTagMutabilityExclusionFilters", reason)


def _create_repository(call: Call) -> None:
    name = text(call.inputs.get("name"))
    doing = f"creating ECR Repository ({name})"
    if len(name) < SHORTEST:
        raise _invalid(doing, "CreateRepository", "repositoryName", f"must have length greater than or equal to {SHORTEST}")
    if len(name) > LONGEST:
        raise _invalid(doing, "CreateRepository", "repositoryName", f"must have length less than or equal to {LONGEST}")
    if not re.fullmatch(PATTERN, name):
        raise _invalid(doing, "CreateRepository", "repositoryName", f"must satisfy regular expression '{PATTERN}'")
    for block in call.inputs.get("encryptionConfigurations") or ():
        if text(block.get("kmsKey")) and block.get("encryptionType") == "AES256":
            raise _invalid(doing, "CreateRepository", "kmsKey", "must not be given with encryption type AES256")


def _runs(call: Call) -> bool:
    """Whether something runs an image of the repository, which thus holds one: nothing else tells, since the local cloud is pushed no images."""
    url = re.compile(rf"{re.escape(_url(call))}[:@]")
    return any(url.search(json.dumps(user.inputs.get(path))) for token, path in _RUNNERS for user in call.cloud.find(token))


def _delete_repository(call: Call) -> None:
    if call.inputs.get("forceDelete") is not True and _runs(call):
        name = text(call.inputs.get("name"))
        message = f"The repository with name '{name}' in registry with id '{ACCOUNT}' cannot be deleted because it still contains images"
        doing = f"ECR Repository ({name}) not empty, consider using force_delete"
        raise refused(doing, "ECR: DeleteRepository", "RepositoryNotEmptyException", message, typed=True)


def _encryption(call: Call) -> list[Properties]:
    given = call.inputs.get("encryptionConfigurations") or [{}]
    default = arn(call, "kms", "key/00000000-0000-4000-8000-000000000ec5")
    return [
        {"encryptionType": block.get("encryptionType") or "AES256", "kmsKey": text(block.get("kmsKey")) or default}
        if block.get("encryptionType") in _ENCRYPTION[1:]
        else {"encryptionType": "AES256", "kmsKey": ""}
        for block in given
    ]


def _url(call: Call) -> str:
    place = region(call)
    suffix = "amazonaws.com.cn" if partition(place) == "aws-cn" else "amazonaws.com"
    return f"{ACCOUNT}.dkr.ecr.{place}.{suffix}/{text(call.inputs.get('name'))}"


def _outputs(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    return {
        **placed(call),
        "arn": arn(call, "ecr", f"repository/{name}"),
        "registryId": ACCOUNT,
        "repositoryUrl": _url(call),
        "encryptionConfigurations": kept(call, "encryptionConfigurations", lambda: _encryption(call)),
        "imageScanningConfiguration": call.inputs.get("imageScanningConfiguration") or {"scanOnPush": False},
    }


def _carried(call: Call) -> Iterator[Record]:
    for token in (LIFECYCLE, POLICY):
        yield from call.cloud.find(token, repository=call.inputs.get("name"))


def _elsewhere(_call: Call, value: str) -> bool:
    """A key of another account, or one that is named by an alias."""
    return ":alias/" in value or (value.startswith("arn:") and f":{ACCOUNT}:" not in value)


def _of(doing: str, operation: str) -> Reference:
    """The repository that a lifecycle or a policy belongs to; both go with it."""
    message = f"The repository with name '{{value}}' does not exist in the registry with id '{ACCOUNT}'"
    told = refused(f"{doing} ({{value}})", f"ECR: {operation}", "RepositoryNotFoundException", message, typed=True).message
    return Reference(path="repository", types=(REPOSITORY,), by=("name",), message=told, holds=False)


def _check_lifecycle(call: Call) -> Iterator[Failure]:
    yield from check_json("policy", "policy", call.inputs.get("policy"))


def _put_lifecycle(call: Call) -> None:
    wrong = flaw(document(call.inputs.get("policy")))
    if wrong is not None:
        doing = f"creating ECR Lifecycle Policy ({text(call.inputs.get('repository'))})"
        raise _invalid(doing, "PutLifecyclePolicy", "LifecyclePolicyText", f"Lifecycle policy validation failure: {wrong}")


def _check_policy(call: Call) -> Iterator[Failure]:
    yield from check_json("policy", "policy", call.inputs.get("policy"))


def _put_policy(call: Call) -> None:
    """A repository's policy names who and what; the resource is the repository itself."""
    policy = document(call.inputs.get("policy")) or {}
    said = statements(policy)
    whole = [one for one in said if one.get("Principal") and one.get("Effect") in {"Allow", "Deny"} and "Resource" not in one]
    named = [action for one in said for action in actions(one)]
    if not said or len(whole) != len(said) or not named or not all(action == "*" or action.startswith("ecr:") for action in named):
        doing = f"{'creating' if call.old is None else 'updating'} ECR Repository Policy ({text(call.inputs.get('repository'))})"
        raise _invalid(doing, "SetRepositoryPolicy", "PolicyText", "Invalid repository policy provided")


def _attached(call: Call) -> Properties:
    return {"region": region(call), "registryId": ACCOUNT}


KINDS = (
    Kind(
        token=REPOSITORY,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_outputs,
        defaults=lambda _call: {"imageTagMutability": "MUTABLE"},
        check=_check_repository,
        replaces=frozenset({"encryptionConfigurations", "encryptionConfigurations.encryptionType", "encryptionConfigurations.kmsKey", "name", "region"}),
        name_limit=LONGEST,
        taken=refused(
            "creating ECR Repository ({name})",
            "ECR: CreateRepository",
            "RepositoryAlreadyExistsException",
            f"The repository with name '{{name}}' already exists in the registry with id '{ACCOUNT}'",
            typed=True,
        ).message,
        references=(
            Reference(
                path="encryptionConfigurations.*.kmsKey",
                types=(KEY,),
                by=("arn", "keyId", "id"),
                message="creating ECR Repository: KmsException: Key '{value}' does not exist",
                foreign=_elsewhere,
                holds=False,
            ),
        ),
        create=_create_repository,
        delete=_delete_repository,
        carries=_carried,
    ),
    Kind(
        token=LIFECYCLE,
        identify=lambda call: text(call.inputs.get("repository")),
        outputs=_attached,
        check=_check_lifecycle,
        replaces=frozenset({"policy", "region", "repository"}),
        adopts=lambda _call: True,
        references=(_of("creating ECR Lifecycle Policy", "PutLifecyclePolicy"),),
        create=_put_lifecycle,
    ),
    Kind(
        token=POLICY,
        identify=lambda call: text(call.inputs.get("repository")),
        outputs=_attached,
        check=_check_policy,
        replaces=frozenset({"region", "repository"}),
        adopts=lambda _call: True,
        references=(_of("creating ECR Repository Policy", "SetRepositoryPolicy"),),
        create=_put_policy,
        update=_put_policy,
    ),
)
"""A repository, what clears it away, and who may use it."""
