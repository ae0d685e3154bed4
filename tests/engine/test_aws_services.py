"""Services on Fargate on the real engine: a load balancer that is declared later, growth, and rollouts that fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.driver import Outcome, Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1", "aws:region": "eu-west-1"}
RUN = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
JOINED = ["aws:lb/targetGroup:TargetGroup", "aws:lb/listenerRule:ListenerRule", RUN]
"""The order in which ECS takes them."""


def application() -> None:
    """A service, a lookup that blocks the program, then the load balancer in front of the service; as configured, with a failure before it."""
    import pulumi
    import pulumi_aws as aws
    from pulumi_aws import ec2, ecr, lb

    from components import ContainerService, ContainerServiceArgs, Network, Runtime, Scaling, Secrets, SecretsArgs, connect

    config = pulumi.Config()
    digest = "@sha256:" + 64 * "a"
    network = Network("main")
    secrets = Secrets("secrets", SecretsArgs(generated={"jwt": 64}))
    repository = ecr.Repository("api", name=config.get("repository") or "api")
    image = repository.repository_url.apply(lambda url: config.get("image") or url + digest)
    grown = config.get_bool("grown")
    web = ContainerService("web", ContainerServiceArgs(image="ghcr.io/watchparty/web" + digest, network=network, port=3000))
    api = ContainerService(
        "api",
        ContainerServiceArgs(
            image=image,
            network=network,
            port=9000 if grown else 8080,
            health_path="/api/health",
            websocket=True,
            memory_mib=4096 if grown else None,
            runtime=Runtime(architecture="arm64", writable_paths=("/tmp", "/cache"), log_days=30) if grown else Runtime(),
            scaling=Scaling(min=3, max=12, spot_percent=50) if grown else Scaling(),
            connections=(connect(secrets["jwt"], variables="JWT_SECRET"), connect(web)) if grown else (connect(secrets["jwt"], variables="JWT_SECRET"),),
        ),
    )
    if config.get_bool("lookup"):
        aws.get_caller_identity()
    if config.get_bool("broken"):
        raise pulumi.RunError("the zone is missing")
    if config.get_bool("routed"):
        gate = ec2.SecurityGroup("lb", description="Balancer", vpc_id=network.network_id)
        subnets = network.subnets["proxy", "eu-west-1"]
        balancer = lb.LoadBalancer("lb", load_balancer_type="application", subnets=subnets, security_groups=[gate.id], idle_timeout=api.request_timeout)
        nothing = {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}
        listener = lb.Listener("lb", load_balancer_arn=balancer.arn, port=80, protocol="HTTP", default_actions=[nothing])
        paths = [{"path_pattern": {"values": ["/api/*"]}}]
        api.route(
            "web",
            lambda target: [
                lb.ListenerRule("api", listener_arn=listener.arn, priority=10, conditions=paths, actions=[{"type": "forward", "target_group_arn": target}])
            ],
            gate=gate.id,
            balancer=balancer.arn_suffix,
        )
    pulumi.export("url", api.url)


def begun(outcome: Outcome, types: list[str], name: str = "") -> list[str]:
    """The types of these in the order in which the engine began with them."""
    return [kind for _, kind, logical in outcome.steps if kind in types and (kind != RUN or logical == name)]


def joined(program: Program, name: str = "api-run") -> list[dict[str, object]]:
    """The load balancers of a service, as the state has them."""
    return next(resource["inputs"].get("loadBalancers", []) for resource in program.resources(RUN) if resource["urn"].endswith(f"::{name}"))


@pytest.mark.parametrize("lookup", ["true", "false"])
def test_a_service_waits_for_a_load_balancer_that_the_program_declares_later(pulumi_program: Callable[..., Program], lookup: str) -> None:
    program = pulumi_program(application, config={**CONFIG, "program:routed": "true", "program:lookup": lookup})
    assert begun(program.up().ok(), JOINED, "api-run") == JOINED
    assert len(joined(program)) == 1
    assert joined(program, "web-run") == []
    assert program.preview().unchanged
    program.refresh("--expect-no-changes").ok()


def test_growth_replaces_the_task_definition_and_nothing_else(pulumi_program: Callable[..., Program]) -> None:
    program = pulumi_program(application, config=CONFIG)
    program.up().ok()
    program.configure({"program:grown": "true", "program:routed": "true"})
    grown = program.up().ok()
    assert {kind for operation, kind, _ in grown.steps if "replac" in operation} == {TASK}
    assert [operation for operation, kind, _ in grown.steps if kind == RUN] == ["update"]
    assert begun(grown, JOINED, "api-run") == JOINED
    program.configure({"program:grown": None})
    back = program.up().ok()
    names = [logical for _, _, logical in back.steps]
    assert names.index("api-from-web-8080-in") < names.index("api-run") < names.index("api-from-web-9000-in"), "instances on the old port were cut off"
    program.configure({"program:routed": None})
    shrunk = program.up().ok()
    assert {kind for operation, kind, _ in (*back.steps, *shrunk.steps) if "replac" in operation} == {TASK}
    assert joined(program) == []
    program.destroy().ok()
    assert program.resources() == []


def test_a_program_that_fails_before_it_routes_does_not_take_the_route_away(pulumi_program: Callable[..., Program]) -> None:
    program = pulumi_program(application, config={**CONFIG, "program:routed": "true"})
    program.up().ok()
    before = joined(program)
    program.configure({"program:broken": "true"})
    failed = program.up()
    assert failed.code != 0
    assert "the zone is missing" in failed.errors
    assert "Traceback" not in failed.output
    assert joined(program) == before != []


def test_an_image_that_is_not_there_fails_the_update_and_the_old_revision_goes_on(pulumi_program: Callable[..., Program]) -> None:
    program = pulumi_program(application, config=CONFIG)
    program.up().ok()
    program.configure({"program:image": "000000000000.dkr.ecr.eu-west-1.amazonaws.com/nothing@sha256:" + 64 * "b"})
    failed = program.up()
    assert failed.code != 0
    assert any("circuit breaker" in error for error in failed.errors), failed.errors
    program.configure({"program:image": None})
    assert program.up().ok().code == 0
    assert program.preview().unchanged
