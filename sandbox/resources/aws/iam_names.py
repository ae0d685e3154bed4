"""Names, paths and unique ids of IAM, and who a principal may be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from ...kind import Call, Failure
from .formats import ACCOUNT, partition, region, text
from .iam_trust import ROLE, SERVICE_LINKED
from .validators import conflicts

USER = "aws:iam/user:User"
POLICY = "aws:iam/policy:Policy"
PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_NAME = re.compile(r"^[0-9A-Za-z_+=,.@-]+$")
_PATH = re.compile(r"^(/|/[\x21-\x7e]+/)$")
_LONGEST_PATH = 512
_UNIQUE = re.compile(r"^A[A-Z]{3}[A-Z0-9]{12,}$")
_AWS_PRINCIPAL = re.compile(r"^arn:aws[a-z-]*:(iam|sts)::(\d{12}|aws|cloudfront):(.+)$")


def check_name(call: Call, longest: int) -> Iterator[Failure]:
    """What the provider says of a name (`validResourceName` of its IAM package)."""
    yield from conflicts(call, "name", "namePrefix")
    for path, room in (("name", longest), ("namePrefix", longest - 26)):
        value = call.inputs.get(path)
        shown = "name" if path == "name" else "name_prefix"
        if not isinstance(value, str):
            continue
        if not 1 <= len(value) <= room:
            yield Failure(path, f"expected length of {shown} to be in the range (1 - {room}), got {value}")
        elif not _NAME.match(value):
            yield Failure(path, f"invalid value for {shown} (must match [\\w+=,.@-])")


def check_path(call: Call) -> Iterator[Failure]:
    """A path begins and ends with a slash."""
    value = call.inputs.get("path")
    if isinstance(value, str) and (not _PATH.match(value) or len(value) > _LONGEST_PATH):
        yield Failure("path", f'invalid value for path (must begin and end with a forward slash (/) and be at most {_LONGEST_PATH} characters), got "{value}"')


def iam_arn(call: Call, noun: str, name: str) -> str:
    """`arn:aws:iam::000000000000:role/service/api`."""
    path = text(call.inputs.get("path")) or "/"
    return f"arn:{partition(region(call))}:iam::{ACCOUNT}:{noun}{path}{name}"


def unique_id(prefix: str, call: Call) -> str:
    """`AROA…` and `ANPA…`: the id that tells two roles of one name apart."""
    number = call.cloud.sequence(f"unique id {call.type}")
    digits = hashlib.sha256(f"{call.urn} {number}".encode()).hexdigest()[:17].upper()
    return f"{prefix}{digits}"


def unknown_principal(call: Call, kind: str, value: str) -> bool:
    """Whether IAM would say that a principal of a trust or resource policy does not exist."""
    if value == "*":
        return False
    if kind == "Service":
        return not re.match(r"^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws\.amazon\.com)$", value)
    if kind != "AWS":
        return False
    if re.fullmatch(r"\d{12}", value) or _UNIQUE.match(value):
        return False
    found = _AWS_PRINCIPAL.match(value)
    if found is None:
        return True
    _, account, resource = found.groups()
    return account == ACCOUNT and not _exists(call, value, resource)


def _exists(call: Call, arn: str, resource: str) -> bool:
    if resource == "root" or resource.startswith(("assumed-role/", "federated-user/")):
        return True
    types = {"role": (ROLE, SERVICE_LINKED), "user": (USER,)}.get(resource.split("/", maxsplit=1)[0], ())
    return resource == "user/sandbox" or any(any(call.cloud.find(type_, arn=arn)) for type_ in types)
