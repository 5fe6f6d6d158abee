"""Host names: those that something serves and those that stand in the simulated DNS, with where the world would be led."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from ..clouds.world_dns import Answer, Zone, resolve_in
from .titled import titled

Served = dict[str, list[str]]
"""Host name → the services behind it, each as namespace/name."""


def add(served: Served, ingresses: list[dict[str, Any]]) -> None:
    """Adds the hosts of Ingresses."""
    for each in ingresses:
        for rule in each["spec"].get("rules") or []:
            behind = served.setdefault(rule.get("host") or "*", [])
            for path in (rule.get("http") or {}).get("paths") or []:
                service = f"{each['metadata']['namespace']}/{path['backend'].get('service', {}).get('name', '-')}"
                if service not in behind:
                    behind.append(service)


def table(served: Served, zones: Mapping[str, Zone], doors: set[str]) -> Table | None:
    """One row for each name; None where there are none. `doors` are the entry's addresses."""
    recorded = {entry.name for zone in zones.values() for entry in zone.entries if entry.type in ("A", "AAAA", "CNAME")}
    hosts = sorted(recorded | set(served), key=lambda host: list(reversed(host.split("."))))
    if not hosts:
        return None
    found = titled("Host names", "name", "points to", "served by")
    for host in hosts:
        behind = served.get(host, [])
        found.add_row(escape(host), points_to(resolve_in(zones, host), doors, bool(behind)), ", ".join(behind) or "-")
    return found


def points_to(answer: Answer, doors: set[str], served: bool) -> str:
    """Where a name leads: by Cloudflare or not, to the entry or elsewhere. Red where the world does not find what serves it."""
    if answer.name == "*":
        return "any name that leads to the entry"
    if answer.problem:
        return f"[red]nowhere[/red]: {escape(answer.problem)}"
    addresses = ", ".join(answer.origin)
    there = bool(answer.origin) and set(answer.origin) <= doors
    if there:
        target = f"[green]{addresses}[/green], the entry"
    elif served:
        target = f"[red]{addresses}, not the entry[/red]"
    else:
        target = f"{escape(answer.chain[-1])}, elsewhere" if len(answer.chain) > 1 else f"{addresses}, elsewhere"
    return f"Cloudflare → {target}" if answer.proxied else target
