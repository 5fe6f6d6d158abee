"""The objects that decide together where requests go: gateways, listener sets, routes, and what they refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ...kube import Api
from ...kube.client import NoSuchKind, Object
from .listeners import Listener, of_gateway

GROUP = "gateway.networking.k8s.io"
API = f"{GROUP}/v1"
GRANTS = f"{GROUP}/v1beta1"
"""Version of ReferenceGrants that every release since 0.6 serves; v1 came with 1.5."""
ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute")
Place = tuple[str, str, str]
"""Kind, namespace and name of what a route hangs on."""


@dataclass(frozen=True)
class Resources:
    """`gateways` are those of Istio's classes alone, or of all where that does not matter."""

    gateways: Sequence[Object] = ()
    sets: Sequence[Object] = ()
    routes: Sequence[Object] = ()
    grants: Sequence[Object] = ()
    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Namespace → its labels."""
    services: Callable[[str, str], Object | None] = lambda name, namespace: None
    secrets: Callable[[str, str], Object | None] = lambda name, namespace: None

    @classmethod
    def read(cls, api: Api, services: Callable[[str, str], Object | None] | None = None) -> Resources:
        """As the cluster has them now; nothing of a kind that it does not know."""
        return cls(
            gateways=listed(api, API, "Gateway"),
            sets=listed(api, API, "ListenerSet"),
            routes=[route for kind in ROUTES for route in listed(api, API, kind)],
            grants=listed(api, GRANTS, "ReferenceGrant"),
            namespaces=labels_by_name(listed(api, "v1", "Namespace")),
            services=services or (lambda name, namespace: api.find("v1", "Service", name, namespace)),
            secrets=lambda name, namespace: api.find("v1", "Secret", name, namespace),
        )

    def seen_by(self, revision: str) -> Resources:
        """What one of Istio's control planes knows of: all Gateways, and of the rest what names it or none (istio#58840; 1.30
        pilot/pkg/config/kube/gateway/controller.go, buildClient; pkg/config/model.go, LabelsInRevision)."""
        return replace(
            self, sets=[each for each in self.sets if _in(each, revision)], routes=[each for each in self.routes if _in(each, revision)]
        )

    @cached_property
    def listeners(self) -> dict[Place, list[Listener]]:
        """By the Gateway or ListenerSet that brings them in; a set that its Gateway does not take brings none."""
        found: dict[Place, list[Listener]] = {}
        for gateway in self.gateways:
            found[place(gateway)] = []
            for listener in of_gateway(gateway, self.sets, self.namespaces):
                found.setdefault(place(listener.owner), []).append(listener)
        return found

    def granted(self, referrer: Object, kind: str, name: str, namespace: str, group: str = "") -> bool:
        """Whether an object may refer to one in another namespace."""
        mine = referrer["metadata"].get("namespace", "")
        if namespace == mine:
            return True
        asks = {"group": GROUP, "kind": referrer["kind"], "namespace": mine}
        for grant in self.grants:
            if grant["metadata"].get("namespace") != namespace or asks not in [dict(each) for each in grant["spec"]["from"]]:
                continue
            for to in grant["spec"]["to"]:
                if (to.get("group", ""), to["kind"]) == (group, kind) and to.get("name") in (None, "", name):
                    return True
        return False


def _in(thing: Object, revision: str) -> bool:
    labels: Mapping[str, str] = thing["metadata"].get("labels") or {}
    return labels.get("istio.io/rev", revision) == revision


def place(thing: Object) -> Place:
    """Of a Gateway or ListenerSet."""
    return thing["kind"], thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def labels_by_name(namespaces: Sequence[Object]) -> dict[str, Mapping[str, str]]:
    return {each["metadata"]["name"]: each["metadata"].get("labels") or {} for each in namespaces}


def listed(api: Api, api_version: str, kind: str) -> list[Object]:
    """The objects of a kind; none where the cluster does not know it."""
    try:
        return api.list(api_version, kind)
    except NoSuchKind:
        return []
