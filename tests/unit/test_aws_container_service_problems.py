"""What ContainerService refuses on AWS, and of the options that both clouds take: word for word, before anything of it is registered."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components import Access, ArgsError, Connection, ContainerService, ContainerServiceArgs, Network, Runtime, Scaling, SecretRef
from components.aws.fargate import MEMORY, fitting_memory
from tests.components.world import build

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/images/api@sha256:" + 64 * "a"
KEYS = "must not carry a key of AWS, got {0!r}; the service has a role: connect(…) gives it rights"
FOLDERS = "runtime.writable_paths must hold absolute folders"


def secret(variable: str) -> Connection:
    return Connection(source="jwt", access=Access.READ, secrets={variable: SecretRef("jwt")})


def refused(given: dict[str, Any], cloud: str) -> list[str]:
    """The problems of a service, one a line, and that nothing of it was registered."""
    caught: list[str] = []

    def program() -> None:
        network = Network("main")
        try:
            ContainerService("api", ContainerServiceArgs(**{"image": IMAGE, "network": network, **given}))
        except ArgsError as error:
            caught.extend(str(error).splitlines())

    world = build(program, cloud=cloud)
    assert not [resource for resource in world.resources if resource.name.startswith("api") or resource.parent_name == "api"]
    assert all(line.startswith('ContainerService "api": ') for line in caught)
    return [line.removeprefix('ContainerService "api": ') for line in caught]


ANYWHERE: list[tuple[dict[str, Any], list[str]]] = [
    ({"runtime": Runtime(architecture="x86")}, ['runtime.architecture must be "x86_64" or "arm64", got \'x86\'']),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(stop_seconds=121)}, ["runtime.stop_seconds must be 1 to 120 seconds, got 121"]),
    ({"runtime": Runtime(stop_seconds=0)}, ["runtime.stop_seconds must be 1 to 120 seconds, got 0"]),
    ({"runtime": Runtime(log_days=0)}, ["runtime.log_days must be 1 to 3653 days, got 0"]),
    ({"runtime": Runtime(log_days="30")}, ["runtime.log_days must be 1 to 3653 days, got '30'"]),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(internet_ports=443)}, ["runtime.internet_ports must be a list of ports, got 443"]),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(internet_ports=(0, 443))}, ["runtime.internet_ports must hold ports, 1 to 65535, got 0"]),
    ({"runtime": Runtime(internet_ports=("443",))}, ["runtime.internet_ports must hold ports, 1 to 65535, got '443'"]),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(internet_ports=(443, 587, 443))}, ["runtime.internet_ports must hold each port once, got 443"]),
    ({"runtime": Runtime(writable_paths="/tmp")}, ["runtime.writable_paths must be a list of folders, got '/tmp'; did you mean ('/tmp',)?"]),
    ({"runtime": Runtime(writable_paths=("cache",))}, [f"{FOLDERS}, got 'cache'; for example \"/var/cache\""]),
    ({"runtime": Runtime(writable_paths=("/var/../etc",))}, [f"{FOLDERS}, got '/var/../etc'; for example \"/var/cache\""]),
    ({"runtime": Runtime(writable_paths=("/var/",))}, [f"{FOLDERS}, got '/var/'; for example \"/var/cache\""]),
    ({"runtime": Runtime(writable_paths=(None,))}, [f'{FOLDERS}, got None; for example "/var/cache"']),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(writable_paths=("/a", "/a"))}, ["runtime.writable_paths must hold each folder once, got '/a'"]),
    (
        {"runtime": Runtime(health_command="curl -f localhost")},
        ["runtime.health_command must be a list of words, got 'curl -f localhost'; did you mean ('curl', '-f', 'localhost')?"],
    ),
    ({"runtime": Runtime(health_command=("ping", 1))}, ['runtime.health_command must hold texts, got 1; did you mean "1"?']),  # type: ignore[arg-type]  # the point of the row
    ({"runtime": Runtime(arguments=("--port", 8080))}, ['runtime.arguments must hold texts, got 8080; did you mean "8080"?']),  # type: ignore[arg-type]  # the point of the row
    ({"scaling": Scaling(cpu_percent=5)}, ["scaling.cpu_percent must be 10 to 95, got 5"]),
    ({"scaling": Scaling(memory_percent=96)}, ["scaling.memory_percent must be 10 to 95, got 96"]),
    ({"scaling": Scaling(cpu_percent=0.6)}, ["scaling.cpu_percent must be 10 to 95, got 0.6"]),  # type: ignore[arg-type]  # the point of the row
    ({"scaling": Scaling(spot_percent=101)}, ["scaling.spot_percent must be 0 to 100, got 101"]),
    ({"scaling": Scaling(spot_percent=True)}, ["scaling.spot_percent must be 0 to 100, got True"]),
    ({"connections": (secret("PORT"),)}, ["connections must not set what the platform sets, got 'PORT'; give connect(…, variables=…) another name"]),
]

ON_AWS: list[tuple[dict[str, Any], list[str]]] = [
    ({"cpu": 3}, ["cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got 3; the nearest are 2 and 4"]),
    ({"cpu": 0.1}, ["cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got 0.1; the nearest is 0.25"]),
    ({"cpu": 32}, ["cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got 32; the nearest is 16"]),
    ({"cpu": 1024}, ["cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got 1024; the nearest is 16"]),
    ({"cpu": "1"}, ["cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got '1'"]),
    ({"cpu": [1]}, ["cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got [1]"]),
    ({"memory_mib": 512}, ["memory_mib must be a size that Fargate has with 1 CPU, got 512; the nearest is 2048, or cpu=0.25"]),
    ({"memory_mib": 1024}, ["memory_mib must be a size that Fargate has with 1 CPU, got 1024; the nearest is 2048, or cpu=0.25 or 0.5"]),
    ({"memory_mib": 3000}, ["memory_mib must be a size that Fargate has with 1 CPU, got 3000; the nearest are 2048 and 3072"]),
    ({"memory_mib": 16384}, ["memory_mib must be a size that Fargate has with 1 CPU, got 16384; the nearest is 8192, or cpu=2, 4 or 8"]),
    ({"cpu": 8, "memory_mib": 17408}, ["memory_mib must be a size that Fargate has with 8 CPU, got 17408; the nearest are 16384 and 20480, or cpu=4"]),
    ({"memory_mib": "2048"}, ["memory_mib must be 2048 to 8192 with 1 CPU on Fargate, got '2048'"]),
    ({"memory_mib": True}, ["memory_mib must be 2048 to 8192 with 1 CPU on Fargate, got True"]),
    (
        {"public": True},
        ["public must be False on AWS, where a service has no address on the internet and no certificate, got True; route() a load balancer to it"],
    ),
    ({"runtime": Runtime(log_days=10)}, ["runtime.log_days must be a number of days that CloudWatch Logs offers, got 10; the next is 14"]),
    (
        {"env": {"AWS_SECRET_ACCESS_KEY": "x"}},
        [f"env {KEYS.format('AWS_SECRET_ACCESS_KEY')}"],
    ),
    ({"env": {"AWS_EXECUTION_ENV": "x"}}, ["env must not set what ECS sets, got 'AWS_EXECUTION_ENV'; read it instead"]),
    (
        {"connections": (secret("AWS_SESSION_TOKEN"),)},
        [f"connections {KEYS.format('AWS_SESSION_TOKEN')}"],
    ),
    (
        {"cpu": 3, "public": True},
        [
            "cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate, got 3; the nearest are 2 and 4",
            "public must be False on AWS, where a service has no address on the internet and no certificate, got True; route() a load balancer to it",
        ],
    ),
]


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
@pytest.mark.parametrize(("given", "expected"), ANYWHERE)
def test_options_that_cannot_work_are_refused_on_either_cloud(cloud: str, given: dict[str, Any], expected: list[str]) -> None:
    assert refused(given, cloud) == expected


@pytest.mark.parametrize(("given", "expected"), ON_AWS)
def test_what_fargate_does_not_have_is_refused_with_what_it_has(given: dict[str, Any], expected: list[str]) -> None:
    assert refused(given, "aws") == expected


def test_google_cloud_runs_one_architecture() -> None:
    expected = "runtime.architecture must be \"x86_64\" on Cloud Run, which runs nothing else, got 'arm64'"
    assert refused({"runtime": Runtime(architecture="arm64")}, "gcp") == [expected]


def test_a_network_of_the_other_cloud_is_refused() -> None:
    def program() -> None:
        elsewhere = Network("main").site.elsewhere("europe-west1", cloud="gcp", project="watchparty-dev")
        ContainerService("api", ContainerServiceArgs(image=IMAGE, network=Network("other"), site=elsewhere))

    with pytest.raises(ArgsError) as caught:
        build(program, cloud="aws")
    assert str(caught.value) == "ContainerService \"api\": network must be on 'gcp', where this is built, got 'other'; it is on 'aws'"


@pytest.mark.parametrize("cpu", sorted(MEMORY))
@pytest.mark.parametrize("wanted", [1, 512, 1024, 5000, 200_000])
def test_memory_that_is_left_open_is_a_size_that_fargate_has(cpu: float, wanted: int) -> None:
    found = fitting_memory(cpu, wanted)
    assert found in MEMORY[cpu]
    assert found >= wanted or found == max(MEMORY[cpu])
    assert not [size for size in MEMORY[cpu] if wanted <= size < found]


def test_memory_that_is_left_open_is_enough_for_the_cpu_on_google_cloud_too() -> None:
    found: list[Any] = []

    def program() -> None:
        made = ContainerService("api", ContainerServiceArgs(image=IMAGE, network=Network("main"), cpu=4))
        found.append(made.settled(ContainerServiceArgs(image=IMAGE, network=Network("main2"), cpu=4)).memory_mib)

    build(program)
    assert found == [2048]


def test_a_value_that_is_not_known_yet_is_no_size() -> None:
    def program() -> None:
        cpu: Any = pulumi.Output.from_input(1)
        ContainerService("api", ContainerServiceArgs(image=IMAGE, network=Network("main"), cpu=cpu))

    with pytest.raises(ArgsError) as caught:
        build(program, cloud="aws")
    rule = "cpu must be 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate"
    assert str(caught.value) == f'ContainerService "api": {rule}, got a value that is not known yet'
