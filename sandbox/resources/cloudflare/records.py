"""DNS records at Cloudflare: what may stand beside what, and what each type holds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from .api import fresh, is_domain, refusal, text, zone_id, zone_name

RECORD = "cloudflare:index/dnsRecord:DnsRecord"
_TYPES = "A AAAA CAA CERT CNAME DNSKEY DS HTTPS LOC MX NAPTR NS OPENPGPKEY PTR SMIMEA SRV SSHFP SVCB TLSA TXT URI"  # as the API lists them
_ADDRESSES = frozenset({"A", "AAAA"})
_PROXIED = frozenset({"A", "AAAA", "CNAME"})
_PARTS: dict[str, tuple[str, ...]] = {
    "CAA": ("flags", "tag", "value"),
    "CERT": ("type", "keyTag", "algorithm", "certificate"),
    "DS": ("keyTag", "algorithm", "digestType", "digest"),
    "HTTPS": ("priority", "target", "value"),
    "SRV": ("priority", "weight", "port", "target"),
    "SSHFP": ("algorithm", "type", "fingerprint"),
    "SVCB": ("priority", "target", "value"),
    "TLSA": ("usage", "selector", "matchingType", "certificate"),
    "URI": ("weight", "target"),
}
"""Types whose content stands in `data`, and what of it is required."""
_AUTOMATIC = 1
_TTL = (60, 86400)
_COMMENT = 100
_TXT = 2048
_MORE = "For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>."


def _check(call: Call) -> Iterator[Failure]:
    kind = call.inputs.get("type")
    if isinstance(kind, str) and kind not in _TYPES.split():
        yield Failure("type", f"value must be one of: {', '.join(_TYPES.split())}, got: {kind}")


def _name(call: Call) -> str:
    """The full name: `@` and a name outside the zone are completed by the zone's."""
    said = text(call.inputs.get("name")).lower().rstrip(".")
    zone = zone_name(call, said)
    if not zone or said == zone or said.endswith(f".{zone}"):
        return said
    return zone if said in {"@", ""} else f"{said}.{zone}"


def _content(call: Call) -> str:
    """The content as the API answers it."""
    data, kind = call.inputs.get("data"), text(call.inputs.get("type"))
    if isinstance(data, dict) and kind in _PARTS:
        if kind == "CAA":
            return f'{data.get("flags")} {data.get("tag")} "{data.get("value")}"'
        parts = [data.get(name) for name in _PARTS[kind]]
        return " ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in parts if part is not None)
    return text(call.inputs.get("content"))


def _no(call: Call, code: int, message: str) -> Refusal:
    path = f"zones/{text(call.inputs.get('zoneId'))}/dns_records"
    return refusal("POST", path, code, message) if call.old is None else refusal("PUT", f"{path}/{call.old.id}", code, message)


def _refuse(call: Call) -> None:
    zone_id(call)
    name = _name(call)
    if not is_domain(name.removeprefix("*.")) and name != "@":
        raise _no(call, 9000, "DNS name is invalid.")
    _refuse_content(call)
    _refuse_numbers(call)
    _refuse_neighbours(call, name)


def _refuse_content(call: Call) -> None:
    kind, content, data = text(call.inputs.get("type")), call.inputs.get("content"), call.inputs.get("data")
    if kind in _PARTS:
        missing = next((part for part in _PARTS[kind] if not isinstance(data, dict) or data.get(part) is None), None)
        if missing is not None:
            raise _no(call, 9101, f"{_snake(missing)} is a required data field.")
        if kind == "CAA" and isinstance(data, dict) and data.get("tag") not in {"issue", "issuewild", "iodef", "issuemail"}:
            raise _no(call, 9104, f"Invalid CAA tag {data.get('tag')}.")
        return
    rule = _CONTENTS.get(kind)
    if rule is not None and not rule[0](text(content)):
        raise _no(call, rule[1], rule[2])
    if not content:
        raise _no(call, 9020, "DNS record content is required.")
    if kind == "MX" and call.inputs.get("priority") is None:
        raise _no(call, 9100, "priority is a required field for an MX record.")
    if kind == "CNAME" and text(content).lower().rstrip(".") == _name(call):
        raise _no(call, 9039, "CNAME content cannot reference itself.")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _is_ip(version: int) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        try:
            return ipaddress.ip_address(value).version == version
        except ValueError:
            return False

    return fits


