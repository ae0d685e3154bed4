"""Subnet arithmetic: a plan cuts one block into slots by position alone, so that growth never moves a block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from ipaddress import IPv4Network

from .errors import Problem

PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918, section 3."""


def problems(field: str, cidr: object, *, shortest: int, longest: int) -> Iterator[Problem]:
    """What is wrong with a private IPv4 block whose mask must be between `shortest` and `longest` bits."""
    if not isinstance(cidr, str):
        yield Problem(field, "must be a CIDR block in text", cidr, 'for example "10.0.0.0/16"')
        return
    if "/" not in cidr:
        yield Problem(field, "must carry a mask", cidr, f'did you mean "{cidr}/16"?')
        return
    try:
        block = IPv4Network(cidr)
    except ValueError:
        yield from _explain(field, cidr)
        return
    if not any(block.subnet_of(private) for private in PRIVATE):
        yield Problem(field, "must lie in a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)", cidr, 'for example "10.0.0.0/16"')
    if not shortest <= block.prefixlen <= longest:
        yield Problem(field, f"must have a mask of /{shortest} to /{longest}", cidr, f'for example "{block.network_address}/{min(longest, max(shortest, 16))}"')


def _explain(field: str, cidr: str) -> Iterator[Problem]:
    try:
        block = IPv4Network(cidr, strict=False)
    except ValueError:
        yield Problem(field, "must be an IPv4 CIDR block", cidr, 'for example "10.0.0.0/16"')
    else:
        yield Problem(field, "must start at its own first address", cidr, f'did you mean "{block}"?')


def slot(block: str, *path: tuple[int, int]) -> str:
    """The sub-block at a position: each step is (index, slots), slots a power of two; the answer depends on nothing else.

    >>> slot("10.0.0.0/16", (1, 4), (0, 4))
    '10.0.64.0/20'
    """
    network = IPv4Network(block)
    for index, slots in path:
        if not 0 <= index < slots or slots & (slots - 1):
            message = f"position {index} of {slots} slots"
            raise ValueError(message)
        bits = slots.bit_length() - 1
        size = network.num_addresses >> bits
        network = IPv4Network((int(network.network_address) + index * size, network.prefixlen + bits))
    return str(network)


def beside(block: str, bits: int) -> str:
    """A block of `bits` in another private range than `block`: by the block's text alone, so that two networks seldom share one and none ever moves.

    >>> beside("10.0.0.0/16", 20)
    '172.19.16.0/20'
    """
    other = IPv4Network("10.240.0.0/12") if IPv4Network(block).subnet_of(PRIVATE[1]) else PRIVATE[1]
    position = int.from_bytes(hashlib.sha256(block.encode()).digest()[:4], "big") % (1 << (bits - other.prefixlen))
    return slot(str(other), (position, 1 << (bits - other.prefixlen)))


def overlap(blocks: list[str]) -> tuple[str, str] | None:
    """The first two blocks that share an address, or None."""
    networks = [IPv4Network(block) for block in blocks]
    for position, first in enumerate(networks):
        for second in networks[position + 1 :]:
            if first.overlaps(second):
                return str(first), str(second)
    return None
