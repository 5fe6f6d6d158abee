"""quayside: a Kubernetes platform as Pulumi components.

`Settings` reads and checks a stack's configuration, `Platform` builds everything from it. Each component is also of use alone,
in a stack of your own: `from quayside import Service`. Nothing is imported until it is asked for.
"""

from typing import TYPE_CHECKING

from quayside.lazy import attribute_loader

if TYPE_CHECKING:
    from quayside.addons.contract import Addon, chart_addon
    from quayside.addons.kiali import Kiali, KialiArgs
    from quayside.addons.metrics_server import MetricsServer, MetricsServerArgs
    from quayside.addons.prometheus import Prometheus, PrometheusArgs
    from quayside.addons.tracing import Tracing, TracingArgs
    from quayside.clusters.doks import DoksCluster, DoksClusterArgs
    from quayside.edge.direct import DirectEntry, DirectEntryArgs
    from quayside.edge.gateway_api import GatewayEntry, GatewayEntryArgs
    from quayside.edge.ingress_nginx import IngressNginx, IngressNginxArgs
    from quayside.edge.istio import IstioIngress, IstioIngressArgs
    from quayside.edge.kong import Kong, KongArgs
    from quayside.edge.load_balancer import LoadBalancer
    from quayside.edge.load_balancer_arguments import LoadBalancerArgs
    from quayside.edge.wildcard import WildcardCertificate, WildcardCertificateArgs
    from quayside.edge.zone import Zone, ZoneArgs
    from quayside.planes.cert_manager import CertManager, CertManagerArgs
    from quayside.planes.gateway_api_crds import GatewayApi, GatewayApiArgs
    from quayside.planes.istio import Istio, IstioArgs
    from quayside.platform import Platform
    from quayside.settings.stack import Settings
    from quayside.workloads.service import Service, ServiceArgs

__all__ = [
    "Addon",
    "CertManager",
    "CertManagerArgs",
    "DirectEntry",
    "DirectEntryArgs",
    "DoksCluster",
    "DoksClusterArgs",
    "GatewayApi",
    "GatewayApiArgs",
    "GatewayEntry",
    "GatewayEntryArgs",
    "IngressNginx",
    "IngressNginxArgs",
    "Istio",
    "IstioArgs",
    "IstioIngress",
    "IstioIngressArgs",
    "Kiali",
    "KialiArgs",
    "Kong",
    "KongArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "MetricsServer",
    "MetricsServerArgs",
    "Platform",
    "Prometheus",
    "PrometheusArgs",
    "Service",
    "ServiceArgs",
    "Settings",
    "Tracing",
    "TracingArgs",
    "WildcardCertificate",
    "WildcardCertificateArgs",
    "Zone",
    "ZoneArgs",
    "chart_addon",
]

__getattr__ = attribute_loader(
    __name__,
    {
        "Addon": ".addons.contract",
        "chart_addon": ".addons.contract",
        "Kiali": ".addons.kiali",
        "KialiArgs": ".addons.kiali",
        "Prometheus": ".addons.prometheus",
        "PrometheusArgs": ".addons.prometheus",
        "Tracing": ".addons.tracing",
        "TracingArgs": ".addons.tracing",
        "CertManager": ".planes.cert_manager",
        "CertManagerArgs": ".planes.cert_manager",
        "DoksCluster": ".clusters.doks",
        "DoksClusterArgs": ".clusters.doks",
        "DirectEntry": ".edge.direct",
        "DirectEntryArgs": ".edge.direct",
        "IstioIngress": ".edge.istio",
        "IstioIngressArgs": ".edge.istio",
        "Kong": ".edge.kong",
        "KongArgs": ".edge.kong",
        "GatewayApi": ".planes.gateway_api_crds",
        "GatewayApiArgs": ".planes.gateway_api_crds",
        "GatewayEntry": ".edge.gateway_api",
        "GatewayEntryArgs": ".edge.gateway_api",
        "IngressNginx": ".edge.ingress_nginx",
        "IngressNginxArgs": ".edge.ingress_nginx",
        "Istio": ".planes.istio",
        "IstioArgs": ".planes.istio",
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
