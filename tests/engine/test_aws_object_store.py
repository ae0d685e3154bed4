"""ObjectStore on AWS on the real engine: what comes up stays, what grows replaces nothing, what holds data stays until it is empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.driver import Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1"}
BUCKET = "aws:s3/bucket:Bucket"
Programs = Callable[..., Program]


def small() -> None:
    from components import LifecycleRule, ObjectStore, ObjectStoreArgs

    logs = ObjectStore("logs")
    ObjectStore("videos", ObjectStoreArgs(usage_logs=logs, lifecycle=(LifecycleRule(after_days=90, to_class="nearline"),)))


def grown() -> None:
    from pulumi_aws import iam

    from components import Access, Cors, LifecycleRule, ObjectStore, ObjectStoreArgs, Retention
    from components._core.connection import Principal

    logs = ObjectStore("logs")
    videos = ObjectStore(
        "videos",
        ObjectStoreArgs(
            usage_logs=logs,
            lifecycle=(LifecycleRule(after_days=120, to_class="nearline"), LifecycleRule(after_days=30, to_class="nearline", prefixes=("thumbnails/",))),
            noncurrent_days=45,
            cors=(Cors(origins=("https://app.example.com",)),),
            retention=Retention(days=3),
            replica_region="eu-central-1",
        ),
    )
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
    task = iam.Role("task", assume_role_policy=trust)
    videos.grant(Principal("task", task.arn), Access.WRITE, prefix="uploads/")


def left_by_hand() -> None:
    import pulumi
    from pulumi_aws import s3

    name = "program-staging-videos-000000000000-eu-west-1-an"
    s3.BucketObjectv2("film", bucket=name, key="film.mp4", content="x", opts=pulumi.ResourceOptions(retain_on_delete=True))


def made(programs: Programs, tier: str, source: Callable[[], None] = small, **config: object) -> Program:
    return programs(source, stack=tier, config={**CONFIG, **config})


def lives(program: Program) -> None:
    """Up, nothing more to do, nothing drifted."""
    program.up().ok()
    assert program.preview().ok().unchanged
    assert program.refresh("--expect-no-changes").ok().unchanged


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_a_store_on_aws_comes_up_and_grows_without_another_bucket(tier: str, pulumi_program: Programs) -> None:
    program = made(pulumi_program, tier)
    lives(program)
    buckets = {bucket["id"] for bucket in program.resources(BUCKET)}
    program.rewrite(grown)
    assert {operation for operation, _, _ in program.preview().ok().steps} == {"create", "update"}
    lives(program)
    assert {bucket["id"] for bucket in program.resources(BUCKET)} == {*buckets, f"program-{tier}-videos-000000000000-eu-central-1-an"}


def test_a_test_deployment_with_everything_goes_and_leaves_nothing(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "dev", grown)
    program.up().ok()
    program.destroy().ok()
    assert program.sandbox("ls").output.strip() == "The sandbox is empty."


def test_a_bucket_that_holds_a_film_stays_even_when_its_protection_is_off(pulumi_program: Programs) -> None:
    program = made(pulumi_program, "staging", **{"groundplan:protect": "false"})
    program.up().ok()
    beside = pulumi_program(left_by_hand, stack="hand", config={"aws:region": "eu-west-1"}, beside=program)
    beside.up().ok()
    destroyed = program.destroy()
    assert destroyed.code != 0
    said = "deleting S3 Bucket (program-staging-videos-000000000000-eu-west-1-an): operation error S3: DeleteBucket"
    assert any(said in error and "BucketNotEmpty" in error for error in destroyed.errors)
