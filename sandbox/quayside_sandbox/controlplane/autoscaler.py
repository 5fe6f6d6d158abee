"""Pools that grow while pods find no room and shrink when nodes stand empty, as DigitalOcean's cluster autoscaler makes them.

Simple on purpose: one node at a time, for a pod that would fit on a new node of the pool; a node goes when nothing but DaemonSets' pods
and the vendor's own is left on it. Waiting times are shorter than the real ones (ten minutes before a node goes).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from ..clouds.digitalocean.catalog import SIZES
from ..clouds.store import Record, Store
from ..kube import Api
from ..kube.client import Object
from .events import event
from .nodes import CLOUD, POOLS, is_ready, pods_by_node
from .quantity import number
from .system import DOKS_PODS
from .watched import Watched

PENDING_SECONDS = 1.0  # so long the scheduler gets to find a place
EMPTY_SECONDS = 20.0  # so long a node stands empty before it goes


class Autoscaler:
    """The autoscaled pools of one cluster: it changes their `nodeCount`; nodes.py does the rest."""

    def __init__(self, store: Store, cluster: str, api: Api, nodes: Watched, pods: Watched) -> None:
        self.store, self.cluster, self.api, self.nodes, self.pods = store, cluster, api, nodes, pods
        self._pending: dict[str, float] = {}  # pod uid → since when
        self._empty: dict[str, float] = {}  # node → since when

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.nodes, self.pods]

    def reconcile(self) -> float | None:
        pools = [
            pool for pool in self.store.list(CLOUD, POOLS, clusterId=self.cluster) if pool.get("autoScale") and not pool.get("_deleting")
        ]
        if not pools:
            return None
        now = time.monotonic()
        for pool in pools:
            self._keep_bounds(pool)
        homeless = [pod for pod in self.pods.items() if unschedulable(pod)]
        self._pending = {pod["metadata"]["uid"]: self._pending.get(pod["metadata"]["uid"], now) for pod in homeless}
        overdue = [pod for pod in homeless if now - self._pending[pod["metadata"]["uid"]] >= PENDING_SECONDS]
        settled = all(len(pool.get("nodes") or []) == pool["nodeCount"] and self._all_ready(pool) for pool in pools)
        if overdue and settled:
            self._grow(pools, overdue)
        elif not homeless:
            self._shrink(pools, now)
        return 1.0 if homeless or self._empty else None

    def _all_ready(self, pool: Record) -> bool:
        return all((found := self.nodes.get(node["name"])) is not None and is_ready(found) for node in pool.get("nodes") or [])

    def _keep_bounds(self, pool: Record) -> None:
        count = max(int(pool.get("minNodes") or 0), min(int(pool.get("maxNodes") or pool["nodeCount"]), int(pool["nodeCount"])))
        self._resize(pool, count)

    def _grow(self, pools: list[Record], pods: list[Object]) -> None:
        for pod in pods:
            for pool in pools:
                count, most = int(pool["nodeCount"]), int(pool.get("maxNodes") or 0)
                if count < most and would_fit(pod, pool):
                    message = f"pod triggered scale-up: [{{{pool['name']} {count}->{count + 1} (max: {most})}}]"
                    event(self.api, pod, "Normal", "TriggeredScaleUp", message, component="cluster-autoscaler")
                    self._resize(pool, count + 1)
                    self._pending.clear()  # whoever fits on the new node gets time to be placed there
                    return

    def _shrink(self, pools: list[Record], now: float) -> None:
        load = pods_by_node(self.pods)
        empty: dict[str, float] = {}
        for pool in pools:
            names = [node["name"] for node in pool.get("nodes") or [] if node["status"] == "running"]
            idle = [name for name in names if all(_belongs_to_vendor(pod) for pod in load.get(name, []))]
            empty.update({name: self._empty.get(name, now) for name in idle})
            spare = [name for name in idle if now - empty[name] >= EMPTY_SECONDS]
            least = max(1, int(pool.get("minNodes") or 0))
            if spare and int(pool["nodeCount"]) > least:
                self._resize(pool, max(least, int(pool["nodeCount"]) - len(spare)))
        self._empty = empty

    def _resize(self, pool: Record, count: int) -> None:
        if count != pool["nodeCount"]:
            self.store.update(CLOUD, POOLS, pool["id"], {"nodeCount": count})
            pool["nodeCount"] = count


def unschedulable(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    waiting = any(c["type"] == "PodScheduled" and c["status"] == "False" and c.get("reason") == "Unschedulable" for c in conditions)
    return waiting and not pod["metadata"].get("deletionTimestamp")


def would_fit(pod: Object, pool: Record) -> bool:
    """Whether a fresh node of the pool, with nothing but the vendor's pods on it, could take the pod."""
    spec, size = pod["spec"], SIZES[pool["size"]]
    on_node = [each.requests for each in DOKS_PODS if each.replicas is None and each.requests]
    cpu = size.allocatable_cpu / 1000 - sum(number(each[0]) for each in on_node)
    memory = size.allocatable_memory * 2.0**20 - sum(number(each[1]) for each in on_node)
    if requested(spec, "cpu") > cpu or requested(spec, "memory") > memory:
        return False
    labels = {
        **(pool.get("labels") or {}),
        "doks.digitalocean.com/node-pool": pool["name"],
        "node.kubernetes.io/instance-type": pool["size"],
    }
    if any(labels.get(key, value) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    if any(key not in labels for key in spec.get("nodeSelector") or {} if "/" not in key):
        return False
    return all(tolerated(taint, spec.get("tolerations") or []) for taint in pool.get("taints") or [])


def requested(spec: Object, resource: str) -> float:
    """The pod's request as the scheduler counts it: containers together, or the greatest init container."""

    def of(container: dict[str, Any]) -> float:
        return number(((container.get("resources") or {}).get("requests") or {}).get(resource))

    return max([sum(of(each) for each in spec["containers"]), *(of(each) for each in spec.get("initContainers") or [])])


def tolerated(taint: Record, tolerations: list[Record]) -> bool:
    if taint["effect"] == "PreferNoSchedule":
        return True
    return any(
        (not each.get("key") or each["key"] == taint["key"])
        and (each.get("operator") == "Exists" or each.get("value", "") == taint.get("value", ""))
        and each.get("effect", taint["effect"]) == taint["effect"]
        for each in tolerations
    )


def _belongs_to_vendor(pod: Object) -> bool:
    return (pod["metadata"].get("labels") or {}).get("doks.digitalocean.com/managed") == "true"
