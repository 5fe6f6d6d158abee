"""`python -m quayside`, as the engine starts it: hosts the components of this library."""

from importlib.metadata import version

from quayside.clusters.doks import DoksCluster
from quayside.host import host
from quayside.planes.cert_manager import CertManager
from quayside.workloads.service import Service

COMPONENTS = [CertManager, DoksCluster, Service]
"""What `pulumi package add` offers."""

if __name__ == "__main__":
    host(list(COMPONENTS), "quayside", version("quayside"))
