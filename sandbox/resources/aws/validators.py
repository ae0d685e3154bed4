"""What the AWS provider's validators say of blocks, numbers, lengths, choices and of arguments that exclude one another."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator

from ...kind import Call, Failure
from .formats import known

_SECTIONS = 5
"""Colons of an ARN before its resource."""


def snake(path: str) -> str:
    """The name by which the provider's own messages call an argument."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.rsplit(".", 1)[-1]).lower()


def between(call: Call, path: str, low: int, high: int) -> Iterator[Failure]:
    """The number lies between, both ends included."""
    value = call.inputs.get(path)
    if isinstance(value, int | float) and not isinstance(value, bool) and not low <= value <= high:
        yield Failure(path, f"expected {snake(path)} to be in the range ({low} - {high}), got {value:g}")


def length(call: Call, path: str, low: int, high: int) -> Iterator[Failure]:
    """The text has so many characters, both ends included."""
    value = call.inputs.get(path)
    if isinstance(value, str) and not low <= len(value) <= high:
        yield Failure(path, f"expected length of {snake(path)} to be in the range ({low} - {high}), got {value}")


def one_of(call: Call, path: str, choices: Collection[str] | Collection[int]) -> Iterator[Failure]:
    """The value is one of the choices."""
    value = call.inputs.get(path)
    if known(value) and value not in choices:
        shown = " ".join(f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in choices)
        yield Failure(path, f"expected {snake(path)} to be one of [{shown}], got {value}")


def matches(call: Call, path: str, pattern: str, reason: str = "") -> Iterator[Failure]:
    """The text fits the pattern, or the provider's sentence."""
    value = call.inputs.get(path)
    if isinstance(value, str) and not re.search(pattern, value):
        yield Failure(path, f"invalid value for {snake(path)} ({reason or f'must match regular expression {pattern}'})")


def is_arn(call: Call, path: str) -> Iterator[Failure]:
    """The text is an ARN (`verify.ValidARN`)."""
    value = call.inputs.get(path)
    if isinstance(value, str) and value and flaw_of_arn(value):
        yield Failure(path, f'"{snake(path)}" ({value}) is an invalid ARN: {flaw_of_arn(value)}')


def flaw_of_arn(value: str) -> str:
    """Why a text is no ARN; empty where it is one."""
    parts = value.split(":", _SECTIONS)
    if parts[0] != "arn":
        return "arn: invalid prefix"
    if len(parts) <= _SECTIONS:
        return "arn: not enough sections"
    flaws = (
        ("partition", parts[1], r"^aws(-[a-z]+)*$", True),
        ("service", parts[2], r".", True),
        ("region", parts[3], r"^[a-z]{2}(-[a-z]+)+-\d{1,2}$", False),
        ("account ID", parts[4], r"^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$", False),
    )
    for what, part, pattern, needed in flaws:
        if (needed and not part) or (part and not re.search(pattern, part)):
            return f"missing {what} value" if not part else f"invalid {what} value (expecting to match regular expression: {pattern})"
    return "" if parts[5] else "missing resource value"


def ipv4_block(path: str, value: object) -> Iterator[Failure]:
    """The text is an IPv4 block with no host bits (`verify.ValidIPv4CIDRNetworkAddress`)."""
    if isinstance(value, str) and value:
        reason = _flaw_of_block(value, 4)
        if reason:
            yield Failure(path, reason)


def ipv6_block(path: str, value: object) -> Iterator[Failure]:
    """The text is an IPv6 block with no host bits (`verify.ValidIPv6CIDRNetworkAddress`)."""
    if isinstance(value, str) and value:
        reason = _flaw_of_block(value, 6)
        if reason:
            yield Failure(path, reason)


def _flaw_of_block(value: str, version: int) -> str:
    network = block(value)
    if network is None:
        return f'"{value}" is not a valid CIDR block: invalid CIDR address: {value}'
    if network.version != version:
        return f'"{value}" is not a valid IPv{version} CIDR block'
    return "" if str(network) == value else f'"{value}" is not a valid IPv{version} CIDR block; did you mean "{network}"?'


def network_between(path: str, value: object, low: int, high: int) -> Iterator[Failure]:
    """The text is a block whose mask has so many bits (`validation.IsCIDRNetwork`)."""
    if not isinstance(value, str) or not value:
        return
    network, name = block(value), snake(path)
    if network is None:
        yield Failure(path, f'expected "{name}" to contain a valid Value, got: {value} with err: invalid CIDR address: {value}')
        return
    if str(network) != value:
        yield Failure(path, f'expected "{name}" to contain a valid network Value, expected {network}, got {value}')
    if not low <= network.prefixlen <= high:
        yield Failure(path, f'expected "{name}" to contain a network Value with between {low} and {high} significant bits, got: {network.prefixlen}')


def block(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The block, host bits cleared, or None where the value is none."""
    if not isinstance(value, str) or "/" not in value or not value.rsplit("/", 1)[1].isdigit():
        return None
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def said(call: Call, *paths: str) -> list[str]:
    """Those of the top-level arguments that are given, known or not."""
    return [path for path in paths if call.inputs.get(path) is not None and call.inputs[path] not in ("", [])]


def exactly_one(call: Call, *paths: str) -> Iterator[Failure]:
    """One of the arguments is given, and only one (`ExactlyOneOf` of the provider's older resources)."""
    given, every = said(call, *paths), ",".join(snake(path) for path in paths)
    if not given:
        yield Failure(paths[0], f'"{snake(paths[0])}": one of `{every}` must be specified')
    elif len(given) > 1:
        both = ",".join(snake(path) for path in given)
        yield Failure(given[0], f'"{snake(given[0])}": only one of `{every}` can be specified, but `{both}` were specified.')


def conflicts(call: Call, path: str, *others: str) -> Iterator[Failure]:
    """An argument that excludes others (`ConflictsWith`)."""
    for other in said(call, *others) if said(call, path) else ():
        yield Failure(path, f'"{snake(path)}": conflicts with {snake(other)}')


def required_with(call: Call, path: str, *others: str) -> Iterator[Failure]:
    """An argument that needs others (`RequiredWith`)."""
    if said(call, path) and len(said(call, *others)) < len(others):
        every = ",".join(snake(name) for name in (path, *others))
        yield Failure(path, f'"{snake(path)}": all of `{every}` must be specified')
