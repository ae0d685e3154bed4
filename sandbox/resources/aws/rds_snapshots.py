"""Snapshots of RDS instances: those that a program takes, those that an instance leaves behind, and backups that outlive it."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record
from .formats import arn, check_tags, placed, region, text
from .rds_names import BAD_IDENTIFIER, LONGEST_NAME, rds_refused, rds_taken
from .rds_parameters import INSTANCE

SNAPSHOT = "aws:rds/snapshot:Snapshot"
AUTOMATED = "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup"
"""No resource of the provider: what `describe-db-instance-automated-backups` lists of an instance that is gone."""
_COPIED = ("allocatedStorage", "availabilityZone", "engine", "iops", "kmsKeyId", "licenseModel", "optionGroupName", "port", "storageType", "username")


def _content(call: Call, instance: Record, name: str, how: str) -> Properties:
    held = {key: instance.outputs.get(key) for key in _COPIED}
    return {
        **held,
        "dbInstanceIdentifier": instance.outputs.get("identifier"),
        "dbSnapshotIdentifier": name,
        "dbSnapshotArn": arn(call, "rds", f"snapshot:{name}"),
        "encrypted": instance.outputs.get("storageEncrypted") or False,
        "storageEncrypted": instance.outputs.get("storageEncrypted") or False,
        "engineVersion": instance.outputs.get("engineVersionActual"),
        "region": region(call),
        "snapshotType": how,
        "sourceDbSnapshotIdentifier": "",
        "sourceRegion": "",
        "status": "available",
        "vpcId": "",
    }


def final_snapshot(call: Call) -> Record:
    """What an instance leaves behind when it goes."""
    name, instance = text(call.inputs.get("finalSnapshotIdentifier")), call.old
    held = _content(call, instance, name, "manual") if instance is not None else {}
    tags = instance.outputs.get("tagsAll") if instance is not None and call.inputs.get("copyTagsToSnapshot") is True else {}
    return Record(type=SNAPSHOT, id=name, urn=call.urn, inputs={"dbSnapshotIdentifier": name}, outputs={**held, "tagsAll": tags or {}, "sharedAccounts": []})


def automated_backup(call: Call) -> Record:
    """The backups that are kept, until their days are over."""
    held: Properties = {"status": "retained", "region": region(call)}
    if call.old is not None:
        names = ("identifier", "arn", "resourceId", "backupRetentionPeriod", "engine")
        held |= {"dbInstanceIdentifier" if key == "identifier" else key: call.old.outputs.get(key) for key in names}
    return Record(type=AUTOMATED, id=call.id, urn=call.urn, inputs={}, outputs=held)


def _instance(call: Call) -> Record | None:
    return next(call.cloud.find(INSTANCE, identifier=text(call.inputs.get("dbInstanceIdentifier"))), None)


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)


def _refuse(call: Call) -> None:
    name, of = text(call.inputs.get("dbSnapshotIdentifier")), text(call.inputs.get("dbInstanceIdentifier"))
    doing = f"creating RDS DB Snapshot ({name})"
    if _instance(call) is None:
        raise rds_refused(doing, "CreateDBSnapshot", "DBInstanceNotFound", f"DBInstance {of} not found.", typed=True)
    if len(name) > LONGEST_NAME:
        raise rds_refused(doing, "CreateDBSnapshot", "InvalidParameterValue", BAD_IDENTIFIER.format(parameter="DBSnapshotIdentifier"))


def _outputs(call: Call) -> Properties:
    instance, name = _instance(call), text(call.inputs.get("dbSnapshotIdentifier"))
    if call.old is not None:
        return {**{key: value for key, value in call.old.outputs.items() if key not in call.inputs}, **placed(call)}
    return {**(_content(call, instance, name, "manual") if instance is not None else {}), **placed(call)}


KINDS = (
    Kind(
        token=SNAPSHOT,
        identify=lambda call: text(call.inputs.get("dbSnapshotIdentifier")),
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"dbInstanceIdentifier", "dbSnapshotIdentifier"}),
        taken=rds_taken(
            "RDS DB Snapshot",
            "CreateDBSnapshot",
            "DBSnapshotAlreadyExists",
            "Cannot create the snapshot because a snapshot with the identifier {id} already exists.",
        ),
        create=_refuse,
    ),
)
"""Snapshots."""
