"""A network with private services access, and databases in it that Cloud SQL takes."""

from __future__ import annotations

from typing import Any

from sandbox.kind import Record
from sandbox.resources import gcp
from tests.sandbox.kinds.cloud import PROJECT, REGION, World

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
NETWORK = f"projects/{PROJECT}/global/networks/main"


def put(world: World, token: str, id_: str, **outputs: Any) -> Record:
    """Something of another service that exists."""
    record = Record(type=token, id=id_, urn="", inputs=outputs, outputs=outputs)
    world.cloud.records[token, id_] = record
    return record


def connected(*, prefix: int = 20, connection: bool = True) -> World:
    """A world with a network and, unless it is not wanted, its services connection."""
    world = World({kind.token: kind for kind in gcp.KINDS})
    for api in ("sqladmin", "redis", "compute"):
        put(world, "gcp:projects/service:Service", f"{PROJECT}/{api}.googleapis.com", project=PROJECT, service=f"{api}.googleapis.com")
    put(world, "gcp:compute/network:Network", NETWORK, name="main", project=PROJECT, selfLink=f"https://www.googleapis.com/compute/v1/{NETWORK}")
    block = {"name": "services", "address": "10.50.0.0", "prefixLength": prefix, "purpose": "VPC_PEERING", "network": NETWORK}
    put(world, "gcp:compute/globalAddress:GlobalAddress", f"projects/{PROJECT}/global/addresses/services", **block)
    if connection:
        held = {"network": NETWORK, "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": ["services"]}
        put(world, "gcp:servicenetworking/connection:Connection", "c", **held)
    return world


def settings(**more: Any) -> dict[str, Any]:
    """Settings of a private instance, with what is given instead."""
    return {
        "tier": "db-custom-2-7680",
        "edition": "ENTERPRISE",
        "ipConfiguration": {"ipv4Enabled": False, "privateNetwork": NETWORK, "sslMode": "ENCRYPTED_ONLY"},
        "databaseFlags": [{"name": "cloudsql.iam_authentication", "value": "on"}],
        **more,
    }


def instance(world: World, name: str = "main-db", more: dict[str, Any] | None = None, **inputs: Any) -> Record:
    """A private PostgreSQL server; `more` are its settings."""
    said = {"name": name, "region": REGION, "databaseVersion": "POSTGRES_17", "settings": settings(**(more or {})), "deletionProtection": False}
    return world.create(INSTANCE, **{**said, **inputs})
