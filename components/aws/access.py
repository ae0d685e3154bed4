"""Verbs to AWS actions: the only place where they are written, and where a grant becomes IAM policies."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output
from pulumi_aws import elasticache, iam, lambda_

from .._core.component import Component
from .._core.connection import Access, FromConsumer, Grant, Principal
from .._core.errors import GrantError
from .._core.later import later
from .._core.once import once

LONGEST_USER = 40
"""Letters of a user's name in ElastiCache, the shortest of the places where an identity's own name becomes a user's."""


@dataclass(frozen=True, slots=True)
class Right:
    """One statement of a policy: these actions on these resources."""

    actions: tuple[str, ...]
    on: tuple[str, ...]
    """ARNs with the grant's target in braces: `{arn}/{prefix}*`."""
    needs: str = ""
    """The part of the target without which the statement is left out (a customer's own key)."""
    listing: bool = False
    """Whether it lists names, which the grant's prefix narrows by a condition."""


CACHE_USER_MAY = "on ~* &* +@all -@dangerous +info"
"""What a user may do in a Valkey cache: every key and channel, no command that looks at or touches other clients, the server or the whole data set (FLUSHALL,
KEYS, CONFIG, ACL, …). INFO only reads, and clients ask for it to see that the server is ready."""

_DECRYPT = Right(("kms:Decrypt",), ("{key}",), needs="key")
_ENCRYPT = Right(("kms:Decrypt", "kms:GenerateDataKey"), ("{key}",), needs="key")
_LIST = Right(("s3:ListBucket",), ("{arn}",), listing=True)

MOST_REPLICAS = 5
_LOGIN = (
    Right(("rds-db:connect",), ("{users}/{user}",)),
    *(Right(("rds-db:connect",), (f"{{replica_{number}}}/{{user}}",), needs=f"replica_{number}") for number in range(MOST_REPLICAS)),
)
"""As one user, on the server (or the pool before it) and on each of its replicas; what it may do there is decided in PostgreSQL."""

RIGHTS: Mapping[tuple[str, Access], tuple[Right, ...]] = {
    ("secret", Access.READ): (Right(("secretsmanager:GetSecretValue",), ("{secret}",)), _DECRYPT),
    ("object_store", Access.READ): (Right(("s3:GetObject",), ("{arn}/{prefix}*",)), _LIST, _DECRYPT),
    ("object_store", Access.WRITE): (
        Right(("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"), ("{arn}/{prefix}*",)),
        _LIST,
        _ENCRYPT,
    ),
    # a signed URL can do what its signer may do: S3 cannot tell a first writing from a second one
    ("object_store", Access.PRESIGN): (Right(("s3:GetObject", "s3:PutObject"), ("{arn}/{prefix}*",)), _ENCRYPT),
    ("database", Access.CONNECT): _LOGIN,
    ("database", Access.WRITE): _LOGIN,
    ("cache", Access.CONNECT): (Right(("elasticache:Connect",), ("{group}", "{user_arn}")),),
    ("registry", Access.PULL): (
        Right(("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"), ("{repositories}",)),
        # the one action here that AWS offers on nothing smaller: a token that opens only what the statement above names
        Right(("ecr:GetAuthorizationToken",), ("*",)),
    ),
    # between services the network decides: a path opens the port, and nothing asks who calls
    ("service", Access.CONNECT): (),
}
"""(kind, verb) → the statements that it takes, each on the one thing."""


def role_name(principal: Principal) -> Output[str]:
    """A role's name, out of its ARN."""
    return Output.from_input(principal.id).apply(lambda arn: (arn or "").rpartition("/")[2])


def consumer_value(value: FromConsumer, principal: Principal) -> Output[str]:
    """A value that depends on who consumes: an identity's user is named as its role, wherever it logs in."""
    del value
    return user_name(principal)


def user_name(principal: Principal) -> Output[str]:
    """The user that an identity is in a database or a cache: its role's name, in the letters that ElastiCache takes."""

    def written(role: str) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", role.lower()).strip("-")
        return (name if not name[:1].isdigit() else f"x{name}")[:LONGEST_USER].rstrip("-")

    return role_name(principal).apply(written)


