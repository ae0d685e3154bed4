"""What the provider and the API refuse of a Cloud SQL instance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Properties, Refusal
from . import sql_flags, sql_tiers
from .formats import between, known
from .names import global_path, stands, text
from .private_ranges import SQL, ranges
from .servicenetworking import connection_of

_NAME = re.compile(r"^[a-z](?:[-a-z0-9]*[a-z0-9])?$")
_LONGEST = 98
"""Project and instance name together (Cloud SQL, "Instance settings": 98 characters with the colon)."""
_DISK = {"PD_SSD": 10, "PD_HDD": 10, "HYPERDISK_BALANCED": 20}
_LARGEST_DISK = 65536
_PITR = ("POSTGRES", "SQLSERVER")
_MOST_BACKUPS = 365
_LOG_DAYS = {"ENTERPRISE": 7, "ENTERPRISE_PLUS": 35}
_CHECKED_RANGES = (
    ("settings.maintenanceWindow.day", 1, 7),
    ("settings.maintenanceWindow.hour", 0, 23),
    ("settings.insightsConfig.queryStringLength", 256, 4500),
    ("settings.insightsConfig.queryPlansPerMinute", 0, 20),
    ("settings.replicationLagMaxSeconds", 300, 31_536_000),
)
_PRECHECK = (
    "Error, failed to create instance because the network doesn't have at least 1 private services connection. Please see "
    "https://cloud.google.com/sql/docs/mysql/private-ip#network_requirements for how to create this connection."
)


def part(inputs: Properties, *names: str) -> Properties:
    """A nested object, or an empty one."""
    at: object = inputs
    for name in names:
        at = at.get(name) if isinstance(at, dict) else None
    return at if isinstance(at, dict) else {}


def check(call: Call) -> Iterator[Failure]:
    """What the provider refuses before the API is asked."""
    inputs = call.inputs
    for path, low, high in _CHECKED_RANGES:
        *parents, name = path.split(".")
        yield from between(path, part(inputs, *parents).get(name), low, high)
    if known(inputs.get("rootPassword")) and known(inputs.get("rootPasswordWo")):
        yield Failure("rootPassword", '"root_password": conflicts with root_password_wo')
    if inputs.get("settings") is None and inputs.get("clone") is None:
        yield Failure("settings", '"settings": one of `clone,settings` must be specified')
    version = inputs.get("databaseVersion")
    backup = part(inputs, "settings", "backupConfiguration")
    if known(version) and backup.get("pointInTimeRecoveryEnabled") is True and not text(version).startswith(_PITR):
        yield Failure(
            "settings.backupConfiguration.pointInTimeRecoveryEnabled",
            "point_in_time_recovery_enabled is only available for the following [POSTGRES SQLSERVER]. "
            "You may want to consider using binary_log_enabled instead.",
        )
    if known(version) and sql_tiers.is_postgres(version) and backup.get("binaryLogEnabled") is True:
        yield Failure("settings.backupConfiguration.binaryLogEnabled", "binary_log_enabled can only be used with MySQL")
    start = backup.get("startTime")
    if known(start) and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text(start)):
        yield Failure("settings.backupConfiguration.startTime", f"must be of the form HH:MM, got {start}")


def _failed(call: Call, why: str) -> Refusal:
    if call.old is None:
        return Refusal(f"Error, failed to create instance {call.inputs.get('name')}: googleapi: Error 400: {why}, invalid")
    return Refusal(f"Error, failed to update instance settings for {call.inputs.get('name')}: googleapi: Error 400: {why}, invalid")


def refuse(call: Call) -> None:
    """What the API refuses of the instance's settings."""
    settings = part(call.inputs, "settings")
    postgres = sql_tiers.is_postgres(call.inputs.get("databaseVersion"))
    edition = sql_tiers.edition(call.inputs)
    for why in (
        sql_tiers.refused(text(settings.get("tier")), edition, postgres) if settings else None,
        _name(call),
        sql_flags.refused(settings) if postgres else None,
        _disk(settings),
        _backups(call.inputs, edition),
        _replica(call),
    ):
        if why is not None:
            raise _failed(call, why)
    _network(call, settings)


def _name(call: Call) -> str | None:
    name = text(call.inputs.get("name"))
    if not _NAME.match(name):
        return (
            f"Invalid request: instance name ({name}). The instance name must start with a letter, and contain only lowercase letters, "
            "numbers and hyphens; it cannot end with a hyphen."
        )
    if len(f"{call.inputs.get('project') or call.config.get('project')}:{name}") > _LONGEST:
        return f"Invalid request: instance name ({name}): project ID and instance name together must be {_LONGEST} characters or less."
    return None


