"""Certificates that cert-manager keeps, and their state."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from .titled import titled


def table(certificates: list[dict[str, Any]]) -> Table | None:
    """One row for each Certificate; None where there are none."""
    if not certificates:
        return None
    found = titled("Certificates", "certificate", "for", "issuer", "state")
    for each in sorted(certificates, key=lambda each: (each["metadata"]["namespace"], each["metadata"]["name"])):
        spec = each["spec"]
        found.add_row(
            f"{each['metadata']['namespace']}/{each['metadata']['name']}",
            escape(", ".join(spec.get("dnsNames") or [spec.get("commonName", "-")])),
            spec.get("issuerRef", {}).get("name", "-"),
            state(each),
        )
    return found


def state(certificate: dict[str, Any]) -> str:
    """Valid until when; or why not yet, in cert-manager's words."""
    status = certificate.get("status") or {}
    ready: dict[str, Any] = next((each for each in status.get("conditions") or [] if each["type"] == "Ready"), {})
    if ready.get("status") == "True":
        until = str(status.get("notAfter") or "")[:10]
        return f"[green]ready[/green] until {until}" if until else "[green]ready[/green]"
    why = ready.get("message") or ready.get("reason") or "cert-manager has not looked at it yet"
    return f"[red]not ready[/red]: {escape(why)}"
