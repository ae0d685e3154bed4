"""What AWS is asked: once, and its own words where it does not answer."""

from __future__ import annotations

import pulumi
import pytest

from components import GroundplanError, Network, NetworkArgs, ObjectStore
from components.aws.account import account_id
from tests.components.world import build

EXPIRED = "operation error STS: GetCallerIdentity, ExpiredToken: The security token included in the request is expired"


def expired(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_answer(*_asked: object) -> None:
        raise RuntimeError(EXPIRED)

    monkeypatch.setattr("pulumi.runtime.invoke_async", no_answer)


def test_credentials_that_have_expired_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    expired(monkeypatch)
    with pytest.raises(GroundplanError) as caught:
        build(lambda: ObjectStore("videos"), cloud="aws")
    assert str(caught.value) == (
        f'ObjectStore "videos": AWS did not say which account this is ({EXPIRED}); check the credentials with: aws sts get-caller-identity'
    )


def test_zones_that_cannot_be_looked_up_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    expired(monkeypatch)
    with pytest.raises(GroundplanError) as caught:
        build(lambda: Network("main", NetworkArgs(flow_log_sampling=0.0, dns_logging=False)), cloud="aws", awsAccount="123456789012")
    assert str(caught.value) == (
        f"Network \"main\": AWS did not say which availability zones there are ({EXPIRED}); name them: zones=('eu-west-1a', …), or check the credentials"
    )


def test_the_account_is_asked_for_once_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    invoke = pulumi.runtime.invoke_async

    async def counted(token: str, *rest: object) -> object:
        asked.append(token)
        return await invoke(token, *rest)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr("pulumi.runtime.invoke_async", counted)

    def program() -> None:
        first, second = ObjectStore("videos"), ObjectStore("thumbnails")
        assert account_id(first) is account_id(second)

    build(program, cloud="aws")
    assert asked.count("aws:index/getCallerIdentity:getCallerIdentity") == 1
