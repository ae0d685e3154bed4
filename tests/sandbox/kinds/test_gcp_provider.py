"""A whole Google project through the provider and its store: what the engine asks of every kind, in order."""

from __future__ import annotations

import pytest

from sandbox.kind import Refusal
from sandbox.naming import Naming
from sandbox.provider import Provider
from sandbox.resources import gcp
from sandbox.schema import Schemas
from sandbox.store import Store
from tests.sandbox.kinds.cloud import CONFIG
from tests.sandbox.kinds.test_gcp_outputs import WHOLE_PROJECT

APIS = {kind.token: kind.api for kind in gcp.KINDS}
NEEDED = sorted({APIS[f"gcp:{token}"] for token, _ in WHOLE_PROJECT} - {None})
ENABLED = tuple(("projects/service:Service", {"service": service}) for service in NEEDED)


class Life:
    """One resource's requests to the provider."""

    def __init__(self, provider, token, inputs):
        self.provider, self.token, self.program = provider, f"gcp:{token}", inputs
        self.urn = f"urn:pulumi:dev::app::{self.token}::it"
        self.inputs, self.failures = self.check({})

    def call(self, inputs, *, preview=False):
        return self.provider.call(self.urn, dict(inputs), CONFIG, preview=preview)

    def check(self, old):
        return self.provider.check(self.call(self.program), old, Naming())

    def create(self, *, preview=False):
        return self.provider.create(self.call(self.inputs, preview=preview))

    def changes(self):
        return self.provider.diff(self.call(self.inputs), self.inputs, self.check(self.inputs)[0], ()).changes


@pytest.fixture
def provider(tmp_path):
    with Store(tmp_path / "store.db") as store:
        yield Provider(store, Schemas(tmp_path / "schemas"))


def test_a_project_is_made_read_kept_and_taken_down(provider):
    lives = [Life(provider, token, inputs) for token, inputs in (*ENABLED, *WHOLE_PROJECT)]
    assert [failure for life in lives for failure in life.failures] == []
    states = []
    for life in lives:
        life.create(preview=True)
        states.append(life.create())
        assert life.changes() == []
        assert provider.read(life.call(life.inputs), states[-1]).outputs == states[-1].outputs
    for life, state in reversed(list(zip(lives, states, strict=True))):
        provider.delete(life.call(life.inputs), state.id)
        left = provider.read(life.call(life.inputs), state)
        assert (left is not None) is (life.token in {"gcp:projects/service:Service", "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"})


@pytest.mark.parametrize(("token", "inputs"), [row for row in WHOLE_PROJECT if APIS[f"gcp:{row[0]}"]], ids=lambda part: part if isinstance(part, str) else "")
def test_a_service_that_nobody_enabled_answers_403(provider, token, inputs):
    with pytest.raises(Refusal) as caught:
        Life(provider, token, inputs).create()
    assert f'(reason: SERVICE_DISABLED, service: "{APIS[f"gcp:{token}"]}")' in caught.value.message
