"""What the provider refuses of a replication group before it asks AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure
from . import arguments
from .formats import check_tags, known
from .validators import conflicts, flaw_of_arn, is_arn, said
from .windows import check_daily, check_weekly

LONGEST_ID = 40
"""Characters of a replication group's id."""
_AUTH = (16, 128)
_MOST_DAYS = 35
_MOST_LOGS = 2
FAILOVER_NODES = 2
"""A primary and one to take over."""
_REDIS = re.compile(r"^[1-5](\.\d+){2}$|^6\.x$|^[6-9]\.\d+$")
_VALKEY = re.compile(r"^[7-9]\.\d+$")
_DESTINATIONS = ("cloudwatch-logs", "kinesis-firehose")
_ARGUMENTS = {
    "nodeGroupConfigurations.*.nodeGroupId": arguments.fitting(r"^\d{1,4}$", "must be 1-4 digits"),
    "nodeGroupConfigurations.*.slots": arguments.fitting(r"^[\d,-]+$", "must contain only digits, commas, and hyphens"),
    "nodeGroupConfigurations.*.replicaCount": arguments.at_least(0),
    "nodeGroupConfigurations.*.primaryOutpostArn": arguments.an_arn,
}
_EXCLUSIVE = {
    "authToken": ("userGroupIds", "authTokenWo"),
    "numCacheClusters": ("numNodeGroups", "replicasPerNodeGroup"),
    "nodeGroupConfigurations": ("preferredCacheClusterAzs",),
    "globalReplicationGroupId": (
        "numNodeGroups",
        "parameterGroupName",
        "engine",
        "engineVersion",
        "nodeType",
        "securityGroupNames",
        "transitEncryptionEnabled",
        "transitEncryptionMode",
        "atRestEncryptionEnabled",
        "snapshotArns",
        "snapshotName",
    ),
}


def check(call: Call) -> Iterator[Failure]:
    """All of it."""
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_id("replicationGroupId", inputs.get("replicationGroupId"), LONGEST_ID)
    if inputs.get("description") == "":
        yield Failure("description", 'expected "description" to not be an empty string, got ')
    yield from _check_token(inputs.get("authToken"))
    yield from _check_version(inputs.get("engineVersion"))
    yield from check_daily("snapshotWindow", "snapshot_window", inputs.get("snapshotWindow"))
    yield from check_weekly("maintenanceWindow", "maintenance_window", inputs.get("maintenanceWindow"))
    days = inputs.get("snapshotRetentionLimit")
    if isinstance(days, int) and days > _MOST_DAYS:
        yield Failure("snapshotRetentionLimit", f"expected snapshot_retention_limit to be at most ({_MOST_DAYS}), got {days}")
    yield from is_arn(call, "notificationTopicArn")
    for path, others in _EXCLUSIVE.items():
        yield from conflicts(call, path, *others)
    yield from arguments.check(call, _ARGUMENTS)
    yield from check_logs(call)
    yield from _check_counts(call)
    yield from _check_snapshots(call)


def check_id(path: str, value: object, longest: int) -> Iterator[Failure]:
    """`validateReplicationGroupID`, and the same of a cluster with another length."""
    if not known(value) or not isinstance(value, str):
        return
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path).lower()
    if not 1 <= len(value) <= longest:
        yield Failure(path, f"expected length of {name} to be in the range (1 - {longest}), got {value}")
    if not re.search(r"^[0-9A-Za-z-]+$", value):
        yield Failure(path, f"invalid value for {name} (must contain only alphanumeric characters and hyphens)")
    if not re.search(r"^[A-Za-z]", value):
        yield Failure(path, f"invalid value for {name} (must begin with a letter)")
    if "--" in value:
        yield Failure(path, f"invalid value for {name} (cannot contain two consecutive hyphens)")
    if value.endswith("-"):
        yield Failure(path, f"invalid value for {name} (cannot end with a hyphen)")


def _check_token(value: object) -> Iterator[Failure]:
    if not known(value) or not isinstance(value, str):
        return
    low, high = _AUTH
    symbols = 'alphanumeric characters or symbols (excluding @, ", and /)'
    if not low <= len(value) <= high:
        yield Failure("authToken", f'"auth_token" must contain from {low} to {high} {symbols}')
    if not re.search(r'^[^@"/]+$', value):
        yield Failure("authToken", f'only {symbols} allowed in "auth_token"')


def _check_version(value: object) -> Iterator[Failure]:
    if not known(value) or not isinstance(value, str) or _REDIS.match(value) or _VALKEY.match(value):
        return
    yield Failure(
        "engineVersion",
        f"engine_version: {value} is invalid. For Redis v6 or higher, use <major>.<minor>. For Redis v5 or lower, use <major>.<minor>.<patch>.",
    )
    yield Failure("engineVersion", f"engine_version: {value} is invalid. For Valkey v7 or higher, use <major>.<minor>.")


def check_logs(call: Call) -> Iterator[Failure]:
    """Where logs go: at most one destination for each type of log."""
    logs = call.inputs.get("logDeliveryConfigurations")
    for index, log in enumerate(logs if isinstance(logs, list) else ()):
        kind = log.get("destinationType") if isinstance(log, dict) else None
        if known(kind) and kind not in _DESTINATIONS:
            reason = f'expected destination_type to be one of ["cloudwatch-logs" "kinesis-firehose"], got {kind}'
            yield Failure(f"logDeliveryConfigurations[{index}].destinationType", reason)
    if isinstance(logs, list) and len(logs) > _MOST_LOGS:
        yield Failure("logDeliveryConfigurations", f"Too many log_delivery_configuration blocks: no more than {_MOST_LOGS} are allowed, got {len(logs)}")


def _check_counts(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    failover, several = inputs.get("automaticFailoverEnabled") is True, inputs.get("numCacheClusters")
    if inputs.get("multiAzEnabled") is True and inputs.get("automaticFailoverEnabled") is False:
        yield Failure("multiAzEnabled", "automatic_failover_enabled must be true if multi_az_enabled is true")
    sharded = said(call, "numNodeGroups", "replicasPerNodeGroup", "nodeGroupConfigurations", "globalReplicationGroupId")
    if failover and not sharded and several is not UNKNOWN and (several is None or (isinstance(several, int) and several < FAILOVER_NODES)):
        yield Failure("numCacheClusters", '"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true')
    replicas = inputs.get("replicasPerNodeGroup")
    if isinstance(replicas, int) and replicas < 0:
        yield Failure("replicasPerNodeGroup", f"expected replicas_per_node_group to be at least (0), got {replicas}")
    strategy = inputs.get("authTokenUpdateStrategy")
    if strategy in {"SET", "ROTATE"} and not said(call, "authToken", "authTokenWo"):
        yield Failure("authTokenUpdateStrategy", "auth_token_update_strategy can only be set when auth_token or auth_token_wo is set")


def _check_snapshots(call: Call) -> Iterator[Failure]:
    arns = call.inputs.get("snapshotArns")
    for index, one in enumerate(arns if isinstance(arns, list) else ()):
        if isinstance(one, str) and flaw_of_arn(one):
            yield Failure(f"snapshotArns[{index}]", f'"snapshot_arns.{index}" ({one}) is an invalid ARN: {flaw_of_arn(one)}')
        elif isinstance(one, str) and "," in one:
            yield Failure(f"snapshotArns[{index}]", f'expected value of snapshot_arns.{index} to not contain any of ",", got {one}')
