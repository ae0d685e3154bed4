"""Cloud Storage buckets: names shared with the whole world, and what a bucket may be told to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Record, Refusal
from .formats import between, check_labels, known
from .key_grants import refuse_key
from .lifecycle import deletes, deletion
from .names import kept, labelled, project, project_number, stands, text, values_at
from .storage_places import canonical, is_dual, is_place, is_region

BUCKET = "gcp:storage/bucket:Bucket"
OBJECT = "gcp:storage/bucketObject:BucketObject"
_WITHIN = (
    "gcp:storage/managedFolder:ManagedFolder",
    "gcp:storage/managedFolderIamMember:ManagedFolderIamMember",
    "gcp:storage/managedFolderIamBinding:ManagedFolderIamBinding",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/bucketIAMBinding:BucketIAMBinding",
    "gcp:storage/notification:Notification",
)
_LINK = "https://www.googleapis.com/storage/v1/b/"
_DAY = 86400
_SOFT_DELETE_DAYS = (7, 90)
"""How long what was deleted may be kept, unless not at all (Cloud Storage, "Soft delete": 7 to 90 days)."""
_RETENTION_SECONDS = 3_155_760_000
"""The longest retention (Cloud Storage, "Bucket Lock": 100 years)."""
_NAME = re.compile(r"^[a-z0-9][-_.a-z0-9]*[a-z0-9]$")
_CLASSES = ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY")
_ACTIONS = ("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload")
_CONDITIONS = frozenset(
    {
        "age",
        "createdBefore",
        "customTimeBefore",
        "daysSinceCustomTime",
        "daysSinceNoncurrentTime",
        "matchesPrefixes",
        "matchesStorageClasses",
        "matchesSuffixes",
        "noncurrentTimeBefore",
        "numNewerVersions",
        "sendAgeIfZero",
        "sendDaysSinceCustomTimeIfZero",
        "sendDaysSinceNoncurrentTimeIfZero",
        "sendNumNewerVersionsIfZero",
        "withState",
    }
)


def _invalid(call: Call, why: str) -> Refusal:
    verb = "creating" if call.old is None else "updating"
    return Refusal(f"Error {verb} Bucket: googleapi: Error 400: {why}, invalid")


def _check(call: Call) -> Iterator[Failure]:
    yield from _check_name(call.inputs.get("name"))
    rules = call.inputs.get("lifecycleRules")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict):
            yield from _check_rule(f"lifecycleRules[{index}]", rule)
    retention = call.inputs.get("retentionPolicy")
    if isinstance(retention, dict):
        period = retention.get("retentionPeriod")
        yield from between("retentionPolicy.retentionPeriod", int(str(period)) if str(period).isdigit() else None, 1, _RETENTION_SECONDS)
    places = list(values_at(call.inputs, "customPlacementConfig.dataLocations"))
    if places and isinstance(places[0], list) and len(places[0]) != 2:  # noqa: PLR2004  a dual region has two places
        yield Failure("customPlacementConfig.dataLocations", "must be a set of exactly two regions")


def _check_name(name: object) -> Iterator[Failure]:
    """`verify.ValidateGCSName`."""
    if not known(name) or not isinstance(name, str):
        return
    longest = 222 if "." in name else 63
    if not 3 <= len(name) <= longest:  # noqa: PLR2004  as the rule has it
        yield Failure("name", f'"name" name value must be between 3 and {longest} characters, got {len(name)} ("{name}")')
    elif not _NAME.match(name):
        rule = "can only contain lowercase letters, numeric characters, dashes (-), underscores (_), and dots (.); "
        rule += "it must begin and end with a number or letter"
        yield Failure("name", f'"name" name value {rule}, got "{name}"')
    elif any(len(part) > 63 for part in name.split(".")):  # noqa: PLR2004  as the rule has it
        yield Failure("name", "each dot-separated component of a bucket name can be no longer than 63 characters")
    elif re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        yield Failure("name", f'bucket names cannot be represented as an IP address in dotted-decimal notation (for example, 192.168.5.4), got "{name}"')
    elif name.startswith("goog") or "google" in name.replace("0", "o"):
        yield Failure("name", f'bucket names cannot begin with the "goog" prefix or contain "google", got "{name}"')


def _check_rule(path: str, rule: Properties) -> Iterator[Failure]:
    action, condition = rule.get("action"), rule.get("condition")
    if isinstance(action, dict) and known(action.get("type")):
        kind = action["type"]
        if kind not in _ACTIONS:
            yield Failure(f"{path}.action.type", f"expected action.0.type to be one of {_quoted(_ACTIONS)}, got {kind}")
        if kind == "SetStorageClass" and action.get("storageClass") not in (*_CLASSES, UNKNOWN):
            yield Failure(f"{path}.action.storageClass", f"`storage_class` is required when `type` is `SetStorageClass`, one of {_quoted(_CLASSES)}")
    if isinstance(condition, dict):
        for name in ("createdBefore", "customTimeBefore", "noncurrentTimeBefore"):
            value = condition.get(name)
            if known(value) and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
                yield Failure(f"{path}.condition.{name}", f"must be a date of the form 2006-01-02, got {value}")


def _quoted(values: tuple[str, ...]) -> str:
    return "[" + " ".join(f'"{value}"' for value in values) + "]"


def _refuse(call: Call) -> None:
    check_labels(call)
    location = text(call.inputs.get("location"))
    if not is_place(location):
        raise _invalid(call, f"The specified location constraint is not valid: {location.upper()}")
    if text(call.inputs.get("storageClass")).upper() not in ("", *_CLASSES):
        raise _invalid(call, f"The specified storage class is not valid: {call.inputs['storageClass']}")
    if call.inputs.get("rpo") == "ASYNC_TURBO" and not (is_dual(location) or call.inputs.get("customPlacementConfig")):
        raise _invalid(call, "Turbo replication is only available for dual-region buckets.")
    _refuse_rules(call)
    _refuse_policies(call)
    _refuse_key(call)


def _refuse_rules(call: Call) -> None:
    for rule in call.inputs.get("lifecycleRules") or ():
        condition = rule.get("condition") or {}
        if not any(condition.get(name) not in (None, [], "", False) or condition.get(name) == 0 for name in _CONDITIONS):
            raise _invalid(call, "A lifecycle management rule must have at least one condition")
        if (rule.get("action") or {}).get("type") == "AbortIncompleteMultipartUpload" and set(condition) - {"age", "matchesPrefixes", "matchesSuffixes"}:
            raise _invalid(call, "The AbortIncompleteMultipartUpload action supports only the age, matchesPrefix and matchesSuffix conditions")
    if call.inputs.get("retentionPolicy") and (call.inputs.get("versioning") or {}).get("enabled"):
        raise _invalid(call, "Object versioning and a retention policy cannot be enabled on the same bucket")


def _refuse_policies(call: Call) -> None:
    seconds = (call.inputs.get("softDeletePolicy") or {}).get("retentionDurationSeconds")
    low, high = _SOFT_DELETE_DAYS
    if isinstance(seconds, int) and seconds != 0 and not low * _DAY <= seconds <= high * _DAY:
        raise _invalid(call, f"Soft delete policy retention duration must be 0 or between {low} and {high} days")
    if (call.inputs.get("hierarchicalNamespace") or {}).get("enabled") and call.inputs.get("uniformBucketLevelAccess") is not True:
        raise _invalid(call, "Hierarchical namespace requires uniform bucket-level access to be enabled on the bucket")
    log = text((call.inputs.get("logging") or {}).get("logBucket"))
    if log and log != call.inputs.get("name") and call.cloud.get(BUCKET, log) is None:
        raise _invalid(call, f"The target bucket for logs, {log}, does not exist")


def _refuse_key(call: Call) -> None:
    key, place = (call.inputs.get("encryption") or {}).get("defaultKmsKeyName"), canonical(text(call.inputs.get("location")))
    refuse_key(call, key, place, "gs-project-accounts", "Error creating Bucket: ")


def _adopts(call: Call) -> bool:
    """Never; the refusal has other words where the bucket that holds the name is in the same project."""
    held = call.cloud.get(BUCKET, text(call.inputs.get("name")))
    if held is not None and held.outputs.get("project") == project(call):
        message = "googleapi: Error 409: Your previous request to create the named bucket succeeded and you already own it., conflict"
        raise Refusal(message)
    return False


def _update(call: Call) -> None:
    before, after = stands(call).inputs.get("retentionPolicy"), call.inputs.get("retentionPolicy")
    if isinstance(before, dict) and before.get("isLocked"):
        shorter = not isinstance(after, dict) or int(after.get("retentionPeriod", 0)) < int(before.get("retentionPeriod", 0))
        if shorter or not (isinstance(after, dict) and after.get("isLocked")):
            message = f"googleapi: Error 403: Cannot reduce retention duration of a locked Retention Policy for bucket '{stands(call).id}'., forbidden"
            raise Refusal(message)
    _refuse(call)


def _delete(call: Call) -> None:
    bucket = stands(call)
    inside = list(call.cloud.find(OBJECT, bucket=bucket.id))
    retention = bucket.outputs.get("retentionPolicy")
    if inside and isinstance(retention, dict) and retention.get("isLocked"):
        message = f"googleapi: Error 403: Object '{bucket.id}/{inside[0].outputs.get('name')}' is subject to bucket's retention policy., forbidden"
        raise Refusal(message)
    if inside and bucket.inputs.get("forceDestroy") is not True:
        message = f"Error trying to delete bucket {bucket.id} containing objects without `force_destroy` set to true"
        raise Refusal(message)


def _carries(call: Call) -> Iterator[Record]:
    bucket = stands(call).id
    for type_ in (OBJECT, *_WITHIN):
        yield from (record for record in call.cloud.find(type_) if text(record.outputs.get("bucket")).removeprefix("b/") == bucket)


def _outputs(call: Call) -> Properties:
    name, location = text(call.inputs.get("name")), text(call.inputs.get("location"))
    soft = {"retentionDurationSeconds": 7 * _DAY, **(call.inputs.get("softDeletePolicy") or {})}
    if soft["retentionDurationSeconds"]:
        soft["effectiveTime"] = kept(call, "timeCreated", call.cloud.now)
    outputs: Properties = {
        **labelled(call),
        "project": project(call),
        "projectNumber": int(project_number(project(call))),
        "location": location.upper(),
        "url": f"gs://{name}",
        "selfLink": _LINK + name,
        "timeCreated": kept(call, "timeCreated", call.cloud.now),
        "updated": call.cloud.now(),
        "softDeletePolicy": soft,
        "publicAccessPrevention": call.inputs.get("publicAccessPrevention") or "inherited",
        "uniformBucketLevelAccess": call.inputs.get("uniformBucketLevelAccess") is True,
        "deletionPolicy": call.inputs.get("deletionPolicy") or "DELETE",
    }
    if not is_region(location):
        outputs["rpo"] = call.inputs.get("rpo") or "DEFAULT"
    return outputs


KINDS = (
    Kind(
        token=BUCKET,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_outputs,
        defaults=lambda _call: {"forceDestroy": False, "storageClass": "STANDARD"},
        check=_check,
        replaces=frozenset(
            {
                "customPlacementConfig.dataLocations",
                "enableObjectRetention",
                "hierarchicalNamespace",
                "hierarchicalNamespace.enabled",
                "location",
                "name",
                "project",
            }
        ),
        taken="googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
        "Please select a different name and try again., conflict",
        api="storage.googleapis.com",
        adopts=_adopts,
        create=_refuse,
        update=_update,
        delete=deletion("google_storage_bucket", _delete),
        deleted=deletes,
        carries=_carries,
        volatile=frozenset({"updated"}),
        import_id=lambda id_, _config: id_.rsplit("/", 1)[-1],
    ),
)
"""The bucket."""
