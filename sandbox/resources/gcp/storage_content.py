"""What is in a Cloud Storage bucket and who may reach it: objects, managed folders, grants, notifications."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Reference, Refusal
from .formats import exactly_one, known
from .iam import grants
from .lifecycle import deletes, deletion
from .names import kept, number, project, project_number, stands, text
from .storage_bucket import BUCKET, OBJECT

FOLDER = "gcp:storage/managedFolder:ManagedFolder"
NOTIFICATION = "gcp:storage/notification:Notification"
_PUBLISHERS = ("gcp:pubsub/topicIAMMember:TopicIAMMember", "gcp:pubsub/topicIAMBinding:TopicIAMBinding", "gcp:projects/iAMMember:IAMMember")
_OBJECT_REPLACES = frozenset(
    {
        "bucket",
        "cacheControl",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "customerEncryption.encryptionAlgorithm",
        "customerEncryption.encryptionKey",
        "forceEmptyContentType",
        "kmsKeyName",
        "metadata",
        "name",
        "source",
        "storageClass",
    }
)
_LINK = "https://www.googleapis.com/storage/v1/b/"
_DOWNLOAD = "https://storage.googleapis.com/download/storage/v1/b/"
_PUBLIC = frozenset({"allUsers", "allAuthenticatedUsers"})
_NAME_BYTES = 1024
"""The longest name of an object (Cloud Storage, "Object names": 1024 bytes of UTF-8)."""
_CRC32C = 0x82F63B78

IN_BUCKET = Reference(
    path="bucket",
    types=(BUCKET,),
    by=("id", "selfLink"),
    message="googleapi: Error 404: The specified bucket does not exist., notFound",
    foreign=lambda call, value: value.startswith("b/") and call.cloud.get(BUCKET, value.removeprefix("b/")) is not None,
    holds=False,
)
"""Objects, grants and folders go with their bucket."""


def _bucket(call: Call) -> str:
    return text(call.inputs.get("bucket")).removeprefix("b/").rsplit("/", 1)[-1]


def _content(call: Call) -> bytes:
    source = call.inputs.get("source")
    if call.inputs.get("content") is not None:
        return text(call.inputs["content"]).encode()
    return repr(source).encode() if source is not None else b""


def _crc32c(data: bytes) -> str:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_CRC32C if crc & 1 else 0)
    return base64.b64encode((crc ^ 0xFFFFFFFF).to_bytes(4, "big")).decode()


def _check_object(call: Call) -> Iterator[Failure]:
    yield from exactly_one(call, {"content": "content", "source": "source"})
    name = call.inputs.get("name")
    if isinstance(name, str) and len(name.encode()) > _NAME_BYTES:
        yield Failure("name", f"object names can be at most {_NAME_BYTES} bytes of UTF-8")


def _object_outputs(call: Call) -> Properties:
    bucket, name, data = _bucket(call), text(call.inputs.get("name")), _content(call)
    md5 = hashlib.md5(data, usedforsecurity=False)
    generation = number("object", bucket, name, md5.hexdigest(), digits=16)
    path = f"{bucket}/o/{name.replace('/', '%2F')}"
    hashed = call.inputs.get("contentType") or ("text/plain; charset=utf-8" if call.inputs.get("content") is not None else "application/octet-stream")
    return {
        "contentType": hashed,
        "storageClass": call.inputs.get("storageClass") or _class_of(call, bucket),
        "crc32c": _crc32c(data),
        "md5hash": base64.b64encode(md5.digest()).decode(),
        "md5hexhash": md5.hexdigest(),
        "generation": int(generation),
        "mediaLink": f"{_DOWNLOAD}{path}?generation={generation}&alt=media",
        "outputName": name,
        "selfLink": _LINK + path,
    }


def _class_of(call: Call, bucket: str) -> str:
    record = call.cloud.get(BUCKET, bucket)
    return text(record.outputs.get("storageClass")) if record is not None else "STANDARD"


def _delete_object(call: Call) -> None:
    held = [name for name in ("temporaryHold", "eventBasedHold") if stands(call).outputs.get(name) is True]
    if held:
        message = f"Error deleting contents of object {stands(call).outputs.get('name')}: googleapi: Error 403: Object is under active hold., forbidden"
        raise Refusal(message)


def _check_folder(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if known(name) and not text(name).endswith("/"):
        yield Failure("name", f'"name" ("{name}") doesn\'t match regexp "/$"')


def _refuse_folder(call: Call) -> None:
    record = call.cloud.get(BUCKET, _bucket(call))
    if record is not None and record.outputs.get("uniformBucketLevelAccess") is not True:
        message = "Error creating ManagedFolder: googleapi: Error 412: The bucket must have uniform bucket-level access enabled to use managed folders., "
        raise Refusal(message + "conditionNotMet")


def _delete_folder(call: Call) -> None:
    folder = stands(call)
    bucket, name = text(folder.outputs.get("bucket")), text(folder.outputs.get("name"))
    inside = any(text(record.outputs.get("name")).startswith(name) for record in call.cloud.find(OBJECT, bucket=bucket))
    if inside and folder.inputs.get("forceDestroy") is not True:
        message = (
            f'Error when reading or editing ManagedFolder "{folder.id}": googleapi: Error 409: The managed folder you tried to delete is not empty., conflict'
        )
        raise Refusal(message)


def _folder_outputs(call: Call) -> Properties:
    bucket, name = _bucket(call), text(call.inputs.get("name"))
    return {
        "createTime": kept(call, "createTime", call.cloud.now),
        "updateTime": call.cloud.now(),
        "metageneration": "1",
        "selfLink": f"{_LINK}{bucket}/managedFolders/{name.replace('/', '%2F')}",
    }


def _refuse_public(call: Call) -> None:
    """Nobody is let in from outside where the bucket prevents it."""
    record = call.cloud.get(BUCKET, _bucket(call))
    members = call.inputs.get("members") or [call.inputs.get("member")]
    if record is not None and record.outputs.get("publicAccessPrevention") == "enforced" and _PUBLIC & set(members):
        message = (
            f'Error applying IAM policy for storage bucket "b/{_bucket(call)}": Error setting IAM policy for storage bucket "b/{_bucket(call)}": googleapi: '
            "Error 412: The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced., conditionNotMet"
        )
        raise Refusal(message)


def _granted_folder(call: Call) -> str:
    folder = text(call.inputs.get("managedFolder")).split("/managedFolders/")[-1]
    return f"b/{_bucket(call)}/managedFolders/{folder}"


def _refuse_folder_grant(call: Call) -> None:
    _refuse_public(call)
    path = _granted_folder(call).removeprefix("b/")
    if call.cloud.get(BUCKET, _bucket(call)) is not None and call.cloud.get(FOLDER, path) is None:
        message = f'Error retrieving IAM policy for storage managedfolder "b/{path}": googleapi: Error 404: '
        raise Refusal(message + "The specified managed folder does not exist., notFound")


def _check_notification(call: Call) -> Iterator[Failure]:
    legal = ("OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE")
    events = call.inputs.get("eventTypes")
    for index, event in enumerate(events if isinstance(events, list) else ()):
        if event is not UNKNOWN and event not in legal:
            yield Failure(f"eventTypes[{index}]", "expected event_types to be one of [" + " ".join(f'"{one}"' for one in legal) + f"], got {event}")


def _notification_number(call: Call) -> str:
    """Numbers of a bucket's notifications begin with 1."""
    taken = [int(text(record.outputs.get("notificationId")) or 0) for record in call.cloud.find(NOTIFICATION, bucket=_bucket(call))]
    return str(max(taken, default=0) + 1)


