"""What a network writes down: its connections, its DNS queries, and the key that they are kept under."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi import Output
from pulumi_aws import cloudwatch, ec2, iam, kms, route53

from .._core.component import Component
from .._core.errors import Problem
from .._core.later import later
from ..network import Network, NetworkArgs
from .access import document
from .account import account_id, partition
from .log_key import log_group_key
from .tags import named

RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days that CloudWatch Logs offers (API reference, PutRetentionPolicy)."""
INTERVAL = 600
"""Seconds over which the packets of one connection become one line."""


def retention_problems(field: str, days: int) -> Iterator[Problem]:
    """A number of days that CloudWatch Logs does not offer."""
    if days not in RETENTION:
        longer = next((offered for offered in RETENTION if offered > days), RETENTION[-1])
        yield Problem(field, "must be a number of days that CloudWatch Logs offers", days, f"the next is {longer}")


def log_key(network: Network) -> kms.Key | None:
    """The key of all log groups in and of the network."""
    description = f"Logs of network {network.component_name} of {network.site.application} ({network.site.stack})"
    key = log_group_key(network, "log-key", description, named(network, "log-key"))
    if key is not None:
        kms.Alias(network.logical("log-key-alias"), name=f"alias/{network.physical('key_alias', 'logs')}", target_key_id=key.key_id, opts=network.child())
    return key


def _group(network: Network, args: NetworkArgs, folder: str, role: str, key: kms.Key | None) -> cloudwatch.LogGroup:
    return cloudwatch.LogGroup(
        network.logical(f"{role}-log"),
        name=f"{folder}/{network.physical('log_group', role)}",
        retention_in_days=args.log_days,
        kms_key_id=key.arn if key else None,
        tags=network.labels(),
        opts=network.child(),
    )


def flow_logs(network: Network, args: NetworkArgs, vpc: ec2.Vpc, key: kms.Key | None) -> None:
    """Every connection that is let through or refused. AWS has no sampling."""
    group = _group(network, args, "/aws/vpc", "flow", key)
    role = iam.Role(
        network.logical("flow-role"),
        name=network.physical("role", "flow"),
        description=f"Writes the flow logs of network {network.component_name}",
        assume_role_policy=_trust(network),
        tags=network.labels(),
        opts=network.child(),
    )
    actions = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    written = iam.RolePolicy(
        network.logical("flow-writes"),
        name=network.physical("role_policy", "flow"),
        role=role.name,
        policy=later(group.arn, lambda arn: document([{"Effect": "Allow", "Action": actions, "Resource": [f"{arn}:*"]}])),
        opts=network.child(),
    )
    ec2.FlowLog(
        network.logical("flow"),
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=INTERVAL,
        tags=named(network, "flow"),
        opts=network.child(depends_on=[written]),
    )


def _trust(component: Component) -> Output[str]:
    """Only for flow logs of this account and region: another customer's cannot use the role (the confused deputy)."""
    region, words = component.site.region, partition(component.site)

    def statement(account: str) -> dict[str, object]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:{words}:ec2:{region}:{account}:vpc-flow-log/*"},
            },
        }

    return account_id(component).apply(lambda account: document([statement(account)]))


def dns_logs(network: Network, args: NetworkArgs, vpc: ec2.Vpc, key: kms.Key | None) -> None:
    """Every query that the network's resolver is asked."""
    group = _group(network, args, "/aws/route53resolver", "dns", key)
    allowed = cloudwatch.LogResourcePolicy(
        network.logical("dns-writes"),
        policy_name=network.physical("log_policy", "dns"),
        policy_document=later(Output.all(arn=group.arn, account=account_id(network)), lambda of: document([_delivery(network, of["arn"], of["account"])])),
        opts=network.child(),
    )
    config = route53.ResolverQueryLogConfig(
        network.logical("dns"),
        name=network.physical("query_log"),
        destination_arn=group.arn,
        tags=network.labels(),
        opts=network.child(depends_on=[allowed]),
    )
    route53.ResolverQueryLogConfigAssociation(network.logical("dns-of-vpc"), resolver_query_log_config_id=config.id, resource_id=vpc.id, opts=network.child())


def _delivery(component: Component, group: str, account: str) -> dict[str, object]:
    """The log delivery service, for this account alone, into this group alone."""
    return {
        "Sid": "ResolverQueries",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{group}:log-stream:*"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:{partition(component.site)}:logs:{component.site.region}:{account}:*"},
        },
    }
