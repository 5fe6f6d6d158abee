"""What one control plane of Istio knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from ...kube import Api
from ...kube.client import Object
from ..gateway_api.resources import listed
from .ingresses import gateway, serves, virtual_services

API = "networking.istio.io/v1"
INGRESS = "networking.k8s.io/v1"
REVISION = "istio.io/rev"


@dataclass(frozen=True)
class Configuration:
    """Gateways and VirtualServices, and what is to be made of Ingresses. mesh: its MeshConfig; None where it does not run."""

    gateways: Sequence[Object] = ()
    virtual_services: Sequence[Object] = ()
    mesh: Mapping[str, Any] | None = None
    ingress_class: Callable[[str], Object | None] = field(default=lambda name: None)

    @classmethod
    def read(cls, api: Api, revision: str) -> Configuration:
        """As the cluster has it now, with its Ingresses. Older ones come first; what names another control plane is not seen."""
        found = {
            kind: sorted((each for each in listed(api, API, kind) if _in(each, revision)), key=_age)
            for kind in ("Gateway", "VirtualService")
        }
        known = cls(found["Gateway"], found["VirtualService"], _mesh(api, revision), lambda name: api.find(INGRESS, "IngressClass", name))
        return known.leading(api.list(INGRESS, "Ingress"))

    def leading(self, ingresses: Iterable[Object]) -> Configuration:
        """With the Ingresses that are this control plane's own: what is made of them has no age, and comes first."""
        mesh = self.mesh
        if mesh is None:
            return self
        mine = [each for each in ingresses if serves(each, self.ingress_class(each["spec"].get("ingressClassName") or ""), mesh)]
        return replace(
            self,
            gateways=[*(gateway(each, mesh) for each in mine), *self.gateways],
            virtual_services=[*(made for each in mine for made in virtual_services(each)), *self.virtual_services],
        )


def _mesh(api: Api, revision: str) -> Mapping[str, Any] | None:
    """From the ConfigMap of the chart, which stands beside istiod."""
    name = "istio" if revision == "default" else f"istio-{revision}"
    found = next((each for each in api.list("v1", "ConfigMap", labels=f"{REVISION}={revision}") if each["metadata"]["name"] == name), None)
    told = yaml.safe_load((found.get("data") or {}).get("mesh") or "") if found else None
    return told if isinstance(told, dict) else {} if found else None


def _in(thing: Object, revision: str) -> bool:
    labels: Mapping[str, str] = thing["metadata"].get("labels") or {}
    return labels.get(REVISION, revision) == revision


def _age(thing: Object) -> tuple[str, str, str]:
    metadata = thing["metadata"]
    return metadata.get("creationTimestamp") or "", metadata["name"], metadata.get("namespace", "")
