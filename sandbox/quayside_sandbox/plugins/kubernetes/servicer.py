"""The plugin's gRPC service: turns the engine's requests into calls of the handlers, and their results into protobuf."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any, cast

import grpc
import httpx
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from ...kube import ApiError, InvalidKubeconfig
from .. import kill
from ..values import decode, encode, plain
from . import VERSION, providers
from .configuration import Configuration, configure
from .engine import Engine
from .handler import Autonaming, Change, CheckResult, DiffResult, PartialFailure, Problem, ResourceKindHandler, State
from .kinds import token
from .objects import Objects

RELEASE = "kubernetes:helm.sh/v3:Release"


class KubernetesServicer(provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider: the engine starts a plugin process for each, or configures several in turn."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine or Engine()
        self.cancelled = threading.Event()
        self.configuration = Configuration()
        self.objects = Objects(self.configuration, self.engine, self.cancelled)
        self._releases: ResourceKindHandler | None = None
        self._lock = threading.Lock()

    # -- the plugin -------------------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        if request.engine_address:
            self.engine.attach(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.engine.attach(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "kubernetes", "version": VERSION}))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.cancelled.set()
        return empty_pb2.Empty()

    # -- the provider resource --------------------------------------------------------------------------------------

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn):
            failures = providers.check(request.urn, decode(request.news))
            return _check_response(CheckResult({}, failures), inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn):
            return _diff_response(providers.diff(decode(request.olds), decode(request.news)))

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn):
            prefix = "kubernetes:config:"
            arguments = {key.removeprefix(prefix): value for key, value in request.variables.items()} or decode(request.args)
            self.configuration = configure(arguments, on_warning=self._server_warning)
            self.objects = Objects(self.configuration, self.engine, self.cancelled)
            self._releases = None
            return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True)

    def _server_warning(self, text: str) -> None:
        """A Warning header of the API server: deprecated versions, fields it does not know, pod security."""
        if not (self.configuration.suppress_deprecation_warnings and "deprecated" in text):
            self.engine.warn_once(text)

    # -- resources --------------------------------------------------------------------------------------------------

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn):
            olds, news, seed = decode(request.olds), decode(request.news), bytes(request.randomSeed)
            if token(request.urn) == RELEASE:
                return _check_response(self.releases.check(request.urn, olds, news, seed, _autonaming(request)))
            return _check_response(self.objects.check(request.urn, olds, news, seed, _autonaming(request)))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn):
            olds, news, old_inputs = decode(request.olds), decode(request.news), decode(request.old_inputs)
            ignored = list(request.ignoreChanges)
            return _diff_response(self._handler(request.urn).diff(request.urn, request.id, olds, news, old_inputs, ignored))

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn), kill.moment("create", request.urn, request.preview):
            news = decode(request.properties)
            state = self._handler(request.urn).create(request.urn, news, request.timeout or None, request.preview)
            return provider_pb2.CreateResponse(id=state.id, properties=encode(state.outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn):
            olds, old_inputs = decode(request.properties), decode(request.inputs)
            state = self._handler(request.urn).read(request.urn, request.id, olds, old_inputs)
            if not state.id:
                return provider_pb2.ReadResponse()
            inputs = None if state.inputs is None else encode(state.inputs)
            return provider_pb2.ReadResponse(id=state.id, properties=encode(state.outputs), inputs=inputs)

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn), kill.moment("update", request.urn, request.preview):
            state = self._handler(request.urn).update(
                request.urn,
                request.id,
                decode(request.olds),
                decode(request.news),
                decode(request.old_inputs),
                request.timeout or None,
                request.preview,
                list(request.ignoreChanges),
            )
            return provider_pb2.UpdateResponse(properties=encode(state.outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context, request.urn), kill.moment("delete", request.urn):
            olds, old_inputs = decode(request.properties), decode(request.old_inputs)
            self._handler(request.urn).delete(request.urn, request.id, olds, old_inputs, request.timeout or None)
            return empty_pb2.Empty()

    # -- components and functions -----------------------------------------------------------------------------------

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        from .groups import construct  # imports the SDK's resource machinery, which plain resources need not wait for

        with self._answering(context, ""):
            return construct(request, self.configuration, self.engine.warn)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        from .invokes import invoke

        with self._answering(context, ""):
            result = invoke(request.tok, plain(decode(request.args)), self.configuration)
            answer = {"return": encode(result)}  # a word that Python keeps for itself
            return provider_pb2.InvokeResponse(**cast(Any, answer))

    # -- within -----------------------------------------------------------------------------------------------------

    def _handler(self, urn: str) -> ResourceKindHandler:
        return self.releases if token(urn) == RELEASE else self.objects

    @property
    def releases(self) -> ResourceKindHandler:
        from .release import Release

        with self._lock:
            if self._releases is None:
                self._releases = Release(self.configuration, self.configuration.api, self.objects.progress)
            return self._releases

    @contextlib.contextmanager
    def _answering(self, context: grpc.ServicerContext, urn: str) -> Iterator[None]:
        """Turns what goes wrong into a gRPC status."""
        with self.engine.about(urn):
            try:
                yield
            except PartialFailure as problem:
                _abort_half_done(context, problem)
            except (Problem, ApiError, InvalidKubeconfig, httpx.HTTPError) as problem:
                context.abort(grpc.StatusCode.UNKNOWN, str(problem))
            except Exception as problem:  # noqa: BLE001 - a bug of ours: the trace goes to stderr, which the engine logs
                traceback.print_exc(file=sys.stderr)
                context.abort(grpc.StatusCode.INTERNAL, f"{type(problem).__name__} in the kubernetes plugin: {problem}")


def _autonaming(request: Any) -> Autonaming | None:
    if not request.HasField("autonaming"):
        return None
    modes = provider_pb2.CheckRequest.AutonamingOptions.Mode
    return Autonaming(request.autonaming.proposed_name, modes.Name(request.autonaming.mode).lower())


def _check_response(result: CheckResult, inputs: Any = None) -> Any:
    failures = [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in result.failures]
    return provider_pb2.CheckResponse(inputs=encode(result.inputs) if inputs is None else inputs, failures=failures)


def _diff_response(result: DiffResult) -> Any:
    some = provider_pb2.DiffResponse.DIFF_SOME if result.some else provider_pb2.DiffResponse.DIFF_NONE
    detailed = {
        path: provider_pb2.PropertyDiff(
            kind=cast(Any, change.value),
            # What is deleted can only be looked up in the inputs that had it.
            inputDiff=result.of_inputs or change in (Change.DELETE, Change.DELETE_REPLACE),
        )
        for path, change in result.detailed.items()
    }
    return provider_pb2.DiffResponse(
        changes=some,
        replaces=result.replaces,
        deleteBeforeReplace=result.delete_before_replace,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in result.detailed}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _abort_half_done(context: grpc.ServicerContext, problem: PartialFailure) -> None:
    """A status whose details hold the state that the resource is in, as google.rpc.Status travels: in the trailing metadata."""
    state: State = problem.state
    detail = provider_pb2.ErrorResourceInitFailed(
        id=state.id,
        properties=encode(state.outputs),
        reasons=problem.reasons,
        inputs=encode(problem.inputs),
    )
    packed = any_pb2.Any()
    packed.Pack(detail, type_url_prefix="type.googleapis.com/")
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=problem.message, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, problem.message)
