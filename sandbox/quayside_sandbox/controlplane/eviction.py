"""Emptying a node before it goes, as `kubectl drain` does: no new pods, and the present ones leave as their disruption budgets allow."""

from __future__ import annotations

from ..kube import Api, ApiError
from ..kube.client import Object
from .watched import Watched


def evict_from(api: Api, node: Object, pods: Watched) -> list[Object]:
    """Asks each pod to leave that does not belong to the node (DaemonSets' do); returns those that are still there."""
    name = node["metadata"]["name"]
    if not node["spec"].get("unschedulable"):
        api.patch("v1", "Node", name, {"spec": {"unschedulable": True}})
    there = [pod for pod in pods.items() if pod["spec"].get("nodeName") == name and leaves(pod)]
    for pod in there:
        if not pod["metadata"].get("deletionTimestamp"):
            _evict(api, pod)
    return there


def leaves(pod: Object) -> bool:
    """Whether a drain waits for the pod: it has work to lose and somewhere else to go."""
    owners = pod["metadata"].get("ownerReferences") or []
    done = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    return not done and not any(owner["kind"] in ("DaemonSet", "Node") for owner in owners)


def _evict(api: Api, pod: Object) -> None:
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    try:
        api.request("POST", f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", body=body)
    except ApiError as problem:
        if problem.code not in (404, 409, 429):  # gone already; changing; its budget does not allow it now: asked again
            raise
