"""Kong's ingress controller: every Ingress of its class gets to know the address under which it is reached.

Facts: Kong/kubernetes-ingress-controller internal/store/store.go (class), internal/dataplane/address_finder.go and
internal/manager/setup.go (addresses), internal/manager/config.go (CONTROLLER_ variables for each flag).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...kube.client import Object
from ..injectors.contract import available
from ..watched import Watched
from .ingress_addresses import published, stated, tell
from .ingress_nginx import CLASS, GROUP
from .surroundings import Surroundings

CONTAINER = "ingress-controller"
DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_PREFIX = "CONTROLLER_"


@dataclass(frozen=True)
class Options:
    """The controller's settings, as far as they matter here: its environment, without the prefix."""

    given: dict[str, str]

    @classmethod
    def of(cls, pod: Object) -> Options:
        container = next(each for each in pod["spec"]["containers"] if each["name"] == CONTAINER)
        variables = {each["name"]: str(each.get("value", "")) for each in container.get("env") or []}
        return cls({name.removeprefix(_PREFIX): value for name, value in variables.items() if name.startswith(_PREFIX)})

    @property
    def class_name(self) -> str:
        return self.given.get("INGRESS_CLASS", "kong")

    def serves(self, thing: Object, find_class: Callable[[str], Object | None]) -> bool:
        """Whether an object is of this controller's class: by the older annotation, by name, or by default."""
        watched = self.given.get("WATCH_NAMESPACE")
        if watched and thing["metadata"].get("namespace") not in (None, *watched.split(",")):
            return False
        named = (thing["metadata"].get("annotations") or {}).get(CLASS) or (thing.get("spec") or {}).get("ingressClassName")
        if named:
            return bool(named == self.class_name)
        own = find_class(self.class_name)
        return own is not None and (own["metadata"].get("annotations") or {}).get(DEFAULT) == "true"


def is_controller(thing: Object) -> bool:
    """Of a Deployment or one of its pods."""
    labels = thing["metadata"].get("labels") or {}
    pod = (thing["spec"].get("template") or thing)["spec"]
    return labels.get("app.kubernetes.io/component") == "app" and any(each["name"] == CONTAINER for each in pod.get("containers") or [])


class Kong:
    """All of Kong's controllers of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.api = around.api
        self.deployments, self.services = around.watch("apps/v1", "Deployment"), around.watch("v1", "Service")
        self.ingresses, self.classes = around.watch(GROUP, "Ingress"), around.watch(GROUP, "IngressClass")

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.deployments, self.ingresses, self.classes, self.services]

    def reconcile(self) -> float | None:
        for deployment in self.deployments.items():
            if is_controller(deployment) and available(deployment):
                options = Options.of(deployment["spec"]["template"])
                wanted = self._addresses(options)
                for ingress in self.ingresses.items():
                    if not ingress["metadata"].get("deletionTimestamp") and options.serves(ingress, self.classes.get):
                        tell(self.api, ingress, wanted, "kong-ingress-controller")
        return None

    def _addresses(self, options: Options) -> list[Object]:
        """What is written down, else what the published Service has."""
        if options.given.get("PUBLISH_STATUS_ADDRESS"):
            return stated(options.given["PUBLISH_STATUS_ADDRESS"])
        namespace, _, name = options.given.get("PUBLISH_SERVICE", "").partition("/")
        return published(self.services.get(name, namespace))
