"""A Google project with nothing in it, and the network that most things need."""

from __future__ import annotations

import pytest

from sandbox.resources.gcp import FUNCTIONS, KINDS
from tests.sandbox.kinds.cloud import World


@pytest.fixture
def world() -> World:
    return World({kind.token: kind for kind in KINDS}, {function.token: function for function in FUNCTIONS})


@pytest.fixture
def network(world):
    return world.create("gcp:compute/network:Network", name="main", autoCreateSubnetworks=False)


@pytest.fixture
def subnetwork(world, network):
    return world.create("gcp:compute/subnetwork:Subnetwork", name="run", network=network.id, ipCidrRange="10.0.0.0/24")


@pytest.fixture
def psa(world, network):
    return world.create(
        "gcp:compute/globalAddress:GlobalAddress", name="services", purpose="VPC_PEERING", addressType="INTERNAL", prefixLength=20, network=network.id
    )
