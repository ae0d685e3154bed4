"""The task definition of a service: one container with nothing but what it declares."""

from __future__ import annotations

import hashlib
from typing import Any

from pulumi import Input, Output
from pulumi_aws import cloudwatch, ecs, iam

from .._core.connection import FromConsumer, Principal
from .._core.tiers import settled
from ..container_service import ContainerService, ContainerServiceArgs
from .access import consumer_value
from .fargate import UNITS
from .task_roles import reading

PRIVILEGED_PORTS = 1024
"""Ports below take the capability NET_BIND_SERVICE."""
CAPABILITIES = (
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
)  # fmt: skip
"""What a container has by default, but NET_BIND_SERVICE (Amazon ECS API reference, KernelCapabilities)."""
LOG_BUFFER = "25m"
"""Memory for log lines that CloudWatch does not take yet; when it is full, lines are lost and the service goes on."""


def definition(service: ContainerService, args: ContainerServiceArgs, identity: iam.Role, execution: iam.Role, logs: cloudwatch.LogGroup) -> ecs.TaskDefinition:
    """A new revision for each change; nothing else of the service is replaced by one."""
    return ecs.TaskDefinition(
        service.logical("task"),
        family=service.physical("ecs"),
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(int(settled(args.cpu) * UNITS)),
        memory=str(settled(args.memory_mib)),
        runtime_platform=ecs.TaskDefinitionRuntimePlatformArgs(
            operating_system_family="LINUX", cpu_architecture="ARM64" if args.runtime.architecture == "arm64" else "X86_64"
        ),
        task_role_arn=identity.arn,
        execution_role_arn=execution.arn,
        container_definitions=Output.json_dumps([_container(service, args, identity, logs)], sort_keys=True),
        volumes=[ecs.TaskDefinitionVolumeArgs(name=volume) for volume in _volumes(args)] or None,
        tags=service.labels(),
        opts=service.child(),
    )


def _container(service: ContainerService, args: ContainerServiceArgs, identity: iam.Role, logs: cloudwatch.LogGroup) -> dict[str, Any]:
    runtime = args.runtime
    container: dict[str, Any] = {
        "name": service.component_name,
        "image": args.image,
        "essential": True,
        "portMappings": [{"containerPort": args.port, "hostPort": args.port, "protocol": "tcp"}],
        "environment": [{"name": name, "value": value} for name, value in sorted(_variables(service, args, identity).items())],
        "secrets": [{"name": name, "valueFrom": place} for name, place in reading(args)],
        "readonlyRootFilesystem": "/" not in runtime.writable_paths,
        "linuxParameters": {
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"] if args.port >= PRIVILEGED_PORTS else list(CAPABILITIES)},
        },
        "mountPoints": [{"sourceVolume": volume, "containerPath": path, "readOnly": False} for volume, path in _volumes(args).items()],
        "stopTimeout": runtime.stop_seconds,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs.name,
                "awslogs-region": service.site.region,
                "awslogs-stream-prefix": service.component_name,
                "mode": "non-blocking",
                "max-buffer-size": LOG_BUFFER,
            },
        },
    }
    if runtime.command:
        container["entryPoint"] = list(runtime.command)
    if runtime.arguments:
        container["command"] = list(runtime.arguments)
    if runtime.health_command:
        container["healthCheck"] = {
            "command": ["CMD", *runtime.health_command],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": runtime.startup_seconds,
        }
    return container


def _variables(service: ContainerService, args: ContainerServiceArgs, identity: iam.Role) -> dict[str, Input[str]]:
    """What the program declares, what its connections give, and the port as Cloud Run says it: an image then listens alike on both clouds."""
    principal = Principal(service.component_name, identity.arn)
    values: dict[str, Input[str]] = {"PORT": str(args.port), **args.env}
    for connection in args.connections:
        for name, value in connection.env.items():
            values[name] = consumer_value(value, principal) if isinstance(value, FromConsumer) else value
    return values


def _volumes(args: ContainerServiceArgs) -> dict[str, str]:
    """Volume → folder. A name follows from its folder alone, so that a further one moves none."""
    folders = [path for path in args.runtime.writable_paths if path != "/"]
    return {f"writable-{hashlib.sha256(path.encode()).hexdigest()[:8]}": path for path in folders}
