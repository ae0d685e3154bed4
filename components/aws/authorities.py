"""The certificate authorities of RDS, which no API returns: what a client checks a server's or a proxy's certificate by."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

SERVER_AUTHORITY = "rds-ca-rsa2048-g1"
"""RDS's own name of the authority whose certificates are in the table: one a region, valid until 2061."""


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


def proxy_authorities() -> str:
    """The certificates (PEM) that sign RDS Proxy's."""
    return "".join(_table()["proxies"])
