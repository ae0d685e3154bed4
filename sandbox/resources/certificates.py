"""X.509 certificates that parse as the real ones do and certify nothing."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SHA256_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_COMMON_NAME = bytes.fromhex("0603550403")
_ORGANIZATION = bytes.fromhex("060355040a")
_BASIC_CONSTRAINTS_CA = bytes.fromhex("300f0603551d130101ff040530030101ff")
_EXPONENT = 65537
_KEY_BYTES = 256


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed authority whose signature is noise."""

    pem: str
    sha1: str
    """Fingerprint, 40 hexadecimal digits."""
    serial: int
    created: str
    """RFC 3339."""
    expires: str
    """RFC 3339."""


def authority(seed: str, common_name: str, organization: str, created: str, years: int = 10) -> Certificate:
    """The certificate of an authority: the same seed and moment give the same one."""
    start = datetime.fromisoformat(created).astimezone(UTC).replace(microsecond=0)
    end = start + timedelta(days=365 * years)
    serial = int.from_bytes(_noise(seed, "serial", 16), "big") >> 1
    name = _sequence(_set(_sequence(_ORGANIZATION, _text(organization))), _set(_sequence(_COMMON_NAME, _text(common_name))))
    modulus = int.from_bytes(_noise(seed, "modulus", _KEY_BYTES), "big") | 1 | 1 << (8 * _KEY_BYTES - 1)
    key = _sequence(_RSA, _bits(_sequence(_integer(modulus), _integer(_EXPONENT))))
    validity = _sequence(_time(start), _time(end))
    extensions = _tag(0xA3, _sequence(_BASIC_CONSTRAINTS_CA))
    body = _sequence(_tag(0xA0, _integer(2)), _integer(serial), _SHA256_RSA, name, validity, name, key, extensions)
    der = _sequence(body, _SHA256_RSA, _bits(_noise(seed, "signature", _KEY_BYTES)))
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    pem = "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"])
    return Certificate(pem, hashlib.sha1(der, usedforsecurity=False).hexdigest(), serial, _rfc3339(start), _rfc3339(end))


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _noise(seed: str, purpose: str, size: int) -> bytes:
    return hashlib.shake_256(f"{purpose}\x00{seed}".encode()).digest(size)


def _tag(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004  DER: one octet holds a length of less than 128
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _sequence(*parts: bytes) -> bytes:
    return _tag(0x30, b"".join(parts))


def _set(part: bytes) -> bytes:
    return _tag(0x31, part)


def _text(value: str) -> bytes:
    return _tag(0x0C, value.encode())


def _integer(value: int) -> bytes:
    return _tag(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _bits(content: bytes) -> bytes:
    return _tag(0x03, b"\x00" + content)


def _time(moment: datetime) -> bytes:
    return _tag(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())
