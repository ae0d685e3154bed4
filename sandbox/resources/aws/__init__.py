"""AWS as the local cloud knows it: every module of this folder adds its kinds and its functions."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ...kind import Function, Kind

_MODULES = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))

KINDS: tuple[Kind, ...] = tuple(kind for module in _MODULES for kind in getattr(module, "KINDS", ()))
FUNCTIONS: tuple[Function, ...] = tuple(function for module in _MODULES for function in getattr(module, "FUNCTIONS", ()))
