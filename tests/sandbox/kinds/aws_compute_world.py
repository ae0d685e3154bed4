"""A network on AWS with public subnets in two zones, a cluster, and roles, secrets and logs that a service there needs."""

from __future__ import annotations

import json
from typing import Any

from sandbox.kind import Record
from tests.sandbox.kinds.aws_data_world import role
from tests.sandbox.kinds.aws_world import (
    ACCOUNT,
    EGRESS,
    GATEWAY,
    GROUP,
    INGRESS,
    NAT,
    REGION,
    ROUTE,
    SUBNET,
    TABLE_ASSOCIATION,
    VPC,
    aws_world,
)
from tests.sandbox.kinds.cloud import World

CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:password-AbCdEf"
LOGS_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app"
CLUSTER_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"
LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "/app", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}}
CONTAINER: dict[str, Any] = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "portMappings": [{"containerPort": 8080}],
    "secrets": [{"name": "PASSWORD", "valueFrom": SECRET_ARN}],
    "logConfiguration": LOGS,
}
FIXED = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}


def allow(world: World, role_name: str, *statements: tuple[str, str], effect: str = "Allow") -> Record:
    """An inline policy of a role: pairs of an action and a resource."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource} for action, resource in statements]}
    return world.put(ROLE_POLICY, f"{role_name}:{len(world.cloud.records)}", role=role_name, policy=json.dumps(policy))


def compute_world() -> World:
    """Two networks, the first with a way to the internet; a cluster with Fargate; a role that may read the secret and write the logs."""
    world = aws_world()
    for number, vpc in enumerate(("vpc-1", "vpc-2")):
        born = {"defaultSecurityGroupId": f"sg-default-{number}", "mainRouteTableId": f"rtb-{number}", "defaultNetworkAclId": f"acl-{number}"}
        world.put(VPC, vpc, cidrBlock=f"10.{number}.0.0/16", region=REGION, **born)
        for index, zone in enumerate("abc"):
            block = f"10.{number}.{index}.0/24"
            world.put(SUBNET, f"subnet-{number}{zone}", vpcId=vpc, availabilityZone=f"{REGION}{zone}", cidrBlock=block, region=REGION)
        world.put(GROUP, f"sg-{number}", vpcId=vpc, name=f"sg-{number}", region=REGION)
    world.put(SUBNET, "subnet-twin", vpcId="vpc-1", availabilityZone=f"{REGION}a", cidrBlock="10.0.9.0/24", region=REGION)
    world.put(SUBNET, "subnet-tiny", vpcId="vpc-1", availabilityZone=f"{REGION}b", cidrBlock="10.0.8.0/28", region=REGION)
    world.put(GATEWAY, "igw-1", vpcId="vpc-1", region=REGION)
    way_out(world)
    world.put(SECRET, SECRET_ARN, arn=SECRET_ARN, name="password", region=REGION)
    world.put(VERSION, f"{SECRET_ARN}|1", secretId=SECRET_ARN, arn=SECRET_ARN)
    world.put(LOG_GROUP, "/app", name="/app", arn=LOGS_ARN, region=REGION)
    for name in ("execution", "task"):
        role(world, name, "ecs-tasks.amazonaws.com")
    allow(world, "execution", ("secretsmanager:GetSecretValue", SECRET_ARN), ("logs:*", f"{LOGS_ARN}:*"))
    world.create(CLUSTER, name="main")
    world.create(PROVIDERS, clusterName="main", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    return world


def way_out(world: World) -> None:
    """From the first network's subnets through NAT in one that has none, past groups that let everything out and their own members in."""
    world.put(SUBNET, "subnet-nat", vpcId="vpc-1", availabilityZone=f"{REGION}a", cidrBlock="10.0.7.0/24", region=REGION)
    world.put(NAT, "nat-1", subnetId="subnet-nat", connectivityType="public", availabilityMode="zonal", vpcId="vpc-1", region=REGION)
    world.put(ROUTE, "r-1", routeTableId="rtb-0", destinationCidrBlock="0.0.0.0/0", natGatewayId="nat-1")
    world.put(ROUTE, "r-2", routeTableId="rtb-public", destinationCidrBlock="0.0.0.0/0", gatewayId="igw-1")
    world.put(TABLE_ASSOCIATION, "rtbassoc-1", subnetId="subnet-nat", routeTableId="rtb-public")
    world.put(EGRESS, "sgr-1", securityGroupId="sg-0", ipProtocol="-1", cidrIpv4="0.0.0.0/0")
    world.put(INGRESS, "sgr-2", securityGroupId="sg-0", ipProtocol="-1", referencedSecurityGroupId="sg-0")


def without(said: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The inputs with changes; what is given as `None` is left out."""
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


def container(**changes: Any) -> dict[str, Any]:
    """The web container, changed."""
    return without(CONTAINER, changes)


def task(world: World, *containers: dict[str, Any], **inputs: Any) -> Record:
    """A revision of the family `web` that Fargate takes, unless it is spoiled."""
    said = {
        "family": "web",
        "cpu": "256",
        "memory": "512",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/execution",
        "containerDefinitions": json.dumps(list(containers) or [CONTAINER]),
    }
    return world.create(TASK, **without(said, inputs))


def service(world: World, revision: Record | None = None, **inputs: Any) -> Record:
    """A service of two tasks on Fargate that waits until it is steady."""
    said = {
        "name": "web",
        "cluster": CLUSTER_ARN,
        "launchType": "FARGATE",
        "taskDefinition": (revision or task(world)).outputs["arn"],
        "desiredCount": 2,
        "networkConfiguration": {"subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0"]},
        "waitForSteadyState": True,
    }
    return world.create(SERVICE, **without(said, inputs))


def balancer(world: World, **inputs: Any) -> Record:
    """A load balancer on the internet, in two zones."""
    return world.create(BALANCER, **without({"name": "front", "subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0"]}, inputs))


def targets(world: World, **inputs: Any) -> Record:
    """A target group of addresses."""
    return world.create(TARGETS, **without({"name": "web", "port": 8080, "protocol": "HTTP", "targetType": "ip", "vpcId": "vpc-1"}, inputs))


def listener(world: World, front: Record, **inputs: Any) -> Record:
    """A listener on port 80 that answers 404."""
    return world.create(LISTENER, **without({"loadBalancerArn": front.id, "port": 80, "protocol": "HTTP", "defaultActions": [FIXED]}, inputs))


def rule(world: World, on: Record, **inputs: Any) -> Record:
    """A rule that sends every path somewhere."""
    said = {"listenerArn": on.id, "priority": 10, "conditions": [{"pathPattern": {"values": ["/*"]}}], "actions": [FIXED]}
    return world.create(RULE, **without(said, inputs))


def routed(world: World) -> tuple[Record, Record]:
    """A load balancer and a target group that a rule of it forwards to."""
    front, group = balancer(world), targets(world)
    rule(world, listener(world, front), actions=[{"type": "forward", "targetGroupArn": group.id}])
    return front, group
