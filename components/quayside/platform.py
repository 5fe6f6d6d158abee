"""The platform: puts the parts together in the order of the story, from the cluster to the services."""

from __future__ import annotations

from typing import Any

import pulumi

from quayside import namespaces
from quayside.clusters import index
from quayside.labels import owner_labels
from quayside.objects import register
from quayside.planes.cert_manager import CertManager
from quayside.settings.rules import SYSTEM_POOL
from quayside.settings.service import ServiceSettings
from quayside.settings.stack import Settings
from quayside.workloads.service import Service


class Platform:
    """Everything that a stack's settings ask for.

    Not a component itself: its parts stand at the top of the stack, so that one can move to a stack of its own without a new name.
    """

    def __init__(self, settings: Settings) -> None:
        """Register all resources of the stack."""
        self.settings = settings
        self.cluster = index.build("cluster", settings)
        inside = pulumi.ResourceOptions(parent=self.cluster.owned)
        self.cert_manager = self._cert_manager(inside) if settings.certificates.enabled else None
        shared = {name: register(name, namespaces.manifest(name, owner_labels()), inside) for name in shared_namespaces(settings)}
        self.services = {name: self._service(name, service, shared, inside) for name, service in settings.services.items()}

    def export(self) -> None:
        """Make the stack's outputs: how to enter the cluster (secret), its name, its node pools, and where each service is."""
        pulumi.export("kubeconfig", self.cluster.kubeconfig)
        pulumi.export("clusterName", self.cluster.name)
        pulumi.export("nodePools", node_pools(self.settings))
        pulumi.export(
            "services",
            {name: {"namespace": each.namespace, "image": each.image, "url": each.url} for name, each in self.services.items()},
        )

    def _cert_manager(self, inside: pulumi.ResourceOptions) -> CertManager:
        mirror = self.settings.charts.mirror
        keep = self.settings.certificates.keep_crds
        return CertManager("cert-manager", {"keep_crds": keep, **({"mirror": mirror} if mirror else {})}, inside)

    def _service(self, name: str, service: ServiceSettings, shared: dict[str, Any], inside: pulumi.ResourceOptions) -> Service:
        args: Any = service.model_dump(exclude_none=True)
        args["secrets"] = {variable: self.settings.secret(secret) for variable, secret in service.secrets.items()}
        if service.namespace:
            args["namespace"] = shared[service.namespace].metadata["name"]
        return Service(name, args, inside)


def shared_namespaces(settings: Settings) -> list[str]:
    """Namespaces that services share by name, each once."""
    return sorted({service.namespace for service in settings.services.values() if service.namespace})


def node_pools(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the settings say of each node pool's size and count, for the stack's outputs."""
    pools = {SYSTEM_POOL: settings.cluster.system_pool, **settings.cluster.pools}
    shown = {"size", "count", "min", "max"}
    return {name: pool.model_dump(include=shown, exclude_none=True) for name, pool in pools.items()}
