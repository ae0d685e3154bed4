"""A TLS certificate of AWS Certificate Manager, which sees by DNS that a domain is ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi
from pulumi import Output
from pulumi_aws import acm

from .._core.dns import certified
from .._core.later import later
from ..edge_dns import Asked, Challenge, EdgeDNS


def ask(edge: EdgeDNS, names: Sequence[str]) -> Asked:
    """The certificate in the site's region; a domain and the wildcard below it are shown by one record."""
    first, *others = names
    certificate = acm.Certificate(
        edge.logical("certificate"),
        domain_name=first,
        subject_alternative_names=others or None,
        validation_method="DNS",
        key_algorithm="RSA_2048",
        tags=edge.labels(),
        opts=edge.child(),
    )
    return Asked(certificate.arn, [_challenge(role, domain, certificate) for domain, role in certified(names).items()])


def _challenge(role: str, domain: str, certificate: acm.Certificate) -> Challenge:
    def part(read: Callable[[Any], str | None]) -> Output[str]:
        return later(
            certificate.domain_validation_options,
            lambda options: next((read(option) or "" for option in options if (option.domain_name or "").removeprefix("*.") == domain), ""),
        )

    return Challenge(
        role,
        part(lambda option: option.resource_record_name),
        part(lambda option: option.resource_record_type),
        part(lambda option: option.resource_record_value),
    )


def issued(edge: EdgeDNS, certificate: Output[str], shown: Sequence[pulumi.Resource]) -> Output[str]:
    """The certificate's ARN once it is valid: `pulumi up` waits for it, usually some minutes."""
    validation = acm.CertificateValidation(edge.logical("certificate-valid"), certificate_arn=certificate, opts=edge.child(depends_on=shown))
    return validation.certificate_arn
