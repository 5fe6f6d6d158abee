"""Who inside the cluster may call a service."""

from collections.abc import Mapping, Sequence
from typing import Any

from quayside.planes import mesh
from quayside.settings.service import ServiceSettings
from quayside.workloads.metadata import Manifest, metadata, selector

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""Label that Kubernetes itself gives each namespace: its name."""

OUTSIDE = "*"
"""In place of the entry's namespace where the entry is the load balancer alone: requests come from anywhere."""


def network_policy(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: ServiceSettings,
    entries: Sequence[str] = (),
    mode: str = "off",
    further: Sequence[Manifest] = (),
) -> Manifest:
    """Requests come from the pods that `access` lets in, on the service's ports alone; what the pods themselves call is open.

    entries: namespaces of the entry's pods, which get in wherever the service has hosts (or OUTSIDE); two while a stack moves to another.
    mode: how the service is part of the mesh, whose own connections come in on a port of theirs; what they carry is for the proxy behind it.
    further: rules of others that get in.
    The kubelet's probes pass every policy: they come from the pod's own node. In ambient they come from elsewhere (mesh.PROBES_FROM).
    """
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, home, labels),
        "spec": {
            "podSelector": {"matchLabels": selector(name)},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": sources(spec, entries),
                    "ports": [*({"protocol": "TCP", "port": each} for each in ports(spec)), *mesh.ports(mode)],
                },
                *mesh.probes(mode),
                *further,
            ],
        },
    }


def ports(spec: ServiceSettings) -> list[Any]:
    """Ports on which the pods are called."""
    return [spec.port, *(number for _, number in sorted(spec.tcp.items()))]


def sources(spec: ServiceSettings, entries: Sequence[str]) -> list[dict[str, Any]]:
    """Who may call a service, as a NetworkPolicy's rule has it."""
    anybody: list[dict[str, Any]] = [{"ipBlock": {"cidr": "0.0.0.0/0"}}] if OUTSIDE in entries else []
    if spec.access == "cluster":
        return [{"namespaceSelector": {}}, *anybody]
    by_name = [{"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: entry}}} for entry in entries if spec.hosts or spec.tcp]
    return [{"podSelector": {}}, *(anybody or by_name)]
