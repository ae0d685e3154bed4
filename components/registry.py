"""Registry: where container images are kept, scanned and cleared away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import pulumi
from pulumi import Input, Output

from ._core.checks import range_problem, text_problem, truth_problem
from ._core.component import Args, Component
from ._core.connection import Access, Connection, Grant, Principal, no_prefix, one_verb, variable_prefix
from ._core.errors import ArgsError, Problem
from ._core.site import Site, tier_hint

IMAGE = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
"""A repository's name as the OCI distribution specification writes it."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
MOST_KEPT = 1000
LONGEST = 3650


@dataclass(frozen=True, kw_only=True)
class RegistryArgs(Args):
    """How images are kept."""

    immutable_tags: bool | None = None
    """Whether a tag, once pushed, can never be moved to another image or deleted. The tier decides: dev no, staging and prod yes."""

    keep_images: int | None = None
    """How many of the newest versions of each image always stay, 1 to 1000. The tier decides: dev 10, staging 20, prod 50. AWS: of those that a tag names."""

    untagged_days: int | None = None
    """Days after which an image that no tag names goes, 1 to 3650, beyond those that always stay. The tier decides: dev 7, staging 14, prod 30. AWS: age
    alone decides."""

    tagged_days: int = 0
    """Days after which an image that a tag names goes too, 1 to 3650, beyond those that always stay; not with immutable tags, which nothing deletes.
    By default 0: never. AWS cannot look at age and spare the newest: any number of days there means that all but the newest `keep_images` go at once."""

    cleanup_dry_run: bool = False
    """Whether clearing away is only logged (Google: Data Access audit logs; AWS: not even that) and deletes nothing. By default it deletes."""

    scanning: bool = True
    """Whether pushed images are scanned for known vulnerabilities (Google: 0.26 USD an image; AWS: basic scanning, free). By default yes."""

    location: str = ""
    """Where images are kept: a region, or a multi-region (`europe`, `us`, `asia`). It can never change in place. By default the site's region, the only one
    that AWS takes."""

    customer_key: Input[str] | None = None
    """The id of a key of your own (AWS: its ARN) which images are encrypted with; it can never change in place. By default the cloud's own keys encrypt
    them."""

    def problems(self, site: Site) -> Iterator[Problem]:
        """Numbers out of range, and what immutable tags make impossible."""
        yield from truth_problem("immutable_tags", self.immutable_tags)
        yield from range_problem("keep_images", self.keep_images, 1, MOST_KEPT)
        yield from range_problem("untagged_days", self.untagged_days, 1, LONGEST, unit="days")
        if self.tagged_days != 0 or isinstance(self.tagged_days, bool):
            yield from range_problem("tagged_days", self.tagged_days, 1, LONGEST, unit="days", remedy="or 0 for never")
            if self.immutable_tags is True:
                yield Problem("tagged_days", "needs immutable_tags=False: an immutable tag keeps its image for ever", self.tagged_days)
        yield from truth_problem("cleanup_dry_run", self.cleanup_dry_run)
        yield from truth_problem("scanning", self.scanning)
        if not isinstance(self.location, str):
            yield Problem("location", "must be a region or a multi-region", self.location, f"for example {site.region!r}")
        if self.customer_key is not None:
            yield from text_problem("customer_key", self.customer_key, "projects/…/cryptoKeys/images")


class RegistryParts(NamedTuple):
    """What every cloud's builder hands back."""

    repository: Output[str]
    url: Output[str]
    target: dict[str, Input[str]]


class Registry(Component):
    """A private registry for container images: scanned, tags that can't be moved outside dev, old images cleared away.

    Only what is bound to it pulls from it. Outside dev it can't leave the program unnoticed.

    >>> images = Registry("images")
    >>> images.image("api@sha256:…")

    Idle cost: none; what is stored, per GB (Google and AWS: about 0.10 USD a month), and on Google 0.26 USD for each image that is scanned.
    """

    noun: ClassVar[str] = "registry"
    args_type: ClassVar[type[Args]] = RegistryArgs

    repository: Output[str]
    """Its name in the cloud."""
    url: Output[str]
    """What image names start with: `REGION-docker.pkg.dev/PROJECT/REPOSITORY`, `ACCOUNT.dkr.ecr.REGION.amazonaws.com/PREFIX`."""

    _args: RegistryArgs
    _images: dict[str, Output[str]]

    def __init__(self, name: str, args: RegistryArgs | None = None, opts: pulumi.ResourceOptions | None = None) -> None:
        args = args or RegistryArgs()
        super().__init__(name, args, opts)
        self._args, self._images = self.settled(args), {}
        parts: RegistryParts = self.builder().build(self, self._args)
        self.repository, self.url, self._target = parts
        self.register_outputs({"repository": self.repository, "url": self.url})

    def image(self, reference: str) -> Output[str]:
        """The full reference of an image in this registry: `api@sha256:…`, or `api:tag` outside prod. Raises ArgsError.

        AWS keeps each image in a repository of its own: the first reference to a name makes it.
        """
        name, at, digest = reference.partition("@") if isinstance(reference, str) else ("", "", "")
        name, colon, tag = name.partition(":")
        right = (at and DIGEST.fullmatch(digest) and (not colon or TAG.fullmatch(tag))) or (not at and colon and TAG.fullmatch(tag))
        if not IMAGE.fullmatch(name) or not right:
            raise self._refused(Problem("image", "must be a name with a digest or a tag", reference, "for example 'api@sha256:…' or 'api:1.4'"))
        if self.site.tier == "prod" and not at:
            raise self._refused(Problem("image", "must name a digest in prod", reference, f"deploy what was tested: …@sha256:…{tier_hint(self.site)}"))
        if name not in self._images:
            self._images[name] = self.builder().image(self, self._args, name)
        return Output.concat(self._images[name], reference.removeprefix(name))

    def _refused(self, problem: Problem) -> ArgsError:
        return ArgsError("Registry", self.component_name, [problem])

    def connection(self, access: Access | None = None, *, prefix: str = "", variables: str = "") -> Connection:
        """`{NAME}_URL` and the right to pull. Raises GrantError."""
        verb = one_verb("Registry", self.component_name, access, (Access.PULL,))
        no_prefix("Registry", self.component_name, prefix)
        first = variables or variable_prefix(self.component_name)
        return Connection(source=self.component_name, cloud=self.site.cloud, access=verb, env={f"{first}_URL": self.url}, grants=(self._right(verb),))

    def grant(self, principal: Principal, access: Access | None = None) -> None:
        """Gives an identity the right to pull; may be called at any time and changes nothing else. Raises GrantError."""
        verb = one_verb("Registry", self.component_name, access, (Access.PULL,))
        self.builder().realise(self, f"grant-{principal.label}-{verb.value}", principal, self._right(verb))

    def _right(self, verb: Access) -> Grant:
        return Grant("registry", verb, self._target, self.component_name)
