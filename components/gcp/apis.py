"""The Google APIs that components need, each enabled once a stack and never disabled by it."""

from __future__ import annotations

import pulumi
from pulumi_gcp import projects

from .._core.component import Component
from .._core.once import once


def enabled(component: Component, *apis: str) -> list[pulumi.Resource]:
    """What a child must depend on for these APIs (`run`, `sqladmin`) to answer; nothing where the site leaves APIs to another team.

    They stand beside the components, not under them, because several need the same one; disabling an API on destroy would take it from everybody in
    the project.
    """
    site = component.site
    if not site.manage_apis:
        return []
    provider = component.get_provider("gcp:projects/service:Service")
    return [
        once(
            f"api/{site.project}/{api}",
            lambda api=api: projects.Service(  # type: ignore[misc]  # the default binds the loop's value
                f"enable-{api}" if site.project == _home() else f"enable-{api}-{site.project}",
                project=site.project,
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(provider=provider),
            ),
        )
        for api in apis
    ]


def _home() -> str:
    from .._core.site import Site  # only here: the stack's own project

    return Site.current().project
