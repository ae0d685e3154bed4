"""Where we build: the only reader of the library's own configuration keys."""

from __future__ import annotations

import dataclasses
import re
import weakref
from dataclasses import dataclass
from typing import Literal, cast, get_args

import pulumi
from pulumi.runtime import settings

from .errors import ConfigError
from .naming import label_value, physical_name
from .tiers import TIERS, Tier

Cloud = Literal["gcp", "aws"]
Edge = Literal["cloudflare", "cloud"]

GCP_PROJECT = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
"""A Google project id: 6 to 30 characters (cloud.google.com, creating projects), optionally within a domain."""
GCP_REGION = re.compile(r"[a-z]+-[a-z]+\d{1,2}")
AWS_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
AWS_ACCOUNT = re.compile(r"\d{12}")

_current: weakref.WeakKeyDictionary[object, Site] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The cloud, the place in it, and the tier that a stack is built in.

    Read from the stack's configuration by `Site.current()`; a component takes another one as `site=` in its args.
    """

    cloud: Cloud
    """`gcp` or `aws`."""

    region: str
    """Where regional things are built: `europe-west1` on Google Cloud, `eu-west-1` on AWS."""

    project: str = ""
    """The Google project id, or the AWS account id (12 digits). On AWS it may be empty: the credentials name the account then, and nothing checks that it
    is the right one."""

    application: str
    """First part of every physical name, and the `project` label. By default the Pulumi project's name."""

    stack: str
    """Second part of every physical name: the Pulumi stack's name."""

    tier: Tier = "prod"
    """Decides what the program leaves open. By default the stack's name where it is a tier (also `dev-aws`), else prod."""

    owner: str = "unknown"
    """The team that answers for the stack: a label on everything."""

    edge: Edge = "cloudflare"
    """Who answers DNS for EdgeDNS: Cloudflare, or the cloud's own DNS."""

    protect: bool = True
    """Whether data is protected from deletion, in Pulumi and in the cloud. By default in every tier but dev."""

    manage_apis: bool = True
    """Whether the Google APIs that a component needs are enabled by it. False where another team enables them."""

    @staticmethod
    def current() -> Site:
        """The site that this stack's configuration describes; read once a deployment. Raises ConfigError."""
        deployment = settings.SETTINGS.monitor
        if deployment is None:
            return _read()
        if deployment not in _current:
            _current[deployment] = _read()
        return _current[deployment]

    def __post_init__(self) -> None:
        """Raises ConfigError for a cloud that there is not, and for a region or a project that it cannot have."""
        if self.cloud not in get_args(Cloud):
            message = f"Site: cloud must be 'gcp' or 'aws', got {self.cloud!r}"
            raise ConfigError(message)
        region, project = (GCP_REGION, GCP_PROJECT) if self.cloud == "gcp" else (AWS_REGION, AWS_ACCOUNT)
        if not isinstance(self.region, str) or not region.fullmatch(self.region):
            example = "europe-west1" if self.cloud == "gcp" else "eu-west-1"
            message = f"Site: region does not look like {example!r} on {self.cloud!r}, got {self.region!r}"
            raise ConfigError(message)
        if (self.cloud == "gcp" or self.project) and not (isinstance(self.project, str) and project.fullmatch(self.project)):
            example = "my-project-123" if self.cloud == "gcp" else "123456789012"
            message = f"Site: project does not look like {example!r} on {self.cloud!r}, got {self.project!r}"
            raise ConfigError(message)

    def elsewhere(self, region: str, *, cloud: Cloud | None = None, project: str | None = None) -> Site:
        """A site of the same application, stack, tier and owner in another region, or on another cloud.

        `project` is by default this site's own on the same cloud, and empty on another; Google Cloud needs one. Raises ConfigError.
        """
        there = cloud or self.cloud
        kept = self.project if there == self.cloud else ""
        return dataclasses.replace(self, cloud=there, region=region, project=kept if project is None else project)

    def physical_name(self, kind: str, component: str, role: str = "") -> str:
        """The name that a thing has in this site's cloud."""
        parts = (self.application, self.stack, component) + ((role,) if role else ())
        return physical_name(self.cloud, kind, *parts)

    def labels(self, component: str) -> dict[str, str]:
        """The labels that everything of a component carries."""
        labels = {
            "project": self.application,
            "stack": self.stack,
            "tier": self.tier,
            "component": component,
            "owner": self.owner,
            "managed-by": "pulumi",
        }
        return {key: label_value(value) for key, value in labels.items()}


