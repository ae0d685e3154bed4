"""Target groups in the sandbox: health checks, stickiness, and what Elastic Load Balancing refuses of them."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.kinds.aws_compute_world import TARGETS, compute_world, listener, routed, targets
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

GROUP = "creating ELBv2 Target Group (web): operation error Elastic Load Balancing v2: CreateTargetGroup, https response error StatusCode: 400, "


@pytest.fixture
def world() -> World:
    return compute_world()


def test_a_target_group_shows_its_health_check(world):
    made = targets(world)
    assert re.fullmatch(rf"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/[0-9a-f]{{16}}", made.id)
    assert made.outputs["arnSuffix"] == f"targetgroup/web/{made.id[-16:]}"
    checked = {
        "enabled": True,
        "healthyThreshold": 5,
        "interval": 30,
        "matcher": "200",
        "path": "/",
        "port": "traffic-port",
        "protocol": "HTTP",
        "timeout": 5,
        "unhealthyThreshold": 2,
    }
    assert made.outputs["healthCheck"] == checked
    own = targets(world, name="own", healthCheck={"path": "/health"}).outputs["healthCheck"]
    assert own == {**checked, "path": "/health", "healthyThreshold": 3, "unhealthyThreshold": 3}
    assert (made.outputs["protocolVersion"], made.outputs["loadBalancingAlgorithmType"], made.outputs["deregistrationDelay"]) == ("HTTP1", "round_robin", 300)
    assert made.outputs["stickiness"] == {"enabled": False, "type": "lb_cookie", "cookieDuration": 86400, "cookieName": ""}
    sticky = targets(world, name="sticky", stickiness={"type": "lb_cookie"}).outputs["stickiness"]
    assert sticky == {"enabled": True, "type": "lb_cookie", "cookieDuration": 86400, "cookieName": ""}
    assert targets(world, name="tcp", protocol="TCP").outputs["healthCheck"]["matcher"] == ""


@pytest.mark.parametrize(
    ("inputs", "path", "why"),
    [
        ({"port": 0}, "port", "expected port to be in the range (1 - 65535), got 0"),
        ({"deregistrationDelay": 3601}, "deregistrationDelay", "expected deregistration_delay to be in the range (0 - 3600), got 3601"),
        ({"slowStart": 29}, "slowStart", "expected slow_start to be in the range (30 - 900), got 29"),
        ({"slowStart": 901}, "slowStart", "expected slow_start to be in the range (30 - 900), got 901"),
        ({"targetType": "ecs"}, "targetType", 'expected target_type to be one of ["instance" "ip" "lambda" "alb"], got ecs'),
        ({"protocolVersion": "HTTP3"}, "protocolVersion", 'expected protocol_version to be one of ["GRPC" "HTTP1" "HTTP2"], got HTTP3'),
        ({"loadBalancingAlgorithmType": "random"}, "loadBalancingAlgorithmType", None),
        (
            {"loadBalancingAnomalyMitigation": "yes"},
            "loadBalancingAnomalyMitigation",
            'expected load_balancing_anomaly_mitigation to be one of ["on" "off"], got yes',
        ),
        ({"loadBalancingCrossZoneEnabled": "on"}, "loadBalancingCrossZoneEnabled", None),
        ({"healthCheck": {"interval": 4}}, "healthCheck.interval", "expected interval to be in the range (5 - 300), got 4"),
        ({"healthCheck": {"timeout": 121}}, "healthCheck.timeout", "expected timeout to be in the range (2 - 120), got 121"),
        ({"healthCheck": {"healthyThreshold": 1}}, "healthCheck.healthyThreshold", "expected healthy_threshold to be in the range (2 - 10), got 1"),
        ({"healthCheck": {"unhealthyThreshold": 11}}, "healthCheck.unhealthyThreshold", "expected unhealthy_threshold to be in the range (2 - 10), got 11"),
        ({"healthCheck": {"path": "health"}}, "healthCheck.path", 'value of path must start with "/": health'),
        ({"healthCheck": {"path": "/" * 1025}}, "healthCheck.path", f"expected length of path to be in the range (1 - 1024), got {'/' * 1025}"),
        (
            {"healthCheck": {"port": "http"}},
            "healthCheck.port",
            '"port" must be an integer between 1 and 65536, inclusive, or the string "traffic-port", got http',
        ),
        (
            {"healthCheck": {"protocol": "TCP", "matcher": "200"}},
            "healthCheck.matcher",
            'Attribute "health_check.matcher" cannot be specified when "health_check.protocol" is "TCP".',
        ),
        ({"stickiness": {"type": "cookie"}}, "stickiness.type", None),
        (
            {"stickiness": {"type": "lb_cookie", "cookieDuration": 604801}},
            "stickiness.cookieDuration",
            "expected cookie_duration to be in the range (0 - 604800), got 604801",
        ),
        ({"port": None}, "port", 'Attribute "port" must be specified when "target_type" is "ip".'),
        ({"protocol": None}, "protocol", 'Attribute "protocol" must be specified when "target_type" is "ip".'),
        ({"vpcId": None}, "vpcId", 'Attribute "vpc_id" must be specified when "target_type" is "ip".'),
    ],
)
def test_the_provider_refuses_a_target_group(world, inputs, path, why):
    full = {"name": "web", "port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": "vpc-1", **inputs}
    found = invalid(world, TARGETS, **{name: value for name, value in full.items() if value is not None})
    assert set(found) == {path}
    assert why is None or found[path] == why


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"vpcId": "vpc-9"}, "api error ValidationError: The VPC ID 'vpc-9' is not found"),
        ({"healthCheck": {"interval": 10, "timeout": 10}}, "api error ValidationError: Health check interval must be greater than the timeout."),
        ({"healthCheck": {"matcher": "500"}}, "api error ValidationError: Health check matcher HTTP code '500' must be within '200-499' inclusive"),
        ({"healthCheck": {"matcher": "ok"}}, "api error ValidationError: Health check matcher HTTP code 'ok' must be within '200-499' inclusive"),
        (
            {"protocolVersion": "GRPC", "healthCheck": {"matcher": "200"}},
            "api error ValidationError: Health check matcher GRPC code '200' must be within '0-99' inclusive",
        ),
        (
            {"healthCheck": {"protocol": "TCP"}},
            "api error ValidationError: Health check protocol 'TCP' is not supported for target groups with protocol 'HTTP'",
        ),
        ({"healthCheck": {"enabled": False}}, "api error ValidationError: Health check enabled must be true for target groups with target type 'ip'"),
        (
            {"stickiness": {"type": "source_ip"}},
            "InvalidConfigurationRequest: Stickiness type 'source_ip' is not supported for target groups with the HTTP protocol",
        ),
        (
            {"protocol": "TCP", "stickiness": {"type": "lb_cookie"}},
            "InvalidConfigurationRequest: Stickiness type 'lb_cookie' is not supported for target groups with the TCP protocol",
        ),
        (
            {"stickiness": {"type": "app_cookie"}},
            (
                "api error ValidationError: Target group attribute key 'stickiness.app_cookie.cookie_name' must be specified "
                "when the stickiness type is 'app_cookie'"
            ),
        ),
        (
            {"stickiness": {"type": "lb_cookie", "cookieDuration": 0}},
            (
                "api error ValidationError: Target group attribute value '0' for key 'stickiness.lb_cookie.duration_seconds' "
                "must be between 1 and 604800 inclusive"
            ),
        ),
        (
            {"stickiness": {"type": "app_cookie", "cookieName": "AWSALBX"}},
            "api error ValidationError: The cookie name prefixes AWSALB, AWSALBAPP, and AWSALBTG are reserved",
        ),
        ({"targetType": "alb"}, "api error ValidationError: Protocol must be TCP for target groups with target type 'alb'"),
    ],
)
def test_a_target_group_that_cannot_be_is_refused(world, inputs, why):
    assert said(refused(lambda: targets(world, **inputs))) == GROUP + why


def test_a_target_group_in_use_stays(world):
    front, group = routed(world)
    assert said(refused(lambda: world.delete(group))).endswith(f"ResourceInUse: Target group '{group.id}' is currently in use by a listener or a rule")
    lone = targets(world, name="lone")
    listener(world, front, port=81, defaultActions=[{"type": "forward", "targetGroupArn": lone.id}])
    assert said(refused(lambda: world.delete(lone))).endswith("is currently in use by a listener or a rule")
    free = targets(world, name="free")
    world.delete(free)
    assert world.cloud.get(TARGETS, free.id) is None
