"""Secrets on Google Cloud: Secret Manager, one secret with its own replication and grants each."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi
import pulumi_random as random
from pulumi import Input, Output
from pulumi_gcp import secretmanager

from .._core.errors import Problem
from .._core.later import later
from .._core.site import Site
from .._core.tiers import settled
from ..secrets import Secrets, SecretsArgs, SecretsParts
from .access import realise
from .apis import enabled
from .formats import key_problems

__all__ = ["build", "problems", "realise"]

DAY = 86400


def problems(args: SecretsArgs, site: Site) -> Iterator[Problem]:
    """What Secret Manager does not take."""
    del site
    yield from key_problems(args.customer_key)


def build(secrets: Secrets, args: SecretsArgs) -> SecretsParts:
    """A secret for each name, with a version where the value is ours to give."""
    apis = enabled(secrets, "secretmanager")
    values = dict(_values(secrets, args))
    ids: dict[str, Output[str]] = {}
    for name in args.names():
        secret = _secret(secrets, args, name, apis)
        ids[name] = secret.secret_id
        if name in values:
            version = _version(secrets, name, secret, values[name])
            # a service must not start before the value is there: reading the version's input makes it wait, and stays known in a preview
            ids[name] = later(Output.all(secret.secret_id, version.enabled), lambda both: str(both[0]))
    return SecretsParts(ids)


def _values(secrets: Secrets, args: SecretsArgs) -> Iterator[tuple[str, Input[str]]]:
    for name, length in args.generated.items():
        # letters and digits only: the value passes through shells, URLs and configuration files unharmed
        made = random.RandomPassword(secrets.logical(f"{name}-value"), length=length, special=False, opts=secrets.child())
        yield name, made.result
    yield from args.supplied.items()


def _secret(secrets: Secrets, args: SecretsArgs, name: str, apis: list[pulumi.Resource]) -> secretmanager.Secret:
    delay = settled(args.destroy_days)
    return secretmanager.Secret(
        secrets.logical(name),
        project=secrets.site.project,
        secret_id=secrets.physical("secret", name),
        replication=_replication(secrets, args),
        version_destroy_ttl=f"{delay * DAY}s" if delay else None,
        deletion_protection=secrets.site.protect,
        labels=secrets.labels(),
        opts=secrets.data(depends_on=apis),
    )


def _replication(secrets: Secrets, args: SecretsArgs) -> secretmanager.SecretReplicationArgs:
    key = args.customer_key
    if args.replication == "automatic":
        encryption = secretmanager.SecretReplicationAutoCustomerManagedEncryptionArgs(kms_key_name=key) if key is not None else None
        return secretmanager.SecretReplicationArgs(auto=secretmanager.SecretReplicationAutoArgs(customer_managed_encryption=encryption))
    regional = secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(kms_key_name=key) if key is not None else None
    replicas = [
        secretmanager.SecretReplicationUserManagedReplicaArgs(location=region, customer_managed_encryption=regional)
        for region in (secrets.site.region, *args.replicas)
    ]
    return secretmanager.SecretReplicationArgs(user_managed=secretmanager.SecretReplicationUserManagedArgs(replicas=replicas))


def _version(secrets: Secrets, name: str, secret: secretmanager.Secret, value: Input[str]) -> secretmanager.SecretVersion:
    """The value. It is not protected: a new value replaces it, and the secret that holds it is protected."""
    return secretmanager.SecretVersion(
        secrets.logical(f"{name}-version"),
        secret=secret.id,
        secret_data=value,
        enabled=True,
        opts=secrets.child(),
    )