def _notification_outputs(call: Call) -> Properties:
    mine = kept(call, "notificationId", lambda: _notification_number(call))
    return {"notificationId": mine, "selfLink": f"{_LINK}{_bucket(call)}/notificationConfigs/{mine}"}


def _refuse_notification(call: Call) -> None:
    """The service agent of storage may publish to the topic."""
    agent = f"serviceAccount:service-{project_number(project(call))}@gs-project-accounts.iam.gserviceaccount.com"
    topic = text(call.inputs.get("topic")).removeprefix("//pubsub.googleapis.com/").rsplit("/", 1)[-1]
    for type_ in _PUBLISHERS:
        for record in call.cloud.find(type_):
            members = record.outputs.get("members") or [record.outputs.get("member")]
            reaches = record.outputs.get("topic") is None or text(record.outputs["topic"]).rsplit("/", 1)[-1] == topic
            if reaches and agent in members and record.outputs.get("role") in {"roles/pubsub.publisher", "roles/pubsub.editor", "roles/pubsub.admin"}:
                return
    message = (
        f"Error creating notification config for bucket {_bucket(call)}: googleapi: Error 400: Cloud Storage service account "
        f"{agent.removeprefix('serviceAccount:')} does not have permission to publish messages to the Cloud Pub/Sub topic "
        f"//pubsub.googleapis.com/{text(call.inputs.get('topic'))}, or that topic does not exist., invalid"
    )
    raise Refusal(message)


