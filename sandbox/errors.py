"""What the sandbox's own command line refuses, in one sentence."""

from __future__ import annotations


class UsageError(Exception):
    """The user asked for something that cannot be done; the message says what and what to do instead."""
