"""Ways through the network that a database itself needs: from one of its security groups to another."""

from __future__ import annotations

import pulumi
from pulumi_aws import ec2, vpc

from ..database import PORT, Database, DatabaseArgs
from .tags import named

HTTPS = 443
ANYWHERE = "0.0.0.0/0"


def group(database: Database, args: DatabaseArgs, role: str, description: str, *, delete: str | None = None) -> ec2.SecurityGroup:
    """A group without rules. `delete` is how long its deletion may take."""
    return ec2.SecurityGroup(
        database.logical(role),
        name=database.physical("security_group", role),
        description=description,
        vpc_id=args.network.network_id,
        tags=named(database, role),
        # another network has a group of its own, under the same name: the old one can't go before what is in it has left
        opts=database.child(custom_timeouts=pulumi.CustomTimeouts(delete=delete), delete_before_replace=False),
    )


def way(
    database: Database, role: str, source: ec2.SecurityGroup, target: ec2.SecurityGroup
) -> list[vpc.SecurityGroupIngressRule | vpc.SecurityGroupEgressRule]:
    """From a group to another, on PostgreSQL's port: out of the one and into the other."""
    return [
        vpc.SecurityGroupEgressRule(
            database.logical(f"{role}-out"),
            security_group_id=source.id,
            description=f"PostgreSQL of {database.component_name}",
            referenced_security_group_id=target.id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            tags=named(database, f"{role}-out"),
            opts=database.child(),
        ),
        vpc.SecurityGroupIngressRule(
            database.logical(f"{role}-in"),
            security_group_id=target.id,
            description=f"From {role} of {database.component_name}",
            referenced_security_group_id=source.id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            tags=named(database, f"{role}-in"),
            opts=database.child(),
        ),
    ]


def to_services(database: Database, args: DatabaseArgs, role: str, source: ec2.SecurityGroup) -> vpc.SecurityGroupEgressRule:
    """To AWS's own services over TLS: in the network where it has endpoints, else by its NAT, and then anywhere: they have no list of addresses."""
    return vpc.SecurityGroupEgressRule(
        database.logical(f"{role}-services"),
        security_group_id=source.id,
        description="AWS Secrets Manager over TLS",
        cidr_ipv4=args.network.cidr if args.network.private_services else ANYWHERE,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        tags=named(database, f"{role}-services"),
        opts=database.child(),
    )
