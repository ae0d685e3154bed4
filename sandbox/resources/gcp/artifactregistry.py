"""Google Artifact Registry: repositories of one format, and who may read and write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from .formats import RFC1035, check_labels, known
from .iam import grants
from .key_grants import refuse_key
from .lifecycle import deletes, deletion, reference
from .names import identity, imported, kept, labelled, location, project, segment, text
from .places import refuse_repository_place

REPOSITORY = "gcp:artifactregistry/repository:Repository"
_ID = "projects/{project}/locations/{location}/repositories/{repositoryId}"
_FORMATS = frozenset({"APT", "DOCKER", "GENERIC", "GO", "GOOGET", "KFP", "MAVEN", "NPM", "PYTHON", "RUBY", "YUM"})
_DURATION = re.compile(r"^\d+(?:\.\d+)?[smhd]$")
_REMOTE = tuple(
    f"{format_}Repository{part}"
    for format_, parts in (
        ("apt", ("", ".publicRepository", ".publicRepository.repositoryBase", ".publicRepository.repositoryPath")),
        ("common", ("", ".uri")),
        ("yum", ("", ".publicRepository", ".publicRepository.repositoryBase", ".publicRepository.repositoryPath")),
        *((name, ("", ".customRepository", ".customRepository.uri", ".publicRepository")) for name in ("docker", "maven", "npm", "python")),
    )
    for part in parts
)


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    policies = inputs.get("cleanupPolicies")
    for index, policy in enumerate(policies if isinstance(policies, list) else ()):
        condition = policy.get("condition") if isinstance(policy, dict) else None
        for path in ("olderThan", "newerThan"):
            value = condition.get(path) if isinstance(condition, dict) else None
            if known(value) and not _DURATION.match(str(value)):
                yield Failure(f"cleanupPolicies[{index}].condition.{path}", f'"{value}" is not a valid duration')
    mode = inputs.get("mode")
    if mode == "REMOTE_REPOSITORY" and inputs.get("remoteRepositoryConfig") is None:
        yield Failure("remoteRepositoryConfig", "remote_repository_config must be specified for a repository of mode REMOTE_REPOSITORY")


def _refuse(call: Call) -> None:
    refuse_repository_place(call)
    check_labels(call)
    inputs = call.inputs
    failed = f"Error {'creating' if call.old is None else 'updating'} Repository: googleapi: Error 400: "
    name = text(inputs.get("repositoryId"))
    if not re.match(RFC1035, name):
        rule = "must start with a letter, end with a letter or number, and only contain lowercase letters, numbers and hyphens, at most 63 characters"
        raise Refusal(f'{failed}Invalid repository ID "{name}": {rule}., invalid')
    if text(inputs.get("format")).upper() not in _FORMATS:
        enum = "type.googleapis.com/google.devtools.artifactregistry.v1.Repository.Format"
        raise Refusal(f"{failed}Invalid value at 'repository.format' ({enum}), \"{inputs['format']}\"")
    if inputs.get("dockerConfig") is not None and text(inputs.get("format")).upper() != "DOCKER":
        raise Refusal(f"{failed}Docker config can only be specified for repositories of format DOCKER., invalid")
    if call.old is None:
        refuse_key(call, inputs.get("kmsKeyName"), location(call), "gcp-sa-artifactregistry", "Error creating Repository: ")
    names = [policy.get("id") for policy in inputs.get("cleanupPolicies") or ()]
    if len(names) != len(set(names)):
        raise Refusal(f"{failed}Cleanup policies must have distinct ids., invalid")
    for policy in inputs.get("cleanupPolicies") or ():
        if policy.get("mostRecentVersions") is not None and policy.get("action") != "KEEP":
            raise Refusal(f"{failed}Cleanup policy '{policy.get('id')}': most recent versions may only be used with action KEEP., invalid")


def _outputs(call: Call) -> Properties:
    inputs = call.inputs
    where, name = location(call), text(inputs.get("repositoryId"))
    form = text(inputs.get("format")).lower()
    said = inputs.get("vulnerabilityScanningConfig") or {}
    scanning = {"enablementConfig": "", "enablementState": "SCANNING_DISABLED", "enablementStateReason": "", **said}
    return {
        **labelled(call),
        "project": project(call),
        "location": where,
        "name": name,
        "createTime": kept(call, "createTime", call.cloud.now),
        "updateTime": call.cloud.now(),
        "registryUri": f"{where}-{form}.pkg.dev/{project(call)}/{name}",
        **({"vulnerabilityScanningConfig": scanning} if form == "docker" else {}),
    }


def _repository(call: Call) -> str:
    value = text(call.inputs.get("repository"))
    owner, where = segment(value, "projects") or project(call), segment(value, "locations") or location(call)
    return f"projects/{owner}/locations/{where}/repositories/{value.rsplit('/', 1)[-1]}"


KINDS = (
    Kind(
        token=REPOSITORY,
        identify=identity(_ID),
        outputs=_outputs,
        defaults=lambda _call: {"mode": "STANDARD_REPOSITORY"},
        check=_check,
        replaces=frozenset(
            {
                "format",
                "kmsKeyName",
                "location",
                "mavenConfig.allowSnapshotOverwrites",
                "mavenConfig.versionPolicy",
                "mode",
                "project",
                "remoteRepositoryConfig",
                "remoteRepositoryConfig.description",
                "remoteRepositoryConfig.noCache",
                "repositoryId",
                *(f"remoteRepositoryConfig.{path}" for path in _REMOTE),
            }
        ),
        taken="Error creating Repository: googleapi: Error 409: the repository already exists",
        references=(reference("kmsKeyName", "gcp:kms/cryptoKey:CryptoKey", by=("id",), holds=False),),
        api="artifactregistry.googleapis.com",
        create=_refuse,
        update=_refuse,
        delete=deletion("google_artifact_registry_repository"),
        deleted=deletes,
        volatile=frozenset({"updateTime"}),
        import_id=imported(_ID),
    ),
    *grants(
        ("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding"),
        _repository,
        frozenset({"location", "project", "repository"}),
        references=(reference("repository", REPOSITORY, by=("id", "name"), holds=False),),
        api="artifactregistry.googleapis.com",
        places={"project": project, "location": location},
    ),
)
"""Repositories, and grants on them."""
