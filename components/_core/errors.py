"""The errors that users see: one family, each a single plain message without a traceback.

GroundplanError (a pulumi.RunError: the language host prints the message alone)
├── ArgsError       a component was given arguments that cannot work; all of its problems at once
├── ConfigError     a stack configuration value is missing or wrong
└── GrantError      a grant or a connection asks for something that its target does not offer
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi

_ABSENT = object()

LONGEST_SHOWN = 80
"""Letters of a value that a message shows."""


class GroundplanError(pulumi.RunError):
    """Anything that this library refuses."""


class ConfigError(GroundplanError):
    """A stack configuration value is missing or wrong."""


class GrantError(GroundplanError):
    """A grant or a connection asks for something that its target does not offer."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One argument that cannot work.

    `field` is the argument as the user wrote it, `rule` what must hold ("must be 1 to 35"), `value` what was given (left out where there is no
    single value to show, or it is secret) and `remedy` what to do instead.
    """

    field: str
    rule: str
    value: object = _ABSENT
    remedy: str = ""

    def __str__(self) -> str:
        """`<field> <rule>, got <value>; <remedy>`."""
        got = "" if self.value is _ABSENT else f", got {shown(self.value)}"
        return f"{self.field} {self.rule}{got}" + (f"; {self.remedy}" if self.remedy else "")


class ArgsError(GroundplanError):
    """A component was given arguments that cannot work; nothing was registered."""

    def __init__(self, component: str, name: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f'{component} "{name}": {problem}' for problem in self.problems))


def shown(value: object) -> str:
    """A value as an error message may show it: never one that is not known yet, and cut at 80 characters."""
    if isinstance(value, pulumi.Output):
        return "a value that is not known yet"
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
