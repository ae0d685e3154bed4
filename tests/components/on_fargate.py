"""A service on Fargate on mocks, and what a test asks of it."""

from __future__ import annotations

import json
from typing import Any

from components import ContainerService, ContainerServiceArgs, Network
from tests.components.world import World, build

PLACE = "eu-west-1:123456789012"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/images/api@sha256:" + 64 * "a"
RUN = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
POLICY = "aws:iam/rolePolicy:RolePolicy"
OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INTO = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SECRET = f"arn:aws:secretsmanager:{PLACE}:secret:jwt-AbCdEf"
LOGS = f"arn:aws:logs:{PLACE}:log-group:/aws/ecs/watchparty-prod-api:*"
WRITES_LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [LOGS]}

CHILDREN = [
    ("aws:appautoscaling/policy:Policy", "api-scales-cpu"),
    ("aws:appautoscaling/policy:Policy", "api-scales-memory"),
    ("aws:appautoscaling/target:Target", "api-scaling"),
    ("aws:cloudwatch/logGroup:LogGroup", "api-logs"),
    ("aws:ec2/securityGroup:SecurityGroup", "api-gate"),
    ("aws:ecs/cluster:Cluster", "api-cluster"),
    ("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "api-capacity"),
    (RUN, "api-run"),
    (TASK, "api-task"),
    ("aws:iam/role:Role", "api-execution"),
    ("aws:iam/role:Role", "api-identity"),
    (POLICY, "api-starts"),
    ("aws:servicediscovery/service:Service", "api-name"),
    (OUT, "api-to-internet-443"),
]
"""What every service has, whatever its tier."""


def service(tier: str = "dev", **args: Any) -> World:
    return build(lambda: ContainerService("api", ContainerServiceArgs(**{"image": IMAGE, "network": Network("main"), **args})), cloud="aws", tier=tier)


def run(world: World) -> dict[str, Any]:
    return world.one(RUN).inputs


def container(world: World) -> dict[str, Any]:
    found = json.loads(world.one(TASK).inputs["containerDefinitions"])
    assert len(found) == 1
    return dict(found[0])


def allowed(world: World, name: str) -> list[dict[str, Any]]:
    """The statements of an inline policy."""
    return list(json.loads(world.one(POLICY, name).inputs["policy"])["Statement"])
