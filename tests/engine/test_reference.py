"""The reference application on the real engine: up, nothing more to do, nothing drifted, down, in every tier."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.application import Application, counts
from tests.sandbox.place import ROOT

pytestmark = pytest.mark.engine

RIGHTS = {
    # api: its database, its two buckets, one secret, signing as itself; sync: its cache's password and one secret. Nothing else.
    ("gcp:projects/iAMMember:IAMMember", "api-db-login", "roles/cloudsql.instanceUser"),
    ("gcp:secretmanager/secretIamMember:SecretIamMember", "api-reads-jwt-secret", "roles/secretmanager.secretAccessor"),
    ("gcp:secretmanager/secretIamMember:SecretIamMember", "sync-reads-jwt-secret", "roles/secretmanager.secretAccessor"),
    ("gcp:secretmanager/secretIamMember:SecretIamMember", "sync-reads-sessions-password", "roles/secretmanager.secretAccessor"),
    ("gcp:serviceaccount/iAMMember:IAMMember", "api-api-signs", "roles/iam.serviceAccountTokenCreator"),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", "api-thumbnails-write-objectuser", "roles/storage.objectUser"),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", "api-videos-presign-objectcreator", "roles/storage.objectCreator"),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", "api-videos-presign-objectviewer", "roles/storage.objectViewer"),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", "api-videos-write-objectuser", "roles/storage.objectUser"),
}
PATHS = {
    ("main-deny-ingress", "INGRESS", "denies"),
    ("main-deny-private-egress", "EGRESS", "denies"),
    ("api-to-db-5432", "EGRESS", "allows"),
    ("sync-to-sessions-6378", "EGRESS", "allows"),
}
VARIABLES = {
    "api-run": {
        "DB_CA_CERT", "DB_HOST", "DB_IAM_AUTH", "DB_NAME", "DB_PORT", "DB_SSLMODE", "DB_USER",
        "JWT_SECRET", "THUMBNAILS_BUCKET", "UPLOADS_BUCKET", "VIDEOS_BUCKET",
    },
    "sync-run": {"JWT_SECRET", "SESSIONS_CA_CERT", "SESSIONS_HOST", "SESSIONS_PASSWORD", "SESSIONS_PORT", "SESSIONS_TLS"},
}  # fmt: skip


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_tier_comes_up_stays_and_goes(tier: str, engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, tier)
    assert counts(application.run("up"))["created"] > 50
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
    assert application.things() == []


@pytest.fixture(scope="module")
def dev(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """dev, up: shared by the tests that only look, or that put back what they change."""
    application = Application.at(tmp_path_factory.mktemp("reference"), engine, "dev")
    application.run("up")
    return application


def test_the_bindings_give_exactly_these_rights_and_no_others(dev: Application) -> None:
    held = [resource for resource in dev.state() if "iam" in resource["type"].lower() and "Member" in resource["type"]]
    assert {(resource["type"], resource["urn"].rsplit("::", 1)[-1], resource["inputs"]["role"]) for resource in held} == RIGHTS
    assert not [resource for resource in dev.state() if resource["type"].endswith(("IAMBinding", "IAMPolicy", "IamBinding", "IamPolicy", "Key"))]


def test_the_bindings_open_exactly_these_paths_and_no_others(dev: Application) -> None:
    rules = [resource for resource in dev.state() if "irewall" in resource["type"]]
    assert {(rule["urn"].rsplit("::", 1)[-1], rule["inputs"]["direction"], "allows" if "allows" in rule["inputs"] else "denies") for rule in rules} == PATHS
    hosts = {resource["urn"].rsplit("::", 1)[-1]: resource["outputs"] for resource in dev.state()}
    by_name = {rule["urn"].rsplit("::", 1)[-1]: rule["inputs"] for rule in rules}
    assert by_name["api-to-db-5432"]["destinationRanges"] == [f"{hosts['db-server']['privateIpAddress']}/32"]
    assert by_name["sync-to-sessions-6378"]["allows"] == [{"protocol": "tcp", "ports": ["6378"]}]


def test_the_bindings_set_exactly_these_variables(dev: Application) -> None:
    services = [resource for resource in dev.state() if resource["type"] == "gcp:cloudrunv2/service:Service"]
    found = {service["urn"].rsplit("::", 1)[-1]: {env["name"] for env in service["inputs"]["template"]["containers"][0]["envs"]} for service in services}
    assert found == VARIABLES


def test_no_secret_stands_in_the_state_in_plain(dev: Application) -> None:
    kept = json.dumps(dev.state())
    done = dev.place.sandbox("--", "pulumi", "stack", "export", "--show-secrets", "--stack", "dev")
    shown = json.loads(done.stdout)["deployment"]["resources"]
    password = next(resource for resource in shown if resource["type"] == "random:index/randomPassword:RandomPassword")["outputs"]["result"]
    value = json.loads(password["plaintext"])
    assert len(value) >= 32
    assert value not in kept


def test_drift_is_seen_and_put_back(dev: Application) -> None:
    videos = next(resource["id"] for resource in dev.state() if resource["urn"].endswith("::videos-bucket"))
    done = dev.place.sandbox("edit", videos, 'publicAccessPrevention="inherited"')
    assert done.returncode == 0, done.stderr
    assert counts(dev.run("refresh"))["updated"] == 1
    assert dev.steps() == {"gcp:storage/bucket:Bucket::videos-bucket": "update"}
    dev.run("up")
    assert dev.steps() == {}


def test_growth_replaces_nothing(dev: Application) -> None:
    """Another tier of the network, more days, more instances, one more connection: nothing that exists is replaced or deleted."""
    program = (dev.place.folder / "__main__.py").read_text(encoding="utf-8")
    try:
        dev.edit("__main__.py", "DatabaseArgs(network=network)", 'DatabaseArgs(network=network, backup_days=14, size="medium")')
        dev.edit("__main__.py", "connections=(connect(cache),", "connections=(connect(cache), connect(thumbnails),")
        dev.edit("__main__.py", "websocket=True,", "websocket=True, memory_mib=1024,")
        steps = dev.steps()
    finally:
        dev.place.write(program)
    assert set(steps.values()) <= {"create", "update"}, steps
    assert steps["gcp:sql/databaseInstance:DatabaseInstance::db-server"] == "update"


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
    application.edit("Pulumi.dev.yaml", "  groundplan:host: dev\n", "")
    printed = application.run("preview", refused=True)
    assert "missing configuration value 'host'" in printed
    assert "Traceback" not in printed
    assert application.things() == []


def test_bad_input_registers_nothing(engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev")
    application.edit("__main__.py", 'cidr="10.0.0.0/24"', 'cidr="10.0.0.0"')
    printed = application.run("up", refused=True)
    assert 'Network "main": cidr must carry a mask, got \'10.0.0.0\'; did you mean "10.0.0.0/16"?' in printed
    assert "Traceback" not in printed
    assert application.things() == []


def test_the_registry_can_come_first_so_that_images_can_be_pushed(engine: Path, tmp_path: Path) -> None:
    application = Application.at(tmp_path, engine, "dev")
    application.run("up", "--target", "**::enable-*", "--target", "**::images*")
    assert application.things() == ["gcp:artifactregistry/repository:Repository images-repository"]
    assert counts(application.run("up"))["created"] > 40
    assert application.steps() == {}


def test_a_killed_up_leaves_a_stack_that_the_next_one_can_use(engine: Path, tmp_path: Path) -> None:
    """Killed before the first resource: after that, what was made in the very moment of the kill collides, as in a cloud (docs/limits.md)."""
    application = Application.at(tmp_path, engine, "dev")
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


def test_the_program_imports_no_cloud_that_it_does_not_use() -> None:
    probe = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.components.reference import reference\n"
        "reference('dev')\n"
        "print(sorted({name.split('.')[0] for name in sys.modules if name.startswith('pulumi_')}))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pulumi_gcp', 'pulumi_random']"
