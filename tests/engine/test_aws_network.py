"""Network and Registry on AWS on the real engine: what grows, what stays, what AWS itself refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.driver import Outcome, Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1"}
Programs = Callable[..., Program]


def made(programs: Programs, source: Any, tier: str, **config: str) -> Program:
    return programs(source, stack=tier, config={**CONFIG, **{f"groundplan:{key}": value for key, value in config.items()}})


def network() -> None:
    import json
    import os

    from components import Network, NetworkArgs

    Network("main", NetworkArgs(cidr="10.0.0.0/24", **json.loads(os.environ["GIVEN"])))


def given(**args: Any) -> dict[str, str]:
    return {"GIVEN": json.dumps(args)}


def images() -> None:
    import json
    import os

    import pulumi

    from components import Network, Registry, RegistryArgs

    registry = Registry("images", RegistryArgs(**json.loads(os.environ.get("GIVEN", "{}"))))
    Network("main")
    pulumi.export("api", registry.image("api@sha256:" + 64 * "0"))


def moved(outcome: Outcome) -> dict[str, str]:
    """What an operation took or replaced: name → operation; creations and updates left out."""
    return {name: operation for operation, _, name in outcome.ok().steps if operation not in {"create", "update"}}


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_network_comes_up_stays_and_goes(tier: str, pulumi_program: Programs) -> None:
    program = made(pulumi_program, network, tier, protect="false")
    program.up(env=given()).ok()
    assert program.preview(env=given()).ok().unchanged
    assert program.refresh("--expect-no-changes", env=given()).ok().unchanged
    assert program.preview(env=given()).ok().unchanged
    program.destroy(env=given()).ok()
    assert json.loads(program.sandbox("ls", "--json").ok().stdout) == []


def test_a_third_and_named_zones_replace_and_delete_nothing(pulumi_program: Programs) -> None:
    program = made(pulumi_program, network, "prod")
    program.up(env=given(zones=2)).ok()
    grown = program.up(env=given(zones=3))
    assert moved(grown) == {}
    assert {name for operation, _, name in grown.steps if operation == "create"} == {
        *(f"main-subnet-{tier}-3" for tier in ("app", "data", "proxy")),
        *(f"main-routes-{tier}-3" for tier in ("app", "data", "proxy")),
        "main-route-table-app-3",
        "main-route-app-3",
        "main-nat-3",
        "main-nat-address-3",
    }
    named = program.preview(env=given(zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"])).ok()
    assert named.steps == (("update", "groundplan:index:Network", "main"),)


def test_more_gateways_endpoints_and_longer_logs_replace_and_delete_nothing(pulumi_program: Programs) -> None:
    program = made(pulumi_program, network, "dev")
    program.up(env=given()).ok()
    more = {"nat_gateways": "zone", "private_services": True, "log_days": 90}
    assert moved(program.up(env=given(**more))) == {}
    assert program.preview(env=given(**more)).ok().unchanged
    fewer = program.up(env=given(dns_logging=False, flow_log_sampling=0, nat=False, block_public_access="both"))
    assert set(moved(fewer).values()) == {"delete"}


def test_a_zone_that_the_region_does_not_have_gets_one_sentence(pulumi_program: Programs) -> None:
    refused = made(pulumi_program, network, "dev").preview(env=given(zones=4))
    assert refused.code != 0
    assert "Network \"main\": zones must be at most 3 in 'eu-west-1', got 4; it has eu-west-1a, eu-west-1b, eu-west-1c" in refused.output
    assert "Traceback" not in refused.output


def test_the_addresses_of_gateways_and_the_key_of_logs_are_protected_outside_dev(pulumi_program: Programs) -> None:
    program = made(pulumi_program, network, "prod")
    program.up(env=given(zones=2)).ok()
    refused = program.destroy(env=given(zones=2))
    assert refused.code != 0
    assert "cannot be deleted" in refused.output
    protected = {resource["urn"].rsplit("::", 1)[-1] for resource in program.resources() if resource.get("protect")}
    assert protected == {"main-log-key", "main-nat-address-1", "main-nat-address-2"}


def test_the_registry_can_come_first_so_that_images_can_be_pushed(pulumi_program: Programs) -> None:
    program = made(pulumi_program, images, "dev")
    first = program.up("--target", "**::images*").ok()
    assert {name for _, _, name in first.steps} == {"images", "images-image-api", "images-cleanup-api"}
    program.up().ok()
    assert program.preview().ok().unchanged
    assert program.refresh("--expect-no-changes").ok().unchanged


def test_another_lifecycle_takes_the_place_of_the_one_that_a_repository_has(pulumi_program: Programs) -> None:
    program = made(pulumi_program, images, "dev")
    program.up().ok()
    changed = program.up(env=given(untagged_days=3, scanning=False))
    assert set(moved(changed)) == {"images-cleanup-api"}
    (policy,) = [row for row in json.loads(program.sandbox("ls", "--json").ok().stdout) if row["type"] == "aws:ecr/lifecyclePolicy:LifecyclePolicy"]
    assert policy["name"] == "images-cleanup-api", "the old one's end took the new one with it"
