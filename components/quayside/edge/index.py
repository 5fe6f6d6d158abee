"""The index of entries: a new kind is a pair of files beside this one and one line here (and its word in settings.entry)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    import pulumi

    from quayside.clusters.contract import Cluster
    from quayside.edge.contract import Entry, Exposure, Manifest, Route, Routes
    from quayside.settings.stack import Settings


class Kind(NamedTuple):
    """Where the code of a kind of entry is."""

    component: str
    """Module whose function `from_settings(name, settings, cluster, opts)` builds it."""
    routes: str
    """Module whose pure function `routes(route, exposure)` renders routes (contract.Routes)."""


ENTRIES = {
    "ingress-nginx": Kind("quayside.edge.ingress_nginx", "quayside.edge.ingress_nginx_routes"),
}
"""Kind of entry → its code."""


def build(name: str, settings: Settings, cluster: Cluster, opts: pulumi.ResourceOptions) -> Entry | None:
    """Build the entry that a stack's settings ask for; None where they want none."""
    if settings.entry.kind not in ENTRIES:
        return None
    return cast("Entry", import_module(ENTRIES[settings.entry.kind].component).from_settings(name, settings, cluster, opts))


def routes(route: Route, exposure: Exposure) -> list[Manifest]:
    """What must be in the cluster so that an entry leads to a service. No provider is imported for it."""
    render: Routes = import_module(ENTRIES[route.entry].routes).routes
    return render(route, exposure)
