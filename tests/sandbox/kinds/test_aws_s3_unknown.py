"""At a preview S3's kinds say nothing of what is not known yet."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kind import UNKNOWN
from tests.sandbox.kinds.s3_world import (
    ACL,
    BUCKET,
    CORS,
    ENCRYPTION,
    LIFECYCLE,
    LOCK,
    LOGGING,
    MODULES,
    OBJECT,
    OWNERSHIP,
    POLICY,
    REPLICATION,
    TIERING,
    VERSIONING,
    WEBSITE,
    s3_world,
)

TOKENS = [kind.token for module in MODULES for kind in module.KINDS]
NAMES = ("acl", "bucket", "content", "corsRules", "key", "name", "policy", "role", "rule", "rules", "status", "storageClass", "tags", "tierings")
NESTED: list[tuple[str, dict[str, Any]]] = [
    (ACL, {"accessControlPolicy": {"grants": UNKNOWN}}),
    (ACL, {"accessControlPolicy": {"grants": [{"permission": UNKNOWN}]}}),
    (BUCKET, {"bucket": "acme", "tags": {"a": UNKNOWN}}),
    (CORS, {"corsRules": [{"id": UNKNOWN, "allowedMethods": [UNKNOWN]}]}),
    (ENCRYPTION, {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": UNKNOWN}, "blockedEncryptionTypes": UNKNOWN}]}),
    (LIFECYCLE, {"rules": [UNKNOWN]}),
    (LIFECYCLE, {"rules": [{"id": UNKNOWN, "status": UNKNOWN, "transitions": [{"days": UNKNOWN, "storageClass": UNKNOWN}], "expiration": {"date": UNKNOWN}}]}),
    (LOCK, {"rule": {"defaultRetention": {"mode": UNKNOWN, "days": UNKNOWN}}}),
    (LOGGING, {"targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": UNKNOWN}}}),
    (OBJECT, {"content": "a", "contentBase64": None, "objectLockMode": UNKNOWN}),
    (OWNERSHIP, {"rule": {"objectOwnership": UNKNOWN}}),
    (POLICY, {"policy": UNKNOWN}),
    (REPLICATION, {"role": UNKNOWN, "rules": [{"id": UNKNOWN, "status": UNKNOWN, "destination": {"bucket": UNKNOWN}}]}),
    (TIERING, {"tierings": [{"accessTier": UNKNOWN}]}),
    (VERSIONING, {"versioningConfiguration": {"status": UNKNOWN}}),
    (WEBSITE, {"indexDocument": {"suffix": UNKNOWN}}),
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_thing_of_which_nothing_is_known_is_not_refused(token: str) -> None:
    world = s3_world()
    kind = world.kinds[token]
    known = {"indexDocument": UNKNOWN} if token == WEBSITE else {}
    call = world.call(token, {**dict.fromkeys(NAMES, UNKNOWN), **known}, preview=True)
    assert list(kind.check(call)) == []
    kind.defaults(call)


@pytest.mark.parametrize(("token", "inputs"), NESTED)
def test_what_is_not_known_deep_down_is_not_refused(token: str, inputs: dict[str, Any]) -> None:
    world = s3_world()
    assert list(world.kinds[token].check(world.call(token, inputs, preview=True))) == []
