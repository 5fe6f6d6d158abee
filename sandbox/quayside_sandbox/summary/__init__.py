"""What `up` shows at its end: clusters, what runs on them, certificates, where everything is reached, what it costs, what to type next.

Each file of this package makes one table from what it is given; here they are put together, with one list call for each kind of object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .. import clusters
from ..clouds.world_dns import zones
from ..controlplane.gateway_api import API as GATEWAY_API
from ..controlplane.gateway_api import ROUTES
from ..kube import Api, ApiError
from ..kube.client import NoSuchKind
from . import certificates, costs, entries, gateways, names, nodes, workloads
from .following import next_commands

if TYPE_CHECKING:
    from ..sandbox import Sandbox

Objects = list[dict[str, Any]]


def show(sandbox: Sandbox, stack: str, console: Console) -> None:
    """Prints the summary of everything in the sandbox."""
    records = clusters.running(sandbox)
    doors: list[entries.Entry] = []
    served: names.Served = {}
    for record in records:
        api = clusters.api(record)
        try:
            console.print(f"\n[bold]{nodes.heading(record)}[/bold]", soft_wrap=True)
            _print(console, nodes.table(api.list("v1", "Node")))
            _print(console, workloads.table([one for version, kind in workloads.KINDS for one in _listed(api, version, kind)]))
            _print(console, certificates.table(_listed(api, "cert-manager.io/v1", "Certificate")))
            _print(console, gateways.table(_listed(api, GATEWAY_API, "Gateway"), _listed(api, GATEWAY_API, "ListenerSet")))
            doors += entries.of(_listed(api, "v1", "Service"), sandbox.store.list("digitalocean", "loadBalancers"))
            names.add(served, _listed(api, "networking.k8s.io/v1", "Ingress"))
            names.add_routes(served, [one for kind in ROUTES for one in _listed(api, GATEWAY_API, kind)])
            names.add_virtual_services(served, _listed(api, "networking.istio.io/v1", "VirtualService"))
        except ApiError as problem:
            console.print(f"[red]cluster {record['name']} does not answer: {escape(str(problem))}[/red]")
        finally:
            api.close()
    if not records:
        console.print("No cluster runs in the sandbox.")
    _print(console, entries.table(doors))
    _print(console, names.table(served, zones(sandbox.store), {door.address for door in doors}))
    _print(console, costs.table(costs.estimate(sandbox.folder, stack)))
    _fine_print(sandbox, console)
    console.print()
    console.print("Next:")
    for command, purpose in next_commands(stack):
        console.print(f"  [bold]{escape(command)}[/bold]  [dim]{escape(purpose)}[/dim]", soft_wrap=True)


def _listed(api: Api, api_version: str, kind: str) -> Objects:
    """The objects of a kind; none where the cluster does not know it."""
    try:
        return api.list(api_version, kind)
    except NoSuchKind:
        return []


def _print(console: Console, table: Table | None) -> None:
    if table is not None:
        console.print()
        console.print(table)


def _fine_print(sandbox: Sandbox, console: Console) -> None:
    """What was real and what was not."""
    settings = sandbox.folder.read_settings()
    plugins = ", ".join(f"{package} {served_by(server)}" for package, server in sorted(settings.get("served", {}).items()))
    crds = settings.get("crds") or "those of the charts; custom resources are not checked against the real ones"
    console.print()
    console.print(f"[dim]simulated: machines, containers, clouds · plugins: {escape(plugins)}[/dim]")
    console.print(f"[dim]charts: {settings.get('charts')} · CRDs: {escape(crds)}[/dim]")
    for one in sandbox.substitutions():
        console.print(f"[dim]replaced: {escape(one['kind'])} {escape(one['what'])} by {escape(one['by'])}[/dim]")


def served_by(server: str) -> str:
    """Who serves a package, in words."""
    return server if server == "stand-in" else f"official ({server})"
