"""ContainerService asks for exactly what its arguments and connections say."""

from __future__ import annotations

from typing import Any

import pytest

from components import Access, Connection, ContainerService, ContainerServiceArgs, Network, Scaling, SecretRef, connect
from components._core.connection import Grant, Path
from tests.components.world import World, build

IMAGE = "europe-west1-docker.pkg.dev/watchparty-dev/images/api@sha256:" + 64 * "a"
RUN = "gcp:cloudrunv2/service:Service"


def service(tier: str = "dev", **args: Any) -> World:
    return build(lambda: ContainerService("api", ContainerServiceArgs(**{"image": IMAGE, "network": Network("main"), **args})), tier=tier)


def template(world: World) -> dict[str, Any]:
    return dict(world.one(RUN).inputs["template"])


def container(world: World) -> dict[str, Any]:
    return dict(template(world)["containers"][0])


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_service_without_connections_has_an_identity_and_nothing_else(tier: str) -> None:
    assert service(tier).children("api") == [(RUN, "api-run"), ("gcp:serviceaccount/account:Account", "api-identity")]


def test_a_service_is_private_and_answers_its_load_balancer_only() -> None:
    run = service().one(RUN).inputs
    assert run["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    assert run["template"]["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN2"
    assert run["template"]["serviceAccount"] == "watchparty-dev-api@watchparty-dev.iam.gserviceaccount.com"
    assert run["traffics"] == [{"percent": 100, "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"}]


def test_public_opens_it_to_everybody_and_nothing_else_does() -> None:
    world = service(public=True)
    assert world.one(RUN).inputs["ingress"] == "INGRESS_TRAFFIC_ALL"
    invoker = world.one("gcp:cloudrunv2/serviceIamMember:ServiceIamMember").inputs
    assert (invoker["role"], invoker["member"]) == ("roles/run.invoker", "allUsers")
    assert service().of("gcp:cloudrunv2/serviceIamMember:ServiceIamMember") == []


@pytest.mark.parametrize(("tier", "protected"), [("dev", False), ("staging", True), ("prod", True)])
def test_deletion_is_refused_outside_dev(tier: str, protected: bool) -> None:  # a row of a table
    assert service(tier).one(RUN).inputs["deletionProtection"] is protected


@pytest.mark.parametrize(
    ("tier", "low", "high", "memory", "egress"),
    [("dev", 0, 2, "512Mi", "PRIVATE_RANGES_ONLY"), ("staging", 1, 5, "512Mi", "ALL_TRAFFIC"), ("prod", 2, 10, "1024Mi", "ALL_TRAFFIC")],
)
def test_the_tier_decides_what_is_left_open(tier: str, low: int, high: int, memory: str, egress: str) -> None:
    world = service(tier)
    assert template(world)["scaling"] == {"minInstanceCount": low, "maxInstanceCount": high}
    assert container(world)["resources"]["limits"] == {"cpu": "1", "memory": memory}
    assert template(world)["vpcAccess"]["egress"] == egress


def test_a_thousand_instances_can_be_asked_for() -> None:
    """The seed: "automatic scaling from 0 to 1000+ instances"."""
    assert template(service(scaling=Scaling(min=0, max=1500)))["scaling"] == {"minInstanceCount": 0, "maxInstanceCount": 1500}


def test_websocket_is_one_switch() -> None:
    plain, socket = service(), service(websocket=True)
    assert (template(plain)["sessionAffinity"], template(plain)["timeout"], container(plain)["resources"]["cpuIdle"]) == (False, "300s", True)
    assert (template(socket)["sessionAffinity"], template(socket)["timeout"], container(socket)["resources"]["cpuIdle"]) == (True, "3600s", False)
    assert (template(plain)["maxInstanceRequestConcurrency"], template(socket)["maxInstanceRequestConcurrency"]) == (80, 1000)


def test_health_is_asked_at_start_and_while_it_runs() -> None:
    probed = container(service(health_path="/api/health", port=8081))
    assert probed["startupProbe"] == {"httpGet": {"path": "/api/health", "port": 8081}, "periodSeconds": 5, "timeoutSeconds": 3, "failureThreshold": 12}
    assert probed["livenessProbe"]["httpGet"] == {"path": "/api/health", "port": 8081}
    plain = container(service())
    assert plain["startupProbe"]["tcpSocket"] == {"port": 8080}
    assert "livenessProbe" not in plain


def test_a_connection_becomes_variables_secrets_rights_and_a_path_and_nothing_more() -> None:
    connection = Connection(
        source="orders",
        access=Access.CONNECT,
        env={"ORDERS_HOST": "10.9.0.3"},
        secrets={"ORDERS_PASSWORD": SecretRef("orders-password", "3")},
        grants=(Grant("object_store", Access.READ, {"bucket": "b", "project": "p"}, "orders"),),
        paths=(Path("orders", 5432, cidr="10.9.0.3/32"),),
    )
    world = service(connections=(connection,))
    assert world.children("api") == [
        (RUN, "api-run"),
        ("gcp:compute/firewall:Firewall", "api-to-orders-5432"),
        ("gcp:secretmanager/secretIamMember:SecretIamMember", "api-reads-orders-password"),
        ("gcp:serviceaccount/account:Account", "api-identity"),
        ("gcp:storage/bucketIAMMember:BucketIAMMember", "api-orders-read-objectviewer"),
    ]
    path = world.one("gcp:compute/firewall:Firewall", "api-to-orders-5432").inputs
    assert path["allows"] == [{"protocol": "tcp", "ports": ["5432"]}]
    assert (path["direction"], path["destinationRanges"], path["targetTags"], path["priority"]) == ("EGRESS", ["10.9.0.3/32"], ["watchparty-dev-api"], 1000)
    assert template(world)["vpcAccess"]["networkInterfaces"][0]["tags"] == path["targetTags"]
    reader = world.one("gcp:secretmanager/secretIamMember:SecretIamMember").inputs
    assert (reader["secretId"], reader["role"]) == ("orders-password", "roles/secretmanager.secretAccessor")
    assert container(world)["envs"] == [
        {"name": "ORDERS_HOST", "value": "10.9.0.3"},
        {"name": "ORDERS_PASSWORD", "valueSource": {"secretKeyRef": {"secret": "orders-password", "version": "3"}}},
    ]


def test_the_declared_connections_are_registered_for_policies_to_compare() -> None:
    connection = Connection(source="orders", access=Access.READ, env={"ORDERS_BUCKET": "b"}, paths=(Path("orders", 1, cidr="10.0.0.1/32"),))
    world = service(connections=(connection,))
    declared = world.one("groundplan:index:ContainerService").inputs["connections"]
    assert declared == [{"source": "orders", "access": "read", "variables": ["ORDERS_BUCKET"], "grants": [], "ports": [1]}]


def test_a_grant_to_call_adds_one_resource() -> None:
    def program() -> None:
        network = Network("main")
        api = ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network))
        worker = ContainerService("worker", ContainerServiceArgs(image=IMAGE, network=network))
        api.grant(worker.principal)

    invoker = build(program).one("gcp:cloudrunv2/serviceIamMember:ServiceIamMember")
    assert (invoker.name, invoker.parent_name) == ("api-grant-worker-connect-invoke", "api")
    assert invoker.inputs["role"] == "roles/run.invoker"
    assert invoker.inputs["member"] == "serviceAccount:watchparty-dev-worker@watchparty-dev.iam.gserviceaccount.com"


def test_a_service_can_call_a_service_that_it_is_bound_to() -> None:
    def program() -> None:
        network = Network("main")
        api = ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network))
        ContainerService("worker", ContainerServiceArgs(image=IMAGE, network=network, connections=(connect(api),)))

    world = build(program)
    worker = world.one(RUN, "worker-run").inputs["template"]["containers"][0]
    assert worker["envs"] == [{"name": "API_URL", "value": "https://api-run.a.run.app"}]
    assert world.one("gcp:cloudrunv2/serviceIamMember:ServiceIamMember").parent_name == "worker"
