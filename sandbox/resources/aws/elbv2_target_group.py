"""Target groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from . import arguments, vpc_places
from .compute_checks import between, block, one_of
from .elbv2_names import GROUPS, attached, check_name, elb, every
from .formats import arn, check_tags, fresh, known, placed, region, text

_WEB = ("HTTP", "HTTPS")
_STICKINESS = ("lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto")
_LONGEST_COOKIE = 604800
"""Seconds, a week (`stickiness.lb_cookie.duration_seconds`)."""
_HEALTH: dict[str, tuple[int, int]] = {"healthyThreshold": (2, 10), "interval": (5, 300), "timeout": (2, 120), "unhealthyThreshold": (2, 10)}
_SUCCESS, _GRPC = (200, 499), (0, 99)
"""Codes that may mean health on an application load balancer."""
_LONGEST_PATH = 1024
_HIGHEST_PORT = 65536
_SLOW = (30, 900)
"""Seconds of a slow start."""


def _defaults(call: Call) -> Properties:
    nested: Properties = {}
    if isinstance(call.inputs.get("healthCheck"), dict):
        nested["healthCheck"] = {"enabled": True, "healthyThreshold": 3, "interval": 30, "port": "traffic-port", "protocol": "HTTP", "unhealthyThreshold": 3}
    if isinstance(call.inputs.get("stickiness"), dict):
        nested["stickiness"] = {"cookieDuration": 86400, "enabled": True}
    return {"deregistrationDelay": 300, "lambdaMultiValueHeadersEnabled": False, "proxyProtocolV2": False, "slowStart": 0, "targetType": "instance", **nested}


_ARGUMENTS = {
    "namePrefix": arguments.long(0, 6),
    "preserveClientIp": arguments.a_truth,
    "targetHealthStates.*.unhealthyDrainingInterval": arguments.between(0, 360000),
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsCount": arguments.between_or("off", 1, 2**31 - 1),
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage": arguments.between_or("off", 1, 100),
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsPercentage": arguments.between_or("off", 1, 100),
}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from check_name(call, internal=False)
    yield from one_of("targetType", inputs.get("targetType"), ("instance", "ip", "lambda", "alb"))
    yield from one_of("protocolVersion", text(inputs.get("protocolVersion")).upper() or None, ("GRPC", "HTTP1", "HTTP2"))
    yield from one_of("loadBalancingAlgorithmType", inputs.get("loadBalancingAlgorithmType"), ("least_outstanding_requests", "round_robin", "weighted_random"))
    yield from one_of("loadBalancingAnomalyMitigation", inputs.get("loadBalancingAnomalyMitigation"), ("on", "off"))
    yield from one_of("loadBalancingCrossZoneEnabled", inputs.get("loadBalancingCrossZoneEnabled"), ("true", "false", "use_load_balancer_configuration"))
    yield from between("port", inputs.get("port"), 1, 65535)
    yield from between("deregistrationDelay", inputs.get("deregistrationDelay"), 0, 3600)
    slow = inputs.get("slowStart")
    if isinstance(slow, int) and slow != 0 and not _SLOW[0] <= slow <= _SLOW[1]:
        yield Failure("slowStart", f"expected slow_start to be in the range ({_SLOW[0]} - {_SLOW[1]}), got {slow}")
    yield from _check_health(block(inputs.get("healthCheck")))
    yield from arguments.check(call, _ARGUMENTS)
    sticky = block(inputs.get("stickiness"))
    yield from one_of("stickiness.type", sticky.get("type"), _STICKINESS)
    yield from between("stickiness.cookieDuration", sticky.get("cookieDuration"), 0, _LONGEST_COOKIE)
    if inputs.get("targetType") != "lambda":
        for name, argument in (("port", "port"), ("protocol", "protocol"), ("vpcId", "vpc_id")):
            if name not in inputs:
                yield Failure(name, f'Attribute "{argument}" must be specified when "target_type" is "{inputs.get("targetType")}".')


def _check_health(health: Properties) -> Iterator[Failure]:
    for name, (low, high) in _HEALTH.items():
        yield from between(f"healthCheck.{name}", health.get(name), low, high)
    path, port = health.get("path"), health.get("port")
    if isinstance(path, str):
        if not 1 <= len(path) <= _LONGEST_PATH:
            yield Failure("healthCheck.path", f"expected length of path to be in the range (1 - {_LONGEST_PATH}), got {path}")
        if not path.startswith("/"):
            yield Failure("healthCheck.path", f'value of path must start with "/": {path}')
    if isinstance(port, str) and port != "traffic-port" and not (port.isdigit() and 1 <= int(port) <= _HIGHEST_PORT):
        yield Failure("healthCheck.port", f'"port" must be an integer between 1 and 65536, inclusive, or the string "traffic-port", got {port}')
    if health.get("protocol") == "TCP":
        for name in ("matcher", "path"):
            if known(health.get(name)):
                yield Failure(f"healthCheck.{name}", f'Attribute "health_check.{name}" cannot be specified when "health_check.protocol" is "TCP".')


def _refusal(call: Call, code: str, message: str) -> Refusal:
    if call.old is None:
        return elb(f"creating ELBv2 Target Group ({call.inputs['name']})", "CreateTargetGroup", code, message)
    return elb(f"modifying ELBv2 Target Group ({call.old.id})", "ModifyTargetGroup", code, message)


def _refuse(call: Call) -> None:
    inputs = call.inputs
    if call.old is None and any(every(call, GROUPS, name=inputs["name"], region=region(call))):
        message = f"ELBv2 Target Group ({inputs['name']}) already exists"
        raise Refusal(message)
    network = text(inputs.get("vpcId"))
    if inputs.get("targetType") != "lambda" and call.cloud.get(vpc_places.VPC, network) is None:
        raise _refusal(call, "ValidationError", f"The VPC ID '{network}' is not found")
    for code, message in (*_health_flaws(call), *_sticky_flaws(call)):
        raise _refusal(call, code, message)
    if inputs.get("targetType") == "alb" and inputs.get("protocol") != "TCP":
        raise _refusal(call, "ValidationError", "Protocol must be TCP for target groups with target type 'alb'")


def _health_flaws(call: Call) -> Iterator[tuple[str, str]]:
    health = block(call.inputs.get("healthCheck"))
    timeout, interval, matcher = health.get("timeout"), health.get("interval"), text(health.get("matcher"))
    if isinstance(timeout, int) and isinstance(interval, int) and timeout >= interval:
        yield "ValidationError", "Health check interval must be greater than the timeout."
    grpc = text(call.inputs.get("protocolVersion")).upper() == "GRPC"
    low, high = _GRPC if grpc else _SUCCESS
    if matcher and not _codes(matcher, low, high):
        yield "ValidationError", f"Health check matcher {'GRPC' if grpc else 'HTTP'} code '{matcher}' must be within '{low}-{high}' inclusive"
    if call.inputs.get("protocol") in _WEB and health.get("protocol") == "TCP":
        yield "ValidationError", f"Health check protocol 'TCP' is not supported for target groups with protocol '{call.inputs['protocol']}'"
    if health.get("enabled") is False and call.inputs.get("targetType") != "lambda":
        yield "ValidationError", f"Health check enabled must be true for target groups with target type '{call.inputs.get('targetType')}'"


def _codes(matcher: str, low: int, high: int) -> bool:
    """`200`, `200,302`, `200-299`, each code in range."""
    if not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", matcher):
        return False
    return all(low <= int(code) <= high for part in matcher.split(",") for code in part.split("-"))


def _sticky_flaws(call: Call) -> Iterator[tuple[str, str]]:
    sticky, web = block(call.inputs.get("stickiness")), call.inputs.get("protocol") in _WEB
    kind, duration = text(sticky.get("type")), sticky.get("cookieDuration")
    if not sticky or sticky.get("enabled") is False:
        return
    if web != kind.endswith("cookie"):
        yield "InvalidConfigurationRequest", f"Stickiness type '{kind}' is not supported for target groups with the {call.inputs.get('protocol')} protocol"
    if kind == "app_cookie" and not sticky.get("cookieName"):
        yield "ValidationError", "Target group attribute key 'stickiness.app_cookie.cookie_name' must be specified when the stickiness type is 'app_cookie'"
    if web and duration == 0:
        yield (
            "ValidationError",
            f"Target group attribute value '0' for key 'stickiness.{kind}.duration_seconds' must be between 1 and {_LONGEST_COOKIE} inclusive",
        )
    if text(sticky.get("cookieName")).startswith(("AWSALB", "AWSALBAPP", "AWSALBTG")):
        yield "ValidationError", "The cookie name prefixes AWSALB, AWSALBAPP, and AWSALBTG are reserved"


def _delete(call: Call) -> None:
    if attached(call, call.id):
        message = f"Target group '{call.id}' is currently in use by a listener or a rule"
        raise elb(f"deleting ELBv2 Target Group ({call.id})", "DeleteTargetGroup", "ResourceInUse", message)


def _outputs(call: Call) -> Properties:
    inputs, web, function = call.inputs, call.inputs.get("protocol") in _WEB, call.inputs.get("targetType") == "lambda"
    health = block(inputs.get("healthCheck"))
    protocol = health.get("protocol") or ("HTTP" if web or function else "TCP")
    filled = {
        "enabled": not function,
        "healthyThreshold": 5 if web else 3,
        "interval": 35 if function else 30,
        "port": "traffic-port",
        "protocol": protocol,
        "timeout": 30 if function else 10 if protocol == "TCP" else 6 if not web else 5,
        "unhealthyThreshold": 2 if web else 3,
        "matcher": "" if protocol == "TCP" else "12" if inputs.get("protocolVersion") == "GRPC" else "200" if web or function else "200-399",
        "path": "" if protocol == "TCP" else "/",
    }
    sticky = {"enabled": False, "type": "lb_cookie" if web else "source_ip", "cookieDuration": 86400 if web else 0, "cookieName": ""}
    return {
        **placed(call),
        "arn": call.id,
        "arnSuffix": call.id.rpartition(":")[2],
        "healthCheck": {**filled, **{key: value for key, value in health.items() if value is not None}},
        "stickiness": {**sticky, **block(inputs.get("stickiness"))},
        "loadBalancerArns": [],
        "loadBalancingAlgorithmType": inputs.get("loadBalancingAlgorithmType") or "round_robin",
        "loadBalancingAnomalyMitigation": inputs.get("loadBalancingAnomalyMitigation") or "off",
        "loadBalancingCrossZoneEnabled": inputs.get("loadBalancingCrossZoneEnabled") or "use_load_balancer_configuration",
        "protocolVersion": text(inputs.get("protocolVersion")).upper() or ("HTTP1" if web else ""),
        "ipAddressType": inputs.get("ipAddressType") or "ipv4",
    }


KINDS = tuple(
    Kind(
        token=token,
        identify=lambda call: arn(call, "elasticloadbalancing", f"targetgroup/{call.inputs['name']}/{fresh(call, 16)}"),
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset({"name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType", "targetControlPort"}),
        name_limit=32,
        lower_name=False,
        create=_refuse,
        update=_refuse,
        delete=_delete,
    )
    for token in GROUPS
)
"""The target group, by both of its tokens."""
