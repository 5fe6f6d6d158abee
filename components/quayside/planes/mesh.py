"""How a service becomes part of the mesh: labels of its namespace, and what its pods need for it. Pure functions."""

from typing import Any

from quayside.planes.waypoint import HBONE
from quayside.settings.mesh import DEFAULT_REVISION

Manifest = dict[str, Any]

SIDECAR = "quayside/mesh"
"""Annotation of pods with sidecars: the control plane that they have them from. Sidecars come into pods when those are made, so whoever
joins, leaves or moves to another control plane gets new pods. In ambient they stay: ztunnel takes them up as they are."""

PROBES_FROM = "169.254.7.127/32"
"""Where the kubelet's probes come from in ambient: istio-cni gives them this address so that they pass by the proxy, and Cilium, which
lets the kubelet through every policy, does not know it (istio#49277; istio.io, 'Platform-Specific Prerequisites')."""


def namespace_labels(mode: str, revision: str = DEFAULT_REVISION) -> dict[str, str]:
    """What makes the pods of a namespace members of the mesh. Of the two labels for sidecars only one: with both, the older wins."""
    if mode == "sidecar":
        return {"istio-injection": "enabled"} if revision == DEFAULT_REVISION else {"istio.io/rev": revision}
    if mode == "ambient":
        return {"istio.io/dataplane-mode": "ambient"}
    return {}


def pod_annotations(mode: str, revision: str = DEFAULT_REVISION) -> dict[str, str]:
    """What a pod template says so that its pods are made anew (see SIDECAR)."""
    return {SIDECAR: revision} if mode == "sidecar" else {}


def ports(mode: str) -> list[dict[str, Any]]:
    """Ports on which pods are called beside their own. Sidecars have it for callers that are in ambient, on the way from one mode to the
    other."""
    return [] if mode == "off" else [{"protocol": "TCP", "port": HBONE}]


def probes(mode: str) -> list[Manifest]:
    """Rules of a NetworkPolicy that let the kubelet in."""
    return [{"from": [{"ipBlock": {"cidr": PROBES_FROM}}]}] if mode == "ambient" else []
