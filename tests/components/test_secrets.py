"""Secrets on Google Cloud: exactly these children with these inputs, no value in plain. Mocks: that Google takes them is shown on the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import Access, GrantError, Secrets, SecretsArgs, connect
from components._core.connection import Connection, Principal
from tests.components.world import World, build

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
PASSWORD = "random:index/randomPassword:RandomPassword"
MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember"
API = Principal("api", "api@watchparty-dev.iam.gserviceaccount.com")


def made(tier: str = "dev", config: dict[str, str] | None = None, **given: Any) -> World:
    return build(lambda: Secrets("secrets", SecretsArgs(**given)), tier=tier, **(config or {}))


def with_secrets(use: Callable[[Secrets], Any]) -> tuple[World, list[Any]]:
    seen: list[Any] = []
    world = build(lambda: seen.append(use(Secrets("secrets", SecretsArgs(generated={"jwt": 64}, external=("smtp",))))))
    return world, seen


def test_a_generated_secret_is_a_random_value_a_secret_and_its_version() -> None:
    world = made(generated={"jwt": 64})
    assert world.children("secrets") == [(SECRET, "secrets-jwt"), (VERSION, "secrets-jwt-version"), (PASSWORD, "secrets-jwt-value")]
    assert world.one(PASSWORD).inputs == {"length": 64, "special": False}
    assert world.one(VERSION).inputs["secretData"] == "p" * 64


def test_a_shell_has_no_version_so_that_nothing_ever_reverts_what_was_filled_in_by_hand() -> None:
    assert made(external=("smtp",)).children("secrets") == [(SECRET, "secrets-smtp")]


def test_a_supplied_value_is_marked_secret_wherever_it_goes_even_when_it_came_in_plain() -> None:
    world = build(lambda: Secrets("secrets", SecretsArgs(supplied={"stripe": pulumi.Output.from_input("sk_live_1")})))
    holders = [resource for resource in world.resources if "sk_live_1" in str(resource.inputs)]
    assert [resource.name for resource in holders] == ["secrets", "secrets-stripe-version"]
    assert world.one(VERSION).secret_inputs == {"secretData"}
    assert world.one("groundplan:index:Secrets").secret_inputs == {"supplied.stripe"}


@pytest.mark.parametrize(("tier", "config", "kept"), [("dev", {}, False), ("staging", {}, True), ("prod", {}, True), ("prod", {"protect": "false"}, False)])
def test_the_secret_is_protected_in_pulumi_and_at_google_alike(tier: str, config: dict[str, str], kept: bool) -> None:
    secret = made(tier, config, external=("smtp",)).one(SECRET)
    assert (secret.protect, secret.retain_on_delete, secret.inputs["deletionProtection"]) == (kept, kept, kept)


def test_a_version_is_not_protected_because_a_new_value_replaces_it() -> None:
    world = made("prod", generated={"jwt": 64})
    assert [(resource.protect, resource.retain_on_delete) for resource in (world.one(VERSION), world.one(PASSWORD))] == [(False, False)] * 2


@pytest.mark.parametrize(("tier", "delay"), [("dev", None), ("staging", "604800s"), ("prod", "2592000s")])
def test_the_tier_decides_how_long_a_replaced_version_can_be_brought_back(tier: str, delay: str | None) -> None:
    assert made(tier, external=("smtp",)).one(SECRET).inputs.get("versionDestroyTtl") == delay


def test_values_stay_in_the_sites_region_unless_said_otherwise() -> None:
    assert made(external=("smtp",)).one(SECRET).inputs["replication"] == {"userManaged": {"replicas": [{"location": "europe-west1"}]}}
    two = made(external=("smtp",), replicas=("europe-west4",)).one(SECRET).inputs["replication"]
    assert two == {"userManaged": {"replicas": [{"location": "europe-west1"}, {"location": "europe-west4"}]}}
    assert made(external=("smtp",), replication="automatic").one(SECRET).inputs["replication"] == {"auto": {}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {},
            {
                "userManaged": {
                    "replicas": [{"location": "europe-west1", "customerManagedEncryption": {"kmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}}]
                }
            },
        ),
        ({"replication": "automatic"}, {"auto": {"customerManagedEncryption": {"kmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}}}),
    ],
)
def test_a_key_of_your_own_encrypts_either_replication(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert made(external=("smtp",), customer_key="projects/p/locations/l/keyRings/r/cryptoKeys/k", **given).one(SECRET).inputs["replication"] == expected


def test_a_secret_has_its_name_and_the_labels_of_its_component() -> None:
    inputs = made(external=("smtp",)).one(SECRET).inputs
    assert inputs["secretId"] == "watchparty-dev-secrets-smtp"
    assert inputs["labels"]["component"] == "secrets"


def test_a_binding_sets_exactly_one_variable_by_reference() -> None:
    world, seen = with_secrets(lambda secrets: (connect(secrets["jwt"], variables="JWT_SECRET"), connect(secrets["smtp"])))
    connections: tuple[Connection, ...] = seen[0]
    assert [list(connection.variables()) for connection in connections] == [["JWT_SECRET"], ["SMTP"]]
    assert [(dict(connection.env), connection.grants, connection.paths) for connection in connections] == [({}, (), ())] * 2
    assert [connection.source for connection in connections] == ["secrets-jwt", "secrets-smtp"]
    assert world.of(MEMBER) == []


def test_a_grant_is_the_right_to_read_this_one_secret() -> None:
    world, _ = with_secrets(lambda secrets: secrets["jwt"].grant(API))
    assert world.one(MEMBER).inputs == {
        "project": "watchparty-dev",
        "secretId": "watchparty-dev-secrets-jwt",
        "role": "roles/secretmanager.secretAccessor",
        "member": "serviceAccount:api@watchparty-dev.iam.gserviceaccount.com",
    }


REFUSED: list[tuple[Callable[[Secrets], Any], str]] = [
    (lambda secrets: secrets["jwd"], "Secrets \"secrets\": has no secret 'jwd', only 'jwt', 'smtp'"),
    (lambda secrets: connect(secrets["jwt"], Access.WRITE), 'Secret "secrets-jwt": access must be Access.READ, got Access.WRITE'),
    (lambda secrets: connect(secrets["jwt"], prefix="a"), "Secret \"secrets-jwt\": takes no prefix, got 'a'; say the variable with variables="),
    (
        lambda secrets: secrets["jwt"].connection(variables="JWT-1"),
        "Secret \"secrets-jwt\": variables must be the name of one environment variable, got 'JWT-1'",
    ),
]


@pytest.mark.parametrize(("use", "message"), REFUSED)
def test_what_a_secret_does_not_offer_is_refused(use: Callable[[Secrets], Any], message: str) -> None:
    with pytest.raises(GrantError) as caught:
        with_secrets(use)
    assert str(caught.value) == message
