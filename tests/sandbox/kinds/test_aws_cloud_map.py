"""Cloud Map in the sandbox: namespaces, entries, and what registers in them."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.kinds.aws_compute_world import compute_world, service, task
from tests.sandbox.kinds.aws_world import ACCOUNT, REGION, said
from tests.sandbox.kinds.cloud import World, invalid, refused

PRIVATE = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
HTTP = "aws:servicediscovery/httpNamespace:HttpNamespace"
ENTRY = "aws:servicediscovery/service:Service"
PARAMETER = "creating ECS Service (web): operation error ECS: CreateService, https response error StatusCode: 400, InvalidParameterException: "


@pytest.fixture
def world() -> World:
    return compute_world()


def test_a_namespace_is_of_a_network(world):
    made = world.create(PRIVATE, name="app.internal", vpc="vpc-1")
    assert re.fullmatch(r"ns-[0-9a-f]{16}", made.id)
    assert made.outputs["arn"] == f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/{made.id}"
    assert re.fullmatch(r"Z0[0-9A-F]{19}", made.outputs["hostedZone"])
    message = refused(lambda: world.create(PRIVATE, name="app.internal", vpc="vpc-1"))
    assert message.endswith(
        f"ConflictingDomainExists: The VPC vpc-1 in region {REGION} has already been associated with the hosted zone with the same domain name."
    )
    assert world.create(PRIVATE, name="app.internal", vpc="vpc-2").id != made.id
    message = refused(lambda: world.create(PRIVATE, name="app.internal", vpc="vpc-9"))
    assert message.endswith(f"InvalidInput: The VPC vpc-9 in region {REGION} that you provided is invalid.")
    assert world.update(made, description="a").outputs["hostedZone"] == made.outputs["hostedZone"]
    assert invalid(world, PRIVATE, name="my app", vpc="vpc-1") == {"name": "invalid value for name (must be 1 to 1024 characters with no spaces)"}


def test_a_namespace_goes_after_its_services(world):
    space = world.create(HTTP, name="app")
    assert space.outputs["httpName"] == "app"
    assert refused(lambda: world.create(HTTP, name="app")).endswith("NamespaceAlreadyExists: Namespace with name app already exists.")
    entry = world.create(ENTRY, name="web", namespaceId=space.id)
    message = "ResourceInUse: The namespace can't be deleted because it contains one or more services."
    assert refused(lambda: world.delete(space)).endswith(message)
    world.delete(entry)
    world.delete(space)
    assert world.cloud.get(HTTP, space.id) is None


def dns(space, *types, **more):
    return {"dnsConfig": {"namespaceId": space.id, "dnsRecords": [{"ttl": 10, "type": type_} for type_ in types], **more}}


def test_an_entry_says_how_it_is_found(world):
    space, plain = world.create(PRIVATE, name="app.internal", vpc="vpc-1"), world.create(HTTP, name="app")
    made = world.create(ENTRY, name="web", healthCheckCustomConfig={}, **dns(space, "A"))
    assert re.fullmatch(r"srv-[0-9a-f]{16}", made.id)
    shown = {name: made.outputs[name] for name in ("arn", "namespaceId", "type", "healthCheckCustomConfig")}
    assert shown == {
        "arn": f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:service/{made.id}",
        "namespaceId": space.id,
        "type": "DNS_HTTP",
        "healthCheckCustomConfig": {"failureThreshold": 1},
    }
    assert (made.inputs["dnsConfig"]["routingPolicy"], made.inputs["forceDestroy"]) == ("MULTIVALUE", False)
    assert world.create(ENTRY, name="web", namespaceId=plain.id).outputs["type"] == "HTTP"


@pytest.mark.parametrize(
    ("types", "more", "why"),
    [
        (("A", "CNAME"), {}, "InvalidInput: CNAME can only be specified alone."),
        (("CNAME",), {}, "InvalidInput: Routing policy WEIGHTED is required for CNAME records."),
        (("A",), {"healthCheckConfig": {"type": "HTTP"}}, "InvalidInput: HealthCheckConfig is not supported for services in a private DNS namespace."),
    ],
)
def test_an_entry_that_cannot_be_is_refused(world, types, more, why):
    space = world.create(PRIVATE, name="app.internal", vpc="vpc-1")
    message = said(refused(lambda: world.create(ENTRY, name="web", **dns(space, *types), **more)))
    assert message == f"creating Service Discovery Service (web): operation error ServiceDiscovery: CreateService, https response error StatusCode: 400, {why}"


def test_an_entry_has_a_namespace_and_a_name_of_its_own(world):
    plain = world.create(HTTP, name="app")
    assert refused(lambda: world.create(ENTRY, name="web", namespaceId="ns-1")).endswith("NamespaceNotFound: Namespace with id ns-1 not found")
    message = "InvalidInput: DnsConfig cannot be provided for a service in an HTTP namespace."
    assert refused(lambda: world.create(ENTRY, name="web", **dns(plain, "A"))).endswith(message)
    world.create(ENTRY, name="web", namespaceId=plain.id)
    assert refused(lambda: world.create(ENTRY, name="web", namespaceId=plain.id)).endswith("ServiceAlreadyExists: Service already exists.")


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"healthCheckConfig": {"failureThreshold": 11}}, "healthCheckConfig.failureThreshold"),
        ({"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [{"ttl": -1, "type": "A"}]}}, "dnsConfig.dnsRecords[0].ttl"),
        ({"type": "DNS"}, "type"),
        ({"healthCheckConfig": {"type": "HTTP"}, "healthCheckCustomConfig": {"failureThreshold": 1}}, "healthCheckConfig"),
    ],
)
def test_the_provider_refuses_an_entry(world, inputs, path):
    assert set(invalid(world, ENTRY, name="web", **inputs)) == {path}


def test_an_entry_that_may_be_forced_goes_with_its_instances(world):
    space = world.create(PRIVATE, name="app.internal", vpc="vpc-1")
    entry = world.create(ENTRY, name="web", forceDestroy=True, **dns(space, "A"))
    service(world, serviceRegistries={"registryArn": entry.outputs["arn"]})
    world.delete(entry)
    assert world.cloud.get(ENTRY, entry.id) is None


def test_what_makes_a_new_one(world):
    assert world.kinds[PRIVATE].replaces == {"name", "vpc"}
    assert world.kinds[HTTP].replaces == {"name"}
    assert world.kinds[ENTRY].replaces >= {"name", "namespaceId", "dnsConfig.namespaceId", "dnsConfig.routingPolicy", "dnsConfig.dnsRecords.type"}


def registry(world, *types):
    space = world.create(PRIVATE, name="app.internal", vpc="vpc-1")
    records = [{"ttl": 10, "type": type_} for type_ in types]
    return world.create(ENTRY, name="web", dnsConfig={"namespaceId": space.id, "dnsRecords": records}).outputs["arn"]


def test_a_service_registers_addresses(world):
    made = service(world, serviceRegistries={"registryArn": registry(world, "A")})
    found = world.cloud.find(ENTRY)
    record = next(found)
    message = "Service contains registered instances; delete the instances before deleting the service"
    assert said(refused(lambda: world.delete(record))).endswith(f"ResourceInUse: {message}")
    world.delete(made)
    world.delete(record)
    assert world.cloud.get(ENTRY, record.id) is None


@pytest.mark.parametrize(
    ("types", "more", "why"),
    [
        (
            ("SRV",),
            {},
            "When specifying a service registry with an SRV record, you must specify either a 'containerName' and 'containerPort' combination or a 'port'.",
        ),
        (("SRV",), {"containerName": "web"}, "When specifying a service registry's 'containerName' or 'containerPort', you must specify both."),
        (
            ("SRV",),
            {"containerName": "web", "containerPort": 8080, "port": 80},
            "When specifying a service registry, 'port' and 'containerName' with 'containerPort' are mutually exclusive.",
        ),
        (("SRV",), {"containerName": "api", "containerPort": 8080}, "The container api does not exist in the task definition."),
    ],
)
def test_a_registry_of_ports_is_told_one(world, types, more, why):
    arn = registry(world, *types)
    assert said(refused(lambda: service(world, serviceRegistries={"registryArn": arn, **more}))) == PARAMETER + why


def test_a_registry_is_there_and_addresses_need_interfaces(world):
    nowhere = f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:service/srv-1"
    assert (
        said(refused(lambda: service(world, serviceRegistries={"registryArn": nowhere})))
        == f"{PARAMETER}The specified service registry {nowhere} was not found."
    )
    bridge = task(world, requiresCompatibilities=["EC2"], networkMode="bridge")
    arn = registry(world, "A")
    message = "Service registries with type A DNS records are only supported for services using the awsvpc network mode."
    assert (
        said(refused(lambda: service(world, bridge, launchType="EC2", networkConfiguration=None, serviceRegistries={"registryArn": arn})))
        == PARAMETER + message
    )
