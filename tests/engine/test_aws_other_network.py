"""A service that moves to another network on AWS: its gate comes anew beside the old one, which goes when the tasks have left it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.driver import Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1"}
Programs = Callable[..., Program]


def one() -> None:
    from components import ContainerService, ContainerServiceArgs, Network

    first = Network("first")
    ContainerService("api", ContainerServiceArgs(image="public.ecr.aws/nginx/nginx:1", network=first))


def other() -> None:
    from components import ContainerService, ContainerServiceArgs, Network, NetworkArgs

    Network("first")
    second = Network("second", NetworkArgs(cidr="10.1.0.0/16"))
    ContainerService("api", ContainerServiceArgs(image="public.ecr.aws/nginx/nginx:1", network=second))


def test_a_service_moves_to_another_network(pulumi_program: Programs) -> None:
    program = pulumi_program(one, stack="dev", config=CONFIG)
    program.up().ok()
    program.rewrite(other)
    done = program.up().ok()
    gate = [operation for operation, type_, name in done.steps if name == "api-gate" and type_ == "aws:ec2/securityGroup:SecurityGroup"]
    assert gate == ["create-replacement", "replace", "delete-replaced"]
    assert program.preview().ok().unchanged
    program.destroy().ok()
