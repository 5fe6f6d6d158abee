"""A Pulumi program that registers what a state lists: the same types, names, parents, protection and dependencies, so the same URNs.

Run by the real engine under the state's project and stack; everything is created anew, so ids and addresses are the sandbox's. It
speaks to the engine's resource monitor itself: an SDK's classes would translate names, fill in defaults and need each package.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi
from pulumi.runtime.proto import resource_pb2

from ..plugins.values import decode, encode
from .replay_export import PROVIDERS, STACK, Resource, is_default_provider, name_of
from .replay_values import Moved, carried_over, moved, opened, without_notes

# Where a vendor's SDK notes the address of its API: in the sandbox it is what its environment names.
_ADDRESSES = {"apiEndpoint": "DIGITALOCEAN_API_URL", "baseUrl": "CLOUDFLARE_BASE_URL"}


@dataclass(frozen=True)
class Made:
    """A resource of the state as it is in the sandbox."""

    resource: Resource
    id: str
    outputs: dict[str, Any]
    moved: Moved


def main(plan: Path) -> None:
    """Registers the resources of a file that from_state.py wrote."""
    resources: list[Resource] = json.loads(plan.read_text())
    pulumi.run(lambda: replay(resources))


async def replay(resources: list[Resource]) -> None:
    root = pulumi.runtime.get_root_resource()
    assert root
    await root.urn.future()  # the stack itself is in the state before anything that lies in it
    replaying = Replay(pulumi.runtime.settings.get_monitor())
    await replaying.run([one for one in resources if one["type"] != STACK and not is_default_provider(one)], resources)


class Replay:
    """Each resource as soon as those are there that it needs."""

    def __init__(self, monitor: Any) -> None:
        self.monitor = monitor
        self.made: dict[str, asyncio.Task[Made]] = {}

    async def run(self, wanted: list[Resource], all_resources: list[Resource]) -> None:
        self.versions = {one["urn"]: str((one.get("inputs") or {}).get("version") or "") for one in all_resources}
        for resource in wanted:  # in the state's order, in which everything comes after what it needs
            self.made[resource["urn"]] = asyncio.create_task(self._register(resource))
        done = await asyncio.gather(*self.made.values(), return_exceptions=True)
        failed = [one for one in done if isinstance(one, BaseException)]
        for problem in failed:
            if not isinstance(problem, grpc.RpcError | NotMade):  # those the engine has told
                raise problem
        if failed:
            raise pulumi.RunError(f"{len(failed)} of {len(done)} resources of the exported state could not be made in the sandbox")

    async def _register(self, resource: Resource) -> Made:
        others = {urn: await self._other(urn) for urn in sorted(_needed(resource)) if urn in self.made}
        provider, version = self._provider(resource, others)
        if resource.get("external"):
            return await self._read(resource, others, provider, version)
        request = resource_pb2.RegisterResourceRequest(
            type=resource["type"],
            name=name_of(resource),
            parent=resource.get("parent", ""),
            custom=bool(resource.get("custom")),
            object=encode(_inputs(resource, others)) if resource.get("custom") else None,
            protect=bool(resource.get("protect")),
            retainOnDelete=bool(resource.get("retainOnDelete")),
            deletedWith=resource.get("deletedWith", ""),
            replace_with=resource.get("replaceWith", []),
            dependencies=resource.get("dependencies", []),
            propertyDependencies={
                name: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=urns)
                for name, urns in (resource.get("propertyDependencies") or {}).items()
            },
            ignoreChanges=resource.get("ignoreChanges", []),
            replaceOnChanges=resource.get("replaceOnChanges", []),
            additionalSecretOutputs=resource.get("additionalSecretOutputs", []),
            customTimeouts=_timeouts(resource.get("customTimeouts") or {}),
            provider=provider,
            version=version,
            acceptSecrets=True,
            aliasSpecs=True,
        )
        answer = await _away(lambda: self.monitor.RegisterResource(request))
        if answer.urn != resource["urn"]:
            raise RuntimeError(f"{resource['urn']} became {answer.urn}")
        if not resource.get("custom"):
            outputs = resource_pb2.RegisterResourceOutputsRequest(urn=answer.urn, outputs=encode({}))
            await _away(lambda: self.monitor.RegisterResourceOutputs(outputs))
        return _made(resource, answer.id, decode(answer.object))

    async def _read(self, resource: Resource, others: dict[str, Made], provider: str, version: str) -> Made:
        """What the program only looked up: it lies outside of the stack, and its name or id is where it is found."""
        request = resource_pb2.ReadResourceRequest(
            id=carried_over(resource["id"], _all_moved(others.values())),
            type=resource["type"],
            name=name_of(resource),
            parent=resource.get("parent", ""),
            properties=encode({}),
            dependencies=resource.get("dependencies", []),
            provider=provider,
            version=version,
            acceptSecrets=True,
        )
        answer = await _away(lambda: self.monitor.ReadResource(request))
        return _made(resource, request.id, decode(answer.properties))

    async def _other(self, urn: str) -> Made:
        try:
            return await asyncio.shield(self.made[urn])
        except Exception as problem:
            raise NotMade(urn) from problem

    def _provider(self, resource: Resource, others: dict[str, Made]) -> tuple[str, str]:
        """The reference to a resource's provider (<urn>::<id>) and the version of the plugin that the state was made with."""
        if resource["type"].startswith(PROVIDERS):
            return "", self.versions[resource["urn"]]
        urn = (resource.get("provider") or "").rpartition("::")[0]
        if urn in others:
            return f"{urn}::{others[urn].id}", self.versions.get(urn, "")
        return "", self.versions.get(urn, "")


