"""Rules for the provider resource itself (`kubernetes.Provider`): which arguments go together, and which change replaces every object."""

from __future__ import annotations

import json
import os
from typing import Any

from ...kube import Connection, InvalidKubeconfig
from ..values import UNKNOWN, plain
from .configuration import RENDERING_REFUSED
from .handler import Change, CheckFailure, DiffResult, Properties

_LEADS_TO_CLUSTER = ("kubeconfig", "context", "cluster")


def check(urn: str, news: Properties) -> list[CheckFailure]:
    """What is wrong with the provider's arguments."""
    arguments = plain(news)
    failures = []
    if arguments.get("renderYamlToDirectory"):
        failures.append(CheckFailure("renderYamlToDirectory", RENDERING_REFUSED))
    if str(_stack_setting("strictMode") or arguments.get("strictMode") or "").lower() == "true":
        if urn.rsplit("::", 1)[-1].startswith("default"):
            failures.append(CheckFailure("", "strict mode prohibits default provider"))
        missing = [argument for argument in ("kubeconfig", "context") if not arguments.get(argument)]
        failures += [CheckFailure(argument, f'strict mode requires Provider "{argument}" argument') for argument in missing]
    return failures


def diff(olds: Properties, news: Properties) -> DiffResult:
    """An object lives in one cluster: a provider that leads to another one replaces all its objects.

    Clusters have no identity of their own, so the active cluster entry of the kubeconfig counts, unless `clusterIdentifier` says more.
    """
    old, new = plain(olds), plain(news)
    changed = {key for key in {**old, **new} if old.get(key) != new.get(key)}
    if not changed:
        return DiffResult()
    replaces = []
    before, after = old.get("clusterIdentifier"), new.get("clusterIdentifier")
    if "clusterIdentifier" in changed and before and after:
        replaces.append("clusterIdentifier")
    unknown = [key for key in _LEADS_TO_CLUSTER if new.get(key) is UNKNOWN]
    if unknown:
        replaces.append(unknown[0])
    else:
        if "renderYamlToDirectory" in changed:
            replaces.append("renderYamlToDirectory")
        here, there = _active_cluster(old), _active_cluster(new)
        if here and there and here != there:
            replaces += [key for key in _LEADS_TO_CLUSTER if key in changed]
    if after and before == after:
        replaces = []
    detailed = {key: Change.UPDATE_REPLACE if key in replaces else Change.UPDATE for key in sorted(changed)}
    return DiffResult(detailed=detailed, replaces=replaces)


def _active_cluster(arguments: dict[str, Any]) -> tuple[Any, ...] | None:
    """What makes up the active cluster entry; None where the kubeconfig leads to none."""
    kubeconfig = arguments.get("kubeconfig") or ""
    text = json.dumps(kubeconfig) if isinstance(kubeconfig, dict) else str(kubeconfig)
    try:
        found = Connection.parse(text, arguments.get("context") or None, arguments.get("cluster") or None)
    except (InvalidKubeconfig, OSError):
        return None
    return (found.server, found.ca, found.insecure, found.tls_server_name, found.proxy_url)


def _stack_setting(name: str) -> Any:
    """A `kubernetes:…` setting of the stack, which the engine passes to its plugins as JSON."""
    try:
        return json.loads(os.environ.get("PULUMI_CONFIG") or "{}").get(name)
    except ValueError:
        return None
