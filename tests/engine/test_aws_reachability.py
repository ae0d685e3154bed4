"""Services on Fargate on the real engine, in networks that lead to what they start from and in one that does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.driver import Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1", "aws:region": "eu-west-1"}
RUN = "aws:ecs/service:Service"
STREAM = 'Post "https://secretsmanager.eu-west-1.amazonaws.com/": dial tcp 10.0.0.'


def closed() -> None:
    """A service in a network without NAT whose one way out is its endpoints; as configured, with their guard's port changed by somebody's transform."""
    import pulumi

    from components import ContainerService, ContainerServiceArgs, Network, NetworkArgs, Registry, Runtime, Secrets, SecretsArgs, connect

    def shut(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.name != "main-endpoints-https":
            return None
        return pulumi.ResourceTransformResult(props={**args.props, "fromPort": 8443, "toPort": 8443}, opts=args.opts)

    config = pulumi.Config()
    shutting = [shut] if config.get_bool("shut") else []
    network = Network("main", NetworkArgs(nat=False, private_services=True), pulumi.ResourceOptions(transforms=shutting))
    secrets = Secrets("secrets", SecretsArgs(generated={"jwt": 64}))
    image = Registry("images").image("api@sha256:" + 64 * "a")
    ports = (443,) if config.get_bool("open") else ()
    ContainerService(
        "api",
        ContainerServiceArgs(image=image, network=network, connections=(connect(secrets["jwt"], variables="JWT"),), runtime=Runtime(internet_ports=ports)),
    )


def test_endpoints_alone_start_a_service_that_reaches_nothing_else(pulumi_program: Callable[..., Program]) -> None:
    program = pulumi_program(closed, config=CONFIG)
    program.up().ok()
    assert len(program.resources(RUN)) == 1
    assert program.resources("aws:ec2/natGateway:NatGateway") == []
    assert program.preview().unchanged
    program.configure({"program:open": "true"})
    opened = program.up().ok()
    assert {operation for operation, kind, _ in opened.steps if kind == RUN} <= {"update"}


def test_a_service_whose_endpoints_let_nobody_in_is_not_steady(pulumi_program: Callable[..., Program]) -> None:
    program = pulumi_program(closed, config={**CONFIG, "program:shut": "true", "program:open": "true"})
    failed = program.up()
    assert failed.code != 0
    (why,) = [line for line in failed.errors if "last stopped task" in line]
    assert "Service deployment rolled back because the circuit breaker threshold was exceeded." in why
    assert STREAM in why
    assert ":443: i/o timeout. Please check your task network configuration." in why
    assert program.resources(RUN) == []
    program.configure({"program:shut": None})
    program.up().ok()
