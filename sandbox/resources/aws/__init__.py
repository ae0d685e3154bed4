"""AWS as the local cloud knows it: every module of this folder adds its kinds, its functions, and the network interfaces that its kinds place."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ...kind import Function, Kind
from .account import configure as configure
from .addresses import Interfaces

_MODULES = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))

KINDS: tuple[Kind, ...] = tuple(kind for module in _MODULES for kind in getattr(module, "KINDS", ()))
FUNCTIONS: tuple[Function, ...] = tuple(function for module in _MODULES for function in getattr(module, "FUNCTIONS", ()))
INTERFACES: dict[str, Interfaces] = {token: placed for module in _MODULES for token, placed in getattr(module, "INTERFACES", {}).items()}
"""Type token to what its records place in subnets: see `addresses`."""
