"""What AWS refuses of an RDS instance on its own: engine, machine, storage, names, windows, monitoring."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Properties
from . import rds_catalog, rds_storage
from .formats import text
from .iam_trust import trusts
from .placement import texts
from .rds_names import Fault, long_identifier
from .windows import daily_minutes, overlap, weekly_minutes

_DAYS = (0, 35)
_SHORTEST = 30
"""Minutes of a window."""
_PASSWORD = (8, 128)
_USER = {"postgres": 63, "mysql": 32, "mariadb": 16}
"""Characters of a master user's name; 16 elsewhere (Amazon RDS API, `CreateDBInstance`, MasterUsername)."""
_NAME = {"postgres": 63, "mysql": 64, "mariadb": 64}
_RESERVED = {
    "postgres": frozenset({"admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "rds_replication", "rds_iam", "rds_password"}),
    "mysql": frozenset({"rdsadmin", "root", "mysql.sys"}),
    "mariadb": frozenset({"rdsadmin", "root"}),
}
"""Names that RDS keeps for itself: `admin` is refused with PostgreSQL and taken with MySQL; `postgres` is taken (cfn-lint's probes of real accounts)."""
_NO_DATABASE = frozenset(
    {"all", "analyse", "analyze", "and", "any", "array", "as", "asc", "case", "cast", "check", "collate", "column", "constraint", "create", "db", "default"}
    | {"desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially"}
    | {"intersect", "into", "lateral", "leading", "limit", "not", "null", "offset", "on", "only", "or", "order", "placing", "primary", "rdsadmin"}
    | {"references", "returning", "select", "some", "symmetric", "table", "template0", "template1", "then", "to", "trailing", "true", "union", "unique"}
    | {"user", "using", "variadic", "when", "where", "window", "with"}
)
_INSIGHT_DAYS = (7, *(31 * month for month in range(1, 24)), 731)
"""Amazon RDS API, `CreateDBInstance`, PerformanceInsightsRetentionPeriod."""
_ADVANCED_DAYS = 465
_PORTS = (1150, 65535)


def faults(call: Call, engine: str, version: str, gib: int) -> Iterator[Fault]:
    """Everything that does not depend on other things of the account, in the order that the API looks."""
    inputs = call.inputs
    yield from _machine(inputs, engine, version)
    fault = rds_storage.fault(engine, inputs, gib)
    if fault is not None:
        yield fault
    yield from _windows(inputs)
    yield from _monitoring(call)
    yield from _insights(inputs, engine)
    yield from _rest(inputs, engine)


def identity(call: Call, engine: str) -> Iterator[Fault]:
    """Names and passwords of a new instance."""
    inputs = call.inputs
    long = long_identifier("DBInstanceIdentifier", text(inputs.get("identifier")))
    if long is not None:
        yield Fault("InvalidParameterValue", long)
    user, kind = text(inputs.get("username")), engine.removeprefix("aurora-").replace("postgresql", "postgres")
    if user and (not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", user) or len(user) > _USER.get(kind, 16)):
        yield Fault("InvalidParameterValue", "MasterUsername must begin with a letter and contain only alphanumeric characters or underscores.")
    if user.lower() in _RESERVED.get(kind, frozenset()):
        yield Fault("InvalidParameterValue", f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    name = text(inputs.get("dbName"))
    if name and (not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or len(name) > _NAME.get(kind, 8)):
        yield Fault("InvalidParameterValue", "DBName must begin with a letter and contain only alphanumeric characters.")
    if kind == "postgres" and name.lower() in _NO_DATABASE:
        yield Fault("InvalidParameterValue", f"DBName {name} cannot be used.  It is a reserved word for this engine.")


def password(inputs: Properties) -> Iterator[Fault]:
    """The master password, wherever it is given."""
    for value in (text(inputs.get("password")), text(inputs.get("passwordWo"))):
        if value and (not re.fullmatch(r"[!-~]+", value) or any(char in value for char in '/@"')):
            allowed = "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
            yield Fault("InvalidParameterValue", f"The parameter MasterUserPassword is not a valid password. {allowed}")
        if value and not _PASSWORD[0] <= len(value) <= _PASSWORD[1]:
            how, limit = ("shorter", _PASSWORD[0]) if len(value) < _PASSWORD[0] else ("longer", _PASSWORD[1])
            why = f"The parameter MasterUserPassword is not a valid password because it is {how} than {limit} characters."
            yield Fault("InvalidParameterValue", why)


def _machine(inputs: Properties, engine: str, version: str) -> Iterator[Fault]:
    name = text(inputs.get("instanceClass"))
    wrong = rds_catalog.class_fault(name)
    if wrong == "unknown" or (name == "db.serverless" and engine not in rds_catalog.AURORA):
        yield Fault("InvalidParameterValue", f"Invalid DB Instance class: {name}")
    elif wrong == "retired":
        licence = text(inputs.get("licenseModel")) or rds_catalog.LICENSES.get(engine, "license-included")
        pair = f"DBInstanceClass={name}, Engine={engine}, EngineVersion={version}, LicenseModel={licence}"
        why = "For supported combinations of instance class and database engine version, see the documentation."
        yield Fault("InvalidParameterCombination", f"RDS does not support creating a DB instance with the following combination: {pair}. {why}")
    licence = text(inputs.get("licenseModel"))
    if licence and engine in rds_catalog.LICENSES and licence != rds_catalog.LICENSES[engine]:
        yield Fault(
            "InvalidParameterValue", f"Invalid license model '{licence}' for engine '{engine}'. Valid license models are: {rds_catalog.LICENSES[engine]}."
        )


def _windows(inputs: Properties) -> Iterator[Fault]:
    days = inputs.get("backupRetentionPeriod")
    if isinstance(days, int) and not _DAYS[0] <= days <= _DAYS[1]:
        yield Fault("InvalidParameterValue", f"Invalid backup retention period: {days}. Must be between {_DAYS[0]} and {_DAYS[1]}.")
    daily, weekly = text(inputs.get("backupWindow")), text(inputs.get("maintenanceWindow"))
    if daily and daily_minutes(daily) < _SHORTEST:
        yield Fault("InvalidParameterValue", f"The backup window must be at least {_SHORTEST} minutes.")
    if weekly and weekly_minutes(weekly) < _SHORTEST:
        yield Fault("InvalidParameterValue", f"The maintenance window must be at least {_SHORTEST} minutes.")
    if daily and weekly and overlap(daily, weekly):
        yield Fault("InvalidParameterValue", "The backup window and maintenance window must not overlap.")


def _monitoring(call: Call) -> Iterator[Fault]:
    interval, role = call.inputs.get("monitoringInterval") or 0, text(call.inputs.get("monitoringRoleArn"))
    if interval and not role:
        yield Fault("InvalidParameterCombination", "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.")
    elif role and not interval:
        yield Fault("InvalidParameterCombination", "You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value.")
    elif role and not trusts(call, role, "monitoring.rds.amazonaws.com"):
        yield Fault("InvalidParameterValue", "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")


def _insights(inputs: Properties, engine: str) -> Iterator[Fault]:
    enabled, days = inputs.get("performanceInsightsEnabled") is True, inputs.get("performanceInsightsRetentionPeriod") or 0
    if enabled and not rds_catalog.insights(engine, text(inputs.get("instanceClass"))):
        yield Fault("InvalidParameterCombination", "Performance Insights not supported for this configuration, please disable this feature.")
    if days and not enabled:
        yield Fault("InvalidParameterCombination", "To set PerformanceInsightsRetentionPeriod, EnablePerformanceInsights must be true.")
    if days and days not in _INSIGHT_DAYS:
        shown = ", ".join(str(day) for day in _INSIGHT_DAYS)
        yield Fault("InvalidParameterValue", f"Invalid PerformanceInsightsRetentionPeriod: {days}. Valid values are: {shown}.")
    if inputs.get("performanceInsightsKmsKeyId") and not enabled:
        yield Fault("InvalidParameterCombination", "To set PerformanceInsightsKMSKeyId, EnablePerformanceInsights must be true.")
    if inputs.get("databaseInsightsMode") == "advanced" and (not enabled or days < _ADVANCED_DAYS):
        why = f"modify your instance to enable Performance Insights and set the retention period for Performance Insights to at least {_ADVANCED_DAYS} days."
        yield Fault("InvalidParameterCombination", f"To enable the Advanced mode of Database Insights, {why}")


def _rest(inputs: Properties, engine: str) -> Iterator[Fault]:
    authority = text(inputs.get("caCertIdentifier"))
    if authority and authority not in rds_catalog.CERTIFICATES:
        yield Fault("CertificateNotFound", f"Certificate {authority} not found.", typed=True)
    port = inputs.get("port")
    if isinstance(port, int) and not _PORTS[0] <= port <= _PORTS[1]:
        yield Fault("InvalidParameterValue", f"Invalid database port number: {port}. Must be between {_PORTS[0]} and {_PORTS[1]}.")
    legal = rds_catalog.LOGS.get(engine)
    wrong = [log for log in texts(inputs.get("enabledCloudwatchLogsExports")) if legal is not None and log not in legal]
    if wrong:
        why = f"You cannot use the log types '{', '.join(sorted(wrong))}' with engine version {engine} {text(inputs.get('engineVersion'))}."
        yield Fault("InvalidParameterCombination", f"{why} For more information, see the documentation.")
    if inputs.get("iamDatabaseAuthenticationEnabled") is True and not engine.startswith(("postgres", "mysql", "mariadb", "aurora")):
        yield Fault("InvalidParameterCombination", f"IAM Database Authentication is not supported for engine {engine}.")
