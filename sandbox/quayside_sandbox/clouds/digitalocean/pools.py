"""Node pools as the cluster resource (its one inline pool) and the node pool resource share them.

Facts: terraform-provider-digitalocean digitalocean/kubernetes/kubernetes.go and resource_kubernetes_node_pool.go.
The provisioner makes the nodes: it writes `nodes` and `actualNodeCount`, and removes the record of a pool that is `_deleting`.
"""

from __future__ import annotations

import uuid
from typing import Any

from ..cloud import Cloud, Refused
from ..paths import Path
from ..store import Missing, Record
from ..table import Rule, not_empty, one_of
from . import quota, times
from .catalog import SIZES

KIND = "kubernetesNodePools"
GIVEN = ("name", "size", "autoScale", "minNodes", "maxNodes", "labels", "taints", "tags", "gpuPartitionMode")


def rules(prefix: str = "") -> dict[str, Rule]:
    """nodePoolSchema's validations."""
    return {
        f"{prefix}name": not_empty,
        f"{prefix}size": not_empty,
        f"{prefix}taints.effect": one_of("NoSchedule", "PreferNoSchedule", "NoExecute"),
    }


def verify(cloud: Cloud, method: str, path: str, pool: Record, place: str, id: str = "") -> None:
    """What the API refuses; `place` is how its messages name the pool. Raises Refused."""

    def refused(message: str) -> Refused:
        return cloud.refused(method, path, 422, f"validation error: {message}")

    size = SIZES.get(pool["size"])
    if size is None or not size.kubernetes:
        raise refused(f"{place}.invalid droplet size")  # terraform-provider-digitalocean#827
    if pool.get("autoScale"):
        least, most = int(pool.get("minNodes") or 0), int(pool.get("maxNodes") or 0)
        if most < 1 or least > most:
            raise refused(
                f"{place}.min_nodes and max_nodes must be set, with 1 <= max_nodes and min_nodes <= max_nodes, when auto_scale is enabled"
            )
    elif not pool.get("nodeCount") and not id:
        raise refused(f"{place}.count must be at least 1")
    quota.check(cloud, method, path, {**pool, "nodeCount": count(pool)}, id)


def count(inputs: Record, live: int | None = None) -> int:
    """How many nodes the pool gets: as asked, else as it has; an autoscaled pool within its bounds (SDK docs of node_count)."""
    asked = inputs.get("nodeCount")
    number = int(asked) if asked is not None else live or 0
    if inputs.get("autoScale"):
        least, most = int(inputs.get("minNodes") or 0), int(inputs.get("maxNodes") or 0)
        return number if least <= number <= most and number else max(least, 1)
    return number


def create(cloud: Cloud, cluster: str, inputs: Record, default: bool) -> Record:
    """Asks the provisioner for a pool."""
    given = {key: inputs[key] for key in GIVEN if key in inputs}
    fields = {
        "labels": {},
        "taints": [],
        "tags": [],
        **given,
        "clusterId": cluster,
        "nodeCount": count(inputs),
        "nodes": [],
        "actualNodeCount": 0,
    }
    return cloud.store.create(cloud.name, KIND, {**fields, "_default": default}, id=str(uuid.uuid4()))


def change(cloud: Cloud, id: str, inputs: Record) -> Record:
    """Asks the provisioner to make the pool what the inputs say. Raises Missing."""

    def edit(record: Record) -> Record:
        kept = {key: value for key, value in record.items() if key not in ("minNodes", "maxNodes")}
        given = {"labels": {}, "taints": [], "tags": [], **{key: inputs[key] for key in GIVEN if key in inputs}}
        return {**kept, **given, "nodeCount": count(inputs, record.get("nodeCount"))}

    return cloud.store.update(cloud.name, KIND, id, edit)


def await_nodes(cloud: Cloud, id: str, timeout: float) -> Record:
    """Waits until every node runs (waitForKubernetesNodePoolCreate). Raises Refused."""
    seen: Record = {}

    def running() -> bool:
        record = cloud.find(KIND, id)
        if record is None:
            raise Refused("Error trying to read nodepool state: the node pool is gone")
        seen.update(record)
        nodes = record.get("nodes") or []
        return len(nodes) == record["nodeCount"] and all(node.get("status") == "running" for node in nodes)

    if not cloud.wait(running, timeout):
        raise Refused(f"Timeout waiting to create nodepool: {len(seen.get('nodes') or [])} of {seen.get('nodeCount')} nodes are there")
    return seen


def outputs(record: Record, before: Record) -> Record:
    """A pool as Pulumi sees it. The count is told only where it was given: an autoscaled pool may have none (flattenNodePool)."""
    shown = {key: value for key, value in record.items() if key in GIVEN}
    shown.update(nodes=[_node(node) for node in record.get("nodes") or []], actualNodeCount=record.get("actualNodeCount") or 0)
    shown["minNodes"], shown["maxNodes"] = record.get("minNodes") or 0, record.get("maxNodes") or 0
    shown["autoScale"] = bool(record.get("autoScale"))
    if before.get("nodeCount") is not None:
        shown["nodeCount"] = record.get("nodeCount")
    return shown


def _node(node: Record) -> Record:
    shown = {key: value for key, value in node.items() if not key.startswith("_")}
    return {**shown, **{key: times.go(shown[key]) for key in ("createdAt", "updatedAt") if key in shown}}


def count_unchanged(path: Path, new: Any, actual: Any) -> bool:
    """nodePoolSchema's DiffSuppressFunc: no difference in node_count once it is what the pool has."""
    return path[-1] == "nodeCount" and (new is None or new == actual)


def delete(cloud: Cloud, id: str) -> None:
    try:
        cloud.store.update(cloud.name, KIND, id, {"_deleting": True})
    except Missing:
        return