def _is_host(value: str) -> bool:
    return is_domain(value.rstrip("."))


_CONTENTS: Mapping[str, tuple[Callable[[str], bool], int, str]] = {
    "A": (_is_ip(4), 9005, "Content for A record must be a valid IPv4 address."),
    "AAAA": (_is_ip(6), 9006, "Content for AAAA record must be a valid IPv6 address."),
    "CNAME": (_is_host, 9007, "Content for CNAME record is invalid."),
    "MX": (_is_host, 9009, "Content for MX record must be a hostname."),
    "NS": (_is_host, 9008, "Content for NS record is invalid."),
    "PTR": (_is_host, 9007, "Content for PTR record is invalid."),
    "TXT": (lambda value: len(value) <= _TXT, 9012, f"Content for TXT record must not be longer than {_TXT} characters."),
}


def _refuse_numbers(call: Call) -> None:
    kind, ttl, proxied = text(call.inputs.get("type")), call.inputs.get("ttl"), call.inputs.get("proxied") is True
    low, high = _TTL
    if isinstance(ttl, int | float) and ttl != _AUTOMATIC and not low <= ttl <= high:
        raise _no(call, 9021, f"Invalid TTL. Must be between {low} and {high} seconds, or 1 for Automatic.")
    if proxied and kind not in _PROXIED:
        raise _no(call, 9004, "This record type cannot be proxied.")
    if proxied and ttl not in {None, _AUTOMATIC}:
        message = f"error validating record {text(call.inputs.get('name'))}: ttl must be set to 1 when `proxied` is true"
        raise Refusal(message)
    if len(text(call.inputs.get("comment"))) > _COMMENT:
        raise _no(call, 9213, f"Comment must not be longer than {_COMMENT} characters.")


def _refuse_neighbours(call: Call, name: str) -> None:
    kind = text(call.inputs.get("type"))
    mine = (kind, _same(_content(call)))
    for other in _beside(call, name):
        its = text(other.outputs.get("type"))
        if (its, _same(text(other.outputs.get("content")))) == mine:
            raise _no(call, 81058, "An identical record already exists.")
        if kind == "CNAME" and its in {*_ADDRESSES, "CNAME"}:
            raise _no(call, 81053, f"An A, AAAA, or CNAME record with that host already exists. {_MORE}")
        if its == "CNAME" and kind in _ADDRESSES:
            raise _no(call, 81054, f"A CNAME record with that host already exists. {_MORE}")
        if "NS" in {kind, its} and kind != its and {kind, its} & _PROXIED:
            raise _no(call, 81056, f"NS records with that host already exist. {_MORE}")


def _same(content: str) -> str:
    return content.lower().rstrip(".")


def _beside(call: Call, name: str) -> Iterator[Record]:
    for record in call.cloud.find(RECORD, zoneId=text(call.inputs.get("zoneId")), name=name):
        if call.old is None or record.id != call.old.id:
            yield record


def _outputs(call: Call) -> Properties:
    kind, now = text(call.inputs.get("type")), call.cloud.now()
    outputs: Properties = {
        "name": _name(call),
        "content": _content(call),
        "proxiable": kind in _PROXIED,
        "proxied": call.inputs.get("proxied") is True,
        "createdOn": call.old.outputs["createdOn"] if call.old is not None else now,
        "modifiedOn": now,
        "meta": "{}",
        "settings": call.inputs.get("settings") or {},
        "tags": call.inputs.get("tags") or [],
    }
    if call.inputs.get("comment"):
        outputs["commentModifiedOn"] = now
    return outputs


def _imported(id_: str, _config: Mapping[str, str]) -> str:
    return id_.rsplit("/", 1)[-1]


KINDS = (
    Kind(
        token=RECORD,
        identify=fresh,
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"zoneId"}),
        name_limit=253,
        create=_refuse,
        update=_refuse,
        volatile=frozenset({"modifiedOn"}),
        import_id=_imported,
    ),
)
"""The record."""
