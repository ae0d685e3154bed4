"""One stack on two clouds: a component that is built elsewhere says so by its site."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.driver import Program

pytestmark = pytest.mark.engine

GOOGLE = {"groundplan:cloud": "gcp", "groundplan:gcpProject": "watchparty-dev", "groundplan:gcpRegion": "europe-west1"}
AMAZON = {"groundplan:cloud": "aws", "groundplan:awsRegion": "eu-west-1"}
Programs = Callable[..., Program]


def both() -> None:
    import pulumi

    from components import Access, ContainerService, ContainerServiceArgs, Network, NetworkArgs, ObjectStore, ObjectStoreArgs, Site, connect

    there = Site.current().elsewhere("eu-central-1", cloud="aws")
    service = ContainerService(
        "api",
        ContainerServiceArgs(
            image="us-docker.pkg.dev/cloudrun/container/hello",
            network=Network("main", NetworkArgs(cidr="10.0.0.0/20")),
            connections=(connect(ObjectStore("near"), Access.WRITE),),
        ),
    )
    copies = ObjectStore("copies", ObjectStoreArgs(site=there))
    pulumi.export("near", service.url)
    pulumi.export("far", copies.url)


def regions() -> None:
    from components import Network, NetworkArgs, ObjectStore, ObjectStoreArgs, Site

    here = Site.current()
    Network("main", NetworkArgs(cidr="10.0.0.0/20"))
    ObjectStore("near")
    ObjectStore("far", ObjectStoreArgs(site=here.elsewhere("us-east-1")))


def across() -> None:
    from components import ContainerService, ContainerServiceArgs, Network, ObjectStore, ObjectStoreArgs, Site, connect

    there = Site.current().elsewhere("eu-central-1", cloud="aws")
    connections = (connect(ObjectStore("copies", ObjectStoreArgs(site=there))),)
    ContainerService("api", ContainerServiceArgs(image="api:1", network=Network("main"), connections=connections))


def misplaced() -> None:
    from components import Database, DatabaseArgs, Network, Site

    Database("db", DatabaseArgs(network=Network("main"), site=Site.current().elsewhere("eu-central-1", cloud="aws")))


def test_a_bucket_on_aws_stands_beside_a_service_on_google_cloud(pulumi_program: Programs) -> None:
    program = pulumi_program(both, stack="dev", config=GOOGLE)
    program.up().ok()
    assert program.preview().ok().unchanged
    assert program.refresh("--expect-no-changes").ok().unchanged
    outputs = program.outputs()
    assert outputs["near"].startswith("https://")
    assert outputs["far"].startswith("s3://")
    (bucket,) = program.resources("aws:s3/bucket:Bucket")
    (provider,) = program.resources("pulumi:providers:aws")
    assert provider["inputs"]["region"] == bucket["outputs"]["region"] == "eu-central-1"
    assert len(program.resources("gcp:storage/bucket:Bucket")) == 1
    program.destroy().ok()


def test_a_component_in_another_region_of_aws_has_a_provider_of_its_own(pulumi_program: Programs) -> None:
    program = pulumi_program(regions, stack="dev", config=AMAZON)
    program.up().ok()
    assert {provider["inputs"]["region"] for provider in program.resources("pulumi:providers:aws")} == {"eu-west-1", "us-east-1"}
    assert sorted(bucket["outputs"]["region"] for bucket in program.resources("aws:s3/bucket:Bucket")) == ["eu-west-1", "us-east-1"]
    assert program.preview().ok().unchanged
    program.destroy().ok()


def test_the_account_is_checked_where_the_site_names_it(pulumi_program: Programs) -> None:
    program = pulumi_program(regions, stack="dev", config={**AMAZON, "groundplan:awsAccount": "000000000000"})
    program.preview().ok()
    program.configure({"groundplan:awsAccount": "111122223333"})
    refused = program.up()
    assert refused.code != 0
    assert "AWS account ID not allowed: 000000000000" in refused.output
    assert program.resources("aws:s3/bucket:Bucket") == []


def test_a_right_does_not_cross_clouds(pulumi_program: Programs) -> None:
    refused = pulumi_program(across, stack="dev", config=GOOGLE).preview()
    message = (
        "ContainerService \"api\": connections must be to components on 'gcp', got 'copies on aws'; "
        "build both on one cloud, or pass a secret that gives access there"
    )
    assert message in refused.errors
    assert "Traceback" not in refused.output


def test_a_component_and_its_network_are_in_one_place(pulumi_program: Programs) -> None:
    refused = pulumi_program(misplaced, stack="dev", config=GOOGLE).preview()
    assert "Database \"db\": network must be on 'aws', where this is built, got 'main'; it is on 'gcp'" in refused.errors
    assert "Traceback" not in refused.output
