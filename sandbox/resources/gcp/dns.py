"""Google Cloud DNS: zones with their name servers, record sets within their zone, server policies of networks."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Function, Kind, Properties, Record, Refusal
from .formats import check_labels, exactly_one, known
from .lifecycle import deletes, deletion, network_reference, reference
from .names import digest, global_path, identity, imported, kept, labelled, number, project, stands, text, values_at

ZONE = "gcp:dns/managedZone:ManagedZone"
RECORDS = "gcp:dns/recordSet:RecordSet"
POLICY = "gcp:dns/policy:Policy"
ZONE_LOOKUP = "gcp:dns/getManagedZone:getManagedZone"
_ZONE_ID = "projects/{project}/managedZones/{name}"
_POLICY_ID = "projects/{project}/policies/{name}"
_RECORD_ID = "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}"
_NAME = re.compile(r"^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$")
_LABEL = re.compile(r"^(?:\*|[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)$")
_TYPES = frozenset(
    ["A", "AAAA", "ALIAS", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"]
)
_LONGEST = 254
"""Characters of a domain name, the last dot included (RFC 1035)."""
_TTL = 2147483647
_NO_ZONE = "googleapi: Error 404: The 'parameters.managedZone' resource named '{value}' does not exist., notFound"


def _domain(name: str) -> bool:
    return name.endswith(".") and len(name) <= _LONGEST and all(_LABEL.match(label) for label in name[:-1].split("."))


def _create_zone(call: Call) -> None:
    check_labels(call)
    inputs = call.inputs
    failed = "Error creating ManagedZone: googleapi: Error 400: "
    if not _NAME.match(text(inputs.get("name"))):
        raise Refusal(f"{failed}Invalid value for 'entity.managedZone.name': '{inputs.get('name')}', invalid")
    if not _domain(text(inputs.get("dnsName"))):
        raise Refusal(f"{failed}Invalid value for 'entity.managedZone.dnsName': '{inputs.get('dnsName')}', invalid")
    private = inputs.get("visibility") == "private"
    if not private and inputs.get("privateVisibilityConfig") is not None:
        raise Refusal(f"{failed}Private visibility config must not be specified for public zones., badRequest")
    if private and (inputs.get("dnssecConfig") or {}).get("state", "off") != "off":
        raise Refusal(f"{failed}DNSSEC is not supported on private managed zones., badRequest")
    if private and inputs.get("cloudLoggingConfig") is not None:
        raise Refusal(f"{failed}Cloud logging config must not be specified for private zones; use a server policy., badRequest")


def _zone_outputs(call: Call) -> Properties:
    path = identity(_ZONE_ID)(call)
    letter = "abcde"[int(digest(path)[:6], 16) % 5]
    private = call.inputs.get("visibility") == "private"
    servers = ["ns-gcp-private.googledomains.com."] if private else [f"ns-cloud-{letter}{index}.googledomains.com." for index in range(1, 5)]
    return {
        **labelled(call),
        "project": project(call),
        "creationTime": kept(call, "creationTime", call.cloud.now),
        "managedZoneId": number("zone", path),
        "nameServers": servers,
    }


def _zone_defaults(_call: Call) -> Properties:
    return {"description": "Managed by Pulumi", "visibility": "public", "forceDestroy": False}


def _records(call: Call) -> Iterator[Record]:
    """The record sets of a zone: they go with it where it is forced."""
    zone = stands(call)
    return call.cloud.find(RECORDS, managedZone=zone.outputs.get("name"), project=zone.outputs.get("project"))


def _delete_zone(call: Call) -> None:
    zone = stands(call)
    if zone.inputs.get("forceDestroy") is True:
        return
    if next(_records(call), None) is not None:
        message = (
            f"Error when reading or editing ManagedZone: googleapi: Error 400: The resource named '{zone.outputs.get('name')}' cannot be deleted "
            "because it contains one or more 'resource records'., containerNotEmpty"
        )
        raise Refusal(message)


def _check_record(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    name = inputs.get("name")
    if known(name) and not str(name).endswith("."):
        yield Failure(
            "name", f'"name" ("{name}") doesn\'t end with ".", name field must end with trailing dot, for example test.example.com. (note the trailing dot)'
        )
    yield from exactly_one(call, {"rrdatas": "rrdatas", "routingPolicy": "routing_policy"})
    policy = inputs.get("routingPolicy")
    if isinstance(policy, dict):
        ways = [way for way in ("wrrs", "geos", "primaryBackup") if policy.get(way) is not None]
        if len(ways) != 1:
            yield Failure("routingPolicy", '"routing_policy": exactly one of `wrr,geo,primary_backup` must be specified')


def _bad_data(type_: str, data: str) -> bool:
    """Whether the data cannot be of a record of this type."""
    if type_ in {"A", "AAAA"}:
        try:
            return ipaddress.ip_address(data).version != (4 if type_ == "A" else 6)
        except ValueError:
            return True
    if type_ in {"CNAME", "NS", "PTR"}:
        return not _domain(data)
    if type_ == "MX":
        return not re.match(r"^\d{1,5} \S*\.$", data)
    if type_ == "CAA":
        return not re.match(r'^\d{1,3} (?:issue|issuewild|iodef) "[^"]*"$', data)
    return False


def _refuse_record(call: Call) -> None:
    inputs = call.inputs
    name, type_ = text(inputs.get("name")), text(inputs.get("type"))
    entity = f"entity.change.additions[{name}][{type_}]"
    failed = "Error creating DNS RecordSet: googleapi: Error 400: "
    if type_ not in _TYPES:
        raise Refusal(f"{failed}Invalid value for '{entity}.type': '{type_}', invalid")
    if not 0 <= inputs.get("ttl", 0) <= _TTL:
        raise Refusal(f"{failed}Invalid value for '{entity}.ttl': '{inputs['ttl']}', invalid")
    for zone in call.cloud.find(ZONE, name=inputs.get("managedZone")):
        apex = text(zone.outputs.get("dnsName"))
        if not _domain(name) or (name != apex and not name.endswith("." + apex)):
            raise Refusal(f"{failed}Invalid value for '{entity}.name': '{name}', invalid")
        if type_ == "CNAME" and name == apex:
            raise Refusal(f"{failed}The resource record set '{entity}' is invalid because a zone's apex cannot have a CNAME record., cnameAtZoneApex")
    for data in inputs.get("rrdatas") or ():
        if _bad_data(type_, text(data)):
            raise Refusal(f"{failed}Invalid value for '{entity}.rrdata': '{data}', invalid")
    if type_ in {"CNAME", "PTR"} and len(inputs.get("rrdatas") or ()) > 1:
        raise Refusal(f"{failed}The resource record set '{entity}' may hold only one record., invalid")
    _refuse_alias(call, name, type_, failed + f"The resource record set '{entity}' is invalid because ")


def _refuse_alias(call: Call, name: str, type_: str, failed: str) -> None:
    for other in call.cloud.find(RECORDS, name=name, managedZone=call.inputs.get("managedZone"), project=project(call)):
        if (call.old is None or other.id != call.old.id) and "CNAME" in {type_, other.outputs.get("type")}:
            held = f"has a resource record set of the type '{other.outputs.get('type')}'"
            rule = "A DNS name may have either one CNAME resource record set or resource record sets of other types, but not both."
            raise Refusal(f"{failed}the DNS name '{name}' {held}. {rule}, cnameResourceRecordSetConflict")


def _refuse_policy(call: Call) -> None:
    inputs = call.inputs
    if not _NAME.match(text(inputs.get("name"))):
        message = f"Error creating Policy: googleapi: Error 400: Invalid value for 'entity.policy.name': '{inputs.get('name')}', invalid"
        raise Refusal(message)
    mine = {global_path(call, "networks", value) for value in values_at(inputs, "networks.*.networkUrl")}
    for other in call.cloud.find(POLICY):
        if call.old is not None and other.id == call.old.id:
            continue
        for value in values_at(other.outputs, "networks.*.networkUrl"):
            if global_path(call, "networks", value) in mine:
                message = (
                    f"Error creating Policy: googleapi: Error 400: Network '{value}' cannot be bound to policy '{inputs['name']}' "
                    f"because it is already bound to policy '{other.outputs['name']}'., networkAlreadyBound"
                )
                raise Refusal(message)


def _zone_answer(call: Call) -> Properties:
    name = call.inputs.get("name")
    zone = call.cloud.get(ZONE, f"projects/{project(call)}/managedZones/{name}")
    if zone is None:
        message = f'Error when reading or editing dnsManagedZone "{project(call)}/{name}": googleapi: Error 404: The parameters were not found, notFound'
        raise Refusal(message)
    wanted = ("description", "dnsName", "managedZoneId", "name", "nameServers", "project", "visibility")
    return {"id": zone.id, **{key: zone.outputs.get(key) for key in wanted}}


KINDS = (
    Kind(
        token=ZONE,
        identify=identity(_ZONE_ID),
        outputs=_zone_outputs,
        defaults=_zone_defaults,
        replaces=frozenset({"dnsName", "name", "project", "reverseLookup", "serviceDirectoryConfig", "visibility"}),
        taken="Error creating ManagedZone: googleapi: Error 409: The resource 'entity.managedZone' named '{name}' already exists, alreadyExists",
        references=(
            network_reference("privateVisibilityConfig.networks.*.networkUrl", holds=False),
            network_reference("peeringConfig.targetNetwork.networkUrl", holds=False),
        ),
        api="dns.googleapis.com",
        create=_create_zone,
        update=check_labels,
        delete=deletion("google_dns_managed_zone", _delete_zone),
        deleted=deletes,
        carries=_records,
        import_id=imported(_ZONE_ID),
    ),
    Kind(
        token=RECORDS,
        identify=identity(_RECORD_ID),
        outputs=lambda call: {"project": project(call)},
        check=_check_record,
        replaces=frozenset({"managedZone", "name", "project", "routingPolicy.healthCheck"}),
        taken="Error creating DNS RecordSet: googleapi: Error 409: "
        "The resource 'entity.change.additions[{name}][{type}]' named '{name} ({type})' already exists, alreadyExists",
        references=(reference("managedZone", ZONE, by=("name",), message=_NO_ZONE, holds=False),),
        api="dns.googleapis.com",
        create=_refuse_record,
        update=_refuse_record,
        delete=deletion("google_dns_record_set"),
        deleted=deletes,
        import_id=imported(_RECORD_ID),
    ),
    Kind(
        token=POLICY,
        identify=identity(_POLICY_ID),
        outputs=lambda call: {"project": project(call)},
        defaults=lambda _call: {"description": "Managed by Pulumi"},
        replaces=frozenset({"dns64Config", "dns64Config.scope", "dns64Config.scope.allQueries", "name", "project"}),
        taken="Error creating Policy: googleapi: Error 409: The resource 'entity.policy' named '{name}' already exists, alreadyExists",
        references=(network_reference("networks.*.networkUrl", holds=False),),
        api="dns.googleapis.com",
        create=_refuse_policy,
        update=_refuse_policy,
        delete=deletion("google_dns_policy"),
        deleted=deletes,
        import_id=imported(_POLICY_ID),
    ),
)
"""Zones, record sets, server policies."""

FUNCTIONS = (Function(token=ZONE_LOOKUP, answer=_zone_answer),)
"""A zone looked up by name."""
