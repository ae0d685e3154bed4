"""Every output that a detailed kind computes is one that the installed SDK has, and every input of the samples is legal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from sandbox.resources import cloudflare, random
from sandbox.schema import Schemas
from tests.sandbox.kinds import run_world, sql_world
from tests.sandbox.kinds.cloud import PROJECT, REGION, World

POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"


@cache
def schemas() -> Schemas:
    return Schemas()


def running() -> World:
    """Cloud Run and what is in its buckets."""
    world = run_world.ready()
    run_world.service(world)
    world.create(run_world.JOB, name="nightly", location=REGION, template={"template": run_world.template({"ports": None})})
    pool = run_world.template()
    del pool["executionEnvironment"], pool["containers"][0]["ports"]
    world.create(run_world.POOL, name="workers", location=REGION, template=pool)
    world.create("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", name="api", location=REGION, role="roles/run.invoker", member="allUsers")
    world.create("gcp:storage/bucket:Bucket", name="acme", location="EU", uniformBucketLevelAccess=True)
    world.create("gcp:storage/bucketObject:BucketObject", bucket="acme", name="a", content="b")
    world.create("gcp:storage/managedFolder:ManagedFolder", bucket="acme", name="a/")
    world.create("gcp:storage/bucketIAMBinding:BucketIAMBinding", bucket="acme", role="roles/storage.objectViewer", members=["user:a@example.com"])
    return world


def storing() -> World:
    """Databases and caches."""
    world = sql_world.connected()
    sql_world.instance(world)
    world.create(sql_world.DATABASE, instance="main-db", name="app")
    world.create(sql_world.USER, instance="main-db", name="app", password="x")
    world.create("gcp:redis/instance:Instance", name="cache", memorySizeGb=5, region=REGION, tier="STANDARD_HA", readReplicasMode="READ_REPLICAS_ENABLED")
    for service in ("gcp-memorystore", "gcp-memorystore-redis"):
        sql_world.put(world, POLICY, service, network=sql_world.NETWORK, location=REGION, serviceClass=service)
    endpoints = [{"network": sql_world.NETWORK, "projectId": PROJECT}]
    world.create("gcp:memorystore/instance:Instance", instanceId="main", location=REGION, shardCount=1, desiredAutoCreatedEndpoints=endpoints)
    world.create("gcp:redis/cluster:Cluster", name="main", region=REGION, shardCount=1, pscConfigs=[{"network": sql_world.NETWORK}])
    return world


def edge() -> World:
    """Cloudflare and random."""
    world = World({kind.token: kind for kind in (*cloudflare.KINDS, *random.KINDS)}, {}, {})
    zone = world.create("cloudflare:index/zone:Zone", account={"id": "a" * 32}, name="example.com").id
    rules = [{"action": "block", "expression": "true"}]
    world.create("cloudflare:index/dnsRecord:DnsRecord", zoneId=zone, name="a", type="A", content="192.0.2.1", ttl=1, comment="x")
    world.create("cloudflare:index/zoneSetting:ZoneSetting", zoneId=zone, settingId="ssl", value="strict")
    world.create("cloudflare:index/zoneDnssec:ZoneDnssec", zoneId=zone, status="active")
    world.create("cloudflare:index/ruleset:Ruleset", zoneId=zone, name="waf", kind="zone", phase="http_request_firewall_custom", rules=rules)
    world.create("cloudflare:index/authenticatedOriginPulls:AuthenticatedOriginPulls", zoneId=zone, configs=[{"hostname": "a.example.com"}])
    world.create("random:index/randomPassword:RandomPassword", length=20)
    world.create("random:index/randomId:RandomId", byteLength=4)
    world.create("random:index/randomShuffle:RandomShuffle", inputs=["a", "b"])
    return world


@pytest.mark.parametrize("make", [running, storing, edge])
def test_no_output_is_made_up(make: Callable[[], World]) -> None:
    world = make()
    own = [record for record in world.cloud.records.values() if record.urn]
    assert len(own) > 5
    for record in own:
        schema = schemas().resource(record.type)
        assert schema is not None
        assert set(record.outputs) <= set(schema.outputs) | set(schema.inputs), record.type
