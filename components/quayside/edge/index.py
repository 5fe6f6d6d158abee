"""The index of entries: a new kind is a pair of files beside this one and one line here (and its word in settings.entry)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from quayside.settings.moving import hosts_left

if TYPE_CHECKING:
    import pulumi

    from quayside.clusters.contract import Cluster
    from quayside.edge.contract import Entry, Exposure, Manifest, Route, Routes
    from quayside.settings.stack import Settings


class Kind(NamedTuple):
    """Where the code of a kind of entry is."""

    component: str | None
    """Module whose function `from_settings(name, settings, cluster, opts)` builds it. None: it is built after its service (see Platform)."""
    routes: str
    """Module whose pure function `routes(route, exposure)` renders routes (contract.Routes)."""
    bridged: bool = True
    """Whether its routes can name Services of their own namespace only: those elsewhere then need a bridge there."""
    solver: Mapping[str, str] = MappingProxyType({})
    """Arguments by which CertManager has challenges answered through it."""


ENTRIES = {
    "direct": Kind(None, "quayside.edge.direct_routes"),
    "gateway-api": Kind(
        "quayside.edge.gateway_api", "quayside.edge.gateway_api_routes", bridged=False, solver={"gateway": "gateway-api/gateway"}
    ),
    "ingress-nginx": Kind("quayside.edge.ingress_nginx", "quayside.edge.ingress_nginx_routes", solver={"ingress_class": "nginx"}),
    "istio": Kind("quayside.edge.istio", "quayside.edge.istio_routes", bridged=False, solver={"ingress_class": "istio"}),
    "kong": Kind("quayside.edge.kong", "quayside.edge.kong_routes", solver={"ingress_class": "kong"}),
}
"""Kind of entry → its code."""


def build(name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions) -> Entry | None:
    """Build the entry that a stack's settings ask for; None where they want none, or one that comes after its service."""
    kind = ENTRIES.get(settings.entry.kind)
    if kind is None or kind.component is None:
        return None
    return cast("Entry", import_module(kind.component).from_settings(name, settings, cluster, opts))


def solver(settings: Settings) -> dict[str, Any]:
    """Arguments by which CertManager has challenges answered: through a stack's entry, and through the one that it is leaving for the hosts
    that still lead there."""
    kind, leaving = settings.entry.kind, settings.entry_migrating_from
    # without an entry of ours: one that somebody brings, of the class that is the most common
    own: dict[str, Any] = dict(ENTRIES[kind].solver if kind in ENTRIES else {}) or {"ingress_class": "nginx"}
    if leaving is None:
        return own
    hosts = hosts_left(
        settings.model_dump(by_alias=True, include={"domain", "entry", "entry_migrating_from", "names", "observability", "services"})
    )
    return own | ({"further": [{**ENTRIES[leaving.kind].solver, "hosts": hosts}]} if hosts else {})


def routes(route: Route, exposure: Exposure) -> list[Manifest]:
    """What must be in the cluster so that an entry leads to a service. No provider is imported for it."""
    render: Routes = import_module(ENTRIES[route.entry].routes).routes
    return render(route, exposure)


LISTENING = frozenset({"Gateway", "ListenerSet"})
"""Kinds among a service's routes that say where the entry listens for it, with which certificate. They are made after what leads to the
service and deleted before it: a host that another listener serves as well, such as the wildcard's, is then never asked for in vain."""


def mesh_config(settings: Settings) -> dict[str, Any]:
    """Fields of Istio's MeshConfig by which challenges are answered through a stack's entry, or the one that it is leaving."""
    leaving = settings.entry_migrating_from
    if "istio" not in (settings.entry.kind, leaving.kind if leaving else None):
        return {}
    from quayside.edge.istio_values import MESH_CONFIG

    return dict(MESH_CONFIG)
