"""Database on AWS: RDS for PostgreSQL in subnets that lead nowhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pulumi
import pulumi_random as random
from pulumi import Input, Output
from pulumi_aws import ec2, iam, rds

from .._core.connection import SecretRef
from .._core.errors import Problem
from .._core.later import later
from .._core.site import Site
from .._core.sizes import DATABASE, machines
from .._core.tiers import settled
from .._core.window import WEEKDAYS
from ..database import PORT, Database, DatabaseArgs, DatabaseParts, database_names
from .access import realise
from .authorities import SERVER_AUTHORITY, amazon_roots, regions, server_authority
from .database_copy import backup_copy, copy_problems
from .database_logins import package_problems, set_up, way_problems
from .database_parameters import flag_problems, parameter_group
from .database_proxy import proxy, proxy_problems
from .database_rules import group
from .database_watch import MONITORING_SECONDS, log_groups, log_kinds, monitoring_role
from .formats import key_problems
from .stored_secret import stored_secret

__all__ = ["build", "problems", "realise"]

MACHINES = machines(DATABASE, "aws")
CLASS = re.compile(r"db\.([a-z]+\d+[a-z]*)\.(?:micro|small|medium|large|\d*xlarge)")
"""An instance class; its first part is the family (RDS User Guide, DB instance class types)."""
RETIRED = ("m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2", "x1", "x1e")
"""Families that no PostgreSQL from 13 on runs on (the same page)."""
SMALLEST_GB = 20
"""The least that gp3 storage is on RDS (RDS User Guide, General Purpose SSD storage)."""
GROWTH = 10
"""How many times its first size storage grows to where the program names no limit: RDS has no endless growth."""
MOST_GB = 65536
INSIGHTS_DAYS = 7
"""Days of Database Insights that cost nothing."""
MASTER = "administrator"
"""The user whose password RDS makes, keeps in Secrets Manager and changes each week; only the logins' function uses it. Not `postgres`, which everybody knows
(AWS Foundational Security Best Practices, RDS.25), nor `admin`, which RDS has for itself."""
USER = "app"
"""The one user with a password; the owner of all databases in either case."""


def problems(args: DatabaseArgs, site: Site) -> Iterator[Problem]:
    """What RDS does not have."""
    yield from key_problems(args.customer_key, site)
    yield from _class_problems(args)
    if site.region not in regions():
        known = ", ".join(regions())
        yield Problem("site", "must be in a region whose certificate authority of RDS is known here", site.region, f"known are {known}")
    least = -(-first_gb(args) * 11 // 10)
    if args.server.storage_limit_gb and args.server.storage_limit_gb < least:
        rule = f"must be {least} or more on RDS, a tenth above the first {first_gb(args)} GB, or 0"
        yield Problem("server.storage_limit_gb", rule, args.server.storage_limit_gb)
    if args.server.backup_hour == args.server.maintenance.hour:
        yield Problem("server.backup_hour", "must not be the hour of server.maintenance on RDS", args.server.backup_hour, "take the hour before")
    yield from copy_problems(args, site)
    yield from flag_problems(args)
    yield from proxy_problems(args)
    yield from way_problems(args)
    yield from package_problems()


def _class_problems(args: DatabaseArgs) -> Iterator[Problem]:
    found = CLASS.fullmatch(_machine(args))
    if not found:
        yield Problem("size", f"must be {', '.join(MACHINES)} or an RDS instance class", args.size, "for example db.t4g.medium or db.m7g.large")
    elif found[1] in RETIRED:
        yield Problem("size", "must be an instance class that PostgreSQL 13 and later run on", args.size, "for example db.t4g.medium or db.m7g.large")


def _machine(args: DatabaseArgs) -> str:
    word = settled(args.size)
    return MACHINES.get(word, word)


def first_gb(args: DatabaseArgs) -> int:
    """GB of storage at the start: as asked for, but no less than RDS has."""
    return max(SMALLEST_GB, settled(args.storage_gb))


def build(database: Database, args: DatabaseArgs) -> DatabaseParts:
    """The server with its surroundings, its replicas, a pool before it where asked for, and what is in it."""
    gate = group(database, args, "server", f"Servers of {database.component_name}: open to what is bound to them")
    measured = _monitoring(database, args, gate)
    shared = _shared(database, args, gate, None if measured is None else measured[0])
    server = _server(database, args, gate, shared, after=[] if measured is None else [measured[1]])
    if args.server.backup_location is not None:
        backup_copy(database, args, server)
    replicas = [_replica(database, args, server, number, shared) for number in range(args.server.read_replicas)]
    user, (secret, mark) = (USER, _password(database, args)) if args.authentication == "password" else ("", (None, None))
    names = database_names(database, args)
    done = set_up(database, args, server, gate, names, secret, mark)
    pool = proxy(database, args, server, gate) if args.server.pooling else None
    authorities = server_authority(database.site.region)
    return DatabaseParts(
        host=server.address if pool is None else pool[0].endpoint,
        # an input of what made it: known in a preview, and there only when the database is
        name=later(done.function_name, lambda _: names[0]),
        instance=server.identifier,
        connection_name=server.arn,
        ca_certificate=Output.from_input(authorities if pool is None else authorities + amazon_roots()),
        read_hosts=[replica.address for replica in replicas],
        user=user,
        secret=secret,
        target=_target(database, server, replicas, pool, done.function_name),
        gate=gate.id,
        # the authority signs every server of its region, other people's too: only the name tells ours
        ssl_mode="verify-full",
    )


def _target(
    database: Database, server: rds.Instance, replicas: Sequence[rds.Instance], pool: tuple[rds.Proxy, iam.Role] | None, function: Output[str]
) -> dict[str, Input[str]]:
    """Whose users a login may be: those of what its connection names, the pool in place of the server where there is one."""
    direct = later(Output.all(server.arn, server.resource_id), lambda both: users(str(both[0]), str(both[1])))
    target: dict[str, Input[str]] = {"users": direct, "function": function, "server": server.resource_id, "region": database.site.region}
    if pool is not None:
        target |= {"users": later(pool[0].arn, lambda arn: users(arn, arn.rpartition(":")[2])), "pool_role": pool[1].name, "pooled": direct}
    for number, replica in enumerate(replicas):
        target[f"replica_{number}"] = later(Output.all(replica.arn, replica.resource_id), lambda both: users(str(both[0]), str(both[1])))
    return target


def users(arn: str, resource: str) -> str:
    """The ARN of a server's or a proxy's users, without the last part: its name (RDS User Guide, IAM policy for database access)."""
    _, words, _, region, account, *_ = arn.split(":")
    return f"arn:{words}:rds-db:{region}:{account}:dbuser:{resource}"


def _monitoring(database: Database, args: DatabaseArgs, gate: ec2.SecurityGroup) -> tuple[iam.Role, pulumi.Resource] | None:
    place = later(gate.arn, lambda arn: ":".join((arn.split(":")[1], *arn.split(":")[3:5])))
    identifiers = [database.physical("db_instance"), *(_replica_name(database, number) for number in range(args.server.read_replicas))]
    return monitoring_role(database, place, identifiers)


def _shared(database: Database, args: DatabaseArgs, gate: ec2.SecurityGroup, role: iam.Role | None) -> dict[str, Any]:
    """What a server and its replicas have in common."""
    window = args.server.maintenance
    ends = (WEEKDAYS.index(window.day) * 24 + window.hour + 1) % 168
    return {
        "instance_class": _machine(args),
        "storage_type": "gp3",
        "max_allocated_storage": args.server.storage_limit_gb or min(MOST_GB, GROWTH * first_gb(args)),
        "storage_encrypted": True,
        "publicly_accessible": False,
        "network_type": "IPV4",
        "port": PORT,
        "vpc_security_group_ids": [gate.id],
        "ca_cert_identifier": SERVER_AUTHORITY,
        "iam_database_authentication_enabled": args.authentication == "identity",
        "parameter_group_name": parameter_group(database, args).name,
        "auto_minor_version_upgrade": True,
        "allow_major_version_upgrade": True,
        # what waits for its window is neither there nor refused when `up` ends, and keeps what it replaces in use
        "apply_immediately": True,
        "maintenance_window": f"{window.day[:3]}:{window.hour:02}:00-{WEEKDAYS[ends // 24][:3]}:{ends % 24:02}:00",
        "copy_tags_to_snapshot": True,
        "database_insights_mode": "standard",
        "performance_insights_enabled": True,
        "performance_insights_retention_period": INSIGHTS_DAYS,
        "performance_insights_kms_key_id": args.customer_key,
        "monitoring_interval": MONITORING_SECONDS[database.site.tier],
        "monitoring_role_arn": None if role is None else role.arn,
        "enabled_cloudwatch_logs_exports": log_kinds(args),
        "tags": database.labels(),
    }


def _server(database: Database, args: DatabaseArgs, gate: ec2.SecurityGroup, shared: dict[str, Any], *, after: Sequence[pulumi.Resource]) -> rds.Instance:
    keep = database.site.tier != "dev"  # not `protect`: that is off while a stack is taken down, which is when the last snapshot counts
    name = database.physical("db_instance")
    hour = args.server.backup_hour
    subnets = rds.SubnetGroup(
        database.logical("subnets"),
        name=database.physical("db_settings", "subnets"),
        description=f"Isolated subnets of {database.component_name}",
        subnet_ids=list(args.network.subnets["data", database.site.region]),
        tags=database.labels(),
        opts=database.child(),
    )
    return rds.Instance(
        database.logical("server"),
        **shared,
        identifier=name,
        engine="postgres",
        engine_version=args.version,
        allocated_storage=first_gb(args),
        kms_key_id=args.customer_key,
        db_subnet_group_name=subnets.name,
        multi_az=args.high_availability,
        username=MASTER,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=args.customer_key,
        backup_retention_period=args.backup_days,
        backup_window=f"{hour:02}:00-{hour:02}:30",
        deletion_protection=database.site.protect,
        delete_automated_backups=not keep,
        skip_final_snapshot=not keep,
        # the group's id tells this server's last snapshot from that of one before it under the same name
        final_snapshot_identifier=Output.format("{0}-final-{1}", name, later(gate.id, lambda id_: id_.removeprefix("sg-"))) if keep else None,
        # storage grows by itself: an update that set the first size again would try to shrink it
        opts=database.data(depends_on=[*args.network.ready, *after, *log_groups(database, args, "server", name)], ignore_changes=["allocatedStorage"]),
    )


def _replica_name(database: Database, number: int) -> str:
    return database.physical("db_instance", f"replica-{number}")


def _replica(database: Database, args: DatabaseArgs, server: rds.Instance, number: int, shared: dict[str, Any]) -> rds.Instance:
    """A copy for queries. It holds nothing that the server does not, so that a smaller number of them needs no ceremony."""
    role, name = f"replica-{number}", _replica_name(database, number)
    return rds.Instance(
        database.logical(role),
        **shared,
        identifier=name,
        replicate_source_db=server.identifier,
        multi_az=False,
        backup_retention_period=0,
        deletion_protection=False,
        skip_final_snapshot=True,
        opts=database.child(depends_on=log_groups(database, args, role, name)),
    )


def _password(database: Database, args: DatabaseArgs) -> tuple[SecretRef, Output[str]]:
    """The password of the one user, which nobody sees: made here, and read from Secrets Manager by its consumers and by what makes the user. And its mark."""
    password = random.RandomPassword(
        database.logical("password-value"),
        length=32,
        special=False,  # letters and digits pass through URLs and shells as they are
        min_lower=1,
        min_upper=1,
        min_numeric=1,
        opts=database.child(),
    )
    # nobody finds 32 random characters by their digest: it is no secret, and would hide what stands beside it in previews
    mark = later(Output.unsecret(password.result), lambda text: hashlib.sha256(text.encode()).hexdigest()[:16])
    return stored_secret(database, "password", password.result, customer_key=args.customer_key), mark
