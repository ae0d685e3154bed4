"""The parameter group of a PostgreSQL server on RDS: what security and logging need, and what the program adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_aws import rds

from .._core.errors import Problem
from ..database import Database, DatabaseArgs

LIBRARIES = "shared_preload_libraries"
PRELOADED = ("pg_stat_statements", "pgaudit")
"""Libraries that are there from the start; further ones are added to them."""
FLAGS: Mapping[str, str] = {
    "rds.force_ssl": "1",
    "password_encryption": "scram-sha-256",
    "pgaudit.log": "ddl,role",  # who changed tables and rights; statements with data in them stay out of the logs
    "log_checkpoints": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_error_verbosity": "default",
    "log_lock_waits": "1",
    "log_min_duration_statement": "-1",  # it writes whole statements, with the data in them; Database Insights shows slow queries without
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    "log_statement": "ddl",
    "log_temp_files": "0",
}
"""What is set and can't be changed: CIS PostgreSQL benchmark 3.1, 6.7 and 6.8 as far as RDS lets it be set, and the same meaning as on Google Cloud."""

STATIC = frozenset(
    {
        LIBRARIES,
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "autovacuum_multixact_freeze_max_age",
        "huge_pages",
        "max_connections",
        "max_files_per_process",
        "max_locks_per_transaction",
        "max_logical_replication_workers",
        "max_pred_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "old_snapshot_threshold",
        "pg_stat_statements.max",
        "rds.custom_dns_resolution",
        "rds.logical_replication",
        "rds.restrict_password_commands",
        "shared_buffers",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    }
)
"""Settings that only a restart changes (PostgreSQL: context postmaster; RDS: apply type static)."""
STATIC_FAMILIES = ("cron.", "pglogical.")
"""Extensions whose settings are all of that kind."""
WORDS = frozenset({"backslash_quote", "compute_query_id", "constraint_exclusion", "huge_pages", "recovery_prefetch", "synchronous_commit", "wal_compression"})
"""Settings for which `on` and `off` are words beside others; every other switch is 1 or 0 on RDS."""


def flag_problems(args: DatabaseArgs) -> Iterator[Problem]:
    """Flags that RDS does not have, and such as would switch security or logging off."""
    for name, given in args.server.flags.items():
        if name in FLAGS:
            yield Problem("server.flags", "must not change what security and logging need", name, f"it is {FLAGS[name]!r}")
        elif name.startswith("cloudsql."):
            yield Problem("server.flags", "must not hold Cloud SQL's own settings on AWS", name)
        elif name == LIBRARIES and not given.strip():
            yield Problem(f"server.flags[{name!r}]", "must name libraries", given, "they are added to " + " and ".join(PRELOADED))


def parameter_group(database: Database, args: DatabaseArgs) -> rds.ParameterGroup:
    """One a major version, by its name: an upgrade makes the next one before it lets go of the last."""
    return rds.ParameterGroup(
        database.logical(f"parameters-{args.version}"),
        name=database.physical("db_settings", f"postgres{args.version}"),
        family=f"postgres{args.version}",
        description=f"PostgreSQL {args.version} of {database.component_name} in {database.site.application} ({database.site.stack})",
        parameters=[
            rds.ParameterGroupParameterArgs(name=name, value=value, apply_method="pending-reboot" if static(name) else "immediate")
            for name, value in sorted(flags(args).items())
        ],
        tags=database.labels(),
        opts=database.child(),
    )


def flags(args: DatabaseArgs) -> dict[str, str]:
    """All settings as RDS writes them."""
    given = dict(args.server.flags)
    further = [library.strip() for library in given.pop(LIBRARIES, "").split(",") if library.strip()]
    own = {name: switch(name, value) for name, value in given.items()}
    return {**FLAGS, LIBRARIES: ",".join(dict.fromkeys((*PRELOADED, *further))), **own}


def switch(name: str, value: str) -> str:
    """A switch as RDS takes it: `on` works on both clouds."""
    return value if name in WORDS else {"on": "1", "off": "0"}.get(value, value)


def static(name: str) -> bool:
    """Whether only a restart changes the setting."""
    return name in STATIC or name.startswith(STATIC_FAMILIES)
