"""Databases and users of Cloud SQL in the sandbox."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kind import Refusal
from tests.sandbox.kinds.cloud import PROJECT, Invalid, World
from tests.sandbox.kinds.sql_world import DATABASE, USER, connected, instance, put

EMAIL = f"api@{PROJECT}.iam.gserviceaccount.com"
LOGIN = EMAIL.removesuffix(".gserviceaccount.com")


@pytest.fixture
def world() -> World:
    made = connected()
    put(made, "gcp:serviceaccount/account:Account", f"projects/{PROJECT}/serviceAccounts/{EMAIL}", email=EMAIL, project=PROJECT)
    instance(made)
    return made


def test_a_database_is_identified_by_its_instance(world: World) -> None:
    made = world.create(DATABASE, instance="main-db", name="app")
    assert made.id == f"projects/{PROJECT}/instances/main-db/databases/app"
    assert made.outputs["selfLink"] == f"https://sqladmin.googleapis.com/sql/v1beta4/{made.id}"
    assert (made.outputs["charset"], made.outputs["collation"]) == ("UTF8", "en_US.UTF8")


@pytest.mark.parametrize(
    "id_", [f"projects/{PROJECT}/instances/main-db/databases/app", "instances/main-db/databases/app", f"{PROJECT}/main-db/app", "main-db/app"]
)
def test_a_database_is_imported_by_any_of_the_providers_forms(world: World, id_: str) -> None:
    assert world.kinds[DATABASE].import_id(id_, {"project": PROJECT}) == f"projects/{PROJECT}/instances/main-db/databases/app"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"name": "postgres"}, 'failed to create database postgres. Detail: pq: database "postgres" already exists.'),
        ({"name": "x" * 64}, "must be 1 to 63 bytes long"),
        ({"charset": "LATIN1"}, "charset LATIN1 is not supported, only UTF8 is"),
        ({"collation": "klingon"}, 'pq: invalid locale name: "klingon"'),
        ({"instance": "nowhere"}, "The Cloud SQL instance does not exist"),
    ],
)
def test_a_database_is_refused(world: World, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=re.escape(reason)):
        world.create(DATABASE, **{"instance": "main-db", "name": "app", **inputs})


def test_a_database_is_made_once(world: World) -> None:
    world.create(DATABASE, instance="main-db", name="app")
    with pytest.raises(Refusal, match=r'Detail: pq: database "app" already exists\., invalid'):
        world.create(DATABASE, instance="main-db", name="app")


def test_a_user_has_two_slashes_in_its_id(world: World) -> None:
    made = world.create(USER, instance="main-db", name="app", password="x")
    assert made.id == "app//main-db"
    assert world.kinds[USER].import_id(f"{PROJECT}/main-db/app", {}) == made.id
    assert world.kinds[USER].import_id(f"{PROJECT}/main-db/%/app", {}) == "app/%/main-db"
    with pytest.raises(Refusal, match="Error 409: The user already exists"):
        world.create(USER, instance="main-db", name="app", password="x")


def test_a_service_account_logs_in_without_its_suffix(world: World) -> None:
    made = world.create(USER, instance="main-db", name=LOGIN, type="CLOUD_IAM_SERVICE_ACCOUNT")
    assert (made.id, made.outputs["iamEmail"]) == (f"{LOGIN}//main-db", EMAIL)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"name": "app"}, "Password must be set for a built-in user"),
        ({"name": "app", "password": "x", "host": "%"}, "Host is not supported for PostgreSQL users"),
        ({"name": "nobody", "type": "CLOUD_IAM_USER"}, "must be an email address, got nobody"),
        ({"name": LOGIN, "type": "CLOUD_IAM_USER"}, "its user type is CLOUD_IAM_SERVICE_ACCOUNT"),
        ({"name": LOGIN, "type": "CLOUD_IAM_SERVICE_ACCOUNT", "password": "x"}, "Password is not allowed for a user of type CLOUD_IAM_SERVICE_ACCOUNT"),
        (
            {"name": EMAIL, "type": "CLOUD_IAM_SERVICE_ACCOUNT"},
            'Database username for Cloud IAM service account should be created without ".gserviceaccount.com" suffix.',
        ),
        ({"name": f"ghost@{PROJECT}.iam", "type": "CLOUD_IAM_SERVICE_ACCOUNT"}, f"Service account ghost@{PROJECT}.iam.gserviceaccount.com does not exist"),
        ({"name": LOGIN, "type": "CLOUD_IAM_SERVICE_ACCOUNT", "instance": "plain"}, "set the flag cloudsql.iam_authentication to on"),
        ({"name": "app", "password": "x", "instance": "nowhere"}, "The Cloud SQL instance does not exist"),
    ],
)
def test_a_user_is_refused(world: World, inputs: dict[str, Any], reason: str) -> None:
    instance(world, "plain", more={"databaseFlags": []})
    with pytest.raises(Refusal, match=re.escape(reason)):
        world.create(USER, **{"instance": "main-db", **inputs})


def test_the_user_that_comes_with_an_instance_is_taken_over(world: World) -> None:
    assert world.create(USER, instance="main-db", name="postgres", password="x").id == "postgres//main-db"
    assert world.create(USER, instance="main-db", name="postgres", password="y").id == "postgres//main-db"


@pytest.mark.parametrize(("inputs", "path"), [({"name": "a", "password": "x", "passwordWo": "y"}, "password"), ({"password": "x"}, "name")])
def test_the_provider_refuses_a_user(world: World, inputs: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.check(USER, instance="main-db", **inputs)
    assert [failure.path for failure in refused.value.failures] == [path]
