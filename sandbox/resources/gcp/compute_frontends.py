"""What stands before Google's load balancers: URL maps, proxies, forwarding rules, certificates, TLS policies."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Failure, Properties, Reference, Refusal
from .compute_address import ADDRESS, public_address
from .compute_backends import BACKEND, BUCKET
from .compute_global import global_kind
from .compute_network import SUBNETWORK
from .compute_subnetwork import GLOBAL_ADDRESS
from .formats import between, check_labels, conflicts, exactly_one, known, named
from .lifecycle import NOT_FOUND, elsewhere, network_reference, reference
from .names import kept, labelled, number, text, values_at

URL_MAP = "gcp:compute/uRLMap:URLMap"
HTTPS = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
HTTP = "gcp:compute/targetHttpProxy:TargetHttpProxy"
RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
CERTIFICATE = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
TLS = "gcp:compute/sSLPolicy:SSLPolicy"

_CERTIFICATES = (CERTIFICATE, "gcp:compute/sSLCertificate:SSLCertificate", "gcp:compute/mangedSslCertificate:MangedSslCertificate")
_TARGETS = (
    HTTPS,
    HTTP,
    "gcp:compute/targetTCPProxy:TargetTCPProxy",
    "gcp:compute/targetSSLProxy:TargetSSLProxy",
    "gcp:compute/targetGrpcProxy:TargetGrpcProxy",
    "gcp:compute/serviceAttachment:ServiceAttachment",
)
_GOOGLE_APIS = frozenset({"all-apis", "vpc-sc"})
"""Targets of a private endpoint to Google's own APIs."""
_DOMAINS = 100
"""Domains on one managed certificate (Google Cloud, "SSL certificates quotas")."""
_FEATURES = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
_PROXY = frozenset({"description", "httpKeepAliveTimeoutSec", "proxyBind"})


def _check_map(call: Call) -> Iterator[Failure]:
    yield from named(call)
    route = call.inputs.get("defaultRouteAction")
    weighted = isinstance(route, dict) and bool(route.get("weightedBackendServices"))
    if not weighted:
        yield from exactly_one(call, {"defaultService": "default_service", "defaultUrlRedirect": "default_url_redirect"})


def _refuse_map(call: Call) -> None:
    matchers = set(values_at(call.inputs, "pathMatchers.*.name"))
    for matcher in values_at(call.inputs, "hostRules.*.pathMatcher"):
        if matcher not in matchers:
            message = f"googleapi: Error 400: Invalid value for field 'resource.hostRules[0].pathMatcher': '{matcher}'. Path matcher does not exist., invalid"
            raise Refusal("Error creating UrlMap: " + message)


def _check_https(call: Call) -> Iterator[Failure]:
    yield from named(call)
    yield from conflicts(call, "certificateManagerCertificates", "sslCertificates")
    yield from between("httpKeepAliveTimeoutSec", call.inputs.get("httpKeepAliveTimeoutSec"), 5, 1200)


def _refuse_https(call: Call) -> None:
    if not any(call.inputs.get(name) for name in ("sslCertificates", "certificateManagerCertificates", "certificateMap")):
        message = "Error creating TargetHttpsProxy: googleapi: Error 400: Invalid value for field 'resource.sslCertificates': ''. "
        raise Refusal(message + "At least one SSL certificate or a certificate map must be specified., invalid")


def _held_address(call: Call) -> str | None:
    wanted = call.inputs.get("ipAddress")
    for type_ in (GLOBAL_ADDRESS, ADDRESS):
        for record in call.cloud.find(type_):
            if wanted in {record.id, record.outputs.get("selfLink"), record.outputs.get("name"), record.outputs.get("address")}:
                return text(record.outputs.get("address"))
    return text(wanted) or None


def _rule_outputs(call: Call) -> Properties:
    ports = text(call.inputs.get("portRange"))
    return {
        **labelled(call),
        "ipAddress": _held_address(call) or kept(call, "ipAddress", lambda: public_address(call, RULE)),
        "ipProtocol": call.inputs.get("ipProtocol") or "TCP",
        "networkTier": call.inputs.get("networkTier") or "PREMIUM",
        "portRange": ports if "-" in ports or not ports else f"{ports}-{ports}",
        "baseForwardingRule": "",
        "forwardingRuleId": int(number("forwardingRule", call.urn, digits=18)),
        "pscConnectionId": "",
        "pscConnectionStatus": "",
    }


def _refuse_rule(call: Call) -> None:
    check_labels(call)
    mine, ports = _held_address(call), text(call.inputs.get("portRange")).partition("-")[0]
    for other in call.cloud.find(RULE):
        another = call.old is None or call.old.id != other.id
        same = mine is not None and other.outputs.get("ipAddress") == mine and text(other.outputs.get("portRange")).partition("-")[0] == ports
        if another and same:
            message = f"Error creating GlobalForwardingRule: googleapi: Error 400: Invalid value for field 'resource.IPAddress': '{mine}'. "
            raise Refusal(message + "Specified IP address is in-use and would result in a conflict., invalid")


