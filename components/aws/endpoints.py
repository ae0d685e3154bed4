"""Ways to AWS's own services that do not leave the network."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import Output
from pulumi_aws import ec2, vpc

from ..network import Network, NetworkArgs
from .access import document
from .account import account_id, partition
from .tags import named

SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms")
"""What a container needs to start and to say something: its image, its log, its secrets and their keys."""
OBJECT_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
)
"""What goes through at most: objects, no settings of a bucket. A policy here gives nobody a right; it takes away what a role has."""
HTTPS = 443


def storage_endpoint(network: Network, parent: ec2.Vpc, tables: Sequence[ec2.RouteTable]) -> pulumi.Resource:
    """S3 without NAT, free of charge: the account's own buckets, and AWS's where the layers of ECR's images are."""
    region, words = network.site.region, partition(network.site)
    layers = f"arn:{words}:s3:::prod-{region}-starport-layer-bucket/*"
    policy = account_id(network).apply(lambda account: document(_through(account, layers)))
    return ec2.VpcEndpoint(
        network.logical("endpoint-s3"),
        vpc_id=parent.id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables],
        policy=policy,
        tags=named(network, "s3"),
        opts=network.child(),
    )


def _through(account: str, layers: str) -> list[dict[str, object]]:
    return [
        {
            "Sid": "OwnBuckets",
            "Effect": "Allow",
            "Principal": "*",
            "Action": list(OBJECT_ACTIONS),
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceAccount": account}},
        },
        {"Sid": "LayersOfImages", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": [layers]},
    ]


def _ours(network: Network, service: str) -> Output[str]:
    """Whoever calls is of this account: nothing leaves the network by this way with a stranger's credentials.

    What is called may be another account's, as images are.
    """
    action = f"{service.partition('.')[0]}:*"

    def text(account: str) -> str:
        condition = {"StringEquals": {"aws:PrincipalAccount": account}}
        return document([{"Sid": "OwnIdentities", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition}])

    return account_id(network).apply(text)


def interface_endpoints(network: Network, args: NetworkArgs, parent: ec2.Vpc, subnets: Sequence[ec2.Subnet]) -> list[pulumi.Resource]:
    """The services under their usual names, in one zone or in every; the network may call them, they call nobody."""
    gate = ec2.SecurityGroup(
        network.logical("endpoints"),
        name=network.physical("security_group", "endpoints"),
        description=f"AWS services within network {network.component_name}",
        vpc_id=parent.id,
        tags=named(network, "endpoints"),
        opts=network.child(),
    )
    rule = vpc.SecurityGroupIngressRule(
        network.logical("endpoints-https"),
        security_group_id=gate.id,
        description="HTTPS from within the network",
        cidr_ipv4=args.cidr,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        tags=named(network, "endpoints-https"),
        opts=network.child(),
    )
    chosen = subnets[:1] if args.nat_gateways == "single" else subnets
    made = [
        ec2.VpcEndpoint(
            network.logical(f"endpoint-{service.replace('.', '-')}"),
            vpc_id=parent.id,
            service_name=f"com.amazonaws.{network.site.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in chosen],
            security_group_ids=[gate.id],
            policy=_ours(network, service),
            tags=named(network, service.replace(".", "-")),
            opts=network.child(),
        )
        for service in SERVICES
    ]
    return [rule, *made]
