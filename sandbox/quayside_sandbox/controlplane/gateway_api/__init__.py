"""What the Gateway API's objects mean, as Istio reads them: pure functions of the objects, for istiod, cert-manager's solver and visitors.

Facts: gateway-api.sigs.k8s.io (v1.6), istio pilot/pkg/config/kube/gateway/{conversion,conditions,gateway_collection}.go (1.30).
"""

from __future__ import annotations

from .listeners import Listener
from .parents import Bond, bonds
from .resources import API, GRANTS, GROUP, ROUTES, Resources

__all__ = ["API", "GRANTS", "GROUP", "ROUTES", "Bond", "Listener", "Resources", "bonds"]
