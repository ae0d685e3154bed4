"""How things of RDS may be called: the provider's validators, the API's refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...kind import Call, Failure, Refusal
from .formats import known, refused, text
from .placement import digest

_LONGEST_IDENTIFIER = 63
LONGEST_NAME = 255
"""Characters of a group's name."""
BAD_IDENTIFIER = (
    "The parameter {parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; "
    "and must not end with a hyphen or contain two consecutive hyphens."
)
"""Where `{parameter}` is the API's name for it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the API refuses, before it is said of what."""

    code: str
    message: str
    typed: bool = False
    """The SDK has a type of its own for it."""


def rds_refused(doing: str, operation: str, code: str, message: str, *, typed: bool = False, status: int = 400) -> Refusal:
    """An answer of the RDS API."""
    return refused(doing, f"RDS: {operation}", code, message, typed=typed, status=status)


def rds_taken(noun: str, operation: str, code: str, message: str, *, shown: str = "{id}") -> str:
    """The wording for a name that is held, with the id left open."""
    return rds_refused(f"creating {noun} ({shown})", operation, code, message, typed=True).message


def check_identifier(path: str, value: object, *, prefix: bool = False) -> Iterator[Failure]:
    """`validIdentifier` of the provider, or of a prefix, which may end with a hyphen."""
    name = _snake(path)
    if not known(value) or not isinstance(value, str):
        return
    if not re.search(r"^[0-9a-z-]+$", value):
        yield Failure(path, f'only lowercase alphanumeric characters and hyphens allowed in "{name}"')
    if not re.search(r"^[a-z]", value):
        yield Failure(path, f'first character of "{name}" must be a letter')
    if "--" in value:
        yield Failure(path, f'"{name}" cannot contain two consecutive hyphens')
    if value.endswith("-") and not prefix:
        yield Failure(path, f'"{name}" cannot end with a hyphen')


def check_parameter_group(path: str, value: object, *, prefix: bool = False) -> Iterator[Failure]:
    """`validParamGroupName`: an identifier of up to 255 characters."""
    yield from check_identifier(path, value, prefix=prefix)
    if len(text(value)) > LONGEST_NAME:
        yield Failure(path, f'"{_snake(path)}" cannot be greater than {LONGEST_NAME} characters')


def check_subnet_group(path: str, value: object) -> Iterator[Failure]:
    """`validSubnetGroupName`."""
    name = _snake(path)
    if not known(value) or not isinstance(value, str):
        return
    if not re.search(r"^[0-9a-z_. -]+$", value):
        yield Failure(path, f'only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces allowed in "{name}"')
    if len(value) > LONGEST_NAME:
        yield Failure(path, f'"{name}" cannot be longer than {LONGEST_NAME} characters')
    if value.lower() == "default":
        yield Failure(path, f'"{value}" is not allowed as "{name}"')


def check_option_group(path: str, value: object, *, prefix: bool = False) -> Iterator[Failure]:
    """`validOptionGroupName`."""
    name = _snake(path)
    if not known(value) or not isinstance(value, str):
        return
    if not re.search(r"^[a-z]", value):
        yield Failure(path, f'first character of "{name}" must be a letter')
    if not re.search(r"^[0-9A-Za-z-]+$", value):
        yield Failure(path, f'only alphanumeric characters and hyphens allowed in "{name}"')
    if "--" in value:
        yield Failure(path, f'"{name}" cannot contain two consecutive hyphens')
    if value.endswith("-") and not prefix:
        yield Failure(path, f'"{name}" cannot end with a hyphen')
    if len(value) > LONGEST_NAME:
        yield Failure(path, f'"{name}" cannot be greater than {LONGEST_NAME} characters')


def check_snapshot(path: str, value: object) -> Iterator[Failure]:
    """The provider's four rules for the name of a final snapshot."""
    if not known(value) or not isinstance(value, str):
        return
    name = _snake(path)
    if not re.search(r"^[A-Za-z]", value):
        yield Failure(path, f"invalid value for {name} (must begin with alphabetic character)")
    if not re.search(r"^[0-9A-Za-z-]+$", value):
        yield Failure(path, f"invalid value for {name} (must only contain alphanumeric characters and hyphens)")
    if "--" in value:
        yield Failure(path, f"invalid value for {name} (cannot contain two consecutive hyphens)")
    if value.endswith("-"):
        yield Failure(path, f"invalid value for {name} (cannot end in a hyphen)")


def long_identifier(parameter: str, value: str) -> str | None:
    """The API's word on an identifier that the provider lets pass: more than 63 characters."""
    return BAD_IDENTIFIER.format(parameter=parameter) if len(value) > _LONGEST_IDENTIFIER else None


def check_either(call: Call, one: str, other: str) -> Iterator[Failure]:
    """Two properties that exclude one another."""
    if call.inputs.get(one) is not None and call.inputs.get(other) is not None:
        yield Failure(one, f'"{_snake(one)}": conflicts with {_snake(other)}')


def made_up(call: Call, prefix: str = "") -> str:
    """The name that the provider makes up where the program gives none."""
    return f"{prefix}{digest(call.urn, 'name')[:26]}" if prefix else f"{call.name.lower()}-{digest(call.urn)[:7]}"


def _snake(path: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.rsplit(".", 1)[-1]).lower()
