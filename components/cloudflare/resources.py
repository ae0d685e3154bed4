"""Cloudflare's resource types as far as we use them: the provider's own SDK takes two seconds to import (docs/adr/0002).

Each class has the token, the property names and the types of the class of the same name in `pulumi_cloudflare`; a test compares them.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pulumi
from pulumi import Input, Output

from .._core.errors import GroundplanError


@cache
def version() -> str:
    """The version of the installed SDK: the engine starts the provider plugin of this version, as it would for the SDK's own classes."""
    return importlib.metadata.version("pulumi-cloudflare")


class _Resource(pulumi.CustomResource):
    """A resource whose properties go to the provider by the names they have there."""

    def __init__(self, token: str, name: str, inputs: Mapping[str, object], computed: Sequence[str], opts: pulumi.ResourceOptions | None) -> None:
        given = {key: value for key, value in inputs.items() if value is not None}
        super().__init__(token, name, {**dict.fromkeys(computed), **given}, pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=version()), opts))


class Zone(_Resource):
    """A domain at Cloudflare."""

    def __init__(
        self,
        resource_name: str,
        *,
        account: Input[Mapping[str, Input[str]]],
        name: Input[str],
        paused: Input[bool] | None = None,
        type: Input[str] | None = None,  # noqa: A002  # the provider's name
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"account": account, "name": name, "paused": paused, "type": type}
        super().__init__("cloudflare:index/zone:Zone", resource_name, inputs, ("nameServers", "status"), opts)

    @property
    def name_servers(self) -> Output[Sequence[str]]:
        """Where the registrar must point the domain."""
        return _output(self, "nameServers")


class ZoneSetting(_Resource):
    """One setting of a zone. Deleting it leaves the setting as it is."""

    def __init__(
        self,
        resource_name: str,
        *,
        setting_id: Input[str],
        value: Any,
        zone_id: Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"settingId": setting_id, "value": value, "zoneId": zone_id}
        super().__init__("cloudflare:index/zoneSetting:ZoneSetting", resource_name, inputs, (), opts)


class ZoneDnssec(_Resource):
    """Whether a zone's answers are signed."""

    def __init__(
        self,
        resource_name: str,
        *,
        zone_id: Input[str],
        status: Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("cloudflare:index/zoneDnssec:ZoneDnssec", resource_name, {"zoneId": zone_id, "status": status}, ("ds",), opts)

    @property
    def ds(self) -> Output[str]:
        """The DS record for the registrar."""
        return _output(self, "ds")


class DnsRecord(_Resource):
    """One answer of a zone."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: Input[str],
        ttl: Input[float],
        type: Input[str],  # noqa: A002  # the provider's name
        zone_id: Input[str],
        comment: Input[str] | None = None,
        content: Input[str] | None = None,
        data: Input[Mapping[str, Any]] | None = None,
        priority: Input[float] | None = None,
        proxied: Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "comment": comment,
            "content": content,
            "data": data,
            "name": name,
            "priority": priority,
            "proxied": proxied,
            "ttl": ttl,
            "type": type,
            "zoneId": zone_id,
        }
        super().__init__("cloudflare:index/dnsRecord:DnsRecord", resource_name, inputs, (), opts)


def find_zone(name: str, parent: pulumi.Resource) -> Output[dict[str, Any]]:
    """The zone of that name that the credentials can see: `id`, `nameServers`, `status` and more. Raises GroundplanError, with the provider's words."""

    async def look() -> dict[str, Any]:
        options = pulumi.InvokeOptions(parent=parent, version=version())
        try:
            found: dict[str, Any] = await pulumi.runtime.invoke_async("cloudflare:index/getZone:getZone", {"filter": {"name": name, "match": "all"}}, options)
        except Exception as failure:  # noqa: BLE001  # the SDK raises nothing narrower
            message = f'EdgeDNS: the zone "{name}" was not found at Cloudflare ({failure}); make it with create=True, or let the token read it'
            raise GroundplanError(message) from None
        return found

    return Output.from_input(look())


def _output(resource: pulumi.Resource, name: str) -> Output[Any]:
    value: Output[Any] = pulumi.get(resource, name)
    return value
