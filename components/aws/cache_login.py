"""How clients prove who they are to a cache: by a string that is kept as a secret, or each by its own identity."""

from __future__ import annotations

import pulumi_random as random
from pulumi_aws import elasticache

from ..cache import Cache

TOKEN_LENGTH = 64
"""Letters and digits (ElastiCache takes 16 to 128 printable characters, few others)."""
UPDATE = "ROTATE"
"""How a new string comes: beside the one before, so that what runs goes on until it reads the new one."""
NOBODY = "off ~* -@all"
"""The access string of a user that can neither log in nor do anything."""


def token(cache: Cache) -> random.RandomPassword:
    """The string that clients of Redis authenticate with."""
    return random.RandomPassword(cache.logical("auth-value"), length=TOKEN_LENGTH, special=False, opts=cache.child())


def user_group(cache: Cache) -> elasticache.UserGroup:
    """Whom a Valkey lets in: nobody, until a grant adds its user.

    The user that every client is until it says a name is off; it has a password that nobody knows, because Valkey's groups take no user without one.
    """
    password = random.RandomPassword(cache.logical("nobody-value"), length=TOKEN_LENGTH, special=False, opts=cache.child())
    nobody = elasticache.User(
        cache.logical("nobody"),
        user_id=cache.physical("cache_user", "nobody"),
        user_name="default",
        engine="valkey",
        access_string=NOBODY,
        authentication_mode=elasticache.UserAuthenticationModeArgs(type="password", passwords=[password.result]),
        tags=cache.labels(),
        opts=cache.child(),
    )
    return elasticache.UserGroup(
        cache.logical("users"),
        user_group_id=cache.physical("cache_user"),
        engine="valkey",
        user_ids=[nobody.user_id],
        tags=cache.labels(),
        # each grant adds its own user to the group: the list here is where it began
        opts=cache.child(ignore_changes=["user_ids"]),
    )