class NotMade(Exception):
    """Something that a resource needs was not made."""


def _needed(resource: Resource) -> set[str]:
    by_property = [urn for urns in (resource.get("propertyDependencies") or {}).values() for urn in urns]
    single = [resource.get("parent", ""), resource.get("deletedWith", ""), (resource.get("provider") or "").rpartition("::")[0]]
    return {*by_property, *single, *resource.get("dependencies", []), *resource.get("replaceWith", [])}


def _inputs(resource: Resource, others: dict[str, Made]) -> dict[str, Any]:
    """The state's inputs as a program of the sandbox gives them."""
    inputs: dict[str, Any] = without_notes(resource.get("inputs") or {})
    if resource["type"].startswith(PROVIDERS):
        inputs.pop("version", None)  # the engine writes it in from the request
        for name, variable in _ADDRESSES.items():
            if name in inputs and os.environ.get(variable):
                inputs[name] = os.environ[variable]
    by_property = resource.get("propertyDependencies") or {}
    for name, value in inputs.items():
        urns = by_property[name] if name in by_property else resource.get("dependencies", [])
        sources = [others[urn] for urn in urns if urn in others]
        given = [(one.resource["type"], one.outputs) for one in sources]
        inputs[name] = opened(carried_over(value, _all_moved(sources)), resource["type"], inputs, given, (name,))
    return inputs


def _all_moved(sources: Iterable[Made]) -> Moved:
    return {old: new for one in sources for old, new in one.moved.items()}


def _made(resource: Resource, id: str, outputs: dict[str, Any]) -> Made:
    before = {"id": resource.get("id", ""), "outputs": resource.get("outputs") or {}}
    return Made(resource, id, outputs, moved(before, {"id": id, "outputs": outputs}))


def _timeouts(given: dict[str, Any]) -> Any:
    """The state has seconds, the request durations."""
    return resource_pb2.RegisterResourceRequest.CustomTimeouts(**{name: f"{seconds}s" for name, seconds in given.items() if seconds})


async def _away(call: Callable[[], Any]) -> Any:
    """A call that blocks, beside the event loop."""
    answer: Awaitable[Any] = asyncio.get_running_loop().run_in_executor(None, call)
    return await answer
