"""What the programs of charts do in a cluster, once their pods run: their containers are simulated, so somebody has to do it for them.

A further one: a file or package here and a line below.
"""

from __future__ import annotations

from ..simulator import Simulator
from .argo_rollouts import ArgoRollouts
from .cert_manager import CertManager
from .ingress_nginx import IngressNginx
from .istio import Ambient, Istiod
from .kong import Kong
from .prometheus_operator import PrometheusOperator
from .surroundings import Surroundings


def controllers(around: Surroundings) -> list[Simulator]:
    """One of each; what is not installed in the cluster does nothing."""
    return [
        IngressNginx(around),
        Kong(around),
        CertManager(around),
        Istiod(around),
        Ambient(around),
        PrometheusOperator(around),
        ArgoRollouts(around),
    ]


__all__ = ["Surroundings", "controllers"]
