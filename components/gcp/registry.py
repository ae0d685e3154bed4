"""Registry on Google Cloud: an Artifact Registry repository for Docker images."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi import Output
from pulumi_gcp import artifactregistry

from .._core.errors import Problem
from .._core.site import Site
from .._core.tiers import settled
from ..registry import Registry, RegistryArgs, RegistryParts
from .access import realise
from .apis import enabled
from .formats import REGISTRY_PLACES, key_problems, location_problems

__all__ = ["build", "image", "problems", "realise"]

DAY = 86400


def problems(args: RegistryArgs, site: Site) -> Iterator[Problem]:
    """What Artifact Registry does not have."""
    del site
    yield from key_problems(args.customer_key)
    yield from location_problems(args.location, REGISTRY_PLACES)


def build(registry: Registry, args: RegistryArgs) -> RegistryParts:
    """The repository; Cloud Run's own agent pulls within the project without a grant."""
    project, location = registry.site.project, args.location or registry.site.region
    apis = enabled(registry, "artifactregistry", *(("containerscanning",) if args.scanning else ()))
    repository = artifactregistry.Repository(
        registry.logical("repository"),
        project=project,
        location=location,
        repository_id=registry.physical("repository"),
        description=f"Container images {registry.component_name} of {registry.site.application} ({registry.site.stack})",
        format="DOCKER",
        mode="STANDARD_REPOSITORY",
        docker_config=artifactregistry.RepositoryDockerConfigArgs(immutable_tags=args.immutable_tags),
        cleanup_policies=_cleanup(args),
        cleanup_policy_dry_run=args.cleanup_dry_run,
        vulnerability_scanning_config=artifactregistry.RepositoryVulnerabilityScanningConfigArgs(
            enablement_config="INHERITED" if args.scanning else "DISABLED"
        ),
        kms_key_name=args.customer_key,
        labels=registry.labels(),
        opts=registry.data(depends_on=apis),
    )
    name = repository.repository_id
    return RegistryParts(
        repository=name,
        url=Output.format("{0}-docker.pkg.dev/{1}/{2}", location, project, name),
        target={"project": project, "location": location, "repository": name},
    )


def image(registry: Registry, args: RegistryArgs, name: str) -> Output[str]:
    """What references to one image start with: a repository holds any number of them."""
    del args
    return Output.format("{0}/{1}", registry.url, name)


def _cleanup(args: RegistryArgs) -> list[artifactregistry.RepositoryCleanupPolicyArgs]:
    """A keep rule wins over every delete rule (Artifact Registry, cleanup policies)."""
    policies = [
        artifactregistry.RepositoryCleanupPolicyArgs(
            id="keep-newest",
            action="KEEP",
            most_recent_versions=artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(keep_count=args.keep_images),
        ),
        _older("delete-untagged", "UNTAGGED", settled(args.untagged_days)),
    ]
    if args.tagged_days:
        policies.append(_older("delete-tagged", "TAGGED", args.tagged_days))
    return policies


def _older(name: str, state: str, days: int) -> artifactregistry.RepositoryCleanupPolicyArgs:
    return artifactregistry.RepositoryCleanupPolicyArgs(
        id=name,
        action="DELETE",
        condition=artifactregistry.RepositoryCleanupPolicyConditionArgs(tag_state=state, older_than=f"{days * DAY}s"),
    )
