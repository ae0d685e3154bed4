"""DNSSEC for a zone of Route 53: a key of our own that signs the zone's keys."""

from __future__ import annotations

import json

from pulumi import Output
from pulumi_aws import kms, route53

from .._core.later import later
from ..edge_dns import EdgeDNS
from .account import account_id, partition

WORLD = "us-east-1"
"""Where Route 53 keeps what it uses for its zones: keys and query logs must be there (Route 53, DNSSEC and query logging)."""
CONTEXT = "dnssec-route53.amazonaws.com"


def sign(edge: EdgeDNS, zone: route53.Zone) -> Output[str]:
    """The DS record for the registrar. Until the registrar has it nothing changes; take it back there days before the zone goes."""
    key = kms.Key(
        edge.logical("signing-key"),
        description=f"Signs the zone of {edge.component_name} of {edge.site.application} ({edge.site.stack})",
        customer_master_key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        deletion_window_in_days=30,
        policy=later(account_id(edge), lambda account: key_policy(account, partition(edge.site))),
        region=WORLD,
        tags=edge.labels(),
        opts=edge.data(),
    )
    signing = route53.KeySigningKey(
        edge.logical("signing"),
        hosted_zone_id=zone.zone_id,
        key_management_service_arn=key.arn,
        name=edge.physical("signing_key").replace("-", "_"),  # Route 53 takes letters, digits and underscores
        opts=edge.child(),
    )
    route53.HostedZoneDnsSec(edge.logical("dnssec"), hosted_zone_id=zone.zone_id, opts=edge.child(depends_on=[signing]))
    return signing.ds_record


def key_policy(account: str, partition_: str) -> str:
    """Route 53 signs with it for zones of this account, and grants itself nothing beyond; the account's administrators manage it.

    `kms:*` for the account's root is AWS's own default: without it nobody could ever change the policy again. In a key's policy `*` is the key itself.
    """
    ours = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": f"arn:{partition_}:route53:::hostedzone/*"}}
    route_53 = {"Effect": "Allow", "Principal": {"Service": CONTEXT}, "Resource": "*"}
    statements = [
        {"Sid": "Administration", "Effect": "Allow", "Principal": {"AWS": f"arn:{partition_}:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"},
        {**route_53, "Sid": "Signing", "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], "Condition": ours},
        {**route_53, "Sid": "Granting", "Action": "kms:CreateGrant", "Condition": {**ours, "Bool": {"kms:GrantIsForAWSResource": "true"}}},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True)
