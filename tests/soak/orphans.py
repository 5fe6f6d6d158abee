"""What belongs to nobody: objects in cluster and clouds that a stack made and its state does not know."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from quayside.labels import OWNER
from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal

Object = dict[str, Any]

PATIENCE = 60
"""Seconds for controllers and the garbage collector to take away what hung on things that went."""

Record = tuple[str, str, str]
"""Cloud, kind and id of an object in a simulated cloud."""


def orphans(stack: Rehearsal, before: set[Record]) -> list[str]:
    """What is left over, once everybody has had the time to take it away. before: what the clouds held without the stack."""
    resources = stack.exported()["deployment"].get("resources") or []
    until = time.monotonic() + PATIENCE
    while True:
        found = [*_in_clouds(stack, resources, before), *_in_cluster(stack.api(), resources)]
        if not found or time.monotonic() > until:
            return found
        time.sleep(1)


def records(stack: Rehearsal) -> set[Record]:
    """Everything in the simulated clouds."""
    store = stack.sandbox.store
    return {(cloud, kind, each["id"]) for cloud in store.clouds() for kind in store.kinds(cloud) for each in store.list(cloud, kind)}


def _in_clouds(stack: Rehearsal, resources: list[Object], before: set[Record]) -> Iterator[str]:
    """A record is known by its id; a cluster's own pool, a load balancer and a volume by what they were made for."""
    known = {resource.get("id") for resource in resources}
    services = {resource.get("id") for resource in resources if resource["type"] == "kubernetes:core/v1:Service"}
    for cloud, kind, name in sorted(records(stack) - before):
        record = stack.sandbox.store.find(cloud, kind, name) or {}
        part = record.get("_default") and record.get("clusterId") in known
        part = part or (record.get("_service") in services and record.get("_clusterId") in known)
        if record and not record.get("_assumed") and name not in known and not part:
            yield f"{cloud} {kind} {record.get('name') or name}"


def _in_cluster(api: Api, resources: list[Object]) -> Iterator[str]:
    """An object with the stack's mark is in the state, or hangs on one that is: by a release or an owner."""
    known = {(resource["type"].rpartition(":")[2], resource.get("id")) for resource in resources}
    releases = {resource.get("id") for resource in resources if resource["type"] == "kubernetes:helm.sh/v3:Release"}
    for version in api.versions():
        if version.startswith("metrics.k8s.io/"):
            continue  # measurements, under the pods' labels
        for kind in api.kinds(version):
            if "list" not in kind.verbs or kind.kind == "Endpoints":
                continue  # Endpoints have their Service's labels, and go with it
            for each in api.list(version, kind.kind, labels=OWNER):
                metadata = each["metadata"]
                name = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
                if metadata.get("ownerReferences") or (kind.kind, name) in known or _released(metadata, releases):
                    continue
                yield f"{kind.kind} {name}"


def _released(metadata: Object, releases: set[str | None]) -> bool:
    annotations = metadata.get("annotations") or {}
    release = f"{annotations.get('meta.helm.sh/release-namespace')}/{annotations.get('meta.helm.sh/release-name')}"
    return release in releases or "helm.sh/hook" in annotations
