"""Google VPC firewall rules and network firewall policies, global and regional."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from typing import Any

from ...kind import UNKNOWN, Call, Failure, Kind, Properties, Refusal
from .formats import between, cidr, conflicts, exactly_one, known, named, network_of, snake
from .lifecycle import busy, deletes, deletion, network_reference, reference
from .names import digest, global_path, identity, imported, kept, number, project, region, relative, self_link, stands

FIREWALL = "gcp:compute/firewall:Firewall"
_FIREWALL_ID = "projects/{project}/global/firewalls/{name}"
_PROTOCOL = re.compile(r"^(?:tcp|udp|icmp|esp|ah|sctp|ipip|all|\d{1,3})$", re.IGNORECASE)
_WITH_PORTS = frozenset({"tcp", "udp", "sctp", "6", "17", "132"})
_PORTS = re.compile(r"^(\d{1,5})(?:-(\d{1,5}))?$")
_OWN_TUPLES = 4
"""What the rules count for that Google puts at the end of every policy."""
_LAST_PORT = 65535
_SOURCES = ("sourceRanges", "sourceTags", "sourceServiceAccounts")


def bad_protocol(rule: dict[str, Any], ports: str) -> str | None:
    """Why a protocol with its ports is none, in the API's words."""
    protocol = rule.get("protocol", rule.get("ipProtocol"))
    if not known(protocol):
        return None
    if not _PROTOCOL.match(str(protocol)):
        return f"'{protocol}'. Must be a well known protocol string (tcp, udp, icmp, esp, ah, sctp, ipip, all) or an IP protocol number."
    said = rule.get(ports)
    if said and said is not UNKNOWN and str(protocol).lower() not in _WITH_PORTS:
        return f"'{protocol}'. Ports may only be specified on rules whose protocol is one of [TCP, UDP, SCTP]."
    for port in said if isinstance(said, list) else ():
        fits = _PORTS.match(str(port)) if known(port) else None
        if known(port) and (fits is None or int(fits[1]) > int(fits[2] or _LAST_PORT) or int(fits[2] or fits[1]) > _LAST_PORT):
            return f"'{port}'. Must be an integer or range of ports between 0 and 65535."
    return None


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from named(call)
    yield from exactly_one(call, {"allows": "allow", "denies": "deny"})
    yield from between("priority", inputs.get("priority"), 0, 65535)
    yield from conflicts(call, "sourceTags", "sourceServiceAccounts", "targetServiceAccounts")
    yield from conflicts(call, "targetTags", "sourceServiceAccounts", "targetServiceAccounts")
    if inputs.get("direction") == "EGRESS":
        for source in _SOURCES:
            if inputs.get(source):
                yield Failure(source, f'"{snake(source)}": source fields cannot be specified for an EGRESS firewall')
    elif all(not inputs.get(source) and inputs.get(source) is not UNKNOWN for source in _SOURCES):
        yield Failure("sourceRanges", "one of source_tags, source_ranges, or source_service_accounts must be defined")
    for path in ("sourceRanges", "destinationRanges"):
        blocks = inputs.get(path)
        for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
            if known(block) and "/" in str(block):
                yield from cidr(f"{path}[{index}]", block)


def _refuse_rules(call: Call) -> None:
    verb = "creating" if call.old is None else "updating"
    for name, field in (("allows", "allowed"), ("denies", "denied")):
        for index, rule in enumerate(call.inputs.get(name) or ()):
            why = bad_protocol(rule, "ports")
            if why is not None:
                message = f"Error {verb} Firewall: googleapi: Error 400: Invalid value for field 'resource.{field}[{index}]': {why}, invalid"
                raise Refusal(message)
    for name in ("sourceRanges", "destinationRanges"):
        for index, value in enumerate(call.inputs.get(name) or ()):
            block = network_of(value)
            if "/" in str(value) and str(block) != value and isinstance(block, IPv4Network):
                message = (
                    f"Error {verb} Firewall: googleapi: Error 400: Invalid value for field 'resource.{name}[{index}]': '{value}'. "
                    "Must be a valid IPV4 or IPV6 address range., invalid"
                )
                raise Refusal(message)


def _outputs(call: Call) -> Properties:
    inputs = call.inputs
    outputs: Properties = {
        "project": project(call),
        "network": self_link(global_path(call, "networks", inputs.get("network"))),
        "direction": inputs.get("direction") or "INGRESS",
        "priority": inputs.get("priority", 1000),
        "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
        "selfLink": self_link(identity(_FIREWALL_ID)(call)),
        "enableLogging": inputs.get("logConfig") is not None,
    }
    if outputs["direction"] == "EGRESS":
        outputs["destinationRanges"] = inputs.get("destinationRanges") or ["0.0.0.0/0"]
    return outputs


def _policy(scope: str, token: str, place: dict[str, Callable[[Call], str]], template: str, resource: str) -> Kind:
    associations = token.replace("FirewallPolicy", "FirewallPolicyAssociation")

    def outputs(call: Call) -> Properties:
        path = identity(template)(call)
        return {
            **{name: where(call) for name, where in place.items()},
            "policyType": call.inputs.get("policyType") or "VPC_POLICY",
            "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
            "fingerprint": digest(path, call.inputs.get("description"))[:12],
            ("regionNetworkFirewallPolicyId" if scope else "networkFirewallPolicyId"): number("firewallPolicy", path),
            "ruleTupleCount": _OWN_TUPLES,
            "selfLink": self_link(path),
            "selfLinkWithId": self_link(path.rpartition("/")[0] + "/" + number("firewallPolicy", path)),
        }

    def delete(call: Call) -> None:
        for association in call.cloud.find(associations):
            if relative(association.outputs.get("firewallPolicy")) in {stands(call).id, stands(call).outputs.get("name")}:
                raise busy(call, "firewall_policy", relative(association.outputs.get("attachmentTarget")))

    return Kind(
        token=token,
        identify=identity(template),
        outputs=outputs,
        check=named,
        replaces=frozenset({"name", "policyType", "project", *place}),
        taken=f"Error creating {scope}NetworkFirewallPolicy: googleapi: Error 409: The resource '{{id}}' already exists, alreadyExists",
        api="compute.googleapis.com",
        delete=deletion(resource, delete),
        deleted=deletes,
        volatile=frozenset({"fingerprint"}),
        import_id=imported(template),
    )


