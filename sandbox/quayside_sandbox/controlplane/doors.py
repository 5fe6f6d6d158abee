"""Who listens behind a public address: from the load balancer to its Service, and to the pods that the Service leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ..clouds.store import Record
from ..kube.client import Object

GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name"
REVISION = "istio.io/rev"
INGRESS_NGINX, KONG, GATEWAY_API, ISTIO, SERVICE = "ingress-nginx", "kong", "gateway-api", "istio", "direct"
# What an IngressClass calls its controller, and which program that is.
INGRESS_CONTROLLERS = {
    "k8s.io/ingress-nginx": INGRESS_NGINX,
    "ingress-controllers.konghq.com/kong": KONG,
    "istio.io/ingress-controller": ISTIO,
}


@dataclass(frozen=True)
class Door:
    """A public address of a cluster."""

    address: str
    load_balancer: str
    """Its name at the cloud."""
    service: Object | None
    """The Service that the load balancer leads to; None once it is gone."""
    pods: tuple[Object, ...] = ()
    """The ready ones among those that the Service selects."""

    @property
    def kind(self) -> str:
        """Which program answers; empty where none does."""
        return program(self.pods[0]) if self.pods else ""

    def by_control_plane(self) -> list[Door]:
        """The same door with the pods of each control plane alone: a request comes to any of them."""
        planes = dict.fromkeys(control_plane(pod) for pod in self.pods)
        return [replace(self, pods=tuple(pod for pod in self.pods if control_plane(pod) == plane)) for plane in planes] or [self]

    @property
    def control_plane(self) -> str:
        """Istio's revision that the pods follow; empty where they have none of its proxies."""
        return control_plane(self.pods[0]) if self.pods else ""

    @property
    def gateway(self) -> str:
        """Name of the Gateway (Gateway API) whose pods these are, in the Service's namespace."""
        return str(_labels(self.pods[0]).get(GATEWAY_NAME, "")) if self.pods else ""

    def target(self, port: int) -> int:
        """The port of the pods that a port of the address leads to; 0 where there is none."""
        ports = (self.service or {"spec": {}})["spec"].get("ports") or []
        given = next((each.get("targetPort", port) for each in ports if each["port"] == port), 0)
        return _number(self.pods[0], given) if self.pods else 0


def doors(balancers: Iterable[Record], services: Callable[[str, str], Object | None], pods: Iterable[Object]) -> dict[str, Door]:
    """By address; `services` finds one by name and namespace."""
    everything = list(pods)
    found = {}
    for record in balancers:
        namespace, _, name = str(record.get("_service") or "").partition("/")
        service = services(name, namespace) if name else None
        behind = ready_pods(service, everything) if service else ()
        if record.get("ip"):
            found[record["ip"]] = Door(record["ip"], str(record.get("name") or ""), service, behind)
    return found


def ready_pods(service: Object, pods: Iterable[Object]) -> tuple[Object, ...]:
    """Those that a Service leads to; none where it selects nothing."""
    selector = service["spec"].get("selector") or {}
    namespace = service["metadata"].get("namespace")
    return tuple(
        pod
        for pod in pods
        if selector and pod["metadata"].get("namespace") == namespace and selector.items() <= _labels(pod).items() and is_ready(pod)
    )


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return ready and not pod["metadata"].get("deletionTimestamp")


def program(pod: Object) -> str:
    """What a pod answers requests by."""
    labels, containers = _labels(pod), {each["name"] for each in pod["spec"].get("containers") or []}
    name, component = labels.get("app.kubernetes.io/name"), labels.get("app.kubernetes.io/component")
    if name == "ingress-nginx" and component == "controller":
        return INGRESS_NGINX
    if name == "kong" and "proxy" in containers:
        return KONG
    if "istio-proxy" in containers:
        return GATEWAY_API if GATEWAY_NAME in labels else ISTIO
    return SERVICE


def control_plane(pod: Object) -> str:
    """Istio's revision that a pod has its proxy from: those of Gateways have it as an annotation, injected ones as a label."""
    if not any(each["name"] == "istio-proxy" for each in pod["spec"].get("containers") or []):
        return ""
    annotations = pod["metadata"].get("annotations") or {}
    return str(annotations.get(REVISION) or _labels(pod).get(REVISION) or "default")


def _number(pod: Object, target: int | str) -> int:
    if isinstance(target, int):
        return target
    ports = [port for each in pod["spec"].get("containers") or [] for port in each.get("ports") or []]
    return next((int(port["containerPort"]) for port in ports if port.get("name") == target), 0)


def _labels(pod: Object) -> Object:
    return pod["metadata"].get("labels") or {}
