"""Addresses that managed databases and caches take from the ranges reserved for them in a network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ...kind import Call, Record, Refusal
from .compute_subnetwork import GLOBAL_ADDRESS
from .names import digest, global_path, text

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
REDIS = "gcp:redis/instance:Instance"
SQL_PREFIX = 24
"""Cloud SQL takes a /24 for each region of a network (Cloud SQL, "Allocated IP address ranges")."""
EXHAUSTED = "Failed to create subnetwork. Couldn't find free blocks in allocated IP ranges. Please allocate new ranges for this service provider."

Block = ipaddress.IPv4Network


def ranges(call: Call, connection: Record, only: str = "") -> list[Block]:
    """The blocks that the connection reserves; of one range alone where its name is given."""
    blocks = []
    for name in connection.outputs.get("reservedPeeringRanges") or ():
        record = call.cloud.get(GLOBAL_ADDRESS, global_path(call, "addresses", name))
        if record is not None and (not only or only.rsplit("/", 1)[-1] == record.outputs.get("name")):
            blocks.append(ipaddress.IPv4Network(f"{record.outputs['address']}/{record.outputs['prefixLength']}"))
    return blocks


def sql_network(record: Record) -> str:
    """The network of a database instance, or an empty string."""
    settings = record.outputs.get("settings")
    configuration = settings.get("ipConfiguration") if isinstance(settings, dict) else None
    return text(configuration.get("privateNetwork")) if isinstance(configuration, dict) else ""


def _databases(call: Call, network: str) -> Iterator[tuple[Record, Block]]:
    for record in call.cloud.find(SQL):
        address = text(record.outputs.get("privateIpAddress"))
        if address and global_path(call, "networks", sql_network(record)) == network:
            yield record, ipaddress.IPv4Network(f"{address}/{SQL_PREFIX}", strict=False)


def taken(call: Call, network: str) -> list[Block]:
    """The blocks that databases and caches of the network occupy."""
    blocks = {block for _, block in _databases(call, network)}
    for record in call.cloud.find(REDIS):
        block = text(record.outputs.get("effectiveReservedIpRange"))
        if "/" in block and global_path(call, "networks", record.outputs.get("authorizedNetwork")) == network:
            blocks.add(ipaddress.IPv4Network(block))
    return sorted(blocks)


def free(call: Call, network: str, pools: list[Block], prefix: int) -> Block:
    """The first block of the size in the pools that nothing occupies."""
    held = taken(call, network)
    for pool in pools:
        if pool.prefixlen <= prefix:
            block = next((block for block in pool.subnets(new_prefix=prefix) if not any(block.overlaps(other) for other in held)), None)
            if block is not None:
                return block
    raise Refusal(EXHAUSTED)


def sql_address(call: Call, connection: Record, network: str, region: str, only: str = "") -> str:
    """An address for a database instance: in the block of its region, which is taken when the first instance comes."""
    pools = ranges(call, connection, only)
    mine = [(record, block) for record, block in _databases(call, network) if record.outputs.get("region") == region]
    blocks = {block for _, block in mine if not pools or any(block.subnet_of(pool) for pool in pools)}
    used = {text(record.outputs.get("privateIpAddress")) for record, _ in mine}
    for block in sorted(blocks):
        host = next((str(host) for host in list(block.hosts())[1:] if str(host) not in used), None)
        if host is not None:
            return host
    return str(free(call, network, pools or [outside(network)], SQL_PREFIX)[3])


def outside(network: str) -> Block:
    """A block for a network of which this cloud does not know the ranges."""
    return ipaddress.IPv4Network(f"10.{64 + int(digest(network)[:4], 16) % 64}.0.0/16")
