"""What a cache writes down: slow commands, and what the engine says."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import Output
from pulumi_aws import cloudwatch, elasticache

from .._core.later import later
from ..cache import Cache, CacheArgs
from .access import document
from .account import account_id, partition

LOGS = ("slow", "engine")
"""The two that ElastiCache delivers (ElastiCache user guide, log delivery)."""
DAYS: Mapping[str, int] = {"dev": 3, "staging": 3, "prod": 30}
"""Tier → days that a log stays."""


def log_groups(cache: Cache, args: CacheArgs) -> tuple[list[elasticache.ReplicationGroupLogDeliveryConfigurationArgs], list[pulumi.Resource]]:
    """Where the two go, and what must exist before: AWS's log delivery may write into these two groups and no other."""
    deliveries: list[elasticache.ReplicationGroupLogDeliveryConfigurationArgs] = []
    ready: list[pulumi.Resource] = []
    for log in LOGS:
        group = cloudwatch.LogGroup(
            cache.logical(f"{log}-log"),
            name=f"/aws/elasticache/{cache.physical('log_group', log)}",
            retention_in_days=DAYS[cache.site.tier],
            kms_key_id=args.network.log_key,
            tags=cache.labels(),
            opts=cache.child(),
        )
        ready.append(
            cloudwatch.LogResourcePolicy(
                cache.logical(f"{log}-log-delivery"),
                resource_arn=group.arn,
                policy_document=_delivery(cache, group),
                opts=cache.child(),
            )
        )
        deliveries.append(
            elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                destination=group.name, destination_type="cloudwatch-logs", log_format="json", log_type=f"{log}-log"
            )
        )
    return deliveries, ready


def _delivery(cache: Cache, group: cloudwatch.LogGroup) -> Output[str]:
    """Only for deliveries of this account and region: another customer's cannot write here (the confused deputy)."""
    words, region = partition(cache.site), cache.site.region

    def text(known: list[str]) -> str:
        arn, account = known
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{arn}:log-stream:*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": f"arn:{words}:logs:{region}:{account}:*"}},
        }
        return document([statement])

    return later(Output.all(group.arn, account_id(cache)), text)
