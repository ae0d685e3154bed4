"""RDS groups: the subnets that databases stand in, the options that they have."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Refusal
from . import rds_catalog
from .formats import arn, check_tags, placed, text
from .placement import missing_subnets, networks_of, texts, zones_of
from .rds_names import check_either, check_option_group, check_subnet_group, made_up, rds_refused, rds_taken

SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
OPTION_GROUP = "aws:rds/optionGroup:OptionGroup"
USERS = ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster")
_LEAST_ZONES = 2
"""Availability zones that a group must cover (Amazon RDS User Guide, "Working with DB subnet groups")."""
_MOST_SUBNETS = 20
"""Subnets a group (Amazon RDS quotas)."""


def named(call: Call) -> str:
    """The group's name: as given, or made of its prefix."""
    return text(call.inputs.get("name")) or made_up(call, text(call.inputs.get("namePrefix")))


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_subnet_group("name", inputs.get("name"))
    yield from check_subnet_group("namePrefix", inputs.get("namePrefix"))
    yield from check_either(call, "namePrefix", "name")
    if inputs.get("subnetIds") == []:
        yield Failure("subnetIds", "attribute supports 1 item as a minimum, config has 0 declared")


def _no(call: Call, code: str, message: str, *, typed: bool = False) -> Refusal:
    verb, operation = ("creating", "CreateDBSubnetGroup") if call.old is None else ("updating", "ModifyDBSubnetGroup")
    return rds_refused(f"{verb} RDS DB Subnet Group ({call.id or named(call)})", operation, code, message, typed=typed)


def _refuse(call: Call) -> None:
    ids = texts(call.inputs.get("subnetIds"))
    missing = missing_subnets(call, ids)
    if missing:
        raise _no(call, "InvalidParameterValue", f"Some input subnets in :[{', '.join(missing)}] are invalid.")
    if len(ids) > _MOST_SUBNETS:
        raise _no(call, "DBSubnetQuotaExceededFault", f"The request would exceed the limit of {_MOST_SUBNETS} subnets in a subnet group.", typed=True)
    networks = networks_of(call, ids)
    if call.old is not None and networks and networks != [call.old.outputs.get("vpcId")]:
        raise _no(call, "InvalidParameterValue", "The new Subnets are not in the same Vpc as the existing subnet group")
    if len(networks) > 1:
        raise _no(call, "InvalidParameterValue", "Subnets provided belong to different VPCs. Please provide subnets belonging to the same VPC.")
    covered = zones_of(call, ids)
    if len(covered) < _LEAST_ZONES:
        why = f"Current AZ coverage: {', '.join(covered)}. Add subnets to cover at least {_LEAST_ZONES} AZs."
        message = f"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. {why}"
        raise _no(call, "DBSubnetGroupDoesNotCoverEnoughAZs", message, typed=True)


def _update(call: Call) -> None:
    _refuse(call)
    held = {
        zone for type_ in USERS for user in call.cloud.find(type_, dbSubnetGroupName=call.id) for zone in [text(user.outputs.get("availabilityZone"))] if zone
    }
    lost = held - set(zones_of(call, texts(call.inputs.get("subnetIds"))))
    if lost:
        message = f"One or more of the subnets to be deleted are currently in use: a DB instance stands in {', '.join(sorted(lost))}"
        raise _no(call, "SubnetAlreadyInUse", message, typed=True)


def _outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "name": call.id,
        "namePrefix": call.inputs.get("namePrefix") or "",
        "arn": arn(call, "rds", f"subgrp:{call.id}"),
        "description": call.inputs.get("description") or "Managed by Pulumi",
        "supportedNetworkTypes": ["IPV4"],
        "vpcId": next(iter(networks_of(call, texts(call.inputs.get("subnetIds")))), ""),
    }


def _delete(call: Call) -> None:
    for type_ in USERS:
        user = next(call.cloud.find(type_, dbSubnetGroupName=call.id), None)
        if user is not None:
            name = text(user.outputs.get("identifier")) or text(user.outputs.get("clusterIdentifier"))
            message = f"Cannot delete the subnet group '{call.id}' because at least one database instance: {name} is still using it."
            doing = f"deleting RDS Subnet Group ({call.id})"
            raise rds_refused(doing, "DeleteDBSubnetGroup", "InvalidDBSubnetGroupStateFault", message, typed=True)


def _check_options(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_option_group("name", inputs.get("name"))
    yield from check_option_group("namePrefix", inputs.get("namePrefix"), prefix=True)
    yield from check_either(call, "namePrefix", "name")


def _refuse_options(call: Call) -> None:
    engine, version = text(call.inputs.get("engineName")), text(call.inputs.get("majorEngineVersion"))
    doing = f"creating RDS Option Group ({named(call)})"
    if engine not in rds_catalog.ENGINES:
        raise rds_refused(doing, "CreateOptionGroup", "InvalidParameterValue", f"Invalid engine name: {engine}")
    every = {rds_catalog.major(engine, one) for one in rds_catalog.versions(engine)}
    if every and version not in every:
        raise rds_refused(doing, "CreateOptionGroup", "InvalidParameterCombination", f"Cannot find major version {version} for {engine}")
    options = call.inputs.get("options")
    if engine == rds_catalog.POSTGRES and options not in (None, UNKNOWN, []):
        first = options[0].get("optionName") if isinstance(options, list) and isinstance(options[0], dict) else ""
        message = f"The option {first} is not available for engine {engine} {version}"
        raise rds_refused(f"updating RDS Option Group ({named(call)})", "ModifyOptionGroup", "InvalidParameterValue", message)


def _delete_options(call: Call) -> None:
    user = next(call.cloud.find(USERS[0], optionGroupName=call.id), None)
    if user is not None:
        message = f"The option group '{call.id}' cannot be deleted because it is in use."
        doing = f"deleting RDS Option Group ({call.id})"
        raise rds_refused(doing, "DeleteOptionGroup", "InvalidOptionGroupStateFault", message, typed=True)


def _option_outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "name": call.id,
        "namePrefix": call.inputs.get("namePrefix") or "",
        "arn": arn(call, "rds", f"og:{call.id}"),
        "optionGroupDescription": call.inputs.get("optionGroupDescription") or "Managed by Pulumi",
    }


def _described(name: str) -> Properties:
    return {name: "Managed by Pulumi"}


KINDS = (
    Kind(
        token=SUBNET_GROUP,
        identify=named,
        outputs=_outputs,
        defaults=lambda _call: _described("description"),
        check=_check,
        replaces=frozenset({"name", "namePrefix"}),
        name_limit=255,
        taken=rds_taken("RDS DB Subnet Group", "CreateDBSubnetGroup", "DBSubnetGroupAlreadyExists", "The DB subnet group '{id}' already exists."),
        create=_refuse,
        update=_update,
        delete=_delete,
    ),
    Kind(
        token=OPTION_GROUP,
        identify=named,
        outputs=_option_outputs,
        defaults=lambda _call: _described("optionGroupDescription"),
        check=_check_options,
        replaces=frozenset({"engineName", "majorEngineVersion", "name", "namePrefix", "optionGroupDescription"}),
        name_limit=255,
        taken=rds_taken("RDS Option Group", "CreateOptionGroup", "OptionGroupAlreadyExistsFault", "An option group named {id} already exists."),
        create=_refuse_options,
        update=_refuse_options,
        delete=_delete_options,
        deleted=lambda call: call.inputs.get("skipDestroy") is not True,
    ),
)
"""Subnet groups and option groups."""
