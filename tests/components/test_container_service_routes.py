"""A load balancer that is declared after a service routes to it, on either cloud."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws import ec2, lb
from pulumi_gcp import compute

from components import ContainerService, ContainerServiceArgs, GroundplanError, Network
from components.aws import routing
from tests.components.on_fargate import IMAGE, INTO, OUT, RUN
from tests.components.world import World, build

GROUP = "aws:lb/targetGroup:TargetGroup"
RULE = "aws:lb/listenerRule:ListenerRule"
POLICY = "aws:appautoscaling/policy:Policy"


def api(**args: Any) -> ContainerService:
    return ContainerService("api", ContainerServiceArgs(**{"image": IMAGE, "network": Network("main"), **args}))


def rule(name: str = "rule") -> Callable[[pulumi.Output[str]], Sequence[pulumi.Resource]]:
    """What a load balancer makes of a target group."""
    conditions = [lb.ListenerRuleConditionArgs(path_pattern=lb.ListenerRuleConditionPathPatternArgs(values=["/*"]))]

    def make(target: pulumi.Output[str]) -> Sequence[pulumi.Resource]:
        action = lb.ListenerRuleActionArgs(type="forward", target_group_arn=target)
        return [lb.ListenerRule(name, listener_arn="arn:aws:elasticloadbalancing:listener", actions=[action], conditions=conditions)]

    return make


def routed(between: Callable[[], Any] = lambda: None, **args: Any) -> World:
    """A service, something in between, then its load balancer."""

    def program() -> None:
        service = api(**args)
        between()
        gate = ec2.SecurityGroup("lb", description="Balancer")
        balancer = lb.LoadBalancer("lb", security_groups=[gate.id])
        service.route("web", rule(), gate=gate.id, balancer=balancer.arn_suffix)

    return build(program, cloud="aws", tier="staging")


def order(world: World) -> list[str]:
    return [resource.name for resource in world.resources if resource.type in (GROUP, RULE, RUN)]


@pytest.mark.parametrize("between", [lambda: None, aws.get_caller_identity], ids=["nothing", "a lookup that blocks"])
def test_a_service_joins_its_target_group_when_a_listener_leads_there(between: Callable[[], Any]) -> None:
    world = routed(between)
    assert order(world) == ["api-target-web", "rule", "api-run"]
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/watchparty-staging-api-web/73e2d6bc24d8a067"
    assert world.one(RUN).inputs["loadBalancers"] == [{"targetGroupArn": arn, "containerName": "api", "containerPort": 8080}]
    assert world.one(RUN).inputs["healthCheckGracePeriodSeconds"] == 60
    assert {"rule", "api-target-web"} <= {urn.rsplit("::", 1)[-1] for urn in world.one(RUN).depends_on}


def test_a_service_that_nothing_routes_to_joins_no_group() -> None:
    world = build(api, cloud="aws")
    assert world.of(GROUP) == []
    assert {"loadBalancers", "healthCheckGracePeriodSeconds"}.isdisjoint(world.one(RUN).inputs)


def test_a_target_group_asks_for_health_and_lets_requests_end() -> None:
    group = routed(health_path="/api/health").one(GROUP).inputs
    assert (group["targetType"], group["protocol"], group["vpcId"], group["name"]) == ("ip", "HTTP", "main-vpc-id", "watchparty-staging-api-web")
    assert group["healthCheck"] == {
        "path": "/api/health",
        "matcher": "200",
        "port": "traffic-port",
        "protocol": "HTTP",
        "interval": 15,
        "timeout": 5,
        "healthyThreshold": 2,
        "unhealthyThreshold": 3,
    }
    assert (group["deregistrationDelay"], group["loadBalancingAlgorithmType"]) == (30, "least_outstanding_requests")
    assert group["stickiness"]["enabled"] is False
    plain = routed().one(GROUP).inputs["healthCheck"]
    assert (plain["path"], plain["matcher"]) == ("/", "200-499")


def test_websocket_sticks_a_client_to_an_instance_and_lets_it_leave_slowly() -> None:
    world = routed(websocket=True)
    group = world.one(GROUP).inputs
    assert group["stickiness"] == {"enabled": True, "type": "lb_cookie", "cookieDuration": 86400}
    assert group["deregistrationDelay"] == 300
    assert [policy.name for policy in world.of(POLICY)] == ["api-scales-cpu", "api-scales-memory"]


@pytest.mark.parametrize(("websocket", "seconds"), [(False, 300), (True, 3600)])
def test_a_load_balancer_is_told_how_long_a_silent_connection_stays_open(websocket: bool, seconds: int) -> None:  # a row of a table
    found: list[int] = []
    build(lambda: found.append(api(websocket=websocket).request_timeout), cloud="aws")
    assert found == [seconds]


def test_a_port_of_another_number_replaces_no_target_group() -> None:
    assert routed(port=3000).one(GROUP).inputs["port"] == routed().one(GROUP).inputs["port"]
    assert routed(port=3000).one(RUN).inputs["loadBalancers"][0]["containerPort"] == 3000


def test_only_the_load_balancer_is_let_in_and_only_to_the_port() -> None:
    world = routed(port=3000)
    out, into = world.one(OUT, "api-from-web-3000-out").inputs, world.one(INTO, "api-from-web-3000-in").inputs
    assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == ("lb-id", "api-gate-id")
    assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == ("api-gate-id", "lb-id")
    assert {(way["ipProtocol"], way["fromPort"], way["toPort"]) for way in (out, into)} == {("tcp", 3000, 3000)}
    assert "cidrIpv4" not in into
    assert [way.name for way in world.of(INTO) if way.parent_name == "api"] == ["api-from-web-3000-in"]


def test_a_routed_service_scales_on_requests_too() -> None:
    policy = routed().one(POLICY, "api-scales-requests-web").inputs["targetTrackingScalingPolicyConfiguration"]
    label = "app/lb/50dc6c495c0c9188/targetgroup/watchparty-staging-api-web/73e2d6bc24d8a067"
    assert policy["predefinedMetricSpecification"] == {"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": label}
    assert policy["targetValue"] == 80 * 60


def test_two_load_balancers_have_a_group_each() -> None:
    def program() -> None:
        service = api()
        service.route("web", rule("one"))
        service.route("internal", rule("two"))

    world = build(program, cloud="aws")
    assert [group.name for group in world.of(GROUP)] == ["api-target-internal", "api-target-web"]
    assert [one["targetGroupArn"].split("/")[1] for one in world.one(RUN).inputs["loadBalancers"]] == ["watchparty-dev-api-web", "watchparty-dev-api-internal"]


def test_a_program_that_fails_before_it_routes_leaves_the_running_service_alone() -> None:
    world = World()

    def program() -> None:
        api()
        message = "the zone is missing"
        raise GroundplanError(message)

    with pytest.raises(GroundplanError, match="the zone is missing"):
        build(program, cloud="aws", world=world)
    assert world.of(RUN) == []


def test_a_unit_test_of_the_users_own_sees_the_service_without_an_end_of_the_program() -> None:
    found: list[str] = []

    @pulumi.runtime.test
    def check() -> pulumi.Output[None]:
        return api().service.apply(found.append)

    build(check, cloud="aws")
    assert found == ["watchparty-dev-api"]


def test_a_route_that_comes_after_the_program_is_refused() -> None:
    def program() -> None:
        service = api()
        service.service.apply(lambda _: service.route("late", rule()))

    with pytest.raises(GroundplanError) as caught:
        build(program, cloud="aws")
    assert str(caught.value) == (
        "ContainerService \"api\": route 'late' comes too late; call route() in the program itself, not in an apply() and not after an await"
    )


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("web", "is there already"),
        ("Web", "must be 1 to 20 of a-z, 0-9 and hyphens, and start with a letter"),
        ("", "must be 1 to 20 of a-z, 0-9 and hyphens, and start with a letter"),
        (21 * "a", "must be 1 to 20 of a-z, 0-9 and hyphens, and start with a letter"),
        (None, "must be 1 to 20 of a-z, 0-9 and hyphens, and start with a letter"),
    ],
)
def test_a_route_without_a_name_of_its_own_is_refused(cloud: str, label: Any, why: str) -> None:
    def program() -> None:
        service = api()
        service.route("web", lambda _: [])
        service.route(label, lambda _: [])

    with pytest.raises(GroundplanError) as caught:
        build(program, cloud=cloud)
    assert str(caught.value) == f'ContainerService "api": route {label!r} {why}'


def test_a_sixth_target_group_is_refused() -> None:
    def program() -> None:
        service = api()
        for number in range(6):
            service.route(f"r{number}", rule(f"rule-{number}"))

    with pytest.raises(GroundplanError) as caught:
        build(program, cloud="aws")
    assert str(caught.value) == "ContainerService \"api\": takes at most 5 routes on AWS, got 'r5' as one more"


def test_a_service_that_waits_for_its_own_load_balancer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(routing, "PATIENCE", 0)
    monkeypatch.setattr(pulumi.log, "info", lambda message, *_, **__: said.append(message))

    def program() -> None:
        slow = SimpleNamespace(urn=pulumi.Output.from_input(asyncio.sleep(0.05, "urn")))
        api().route("web", lambda _: cast("list[pulumi.Resource]", [slow]))

    build(program, cloud="aws")
    expected = (
        "ContainerService \"api\": still waits for what route 'web' made; if this does not end, that depends on the service itself, "
        "for example by depends_on=[service] on the load balancer"
    )
    assert said == [expected]


def test_on_google_cloud_a_load_balancer_routes_to_a_serverless_endpoint_group() -> None:
    def program() -> None:
        def make(target: pulumi.Output[str]) -> Sequence[pulumi.Resource]:
            return [compute.BackendService("lb", backends=[compute.BackendServiceBackendArgs(group=target)])]

        api().route("web", make)

    world = build(program)
    group = world.one("gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup").inputs
    assert group == {
        "name": "watchparty-dev-api-web",
        "description": "api of watchparty (dev) behind web",
        "project": "watchparty-dev",
        "region": "europe-west1",
        "networkEndpointType": "SERVERLESS",
        "cloudRun": {"service": "watchparty-dev-api"},
    }
    assert world.one("gcp:compute/backendService:BackendService").inputs["backends"] == [{"group": "api-target-web-id"}]
