"""ElastiCache groups: the subnets that caches stand in, and the parameters that they run with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from . import elasticache_catalog
from .elasticache_parameters import fault
from .formats import arn, check_tags, known, placed, refused, text
from .placement import missing_subnets, networks_of, texts, zones_of
from .rds_names import made_up

SUBNET_GROUP = "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETER_GROUP = "aws:elasticache/parameterGroup:ParameterGroup"
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:elasticache/cluster:Cluster"
_LONGEST = 255
_LABEL = re.compile(r"^[A-Za-z](?!.*--)[0-9A-Za-z-]*(?<!-)$")


def cache_refused(doing: str, operation: str, code: str, message: str, *, typed: bool = False) -> Refusal:
    """An answer of the ElastiCache API."""
    return refused(doing, f"ElastiCache: {operation}", code, message, typed=typed)


def cache_taken(noun: str, operation: str, code: str, message: str, shown: str = "{id}") -> str:
    """The wording for a name that is held, with the id left open."""
    return cache_refused(f"creating ElastiCache {noun} ({shown})", operation, code, message, typed=True).message


def _name(call: Call) -> str:
    return (text(call.inputs.get("name")) or made_up(call)).lower()


def _check_subnets(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    name = call.inputs.get("name")
    if known(name) and isinstance(name, str) and name.lower() == "default":
        yield Failure("name", "expected value of name to not be default, got default")


def _refuse_subnets(call: Call) -> None:
    ids = texts(call.inputs.get("subnetIds"))
    verb, operation = ("creating", "CreateCacheSubnetGroup") if call.old is None else ("updating", "ModifyCacheSubnetGroup")
    doing = f"{verb} ElastiCache Subnet Group ({call.id or _name(call)})"
    if len(_name(call)) > _LONGEST or not re.fullmatch(r"[0-9a-z-]+", _name(call)):
        constraint = f"must contain no more than {_LONGEST} alphanumeric characters or hyphens"
        raise cache_refused(doing, operation, "InvalidParameterValue", f"The parameter CacheSubnetGroupName {constraint}.")
    if not ids:
        raise cache_refused(doing, operation, "InvalidParameterValue", "The parameter SubnetIds must be provided.")
    missing = missing_subnets(call, ids)
    if missing:
        raise cache_refused(doing, operation, "InvalidSubnet", f"Some input subnets in :[{', '.join(missing)}] are invalid.", typed=True)
    networks = networks_of(call, ids)
    if call.old is not None and networks != [call.old.outputs.get("vpcId")]:
        message = "The new subnets are not in the same VPC as the existing subnet group."
        raise cache_refused(doing, operation, "InvalidSubnet", message, typed=True)
    if len(networks) > 1:
        message = "Subnets specified are in different VPCs."
        raise cache_refused(doing, operation, "InvalidSubnet", message, typed=True)


def _update_subnets(call: Call) -> None:
    _refuse_subnets(call)
    used = {zone for record in call.cloud.find(GROUP, subnetGroupName=call.id) for zone in texts(record.outputs.get("__zones"))}
    lost = used - set(zones_of(call, texts(call.inputs.get("subnetIds"))))
    if lost:
        message = f"The subnets of {', '.join(sorted(lost))} are in use by cache nodes and cannot be removed."
        doing = f"updating ElastiCache Subnet Group ({call.id})"
        raise cache_refused(doing, "ModifyCacheSubnetGroup", "SubnetInUse", message, typed=True)


def _subnet_outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "name": call.id,
        "arn": arn(call, "elasticache", f"subnetgroup:{call.id}"),
        "description": call.inputs.get("description") or "Managed by Pulumi",
        "vpcId": next(iter(networks_of(call, texts(call.inputs.get("subnetIds")))), ""),
    }


def _in_use(call: Call, path: str) -> str | None:
    """Which cache uses the group."""
    found = (record for type_ in (GROUP, CLUSTER) for record in call.cloud.find(type_, **{path: call.id}))
    record = next(found, None)
    return record.id if record is not None else None


def _delete_subnets(call: Call) -> None:
    if _in_use(call, "subnetGroupName") is not None:
        message = f"Cache subnet group {call.id} is currently in use by a cache cluster."
        doing = f"deleting ElastiCache Subnet Group ({call.id})"
        raise cache_refused(doing, "DeleteCacheSubnetGroup", "CacheSubnetGroupInUse", message, typed=True)


def _check_parameters(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    names = Counter(text(one.get("name")) for one in _parameters(call))
    for name, count in names.items():
        if name and count > 1:
            yield Failure("parameters", f"duplicate parameter name: {name}")


def _parameters(call: Call) -> list[Properties]:
    said = call.inputs.get("parameters")
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _refuse_parameters(call: Call) -> None:
    family, doing = text(call.inputs.get("family")), f"creating ElastiCache Parameter Group ({_name(call)})"
    if not _LABEL.match(_name(call)) or len(_name(call)) > _LONGEST:
        message = f"The parameter CacheParameterGroupName is not a valid identifier: {_name(call)}"
        raise cache_refused(doing, "CreateCacheParameterGroup", "InvalidParameterValue", message)
    if family not in elasticache_catalog.FAMILIES:
        message = f"CacheParameterGroupFamily {family} is not a valid parameter group family."
        raise cache_refused(doing, "CreateCacheParameterGroup", "InvalidParameterValue", message)
    for parameter in _parameters(call):
        wrong = fault(family, text(parameter.get("name")), text(parameter.get("value")))
        if wrong is not None:
            doing = f"modifying ElastiCache Parameter Group ({_name(call)})"
            raise cache_refused(doing, "ModifyCacheParameterGroup", "InvalidParameterValue", wrong)


def _parameter_outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "name": call.id,
        "arn": arn(call, "elasticache", f"parametergroup:{call.id}"),
        "description": call.inputs.get("description") or "Managed by Pulumi",
    }


def _delete_parameters(call: Call) -> None:
    user = _in_use(call, "parameterGroupName")
    if user is not None:
        message = f"One or more cache clusters are still members of this parameter group {call.id}, so the group cannot be deleted."
        doing = f"deleting ElastiCache Parameter Group ({call.id})"
        raise cache_refused(doing, "DeleteCacheParameterGroup", "InvalidCacheParameterGroupState", message, typed=True)


def group_family(call: Call, name: str) -> str | None:
    """The family of a parameter group, of AWS's own default ones too; None where there is no such group."""
    own = name.removeprefix("default.").removesuffix(".cluster.on")
    if name.startswith("default.") and own in elasticache_catalog.FAMILIES:
        return own
    record = call.cloud.get(PARAMETER_GROUP, name)
    return text(record.outputs.get("family")) if record is not None else None


