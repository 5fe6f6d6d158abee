"""What `up` shows at its end: the clusters, what runs on them, where it can be reached, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import clusters
from .kube import Api, ApiError

if TYPE_CHECKING:
    from .sandbox import Sandbox

SYSTEM = {"kube-system", "kube-public", "kube-node-lease"}


def show(sandbox: Sandbox, stack: str, console: Console) -> None:
    """Prints the summary of everything in the sandbox."""
    records = clusters.running(sandbox)
    for record in records:
        api = clusters.api(record)
        try:
            console.print()
            console.print(nodes_table(record, api.list("v1", "Node"), sandbox))
            console.print(workloads_table(workloads(api)))
            addresses = address_rows(api, sandbox)
            if addresses:
                console.print(addresses_table(addresses))
        except ApiError as problem:
            console.print(f"[red]cluster {record['name']} does not answer: {escape(str(problem))}[/red]")
        finally:
            api.close()
    if not records:
        console.print("No cluster runs in the sandbox.")
    console.print()
    settings = sandbox.folder.read_settings()
    served = settings.get("served", {})
    console.print(
        "[dim]simulated: machines, containers, clouds · plugins: "
        + ", ".join(f"{k} {served_by(v)}" for k, v in sorted(served.items()))
        + "[/dim]"
    )
    crds = settings.get("crds")
    console.print(
        f"[dim]charts: {settings.get('charts')} · CRDs: {crds or 'those of the charts; custom resources are not checked against the real ones'}[/dim]"
    )
    for one in sandbox.substitutions():
        console.print(f"[dim]replaced: {one['kind']} {one['what']} by {one['by']}[/dim]")
    console.print()
    console.print("Next:")
    for command, purpose in next_commands(stack):
        console.print(f"  [bold]{command}[/bold]  [dim]{purpose}[/dim]", soft_wrap=True)


def served_by(server: str) -> str:
    return server if server == "stand-in" else f"official ({server})"


def next_commands(stack: str) -> list[tuple[str, str]]:
    return [
        ('eval "$(.venv/bin/quayside-sandbox env)"', "lets this shell's pulumi and kubectl act in the sandbox"),
        (f"pulumi preview -s {stack}", f"after an edit of Pulumi.{stack}.yaml: what would change"),
        ("kubectl get pods --all-namespaces", "look around in the cluster"),
        ("quayside-sandbox cloud list", "look at the simulated cloud"),
        ("make down", "removes everything again"),
    ]


def workloads(api: Api) -> list[dict[str, Any]]:
    """Every Deployment, StatefulSet and DaemonSet outside the vendor's own namespaces."""
    found = []
    for kind in ("Deployment", "StatefulSet", "DaemonSet"):
        for item in api.list("apps/v1", kind):
            if item["metadata"]["namespace"] in SYSTEM:
                continue
            status = item.get("status", {})
            ready = status.get("numberReady", 0) if kind == "DaemonSet" else status.get("readyReplicas", 0)
            wanted = status.get("desiredNumberScheduled", 0) if kind == "DaemonSet" else item["spec"].get("replicas", 1)
            found.append(
                {
                    "namespace": item["metadata"]["namespace"],
                    "name": item["metadata"]["name"],
                    "kind": kind,
                    "ready": ready,
                    "wanted": wanted,
                    "images": [container["image"] for container in item["spec"]["template"]["spec"]["containers"]],
                }
            )
    return sorted(found, key=lambda one: (one["namespace"], one["name"]))


def nodes_table(record: dict[str, Any], nodes: list[dict[str, Any]], sandbox: Sandbox) -> Table:
    version = record.get("version") or "local"
    table = Table(
        title=f"Cluster {record['name']} · {record.get('region', 'local')} · {version} · {record['endpoint']}", title_justify="left"
    )
    for column in ("node", "pool", "size", "CPU", "memory", "state"):
        table.add_column(column)
    for node in nodes:
        labels, allocatable = node["metadata"].get("labels", {}), node["status"].get("allocatable", {})
        ready = next((c["status"] for c in node["status"].get("conditions", []) if c["type"] == "Ready"), "Unknown")
        table.add_row(
            node["metadata"]["name"],
            labels.get("doks.digitalocean.com/node-pool", "-"),
            labels.get("node.kubernetes.io/instance-type", "-"),
            str(allocatable.get("cpu", "-")),
            str(allocatable.get("memory", "-")),
            "[green]ready[/green]" if ready == "True" else f"[red]not ready ({ready})[/red]",
        )
    return table


def workloads_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Services and add-ons", title_justify="left")
    for column in ("namespace", "name", "ready", "image"):
        table.add_column(column, overflow="fold")
    for row in rows:
        colour = "green" if row["ready"] == row["wanted"] else "red"
        table.add_row(row["namespace"], row["name"], f"[{colour}]{row['ready']}/{row['wanted']}[/{colour}]", ", ".join(row["images"]))
    return table


def address_rows(api: Api, sandbox: Sandbox) -> list[tuple[str, str, str]]:
    """(service, type, address) of each Service outside the vendor's namespaces; a load balancer's is the public one."""
    rows = []
    for item in api.list("v1", "Service"):
        metadata, spec = item["metadata"], item["spec"]
        if metadata["namespace"] in SYSTEM or (metadata["namespace"], metadata["name"]) == ("default", "kubernetes"):
            continue
        ports = ",".join(str(port["port"]) for port in spec.get("ports", []))
        public = [
            entry.get("ip") or entry.get("hostname", "") for entry in item.get("status", {}).get("loadBalancer", {}).get("ingress", [])
        ]
        address = ", ".join(public) or f"{metadata['name']}.{metadata['namespace']}.svc:{ports}"
        rows.append((f"{metadata['namespace']}/{metadata['name']}", spec["type"], address))
    return sorted(rows)


def addresses_table(rows: list[tuple[str, str, str]]) -> Table:
    table = Table(title="Addresses", title_justify="left")
    for column in ("service", "type", "address"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
