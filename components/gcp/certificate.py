"""A TLS certificate of Google's Certificate Manager, which sees by DNS that a domain is ours."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import Output
from pulumi_gcp import certificatemanager

from .._core.dns import certified
from .._core.later import later
from ..edge_dns import Asked, Challenge, EdgeDNS
from .apis import enabled


def ask(edge: EdgeDNS, names: Sequence[str]) -> Asked:
    """An authorization for each domain, which a wildcard below it shares, and the certificate for all of them."""
    domains = certified(names)
    authorizations = {
        domain: certificatemanager.DnsAuthorization(
            edge.logical(f"{role}-authorization"),
            project=edge.site.project,
            name=edge.physical("dns_authorization", role),
            description=f"{edge.component_name} of {edge.site.application} ({edge.site.stack})",
            domain=domain,
            labels=edge.labels(),
            opts=edge.child(depends_on=enabled(edge, "certificatemanager")),
        )
        for domain, role in domains.items()
    }
    certificate = certificatemanager.Certificate(
        edge.logical("certificate"),
        project=edge.site.project,
        description=f"{edge.component_name} of {edge.site.application} ({edge.site.stack})",
        managed=certificatemanager.CertificateManagedArgs(
            domains=list(names), dns_authorizations=[authorization.id for authorization in authorizations.values()]
        ),
        labels=edge.labels(),
        opts=edge.child(),
    )
    return Asked(certificate.id, [_challenge(domains[domain], authorization) for domain, authorization in authorizations.items()])


def _challenge(role: str, authorization: certificatemanager.DnsAuthorization) -> Challenge:
    records = authorization.dns_resource_records
    return Challenge(
        role,
        later(records, lambda found: found[0].name or ""),
        later(records, lambda found: found[0].type or ""),
        later(records, lambda found: found[0].data or ""),
    )


def issued(edge: EdgeDNS, certificate: Output[str], shown: Sequence[pulumi.Resource]) -> Output[str]:
    """The certificate's id once its records stand; Google issues it some minutes after it has seen them."""
    del edge
    return Output.all(certificate, *[record.urn for record in shown]).apply(lambda all_: str(all_[0]))
