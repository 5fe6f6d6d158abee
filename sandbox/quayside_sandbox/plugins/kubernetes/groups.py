"""`kubernetes:yaml/v2:ConfigGroup` and `ConfigFile`: components whose children are the objects of manifests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from ...kube.client import Object
from ..server import MAX_MESSAGE
from ..values import RESOURCE, SIGNATURE, UNKNOWN, Secret, decode, encode, known, plain
from . import VERSION
from .configuration import Configuration
from .groups_manifest import load, normal, read
from .groups_order import Key, key, ordered
from .handler import Problem
from .kinds import Scopes
from .manifest_stand_in import beside_real_ones

_SKIP_AWAIT = "pulumi.com/skipAwait"
# Children register side by side: the engine decides how many of them it works on at once.
_AT_ONCE = 64


Warn = Callable[[str, str], None]


def construct(request: Any, configuration: Configuration, warn: Warn = lambda message, urn: None) -> Any:
    """Registers the component and its children through the engine's resource monitor; `warn` is given a message and a URN."""
    if request.type not in ("kubernetes:yaml/v2:ConfigGroup", "kubernetes:yaml/v2:ConfigFile"):
        raise Problem(
            f"this stand-in of the kubernetes plugin does not construct {request.type}: use kubernetes:helm.sh/v3:Release or "
            "yaml/v2:ConfigGroup instead, or the official plugin (--official kubernetes)"
        )
    with _channel(request.monitorEndpoint) as channel:
        group = _Group(request, configuration, resource_pb2_grpc.ResourceMonitorStub(channel), warn)
        try:
            return group.construct()
        except grpc.RpcError as problem:
            raise Problem(f"{request.name}: {problem.details()}") from problem


class _Group:
    """One component on its way into the stack."""

    def __init__(self, request: Any, configuration: Configuration, monitor: resource_pb2_grpc.ResourceMonitorStub, warn: Warn) -> None:
        self.request, self.configuration, self.monitor, self.warn = request, configuration, monitor, warn
        self.inputs: dict[str, Any] = decode(request.inputs)

    def construct(self) -> Any:
        urn = self._register_component()
        resources: Any = UNKNOWN
        # Nothing is read of what is not known: the preview shows the component alone, as the official plugin's does.
        if not known(self.inputs):
            what = f"{self.request.type}:{self.request.name}"
            self.warn(f"{what} -- Required input properties have unknown values. Preview is incomplete.", urn)
        elif self.configuration.api is None and self.request.dryRun:
            self.warn(f"configured Kubernetes cluster is unreachable: {self.configuration.unreachable}. Preview is incomplete.", urn)
        else:
            self.configuration.need_api()
            resources = self._register_children(urn)
        outputs = encode({"resources": resources})
        self.monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=outputs))
        return provider_pb2.ConstructResponse(urn=urn, state=outputs)

    def _register_component(self) -> str:
        given = self.request
        asked = resource_pb2.RegisterResourceRequest(
            type=given.type,
            name=given.name,
            parent=given.parent,
            custom=False,
            object=struct_pb2.Struct(),
            dependencies=given.dependencies,
            providers=dict(given.providers),
            aliases=given.aliases,
            aliasSpecs=True,
            acceptSecrets=True,
            acceptResources=True,
            deletedWith=given.deletedWith,
            ignoreChanges=given.ignoreChanges,
            replaceOnChanges=given.replaceOnChanges,
            additionalSecretOutputs=given.additionalSecretOutputs,
            replace_with=given.replace_with,
        )
        for field in ("protect", "retainOnDelete", "deleteBeforeReplace", "customTimeouts", "resource_hooks"):
            if given.HasField(field):
                _copy(given, field, asked, "hooks" if field == "resource_hooks" else field)
        asked.deleteBeforeReplaceDefined = given.HasField("deleteBeforeReplace")
        return str(self.monitor.RegisterResource(asked).urn)

    def _objects(self) -> list[Object]:
        """Files first, then the text, then the objects given as such."""
        opened = plain(self.inputs)
        if self.request.type.endswith(":ConfigFile"):
            if not opened.get("file"):
                raise Problem(f"{self.request.name}: ConfigFile needs `file`: a path or an address")
            found = read(str(opened["file"]), patterns=False)
        else:
            files = opened.get("files") or []
            found = []
            for file in [files] if isinstance(files, str) else files:
                found += read(str(file), patterns=True)
            found += load(str(opened.get("yaml") or ""), f"`yaml` of {self.request.name}")
            found += copy.deepcopy(opened.get("objs") or [])
        api = self.configuration.need_api()
        return beside_real_ones(normal(found, self.configuration.namespace, Scopes(api)), api)

    def _register_children(self, parent: str) -> list[Any]:
        prefix = plain(self.inputs.get("resourcePrefix"))
        prefix = self.request.name if prefix is None else str(prefix)
        secret = any(isinstance(self.inputs.get(name), Secret) for name in ("yaml", "objs"))
        waiting: dict[Key, Future[Any]] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            # A child only waits for children that were submitted before it: the pool cannot be full of waiting ones alone.
            for entry, needs in ordered(self._objects()):
                waiting[key(entry)] = pool.submit(self._register_child, entry, [waiting[other] for other in needs], parent, prefix, secret)
        return [_reference(future.result()) for future in waiting.values()]

    def _register_child(self, entry: Object, needs: list[Future[Any]], parent: str, prefix: str, secret: bool) -> Any:
        metadata = entry["metadata"]
        if plain(self.inputs.get("skipAwait")):
            metadata["annotations"] = {**(metadata.get("annotations") or {}), _SKIP_AWAIT: "true"}
        properties: dict[str, Any] = dict(entry)
        if (entry["apiVersion"], entry["kind"]) == ("v1", "Secret"):
            hidden = ["data", "stringData"]
        else:  # of a secret text nobody knows which part is the secret one
            hidden = [name for name in entry if secret and name not in ("apiVersion", "kind", "metadata")]
        properties.update({name: Secret(entry[name]) for name in hidden if name in entry})
        name = f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else metadata["name"]
        return self.monitor.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=_type(entry),
                name=f"{prefix}:{name}" if prefix else name,
                parent=parent,
                custom=True,
                object=encode(properties),
                dependencies=[need.result().urn for need in needs],
                provider=self.request.providers.get("kubernetes", ""),
                version=VERSION,
                acceptSecrets=True,
                acceptResources=True,
                supportsPartialValues=True,
                aliasSpecs=True,
            )
        )


def _type(entry: Object) -> str:
    version = entry["apiVersion"]
    return f"kubernetes:{version if '/' in version else 'core/' + version}:{entry['kind']}"


def _reference(registered: Any) -> dict[str, Any]:
    """The child as a value: a reference that every language's SDK turns into the resource again."""
    return {SIGNATURE: RESOURCE, "urn": registered.urn, "id": registered.id or UNKNOWN, "packageVersion": VERSION}


def _copy(source: Any, field: str, target: Any, name: str) -> None:
    value = getattr(source, field)
    if hasattr(value, "DESCRIPTOR"):
        getattr(target, name).ParseFromString(value.SerializeToString())
    else:
        setattr(target, name, value)


def _channel(address: str) -> grpc.Channel:
    return grpc.insecure_channel(
        address, options=[("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE)]
    )
