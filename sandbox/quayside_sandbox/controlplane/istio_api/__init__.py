"""What Istio's own Gateways and VirtualServices mean, and the Ingresses that it makes such of: pure functions of the objects, for visitors
and for cert-manager's solver.

Facts: istio 1.30 pilot/pkg/networking/core/{gateway,route/route}.go, pilot/pkg/config/kube/ingress, pkg/config/mesh.
"""

from __future__ import annotations

from .configuration import Configuration
from .routing import Led, lead

__all__ = ["Configuration", "Led", "lead"]
