"""Route 53: record sets, and what may stand beside what."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ...kind import Call, Failure, Kind, Properties, Record, Reference, Refusal
from . import arguments
from .arguments import among, between, long
from .formats import fresh, refused, text
from .route53_zone import RECORD, domain, zone_name
from .validators import conflicts, exactly_one, one_of, said

HEALTH = "aws:route53/healthCheck:HealthCheck"
TYPES = ("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT")
POLICIES = (
    "cidrRoutingPolicy",
    "failoverRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "latencyRoutingPolicies",
    "multivalueAnswerRoutingPolicy",
    "weightedRoutingPolicies",
)
_ARGUMENTS = {
    "zoneId": arguments.said,
    "aliases.*.name": long(1, 1024),
    "aliases.*.zoneId": long(1, 32),
    "failoverRoutingPolicies.*.type": among("PRIMARY", "SECONDARY"),
    "latencyRoutingPolicies.*.region": arguments.fitting(r"^[a-z]{2}(-[a-z]+)+-\d$", "must be one of the regions of AWS"),
    "geoproximityRoutingPolicy.bias": between(-99, 99),
}
PIECE = 255
"""Characters of one text of a TXT record."""
LONGEST_TTL = 2147483647
_LABEL = re.compile(r"^(?:\*|[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)$")
_HOST = re.compile(r"^(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?$")


def _check(call: Call) -> Iterator[Failure]:
    yield from one_of(call, "type", TYPES)
    yield from arguments.check(call, _ARGUMENTS)
    yield from exactly_one(call, "aliases", "records")
    if said(call, "records") and call.inputs.get("ttl") is None:
        yield Failure("ttl", '"records": all of `records,ttl` must be specified')
    if said(call, "aliases") and call.inputs.get("ttl") is not None:
        yield Failure("ttl", '"ttl": conflicts with alias')
    policies = said(call, *POLICIES)
    for path in policies:
        yield from conflicts(call, path, *(other for other in policies if other != path))
    if policies and not said(call, "setIdentifier"):
        yield Failure(policies[0], f'"{policies[0]}": all of `set_identifier` must be specified with a routing policy')
    if said(call, "setIdentifier") and not policies:
        yield Failure("setIdentifier", '"set_identifier": a routing policy must be specified with it')


def _no(reason: str) -> Refusal:
    return refused("creating Route53 Record", "Route 53: ChangeResourceRecordSets", "InvalidChangeBatch", f"[{reason}]", typed=True)


def _name(call: Call) -> str:
    """The full name: one outside the zone is completed by the zone's, as the provider does."""
    name = domain(call.inputs.get("name"))
    zone = zone_name(call, text(call.inputs.get("zoneId")), name)
    if zone is None or name == zone or name.endswith(f".{zone}"):
        return name
    return f"{name}.{zone}" if name else zone


