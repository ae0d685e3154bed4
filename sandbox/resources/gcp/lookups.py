"""Data sources of Google's: zones of a region, accounts that Google makes, networks and other things looked up by name."""

from __future__ import annotations

from collections.abc import Callable

from ...kind import Call, Function, Properties, Record, Refusal
from .compute_network import NETWORK, SUBNETWORK
from .compute_subnetwork import GLOBAL_ADDRESS, in_network
from .iam import ACCOUNT
from .kms import KEY, RING
from .names import global_path, identity, number, project, project_number, region, regional_path, relative, text
from .places import ZONES
from .projects import require
from .storage_places import REGIONS


def _zones(call: Call) -> Properties:
    require(call, "compute.googleapis.com", "Compute Engine API")
    where = region(call)
    if where not in REGIONS:
        message = f'Error retrieving available zones: Invalid region "{where}" for project "{project(call)}"'
        raise Refusal(message)
    status = call.inputs.get("status")
    names = [f"{where}-{letter}" for letter in ZONES.get(where, "abc")] if status != "DOWN" else []
    return {"id": f"projects/{project(call)}/regions/{where}", "names": names, "project": project(call), "region": where, "status": status}


def _regions(call: Call) -> Properties:
    require(call, "compute.googleapis.com", "Compute Engine API")
    names = [] if call.inputs.get("status") == "DOWN" else sorted(REGIONS)
    return {"id": f"projects/{project(call)}", "names": names, "project": project(call), "status": call.inputs.get("status")}


def _storage_agent(call: Call) -> Properties:
    email = f"service-{project_number(project(call))}@gs-project-accounts.iam.gserviceaccount.com"
    return {
        "id": email,
        "emailAddress": email,
        "member": f"serviceAccount:{email}",
        "project": project(call),
        "userProject": call.inputs.get("userProject"),
    }


def _compute_account(call: Call) -> Properties:
    require(call, "compute.googleapis.com", "Compute Engine API")
    email = f"{project_number(project(call))}-compute@developer.gserviceaccount.com"
    path = f"projects/{project(call)}/serviceAccounts/{email}"
    return {
        "id": path,
        "name": path,
        "email": email,
        "member": f"serviceAccount:{email}",
        "displayName": "Compute Engine default service account",
        "project": project(call),
        "uniqueId": number("serviceaccount", path, digits=21),
    }


def _found(type_: str, path: Callable[[Call], str], *wanted: str) -> Callable[[Call], Properties]:
    """The answer of a data source that reads one thing which exists."""

    def answer(call: Call) -> Properties:
        record = call.cloud.get(type_, path(call))
        if record is None:
            message = f"googleapi: Error 404: The resource '{path(call)}' was not found, notFound"
            raise Refusal(message)
        return {"id": record.id, **{name: record.outputs.get(name) for name in wanted}}

    return answer


def _named(collection: str) -> Callable[[Call], str]:
    return lambda call: relative(call.inputs.get("selfLink")) or global_path(call, collection, call.inputs.get("name"))


def _network(call: Call) -> Properties:
    wanted = ("name", "project", "selfLink", "description", "gatewayIpv4", "internalIpv6Range", "networkProfile", "networkId", "numericId")
    found = _found(NETWORK, _named("networks"), *wanted)(call)
    inside: list[Record] = list(in_network(call, SUBNETWORK, found["id"]))
    return {**found, "subnetworksSelfLinks": [record.outputs["selfLink"] for record in inside], "networkId": int(found["networkId"])}


def _subnetwork_path(call: Call) -> str:
    return relative(call.inputs.get("selfLink")) or regional_path(call, "subnetworks", call.inputs.get("name"))


def _account_path(call: Call) -> str:
    said = text(call.inputs.get("accountId"))
    email = said.rsplit("/", 1)[-1] if "@" in said else f"{said}@{project(call)}.iam.gserviceaccount.com"
    return f"projects/{project(call)}/serviceAccounts/{email}"


_SUBNETWORK = [
    "name",
    "project",
    "region",
    "network",
    "selfLink",
    "description",
    "ipCidrRange",
    "gatewayAddress",
    "privateIpGoogleAccess",
    "secondaryIpRanges",
    "stackType",
    "externalIpv6Prefix",
    "internalIpv6Prefix",
    "ipv6AccessType",
    "subnetworkId",
]
_KEY = [
    "name",
    "keyRing",
    "purpose",
    "rotationPeriod",
    "importOnly",
    "destroyScheduledDuration",
    "skipInitialVersionCreation",
    "primaries",
    "labels",
    "effectiveLabels",
    "pulumiLabels",
]

_ANSWERS: dict[str, Callable[[Call], Properties]] = {
    "gcp:compute/getZones:getZones": _zones,
    "gcp:compute/getRegions:getRegions": _regions,
    "gcp:compute/getDefaultServiceAccount:getDefaultServiceAccount": _compute_account,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_agent,
    "gcp:compute/getNetwork:getNetwork": _network,
    "gcp:compute/getSubnetwork:getSubnetwork": _found(SUBNETWORK, _subnetwork_path, *_SUBNETWORK),
    "gcp:compute/getGlobalAddress:getGlobalAddress": _found(
        GLOBAL_ADDRESS, _named("addresses"), "name", "project", "address", "addressType", "network", "prefixLength", "purpose", "selfLink"
    ),
    "gcp:serviceaccount/getAccount:getAccount": _found(
        ACCOUNT, _account_path, "accountId", "email", "member", "name", "uniqueId", "displayName", "disabled", "project"
    ),
    "gcp:kms/getKMSKeyRing:getKMSKeyRing": _found(RING, identity("projects/{project}/locations/{location}/keyRings/{name}"), "name", "location", "project"),
    "gcp:kms/getKMSCryptoKey:getKMSCryptoKey": _found(KEY, lambda call: f"{relative(call.inputs.get('keyRing'))}/cryptoKeys/{call.inputs.get('name')}", *_KEY),
}

FUNCTIONS = tuple(Function(token=token, answer=answer) for token, answer in _ANSWERS.items())
"""What a program may look up."""
