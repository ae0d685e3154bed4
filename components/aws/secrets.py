"""Secrets on AWS: Secrets Manager, one secret with its own replicas and readers each."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_random as random
from pulumi import Input, Output
from pulumi_aws import secretsmanager

from .._core.errors import Problem
from .._core.later import later
from .._core.site import Site
from .._core.tiers import settled
from ..secrets import Secrets, SecretsArgs, SecretsParts
from .access import realise
from .formats import key_problems

__all__ = ["build", "problems", "realise"]

SHORTEST_WINDOW = 7
LONGEST_WINDOW = 30
"""Days for which a deleted secret can be brought back (Secrets Manager, DeleteSecret, RecoveryWindowInDays: 7 to 30, or deletion without recovery)."""


def problems(args: SecretsArgs, site: Site) -> Iterator[Problem]:
    """What Secrets Manager does not take."""
    yield from key_problems(args.customer_key, site)
    if args.replication == "automatic":
        yield Problem(
            "replication", 'must be "regional" on AWS, where a secret is kept in the regions that are named', args.replication, "name them in replicas"
        )
    days = settled(args.destroy_days)
    if days and not SHORTEST_WINDOW <= days <= LONGEST_WINDOW:
        nearest = f"take {LONGEST_WINDOW}" if days > LONGEST_WINDOW else f"take {SHORTEST_WINDOW}, or 0 to destroy at once"
        yield Problem("destroy_days", f"must be 0 or {SHORTEST_WINDOW} to {LONGEST_WINDOW} days on AWS Secrets Manager", days, nearest)


def build(secrets: Secrets, args: SecretsArgs) -> SecretsParts:
    """A secret for each name, with a version where the value is ours to give."""
    values = dict(_values(secrets, args))
    ids: dict[str, Output[str]] = {}
    for name in args.names():
        secret = _secret(secrets, args, name)
        ids[name] = secret.arn
        if name in values:
            version = _version(secrets, args, name, secret, values[name])
            # a service must not start before the value is there: reading the version's input makes it wait, and stays known in a preview
            ids[name] = later(Output.all(secret.arn, version.secret_id), lambda both: str(both[0]))
    return SecretsParts(ids, key=args.customer_key)


def _values(secrets: Secrets, args: SecretsArgs) -> Iterator[tuple[str, Input[str]]]:
    for name, length in args.generated.items():
        # letters and digits only: the value passes through shells, URLs and configuration files unharmed
        made = random.RandomPassword(secrets.logical(f"{name}-value"), length=length, special=False, opts=secrets.child())
        yield name, made.result
    yield from args.supplied.items()


def _secret(secrets: Secrets, args: SecretsArgs, name: str) -> secretsmanager.Secret:
    """Without a resource policy: readers have a right of their own, and nobody outside of the account has any."""
    return secretsmanager.Secret(
        secrets.logical(name),
        name=secrets.physical("secret", name),
        description=f"{name} of {secrets.component_name} in {secrets.site.application} ({secrets.site.stack})",
        kms_key_id=args.customer_key,
        recovery_window_in_days=settled(args.destroy_days),
        replicas=[secretsmanager.SecretReplicaArgs(region=region) for region in args.replicas] or None,
        tags=secrets.labels(),
        opts=secrets.data(),
    )


def _version(secrets: Secrets, args: SecretsArgs, name: str, secret: secretsmanager.Secret, value: Input[str]) -> secretsmanager.SecretVersion:
    """The value. It is not protected: a new value replaces it, and the secret that holds it is protected."""
    return secretsmanager.SecretVersion(
        secrets.logical(f"{name}-version"),
        secret_id=secret.id,
        secret_string=value,
        # AWS keeps the value before as AWSPREVIOUS, until the next one; deleting its version would take that from it
        opts=secrets.child(retain_on_delete=bool(args.destroy_days)),
    )
