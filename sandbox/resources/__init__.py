"""The resource types that the local cloud emulates in detail, one module a provider; all others are generic."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from . import generic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from ..kind import Function, Kind

PACKAGES = ("gcp", "aws", "cloudflare", "random", "kubernetes")
"""The Pulumi packages that the sandbox answers for."""


def find(token: str) -> Kind:
    """What the local cloud knows of this resource type; a generic kind where nothing is written about it."""
    return _kinds(token.split(":", 1)[0]).get(token) or _generic(token)


def is_detailed(token: str) -> bool:
    """Whether this resource type is emulated in detail."""
    return token in _kinds(token.split(":", 1)[0])


def function(token: str) -> Function | None:
    """The data source of this token, or None where the local cloud has no answer."""
    return _functions(token.split(":", 1)[0]).get(token)


def configure(package: str, config: Mapping[str, str]) -> None:
    """Raises Refusal for a configuration that the real provider would not start with."""
    module = _module(package)
    if module is not None and hasattr(module, "configure"):
        module.configure(config)


@cache
def _generic(token: str) -> Kind:
    return generic.kind(token)


@cache
def _kinds(package: str) -> dict[str, Kind]:
    module = _module(package)
    return {} if module is None else {kind.token: kind for kind in module.KINDS}


@cache
def _functions(package: str) -> dict[str, Function]:
    module = _module(package)
    return {} if module is None else {answer.token: answer for answer in module.FUNCTIONS}


def _module(package: str) -> ModuleType | None:
    name = f"{__name__}.{package}"
    return import_module(name) if package in PACKAGES and find_spec(name) else None
