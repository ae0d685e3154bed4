"""A value that a component itself makes, kept in Secret Manager: consumers get its name, never the value."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
from pulumi import Input
from pulumi_gcp import secretmanager

from .._core.component import Component
from .._core.connection import SecretRef
from .apis import enabled


def stored_secret(
    component: Component, role: str, value: Input[str], *, customer_key: Input[str] | None = None, after: Iterable[pulumi.Resource] = ()
) -> SecretRef:
    """A reference to the secret, which stays in the component's own region."""
    site = component.site
    encryption = None
    if customer_key is not None:
        encryption = secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(kms_key_name=customer_key)
    replica = secretmanager.SecretReplicationUserManagedReplicaArgs(location=site.region, customer_managed_encryption=encryption)
    secret = secretmanager.Secret(
        component.logical(role),
        project=site.project,
        secret_id=component.physical("secret", role),
        replication=secretmanager.SecretReplicationArgs(user_managed=secretmanager.SecretReplicationUserManagedArgs(replicas=[replica])),
        deletion_protection=site.protect,
        labels=component.labels(),
        opts=component.data(depends_on=[*enabled(component, "secretmanager"), *after]),
    )
    version = secretmanager.SecretVersion(
        component.logical(f"{role}-version"),
        secret=secret.id,
        secret_data=value,
        enabled=True,
        opts=component.child(),
    )
    # a service must not start before the value is there, so its version waits; the name does not, or a new value would take readers' rights away for a moment
    return SecretRef(secret.secret_id, version.enabled.apply(lambda _: "latest"))
