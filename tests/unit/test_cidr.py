"""The subnet plan: position alone decides a block."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._core import cidr
from components.network import MAX_REGIONS, TIERS, NetworkArgs

private_blocks = st.integers(8, 24).flatmap(
    lambda bits: st.integers(0, 2**24 - 1).map(lambda host: str(IPv4Network((int(IPv4Network("10.0.0.0/8").network_address) + host, bits), strict=False)))
)


@given(private_blocks)
def test_blocks_of_a_plan_never_overlap_and_lie_inside(block: str) -> None:
    args = NetworkArgs(cidr=block)
    regions = range(MAX_REGIONS) if IPv4Network(block).prefixlen <= 22 else range(1)
    blocks = [IPv4Network(args.block(region, tier)) for region in regions for tier in TIERS]
    assert all(part.subnet_of(IPv4Network(block)) for part in blocks)
    assert not any(first.overlaps(second) for first, second in combinations(blocks, 2))


@given(private_blocks, st.lists(st.sampled_from(["us-east1", "asia-east1", "us-west1"]), unique=True))
def test_a_block_does_not_move_when_regions_or_zones_are_added(block: str, regions: list[str]) -> None:
    before, after = NetworkArgs(cidr=block), NetworkArgs(cidr=block, regions=regions, zones=4)
    assert [before.block(0, tier) for tier in TIERS] == [after.block(0, tier) for tier in TIERS]


@given(private_blocks)
def test_every_block_for_services_has_room_for_direct_egress(block: str) -> None:
    """Cloud Run's Direct VPC egress takes subnets of /26 or larger."""
    assert IPv4Network(NetworkArgs(cidr=block).block(0, "app")).prefixlen <= 26


@pytest.mark.parametrize(
    ("block", "tier", "region", "expected"),
    [
        ("10.0.0.0/16", "app", 0, "10.0.0.0/20"),
        ("10.0.0.0/16", "data", 0, "10.0.16.0/20"),
        ("10.0.0.0/16", "app", 1, "10.0.64.0/20"),
        ("10.0.0.0/24", "app", 0, "10.0.0.0/26"),
        ("10.0.0.0/24", "data", 0, "10.0.0.64/26"),
    ],
)
def test_the_plan_is_what_the_documentation_says(block: str, tier: str, region: int, expected: str) -> None:
    assert NetworkArgs(cidr=block).block(region, tier) == expected


@pytest.mark.parametrize("path", [[(4, 4)], [(-1, 4)], [(0, 3)]])
def test_a_position_outside_its_slots_is_refused(path: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="slots"):
        cidr.slot("10.0.0.0/16", *path)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("10.0.0.0", "cidr must carry a mask, got '10.0.0.0'; did you mean \"10.0.0.0/16\"?"),
        ("10.0.1.0/16", "cidr must start at its own first address, got '10.0.1.0/16'; did you mean \"10.0.0.0/16\"?"),
        ("10.0.0.0/33", "cidr must be an IPv4 CIDR block, got '10.0.0.0/33'; for example \"10.0.0.0/16\""),
        ("fd00::/64", "cidr must be an IPv4 CIDR block, got 'fd00::/64'; for example \"10.0.0.0/16\""),
        ("8.8.8.0/24", "cidr must lie in a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), got '8.8.8.0/24'; for example \"10.0.0.0/16\""),
        ("10.0.0.0/28", "cidr must have a mask of /8 to /24, got '10.0.0.0/28'; for example \"10.0.0.0/16\""),
        (16, 'cidr must be a CIDR block in text, got 16; for example "10.0.0.0/16"'),
    ],
)
def test_a_block_that_cannot_work_is_explained(block: object, expected: str) -> None:
    assert [str(problem) for problem in cidr.problems("cidr", block, shortest=8, longest=24)] == [expected]


def test_overlapping_blocks_are_found() -> None:
    assert cidr.overlap(["10.0.0.0/16", "10.1.0.0/16"]) is None
    assert cidr.overlap(["10.0.0.0/16", "10.1.0.0/16", "10.0.3.0/24"]) == ("10.0.0.0/16", "10.0.3.0/24")


@given(private_blocks)
def test_the_block_beside_a_network_never_overlaps_it_and_is_private(block: str) -> None:
    for own in (block, "172.16.0.0/12", "192.168.0.0/16", "10.0.0.0/8"):
        beside = cidr.beside(own, 20)
        assert not IPv4Network(beside).overlaps(IPv4Network(own))
        assert IPv4Network(beside).is_private
        assert beside == cidr.beside(own, 20)
