"""Cloudflare zones, the look-up of zones that their owners made elsewhere, and the edge's own addresses."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Function, Kind, Properties, Record, Refusal
from .api import ZONE, digest, fresh, is_domain, is_id, outside, refusal, text, zone_named

_SERVERS = ("ada", "amir", "aron", "beth", "carl", "dana", "elle", "finn", "gail", "hugh", "iris", "jobs", "kate", "leah", "maya", "noah", "olga", "pete")
_TYPES = ("full", "partial", "secondary", "internal")
_FREE = {
    "id": "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
    "name": "Free Website",
    "price": 0,
    "currency": "USD",
    "frequency": "",
    "isSubscribed": False,
    "canSubscribe": False,
    "legacyId": "free",
    "legacyDiscount": False,
    "externallyManaged": False,
}
_META = {"step": 2, "customCertificateQuota": 0, "pageRuleQuota": 3, "phishingDetected": False, "cdnOnly": False, "dnsOnly": False, "foundationDns": False}
_SINCE = "2024-01-01T00:00:00.000000Z"
"""When a zone that the sandbox does not hold is said to have been made."""
IPV4 = (
    "173.245.48.0/20",
    "103.21.244.0/22",
    "103.22.200.0/22",
    "103.31.4.0/22",
    "141.101.64.0/18",
    "108.162.192.0/18",
    "190.93.240.0/20",
    "188.114.96.0/20",
    "197.234.240.0/22",
    "198.41.128.0/17",
    "162.158.0.0/15",
    "104.16.0.0/13",
    "104.24.0.0/14",
    "172.64.0.0/13",
    "131.0.72.0/22",
)
"""cloudflare.com/ips-v4."""
IPV6 = ("2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32", "2a06:98c0::/29", "2c0f:f248::/32")
"""cloudflare.com/ips-v6."""


def _check(call: Call) -> Iterator[Failure]:
    name, kind = call.inputs.get("name"), call.inputs.get("type")
    if isinstance(name, str) and not is_domain(name):
        yield Failure("name", f"must be a domain name of at most 253 characters with labels of at most 63, got {name}")
    if isinstance(kind, str) and kind not in _TYPES:
        yield Failure("type", f"value must be one of: {', '.join(_TYPES)}, got: {kind}")


def _create(call: Call) -> None:
    name, account = text(call.inputs.get("name")), text((call.inputs.get("account") or {}).get("id"))
    if not is_id(account):
        raise refusal("POST", "zones", 1068, f'Permission denied: "{account}" is not the id of an account', "403 Forbidden")
    if zone_named(call, name) is not None:
        raise refusal("POST", "zones", 1061, f"{name} already exists")


def _servers(name: str) -> list[str]:
    first = int(digest("servers", name)[:6], 16)
    pair = (_SERVERS[first % len(_SERVERS)], _SERVERS[(first // 7 + 1 + first % len(_SERVERS)) % len(_SERVERS)])
    names = sorted(set(pair)) if pair[0] != pair[1] else [pair[0], "zara"]
    return [f"{one}.ns.cloudflare.com" for one in names]


def _outputs(call: Call) -> Properties:
    name = text(call.inputs.get("name")).lower()
    account = text((call.inputs.get("account") or {}).get("id"))
    created = call.old.outputs["createdOn"] if call.old is not None else call.cloud.now()
    return {**_facts(name, account), "createdOn": created, "modifiedOn": call.cloud.now(), "status": "pending", **_said(call)}


def _said(call: Call) -> Properties:
    return {"name": text(call.inputs.get("name")).lower(), "paused": call.inputs.get("paused") is True, "type": call.inputs.get("type") or "full"}


def _facts(name: str, account: str) -> Properties:
    return {
        "account": {"id": account},
        "developmentMode": 0,
        "meta": dict(_META),
        "nameServers": _servers(name),
        "originalNameServers": [f"ns1.{name}", f"ns2.{name}"],
        "originalDnshost": "",
        "originalRegistrar": "",
        "cnameSuffix": "",
        "owner": {"id": account, "name": "", "type": "organization"},
        "permissions": ["#dns_records:edit", "#dns_records:read", "#zone:edit", "#zone:read", "#zone_settings:edit", "#zone_settings:read"],
        "plan": dict(_FREE),
        "tenant": {"id": "", "name": ""},
        "tenantUnit": {"id": ""},
        "vanityNameServers": [],
        "verificationKey": "",
    }


def _carries(call: Call) -> Iterator[Record]:
    mine = call.old.id if call.old is not None else ""
    for name in ("dnsRecord:DnsRecord", "zoneSetting:ZoneSetting", "zoneDnssec:ZoneDnssec", "ruleset:Ruleset"):
        yield from call.cloud.find(f"cloudflare:index/{name}", zoneId=mine)


def _described(call: Call, name: str) -> Properties:
    """A zone as a look-up answers: the program's own, else one that its owner made elsewhere."""
    record = zone_named(call, name)
    if record is not None:
        known = {key: value for key, value in record.outputs.items() if key != "account"}
        return {**known, "id": record.id, "account": {"id": record.outputs["account"]["id"], "name": ""}}
    account = digest("account", "outside")[:32]
    facts = {**_facts(name, account), "account": {"id": account, "name": ""}, "status": "active", "activatedOn": _SINCE, "createdOn": _SINCE}
    return {**facts, "modifiedOn": _SINCE, "name": name, "paused": False, "type": "full", "id": outside(name)}


def _zone(call: Call) -> Properties:
    wanted, criteria = call.inputs.get("zoneId"), call.inputs.get("filter")
    name = text((criteria or {}).get("name")) if isinstance(criteria, dict) else ""
    if wanted:
        record = call.cloud.get(ZONE, text(wanted))
        if record is not None:
            return {**_described(call, text(record.outputs["name"])), "zoneId": wanted}
        if not is_id(wanted):
            raise refusal("GET", f"zones/{wanted}", 7003, f"Could not route to /client/v4/zones/{wanted}, perhaps your object identifier is invalid?")
        return {"id": wanted, "zoneId": wanted, "status": "active"}
    if not is_domain(name):
        message = f"failed to make http request: no result found: a zone named {name or 'nothing'}"
        raise Refusal(message)
    found = _described(call, name.lower())
    return {**found, "zoneId": found["id"], "filter": criteria}


def _zones(call: Call) -> Properties:
    name = text(call.inputs.get("name"))
    if name:
        found = [_described(call, name.lower())] if is_domain(name) else []
    else:
        found = [_described(call, text(record.outputs["name"])) for record in call.cloud.find(ZONE)]
    status = call.inputs.get("status")
    return {**call.inputs, "results": [zone for zone in found if status in {None, zone["status"]}]}


def _ranges(call: Call) -> Properties:
    jd = ["119.188.32.0/22", "2408:8724:0:100::/56"] if call.inputs.get("networks") == "jdcloud" else []
    return {**call.inputs, "ipv4Cidrs": list(IPV4), "ipv6Cidrs": list(IPV6), "jdcloudCidrs": jd, "etag": digest(*IPV4, *IPV6)[:32]}


KINDS = (
    Kind(
        token=ZONE,
        identify=fresh,
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"name"}),
        name_limit=253,
        create=_create,
        carries=_carries,
        volatile=frozenset({"modifiedOn"}),
    ),
)
"""The zone."""

FUNCTIONS = tuple(
    Function(token=f"cloudflare:index/{name}:{name}", answer=answer) for name, answer in {"getZone": _zone, "getZones": _zones, "getIpRanges": _ranges}.items()
)
"""Look-ups."""
