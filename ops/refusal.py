"""What the operator cannot do, in one sentence for its user."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  # it is an answer, not a malfunction
    """A request that cannot be served; the text names what was given, what is allowed and the remedy."""
