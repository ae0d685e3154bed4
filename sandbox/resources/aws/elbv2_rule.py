"""Listener rules."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from itertools import count

from ...kind import Call, Failure, Kind, Properties
from . import elbv2_actions
from .compute_checks import between, block, is_arn, items
from .elbv2_names import BALANCERS, LISTENERS, RULES, elb, every, named
from .formats import arn, check_tags, fresh, kept, placed, text

_LAST = 50000
_MOST_VALUES = 5
"""Condition values of a rule (Application Load Balancers, quotas)."""
_MOST_RULES = 100
"""Rules of a load balancer, default rules not counted."""
_LONGEST = 128
_ONCE = ("hostHeader", "httpRequestMethod", "pathPattern", "sourceIp")
"""Conditions of which a rule may have one each."""
_FIELDS = {
    "hostHeader": "host-header",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "pathPattern": "path-pattern",
    "queryStrings": "query-string",
    "sourceIp": "source-ip",
}
_CHARACTERS = {"hostHeader": r"[-A-Za-z0-9.*?]+", "pathPattern": r"[A-Za-z0-9_\-.$/~\"'@:+&*?]+"}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from is_arn("listenerArn", inputs.get("listenerArn"))
    yield from between("priority", inputs.get("priority"), 1, _LAST)
    yield from elbv2_actions.check("actions", inputs.get("actions"))
    conditions = inputs.get("conditions")
    if conditions == []:
        yield Failure("conditions", "Attribute condition requires 1 item minimum, but config has only 0 declared.")
    for number, one in enumerate(items(conditions)):
        given = [name for name in _FIELDS if block(one).get(name) is not None]
        if len(given) > 1:
            yield Failure(f"conditions[{number}]", f"Only one of {', '.join(_snake(name) for name in _FIELDS)} can be set in a condition block")
        if not given:
            yield Failure(f"conditions[{number}]", "One condition must be set in a condition block")
        for name in given:
            yield from _check_condition(f"conditions[{number}].{name}", name, one[name])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _check_condition(path: str, name: str, condition: object) -> Iterator[Failure]:
    values = [value for value in items(block(condition).get("values")) if isinstance(value, str)]
    for value in values:
        if name in {"hostHeader", "httpHeader", "pathPattern"} and not 1 <= len(value) <= _LONGEST:
            yield Failure(f"{path}.values", f"expected length of values to be in the range (1 - {_LONGEST}), got {value}")
        if name == "httpRequestMethod" and not re.fullmatch(r"[A-Za-z_-]{1,40}", value):
            yield Failure(f"{path}.values", "invalid value for values (must be 1 to 40 letters, hyphens and underscores)")
        if name == "sourceIp" and not _is_block(value):
            yield Failure(f"{path}.values", f'"values" is not a valid CIDR block: {value}')
    header = block(condition).get("httpHeaderName")
    if name == "httpHeader" and isinstance(header, str) and not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}", header):
        yield Failure(f"{path}.httpHeaderName", "invalid value for http_header_name (must be a legal header name of 1 to 40 characters)")


def _is_block(value: str) -> bool:
    try:
        return "/" in value and bool(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return False


def _refuse(call: Call) -> None:
    inputs = call.inputs
    doing, operation = ("creating ELBv2 Listener Rule", "CreateRule") if call.old is None else (f"modifying ELBv2 Listener Rule ({call.old.id})", "ModifyRule")
    listener = named(call, LISTENERS, inputs.get("listenerArn"))
    if listener is None:
        raise elb(doing, operation, "ListenerNotFound", f"Listener '{inputs.get('listenerArn')}' not found")
    balancer = named(call, BALANCERS, listener.inputs.get("loadBalancerArn"))
    if balancer is None or balancer.outputs.get("loadBalancerType") != "application":
        raise elb(doing, operation, "ValidationError", "Rules are only supported for listeners of application load balancers")
    for code, message in (*_priority(call, listener.id), *_conditions(call)):
        raise elb(doing, "SetRulePriorities" if call.old is not None and code == "PriorityInUse" else operation, code, message)
    elbv2_actions.refuse(call, inputs.get("actions"), balancer, listener.outputs, doing, operation)


def _priority(call: Call, listener: str) -> Iterator[tuple[str, str]]:
    others = [rule for rule in every(call, RULES, listenerArn=listener) if call.old is None or rule.id != call.old.id]
    wanted = call.inputs.get("priority")
    if wanted is not None and any(rule.outputs.get("priority") == wanted for rule in others):
        yield "PriorityInUse", f"Priority '{wanted}' is currently in use"
    if len(others) >= _MOST_RULES:
        yield "TooManyRules", f"The maximum number of rules on a load balancer, {_MOST_RULES}, has been reached"


def _conditions(call: Call) -> Iterator[tuple[str, str]]:
    given = [(name, block(one)[name]) for one in items(call.inputs.get("conditions")) for name in _FIELDS if block(one).get(name) is not None]
    names = [name for name, _ in given]
    for name in _ONCE:
        if names.count(name) > 1:
            yield "ValidationError", f"Rules cannot have multiple conditions with the field '{_FIELDS[name]}'"
    number = sum(len(_values(name, condition)) for name, condition in given)
    if number > _MOST_VALUES:
        yield "ValidationError", f"A rule can only have '{_MOST_VALUES}' condition values"
    for name, condition in given:
        if not _values(name, condition):
            yield "ValidationError", f"A condition value must be specified for the field '{_FIELDS[name]}'"
        for value in items(block(condition).get("values")):
            if name in _CHARACTERS and not re.fullmatch(_CHARACTERS[name], text(value)):
                yield "ValidationError", f"The value '{value}' of the field '{_FIELDS[name]}' contains a character that is not valid"


def _values(name: str, condition: object) -> list[object]:
    if name == "queryStrings":
        return items(condition)
    return [*items(block(condition).get("values")), *items(block(condition).get("regexValues"))]


def _next(call: Call) -> int:
    """The lowest free number after the last rule's, as the provider takes it."""
    held = {rule.outputs.get("priority") for rule in every(call, RULES, listenerArn=call.inputs.get("listenerArn"))}
    last = max((number for number in held if isinstance(number, int)), default=0)
    return last + 1 if last < _LAST else next(number for number in count(1) if number not in held)


def _identify(call: Call) -> str:
    listener = text(call.inputs.get("listenerArn"))
    return arn(call, "elasticloadbalancing", f"listener-rule/{listener.partition('listener/')[2]}/{fresh(call, 16)}")


def _outputs(call: Call) -> Properties:
    actions = [{"order": number, **one} for number, one in enumerate(items(call.inputs.get("actions")), 1)]
    priority = call.inputs.get("priority") or kept(call, "priority", lambda: _next(call))
    return {**placed(call), "arn": call.id, "priority": priority, "actions": actions}


KINDS = tuple(
    Kind(
        token=token,
        identify=_identify,
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"listenerArn"}),
        create=_refuse,
        update=_refuse,
    )
    for token in RULES
)
"""The listener rule, by both of its tokens."""
