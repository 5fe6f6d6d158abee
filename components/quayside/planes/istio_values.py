"""What Istio's charts are told: pure functions. `istio.py` installs them.

All of them but the gateway's ignore keys that they do not know without a word, so each key here is held against the charts' own defaults
by a test.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from quayside.planes.waypoint import CLASS
from quayside.settings.base import empty
from quayside.settings.footprint import ISTIOD, NODE_PROXY, PROXY_LIMITS, SIDECAR, TRAFFIC_REDIRECTION, WAYPOINT, Pods
from quayside.settings.merge import merge
from quayside.settings.mesh import DEFAULT_REVISION, MeshSettings

NAMESPACE = "istio-system"
"""Where the control plane is. Its objects count for the whole mesh (meshConfig.rootNamespace)."""

_RUNTIME_DEFAULT = {"type": "RuntimeDefault"}
"""Seccomp profile that the restricted security profile asks for."""


class IstioSpec(MeshSettings):
    """Istio: the mesh between the services, and the control plane of the entries gateway-api and istio."""

    known: ClassVar[frozenset[str]] = MeshSettings.known | {"mesh_config"}

    mesh_config: dict[str, Any] = empty()
    """Further fields of Istio's MeshConfig, such as extensionProviders for traces, merged over ours. Default: none."""


def base(spec: IstioSpec) -> dict[str, Any]:
    """Chart base: the custom resource definitions, which outlive its removal, and the webhook that checks objects for all revisions.

    defaultRevision: whose istiod is asked by that webhook.
    """
    return merge({"defaultRevision": spec.revision}, spec.values.base)


def istiod(spec: IstioSpec, labels: Mapping[str, str], revision: str = DEFAULT_REVISION) -> dict[str, Any]:
    """Chart istiod: a control plane, and what it puts into pods. labels: for its Deployment and pods.

    No autoscaler: its metrics would need metrics-server, and a small mesh needs no second pod for its load.
    A budget for one pod alone would keep every node from being drained (istio#12602), so it comes with the second.
    """
    several = (spec.replicas or 1) > 1
    ours = {
        **_revision(revision),
        **({"profile": "ambient"} if spec.mode == "ambient" else {}),
        "autoscaleEnabled": False,
        "replicaCount": spec.replicas or 1,
        "resources": {"requests": ISTIOD.requests},
        "seccompProfile": _RUNTIME_DEFAULT,
        "deploymentLabels": dict(labels),
        "podLabels": dict(labels),
        "topologySpreadConstraints": [_spread(revision)] if several else [],
        **({"pdb": {"minAvailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}} if several else {}),
        **({"gatewayClasses": {CLASS: _several(spec.replicas or 1)}} if several and spec.mode == "ambient" else {}),
        # pods are led to their proxies by cni: the init container that would do it needs NET_ADMIN, which restricted namespaces refuse
        "cni": {"enabled": spec.mode != "off"},
        # The proxy starts before the service's containers and ends after them, in a Job too. Istio's default depends on the nodes' version.
        "env": {"ENABLE_NATIVE_SIDECARS": "true"},
        "meshConfig": merge(mesh_config(spec), spec.mesh_config),
        "global": {
            "defaultPodDisruptionBudget": {"enabled": several},
            "proxy": {"resources": _proxy(SIDECAR), "seccompProfile": _RUNTIME_DEFAULT},
            "waypoint": {"resources": _proxy(WAYPOINT)},
        },
        "gateways": {"seccompProfile": _RUNTIME_DEFAULT},  # of Gateways and waypoints that istiod makes
    }
    return merge(ours, spec.values.istiod)


def cni(spec: IstioSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Chart cni: what leads the pods' requests to their proxies, on each node."""
    ours = {
        "ambient": {"enabled": spec.mode == "ambient"},
        "resources": {"requests": TRAFFIC_REDIRECTION.requests},
        "daemonSetLabels": dict(labels),
        "podLabels": dict(labels),
    }
    return merge(ours, spec.values.cni)


def ztunnel(spec: IstioSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Chart ztunnel: the proxy on each node, in mode ambient. It follows the control plane that namespaces follow by default."""
    ours = {
        **_revision(spec.revision),
        "resources": {"requests": NODE_PROXY.requests},
        "labels": dict(labels),
        "podLabels": dict(labels),
        "logAsJson": spec.access_logs,
    }
    return merge(ours, spec.values.ztunnel)


def mesh_config(spec: IstioSpec) -> dict[str, Any]:
    """What holds for all proxies."""
    return {
        "accessLogFile": "/dev/stdout" if spec.access_logs else "",
        "accessLogEncoding": "JSON",
        "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY" if spec.egress == "registry" else "ALLOW_ANY"},
        # for whoever switches native sidecars off
        "defaultConfig": {"holdApplicationUntilProxyStarts": True},
    }


def peer_authentication(spec: IstioSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Whether the mesh talks to itself alone. In the root namespace, by this name, it counts everywhere (Istio's docs, PeerAuthentication)."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "default", "namespace": NAMESPACE, "labels": dict(labels)},
        "spec": {"mtls": {"mode": spec.mtls.upper()}},
    }


def default_tag(spec: IstioSpec, labels: Mapping[str, str]) -> dict[str, Any]:
    """Says that a control plane with a name is the one for whatever names none.

    All of them act on routes and listeners without a name, and only that one says in their status whether they are well (istio#55897;
    pkg/revisions, IsMine). It is a tag, which Istio knows by these labels alone: without webhooks it puts proxies into nobody's pods.
    """
    metadata = {"name": "istio-revision-tag-default", "labels": {**labels, "istio.io/rev": str(spec.revision), "istio.io/tag": "default"}}
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": metadata}


def _revision(name: str) -> dict[str, str]:
    return {} if name == DEFAULT_REVISION else {"revision": name}


def _several(replicas: int) -> dict[str, Any]:
    """What istiod makes of each Gateway of a class (istio.io, 'Kubernetes Gateway API', GatewayClass defaults)."""
    budget = {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    return {"deployment": {"spec": {"replicas": replicas}}, "podDisruptionBudget": {"spec": budget}}


def _proxy(pods: Pods) -> dict[str, Any]:
    return {"requests": pods.requests, "limits": dict(PROXY_LIMITS)}


def _spread(revision: str) -> dict[str, Any]:
    """Over nodes where that is possible, each rollout for itself."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": "istiod", "istio.io/rev": revision}},
        "matchLabelKeys": ["pod-template-hash"],
    }
