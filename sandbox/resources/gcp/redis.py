"""Memorystore for Redis: instances of one primary, with or without replicas."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Refusal
from ..certificates import authority
from .formats import check_labels, known, matches, network_of
from .key_grants import refuse_key
from .lifecycle import deletes, deletion, network_reference
from .names import digest, global_path, identity, imported, kept, labelled, project, project_number, region, stands, text
from .private_ranges import REDIS, free, outside, ranges
from .redis_settings import refused as refused_settings
from .redis_settings import version_number
from .servicenetworking import connection_of

_ID = "projects/{project}/locations/{region}/instances/{name}"
_NAME = "^[a-z][a-z0-9-]{0,39}[a-z0-9]$"
_VERSIONS = ("REDIS_4_0", "REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2")
_MEMORY_GB = (1, 300)
"""Memory of an instance (Memorystore for Redis, "Quotas and limits")."""
_READ_REPLICA_GB = 5
"""Read replicas need this much memory."""
_MOST_REPLICAS = 5
_PRIVATE_SERVICES = "PRIVATE_SERVICE_ACCESS"
_NO_SERVICES = (
    "Google private service access is not enabled. Enable private service access and try again. For information on enabling private service access, see "
    "https://cloud.google.com/service-infrastructure/docs/enabling-private-services-access"
)
_PLAIN_PORT, _TLS_PORT = 6379, 6378


def _defaults(_call: Call) -> Properties:
    return {"authEnabled": False, "connectMode": "DIRECT_PEERING", "deletionProtection": True, "tier": "BASIC", "transitEncryptionMode": "DISABLED"}


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from matches("name", text(inputs.get("name")).rsplit("/", 1)[-1] or None, _NAME)
    version = inputs.get("redisVersion")
    if known(version):
        yield from matches("redisVersion", version, r"^REDIS_\d+_(\d+|X)$")
    zone, other = inputs.get("locationId"), inputs.get("alternativeLocationId")
    if known(zone) and zone == other:
        yield Failure("alternativeLocationId", "alternative_location_id must be a different zone from the one provided in location_id")


def _invalid(call: Call, why: str) -> Refusal:
    verb = "creating Instance" if call.old is None else f'updating Instance "{call.old.id}"'
    return Refusal(f"Error {verb}: googleapi: Error 400: {why}")


def _refuse(call: Call) -> None:
    check_labels(call)
    refuse_key(call, call.inputs.get("customerManagedKey"), region(call), "cloud-redis", "Error creating Instance: ")
    for why in (_version(call), _memory(call), _replicas(call), _zones(call), refused_settings(call)):
        if why is not None:
            raise _invalid(call, why)
    if call.old is None:
        _refuse_network(call)


def _version(call: Call) -> str | None:
    version = call.inputs.get("redisVersion")
    if not known(version) or version in _VERSIONS:
        return None
    return f"Invalid value for field 'instance.redis_version': {version}. Supported versions are {', '.join(_VERSIONS)}"


def _memory(call: Call) -> str | None:
    size = call.inputs.get("memorySizeGb")
    low, high = _MEMORY_GB
    if isinstance(size, int) and not low <= size <= high:
        return f"Invalid value for field 'instance.memory_size_gb': {size}. Memory size must be between {low} and {high} GB"
    return None


def _replicas(call: Call) -> str | None:
    inputs = call.inputs
    tier, count = inputs.get("tier"), inputs.get("replicaCount")
    reads = inputs.get("readReplicasMode") == "READ_REPLICAS_ENABLED"
    if tier == "BASIC":
        if reads:
            return "read_replicas_mode READ_REPLICAS_ENABLED is only supported for the STANDARD_HA tier"
        return f"Invalid value for field 'instance.replica_count': {count}. The only valid value for the BASIC tier is 0" if count not in {None, 0} else None
    if not reads:
        wrong = count not in {None, 1}
        return f"Invalid value for field 'instance.replica_count': {count}. Without read replicas the only valid value for STANDARD_HA is 1" if wrong else None
    if isinstance(count, int) and not 1 <= count <= _MOST_REPLICAS:
        return f"Invalid value for field 'instance.replica_count': {count}. Must be between 1 and {_MOST_REPLICAS} with read replicas"
    if isinstance(inputs.get("memorySizeGb"), int) and inputs["memorySizeGb"] < _READ_REPLICA_GB:
        return f"Read replicas require at least {_READ_REPLICA_GB} GB of memory, got {inputs['memorySizeGb']}"
    version = inputs.get("redisVersion")
    return f"Read replicas require REDIS_5_0 or later, got {version}" if known(version) and version_number(version) < (5, 0) else None


def _zones(call: Call) -> str | None:
    where = region(call)
    for field, name in (("location_id", "locationId"), ("alternative_location_id", "alternativeLocationId")):
        zone = call.inputs.get(name)
        if known(zone) and not re.fullmatch(re.escape(where) + "-[a-f]", text(zone)):
            return f"Invalid value for field 'instance.{field}': {zone}. The zone must be in region {where}"
    if known(call.inputs.get("alternativeLocationId")) and call.inputs.get("tier") == "BASIC":
        return "alternative_location_id is only applicable to the STANDARD_HA tier"
    return None


def _refuse_network(call: Call) -> None:
    network, wanted = call.inputs.get("authorizedNetwork"), text(call.inputs.get("reservedIpRange"))
    path = global_path(call, "networks", network or "default")
    if path.split("/")[1] != project(call):
        message = "authorized_network must exist in the same project as redis instance"
        if call.inputs.get("connectMode") != _PRIVATE_SERVICES:
            raise _invalid(call, message)
    if call.inputs.get("connectMode") == _PRIVATE_SERVICES:
        connection = connection_of(call, path)
        if connection is None:
            raise _invalid(call, _NO_SERVICES)
        if wanted and network_of(wanted) is None and not ranges(call, connection, wanted):
            raise _invalid(call, f"Invalid value for field 'instance.reserved_ip_range': {wanted}. It is not an allocated range of the connection")
    elif wanted and network_of(wanted) is None:
        raise _invalid(call, f"Invalid value for field 'instance.reserved_ip_range': {wanted}. With DIRECT_PEERING it must be a CIDR range")


def _block(call: Call) -> str:
    """The block of the instance: /28 with read replicas, /29 without."""
    prefix = 28 if call.inputs.get("readReplicasMode") == "READ_REPLICAS_ENABLED" else 29
    network = global_path(call, "networks", call.inputs.get("authorizedNetwork") or "default")
    wanted = call.inputs.get("reservedIpRange")
    given = network_of(wanted)
    if given is not None:
        return str(given)
    connection = connection_of(call, network) if call.inputs.get("connectMode") == _PRIVATE_SERVICES else None
    pools = ranges(call, connection, text(wanted)) if connection is not None else []
    return str(free(call, network, pools or [outside(f"redis {network}")], prefix))


def _certificates(call: Call) -> list[Properties]:
    ca = authority(identity(_ID)(call), "Google Cloud Memorystore Redis Server CA", "Google, Inc", call.cloud.now())
    return [{"cert": ca.pem, "createTime": ca.created, "expireTime": ca.expires, "serialNumber": str(ca.serial), "sha1Fingerprint": ca.sha1}]


def _token(call: Call) -> str:
    digits = digest(identity(_ID)(call), "auth")
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def _count(call: Call) -> int:
    said = call.inputs.get("replicaCount")
    if isinstance(said, int):
        return said
    if call.inputs.get("tier") == "BASIC":
        return 0
    return 2 if call.inputs.get("readReplicasMode") == "READ_REPLICAS_ENABLED" else 1


def _outputs(call: Call) -> Properties:
    inputs, where = call.inputs, region(call)
    block = kept(call, "effectiveReservedIpRange", lambda: _block(call))
    hosts = list(ipaddress.ip_network(block).hosts())
    tls, reads, count = inputs.get("transitEncryptionMode") == "SERVER_AUTHENTICATION", inputs.get("readReplicasMode") == "READ_REPLICAS_ENABLED", _count(call)
    port = _TLS_PORT if tls else _PLAIN_PORT
    zone = text(inputs.get("locationId")) or f"{where}-{'bcd'[int(digest(call.urn)[:2], 16) % 3]}"
    second = text(inputs.get("alternativeLocationId")) or f"{where}-{'cdb'[int(digest(call.urn)[:2], 16) % 3]}"
    return {
        **labelled(call),
        "project": project(call),
        "region": where,
        "name": text(inputs.get("name")).rsplit("/", 1)[-1],
        "authorizedNetwork": global_path(call, "networks", inputs.get("authorizedNetwork") or "default"),
        "redisVersion": inputs.get("redisVersion") or kept(call, "redisVersion", lambda: _VERSIONS[-1]),
        "readReplicasMode": inputs.get("readReplicasMode") or "READ_REPLICAS_DISABLED",
        "replicaCount": count,
        "effectiveReservedIpRange": block,
        "reservedIpRange": inputs.get("reservedIpRange") or block,
        "host": str(hosts[2]),
        "port": port,
        "readEndpoint": str(hosts[3]) if reads else "",
        "readEndpointPort": port if reads else 0,
        "authString": kept(call, "authString", lambda: "") or _token(call) if inputs.get("authEnabled") is True else "",
        "serverCaCerts": (kept(call, "serverCaCerts", list) or _certificates(call)) if tls else [],
        "createTime": kept(call, "createTime", call.cloud.now),
        "currentLocationId": kept(call, "currentLocationId", lambda: zone),
        "locationId": kept(call, "locationId", lambda: zone),
        "alternativeLocationId": kept(call, "alternativeLocationId", lambda: second) if inputs.get("tier") == "STANDARD_HA" else "",
        "nodes": [{"id": f"node-{index}", "zone": zone if index % 2 == 0 else second} for index in range(count + 1)] if reads else [],
        "persistenceIamIdentity": f"serviceAccount:service-{project_number(project(call))}@cloud-redis.iam.gserviceaccount.com",
        "persistenceConfig": inputs.get("persistenceConfig") or {"persistenceMode": "DISABLED"},
        "maintenanceSchedules": [],
        "maintenanceVersion": inputs.get("maintenanceVersion") or "20251007_00_00",
        "deletionPolicy": inputs.get("deletionPolicy") or "DELETE",
    }


def _update(call: Call) -> None:
    before = stands(call).outputs.get("readReplicasMode")
    if before == "READ_REPLICAS_ENABLED" and call.inputs.get("readReplicasMode") in {None, "READ_REPLICAS_DISABLED"}:
        raise _invalid(call, "Read replicas cannot be disabled once they have been enabled")
    if before == "READ_REPLICAS_DISABLED" and call.inputs.get("readReplicasMode") == "READ_REPLICAS_ENABLED" and not call.inputs.get("secondaryIpRange"):
        raise _invalid(call, "secondary_ip_range is required when enabling read replicas on an existing instance")
    _refuse(call)


def _delete(call: Call) -> None:
    if stands(call).inputs.get("deletionProtection") is not False:
        message = "cannot destroy redis instance without setting deletion_protection=false and running `terraform apply`"
        raise Refusal(message)
    deletion("google_redis_instance")(call)


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """The provider replaces when the version goes down."""
    versions = [inputs.get("redisVersion") for inputs in (old, new)]
    if any(not known(version) or version is UNKNOWN for version in versions):
        return frozenset()
    return frozenset({"redisVersion"}) if version_number(versions[1]) < version_number(versions[0]) else frozenset()


KINDS = (
    Kind(
        token=REDIS,
        identify=identity(_ID),
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset(
            {
                "alternativeLocationId",
                "authorizedNetwork",
                "connectMode",
                "customerManagedKey",
                "locationId",
                "name",
                "project",
                "region",
                "reservedIpRange",
                "tier",
                "transitEncryptionMode",
            }
        ),
        replaces_on=_replaces_on,
        taken="Error creating Instance: googleapi: Error 409: Resource '{id}' already exists, alreadyExists",
        references=(network_reference("authorizedNetwork"),),
        api="redis.googleapis.com",
        create=_refuse,
        update=_update,
        delete=_delete,
        deleted=deletes,
        secrets=frozenset({"authString"}),
        import_id=imported(_ID),
    ),
)
"""The instance."""
