"""Load balancers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Record, Refusal
from . import arguments, vpc_places
from .addresses import Interface, free
from .compute_checks import block, items, one_of
from .elbv2_names import BALANCERS, check_name, elb, every
from .elbv2_zones import ZONES
from .formats import arn, check_tags, fresh, kept, placed, region, text
from .validators import exactly_one

_LEAST_ZONES = 2
_FREE = 8
"""Addresses that a subnet must have left (Elastic Load Balancing, "Subnets for your load balancer")."""
_RANGES = {
    "idleTimeout": ("idle_timeout.timeout_seconds", 1, 4000),
    "clientKeepAlive": ("client_keep_alive.seconds", 60, 604800),
}
"""Seconds (Application Load Balancers, "Load balancer attributes")."""
_LOGS = ("accessLogs", "connectionLogs", "healthCheckLogs")
_BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_WORDS = {"application": "app", "network": "net", "gateway": "gwy"}


def _defaults(call: Call) -> Properties:
    logs: Properties = {name: {"enabled": False} for name in _LOGS if isinstance(call.inputs.get(name), dict)}
    return {
        "clientKeepAlive": 3600,
        "desyncMitigationMode": "defensive",
        "dnsRecordClientRoutingPolicy": "any_availability_zone",
        "dropInvalidHeaderFields": False,
        "enableCrossZoneLoadBalancing": False,
        "enableDeletionProtection": False,
        "enableHttp2": True,
        "enableTlsVersionAndCipherSuiteHeaders": False,
        "enableWafFailOpen": False,
        "enableXffClientPort": False,
        "enableZonalShift": False,
        "idleTimeout": 60,
        "loadBalancerType": "application",
        "preserveHostHeader": False,
        "xffHeaderProcessingMode": "append",
        **logs,
    }


_ARGUMENTS = {"subnetMappings.*.privateIpv4Address": arguments.an_ip(4), "subnetMappings.*.ipv6Address": arguments.an_ip(6)}


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from check_name(call, internal=True)
    yield from arguments.check(call, _ARGUMENTS)
    yield from exactly_one(call, "subnetMappings", "subnets")
    yield from one_of("ipAddressType", call.inputs.get("ipAddressType"), ("ipv4", "dualstack", "dualstack-without-public-ipv4"))


def subnets(inputs: Properties) -> list[str]:
    """The subnets, by whichever argument they are given."""
    return [text(one) for one in items(inputs.get("subnets"))] or [text(block(one).get("subnetId")) for one in items(inputs.get("subnetMappings"))]


def _kind(call: Call) -> str:
    return text(call.inputs.get("loadBalancerType")) or "application"


def _refusal(call: Call, code: str, message: str) -> Refusal:
    if call.old is None:
        return elb(f"creating ELBv2 {_kind(call)} Load Balancer ({call.inputs['name']})", "CreateLoadBalancer", code, message)
    return elb(f"modifying ELBv2 Load Balancer ({call.old.id})", "SetSubnets" if code == "InvalidSubnet" else "ModifyLoadBalancerAttributes", code, message)


def _refuse(call: Call) -> None:
    if call.old is None and any(every(call, BALANCERS, name=call.inputs["name"], region=region(call))):
        message = f"ELBv2 Load Balancer ({call.inputs['name']}) already exists"
        raise Refusal(message)
    for code, message in (*_places(call), *_groups(call), *_attributes(call)):
        raise _refusal(call, code, message)


def _places(call: Call) -> Iterator[tuple[str, str]]:
    given = subnets(call.inputs)
    for id_ in vpc_places.missing(call, vpc_places.SUBNET, given):
        yield "SubnetNotFound", f"The subnet ID '{id_}' does not exist"
    networks, zones = vpc_places.networks(call, vpc_places.SUBNET, given), vpc_places.zones(call, given)
    if len(networks) > 1:
        yield "InvalidConfigurationRequest", f"All subnets must belong to the same VPC: '{networks[0]}'"
    if len(set(zones)) < len(zones):
        yield "InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
    if _kind(call) == "application" and len(zones) < _LEAST_ZONES:
        yield "ValidationError", "At least two subnets in two different Availability Zones must be specified"
    if call.inputs.get("internal") is not True and networks and not vpc_places.has_internet_gateway(call, networks[0]):
        yield "InvalidSubnet", f"VPC {networks[0]} has no internet gateway"
    before = subnets(call.old.inputs) if call.old is not None else []
    for id_ in given:
        if id_ not in before and free(call.cloud, id_) < _FREE:
            yield "InvalidSubnet", f"Not enough IP space available in {id_}. ELB requires at least {_FREE} free IP addresses in each subnet."


def _groups(call: Call) -> Iterator[tuple[str, str]]:
    given = items(call.inputs.get("securityGroups"))
    if vpc_places.missing(call, vpc_places.GROUP, given):
        yield "InvalidConfigurationRequest", "One or more security groups are invalid"
    networks = set(vpc_places.networks(call, vpc_places.SUBNET, subnets(call.inputs)))
    for id_ in given:
        if not set(vpc_places.networks(call, vpc_places.GROUP, [id_])) <= networks:
            yield "InvalidConfigurationRequest", f"One or more security groups are invalid: {id_} is not in the load balancer's VPC"
    if given and _kind(call) == "gateway":
        yield "InvalidConfigurationRequest", "Security groups are not supported for load balancers with type 'gateway'"


def _attributes(call: Call) -> Iterator[tuple[str, str]]:
    for name, (key, low, high) in _RANGES.items():
        value = call.inputs.get(name)
        if _kind(call) == "application" and isinstance(value, int) and not low <= value <= high:
            yield "ValidationError", f"'{key}' must be between {low} and {high} inclusive, got '{value}'"
    for name in _LOGS:
        logs = block(call.inputs.get(name))
        if logs.get("enabled") is True and not _writable(call, text(logs.get("bucket"))):
            yield "InvalidConfigurationRequest", f"Access Denied for bucket: {logs.get('bucket')}. Please check S3bucket permission"


def _writable(call: Call, bucket: str) -> bool:
    """Whether the bucket is there and has a policy, without which the load balancer cannot write to it."""
    there = any(record.id == bucket or record.outputs.get("bucket") == bucket for type_ in _BUCKETS for record in call.cloud.find(type_))
    return there and any(call.cloud.find(_BUCKET_POLICY, bucket=bucket))


def _delete(call: Call) -> None:
    if call.inputs.get("enableDeletionProtection") is True:
        message = f"Load balancer '{call.id}' cannot be deleted because deletion protection is enabled"
        raise elb(f"deleting ELBv2 Load Balancer ({call.id})", "DeleteLoadBalancer", "OperationNotPermitted", message)


def _identify(call: Call) -> str:
    return arn(call, "elasticloadbalancing", f"loadbalancer/{_WORDS[_kind(call)]}/{call.inputs['name']}/{fresh(call, 16)}")


def _host(call: Call) -> str:
    digits, place, name = call.id.rpartition("/")[2], region(call), text(call.inputs.get("name"))
    domain = "amazonaws.com.cn" if place.startswith("cn-") else "amazonaws.com"
    if _kind(call) != "application":
        return f"{name}-{digits}.elb.{place}.{domain}"
    number = int(hashlib.sha256(digits.encode()).hexdigest()[:8], 16) % 2_000_000_000
    return f"{'internal-' if call.inputs.get('internal') is True else ''}{name}-{number}.{place}.elb.{domain}"


def _outputs(call: Call) -> Properties:
    inputs, given = call.inputs, subnets(call.inputs)
    networks = vpc_places.networks(call, vpc_places.SUBNET, given)
    mappings = items(inputs.get("subnetMappings")) or [{"subnetId": subnet} for subnet in given]
    return {
        **placed(call),
        "arn": call.id,
        "arnSuffix": call.id.partition("loadbalancer/")[2],
        "dnsName": kept(call, "dnsName", lambda: _host(call)),
        "zoneId": ZONES.get(region(call), ("", ""))[0 if _kind(call) == "application" else 1],
        "vpcId": networks[0] if networks else "",
        "internal": inputs.get("internal") is True,
        "ipAddressType": inputs.get("ipAddressType") or "ipv4",
        "subnets": given,
        "subnetMappings": mappings,
        "securityGroups": items(inputs.get("securityGroups")) or _default_group(call, networks),
    }


def _default_group(call: Call, networks: list[str]) -> list[str]:
    """An application load balancer without groups gets the VPC's default group."""
    if _kind(call) != "application" or not networks:
        return []
    network = call.cloud.get(vpc_places.VPC, networks[0])
    default = text(network.outputs.get("defaultSecurityGroupId")) if network is not None else ""
    return [default] if default else []


