"""Everything that Network refuses, word for word, before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest

from components import ArgsError, GroundplanError, Network, NetworkArgs, Site

GCP = Site(cloud="gcp", region="europe-west1", project="watchparty-dev", application="watchparty", stack="dev", tier="dev", protect=False)

REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"cidr": "10.0.0.0"}, ["cidr must carry a mask, got '10.0.0.0'; did you mean \"10.0.0.0/16\"?"]),
    ({"cidr": "10.0.0.0/25"}, ["cidr must have a mask of /8 to /24, got '10.0.0.0/25'; for example \"10.0.0.0/16\""]),
    (
        {"services_cidr": "10.0.0.0/20"},
        ["services_cidr must not overlap cidr '10.0.0.0/16', got '10.0.0.0/20'; managed services live beside the network's own block"],
    ),
    ({"services_cidr": "10.1.0.0/28"}, ["services_cidr must have a mask of /16 to /24, got '10.1.0.0/28'; for example \"10.1.0.0/16\""]),
    ({"regions": "us-east1"}, ["regions must be a list of regions, got 'us-east1'; did you mean ('us-east1',)?"]),
    ({"regions": None}, ["regions must be a list of regions, got None"]),
    ({"nat": "yes"}, ["nat must be True or False, got 'yes'"]),
    ({"dns_logging": None}, ["dns_logging must be True or False, got None"]),
    ({"flow_log_sampling": True}, ["flow_log_sampling must be 0.0 to 1.0, got True"]),
    ({"regions": ("us-east-1",)}, ["regions must hold region names, got 'us-east-1'; for example 'europe-west1'"]),
    ({"regions": ("europe-west1",)}, ["regions must hold each region once, besides the site's own 'europe-west1', got ['europe-west1']"]),
    ({"regions": ("us-east1", "us-east4", "us-west1", "us-west2")}, ["regions must hold at most 3, got 4"]),
    ({"regions": ("us-east1",), "cidr": "10.0.0.0/24"}, ["cidr must be /22 or larger for more than one region, got '10.0.0.0/24'"]),
    ({"zones": 1}, ["zones must be 2 to 4, got 1"]),
    ({"zones": "3"}, ["zones must be 2 to 4, got '3'"]),
    ({"nat_addresses": 17}, ["nat_addresses must be 0 to 16, got 17"]),
    ({"nat_addresses": 2, "nat": False}, ["nat_addresses needs nat=True, got 2"]),
    ({"flow_log_sampling": 50}, ["flow_log_sampling must be 0.0 to 1.0, got 50"]),
    ({"cidr": "10.0.0.0", "zones": 9}, ["cidr must carry a mask, got '10.0.0.0'; did you mean \"10.0.0.0/16\"?", "zones must be 2 to 4, got 9"]),
]


@pytest.mark.parametrize(("given", "expected"), REFUSED)
def test_a_network_that_cannot_work_is_refused_with_all_its_problems(given: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(ArgsError) as caught:
        Network("main", NetworkArgs(site=GCP, **given))
    assert str(caught.value) == "\n".join(f'Network "main": {problem}' for problem in expected)


def test_a_cloud_without_an_implementation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Network, "folder", lambda _network: "mars")
    with pytest.raises(GroundplanError) as caught:
        Network("main", NetworkArgs(site=GCP))
    assert str(caught.value) == (
        "Network \"main\": is not available on 'mars' yet; other clouds come with later releases; "
        "build it elsewhere with: pulumi config set groundplan:cloud gcp"
    )


@pytest.mark.parametrize("args", [{"cidr": "10.0.0.0/16"}, "10.0.0.0/16"])
def test_args_that_are_none_are_refused_and_not_a_traceback(args: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "current", staticmethod(lambda: GCP))
    with pytest.raises(ArgsError) as caught:
        Network("main", args)
    assert str(caught.value) == f'Network "main": args must be NetworkArgs, got {args!r}'


def test_args_of_another_component_are_refused() -> None:
    with pytest.raises(ArgsError, match=r'Network "main": args must be NetworkArgs, got Args'):
        Network("main", __import__("components._core.component", fromlist=["Args"]).Args(site=GCP))
