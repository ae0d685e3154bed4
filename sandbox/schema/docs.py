"""What a property's docstring says of allowed values and replacement."""

from __future__ import annotations

import re
from typing import NamedTuple


class Said(NamedTuple):
    """What was found in a docstring."""

    values: tuple[str, ...]
    replaces: bool


_REPLACES = re.compile(
    r"forces? (?:the creation of )?a? ?new resource|changing this (?:forces|creates|will create)|forces replacement", re.IGNORECASE
)
_VALUES = re.compile(r"(?:Possible values are|Possible values|Valid values are|Valid values):? ((?:`[^`]+`(?:, (?:and |or )?| and | or )?)+)\.(?:\s|$)")


def read(text: str, snake: str) -> Said:
    """The allowed values and whether a change replaces."""
    found = _VALUES.search(text)
    return Said(tuple(re.findall(r"`([^`]+)`", found[1])) if found else (), bool(_REPLACES.search(text)))
