"""Everything that Database refuses on AWS beyond what it refuses anywhere, word for word, before anything of it is registered."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components import ArgsError, Database, DatabaseArgs, DatabaseServer, Network, NetworkArgs, Window
from components._core.site import Site
from components.aws import database_logins
from components.aws.authorities import regions
from components.aws.database_parameters import FLAGS
from tests.components.world import build


def server(**given: Any) -> dict[str, Any]:
    return {"server": DatabaseServer(**given)}


CLASSES = "for example db.t4g.medium or db.m7g.large"
CLASS = "size must be micro, small, medium, large, xlarge or an RDS instance class"
OLD = "size must be an instance class that PostgreSQL 13 and later run on"
KEY = "customer_key must be the ARN of a KMS key"
NO_ALIAS = "arn:aws:kms:…:…:key/…; an alias gives nobody a right on the key"
FOREIGN_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PLACE = "server.backup_location must be an AWS region other than 'eu-west-1'"
AT_HOME = "the backups are kept in their own region anyway"

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"size": "huge"}, [f"{CLASS}, got 'huge'; {CLASSES}"]),
    ({"size": "db-custom-2-7680"}, [f"{CLASS}, got 'db-custom-2-7680'; {CLASSES}"]),
    ({"size": "t4g.medium"}, [f"{CLASS}, got 't4g.medium'; {CLASSES}"]),
    ({"size": "db.t4g.tiny"}, [f"{CLASS}, got 'db.t4g.tiny'; {CLASSES}"]),
    ({"size": "db.serverless"}, [f"{CLASS}, got 'db.serverless'; {CLASSES}"]),
    ({"size": "db.t2.medium"}, [f"{OLD}, got 'db.t2.medium'; {CLASSES}"]),
    ({"size": "db.m4.large"}, [f"{OLD}, got 'db.m4.large'; {CLASSES}"]),
    (
        {"storage_gb": 100, **server(storage_limit_gb=105)},
        ["server.storage_limit_gb must be 110 or more on RDS, a tenth above the first 100 GB, or 0, got 105"],
    ),
    (
        {"storage_gb": 10, **server(storage_limit_gb=15)},
        ["server.storage_limit_gb must be 22 or more on RDS, a tenth above the first 20 GB, or 0, got 15"],
    ),
    (server(backup_hour=3), ["server.backup_hour must not be the hour of server.maintenance on RDS, got 3; take the hour before"]),
    (
        server(backup_hour=22, maintenance=Window(day="monday", hour=22)),
        ["server.backup_hour must not be the hour of server.maintenance on RDS, got 22; take the hour before"],
    ),
    (server(backup_location="eu-west-1"), [f"{PLACE}, got 'eu-west-1'; {AT_HOME}"]),
    (server(backup_location="eu"), [f"{PLACE}, got 'eu'; {AT_HOME}"]),
    (server(backup_location="europe-west1"), [f"{PLACE}, got 'europe-west1'; {AT_HOME}"]),
    ({"customer_key": "projects/p/locations/l/keyRings/r/cryptoKeys/k"}, [f"{KEY}, got 'projects/p/locations/l/keyRings/r/cryptoKeys/k'; {NO_ALIAS}"]),
    ({"customer_key": "alias/database"}, [f"{KEY}, got 'alias/database'; {NO_ALIAS}"]),
    (
        {"customer_key": FOREIGN_KEY},
        [f"customer_key must be in 'eu-west-1', where this is built, got {FOREIGN_KEY!r}; a KMS key encrypts in its own region only"],
    ),
    (
        {"authentication": "password", **server(pooling=True)},
        ['server.pooling needs authentication="identity" on RDS, got True; RDS Proxy then needs no password at all'],
    ),
    (server(flags={"cloudsql.iam_authentication": "on"}), ["server.flags must not hold Cloud SQL's own settings on AWS, got 'cloudsql.iam_authentication'"]),
    (
        server(flags={"shared_preload_libraries": " "}),
        ["server.flags['shared_preload_libraries'] must name libraries, got ' '; they are added to pg_stat_statements and pgaudit"],
    ),
    *(
        (server(flags={name: "0"}), [f"server.flags must not change what security and logging need, got {name!r}; it is {value!r}"])
        for name, value in FLAGS.items()
    ),
    (
        {"size": "db.x1.large", **server(backup_hour=3, backup_location="mars")},
        [
            f"{OLD}, got 'db.x1.large'; {CLASSES}",
            "server.backup_hour must not be the hour of server.maintenance on RDS, got 3; take the hour before",
            f"{PLACE}, got 'mars'; {AT_HOME}",
        ],
    ),
]


def refused(given: dict[str, Any], **config: str) -> list[str]:
    """What is said of an argument; proves that nothing of the database is there."""
    caught: list[str] = []

    def program() -> None:
        try:
            Database("db", DatabaseArgs(network=Network("main", NetworkArgs(zones=2)), **given))
        except ArgsError as error:
            caught.extend(str(error).splitlines())

    world = build(program, cloud="aws", **config)
    assert not [resource for resource in world.resources if resource.name.startswith("db") or resource.parent_name == "db"]
    return caught


@pytest.mark.parametrize(("given", "expected"), REFUSED, ids=[str(index) for index in range(len(REFUSED))])
def test_what_rds_does_not_have_is_refused_word_for_word_and_nothing_is_registered(given: dict[str, Any], expected: list[str]) -> None:
    assert refused(given) == [f'Database "db": {problem}' for problem in expected]


def test_a_pool_that_is_neither_on_nor_off_is_refused_on_any_cloud() -> None:
    assert refused(server(pooling="yes")) == ["Database \"db\": server.pooling must be True or False, got 'yes'"]


def test_a_pool_is_refused_on_google_cloud() -> None:
    caught: list[str] = []

    def program() -> None:
        try:
            Database("db", DatabaseArgs(network=Network("main"), **server(pooling=True)))
        except ArgsError as error:
            caught.append(str(error))

    build(program)
    assert caught == [
        'Database "db": server.pooling must be False on Google Cloud, got True; Cloud SQL\'s own pool is in the Enterprise Plus edition only, on another port'
    ]


def test_a_region_whose_authority_nobody_told_us_is_refused_with_those_that_are_known() -> None:
    said = refused({}, awsRegion="il-central-1")
    known = f"known are {', '.join(regions())}"
    assert said == [f"Database \"db\": site must be in a region whose certificate authority of RDS is known here, got 'il-central-1'; {known}"]


def test_without_the_packages_of_the_logins_function_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_logins, "sources", lambda package: {} if package in {"pg8000", "scramp"} else {"x.py": "x.py"})
    assert refused({}) == [
        'Database "db": site needs Python packages that are not installed for a database on AWS: pg8000, scramp; pip install "groundplan[aws]"'
    ]


@pytest.mark.parametrize(("nat", "private_services", "taken"), [(False, False, False), (True, False, True), (False, True, True)])
def test_a_network_without_a_way_to_the_master_password_is_refused(nat: bool, private_services: bool, taken: bool) -> None:
    caught: list[str] = []

    def program() -> None:
        try:
            Database("db", DatabaseArgs(network=Network("closed", NetworkArgs(nat=nat, private_services=private_services))))
        except ArgsError as error:
            caught.append(str(error))

    build(program, cloud="aws")
    remedy = "without a way to Secrets Manager nothing makes the databases and the logins"
    assert caught == ([] if taken else [f"Database \"db\": network must have nat=True or private_services=True on AWS, got 'closed'; {remedy}"])


def test_a_network_of_another_cloud_is_refused() -> None:
    caught: list[str] = []

    def program() -> None:
        there = dataclasses.replace(Site.current(), cloud="gcp", region="europe-west1", project="watchparty-dev")
        network = Network("elsewhere", NetworkArgs(site=there))
        try:
            Database("db", DatabaseArgs(network=network))
        except ArgsError as error:
            caught.append(str(error))

    build(program, cloud="aws")
    assert caught == ["Database \"db\": network must be on 'aws', where this is built, got 'elsewhere'; it is on 'gcp'"]


@pytest.mark.parametrize(
    "given",
    [
        {"size": "db.t3.medium"},
        {"size": "db.r6gd.16xlarge"},
        {"storage_gb": 100, **server(storage_limit_gb=110)},
        {"point_in_time_days": 35, "backup_days": 35},
        {"point_in_time_days": 0, "high_availability": False},
        server(backup_hour=2),
        server(backup_location="eu-central-1"),
        server(flags={"rds.logical_replication": "1", "pgaudit.log_parameter": "off"}),
        server(pooling=True, read_replicas=5),
    ],
)
def test_the_edge_of_what_works_is_taken(given: dict[str, Any]) -> None:
    world = build(lambda: Database("db", DatabaseArgs(network=Network("main"), **given)), cloud="aws")
    assert world.one("aws:rds/instance:Instance", "db-server")
