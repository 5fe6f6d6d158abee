"""ingress-nginx: every Ingress of its class gets to know the address under which it is reached.

Facts: kubernetes/ingress-nginx internal/ingress/status/status.go, internal/ingress/controller/store (class), cmd/nginx/flags.go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...kube.client import Object
from ..injectors.contract import available
from ..watched import Watched
from .ingress_addresses import published, stated, tell
from .surroundings import Surroundings, arguments

GROUP = "networking.k8s.io/v1"
CLASS = "kubernetes.io/ingress.class"  # the older way to name one


@dataclass(frozen=True)
class Options:
    """The controller's command line, as far as it matters here."""

    given: dict[str, str]

    @classmethod
    def of(cls, pod: Object, namespace: str) -> Options:
        return cls(arguments(pod, namespace))

    def serves(self, ingress: Object, find_class: Callable[[str], Object | None]) -> bool:
        """Whether the Ingress is of this controller's class."""
        if self.given.get("watch-namespace") not in (None, "", ingress["metadata"]["namespace"]):
            return False
        annotated = (ingress["metadata"].get("annotations") or {}).get(CLASS)
        if annotated:
            return bool(annotated == self.given.get("ingress-class", "nginx"))
        named = ingress["spec"].get("ingressClassName")
        if not named:
            return self.given.get("watch-ingress-without-class") == "true"
        found = find_class(named)
        if not found:
            return False
        by_name = self.given.get("ingress-class-by-name") == "true" and named == self.given.get("ingress-class", "nginx")
        return by_name or bool(found["spec"].get("controller") == self.given.get("controller-class", "k8s.io/ingress-nginx"))


def is_controller(thing: Object) -> bool:
    """Of a Deployment or one of its pods."""
    labels = thing["metadata"].get("labels") or {}
    return labels.get("app.kubernetes.io/name") == "ingress-nginx" and labels.get("app.kubernetes.io/component") == "controller"


class IngressNginx:
    """All ingress-nginx controllers of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.api = around.api
        self.deployments = around.watch("apps/v1", "Deployment")
        self.ingresses, self.classes = around.watch(GROUP, "Ingress"), around.watch(GROUP, "IngressClass")
        self.services, self.nodes, self.pods = (around.watch("v1", kind) for kind in ("Service", "Node", "Pod"))

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.deployments, self.ingresses, self.classes, self.services]

    def reconcile(self) -> float | None:
        for deployment in self.deployments.items():
            if is_controller(deployment) and available(deployment):
                self._publish(deployment)
        return None

    def _publish(self, deployment: Object) -> None:
        template, namespace = deployment["spec"]["template"], deployment["metadata"]["namespace"]
        options = Options.of(template, namespace)
        if options.given.get("update-status") == "false":
            return
        wanted = self._addresses(options, deployment)
        for ingress in self.ingresses.items():
            if not ingress["metadata"].get("deletionTimestamp") and options.serves(ingress, self.classes.get):
                tell(self.api, ingress, wanted, "nginx-ingress-controller")

    def _addresses(self, options: Options, deployment: Object) -> list[Object]:
        """What the published Service has, else what the command line says, else the nodes of the controller's own pods."""
        service = options.given.get("publish-service")
        if service:
            namespace, _, name = service.partition("/")
            return published(self.services.get(name, namespace))
        if options.given.get("publish-status-address"):
            return stated(options.given["publish-status-address"])
        labels: Object = deployment["spec"]["selector"]["matchLabels"]
        hosts = {
            pod["spec"].get("nodeName")
            for pod in self.pods.items()
            if pod["metadata"]["namespace"] == deployment["metadata"]["namespace"]
            and labels.items() <= (pod["metadata"].get("labels") or {}).items()
        }
        return [{"ip": address} for address in sorted(filter(None, (self._address(host) for host in hosts if host)))]

    def _address(self, node: str) -> str | None:
        kinds = {each["type"]: each["address"] for each in ((self.nodes.get(node) or {}).get("status") or {}).get("addresses") or []}
        return kinds.get("ExternalIP") or kinds.get("InternalIP")