def _read() -> Site:
    config = pulumi.Config("groundplan")
    wrong: list[str] = []
    cloud = _word(config, "cloud", get_args(Cloud), None, wrong)
    stack = pulumi.get_stack()
    tier = cast("Tier", _word(config, "tier", TIERS, _tier_of(stack), wrong))
    project = ""
    if cloud == "gcp":
        project = _matching("gcpProject", config.get("gcpProject") or pulumi.Config("gcp").get("project"), GCP_PROJECT, "my-project-123", wrong)
        region = _matching("gcpRegion", config.get("gcpRegion") or pulumi.Config("gcp").get("region"), GCP_REGION, "europe-west1", wrong)
    else:
        region = _matching("awsRegion", config.get("awsRegion") or pulumi.Config("aws").get("region"), AWS_REGION, "eu-west-1", wrong)
        account = config.get("awsAccount")
        project = _matching("awsAccount", account, AWS_ACCOUNT, "123456789012", wrong) if account else ""
    site = Site(
        cloud=cast("Cloud", cloud),
        region=region,
        project=project,
        application=config.get("application") or pulumi.get_project(),
        stack=stack,
        tier=tier,
        owner=config.get("owner") or "unknown",
        edge=cast("Edge", _word(config, "edge", get_args(Edge), "cloudflare", wrong)),
        protect=_truth(config, "protect", wrong, default=tier != "dev"),
        manage_apis=_truth(config, "manageApis", wrong, default=True),
    )
    if wrong:
        raise ConfigError("\n".join(wrong))
    return site


def _tier_of(stack: str) -> Tier:
    """The tier that a stack's name says: `dev`, `dev-aws`; prod for any other name, because the unknown may hold data."""
    first = stack.split("-", 1)[0]
    return first if first in TIERS else "prod"


def tier_hint(site: Site) -> str:
    """Why a stack counts as prod, where its name does not say so; for the end of a message."""
    if site.stack.split("-", 1)[0] in TIERS:
        return ""
    return f" (stack {site.stack!r} counts as prod: no tier in its name; groundplan:tier says another)"


def _word(config: pulumi.Config, key: str, words: tuple[str, ...], default: str | None, wrong: list[str]) -> str:
    value = config.get(key) or default
    if value in words:
        return value
    choice = " or ".join(f'"{word}"' for word in words)
    given = "is missing" if value is None else f"must be {choice}, got {value!r}"
    wrong.append(f"groundplan:{key} {given}; set it with: pulumi config set groundplan:{key} {words[0]}")
    return words[0]


def _matching(key: str, value: str | None, pattern: re.Pattern[str], example: str, wrong: list[str]) -> str:
    if value and pattern.fullmatch(value):
        return value
    given = f"does not look like {example!r}, got {value!r}" if value else "is missing"
    wrong.append(f"groundplan:{key} {given}; set it with: pulumi config set groundplan:{key} {example}")
    return example


def _truth(config: pulumi.Config, key: str, wrong: list[str], *, default: bool) -> bool:
    value = config.get(key)
    if not value:
        return default
    if value not in ("true", "false"):
        wrong.append(f"groundplan:{key} must be true or false, got {value!r}; set it with: pulumi config set groundplan:{key} {str(default).lower()}")
    return value == "true"
