"""What the provider refuses of an RDS instance before it asks AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure
from .formats import check_tags
from .rds_names import check_identifier, check_snapshot
from .validators import conflicts, is_arn, matches, one_of, said
from .windows import check_daily, check_weekly

_STORAGE = ("standard", "gp2", "gp3", "io1", "io2", "aurora", "aurora-iopt1")
_LOGS = (
    "agent",
    "alert",
    "audit",
    "diag.log",
    "error",
    "general",
    "iam-db-auth-error",
    "listener",
    "notify.log",
    "oemagent",
    "postgresql",
    "slowquery",
    "trace",
    "upgrade",
)
_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
_ARNS = ("kmsKeyId", "performanceInsightsKmsKeyId", "monitoringRoleArn", "domainAuthSecretArn")
_TIMESTAMP = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")


def check(call: Call) -> Iterator[Failure]:
    """All of it."""
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_identifier("identifier", inputs.get("identifier"))
    yield from check_identifier("identifierPrefix", inputs.get("identifierPrefix"), prefix=True)
    yield from check_snapshot("finalSnapshotIdentifier", inputs.get("finalSnapshotIdentifier"))
    yield from check_daily("backupWindow", "backup_window", inputs.get("backupWindow"))
    yield from check_weekly("maintenanceWindow", "maintenance_window", inputs.get("maintenanceWindow"))
    yield from one_of(call, "storageType", _STORAGE)
    yield from one_of(call, "monitoringInterval", _INTERVALS)
    yield from one_of(call, "replicaMode", ("open-read-only", "mounted"))
    yield from matches(call, "customIamInstanceProfile", "^AWSRDSCustom.*$", "must begin with AWSRDSCustom")
    for path in _ARNS:
        yield from is_arn(call, path)
    yield from _exclusive(call)
    yield from _logs(call)
    yield from _restore(call)


def _exclusive(call: Call) -> Iterator[Failure]:
    yield from conflicts(call, "identifier", "identifierPrefix")
    yield from conflicts(call, "dbName", "replicateSourceDb")
    yield from conflicts(call, "username", "replicateSourceDb")
    yield from conflicts(call, "password", "manageMasterUserPassword", "passwordWo")
    yield from conflicts(call, "passwordWo", "manageMasterUserPassword")
    yield from conflicts(call, "restoreToPointInTime", "s3Import", "snapshotIdentifier", "replicateSourceDb")
    yield from conflicts(call, "s3Import", "snapshotIdentifier", "replicateSourceDb")
    yield from conflicts(call, "snapshotIdentifier", "characterSetName")
    if said(call, "passwordWo") and not said(call, "passwordWoVersion"):
        yield Failure("passwordWo", '"password_wo": all of `password_wo,password_wo_version` must be specified')
    if said(call, "engine") and said(call, "replicateSourceDb"):
        yield Failure("engine", '"engine": conflicts with replicate_source_db')


def _logs(call: Call) -> Iterator[Failure]:
    logs = call.inputs.get("enabledCloudwatchLogsExports")
    shown = " ".join(f'"{log}"' for log in _LOGS)
    for index, log in enumerate(logs if isinstance(logs, list) else ()):
        if isinstance(log, str) and log not in _LOGS:
            yield Failure(f"enabledCloudwatchLogsExports[{index}]", f"expected enabled_cloudwatch_logs_exports.{index} to be one of [{shown}], got {log}")


def _restore(call: Call) -> Iterator[Failure]:
    restore = call.inputs.get("restoreToPointInTime")
    if not isinstance(restore, dict):
        return
    time = restore.get("restoreTime")
    if isinstance(time, str) and not _TIMESTAMP.match(time):
        yield Failure("restoreToPointInTime.restoreTime", '"restore_time" must be in RFC3339 time format "2006-01-02T15:04:05Z". Example: 2017-04-13T12:37:31Z')
    if time is not None and restore.get("useLatestRestorableTime") is not None:
        reason = '"restore_to_point_in_time.0.restore_time": conflicts with restore_to_point_in_time.0.use_latest_restorable_time'
        yield Failure("restoreToPointInTime.restoreTime", reason)
