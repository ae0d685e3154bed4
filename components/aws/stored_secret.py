"""A value that a component itself makes, kept in Secrets Manager: consumers get its ARN, never the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi
from pulumi import Input
from pulumi_aws import secretsmanager

from .._core.component import Component
from .._core.connection import SecretRef
from .._core.tiers import DEFAULTS, TIERS

RECOVERY_DAYS: Mapping[str, int] = dict(zip(TIERS, DEFAULTS["SecretsArgs"]["destroy_days"], strict=True))
"""Tier → days in which the secret can be brought back after its deletion, as with any secret; while they last it holds its name."""


def stored_secret(
    component: Component, role: str, value: Input[str], *, customer_key: Input[str] | None = None, after: Iterable[pulumi.Resource] = ()
) -> SecretRef:
    """A reference to the secret, which stays in the component's own region."""
    site = component.site
    secret = secretsmanager.Secret(
        component.logical(role),
        name=component.physical("secret", role),
        description=f"{role} of {component.component_name} in {site.application} ({site.stack})",
        kms_key_id=customer_key,
        recovery_window_in_days=RECOVERY_DAYS[site.tier],
        tags=component.labels(),
        opts=component.data(depends_on=after),
    )
    version = secretsmanager.SecretVersion(
        component.logical(f"{role}-version"),
        secret_id=secret.id,
        secret_string=value,
        # the secret stays when the component leaves the program, and so must what it holds
        opts=component.child(retain_on_delete=site.protect),
    )
    # a service must not start before the value is there, so its version waits; the name does not, or a new value would take readers' rights away for a moment
    return SecretRef(secret.arn, version.secret_id.apply(lambda _: "latest"), customer_key)
