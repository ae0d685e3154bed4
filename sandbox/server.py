"""The listening end: one loopback port a package, open before the provider behind it is loaded."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .servicer import Servicer
    from .store import Store

_log = logging.getLogger("sandbox")
_SERVICE = "pulumirpc.ResourceProvider"
_METHODS = (
    "Attach",
    "Cancel",
    "Check",
    "CheckConfig",
    "Configure",
    "Create",
    "Delete",
    "Diff",
    "DiffConfig",
    "GetPluginInfo",
    "GetSchema",
    "Handshake",
    "Invoke",
    "Read",
    "Update",
)
_OPTIONS = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0))
_THREADS = 8


class Server:
    """Answers for the packages from a store; the log goes to the folder.

    The command that is to run starts while the protocol and the types are still being loaded: whoever asks before that waits.
    """

    def __init__(self, folder: Path, packages: tuple[str, ...], store: Store) -> None:
        self.log = folder / "sandbox.log"
        self._loading = threading.Lock()
        self._store = store
        self._servicers: Mapping[str, Servicer] = {}
        handler = logging.FileHandler(self.log, delay=True, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(handler)
        _log.propagate = False
        pool = ThreadPoolExecutor(_THREADS)
        self._servers: list[grpc.Server] = []
        self.ports: dict[str, int] = {}
        for package in packages:
            server = grpc.server(pool, handlers=(self._handler(package),), options=_OPTIONS)
            self.ports[package] = server.add_insecure_port("127.0.0.1:0")
            self._servers.append(server)

    def start(self) -> None:
        """Listens."""
        for server in self._servers:
            server.start()

    def load(self) -> Mapping[str, Servicer]:
        """Makes ready what answers; once."""
        with self._loading:
            if not self._servicers:
                from .provider import Provider
                from .schema import Schemas
                from .servicer import Servicer

                provider = Provider(self._store, Schemas())
                self._servicers = {package: Servicer(package, provider, str(self.log)) for package in self.ports}
            return self._servicers

    def stop(self) -> None:
        """Ends at once."""
        for server in self._servers:
            server.stop(None)
        self._store.close()

    def _handler(self, package: str) -> grpc.GenericRpcHandler:
        return grpc.method_handlers_generic_handler(
            _SERVICE,
            {name: grpc.unary_unary_rpc_method_handler(partial(self._answer, package, name)) for name in _METHODS},
        )

    def _answer(self, package: str, name: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            servicer = self.load()[package]
        except Exception:  # noqa: BLE001  whatever it is, the user is told where it stands
            _log.exception("loading")
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"the sandbox cannot start: the reason is in {self.log}")
        from .servicer import REQUESTS

        answer: bytes = getattr(servicer, name)(REQUESTS[name].FromString(request), context).SerializeToString()
        return answer
