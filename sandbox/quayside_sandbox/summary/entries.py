"""Where requests from outside come in: the load balancers that Services made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.table import Table

from .titled import titled

BALANCER = "kubernetes.digitalocean.com/load-balancer-id"
"""Annotation in which DigitalOcean's controller notes the load balancer."""


@dataclass(frozen=True)
class Entry:
    """One load balancer. `address` is empty while it has none."""

    address: str
    balancer: str
    service: str
    ports: str


def of(services: list[dict[str, Any]], balancers: list[dict[str, Any]]) -> list[Entry]:
    """The Services of type LoadBalancer. Their address is the cloud's word: their own status may hold a host name in its place."""
    known = {balancer["id"]: balancer for balancer in balancers}
    found = []
    for each in services:
        if each["spec"].get("type") != "LoadBalancer":
            continue
        metadata = each["metadata"]
        balancer = known.get((metadata.get("annotations") or {}).get(BALANCER), {})
        shown = (each.get("status") or {}).get("loadBalancer", {}).get("ingress") or [{}]
        address = balancer.get("ip") or shown[0].get("ip") or ""
        ports = ", ".join(str(port["port"]) for port in each["spec"].get("ports", []))
        found.append(Entry(address, balancer.get("name", "-"), f"{metadata['namespace']}/{metadata['name']}", ports))
    return found


def table(entries: list[Entry]) -> Table | None:
    """One row for each; None where nothing is reached from outside."""
    if not entries:
        return None
    found = titled("Entry", "address", "load balancer", "leads to", "ports")
    for each in entries:
        address = f"[bold]{each.address}[/bold]" if each.address else "[red]none yet[/red]"
        found.add_row(address, each.balancer, each.service, each.ports)
    return found
