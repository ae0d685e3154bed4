"""WatchParty: API and Sync services with their database, cache, buckets, secrets, registry and domain."""

from __future__ import annotations

import pulumi

from components import (
    Access,
    Cache,
    CacheArgs,
    ContainerService,
    ContainerServiceArgs,
    Cors,
    Database,
    DatabaseArgs,
    EdgeDNS,
    EdgeDNSArgs,
    LifecycleRule,
    Network,
    NetworkArgs,
    ObjectStore,
    ObjectStoreArgs,
    Record,
    Registry,
    Secrets,
    SecretsArgs,
    connect,
)

config = pulumi.Config()
zone = config.require("zone")
stack = pulumi.get_stack()
# one name a stack: an environment's stacks on two clouds stand side by side until the name moves over (docs/moving.md)
host = config.get("host") or {"prod": "app"}.get(stack, stack)

network = Network("main", NetworkArgs(cidr="10.0.0.0/24"))
registry = Registry("images")
secrets = Secrets("secrets", SecretsArgs(generated={"jwt": 64}))
database = Database("db", DatabaseArgs(network=network))
cache = Cache("sessions", CacheArgs(network=network))

videos = ObjectStore(
    "videos",
    ObjectStoreArgs(
        lifecycle=(LifecycleRule(after_days=90, to_class="nearline"),), cors=(Cors(origins=(f"https://{host}.{zone}",), methods=("GET", "HEAD", "PUT")),)
    ),
)
thumbnails = ObjectStore("thumbnails", ObjectStoreArgs(lifecycle=(LifecycleRule(after_days=30, to_class="nearline"),)))

api = ContainerService(
    "api",
    ContainerServiceArgs(
        image=registry.image(config.require("apiImage")),
        network=network,
        port=8080,
        health_path="/api/health",
        connections=(
            connect(database, Access.WRITE),
            connect(videos, Access.WRITE),
            connect(videos, Access.PRESIGN, variables="UPLOADS"),
            connect(thumbnails, Access.WRITE),
            connect(secrets["jwt"], variables="JWT_SECRET"),
        ),
    ),
)
sync = ContainerService(
    "sync",
    ContainerServiceArgs(
        image=registry.image(config.require("syncImage")),
        network=network,
        port=8081,
        health_path="/health",
        websocket=True,
        connections=(connect(cache), connect(secrets["jwt"], variables="JWT_SECRET")),
    ),
)

# The load balancer will take this name over; until it stands in front, the services answer from their network only.
edge = EdgeDNS(
    "edge",
    EdgeDNSArgs(
        zone=zone,
        records=(Record(name=host, type="CNAME", value=api.host),),
        create=config.get_bool("createZone") or False,
        account_id=config.get("cloudflareAccount") or "",
    ),
)

pulumi.export("domain", f"{host}.{zone}")
pulumi.export("api_url", api.url)
pulumi.export("sync_url", sync.url)
pulumi.export("registry_url", registry.url)
pulumi.export("database_host", database.host)
pulumi.export("cache_host", cache.host)
pulumi.export("videos_bucket", videos.bucket)
pulumi.export("thumbnails_bucket", thumbnails.bucket)
