"""Whether a name answers, as Cloud Monitoring's checkers see it from around the world."""

from __future__ import annotations

from pulumi import Output
from pulumi_gcp import monitoring

from .._core import dns
from ..edge_dns import EdgeDNS
from ..edge_record import HealthCheck
from .apis import enabled


def watch(edge: EdgeDNS, name: str, check: HealthCheck) -> Output[str]:
    """An uptime check over HTTPS each minute, from every region; a certificate that is not valid fails it."""
    uptime = monitoring.UptimeCheckConfig(
        edge.logical(f"health-{dns.word(check.name)}"),
        project=edge.site.project,
        display_name=f"{name}{check.path}",
        timeout="10s",
        period="60s",
        http_check=monitoring.UptimeCheckConfigHttpCheckArgs(path=check.path, port=443, use_ssl=True, validate_ssl=True, request_method="GET"),
        content_matchers=[monitoring.UptimeCheckConfigContentMatcherArgs(content=check.contains)] if check.contains else None,
        monitored_resource=monitoring.UptimeCheckConfigMonitoredResourceArgs(type="uptime_url", labels={"project_id": edge.site.project, "host": name}),
        user_labels=edge.labels(),
        opts=edge.child(depends_on=enabled(edge, "monitoring")),
    )
    return uptime.id
