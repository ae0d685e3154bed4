"""A type that nothing is written about still works: a believable id and outputs, stable over updates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.kind import UNKNOWN, Properties
from sandbox.naming import Naming
from sandbox.provider import Provider, State
from sandbox.resources import PACKAGES, find, function, generic, is_detailed
from sandbox.schema import Schemas
from sandbox.store import Store

CONFIG = {"project": "acme", "region": "europe-west1"}
_MADE_UP = {"gcp:managedkafka/cluster:Cluster", "aws:appmesh/mesh:Mesh", "kubernetes:core/v1:ConfigMap", "cloudflare:index/list:List"}
"""Types that are not emulated; should one be, take another."""


class World:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.provider = Provider(store, Schemas(), generic.kind)

    def make(self, type_: str, inputs: Properties, *, name: str = "it", preview: bool = False, config: dict[str, str] | None = None) -> State:
        urn = f"urn:pulumi:dev::app::{type_}::{name}"
        checked, failures = self.provider.check(self.provider.call(urn, inputs, config or CONFIG, preview=True), {}, Naming())
        assert failures == []
        return self.provider.create(self.provider.call(urn, checked, config or CONFIG, preview=preview))

    def update(self, type_: str, old: State, inputs: Properties) -> State:
        return self.provider.update(self.provider.call(f"urn:pulumi:dev::app::{type_}::it", inputs, CONFIG), old)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store(tmp_path / "sandbox.db") as store:
        yield World(store)


@pytest.mark.parametrize(
    ("type_", "inputs", "pattern"),
    [
        ("gcp:pubsub/topic:Topic", {"name": "n"}, r"projects/acme/topics/n"),
        ("gcp:pubsub/topic:Topic", {"name": "n", "project": "other"}, r"projects/other/topics/n"),
        ("gcp:compute/disk:Disk", {"name": "n", "zone": "europe-west1-b"}, r"projects/acme/zones/europe-west1-b/disks/n"),
        ("aws:sqs/queue:Queue", {}, r"queue-[0-9a-f]{17}"),
        ("cloudflare:index/list:List", {"accountId": "a", "kind": "ip", "name": "n"}, r"[0-9a-f]{32}"),
        ("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "n", "namespace": "apps"}}, r"apps/n"),
        ("kubernetes:core/v1:ConfigMap", {}, r"it-[0-9a-f]{8}"),
    ],
)
def test_an_id_has_the_form_of_its_cloud(world: World, type_: str, inputs: Properties, pattern: str) -> None:
    assert re.fullmatch(pattern, world.make(type_, inputs).id)


def test_a_second_thing_of_one_urn_gets_another_id(world: World) -> None:
    first = world.make("aws:sqs/queue:Queue", {})
    assert world.make("aws:sqs/queue:Queue", {}).id != first.id


def test_every_computed_output_of_a_generic_type_has_a_value_of_its_type(world: World) -> None:
    schemas = Schemas()
    checks: dict[str, Any] = {"string": str, "integer": int, "number": int, "boolean": bool, "list": list, "map": dict}
    for type_, inputs in (("gcp:compute/disk:Disk", {"zone": "europe-west1-b"}), ("aws:ec2/vpc:Vpc", {}), ("gcp:compute/address:Address", {})):
        schema = schemas.resource(type_)
        assert schema is not None
        outputs = world.make(type_, inputs).outputs
        for name in set(schema.outputs) - set(schema.inputs):
            kind = schema.outputs[name].type.kind
            assert kind not in checks or isinstance(outputs[name], checks[kind]), f"{type_} {name}"


def test_outputs_are_believable_by_name(world: World) -> None:
    outputs = world.make("gcp:compute/disk:Disk", {"name": "n", "zone": "europe-west1-b", "labels": {"a": "b"}}).outputs
    assert outputs["selfLink"] == "https://www.googleapis.com/compute/v1/projects/acme/zones/europe-west1-b/disks/n"
    assert outputs["effectiveLabels"] == {"a": "b", "goog-pulumi-provisioned": "true"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", outputs["creationTimestamp"])
    queue = world.make("aws:sqs/queue:Queue", {"tags": {"a": "b"}}, config={"region": "eu-central-1"})
    assert queue.outputs["arn"] == f"arn:aws:sqs:eu-central-1:000000000000:queue/{queue.id}"
    assert queue.outputs["tagsAll"] == {"a": "b"}


def test_the_providers_own_labels_are_merged_in_and_its_own_mark_may_be_left_out(world: World) -> None:
    config = {**CONFIG, "defaultLabels": json.dumps({"team": "x", "a": "default"}), "addPulumiAttributionLabel": "false"}
    outputs = world.make("gcp:compute/disk:Disk", {"zone": "z", "labels": {"a": "b"}}, config=config).outputs
    assert outputs["effectiveLabels"] == {"team": "x", "a": "b"}


def test_a_preview_knows_labels_and_places(world: World) -> None:
    outputs = world.make("gcp:compute/address:Address", {"labels": {"a": "b"}}, preview=True).outputs
    assert (outputs["project"], outputs["region"], outputs["address"]) == ("acme", "europe-west1", UNKNOWN)
    assert outputs["effectiveLabels"]["a"] == "b"
    assert world.make("gcp:compute/address:Address", {"labels": UNKNOWN}, preview=True).outputs["effectiveLabels"] is UNKNOWN


def test_an_update_keeps_what_identifies_and_renews_what_versions(world: World) -> None:
    type_ = "gcp:compute/disk:Disk"
    before = world.make(type_, {"name": "n", "zone": "z"})
    after = world.update(type_, before, {"name": "n", "zone": "z", "labels": {"a": "b"}})
    for name in ("selfLink", "creationTimestamp", "project"):
        assert after.outputs[name] == before.outputs[name]
    assert after.outputs["labelFingerprint"] == before.outputs["labelFingerprint"]
    policy = world.make("aws:appmesh/mesh:Mesh", {"name": "n"})
    assert world.update("aws:appmesh/mesh:Mesh", policy, {"name": "n", "tags": {"a": "b"}}).outputs["arn"] == policy.outputs["arn"]


def test_a_google_name_or_place_replaces_even_where_nothing_is_written_about_the_type() -> None:
    assert generic.kind("gcp:managedkafka/cluster:Cluster").replaces >= {"name", "project", "location"}
    assert generic.kind("aws:appmesh/mesh:Mesh").replaces == frozenset()


@pytest.mark.parametrize("token", sorted(_MADE_UP))
def test_what_nothing_is_written_about_is_said_to_be_generic(token: str) -> None:
    assert Schemas().resource(token) is not None
    assert not is_detailed(token)
    assert find(token).token == token


def test_what_is_written_about_is_found_by_its_token() -> None:
    assert is_detailed("gcp:compute/network:Network")
    assert find("gcp:compute/network:Network").api == "compute.googleapis.com"
    assert function("gcp:nothing/getNothing:getNothing") is None
    assert not is_detailed("docker:index/image:Image")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_kind_is_of_a_type_that_the_sdk_has(package: str) -> None:
    from sandbox import resources

    schemas = Schemas()
    assert [token for token in resources._kinds(package) if schemas.resource(token) is None] == []
    assert [token for token in resources._functions(package) if schemas.function(token) is None] == []
