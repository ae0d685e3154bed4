"""What a listener or a rule does with a request: forward, redirect, answer, authenticate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Properties, Record, Refusal
from .compute_checks import between, block, items, matches, one_of
from .elbv2_names import balancers_of, elb, target_group, targets
from .formats import known, text

_HEAVIEST = 999
_LONGEST_STICKINESS = 604800
"""Seconds, a week."""
_LONGEST_BODY = 1024
_MOST_GROUPS = 5
_NEEDS = {
    "authenticate-cognito": "authenticateCognito",
    "authenticate-oidc": "authenticateOidc",
    "fixed-response": "fixedResponse",
    "redirect": "redirect",
    "jwt-validation": "jwtValidation",
}
_FORWARDED = {"application": {"HTTP", "HTTPS"}, "network": {"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}, "gateway": {"GENEVE"}}


def check(path: str, actions: object) -> Iterator[Failure]:
    """What the provider's validators say of the actions."""
    for number, one in enumerate(items(actions)):
        action, at = block(one), f"{path}[{number}]"
        kind = text(action.get("type"))
        needed = _NEEDS.get(kind)
        if needed is not None and not known(action.get(needed)) and needed not in action:
            yield Failure(at, f'Attribute "{_snake(needed)}" must be specified when "type" is "{kind}".')
        if kind == "forward" and "targetGroupArn" not in action and "forward" not in action:
            yield Failure(at, 'Either "target_group_arn" or "forward" must be specified when "type" is "forward".')
        yield from between(f"{at}.order", action.get("order"), 1, 50000)
        redirect, fixed = block(action.get("redirect")), block(action.get("fixedResponse"))
        yield from one_of(f"{at}.redirect.statusCode", redirect.get("statusCode"), ("HTTP_301", "HTTP_302"))
        yield from one_of(f"{at}.redirect.protocol", redirect.get("protocol"), ("#{protocol}", "HTTP", "HTTPS"))
        yield from matches(f"{at}.fixedResponse.statusCode", fixed.get("statusCode"), r"^[245]\d\d$", "must be a 2XX, 4XX or 5XX code")
        body = fixed.get("messageBody")
        if isinstance(body, str) and len(body) > _LONGEST_BODY:
            yield Failure(f"{at}.fixedResponse.messageBody", f"expected length of message_body to be in the range (0 - {_LONGEST_BODY}), got {body}")
        yield from _check_forward(f"{at}.forward", block(action.get("forward")))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _check_forward(path: str, forward: Properties) -> Iterator[Failure]:
    groups = items(forward.get("targetGroups"))
    if len(groups) > _MOST_GROUPS:
        yield Failure(f"{path}.targetGroups", f"Too many target_group blocks: no more than {_MOST_GROUPS} allowed")
    for number, one in enumerate(groups):
        yield from between(f"{path}.targetGroups[{number}].weight", block(one).get("weight"), 0, _HEAVIEST)
    yield from between(f"{path}.stickiness.duration", block(forward.get("stickiness")).get("duration"), 1, _LONGEST_STICKINESS)


def refuse(call: Call, actions: object, balancer: Record, listener: Properties, doing: str, operation: str) -> None:
    """What Elastic Load Balancing says of actions that it does not take."""
    for code, message in (*_groups(call, actions, balancer), *_others(actions, listener)):
        raise elb(doing, operation, code, message)


def _groups(call: Call, actions: object, balancer: Record) -> Iterator[tuple[str, str]]:
    kind = text(balancer.outputs.get("loadBalancerType"))
    for arn_ in targets(actions):
        group = target_group(call, arn_)
        if group is None:
            yield "TargetGroupNotFound", f"Target groups '{arn_}' not found"
            continue
        protocol = text(group.outputs.get("protocol"))
        if group.outputs.get("targetType") != "lambda" and protocol not in _FORWARDED.get(kind, {protocol}):
            yield "IncompatibleProtocols", f"The {protocol} protocol of the target group '{arn_}' is not supported by load balancers with type '{kind}'"
        network = group.outputs.get("vpcId")
        if network and balancer.outputs.get("vpcId") and network != balancer.outputs["vpcId"]:
            yield "InvalidConfigurationRequest", f"The following target groups must be in the same VPC as load balancer '{balancer.id}': '{arn_}'"
        if balancers_of(call, arn_) - {balancer.id}:
            yield "TargetGroupAssociationLimit", f"The following target groups cannot be associated with more than one load balancer: {arn_}"


def _others(actions: object, listener: Properties) -> Iterator[tuple[str, str]]:
    kinds = [text(block(one).get("type")) for one in items(actions)]
    if not any(kind in {"forward", "redirect", "fixed-response"} for kind in kinds):
        yield "InvalidLoadBalancerAction", "The last action must be a forward, redirect or fixed-response action"
    if any(kind.startswith(("authenticate", "jwt")) for kind in kinds) and listener.get("protocol") != "HTTPS":
        yield (
            "InvalidLoadBalancerAction",
            "Actions of type 'authenticate-cognito', 'authenticate-oidc' or 'jwt-validation' are only supported on HTTPS listeners",
        )
    for one in items(actions):
        redirect = block(block(one).get("redirect"))
        if redirect and _loops(redirect, listener):
            yield "InvalidLoadBalancerAction", "The redirect configuration is not valid because it creates a loop."


def _loops(redirect: Properties, listener: Properties) -> bool:
    """Whether the address that a redirect gives is the one it was asked at."""
    same: dict[str, set[object]] = {
        "protocol": {"#{protocol}", listener.get("protocol")},
        "port": {"#{port}", str(listener.get("port"))},
        "host": {"#{host}"},
        "path": {"/#{path}"},
        "query": {"#{query}"},
    }
    return all(redirect.get(name) is None or redirect[name] in values for name, values in same.items())


def refusal(call: Call, what: str, code: str, message: str) -> Refusal:
    """A refusal of a listener or of a rule."""
    word, operation = what, what.replace("Listener Rule", "Rule").replace(" ", "")
    if call.old is None:
        return elb(f"creating ELBv2 {word}", f"Create{operation}", code, message)
    return elb(f"modifying ELBv2 {word} ({call.old.id})", f"Modify{operation}", code, message)
