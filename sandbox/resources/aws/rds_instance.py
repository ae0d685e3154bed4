"""RDS instances: what AWS makes up for one, what it guards, and what stays when it goes."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Kind, Properties, Record, Refusal
from . import rds_catalog, rds_instance_checks, rds_instance_rules, rds_instance_world, rds_storage
from .formats import arn, region, text
from .placement import interfaces
from .rds_instance_outputs import LOG_GROUP, SECRET, VERSION, engine_of, identifier, outputs, resource_id, secret_record, secret_value, version_of
from .rds_instance_world import replicas, source
from .rds_names import Fault, rds_refused, rds_taken
from .rds_parameters import INSTANCE
from .rds_snapshots import SNAPSHOT, automated_backup, final_snapshot

_DEFAULTS: Properties = {
    "autoMinorVersionUpgrade": True,
    "copyTagsToSnapshot": False,
    "dedicatedLogVolume": False,
    "deleteAutomatedBackups": True,
    "monitoringInterval": 0,
    "performanceInsightsEnabled": False,
    "publiclyAccessible": False,
    "skipFinalSnapshot": False,
}
"""The provider's schema has these; what else is missing the API fills in."""
_SOURCES = ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import")
_HOW = {
    "replicateSourceDb": ("RDS DB Instance (read replica)", "CreateDBInstanceReadReplica"),
    "snapshotIdentifier": ("RDS DB Instance (restore from snapshot)", "RestoreDBInstanceFromDBSnapshot"),
    "restoreToPointInTime": ("RDS DB Instance (restore to point-in-time)", "RestoreDBInstanceToPointInTime"),
    "s3Import": ("RDS DB Instance (restore from S3)", "RestoreDBInstanceFromS3"),
}


def _origin(inputs: Properties) -> str:
    """Which input says that it is made from something else; empty for a new one."""
    return next((path for path in _SOURCES if inputs.get(path)), "")


def _no(call: Call, fault: Fault) -> Refusal:
    noun, operation = _HOW.get(_origin(call.inputs), ("RDS DB Instance", "CreateDBInstance"))
    if call.old is not None:
        doing, operation = f"updating RDS DB Instance ({call.old.outputs.get('identifier')})", "ModifyDBInstance"
    else:
        doing = f"creating {noun} ({identifier(call)})"
    return rds_refused(doing, operation, fault.code, fault.message, typed=fault.typed)


def _refuse(call: Call, faults: Iterator[Fault]) -> None:
    fault = next(faults, None)
    if fault is not None:
        raise _no(call, fault)


def _create(call: Call) -> None:
    _refuse(call, _origins(call))
    if not _origin(call.inputs):
        for path, name in (("allocatedStorage", "allocated_storage"), ("engine", "engine"), ("username", "username")):
            if not call.inputs.get(path):
                message = f'"{name}": required field is not set'
                raise Refusal(message)
        if not any(call.inputs.get(path) for path in ("password", "passwordWo", "manageMasterUserPassword")):
            message = '"password", "password_wo" or "manage_master_user_password": one of them is required'
            raise Refusal(message)
    engine = engine_of(call)
    if engine not in rds_catalog.ENGINES:
        raise _no(call, Fault("InvalidParameterValue", f"Invalid DB engine: {engine}"))
    wanted = text(call.inputs.get("engineVersion"))
    version = rds_catalog.resolved(engine, wanted) if not _origin(call.inputs) else version_of(call)
    if version is None:
        raise _no(call, Fault("InvalidParameterCombination", f"Cannot find version {wanted} for {engine}"))
    _refuse(call, _all(call, engine, version))


def _origins(call: Call) -> Iterator[Fault]:
    if call.inputs.get("replicateSourceDb"):
        yield from rds_instance_world.replica_faults(call)
    name = text(call.inputs.get("snapshotIdentifier"))
    if name and not name.startswith("arn:") and call.cloud.get(SNAPSHOT, name) is None and next(call.cloud.find(SNAPSHOT, dbSnapshotArn=name), None) is None:
        yield Fault("DBSnapshotNotFound", f"DBSnapshot not found: {name}", typed=True)
    restore = call.inputs.get("restoreToPointInTime")
    of = text(restore.get("sourceDbInstanceIdentifier")) if isinstance(restore, dict) else ""
    if of and source(call, of) is None:
        yield Fault("DBInstanceNotFound", f"DBInstance {of} not found.", typed=True)


