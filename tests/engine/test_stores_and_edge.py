"""ObjectStore, Secrets, Registry and EdgeDNS on the real engine: what the cloud itself decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.driver import Program

pytestmark = pytest.mark.engine

CONFIG = {"groundplan:cloud": "gcp", "groundplan:gcpProject": "watchparty-dev", "groundplan:gcpRegion": "europe-west1", "groundplan:awsRegion": "eu-west-1"}
EDGES = pytest.mark.parametrize(("cloud", "answers"), [("gcp", "cloudflare"), ("gcp", "cloud"), ("aws", "cloudflare"), ("aws", "cloud")])
Programs = Callable[..., Program]


def made(programs: Programs, source: Any, tier: str = "dev", **config: str) -> Program:
    return programs(source, stack=tier, config={**CONFIG, **{f"groundplan:{key}": value for key, value in config.items()}})


def stores() -> None:
    import pulumi

    from components import Cors, LifecycleRule, ObjectStore, ObjectStoreArgs, Registry, RegistryArgs, Retention, Secrets, SecretsArgs

    logs = ObjectStore("logs", ObjectStoreArgs(retention=Retention(days=1)))
    rules = (LifecycleRule(after_days=30, to_class="nearline", prefixes=("a/",)), LifecycleRule(newer_versions=3, delete=True))
    ObjectStore("videos", ObjectStoreArgs(usage_logs=logs, lifecycle=rules, cors=(Cors(origins=("https://app.example.com",)),)))
    Secrets("secrets", SecretsArgs(generated={"jwt": 64}, supplied={"stripe": pulumi.Output.secret("sk_live_1")}, external=("smtp",)))
    Registry("images", RegistryArgs(immutable_tags=False, tagged_days=60))


def edge() -> None:
    from components import EdgeDNS, EdgeDNSArgs, HealthCheck, Record

    records = (
        Record(name="api", type="CNAME", value="api.example.net."),
        Record(name="@", type="A", value=("203.0.113.1", "203.0.113.2"), proxied=False, ttl=600),
        Record(name="@", type="MX", value=("10 mx1.example.net.", "20 mx2.example.net")),
        Record(name="@", type="TXT", value='say "hi", ' + 300 * "x"),
        Record(name="_sip._tcp", type="SRV", value="10 5 5060 sip.example.net."),
        Record(name="sub", type="CAA", value='0 issuewild "pki.goog"'),
    )
    EdgeDNS(
        "edge",
        EdgeDNSArgs(
            zone="example.com",
            records=records,
            create=True,
            account_id="0123456789abcdef" * 2,
            certificate_names=("api", "@", "*"),
            health_checks=(HealthCheck(name="api", path="/api/health"),),
        ),
    )


def lives(program: Program) -> None:
    """Up, nothing more to do, nothing drifted."""
    program.up().ok()
    assert program.preview().ok().unchanged
    assert program.refresh("--expect-no-changes").ok().unchanged
    assert program.preview().ok().unchanged


@pytest.mark.parametrize("tier", ["dev", "staging", "prod"])
def test_stores_secrets_and_images_come_up_and_nothing_is_left_to_do(tier: str, pulumi_program: Programs) -> None:
    lives(made(pulumi_program, stores, tier))


def test_no_value_of_a_secret_is_in_the_state_in_plain(pulumi_program: Programs) -> None:
    program = made(pulumi_program, stores)
    program.up().ok()
    (generated,) = program.resources("random:index/randomPassword:RandomPassword")
    assert set(generated["outputs"]["result"]) >= {"ciphertext"}
    assert "sk_live_1" not in program.pulumi("stack", "export", "--stack", "dev").ok().stdout


def shell_filled_by_hand() -> None:
    import pulumi
    from pulumi_gcp import secretmanager

    from components import Secrets, SecretsArgs

    secrets = Secrets("secrets", SecretsArgs(external=("smtp",)))
    by_hand = pulumi.ResourceOptions(retain_on_delete=True)
    secretmanager.SecretVersion(
        "by-hand", secret=secrets["smtp"].id.apply(lambda name: f"projects/watchparty-dev/secrets/{name}"), secret_data="filled", opts=by_hand
    )


def shell() -> None:
    from components import Secrets, SecretsArgs

    Secrets("secrets", SecretsArgs(external=("smtp",)))


def test_a_shell_that_was_filled_by_hand_keeps_its_value(pulumi_program: Programs) -> None:
    program = made(pulumi_program, shell_filled_by_hand)
    program.up().ok()
    program.rewrite(shell)
    program.up().ok()
    assert program.preview().ok().unchanged
    held = program.sandbox("ls", "--json").ok().stdout
    assert "secrets/program-dev-secrets-smtp/versions/1" in held


def store_with_an_object() -> None:
    import pulumi
    from pulumi_gcp import storage

    from components import ObjectStore

    store = ObjectStore("videos")
    storage.BucketObject("film", bucket=store.bucket, name="film.mp4", content="frames", opts=pulumi.ResourceOptions(retain_on_delete=True))


def store() -> None:
    from components import ObjectStore

    ObjectStore("videos")


@pytest.mark.parametrize(("tier", "goes"), [("dev", True), ("prod", False)])
def test_outside_dev_google_refuses_to_destroy_a_store_that_holds_something_even_unprotected(tier: str, goes: bool, pulumi_program: Programs) -> None:
    program = made(pulumi_program, store_with_an_object, tier, protect="false")
    program.up().ok()
    program.rewrite(store)
    program.up().ok()
    done = program.destroy()
    assert (done.code == 0) is goes
    assert ("without `force_destroy` set to true" in done.output) is not goes


@EDGES
def test_a_zone_with_every_type_of_record_comes_up_and_nothing_is_left_to_do(cloud: str, answers: str, pulumi_program: Programs) -> None:
    program = made(pulumi_program, edge, edge=answers, cloud=cloud)
    lives(program)
    program.destroy().ok()


def test_prod_is_taken_down_in_two_steps_only(pulumi_program: Programs) -> None:
    program = made(pulumi_program, edge, "prod")
    program.up().ok()
    refused = program.destroy()
    assert refused.code != 0
    assert "cannot be deleted" in refused.output
    program.configure({"groundplan:protect": "false"})
    program.up().ok()
    program.destroy().ok()


def shared_zone() -> None:
    from components import EdgeDNS, EdgeDNSArgs, Record

    EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(Record(name="staging", type="A", value="203.0.113.1"),)))


@EDGES
def test_a_second_stack_adds_its_records_to_a_zone_that_the_first_one_made_and_takes_only_them_away(cloud: str, answers: str, pulumi_program: Programs) -> None:
    first = made(pulumi_program, edge, edge=answers, cloud=cloud)
    first.up().ok()
    second = pulumi_program(shared_zone, stack="staging", config={**CONFIG, "groundplan:edge": answers, "groundplan:cloud": cloud}, beside=first)
    second.up().ok()
    assert second.preview().ok().unchanged
    assert second.destroy().ok().changes == {"delete": 2}
    assert first.refresh("--expect-no-changes").ok().unchanged


def another_name() -> None:
    from components import EdgeDNS, EdgeDNSArgs

    EdgeDNS("edge", EdgeDNSArgs(zone="example.com", create=True, account_id="0123456789abcdef" * 2, certificate_names=("api", "app", "@", "*")))


@EDGES
def test_another_name_is_another_certificate_made_before_the_old_one_goes(cloud: str, answers: str, pulumi_program: Programs) -> None:
    program = made(pulumi_program, edge, edge=answers, cloud=cloud)
    program.up().ok()
    program.rewrite(another_name)
    certificate = "edge-certificate"
    steps = [(operation, name) for operation, _, name in program.up().ok().steps if name == certificate]
    assert [operation for operation, _ in steps] == ["create-replacement", "replace", "delete-replaced"]
    assert program.preview().ok().unchanged


def test_on_cloud_dns_a_zone_that_is_not_there_is_one_sentence_without_a_traceback(pulumi_program: Programs) -> None:
    program = made(pulumi_program, edge, edge="cloud")
    program.up().ok()
    program.destroy().ok()
    program.rewrite(shared_zone)
    refused = program.preview()
    assert refused.code != 0
    assert 'EdgeDNS: project "watchparty-dev" has no public zone "example.com"; make it with create=True' in refused.errors
    assert "Traceback" not in refused.output


def test_where_google_does_not_answer_its_own_words_are_kept(pulumi_program: Programs) -> None:
    refused = made(pulumi_program, shared_zone, edge="cloud").preview()
    assert any("Cloud DNS API has not been used in project" in error for error in refused.errors)
    assert "Traceback" not in refused.output
