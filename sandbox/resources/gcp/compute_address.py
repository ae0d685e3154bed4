"""Google's reserved addresses: internal ones from the subnetwork, ranges for peered services, external ones from documentation ranges."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from .compute_network import NETWORK, SUBNETWORK
from .compute_subnetwork import GLOBAL_ADDRESS, in_network, ranges
from .formats import between, check_labels, known, named, network_of
from .lifecycle import busy, deletes, deletion, network_reference, reference
from .names import digest, global_path, holder, identity, imported, kept, labelled, number, project, region, regional_path, self_link, stands, users
from .places import refuse_region

ADDRESS = "gcp:compute/address:Address"
_GLOBAL_ID = "projects/{project}/global/addresses/{name}"
_ID = "projects/{project}/regions/{region}/addresses/{name}"
_PRIVATE = tuple(ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_PUBLIC = tuple(ipaddress.IPv4Network(block) for block in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"))
"""RFC 5737: addresses that belong to nobody."""
_NATS = {"gcp:compute/routerNat:RouterNat": ("natIps.*", "drainNatIps.*")}
_BLOCKS = (8, 29)
"""Masks that a range for peered services may have."""
_AUTO = ipaddress.IPv4Network("10.128.0.0/9")


def free_block(prefix: int, taken: Iterable[ipaddress.IPv4Network], seed: str) -> str | None:
    """The first address of a private block that overlaps nothing taken; where the search starts follows from the seed."""
    step, held = 1 << (32 - prefix), sorted(taken)
    for pool in _PRIVATE:
        if prefix < pool.prefixlen:
            continue
        count = pool.num_addresses // step
        start = int(digest(seed, pool)[:8], 16) % count
        for first, last in ((start, count), (0, start)):
            at = first
            while at < last:
                block = ipaddress.IPv4Network((int(pool.network_address) + at * step, prefix))
                clash = next((other for other in held if other.overlaps(block)), None)
                if clash is None:
                    return str(block.network_address)
                at = max(at, (int(clash.broadcast_address) - int(pool.network_address)) // step) + 1
    return None


def _held(call: Call, network: str) -> Iterator[tuple[str, ipaddress.IPv4Network]]:
    owner = call.cloud.get(NETWORK, network)
    if owner is not None and owner.outputs.get("autoCreateSubnetworks") is True:
        yield "an auto mode subnetwork", _AUTO
    for subnetwork in in_network(call, SUBNETWORK, network):
        for block in ranges(subnetwork):
            if isinstance(block, ipaddress.IPv4Network):
                yield f"subnetwork '{subnetwork.outputs['name']}'", block
    for address in in_network(call, GLOBAL_ADDRESS, network):
        taken = network_of(f"{address.outputs.get('address')}/{address.outputs.get('prefixLength')}")
        if isinstance(taken, ipaddress.IPv4Network):
            yield f"address '{address.outputs['name']}'", taken


def public_address(call: Call, type_: str) -> str:
    """An address of the documentation ranges that nothing holds."""
    holders = ((GLOBAL_ADDRESS, "address"), (ADDRESS, "address"), ("gcp:compute/globalForwardingRule:GlobalForwardingRule", "ipAddress"))
    used = {record.outputs.get(output) for kind, output in holders for record in call.cloud.find(kind)}
    hosts = [str(host) for pool in _PUBLIC for host in pool.hosts()]
    start = int(digest(type_, call.urn)[:8], 16) % len(hosts)
    free = next((host for host in hosts[start:] + hosts[:start] if host not in used), None)
    if free is None:
        message = "Error creating Address: googleapi: Error 403: Quota 'STATIC_ADDRESSES' exceeded., quotaExceeded"
        raise Refusal(message)
    return free


def _range(call: Call) -> str:
    network = global_path(call, "networks", call.inputs.get("network"))
    block = free_block(int(call.inputs.get("prefixLength", 32)), (taken for _, taken in _held(call, network)), network)
    if block is None:
        message = f"Error creating GlobalAddress: googleapi: Error 400: Couldn't find free blocks in allocated IP ranges of network '{network}'., invalid"
        raise Refusal(message)
    return block


def _create_global(call: Call) -> None:
    check_labels(call)
    inputs = call.inputs
    if inputs.get("purpose") != "VPC_PEERING":
        return
    prefix = inputs.get("prefixLength")
    if prefix is None or not _BLOCKS[0] <= prefix <= _BLOCKS[1]:
        message = (
            f"Error creating GlobalAddress: googleapi: Error 400: Invalid value for field 'resource.prefixLength': '{prefix or 0}'. "
            f"Must be between {_BLOCKS[0]} and {_BLOCKS[1]} when purpose is VPC_PEERING., invalid"
        )
        raise Refusal(message)
    wanted = network_of(f"{inputs.get('address')}/{prefix}")
    if wanted is None:
        return
    for held_by, block in _held(call, global_path(call, "networks", inputs.get("network"))):
        if wanted.version == block.version and wanted.overlaps(block):
            message = (
                f"Error creating GlobalAddress: googleapi: Error 400: Invalid value for field 'resource.address': '{inputs['address']}'. "
                f"The requested range {wanted} overlaps with {held_by} ({block})., invalid"
            )
            raise Refusal(message)


def _check_global(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from _check_address(call)
    inputs = call.inputs
    if inputs.get("addressType") == "INTERNAL" and inputs.get("purpose") is not None and inputs.get("network") is None:
        yield Failure("network", f"network must be specified when purpose is {inputs['purpose']}")


def _check_address(call: Call) -> Iterator[Failure]:
    yield from between("prefixLength", call.inputs.get("prefixLength"), 1, 128)
    value = call.inputs.get("address")
    if known(value):
        try:
            ipaddress.ip_address(str(value))
        except ValueError:
            yield Failure("address", f"expected address to contain a valid IP, got: {value}")


def _global_outputs(call: Call) -> Properties:
    path = identity(_GLOBAL_ID)(call)
    peering = call.inputs.get("purpose") == "VPC_PEERING"
    outputs: Properties = {
        **labelled(call),
        "project": project(call),
        "address": call.inputs.get("address") or kept(call, "address", lambda: _range(call) if peering else public_address(call, GLOBAL_ADDRESS)),
        "ipVersion": call.inputs.get("ipVersion") or "",
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "labelFingerprint": digest(path, call.inputs.get("labels"))[:12],
        "selfLink": self_link(path),
    }
    if call.inputs.get("network") is not None:
        outputs["network"] = self_link(global_path(call, "networks", call.inputs["network"]))
    return outputs


def _internal(call: Call) -> str:
    """The first address of the subnetwork that Google does not keep and nobody holds."""
    link = call.inputs.get("subnetwork")
    if link is None:
        return str(ipaddress.IPv4Address(int(ipaddress.IPv4Address("10.128.0.2")) + int(digest(call.urn)[:4], 16)))
    path = regional_path(call, "subnetworks", link)
    record = call.cloud.get(SUBNETWORK, path)
    block = None if record is None else next(ranges(record), None)
    if not isinstance(block, ipaddress.IPv4Network):
        return str(next(_PRIVATE[0].hosts()) + int(digest(path)[:4], 16))
    used = {address.outputs.get("address") for address in call.cloud.find(ADDRESS)}
    # Google keeps the first two and the last two addresses of every subnetwork.
    for at in range(int(block.network_address) + 2, int(block.broadcast_address) - 1):
        if str(ipaddress.IPv4Address(at)) not in used:
            return str(ipaddress.IPv4Address(at))
    message = f"Error creating Address: googleapi: Error 400: IP space of '{path}' is exhausted., IP_SPACE_EXHAUSTED"
    raise Refusal(message)


def _create(call: Call) -> None:
    refuse_region(call)
    check_labels(call)
    inputs = call.inputs
    wanted = inputs.get("address")
    if inputs.get("addressType") != "INTERNAL" or wanted is None:
        return
    record = call.cloud.get(SUBNETWORK, regional_path(call, "subnetworks", inputs.get("subnetwork")))
    field = f"Error creating Address: googleapi: Error 400: Invalid value for field 'resource.address': '{wanted}'. "
    if record is None:
        return
    blocks = list(ranges(record))
    if not any(ipaddress.ip_address(wanted) in block for block in blocks):
        raise Refusal(field + f"IP address is not within the range of subnetwork '{record.id}'., invalid")
    first = blocks[0]
    if wanted in {str(first[0]), str(first[1]), str(first[-1]), str(first[-2])}:
        raise Refusal(field + "IP address is reserved by the subnetwork., invalid")
    if any(other.outputs.get("subnetwork") == record.outputs["selfLink"] for other in call.cloud.find(ADDRESS, address=wanted)):
        raise Refusal(field + "Specified IP address is already reserved., invalid")


def _outputs(call: Call) -> Properties:
    path = identity(_ID)(call)
    inputs = call.inputs
    internal = inputs.get("addressType") == "INTERNAL"
    outputs: Properties = {
        **labelled(call),
        "project": project(call),
        "region": region(call),
        "address": inputs.get("address") or kept(call, "address", lambda: _internal(call) if internal else public_address(call, ADDRESS)),
        "addressId": number("address", path),
        "purpose": inputs.get("purpose") or ("GCE_ENDPOINT" if internal else ""),
        "networkTier": inputs.get("networkTier") or "PREMIUM",
        "prefixLength": inputs.get("prefixLength") or 0,
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "labelFingerprint": digest(path, inputs.get("labels"))[:12],
        "selfLink": self_link(path),
        "users": kept(call, "users", list),
    }
    if inputs.get("subnetwork") is not None:
        outputs["subnetwork"] = self_link(regional_path(call, "subnetworks", inputs["subnetwork"]))
    return outputs


def _check(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from _check_address(call)
    if call.inputs.get("addressType", "EXTERNAL") == "EXTERNAL" and call.inputs.get("subnetwork") is not None:
        yield Failure("subnetwork", "subnetwork can only be specified with address_type INTERNAL")


def _delete(call: Call) -> None:
    for user in users(call, _NATS):
        raise busy(call, "address", holder(user))
    holders = {"gcp:compute/globalForwardingRule:GlobalForwardingRule": ("ipAddress",), "gcp:compute/forwardingRule:ForwardingRule": ("ipAddress",)}
    for user in users(call, holders):
        raise busy(call, "address", user.id)
    for type_ in holders:
        for user in call.cloud.find(type_, ipAddress=stands(call).outputs.get("address")):
            raise busy(call, "address", user.id)


def _users(call: Call) -> Properties:
    return {"users": [self_link(holder(nat)) for nat in users(call, _NATS)]}


_REPLACES = frozenset({"address", "addressType", "description", "ipVersion", "name", "network", "prefixLength", "project", "purpose"})

KINDS = (
    Kind(
        token=GLOBAL_ADDRESS,
        identify=identity(_GLOBAL_ID),
        outputs=_global_outputs,
        defaults=lambda _call: {"addressType": "EXTERNAL"},
        check=_check_global,
        replaces=_REPLACES,
        taken="Error creating GlobalAddress: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(),),
        api="compute.googleapis.com",
        create=_create_global,
        update=check_labels,
        delete=deletion("google_compute_global_address", _delete),
        deleted=deletes,
        volatile=frozenset({"labelFingerprint"}),
        import_id=imported(_GLOBAL_ID),
    ),
    Kind(
        token=ADDRESS,
        identify=identity(_ID),
        outputs=_outputs,
        defaults=lambda _call: {"addressType": "EXTERNAL"},
        check=_check,
        replaces=_REPLACES | {"ipCollection", "ipv6EndpointType", "networkTier", "region", "subnetwork"},
        taken="Error creating Address: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(), reference("subnetwork", SUBNETWORK)),
        api="compute.googleapis.com",
        create=_create,
        update=check_labels,
        delete=deletion("google_compute_address", _delete),
        deleted=deletes,
        volatile=frozenset({"labelFingerprint"}),
        import_id=imported(_ID),
        refresh=_users,
    ),
)
"""Global and regional addresses."""
