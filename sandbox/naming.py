"""The names that a provider makes up where the program gives none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from .diff import DEFAULTS

if TYPE_CHECKING:
    from .kind import Call, Kind, Properties
    from .schema import TypeSchema

_DIGITS = 7
"""How many hexadecimal digits the Terraform bridge appends."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What the project's `pulumi:autonaming` says about one resource."""

    proposed: str = ""
    """The name to take instead of our own."""
    disabled: bool = False


def made_up(call: Call, schema: TypeSchema, kind: Kind, old_inputs: Properties, naming: Naming) -> str | None:
    """The name to fill in, or None where the program gives one or the type takes none.

    A resource keeps the name that it was born with. A new one's name follows from its URN, and from the names that its
    predecessors still hold: so a preview tells the name, and a replacement does not collide with what it replaces.
    """
    if not schema.autoname or "name" in call.inputs or naming.disabled:
        return None
    old = old_inputs.get("name")
    if isinstance(old, str) and "name" in old_inputs.get(DEFAULTS, ()):
        return old
    if naming.proposed:
        return naming.proposed
    stem = call.name.lower() if kind.lower_name else call.name
    stem = stem[: kind.name_limit - _DIGITS - 1]
    for attempt in count():
        digits = hashlib.sha256(f"{call.urn} {attempt}".encode()).hexdigest()[:_DIGITS]
        name = f"{stem}-{digits}"
        if next(iter(call.cloud.find(call.type, name=name)), None) is None:
            return name
    raise AssertionError
