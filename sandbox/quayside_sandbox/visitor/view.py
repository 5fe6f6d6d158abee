"""A cluster and the world's DNS at one moment, as far as requests from outside are concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..clouds.store import Record, Store
from ..clouds.world_dns import Zone, zones
from ..controlplane.doors import Door, doors, ready_pods
from ..controlplane.gateway_api import Resources
from ..controlplane.istio_api import Configuration
from ..kube import Api
from ..kube.client import Object
from .answer import Backend, Shown
from .certificates import shown

INGRESS = "networking.k8s.io/v1"


@dataclass
class View:
    """Read once; what only some entries need is listed when it is first asked for. `cloud` and `cluster` name the cluster's record."""

    api: Api
    zones: Mapping[str, Zone]
    balancers: list[Record]
    _seen_by: dict[str, Resources] = field(default_factory=dict)
    _istio: dict[str, Configuration] = field(default_factory=dict)

    @classmethod
    def read(cls, store: Store, cloud: str, cluster: str, api: Api) -> View:
        """`cluster` is the id of its record in the cloud."""
        return cls(api, zones(store), store.list(cloud, "loadBalancers", _clusterId=cluster))

    @cached_property
    def pods(self) -> list[Object]:
        return self.api.list("v1", "Pod")

    @cached_property
    def services(self) -> dict[tuple[str, str], Object]:
        """By namespace and name."""
        return {(each["metadata"]["namespace"], each["metadata"]["name"]): each for each in self.api.list("v1", "Service")}

    @cached_property
    def doors(self) -> dict[str, Door]:
        return doors(self.balancers, lambda name, namespace: self.services.get((namespace, name)), self.pods)

    @cached_property
    def ingresses(self) -> list[Object]:
        return self.api.list(INGRESS, "Ingress")

    @cached_property
    def classes(self) -> dict[str, Object]:
        return {each["metadata"]["name"]: each for each in self.api.list(INGRESS, "IngressClass")}

    @cached_property
    def resources(self) -> Resources:
        return Resources.read(self.api, lambda name, namespace: self.services.get((namespace, name)))

    def seen_by(self, revision: str) -> Resources:
        """What a gateway knows of the Gateway API's objects by its control plane."""
        if revision not in self._seen_by:
            self._seen_by[revision] = self.resources.seen_by(revision)
        return self._seen_by[revision]

    def istio(self, revision: str) -> Configuration:
        """What one of Istio's control planes tells gateways of its own API."""
        if revision not in self._istio:
            self._istio[revision] = Configuration.read(self.api, revision)
        return self._istio[revision]

    def backend(self, namespace: str, name: str, port: int | str, share: float = 100.0) -> Backend:
        """A Service with the number of its pods that answer."""
        service = self.services.get((namespace, name))
        ready = 0
        if service and any(port in (each["port"], each.get("name")) for each in service["spec"].get("ports") or []):
            ready = len(ready_pods(service, self.pods))
        return Backend(f"{namespace}/{name}", port, round(share, 2), ready)

    def certificate(self, namespace: str, name: str, host: str) -> Shown:
        """What a Secret holds for a host."""
        return shown(self.api.find("v1", "Secret", name, namespace), f"{namespace}/{name}", host)
