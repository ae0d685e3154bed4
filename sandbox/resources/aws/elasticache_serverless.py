"""ElastiCache Serverless: a cache with limits and no nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import elasticache_catalog
from .addresses import Interface
from .elasticache import short_region
from .elasticache_groups import cache_refused, cache_taken
from .elasticache_users import USER_GROUP
from .formats import ACCOUNT, arn, check_tags, kept, placed, region, text
from .placement import default_groups, digest, groups_elsewhere, key_exists, letters, missing_subnets, networks_of, texts, unknown_groups, zones_of
from .rds_names import Fault

CACHE = "aws:elasticache/serverlessCache:ServerlessCache"
_NAME = re.compile(r"^[a-z](?!.*--)[a-z0-9-]{0,39}(?<!-)$")
_STORAGE = (1, 5000)
"""GB."""
_CPU = (1000, 15_000_000)
"""ElastiCache processing units a second."""
_MOST_DAYS = 35
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_SUBNETS = (2, 3)
_READER_PORT = 6380


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    days, time = call.inputs.get("snapshotRetentionLimit"), call.inputs.get("dailySnapshotTime")
    if isinstance(days, int) and days > _MOST_DAYS:
        yield Failure("snapshotRetentionLimit", f"Attribute snapshot_retention_limit value must be at most {_MOST_DAYS}, got: {days}")
    if isinstance(time, str) and not _TIME.match(time):
        yield Failure("dailySnapshotTime", f"Attribute daily_snapshot_time must be a time of day in UTC (HH:MM), got: {time}")


def _faults(call: Call) -> Iterator[Fault]:
    inputs, engine, name = call.inputs, text(call.inputs.get("engine")), text(call.inputs.get("name"))
    if not _NAME.match(name):
        yield Fault("InvalidParameterValue", f"The parameter ServerlessCacheName is not a valid identifier: {name}")
    wanted, majors = text(inputs.get("majorEngineVersion")), {version.split(".")[0] for version in elasticache_catalog.versions(engine)}
    if wanted and wanted not in (majors if engine != elasticache_catalog.MEMCACHED else {"1.6"}):
        yield Fault("InvalidParameterValue", f"Major engine version {wanted} is not supported for engine {engine}.")
    yield from _limits(inputs)
    yield from _network(call)
    key, group = text(inputs.get("kmsKeyId")), text(inputs.get("userGroupId"))
    if key and not key_exists(call, key):
        yield Fault("InvalidParameterValue", f"The customer managed key {key} does not exist or is not enabled.")
    if group and engine == elasticache_catalog.MEMCACHED:
        yield Fault("InvalidParameterCombination", "User groups are not supported for engine memcached.")
    if group and call.cloud.get(USER_GROUP, group) is None:
        yield Fault("UserGroupNotFound", f"UserGroup {group} not found.", typed=True)
    if engine == elasticache_catalog.MEMCACHED and (inputs.get("snapshotRetentionLimit") or inputs.get("dailySnapshotTime")):
        yield Fault("InvalidParameterCombination", "Snapshots are not supported for engine memcached.")


def _limits(inputs: Properties) -> Iterator[Fault]:
    limits = inputs.get("cacheUsageLimits")
    if not isinstance(limits, dict):
        return
    cpu = limits.get("ecpuPerSeconds")
    parts = [("DataStorage", limits.get("dataStorage"), _STORAGE), *(("ECPUPerSecond", one, _CPU) for one in (cpu if isinstance(cpu, list) else [cpu]))]
    for what, part, (low, high) in parts:
        least, most = (part.get("minimum"), part.get("maximum")) if isinstance(part, dict) else (None, None)
        for value in (least, most):
            if isinstance(value, int) and not low <= value <= high:
                yield Fault("InvalidParameterValue", f"{what} must be between {low} and {high}, got {value}.")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield Fault("InvalidParameterCombination", f"The minimum of {what} must not be greater than its maximum.")


def _network(call: Call) -> Iterator[Fault]:
    ids, groups = texts(call.inputs.get("subnetIds")), texts(call.inputs.get("securityGroupIds"))
    missing = missing_subnets(call, ids)
    if missing:
        yield Fault("InvalidParameterValue", f"Some input subnets in :[{', '.join(missing)}] are invalid.")
        return
    networks = networks_of(call, ids)
    if len(networks) > 1:
        yield Fault("InvalidParameterValue", "Subnets specified are in different VPCs.")
    if ids and (not _SUBNETS[0] <= len(ids) <= _SUBNETS[1] or len(zones_of(call, ids)) < len(ids)):
        yield Fault("InvalidParameterValue", "A serverless cache needs two or three subnets, each in another Availability Zone.")
    for group in unknown_groups(call, groups):
        yield Fault("InvalidParameterValue", f"Invalid security group: {group}")
    for other in groups_elsewhere(call, groups, networks[0]) if networks else ():
        yield Fault("InvalidParameterCombination", f"Security group is in VPC {other}, not in that of the subnets.")


def _refuse(call: Call) -> None:
    fault = next(_faults(call), None)
    if fault is not None:
        raise _no(call, fault)


def _no(call: Call, fault: Fault) -> Refusal:
    verb, operation = ("creating", "CreateServerlessCache") if call.old is None else ("updating", "ModifyServerlessCache")
    return cache_refused(f"{verb} ElastiCache Serverless Cache ({call.inputs.get('name')})", operation, fault.code, fault.message, typed=fault.typed)


def _outputs(call: Call) -> Properties:
    inputs, engine, name = call.inputs, text(call.inputs.get("engine")), text(call.inputs.get("name"))
    tail = f"{letters(digest(ACCOUNT, region(call), 'serverless'), 6)}.serverless.{short_region(region(call))}.cache.amazonaws.com"
    version = elasticache_catalog.versions(engine)[-1]
    major = text(inputs.get("majorEngineVersion")) or (version.split(".")[0] if engine != elasticache_catalog.MEMCACHED else "1.6")
    full = next((one for one in reversed(elasticache_catalog.versions(engine)) if one.startswith(f"{major}.")), version)
    port = elasticache_catalog.PORTS[engine]
    networks = networks_of(call, texts(inputs.get("subnetIds")))
    return {
        **placed(call),
        "arn": arn(call, "elasticache", f"serverlesscache:{name}"),
        "createTime": kept(call, "createTime", call.cloud.now),
        "endpoints": [{"address": f"{name}-{tail}", "port": port}],
        "readerEndpoints": [{"address": f"{name}-{tail}", "port": _READER_PORT if port != elasticache_catalog.PORTS["memcached"] else port + 1}],
        "description": inputs.get("description") or " ",
        "majorEngineVersion": major,
        "fullEngineVersion": elasticache_catalog.actual(full),
        "status": "available",
        "dailySnapshotTime": inputs.get("dailySnapshotTime") or "",
        "snapshotRetentionLimit": inputs.get("snapshotRetentionLimit") or 0,
        "networkType": inputs.get("networkType") or "ipv4",
        "securityGroupIds": texts(inputs.get("securityGroupIds")) or (default_groups(call, networks[0]) if networks else []),
        "subnetIds": inputs.get("subnetIds") or [],
        "kmsKeyId": inputs.get("kmsKeyId") or "",
        "userGroupId": inputs.get("userGroupId") or "",
    }


def _interfaces(record: Record) -> Iterator[Interface]:
    for subnet in texts(record.inputs.get("subnetIds")):
        yield Interface(subnet=subnet, groups=tuple(texts(record.outputs.get("securityGroupIds"))), owner=record.id)


KINDS = (
    Kind(
        token=CACHE,
        identify=lambda call: text(call.inputs.get("name")),
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"kmsKeyId", "name", "networkType", "snapshotArnsToRestores", "subnetIds"}),
        name_limit=40,
        taken=cache_taken("Serverless Cache", "CreateServerlessCache", "ServerlessCacheAlreadyExistsFault", "Serverless Cache {id} already exists."),
        create=_refuse,
        update=_refuse,
    ),
)
"""The serverless cache."""

INTERFACES = {CACHE: _interfaces}
"""The endpoint's interface in each subnet."""
