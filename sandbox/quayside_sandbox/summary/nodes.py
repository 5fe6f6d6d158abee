"""The machines of a cluster."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from .titled import titled


def heading(record: dict[str, Any]) -> str:
    """One cluster in a line, by its record in the simulated cloud."""
    version = record.get("version") or "local"
    return escape(f"Cluster {record['name']} · {record.get('region', 'local')} · {version} · {record['endpoint']}")


def table(nodes: list[dict[str, Any]]) -> Table:
    """One row for each node."""
    found = titled("Nodes", "node", "pool", "size", "CPU", "memory", "state")
    for node in nodes:
        labels, allocatable = node["metadata"].get("labels", {}), node["status"].get("allocatable", {})
        ready = next((c["status"] for c in node["status"].get("conditions", []) if c["type"] == "Ready"), "Unknown")
        found.add_row(
            node["metadata"]["name"],
            labels.get("doks.digitalocean.com/node-pool", "-"),
            labels.get("node.kubernetes.io/instance-type", "-"),
            str(allocatable.get("cpu", "-")),
            str(allocatable.get("memory", "-")),
            "[green]ready[/green]" if ready == "True" else f"[red]not ready ({ready})[/red]",
        )
    return found
