"""What an RDS server writes down: its logs, and what its operating system measures."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import Output
from pulumi_aws import cloudwatch, iam

from ..database import Database, DatabaseArgs
from .access import document
from .account import partition

LOG_DAYS: Mapping[str, int] = {"dev": 3, "staging": 3, "prod": 30}
"""Tier → days that logs are kept."""
MONITORING_SECONDS: Mapping[str, int] = {"dev": 0, "staging": 0, "prod": 60}
"""Tier → seconds between two measurements of the operating system; 0 is off. CloudWatch's own, once a minute, are always there."""
MONITORING_POLICY = "service-role/AmazonRDSEnhancedMonitoringRole"
"""AWS's own policy, kept by it: RDS checks a role for what is in it, so that a narrower one of ours could be refused one day. It reaches the log groups of
RDS only."""


def log_kinds(args: DatabaseArgs) -> list[str]:
    """The logs that leave the server, in the order in which RDS returns them."""
    return [*(["iam-db-auth-error"] if args.authentication == "identity" else []), "postgresql", "upgrade"]


def log_group(database: Database, args: DatabaseArgs, role: str, path: str) -> cloudwatch.LogGroup:
    """A log group that is there before anything writes to it: what AWS makes by itself is kept for ever and not under the network's key."""
    return cloudwatch.LogGroup(
        database.logical(role),
        name=path,
        retention_in_days=LOG_DAYS[database.site.tier],
        kms_key_id=args.network.log_key,
        tags=database.labels(),
        opts=database.child(),
    )


def log_groups(database: Database, args: DatabaseArgs, role: str, identifier: str) -> list[pulumi.Resource]:
    """One a kind of log, under the names that RDS prescribes."""
    return [log_group(database, args, f"{role}-log-{kind}", f"/aws/rds/instance/{identifier}/{kind}") for kind in log_kinds(args)]


def monitoring_role(database: Database, place: Output[str], identifiers: list[str]) -> tuple[iam.Role, iam.RolePolicyAttachment] | None:
    """The role that RDS measures as, for these servers and no other, and its right; None where nothing is measured. `place` is `PARTITION:REGION:ACCOUNT`."""
    if not MONITORING_SECONDS[database.site.tier]:
        return None

    def trust(text: str) -> str:
        words, region, account = text.split(":")
        servers = [f"arn:{words}:rds:{region}:{account}:db:{identifier}" for identifier in identifiers]
        service = {"Service": "monitoring.rds.amazonaws.com"}
        only = {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": servers}}
        return document([{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", "Condition": only}])

    role = iam.Role(
        database.logical("monitoring"),
        name=database.physical("role", "monitoring"),
        description=f"Measures the servers of {database.component_name}",
        assume_role_policy=place.apply(lambda text: trust(text) if text else ""),
        tags=database.labels(),
        opts=database.child(),
    )
    right = iam.RolePolicyAttachment(
        database.logical("monitoring-policy"),
        role=role.name,
        policy_arn=f"arn:{partition(database.site)}:iam::aws:policy/{MONITORING_POLICY}",
        opts=database.child(),
    )
    return role, right
