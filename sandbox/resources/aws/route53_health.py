"""Route 53: health checks, the keys that sign a zone's keys, and whether a zone is signed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

from ...kind import Call, Failure, Kind, Properties, Reference, Refusal
from . import arguments
from .formats import check_tags, fresh, kept, refused, text
from .route53_record import HEALTH
from .route53_zone import WORLD, ZONE
from .validators import between, length, one_of, said

SIGNING = "aws:route53/keySigningKey:KeySigningKey"
SIGNED = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
KEY = "aws:kms/key:Key"
CHECKS = ("CALCULATED", "CLOUDWATCH_METRIC", "HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "RECOVERY_CONTROL", "TCP")
ENDPOINTS = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
REGIONS = 3
"""Regions at least that a check is made from."""
MOST_KEYS = 2
"""Key-signing keys a zone."""
_NAME = re.compile(r"^[0-9A-Za-z_]{3,128}$")
_SIGNERS = "dnssec-route53.amazonaws.com"


_ARGUMENTS = {
    "ipAddress": arguments.an_ip(),
    "referenceName": arguments.long(0, 27),
    "routingControlArn": arguments.an_arn,
    "childHealthThreshold": arguments.at_most(256),
    "childHealthchecks": arguments.items(0, 256),
    "childHealthchecks.*": arguments.long(0, 64),
    "cloudwatchAlarmRegion": arguments.fitting(r"^[a-z]{2}(-[a-z]+)+-\d$", "must be one of the regions of AWS"),
}


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "type", CHECKS)
    yield from one_of(call, "requestInterval", (10, 30))
    yield from between(call, "failureThreshold", 1, 10)
    yield from between(call, "port", 1, 65535)
    for path in ("fqdn", "resourcePath", "searchString"):
        yield from length(call, path, 0, 255)
    yield from arguments.check(call, _ARGUMENTS)
    regions = call.inputs.get("regions")
    if isinstance(regions, list) and len(regions) < REGIONS:
        yield Failure("regions", f"Attribute regions requires {REGIONS} item minimum, but config has only {len(regions)} declared.")


def _refuse(call: Call) -> None:
    kind = text(call.inputs.get("type"))

    def no(message: str) -> Refusal:
        return refused("creating Route53 Health Check", "Route 53: CreateHealthCheck", "InvalidInput", message, typed=True)

    if kind in ENDPOINTS and not said(call, "fqdn", "ipAddress"):
        raise no("Invalid parameter : Either an IP address or a fully qualified domain name must be specified.")
    if kind == "TCP" and call.inputs.get("port") is None:
        raise no("Invalid parameter : Port must be specified for a TCP health check.")
    if kind.endswith("STR_MATCH") != bool(said(call, "searchString")):
        raise no("Invalid parameter : SearchString must be specified for HTTP_STR_MATCH and HTTPS_STR_MATCH health checks, and for no others.")
    path = text(call.inputs.get("resourcePath"))
    if path and (not path.startswith("/") or " " in path):
        raise no(f"Invalid parameter : ResourcePath '{path}'")


def _outputs(call: Call) -> Properties:
    kind = text(call.inputs.get("type"))
    usual = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
    endpoint = kind in ENDPOINTS
    facts: Properties = {"arn": f"arn:aws:route53:::healthcheck/{call.id}", "tagsAll": call.inputs.get("tags") or {}}
    if endpoint:
        facts["port"] = call.inputs.get("port") or usual.get(kind)
        facts["failureThreshold"] = call.inputs.get("failureThreshold") or 3
        facts["requestInterval"] = call.inputs.get("requestInterval") or 30
        facts["enableSni"] = call.inputs["enableSni"] if "enableSni" in call.inputs else kind.startswith("HTTPS")
    return facts


def _refuse_key(call: Call) -> None:
    zone, arn, name = (text(call.inputs.get(path)) for path in ("hostedZoneId", "keyManagementServiceArn", "name"))

    def no(code: str, message: str) -> Refusal:
        return refused("creating Route 53 Key Signing Key", "Route 53: CreateKeySigningKey", code, message, typed=True)

    if not _NAME.match(name):
        raise no("InvalidKeySigningKeyName", f"The key-signing key (KSK) name {name} that you specified isn't a valid name.")
    if f":kms:{WORLD}:" not in arn:
        raise no("InvalidKMSArn", f"The KeyManagementServiceArn that you specified isn't valid to use with DNSSEC signing: the key must be in {WORLD}.")
    key = next(call.cloud.find(KEY, arn=arn), None)
    spec = text(key.inputs.get("customerMasterKeySpec")) if key is not None else ""
    if key is not None and (spec != "ECC_NIST_P256" or key.inputs.get("keyUsage") != "SIGN_VERIFY"):
        raise no("InvalidKMSArn", "The KeyManagementServiceArn that you specified isn't valid to use with DNSSEC signing: its spec must be ECC_NIST_P256.")
    if key is not None and _SIGNERS not in text(key.inputs.get("policy")):
        raise no("InvalidKMSArn", f"The policy of the key doesn't let {_SIGNERS} use it.")
    others = list(call.cloud.find(SIGNING, hostedZoneId=zone))
    if len(others) >= MOST_KEYS:
        raise no("TooManyKeySigningKeys", "You've reached the limit for the number of key-signing keys (KSKs).")


def _key_outputs(call: Call) -> Properties:
    seed = hashlib.sha256(call.id.encode()).hexdigest()
    tag = int(seed[:4], 16)
    public = base64.b64encode(hashlib.sha512(call.id.encode()).digest()).decode()
    return {
        "status": call.inputs.get("status") or "ACTIVE",
        "flag": 257,
        "keyTag": tag,
        "digestAlgorithmMnemonic": "SHA-256",
        "digestAlgorithmType": 2,
        "digestValue": seed.upper(),
        "signingAlgorithmMnemonic": "ECDSAP256SHA256",
        "signingAlgorithmType": 13,
        "publicKey": kept(call, "publicKey", lambda: public),
        "dnskeyRecord": f"257 3 13 {public}",
        "dsRecord": f"{tag} 13 2 {seed.upper()}",
    }


def _keep_key(call: Call) -> None:
    zone = call.old.outputs.get("hostedZoneId") if call.old is not None else None
    signed = any(record.outputs.get("signingStatus") == "SIGNING" for record in call.cloud.find(SIGNED, hostedZoneId=zone))
    if signed and len(list(call.cloud.find(SIGNING, hostedZoneId=zone))) == 1:
        message = "The key-signing key (KSK) that you specified can't be deactivated because it's the only KSK for a currently-enabled DNSSEC."
        doing = f"deleting Route 53 Key Signing Key ({call.id})"
        raise refused(doing, "Route 53: DeactivateKeySigningKey", "KeySigningKeyInUse", message, typed=True)


def _sign(call: Call) -> None:
    zone = call.inputs.get("hostedZoneId")
    if call.inputs.get("signingStatus", "SIGNING") != "SIGNING":
        return
    if not any(record.outputs.get("status") == "ACTIVE" for record in call.cloud.find(SIGNING, hostedZoneId=zone)):
        message = "A key-signing key (KSK) with `ACTIVE` status wasn't found."
        doing = f"enabling Route 53 Hosted Zone DNSSEC ({zone})"
        raise refused(doing, "Route 53: EnableHostedZoneDNSSEC", "KeySigningKeyWithActiveStatusNotFound", message, typed=True)


_ZONE = Reference(
    path="hostedZoneId",
    types=(ZONE,),
    by=("id",),
    message="NoSuchHostedZone: No hosted zone found with ID: {value}",
    foreign=lambda call, value: call.cloud.get(ZONE, value) is None and value.startswith("Z"),
)

KINDS = (
    Kind(
        token=HEALTH,
        identify=lambda call: "-".join((fresh(call, 8), fresh(call, 4), "4" + fresh(call, 3), "8" + fresh(call, 3), fresh(call, 12))),
        outputs=_outputs,
        defaults=lambda _call: {"disabled": False},
        check=_check,
        replaces=frozenset({"type", "requestInterval", "measureLatency", "referenceName", "routingControlArn"}),
        create=_refuse,
        update=_refuse,
    ),
    Kind(
        token=SIGNING,
        identify=lambda call: f"{call.inputs['hostedZoneId']},{call.inputs['name']}",
        outputs=_key_outputs,
        defaults=lambda _call: {"status": "ACTIVE"},
        taken="creating Route 53 Key Signing Key: operation error Route 53: CreateKeySigningKey, https response error StatusCode: 409, "
        "KeySigningKeyAlreadyExists: You've already created a key-signing key (KSK) with the name {name} for this hosted zone.",
        check=lambda call: one_of(call, "status", ("ACTIVE", "INACTIVE")),
        replaces=frozenset({"hostedZoneId", "keyManagementServiceArn", "name"}),
        references=(_ZONE, Reference(path="keyManagementServiceArn", types=(KEY,), by=("arn",), message="InvalidKMSArn: the key {value} was not found")),
        create=_refuse_key,
        delete=_keep_key,
    ),
    Kind(
        token=SIGNED,
        identify=lambda call: str(call.inputs["hostedZoneId"]),
        defaults=lambda _call: {"signingStatus": "SIGNING"},
        check=lambda call: one_of(call, "signingStatus", ("SIGNING", "NOT_SIGNING")),
        replaces=frozenset({"hostedZoneId"}),
        references=(_ZONE,),
        create=_sign,
    ),
)
"""Health checks and DNSSEC."""
