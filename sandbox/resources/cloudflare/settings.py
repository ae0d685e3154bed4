"""Settings of a Cloudflare zone, one resource each, and DNSSEC."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from ...kind import Call, Failure, Kind, Properties, Refusal
from .api import ZONE, digest, is_id, refusal, text, zone_id

SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
DNSSEC = "cloudflare:index/zoneDnssec:ZoneDnssec"
_SWITCH = ("on", "off")
_SWITCHES = (
    "0rtt advanced_ddos always_online always_use_https automatic_https_rewrites brotli browser_check development_mode early_hints email_obfuscation "
    "hotlink_protection http2 http3 ip_geolocation ipv6 mirage opportunistic_encryption opportunistic_onion orange_to_orange origin_error_page_pass_thru "
    "prefetch_preload privacy_pass replace_insecure_js response_buffering rocket_loader server_side_exclude sort_query_string_for_cache tls_client_auth "
    "true_client_ip_header waf websockets webp"
)
_WORDS: Mapping[str, tuple[Any, ...]] = {
    **dict.fromkeys(_SWITCHES.split(), _SWITCH),
    "cache_level": ("aggressive", "basic", "simplified"),
    "cname_flattening": ("flatten_at_root", "flatten_all"),
    "h2_prioritization": ("on", "off", "custom"),
    "image_resizing": ("on", "off", "open"),
    "min_tls_version": ("1.0", "1.1", "1.2", "1.3"),
    "origin_max_http_version": ("1", "2"),
    "polish": ("off", "lossless", "lossy"),
    "pseudo_ipv4": ("off", "add_header", "overwrite_header"),
    "security_level": ("off", "essentially_off", "low", "medium", "high", "under_attack"),
    "ssl": ("off", "flexible", "full", "strict", "origin_pull"),
    "ssl_automatic_mode": ("auto", "custom"),
    "tls_1_3": ("on", "off", "zrt"),
    "transformations": ("on", "off", "open"),
}
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "browser_cache_ttl": (0, 31_536_000),
    "challenge_ttl": (300, 31_536_000),
    "edge_cache_ttl": (30, 31_536_000),
    "max_upload": (100, 500),
    "proxy_read_timeout": (1, 6000),
}
_OBJECTS = frozenset({"aegis", "automatic_platform_optimization", "minify", "mobile_redirect", "nel", "security_header"})
_FREE = frozenset({"ssl_recommender", "china_network_enabled", "content_converter"})
_PAID = frozenset({"advanced_ddos", "image_resizing", "mirage", "origin_error_page_pass_thru", "polish", "prefetch_preload"})
_PAID |= {"response_buffering", "sort_query_string_for_cache", "true_client_ip_header", "waf", "webp"}
"""Settings that the free plan shows and does not let anybody change."""
_HSTS = frozenset({"enabled", "max_age", "include_subdomains", "preload", "nosniff"})
_DNSSEC = ("active", "disabled")


def _no(call: Call, code: int, message: str) -> Refusal:
    return refusal("PATCH", f"zones/{text(call.inputs.get('zoneId'))}/settings/{text(call.inputs.get('settingId'))}", code, message)


def _refuse(call: Call) -> None:
    zone = zone_id(call)
    name, value = text(call.inputs.get("settingId")), call.inputs.get("value")
    if name not in _WORDS and name not in _NUMBERS and name not in _OBJECTS | _FREE | {"ciphers"}:
        raise _no(call, 1003, f"Undefined zone setting: {name}")
    if name in _PAID and call.cloud.get(ZONE, zone) is not None:
        raise _no(call, 1015, f"Not allowed to edit setting for {name}")
    if not _fits(name, value):
        raise _no(call, 1007, f"Invalid value for zone setting {name}")


def _fits(name: str, value: Any) -> bool:
    if name in _WORDS:
        return value in _WORDS[name]
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if name == "ciphers":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name == "security_header":
        return _is_hsts(value)
    return isinstance(value, dict) if name in _OBJECTS else True


def _is_hsts(value: Any) -> bool:
    inner = value.get("strict_transport_security") if isinstance(value, dict) else None
    if not isinstance(inner, dict) or set(value) != {"strict_transport_security"} or not set(inner) <= _HSTS:
        return False
    age = inner.get("max_age", 0)
    return isinstance(age, int) and age >= 0 and all(isinstance(inner.get(name, False), bool) for name in _HSTS - {"max_age"})


def _setting_outputs(call: Call) -> Properties:
    return {"editable": True, "modifiedOn": call.cloud.now(), "timeRemaining": 0}


def _setting_id(call: Call) -> str:
    return f"{text(call.inputs.get('zoneId'))}/{text(call.inputs.get('settingId'))}"


def _check_dnssec(call: Call) -> Iterator[Failure]:
    status = call.inputs.get("status")
    if isinstance(status, str) and status not in _DNSSEC:
        yield Failure("status", f"value must be one of: {', '.join(_DNSSEC)}, got: {status}")


def _dnssec_outputs(call: Call) -> Properties:
    zone = zone_id(call)
    record = call.cloud.get(ZONE, zone)
    key = bytes.fromhex(digest("dnssec", zone) + digest("dnssec y", zone))
    tag, hashed = int(digest("tag", zone)[:4], 16), digest("ds", zone).upper()
    name = text(record.outputs.get("name")) if record is not None else ""
    return {
        "status": call.inputs.get("status") or "disabled",
        "algorithm": "13",
        "digest": hashed,
        "digestAlgorithm": "SHA256",
        "digestType": "2",
        "ds": f"{name}. 3600 IN DS {tag} 13 2 {hashed}".lstrip(),
        "flags": 257,
        "keyTag": tag,
        "keyType": "ECDSAP256SHA256",
        "publicKey": base64.b64encode(key).decode(),
        "modifiedOn": call.cloud.now(),
    }


def _checked_zone(call: Call) -> None:
    zone_id(call)


def _as_zone(id_: str, _config: Mapping[str, str]) -> str:
    return id_ if is_id(id_) else id_.rsplit("/", 1)[-1]


KINDS = (
    Kind(
        token=SETTING,
        identify=_setting_id,
        outputs=_setting_outputs,
        replaces=frozenset({"settingId", "zoneId"}),
        adopts=lambda _call: True,
        create=_refuse,
        update=_refuse,
        volatile=frozenset({"modifiedOn"}),
    ),
    Kind(
        token=DNSSEC,
        identify=zone_id,
        outputs=_dnssec_outputs,
        check=_check_dnssec,
        replaces=frozenset({"zoneId"}),
        adopts=lambda _call: True,
        create=_checked_zone,
        volatile=frozenset({"modifiedOn"}),
        import_id=_as_zone,
    ),
)
"""Settings and DNSSEC."""
