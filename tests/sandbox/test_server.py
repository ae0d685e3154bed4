"""The engine's protocol on a real connection: instances told apart, errors as one clear message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox import wire
from sandbox.provider import Provider
from sandbox.server import Server
from sandbox.store import Store

_TOPIC = "gcp:pubsub/topic:Topic"
_URN = f"urn:pulumi:dev::app::groundplan:index:Thing${_TOPIC}::it"

Client = provider_pb2_grpc.ResourceProviderStub


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path, ("gcp", "random"), Store(tmp_path / "sandbox.db"))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def connect(server: Server) -> Iterator[Callable[..., Client]]:
    """Opens a connection of its own, as the engine does for every provider instance."""
    channels = []

    def opened(package: str = "gcp", **config: str) -> Client:
        channel = grpc.insecure_channel(f"127.0.0.1:{server.ports[package]}", options=[("grpc.use_local_subchannel_pool", 1)])
        channels.append(channel)
        client = Client(channel)
        client.Handshake(provider_pb2.ProviderHandshakeRequest())
        client.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
        client.Configure(provider_pb2.ConfigureRequest(variables={f"{package}:config:{name}": value for name, value in config.items()}))
        return client

    yield opened
    for channel in channels:
        channel.close()


def _check(client: Client, inputs: dict[str, Any], urn: str = _URN) -> Any:
    return client.Check(provider_pb2.CheckRequest(urn=urn, news=wire.write(inputs), olds=wire.write({})))


def _create(client: Client, inputs: dict[str, Any], urn: str = _URN) -> Any:
    return client.Create(provider_pb2.CreateRequest(urn=urn, properties=wire.write(inputs)))


def test_every_connection_keeps_its_own_configuration(connect: Callable[..., Client]) -> None:
    alpha, beta = connect(project="alpha"), connect(project="beta")
    made = [_create(client, {"name": name}, f"{_URN}{name}").id for client, name in ((alpha, "a"), (beta, "b"), (alpha, "c"))]
    assert [id_.split("/")[1] for id_ in made] == ["alpha", "beta", "alpha"]


def test_the_version_is_that_of_the_sdk(connect: Callable[..., Client]) -> None:
    for package in ("gcp", "random"):
        assert connect(package).GetPluginInfo(empty_pb2.Empty()).version == metadata.version(f"pulumi-{package}")


def test_secrets_and_plain_values_are_asked_for_as_the_servicer_can_take_them(connect: Callable[..., Client]) -> None:
    answer = connect().Handshake(provider_pb2.ProviderHandshakeRequest())
    assert (answer.accept_secrets, answer.accept_resources, answer.accept_outputs) == (True, False, False)


def test_all_that_is_wrong_is_told_at_once_with_its_path(connect: Callable[..., Client]) -> None:
    failures = _check(connect(), {"nmae": "x", "messageStoragePolicy": {"allowedPersistenceRegions": "one"}}).failures
    assert [failure.property for failure in failures] == ["", ""]
    assert sorted(failure.reason.split(":")[0] for failure in failures) == ["messageStoragePolicy.allowedPersistenceRegions", "nmae"]


def test_no_message_quotes_a_secret(connect: Callable[..., Client]) -> None:
    news = wire.write({"messageTransforms": "hunter2"}, {"messageTransforms": True})
    (failure,) = connect().Check(provider_pb2.CheckRequest(urn=_URN, news=news)).failures
    assert "hunter2" not in failure.reason
    assert failure.reason.startswith("messageTransforms: ")


def test_what_was_given_as_a_secret_comes_back_as_one_at_every_step(connect: Callable[..., Client]) -> None:
    client, mask = connect(project="p"), {"labels": {"word": True}}
    given = wire.write({"name": "n", "labels": {"word": "x", "open": "y"}}, mask)
    assert wire.secrets(client.Check(provider_pb2.CheckRequest(urn=_URN, news=given)).inputs) == mask
    made = client.Create(provider_pb2.CreateRequest(urn=_URN, properties=given))
    assert wire.secrets(made.properties)["labels"] == {"word": True}
    imported = client.Read(provider_pb2.ReadRequest(id=made.id, urn=_URN))
    assert wire.secrets(imported.inputs) == mask
    assert wire.secrets(imported.properties)["labels"] == {"word": True}
    updated = client.Update(provider_pb2.UpdateRequest(id=made.id, urn=_URN, news=wire.write({"name": "n", "labels": {"open": "z"}})))
    assert "labels" not in wire.secrets(updated.properties)


def test_a_typo_in_a_providers_own_configuration_is_refused(connect: Callable[..., Client]) -> None:
    request = provider_pb2.CheckRequest(urn="urn:pulumi:dev::app::pulumi:providers:gcp::p", news=wire.write({"projct": "x", "version": "10.2.0"}))
    (failure,) = connect().CheckConfig(request).failures
    assert failure.reason.startswith("projct: ")


def test_a_changed_provider_configuration_replaces_nothing(connect: Callable[..., Client]) -> None:
    request = provider_pb2.DiffRequest(old_inputs=wire.write({"project": "a", "region": "r"}), news=wire.write({"project": "b", "region": "r"}))
    answer = connect().DiffConfig(request)
    assert (answer.changes, list(answer.diffs), list(answer.replaces)) == (provider_pb2.DiffResponse.DIFF_SOME, ["project"], [])


def test_a_refusal_reaches_the_engine_in_its_own_words(connect: Callable[..., Client]) -> None:
    client = connect(project="p")
    with pytest.raises(grpc.RpcError) as caught:
        client.Invoke(provider_pb2.InvokeRequest(tok="gcp:nothing/getNothing:getNothing"))
    assert caught.value.details() == "gcp:nothing/getNothing:getNothing is not a function of the installed SDK"


def test_a_fault_of_our_own_is_one_sentence_that_names_the_log(connect: Callable[..., Client], server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        message = "the very reason"
        raise RuntimeError(message)

    monkeypatch.setattr(Provider, "create", broken)
    with pytest.raises(grpc.RpcError) as caught:
        _create(connect(), {"name": "n"})
    assert caught.value.details() == f"the sandbox itself failed at Create of {_URN}: the reason is in {server.log}"
    assert "the very reason" in server.log.read_text(encoding="utf-8")


def test_a_server_that_cannot_load_says_so(connect: Callable[..., Client], server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        message = "no store"
        raise OSError(message)

    monkeypatch.setattr(server, "load", broken)
    channel = grpc.insecure_channel(f"127.0.0.1:{server.ports['gcp']}")
    with channel, pytest.raises(grpc.RpcError) as caught:
        Client(channel).GetPluginInfo(empty_pb2.Empty())
    assert caught.value.details() == f"the sandbox cannot start: the reason is in {server.log}"


def test_what_an_import_needs_is_the_schema_of_what_exists(connect: Callable[..., Client]) -> None:
    client = connect(project="p")
    assert json.loads(client.GetSchema(provider_pb2.GetSchemaRequest()).schema)["resources"] == {}
    _create(client, {"name": "n", "messageStoragePolicy": {"allowedPersistenceRegions": ["r"]}})
    document = json.loads(client.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    policy = document["resources"][_TOPIC]["inputProperties"]["messageStoragePolicy"]
    assert document["types"][policy["$ref"].removeprefix("#/types/")]["required"] == ["allowedPersistenceRegions"]
    assert list(document["resources"]) == [_TOPIC]
