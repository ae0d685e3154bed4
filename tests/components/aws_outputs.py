"""What AWS computes for a resource that a component reads back, in its shape; the mocks answer with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime.mocks import MockResourceArgs

PLACE = "eu-west-1:123456789012"


def _secret(args: MockResourceArgs) -> dict[str, Any]:
    return {"arn": f"arn:aws:secretsmanager:{PLACE}:secret:{args.inputs.get('name')}-AbCdEf"}


def _replication_group(args: MockResourceArgs) -> dict[str, Any]:
    group = args.inputs.get("replicationGroupId")
    return {
        "arn": f"arn:aws:elasticache:{PLACE}:replicationgroup:{group}",
        "primaryEndpointAddress": f"master.{group}.abc123.euw1.cache.amazonaws.com",
        "readerEndpointAddress": f"replica.{group}.abc123.euw1.cache.amazonaws.com",
    }


def _database(args: MockResourceArgs) -> dict[str, Any]:
    """A replica and a proxy too have their own resource id, which their users' ARNs are made of."""
    identifier = args.inputs.get("identifier")
    managed = [{"secretArn": f"arn:aws:secretsmanager:{PLACE}:secret:rds!db-1234-AbCdEf"}] if args.inputs.get("manageMasterUserPassword") else []
    return {
        "arn": f"arn:aws:rds:{PLACE}:db:{identifier}",
        "address": f"{identifier}.abc123.eu-west-1.rds.amazonaws.com",
        "resourceId": f"db-{args.name.upper()}",
        "masterUserSecrets": managed,
    }


OUTPUTS: Mapping[str, Callable[[MockResourceArgs], dict[str, Any]]] = {
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:elasticache/user:User": lambda args: {"arn": f"arn:aws:elasticache:{PLACE}:user:{args.inputs.get('userId')}"},
    "aws:ec2/vpc:Vpc": lambda args: {"defaultNetworkAclId": f"{args.name}-default-acl", "mainRouteTableId": f"{args.name}-main-table"},
    "aws:ec2/eip:Eip": lambda args: {"allocationId": f"{args.name}-allocation", "publicIp": f"203.0.113.{args.name[-1]}"},
    "aws:kms/key:Key": lambda args: {"arn": f"arn:aws:kms:{PLACE}:key/{args.name}", "keyId": args.name},
    "aws:iam/role:Role": lambda args: {"arn": f"arn:aws:iam::123456789012:role/{args.inputs.get('name')}"},
    "aws:ecr/repository:Repository": lambda args: {"repositoryUrl": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{args.inputs.get('name')}"},
    "aws:cloudwatch/logGroup:LogGroup": lambda args: {"arn": f"arn:aws:logs:{PLACE}:log-group:{args.inputs.get('name')}"},
    "aws:ecs/cluster:Cluster": lambda args: {"arn": f"arn:aws:ecs:{PLACE}:cluster/{args.inputs.get('name')}"},
    "aws:ecs/taskDefinition:TaskDefinition": lambda args: {"arn": f"arn:aws:ecs:{PLACE}:task-definition/{args.inputs.get('family')}:1"},
    "aws:servicediscovery/service:Service": lambda args: {"arn": f"arn:aws:servicediscovery:{PLACE}:service/srv-{args.name}"},
    "aws:lb/loadBalancer:LoadBalancer": lambda args: {
        "arn": f"arn:aws:elasticloadbalancing:{PLACE}:loadbalancer/app/{args.name}/50dc6c495c0c9188",
        "arnSuffix": f"app/{args.name}/50dc6c495c0c9188",
    },
    "aws:lb/targetGroup:TargetGroup": lambda args: {
        "arn": f"arn:aws:elasticloadbalancing:{PLACE}:targetgroup/{args.inputs.get('name')}/73e2d6bc24d8a067",
        "arnSuffix": f"targetgroup/{args.inputs.get('name')}/73e2d6bc24d8a067",
    },
    "aws:rds/instance:Instance": _database,
    "aws:rds/proxy:Proxy": lambda args: {
        "arn": f"arn:aws:rds:{PLACE}:db-proxy:prx-{args.name}",
        "endpoint": f"{args.inputs.get('name')}.proxy-abc123.eu-west-1.rds.amazonaws.com",
    },
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": lambda _: {"name": "default"},
    "aws:lambda/function:Function": lambda args: {"arn": f"arn:aws:lambda:{PLACE}:function:{args.inputs.get('name')}"},
    "aws:lambda/invocation:Invocation": lambda args: {"result": args.inputs.get("input")},
    "aws:ec2/securityGroup:SecurityGroup": lambda args: {"arn": f"arn:aws:ec2:{PLACE}:security-group/{args.name}-id"},
    "aws:route53/zone:Zone": lambda args: {
        "zoneId": f"Z{args.name.upper()}",
        "arn": f"arn:aws:route53:::hostedzone/Z{args.name.upper()}",
        "nameServers": ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"],
    },
    "aws:route53/keySigningKey:KeySigningKey": lambda _: {"dsRecord": "12345 13 2 ABCDEF"},
    "aws:route53/queryLog:QueryLog": lambda args: {"arn": f"arn:aws:route53:::queryloggingconfig/{args.name}"},
    "aws:acm/certificate:Certificate": lambda args: {
        "arn": f"arn:aws:acm:{PLACE}:certificate/{args.name}",
        "domainValidationOptions": [
            {
                "domainName": name,
                "resourceRecordName": f"_proof.{name.removeprefix('*.')}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_value.{name.removeprefix('*.')}.acm-validations.aws.",
            }
            for name in (args.inputs["domainName"], *args.inputs.get("subjectAlternativeNames", ()))
        ],
    },
    "aws:s3/bucket:Bucket": lambda args: {"arn": f"arn:aws:s3:::{args.inputs.get('bucket')}"},
}
"""Type → its computed outputs."""

CALLS: Mapping[str, dict[str, Any]] = {
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": "pl-6da54004"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:route53/getZone:getZone": {"zoneId": "ZFOUND", "nameServers": ["ns-3.awsdns-03.com", "ns-4.awsdns-04.net"]},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["eu-west-1a", "eu-west-1b", "eu-west-1c"]},
}
"""What AWS answers when it is asked."""