def clustered(call: Call, name: str) -> bool:
    """Whether the parameter group turns cluster mode on."""
    record = call.cloud.get(PARAMETER_GROUP, name)
    said = record.inputs.get("parameters") if record is not None else None
    own = isinstance(said, list) and any(one.get("name") == "cluster-enabled" and one.get("value") == "yes" for one in said if isinstance(one, dict))
    return own or name.endswith(".cluster.on")


def _described(_call: Call) -> Properties:
    return {"description": "Managed by Pulumi"}


KINDS = (
    Kind(
        token=SUBNET_GROUP,
        identify=_name,
        outputs=_subnet_outputs,
        defaults=_described,
        check=_check_subnets,
        replaces=frozenset({"name"}),
        name_limit=255,
        taken=cache_taken("Subnet Group", "CreateCacheSubnetGroup", "CacheSubnetGroupAlreadyExists", "Cache subnet group {id} already exists."),
        create=_refuse_subnets,
        update=_update_subnets,
        delete=_delete_subnets,
    ),
    Kind(
        token=PARAMETER_GROUP,
        identify=_name,
        outputs=_parameter_outputs,
        defaults=_described,
        check=_check_parameters,
        replaces=frozenset({"description", "family", "name"}),
        name_limit=255,
        taken=cache_taken("Parameter Group", "CreateCacheParameterGroup", "CacheParameterGroupAlreadyExists", "Parameter group {id} already exists"),
        create=_refuse_parameters,
        update=_refuse_parameters,
        delete=_delete_parameters,
    ),
)
"""Subnet groups and parameter groups."""
