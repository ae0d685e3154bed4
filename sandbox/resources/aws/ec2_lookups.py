"""EC2's data sources: networks, subnets, groups and tables looked up, endpoint services, and prefix lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...kind import Call, Function, Properties, Record, Refusal
from .account import zones
from .addresses import SUBNET, free
from .ec2_network import BLOCK, GROUP, TABLE, TABLE_ASSOCIATION, VPC
from .ec2_services import Service, prefix_lists, service, service_name
from .formats import ACCOUNT, arn, known, partition, region, text
from .policies import matches

_IN_ALL = ("region", "arn", "ownerId")
_FILTERS = {
    "cidr-block": "cidrBlock",
    "cidr": "cidrBlock",
    "group-name": "name",
    "isDefault": "default",
    "is-default": "default",
    "availability-zone": "availabilityZone",
}


def _camel(name: str) -> str:
    return re.sub(r"-([a-z0-9])", lambda found: found[1].upper(), name)


def _property(record: Record, name: str) -> str:
    """What a filter of EC2 is about."""
    tags = record.outputs.get("tags") or {}
    if name.startswith("tag:"):
        return text(tags.get(name.removeprefix("tag:")))
    own = {VPC: "vpc-id", SUBNET: "subnet-id", GROUP: "group-id", TABLE: "route-table-id"}[record.type]
    if name == own:
        return record.id
    value = record.outputs.get(_FILTERS.get(name, _camel(name)), False if name in {"isDefault", "is-default"} else "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits(call: Call, record: Record, **wanted: str) -> bool:
    """Whether the thing is in the region and is all that the arguments ask for."""
    if record.outputs.get("region", region(call)) != region(call):
        return False
    asked = {path: call.inputs[name] for name, path in wanted.items() if known(call.inputs.get(name)) and call.inputs[name] != ""}
    if any((record.id if path == "id" else record.outputs.get(path)) != value for path, value in asked.items()):
        return False
    tags = record.outputs.get("tags") or {}
    if any(tags.get(key) != value for key, value in (call.inputs.get("tags") or {}).items()):
        return False
    filters: Iterable[dict[str, Any]] = call.inputs.get("filters") or ()
    return all(any(matches(value, _property(record, one["name"])) for value in one["values"]) for one in filters)


def _only(found: Iterator[Record], noun: str) -> Record:
    every = list(found)
    if not every:
        raise Refusal(f"no matching {noun} found")
    if len(every) > 1:
        raise Refusal(f"multiple {noun}s matched; use additional constraints to reduce matches to a single {noun}")
    return every[0]


def _shown(record: Record, *names: str) -> Properties:
    return {"id": record.id, "tags": record.outputs.get("tags") or {}, **{name: record.outputs.get(name) for name in (*_IN_ALL, *names)}}


def _vpc(call: Call) -> Properties:
    every = () if call.inputs.get("default") else call.cloud.find(VPC)
    found = _only((one for one in every if _fits(call, one, id="id", cidrBlock="cidrBlock", dhcpOptionsId="dhcpOptionsId")), "EC2 VPC")
    names = ("cidrBlock", "dhcpOptionsId", "enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics", "instanceTenancy")
    blocks = [(f"vpc-cidr-assoc-{found.id[4:]}", text(found.outputs.get("cidrBlock")))]
    blocks += [(one.id, text(one.outputs.get("cidrBlock"))) for one in call.cloud.find(BLOCK, vpcId=found.id)]
    associations = [{"associationId": id_, "cidrBlock": block, "state": "associated"} for id_, block in blocks]
    shown = _shown(found, *names, "ipv6AssociationId", "ipv6CidrBlock", "mainRouteTableId")
    return {**shown, "cidrBlockAssociations": associations, "ipv6CidrBlockAssociations": [], "default": False, "state": "available"}


def _subnets(call: Call) -> Properties:
    found = sorted(one.id for one in call.cloud.find(SUBNET) if _fits(call, one))
    return {"id": region(call), "ids": found, "region": region(call), "tags": call.inputs.get("tags") or {}}


def _subnet(call: Call) -> Properties:
    wanted = {"id": "id", "vpcId": "vpcId", "cidrBlock": "cidrBlock", "availabilityZone": "availabilityZone", "availabilityZoneId": "availabilityZoneId"}
    found = _only((one for one in call.cloud.find(SUBNET) if _fits(call, one, **wanted)), "EC2 Subnet")
    names = [name for name in found.outputs if name not in {"tagsAll", "ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength"}]
    return {**_shown(found, *names), "availableIpAddressCount": free(call.cloud, found.id), "defaultForAz": False, "state": "available"}


def _group(call: Call) -> Properties:
    own = (one for one in call.cloud.find(GROUP) if _fits(call, one, id="id", name="name", vpcId="vpcId"))
    born = (one for one in map(_default_group, call.cloud.find(VPC)) if _fits(call, one, id="id", name="name", vpcId="vpcId"))
    return _shown(_only((one for every in (own, born) for one in every), "EC2 Security Group"), "name", "description", "vpcId")


def _default_group(vpc: Record) -> Record:
    """The group that a VPC was born with, as a record of its own."""
    id_, place = text(vpc.outputs.get("defaultSecurityGroupId")), text(vpc.outputs.get("region"))
    whole = f"arn:{partition(place)}:ec2:{place}:{ACCOUNT}:security-group/{id_}"
    outputs = {"name": "default", "description": "default VPC security group", "vpcId": vpc.id, "region": place, "arn": whole, "ownerId": ACCOUNT}
    return Record(type=GROUP, id=id_, urn="", inputs={}, outputs=outputs)


def _table(call: Call) -> Properties:
    associated = {text(one.outputs.get("routeTableId")) for one in call.cloud.find(TABLE_ASSOCIATION, subnetId=call.inputs.get("subnetId"))}
    asked = call.inputs.get("subnetId") is not None
    every = (one for one in call.cloud.find(TABLE) if (not asked or one.id in associated) and _fits(call, one, routeTableId="id", vpcId="vpcId"))
    found = _only(every, "EC2 Route Table")
    associations = [
        {"routeTableAssociationId": one.id, "routeTableId": found.id, "subnetId": text(one.outputs.get("subnetId")), "gatewayId": "", "main": False}
        for one in call.cloud.find(TABLE_ASSOCIATION, routeTableId=found.id)
    ]
    return {**_shown(found, "vpcId"), "routeTableId": found.id, "associations": associations, "routes": [], "gatewayId": "", "subnetId": ""}


def _endpoint_service(call: Call) -> Properties:
    place, kind = region(call), call.inputs.get("serviceType")
    name = text(call.inputs.get("serviceName")) or service_name(text(call.inputs.get("service")), place)
    noun = "EC2 VPC Endpoint Service"
    found = service(name, place)
    types = [one for one in (found.types if found is not None else ()) if kind in {None, "", one}]
    if found is None or not types:
        raise Refusal(f"no matching {noun} found")
    if len(types) > 1:
        raise Refusal(f"multiple {noun}s matched; use additional constraints to reduce matches to a single {noun}")
    return {**call.inputs, **_service_shown(call, found, types[0])}


def _service_shown(call: Call, found: Service, kind: str) -> Properties:
    place = region(call)
    id_ = f"vpce-svc-0{arn(call, 'ec2', found.name).encode().hex()[-16:]}"
    interface = kind == "Interface"
    return {
        "id": id_,
        "serviceId": id_,
        "serviceName": found.name,
        "serviceType": kind,
        "serviceRegion": place,
        "region": place,
        "arn": arn(call, "ec2", f"vpc-endpoint-service/{id_}"),
        "availabilityZones": zones(place),
        "baseEndpointDnsNames": [found.host],
        "privateDnsName": found.host if interface else "",
        "privateDnsNames": [found.host] if interface else [],
        "owner": "amazon",
        "acceptanceRequired": False,
        "managesVpcEndpoints": False,
        "supportedIpAddressTypes": ["ipv4"],
        "vpcEndpointPolicySupported": True,
        "tags": {},
    }


def _listed(call: Call) -> Properties:
    """The prefix list that the arguments name."""
    id_, name = call.inputs.get("prefixListId") or call.inputs.get("id"), call.inputs.get("name")
    wanted = {one["name"]: one["values"] for one in call.inputs.get("filters") or ()}
    for found in prefix_lists(region(call)):
        asked = (("prefix-list-id", "id", id_), ("prefix-list-name", "name", name))
        if all((value is None or found[key] == value) and found[key] in wanted.get(path, [found[key]]) for path, key, value in asked):
            return found
    raise Refusal("no matching EC2 Prefix List found" if call.type.endswith("getPrefixList") else "no matching EC2 Managed Prefix List found")


def _prefix_list(call: Call) -> Properties:
    return {**call.inputs, **_listed(call), "region": region(call)}


def _managed_list(call: Call) -> Properties:
    found, place = _listed(call), region(call)
    entries = [{"cidr": block, "description": ""} for block in found["cidrBlocks"]]
    whole = f"arn:{partition(place)}:ec2:{place}:aws:prefix-list/{found['id']}"
    more = {"addressFamily": "IPv4", "arn": whole, "entries": entries, "maxEntries": 0, "ownerId": "AWS", "version": 0, "tags": {}, "region": place}
    return {"id": found["id"], "name": found["name"], **more}


_ANSWERS: dict[str, Callable[[Call], Properties]] = {
    "getVpc": _vpc,
    "getSubnets": _subnets,
    "getSubnet": _subnet,
    "getSecurityGroup": _group,
    "getRouteTable": _table,
    "getVpcEndpointService": _endpoint_service,
    "getPrefixList": _prefix_list,
    "getManagedPrefixList": _managed_list,
}

FUNCTIONS = tuple(Function(token=f"aws:ec2/{name}:{name}", answer=answer) for name, answer in _ANSWERS.items())
"""What a program may look up."""
