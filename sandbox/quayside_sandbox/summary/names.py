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
            paths = (rule.get("http") or {}).get("paths") or []
            services = [f"{each['metadata']['namespace']}/{path['backend'].get('service', {}).get('name', '-')}" for path in paths]
            _serves(served, rule.get("host") or "*", services)


def add_routes(served: Served, routes: list[dict[str, Any]]) -> None:
    """Adds the hosts of routes of the Gateway API; one that only sends visitors elsewhere serves nobody."""
    for each in routes:
        here = each["metadata"]["namespace"]
        references = [one for rule in each["spec"].get("rules") or [] for one in rule.get("backendRefs") or []]
        if any(parent.get("kind") == "Service" for parent in each["spec"].get("parentRefs") or []):
            continue  # inside of the mesh
        for host in each["spec"].get("hostnames") or (["*"] if references and each["kind"] != "TCPRoute" else []):
            _serves(served, host, [f"{one.get('namespace') or here}/{one['name']}" for one in references])


def add_virtual_services(served: Served, services: list[dict[str, Any]]) -> None:
    """Adds the hosts of Istio's VirtualServices, as far as a gateway has them."""
    for each in services:
        if set(each["spec"].get("gateways") or ["mesh"]) == {"mesh"}:
            continue
        rules = [rule for part in ("http", "tls") for rule in each["spec"].get(part) or []]
        behind = []
        for one in (one for rule in rules for one in rule.get("route") or []):
            name, _, rest = one["destination"]["host"].partition(".")
            behind.append(f"{rest.partition('.')[0] or each['metadata']['namespace']}/{name}")
        for host in each["spec"].get("hosts") or []:
            _serves(served, host, behind)


def _serves(served: Served, host: str, services: list[str]) -> None:
    behind = served.setdefault(host, [])
    behind += [each for each in dict.fromkeys(services) if each not in behind]


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
