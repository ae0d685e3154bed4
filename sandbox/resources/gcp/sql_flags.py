"""The database flags that Cloud SQL for PostgreSQL takes."""

from __future__ import annotations

import re

from ...kind import Properties
from .names import text

_SWITCHES_WORDS = (
    "autovacuum cloudsql.allow_passwordless_local_connections cloudsql.enable_anon cloudsql.enable_auto_explain cloudsql.enable_index_advisor "
    "cloudsql.enable_maintain_role cloudsql.enable_pg_bigm cloudsql.enable_pg_cron cloudsql.enable_pg_hint_plan cloudsql.enable_pg_squeeze "
    "cloudsql.enable_pg_wait_sampling cloudsql.enable_pgaudit cloudsql.enable_pglogical cloudsql.iam_authentication cloudsql.logical_decoding "
    "cloudsql.pg_shadow_select_role enable_bitmapscan enable_hashagg enable_hashjoin enable_indexonlyscan enable_indexscan enable_material "
    "enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate "
    "enable_partitionwise_join enable_seqscan enable_sort enable_tidscan geqo hot_standby_feedback jit log_checkpoints log_connections "
    "log_disconnections log_duration log_executor_stats log_hostname log_lock_waits log_parser_stats log_planner_stats log_recovery_conflict_waits "
    "log_replication_commands log_statement_stats pg_stat_statements.save pg_stat_statements.track_planning pg_stat_statements.track_utility "
    "pgaudit.log_catalog pgaudit.log_client pgaudit.log_parameter pgaudit.log_relation pgaudit.log_rows pgaudit.log_statement "
    "pgaudit.log_statement_once track_io_timing track_wal_io_timing wal_compression"
)
_SWITCHES = frozenset(_SWITCHES_WORDS.split())
_NUMBERS_WORDS = (
    "autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_freeze_max_age autovacuum_max_workers "
    "autovacuum_multixact_freeze_max_age autovacuum_naptime autovacuum_vacuum_cost_delay autovacuum_vacuum_cost_limit "
    "autovacuum_vacuum_insert_scale_factor autovacuum_vacuum_insert_threshold autovacuum_vacuum_scale_factor autovacuum_vacuum_threshold "
    "autovacuum_work_mem bgwriter_delay bgwriter_lru_maxpages bgwriter_lru_multiplier checkpoint_completion_target checkpoint_flush_after "
    "checkpoint_timeout checkpoint_warning commit_delay commit_siblings cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost "
    "cursor_tuple_fraction deadlock_timeout default_statistics_target effective_cache_size effective_io_concurrency from_collapse_limit "
    "geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit "
    "idle_in_transaction_session_timeout idle_session_timeout join_collapse_limit lock_timeout log_autovacuum_min_duration "
    "log_min_duration_sample log_min_duration_statement log_parameter_max_length log_rotation_age log_rotation_size log_statement_sample_rate "
    "log_temp_files log_transaction_sample_rate logical_decoding_work_mem maintenance_work_mem max_connections max_locks_per_transaction "
    "max_logical_replication_workers max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather "
    "max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_slot_wal_keep_size max_standby_archive_delay "
    "max_standby_streaming_delay max_sync_workers_per_subscription max_wal_senders max_wal_size max_worker_processes min_wal_size "
    "old_snapshot_threshold pg_stat_statements.max random_page_cost seq_page_cost shared_buffers "
    "statement_timeout tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval temp_buffers temp_file_limit track_activity_query_size "
    "vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age "
    "vacuum_freeze_min_age vacuum_freeze_table_age vacuum_multixact_failsafe_age wal_buffers wal_receiver_timeout wal_sender_timeout work_mem"
)
_NUMBERS = frozenset(_NUMBERS_WORDS.split())
_LEVELS = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error", "log", "fatal", "panic")
_WORDS = {
    "default_transaction_isolation": ("serializable", "repeatable read", "read committed", "read uncommitted"),
    "log_error_verbosity": ("default", "terse", "verbose"),
    "log_min_error_statement": _LEVELS,
    "log_min_messages": _LEVELS,
    "client_min_messages": _LEVELS,
    "log_statement": ("none", "ddl", "mod", "all"),
    "password_encryption": ("md5", "scram-sha-256"),
    "pg_stat_statements.track": ("none", "top", "all"),
    "session_replication_role": ("origin", "replica", "local"),
    "track_functions": ("none", "pl", "all"),
    "ssl_max_protocol_version": ("TLSv1.2", "TLSv1.3"),
    "synchronous_commit": ("local", "off", "on"),
}
_FREE_WORDS = (
    "auto_explain.log_analyze auto_explain.log_min_duration cron.database_name cron.log_statement cron.timezone default_tablespace "
    "log_line_prefix log_timezone pgaudit.log pgaudit.role search_path shared_preload_libraries TimeZone timezone xmlbinary xmloption"
)
_FREE = frozenset(_FREE_WORDS.split())
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


def flags(settings: Properties) -> dict[str, str]:
    """The flags of an instance by name."""
    said = settings.get("databaseFlags")
    return {text(flag.get("name")): text(flag.get("value")) for flag in said or () if isinstance(flag, dict)}


def refused(settings: Properties) -> str | None:
    """What the API says of a flag that PostgreSQL does not have, or has with other values."""
    names = [text(flag.get("name")) for flag in settings.get("databaseFlags") or () if isinstance(flag, dict)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return f"Invalid request: Duplicate flag: {twice}."
    for name, value in flags(settings).items():
        if name in _SWITCHES:
            legal = value in {"on", "off"}
        elif name in _NUMBERS:
            legal = _NUMBER.match(value) is not None
        elif name in _WORDS:
            legal = value in _WORDS[name]
        elif name in _FREE or name.startswith(("auto_explain.", "pg_hint_plan.", "google_ml_integration.")):
            legal = True
        else:
            return f"Invalid request: Invalid flag name: {name}."
        if not legal:
            return f"Invalid request: Invalid value ({value}) for flag {name}."
    return None
