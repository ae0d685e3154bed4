"""The key of log groups outside dev: one a region, for the log groups of the account there."""

from __future__ import annotations

from pulumi_aws import kms

from .._core.component import Component
from .access import document
from .account import account_id, partition

DATA_KEYS = ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")


def log_group_key(component: Component, role: str, description: str, tags: dict[str, str], *, elsewhere: str | None = None) -> kms.Key | None:
    """The key, in the site's region or `elsewhere`; in dev none, because AWS's own key does and costs nothing."""
    if component.site.tier == "dev":
        return None
    region = elsewhere or component.site.region
    return kms.Key(
        component.logical(role),
        region=elsewhere,
        description=description,
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=account_id(component).apply(lambda account: document(_policy(account, partition(component.site), region))),
        tags=tags,
        opts=component.data(),
    )


def _policy(account: str, words: str, region: str) -> list[dict[str, object]]:
    """A key's policy stands alone: without the first statement, which is AWS's own default, IAM could let nobody manage the key and it could be lost for ever.

    It gives no right by itself: it lets the account's IAM policies decide.
    """
    return [
        {"Sid": "Administration", "Effect": "Allow", "Principal": {"AWS": f"arn:{words}:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"},
        {
            "Sid": "LogGroupsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", *DATA_KEYS, "kms:ReEncryptFrom", "kms:ReEncryptTo"],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{words}:logs:{region}:{account}:log-group:*"}},
        },
    ]
