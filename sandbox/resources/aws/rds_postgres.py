"""The parameters of RDS for PostgreSQL that programs set: their ranges, and whether a change waits for a reboot."""

from __future__ import annotations

from dataclasses import dataclass

_INT = 2147483647


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter as `aws rds describe-engine-default-parameters` lists it."""

    static: bool = False
    """A change takes effect with the next reboot only."""
    modifiable: bool = True
    span: tuple[float, float] | None = None
    """Least and greatest number."""
    words: tuple[str, ...] = ()
    """Every legal word."""
    several: bool = False
    """The value is a list of words, separated by commas."""


_SWITCH = Parameter(words=("0", "1"))
_STATIC_SWITCH = Parameter(words=("0", "1"), static=True)
_TEXT = Parameter()
_FIXED = Parameter(modifiable=False)
_LIBRARIES = (
    "auto_explain",
    "orafce",
    "pgaudit",
    "pg_bigm",
    "pg_cron",
    "pg_hint_plan",
    "pg_prewarm",
    "pg_similarity",
    "pg_stat_statements",
    "pg_tle",
    "pg_transport",
    "pglogical",
    "plprofiler",
    "plrust",
)
_LEVELS = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error", "log", "fatal", "panic")


def _span(low: float, high: float, *, static: bool = False) -> Parameter:
    return Parameter(span=(low, high), static=static)


PARAMETERS: dict[str, Parameter] = {
    "archive_command": _FIXED,
    "auto_explain.log_min_duration": _span(-1, _INT),
    "autovacuum": _SWITCH,
    "autovacuum_analyze_scale_factor": _span(0, 100),
    "autovacuum_analyze_threshold": _span(0, _INT),
    "autovacuum_freeze_max_age": _span(100_000, 2_000_000_000, static=True),
    "autovacuum_max_workers": _span(1, 262_143, static=True),
    "autovacuum_naptime": _span(1, 2_147_483),
    "autovacuum_vacuum_cost_delay": _span(-1, 100),
    "autovacuum_vacuum_cost_limit": _span(-1, 10_000),
    "autovacuum_vacuum_scale_factor": _span(0, 100),
    "autovacuum_vacuum_threshold": _span(0, _INT),
    "autovacuum_work_mem": _span(-1, _INT),
    "checkpoint_completion_target": _span(0, 1),
    "checkpoint_timeout": _span(30, 86_400),
    "client_encoding": _TEXT,
    "config_file": _FIXED,
    "cron.database_name": Parameter(static=True),
    "cron.max_running_jobs": _span(0, 100, static=True),
    "data_directory": _FIXED,
    "datestyle": _TEXT,
    "deadlock_timeout": _span(1, _INT),
    "default_statistics_target": _span(1, 10_000),
    "default_transaction_isolation": Parameter(words=("serializable", "repeatable read", "read committed", "read uncommitted")),
    "effective_cache_size": _span(1, _INT),
    "effective_io_concurrency": _span(0, 1000),
    "fsync": _FIXED,
    "hba_file": _FIXED,
    "hot_standby_feedback": _SWITCH,
    "huge_pages": Parameter(words=("on", "off", "try"), static=True),
    "idle_in_transaction_session_timeout": _span(0, _INT),
    "idle_session_timeout": _span(0, _INT),
    "jit": _SWITCH,
    "lc_messages": _TEXT,
    "listen_addresses": _FIXED,
    "lock_timeout": _span(0, _INT),
    "log_autovacuum_min_duration": _span(-1, _INT),
    "log_checkpoints": _SWITCH,
    "log_connections": _SWITCH,
    "log_disconnections": _SWITCH,
    "log_duration": _SWITCH,
    "log_error_verbosity": Parameter(words=("terse", "default", "verbose")),
    "log_hostname": _SWITCH,
    "log_line_prefix": Parameter(words=("%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:", "%t:%r:%u@%d:[%p]:")),
    "log_lock_waits": _SWITCH,
    "log_min_duration_sample": _span(-1, _INT),
    "log_min_duration_statement": _span(-1, _INT),
    "log_min_error_statement": Parameter(words=_LEVELS),
    "log_min_messages": Parameter(words=_LEVELS),
    "log_parameter_max_length": _span(-1, 1_073_741_823),
    "log_rotation_age": _span(1, 1440),
    "log_rotation_size": _span(0, 2_097_151),
    "log_statement": Parameter(words=("none", "ddl", "mod", "all")),
    "log_statement_sample_rate": _span(0, 1),
    "log_temp_files": _span(-1, _INT),
    "logical_decoding_work_mem": _span(64, _INT),
    "maintenance_work_mem": _span(1024, _INT),
    "max_connections": _span(6, 8_388_607, static=True),
    "max_locks_per_transaction": _span(10, _INT, static=True),
    "max_logical_replication_workers": _span(0, 262_143, static=True),
    "max_parallel_maintenance_workers": _span(0, 1024),
    "max_parallel_workers": _span(0, 1024),
    "max_parallel_workers_per_gather": _span(0, 1024),
    "max_prepared_transactions": _span(0, 8_388_607, static=True),
    "max_replication_slots": _span(5, 8_388_607, static=True),
    "max_slot_wal_keep_size": _span(-1, _INT),
    "max_standby_archive_delay": _span(-1, _INT),
    "max_standby_streaming_delay": _span(-1, _INT),
    "max_sync_workers_per_subscription": _span(0, 262_143),
    "max_wal_senders": _span(5, 8_388_607, static=True),
    "max_wal_size": _span(2, _INT),
    "max_worker_processes": _span(0, 262_143, static=True),
    "min_wal_size": _span(2, _INT),
    "password_encryption": Parameter(words=("md5", "scram-sha-256")),
    "pg_stat_statements.max": _span(100, _INT, static=True),
    "pg_stat_statements.save": _SWITCH,
    "pg_stat_statements.track": Parameter(words=("top", "all", "none")),
    "pg_stat_statements.track_utility": _SWITCH,
    "pgaudit.log": Parameter(
        words=("ddl", "function", "misc", "read", "role", "write", "none", "all", "-ddl", "-function", "-misc", "-read", "-role", "-write"), several=True
    ),
    "pgaudit.log_catalog": _SWITCH,
    "pgaudit.log_parameter": _SWITCH,
    "pgaudit.log_relation": _SWITCH,
    "pgaudit.role": Parameter(words=("rds_pgaudit",)),
    "port": _FIXED,
    "random_page_cost": _span(0, 1.79769e308),
    "rds.accepted_password_auth_method": Parameter(words=("md5+scram", "scram")),
    "rds.allowed_extensions": _TEXT,
    "rds.blue_green_replication_type": Parameter(words=("logical", "physical")),
    "rds.extensions": _FIXED,
    "rds.force_admin_logging_level": Parameter(
        words=("disabled", "debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error", "log")
    ),
    "rds.force_autovacuum_logging_level": Parameter(words=("disabled", *_LEVELS)),
    "rds.force_ssl": _SWITCH,
    "rds.global_db_rpo": _span(20, _INT),
    "rds.log_retention_period": _span(1440, 10_080),
    "rds.logical_replication": _STATIC_SWITCH,
    "rds.pg_stat_ramdisk_size": _span(0, 1024, static=True),
    "rds.rds_superuser_reserved_connections": _span(0, 8_388_607, static=True),
    "rds.restrict_password_commands": _STATIC_SWITCH,
    "rds.superuser_variables": _FIXED,
    "search_path": _TEXT,
    "seq_page_cost": _span(0, 1.79769e308),
    "session_replication_role": Parameter(words=("origin", "replica", "local")),
    "shared_buffers": _span(16, 1_073_741_823, static=True),
    "shared_preload_libraries": Parameter(words=_LIBRARIES, several=True, static=True),
    "ssl": _FIXED,
    "ssl_ciphers": Parameter(static=True),
    "ssl_max_protocol_version": Parameter(words=("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")),
    "ssl_min_protocol_version": Parameter(words=("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")),
    "statement_timeout": _span(0, _INT),
    "superuser_reserved_connections": _FIXED,
    "synchronous_commit": Parameter(words=("local", "on", "off")),
    "tcp_keepalives_count": _span(0, _INT),
    "tcp_keepalives_idle": _span(0, _INT),
    "tcp_keepalives_interval": _span(0, _INT),
    "temp_buffers": _span(100, 1_073_741_823),
    "temp_file_limit": _span(-1, _INT),
    "timezone": _TEXT,
    "track_activity_query_size": _span(100, 102_400, static=True),
    "track_commit_timestamp": _STATIC_SWITCH,
    "track_counts": _SWITCH,
    "track_functions": Parameter(words=("none", "pl", "all")),
    "track_io_timing": _SWITCH,
    "vacuum_cost_limit": _span(1, 10_000),
    "wal_buffers": _span(-1, 262_143, static=True),
    "wal_compression": _TEXT,
    "wal_keep_size": _span(0, _INT),
    "wal_level": _FIXED,
    "wal_receiver_timeout": _span(0, 3_600_000),
    "wal_sender_timeout": _span(0, 3_600_000),
    "work_mem": _span(64, _INT),
}
"""Amazon RDS User Guide, "RDS for PostgreSQL DB instance parameter list", and the ranges of `describe-engine-default-parameters` for postgres16."""
