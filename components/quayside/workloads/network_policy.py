"""Who inside the cluster may call a service."""

from collections.abc import Mapping
from typing import Any

from quayside.settings.service import ServiceSettings
from quayside.workloads.metadata import Manifest, metadata, selector

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""Label that Kubernetes itself gives each namespace: its name."""


def network_policy(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings, entry: str | None = None) -> Manifest:
    """Requests come from the pods that `access` lets in, on the service's port alone; what the pods themselves call is open.

    entry: namespace of the entry's pods, which get in wherever the service has hosts.
    The kubelet's probes pass every policy: they come from the pod's own node.
    """
    sources: list[dict[str, Any]] = [{"namespaceSelector": {}}]
    if spec.access == "namespace":
        sources = [{"podSelector": {}}]
        if spec.hosts and entry:
            sources.append({"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: entry}}})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, home, labels),
        "spec": {
            "podSelector": {"matchLabels": selector(name)},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": sources, "ports": [{"protocol": "TCP", "port": spec.port}]}],
        },
    }
