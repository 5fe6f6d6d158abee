"""Istio's node agent in ambient mode: pods of labelled namespaces are taken into the mesh, which their annotation tells.

Facts: istio cni/pkg/nodeagent, cni/pkg/util/podutil.go (1.30).
"""

from __future__ import annotations

from collections.abc import Sequence

from ....kube import ApiError
from ....kube.client import Object
from ...watched import Watched
from ..surroundings import Surroundings

MODE, REDIRECTION = "istio.io/dataplane-mode", "ambient.istio.io/redirection"
INJECTED = "sidecar.istio.io/status"


class Ambient:
    """Works while the node agent and ztunnel run on a node."""

    def __init__(self, around: Surroundings) -> None:
        self.around, self.api = around, around.api
        self.daemons = around.watch("apps/v1", "DaemonSet")
        self._own: list[Watched] = []

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.daemons, *self._own]

    def reconcile(self) -> float | None:
        ready = {_name(each) for each in self.daemons.items() if (each.get("status") or {}).get("numberReady")}
        if not ready >= {"istio-cni-node", "ztunnel"}:
            return None
        self._own = self._own or [self.around.watch("v1", "Pod"), self.around.watch("v1", "Namespace")]
        if not all(watched.synced.is_set() for watched in self._own):
            return 0.2
        pods, namespaces = self._own
        labels = {each["metadata"]["name"]: each["metadata"].get("labels") or {} for each in namespaces.items()}
        for pod in pods.items():
            wanted = "enabled" if _joins(pod, labels.get(pod["metadata"]["namespace"], {})) else None
            if (pod["metadata"].get("annotations") or {}).get(REDIRECTION) != wanted and (pod.get("status") or {}).get("podIP"):
                self._annotate(pod, wanted)
        return None

    def _annotate(self, pod: Object, value: str | None) -> None:
        metadata = pod["metadata"]
        change = {"metadata": {"annotations": {REDIRECTION: value}}}
        try:
            self.api.patch("v1", "Pod", metadata["name"], change, metadata["namespace"], field_manager="install-cni")
        except ApiError as problem:
            if problem.code not in (404, 409):
                raise


def _joins(pod: Object, namespace: Object) -> bool:
    metadata = pod["metadata"]
    over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    if over or metadata.get("deletionTimestamp") or pod["spec"].get("hostNetwork") or INJECTED in (metadata.get("annotations") or {}):
        return False
    return ((metadata.get("labels") or {}).get(MODE) or namespace.get(MODE)) == "ambient"


def _name(daemon: Object) -> str:
    """As the charts label their pods: the node agent k8s-app=istio-cni-node, ztunnel app=ztunnel."""
    labels = daemon["spec"]["template"]["metadata"].get("labels") or {}
    return str(labels.get("k8s-app") if labels.get("k8s-app") == "istio-cni-node" else labels.get("app"))
