"""Database on Google Cloud: Cloud SQL for PostgreSQL with a private address only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_random as random
from pulumi import Input
from pulumi_gcp import sql

from .._core.connection import SecretRef
from .._core.errors import Problem
from .._core.site import Site
from .._core.sizes import DATABASE, machines
from .._core.tiers import settled
from .._core.window import WEEKDAYS
from ..database import Database, DatabaseArgs, DatabaseParts, database_names
from .access import realise
from .apis import enabled
from .formats import key_problems
from .stored_secret import stored_secret

__all__ = ["build", "problems", "realise"]

MACHINES = machines(DATABASE, "gcp")

SHARED = ("db-f1-micro", "db-g1-small")
CUSTOM = re.compile(r"db-custom-(\d+)-(\d+)")
CPUS = (1, *range(2, 97, 2))
"""CPUs of a custom machine: one, or an even number up to 96 (cloud.google.com/sql/docs/postgres/instance-settings)."""
PLUS = re.compile(r"db-perf-optimized-N-(2|4|8|16|32|48|64|80|96|128)")
"""Predefined machines of the Enterprise Plus edition, by CPUs."""
SHARED_STORAGE_GB = 3054
"""Disk at most with a shared CPU (cloud.google.com/sql/docs/postgres/instance-settings)."""
ENTERPRISE_LOG_DAYS = 7
"""Days of transaction logs at most in the Enterprise edition; Enterprise Plus keeps 35."""
FINAL_BACKUP_DAYS = 30
"""Days that the last backup of a deleted server stays."""

FLAGS: Mapping[str, str] = {
    "cloudsql.iam_authentication": "on",
    "cloudsql.enable_pgaudit": "on",
    "pgaudit.log": "ddl,role",  # who changed tables and rights; statements with data in them stay out of the logs
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_duration": "on",
    "log_error_verbosity": "default",
    "log_hostname": "on",
    "log_lock_waits": "on",
    "log_min_duration_statement": "-1",  # it writes whole statements, with the data in them; Query Insights shows slow queries without
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    "log_statement": "ddl",
    "log_temp_files": "0",
    "log_executor_stats": "off",
    "log_parser_stats": "off",
    "log_planner_stats": "off",
    "log_statement_stats": "off",
}
"""CIS Google Cloud 6.2, and what Checkov adds (CKV_GCP_51 to 57, 108 to 111, CKV2_GCP_13 to 17)."""

USER = "app"
"""The one user with a password."""


def problems(args: DatabaseArgs, site: Site) -> Iterator[Problem]:
    """What Cloud SQL does not have."""
    del site
    yield from key_problems(args.customer_key)
    machine = _machine(args)
    yield from _machine_problems(args, machine)
    if settled(args.point_in_time_days) > ENTERPRISE_LOG_DAYS and _edition(machine) == "ENTERPRISE":
        rule = f"must be at most {ENTERPRISE_LOG_DAYS} on Cloud SQL Enterprise"
        yield Problem("point_in_time_days", rule, args.point_in_time_days, 'an Enterprise Plus machine keeps 35, for example size="db-perf-optimized-N-2"')
    if machine in SHARED and settled(args.storage_gb) > SHARED_STORAGE_GB:
        yield Problem("storage_gb", f"must be at most {SHARED_STORAGE_GB} with a shared CPU", args.storage_gb, 'take size="small"')
    if args.server.pooling:
        remedy = "Cloud SQL's own pool is in the Enterprise Plus edition only, on another port"
        yield Problem("server.pooling", "must be False on Google Cloud", args.server.pooling, remedy)
    for name in args.server.flags:
        if name in FLAGS:
            yield Problem("server.flags", "must not change what security and logging need", name, f"it is {FLAGS[name]!r}")


def _machine_problems(args: DatabaseArgs, machine: str) -> Iterator[Problem]:
    custom = CUSTOM.fullmatch(machine)
    if custom:
        cpus, memory = int(custom[1]), int(custom[2])
        # the same page: 0.9 to 6.5 GB a CPU, in steps of 256 MB, 3.75 GB at least
        least, most = max(3840, -(-cpus * 9 * 1024 // 2560) * 256), cpus * 6656
        if cpus not in CPUS:
            yield Problem("size", "must have 1 CPU or an even number of 2 to 96", args.size)
        elif memory % 256 or not least <= memory <= most:
            yield Problem("size", f"must have {least} to {most} MiB in steps of 256 with {cpus} CPU", args.size)
    elif machine not in SHARED and not PLUS.fullmatch(machine):
        words = ", ".join(MACHINES)
        yield Problem("size", f"must be {words} or a Cloud SQL machine", args.size, "for example db-custom-8-32768 or db-perf-optimized-N-8")


def _machine(args: DatabaseArgs) -> str:
    word = settled(args.size)
    return MACHINES.get(word, word)


def _edition(machine: str) -> str:
    # said explicitly: from PostgreSQL 16 on Google takes ENTERPRISE_PLUS where nothing is said, which refuses custom and shared machines
    return "ENTERPRISE_PLUS" if PLUS.fullmatch(machine) else "ENTERPRISE"


def build(database: Database, args: DatabaseArgs) -> DatabaseParts:
    """The server, its databases, its replicas, and a user where there is a password."""
    server = _server(database, args)
    names = database_names(database, args)
    made = [_database(database, server, name) for name in names]
    replicas = [_replica(database, args, server, number) for number in range(args.server.read_replicas)]
    user, secret = (USER, _password(database, args, server, made)) if args.authentication == "password" else ("", None)
    target: dict[str, Input[str]] = {"project": database.site.project, "instance": server.name}
    target |= {f"replica-{number}": replica.name for number, replica in enumerate(replicas)}
    return DatabaseParts(
        host=server.private_ip_address,
        name=made[0].name,
        instance=server.name,
        connection_name=server.connection_name,
        # the SDK marks it secret, but a certificate is public; left so, it would make everything beside it unreadable in previews
        ca_certificate=pulumi.Output.unsecret(server.server_ca_certs).apply(lambda certificates: "\n".join(each.cert or "" for each in certificates or ())),
        read_hosts=[replica.private_ip_address for replica in replicas],
        user=user,
        secret=secret,
        target=target,
    )


def _server(database: Database, args: DatabaseArgs) -> sql.DatabaseInstance:
    protect = database.site.protect
    keep = database.site.tier != "dev"  # not `protect`: that is off while a stack is taken down, which is when the last backup counts
    return sql.DatabaseInstance(
        database.logical("server"),
        project=database.site.project,
        region=database.site.region,
        name=database.physical("sql_instance"),
        database_version=f"POSTGRES_{args.version}",
        encryption_key_name=args.customer_key,
        deletion_protection=protect,
        settings=_settings(
            database,
            args,
            protect=protect,
            availability_type="REGIONAL" if args.high_availability else "ZONAL",
            backup_configuration=_backups(args),
            maintenance_window=_window(database, args),
            password_validation_policy=_password_policy(),
            retain_backups_on_delete=keep,
            final_backup_config=sql.DatabaseInstanceSettingsFinalBackupConfigArgs(enabled=keep, retention_days=FINAL_BACKUP_DAYS if keep else None),
        ),
        # the disk grows by itself: an update that set the first size again would try to shrink it
        opts=database.data(depends_on=[*args.network.ready, *enabled(database, "sqladmin")], ignore_changes=["settings.diskSize"]),
    )


def _settings(database: Database, args: DatabaseArgs, *, protect: bool, **own: Any) -> sql.DatabaseInstanceSettingsArgs:
    """What a server and its replicas have in common; `own` is what only one of them has."""
    machine = _machine(args)
    return sql.DatabaseInstanceSettingsArgs(
        tier=machine,
        edition=_edition(machine),
        disk_type="PD_SSD",
        disk_size=settled(args.storage_gb),
        disk_autoresize=True,
        disk_autoresize_limit=args.server.storage_limit_gb,
        ip_configuration=_address(args),
        database_flags=_flags(args),
        deletion_protection_enabled=protect,
        data_api_access="DISALLOW_DATA_API",  # it would let SQL in from the internet, past the private address
        insights_config=sql.DatabaseInstanceSettingsInsightsConfigArgs(
            query_insights_enabled=True,
            query_string_length=1024,
            query_plans_per_minute=5,
            record_application_tags=True,
            record_client_address=True,
        ),
        user_labels=database.labels(),
        **own,
    )


def _address(args: DatabaseArgs) -> sql.DatabaseInstanceSettingsIpConfigurationArgs:
    return sql.DatabaseInstanceSettingsIpConfigurationArgs(
        ipv4_enabled=False,
        private_network=args.network.network_id,
        enable_private_path_for_google_cloud_services=True,
        # TRUSTED_CLIENT_CERTIFICATE_REQUIRED would hand each client a private key to keep and rotate by hand, and identities already prove who connects
        ssl_mode="ENCRYPTED_ONLY",
        # a CA of this server alone: that a certificate is signed by it proves which server answers, though it names no address
        server_ca_mode="GOOGLE_MANAGED_INTERNAL_CA",
    )


def _flags(args: DatabaseArgs) -> Sequence[sql.DatabaseInstanceSettingsDatabaseFlagArgs]:
    return [sql.DatabaseInstanceSettingsDatabaseFlagArgs(name=name, value=value) for name, value in sorted({**FLAGS, **args.server.flags}.items())]


def _backups(args: DatabaseArgs) -> sql.DatabaseInstanceSettingsBackupConfigurationArgs:
    log_days = settled(args.point_in_time_days)
    return sql.DatabaseInstanceSettingsBackupConfigurationArgs(
        enabled=True,
        start_time=f"{args.server.backup_hour:02}:00",
        location=args.server.backup_location,
        point_in_time_recovery_enabled=log_days > 0,
        transaction_log_retention_days=log_days or None,
        backup_retention_settings=sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(
            retained_backups=settled(args.backup_days), retention_unit="COUNT"
        ),
    )


def _window(database: Database, args: DatabaseArgs) -> sql.DatabaseInstanceSettingsMaintenanceWindowArgs:
    window = args.server.maintenance
    return sql.DatabaseInstanceSettingsMaintenanceWindowArgs(
        day=WEEKDAYS.index(window.day) + 1,
        hour=window.hour,
        update_track="stable" if database.site.tier == "prod" else "canary",  # two weeks after the notice, or one: what breaks breaks in staging
    )


def _password_policy() -> sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs:
    """For `postgres` and users that are made by hand too, so whatever the authentication."""
    return sql.DatabaseInstanceSettingsPasswordValidationPolicyArgs(
        enable_password_policy=True, complexity="COMPLEXITY_DEFAULT", disallow_username_substring=True, min_length=16
    )


def _database(database: Database, server: sql.DatabaseInstance, name: str) -> sql.Database:
    return sql.Database(
        database.logical(f"database-{name.replace('_', '-')}"),
        project=database.site.project,
        instance=server.name,
        name=name,
        charset="UTF8",
        collation="en_US.UTF8",
        deletion_policy="ABANDON",  # else a destroy empties the server before the server refuses to go
        opts=database.data(),
    )


def _replica(database: Database, args: DatabaseArgs, server: sql.DatabaseInstance, number: int) -> sql.DatabaseInstance:
    """A copy for queries. It holds nothing that the server does not, so that a smaller number of them needs no ceremony."""
    return sql.DatabaseInstance(
        database.logical(f"replica-{number}"),
        project=database.site.project,
        region=database.site.region,
        name=database.physical("sql_instance", f"replica-{number}"),
        database_version=f"POSTGRES_{args.version}",
        master_instance_name=server.name,
        encryption_key_name=args.customer_key,
        deletion_protection=False,
        settings=_settings(database, args, protect=False, availability_type="ZONAL"),
        opts=database.child(ignore_changes=["settings.diskSize"]),
    )


def _password(database: Database, args: DatabaseArgs, server: sql.DatabaseInstance, made: Sequence[pulumi.Resource]) -> SecretRef:
    """The user and its password, which nobody sees: made here, given to the server and to Secret Manager."""
    password = random.RandomPassword(
        database.logical("password-value"),
        length=32,
        # one of each kind, as the server's policy asks; these special characters stay as they are in URLs and shells
        override_special="-_",
        min_lower=1,
        min_upper=1,
        min_numeric=1,
        min_special=1,
        opts=database.child(),
    )
    user = sql.User(
        database.logical("user"),
        project=database.site.project,
        instance=server.name,
        name=USER,
        password=password.result,
        deletion_policy="ABANDON",  # a user that owns tables can't be dropped; it goes with the server
        opts=database.data(),
    )
    return stored_secret(database, "password", password.result, customer_key=args.customer_key, after=[user, *made])
