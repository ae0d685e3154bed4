"""What must stand together: a service and what it is bound to, a component and the options that are given to it."""

from __future__ import annotations

from typing import Any

import pytest

from components import (
    ArgsError,
    Cache,
    CacheArgs,
    ContainerService,
    ContainerServiceArgs,
    Database,
    DatabaseArgs,
    GroundplanError,
    Network,
    NetworkArgs,
    connect,
)
from tests.components.world import build

CLOUDS = pytest.mark.parametrize("cloud", ["gcp", "aws"])


def service(network: Network, **given: Any) -> ContainerService:
    return ContainerService("api", ContainerServiceArgs(image="registry.example.com/api:1", network=network, **given))


@CLOUDS
@pytest.mark.parametrize("noun", ["db", "sessions"])
def test_what_is_in_another_network_is_out_of_reach(cloud: str, noun: str) -> None:
    def program() -> None:
        own, other = Network("main"), Network("second", NetworkArgs(cidr="10.1.0.0/16"))
        far = Database(noun, DatabaseArgs(network=other)) if noun == "db" else Cache(noun, CacheArgs(network=other))
        with pytest.raises(ArgsError) as caught:
            service(own, connections=(connect(far),))
        assert str(caught.value) == (
            f'ContainerService "api": connections must be to components in the service\'s own network, got {noun!r}; '
            "build both in one network, or peer the two and open the way with resources of your own"
        )

    build(program, cloud=cloud)


@CLOUDS
def test_what_is_in_the_same_network_is_in_reach(cloud: str) -> None:
    def program() -> None:
        own = Network("main")
        service(own, connections=(connect(Database("db", DatabaseArgs(network=own))), connect(Cache("sessions", CacheArgs(network=own)))))

    assert build(program, cloud=cloud).of("groundplan:index:ContainerService")


@CLOUDS
def test_options_that_are_none_are_refused_and_not_a_traceback(cloud: str) -> None:
    def program() -> None:
        with pytest.raises(ArgsError) as caught:
            Network("main", NetworkArgs(), {"protect": True})  # type: ignore[arg-type]  # the point of the test
        assert str(caught.value) == "Network \"main\": opts must be pulumi.ResourceOptions, got {'protect': True}"

    build(program, cloud=cloud)


@CLOUDS
def test_a_route_needs_something_that_makes_the_rule(cloud: str) -> None:
    def program() -> None:
        api = service(Network("main"))
        with pytest.raises(GroundplanError) as caught:
            api.route("web", None)  # type: ignore[arg-type]  # the point of the test
        assert str(caught.value) == "ContainerService \"api\": route 'web' takes a function that makes the listener's rule, got None"

    build(program, cloud=cloud)
