"""Databases and logins of an RDS server: a function that makes them by SQL, because no API does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

import pulumi
from pulumi import Input, Output
from pulumi_aws import cloudwatch, ec2, iam, lambda_, rds

from .._core.connection import SecretRef
from .._core.errors import Problem
from .._core.later import later
from ..database import PORT, Database, DatabaseArgs
from .access import document
from .authorities import server_authority
from .database_rules import group, to_services, way
from .database_watch import log_group

HANDLER = Path(__file__).with_name("database_login") / "handler.py"
PACKAGES = ("pg8000", "scramp", "asn1crypto", "python-dateutil")
"""What the handler imports besides Lambda's own runtime: pg8000 and what it needs for that, all plain Python."""
SECONDS = 180
"""How long one call may take: six tries of a server that does not answer, and a dozen statements."""
MEMORY_MIB = 256
SLOWEST_DELETION = "60m"
"""Lambda takes up to 20 minutes and more to give back a network interface, which holds its security group (Lambda developer guide, VPC networking)."""


def way_problems(args: DatabaseArgs) -> Iterator[Problem]:
    """A network in which the function would wait for the master password until its time is up."""
    network = args.network
    if not network.nat and not network.private_services:
        remedy = "without a way to Secrets Manager nothing makes the databases and the logins"
        yield Problem("network", "must have nat=True or private_services=True on AWS", network.component_name, remedy)


def package_problems() -> Iterator[Problem]:
    """Packages that the function is made of and that are not installed."""
    missing = [package for package in PACKAGES if not sources(package)]
    if missing:
        yield Problem(
            "site", f"needs Python packages that are not installed for a database on AWS: {', '.join(missing)}", remedy='pip install "groundplan[aws]"'
        )


def code(region: str) -> pulumi.AssetArchive:
    """The function's files: its own, the region's authority, and the packages' sources without what Python compiles of them."""
    files: dict[str, pulumi.Asset | pulumi.Archive] = {
        "handler.py": pulumi.FileAsset(str(HANDLER)),
        "authority.pem": pulumi.StringAsset(server_authority(region)),
    }
    for package in PACKAGES:
        files |= {name: pulumi.FileAsset(str(path)) for name, path in sources(package).items()}
    return pulumi.AssetArchive(files)


def sources(package: str) -> dict[str, Path]:
    """An installed package's modules and its METADATA, which some read to say their own version; by their place in the archive. None where it is not there."""
    try:
        found = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return {}
    kept = sorted(path.as_posix() for path in found.files or () if path.suffix == ".py" or path.name == "METADATA")
    return {name: Path(str(found.locate_file(name))) for name in kept}


def set_up(
    database: Database,
    args: DatabaseArgs,
    server: rds.Instance,
    gate: ec2.SecurityGroup,
    names: Sequence[str],
    password: SecretRef | None,
    mark: Output[str] | None,
) -> lambda_.Invocation:
    """The function, called once so that the roles and the databases are there; each login calls it again. `mark` is another one with another password."""
    own = group(database, args, "logins", f"What makes the logins of {database.component_name}", delete=SLOWEST_DELETION)
    ways = [*way(database, "logins", own, gate), to_services(database, args, "logins", own)]
    function, denied = _function(database, args, server, own, password)
    event: dict[str, object] = {"databases": list(names)}
    # a restored or replaced server is another one, in which nothing was made yet
    triggers: dict[str, Input[str]] = {"server": server.resource_id}
    if password is not None and mark is not None:
        event["password"] = password.name
        # with the version: the function reads the new value, which must be there first
        triggers["password"] = later(Output.all(mark, password.version), lambda both: str(both[0]))
    return lambda_.Invocation(
        database.logical("set-up"),
        function_name=function.name,
        input=Output.json_dumps(event, sort_keys=True),
        triggers=triggers,
        opts=database.child(depends_on=[*ways, denied]),
    )


