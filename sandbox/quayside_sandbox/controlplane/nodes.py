"""Nodes as node pools ask for them, and those of a local cluster as it names them.

The scheduler sees what a vendor's node would offer: capacity by its size, allocatable what the vendor leaves to pods, its labels and taints.
"""

from __future__ import annotations

import json
import random
import secrets
import time
import uuid
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any

from ..clouds.digitalocean.catalog import REGIONS
from ..clouds.store import Record, Store, timestamp
from ..kube import Api, ApiError
from ..kube.client import Object
from .eviction import evict_from
from .node_objects import POOL_KEYS, doks_node, local_node, marks, pool_labels
from .watched import Watched

CLOUD, POOLS, CLUSTERS = "digitalocean", "kubernetesNodePools", "kubernetesClusters"
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
DRAIN_LIMIT = 30.0  # seconds that pods get to leave a node


class NodePools:
    """The pools of one DOKS cluster: nodes are made, labelled, drained and removed as the records say."""

    def __init__(self, store: Store, cluster: str, api: Api, nodes: Watched, pods: Watched) -> None:
        self.store, self.cluster, self.api, self.nodes, self.pods = store, cluster, api, nodes, pods
        self._draining: dict[str, float] = {}  # node → when its drain began

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.nodes, self.pods] if self._draining else [self.nodes]

    def ready(self) -> bool:
        """Whether every pool has all its nodes."""
        pools = self._pools()
        return bool(pools) and all(
            len(pool.get("nodes") or []) == pool["nodeCount"] and all(node["status"] == "running" for node in pool["nodes"])
            for pool in pools
        )

    def reconcile(self) -> float | None:
        cluster = self.store.find(CLOUD, CLUSTERS, self.cluster)
        if cluster is None:
            return None
        pools = self._pools()
        for pool in pools:
            self._reconcile_pool(cluster, pool)
        wanted = {node["name"] for pool in self._pools() for node in pool.get("nodes") or [] if node["status"] != "deleting"}
        for node in self.nodes.items():
            if node["metadata"]["name"] not in wanted:
                self._drain(node)
        for name in [name for name in self._draining if self.nodes.get(name) is None]:
            del self._draining[name]
        return 0.3 if self._draining else None

    def _pools(self) -> list[Record]:
        return self.store.list(CLOUD, POOLS, clusterId=self.cluster)

    def _reconcile_pool(self, cluster: Record, pool: Record) -> None:
        nodes: list[Record] = [dict(node) for node in pool.get("nodes") or []]
        goal = 0 if pool.get("_deleting") else int(pool["nodeCount"])
        staying = [node for node in nodes if node["status"] != "deleting"]
        nodes += [_new_node(pool["name"]) for _ in range(goal - len(staying))]
        for node in self._dispensable(staying)[: max(0, len(staying) - goal)]:
            node["status"] = "deleting"
        if nodes != (pool.get("nodes") or []):
            self._write(pool, nodes)  # before the objects: a crash must not leave nodes that nobody knows
        for node in nodes:
            if node["status"] != "deleting":
                self._reconcile_node(cluster, pool, node)
        left = [node for node in nodes if node["status"] != "deleting" or self.nodes.get(node["name"])]
        if pool.get("_deleting") and not left:
            self.store.delete(CLOUD, POOLS, pool["id"])
        elif left != (pool.get("nodes") or []):
            self._write(pool, left)

    def _write(self, pool: Record, nodes: list[Record]) -> None:
        actual = sum(1 for node in nodes if node["status"] == "running")
        self.store.update(CLOUD, POOLS, pool["id"], {"nodes": nodes, "actualNodeCount": actual})

    def _reconcile_node(self, cluster: Record, pool: Record, node: Record) -> None:
        found = self.nodes.get(node["name"])
        labels, taints = pool_labels(cluster, pool, node), pool.get("taints") or []
        if found is None:
            version = "v" + str(cluster["version"]).split("-")[0]
            _create(self.api, doks_node(node["name"], pool["size"], labels, taints, version), self.nodes, self._networks(cluster))
            return
        status = "running" if is_ready(found) else "provisioning" if node["status"] == "provisioning" else node["status"]
        if status != node["status"]:
            node.update(status=status, updatedAt=timestamp())
        _update_marks(self.api, found, labels, taints)

    def _dispensable(self, nodes: list[Record]) -> list[Record]:
        """Those with the fewest pods first; of two alike the youngest."""
        load = pods_by_node(self.pods)
        order = sorted(range(len(nodes)), key=lambda index: (len(load.get(nodes[index]["name"], [])), -index))
        return [nodes[index] for index in order]

    def _networks(self, cluster: Record) -> tuple[IPv4Network, IPv4Network]:
        vpc = self.store.find(CLOUD, "vpcs", str(cluster.get("vpcUuid"))) or {}
        region = REGIONS.get(cluster["region"])
        machines = vpc.get("ipRange") or f"10.{region.number if region else 100}.0.0/20"
        return IPv4Network(machines), IPv4Network(cluster.get("clusterSubnet") or "10.244.0.0/16")

    def _drain(self, node: Object) -> None:
        name = node["metadata"]["name"]
        began = self._draining.setdefault(name, time.monotonic())
        left = evict_from(self.api, node, self.pods)
        if not left or time.monotonic() - began > DRAIN_LIMIT:
            remove_node(self.api, name, self.pods)


