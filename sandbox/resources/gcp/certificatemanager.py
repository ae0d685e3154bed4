"""Google Certificate Manager and uptime checks: what proves a domain, the certificates for it, and who asks whether it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Refusal
from .formats import check_labels, known
from .lifecycle import reference
from .names import digest, imported, labelled, project, text

AUTHORIZATION = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization"
CERTIFICATE = "gcp:certificatemanager/certificate:Certificate"
UPTIME = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
_AUTHORIZATION_ID = "projects/{project}/locations/{location}/dnsAuthorizations/{name}"
_CERTIFICATE_ID = "projects/{project}/locations/{location}/certificates/{name}"
_API = "certificatemanager.googleapis.com"
_DOMAIN = re.compile(r"^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
_NAME = re.compile(r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$")
MOST_DOMAINS = 100
"""Domains of a managed certificate (Certificate Manager, quotas)."""
_PERIODS = ("60s", "300s", "600s", "900s")


def _global(call: Call) -> str:
    return text(call.inputs.get("location")) or "global"


def _invalid(message: str) -> Refusal:
    return Refusal(f"googleapi: Error 400: {message}")


def _authorize(call: Call) -> None:
    check_labels(call)
    domain = text(call.inputs.get("domain"))
    if not _DOMAIN.match(domain):
        wildcard = "; a wildcard is covered by the authorization of the domain above it" if domain.startswith("*.") else ""
        raise _invalid(f'Error creating DnsAuthorization: invalid domain "{domain}"{wildcard}')


def _authorization_outputs(call: Call) -> Properties:
    domain = text(call.inputs.get("domain"))
    mark = f"-{digest(project(call), domain)[:16]}" if call.inputs.get("type") == "PER_PROJECT_RECORD" else ""
    value = f"{digest('authorization', project(call), domain)[:36]}.{int(digest(domain)[:4], 16) % 20}.authorize.certificatemanager.goog."
    record = {"name": f"_acme-challenge{mark}.{domain}.", "type": "CNAME", "data": value}
    return {
        **labelled(call),
        "project": project(call),
        "location": _global(call),
        "type": call.inputs.get("type") or "FIXED_RECORD",
        "dnsResourceRecords": [record],
    }


def _check_certificate(call: Call) -> Iterator[Failure]:
    given = [path for path in ("managed", "selfManaged") if call.inputs.get(path) is not None]
    if len(given) != 1:
        yield Failure("managed", '"managed": only one of `managed,self_managed` can be specified')
    name = call.inputs.get("name")
    if isinstance(name, str) and not _NAME.match(name):
        yield Failure("name", f'"name" ("{name}") doesn\'t match regexp "{_NAME.pattern}"')


def _certify(call: Call) -> None:
    check_labels(call)
    managed = call.inputs.get("managed")
    if not isinstance(managed, dict):
        return
    domains = [text(domain) for domain in managed.get("domains") or ()]
    if not 1 <= len(domains) <= MOST_DOMAINS:
        raise _invalid(f"Error creating Certificate: a managed certificate has 1 to {MOST_DOMAINS} domains, got {len(domains)}")
    authorizations = managed.get("dnsAuthorizations") or []
    held = {text(record.outputs.get("domain")) for record in call.cloud.find(AUTHORIZATION) if record.id in authorizations}
    for domain in domains:
        if not _DOMAIN.match(domain.removeprefix("*.")):
            raise _invalid(f'Error creating Certificate: invalid domain "{domain}"')
        if (authorizations or domain.startswith("*.")) and domain.removeprefix("*.") not in held:
            raise _invalid(f'Error creating Certificate: domain "{domain}" is not covered by a DNS authorization')


def _certificate_outputs(call: Call) -> Properties:
    managed = call.inputs.get("managed")
    domains = list(managed.get("domains") or ()) if isinstance(managed, dict) else []
    state = {"managed": {**managed, "state": "PROVISIONING"}} if isinstance(managed, dict) else {}
    return {
        **labelled(call),
        **state,
        "project": project(call),
        "location": _global(call),
        "scope": call.inputs.get("scope") or "DEFAULT",
        "sanDnsnames": domains,
    }


def _check_uptime(call: Call) -> Iterator[Failure]:
    period = call.inputs.get("period")
    if known(period) and period not in _PERIODS:
        yield Failure("period", f"expected period to be one of {list(_PERIODS)}, got {period}")
    timeout = call.inputs.get("timeout")
    if isinstance(timeout, str) and not re.fullmatch(r"(?:[1-9]|[1-5]\d|60)s", timeout):
        yield Failure("timeout", f'"timeout" ({timeout}) must be between 1s and 60s')
    if sum(call.inputs.get(path) is not None for path in ("httpCheck", "tcpCheck", "syntheticMonitor")) != 1:
        yield Failure("httpCheck", '"http_check": one of `http_check,synthetic_monitor,tcp_check` must be specified')


def _watch(call: Call) -> None:
    resource = call.inputs.get("monitoredResource")
    labels = resource.get("labels") if isinstance(resource, dict) else None
    if isinstance(resource, dict) and resource.get("type") == "uptime_url" and not (isinstance(labels, dict) and labels.get("host")):
        message = 'Error creating UptimeCheckConfig: googleapi: Error 400: Field uptime_check_config.monitored_resource requires the label "host".'
        raise Refusal(message)


KINDS = (
    Kind(
        token=AUTHORIZATION,
        identify=lambda call: f"projects/{project(call)}/locations/{_global(call)}/dnsAuthorizations/{call.inputs['name']}",
        outputs=_authorization_outputs,
        defaults=lambda _call: {"location": "global"},
        replaces=frozenset({"domain", "location", "name", "project", "type"}),
        api=_API,
        create=_authorize,
        import_id=imported(_AUTHORIZATION_ID),
    ),
    Kind(
        token=CERTIFICATE,
        identify=lambda call: f"projects/{project(call)}/locations/{_global(call)}/certificates/{call.inputs['name']}",
        outputs=_certificate_outputs,
        defaults=lambda _call: {"location": "global", "scope": "DEFAULT"},
        check=_check_certificate,
        replaces=frozenset(
            {"location", "managed", "managed.dnsAuthorizations", "managed.domains", "managed.issuanceConfig", "name", "project", "scope"},
        ),
        references=(reference("managed.dnsAuthorizations.*", AUTHORIZATION, by=("id",)),),
        api=_API,
        create=_certify,
        import_id=imported(_CERTIFICATE_ID),
    ),
    Kind(
        token=UPTIME,
        identify=lambda call: f"projects/{project(call)}/uptimeCheckConfigs/{digest(call.urn, call.cloud.sequence(call.urn))[:12]}",
        outputs=lambda call: {
            "project": project(call),
            "name": call.id,
            "uptimeCheckId": call.id.rpartition("/")[2],
            "checkerType": call.inputs.get("checkerType") or "STATIC_IP_CHECKERS",
        },
        defaults=lambda _call: {"period": "300s"},
        check=_check_uptime,
        replaces=frozenset(
            {
                "checkerType",
                "httpCheck.authInfo.passwordWoVersion",
                "httpCheck.requestMethod",
                "monitoredResource",
                "monitoredResource.labels",
                "monitoredResource.type",
                "project",
                "resourceGroup",
                "resourceGroup.groupId",
                "resourceGroup.resourceType",
                "syntheticMonitor",
                "syntheticMonitor.cloudFunctionV2",
                "syntheticMonitor.cloudFunctionV2.name",
            }
        ),
        api="monitoring.googleapis.com",
        create=_watch,
    ),
)
"""Certificates and uptime checks."""
