"""The gRPC service of a simulated cloud's plugin."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from ...clouds.check import Naming, check_settings
from ...clouds.cloud import Cloud
from ...clouds.sdk import NoSdk
from ...clouds.store import Store
from .. import kill
from ..values import decode, encode, plain
from .bridge import Bridge, Failed, HalfDone

_MODES = provider_pb2.CheckRequest.AutonamingOptions


class CloudServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one kind of cloud."""

    def __init__(self, kind: type[Cloud], store: Store) -> None:
        self.kind, self.store = kind, store
        self.bridge = Bridge(kind(store))

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, supports_autonaming_configuration=True)

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            return plugin_pb2.PluginInfo(version=self.bridge.cloud.sdk.version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self.kind.name, "version": self.bridge.cloud.sdk.version}))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.bridge.cloud.ended.set()
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            wrong = check_settings(self.bridge.cloud.sdk, decode(request.news))
            failures = [
                provider_pb2.CheckFailure(reason=f"could not validate provider configuration: {name}: {reason}") for name, reason in wrong
            ]
            return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """No setting of these providers needs new resources."""
        with self._answering(context):
            olds, news = decode(request.olds), decode(request.news)
            changed = sorted(name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name))
            some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
            return provider_pb2.DiffResponse(changes=some, diffs=changed)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            prefix = f"{self.kind.name}:config:"
            given = plain(decode(request.args)) or {name.removeprefix(prefix): value for name, value in request.variables.items()}
            settings = {name: value for name, value in given.items() if value not in (None, "")}
            for name, variables in self.kind.variables.items():
                found = next((os.environ[variable] for variable in variables if os.environ.get(variable)), None)
                if found and name not in settings:
                    settings[name] = found
            self.bridge = Bridge(self.kind(self.store, settings))
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, acceptResources=False, supports_autonaming_configuration=True
            )

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            naming = Naming(_name(request.urn), bytes(request.randomSeed))
            if request.HasField("autonaming"):
                naming = Naming(naming.resource, naming.seed, request.autonaming.proposed_name, request.autonaming.mode == _MODES.DISABLE)
            inputs, reasons = self.bridge.check(_token(request.urn), decode(request.news), decode(request.olds), naming)
            failures = [provider_pb2.CheckFailure(reason=reason) for reason in reasons]
            return provider_pb2.CheckResponse(inputs=encode(inputs), failures=failures)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            found = self.bridge.diff(_token(request.urn), decode(request.olds), decode(request.news), request.ignoreChanges)
            kinds: dict[str, Any] = dict(found.kinds)
            return provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_SOME if kinds else provider_pb2.DiffResponse.DIFF_NONE,
                replaces=found.replaces,
                deleteBeforeReplace=found.delete_before_replace,
                diffs=sorted({path.split(".")[0].split("[")[0] for path in kinds}),
                detailedDiff={path: provider_pb2.PropertyDiff(kind=kind) for path, kind in kinds.items()},
                hasDetailedDiff=True,
            )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context), kill.moment("create", request.urn, request.preview):
            id, outputs = self.bridge.create(_token(request.urn), decode(request.properties), request.timeout, request.preview)
            return provider_pb2.CreateResponse(id=id, properties=encode(outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            id, outputs, inputs = self.bridge.read(_token(request.urn), request.id, decode(request.properties), decode(request.inputs))
            return (
                provider_pb2.ReadResponse(id=id, properties=encode(outputs), inputs=encode(inputs)) if id else provider_pb2.ReadResponse()
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context), kill.moment("update", request.urn, request.preview):
            olds, news = decode(request.olds), decode(request.news)
            outputs = self.bridge.update(_token(request.urn), request.id, olds, news, request.timeout, request.preview)
            return provider_pb2.UpdateResponse(properties=encode(outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context), kill.moment("delete", request.urn):
            self.bridge.delete(_token(request.urn), request.id, decode(request.properties), request.timeout)
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._answering(context):
            result = self.bridge.invoke(request.tok, plain(decode(request.args)))
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(encode(result))
            return response

    @contextlib.contextmanager
    def _answering(self, context: grpc.ServicerContext) -> Iterator[None]:
        """Turns what goes wrong into a gRPC status."""
        try:
            yield
        except HalfDone as problem:
            _abort_half_done(context, problem)
        except (Failed, NoSdk) as problem:
            context.abort(grpc.StatusCode.UNKNOWN, str(problem))
        except Exception as problem:  # noqa: BLE001 - a bug of ours: the trace goes to the plugin's stderr, which the engine logs
            traceback.print_exc(file=sys.stderr)
            context.abort(grpc.StatusCode.INTERNAL, f"{type(problem).__name__} in the simulated {self.kind.name} plugin: {problem}")


def _token(urn: str) -> str:
    """The type in urn:pulumi:stack::project::parent$type::name."""
    return urn.split("::")[2].split("$")[-1]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _abort_half_done(context: grpc.ServicerContext, problem: HalfDone) -> None:
    """A status whose details hold the state that the resource is in, as google.rpc.Status travels: in the trailing metadata."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=problem.id, properties=encode(problem.outputs), reasons=[str(problem)], inputs=encode(problem.inputs)
    )
    packed = any_pb2.Any()
    packed.Pack(detail, type_url_prefix="type.googleapis.com/")
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(problem), details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(problem))