class LocalNodes:
    """The nodes that the record of a local cluster names."""

    def __init__(self, store: Store, cluster: str, api: Api, nodes: Watched) -> None:
        self.store, self.cluster, self.api, self.nodes = store, cluster, api, nodes

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.nodes]

    def ready(self) -> bool:
        wanted = (self.store.find("local", "clusters", self.cluster) or {}).get("nodes") or []
        return all((found := self.nodes.get(node["name"])) is not None and is_ready(found) for node in wanted)

    def reconcile(self) -> float | None:
        record = self.store.find("local", "clusters", self.cluster) or {}
        for node in record.get("nodes") or []:
            if self.nodes.get(node["name"]) is None:
                _create(self.api, local_node(node), self.nodes, (IPv4Network("172.18.0.0/16"), IPv4Network("10.244.0.0/16")))
        return None


def is_ready(node: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def pods_by_node(pods: Watched) -> dict[str, list[Object]]:
    """The pods on each node that are not a DaemonSet's."""
    found: dict[str, list[Object]] = {}
    for pod in pods.items():
        owners = pod["metadata"].get("ownerReferences") or []
        if pod["spec"].get("nodeName") and not any(owner["kind"] == "DaemonSet" for owner in owners):
            found.setdefault(pod["spec"]["nodeName"], []).append(pod)
    return found


def remove_node(api: Api, name: str, pods: Watched) -> None:
    """Takes the Node away, and its pods with it: nobody is there any more to end them."""
    _ignoring_missing(api, "v1", "Node", name)
    for pod in pods.items():
        if pod["spec"].get("nodeName") == name:
            _ignoring_missing(api, "v1", "Pod", pod["metadata"]["name"], pod["metadata"]["namespace"], gracePeriodSeconds=0)


def _ignoring_missing(api: Api, api_version: str, kind: str, name: str, namespace: str | None = None, **options: Any) -> None:
    try:
        api.delete(api_version, kind, name, namespace, **options)
    except ApiError as problem:
        if problem.code != 404:
            raise


def _new_node(pool: str) -> Record:
    now = timestamp()
    return {
        "id": str(uuid.uuid4()),
        "name": f"{pool}-{''.join(secrets.choice(LETTERS) for _ in range(5))}",
        "status": "provisioning",
        "dropletId": str(random.randrange(400_000_000, 600_000_000)),
        "createdAt": now,
        "updatedAt": now,
    }


def _create(api: Api, node: Object, nodes: Watched, networks: tuple[IPv4Network, IPv4Network]) -> None:
    """Gives the node addresses that no other has, and makes it."""
    machines, pods = networks
    there = api.list("v1", "Node")  # not what the watch knows: it may not have told of the last one yet
    addresses = {entry["address"] for other in there for entry in other["status"].get("addresses") or []}
    ranges = {other["spec"].get("podCIDR") for other in there}
    inner = next(str(host) for host in _hosts(machines, 2) if str(host) not in addresses)
    outer = next(str(host) for host in _hosts(IPv4Network("198.51.100.0/24"), 1) if str(host) not in addresses)  # RFC 5737
    name = node["metadata"]["name"]
    node["spec"]["podCIDR"] = next(str(part) for part in pods.subnets(new_prefix=max(25, pods.prefixlen)) if str(part) not in ranges)
    node["status"]["addresses"] = [
        {"type": "Hostname", "address": name},
        {"type": "InternalIP", "address": inner},
        {"type": "ExternalIP", "address": outer},
    ]
    try:
        api.create(node)
    except ApiError as problem:
        if problem.reason != "AlreadyExists":
            raise


def _hosts(network: IPv4Network, skip: int) -> Iterator[Any]:
    hosts = ip_network(network).hosts()
    for _ in range(skip):
        next(hosts)
    return iter(hosts)


def _update_marks(api: Api, node: Object, labels: dict[str, str], taints: list[Record]) -> None:
    """Labels and taints of the pool follow its record; those that somebody else has set stay."""
    metadata = node["metadata"]
    owned = json.loads((metadata.get("annotations") or {}).get(POOL_KEYS) or '{"labels": [], "taints": []}')
    present = metadata.get("labels") or {}
    change: dict[str, Any] = {key: value for key, value in labels.items() if present.get(key) != value}
    change.update({key: None for key in owned["labels"] if key not in labels and key in present})
    standing = node["spec"].get("taints") or []
    goal = [taint for taint in standing if f"{taint['key']}:{taint['effect']}" not in owned["taints"]] + taints
    if not change and {json.dumps(t, sort_keys=True) for t in goal} == {json.dumps(t, sort_keys=True) for t in standing}:
        return
    patch: Object = {
        "metadata": {"labels": change, "annotations": {POOL_KEYS: marks(labels, taints)}, "resourceVersion": metadata["resourceVersion"]}
    }
    patch["spec"] = {"taints": goal}
    try:
        api.patch("v1", "Node", metadata["name"], patch)
    except ApiError as problem:
        if problem.code not in (404, 409):  # it is gone, or has changed: the watch will tell
            raise
