"""RDS Proxy: a pool of connections in front of a server, which identities log in to as to the server itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi
from pulumi_aws import ec2, iam, rds

from .._core.errors import Problem
from ..database import Database, DatabaseArgs
from .access import document
from .database_rules import group, way
from .database_watch import log_group

IDLE_SECONDS = 1800
"""After how long a client that says nothing is let go: RDS Proxy's own default."""
BORROW_SECONDS = 120
"""How long a client waits for a connection of the pool: RDS Proxy's own default."""


def proxy_problems(args: DatabaseArgs) -> Iterator[Problem]:
    """A pool for clients with a password: it would need a copy of that password in another form."""
    if args.server.pooling and args.authentication == "password":
        yield Problem("server.pooling", 'needs authentication="identity" on RDS', args.server.pooling, "RDS Proxy then needs no password at all")


def proxy(database: Database, args: DatabaseArgs, server: rds.Instance, gate: ec2.SecurityGroup) -> tuple[rds.Proxy, iam.Role]:
    """The pool and the role that it logs in to the server with, which gets one right for each login."""
    own = group(database, args, "proxy", f"Pool of connections of {database.component_name}")
    ways = way(database, "proxy", own, gate)
    name = database.physical("db_proxy", "proxy")
    role = iam.Role(
        database.logical("proxy-role"),
        name=database.physical("role", "proxy"),
        description=f"Pool of connections of {database.component_name}",
        # no condition on the source: RDS does not promise that a proxy names one, and a proxy without its role lets nobody in
        assume_role_policy=document([{"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
        tags=database.labels(),
        opts=database.child(),
    )
    pool = rds.Proxy(
        database.logical("proxy"),
        name=name,
        engine_family="POSTGRESQL",
        role_arn=role.arn,
        require_tls=True,
        # clients show a token of their identity, and so does the proxy: no password is kept anywhere for it
        default_auth_scheme="IAM_AUTH",
        debug_logging=False,  # it writes statements, with the data in them
        idle_client_timeout=IDLE_SECONDS,
        vpc_subnet_ids=list(args.network.subnets["data", database.site.region]),
        vpc_security_group_ids=[gate.id, own.id],
        tags=database.labels(),
        # a proxy cannot move: one that was made in two zones stays there when the network grows
        opts=database.child(depends_on=[log_group(database, args, "proxy-log", f"/aws/rds/proxy/{name}")], ignore_changes=["vpcSubnetIds"]),
    )
    _target(database, server, pool, ways)
    return pool, role


def _target(database: Database, server: rds.Instance, pool: rds.Proxy, ways: Sequence[pulumi.Resource]) -> None:
    targets = rds.ProxyDefaultTargetGroup(
        database.logical("proxy-pool"),
        db_proxy_name=pool.name,
        connection_pool_config=rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs(
            # some stay free for the logins' function, for operators and for whoever connects to the server itself
            max_connections_percent=90,
            max_idle_connections_percent=50,
            connection_borrow_timeout=BORROW_SECONDS,
        ),
        opts=database.child(),
    )
    rds.ProxyTarget(
        database.logical("proxy-target"),
        db_proxy_name=pool.name,
        target_group_name=targets.name,
        db_instance_identifier=server.identifier,
        opts=database.child(depends_on=ways),
    )
