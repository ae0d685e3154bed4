"""A copy of a server's backups in another region, for the day on which its own is lost."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws import kms, rds

from .._core.errors import Problem
from .._core.site import AWS_REGION, Site
from ..database import Database, DatabaseArgs
from .access import document
from .account import account_id, partition


def copy_problems(args: DatabaseArgs, site: Site) -> Iterator[Problem]:
    """A place that is no other region."""
    place = args.server.backup_location
    if place is not None and (not AWS_REGION.fullmatch(place) or place == site.region):
        yield Problem("server.backup_location", f"must be an AWS region other than {site.region!r}", place, "the backups are kept in their own region anyway")


def backup_copy(database: Database, args: DatabaseArgs, server: rds.Instance) -> None:
    """Backups and logs as they arise, under a key of that region: a server can be restored there to any moment of the same days."""
    place = args.server.backup_location
    key = kms.Key(
        database.logical("backup-key"),
        region=place,
        description=f"Backups of {database.component_name} of {database.site.application} ({database.site.stack})",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=account_id(database).apply(
            lambda account: document(
                [
                    {
                        # AWS's own default: it gives no right by itself but lets the account's IAM policies give them, and keeps the key manageable
                        "Sid": "Administration",
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:{partition(database.site)}:iam::{account}:root"},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ]
            )
        ),
        tags=database.labels(),
        opts=database.data(),
    )
    rds.InstanceAutomatedBackupsReplication(
        database.logical("backup-copy"),
        region=place,
        source_db_instance_arn=server.arn,
        kms_key_id=key.arn,
        retention_period=args.backup_days,
        opts=database.data(),
    )