def _check_rule(call: Call) -> Iterator[Failure]:
    yield from between("priority", call.inputs.get("priority"), 0, 2147483647)
    match = call.inputs.get("match")
    for path in ("srcIpRanges", "destIpRanges"):
        blocks = match.get(path) if isinstance(match, dict) else None
        for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
            if known(block) and "/" in str(block):
                yield from cidr(f"match.{path}[{index}]", block)
    if call.inputs.get("targetSecureTags") and call.inputs.get("targetServiceAccounts"):
        yield Failure("targetSecureTags", '"target_secure_tags": conflicts with target_service_accounts')


def _refuse_rule(call: Call) -> None:
    configs = (call.inputs.get("match") or {}).get("layer4Configs") or ()
    for index, config in enumerate(configs):
        why = bad_protocol(config, "ports")
        if why is not None:
            field = f"rule.match.layer4Configs[{index}]"
            raise Refusal(f"Error creating NetworkFirewallPolicyRule: googleapi: Error 400: Invalid value for field '{field}': {why}, invalid")


def _rule(scope: str, token: str, place: dict[str, Callable[[Call], str]], template: str, resource: str) -> Kind:
    def outputs(call: Call) -> Properties:
        return {
            **{name: where(call) for name, where in place.items()},
            "creationTimestamp": kept(call, "creationTimestamp", call.cloud.now),
            "kind": "compute#firewallPolicyRule",
            "ruleTupleCount": len((call.inputs.get("match") or {}).get("layer4Configs") or ()) or 1,
        }

    return Kind(
        token=token,
        identify=identity(template),
        outputs=outputs,
        check=_check_rule,
        replaces=frozenset({"firewallPolicy", "priority", "project", *place}),
        taken=f"Error creating {scope}NetworkFirewallPolicyRule: googleapi: Error 400: Invalid value for field 'rule.priority': '{{priority}}'. "
        "Rule priorities must be unique within a firewall policy., invalid",
        references=(reference("firewallPolicy", token.replace("PolicyRule", "Policy"), holds=False),),
        api="compute.googleapis.com",
        create=_refuse_rule,
        update=_refuse_rule,
        delete=deletion(resource),
        deleted=deletes,
        import_id=imported(template),
    )


def _association(scope: str, token: str, place: dict[str, Callable[[Call], str]], template: str, resource: str) -> Kind:
    def unique(call: Call) -> tuple[object, ...]:
        return (*(where(call) for where in place.values()), global_path(call, "networks", call.inputs.get("attachmentTarget")))

    def outputs(call: Call) -> Properties:
        return {**{name: where(call) for name, where in place.items()}, "shortName": call.inputs.get("name")}

    return Kind(
        token=token,
        identify=identity(template),
        outputs=outputs,
        check=named,
        replaces=frozenset({"attachmentTarget", "firewallPolicy", "name", "project", *place, *(("priority",) if scope else ())}),
        unique=unique,
        taken=f"Error creating {scope}NetworkFirewallPolicyAssociation: googleapi: Error 400: Invalid value for field 'resource.attachmentTarget': "
        "'{attachmentTarget}'. The network is already associated with a firewall policy., invalid",
        references=(
            reference("firewallPolicy", token.replace("PolicyAssociation", "Policy"), holds=False),
            network_reference("attachmentTarget"),
        ),
        api="compute.googleapis.com",
        delete=deletion(resource),
        deleted=deletes,
        import_id=imported(template),
    )


def _policies() -> Iterator[Kind]:
    scopes: tuple[tuple[str, dict[str, Callable[[Call], str]], str], ...] = (
        ("", {"project": project}, "projects/{project}/global/firewallPolicies"),
        ("Region", {"project": project, "region": region}, "projects/{project}/regions/{region}/firewallPolicies"),
    )
    for scope, place, home in scopes:
        stem = f"{scope}NetworkFirewallPolicy"
        resource = f"google_compute_{'region_' if scope else ''}network_firewall_policy"
        for build, suffix, path in (
            (_policy, "", "{name}"),
            (_rule, "Rule", "{firewallPolicy}/rules/{priority}"),
            (_association, "Association", "{firewallPolicy}/associations/{name}"),
        ):
            token = f"gcp:compute/{stem[0].lower()}{stem[1:]}{suffix}:{stem}{suffix}"
            yield build(scope, token, place, f"{home}/{path}", resource + (f"_{suffix.lower()}" if suffix else ""))


KINDS = (
    Kind(
        token=FIREWALL,
        identify=identity(_FIREWALL_ID),
        outputs=_outputs,
        defaults=lambda _call: {"priority": 1000},
        check=_check,
        replaces=frozenset({"direction", "name", "params", "project"}),
        updates=frozenset({"params.resourceManagerTags"}),
        taken="Error creating Firewall: googleapi: Error 409: The resource '{id}' already exists, alreadyExists",
        references=(network_reference(),),
        api="compute.googleapis.com",
        create=_refuse_rules,
        update=_refuse_rules,
        delete=deletion("google_compute_firewall"),
        deleted=deletes,
        import_id=imported(_FIREWALL_ID),
    ),
    *_policies(),
)
"""Firewall rules, and policies with their rules and associations."""
