"""quayside: a Kubernetes platform as Pulumi components.

`Settings` reads and checks a stack's configuration, `Platform` builds everything from it. Each component is also of use alone,
in a stack of your own: `from quayside import Service`. Nothing is imported until it is asked for.
"""

from typing import TYPE_CHECKING

from quayside.lazy import attribute_loader

if TYPE_CHECKING:
    from quayside.clusters.doks import DoksCluster, DoksClusterArgs
    from quayside.planes.cert_manager import CertManager, CertManagerArgs
    from quayside.platform import Platform
    from quayside.settings.stack import Settings
    from quayside.workloads.service import Service, ServiceArgs

__all__ = [
    "CertManager",
    "CertManagerArgs",
    "DoksCluster",
    "DoksClusterArgs",
    "Platform",
    "Service",
    "ServiceArgs",
    "Settings",
]

__getattr__ = attribute_loader(
    __name__,
    {
        "CertManager": ".planes.cert_manager",
        "CertManagerArgs": ".planes.cert_manager",
        "DoksCluster": ".clusters.doks",
        "DoksClusterArgs": ".clusters.doks",
        "Platform": ".platform",
        "Service": ".workloads.service",
        "ServiceArgs": ".workloads.service",
        "Settings": ".settings.stack",
    },
)
