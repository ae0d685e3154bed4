"""Cache and Secrets on AWS on the real engine: what comes up stays, what grows is never replaced, what is taken down holds its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.driver import Outcome, Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1"}
Programs = Callable[..., Program]
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
SETTINGS = "aws:elasticache/parameterGroup:ParameterGroup"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def made(programs: Programs, source: Any, tier: str = "dev", **config: str) -> Program:
    return programs(source, stack=tier, config={**CONFIG, **{f"groundplan:{key}": value for key, value in config.items()}})


def program() -> None:
    import json
    import os

    from pulumi_aws import iam

    from components import Cache, CacheArgs, Network, Secrets, SecretsArgs
    from components._core.connection import Principal

    options = json.loads(os.environ.get("OPTIONS", "{}"))
    network = Network("main")
    caches = [Cache(engine, CacheArgs(network=network, engine=engine, **options)) for engine in ("redis", "valkey")]
    secrets = Secrets("secrets", SecretsArgs(generated={"jwt": int(os.environ.get("LENGTH", "64"))}, external=("smtp",)))
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    role = iam.Role("ci", name="ci", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    if "GRANT" in os.environ:
        for target in (*caches, secrets["jwt"], secrets["smtp"]):
            target.grant(Principal("ci", role.arn))


def secrets_alone() -> None:
    from components import Secrets, SecretsArgs

    Secrets("secrets", SecretsArgs(generated={"jwt": 64}))


def options(**given: Any) -> dict[str, str]:
    return {"OPTIONS": json.dumps(given), "GRANT": "yes"}


def steps(outcome: Outcome) -> list[tuple[str, str, str]]:
    """What was done in the cloud."""
    return [step for step in outcome.ok().steps if not step[1].startswith("groundplan:")]


def operations(outcome: Outcome) -> set[str]:
    return {operation for operation, _, _ in steps(outcome)}


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_caches_and_secrets_come_up_and_nothing_is_left_to_do(tier: str, pulumi_program: Programs) -> None:
    stack = made(pulumi_program, program, tier)
    env = options()
    stack.up(env=env).ok()
    assert stack.preview(env=env).ok().unchanged
    assert stack.refresh("--expect-no-changes", env=env).ok().unchanged
    assert stack.preview(env=env).ok().unchanged


def test_what_grows_changes_in_place(pulumi_program: Programs) -> None:
    stack = made(pulumi_program, program)
    stack.up().ok()
    added = stack.up(env=options()).ok()
    assert operations(added) == {"create"}
    growth = [
        {"high_availability": True},
        {"high_availability": True, "read_replicas": 2},
        {"high_availability": True, "read_replicas": 2, "size": "large"},
        {"high_availability": True, "size": "large", "persistence": True},
        {"high_availability": True, "size": "large", "persistence": True, "snapshot_days": 14},
        {"size": "cache.t3.micro", "settings": {"timeout": "300"}, "eviction": "allkeys-lru"},
    ]
    for given in growth:
        changed = stack.up(env=options(**given)).ok()
        assert operations(changed) == {"update"}, given
        assert {type_ for _, type_, _ in steps(changed)} <= {GROUP, SETTINGS}, given
    (valkey,) = (group for group in stack.resources(GROUP) if group["outputs"]["engine"] == "valkey")
    assert (valkey["outputs"]["nodeType"], valkey["outputs"]["numCacheClusters"]) == ("cache.t3.micro", 1)


def test_a_higher_version_comes_with_new_settings_beside_the_old_and_no_other_cache(pulumi_program: Programs) -> None:
    source = """
