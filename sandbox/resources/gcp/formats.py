"""What the provider's validators say of names, ranges, numbers and of properties that exclude one another."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...kind import UNKNOWN, Call, Failure, Properties, Refusal

RFC1035 = "^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$"
"""Names of compute resources: 1 to 63 characters (`verify.ValidateGCEName`)."""
LABELS = 64
"""Labels a resource may carry (Google Cloud, "Requirements for labels")."""

Check = Callable[[Call], Iterator[Failure]]

_LABEL_KEY = re.compile(r"^[a-z\u00df-\uffff][a-z0-9_\-\u00df-\uffff]{0,62}$")
_LABEL_VALUE = re.compile(r"^[a-z0-9_\-\u00df-\uffff]{0,63}$")


def known(value: object) -> bool:
    """Whether the value is there and known."""
    return value is not None and value is not UNKNOWN


def snake(path: str) -> str:
    """The name by which the provider's own messages call a property."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.rsplit(".", 1)[-1]).lower()


def matches(path: str, value: object, pattern: str) -> Iterator[Failure]:
    """The value fits the pattern, or the provider's sentence."""
    if known(value) and isinstance(value, str) and not re.search(pattern, value):
        yield Failure(path, f'"{snake(path)}" ("{value}") doesn\'t match regexp "{pattern}"')


def named(call: Call) -> Iterator[Failure]:
    """The name is legal for compute."""
    return matches("name", call.inputs.get("name"), RFC1035)


def between(path: str, value: object, low: int, high: int) -> Iterator[Failure]:
    """The number lies between, both ends included."""
    if isinstance(value, int | float) and not isinstance(value, bool) and not low <= value <= high:
        yield Failure(path, f"expected {snake(path)} to be in the range ({low} - {high}), got {value:g}")


def cidr(path: str, value: object) -> Iterator[Failure]:
    """The value is an address block with a mask."""
    if known(value) and network_of(value) is None:
        yield Failure(path, f'"{snake(path)}" is not a valid IP CIDR range: invalid CIDR address: {value}')


def network_of(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The block, host bits cleared, or None where the value is none."""
    if not isinstance(value, str) or "/" not in value:
        return None
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def _said(inputs: Properties, path: str) -> bool:
    at: Any = inputs
    for part in path.split("."):
        at = at.get(part) if isinstance(at, dict) else None
    return at is not None and at not in ([], "")


def exactly_one(call: Call, names: Mapping[str, str]) -> Iterator[Failure]:
    """One of the properties (wire name to the provider's name) is said, and only one."""
    said = [path for path in names if _said(call.inputs, path)]
    every = ",".join(names.values())
    first = next(iter(names))
    if not said:
        yield Failure(first, f'"{names[first]}": one of `{every}` must be specified')
    elif len(said) > 1:
        both = ",".join(names[path] for path in said)
        yield Failure(said[0], f'"{names[said[0]]}": only one of `{every}` can be specified, but `{both}` were specified.')


def conflicts(call: Call, path: str, *others: str) -> Iterator[Failure]:
    """A property that excludes others."""
    for other in others:
        if _said(call.inputs, path) and _said(call.inputs, other):
            yield Failure(path, f'"{snake(path)}": conflicts with {snake(other)}')


def check_labels(call: Call) -> None:
    """What the API says of labels that break its rules."""
    labels = call.inputs.get("labels")
    if not isinstance(labels, dict):
        return
    if len(labels) > LABELS:
        message = f"googleapi: Error 400: Labels size exceeded: {len(labels)} labels, at most {LABELS} are allowed., invalid"
        raise Refusal(message)
    for key, value in labels.items():
        if not _LABEL_KEY.match(key):
            message = (
                f"googleapi: Error 400: Invalid value for field 'resource.labels': ''. Label key '{key}' violates format constraints. "
                "The key must start with a lowercase character, can only contain lowercase letters, numeric characters, underscores and dashes. "
                "The key can be at most 63 characters long. International characters are allowed., invalid"
            )
            raise Refusal(message)
        if isinstance(value, str) and not _LABEL_VALUE.match(value):
            message = (
                f"googleapi: Error 400: Invalid value for field 'resource.labels': ''. Label value '{value}' violates format constraints. "
                "The value can only contain lowercase letters, numeric characters, underscores and dashes. "
                "The value can be at most 63 characters long. International characters are allowed., invalid"
            )
            raise Refusal(message)
