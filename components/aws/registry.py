"""Registry on AWS: an ECR repository for each image, under one prefix."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from pulumi import Output
from pulumi_aws import ecr

from .._core.errors import ArgsError, Problem
from .._core.site import Site
from ..registry import Registry, RegistryArgs, RegistryParts
from .access import realise
from .account import account_id, partition
from .formats import key_problems

__all__ = ["build", "image", "problems", "realise"]

NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*")
"""A repository's name (ECR API reference, CreateRepository): narrower than the OCI's, which takes two separators in a row."""
LONGEST_NAME = 256
"""Letters of a repository's name, the prefix included (ECR API reference, CreateRepository)."""
ROLE_LETTERS = 40


def problems(args: RegistryArgs, site: Site) -> Iterator[Problem]:
    """What ECR does not have."""
    if args.location not in ("", site.region):
        yield Problem("location", f"must be {site.region!r} on AWS, where this is built", args.location, "build it elsewhere with site=")
    yield from key_problems(args.customer_key, site)


def build(registry: Registry, args: RegistryArgs) -> RegistryParts:
    """The prefix: ECR has nothing above a repository that could be made. `image` makes those."""
    del args
    site = registry.site
    prefix = registry.physical("repository")
    account = account_id(registry)
    suffix = "amazonaws.com.cn" if partition(site) == "aws-cn" else "amazonaws.com"
    return RegistryParts(
        repository=Output.from_input(prefix),
        url=Output.format("{0}.dkr.ecr.{1}.{2}/{3}", account, site.region, suffix, prefix),
        target={"repositories": Output.format("arn:{0}:ecr:{1}:{2}:repository/{3}/*", partition(site), site.region, account, prefix)},
    )


def image(registry: Registry, args: RegistryArgs, name: str) -> Output[str]:
    """The repository of one image: what its references start with. Raises ArgsError for a name that ECR does not take."""
    full = f"{registry.physical('repository')}/{name}"
    if not NAME.fullmatch(full) or len(full) > LONGEST_NAME:
        rule = f"must be a name that ECR takes: {LONGEST_NAME} letters with {full.partition('/')[0]!r} before it, single separators"
        raise ArgsError("Registry", registry.component_name, [Problem("image", rule, name)])
    word = _word(name)
    repository = ecr.Repository(
        registry.logical(f"image-{word}"),
        name=full,
        image_tag_mutability="IMMUTABLE" if args.immutable_tags else "MUTABLE",
        image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=args.scanning),
        encryption_configurations=[_encryption(args)],
        # images go with their repository where the site protects no data; elsewhere ECR refuses while one is left
        force_delete=not registry.site.protect,
        tags=registry.labels(),
        opts=registry.data(),
    )
    if not args.cleanup_dry_run:
        ecr.LifecyclePolicy(
            registry.logical(f"cleanup-{word}"),
            repository=repository.name,
            policy=json.dumps({"rules": list(_rules(args))}),
            # a repository has one policy: the old one's end after the new one's beginning would leave none
            opts=registry.child(delete_before_replace=True),
        )
    return repository.repository_url


def _word(name: str) -> str:
    """A name as part of a role: six hex digits of its own tell it apart where it does not fit the alphabet."""
    plain = re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) is not None and len(name) <= ROLE_LETTERS
    if plain:
        return name
    word = re.sub(r"[^a-z0-9]+", "-", name)[:ROLE_LETTERS].strip("-")
    return f"{word}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _encryption(args: RegistryArgs) -> ecr.RepositoryEncryptionConfigurationArgs:
    if args.customer_key is None:
        return ecr.RepositoryEncryptionConfigurationArgs(encryption_type="AES256")
    return ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args.customer_key)


def _rules(args: RegistryArgs) -> Iterator[dict[str, Any]]:
    """A rule of ECR looks at age or at number, never at both, and spares nothing that another rule takes.

    So what no tag names goes by age. What a tag names goes by number: by age the one image that has run for a year would go too.
    """
    yield _rule(1, "Untagged images", {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": args.untagged_days})
    if args.tagged_days:
        tagged = {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": args.keep_images}
        yield _rule(2, "All but the newest tagged images", tagged)


def _rule(priority: int, description: str, selection: dict[str, Any]) -> dict[str, Any]:
    return {"rulePriority": priority, "description": description, "selection": selection, "action": {"type": "expire"}}
