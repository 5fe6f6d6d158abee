"""Gateways of the Gateway API, with what listens at them and whether that is well."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from .titled import titled


def table(gateways: list[dict[str, Any]], sets: list[dict[str, Any]]) -> Table | None:
    """One row for each Gateway and each ListenerSet that adds to one; None where there are none."""
    if not gateways:
        return None
    found = titled("Gateways", "gateway", "listeners", "routes", "state")
    for each in sorted(gateways + sets, key=lambda each: (each["kind"], each["metadata"]["namespace"], each["metadata"]["name"])):
        listeners = (each.get("status") or {}).get("listeners") or []
        names = ", ".join(listener["name"] for listener in each["spec"].get("listeners") or [])
        place = f"{each['metadata']['namespace']}/{each['metadata']['name']}"
        of = each["spec"].get("gatewayClassName") or f"adds to {each['spec']['parentRef']['name']}"
        routes = sum(listener.get("attachedRoutes") or 0 for listener in listeners)
        found.add_row(f"{place} [dim]({escape(of)})[/dim]", escape(names), str(routes), state(each))
    return found


def state(gateway: dict[str, Any]) -> str:
    """Well, or the first thing that is not, in the controller's words."""
    status = gateway.get("status") or {}
    conditions = [("", each) for each in status.get("conditions") or [] if each["type"] in ("Accepted", "Programmed")]
    for listener in status.get("listeners") or []:
        wanted = ("Accepted", "ResolvedRefs", "Programmed")
        conditions += [(f"{listener['name']}: ", each) for each in listener.get("conditions") or [] if each["type"] in wanted]
    for where, each in conditions:
        if each["status"] != "True":
            return f"[red]not ready[/red]: {escape(where + str(each.get('message') or each.get('reason')))}"
    return "[green]ready[/green]" if conditions else "[red]not ready[/red]: no controller has looked at it yet"
