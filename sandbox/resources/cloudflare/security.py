"""Cloudflare's rulesets, origin pulls with a client certificate, and certificates for origins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ...kind import Call, Failure, Kind, Properties
from ..certificates import authority
from .api import digest, fresh, is_domain, refusal, text, zone_id

RULESET = "cloudflare:index/ruleset:Ruleset"
PULLS = "cloudflare:index/authenticatedOriginPulls:AuthenticatedOriginPulls"
PULLS_SETTINGS = "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings"
PULLS_CERTIFICATE = "cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate"
ORIGIN = "cloudflare:index/originCaCertificate:OriginCaCertificate"
_VALIDITY = (7, 30, 90, 365, 730, 1095, 5475)
_CERTIFICATE = re.compile(r"^\s*-----BEGIN CERTIFICATE-----.+-----END CERTIFICATE-----\s*$", re.DOTALL)
_REQUEST = re.compile(r"^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----.+-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$", re.DOTALL)
_ACTIONS = frozenset(
    {
        "block",
        "challenge",
        "compress_response",
        "ddos_dynamic",
        "execute",
        "force_connection_close",
        "js_challenge",
        "log",
        "log_custom_field",
        "managed_challenge",
        "redirect",
        "rewrite",
        "route",
        "score",
        "serve_error",
        "set_cache_control",
        "set_cache_settings",
        "set_cache_tags",
        "set_config",
        "skip",
    }
)
_RATE = "http_ratelimit"
_PERIODS = (10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1200, 1800, 2400, 3600, 65535, 86400)


def _scope(call: Call) -> str:
    zone, account = text(call.inputs.get("zoneId")), text(call.inputs.get("accountId"))
    return f"zones/{zone}" if zone else f"accounts/{account}"


def _check_ruleset(call: Call) -> Iterator[Failure]:
    zone, account = call.inputs.get("zoneId"), call.inputs.get("accountId")
    if (zone is None) == (account is None):
        yield Failure("zoneId", "Exactly one of these attributes must be configured: [account_id,zone_id]")
    if call.inputs.get("kind") == "zone" and account is not None:
        yield Failure("kind", "a ruleset of kind zone belongs to a zone, not to an account")


def _refuse_ruleset(call: Call) -> None:
    method, path = ("POST", f"{_scope(call)}/rulesets") if call.old is None else ("PUT", f"{_scope(call)}/rulesets/{call.old.id}")
    if call.inputs.get("zoneId"):
        zone_id(call)
    if call.old is None and call.inputs.get("kind") == "zone":
        phase = call.inputs.get("phase")
        if any(call.cloud.find(RULESET, zoneId=call.inputs.get("zoneId"), phase=phase, kind="zone")):
            raise refusal(method, path, 20217, f"exceeded maximum number of zone rulesets for phase {phase}: 1")
    refs: list[str] = []
    for index, rule in enumerate(call.inputs.get("rules") or []):
        why = _rule(rule, text(call.inputs.get("phase")))
        if why is not None:
            raise refusal(method, path, 20127, f"rule {index + 1}: {why}")
        if rule.get("ref") and rule["ref"] in refs:
            raise refusal(method, path, 20034, f"rule {index + 1}: duplicate rule reference '{rule['ref']}'")
        refs.append(text(rule.get("ref")))


def _rule(rule: Properties, phase: str) -> str | None:
    expression, action = text(rule.get("expression")), rule.get("action")
    if not expression.strip() or expression.count("(") != expression.count(")") or expression.count('"') % 2:
        return f"filter parsing error: {expression or 'empty expression'}"
    if action not in _ACTIONS:
        return f"unknown action '{action}'"
    rate = rule.get("ratelimit")
    if phase == _RATE and not isinstance(rate, dict):
        return "a rule of phase http_ratelimit needs ratelimit"
    if isinstance(rate, dict) and rate.get("period") not in _PERIODS:
        return f"ratelimit period must be one of {', '.join(map(str, _PERIODS))}, got {rate.get('period')}"
    if action == "skip" and not rule.get("actionParameters"):
        return "action 'skip' needs action parameters"
    return None


def _ruleset_outputs(call: Call) -> Properties:
    before = int(call.old.outputs.get("version") or 0) if call.old is not None else 0
    rules = [{"enabled": True, "ref": digest(call.urn, index)[:32], "id": digest(call.urn, "rule", index)[:32], **rule} for index, rule in _rules(call)]
    return {"version": str(before + 1), "lastUpdated": call.cloud.now(), "rules": rules, "description": call.inputs.get("description") or ""}


def _rules(call: Call) -> Iterator[tuple[int, Properties]]:
    said: list[Any] = call.inputs.get("rules") or []
    yield from enumerate(said)


def _last(id_: str, _config: Mapping[str, str]) -> str:
    return id_.rsplit("/", 1)[-1]


def _refuse_zone(call: Call) -> None:
    zone_id(call)


def _pulled(call: Call) -> Properties:
    configs: list[Any] = call.inputs.get("configs") or [{}]
    return configs[0] if isinstance(configs[0], dict) else {}


def _refuse_pulls(call: Call) -> None:
    zone = zone_id(call)
    for config in call.inputs.get("configs") or []:
        if not is_domain(text(config.get("hostname"))):
            raise refusal("PUT", f"zones/{zone}/origin_tls_client_auth/hostnames", 1411, f"Invalid hostname: {config.get('hostname')}")


def _pulls_outputs(call: Call) -> Properties:
    first = _pulled(call)
    return {"hostname": text(first.get("hostname")), "enabled": first.get("enabled") is True, "certId": text(first.get("certId")), "status": "active"}


def _check_certificate(call: Call) -> Iterator[Failure]:
    certificate = call.inputs.get("certificate")
    if isinstance(certificate, str) and not _CERTIFICATE.match(certificate):
        yield Failure("certificate", "must be a PEM encoded certificate")


def _certificate_outputs(call: Call) -> Properties:
    now = call.cloud.now()
    mark = digest(call.urn, call.inputs.get("certificate"))
    return {
        "certificateId": mark[:32],
        "enabled": True,
        "expiresOn": _later(now, 365),
        "issuer": "CN=origin-pull",
        "serialNumber": str(int(mark[:20], 16)),
        "signature": "SHA256WithRSA",
        "status": "pending_deployment",
        "uploadedOn": now,
    }


def _later(moment: str, days: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_origin(call: Call) -> Iterator[Failure]:
    validity = call.inputs.get("requestedValidity")
    if isinstance(validity, int | float) and validity not in _VALIDITY:
        yield Failure("requestedValidity", f"value must be one of: {', '.join(map(str, _VALIDITY))}, got: {validity:g}")


def _refuse_origin(call: Call) -> None:
    csr = call.inputs.get("csr")
    if csr is not None and not _REQUEST.match(text(csr)):
        raise refusal("POST", "certificates", 1010, "Failed to parse the certificate signing request: it must be PEM encoded")
    for name in call.inputs.get("hostnames") or []:
        bare = text(name).removeprefix("*.")
        if "*" in bare or not is_domain(bare):
            raise refusal("POST", "certificates", 1100, f"Failed to write certificate to Database: {name} is not a hostname or a wildcard of one level")


def _origin_outputs(call: Call) -> Properties:
    days = int(call.inputs.get("requestedValidity") or _VALIDITY[-1])
    now = call.old.outputs["expiresOn"] if call.old is not None else call.cloud.now()
    pem = authority(call.urn, "CloudFlare Origin Certificate", "CloudFlare, Inc.", call.cloud.now(), years=max(1, days // 365)).pem
    return {"certificate": pem, "expiresOn": now if call.old is not None else _later(now, days), "requestedValidity": days}


def _number(call: Call) -> str:
    return str(int(fresh(call) + digest(call.urn)[:8], 16))


KINDS = (
    Kind(
        token=RULESET,
        identify=fresh,
        outputs=_ruleset_outputs,
        check=_check_ruleset,
        replaces=frozenset({"accountId", "kind", "phase", "zoneId"}),
        create=_refuse_ruleset,
        update=_refuse_ruleset,
        volatile=frozenset({"lastUpdated", "version"}),
        import_id=_last,
    ),
    Kind(
        token=PULLS,
        identify=lambda call: f"{text(call.inputs.get('zoneId'))}/{text(_pulled(call).get('hostname'))}",
        outputs=_pulls_outputs,
        replaces=frozenset({"zoneId"}),
        adopts=lambda _call: True,
        create=_refuse_pulls,
        update=_refuse_pulls,
    ),
    Kind(
        token=PULLS_SETTINGS,
        identify=zone_id,
        replaces=frozenset({"zoneId"}),
        adopts=lambda _call: True,
        create=_refuse_zone,
    ),
    Kind(
        token=PULLS_CERTIFICATE,
        identify=fresh,
        outputs=_certificate_outputs,
        check=_check_certificate,
        replaces=frozenset({"certificate", "privateKey", "zoneId"}),
        create=_refuse_zone,
        import_id=_last,
    ),
    Kind(
        token=ORIGIN,
        identify=_number,
        outputs=_origin_outputs,
        check=_check_origin,
        replaces=frozenset({"csr", "hostnames", "requestType", "requestedValidity"}),
        create=_refuse_origin,
    ),
)
"""Rulesets, origin pulls, origin certificates."""
