"""Looking into the sandbox, and changing it behind the engine's back."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from sandbox.kind import Record
from sandbox.store import Store
from tests.sandbox.place import Place

_TOPIC, _SECRET = "gcp:pubsub/topic:Topic", "gcp:secretmanager/secretVersion:SecretVersion"


@pytest.fixture
def filled(place: Place) -> Place:
    place.home.mkdir()
    with Store(place.home / "sandbox.db") as store:
        topic = {"name": "orders-1", "labels": {"a": "b"}, "schemaSettings": {"schema": "s"}}
        store.add(
            Record(type=_TOPIC, id="projects/p/topics/orders-1", urn=f"urn:pulumi:d::p::{_TOPIC}::orders", inputs=topic, outputs={**topic, "project": "p"})
        )
        store.add(Record(type=_TOPIC, id="projects/p/topics/orders-2", urn=f"urn:pulumi:e::p::{_TOPIC}::orders", inputs={}, outputs={"name": "orders-2"}))
        secret = {"secretData": "hunter2", "secret": "s", "deletionPolicy": "canary"}
        hidden = {"deletionPolicy": True}
        store.add(Record(type=_SECRET, id="v", urn=f"urn:pulumi:d::p::{_SECRET}::version", inputs=secret, outputs=secret), None, hidden)
    return place


def _show(place: Place, thing: str, *flags: str) -> dict[str, dict[str, object]]:
    shown: dict[str, dict[str, object]] = json.loads(place.sandbox("show", thing, *flags).stdout)
    return shown


def test_ls_lists_the_oldest_first_and_says_what_is_not_emulated_in_detail(filled: Place) -> None:
    lines = filled.sandbox("ls").stdout.splitlines()
    assert lines[0].split() == ["TYPE", "NAME", "ID", "EMULATION"]
    assert lines[1].split()[:3] == [_TOPIC, "orders", "projects/p/topics/orders-1"]
    rows = json.loads(filled.sandbox("ls", "--json").stdout)
    assert [row["id"] for row in rows] == ["projects/p/topics/orders-1", "projects/p/topics/orders-2", "v"]
    generic = {row["type"] for row in rows if row["emulation"] == "generic"}
    assert all(token in lines[-1] for token in generic)


def test_a_very_long_id_does_not_push_the_table_off_the_screen(place: Place) -> None:
    place.home.mkdir()
    with Store(place.home / "sandbox.db") as store:
        store.add(Record(type=_TOPIC, id="x" * 300, urn=f"urn:pulumi:d::p::{_TOPIC}::orders", inputs={}, outputs={}))
    assert "x" * 99 + "…" in place.sandbox("ls").stdout.split()
    assert json.loads(place.sandbox("ls", "--json").stdout)[0]["id"] == "x" * 300


def test_a_reader_that_has_seen_enough_gets_no_traceback(filled: Place) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        command = [sys.executable, "-m", "sandbox", "ls"]
        done = subprocess.run(command, cwd=filled.folder, env=filled.environment(), stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 141
    assert done.stderr == ""


def test_an_empty_sandbox_says_so(place: Place) -> None:
    assert place.sandbox("ls").stdout == "The sandbox is empty.\n"


def test_enabled_apis_are_told_apart_from_what_exists(place: Place) -> None:
    place.home.mkdir()
    with Store(place.home / "sandbox.db") as store:
        service = "gcp:projects/service:Service"
        store.add(Record(type=service, id="p/run.googleapis.com", urn=f"urn:pulumi:d::p::{service}::enable-run", inputs={}, outputs={}))
    assert place.sandbox("ls").stdout == "The sandbox is empty.\n\nGoogle APIs enabled, which no destroy disables: p/run.googleapis.com\n"
    assert len(json.loads(place.sandbox("ls", "--json").stdout)) == 1


def test_secrets_are_shown_only_when_asked_for(filled: Place) -> None:
    told = filled.sandbox("show", "version").stdout
    assert "hunter2" not in told
    assert "canary" not in told
    assert _show(filled, "version")["outputs"] == {"secretData": "[secret]", "secret": "s", "deletionPolicy": "[secret]"}
    assert _show(filled, "version", "--secrets")["inputs"]["secretData"] == "hunter2"


def test_an_edit_changes_what_read_will_tell_at_any_depth(filled: Place) -> None:
    done = filled.sandbox("edit", "orders-1", "labels.a=c", "labels.new=x", "messageRetentionDuration=600s", 'schemaSettings={"schema": "t"}')
    assert done.returncode == 0, done.stderr
    shown = _show(filled, "projects/p/topics/orders-1")
    wanted = {"name": "orders-1", "labels": {"a": "c", "new": "x"}, "messageRetentionDuration": "600s", "schemaSettings": {"schema": "t"}}
    assert shown["inputs"] == wanted
    assert shown["outputs"] == {**wanted, "project": "p"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "nothing"], "nothing in the sandbox has the id or the name nothing: `groundplan sandbox ls` lists what exists"),
        (["show", "orders"], f"orders may be any of urn:pulumi:d::p::{_TOPIC}::orders, urn:pulumi:e::p::{_TOPIC}::orders: name it by its URN"),
        (["rm", "nothing"], "nothing in the sandbox has the id or the name nothing: `groundplan sandbox ls` lists what exists"),
        (["edit", "orders-1", "colour=red"], f"{_TOPIC} has no property colour: `groundplan sandbox show orders-1` lists what there is"),
        (
            ["edit", "orders-1", "labels.a.b=red"],
            "projects/p/topics/orders-1 has no labels.a.b that could be set: `groundplan sandbox show orders-1` lists what there is",
        ),
        (["edit", "orders-1", "labels"], "labels is not of the form property=value, such as description=changed or settings.tier='\"db-f1-micro\"'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_changes_nothing(filled: Place, arguments: list[str], message: str) -> None:
    before = filled.sandbox("show", "orders-1").stdout
    done = filled.sandbox(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"groundplan sandbox: {message}\n")
    assert filled.sandbox("show", "orders-1").stdout == before


def test_rm_deletes_one_thing(filled: Place) -> None:
    assert filled.sandbox("rm", "orders-1").returncode == 0
    assert [row["id"] for row in json.loads(filled.sandbox("ls", "--json").stdout)] == ["projects/p/topics/orders-2", "v"]


@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_reset_forgets_everything_and_says_what(filled: Place, options: tuple[str, ...]) -> None:
    (filled.home / "state").mkdir()
    done = filled.sandbox("reset", *options)
    assert done.stdout == f"Deleted 3 resources and all Pulumi state of the sandbox in {filled.home}.\n"
    assert not (filled.home / "state").exists()
    assert filled.sandbox("ls").stdout == "The sandbox is empty.\n"


def test_reset_waits_for_no_running_command(filled: Place) -> None:
    done = filled.sandbox("--", "sh", "-c", "$PYTHON -m sandbox reset --yes", extra={"PYTHON": __import__("sys").executable})
    assert done.returncode == 2
    assert done.stderr == f"groundplan sandbox: a command is running in the sandbox in {filled.home}: wait for its end\n"


def test_a_store_of_another_version_is_refused_and_can_be_reset(filled: Place) -> None:
    with closing(sqlite3.connect(filled.home / "sandbox.db")) as database:
        database.execute("PRAGMA user_version = 99")
    message = f"groundplan sandbox: the sandbox in {filled.home} was made by another version of groundplan: `groundplan sandbox reset` starts a new one\n"
    for arguments in (["ls"], ["--", "true"]):
        done = filled.sandbox(*arguments)
        assert (done.returncode, done.stderr) == (2, message)
    assert filled.sandbox("reset", "--yes").returncode == 0
    assert filled.sandbox("ls").stdout == "The sandbox is empty.\n"


def test_rm_leaves_what_others_use_and_takes_along_what_goes_with_a_thing(place: Place) -> None:
    network, subnet, bucket, member = (
        "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork", "gcp:storage/bucket:Bucket", "gcp:storage/bucketIAMMember:BucketIAMMember",
    )  # fmt: skip
    vpc = "projects/p/global/networks/n"
    place.home.mkdir()
    with Store(place.home / "sandbox.db") as store:
        for type_, id_, outputs in (
            (network, vpc, {"name": "n", "project": "p", "id": vpc}),
            (subnet, "projects/p/regions/r/subnetworks/s", {"name": "s", "network": vpc, "project": "p"}),
            (bucket, "videos", {"name": "videos"}),
            (member, "b/videos/roles/storage.objectViewer/user:a", {"bucket": "b/videos", "role": "roles/storage.objectViewer", "member": "user:a"}),
        ):
            store.add(Record(type=type_, id=id_, urn=f"urn:pulumi:d::p::{type_}::{id_}", inputs=outputs, outputs=outputs))
    refused = place.sandbox("rm", vpc)
    assert refused.returncode == 2
    assert "is already being used by" in refused.stderr
    assert place.sandbox("rm", "videos").returncode == 0
    assert [row["type"] for row in json.loads(place.sandbox("ls", "--json").stdout)] == [network, subnet]
