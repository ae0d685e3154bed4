"""What ARNs are made of: the account and the partition."""

from __future__ import annotations

from pulumi import Output

from .._core.component import Component
from .._core.once import once
from .._core.site import Site
from .lookup import look_up

IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"


def account_id(component: Component) -> Output[str]:
    """The account that the component is built in: the site's, else the one that the credentials name."""
    if component.site.project:
        return Output.from_input(component.site.project)
    provider = component.get_provider(IDENTITY)
    return once(f"account/{id(provider)}", lambda: _asked(component))


def _asked(component: Component) -> Output[str]:
    what, remedy = "AWS did not say which account this is", "check the credentials with: aws sts get-caller-identity"
    return look_up(component, IDENTITY, {}, what, remedy).apply(lambda identity: str(identity["accountId"]))


def partition(site: Site) -> str:
    """The first word of ARNs after `arn:` (AWS General Reference, ARN format)."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(next((head for head in ("cn", "us-gov") if site.region.startswith(f"{head}-")), ""), "aws")
