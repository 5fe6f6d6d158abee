"""quayside: a Kubernetes platform as Pulumi components.

`Settings` reads and checks a stack's configuration, `Platform` builds everything from it. Each component is also of use alone,
in a stack of your own: `from quayside import Service`. Nothing is imported until it is asked for.
"""

from typing import TYPE_CHECKING

from quayside.lazy import attribute_loader

if TYPE_CHECKING:
    from quayside.addons.metrics_server import MetricsServer, MetricsServerArgs
    from quayside.clusters.doks import DoksCluster, DoksClusterArgs
    from quayside.edge.ingress_nginx import IngressNginx, IngressNginxArgs
    from quayside.edge.load_balancer import LoadBalancer
    from quayside.edge.load_balancer_arguments import LoadBalancerArgs
    from quayside.edge.wildcard import WildcardCertificate, WildcardCertificateArgs
    from quayside.edge.zone import Zone, ZoneArgs
    from quayside.planes.cert_manager import CertManager, CertManagerArgs
    from quayside.platform import Platform
    from quayside.settings.stack import Settings
    from quayside.workloads.service import Service, ServiceArgs

__all__ = [
    "CertManager",
    "CertManagerArgs",
    "DoksCluster",
    "DoksClusterArgs",
    "IngressNginx",
    "IngressNginxArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "MetricsServer",
    "MetricsServerArgs",
    "Platform",
    "Service",
    "ServiceArgs",
    "Settings",
    "WildcardCertificate",
    "WildcardCertificateArgs",
    "Zone",
    "ZoneArgs",
]

__getattr__ = attribute_loader(
    __name__,
    {
        "CertManager": ".planes.cert_manager",
        "CertManagerArgs": ".planes.cert_manager",
        "DoksCluster": ".clusters.doks",
        "DoksClusterArgs": ".clusters.doks",
        "IngressNginx": ".edge.ingress_nginx",
        "IngressNginxArgs": ".edge.ingress_nginx",
        "LoadBalancer": ".edge.load_balancer",
        "LoadBalancerArgs": ".edge.load_balancer_arguments",
        "MetricsServer": ".addons.metrics_server",
        "MetricsServerArgs": ".addons.metrics_server",
        "Platform": ".platform",
        "Service": ".workloads.service",
        "ServiceArgs": ".workloads.service",
        "Settings": ".settings.stack",
        "WildcardCertificate": ".edge.wildcard",
        "WildcardCertificateArgs": ".edge.wildcard",
        "Zone": ".edge.zone",
        "ZoneArgs": ".edge.zone",
    },
)