def _disk(settings: Properties) -> str | None:
    size, kind = settings.get("diskSize"), text(settings.get("diskType")) or "PD_SSD"
    least = _DISK.get(kind, 10)
    if isinstance(size, int) and not least <= size <= _LARGEST_DISK:
        return f"Invalid request: Invalid disk size ({size} GB) for {kind}: must be between {least} GB and {_LARGEST_DISK} GB."
    return None


def _backups(inputs: Properties, edition: str) -> str | None:
    settings = part(inputs, "settings")
    backup = part(inputs, "settings", "backupConfiguration")
    enabled, logs = backup.get("enabled") is True, backup.get("pointInTimeRecoveryEnabled") is True or backup.get("binaryLogEnabled") is True
    if logs and not enabled:
        return "Invalid request: Point-in-time recovery requires backups to be enabled."
    if settings.get("availabilityType") == "REGIONAL" and not (enabled and logs):
        return "Invalid request: Automated backups and point-in-time recovery (binary logging for MySQL) must be enabled for regional (HA) instances."
    kept = part(backup, "backupRetentionSettings").get("retainedBackups")
    if isinstance(kept, int) and not 1 <= kept <= _MOST_BACKUPS:
        return f"Invalid request: Invalid value for backup retention: the number of retained backups must be between 1 and {_MOST_BACKUPS}, got {kept}."
    days, most = backup.get("transactionLogRetentionDays"), _LOG_DAYS[edition]
    if isinstance(days, int) and not 1 <= days <= most:
        return f"Invalid request: Transaction log retention days must be between 1 and {most} for edition {edition}, got {days}."
    if isinstance(days, int) and isinstance(kept, int) and days > kept:
        return f"Invalid request: Transaction log retention days ({days}) must not exceed the number of retained backups ({kept})."
    return None


def _replica(call: Call) -> str | None:
    master = text(call.inputs.get("masterInstanceName")).rsplit(":", 1)[-1]
    if not master:
        return None
    record = call.cloud.get(SQL, master)
    if record is None:
        return f"Invalid request: The source instance {master} does not exist."
    if not part(record.outputs, "settings", "backupConfiguration").get("enabled"):
        return f"Invalid request: Automated backups must be enabled on the source instance {master} before a replica can be created."
    return None


def _network(call: Call, settings: Properties) -> None:
    if not settings:
        return
    configuration = part(settings, "ipConfiguration")
    network = configuration.get("privateNetwork")
    private_service = any(isinstance(one, dict) and one.get("pscEnabled") is True for one in configuration.get("pscConfigs") or ())
    if network is None and configuration.get("ipv4Enabled") is False and not private_service:
        raise _failed(call, "Invalid request: At least one of Public IP or Private IP or PSC connectivity must be enabled for Cloud SQL instance.")
    if not network or network is UNKNOWN:
        return
    connection = connection_of(call, network)
    if connection is None:
        raise Refusal(_PRECHECK)
    only = text(configuration.get("allocatedIpRange"))
    if only and not ranges(call, connection, only):
        path = global_path(call, "networks", network)
        raise _failed(call, f"Invalid request: Allocated IP range {only} is not reserved for services in network {path}.")


def refuse_update(call: Call) -> None:
    """What cannot be changed of an instance that runs."""
    before, after = stands(call).inputs, call.inputs
    old, new = text(before.get("databaseVersion")), text(after.get("databaseVersion"))
    if old != new and (old.split("_")[0] != new.split("_")[0] or sql_tiers.major(new) < sql_tiers.major(old)):
        raise _failed(call, f"Invalid request: Database version cannot be changed from {old} to {new}: only an upgrade to a later major version is possible.")
    sizes = [part(inputs, "settings").get("diskSize") for inputs in (stands(call).outputs, after)]
    if isinstance(sizes[0], int) and isinstance(sizes[1], int) and sizes[1] < sizes[0]:
        raise _failed(call, f"Invalid request: Disk size cannot be decreased from {sizes[0]} GB to {sizes[1]} GB.")
    refuse(call)


def replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """The provider's own rules: a disk that shrinks, a private network that is taken away, a replica that gets another source."""
    found = set()
    sizes = [part(inputs, "settings").get("diskSize") for inputs in (old, new)]
    if isinstance(sizes[0], int) and isinstance(sizes[1], int) and sizes[1] < sizes[0]:
        found.add("settings.diskSize")
    networks = [part(inputs, "settings", "ipConfiguration").get("privateNetwork") for inputs in (old, new)]
    if networks[0] and networks[1] is None:
        found.add("settings.ipConfiguration.privateNetwork")
    if old.get("masterInstanceName") and new.get("masterInstanceName"):
        found.add("masterInstanceName")
    return frozenset(found)