def _check_tls(call: Call) -> Iterator[Failure]:
    yield from named(call)
    custom, profile = call.inputs.get("customFeatures"), call.inputs.get("profile")
    failed = f"Error in SSL Policy {call.inputs.get('name')}: the profile is set to {profile}"
    if profile == "CUSTOM" and not custom:
        yield Failure("customFeatures", f"{failed} but no custom_features are set.")
    elif known(profile) and profile != "CUSTOM" and custom:
        yield Failure("customFeatures", f"{failed} but using custom_features requires the profile to be CUSTOM.")


def _check_certificate(call: Call) -> Iterator[Failure]:
    yield from named(call)
    managed = call.inputs.get("managed")
    domains = managed.get("domains") if isinstance(managed, dict) else None
    if isinstance(domains, list) and len(domains) > _DOMAINS:
        yield Failure("managed.domains", f"Too many list items: managed.0.domains supports at most {_DOMAINS} items, but config has {len(domains)} declared.")


def _certificate_outputs(call: Call) -> Properties:
    domains = (call.inputs.get("managed") or {}).get("domains") or []
    return {"certificateId": int(number("certificate", call.urn, digits=18)), "expireTime": "", "subjectAlternativeNames": domains}


def _proxy_outputs(call: Call) -> Properties:
    return {"proxyId": int(number("proxy", call.urn, digits=18)), "proxyBind": call.inputs.get("proxyBind") is True}


_MAPPED = (
    reference("defaultService", BACKEND, BUCKET),
    reference("pathMatchers.*.defaultService", BACKEND, BUCKET),
    reference("pathMatchers.*.pathRules.*.service", BACKEND, BUCKET),
    reference("pathMatchers.*.routeRules.*.service", BACKEND, BUCKET),
)

KINDS = (
    global_kind(
        URL_MAP,
        "urlMaps",
        "google_compute_url_map",
        "url_map",
        frozenset(),
        used_by={HTTPS: ("urlMap",), HTTP: ("urlMap",)},
        outputs=lambda call: {"mapId": int(number("urlMap", call.urn, digits=18))},
        check=_check_map,
        refuse=_refuse_map,
        references=_MAPPED,
    ),
    global_kind(
        HTTPS,
        "targetHttpsProxies",
        "google_compute_target_https_proxy",
        "target_https_proxy",
        _PROXY | {"tlsEarlyData"},
        used_by={RULE: ("target",)},
        outputs=_proxy_outputs,
        defaults={"quicOverride": "NONE"},
        check=_check_https,
        refuse=_refuse_https,
        references=(reference("urlMap", URL_MAP), reference("sslCertificates.*", *_CERTIFICATES), reference("sslPolicy", TLS)),
    ),
    global_kind(
        HTTP,
        "targetHttpProxies",
        "google_compute_target_http_proxy",
        "target_http_proxy",
        _PROXY,
        used_by={RULE: ("target",)},
        outputs=_proxy_outputs,
        references=(reference("urlMap", URL_MAP),),
    ),
    global_kind(
        RULE,
        "forwardingRules",
        "google_compute_global_forwarding_rule",
        "forwarding_rule",
        frozenset(
            {
                "allowPscGlobalAccess",
                "description",
                "ipAddress",
                "ipProtocol",
                "ipVersion",
                "metadataFilters",
                "metadataFilters.filterLabels",
                "metadataFilters.filterLabels.name",
                "metadataFilters.filterLabels.value",
                "metadataFilters.filterMatchCriteria",
                "network",
                "networkTier",
                "noAutomateDnsZone",
                "portRange",
                "serviceDirectoryRegistrations",
                "serviceDirectoryRegistrations.namespace",
                "serviceDirectoryRegistrations.serviceDirectoryRegion",
                "sourceIpRanges",
                "subnetwork",
            }
        ),
        outputs=_rule_outputs,
        defaults={"loadBalancingScheme": "EXTERNAL_MANAGED"},
        refuse=_refuse_rule,
        stamps=("labelFingerprint",),
        references=(
            Reference(path="target", types=_TARGETS, message=NOT_FOUND, foreign=lambda call, value: value in _GOOGLE_APIS or elsewhere(_TARGETS)(call, value)),
            network_reference(),
            reference("subnetwork", SUBNETWORK),
        ),
    ),
    global_kind(
        TLS,
        "sslPolicies",
        "google_compute_ssl_policy",
        "ssl_policy",
        frozenset({"description"}),
        used_by={HTTPS: ("sslPolicy",)},
        outputs=lambda call: {"enabledFeatures": call.inputs.get("customFeatures") or _FEATURES},
        defaults={"minTlsVersion": "TLS_1_0", "profile": "COMPATIBLE"},
        check=_check_tls,
    ),
    global_kind(
        CERTIFICATE,
        "sslCertificates",
        "google_compute_managed_ssl_certificate",
        "ssl_certificate",
        frozenset({"description", "managed", "managed.domains", "type"}),
        used_by={HTTPS: ("sslCertificates.*",)},
        outputs=_certificate_outputs,
        defaults={"type": "MANAGED"},
        check=_check_certificate,
        stamps=("creationTimestamp",),
    ),
)
"""From the URL map to the address that the world calls."""