def _interfaces(record: Record) -> list[Interface]:
    groups = tuple(text(group) for group in items(record.outputs.get("securityGroups")))
    public = record.outputs.get("internal") is not True
    return [Interface(subnet=subnet, groups=groups, owner=record.id, public=public) for subnet in subnets(record.outputs)]


INTERFACES = dict.fromkeys(BALANCERS, _interfaces)


def _replaces_on(old: Properties, new: Properties) -> frozenset[str]:
    """Zones are added in place; what there is keeps its addresses, and a network balancer its zones and whether it has security groups."""
    network, paths = new.get("loadBalancerType") == "network", set()
    before, after = items(old.get("subnetMappings")), items(new.get("subnetMappings"))
    stays = [one for one in before if one in after]
    moved = len(stays) < min(len(before), len(after)) or (network and len(stays) < len(before))
    if before and after and moved:
        paths.add("subnetMappings")
    if network and len(set(subnets(new))) <= len(set(subnets(old))) and set(subnets(new)) != set(subnets(old)):
        paths.add("subnets")
    if network and bool(items(old.get("securityGroups"))) != bool(items(new.get("securityGroups"))):
        paths.add("securityGroups")
    return frozenset(paths)


KINDS = tuple(
    Kind(
        token=token,
        identify=_identify,
        outputs=_outputs,
        defaults=_defaults,
        check=_check,
        replaces=frozenset({"name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"}),
        replaces_on=_replaces_on,
        name_limit=32,
        lower_name=False,
        create=_refuse,
        update=_refuse,
        delete=_delete,
    )
    for token in BALANCERS
)
"""The load balancer, by both of its tokens."""
