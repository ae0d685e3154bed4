"""A deployment on mocks: what a program asks the engine for. It does not prove that a cloud would take it."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

from tests.components.aws_outputs import CALLS, OUTPUTS

SECRET = "4dabf18193072939515e22adb298388d"
"""The key under which the wire marks a secret, an output or an asset."""

CONFIG = {"gcp": {"gcpProject": "watchparty-dev", "gcpRegion": "europe-west1"}, "aws": {"awsRegion": "eu-west-1"}}


@dataclass(frozen=True)
class Registered:
    """One resource as the engine was asked for it."""

    type: str
    name: str
    inputs: dict[str, Any]
    """camelCase; secrets in plain, so that a test can compare them. `secret_inputs` names those that are marked."""
    parent: str
    """The parent's URN."""
    protect: bool
    retain_on_delete: bool
    depends_on: tuple[str, ...]
    """URNs."""
    secret_inputs: frozenset[str]
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False

    @property
    def parent_name(self) -> str:
        """The parent's logical name."""
        return self.parent.rsplit("::", 1)[-1]


@dataclass
class World:
    """Everything that a program registered, and what it said."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of(self, type_: str) -> list[Registered]:
        """Every resource of a type, by name: the order of registration is not the program's."""
        return sorted((resource for resource in self.resources if resource.type == type_), key=lambda resource: resource.name)

    def one(self, type_: str, name: str | None = None) -> Registered:
        """The one resource of a type (and name)."""
        found = [resource for resource in self.of(type_) if name is None or resource.name == name]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}: {[resource.name for resource in self.of(type_)]}"
        return found[0]

    def children(self, component: str) -> list[tuple[str, str]]:
        """(type, name) of everything directly below a component, sorted."""
        return sorted((resource.type, resource.name) for resource in self.resources if resource.parent_name == component)


class _Cloud(mocks.Mocks):
    """Echoes the inputs, with an id and outputs that have the cloud's shape where a component reads them."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        outputs = dict(args.inputs)
        short = args.typ.rsplit(":", 1)[-1]
        computed = {
            "Account": {"email": f"{args.inputs.get('accountId')}@{args.inputs.get('project')}.iam.gserviceaccount.com"},
            "Network": {"selfLink": f"https://www.googleapis.com/compute/v1/projects/p/global/networks/{args.name}"},
            "Service": {"uri": f"https://{args.name}.a.run.app", "latestReadyRevision": f"{args.name}-00001-abc"},
            "DatabaseInstance": {
                "connectionName": f"{args.inputs.get('project')}:{args.inputs.get('region')}:{args.inputs.get('name')}",
                "privateIpAddress": "10.9.0.3",
                "serverCaCerts": [{"cert": "-----BEGIN CERTIFICATE-----"}],
            },
            "DnsAuthorization": {"dnsResourceRecords": [{"name": f"_proof.{args.inputs.get('domain')}.", "type": "CNAME", "data": "value.goog."}]},
            "RandomPassword": {"result": "p" * int(args.inputs.get("length", 16))},
            "gcp:redis/instance:Instance": {
                "host": "10.9.0.11",
                "readEndpoint": "10.9.0.12",
                "authString": "a" * 36,
                "serverCaCerts": [{"cert": "-----BEGIN CERTIFICATE-----"}],
            },
            "gcp:memorystore/instance:Instance": {
                "endpoints": [{"connections": [_psc("10.0.64.3", "READER"), _psc("10.0.64.2", "PRIMARY")]}],
                "managedServerCas": [{"caCerts": [{"certificates": ["-----BEGIN CERTIFICATE-----"]}]}],
            },
        }
        amazon = OUTPUTS[args.typ](args) if args.typ in OUTPUTS else {}
        outputs.update((computed.get(short, {}) if args.typ not in OUTPUTS else {}) | computed.get(args.typ, {}) | amazon)
        return f"{args.name}-id", outputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        found: dict[str, dict[str, Any]] = {
            **CALLS,
            "cloudflare:index/getZone:getZone": {"nameServers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"], "status": "active"},
            "gcp:dns/getManagedZones:getManagedZones": {
                "managedZones": [
                    {"id": "zone-id", "name": "example-com", "dnsName": "example.com.", "visibility": "public", "nameServers": ["ns-cloud-a1.example."]}
                ]
            },
        }
        if args.token.startswith("cloudflare:") and args.args["filter"]["name"] == "example.org":
            return {}, [("filter", "failed to find exactly one result")]
        return {"id": "0" * 32, **args.args, **found.get(args.token, {})}, []


def _psc(address: str, kind: str) -> dict[str, Any]:
    """A way into a Valkey cache, as Private Service Connect makes it."""
    return {"pscAutoConnection": {"ipAddress": address, "connectionType": f"CONNECTION_TYPE_{kind}", "port": 6379}}


class _Monitor(mocks.MockMonitor):
    """Keeps the options of a registration too, which the stock mocks drop."""

    def __init__(self, cloud: mocks.Mocks, world: World) -> None:
        super().__init__(cloud)
        self.world = world

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the wire's name
        wire = json_format.MessageToDict(request.object)
        self.world.resources.append(
            Registered(
                type=request.type,
                name=request.name,
                inputs={key: _plain(value) for key, value in wire.items()},
                parent=request.parent,
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                depends_on=tuple(request.dependencies),
                secret_inputs=frozenset(_secret_paths(wire)),
                ignore_changes=tuple(request.ignoreChanges),
                delete_before_replace=request.deleteBeforeReplace,
            )
        )
        return super().RegisterResource(request)


def _secret_paths(values: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where secrets are: `secretData`, `supplied.stripe`."""
    for key, value in values.items():
        if _marked(value):
            yield f"{path}{key}"
        elif isinstance(value, dict):
            yield from _secret_paths(value, f"{path}{key}.")


def _marked(value: Any) -> bool:
    return isinstance(value, dict) and SECRET in value


def _plain(value: Any) -> Any:
    if _marked(value):
        return _plain(value.get("value"))
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def build(
    program: Callable[[], Any], *, cloud: str = "gcp", tier: str = "dev", pulumi_project: str = "watchparty", world: World | None = None, **config: str
) -> World:
    """Runs a program in a fresh deployment and waits for everything that it registered; its errors come through as they are.

    `world` is filled where it is given: also by a program that fails.
    """
    world = World() if world is None else world
    settings_of_stack = {f"groundplan:{key}": value for key, value in {"cloud": cloud, **CONFIG[cloud], **config}.items()}
    contextvars.Context().run(lambda: asyncio.run(_deploy(program, world, (pulumi_project, tier), settings_of_stack)))
    return world


async def _deploy(program: Callable[[], Any], world: World, project_and_stack: tuple[str, str], config: dict[str, str]) -> None:
    project, stack = project_and_stack
    # the stock mocks leave what an earlier deployment (and its closed loop) was still waiting for
    SETTINGS.outputs = set()
    mocks.set_mocks(_Cloud(), project=project, stack=stack, preview=False, monitor=_Monitor(_Cloud(), world))
    pulumi.runtime.set_all_config(config)
    await run_pulumi_func(program)
