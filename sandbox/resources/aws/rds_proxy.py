"""RDS Proxy: where it stands, whom it lets in, how many connections it holds, and the database behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments
from .addresses import Interface
from .formats import ACCOUNT, arn, check_tags, fresh, kept, placed, region, text
from .iam_trust import trusts
from .placement import default_groups, digest, groups_elsewhere, letters, missing_subnets, networks_of, texts, unknown_groups, zones_of
from .rds_cluster import CLUSTER
from .rds_names import Fault, check_identifier, rds_refused, rds_taken
from .rds_parameters import INSTANCE
from .secretsmanager import secret
from .vpc_places import SUBNET, place

PROXY = "aws:rds/proxy:Proxy"
TARGET_GROUP = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
TARGET = "aws:rds/proxyTarget:ProxyTarget"
_FAMILIES = {"postgres": "POSTGRESQL", "aurora-postgresql": "POSTGRESQL", "mysql": "MYSQL", "mariadb": "MYSQL", "aurora-mysql": "MYSQL"}
_PORTS = {"POSTGRESQL": 5432, "MYSQL": 3306, "SQLSERVER": 1433}
_CLIENT_AUTH = {"POSTGRESQL": "POSTGRES_SCRAM_SHA_256", "MYSQL": "MYSQL_CACHING_SHA2_PASSWORD", "SQLSERVER": "SQL_SERVER_AUTHENTICATION"}
_LONGEST = 63
_IDLE = (1, 28800)
"""Seconds."""
_LEAST_ZONES = 2
_PERCENT = {"maxConnectionsPercent": (1, 100), "maxIdleConnectionsPercent": (0, 100), "connectionBorrowTimeout": (0, 3600)}
_POOL: Properties = {"connectionBorrowTimeout": 120, "maxConnectionsPercent": 100, "maxIdleConnectionsPercent": 50}
_FILTERS = ("EXCLUDE_VARIABLE_SETS",)


def _name(call: Call) -> str:
    return text(call.inputs.get("name"))


def _auths(call: Call) -> list[Properties]:
    said = call.inputs.get("auths")
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from arguments.check(call, {"auths.*.secretArn": arguments.an_arn})
    yield from check_identifier("name", call.inputs.get("name"))
    if call.inputs.get("auths") in (None, []) and call.inputs.get("defaultAuthScheme") in (None, "NONE"):
        yield Failure("auths", '"auth" must be specified when "default_auth_scheme" is "NONE" or unspecified')


def _no(call: Call, fault: Fault) -> Refusal:
    verb, operation = ("creating", "CreateDBProxy") if call.old is None else ("updating", "ModifyDBProxy")
    return rds_refused(f"{verb} RDS DB Proxy ({_name(call)})", operation, fault.code, fault.message, typed=fault.typed)


def _refuse(call: Call) -> None:
    fault = next(_faults(call), None)
    if fault is not None:
        raise _no(call, fault)


def _faults(call: Call) -> Iterator[Fault]:
    inputs = call.inputs
    if len(_name(call)) > _LONGEST:
        yield Fault("InvalidParameterValue", f"The DBProxyName must be at most {_LONGEST} characters long.")
    if not trusts(call, text(inputs.get("roleArn")), "rds.amazonaws.com"):
        yield Fault(
            "InvalidParameterValue", f"RDS is not authorized to assume service-linked role {inputs.get('roleArn')}. Check your role trust relationship."
        )
    idle = inputs.get("idleClientTimeout")
    if isinstance(idle, int) and not _IDLE[0] <= idle <= _IDLE[1]:
        yield Fault("InvalidParameterValue", f"IdleClientTimeout must be between {_IDLE[0]} and {_IDLE[1]} seconds, got {idle}.")
    yield from _place_faults(call)
    for auth in _auths(call):
        yield from _auth_faults(call, auth)


def _place_faults(call: Call) -> Iterator[Fault]:
    ids = texts(call.inputs.get("vpcSubnetIds"))
    missing = missing_subnets(call, ids)
    if missing:
        yield Fault("InvalidSubnet", f"Some input subnets in :[{', '.join(missing)}] are invalid.", typed=True)
        return
    networks = networks_of(call, ids)
    if len(networks) > 1:
        yield Fault("InvalidParameterValue", "Subnets provided belong to different VPCs. Please provide subnets belonging to the same VPC.")
    if len(zones_of(call, ids)) < _LEAST_ZONES:
        yield Fault("InvalidSubnet", f"The subnets of a DB proxy must cover at least {_LEAST_ZONES} Availability Zones.", typed=True)
    groups = texts(call.inputs.get("vpcSecurityGroupIds"))
    for group in unknown_groups(call, groups):
        yield Fault("InvalidParameterValue", f"Invalid security group , groupId= {group}, groupName=.")
    for other in groups_elsewhere(call, groups, networks[0]) if networks else ():
        yield Fault("InvalidParameterCombination", f"The DB proxy and EC2 security group are in different VPCs. The security group is in {other}")


def _auth_faults(call: Call, auth: Properties) -> Iterator[Fault]:
    of, family = text(auth.get("secretArn")), text(call.inputs.get("engineFamily"))
    if text(auth.get("authScheme") or "SECRETS") == "SECRETS" and not of:
        yield Fault("InvalidParameterValue", "SecretArn is required when AuthScheme is SECRETS.")
    if of and (not of.startswith("arn:") or secret(call, of) is None):
        yield Fault("InvalidParameterValue", f"The specified secret {of} could not be found.")
    kind = text(auth.get("clientPasswordAuthType"))
    prefixes = {"POSTGRESQL": "POSTGRES_", "MYSQL": "MYSQL_", "SQLSERVER": "SQL_SERVER_"}
    if kind and not kind.startswith(prefixes.get(family, "")):
        yield Fault("InvalidParameterValue", f"ClientPasswordAuthType {kind} is not valid for engine family {family}.")
    if auth.get("iamAuth") == "REQUIRED" and call.inputs.get("requireTls") is not True:
        yield Fault("InvalidParameterCombination", "RequireTLS must be true when IAMAuth is REQUIRED.")


def _host(call: Call, name: str) -> str:
    account = letters(digest(ACCOUNT, region(call), "rds"), 11)
    return f"{name}.proxy-c{account}.{region(call)}.rds.amazonaws.com"


def _outputs(call: Call) -> Properties:
    inputs, family = call.inputs, text(call.inputs.get("engineFamily"))
    networks = networks_of(call, texts(inputs.get("vpcSubnetIds")))
    groups = texts(inputs.get("vpcSecurityGroupIds")) or (default_groups(call, networks[0]) if networks else [])
    filled = {"authScheme": "SECRETS", "iamAuth": "DISABLED", "clientPasswordAuthType": _CLIENT_AUTH.get(family, ""), "description": "", "username": ""}
    return {
        **placed(call),
        "arn": kept(call, "arn", lambda: arn(call, "rds", f"db-proxy:prx-{fresh(call, 17)}")),
        "endpoint": _host(call, _name(call)),
        "auths": [{**filled, **auth} for auth in _auths(call)],
        "debugLogging": inputs.get("debugLogging") or False,
        "defaultAuthScheme": inputs.get("defaultAuthScheme") or "NONE",
        "endpointNetworkType": inputs.get("endpointNetworkType") or "IPV4",
        "targetConnectionNetworkType": inputs.get("targetConnectionNetworkType") or "IPV4",
        "idleClientTimeout": inputs.get("idleClientTimeout") or 1800,
        "requireTls": inputs.get("requireTls") or False,
        "vpcSecurityGroupIds": groups,
    }


def _content(call: Call) -> Iterator[Record]:
    for type_ in (TARGET, TARGET_GROUP):
        yield from call.cloud.find(type_, dbProxyName=call.id)


def _check_pool(call: Call) -> Iterator[Failure]:
    pool = call.inputs.get("connectionPoolConfig")
    said = pool if isinstance(pool, dict) else {}
    for path, (low, high) in _PERCENT.items():
        value = said.get(path)
        if isinstance(value, int) and not low <= value <= high:
            shown = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path).lower()
            yield Failure(f"connectionPoolConfig.{path}", f"expected {shown} to be in the range ({low} - {high}), got {value}")
    filters = said.get("sessionPinningFilters")
    for index, one in enumerate(filters if isinstance(filters, list) else ()):
        if isinstance(one, str) and one not in _FILTERS:
            reason = f'expected session_pinning_filters.{index} to be one of ["EXCLUDE_VARIABLE_SETS"], got {one}'
            yield Failure(f"connectionPoolConfig.sessionPinningFilters[{index}]", reason)


def _refuse_group(call: Call) -> None:
    name = text(call.inputs.get("dbProxyName"))
    doing, proxy = f"updating RDS DB Proxy Default Target Group ({name})", call.cloud.get(PROXY, name)
    if proxy is None:
        raise rds_refused(doing, "ModifyDBProxyTargetGroup", "DBProxyNotFoundFault", f"DBProxy {name} not found.", typed=True, status=404)
    pool = call.inputs.get("connectionPoolConfig")
    if not isinstance(pool, dict):
        return
    most, idle = pool.get("maxConnectionsPercent", 100), pool.get("maxIdleConnectionsPercent", 50)
    if isinstance(most, int) and isinstance(idle, int) and idle > most:
        message = f"MaxIdleConnectionsPercent must be between 0 and the value of MaxConnectionsPercent ({most}), got {idle}."
        raise rds_refused(doing, "ModifyDBProxyTargetGroup", "InvalidParameterValue", message)
    if pool.get("sessionPinningFilters") and proxy.outputs.get("engineFamily") != "MYSQL":
        message = "SessionPinningFilters are only supported for the MYSQL engine family."
        raise rds_refused(doing, "ModifyDBProxyTargetGroup", "InvalidParameterValue", message)


def _group_outputs(call: Call) -> Properties:
    pool = call.inputs.get("connectionPoolConfig")
    made = kept(call, "arn", lambda: arn(call, "rds", f"target-group:prx-tg-{fresh(call, 17)}"))
    filled = {**_POOL, "initQuery": "", "sessionPinningFilters": [], **(pool if isinstance(pool, dict) else {})}
    return {"region": region(call), "arn": made, "name": "default", "connectionPoolConfig": filled}


def _behind(call: Call) -> Record | None:
    cluster, instance = text(call.inputs.get("dbClusterIdentifier")), text(call.inputs.get("dbInstanceIdentifier"))
    if cluster:
        return call.cloud.get(CLUSTER, cluster)
    return next(call.cloud.find(INSTANCE, identifier=instance), None)


def _check_target(call: Call) -> Iterator[Failure]:
    given = [path for path in ("dbInstanceIdentifier", "dbClusterIdentifier") if call.inputs.get(path) is not None]
    both = "`db_cluster_identifier,db_instance_identifier`"
    if not given:
        yield Failure("dbInstanceIdentifier", f'"db_instance_identifier": one of {both} must be specified')
    elif len(given) > 1:
        yield Failure("dbInstanceIdentifier", f'"db_instance_identifier": only one of {both} can be specified, but {both} were specified.')


def _refuse_target(call: Call) -> None:
    inputs, name = call.inputs, text(call.inputs.get("dbProxyName"))
    group = text(inputs.get("targetGroupName"))
    doing = f"registering RDS DB Proxy ({name}/{group}) Target"
    proxy, database = call.cloud.get(PROXY, name), _behind(call)
    if proxy is None:
        raise rds_refused(doing, "RegisterDBProxyTargets", "DBProxyNotFoundFault", f"DBProxy {name} not found.", typed=True, status=404)
    if group != "default":
        message = f"DBProxyTargetGroup {group} not found."
        raise rds_refused(doing, "RegisterDBProxyTargets", "DBProxyTargetGroupNotFoundFault", message, typed=True, status=404)
    if database is None:
        code, noun = ("DBClusterNotFoundFault", "DBCluster") if inputs.get("dbClusterIdentifier") else ("DBInstanceNotFound", "DBInstance")
        wanted = inputs.get("dbClusterIdentifier") or inputs.get("dbInstanceIdentifier")
        raise rds_refused(doing, "RegisterDBProxyTargets", code, f"{noun} {wanted} not found.", typed=True, status=404)
    if database.outputs.get("replicateSourceDb"):
        raise rds_refused(doing, "RegisterDBProxyTargets", "InvalidParameterValue", "A read replica cannot be a target of a DB proxy.")
    if _FAMILIES.get(text(database.outputs.get("engine"))) != proxy.outputs.get("engineFamily"):
        message = f"The engine {database.outputs.get('engine')} does not match the engine family {proxy.outputs.get('engineFamily')} of the DB proxy."
        raise rds_refused(doing, "RegisterDBProxyTargets", "InvalidParameterValue", message)
    _refuse_other_network(call, doing, proxy, database)
    if any(call.cloud.find(TARGET, dbProxyName=name)):
        message = "The proxy already has a registered target."
        raise rds_refused(doing, "RegisterDBProxyTargets", "DBProxyTargetAlreadyRegisteredFault", message, typed=True)


def _refuse_other_network(call: Call, doing: str, proxy: Record, database: Record) -> None:
    there = networks_of(call, texts(proxy.inputs.get("vpcSubnetIds")))
    theirs = [subnet for subnet in texts(database.outputs.get("__subnets")) if place(call, SUBNET, subnet) is not None]
    if theirs and networks_of(call, theirs) != there:
        message = "The DB proxy and its target must be in the same VPC."
        raise rds_refused(doing, "RegisterDBProxyTargets", "InvalidParameterCombination", message)


def _target_outputs(call: Call) -> Properties:
    database, cluster = _behind(call), text(call.inputs.get("dbClusterIdentifier"))
    held = database.outputs if database is not None else {}
    return {
        "region": region(call),
        "endpoint": "" if cluster else text(held.get("address")),
        "port": held.get("port") or 0,
        "rdsResourceId": cluster or text(call.inputs.get("dbInstanceIdentifier")),
        "targetArn": "",
        "trackedClusterId": "",
        "type": "TRACKED_CLUSTER" if cluster else "RDS_INSTANCE",
    }


def _target_id(call: Call) -> str:
    type_ = "TRACKED_CLUSTER" if call.inputs.get("dbClusterIdentifier") else "RDS_INSTANCE"
    of = call.inputs.get("dbClusterIdentifier") or call.inputs.get("dbInstanceIdentifier")
    return f"{call.inputs.get('dbProxyName')}/{call.inputs.get('targetGroupName')}/{type_}/{of}"


def _interfaces(record: Record) -> Iterator[Interface]:
    for subnet in texts(record.inputs.get("vpcSubnetIds")):
        yield Interface(subnet=subnet, groups=tuple(texts(record.outputs.get("vpcSecurityGroupIds"))), owner=record.id)


KINDS = (
    Kind(
        token=PROXY,
        identify=_name,
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"endpointNetworkType", "engineFamily", "targetConnectionNetworkType", "vpcSubnetIds"}),
        taken=rds_taken("RDS DB Proxy", "CreateDBProxy", "DBProxyAlreadyExistsFault", "DB Proxy already exists"),
        create=_refuse,
        update=_refuse,
        carries=_content,
    ),
    Kind(
        token=TARGET_GROUP,
        identify=lambda call: text(call.inputs.get("dbProxyName")),
        outputs=_group_outputs,
        check=_check_pool,
        replaces=frozenset({"dbProxyName"}),
        adopts=lambda _call: True,
        create=_refuse_group,
        update=_refuse_group,
    ),
    Kind(
        token=TARGET,
        identify=_target_id,
        outputs=_target_outputs,
        check=_check_target,
        replaces=frozenset({"dbClusterIdentifier", "dbInstanceIdentifier", "dbProxyName", "targetGroupName"}),
        create=_refuse_target,
    ),
)
"""The proxy, its one target group, its target."""

INTERFACES = {PROXY: _interfaces}
"""One network interface a subnet."""
