"""Whether a name answers, as Route 53's checkers see it from around the world."""

from __future__ import annotations

from pulumi import Output
from pulumi_aws import route53

from .._core import dns
from ..edge_dns import EdgeDNS
from ..edge_record import HealthCheck

FAILURES = 3
"""Failed checks in a row until a name counts as down: Route 53's own default."""
INTERVAL = 30
"""Seconds between a checker's requests: the standard one; 10 costs more."""


def watch(edge: EdgeDNS, name: str, check: HealthCheck) -> Output[str]:
    """A check over HTTPS with the name in the TLS handshake, every 30 seconds from each of Route 53's regions."""
    health = route53.HealthCheck(
        edge.logical(f"health-{dns.word(check.name)}"),
        type="HTTPS_STR_MATCH" if check.contains else "HTTPS",
        fqdn=name,
        port=443,
        resource_path=check.path,
        search_string=check.contains or None,
        request_interval=INTERVAL,
        failure_threshold=FAILURES,
        measure_latency=True,
        enable_sni=True,
        tags={**edge.labels(), "Name": f"{name}{check.path}"},
        opts=edge.child(),
    )
    return health.id
