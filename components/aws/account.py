"""What ARNs are made of: the account and the partition."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import Output

from .._core.component import Component
from .._core.site import Site


def account_id(component: Component) -> Output[str]:
    """The account that the component is built in: the site's, else the one that the credentials name."""
    if component.site.project:
        return Output.from_input(component.site.project)
    return aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=component)).account_id


def partition(site: Site) -> str:
    """The first word of ARNs after `arn:` (AWS General Reference, ARN format)."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(next((head for head in ("cn", "us-gov") if site.region.startswith(f"{head}-")), ""), "aws")
