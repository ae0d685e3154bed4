"""The reference application on the real engine: up, nothing more to do, nothing drifted, down, in every tier."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.application import Application, counts
from tests.engine.expected import EXPECTED, Expected, logical, statements
from tests.sandbox.place import ROOT

pytestmark = pytest.mark.engine

CLOUDS = pytest.mark.parametrize("cloud", EXPECTED)
MANY = 50
"""Resources at least that the application has on either cloud."""


@CLOUDS
@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_tier_comes_up_stays_and_goes(cloud: str, tier: str, engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, tier, cloud)
    assert counts(application.run("up"))["created"] > MANY
    assert application.steps() == {}
    application.run("refresh", "--expect-no-changes")
    if tier != "dev":
        before = application.things()
        refused = application.run("destroy", refused=True)
        assert "cannot be deleted" in refused
        assert "protect" in refused
        assert application.things() == before, "a refused destroy has taken something with it"
        application.run("config set groundplan:protect false")
        application.run("up")
    application.run("destroy")
    assert application.left() == []


@dataclass(frozen=True)
class Live:
    """dev on one cloud, up, and what is expected of it."""

    application: Application
    expected: Expected


@pytest.fixture(scope="module", params=list(EXPECTED))
def dev(request: pytest.FixtureRequest, engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Live:
    """Shared by the tests that only look, or that put back what they change."""
    application = Application.at(tmp_path_factory.mktemp("reference"), engine, "dev", request.param)
    application.run("up")
    return Live(application, EXPECTED[request.param])


def test_the_bindings_give_exactly_these_rights_and_no_others(dev: Live) -> None:
    state = dev.application.state()
    assert dev.expected.held(state) == dev.expected.rights
    wholesale = ("IAMBinding", "IAMPolicy", "IamBinding", "IamPolicy", "Key", "AccessKey", "RolePolicyAttachment")
    assert [logical(resource) for resource in state if resource["type"].endswith(wholesale)] == []


def test_no_statement_on_aws_is_about_everything(dev: Live) -> None:
    """But where AWS offers an action on nothing smaller."""
    policies = [resource for resource in dev.application.state() if resource["type"] == "aws:iam/rolePolicy:RolePolicy"]
    whole = {
        action
        for policy in policies
        for statement in statements(policy)
        if "*" in statement["Resource"] and statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    assert whole <= {"ecr:GetAuthorizationToken", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"}
    assert [action for policy in policies for statement in statements(policy) for action in statement["Action"] if "*" in action] == []


def test_the_bindings_open_exactly_these_paths_and_no_others(dev: Live) -> None:
    assert dev.expected.opened(dev.application.state()) == dev.expected.paths


def test_a_path_leads_from_the_service_to_its_target(dev: Live) -> None:
    state = dev.application.state()
    found = {logical(resource): resource for resource in state}
    if dev.expected.cloud == "gcp":
        assert found["api-to-db-5432"]["inputs"]["destinationRanges"] == [f"{found['db-server']['outputs']['privateIpAddress']}/32"]
        assert found["sync-to-sessions-6378"]["inputs"]["allows"] == [{"protocol": "tcp", "ports": ["6378"]}]
        return
    groups = {logical(resource): resource["id"] for resource in state if resource["type"] == "aws:ec2/securityGroup:SecurityGroup"}
    own, target = groups["api-gate"], groups["db-server"]
    server = next(resource for resource in state if resource["type"] == "aws:rds/instance:Instance")
    assert server["inputs"]["vpcSecurityGroupIds"] == [target]
    for rule, group, other in (("api-to-db-5432-in", target, own), ("api-to-db-5432-out", own, target)):
        inputs = found[rule]["inputs"]
        assert (inputs["securityGroupId"], inputs["referencedSecurityGroupId"], inputs["ipProtocol"]) == (group, other, "tcp")


def test_the_bindings_set_exactly_these_variables(dev: Live) -> None:
    assert dev.expected.seen(dev.application.state()) == dev.expected.variables


def test_the_outputs_have_the_same_names_on_either_cloud(dev: Live) -> None:
    done = dev.application.place.sandbox("--", "pulumi", "stack", "output", "--json", "--stack", "dev")
    outputs = json.loads(done.stdout)
    assert sorted(outputs) == sorted(
        ["api_url", "cache_host", "database_host", "domain", "registry_url", "sync_url", "thumbnails_bucket", "videos_bucket"],
    )
    assert all(isinstance(value, str) and value for value in outputs.values())
    assert outputs["domain"] == "dev.watchparty.example"
    assert outputs["api_url"].startswith("http")


def test_no_secret_stands_in_the_state_in_plain(dev: Live) -> None:
    kept = json.dumps(dev.application.state())
    done = dev.application.place.sandbox("--", "pulumi", "stack", "export", "--show-secrets", "--stack", "dev")
    shown = json.loads(done.stdout)["deployment"]["resources"]
    passwords = [resource["outputs"]["result"] for resource in shown if resource["type"] == "random:index/randomPassword:RandomPassword"]
    assert passwords
    for password in passwords:
        value = json.loads(password["plaintext"])
        assert len(value) >= 32
        assert value not in kept


def test_drift_is_seen_and_put_back(dev: Live) -> None:
    type_, name, change = dev.expected.drift
    done = dev.application.place.sandbox("edit", name, change)
    assert done.returncode == 0, done.stderr
    assert counts(dev.application.run("refresh"))["updated"] == 1
    assert dev.application.steps() == {f"{type_}::{name}": "update"}
    dev.application.run("up")
    assert dev.application.steps() == {}


GROWTH = (
    ('cidr="10.0.0.0/24"', 'cidr="10.0.0.0/24", nat_gateways="zone", private_services=True, log_days=30'),
    ("DatabaseArgs(network=network)", 'DatabaseArgs(network=network, backup_days=14, size="medium", storage_gb=50, high_availability=True)'),
    ("CacheArgs(network=network)", 'CacheArgs(network=network, size="medium")'),
    ("LifecycleRule(after_days=30,", "LifecycleRule(after_days=60,"),
    ("connections=(connect(cache),", "connections=(connect(cache), connect(thumbnails),"),
    ("websocket=True,", "websocket=True, memory_mib=4096, scaling=Scaling(min=2, max=6),"),
    ("    Registry,\n", "    Registry,\n    Scaling,\n"),
)


def test_growth_replaces_nothing(dev: Live) -> None:
    """More gateways, endpoints, days, memory, disk and instances, a standby, one more connection: nothing is replaced or deleted."""
    application = dev.application
    program = (application.place.folder / "__main__.py").read_text(encoding="utf-8")
    try:
        for text, by in GROWTH:
            application.edit("__main__.py", text, by)
        steps = application.steps()
    finally:
        application.place.write(program)
    # a task definition has no updates: every change is its next revision
    kept = {name: step for name, step in steps.items() if not name.startswith("aws:ecs/taskDefinition:")}
    assert set(kept.values()) <= {"create", "update"}, kept
    assert steps[dev.expected.database] == "update"


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("groundplan:cloud: azure", 'groundplan:cloud must be "gcp" or "aws", got \'azure\'; set it with: pulumi config set groundplan:cloud gcp'),
        ("groundplan:tier: qa", 'groundplan:tier must be "dev" or "staging" or "prod", got \'qa\'; set it with: pulumi config set groundplan:tier dev'),
    ],
)
def test_a_wrong_configuration_gets_one_sentence_and_no_traceback(setting: str, sentence: str, engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev")
    application.edit("Pulumi.dev.yaml", "config:\n", f"config:\n  {setting}\n")
    printed = application.run("up", refused=True)
    assert sentence in printed
    assert "Traceback" not in printed
    assert application.things() == []


def test_a_missing_value_gets_one_sentence(engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev")
    application.edit("Pulumi.dev.yaml", "  groundplan:apiImage: api:main\n", "")
    printed = application.run("preview", refused=True)
    assert "missing configuration value 'apiImage'" in printed
    assert "Traceback" not in printed
    assert application.things() == []


def test_bad_input_registers_nothing(engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev")
    application.edit("__main__.py", 'cidr="10.0.0.0/24"', 'cidr="10.0.0.0"')
    printed = application.run("up", refused=True)
    assert 'Network "main": cidr must carry a mask, got \'10.0.0.0\'; did you mean "10.0.0.0/16"?' in printed
    assert "Traceback" not in printed
    assert application.things() == []


@CLOUDS
def test_the_registry_can_come_first_so_that_images_can_be_pushed(cloud: str, engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev", cloud)
    application.run("up", "--target", "**::enable-*", "--target", "**::images*")
    assert {thing for thing in application.things() if "epository" in thing} == EXPECTED[cloud].registry
    assert counts(application.run("up"))["created"] > 40
    assert application.steps() == {}


@CLOUDS
@pytest.mark.parametrize("tier", ["dev", "prod"])
def test_any_component_can_be_the_only_target(cloud: str, tier: str, engine: Path, tmp_path: Path) -> None:
    """A targeted update hands None to the program for all that it leaves out: no text is made of that, and no traceback."""
    application = Application.at(tmp_path, engine, tier, cloud)
    for target in ("**::images*", "**::main*", "**::secrets*"):
        printed = application.run("up", "--target", target, "--target", "**::enable-*")
        assert "Traceback" not in printed
    assert counts(application.run("up"))["created"] > 30
    assert application.steps() == {}


@CLOUDS
def test_a_killed_up_leaves_a_stack_that_the_next_one_can_use(cloud: str, engine: Path, tmp_path: Path) -> None:
    """Killed before the first resource: after that, what was made in the very moment of the kill collides, as in a cloud (docs/limits.md)."""
    application = Application.at(tmp_path, engine, "dev", cloud)
    running = application.place.start("--", "pulumi", "up", "--yes", "--skip-preview", "--stack", "dev", extra={"GROUNDPLAN_SANDBOX_CHECKPOINTS": "1"})
    locks = tmp_path / ".groundplan" / "state" / ".pulumi" / "locks"
    while not list(locks.rglob("*.json")):
        assert running.poll() is None
        time.sleep(0.01)
    killed = int(json.loads(next(locks.rglob("*.json")).read_text(encoding="utf-8"))["pid"])
    lists = Path(f"/proc/{killed}/task").glob("*/children")
    hosts = [child for children in lists for child in children.read_text(encoding="utf-8").split()]
    for process in (killed, *map(int, hosts)):  # the language host would live on for ever
        os.kill(process, signal.SIGKILL)
    running.communicate()
    assert list(locks.rglob("*.json"))
    assert counts(application.run("up"))["created"] > 50


def test_a_transform_reaches_every_child(engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev")
    application.place.write(
        """
import pulumi
from components import Network

def described(args):
    if args.type_ == "gcp:compute/network:Network":
        return pulumi.ResourceTransformResult({**args.props, "description": "by a transform"}, args.opts)

Network("main", opts=pulumi.ResourceOptions(transforms=[described]))
"""
    )
    application.run("up")
    vpc = next(resource for resource in application.state() if resource["type"] == "gcp:compute/network:Network")
    assert vpc["inputs"]["description"] == "by a transform"


@pytest.mark.parametrize(("cloud", "used"), [("gcp", "['pulumi_gcp', 'pulumi_random']"), ("aws", "['pulumi_aws', 'pulumi_random']")])
def test_the_program_imports_no_cloud_that_it_does_not_use(cloud: str, used: str) -> None:
    probe = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.components.reference import reference\n"
        f"reference('dev', cloud={cloud!r})\n"
        "print(sorted({name.split('.')[0] for name in sys.modules if name.startswith('pulumi_')}))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == used
