"""How AWS writes its keys: what a builder checks before anything is registered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .._core.errors import Problem
from .._core.site import Site

KEY = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
"""A KMS key's ARN (KMS developer guide, key identifiers). No alias: a right on an alias is no right on the key."""


def key_problems(key: object, site: Site) -> Iterator[Problem]:
    """A key of your own that is not named by its ARN, or is in another region; what another resource supplies is not known yet."""
    if not isinstance(key, str):
        return
    found = KEY.fullmatch(key)
    if not found:
        yield Problem("customer_key", "must be the ARN of a KMS key", key, "arn:aws:kms:…:…:key/…; an alias gives nobody a right on the key")
    elif found[1] != site.region:
        yield Problem("customer_key", f"must be in {site.region!r}, where this is built", key, "a KMS key encrypts in its own region only")
