"""`python -m quayside`, as the engine starts it: hosts the components of this library."""

from importlib.metadata import version

from quayside.addons.kiali import Kiali
from quayside.addons.metrics_server import MetricsServer
from quayside.addons.prometheus import Prometheus
from quayside.addons.tracing import Tracing
from quayside.clusters.doks import DoksCluster
from quayside.edge.direct import DirectEntry
from quayside.edge.gateway_api import GatewayEntry
from quayside.edge.ingress_nginx import IngressNginx
from quayside.edge.istio import IstioIngress
from quayside.edge.kong import Kong
from quayside.edge.load_balancer import LoadBalancer
from quayside.edge.wildcard import WildcardCertificate
from quayside.edge.zone import Zone
from quayside.host import host
from quayside.planes.cert_manager import CertManager
from quayside.planes.gateway_api_crds import GatewayApi
from quayside.planes.istio import Istio
from quayside.workloads.service import Service

COMPONENTS = [
    CertManager,
    DirectEntry,
    DoksCluster,
    GatewayApi,
    GatewayEntry,
    IngressNginx,
    Istio,
    IstioIngress,
    Kiali,
    Kong,
    LoadBalancer,
    MetricsServer,
    Prometheus,
    Service,
    Tracing,
    WildcardCertificate,
    Zone,
]
"""What `pulumi package add` offers."""

if __name__ == "__main__":
    host(list(COMPONENTS), "quayside", version("quayside"))
