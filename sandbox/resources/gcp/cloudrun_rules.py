"""What Cloud Run refuses of a service, a job or a worker pool as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Properties, Refusal
from . import cloudrun_access as access
from .cloudrun_container import Violation, container, size
from .cloudrun_names import REGION_CODES
from .formats import check_labels
from .names import location, text

_NAME = re.compile(r"^[a-z](?:[-a-z0-9]{0,47}[a-z0-9])?$")
_SYSTEM = ("run.googleapis.com", "cloud.googleapis.com", "serving.knative.dev", "autoscaling.knative.dev")
_SECONDS = re.compile(r"^(\d+)(?:\.\d+)?s$")
_MOST_CONCURRENT = 1000


def failed(call: Call, noun: str, why: str) -> Refusal:
    """A request that is refused at once."""
    doing = f"creating {noun}" if call.old is None else f'updating {noun} "{call.old.id}"'
    return Refusal(f"Error {doing}: googleapi: Error 400: {why}")


def not_ready(call: Call, noun: str, code: int, why: str) -> Refusal:
    """A request that is taken, and whose operation fails."""
    doing, was = ("create", "Creating") if call.old is None else ("update", "Updating")
    return Refusal(f"Error waiting to {doing} {noun}: Error waiting for {was} {noun}: Error code {code}, message: {why}")


def refuse(call: Call, noun: str, template: Properties, path: str, longest: int) -> None:
    """What is wrong with the request: the first field, as the API has it."""
    check_labels(call)
    name = text(call.inputs.get("name"))
    if location(call) not in REGION_CODES:
        raise Refusal(f"Error creating {noun}: googleapi: Error 404: Location {location(call)} is not found or access is unauthorized., notFound")
    if not _NAME.match(name):
        rule = "must use only lowercase letters, numbers and hyphens, begin with a letter, not end with a hyphen, and be at most 49 characters long"
        raise failed(call, noun, f"Violation in Create{noun}Request.{noun.lower()}_id: Resource name '{name}' {rule}.")
    for field, why in _violations(call, template, path, longest):
        raise failed(call, noun, f"{field}: {why}")
    missing = access.missing_account(call, template)
    if missing is not None:
        message = f"Permission 'iam.serviceaccounts.actAs' denied on service account {missing} (or it may not exist)."
        raise Refusal(f"Error {'creating' if call.old is None else 'updating'} {noun}: googleapi: Error 403: {message}, forbidden")


def refuse_revision(call: Call, noun: str, template: Properties, revision: str) -> None:
    """What keeps the revision from becoming ready."""
    found = [f"{where}: {why}" for where, why in access.secrets(call, "template", template)]
    if found:
        raise not_ready(call, noun, 13, f"Revision '{revision}' is not ready and cannot serve traffic. " + "\n".join(found))
    for _, why in access.image(call, "template", template):
        raise not_ready(call, noun, 5, f"Revision '{revision}' is not ready and cannot serve traffic. {why}")


def _violations(call: Call, template: Properties, path: str, longest: int) -> Iterator[Violation]:
    yield from _annotations(call)
    containers = template.get("containers") or []
    if not containers:
        yield f"{path}.containers", "at least one container must be set"
    yield from size(path, containers, template)
    volumes = [text(volume.get("name")) for volume in template.get("volumes") or ()]
    for name in volumes:
        if volumes.count(name) > 1:
            yield f"{path}.volumes", f"Duplicate volume name '{name}'"
    for index, one in enumerate(containers):
        yield from container(f"{path}.containers[{index}]", one, frozenset(volumes))
    yield from _ports(path, containers)
    yield from _timeout(f"{path}.timeout", template.get("timeout"), longest)
    yield from access.network(call, path, template)
    yield from access.volumes(call, path, template)


def _ports(path: str, containers: list[Properties]) -> Iterator[Violation]:
    serving = [one for one in containers if one.get("ports")]
    if len(serving) > 1:
        yield f"{path}.containers", "Revision template should contain exactly one container with an exposed port"
    if len(containers) > 1 and not serving:
        yield f"{path}.containers", "Revision template should contain exactly one container with an exposed port"


def _annotations(call: Call) -> Iterator[Violation]:
    for field in ("annotations", "labels"):
        for key in call.inputs.get(field) or {}:
            domain = key.partition("/")[0]
            if "/" in key and domain.endswith(_SYSTEM):
                yield field, f"{key}: system {field} of the namespaces {', '.join(_SYSTEM)} are not supported in the Cloud Run v2 API"


def _timeout(path: str, timeout: object, longest: int) -> Iterator[Violation]:
    if timeout is None:
        return
    found = _SECONDS.match(text(timeout))
    if found is None or not 1 <= int(found[1]) <= longest:
        yield path, f"Timeout must be between 1 and {longest} seconds, got '{timeout}'"


def scaling(template: Properties) -> Iterator[Violation]:
    """Instances and the requests that each takes."""
    limits = template.get("scaling") or {}
    low, high = limits.get("minInstanceCount") or 0, limits.get("maxInstanceCount")
    if low < 0 or (high is not None and high < 1):
        yield "template.scaling", "min_instance_count must be at least 0 and max_instance_count at least 1"
    if high is not None and low > high:
        yield "template.scaling.min_instance_count", f"minScale ({low}) must not be greater than maxScale ({high})"
    concurrent = template.get("maxInstanceRequestConcurrency")
    if concurrent is not None and not 1 <= concurrent <= _MOST_CONCURRENT:
        yield "template.max_instance_request_concurrency", f"Must be between 1 and {_MOST_CONCURRENT}, got {concurrent}"


def traffic(call: Call, revisions: int) -> Iterator[Violation]:
    """Where requests go: all of them, to revisions that exist."""
    targets = call.inputs.get("traffics") or []
    if targets and sum(target.get("percent") or 0 for target in targets) != 100:  # noqa: PLR2004  all of it
        yield "traffic", f"Traffic percentages must add up to 100, got {sum(target.get('percent') or 0 for target in targets)}"
    tags = [target.get("tag") for target in targets if target.get("tag")]
    for index, target in enumerate(targets):
        revision = text(target.get("revision"))
        if target.get("type") == "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION":
            found = re.fullmatch(re.escape(text(call.inputs.get("name"))) + r"-(\d{5})-\w{3}", revision)
            if not revision:
                yield f"traffic[{index}].revision", "revision must be set for TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
            elif found is not None and int(found[1]) > revisions:
                yield f"traffic[{index}].revision", f"Revision named '{revision}' was not found"
        elif revision:
            yield f"traffic[{index}].revision", "revision must not be set for TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
        if target.get("tag") and tags.count(target["tag"]) > 1:
            yield f"traffic[{index}].tag", f"Duplicate traffic tag '{target['tag']}'"
