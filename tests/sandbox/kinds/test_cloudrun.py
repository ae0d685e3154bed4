"""Cloud Run services in the sandbox: addresses, revisions, traffic, protection."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Refusal
from tests.sandbox.kinds.cloud import PROJECT, REGION, World
from tests.sandbox.kinds.run_world import EMAIL, JOB, NUMBER, POOL, SERVICE, container, ready, service, template

MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"


@pytest.fixture
def world() -> World:
    return ready()


def test_a_service_has_the_addresses_of_a_real_one(world: World) -> None:
    made = service(world)
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/services/api"
    assert re.fullmatch(r"https://api-[a-z2-7]{10}-ew\.a\.run\.app", made.outputs["uri"])
    assert made.outputs["urls"] == [f"https://api-{NUMBER}.{REGION}.run.app", made.outputs["uri"]]
    other = service(world, name="sync")
    assert other.outputs["uri"].split("-")[1] == made.outputs["uri"].split("-")[1]
    for form in (made.id, f"{PROJECT}/{REGION}/api", f"{REGION}/api"):
        assert world.kinds[SERVICE].import_id(form, {"project": PROJECT}) == made.id


def test_a_service_without_its_default_address_has_none(world: World) -> None:
    made = service(world, defaultUriDisabled=True)
    assert (made.outputs["uri"], made.outputs["urls"]) == ("", [])


def test_a_new_template_is_a_new_revision_and_nothing_else_is(world: World) -> None:
    made = service(world)
    first = made.outputs["latestReadyRevision"]
    assert re.fullmatch(r"api-00001-[a-z0-9]{3}", first)
    relabelled = world.update(made, labels={"a": "b"})
    assert relabelled.outputs["latestReadyRevision"] == first
    second = world.update(relabelled, template=template({"envs": []})).outputs["latestReadyRevision"]
    assert re.fullmatch(r"api-00002-[a-z0-9]{3}", second)


def test_an_update_keeps_identity_and_counts_generations(world: World) -> None:
    made = service(world)
    later = world.update(made, labels={"a": "b"})
    for output in ("uid", "uri", "createTime", "creator"):
        assert later.outputs[output] == made.outputs[output]
    assert (made.outputs["generation"], later.outputs["generation"]) == ("1", "2")
    assert later.outputs["etag"] != made.outputs["etag"]
    assert world.kinds[SERVICE].volatile >= {"etag", "latestReadyRevision", "generation"}


def test_the_api_fills_in_the_template_and_leaves_the_inputs_alone(world: World) -> None:
    said = template()
    made = service(world, said)
    assert made.inputs["template"] == said
    filled = made.outputs["template"]
    assert (filled["timeout"], filled["maxInstanceRequestConcurrency"], filled["serviceAccount"]) == ("300s", 80, EMAIL)
    assert filled["containers"][0]["startupProbe"]["tcpSocket"] == {"port": 8080}
    plain = service(world, {"containers": [{"image": "gcr.io/cloudrun/hello"}]}, name="plain").outputs["template"]
    assert plain["serviceAccount"] == f"{NUMBER}-compute@developer.gserviceaccount.com"
    assert plain["containers"][0]["resources"]["limits"] == {"cpu": "1000m", "memory": "512Mi"}


def test_traffic_goes_to_the_latest_revision_unless_it_is_said(world: World) -> None:
    made = service(world)
    latest = made.outputs["latestReadyRevision"]
    whole = {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100, "revision": latest, "tag": "", "uri": ""}
    assert made.outputs["trafficStatuses"] == [whole]
    targets = [
        {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": latest, "percent": 90},
        {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 10, "tag": "canary"},
    ]
    statuses = world.update(made, traffics=targets, template=template({"envs": []})).outputs["trafficStatuses"]
    assert [status["percent"] for status in statuses] == [90, 10]
    assert statuses[0]["revision"] == latest
    assert statuses[1]["uri"] == "https://canary---" + made.outputs["uri"].removeprefix("https://")


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        ([{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 99}], "Traffic percentages must add up to 100, got 99"),
        ([{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "percent": 100}], "revision must be set"),
        ([{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100, "revision": "api-00001-abc"}], "revision must not be set"),
        ([{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "percent": 100, "revision": "api-00009-abc"}], "'api-00009-abc' was not found"),
        ([{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 50, "tag": "a"}] * 2, "Duplicate traffic tag 'a'"),
    ],
)
def test_traffic_is_refused(world: World, targets: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        service(world, traffics=targets)


def test_a_revisions_name_begins_with_the_services_and_is_used_once(world: World) -> None:
    with pytest.raises(Refusal, match="must be prefixed by the service name 'api-'"):
        service(world, template(revision="blue"))
    made = service(world, template(revision="api-blue"))
    assert made.outputs["latestReadyRevision"] == "api-blue"
    with pytest.raises(Refusal, match="Revision named 'api-blue' with different configuration already exists"):
        world.update(made, template=template({"envs": []}, revision="api-blue"))


def test_a_name_is_held_in_its_location_alone(world: World) -> None:
    service(world)
    with pytest.raises(Refusal, match=r"googleapi: Error 409: Resource 'api' already exists\."):
        service(world)
    assert service(world, template(vpcAccess=None), location="us-east1").outputs["uri"].endswith("-ue.a.run.app")


@pytest.mark.parametrize(
    ("token", "noun", "said"),
    [
        (SERVICE, "service", {"template": template()}),
        (JOB, "job", {"template": {"template": template({"ports": None})}}),
        (POOL, "workerpool", {"template": template({"ports": None})}),
    ],
)
def test_the_provider_protects_what_nobody_unprotects(world: World, token: str, noun: str, said: dict[str, Any]) -> None:
    assert world.kinds[token].defaults(world.call(token, {})) == {"deletionProtection": True}
    made = world.create(token, name="one", location=REGION, deletionProtection=True, **said)
    with pytest.raises(Refusal) as refused:
        world.delete(made)
    assert str(refused.value) == f"cannot destroy {noun} without setting deletion_protection=false and running `terraform apply`"
    world.delete(world.update(made, deletionProtection=False))
    assert world.cloud.get(token, made.id) is None


def test_a_grant_names_its_service_and_goes_with_it(world: World) -> None:
    made = service(world)
    granted = world.create(MEMBER, name="api", location=REGION, role="roles/run.invoker", member="allUsers")
    assert granted.id == f"{made.id}/roles/run.invoker/allUsers"
    world.delete(made)
    assert world.cloud.get(MEMBER, granted.id) is None
    with pytest.raises(Refusal, match="Error 404: Resource 'api' of kind 'SERVICE' does not exist"):
        world.create(MEMBER, name="api", location=REGION, role="roles/run.invoker", member="allUsers")


def test_a_job_has_no_revision_and_keeps_its_own_defaults(world: World) -> None:
    made = world.create(JOB, name="nightly", location=REGION, template={"template": template({"ports": None})})
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/jobs/nightly"
    assert (made.outputs["template"]["taskCount"], made.outputs["template"]["template"]["maxRetries"]) == (1, 3)
    assert made.outputs["executionCount"] == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"taskCount": 10001}, "template.task_count: Must be between 1 and 10000"),
        ({"taskCount": 2, "parallelism": 3}, "template.parallelism: Must not be greater than task_count (2)"),
        ({"template": template({"ports": None}, maxRetries=11)}, "template.template.max_retries: Must be between 0 and 10"),
        ({"template": template({"ports": None}, timeout="604801s")}, "template.template.timeout: Timeout must be between 1 and 604800 seconds"),
        ({"template": template({"ports": None, "livenessProbe": {"httpGet": {}}})}, "liveness probes are not supported for jobs"),
    ],
)
def test_a_job_is_refused(world: World, said: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        world.create(JOB, name="nightly", location=REGION, template={"template": template({"ports": None}), **said})


def test_a_worker_pool_serves_its_latest_revision(world: World) -> None:
    made = world.create(POOL, name="workers", location=REGION, template=template({"ports": None}))
    assert made.outputs["instanceSplitStatuses"][0]["revision"] == made.outputs["latestReadyRevision"]
    with pytest.raises(Refusal, match="manual_instance_count"):
        world.create(POOL, name="other", location=REGION, template=template({"ports": None}), scaling={"manualInstanceCount": -1})


def test_a_sidecar_needs_no_port(world: World) -> None:
    sidecar = {"image": "docker.io/library/envoy:v1", "name": "proxy"}
    assert service(world, template(containers=[container(), sidecar])).outputs["latestReadyRevision"]
    with pytest.raises(Refusal, match="exactly one container with an exposed port"):
        service(world, template(containers=[{**container(), "ports": None}, sidecar]), name="none")
    with pytest.raises(Refusal, match="exactly one container with an exposed port"):
        service(world, template(containers=[container(), {**sidecar, "ports": {"containerPort": 1}}]), name="two")
