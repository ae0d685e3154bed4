"""Ids, ARNs and tags as AWS writes them, and how its refusals read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from ...kind import UNKNOWN, Call, Failure, Properties, Refusal

ACCOUNT = "000000000000"
"""The one account of the local cloud."""
MOST_TAGS = 50
"""Tags a resource may carry (AWS General Reference, tagging)."""
LONGEST_KEY = 128
"""Characters of a tag's key."""
LONGEST_VALUE = 256
"""Characters of a tag's value."""

_TAG = re.compile(r"^[\w\s_.:/=+\-@]*$")


def known(value: object) -> bool:
    """Whether the value is there and known."""
    return value is not None and value is not UNKNOWN


def text(value: object) -> str:
    """The value as text; empty where it is not there or not known."""
    return value if isinstance(value, str) else ""


def region(call: Call) -> str:
    """Where the resource is: its own `region`, else the provider's."""
    return text(call.inputs.get("region")) or (text(call.old.outputs.get("region")) if call.old else "") or call.config.get("region", "us-east-1")


def partition(place: str) -> str:
    """The first word of ARNs after `arn:`."""
    return "aws-cn" if place.startswith("cn-") else "aws-us-gov" if place.startswith("us-gov-") else "aws"


def arn(call: Call, service: str, resource: str, *, worldwide: bool = False, account: bool = True) -> str:
    """`arn:aws:ecs:eu-west-1:000000000000:cluster/main`; without the region for services that are the same everywhere (IAM)."""
    place = region(call)
    return f"arn:{partition(place)}:{service}:{'' if worldwide else place}:{ACCOUNT if account else ''}:{resource}"


def fresh(call: Call, length: int = 17) -> str:
    """Hexadecimal digits that no earlier resource of this URN had."""
    return hashlib.sha256(f"{call.type}|{call.urn}|{call.cloud.sequence(f'id {call.urn}')}".encode()).hexdigest()[:length]


def hex_id(prefix: str, call: Call) -> str:
    """`vpc-0a1b…`: the prefix and 17 hexadecimal digits."""
    return f"{prefix}-0{fresh(call, 16)}"


def regional_id(call: Call, wanted: str) -> str:
    """An id that is a name of a region alone, as the provider has it; with the region where a thing of another region holds it here."""
    held = call.cloud.get(call.type, wanted)
    return wanted if held is None or held.outputs.get("region", region(call)) == region(call) else f"{wanted}@{region(call)}"


def kept(call: Call, name: str, make: Any) -> Any:
    """An output that stays as it was born."""
    return call.old.outputs[name] if call.old is not None and name in call.old.outputs else make()


def placed(call: Call) -> Properties:
    """The outputs that every regional resource has: where it is and its tags with the provider's own."""
    return {"region": region(call), "tagsAll": call.inputs.get("tags") or {}}


def check_tags(call: Call) -> Iterator[Failure]:
    """What AWS says of tags that break its rules, found before it is asked."""
    tags = call.inputs.get("tags")
    if not isinstance(tags, dict):
        return
    if len(tags) > MOST_TAGS:
        yield Failure("tags", f"expected number of items to be lesser than or equal to {MOST_TAGS}, got {len(tags)}")
    for key, value in tags.items():
        if key.lower().startswith("aws:") or not 1 <= len(key) <= LONGEST_KEY or not _TAG.match(key):
            yield Failure(f"tags.{key}", "tag keys must be 1 to 128 letters, digits, spaces and _.:/=+-@, and must not start with aws:")
        if isinstance(value, str) and (len(value) > LONGEST_VALUE or not _TAG.match(value)):
            yield Failure(f"tags.{key}", "tag values must be at most 256 letters, digits, spaces and _.:/=+-@")


def refused(doing: str, operation: str, code: str, message: str, *, status: int = 400, typed: bool = False) -> Refusal:
    """A refusal as the provider prints it.

    `refused("creating EC2 VPC", "EC2: CreateVpc", "InvalidVpc.Range", "…")`; `typed` where the SDK has a type of its own for the error, which it prints
    without the words `api error`.
    """
    digits = hashlib.sha256(f"{doing}|{operation}|{message}".encode()).hexdigest()
    request = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
    shown = f"{code}: {message}" if typed else f"api error {code}: {message}"
    return Refusal(f"{doing}: operation error {operation}, https response error StatusCode: {status}, RequestID: {request}, {shown}")
