"""groundplan: an application's infrastructure in the words of the application, on Google Cloud or AWS.

Every public name is here; the module behind it loads when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._core.connection import Access as Access
    from ._core.connection import Connection as Connection
    from ._core.connection import SecretRef as SecretRef
    from ._core.connection import connect as connect
    from ._core.errors import ArgsError as ArgsError
    from ._core.errors import ConfigError as ConfigError
    from ._core.errors import GrantError as GrantError
    from ._core.errors import GroundplanError as GroundplanError
    from ._core.site import Site as Site
    from ._core.window import Window as Window
    from .cache import Cache as Cache
    from .cache import CacheArgs as CacheArgs
    from .container_options import Runtime as Runtime
    from .container_options import Scaling as Scaling
    from .container_service import ContainerService as ContainerService
    from .container_service import ContainerServiceArgs as ContainerServiceArgs
    from .database import Database as Database
    from .database import DatabaseArgs as DatabaseArgs
    from .database import DatabaseServer as DatabaseServer
    from .edge_dns import EdgeDNS as EdgeDNS
    from .edge_dns import EdgeDNSArgs as EdgeDNSArgs
    from .edge_record import HealthCheck as HealthCheck
    from .edge_record import Hsts as Hsts
    from .edge_record import Record as Record
    from .network import Network as Network
    from .network import NetworkArgs as NetworkArgs
    from .object_store import Cors as Cors
    from .object_store import LifecycleRule as LifecycleRule
    from .object_store import ObjectStore as ObjectStore
    from .object_store import ObjectStoreArgs as ObjectStoreArgs
    from .object_store import Retention as Retention
    from .registry import Registry as Registry
    from .registry import RegistryArgs as RegistryArgs
    from .secrets import Secret as Secret
    from .secrets import Secrets as Secrets
    from .secrets import SecretsArgs as SecretsArgs

_HOME = {
    "Access": "._core.connection",
    "Connection": "._core.connection",
    "SecretRef": "._core.connection",
    "connect": "._core.connection",
    "ArgsError": "._core.errors",
    "ConfigError": "._core.errors",
    "GrantError": "._core.errors",
    "GroundplanError": "._core.errors",
    "Site": "._core.site",
    "Window": "._core.window",
    "Cache": ".cache",
    "CacheArgs": ".cache",
    "ContainerService": ".container_service",
    "ContainerServiceArgs": ".container_service",
    "Runtime": ".container_options",
    "Scaling": ".container_options",
    "Database": ".database",
    "DatabaseArgs": ".database",
    "DatabaseServer": ".database",
    "EdgeDNS": ".edge_dns",
    "EdgeDNSArgs": ".edge_dns",
    "HealthCheck": ".edge_record",
    "Hsts": ".edge_record",
    "Record": ".edge_record",
    "Network": ".network",
    "NetworkArgs": ".network",
    "Cors": ".object_store",
    "LifecycleRule": ".object_store",
    "ObjectStore": ".object_store",
    "ObjectStoreArgs": ".object_store",
    "Retention": ".object_store",
    "Registry": ".registry",
    "RegistryArgs": ".registry",
    "Secret": ".secrets",
    "Secrets": ".secrets",
    "SecretsArgs": ".secrets",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(_HOME[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
