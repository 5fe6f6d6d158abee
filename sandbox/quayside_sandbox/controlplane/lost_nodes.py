"""Nodes that are lost on demand: their kubelet falls silent, and the controllers draw the conclusions.

The node controller waits for fifty seconds before it believes in the loss; that much is shortened here. What follows is Kubernetes' own
doing: the taint node.kubernetes.io/unreachable, and after five minutes (the pods' own tolerationSeconds) their eviction; they stay
Terminating, since nobody is there to end them, and are replaced elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..folder import Folder
from ..kube import Api, ApiError
from ..kube.client import Object
from . import faults
from .events import event
from .stages import KUBELET_LABEL
from .watched import Watched

LOST = {"status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status."}


class LostNodes:
    """Nodes of one cluster that the rules name."""

    def __init__(self, folder: Folder, api: Api, nodes: Watched, pods: Watched) -> None:
        self.folder, self.api, self.nodes, self.pods = folder, api, nodes, pods

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.nodes]

    def reconcile(self) -> float | None:
        rules = [rule for rule in faults.rules(self.folder) if rule["kind"] == "node-lost"]
        for node in self.nodes.items():
            name = node["metadata"]["name"]
            lost = any(faults.matches(rule, "node", name) for rule in rules)
            silent = KUBELET_LABEL not in (node["metadata"].get("labels") or {})
            try:
                if lost and not silent:
                    self._silence(name)
                if lost and silent and _posts(node):
                    self._give_up(node)
                if silent and not lost:
                    self.api.patch("v1", "Node", name, {"metadata": {"labels": {KUBELET_LABEL: "running"}}})
            except ApiError as problem:
                if problem.code not in (404, 409):
                    raise
        return None

    def _silence(self, name: str) -> None:
        """kwok lets go of the node: no more leases, no more status, no more ends of pods."""
        self.api.patch("v1", "Node", name, {"metadata": {"labels": {KUBELET_LABEL: None}}})

    def _give_up(self, node: Object) -> None:
        """The node controller's own conclusion (pkg/controller/nodelifecycle, MarkPodsNotReady): first the pods, then the node."""
        name, now = node["metadata"]["name"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        unready = {"status": {"conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": now}]}}
        for pod in self.pods.items():
            metadata = pod["metadata"]
            if pod["spec"].get("nodeName") == name:
                self.api.patch("v1", "Pod", metadata["name"], unready, metadata["namespace"], how="strategic-merge", subresource="status")
                event(self.api, pod, "Warning", "NodeNotReady", "Node is not ready", component="node-controller")
        kinds = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
        conditions = [{"type": kind, **LOST, "lastTransitionTime": now} for kind in kinds]
        self.api.patch("v1", "Node", name, {"status": {"conditions": conditions}}, how="strategic-merge", subresource="status")


def _posts(node: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] != "Unknown" for condition in conditions)
