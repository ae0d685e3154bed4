"""Everything that Database refuses, word for word, before anything of it is registered."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components import Access, ArgsError, ContainerService, ContainerServiceArgs, Database, DatabaseArgs, DatabaseServer, Network, Window, connect
from components.gcp.database import FLAGS
from tests.components.world import build


def server(**given: Any) -> dict[str, Any]:
    return {"server": DatabaseServer(**given)}


MACHINES = "for example db-custom-8-32768 or db-perf-optimized-N-8"
VERSIONS = 'version must be "13" or "14" or "15" or "16" or "17" or "18"'
NAMES = "databases must hold names of a-z, 0-9 and _ that start with a letter, 63 at most"

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"network": "main"}, ["network must be a Network, got 'main'"]),
    ({"version": 17}, [f"{VERSIONS}, got 17"]),
    ({"version": "12"}, [f"{VERSIONS}, got '12'"]),
    ({"version": "POSTGRES_17"}, [f"{VERSIONS}, got 'POSTGRES_17'"]),
    ({"size": 4}, ["size must be micro, small, medium, large, xlarge or a machine's name, got 4"]),
    ({"size": ""}, ["size must be micro, small, medium, large, xlarge or a machine's name, got ''"]),
    ({"size": "huge"}, [f"size must be micro, small, medium, large, xlarge or a Cloud SQL machine, got 'huge'; {MACHINES}"]),
    ({"size": "db-n1-standard-1"}, [f"size must be micro, small, medium, large, xlarge or a Cloud SQL machine, got 'db-n1-standard-1'; {MACHINES}"]),
    ({"size": "db-custom-3-7680"}, ["size must have 1 CPU or an even number of 2 to 96, got 'db-custom-3-7680'"]),
    ({"size": "db-custom-98-102400"}, ["size must have 1 CPU or an even number of 2 to 96, got 'db-custom-98-102400'"]),
    ({"size": "db-custom-2-7681"}, ["size must have 3840 to 13312 MiB in steps of 256 with 2 CPU, got 'db-custom-2-7681'"]),
    ({"size": "db-custom-1-2048"}, ["size must have 3840 to 6656 MiB in steps of 256 with 1 CPU, got 'db-custom-1-2048'"]),
    ({"size": "db-custom-2-13568"}, ["size must have 3840 to 13312 MiB in steps of 256 with 2 CPU, got 'db-custom-2-13568'"]),
    ({"size": "db-custom-8-7168"}, ["size must have 7424 to 53248 MiB in steps of 256 with 8 CPU, got 'db-custom-8-7168'"]),
    ({"storage_gb": 9}, ["storage_gb must be 10 to 65536 GB, got 9"]),
    ({"storage_gb": "100"}, ["storage_gb must be 10 to 65536 GB, got '100'"]),
    ({"storage_gb": 4000, "size": "micro"}, ['storage_gb must be at most 3054 with a shared CPU, got 4000; take size="small"']),
    ({"high_availability": "yes"}, ["high_availability must be True or False, got 'yes'"]),
    ({"backup_days": 0, "point_in_time_days": 0}, ["backup_days must be 1 to 35, got 0"]),
    ({"backup_days": 36}, ["backup_days must be 1 to 35, got 36"]),
    ({"backup_days": True}, ["backup_days must be 1 to 35, got True"]),
    ({"backup_days": 3}, ["point_in_time_days must be at most backup_days, which is 3, got 7; a restore starts from a backup"]),
    ({"point_in_time_days": 36}, ["point_in_time_days must be 0 to 35, got 36"]),
    ({"point_in_time_days": -1}, ["point_in_time_days must be 0 to 35, got -1"]),
    (
        {"point_in_time_days": 8, "backup_days": 30},
        ['point_in_time_days must be at most 7 on Cloud SQL Enterprise, got 8; an Enterprise Plus machine keeps 35, for example size="db-perf-optimized-N-2"'],
    ),
    (
        {"point_in_time_days": 0, "high_availability": True},
        ["point_in_time_days must be 1 or more with high_availability=True, got 0; the standby lives on the same logs"],
    ),
    ({"databases": "orders"}, ["databases must be a list of names, got 'orders'; did you mean ('orders',)?"]),
    ({"databases": 3}, ["databases must be a list of names, got 3"]),
    ({"databases": ("Orders",)}, [f"{NAMES}, got 'Orders'"]),
    ({"databases": ("order-lines",)}, [f"{NAMES}, got 'order-lines'"]),
    ({"databases": ("x" * 64,)}, [f"{NAMES}, got {'x' * 64!r}"]),
    ({"databases": ("postgres",)}, ["databases must not hold what PostgreSQL or the cloud has for itself, got 'postgres'"]),
    ({"databases": ("a", "a")}, ["databases must hold each name once, got ['a', 'a']"]),
    ({"authentication": "iam"}, ['authentication must be "identity" or "password", got \'iam\'']),
    ({"customer_key": ""}, ["customer_key must be text, got ''; for example 'projects/…/cryptoKeys/database'"]),
    ({"server": {"flags": {}}}, ["server must be DatabaseServer(…), got {'flags': {}}"]),
    (server(flags=["work_mem"]), ["server.flags must map names to values, got ['work_mem']"]),
    (server(flags={"Work Mem": "1"}), ["server.flags must have PostgreSQL settings' names, got 'Work Mem'; for example 'work_mem'"]),
    (server(flags={"work_mem": 8192}), ["server.flags['work_mem'] must be text, got 8192; did you mean \"8192\"?"]),
    (server(flags={"autovacuum": True}), ["server.flags['autovacuum'] must be text, got True; did you mean \"on\"?"]),
    (server(storage_limit_gb=5), ["server.storage_limit_gb must be 10 to 65536 GB, or 0 for none, got 5"]),
    ({"storage_gb": 200, **server(storage_limit_gb=100)}, ["server.storage_limit_gb must be 200 to 65536 GB, or 0 for none, got 100"]),
    (server(read_replicas=6), ["server.read_replicas must be 0 to 5, got 6"]),
    (server(maintenance="sunday"), ["server.maintenance must be Window(…), got 'sunday'"]),
    (
        server(maintenance=Window(day="Sun")),  # type: ignore[arg-type]  # the point of the row
        ['server.maintenance.day must be "monday" or "tuesday" or "wednesday" or "thursday" or "friday" or "saturday" or "sunday", got \'Sun\''],
    ),
    (server(maintenance=Window(hour=24)), ["server.maintenance.hour must be 0 to 23, got 24"]),
    (server(backup_hour=24), ["server.backup_hour must be 0 to 23, got 24"]),
    (server(backup_location=1), ["server.backup_location must be text, got 1; for example 'eu'"]),
    ({"storage_gb": 1, "backup_days": 99}, ["storage_gb must be 10 to 65536 GB, got 1", "backup_days must be 1 to 35, got 99"]),
    *[
        (server(flags={name: "x"}), [f"server.flags must not change what security and logging need, got {name!r}; it is {value!r}"])
        for name, value in FLAGS.items()
    ],
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_database_that_cannot_work_is_refused_with_all_its_problems_and_nothing_is_registered(given: dict[str, Any], expected: list[str]) -> None:
    caught: list[str] = []

    def program() -> None:
        network = Network("main")
        try:
            Database("db", DatabaseArgs(**{"network": network, **given}))
        except ArgsError as error:
            caught.append(str(error))

    world = build(program)
    assert caught == ["\n".join(f'Database "db": {problem}' for problem in expected)]
    assert not [resource for resource in world.resources if resource.name.startswith("db") or resource.parent_name == "db"]


@pytest.mark.parametrize(
    "given",
    [
        {"size": "db-custom-1-3840"},
        {"size": "db-custom-96-638976"},
        {"size": "db-custom-8-7424"},
        {"size": "db-perf-optimized-N-128", "point_in_time_days": 35, "backup_days": 35},
        {"storage_gb": 3054, "size": "micro"},
        {"point_in_time_days": 0, "high_availability": False},
        {"backup_days": 1, "point_in_time_days": 1},
        {"databases": ("x" * 63,)},
        server(flags={"pgaudit.log_parameter": "off", "work_mem": "8192"}),
        {"storage_gb": 200, **server(storage_limit_gb=200)},
    ],
)
def test_the_edge_of_what_works_is_taken(given: dict[str, Any]) -> None:
    world = build(lambda: Database("db", DatabaseArgs(network=Network("main"), **given)))
    assert world.one("gcp:sql/databaseInstance:DatabaseInstance")


def test_a_name_of_a_database_that_is_not_known_yet_is_refused_because_it_shapes_what_is_made() -> None:
    caught: list[str] = []

    def program() -> None:
        try:
            Database("db", DatabaseArgs(network=Network("main"), databases=(pulumi.Output.from_input("orders"),)))  # type: ignore[arg-type]  # the point
        except ArgsError as error:
            caught.append(str(error))

    build(program)
    assert caught == ['Database "db": databases must be known when the program starts, got a value that is not known yet']


def test_a_service_logs_in_to_a_database_once() -> None:
    caught: list[str] = []

    def program() -> None:
        network = Network("main")
        db = Database("db", DatabaseArgs(network=network))
        twice = (connect(db), connect(db, Access.WRITE, variables="ADMIN"))
        try:
            ContainerService("api", ContainerServiceArgs(image="registry.example/api", network=network, connections=twice))
        except ArgsError as error:
            caught.append(str(error))

    world = build(program)
    assert caught == [
        "ContainerService \"api\": connections must hold 'db' once: an identity is one user in a database; keep the connection with the verb that does more"
    ]
    assert not [resource for resource in world.resources if resource.name.startswith("api")]


def test_a_key_that_another_resource_supplies_is_taken() -> None:
    world = build(lambda: Database("db", DatabaseArgs(network=Network("main"), customer_key=pulumi.Output.from_input("projects/p/k"))))
    assert world.one("gcp:sql/databaseInstance:DatabaseInstance").inputs["encryptionKeyName"] == "projects/p/k"
