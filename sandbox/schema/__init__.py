"""The schema of every resource type and function of the installed SDKs, derived from the SDKs themselves."""

from .check import failures
from .model import FunctionSchema, Property, Type, TypeSchema
from .table import Schemas

__all__ = ["FunctionSchema", "Property", "Schemas", "Type", "TypeSchema", "failures"]
