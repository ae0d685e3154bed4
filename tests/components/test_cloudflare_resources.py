"""Our thin Cloudflare classes send, for the same arguments, exactly what the SDK's own classes send, and describe them alike."""

from __future__ import annotations

import inspect
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pulumi
import pulumi_cloudflare as sdk
import pytest

from components.cloudflare import resources as ours
from tests.components.world import build

CLASSES = ("Zone", "ZoneSetting", "ZoneDnssec", "DnsRecord")
EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("Zone", {"account": {"id": "a" * 32}, "name": "example.com", "type": "full", "paused": False}),
    ("ZoneSetting", {"zone_id": "z", "setting_id": "ssl", "value": "strict"}),
    ("ZoneSetting", {"zone_id": "z", "setting_id": "security_header", "value": {"strict_transport_security": {"max_age": 5, "include_subdomains": True}}}),
    ("ZoneDnssec", {"zone_id": "z", "status": "active"}),
    ("DnsRecord", {"zone_id": "z", "name": "a.example.com", "type": "A", "ttl": 1, "content": "203.0.113.1", "proxied": True, "comment": "hi"}),
    ("DnsRecord", {"zone_id": "z", "name": "example.com", "type": "MX", "ttl": 300, "content": "mx.example.net", "priority": 10}),
    ("DnsRecord", {"zone_id": "z", "name": "example.com", "type": "CAA", "ttl": 1, "data": {"flags": 0, "tag": "issue", "value": "pki.goog"}}),
]


@pytest.mark.parametrize(("name", "given"), EXAMPLES)
def test_the_engine_is_asked_for_the_same_resource(name: str, given: dict[str, Any]) -> None:
    def program() -> None:
        getattr(ours, name)("thin", **given)
        getattr(sdk, name)("full", **given)

    thin, full = build(program).resources[1:]
    assert (thin.name, full.name) == ("thin", "full")
    assert thin.type == full.type
    assert thin.inputs == full.inputs


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    return {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name != "opts"
    }


@pytest.mark.parametrize("name", CLASSES)
def test_each_argument_is_one_of_the_sdks_required_where_it_is_and_of_its_type(name: str) -> None:
    thin, full = parameters(getattr(ours, name).__init__), parameters(getattr(sdk, f"{name}Args").__init__)
    assert set(thin) <= set(full)
    assert {key for key, value in thin.items() if value.default is value.empty} == {key for key, value in full.items() if value.default is value.empty}
    mine = typing.get_type_hints(getattr(ours, name).__init__)
    theirs = typing.get_type_hints(getattr(sdk, f"{name}Args").__init__, vars(sys.modules[getattr(sdk, name).__module__]))
    assert {key: scalars(mine[key]) for key in thin} == {key: scalars(theirs[key]) for key in thin}


def scalars(hint: Any) -> set[str]:
    """The kinds of value that a hint allows: `{"str"}`, `{"object"}`; Outputs, awaitables and None left out."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return {"any"}
    if origin is not None and isinstance(origin, type) and issubclass(origin, typing.Mapping):  # type: ignore[arg-type]  # an ABC for issubclass
        return {"object"}
    if inner:
        return set().union(*(scalars(part) for part in inner))
    if hint is type(None):
        return set()
    return {hint.__name__} if hint in (str, float, int, bool) else {"object"}


@pytest.mark.parametrize(("name", "property_name"), [("Zone", "name_servers"), ("ZoneDnssec", "ds")])
def test_each_output_is_one_of_the_sdks(name: str, property_name: str) -> None:
    assert isinstance(inspect.getattr_static(getattr(sdk, name), property_name), property)
    seen: list[Any] = []

    def program() -> None:
        resource = getattr(ours, name)("thin", **next(given for found, given in EXAMPLES if found == name))
        assert isinstance(getattr(resource, property_name), pulumi.Output)
        getattr(resource, property_name).apply(seen.append)

    build(program)
    assert seen == [None]  # the mocks compute nothing; that the value arrives is shown on the engine


def test_the_engine_gets_the_version_that_the_sdk_would_give() -> None:
    assert ours.version() == sdk._utilities.get_version()  # the SDK says it nowhere else


def test_a_zone_is_looked_up_as_the_sdk_does() -> None:
    parameter = inspect.signature(sdk.GetZoneFilterArgs.__init__).parameters
    assert {"name", "match"} <= set(parameter)
    assert "'cloudflare:index/getZone:getZone'" in inspect.getsource(sdk.get_zone)
    assert {"id", "name_servers"} <= set(vars(sdk.GetZoneResult))


def test_no_component_ever_imports_cloudflares_sdk() -> None:
    program = """
import sys
from components import EdgeDNS, EdgeDNSArgs, Record
from tests.components.world import build
build(lambda: EdgeDNS("edge", EdgeDNSArgs(zone="example.com", records=(Record(name="api", type="A", value="203.0.113.1"),))), tier="prod")
sys.exit("pulumi_cloudflare" in sys.modules)
"""
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
