"""Everything that Network refuses on AWS, word for word, before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, Network, NetworkArgs, Site
from tests.components.world import build

SITE = Site(cloud="aws", region="eu-west-1", application="watchparty", stack="prod", tier="prod")
DEV = Site(cloud="aws", region="eu-west-1", application="watchparty", stack="dev", tier="dev")
GCP = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="prod", tier="prod")
DAYS = "log_days must be a number of days that CloudWatch Logs offers"
HERE = "must lie in 'eu-west-1', where this is built"
ZONE = "zones must hold names of availability zones"
SECOND = "build a second Network with site=Site.current().elsewhere"
OPEN = "a NAT gateway is a way out to the internet"

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"cidr": "10.0.0.0/8"}, ["cidr must have a mask of /16 to /24 on AWS, got '10.0.0.0/8'; for example \"10.0.0.0/16\""]),
    ({"cidr": "10.0.0.0/15"}, ["cidr must have a mask of /16 to /24 on AWS, got '10.0.0.0/15'; for example \"10.0.0.0/16\""]),
    ({"cidr": "10.0.0.0/25"}, ["cidr must have a mask of /8 to /24, got '10.0.0.0/25'; for example \"10.0.0.0/16\""]),
    ({"regions": ("us-east-1",)}, [f"regions must be empty on AWS, where a network lives in one region, got ['us-east-1']; {SECOND}('us-east-1')"]),
    ({"regions": ("us-east1",)}, ["regions must hold region names, got 'us-east1'; for example 'eu-west-1'"]),
    ({"zones": 5}, ["zones must be 2 to 4, got 5"]),
    ({"zones": 2.0}, ["zones must be 2 to 4, got 2.0"]),
    ({"zones": True}, ["zones must be 2 to 4, got True"]),
    ({"zones": "eu-west-1a"}, ["zones must be 2 to 4, got 'eu-west-1a'"]),
    ({"zones": {"eu-west-1a", "eu-west-1b"} - {"eu-west-1b"}}, ["zones must be 2 to 4, got {'eu-west-1a'}"]),
    ({"zones": ("eu-west-1a",)}, ["zones must hold 2 to 4 names, got ['eu-west-1a']"]),
    ({"zones": ("eu-west-1a", "eu-west-1a")}, ["zones must hold each zone once, got ['eu-west-1a', 'eu-west-1a']"]),
    ({"zones": ("a", "eu-west-1")}, [f"{ZONE}, got 'a'; for example 'eu-west-1a'", f"{ZONE}, got 'eu-west-1'; for example 'eu-west-1a'"]),
    ({"zones": ("eu-west-1a", 2)}, [f"{ZONE}, got 2; for example 'eu-west-1a'"]),
    ({"zones": ("eu-west-1a", "us-east-1b")}, [f"zones {HERE}, got 'us-east-1b'"]),
    ({"nat_gateways": "double"}, ['nat_gateways must be "single" or "zone", got \'double\'']),
    ({"nat_gateways": 2}, ['nat_gateways must be "single" or "zone", got 2']),
    ({"private_services": "yes"}, ["private_services must be True or False, got 'yes'"]),
    ({"log_days": 0}, ["log_days must be 1 to 3653 days, got 0"]),
    ({"log_days": "30"}, ["log_days must be 1 to 3653 days, got '30'"]),
    ({"log_days": 10}, [f"{DAYS}, got 10; the next is 14"]),
    ({"log_days": 366}, [f"{DAYS}, got 366; the next is 400"]),
    ({"block_public_access": True}, ['block_public_access must be "off" or "ingress" or "both", got True']),
    ({"block_public_access": "both"}, [f"block_public_access needs nat=False: {OPEN}, got 'both'; \"ingress\" leaves it open"]),
    ({"nat_addresses": 4}, ["nat_addresses must be at most 3 on AWS, where each NAT gateway has one fixed address, got 4"]),
    (
        {"nat_addresses": 2, "nat_gateways": "single"},
        ['nat_addresses must be at most 1 on AWS, where each NAT gateway has one fixed address, got 2; nat_gateways="zone" gives one a zone'],
    ),
    (
        {"zones": ("eu-west-2a", "eu-west-2b"), "log_days": 2},
        [f"zones {HERE}, got 'eu-west-2a'", f"zones {HERE}, got 'eu-west-2b'", f"{DAYS}, got 2; the next is 3"],
    ),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_network_that_cannot_work_on_aws_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        Network("main", NetworkArgs(site=SITE, **given))
    assert str(caught.value) == "\n".join(f'Network "main": {problem}' for problem in expected)


def test_dev_has_one_gateway_and_so_one_fixed_address() -> None:
    with pytest.raises(ArgsError, match="nat_addresses must be at most 1 on AWS"):
        Network("main", NetworkArgs(site=DEV, nat_addresses=2))


@pytest.mark.parametrize("given", [{"log_days": 10}, {"nat_addresses": 4}, {"block_public_access": "both"}, {"zones": ("eu-west-1a", "us-east-1b")}])
def test_what_only_aws_refuses_has_no_effect_on_google_cloud(given: dict[str, Any]) -> None:
    args = NetworkArgs(nat_gateways="single", private_services=True, nat=True, flow_log_sampling=0.5, **({"log_days": 30} | given))
    assert list(args.problems(GCP)) == []


def test_nothing_is_registered_for_a_network_that_is_refused() -> None:
    def program() -> None:
        with pytest.raises(ArgsError):
            Network("main", NetworkArgs(log_days=10))

    assert [resource.name for resource in build(program, cloud="aws").resources] == ["watchparty-dev"]
