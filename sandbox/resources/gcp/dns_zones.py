"""The list of a Google project's DNS zones, as a data source answers it."""

from __future__ import annotations

from ...kind import Call, Function, Properties
from .dns import ZONE
from .names import project
from .projects import require

_SHOWN = ("description", "dnsName", "managedZoneId", "name", "nameServers", "project", "visibility")


def _zones(call: Call) -> Properties:
    require(call, "dns.googleapis.com", "Cloud DNS API")
    zones = [{"id": zone.id, **{name: zone.outputs.get(name) for name in _SHOWN}} for zone in call.cloud.find(ZONE, project=project(call))]
    return {"id": f"projects/{project(call)}/managedZones", "project": project(call), "managedZones": zones}


FUNCTIONS = (Function(token="gcp:dns/getManagedZones:getManagedZones", answer=_zones),)
"""What a program may look up."""
