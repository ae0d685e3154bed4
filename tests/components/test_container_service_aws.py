"""ContainerService on AWS asks for exactly what its arguments say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import ContainerService, ContainerServiceArgs, GrantError, Network, Runtime, Scaling, connect
from tests.components.on_fargate import (
    CHILDREN,
    IMAGE,
    INTO,
    PLACE,
    POLICY,
    RUN,
    TASK,
    container,
    run,
    service,
)
from tests.components.world import build


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_service_without_connections_has_these_parts_and_no_others(tier: str) -> None:
    assert service(tier).children("api") == CHILDREN


def test_a_service_has_no_public_address_and_nobody_can_enter_its_containers() -> None:
    world = service("prod")
    assert run(world)["networkConfiguration"] == {
        "assignPublicIp": False,
        "securityGroups": ["api-gate-id"],
        "subnets": ["main-subnet-app-1-id", "main-subnet-app-2-id", "main-subnet-app-3-id"],
    }
    assert run(world)["enableExecuteCommand"] is False
    assert world.of(INTO) == [] or all(rule.parent_name != "api" for rule in world.of(INTO))


def test_a_container_writes_to_its_temporary_folder_only_and_has_no_capability() -> None:
    world = service()
    made = container(world)
    assert made["readonlyRootFilesystem"] is True
    assert made["linuxParameters"] == {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
    assert "privileged" not in made
    volume = world.one(TASK).inputs["volumes"][0]["name"]
    assert made["mountPoints"] == [{"sourceVolume": volume, "containerPath": "/tmp", "readOnly": False}]
    assert world.one(TASK).inputs["volumes"] == [{"name": volume}]


def test_the_whole_file_system_is_writable_where_that_is_asked_for() -> None:
    world = service(runtime=Runtime(writable_paths=("/", "/cache")))
    assert container(world)["readonlyRootFilesystem"] is False
    assert [mount["containerPath"] for mount in container(world)["mountPoints"]] == ["/cache"]
    bare = service(runtime=Runtime(writable_paths=()))
    assert container(bare)["mountPoints"] == []
    assert "volumes" not in bare.one(TASK).inputs


def test_a_further_folder_moves_none() -> None:
    one, two = (container(service(runtime=Runtime(writable_paths=paths)))["mountPoints"] for paths in (("/b",), ("/a", "/b")))
    assert one[0] in two


def test_a_low_port_keeps_the_one_capability_that_it_takes() -> None:
    dropped = container(service(port=80))["linuxParameters"]["capabilities"]["drop"]
    assert "NET_BIND_SERVICE" not in dropped
    assert {"ALL"}.isdisjoint(dropped)
    assert {"SETUID", "SETGID", "NET_RAW", "SYS_CHROOT", "CHOWN"} < set(dropped)


@pytest.mark.parametrize(
    ("tier", "size", "count", "insights", "days", "spot", "key"),
    [
        ("dev", ("1024", "2048"), (1, 2), "disabled", 3, [(0, 0), (0, 100)], None),
        ("staging", ("1024", "2048"), (1, 5), "enabled", 3, [(1, 100), (0, 0)], "main-log-key"),
        ("prod", ("1024", "2048"), (2, 10), "enhanced", 30, [(1, 100), (0, 0)], "main-log-key"),
    ],
)
def test_the_tier_decides_what_is_left_open(  # a row of a table
    tier: str, size: tuple[str, str], count: tuple[int, int], insights: str, days: int, spot: list[tuple[int, int]], key: str | None
) -> None:
    """The seed: production runs 2 tasks of 1024 units and 2048 MiB, up to 10; staging a single one; logs 3 and 30 days; spare capacity in development."""
    world = service(tier)
    task, bounds, logs = world.one(TASK).inputs, world.one("aws:appautoscaling/target:Target").inputs, world.one("aws:cloudwatch/logGroup:LogGroup", "api-logs")
    assert (task["cpu"], task["memory"]) == size
    assert run(world)["desiredCount"] == count[0]
    assert (bounds["minCapacity"], bounds["maxCapacity"]) == count
    assert world.one("aws:ecs/cluster:Cluster").inputs["settings"] == [{"name": "containerInsights", "value": insights}]
    assert logs.inputs["retentionInDays"] == days
    assert logs.inputs.get("kmsKeyId") == (key and f"arn:aws:kms:{PLACE}:key/{key}")
    assert logs.inputs["name"] == f"/aws/ecs/watchparty-{tier}-api"
    assert [(one["base"], one["weight"]) for one in run(world)["capacityProviderStrategies"]] == spot
    assert [one["capacityProvider"] for one in run(world)["capacityProviderStrategies"]] == ["FARGATE", "FARGATE_SPOT"]


def test_part_of_the_instances_can_run_on_spare_capacity_but_never_the_first() -> None:
    shares = run(service("prod", scaling=Scaling(spot_percent=70)))["capacityProviderStrategies"]
    assert [(one["base"], one["weight"]) for one in shares] == [(1, 30), (0, 70)]


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"cpu": 0.25}, ("256", "512")),
        ({"cpu": 0.5}, ("512", "1024")),
        ({"cpu": 2}, ("2048", "4096")),
        ({"cpu": 1, "memory_mib": 3072}, ("1024", "3072")),
        ({"cpu": 16, "memory_mib": 122880}, ("16384", "122880")),
    ],
)
def test_memory_that_is_left_open_is_the_least_that_fargate_has_with_the_cpu(given: dict[str, Any], size: tuple[str, str]) -> None:
    task = service(**given).one(TASK).inputs
    assert (task["cpu"], task["memory"]) == size


def test_a_rollout_that_fails_is_rolled_back_and_fails_the_update() -> None:
    made = run(service())
    assert made["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert (made["deploymentMinimumHealthyPercent"], made["deploymentMaximumPercent"]) == (100, 200)
    assert made["waitForSteadyState"] is True
    assert made["availabilityZoneRebalancing"] == "ENABLED"
    assert made["forceNewDeployment"] is True


def test_a_deploy_leaves_the_number_of_instances_to_the_scaling() -> None:
    world = service("prod")
    assert world.one(RUN).ignore_changes == ("desiredCount",)
    goals = {
        policy.name: (
            policy.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]["predefinedMetricType"],
            policy.inputs["targetTrackingScalingPolicyConfiguration"]["targetValue"],
        )
        for policy in world.of("aws:appautoscaling/policy:Policy")
    }
    assert goals == {"api-scales-cpu": ("ECSServiceAverageCPUUtilization", 60), "api-scales-memory": ("ECSServiceAverageMemoryUtilization", 75)}
    assert world.one("aws:appautoscaling/target:Target").inputs["resourceId"] == "service/watchparty-prod-api/watchparty-prod-api"


def test_a_service_waits_for_its_rights_its_ways_out_and_the_routes_of_its_network() -> None:
    needed = {urn.rsplit("::", 1)[-1] for urn in service().one(RUN).depends_on}
    assert {"api-starts", "api-to-internet-443", "api-capacity", "main-route-app-1", "main-acl-app"} <= needed


def test_a_service_is_found_by_a_private_name_and_a_caller_is_let_in() -> None:
    def program() -> None:
        network = Network("main")
        api = ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network, port=9000))
        ContainerService("worker", ContainerServiceArgs(image=IMAGE, network=network, connections=(connect(api),)))
        for field in ("url", "host", "service", "identity", "revision"):
            getattr(api, field).apply(lambda value, field=field: found.__setitem__(field, value))

    found: dict[str, str] = {}
    world = build(program, cloud="aws")
    assert found == {
        "url": "http://api.watchparty-dev-main.internal:9000",
        "host": "api.watchparty-dev-main.internal",
        "service": "watchparty-dev-api",
        "identity": "arn:aws:iam::123456789012:role/watchparty-dev-api",
        "revision": f"arn:aws:ecs:{PLACE}:task-definition/watchparty-dev-api:1",
    }
    worker = json.loads(world.one(TASK, "worker-task").inputs["containerDefinitions"])[0]
    assert {"name": "API_URL", "value": found["url"]} in worker["environment"]
    into = world.one(INTO, "worker-to-api-9000-in").inputs
    assert (into["securityGroupId"], into["referencedSecurityGroupId"], into["fromPort"]) == ("api-gate-id", "worker-gate-id", 9000)
    assert [policy.name for policy in world.of(POLICY) if policy.parent_name == "worker"] == ["worker-starts"]
    name = world.one("aws:servicediscovery/service:Service", "api-name").inputs
    assert (name["name"], name["dnsConfig"]["dnsRecords"], name["dnsConfig"]["routingPolicy"]) == ("api", [{"type": "A", "ttl": 10}], "MULTIVALUE")


def test_a_grant_to_call_says_that_the_network_decides() -> None:
    def program() -> None:
        network = Network("main")
        api = ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network))
        api.grant(ContainerService("worker", ContainerServiceArgs(image=IMAGE, network=network)).principal)

    with pytest.raises(GrantError, match="does nothing on AWS, where the network decides who calls it"):
        build(program, cloud="aws")


def test_words_health_and_platform_reach_the_container() -> None:
    runtime = Runtime(
        command=("node",), arguments=("server.js",), health_command=("/healthy", "-q"), stop_seconds=90, architecture="arm64", startup_seconds=120, log_days=14
    )
    world = service(runtime=runtime)
    made = container(world)
    assert (made["entryPoint"], made["command"], made["stopTimeout"]) == (["node"], ["server.js"], 90)
    assert made["healthCheck"] == {"command": ["CMD", "/healthy", "-q"], "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 120}
    assert world.one(TASK).inputs["runtimePlatform"] == {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"}
    assert made["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/aws/ecs/watchparty-dev-api",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "api",
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        },
    }
    plain = container(service())
    assert {"entryPoint", "command", "healthCheck"}.isdisjoint(plain)
