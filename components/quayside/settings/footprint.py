"""What the platform's own pods ask for: the charts' values are made from it, and the check of capacity adds it up."""

from dataclasses import dataclass, replace
from decimal import Decimal

from quayside.settings.types import Cpu, Memory


@dataclass(frozen=True)
class Pods:
    """Pods of one kind, `replicas` where the settings do not say how many."""

    name: str
    cpu: str
    memory: str
    replicas: int = 1

    @property
    def cores(self) -> Decimal:
        """CPU of one pod in cores."""
        return Cpu(self.cpu).amount

    @property
    def bytes(self) -> Decimal:
        """Memory of one pod in bytes."""
        return Memory(self.memory).amount

    @property
    def requests(self) -> dict[str, str]:
        """As a container's resources have it."""
        return {"cpu": self.cpu, "memory": self.memory}


CERT_MANAGER = (
    Pods("cert-manager", "10m", "64Mi"),
    Pods("cert-manager-webhook", "10m", "64Mi"),
    Pods("cert-manager-cainjector", "10m", "64Mi"),
)
"""Enough for some dozens of certificates."""

INGRESS_NGINX = Pods("ingress-nginx-controller", "100m", "90Mi")
"""The chart's own default; its replicas are entry.replicas."""

METRICS_SERVER = Pods("metrics-server", "100m", "200Mi")
"""The chart's own default, which its project says is enough for 100 nodes."""


def platform_pods(*, certificates: bool, entry: str, entry_replicas: int, scaling: bool) -> list[Pods]:
    """All pods that the platform itself runs. certificates, entry, entry_replicas: what settings call certificates.enabled, entry.kind and
    entry.replicas. scaling: whether any service has `scale`."""
    return [
        *(CERT_MANAGER if certificates else ()),
        *([replace(INGRESS_NGINX, replicas=entry_replicas)] if entry == "ingress-nginx" else ()),
        *([METRICS_SERVER] if scaling else ()),
    ]
