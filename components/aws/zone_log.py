"""What a zone of Route 53 is asked, written down."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Output
from pulumi_aws import cloudwatch, route53

from .._core.later import later
from ..edge_dns import EdgeDNS
from .access import document
from .account import account_id
from .log_key import log_group_key
from .zone_signing import WORLD

DAYS: Mapping[str, int] = {"dev": 3, "staging": 3, "prod": 30}
"""Tier → days that queries are kept."""


def log_queries(edge: EdgeDNS, domain: str, zone: route53.Zone) -> None:
    """Every query that Route 53 answers for the zone, from any resolver; outside dev under a key of their own."""
    key = log_group_key(edge, "queries-key", f"Queries of {edge.component_name} of {edge.site.application} ({edge.site.stack})", edge.labels(), elsewhere=WORLD)
    group = cloudwatch.LogGroup(
        edge.logical("queries"),
        name=f"/aws/route53/{domain}/{edge.physical('log_group')}",
        retention_in_days=DAYS[edge.site.tier],
        kms_key_id=key.arn if key else None,
        region=WORLD,
        tags=edge.labels(),
        opts=edge.child(),
    )
    allowed = cloudwatch.LogResourcePolicy(
        edge.logical("queries-writes"),
        policy_name=edge.physical("log_policy", "queries"),
        policy_document=later(Output.all(arn=group.arn, zone=zone.arn, account=account_id(edge)), lambda of: document([_delivery(**of)])),
        region=WORLD,
        opts=edge.child(),
    )
    route53.QueryLog(edge.logical("queries-of-zone"), zone_id=zone.zone_id, cloudwatch_log_group_arn=group.arn, opts=edge.child(depends_on=[allowed]))


def _delivery(arn: str, zone: str, account: str) -> dict[str, object]:
    """Route 53 writes into this group for this zone, and for nobody else's."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{arn}:*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": zone}},
    }
