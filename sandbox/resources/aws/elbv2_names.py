"""Load balancers, listeners and target groups as they name one another; each type goes by two tokens."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Record, Refusal
from .acm import CERTIFICATE, issued
from .compute_checks import block, items
from .formats import refused, text

FAMILIES = ("lb", "alb")
"""The SDK has every type twice; both are the same thing of the cloud."""
_LONGEST_NAME = 32
_SERVER_CERTIFICATE = "aws:iam/serverCertificate:ServerCertificate"
_POLICIES = ("TLS-1-0-2015-04", "TLS-1-1-2017-01", "TLS-1-2-2017-01", "TLS-1-2-Ext-2018-06", "2016-08", "2015-05", "FS-2018-06")
_FORWARD_SECRECY = ("FS-1-1-2019-08", "FS-1-2-2019-08", "FS-1-2-Res-2019-08", "FS-1-2-Res-2020-10")
_TLS13 = ("1-0", "1-1", "1-2", "1-2-Res", "1-2-Ext1", "1-2-Ext2", "1-3")
SSL_POLICIES = frozenset(
    {f"ELBSecurityPolicy-{name}" for name in (*_POLICIES, *_FORWARD_SECRECY)}
    | {f"ELBSecurityPolicy-TLS13-{name}-2021-06" for name in _TLS13}
    | {f"ELBSecurityPolicy-TLS13-{name}-PQ-2025-09" for name in (*_TLS13, "1-2-FIPS", "1-2-Res-FIPS", "1-2-Ext1-FIPS", "1-2-Ext2-FIPS", "1-3-FIPS")}
    | {f"ELBSecurityPolicy-TLS13-{name}-FIPS-2023-04" for name in _TLS13}
)
"""Predefined security policies (Elastic Load Balancing, "SSL negotiation")."""


def tokens(name: str) -> tuple[str, ...]:
    """Both tokens of a type: `tokens("listener")`."""
    return tuple(f"aws:{family}/{name}:{name[0].upper()}{name[1:]}" for family in FAMILIES)


BALANCERS, GROUPS, LISTENERS, RULES, CERTIFICATES = (
    tokens(name) for name in ("loadBalancer", "targetGroup", "listener", "listenerRule", "listenerCertificate")
)


def every(call: Call, types: tuple[str, ...], **outputs: object) -> Iterator[Record]:
    """Everything of a type, by whichever token it was made."""
    for type_ in types:
        yield from call.cloud.find(type_, **outputs)


def named(call: Call, types: tuple[str, ...], arn_: object) -> Record | None:
    """The thing of this ARN."""
    return next((record for type_ in types if (record := call.cloud.get(type_, text(arn_))) is not None), None)


def target_group(call: Call, arn_: object) -> Record | None:
    """The target group of this ARN."""
    return named(call, GROUPS, arn_)


def targets(actions: object) -> list[str]:
    """The target groups that a list of actions forwards to."""
    found = []
    for action in items(actions):
        if text(block(action).get("targetGroupArn")):
            found.append(text(action["targetGroupArn"]))
        found += [text(block(one).get("arn")) for one in items(block(block(action).get("forward")).get("targetGroups"))]
    return list(dict.fromkeys(found))


def balancers_of(call: Call, group: str) -> set[str]:
    """The load balancers of which a listener or a rule forwards to the target group."""
    found = {text(one.inputs.get("loadBalancerArn")) for one in every(call, LISTENERS) if group in targets(one.inputs.get("defaultActions"))}
    for rule in every(call, RULES):
        listener = named(call, LISTENERS, rule.inputs.get("listenerArn")) if group in targets(rule.inputs.get("actions")) else None
        if listener is not None:
            found.add(text(listener.inputs.get("loadBalancerArn")))
    return found


def attached(call: Call, group: str) -> bool:
    """Whether something forwards to the target group."""
    return bool(balancers_of(call, group))


def check_name(call: Call, *, internal: bool) -> Iterator[Failure]:
    """What the provider's validators say of a name."""
    name = call.inputs.get("name")
    if not isinstance(name, str):
        return
    if len(name) > _LONGEST_NAME:
        yield Failure("name", f'"name" cannot be longer than {_LONGEST_NAME} characters: "{name}"')
    if not all(letter == "-" or (letter.isascii() and letter.isalnum()) for letter in name):
        yield Failure("name", f'only alphanumeric characters and hyphens allowed in "name": "{name}"')
    if name.startswith("-"):
        yield Failure("name", f'"name" cannot begin with a hyphen: "{name}"')
    if name.endswith("-"):
        yield Failure("name", f'"name" cannot end with a hyphen: "{name}"')
    if internal and name.startswith("internal-"):
        yield Failure("name", f'"name" cannot begin with "internal-": "{name}"')


def elb(doing: str, operation: str, code: str, message: str) -> Refusal:
    """A refusal of Elastic Load Balancing; `ValidationError` is the one error that the SDK has no type for."""
    return refused(doing, f"Elastic Load Balancing v2: {operation}", code, message, typed=code != "ValidationError")


def refuse_certificate(call: Call, arn_: str, doing: str, operation: str) -> None:
    """A certificate that is not there, or not issued yet."""
    if ":iam:" in arn_:
        if not any(call.cloud.find(_SERVER_CERTIFICATE, arn=arn_)):
            raise elb(doing, operation, "CertificateNotFound", f"Certificate '{arn_}' not found")
        return
    if not any(call.cloud.find(CERTIFICATE, arn=arn_)):
        raise elb(doing, operation, "CertificateNotFound", f"Certificate '{arn_}' not found")
    if not issued(call, arn_):
        message = f"The certificate '{arn_}' must have a fully-qualified domain name, a supported signature, and a supported key size."
        raise elb(doing, operation, "UnsupportedCertificate", message)
