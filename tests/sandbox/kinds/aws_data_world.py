"""A network on AWS with data subnets in three zones, and databases and caches in it that AWS takes."""

from __future__ import annotations

import json
from typing import Any

from sandbox.kind import Record
from sandbox.resources import aws
from tests.sandbox.kinds.cloud import World

REGION = "eu-west-1"
ACCOUNT = "000000000000"
INSTANCE = "aws:rds/instance:Instance"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
SNAPSHOT = "aws:rds/snapshot:Snapshot"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CACHE_SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup"
CACHE_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
USER = "aws:elasticache/user:User"
USER_GROUP = "aws:elasticache/userGroup:UserGroup"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
ROLE = "aws:iam/role:Role"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
VPC = "aws:ec2/vpc:Vpc"
KEY = "aws:kms/key:Key"
MONITORING = f"arn:aws:iam::{ACCOUNT}:role/monitoring"
CUSTOMER_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555"


def role(world: World, name: str, service: str) -> str:
    """The ARN of a role that trusts a service."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    world.put(ROLE, name, name=name, arn=arn, assumeRolePolicy=json.dumps(trust))
    return arn


def data_world() -> World:
    """Two networks; in the first three data subnets, a security group, a key, a role for monitoring, and the groups of databases and caches."""
    functions = {function.token: function for function in aws.FUNCTIONS}
    world = World({kind.token: kind for kind in aws.KINDS}, functions, config={"region": REGION})
    for number, vpc in enumerate(("vpc-1", "vpc-2")):
        world.put(VPC, vpc, cidrBlock=f"10.{number}.0.0/16", defaultSecurityGroupId=f"sg-default-{vpc}", region=REGION)
        for index, zone in enumerate("abc"):
            block = f"10.{number}.{index}.0/24"
            world.put(SUBNET, f"subnet-{number}{zone}", vpcId=vpc, availabilityZone=f"{REGION}{zone}", cidrBlock=block, region=REGION)
        world.put(GROUP, f"sg-{number}", vpcId=vpc, name=f"sg-{number}", region=REGION)
    world.put(KEY, "11111111-2222-4333-8444-555555555555", arn=CUSTOMER_KEY, keyId="11111111-2222-4333-8444-555555555555", region=REGION)
    role(world, "monitoring", "monitoring.rds.amazonaws.com")
    world.create(SUBNET_GROUP, name="data", subnetIds=["subnet-0a", "subnet-0b", "subnet-0c"])
    world.create(CACHE_SUBNETS, name="data", subnetIds=["subnet-0a", "subnet-0b", "subnet-0c"])
    return world


def database(world: World, identifier: str = "main", **inputs: Any) -> Record:
    """A private PostgreSQL server with backups; an input given as `None` is left out."""
    said = {
        "identifier": identifier,
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "storageType": "gp3",
        "storageEncrypted": True,
        "username": "postgres",
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": "data",
        "vpcSecurityGroupIds": ["sg-0"],
        "backupRetentionPeriod": 7,
        "skipFinalSnapshot": True,
        **inputs,
    }
    return world.create(INSTANCE, **{name: value for name, value in said.items() if value is not None})


def cache(world: World, identifier: str = "main", **inputs: Any) -> Record:
    """A Valkey server with TLS; an input given as `None` is left out."""
    said = {
        "replicationGroupId": identifier,
        "description": "A cache",
        "engine": "valkey",
        "engineVersion": "8.1",
        "nodeType": "cache.t4g.micro",
        "numCacheClusters": 1,
        "subnetGroupName": "data",
        "securityGroupIds": ["sg-0"],
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        **inputs,
    }
    return world.create(CACHE, **{name: value for name, value in said.items() if value is not None})
