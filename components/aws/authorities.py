"""The certificate authorities of RDS and ElastiCache, which no API returns: what a client checks a server's certificate by."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

SERVER_AUTHORITY = "rds-ca-rsa2048-g1"
"""RDS's own name of the authority whose certificates are in the table: one a region, valid until 2061."""
ROOTS = Path(__file__).with_name("amazon_roots.pem")
"""The authorities of everything else."""
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n")


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name("rds_authorities.json").read_text())
    return table


def regions() -> tuple[str, ...]:
    """The regions whose authority is known here."""
    return tuple(_table()["servers"])


def server_authority(region: str) -> str:
    """The certificate (PEM) that signs the servers of a region."""
    pem: str = _table()["servers"][region]
    return pem


def amazon_roots() -> str:
    """The certificates (PEM) of Amazon Trust Services, which sign RDS Proxy's and ElastiCache's as they sign everything of AWS Certificate Manager."""
    return "".join(CERTIFICATE.findall(ROOTS.read_text(encoding="utf-8")))
