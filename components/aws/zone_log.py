"""What a zone of Route 53 is asked, written down."""

from __future__ import annotations

from pulumi import Output
from pulumi_aws import cloudwatch, route53

from .._core.later import later
from ..edge_dns import EdgeDNS
from .access import document
from .account import account_id
from .zone_signing import WORLD

DAYS = 30
"""How long queries are kept."""


def log_queries(edge: EdgeDNS, domain: str, zone: route53.Zone) -> None:
    """Every query that Route 53 answers for the zone, from any resolver."""
    group = cloudwatch.LogGroup(
        edge.logical("queries"),
        name=f"/aws/route53/{domain}/{edge.physical('log_group')}",
        retention_in_days=DAYS,
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