def _function(
    database: Database, args: DatabaseArgs, server: rds.Instance, own: ec2.SecurityGroup, password: SecretRef | None
) -> tuple[lambda_.Function, iam.RolePolicy]:
    master = server.master_user_secrets.apply(lambda secrets: (secrets[0].secret_arn if secrets else None) or "")
    name = database.physical("function", "logins")
    log = log_group(database, args, "logins-log", f"/aws/lambda/{name}")
    role, rights = _role(database, args, own, log, [master, *([password.name] if password is not None else [])])
    subnets = list(args.network.subnets["app", database.site.region])
    function = lambda_.Function(
        database.logical("logins-function"),
        name=name,
        description=f"Makes the databases and logins of {database.component_name}",
        runtime="python3.13",
        architectures=["arm64"],
        handler="handler.handler",
        code=code(database.site.region),
        role=role.arn,
        timeout=SECONDS,
        memory_size=MEMORY_MIB,
        environment=lambda_.FunctionEnvironmentArgs(variables={"HOST": server.address, "PORT": str(PORT), "MASTER_SECRET": master}),
        kms_key_arn=args.customer_key,
        logging_config=lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=log.name),
        vpc_config=lambda_.FunctionVpcConfigArgs(subnet_ids=subnets, security_group_ids=[own.id]),
        tags=database.labels(),
        opts=database.child(depends_on=[rights]),
    )
    return function, _itself_without(database, role, function)


def _role(
    database: Database, args: DatabaseArgs, own: ec2.SecurityGroup, log: cloudwatch.LogGroup, secrets: Sequence[Input[str]]
) -> tuple[iam.Role, iam.RolePolicy]:
    role = iam.Role(
        database.logical("logins-role"),
        name=database.physical("role", "logins"),
        description=f"What makes the logins of {database.component_name}",
        # no condition on the source: Lambda names none when it becomes a function's role, which another account cannot give to its functions
        assume_role_policy=document([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
        tags=database.labels(),
        opts=database.child(),
    )
    place = later(own.arn, lambda arn: arn.rpartition(":")[0])
    text = later(Output.all(secrets=secrets, key=args.customer_key or "", log=log.arn, place=place), lambda known: document(statements(**known)))
    policy = iam.RolePolicy(
        database.logical("logins-policy"), name=database.physical("role_policy", "logins"), role=role.name, policy=text, opts=database.child()
    )
    return role, policy


INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses")
DESCRIBE = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
"""Reading actions that AWS offers on nothing smaller (Service Authorization Reference, Amazon EC2)."""


def statements(secrets: Sequence[str], key: str = "", *, log: str, place: str) -> list[dict[str, object]]:
    """Exactly its secrets and its log; and what Lambda itself does in its name with network interfaces of this account and region, `place`.

    Lambda asks for the latter on all resources of the place before it makes a function in a network, so that nothing narrower is sure to work
    (Lambda developer guide, VPC access): `_itself_without` takes them from the code.
    """
    found: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": list(secrets)},
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{log}:log-stream:*"]},
        {"Effect": "Allow", "Action": list(INTERFACES), "Resource": [f"{place}:*/*"]},
        {"Effect": "Allow", "Action": list(DESCRIBE), "Resource": ["*"]},
    ]
    return [*found, {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key]}] if key else found


def _itself_without(database: Database, role: iam.Role, function: lambda_.Function) -> iam.RolePolicy:
    """The rights on network interfaces are for Lambda, which makes them with the function's role: the function's own code has none of them."""
    text = later(
        function.arn,
        lambda arn: document(
            [{"Effect": "Deny", "Action": [*INTERFACES, *DESCRIBE], "Resource": ["*"], "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": arn}}}]
        ),
    )
    return iam.RolePolicy(
        database.logical("logins-code-policy"), name=database.physical("role_policy", "logins-code"), role=role.name, policy=text, opts=database.child()
    )
