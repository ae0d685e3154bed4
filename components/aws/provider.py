"""The AWS provider of a site: the region and the account that everything of it is built in."""

from __future__ import annotations

import pulumi_aws as aws

from .._core.once import once
from .._core.site import Site


def provider(site: Site) -> aws.Provider:
    """One a region and account; it refuses to touch another account than the site's, where the site names one."""
    name = f"aws-{site.region}-{site.project}".rstrip("-")
    return once(name, lambda: aws.Provider(name, region=site.region, allowed_account_ids=[site.project] if site.project else None))
