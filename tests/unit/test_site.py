"""Where we build: configuration in, one clear sentence where it is missing or wrong."""

from __future__ import annotations

import dataclasses

import pulumi
import pytest

from components._core.errors import ConfigError, GroundplanError
from components._core.site import Site, _read

GOOD = {"groundplan:cloud": "gcp", "groundplan:gcpProject": "watchparty-dev", "groundplan:gcpRegion": "europe-west1"}


def site(stack: str = "dev", **config: str) -> Site:
    settings = pulumi.runtime.settings
    before = settings.SETTINGS.stack, settings.SETTINGS.project
    pulumi.runtime.set_all_config({**GOOD, **{key.replace("__", ":"): value for key, value in config.items()}})
    settings.SETTINGS.stack, settings.SETTINGS.project = stack, "watchparty"
    try:
        return _read()
    finally:
        settings.SETTINGS.stack, settings.SETTINGS.project = before
        pulumi.runtime.set_all_config({})


@pytest.mark.parametrize(
    ("stack", "tier"),
    [("dev", "dev"), ("staging", "staging"), ("prod", "prod"), ("dev-aws", "dev"), ("alice", "prod"), ("production", "prod"), ("development", "prod")],
)
def test_the_stack_names_the_tier_and_an_unknown_one_is_prod(stack: str, tier: str) -> None:
    assert site(stack).tier == tier


@pytest.mark.parametrize(("tier", "protect"), [("dev", False), ("staging", True), ("prod", True)])
def test_data_is_protected_in_every_tier_but_dev(tier: str, protect: bool) -> None:  # a row of a table
    assert site(groundplan__tier=tier).protect is protect


def test_protection_can_be_taken_off_by_configuration() -> None:
    assert site("prod", groundplan__protect="false").protect is False


def test_the_application_is_the_project_unless_said() -> None:
    assert site().application == "watchparty"
    assert site(groundplan__application="party").application == "party"


def test_the_provider_s_own_configuration_is_respected() -> None:
    assert site(groundplan__gcpProject="", gcp__project="other-project").project == "other-project"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"groundplan__cloud": "azure"}, 'groundplan:cloud must be "gcp" or "aws", got \'azure\'; set it with: pulumi config set groundplan:cloud gcp'),
        ({"groundplan__cloud": ""}, "groundplan:cloud is missing; set it with: pulumi config set groundplan:cloud gcp"),
        (
            {"groundplan__tier": "test"},
            'groundplan:tier must be "dev" or "staging" or "prod", got \'test\'; set it with: pulumi config set groundplan:tier dev',
        ),
        ({"groundplan__gcpProject": ""}, "groundplan:gcpProject is missing; set it with: pulumi config set groundplan:gcpProject my-project-123"),
        (
            {"groundplan__gcpProject": "My Project"},
            "groundplan:gcpProject does not look like 'my-project-123', got 'My Project'; set it with: pulumi config set groundplan:gcpProject my-project-123",
        ),
        ({"groundplan__gcpRegion": ""}, "groundplan:gcpRegion is missing; set it with: pulumi config set groundplan:gcpRegion europe-west1"),
        (
            {"groundplan__gcpRegion": "eu-west-1"},
            "groundplan:gcpRegion does not look like 'europe-west1', got 'eu-west-1'; set it with: pulumi config set groundplan:gcpRegion europe-west1",
        ),
        ({"groundplan__cloud": "aws"}, "groundplan:awsRegion is missing; set it with: pulumi config set groundplan:awsRegion eu-west-1"),
        ({"groundplan__protect": "no"}, "groundplan:protect must be true or false, got 'no'; set it with: pulumi config set groundplan:protect false"),
        (
            {"groundplan__edge": "dyn"},
            'groundplan:edge must be "cloudflare" or "cloud", got \'dyn\'; set it with: pulumi config set groundplan:edge cloudflare',
        ),
    ],
)
def test_a_wrong_value_gets_one_clear_sentence(config: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        site(**config)
    assert str(caught.value) == message
    assert isinstance(caught.value, GroundplanError)
    assert isinstance(caught.value, pulumi.RunError)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        site(groundplan__cloud="", groundplan__gcpProject="", groundplan__tier="qa")
    assert [line.split()[0] for line in str(caught.value).splitlines()] == ["groundplan:cloud", "groundplan:tier", "groundplan:gcpProject"]


def test_everything_carries_the_same_labels() -> None:
    assert site(groundplan__owner="Team Video").labels("api") == {
        "project": "watchparty",
        "stack": "dev",
        "tier": "dev",
        "component": "api",
        "owner": "team-video",
        "managed-by": "pulumi",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cloud": "mars"}, "Site: cloud must be 'gcp' or 'aws', got 'mars'"),
        ({"region": "eu-west-1"}, "Site: region does not look like 'europe-west1' on 'gcp', got 'eu-west-1'"),
        ({"project": ""}, "Site: project does not look like 'my-project-123' on 'gcp', got ''"),
        ({"cloud": "aws", "project": ""}, "Site: region does not look like 'eu-west-1' on 'aws', got 'europe-west1'"),
        ({"cloud": "aws", "region": "eu-west-1"}, "Site: project does not look like '123456789012' on 'aws', got 'watchparty-dev'"),
    ],
)
def test_a_place_that_cannot_be_is_refused(changes: dict[str, str], message: str) -> None:
    given = {"cloud": "gcp", "region": "europe-west1", "project": "watchparty-dev", "application": "watchparty", "stack": "dev", **changes}
    with pytest.raises(ConfigError) as caught:
        Site(**given)  # type: ignore[arg-type]  # the point of the test
    assert str(caught.value) == message


def test_a_site_elsewhere_is_the_same_application_in_another_place() -> None:
    here = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="dev", tier="dev", owner="core")
    there = here.elsewhere("eu-west-1", cloud="aws")
    assert (there.cloud, there.region, there.project, there.application, there.tier, there.owner) == ("aws", "eu-west-1", "", "watchparty", "dev", "core")
    assert here.elsewhere("europe-west4") == dataclasses.replace(here, region="europe-west4")
