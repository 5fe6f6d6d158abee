"""What the library's program registers, as a list that the bare program registers again: `python -m bench.recording FOLDER`.

The program in FOLDER runs against Pulumi's mocks. Components are left out; everything else is kept as it was sent: type, name, inputs,
what it depends on, options. A uid, which only the cluster gives, is a reference to the resource that has it; a secret stays one.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import sys
import threading
from pathlib import Path
from typing import Any

from pulumi.runtime import mocks, rpc
from pulumi.runtime.stack import run_pulumi_func

SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks a secret in what it sends."""

UID = "uid-of-resource-"

OPTIONS = {"retainOnDelete": "retain_on_delete", "deleteBeforeReplace": "delete_before_replace", "ignoreChanges": "ignore_changes"}
"""Options as Pulumi sends them → as ResourceOptions has them."""


class _Cluster(mocks.Mocks):
    """Answers with what was asked for."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        outputs = dict(args.inputs)
        if isinstance(outputs.get("metadata"), dict):
            outputs["metadata"] = {**outputs["metadata"], "uid": f"{UID}{args.typ}::{args.name}"}
        return f"id-of-{args.name}", outputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError(args.token)


class _Monitor(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Cluster())
        self.recorded: list[dict[str, Any]] = []
        self.urns: dict[str, int] = {}
        self.uids: dict[str, int] = {}
        self.lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the name in Pulumi's protocol
        if request.custom and not request.type.startswith("pulumi:providers:"):
            with self.lock:
                self._keep(request)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def _keep(self, request: Any) -> None:
        inputs = rpc.deserialize_properties(request.object)
        options = {ours: getattr(request, theirs) for theirs, ours in OPTIONS.items()}
        here = len(self.recorded)
        self.recorded.append(
            {
                "type": request.type,
                "name": request.name,
                "inputs": self._referring(inputs),
                "after": sorted(self.urns[urn] for urn in request.dependencies if urn in self.urns),
                "options": {name: list(value) if name == "ignore_changes" else value for name, value in options.items() if value},
            }
        )
        self.urns[self.make_urn(request.parent, request.type, request.name)] = here
        self.uids[f"{UID}{request.type}::{request.name}"] = here

    def _referring(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._referring(each) for each in value]
        if isinstance(value, dict):
            return {"$secret": value["value"]} if SECRET in value else {key: self._referring(each) for key, each in value.items()}
        return {"$uid": self.uids[value]} if isinstance(value, str) and value in self.uids else value


def record(program: Path) -> list[dict[str, Any]]:
    """Run the program in the current folder to its end and return what it registered."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    monitor = _Monitor()
    mocks.set_mocks(_Cluster(), project="bench", stack="bench", preview=False, monitor=monitor)

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    loop.run_until_complete(run_pulumi_func(run))
    return _by_service(monitor.recorded)


def _by_service(recorded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the order in which people write: one service after the other. Recorded was the order in which Pulumi could send them."""
    first: dict[str, int] = {}
    for index, each in enumerate(recorded):
        first.setdefault(_home(each), index)
    order = sorted(range(len(recorded)), key=lambda index: (first[_home(recorded[index])], index))
    now = {old: new for new, old in enumerate(order)}

    def moved(value: Any) -> Any:
        if isinstance(value, list):
            return [moved(each) for each in value]
        if isinstance(value, dict):
            return {"$uid": now[value["$uid"]]} if "$uid" in value else {key: moved(each) for key, each in value.items()}
        return value

    return [
        {**recorded[old], "inputs": moved(recorded[old]["inputs"]), "after": sorted(now[each] for each in recorded[old]["after"])}
        for old in order
    ]


def _home(resource: dict[str, Any]) -> str:
    """The namespace that an object is in, or is."""
    metadata = resource["inputs"].get("metadata") or resource["inputs"]
    return str(metadata.get("namespace") or metadata.get("name") or resource["name"])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    os.chdir(folder)
    sys.path[0] = str(folder)
    print(json.dumps(record(folder / "__main__.py")))  # noqa: T201