def _all(call: Call, engine: str, version: str) -> Iterator[Fault]:
    if call.old is None or call.old.inputs.get("identifier") != call.inputs.get("identifier"):
        yield from rds_instance_rules.identity(call, engine)
    yield from rds_instance_rules.password(call.inputs)
    yield from rds_instance_rules.faults(call, engine, version, _gib(call))
    yield from rds_instance_world.faults(call, engine, version)


def _gib(call: Call) -> int:
    """GiB: as given, else its source's."""
    return int(outputs(call)["allocatedStorage"])


def _update(call: Call) -> None:
    old = call.old
    if old is None:
        return
    new_source, old_source = call.inputs.get("replicateSourceDb") or "", old.inputs.get("replicateSourceDb") or ""
    if new_source and new_source != old_source:
        message = "cannot elect new source database for replication"
        raise Refusal(message)
    name = identifier(call)
    other = next(call.cloud.find(INSTANCE, identifier=name, region=region(call)), None)
    if other is not None and other.id != old.id:
        raise _no(call, Fault("DBInstanceAlreadyExists", "DB instance already exists", typed=True))
    _refuse(call, _changes(call, old))
    engine = engine_of(call)
    _refuse(call, _all(call, engine, version_of(call)))


def _changes(call: Call, old: Record) -> Iterator[Fault]:
    engine, wanted = engine_of(call), text(call.inputs.get("engineVersion"))
    before = text(old.outputs.get("engineVersionActual"))
    version = rds_catalog.resolved(engine, wanted) if wanted and wanted != text(old.inputs.get("engineVersion")) else before
    if version is None:
        yield Fault("InvalidParameterCombination", f"Cannot find upgrade target from {before} with requested version {wanted}.")
    elif rds_catalog.number(version) < rds_catalog.number(before) and not before.startswith(f"{wanted}."):
        yield Fault("InvalidParameterCombination", f"Cannot upgrade {engine} from {before} to {version}")
    elif rds_catalog.major(engine, version) != rds_catalog.major(engine, before) and call.inputs.get("allowMajorVersionUpgrade") is not True:
        yield Fault("InvalidParameterCombination", "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
    held, said = old.outputs.get("allocatedStorage") or 0, call.inputs.get("allocatedStorage")
    growth = rds_storage.growth_fault(held, said) if isinstance(said, int) and said != old.inputs.get("allocatedStorage") else None
    if growth is not None:
        yield growth
    keys = [text(inputs.get("performanceInsightsKmsKeyId")) for inputs in (old.inputs, call.inputs)]
    if old.inputs.get("performanceInsightsEnabled") is True and all(keys) and keys[0] != keys[1]:
        yield Fault("InvalidParameterCombination", "You cannot change your Performance Insights KMS key.")
    if not call.inputs.get("backupRetentionPeriod") and old.outputs.get("backupRetentionPeriod") and replicas(call, old):
        why = "Backups cannot be disabled on an instance with read replicas: delete the read replicas first."
        yield Fault("InvalidParameterCombination", why)


def _delete(call: Call) -> None:
    inputs, name = call.inputs, identifier(call)
    doing = f"deleting RDS DB Instance ({name})"
    final = text(inputs.get("finalSnapshotIdentifier"))
    if inputs.get("skipFinalSnapshot") is not True and not final:
        message = "final_snapshot_identifier is required when skip_final_snapshot is false"
        raise Refusal(message)
    if inputs.get("deletionProtection") is True:
        message = "Cannot delete protected DB Instance, please disable deletion protection and try again."
        raise rds_refused(doing, "DeleteDBInstance", "InvalidParameterCombination", message)
    if inputs.get("skipFinalSnapshot") is not True and inputs.get("replicateSourceDb"):
        message = "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance"
        raise rds_refused(doing, "DeleteDBInstance", "InvalidParameterCombination", message)
    if inputs.get("skipFinalSnapshot") is not True and call.cloud.get(SNAPSHOT, final) is not None:
        message = f"Cannot create the snapshot because a snapshot with the identifier {final} already exists."
        raise rds_refused(doing, "DeleteDBInstance", "DBSnapshotAlreadyExists", message, typed=True)


def _brings(call: Call) -> Iterator[Record]:
    if call.old is None:
        return
    if call.old.outputs.get("masterUserSecrets"):
        yield secret_record(call)
        yield secret_value(call)
    for log in call.old.outputs.get("enabledCloudwatchLogsExports") or ():
        yield _log_group(call, f"/aws/rds/instance/{identifier(call)}/{log}")


def _log_group(call: Call, name: str) -> Record:
    """RDS makes the log group that a log goes to where nobody has; it is never deleted by RDS."""
    made = {"name": name, "arn": arn(call, "logs", f"log-group:{name}"), "region": region(call), "retentionInDays": 0, "kmsKeyId": "", "tagsAll": {}}
    return Record(type=LOG_GROUP, id=name, urn=call.urn, inputs={"name": name}, outputs={**made, "skipDestroy": False, "logGroupClass": "STANDARD"})


def _carries(call: Call) -> Iterator[Record]:
    if call.old is None or not call.old.outputs.get("masterUserSecrets"):
        return
    managed = secret_record(call).id
    held = call.cloud.get(SECRET, managed)
    yield from call.cloud.find(VERSION, secretArn=managed)
    if held is not None:
        yield held


def _leaves(call: Call) -> Iterator[Record]:
    if call.inputs.get("skipFinalSnapshot") is not True:
        yield final_snapshot(call)
    if call.inputs.get("deleteAutomatedBackups") is False and call.old is not None and call.old.outputs.get("backupRetentionPeriod"):
        yield automated_backup(call)


def _refresh(call: Call) -> Properties:
    if call.old is None:
        return {}
    name = text(call.inputs.get("replicateSourceDb"))
    lost = bool(name) and source(call, name) is None
    return {"replicas": replicas(call, call.old), **({"replicateSourceDb": ""} if lost else {})}


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """Encryption said to be off, where it was not said at all, changes nothing; nor does another moment of what is restored already."""
    paths = {"restoreToPointInTime"} if bool(old.get("restoreToPointInTime")) != bool(new.get("restoreToPointInTime")) else set()
    same = (old.get("storageEncrypted") or False) == (new.get("storageEncrypted") or False) and new.get("storageEncrypted") is not UNKNOWN
    return frozenset(paths if same else paths | {"storageEncrypted"})


KINDS = (
    Kind(
        token=INSTANCE,
        identify=resource_id,
        outputs=outputs,
        defaults=lambda call: {
            **_DEFAULTS,
            **({} if call.inputs.get("identifierPrefix") or call.inputs.get("identifier") else {"identifier": identifier(call)}),
        },
        check=rds_instance_checks.check,
        replaces=frozenset(
            {
                "availabilityZone",
                "backupTarget",
                "characterSetName",
                "customIamInstanceProfile",
                "dbName",
                "engine",
                "identifierPrefix",
                "kmsKeyId",
                "ncharCharacterSetName",
                "s3Import",
                "snapshotIdentifier",
                "timezone",
                "username",
            }
        ),
        replaces_on=_replaces_on,
        unique=lambda call: (region(call), identifier(call)),
        taken=rds_taken("RDS DB Instance", "CreateDBInstance", "DBInstanceAlreadyExists", "DB instance already exists", shown="{identifier}"),
        create=_create,
        update=_update,
        delete=_delete,
        brings=_brings,
        carries=_carries,
        leaves=_leaves,
        refresh=_refresh,
    ),
)
"""The instance."""

INTERFACES = {INSTANCE: lambda record: interfaces(record, "vpcSecurityGroupIds")}
"""One network interface a zone that it stands in."""
