"""Runs a piece of program against Pulumi's mocks and keeps every registration as it was sent, options included.

Tests assert on what was recorded: an assertion inside of an apply can be skipped without a word.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks a secret in what it sends."""

_LOOP = asyncio.new_event_loop()
"""One for all runs: an Output is awaited in the loop in which it was made."""
asyncio.set_event_loop(_LOOP)

KNOWN_ONLY_LATER: dict[str, dict[str, Any]] = {
    "cloudflare:index/zone:Zone": {"nameServers": ["ada.ns.cloudflare.com"]},
    "digitalocean:index/kubernetesCluster:KubernetesCluster": {
        "endpoint": "https://example.k8s.ondigitalocean.com",
        "kubeConfigs": [{"clusterCaCertificate": "Y2E=", "token": "short-lived-token"}],
        "clusterUrn": "do:kubernetes:id-of-cluster",
    },
    "digitalocean:index/vpc:Vpc": {"ipRange": "10.20.0.0/20"},
}
"""Outputs that a cloud adds to what was asked for."""


@dataclass
class Registration:
    """One resource as the program registered it. inputs: with secrets in clear; sealed: which of the top-level inputs hold a secret."""

    type: str
    name: str
    inputs: dict[str, Any]
    plain: str
    request: Any
    sealed: set[str] = field(default_factory=set)

    @property
    def parent(self) -> str:
        """The parent's name, empty for the stack."""
        return str(self.request.parent).rpartition("::")[2]

    @property
    def after(self) -> set[str]:
        """Names of what it depends on."""
        return {urn.rpartition("::")[2] for urn in self.request.dependencies}


class Recorded(list[Registration]):
    """All registrations of a run."""

    exports: dict[str, Any]

    def of(self, kind: str) -> list[Registration]:
        """Those whose type ends in this word: "Deployment", "digitalocean", …"""
        return [each for each in self if each.type.rpartition(":")[2] == kind]

    def one(self, kind: str, name: str | None = None) -> Registration:
        """The only one of this kind (and name)."""
        found = [each for each in self.of(kind) if name in (None, each.name)]
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}: {[(each.type, each.name) for each in self]}"
        return found[0]


class Cloud(mocks.Mocks):
    """Answers as the clouds would, with what was asked for and what KNOWN_ONLY_LATER adds."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        outputs = {**args.inputs, **KNOWN_ONLY_LATER.get(args.typ, {})}
        if isinstance(outputs.get("metadata"), dict):
            outputs["metadata"] = {**outputs["metadata"], "uid": f"uid-of-{args.name}"}
        if isinstance(outputs.get("spec"), dict) and outputs["spec"].get("type") == "LoadBalancer":
            outputs["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}}
        return f"id-of-{args.name}", outputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token == "digitalocean:index/getKubernetesVersions:getKubernetesVersions":
            minor = args.args["versionPrefix"]
            return {"id": "versions", "latestVersion": f"{minor}7-do.0", "validVersions": [f"{minor}7-do.0"], "versionPrefix": minor}
        if args.token == "digitalocean:index/getProject:getProject":
            return {"id": f"id-of-project-{args.args['name']}", "name": args.args["name"]}
        if args.token == "cloudflare:index/getZone:getZone":
            name = args.args["filter"]["name"]
            return {"id": f"id-of-{name}", "zoneId": f"id-of-{name}", "name": name, "nameServers": ["ada.ns.cloudflare.com"]}
        if args.token == "digitalocean:index/getLoadBalancer:getLoadBalancer":
            return {**args.args, "ip": "203.0.113.11" if args.args.get("id") else "203.0.113.10"}  # by id, by name
        raise NotImplementedError(args.token)


class _Monitor(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(Cloud())
        self.recorded = Recorded()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the name in Pulumi's protocol
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            sealed = {key for key, value in inputs.items() if _is_secret(value)}
            record = Registration(request.type, request.name, _opened(inputs), _plain(inputs), request, sealed)
            self.recorded.append(record)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def record(program: Callable[[], Any], *, preview: bool = False) -> Recorded:
    """Run a program to its end and return what it registered. What the program raises is raised here."""
    asyncio.set_event_loop(_LOOP)  # others may have set their own
    monitor = _Monitor()
    mocks.set_mocks(Cloud(), project="quayside", stack="dev", preview=preview, monitor=monitor)
    SETTINGS.rpc_manager.clear()
    SETTINGS.outputs.clear()
    before: Any = pulumi.runtime.get_root_resource()
    getattr(before, "outputs", {}).clear()  # one stack for all runs
    _LOOP.run_until_complete(run_pulumi_func(program))
    root: Any = pulumi.runtime.get_root_resource()
    monitor.recorded.exports = dict(getattr(root, "outputs", {}))
    return monitor.recorded


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and SECRET in value


def _opened(value: Any) -> Any:
    """A value with its secrets in clear."""
    if _is_secret(value):
        return _opened(value["value"])
    if isinstance(value, dict):
        return {key: _opened(each) for key, each in value.items()}
    return [_opened(each) for each in value] if isinstance(value, list) else value


def _plain(value: Any) -> str:
    """What can be read by all: the value with its secrets taken out, as text."""

    def cut(part: Any) -> Any:
        if _is_secret(part):
            return "[secret]"
        if isinstance(part, dict):
            return {key: cut(each) for key, each in part.items()}
        return [cut(each) for each in part] if isinstance(part, list) else part

    return json.dumps(cut(value), default=str)


def value_of(output: Any) -> Any:
    """What an Output holds, after a run."""
    return _LOOP.run_until_complete(pulumi.Output.from_input(output).future())


def is_secret(output: Any) -> bool:
    """Whether an Output is kept secret, after a run."""
    return bool(_LOOP.run_until_complete(pulumi.Output.from_input(output).is_secret()))


def is_known(output: Any) -> bool:
    """Whether an Output has a value yet, after a run."""
    return bool(_LOOP.run_until_complete(pulumi.Output.from_input(output).is_known()))
