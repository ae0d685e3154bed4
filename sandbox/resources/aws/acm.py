"""AWS Certificate Manager: certificates that wait until the zone shows what proves the domain."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from ...kind import Call, Failure, Kind, Properties, Record, Reference, Refusal
from .formats import arn, check_tags, fresh, kept, known, placed, refused, text
from .route53_record import records_at
from .route53_zone import domain
from .validators import one_of, said

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord"
AUTHORITIES = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
"""Any of which a CAA record may name (ACM, certification authority authorization)."""
MOST_NAMES = 10
LONGEST_FIRST = 64
_NAME = re.compile(r"^(?=.{1,253}$)(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
_ALGORITHMS = ("RSA_2048", "RSA_1024", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")


def _names(call: Call) -> list[str]:
    others = [text(name) for name in call.inputs.get("subjectAlternativeNames") or ()]
    return list(dict.fromkeys(domain(name) for name in (text(call.inputs.get("domainName")), *others) if name))


def _check(call: Call) -> Iterator[Failure]:
    yield from check_tags(call)
    yield from one_of(call, "keyAlgorithm", _ALGORITHMS)
    yield from one_of(call, "validationMethod", ("DNS", "EMAIL", "HTTP"))
    if not said(call, "domainName", "privateKey", "privateKeyWo"):
        yield Failure("domainName", '"domain_name": one of `domain_name,private_key,private_key_wo` must be specified')
    if said(call, "domainName") and not said(call, "validationMethod", "certificateAuthorityArn"):
        yield Failure("domainName", '"domain_name": one of `certificate_authority_arn,validation_method` must be specified')
    first = call.inputs.get("domainName")
    if isinstance(first, str) and first.endswith("."):
        yield Failure("domainName", "invalid value for domain_name (cannot end with a period)")


def _refuse(call: Call) -> None:
    if not said(call, "domainName"):
        return
    first, names = text(call.inputs.get("domainName")), _names(call)

    def no(code: str, message: str, *, typed: bool = True) -> Refusal:
        return refused(f"requesting ACM Certificate ({first})", "ACM: RequestCertificate", code, message, typed=typed)

    if len(first) > LONGEST_FIRST:
        raise no("ValidationException", "The first domain name can have up to 64 characters.", typed=False)
    for name in names:
        if not _NAME.match(name):
            raise no("ValidationException", f"Value '{name}' failed to satisfy constraint: must be a fully qualified domain name", typed=False)
    if len(names) > MOST_NAMES:
        raise no("LimitExceededException", f"The maximum number of {MOST_NAMES} domain names per certificate has been exceeded.")


def challenge(call: Call, name: str) -> tuple[str, str]:
    """The record that proves a domain: the same for every certificate of an account, and for the wildcard below it."""
    bare = name.removeprefix("*.")
    token, value = (hashlib.md5(f"{purpose} {bare}".encode(), usedforsecurity=False).hexdigest() for purpose in ("name", "value"))
    del call
    return f"_{token}.{bare}.", f"_{value}.{token[:10]}.acm-validations.aws."


def _options(call: Call) -> list[Properties]:
    if call.inputs.get("validationMethod") != "DNS":
        return []
    found = []
    for name in _names(call):
        record, value = challenge(call, name)
        found.append({"domainName": name, "resourceRecordName": record, "resourceRecordType": "CNAME", "resourceRecordValue": value})
    return found


def _shown(call: Call, name: str) -> bool:
    record, value = challenge(call, name)
    for found in records_at(call, record):
        if domain(value) in [domain(answer) for answer in found.outputs.get("records") or ()]:
            return True
    at_cloudflare = call.cloud.find(CLOUDFLARE, name=domain(record))
    return any(domain(found.outputs.get("content")) == domain(value) and found.outputs.get("proxied") is not True for found in at_cloudflare)


def _forbidden(call: Call, name: str) -> bool:
    """Whether the closest CAA records above a name leave Amazon out (RFC 8659)."""
    labels = name.removeprefix("*.").split(".")
    for start in range(len(labels) - 1):
        above = ".".join(labels[start:])
        issuers = [text(answer) for found in records_at(call, above) if found.outputs.get("type") == "CAA" for answer in found.outputs.get("records") or ()]
        issuers += [text((found.outputs.get("data") or {}).get("value")) for found in call.cloud.find(CLOUDFLARE, name=above, type="CAA")]
        if issuers:
            return not any(authority in issuer for issuer in issuers for authority in AUTHORITIES)
    return False


def status(call: Call, certificate: Record) -> str:
    """ISSUED once every name is proved; an imported or a private one is at once."""
    names = [text(option.get("domainName")) for option in certificate.outputs.get("domainValidationOptions") or ()]
    if not names:
        return "ISSUED"
    if any(_forbidden(call, name) for name in names):
        return "FAILED"
    return "ISSUED" if all(_shown(call, name) for name in names) else "PENDING_VALIDATION"


def issued(call: Call, certificate_arn: str) -> bool:
    """Whether a listener or a distribution may use the certificate."""
    found = next(call.cloud.find(CERTIFICATE, arn=certificate_arn), None)
    return found is not None and status(call, found) == "ISSUED"


def _outputs(call: Call) -> Properties:
    born = kept(call, "notBefore", call.cloud.now)
    return {
        **placed(call),
        "arn": kept(call, "arn", lambda: call.id),
        "domainValidationOptions": _options(call),
        "subjectAlternativeNames": _names(call),
        "keyAlgorithm": call.inputs.get("keyAlgorithm") or "RSA_2048",
        "type": "AMAZON_ISSUED" if said(call, "domainName") else "IMPORTED",
        "status": kept(call, "status", lambda: "PENDING_VALIDATION" if _options(call) else "ISSUED"),
        "validationEmails": [],
        "renewalEligibility": "INELIGIBLE",
        "renewalSummaries": [],
        "pendingRenewal": False,
        "notBefore": born,
        "notAfter": kept(call, "notAfter", lambda: ""),
    }


def _identify(call: Call) -> str:
    digits = fresh(call, 32)
    return arn(call, "acm", f"certificate/{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}")


def _wait(call: Call) -> None:
    wanted = text(call.inputs.get("certificateArn"))
    certificate = next(call.cloud.find(CERTIFICATE, arn=wanted))  # that it is there, the reference has made sure
    _refuse_names(call, certificate)
    state = status(call, certificate)
    waiting = f"waiting for ACM Certificate ({wanted}) to be issued: "
    if state == "FAILED":
        message = f"{waiting}unexpected state 'FAILED', wanted target 'ISSUED'. last error: CAA_ERROR"
        raise Refusal(message)
    if state != "ISSUED":
        message = f"{waiting}timeout while waiting for state to become 'ISSUED' (last state: '{state}', timeout: 1h15m0s)"
        raise Refusal(message)


def _refuse_names(call: Call, certificate: Record) -> None:
    """What the provider itself compares before it waits."""
    given = call.inputs.get("validationRecordFqdns")
    if not known(given) or not isinstance(given, Sequence):
        return
    if certificate.inputs.get("validationMethod") != "DNS":
        message = f"validation_record_fqdns is not valid for {certificate.inputs.get('validationMethod')} validation"
        raise Refusal(message)
    have = {domain(name) for name in given}
    missing = sorted(
        f"missing {option['domainName']} DNS validation record: {domain(option['resourceRecordName'])}"
        for option in certificate.outputs.get("domainValidationOptions") or ()
        if domain(option["resourceRecordName"]) not in have
    )
    if missing:
        raise Refusal("; ".join(missing))


KINDS = (
    Kind(
        token=CERTIFICATE,
        identify=_identify,
        outputs=_outputs,
        check=_check,
        replaces=frozenset({"domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm", "certificateAuthorityArn", "validationOptions"}),
        create=_refuse,
        refresh=lambda call: {"status": status(call, call.old)} if call.old is not None else {},
    ),
    Kind(
        token=VALIDATION,
        identify=fresh,
        outputs=placed,
        replaces=frozenset({"certificateArn", "validationRecordFqdns"}),
        references=(
            Reference(path="certificateArn", types=(CERTIFICATE,), by=("arn",), message="ResourceNotFoundException: Could not find certificate {value}"),
        ),
        create=_wait,
    ),
)
"""Certificates and the wait for them."""