def _refuse(call: Call) -> None:
    name, kind = _name(call), text(call.inputs.get("type"))
    zone = zone_name(call, text(call.inputs.get("zoneId")), name)
    if zone is None:
        raise refused(
            "creating Route53 Record", "Route 53: ChangeResourceRecordSets", "NoSuchHostedZone",
            f"No hosted zone found with ID: {call.inputs.get('zoneId')}", status=404, typed=True,
        )  # fmt: skip
    if not all(_LABEL.match(label) for label in name.split(".")):
        raise _no(f"FATAL problem: DomainLabelInvalid (Domain label is not valid) encountered with '{name}'")
    if kind == "CNAME" and name == zone:
        raise _no(f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {zone}.")
    if not 0 <= (call.inputs.get("ttl") or 0) <= LONGEST_TTL:
        raise _no(f"Invalid TTL: {call.inputs['ttl']}")
    _refuse_values(kind, [text(value) for value in call.inputs.get("records") or ()])
    _refuse_neighbours(call, name, kind, zone)


def _refuse_values(kind: str, values: list[str]) -> None:
    for value in values:
        problem = _PROBLEMS.get(kind, _nothing)(value)
        if problem:
            raise _no(f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''")
    if len(set(values)) != len(values):
        raise _no(f"Duplicate Resource Record: '{next(value for value in values if values.count(value) > 1)}'")
    if kind == "CNAME" and len(values) > 1:
        raise _no("Invalid Resource Record: 'FATAL problem: MultipleCNAMEs (a CNAME has one value) encountered'")


def _refuse_neighbours(call: Call, name: str, kind: str, zone: str) -> None:
    for other in call.cloud.find(RECORD, zoneId=call.inputs.get("zoneId"), fqdn=name):
        if call.old is not None and other.id == call.old.id:
            continue
        if other.outputs.get("type") != kind and "CNAME" in {kind, other.outputs.get("type")}:
            raise _no(f"RRSet of type {kind} with DNS name {name}. is not permitted as it conflicts with other records with the same DNS name in zone {zone}.")


def _nothing(value: str) -> str:
    del value
    return ""


def _address(version: int, code: str) -> Callable[[str], str]:
    def problem(value: str) -> str:
        try:
            right = ipaddress.ip_address(value).version == version
        except ValueError:
            right = False
        return "" if right else f"{code} (Value is not a valid IPv{version} address)"

    return problem


def _text_problem(value: str) -> str:
    """The provider puts the outer quotes; `""` stands between two pieces."""
    pieces = value.split('""')
    return "CharacterStringTooLong (Value is too long)" if any(len(piece.replace('\\"', '"')) > PIECE for piece in pieces) else ""


def _fits(pattern: str, code: str) -> Callable[[str], str]:
    return lambda value: "" if re.match(pattern, value) else f"{code} (Value does not have the right form)"


_PROBLEMS: Mapping[str, Callable[[str], str]] = {
    "A": _address(4, "ARRDATAIllegalIPv4Address"),
    "AAAA": _address(6, "AAAARRDATAIllegalIPv6Address"),
    "CNAME": lambda value: "" if _HOST.match(value) else "DomainNameInvalid (Domain name is not valid)",
    "NS": lambda value: "" if _HOST.match(value) else "DomainNameInvalid (Domain name is not valid)",
    "CAA": _fits(r'^\d{1,3} (?:issue|issuewild|iodef) "[^"]*"$', "CAARRDATANotFormatted"),
    "MX": _fits(r"^\d{1,5} [\w.-]+$", "MXRRDATANotTwoFields"),
    "SRV": _fits(r"^\d{1,5} \d{1,5} \d{1,5} [\w.-]+$", "SRVRRDATANotFourFields"),
    "TXT": _text_problem,
    "SPF": _text_problem,
}


def _outputs(call: Call) -> Properties:
    return {"fqdn": _name(call), "name": _name(call)}


def _key(call: Call) -> tuple[object, ...]:
    return (text(call.inputs.get("zoneId")), _name(call), text(call.inputs.get("type")), text(call.inputs.get("setIdentifier")))


def _identify(call: Call) -> str:
    """What it was made with: a record that takes another type or set identifier, in one change with the old one's end, keeps its id for the engine."""
    wanted = "_".join(str(part) for part in _key(call) if part)
    held = call.cloud.get(RECORD, wanted)
    moved = held is not None and _key(replace(call, inputs=held.inputs)) != _key(call)
    return f"{wanted}_{fresh(call, 8)}" if moved else wanted


def _same(call: Call) -> bool:
    """With `allowOverwrite` a record that stands already is taken over."""
    return call.inputs.get("allowOverwrite") is True


def records_at(call: Call, name: str) -> Iterator[Record]:
    """Every record set of a full name, in any zone."""
    return call.cloud.find(RECORD, fqdn=domain(name))


KINDS = (
    Kind(
        token=RECORD,
        identify=_identify,
        unique=_key,
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"name", "zoneId"}),
        updates=frozenset({"allowOverwrite"}),
        taken="creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, https response error StatusCode: 400, "
        "InvalidChangeBatch: [Tried to create resource record set [name='{name}.', type='{type}'] but it already exists]",
        adopts=_same,
        references=(Reference(path="healthCheckId", types=(HEALTH,), by=("id",), message="NoSuchHealthCheck: A health check with id {value} does not exist."),),
        create=_refuse,
        update=_refuse,
    ),
)
"""Record sets."""
