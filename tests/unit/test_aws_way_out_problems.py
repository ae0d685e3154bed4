"""What ContainerService refuses on AWS because no container of it could ever start: word for word, before anything of it is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, ContainerService, ContainerServiceArgs, Network, NetworkArgs, Runtime
from tests.components.world import build

DIGEST = "@sha256:" + 64 * "a"
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/images/api"
CLOSED = NetworkArgs(nat=False, private_services=True)
NOWHERE = "network must have nat=True or private_services=True on AWS, got 'main'; without a way to its image, its secrets and its log no container starts"
PORTS = (
    "runtime.internet_ports must hold 443 in a network without private_services=True on AWS, got {}; by it a container gets its image, its secrets and its log"
)
IMAGE = (
    "image must be in ECR in 'eu-west-1' or in a registry within the network, got {!r}; "
    "nat=True of the network, and 443 in runtime.internet_ports, lead to others"
)


def refused(network: NetworkArgs, cloud: str = "aws", **given: Any) -> list[str]:
    """The problems of a service, and that nothing of it was registered where there are any."""
    caught: list[str] = []

    def program() -> None:
        try:
            ContainerService("api", ContainerServiceArgs(**{"image": f"{ECR}:1", "network": Network("main", network), **given}))
        except ArgsError as error:
            caught.extend(str(error).splitlines())

    world = build(program, cloud=cloud)
    assert bool(caught) != bool([resource for resource in world.resources if resource.parent_name == "api"])
    return [line.removeprefix('ContainerService "api": ') for line in caught]


def test_a_network_without_nat_and_endpoints_starts_no_container() -> None:
    assert refused(NetworkArgs(nat=False, private_services=False)) == [NOWHERE]
    assert refused(NetworkArgs(nat=False, private_services=False), runtime=Runtime(internet_ports=())) == [NOWHERE]


@pytest.mark.parametrize("network", [NetworkArgs(nat=True, private_services=False), CLOSED, NetworkArgs(nat=True, private_services=True)])
def test_either_way_is_enough_for_an_image_of_ecr(network: NetworkArgs) -> None:
    assert refused(network) == []


def test_on_google_cloud_its_services_are_always_reached() -> None:
    image = "europe-west1-docker.pkg.dev/watchparty-dev/images/api:1"
    assert refused(NetworkArgs(nat=False, private_services=False), "gcp", image=image) == []


@pytest.mark.parametrize(("ports", "shown"), [((), "()"), ((587,), "(587,)")])
def test_a_service_does_not_shut_the_one_way_that_there_is(ports: tuple[int, ...], shown: str) -> None:
    assert refused(NetworkArgs(private_services=False), runtime=Runtime(internet_ports=ports)) == [PORTS.format(shown)]
    assert refused(NetworkArgs(private_services=True), runtime=Runtime(internet_ports=ports)) == []


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "grafana/grafana:11",
        "docker.io/library/nginx:1.27",
        "ghcr.io/watchparty/api:1",
        "public.ecr.aws/nginx/nginx:1.27",
        "quay.io/watchparty/api:1",
        "eu.gcr.io/watchparty/api:1",
        "europe-west1-docker.pkg.dev/watchparty/images/api:1",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/images/api:1",
    ],
)
def test_an_image_on_the_internet_needs_a_way_there(image: str) -> None:
    assert refused(CLOSED, image=image) == [IMAGE.format(image)]
    shut = Runtime(internet_ports=(587,))
    assert refused(NetworkArgs(nat=True, private_services=True), image=image, runtime=shut) == [IMAGE.format(image)]
    assert refused(NetworkArgs(nat=True, private_services=True), image=image) == []


@pytest.mark.parametrize("image", ["registry.example:5000/api:1", "registry:5000/api:1", f"{ECR}:1", f"{ECR}{DIGEST}"])
def test_an_image_that_may_lie_in_the_network_is_left_to_the_program(image: str) -> None:
    assert refused(CLOSED, image=image) == []
