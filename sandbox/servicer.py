"""The engine's provider protocol for one package: protobuf in and out, `Provider` in between."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from . import wire
from .diff import Change
from .kind import Refusal
from .naming import Naming
from .provider import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .kind import Failure
    from .provider import Provider

_log = logging.getLogger("sandbox")
_KINDS = {
    (Change.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Change.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Change.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Change.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Change.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Change.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
REQUESTS: dict[str, Any] = {
    "Attach": plugin_pb2.PluginAttach,
    "Cancel": empty_pb2.Empty,
    "Check": provider_pb2.CheckRequest,
    "CheckConfig": provider_pb2.CheckRequest,
    "Configure": provider_pb2.ConfigureRequest,
    "Create": provider_pb2.CreateRequest,
    "Delete": provider_pb2.DeleteRequest,
    "Diff": provider_pb2.DiffRequest,
    "DiffConfig": provider_pb2.DiffRequest,
    "GetPluginInfo": empty_pb2.Empty,
    "GetSchema": provider_pb2.GetSchemaRequest,
    "Handshake": provider_pb2.ProviderHandshakeRequest,
    "Invoke": provider_pb2.InvokeRequest,
    "Read": provider_pb2.ReadRequest,
    "Update": provider_pb2.UpdateRequest,
}
"""The methods that are answered and what each receives."""


def _answering(method: Callable[..., Any]) -> Callable[..., Any]:
    """Refusals reach the user as they are; anything else as one sentence that names the log."""

    @functools.wraps(method)
    def answer(self: Servicer, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except Refusal as refusal:
            message = refusal.message
        except Exception:  # noqa: BLE001  whatever it is, the user is told where it stands
            subject = getattr(request, "urn", "") or getattr(request, "tok", "") or self.package
            _log.exception("%s of %s", method.__name__, subject)
            message = f"the sandbox itself failed at {method.__name__} of {subject}: the reason is in {self.log}"
        return context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)

    return answer


class Servicer:
    """Answers for one package; every connection is a provider instance with a configuration of its own."""

    def __init__(self, package: str, provider: Provider, log: str) -> None:
        self.package = package
        self.log = log
        self._provider = provider
        self._configs: dict[str, dict[str, str]] = {}
        self._last: dict[str, str] = {}

    def Handshake(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802  the protocol's name
        """Secrets come marked, so that no message quotes one; references and outputs come as plain values."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        """The engine says where it listens; nothing here calls it."""
        return empty_pb2.Empty()

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        """No call lasts long enough to be cut short."""
        return empty_pb2.Empty()

    @_answering
    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        """The version of the SDK: the engine warns of an older provider."""
        return plugin_pb2.PluginInfo(version=self._provider.version(self.package))

    @_answering
    def GetSchema(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        """What `pulumi import` needs to write code."""
        return provider_pb2.GetSchemaResponse(schema=self._provider.document(self.package))

    @_answering
    def CheckConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        """A provider's configuration is held against the SDK's schema."""
        response = provider_pb2.CheckResponse(inputs=request.news)
        _report(response, self._provider.check_config(self.package, wire.read(request.news)))
        return response

    @_answering
    def DiffConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        """A changed configuration updates the provider and replaces nothing."""
        old, new = wire.read(request.old_inputs), wire.read(request.news)
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        kind = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=kind, diffs=changed)

    @_answering
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Remembers the configuration of this connection's provider instance."""
        prefix = f"{self.package}:config:"
        self._last = {key.removeprefix(prefix): value for key, value in request.variables.items()}
        self._configs[context.peer()] = self._last
        self._provider.configure(self.package, self._last)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True)

    @_answering
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """All failures at once, each with its path."""
        call = self._provider.call(request.urn, wire.read(request.news), self._config(context), preview=True)
        hidden = wire.secrets(request.news)
        inputs, failures = self._provider.check(call, wire.read(request.olds), _naming(request), hidden)
        response = provider_pb2.CheckResponse(inputs=wire.write(inputs, hidden))
        _report(response, failures)
        return response

    @_answering
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """The detailed difference between the old and the new inputs."""
        old, new = wire.read(request.old_inputs), wire.read(request.news)
        call = self._provider.call(request.urn, new, self._config(context), preview=True)
        verdict = self._provider.diff(call, old, new, request.ignoreChanges)
        response = provider_pb2.DiffResponse(hasDetailedDiff=True, deleteBeforeReplace=verdict.delete_first)
        response.changes = provider_pb2.DiffResponse.DIFF_SOME if verdict.changes else provider_pb2.DiffResponse.DIFF_NONE
        for change in verdict.changes:
            response.detailedDiff[change.text].CopyFrom(provider_pb2.PropertyDiff(kind=_KINDS[change.change, change.replaces], inputDiff=True))
        response.diffs.extend(dict.fromkeys(str(change.path[0]) for change in verdict.changes))
        response.replaces.extend(dict.fromkeys(str(change.path[0]) for change in verdict.changes if change.replaces))
        return response

    @_answering
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """A new resource, or the promise of one."""
        call = self._provider.call(request.urn, wire.read(request.properties), self._config(context), preview=request.preview)
        state = self._provider.create(call, wire.secrets(request.properties))
        return provider_pb2.CreateResponse(id=state.id, properties=wire.write(state.outputs, state.secrets))

    @_answering
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """The state in the cloud: for refresh, import and `get`."""
        call = self._provider.call(request.urn, {}, self._config(context))
        hidden = {**wire.secrets(request.inputs), **wire.secrets(request.properties)}
        state = self._provider.read(call, State(request.id, wire.read(request.properties), wire.read(request.inputs), hidden))
        if state is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=state.id, properties=wire.write(state.outputs, state.secrets), inputs=wire.write(state.inputs, state.secrets))

    @_answering
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """The same resource with new properties, or the promise of it."""
        call = self._provider.call(request.urn, wire.read(request.news), self._config(context), preview=request.preview)
        old = State(request.id, wire.read(request.olds), wire.read(request.old_inputs), {})
        state = self._provider.update(call, old, wire.secrets(request.news))
        return provider_pb2.UpdateResponse(properties=wire.write(state.outputs, state.secrets))

    @_answering
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """The end of a resource."""
        self._provider.delete(self._provider.call(request.urn, {}, self._config(context)), request.id)
        return empty_pb2.Empty()

    @_answering
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """A data source's answer."""
        result = self._provider.invoke(request.tok, wire.read(request.args), self._config(context), preview=request.preview)
        return provider_pb2.InvokeResponse(**{"return": wire.write(result)})

    def _config(self, context: grpc.ServicerContext) -> dict[str, str]:
        return self._configs.get(context.peer(), self._last)


def _report(response: Any, failures: Iterable[Failure]) -> None:
    for failure in failures:
        # With a property the engine prints its value too: a secret's as well, and of a nested path nothing.
        response.failures.add(reason=f"{failure.path}: {failure.reason}" if failure.path else failure.reason)


def _naming(request: Any) -> Naming:
    if not request.HasField("autonaming"):
        return Naming()
    options = request.autonaming
    return Naming(options.proposed_name, options.mode == provider_pb2.CheckRequest.AutonamingOptions.Mode.DISABLE)
