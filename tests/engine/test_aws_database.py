"""Database on AWS on the real engine: it comes up, stays, grows without a replacement, upgrades in place, and goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.driver import Outcome, Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1"}
SERVER = "aws:rds/instance:Instance"
Programs = Callable[..., Program]


def source() -> None:
    import json
    import os

    import pulumi
    from pulumi_aws import iam

    from components import Access, Database, DatabaseArgs, DatabaseServer, Network, NetworkArgs
    from components._core.connection import Principal

    given = json.loads(os.environ["GIVEN"])
    logins = given.pop("logins", ["api"])
    network = Network("main", NetworkArgs(zones=given.pop("zones", 2)))
    database = Database("db", DatabaseArgs(network=network, server=DatabaseServer(**given.pop("server", {})), **given))
    trust = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
    )
    for login in logins:
        role = iam.Role(login, name=login, assume_role_policy=trust)
        database.grant(Principal(login, role.arn), Access.WRITE)
    pulumi.export("host", database.host)
    pulumi.export("name", database.name)


def made(programs: Programs, tier: str, **config: str) -> Program:
    return programs(source, stack=tier, config={**CONFIG, **{f"groundplan:{key}": value for key, value in config.items()}})


def given(**args: Any) -> dict[str, str]:
    return {"GIVEN": json.dumps(args)}


def moved(outcome: Outcome) -> dict[str, str]:
    """What an operation took or replaced: name → operation; creations and updates left out."""
    return {name: operation for operation, _, name in outcome.ok().steps if operation not in {"create", "update"}}


def server(program: Program) -> dict[str, Any]:
    (found,) = [each for each in program.resources(SERVER) if each["urn"].endswith("::db-server")]
    inputs: dict[str, Any] = found["inputs"]
    return inputs


@pytest.mark.parametrize(
    ("tier", "args"),
    [
        ("dev", {"authentication": "password"}),
        ("staging", {}),
        ("prod", {"server": {"read_replicas": 1, "pooling": True, "backup_location": "eu-central-1"}}),
    ],
)
def test_a_database_comes_up_stays_and_goes(tier: str, args: dict[str, Any], pulumi_program: Programs) -> None:
    program = made(pulumi_program, tier, protect="false")
    program.up(env=given(**args)).ok()
    assert program.preview(env=given(**args)).ok().unchanged
    assert program.refresh("--expect-no-changes", env=given(**args)).ok().unchanged
    assert program.preview(env=given(**args)).ok().unchanged
    program.destroy(env=given(**args)).ok()


def test_nothing_that_grows_replaces_or_takes_anything(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "staging")
    grown: dict[str, Any] = {}
    program.up(env=given()).ok()
    steps: list[dict[str, Any]] = [
        {"size": "medium"},
        {"storage_gb": 200, "server": {"storage_limit_gb": 400}},
        {"backup_days": 35},
        {"high_availability": True},
        {"server": {"read_replicas": 2, "pooling": True}},
        {"zones": 3},
        {"logins": ["api", "worker"]},
    ]
    for step in steps:
        grown |= step
        assert moved(program.up(env=given(**grown))) == {}, step
    held = server(program)
    assert (held["instanceClass"], held["backupRetentionPeriod"], held["multiAz"]) == ("db.t4g.medium", 35, True)


def test_a_login_more_adds_its_own_and_changes_nothing(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "dev")
    program.up(env=given()).ok()
    added = program.up(env=given(logins=["api", "worker"])).ok()
    assert sorted(added.steps) == [
        ("create", "aws:iam/role:Role", "worker"),
        ("create", "aws:iam/rolePolicy:RolePolicy", "db-grant-worker"),
        ("create", "aws:lambda/invocation:Invocation", "db-grant-worker-user"),
    ]


def test_a_further_database_calls_the_function_again_and_touches_no_server(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "dev")
    program.up(env=given()).ok()
    more = program.up(env=given(databases=["db", "reports"])).ok()
    assert {(kind, name) for _, kind, name in more.steps} == {
        ("groundplan:index:Database", "db"),
        ("aws:lambda/invocation:Invocation", "db-set-up"),
    }


def test_a_higher_version_upgrades_in_place_with_a_group_of_its_own(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "prod")
    program.up(env=given(version="16", server={"read_replicas": 1})).ok()
    upgraded = program.up(env=given(version="17", server={"read_replicas": 1})).ok()
    assert moved(upgraded) == {"db-parameters-16": "delete"}
    assert ("create", "aws:rds/parameterGroup:ParameterGroup", "db-parameters-17") in upgraded.steps
    assert (server(program)["engineVersion"], server(program)["parameterGroupName"]) == ("17", "program-prod-db-postgres17")
    assert program.preview(env=given(version="17", server={"read_replicas": 1})).ok().unchanged


def test_outside_dev_the_server_does_not_go_by_accident(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "staging")
    program.up(env=given()).ok()
    refused = program.destroy(env=given())
    assert refused.code != 0
    assert "db-server" in refused.output
    assert "protect" in refused.output
    assert server(program)["deletionProtection"] is True
