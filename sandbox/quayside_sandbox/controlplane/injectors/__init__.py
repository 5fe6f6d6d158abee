"""Who writes the certificate authority into webhook configurations, once it runs. A further one: a file here and a line below."""

from __future__ import annotations

from . import cert_manager, ingress_nginx, istiod, prometheus_operator
from .contract import Injector

INJECTORS: tuple[Injector, ...] = (
    cert_manager.INJECTOR,
    istiod.INJECTOR,
    ingress_nginx.INJECTOR,
    prometheus_operator.INJECTOR,
)

__all__ = ["INJECTORS", "Injector"]
