"""Containers of task definitions in the sandbox: what ECS and Fargate refuse of one, and of several together."""

from __future__ import annotations

import pytest

from tests.sandbox.kinds.aws_compute_world import compute_world, container, task
from tests.sandbox.kinds.aws_world import REGION, said
from tests.sandbox.kinds.cloud import World, refused

REGISTER = "creating ECS Task Definition (web): operation error ECS: RegisterTaskDefinition, https response error StatusCode: 400, ClientException: "
SIDE = {"name": "side", "image": "busybox"}


@pytest.fixture
def world() -> World:
    return compute_world()


NOT_ON_FARGATE = "Fargate compatible task definitions do not support "


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/a"}]}}, NOT_ON_FARGATE + "devices"),
        ({"linuxParameters": {"sharedMemorySize": 64}}, NOT_ON_FARGATE + "sharedMemorySize"),
        ({"linuxParameters": {"tmpfs": [{"containerPath": "/tmp", "size": 64}]}}, NOT_ON_FARGATE + "tmpfs"),
        ({"linuxParameters": {"maxSwap": 64}}, NOT_ON_FARGATE + "maxSwap"),
        ({"linuxParameters": {"swappiness": 60}}, NOT_ON_FARGATE + "swappiness"),
        (
            {"linuxParameters": {"capabilities": {"add": ["NET_ADMIN", "SYS_PTRACE"]}}},
            "Fargate compatible task definitions only support adding kernel capability SYS_PTRACE, got NET_ADMIN",
        ),
        ({"privileged": True}, NOT_ON_FARGATE + "privileged"),
        ({"links": ["db"]}, NOT_ON_FARGATE + "links"),
        ({"hostname": "web"}, NOT_ON_FARGATE + "hostname"),
        ({"extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.1"}]}, NOT_ON_FARGATE + "extraHosts"),
        ({"ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 1}]}, NOT_ON_FARGATE + "the ulimit core"),
        ({"stopTimeout": 121}, "Invalid 'stopTimeout' setting for container 'web'. Tasks on Fargate support at most 120 seconds."),
        ({"logConfiguration": {"logDriver": "json-file"}}, NOT_ON_FARGATE + "log driver json-file"),
        (
            {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/app", "awslogs-region": REGION}}},
            "Fargate requires the option awslogs-stream-prefix of log driver awslogs.",
        ),
        (
            {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "a"}}},
            "Log driver awslogs requires options: awslogs-region, awslogs-group",
        ),
        ({"name": None}, "Container.name should not be null or empty."),
        ({"name": "my web"}, "Container.name contains invalid characters."),
        ({"image": None}, "Container.image should not be null or empty."),
        ({"essential": False}, "At least one container of the task definition must be essential."),
        (
            {"portMappings": [{"containerPort": 80, "hostPort": 8080}]},
            "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
        ),
        ({"portMappings": [{"containerPort": 80}, {"containerPort": 80, "hostPort": 80}]}, "Container 'web' maps the container port 80/tcp more than once."),
        ({"portMappings": [{"containerPort": 65536}]}, "Invalid 'port' setting for container 'web': 65536"),
        ({"portMappings": [{"containerPort": 80, "protocol": "http"}]}, "Invalid 'protocol' setting for container 'web': http"),
        ({"memory": 1024}, "The 'memory' setting for container 'web' is greater than for the task."),
        ({"memoryReservation": 1024}, "The 'memoryReservation' setting for container 'web' is greater than for the task."),
        ({"memory": 5}, "Invalid setting for container 'web'. 'memory' must be at least 6 MiB."),
        ({"memory": 100, "memoryReservation": 200}, "Invalid setting for container 'web'. 'memoryReservation' must be less than 'memory'."),
        ({"cpu": 257}, "The sum of the 'cpu' settings of all containers, 257, is greater than for the task, 256."),
        ({"secrets": [{"name": "A"}]}, "Secret.name and Secret.valueFrom should not be null or empty."),
        (
            {"environment": [{"name": "PASSWORD", "value": "x"}]},
            "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'PASSWORD'.",
        ),
        ({"healthCheck": {"command": ["curl"]}}, "The health check command of container 'web' must start with CMD, CMD-SHELL or NONE."),
        (
            {"healthCheck": {"command": ["CMD", "x"], "interval": 4}},
            "Invalid 'interval' setting for the health check of container 'web': 4 is not between 5 and 300.",
        ),
        (
            {"healthCheck": {"command": ["CMD", "x"], "retries": 11}},
            "Invalid 'retries' setting for the health check of container 'web': 11 is not between 1 and 10.",
        ),
        ({"mountPoints": [{"sourceVolume": "data", "containerPath": "/d"}]}, "Unknown volume 'data'."),
        ({"volumesFrom": [{"sourceContainer": "db"}]}, "Invalid 'volumesFrom' setting. Unknown container: 'db'."),
        ({"dependsOn": [{"containerName": "db", "condition": "START"}]}, "Container 'web' depends on an unknown container 'db'."),
        ({"dependsOn": [{"containerName": "web", "condition": "START"}]}, "The container dependencies have a cycle."),
    ],
)
def test_a_container_that_cannot_run_is_refused(world, changes, why):
    assert said(refused(lambda: task(world, container(**changes)))) == REGISTER + why


@pytest.mark.parametrize(
    ("condition", "changes", "why"),
    [
        ("HEALTHY", {}, "Container 'side' is depended on for its health, and has no health check."),
        ("SUCCESS", {}, "The container 'side' is essential: nothing can wait until it is complete."),
        ("READY", {}, "Invalid 'condition' setting of a dependency: READY"),
        ("START", {"name": "web"}, "Container.name must be unique: the name 'web' is used more than once."),
        ("START", {"dependsOn": [{"containerName": "web", "condition": "START"}]}, "The container dependencies have a cycle."),
    ],
)
def test_containers_that_do_not_fit_together_are_refused(world, condition, changes, why):
    web = container(dependsOn=[{"containerName": "side", "condition": condition}] if "name" not in changes else None)
    assert said(refused(lambda: task(world, web, {**SIDE, **changes}))) == REGISTER + why


def test_containers_may_wait_for_one_another_and_share_volumes(world):
    side = {**SIDE, "essential": False, "mountPoints": [{"sourceVolume": "data", "containerPath": "/d"}]}
    assert task(world, container(dependsOn=[{"containerName": "side", "condition": "SUCCESS"}]), side, volumes=[{"name": "data"}]).outputs["revision"] == 1


def test_a_mount_has_a_whole_path(world):
    mounted = container(mountPoints=[{"sourceVolume": "data", "containerPath": "d"}])
    assert said(refused(lambda: task(world, mounted, volumes=[{"name": "data"}]))) == f"{REGISTER}Invalid 'containerPath' setting for container 'web': 'd'"


def test_no_container_at_all_is_refused(world):
    assert said(refused(lambda: task(world, containerDefinitions="[]"))) == f"{REGISTER}Container list cannot be empty."
