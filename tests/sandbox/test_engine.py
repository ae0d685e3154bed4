"""The real engine on the sandbox: every command of Pulumi that touches a cloud does what it does on a real one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.place import Place

pytestmark = pytest.mark.engine

Project = Callable[[str], Place]
UP = ("up", "--yes", "--skip-preview", "--stack", "dev")
REFRESH = ("refresh", "--yes", "--skip-preview", "--stack", "dev")
DESTROY = ("destroy", "--yes", "--skip-preview", "--stack", "dev")
PREVIEW = ("preview", "--diff", "--stack", "dev")

_HEAD = """
import pulumi
import pulumi_gcp as gcp
from pulumi import Alias, ResourceOptions as Options
compute = gcp.projects.Service("compute", service="compute.googleapis.com", disable_on_destroy=True)
enabled = Options(depends_on=[compute])
"""
_NETWORK = """
main = gcp.compute.Network("main", name="main", auto_create_subnetworks=False, opts=enabled)
apps = gcp.compute.Subnetwork("apps", name="apps", network=main.id, ip_cidr_range="10.0.0.0/24")
"""


def _things(place: Place) -> dict[str, str]:
    """Ids by the last part of the URN."""
    return {row["name"]: row["id"] for row in json.loads(place.sandbox("ls", "--json").stdout)}


def _state(place: Place, *flags: str) -> tuple[str, dict[str, Any]]:
    text = place.sandbox("--", "pulumi", "stack", "export", "--stack", "dev", *flags).stdout
    return text, {resource["urn"].rsplit("::", 1)[-1]: resource for resource in json.loads(text)["deployment"].get("resources", ())}


def test_up_repeats_drifts_loses_recovers_and_goes(project: Project) -> None:
    place = project(_HEAD + _NETWORK)
    committed = (place.folder / "Pulumi.dev.yaml").read_bytes()

    assert "+ 4 created" in place.pulumi(*UP)
    assert (place.folder / "Pulumi.dev.yaml").read_bytes() == committed
    assert "unchanged" in place.pulumi("preview", "--stack", "dev", "--expect-no-changes")
    assert "unchanged" in place.pulumi("refresh", "--yes", "--skip-preview", "--stack", "dev", "--expect-no-changes")

    assert place.sandbox("edit", "main", "routingMode=GLOBAL").returncode == 0
    assert place.sandbox("rm", "apps").returncode == 0
    drift = place.pulumi("refresh", "--yes", "--skip-preview", "--stack", "dev", "--diff")
    assert '"GLOBAL"' in drift
    assert "- gcp:compute/subnetwork:Subnetwork: (delete)" in drift
    restored = place.pulumi(*UP, "--diff")
    assert '"GLOBAL"' in restored
    assert "+ 1 created" in restored
    assert "~ 1 updated" in restored
    assert "GLOBAL" not in place.sandbox("show", "main").stdout

    place.pulumi(*DESTROY)
    assert _things(place) == {}


def test_a_change_updates_or_replaces_as_the_provider_decides(project: Project) -> None:
    place = project(_HEAD + _NETWORK)
    place.pulumi(*UP)
    place.write(_HEAD + _NETWORK.replace('10.0.0.0/24"', '10.0.0.0/24", private_ip_google_access=True'))
    assert "~ 1 updated" in place.pulumi(*UP)
    described = _NETWORK.replace('10.0.0.0/24"', '10.0.0.0/24", description="apps live here"')
    place.write(_HEAD + described)
    told = place.pulumi(*PREVIEW)
    assert "Subnetwork: (replace)" in told
    assert "+ description" in told
    assert "+-1 replaced" in place.pulumi(*UP)
    place.write(_HEAD + described.replace('"10.0.0.0/24"', '"10.1.0.0/24"').replace('name="apps", ', ""))
    assert "+-1 replaced" in place.pulumi(*UP)
    assert re.fullmatch("apps-[0-9a-f]{7}", _things(place)["apps"].rsplit("/", 1)[-1])


def test_what_the_cloud_refuses_ends_the_update_in_its_words(project: Project) -> None:
    place = project("import pulumi_gcp as gcp" + _NETWORK.replace(", opts=enabled", ""))
    assert "reason: SERVICE_DISABLED" in place.pulumi(*UP, refused=True)
    assert _things(place) == {}

    place.write(_HEAD + _NETWORK)
    place.pulumi(*UP)
    _, resources = _state(place)
    place.pulumi("state", "delete", "--yes", "--stack", "dev", resources["apps"]["urn"])
    assert "already being used by" in place.pulumi(*DESTROY, refused=True)
    taken = place.pulumi(*UP, refused=True)
    assert "Error 409" in taken
    assert "Traceback" not in taken
    place.pulumi(
        "import",
        "--yes",
        "--skip-preview",
        "--stack",
        "dev",
        "--generate-code=false",
        "--protect=false",
        "gcp:compute/subnetwork:Subnetwork",
        "apps",
        _things(place)["apps"],
    )
    assert "unchanged" in place.pulumi("preview", "--stack", "dev", "--expect-no-changes")


def test_check_reports_every_fault_of_a_resource_at_preview(project: Project) -> None:
    place = project(_HEAD + 'gcp.compute.Network("main", routing_mode="SIDEWAYS", mtu="many", auto_create_subnetworks=False)')
    told = place.pulumi("preview", "--stack", "dev", refused=True)
    assert "routingMode: " in told
    assert "mtu: " in told


def test_renamed_retained_and_looked_up_resources(project: Project) -> None:
    place = project(_HEAD + _NETWORK)
    place.pulumi(*UP)
    renamed = _NETWORK.replace('Network("main"', 'Network("core"').replace("opts=enabled", 'opts=Options.merge(enabled, Options(aliases=[Alias(name="main")]))')
    found = '\npulumi.export("link", gcp.compute.Network.get("found", main.id).self_link)\n'
    retained = renamed.replace('"10.0.0.0/24"', '"10.0.0.0/24", opts=Options(retain_on_delete=True)')
    place.write(_HEAD + retained + found)
    told = place.pulumi(*UP)
    assert "created" not in told
    assert "replaced" not in told
    assert '"https://www.googleapis.com/compute/v1/projects/acme/global/networks/main"' in told
    place.write(_HEAD + retained.split("apps =")[0])
    place.pulumi(*UP)
    assert "apps" in _things(place)
    place.write(_HEAD + 'gcp.compute.Network.get("lost", "projects/acme/global/networks/lost")')
    assert "does not exist" in place.pulumi("preview", "--stack", "dev", refused=True)


def test_two_provider_instances_and_secrets_of_every_depth(project: Project) -> None:
    place = project("""
