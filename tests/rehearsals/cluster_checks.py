"""What the rehearsals of the simulated clusters share: waiting, objects to put in, and a DOKS cluster asked for by its records."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from quayside_sandbox.clusters import api as api_of
from quayside_sandbox.kube import Api
from quayside_sandbox.sandbox import Sandbox

T = TypeVar("T")
Object = dict[str, Any]
NODES = [{"name": "one", "cpu": 4, "memory": "8Gi"}, {"name": "two", "cpu": 4, "memory": "8Gi"}]


def eventually(look: Callable[[], T | None], what: str, timeout: float = 40.0) -> T:
    """The first true answer; fails by saying what was waited for and what was there last."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {timeout:.0f} s for: {what}; last: {found!r}"
        time.sleep(0.1)
    return found


def doks(sandbox: Sandbox, name: str, **pools: dict[str, Any]) -> Object:
    """Asks for a cluster as the plugin does, and waits until it runs; the first pool is the cluster's own."""
    fields = {"name": name, "region": "fra1", "version": "1.36.1-do.0", "vpcUuid": "", "tags": [], "status": "provisioning"}
    subnets = {"clusterSubnet": "10.150.0.0/16", "serviceSubnet": "10.151.0.0/19"}
    id = f"{abs(hash(name)):08x}-0000-4000-8000-000000000000"
    for number, (pool, about) in enumerate(pools.items()):
        given = {"name": pool, "clusterId": id, "labels": {}, "taints": [], "tags": [], "_default": number == 0, **about}
        sandbox.store.create("digitalocean", "kubernetesNodePools", given)
    sandbox.store.create("digitalocean", "kubernetesClusters", {**fields, **subnets}, id=id)

    def running() -> Object | None:
        record = sandbox.store.get("digitalocean", "kubernetesClusters", id)
        assert record["status"] != "error", record["_error"]
        return record if record["status"] == "running" else None

    return eventually(running, f"cluster {name} to run", 120)


def doks_api(sandbox: Sandbox, cluster: Object) -> Api:
    return api_of(sandbox.store.get("digitalocean", "kubernetesClusters", cluster["id"]))


def delete_doks(sandbox: Sandbox, cluster: Object, **more: Any) -> None:
    sandbox.store.update("digitalocean", "kubernetesClusters", cluster["id"], {"status": "deleting", **more})
    eventually(lambda: sandbox.store.find("digitalocean", "kubernetesClusters", cluster["id"]) is None, "the cluster to go")


def pool_of(sandbox: Sandbox, cluster: Object, name: str) -> Object:
    return sandbox.store.list("digitalocean", "kubernetesNodePools", clusterId=cluster["id"], name=name)[0]


def deployment(name: str, image: str = "acme/web:1", replicas: int = 1, namespace: str = "default", **container: Any) -> Object:
    labels = {"app": name}
    spec = {"containers": [{"name": "app", "image": image, **container}]}
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def pods(api: Api, app: str, namespace: str = "default") -> list[Object]:
    return [pod for pod in api.list("v1", "Pod", namespace, labels=f"app={app}") if not pod["metadata"].get("deletionTimestamp")]


def available(api: Api, name: str, count: int, namespace: str = "default") -> bool:
    status = api.get("apps/v1", "Deployment", name, namespace).get("status") or {}
    return bool(status.get("availableReplicas", 0) == count and status.get("updatedReplicas", 0) == count)


def condition(thing: Object, kind: str) -> Object:
    """Of this type; empty where there is none."""
    return next((each for each in (thing.get("status") or {}).get("conditions") or [] if each["type"] == kind), {})


def events(api: Api, about: str, namespace: str = "default") -> dict[str, list[str]]:
    """The messages of all events about an object of this name, by reason."""
    found: dict[str, list[str]] = {}
    for event in api.list("v1", "Event", namespace, fields=f"involvedObject.name={about}"):
        found.setdefault(event["reason"], []).append(event["message"])
    return found
