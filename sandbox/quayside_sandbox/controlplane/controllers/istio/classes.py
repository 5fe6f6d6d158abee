"""The GatewayClasses that istiod makes, and what Gateways of each become (deploymentcontroller.go, gatewayclass.go)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....kube.client import Object
from ...gateway_api import API
from ...gateway_api.conditions import told


@dataclass(frozen=True)
class GatewayClass:
    """`controller` names it in every status."""

    name: str
    controller: str
    description: str
    suffix: bool = True
    """Whether objects are named <gateway>-<class>, or just like the Gateway."""
    service_type: str = "LoadBalancer"
    resources: str = "proxy"
    """Below `global` in the values: whose resources the pods have."""
    listener_sets: bool = True

    @property
    def managed(self) -> bool:
        """Whether istiod runs pods for its Gateways."""
        return self.name != "istio-remote"

    @property
    def label(self) -> str:
        """Value of gateway.istio.io/managed."""
        return self.controller.replace("/", "-")


MESH = "istio.io/mesh-controller"
CONTROLLER = "istio.io/gateway-controller"
ISTIO = GatewayClass("istio", CONTROLLER, "The default Istio GatewayClass")
CLASSES = (
    ISTIO,
    GatewayClass("istio-waypoint", MESH, "The default Istio waypoint GatewayClass", False, "ClusterIP", "waypoint", False),
    GatewayClass(
        "istio-remote",
        "istio.io/unmanaged-gateway",
        "Remote to this cluster. Does not deploy or affect configuration.",
        listener_sets=False,
    ),
)


def of(controller: str) -> GatewayClass | None:
    """By the name of its controller: users may make classes of their own."""
    return next((each for each in CLASSES if each.controller == controller), None)


def object_of(known: GatewayClass) -> Object:
    spec = {"controllerName": known.controller, "description": known.description}
    return {"apiVersion": API, "kind": "GatewayClass", "metadata": {"name": known.name}, "spec": spec}


def status(found: Object) -> dict[str, Any]:
    """What istiod says of a class that is its own."""
    before, generation = (found.get("status") or {}).get("conditions") or [], found["metadata"].get("generation", 1)
    return {"conditions": told(before, generation, {"Accepted": (True, "Accepted", "Handled by Istio controller")})}