import pulumi, pulumi_gcp as gcp, pulumi_random as random
from pulumi import ResourceOptions as Options
for name in ("alpha", "beta"):
    provider = gcp.Provider(name, project=name, region="europe-west1")
    gcp.dataproc.AutoscalingPolicy(name, policy_id="p", location="europe-west1", basic_algorithm={"yarn_config": {
        "graceful_decommission_timeout": "30s", "scale_up_factor": 0.5, "scale_down_factor": 0.5}}, opts=Options(provider=provider))
    topic = gcp.pubsub.Topic("topic-" + name, labels={"word": pulumi.Output.secret("canary-in-a-map")}, opts=Options(provider=provider, depends_on=[
        gcp.projects.Service(name, service="pubsub.googleapis.com", opts=Options(provider=provider))]))
    pulumi.export(name, topic.project)
pulumi.export("word", pulumi.Output.secret("canary-exported"))
password = random.RandomPassword("password", length=24, special=False)
""")
    told = place.pulumi(*UP)
    assert 'alpha: "alpha"' in told
    assert 'beta : "beta"' in told
    text, _ = _state(place)
    clear, resources = _state(place, "--show-secrets")
    password = json.loads(resources["password"]["outputs"]["result"]["plaintext"])
    assert len(password) == 24
    for canary in ("canary-in-a-map", "canary-exported", password):
        assert canary in clear
        assert canary not in text
        assert canary not in told