def document(statements: list[dict[str, Any]]) -> str:
    """A policy as IAM reads it."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True)


def statements(kind: str, access: Access, target: Mapping[str, str], prefix: str = "") -> list[dict[str, Any]]:
    """What a verb on one thing comes to; pure."""
    found = []
    for right in RIGHTS[kind, access]:
        if right.needs and not target.get(right.needs):
            continue
        resources = [resource.format(**target, prefix=prefix) for resource in right.on]
        statement: dict[str, Any] = {"Effect": "Allow", "Action": list(right.actions), "Resource": resources}
        if right.listing and prefix:
            statement["Condition"] = {"StringLike": {"s3:prefix": [f"{prefix}*"]}}
        found.append(statement)
    return found


def realise(owner: Component, role: str, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    """The IAM resources of one grant, under `owner`; `role` is the first part of their logical names."""
    return _REALISE.get(grant.kind, policy)(owner, role, principal, grant)


def policy(owner: Component, role: str, principal: Principal, grant: Grant, **more: Input[str]) -> list[pulumi.Resource]:
    """One inline policy on the principal's role; `more` adds to what the target says."""
    text = later(Output.all(**{**grant.target, **more}), lambda target: document(statements(grant.kind, grant.access, target, grant.prefix)))
    if grant.prefix:
        # two prefixes of one store are two grants
        role = f"{role}-{hashlib.sha256(grant.prefix.encode()).hexdigest()[:6]}"
    return [
        iam.RolePolicy(
            owner.logical(role),
            name=owner.physical("role_policy", role),
            role=role_name(principal),
            policy=text,
            opts=owner.child(),
        )
    ]


def _cache(owner: Component, role: str, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    """The identity's user, its place in the cache's user group, and the right to log in as it."""
    user = _cache_user(owner, principal)
    member = elasticache.UserGroupAssociation(
        owner.logical(f"{role}-member"),
        user_group_id=grant.target["user_group"],
        user_id=user.user_id,
        opts=owner.child(),
    )
    return [member, *policy(owner, role, principal, grant, user_arn=user.arn)]


def _cache_user(owner: Component, principal: Principal) -> elasticache.User:
    """One for all caches that an identity uses: its name is the identity's own, and names are unique in a region of an account."""
    name = user_name(principal)
    # two identities of one label are two users where we can tell
    known = principal.id if isinstance(principal.id, str) else ""
    return once(
        f"cache-user/{owner.site.project}/{owner.site.region}/{principal.label}/{known}",
        lambda: elasticache.User(
            owner.logical(f"{principal.label}-cache-user"),
            user_id=name,
            user_name=name,
            engine="valkey",
            access_string=CACHE_USER_MAY,
            authentication_mode=elasticache.UserAuthenticationModeArgs(type="iam"),
            tags=owner.labels(),
            opts=owner.child(),
        ),
    )


def _service(owner: Component, role: str, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    del role
    message = (
        f'{type(owner).__name__} "{owner.component_name}": grant() to {principal.label!r} does nothing on AWS, where the network decides who calls it; '
        f"give the caller connections=(connect({grant.label.replace('-', '_')}),)"
    )
    raise GrantError(message)


def _database(owner: Component, role: str, principal: Principal, grant: Grant) -> list[pulumi.Resource]:
    """The right to log in, and the user to log in as, made within the server by its logins' function (components/aws/database_logins.py)."""
    # an identity is one user whatever its verb: another verb changes the user that is there
    place, target, user = role.removesuffix(f"-{grant.access.value}"), grant.target, user_name(principal)
    made = policy(owner, place, principal, grant, user=user)
    event = Output.json_dumps({"login": user, "write": grant.access is Access.WRITE}, sort_keys=True)
    made.append(
        lambda_.Invocation(
            owner.logical(f"{place}-user"),
            function_name=target["function"],
            region=None if target["region"] == owner.site.region else target["region"],
            input=event,
            # a restored or replaced server is another one, in which nobody logs in yet
            triggers={"server": target["server"]},
            opts=owner.child(),
        )
    )
    if "pool_role" in target:
        text = later(
            Output.format("{0}/{1}", target["pooled"], user), lambda arn: document([{"Effect": "Allow", "Action": ["rds-db:connect"], "Resource": [arn]}])
        )
        name = owner.physical("role_policy", f"{place}-pool")
        made.append(iam.RolePolicy(owner.logical(f"{place}-pool"), name=name, role=target["pool_role"], policy=text, opts=owner.child()))
    return made


_REALISE: Mapping[str, Callable[[Component, str, Principal, Grant], list[pulumi.Resource]]] = {
    "cache": _cache,
    "database": _database,
    "service": _service,
}
