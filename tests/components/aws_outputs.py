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


OUTPUTS: Mapping[str, Callable[[MockResourceArgs], dict[str, Any]]] = {
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:elasticache/user:User": lambda args: {"arn": f"arn:aws:elasticache:{PLACE}:user:{args.inputs.get('userId')}"},
    "aws:cloudwatch/logGroup:LogGroup": lambda args: {"arn": f"arn:aws:logs:{PLACE}:log-group:{args.inputs.get('name')}"},
}
"""Type → its computed outputs."""
