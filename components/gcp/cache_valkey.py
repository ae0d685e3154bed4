"""Memorystore for Valkey: private addresses by Private Service Connect, IAM authentication and TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pulumi_gcp import memorystore, networkconnectivity
from pulumi_gcp.memorystore import outputs

from .._core.errors import Problem
from .._core.once import once
from .._core.sizes import CACHE
from .._core.tiers import settled
from ..cache import Cache, CacheArgs, CacheParts
from ..network import Network
from .apis import enabled

VERSIONS: Mapping[str, str] = {"7.2": "VALKEY_7_2", "8.0": "VALKEY_8_0", "9.0": "VALKEY_9_0"}
NEWEST = "8.0"
PORT = 6379

SNAPSHOTS: Mapping[str, str] = {"dev": "TWENTY_FOUR_HOURS", "staging": "TWENTY_FOUR_HOURS", "prod": "ONE_HOUR"}
"""Tier → how often a snapshot is written."""
DAY = 86400
BACKUP_HOUR = 1
"""UTC."""


def size_problems(args: CacheArgs) -> Iterator[Problem]:
    """Sizes that Memorystore for Valkey does not have."""
    if args.size not in CACHE["valkey"]:
        yield Problem("size", "must be " + ", ".join(CACHE["valkey"]) + " on Memorystore for Valkey, whose nodes come in these sizes only", args.size)


def build(cache: Cache, args: CacheArgs, settings: Mapping[str, str]) -> CacheParts:
    """The instance; who connects proves who it is, so there is no secret."""
    instance = _instance(cache, args, settings)
    return CacheParts(
        host=instance.endpoints.apply(lambda endpoints: _address(endpoints, "CONNECTION_TYPE_PRIMARY")),
        read_host=instance.endpoints.apply(lambda endpoints: _address(endpoints, "CONNECTION_TYPE_READER")) if args.read_replicas else None,
        port=PORT,
        instance=instance.instance_id,
        ca_certificate=instance.managed_server_cas.apply(_certificates),
        secret=None,
        target={"project": cache.site.project, "location": cache.site.region, "instance": instance.instance_id},
    )


def _instance(cache: Cache, args: CacheArgs, settings: Mapping[str, str]) -> memorystore.Instance:
    site = cache.site
    policy = connection_policy(args.network)
    return memorystore.Instance(
        cache.logical("valkey"),
        project=site.project,
        location=site.region,
        instance_id=cache.physical("valkey"),
        mode="CLUSTER_DISABLED",  # one primary: every client can talk to it, not only those that know clusters
        shard_count=1,
        replica_count=int(bool(args.high_availability)) + args.read_replicas,
        node_type=CACHE["valkey"][str(settled(args.size))]["gcp"].name,
        engine_version=VERSIONS[args.version or NEWEST],
        engine_configs=settings,
        authorization_mode="IAM_AUTH",
        transit_encryption_mode="SERVER_AUTHENTICATION",
        server_ca_mode="GOOGLE_MANAGED_PER_INSTANCE_CA",
        desired_auto_created_endpoints=[memorystore.InstanceDesiredAutoCreatedEndpointArgs(network=args.network.network_id, project_id=site.project)],
        zone_distribution_config=memorystore.InstanceZoneDistributionConfigArgs(mode="MULTI_ZONE"),
        persistence_config=_persistence(cache, args),
        automated_backup_config=_backups(args),
        maintenance_policy=_maintenance(args),
        kms_key=args.customer_key,
        deletion_protection_enabled=site.protect,
        labels=cache.labels(),
        opts=cache.data(
            depends_on=[policy, *enabled(cache, "memorystore")],
            delete_before_replace=True,  # its name is its own: the new one can't be made beside the old one
        ),
    )


def connection_policy(network: Network) -> networkconnectivity.ServiceConnectionPolicy:
    """What lets Memorystore put its addresses into the network's data subnet: one for all caches of a network, as Google allows one per service and region."""
    site = network.site
    return once(
        f"connection-policy/{network.component_name}/{site.project}/{site.region}/memorystore",
        lambda: networkconnectivity.ServiceConnectionPolicy(
            network.logical("memorystore-policy"),
            project=site.project,
            location=site.region,
            name=network.physical("connection_policy", "memorystore"),
            description=f"Addresses of caches in {network.component_name}",
            service_class="gcp-memorystore",
            network=network.network_id,
            psc_config=networkconnectivity.ServiceConnectionPolicyPscConfigArgs(subnetworks=list(network.subnets["data", site.region])),
            labels=network.labels(),
            opts=network.child(depends_on=enabled(network, "networkconnectivity")),
        ),
    )


def _persistence(cache: Cache, args: CacheArgs) -> memorystore.InstancePersistenceConfigArgs:
    if not args.persistence:
        return memorystore.InstancePersistenceConfigArgs(mode="DISABLED")
    return memorystore.InstancePersistenceConfigArgs(
        mode="RDB", rdb_config=memorystore.InstancePersistenceConfigRdbConfigArgs(rdb_snapshot_period=SNAPSHOTS[cache.site.tier])
    )


def _backups(args: CacheArgs) -> memorystore.InstanceAutomatedBackupConfigArgs | None:
    if not args.persistence:
        return None
    start = memorystore.InstanceAutomatedBackupConfigFixedFrequencyScheduleStartTimeArgs(hours=BACKUP_HOUR)
    schedule = memorystore.InstanceAutomatedBackupConfigFixedFrequencyScheduleArgs(start_time=start)
    return memorystore.InstanceAutomatedBackupConfigArgs(fixed_frequency_schedule=schedule, retention=f"{args.snapshot_days * DAY}s")


def _maintenance(args: CacheArgs) -> memorystore.InstanceMaintenancePolicyArgs:
    start = memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs(hours=args.maintenance.hour)
    window = memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs(day=args.maintenance.day.upper(), start_time=start)
    return memorystore.InstanceMaintenancePolicyArgs(weekly_maintenance_windows=[window])


def _address(endpoints: Sequence[outputs.InstanceEndpoint] | None, kind: str) -> str:
    """The address of the primary, or of the readers; empty where a targeted update leaves the instance out."""
    connections = [
        connection.psc_auto_connection for endpoint in endpoints or () for connection in endpoint.connections or [] if connection.psc_auto_connection
    ]
    return next((str(connection.ip_address) for connection in connections if connection.connection_type == kind), "")


def _certificates(authorities: Sequence[outputs.InstanceManagedServerCa] | None) -> str:
    chains = [chain for authority in authorities or () for chain in authority.ca_certs or []]
    return "\n".join(certificate for chain in chains for certificate in chain.certificates or [])
