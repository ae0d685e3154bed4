"""The subnet plan on AWS: a zone's position alone decides its blocks."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._core.cidr import PRIVATE
from components.aws.plan import TIERS, block
from components.network import MAX_ZONES

networks = st.sampled_from(PRIVATE).flatmap(
    lambda private: st.integers(16, 24).flatmap(
        lambda bits: st.integers(0, private.num_addresses - 1).map(
            lambda host: str(IPv4Network((int(private.network_address) + host, bits), strict=False)),
        )
    )
)


@given(networks)
def test_every_network_has_room_for_four_zones_and_no_two_blocks_share_an_address(cidr: str) -> None:
    blocks = [IPv4Network(block(cidr, zone, tier)) for zone in range(MAX_ZONES) for tier in TIERS]
    assert all(part.subnet_of(IPv4Network(cidr)) for part in blocks)
    assert not any(first.overlaps(second) for first, second in combinations(blocks, 2))


@given(networks)
def test_no_block_is_smaller_than_aws_takes_or_larger(cidr: str) -> None:
    assert {16 <= IPv4Network(block(cidr, zone, tier)).prefixlen <= 28 for zone in range(MAX_ZONES) for tier in TIERS} == {True}


@given(networks)
def test_a_zone_lies_in_its_own_quarter_and_services_have_half_of_it(cidr: str) -> None:
    quarters = list(IPv4Network(cidr).subnets(prefixlen_diff=2))
    for zone, quarter in enumerate(quarters):
        assert all(IPv4Network(block(cidr, zone, tier)).subnet_of(quarter) for tier in TIERS)
        assert IPv4Network(block(cidr, zone, "app")).num_addresses * 2 == quarter.num_addresses


@given(networks.filter(lambda cidr: int(cidr.rpartition("/")[2]) <= 22))
def test_a_quarter_of_each_zone_stays_free_where_the_network_is_large_enough(cidr: str) -> None:
    for zone, quarter in enumerate(IPv4Network(cidr).subnets(prefixlen_diff=2)):
        assert sum(IPv4Network(block(cidr, zone, tier)).num_addresses for tier in TIERS) * 4 == quarter.num_addresses * 3


@pytest.mark.parametrize(
    ("cidr", "zone", "expected"),
    [
        ("10.0.0.0/16", 0, ("10.0.0.0/19", "10.0.32.0/21", "10.0.40.0/21")),
        ("10.0.0.0/16", 3, ("10.0.192.0/19", "10.0.224.0/21", "10.0.232.0/21")),
        ("10.0.0.0/20", 1, ("10.0.4.0/23", "10.0.6.0/25", "10.0.6.128/25")),
        ("10.0.0.0/22", 0, ("10.0.0.0/25", "10.0.0.128/27", "10.0.0.160/27")),
        ("10.0.0.0/23", 0, ("10.0.0.0/26", "10.0.0.64/27", "10.0.0.96/27")),
        ("10.0.0.0/24", 0, ("10.0.0.0/27", "10.0.0.32/28", "10.0.0.48/28")),
        ("10.0.0.0/24", 3, ("10.0.0.192/27", "10.0.0.224/28", "10.0.0.240/28")),
    ],
)
def test_the_plan_is_what_the_documentation_says(cidr: str, zone: int, expected: tuple[str, ...]) -> None:
    assert tuple(block(cidr, zone, tier) for tier in TIERS) == expected
