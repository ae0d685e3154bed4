"""Listeners, and the certificates that they have beside their own."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties
from . import elbv2_actions
from .compute_checks import between, is_arn, items, one_of
from .elbv2_names import BALANCERS, CERTIFICATES, LISTENERS, RULES, SSL_POLICIES, elb, every, named, refuse_certificate
from .formats import arn, check_tags, fresh, placed, text

_PROTOCOLS = {"application": ("HTTP", "HTTPS"), "network": ("TCP_UDP", "TCP", "UDP", "TLS", "QUIC", "TCP_QUIC"), "gateway": ()}
_ENCRYPTED = ("HTTPS", "TLS")
_IDLE_SECONDS = (60, 6000)
_OLDEST_POLICY = "ELBSecurityPolicy-2016-08"
"""What a listener gets that names no security policy."""


def _check(call: Call) -> Iterator[Failure]:
    inputs = call.inputs
    yield from check_tags(call)
    yield from between("port", inputs.get("port"), 1, 65535)
    yield from one_of("protocol", text(inputs.get("protocol")).upper() or None, ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"))
    for name in ("loadBalancerArn", "certificateArn"):
        yield from is_arn(name, inputs.get(name))
    low, high = _IDLE_SECONDS
    yield from between("tcpIdleTimeoutSeconds", inputs.get("tcpIdleTimeoutSeconds"), low, high)
    yield from elbv2_actions.check("defaultActions", inputs.get("defaultActions"))


def _doing(call: Call) -> tuple[str, str]:
    if call.old is None:
        return f"creating ELBv2 Listener ({call.inputs.get('loadBalancerArn')})", "CreateListener"
    return f"modifying ELBv2 Listener ({call.old.id})", "ModifyListener"


def _refuse(call: Call) -> None:
    inputs, (doing, operation) = call.inputs, _doing(call)
    balancer = named(call, BALANCERS, inputs.get("loadBalancerArn"))
    if balancer is None:
        raise elb(doing, operation, "LoadBalancerNotFound", f"Load balancer '{inputs.get('loadBalancerArn')}' not found")
    kind, protocol = text(balancer.outputs.get("loadBalancerType")), _protocol(inputs)
    allowed = _PROTOCOLS.get(kind, ())
    if allowed and protocol not in allowed:
        raise elb(doing, operation, "ValidationError", f"Listener protocol '{protocol}' must be one of '{', '.join(sorted(allowed, reverse=True))}'")
    if allowed and inputs.get("port") is None:
        raise elb(doing, operation, "ValidationError", "A port must be specified")
    _refuse_port(call, balancer.id, doing, operation)
    _refuse_encryption(call, protocol, doing, operation)
    elbv2_actions.refuse(call, inputs.get("defaultActions"), balancer, {**inputs, "protocol": protocol}, doing, operation)


def _refuse_port(call: Call, balancer: str, doing: str, operation: str) -> None:
    for other in every(call, LISTENERS, loadBalancerArn=balancer, port=call.inputs.get("port")):
        if call.old is None or other.id != call.old.id:
            raise elb(doing, operation, "DuplicateListener", f"A listener already exists on this port for this load balancer '{balancer}'")


def _refuse_encryption(call: Call, protocol: str, doing: str, operation: str) -> None:
    certificate, policy = text(call.inputs.get("certificateArn")), text(call.inputs.get("sslPolicy"))
    if protocol in _ENCRYPTED and not certificate:
        raise elb(doing, operation, "ValidationError", f"A certificate must be specified for {protocol} listeners")
    if protocol not in _ENCRYPTED and certificate:
        raise elb(doing, operation, "ValidationError", f"A certificate cannot be specified for {protocol} listeners")
    if protocol not in _ENCRYPTED and policy:
        raise elb(doing, operation, "ValidationError", f"An SSL policy cannot be specified for {protocol} listeners")
    if policy and policy not in SSL_POLICIES:
        raise elb(doing, operation, "SSLPolicyNotFound", f"SSL policy '{policy}' not found")
    if certificate:
        refuse_certificate(call, certificate, doing, operation)


def _protocol(inputs: Properties) -> str:
    """The protocol; a listener of an application load balancer that names none is one of HTTP on 80 and of HTTPS on 443."""
    return text(inputs.get("protocol")).upper() or ("HTTPS" if inputs.get("certificateArn") else "HTTP")


def _identify(call: Call) -> str:
    balancer = text(call.inputs.get("loadBalancerArn"))
    return arn(call, "elasticloadbalancing", f"listener/{balancer.partition('loadbalancer/')[2]}/{fresh(call, 16)}")


def _outputs(call: Call) -> Properties:
    inputs, protocol = call.inputs, _protocol(call.inputs)
    actions = [{"order": number, **one} for number, one in enumerate(items(inputs.get("defaultActions")), 1)]
    policy = inputs.get("sslPolicy") or (_OLDEST_POLICY if protocol in _ENCRYPTED else "")
    return {**placed(call), "arn": call.id, "protocol": protocol, "sslPolicy": policy, "defaultActions": actions}


def _check_certificate(call: Call) -> Iterator[Failure]:
    for name in ("listenerArn", "certificateArn"):
        yield from is_arn(name, call.inputs.get(name))


def _add_certificate(call: Call) -> None:
    listener, certificate = text(call.inputs.get("listenerArn")), text(call.inputs.get("certificateArn"))
    doing, operation = f"creating ELBv2 Listener Certificate ({listener}_{certificate})", "AddListenerCertificates"
    found = named(call, LISTENERS, listener)
    if found is None:
        raise elb(doing, operation, "ListenerNotFound", f"Listener '{listener}' not found")
    if found.outputs.get("protocol") not in _ENCRYPTED:
        raise elb(doing, operation, "ValidationError", "Certificates can only be added to HTTPS and TLS listeners")
    refuse_certificate(call, certificate, doing, operation)


KINDS = (
    *(
        Kind(
            token=token,
            identify=_identify,
            outputs=_outputs,
            check=_check,
            replaces=frozenset({"loadBalancerArn"}),
            create=_refuse,
            update=_refuse,
            carries=lambda call: every(call, RULES, listenerArn=call.id),
        )
        for token in LISTENERS
    ),
    *(
        Kind(
            token=token,
            identify=lambda call: f"{call.inputs['listenerArn']}_{call.inputs['certificateArn']}",
            outputs=lambda call: {"region": placed(call)["region"]},
            check=_check_certificate,
            replaces=frozenset({"listenerArn", "certificateArn"}),
            adopts=lambda _call: True,
            create=_add_certificate,
        )
        for token in CERTIFICATES
    ),
)
"""The listener and the listener's certificate, by both of their tokens."""
