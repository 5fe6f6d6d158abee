"""`python -m quayside`, as the engine starts it: hosts the components of this library."""

from importlib.metadata import version

from quayside.addons.metrics_server import MetricsServer
from quayside.clusters.doks import DoksCluster
from quayside.edge.ingress_nginx import IngressNginx
from quayside.edge.load_balancer import LoadBalancer
from quayside.edge.wildcard import WildcardCertificate
from quayside.edge.zone import Zone
from quayside.host import host
from quayside.planes.cert_manager import CertManager
from quayside.workloads.service import Service

COMPONENTS = [CertManager, DoksCluster, IngressNginx, LoadBalancer, MetricsServer, Service, WildcardCertificate, Zone]
"""What `pulumi package add` offers."""

if __name__ == "__main__":
    host(list(COMPONENTS), "quayside", version("quayside"))