def _granted(tokens: tuple[str, ...], resource: Callable[[Call], str], fields: frozenset[str], refuse: Callable[[Call], None]) -> Iterator[Kind]:
    """Grants that the bucket itself may refuse."""
    for kind in grants(tokens, resource, fields, references=(IN_BUCKET,)):
        yield replace(kind, create=_both(refuse, kind.create), update=_both(refuse, kind.update))


def _both(first: Callable[[Call], None], second: Callable[[Call], None]) -> Callable[[Call], None]:
    def run(call: Call) -> None:
        first(call)
        second(call)

    return run


KINDS = (
    *_granted(
        ("gcp:storage/bucketIAMMember:BucketIAMMember", "gcp:storage/bucketIAMBinding:BucketIAMBinding"),
        lambda call: f"b/{_bucket(call)}",
        frozenset({"bucket"}),
        _refuse_public,
    ),
    *_granted(
        ("gcp:storage/managedFolderIamMember:ManagedFolderIamMember", "gcp:storage/managedFolderIamBinding:ManagedFolderIamBinding"),
        _granted_folder,
        frozenset({"bucket", "managedFolder"}),
        _refuse_folder_grant,
    ),
    Kind(
        token=OBJECT,
        identify=lambda call: f"{_bucket(call)}-{text(call.inputs.get('name'))}",
        outputs=_object_outputs,
        defaults=lambda _call: {"detectMd5hash": "different hash"},
        check=_check_object,
        lower_name=False,
        replaces=_OBJECT_REPLACES,
        adopts=lambda _call: True,
        references=(IN_BUCKET,),
        delete=deletion("google_storage_bucket_object", _delete_object),
        deleted=deletes,
        volatile=frozenset({"crc32c", "generation", "md5hash", "md5hexhash", "mediaLink"}),
    ),
    Kind(
        token=FOLDER,
        identify=lambda call: f"{_bucket(call)}/managedFolders/{text(call.inputs.get('name'))}",
        outputs=_folder_outputs,
        defaults=lambda _call: {"forceDestroy": False},
        check=_check_folder,
        replaces=frozenset({"bucket", "name"}),
        taken="Error creating ManagedFolder: googleapi: Error 409: The managed folder you tried to create already exists., conflict",
        references=(IN_BUCKET,),
        create=_refuse_folder,
        delete=deletion("google_storage_managed_folder", _delete_folder),
        deleted=deletes,
        volatile=frozenset({"updateTime"}),
        import_id=lambda id_, _config: id_ if "/managedFolders/" in id_ else id_.replace("/", "/managedFolders/", 1),
    ),
    Kind(
        token=NOTIFICATION,
        identify=lambda call: f"{_bucket(call)}/notificationConfigs/{_notification_number(call)}",
        outputs=_notification_outputs,
        check=_check_notification,
        references=(IN_BUCKET,),
        create=_refuse_notification,
    ),
)
"""Everything within a bucket."""
