"""RDS parameter groups: what a parameter may be, and when it takes effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...kind import Call, Failure, Kind, Properties, Refusal
from . import rds_catalog
from .formats import arn, check_tags, known, placed, text
from .rds_groups import named
from .rds_names import check_either, check_parameter_group, rds_refused, rds_taken
from .rds_postgres import PARAMETERS, Parameter

PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
INSTANCE = "aws:rds/instance:Instance"
_HUGE = 1e15
_APPLY = ("immediate", "pending-reboot")


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_parameter_group("name", inputs.get("name"))
    yield from check_parameter_group("namePrefix", inputs.get("namePrefix"), prefix=True)
    yield from check_either(call, "namePrefix", "name")
    for index, parameter in enumerate(_parameters(call)):
        method = parameter.get("applyMethod")
        if known(method) and method not in _APPLY:
            yield Failure(f"parameters[{index}].applyMethod", f'expected apply_method to be one of ["immediate" "pending-reboot"], got {method}')


def _parameters(call: Call) -> list[Properties]:
    said = call.inputs.get("parameters")
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _no(call: Call, code: str, message: str, operation: str = "ModifyDBParameterGroup") -> Refusal:
    verb = "creating" if operation.startswith("Create") else "modifying"
    return rds_refused(f"{verb} RDS DB Parameter Group ({call.id or named(call)})", operation, code, message)


def _refuse(call: Call) -> None:
    family = text(call.inputs.get("family"))
    listed = rds_catalog.families()
    if family not in listed and not family.startswith(("oracle", "sqlserver", "db2", "custom-")):
        raise _no(call, "InvalidParameterValue", f"ParameterGroupFamily {family} is not a valid parameter group family", "CreateDBParameterGroup")
    names = Counter(text(one.get("name")) for one in _parameters(call))
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:
        raise _no(call, "InvalidParameterValue", f"The parameter {twice} is specified more than once.")
    if family.startswith(rds_catalog.POSTGRES):
        for parameter in _parameters(call):
            _refuse_parameter(call, parameter)


def _refuse_parameter(call: Call, parameter: Properties) -> None:
    name, value = text(parameter.get("name")), text(parameter.get("value"))
    legal = PARAMETERS.get(name)
    if legal is None:
        raise _no(call, "InvalidParameterValue", f"Could not find parameter with name: {name}")
    if not legal.modifiable:
        raise _no(call, "InvalidParameterValue", f"The parameter {name} cannot be modified.")
    wrong = _fault(legal, name, value)
    if wrong is not None:
        raise _no(call, "InvalidParameterValue", wrong)
    if legal.static and parameter.get("applyMethod") in {None, "immediate"}:
        raise _no(call, "InvalidParameterCombination", "cannot use immediate apply method for static parameter")


def _fault(legal: Parameter, name: str, value: str) -> str | None:
    """Why the value is not legal; formulas of instance memory ({DBInstanceClassMemory/…}) pass for numbers."""
    if legal.span is not None:
        low, high = legal.span
        if value.startswith(("{", "GREATEST(", "LEAST(", "SUM(")):
            return None
        number = _number(value)
        return (
            None if number is not None and low <= number <= high else f"Value: {value} is outside of range: {_shown(low)}-{_shown(high)} for parameter: {name}"
        )
    if legal.words and (value not in legal.words if not legal.several else not {part.strip() for part in value.split(",")} <= set(legal.words)):
        return f"Invalid parameter value: {value} for: {name} allowed values are: {','.join(legal.words)}"
    return None


def _shown(bound: float) -> str:
    return str(int(bound)) if abs(bound) < _HUGE and bound == int(bound) else f"{bound:g}"


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _outputs(call: Call) -> Properties:
    return {
        **placed(call),
        "name": call.id,
        "namePrefix": call.inputs.get("namePrefix") or "",
        "arn": arn(call, "rds", f"pg:{call.id}"),
        "description": call.inputs.get("description") or "Managed by Pulumi",
        "skipDestroy": call.inputs.get("skipDestroy") or False,
    }


def _delete(call: Call) -> None:
    if call.inputs.get("skipDestroy") is True:
        return
    if next(call.cloud.find(INSTANCE, parameterGroupName=call.id), None) is not None:
        message = f"One or more database instances are still members of this parameter group {call.id}, so the group cannot be deleted"
        raise rds_refused(f"deleting RDS DB Parameter Group ({call.id})", "DeleteDBParameterGroup", "InvalidDBParameterGroupState", message, typed=True)


def group_family(call: Call, name: str) -> str | None:
    """The family of a parameter group, of AWS's own default ones too; None where there is no such group."""
    if name.startswith("default."):
        return name.removeprefix("default.") if name.removeprefix("default.") in rds_catalog.families() else None
    record = call.cloud.get(PARAMETER_GROUP, name)
    return None if record is None else text(record.outputs.get("family"))


def value_of(call: Call, group: str, name: str) -> Any:
    """What a group says of a parameter, or None."""
    record = call.cloud.get(PARAMETER_GROUP, group)
    said = record.inputs.get("parameters") if record is not None else None
    return next((one.get("value") for one in said if isinstance(one, dict) and one.get("name") == name), None) if isinstance(said, list) else None


KINDS = (
    Kind(
        token=PARAMETER_GROUP,
        identify=named,
        outputs=_outputs,
        defaults=lambda _call: {"description": "Managed by Pulumi"},
        check=_check,
        replaces=frozenset({"description", "family", "name", "namePrefix"}),
        name_limit=255,
        taken=rds_taken("RDS DB Parameter Group", "CreateDBParameterGroup", "DBParameterGroupAlreadyExists", "Parameter group {id} already exists"),
        create=_refuse,
        update=_refuse,
        delete=_delete,
        deleted=lambda call: call.inputs.get("skipDestroy") is not True,
    ),
)
"""The parameter group."""
