"""DNS text: names within a zone, and values as zone files write them; pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address

from .errors import Problem

LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
ZONE = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A domain below a top-level one: labels of 1 to 63, 253 in all (RFC 1035, section 2.3.4)."""
NAME = re.compile(rf"@|(?:\*\.)?{LABEL}(?:\.{LABEL})*|\*")
HOST = re.compile(rf"(?=.{{1,254}}\Z){LABEL}(?:\.{LABEL})*\.?", re.IGNORECASE)
CAA = re.compile(r'(\d{1,3}) (issue|issuewild|iodef) "([^"]*)"')
LONGEST_NAME = 253
HIGHEST = 65535
"""Of a preference, a weight or a port: 16 bits."""
LONGEST_TEXT = 2048
"""Letters of a TXT value that both edges take (Cloudflare: 2048)."""
PIECE = 255
"""Bytes: the longest single text of a TXT record (RFC 1035, section 3.3)."""

TYPES: Mapping[str, str] = {
    "A": "203.0.113.10",
    "AAAA": "2001:db8::10",
    "CNAME": "target.example.net",
    "MX": "10 mail.example.net",
    "NS": "ns1.example.net",
    "TXT": "v=spf1 -all",
    "CAA": '0 issue "pki.goog"',
    "SRV": "10 5 5060 sip.example.net",
}
"""Type → a value as we take it."""


_SPELLED = {"@": "apex", "*": "wildcard"}


def fqdn(name: str, zone: str) -> str:
    """The full name, without the last dot."""
    return zone if name == "@" else f"{name}.{zone}"


def role(name: str, kind: str, position: int = 0) -> str:
    """What a record's resource is called in its component: `record-api-a`; further values have their number, so that adding one renames none.

    A name that does not fit a resource's alphabet gets six hex digits of its own, so that two names never share a resource.
    """
    return f"record-{word(name)}-{kind.lower()}" + (f"-{position + 1}" if position else "")


def word(name: str) -> str:
    """A name as part of a resource's name, no two alike."""
    plain = re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) is not None and name not in _SPELLED.values()
    spelled = _SPELLED.get(name) or re.sub(r"[^a-z0-9]+", "-", name).strip("-")
    return spelled if plain or name in _SPELLED else f"{spelled}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def certified(names: Sequence[str]) -> dict[str, str]:
    """The domains that a certificate's names are proved by, each with its challenge's role: a wildcard is proved by the domain above it."""
    domains = dict.fromkeys(name.removeprefix("*.") for name in names)
    return {domain: f"proof-{word(domain)}" for domain in domains}


def quoted(text: str) -> str:
    """A TXT value as zone files write it: quoted, in pieces of 255 bytes; one that is quoted already stays."""
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text
    raw = text.encode()
    pieces = [raw[start : start + PIECE] for start in range(0, len(raw), PIECE)] or [b""]
    return " ".join('"' + piece.decode(errors="surrogateescape").replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


def absolute(kind: str, value: str) -> str:
    """A value as a zone file has it: targets end in a dot, texts are quoted."""
    if kind == "TXT":
        return quoted(value)
    if kind in ("CNAME", "NS", "MX", "SRV") and not value.endswith("."):
        return f"{value}."
    return value


def value_problems(field: str, kind: str, value: str) -> Iterator[Problem]:
    """What is wrong with one value of a type."""
    if not _WELL_FORMED[kind](value):
        yield Problem(field, f"must be a value of type {kind}", value, f"for example {TYPES[kind]!r}")


def _address(value: str) -> bool:
    try:
        IPv4Address(value)
    except ValueError:
        return False
    return True


def _long_address(value: str) -> bool:
    try:
        IPv6Address(value)
    except ValueError:
        return False
    return True


def _host(value: str) -> bool:
    return HOST.fullmatch(value) is not None and not _address(value)


def _numbers_and_host(count: int, value: str) -> bool:
    *numbers, host = value.split(" ")
    return len(numbers) == count and all(number.isdecimal() and int(number) <= HIGHEST for number in numbers) and _host(host)


_WELL_FORMED: Mapping[str, Callable[[str], bool]] = {
    "A": _address,
    "AAAA": _long_address,
    "CNAME": _host,
    "NS": _host,
    "MX": lambda value: _numbers_and_host(1, value),
    "SRV": lambda value: _numbers_and_host(3, value),
    "TXT": lambda value: 0 < len(value) <= LONGEST_TEXT,
    "CAA": lambda value: CAA.fullmatch(value) is not None,
}
