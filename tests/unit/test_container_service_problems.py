"""Everything that ContainerService refuses, word for word, before anything of it is registered."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components import (
    Access,
    ArgsError,
    Cache,
    CacheArgs,
    Connection,
    ContainerService,
    ContainerServiceArgs,
    Database,
    DatabaseArgs,
    GrantError,
    Network,
    Runtime,
    Scaling,
    SecretRef,
    connect,
)
from tests.components.world import build

IMAGE = "europe-west1-docker.pkg.dev/watchparty-dev/images/api@sha256:" + 64 * "a"


def setting(source: str, *names: str) -> Connection:
    return Connection(source=source, access=Access.READ, env=dict.fromkeys(names, "x"))


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"image": "My Image"}, ["image must be a container reference, got 'My Image'; for example \"europe-west1-docker.pkg.dev/project/images/api@sha256:…\""]),
    ({"image": ""}, ["image must be a container reference, got ''; for example \"europe-west1-docker.pkg.dev/project/images/api@sha256:…\""]),
    (
        {"image": "api@sha256:abc"},
        ["image must be a container reference, got 'api@sha256:abc'; for example \"europe-west1-docker.pkg.dev/project/images/api@sha256:…\""],
    ),
    ({"network": "main"}, ["network must be a Network, got 'main'"]),
    ({"port": 0}, ["port must be 1 to 65535, got 0"]),
    ({"port": "8080"}, ["port must be 1 to 65535, got '8080'"]),
    ({"port": True}, ["port must be 1 to 65535, got True"]),
    ({"health_path": "health"}, ["health_path must start with /, got 'health'; did you mean \"/health\"?"]),
    ({"cpu": 3}, ["cpu must be 1, 2, 4, 6 or 8 on Cloud Run, got 3"]),
    ({"cpu": 0.5}, ["cpu must be 1, 2, 4, 6 or 8 on Cloud Run, got 0.5"]),
    ({"memory_mib": 8192}, ["memory_mib must be 512 to 4096 with 1 CPU on Cloud Run, got 8192"]),
    ({"memory_mib": 256}, ["memory_mib must be 512 to 4096 with 1 CPU on Cloud Run, got 256"]),
    ({"cpu": 4, "memory_mib": 1024}, ["memory_mib must be 2048 to 16384 with 4 CPU on Cloud Run, got 1024"]),
    ({"memory_mib": "512Mi"}, ["memory_mib must be 512 to 4096 with 1 CPU on Cloud Run, got '512Mi'"]),
    ({"scaling": Scaling(min=-1)}, ["scaling.min must be 0 or more, got -1"]),
    ({"scaling": Scaling(min=3, max=2)}, ["scaling.max must be 3 or more (scaling.min is 3), got 2"]),
    ({"scaling": Scaling(max=0)}, ["scaling.max must be 1 or more (scaling.min is 0), got 0"]),
    ({"scaling": Scaling(concurrency=1001)}, ["scaling.concurrency must be 1 to 1000, got 1001"]),
    ({"scaling": 3}, ["scaling must be Scaling(…), got 3"]),
    ({"runtime": Runtime(request_timeout=3601)}, ["runtime.request_timeout must be 1 to 3600 seconds, got 3601"]),
    ({"runtime": Runtime(startup_seconds=2)}, ["runtime.startup_seconds must be 5 to 240 seconds, got 2"]),
    ({"runtime": Runtime(egress="none")}, ['runtime.egress must be "private" or "all", got \'none\'']),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(command="npm start")}, ["runtime.command must be a list of words, got 'npm start'; did you mean ('npm', 'start')?"]),
    ({"runtime": Runtime(command=None)}, ["runtime.command must be a list of words, got None"]),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(cpu_always="no")}, ["runtime.cpu_always must be True or False, got 'no'"]),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": None}, ["runtime must be Runtime(…), got None"]),
    ({"env": ["A=b"]}, ["env must map names to values, got ['A=b']"]),
    ({"env": {"1A": "b"}}, ["env must have names of letters, digits and _ that do not start with a digit, got '1A'"]),
    ({"env": {"PORT": "80"}}, ["env must not set what the platform sets, got 'PORT'; read it instead"]),
    ({"env": {"WORKERS": 4}}, ["env['WORKERS'] must be text, got 4; did you mean \"4\"?"]),
    ({"connections": None}, ["connections must be a list of connect(…), got None"]),
    ({"connections": setting("orders")}, [f"connections must be a list of connect(…), got {repr(setting('orders'))[:77]}..."]),
    ({"connections": ("db",)}, ["connections must hold connections, got 'db'; write connect(…)"]),
    (
        {"connections": (setting("orders", "DB_HOST"), setting("orders-replica", "DB_HOST"))},
        ["connections 'orders' and 'orders-replica' both set DB_HOST; give one of them connect(…, variables=…) another name"],
    ),
    (
        {"env": {"DB_HOST": "x"}, "connections": (setting("orders", "DB_HOST"),)},
        ["env and the connection to 'orders' both set DB_HOST; rename it, or give connect(…, variables=…) another name"],
    ),
    ({"port": 0, "health_path": "x"}, ["port must be 1 to 65535, got 0", "health_path must start with /, got 'x'; did you mean \"/x\"?"]),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_service_that_cannot_work_is_refused_with_all_its_problems_and_nothing_is_registered(given: dict[str, Any], expected: list[str]) -> None:
    caught: list[str] = []

    def program() -> None:
        network = Network("main")
        try:
            ContainerService("api", ContainerServiceArgs(**{"image": IMAGE, "network": network, **given}))
        except ArgsError as error:
            caught.append(str(error))

    world = build(program)
    assert caught == ["\n".join(f'ContainerService "api": {problem}' for problem in expected)]
    assert not [resource for resource in world.resources if resource.name.startswith("api") or resource.parent_name == "api"]


@pytest.mark.parametrize(("tier", "refused"), [("dev", False), ("staging", False), ("prod", True)])
def test_prod_takes_an_image_by_digest_only(tier: str, refused: bool) -> None:  # a row of a table
    def program() -> None:
        ContainerService("api", ContainerServiceArgs(image="registry.example/api:1.0", network=Network("main")))

    if refused:
        with pytest.raises(ArgsError) as caught:
            build(program, tier=tier)
        assert str(caught.value) == (
            "ContainerService \"api\": image must name a digest in prod, got 'registry.example/api:1.0'; deploy what was tested: …@sha256:…"
        )
    else:
        build(program, tier=tier)


def test_a_connection_to_something_that_offers_none_is_refused() -> None:
    with pytest.raises(GrantError, match=r"connect\(\) takes a component that offers a connection, got str"):
        connect("db")  # type: ignore[arg-type]  # the point of the test


def test_a_connection_to_a_value_that_is_not_known_yet_is_refused() -> None:
    def program() -> None:
        connect(pulumi.Output.from_input("db"))  # type: ignore[arg-type]  # the point of the test

    with pytest.raises(GrantError, match=r"connect\(\) takes a component that offers a connection, got Output"):
        build(program)


def test_a_value_that_is_not_known_yet_is_refused_where_the_plan_needs_it() -> None:
    def program() -> None:
        path, words = pulumi.Output.from_input("/health"), pulumi.Output.from_input(["serve"])
        runtime = Runtime(arguments=words)  # type: ignore[arg-type]  # the point of the test
        ContainerService("api", ContainerServiceArgs(image=IMAGE, network=Network("main"), health_path=path, runtime=runtime))  # type: ignore[arg-type]  # as above

    with pytest.raises(ArgsError) as caught:
        build(program)
    assert str(caught.value).splitlines() == [
        'ContainerService "api": health_path must start with /, got a value that is not known yet',
        'ContainerService "api": runtime.arguments must be a list of words, got a value that is not known yet',
    ]


@pytest.mark.parametrize("variables", ["a-b", "1A", 5, "A B"])
def test_variables_that_no_shell_could_read_are_refused(variables: Any) -> None:
    def program() -> None:
        connect(Database("db", DatabaseArgs(network=Network("main"))), variables=variables)

    with pytest.raises(GrantError) as caught:
        build(program)
    assert str(caught.value) == (f"connect(): variables must be letters, digits and _ that do not start with a digit, got {variables!r}; for example 'UPLOADS'")


def test_a_verb_that_a_service_does_not_offer_is_refused() -> None:
    def program() -> None:
        connect(ContainerService("api", ContainerServiceArgs(image=IMAGE, network=Network("main"))), Access.WRITE)

    with pytest.raises(GrantError, match=r'ContainerService "api": access must be Access.CONNECT, got Access.WRITE'):
        build(program)


def test_two_secrets_under_one_variable_are_refused() -> None:
    one = Connection(source="a", access=Access.READ, secrets={"TOKEN": SecretRef("a")})
    two = Connection(source="b", access=Access.READ, secrets={"TOKEN": SecretRef("b")})

    def program() -> None:
        ContainerService("api", ContainerServiceArgs(image=IMAGE, network=Network("main"), connections=(one, two)))

    with pytest.raises(ArgsError, match=r"'a' and 'b' both set TOKEN"):
        build(program)


@pytest.mark.parametrize(("component", "name"), [("Database", "db"), ("Cache", "sessions"), ("ContainerService", "api")])
def test_a_prefix_is_refused_where_there_are_no_objects(component: str, name: str) -> None:
    def program() -> None:
        network = Network("main")
        made = {
            "Database": lambda: Database("db", DatabaseArgs(network=network)),
            "Cache": lambda: Cache("sessions", CacheArgs(network=network)),
            "ContainerService": lambda: ContainerService("api", ContainerServiceArgs(image=IMAGE, network=network)),
        }
        connect(made[component](), prefix="x")

    with pytest.raises(GrantError) as caught:
        build(program)
    assert str(caught.value) == f"{component} \"{name}\": takes no prefix, got 'x'; only an ObjectStore has objects that it could narrow"


def test_an_unknown_stack_is_told_why_it_counts_as_prod() -> None:
    def program() -> None:
        ContainerService("api", ContainerServiceArgs(image="registry.example/api:1.0", network=Network("main")))

    with pytest.raises(ArgsError, match=r"\(stack 'alice' counts as prod: no tier in its name; groundplan:tier says another\)"):
        build(program, tier="alice")