import os
from components import Cache, CacheArgs, Network
Cache("hot", CacheArgs(network=Network("main"), engine="valkey", version=os.environ["VERSION"]))
"""
    stack = made(pulumi_program, source)
    stack.up(env={"VERSION": "7.2"}).ok()
    higher = stack.up(env={"VERSION": "8.1"}).ok()
    of_caches = [(operation, name) for operation, type_, name in steps(higher) if type_ in {GROUP, SETTINGS}]
    assert of_caches == [
        ("create-replacement", "hot-settings"),
        ("replace", "hot-settings"),
        ("update", "hot-valkey"),
        ("delete-replaced", "hot-settings"),
    ]


def token() -> None:
    import os

    import pulumi

    from components import Cache, CacheArgs, Network
    from components._core.connection import Principal

    def length(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "random:index/randomPassword:RandomPassword":
            return None
        return pulumi.ResourceTransformResult({**args.props, "length": int(os.environ["LENGTH"])}, args.opts)

    cache = Cache("hot", CacheArgs(network=Network("main")), pulumi.ResourceOptions(transforms=[length]))
    cache.grant(Principal("main", "arn:aws:iam::000000000000:role/program-dev-main-flow"))


def test_a_new_token_reaches_the_servers_before_the_secret_and_no_reader_loses_its_right(pulumi_program: Programs) -> None:
    stack = made(pulumi_program, token)
    stack.up(env={"LENGTH": "64"}).ok()
    renewed = [(operation, name) for operation, _, name in steps(stack.up(env={"LENGTH": "48"}))]
    assert renewed[:5] == [
        ("create-replacement", "hot-auth-value"),
        ("replace", "hot-auth-value"),
        ("update", "hot-redis"),
        ("create-replacement", "hot-auth-version"),
        ("replace", "hot-auth-version"),
    ]
    assert sorted(renewed[5:]) == [("delete-replaced", "hot-auth-value"), ("delete-replaced", "hot-auth-version")]


@pytest.mark.parametrize(("tier", "versions"), [("dev", 1), ("staging", 2)])
def test_a_new_value_leaves_the_secret_and_its_readers_as_they_are_and_outside_dev_keeps_the_one_before(
    tier: str, versions: int, pulumi_program: Programs
) -> None:
    stack = made(pulumi_program, program, tier)
    stack.up(env=options()).ok()
    changed = steps(stack.up(env={**options(), "LENGTH": "32"}))
    assert ("create-replacement", VERSION, "secrets-jwt-version") in changed
    assert {type_ for _, type_, _ in changed} == {VERSION, "random:index/randomPassword:RandomPassword"}
    assert len([record for record in json.loads(stack.sandbox("ls", "--json").ok().stdout) if "secrets-jwt-version" in json.dumps(record)]) == versions


def test_outside_dev_nothing_that_holds_data_can_be_taken_down_by_accident(pulumi_program: Programs) -> None:
    stack = made(pulumi_program, program, "prod")
    stack.up(env=options()).ok()
    refused = stack.destroy()
    assert refused.code != 0
    assert any("protected" in message for message in refused.errors)
    assert {group["outputs"]["engine"] for group in stack.resources(GROUP)} == {"redis", "valkey"}


def test_what_is_given_up_on_purpose_goes_and_leaves_a_last_snapshot(pulumi_program: Programs) -> None:
    stack = made(pulumi_program, program, "prod", protect="false")
    stack.up(env=options()).ok()
    names = {group["outputs"]["finalSnapshotIdentifier"] for group in stack.resources(GROUP)}
    assert len(names) == 2
    assert stack.destroy().ok().changes.get("delete")
    assert stack.resources(GROUP) == []


def test_a_secret_that_was_deleted_holds_its_name_while_it_can_be_brought_back(pulumi_program: Programs) -> None:
    stack = made(pulumi_program, secrets_alone, "staging", protect="false")
    stack.up().ok()
    stack.destroy().ok()
    again = stack.up()
    assert again.code != 0
    message = "You can't create this secret because a secret with this name is already scheduled for deletion."
    assert any(message in error for error in again.errors)


def test_in_dev_a_name_is_free_again_at_once(pulumi_program: Programs) -> None:
    stack = made(pulumi_program, secrets_alone)
    stack.up().ok()
    stack.destroy().ok()
    assert stack.up().ok().changes["create"] == 4


def test_a_value_that_was_filled_in_by_hand_is_never_reverted(pulumi_program: Programs) -> None:
    source = """
import pulumi
from pulumi_aws import secretsmanager
from components import Secrets, SecretsArgs
secrets = Secrets("secrets", SecretsArgs(external=("smtp",)))
if {by_hand}:
    secretsmanager.SecretVersion("by-hand", secret_id=secrets["smtp"].id, secret_string="filled", opts=pulumi.ResourceOptions(retain_on_delete=True))
"""
    stack = made(pulumi_program, source.format(by_hand=True))
    stack.up().ok()
    stack.rewrite(source.format(by_hand=False))
    stack.up().ok()
    assert stack.refresh("--expect-no-changes").ok().unchanged
    assert stack.up().ok().changes == {}
    assert "filled" not in json.dumps(stack.export())


def test_another_network_is_another_cache_and_the_old_one_goes_first(pulumi_program: Programs) -> None:
    source = """
import os
from components import Cache, CacheArgs, Network, NetworkArgs
networks = {{name: Network(name, NetworkArgs(cidr=cidr)) for name, cidr in (("main", "10.0.0.0/16"), ("yard", "10.1.0.0/16"))}}
Cache("hot", CacheArgs(network=networks["{network}"]))
"""
    stack = made(pulumi_program, source.format(network="main"))
    stack.up().ok()
    stack.rewrite(source.format(network="yard"))
    moved = [(operation, name) for operation, type_, name in stack.up().ok().steps if type_ == GROUP]
    assert moved == [("delete-replaced", "hot-redis"), ("replace", "hot-redis"), ("create-replacement", "hot-redis")]
