"""What a stack costs a month, as its program says in the output `estimate`; the sandbox knows no prices."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from ..folder import Folder, read_json
from .titled import titled

OUTPUT = "estimate"


def estimate(folder: Folder, stack: str) -> dict[str, Any]:
    """The output of the stack, read from the engine's state without starting the engine; empty where there is none."""
    for file in sorted((folder.state / ".pulumi" / "stacks").glob(f"*/{stack}.json")):
        latest = read_json(file, {}).get("checkpoint", {}).get("latest") or {}
        for resource in latest.get("resources") or []:
            if resource["type"] == "pulumi:pulumi:Stack":
                found = (resource.get("outputs") or {}).get(OUTPUT)
                if isinstance(found, dict) and "monthly" in found:
                    return found
    return {}


def table(estimate: dict[str, Any]) -> Table | None:
    """One row for each thing that is paid for, and the sum; None where the stack says nothing of it."""
    if not estimate:
        return None
    currency = estimate.get("currency", "USD")
    found = titled("What it would cost a month")
    found.show_footer = True
    found.add_column("what", "sum", overflow="fold")
    found.add_column("how many", justify="right")
    found.add_column("each", justify="right")
    found.add_column("a month", span(estimate, currency), justify="right", no_wrap=True)
    for line in estimate.get("lines") or []:
        each = line.get("unitPrice", line.get("each"))
        note = f" [dim]({escape(line['note'])})[/dim]" if line.get("note") else ""
        price = money(each, currency) if each is not None else "?"
        found.add_row(f"{escape(line['what'])}{note}", str(line.get("quantity", "")), price, span(line, currency))
    said = [f"prices of {estimate['pricesOf']}"] if estimate.get("pricesOf") else []
    said += ["not every price is known: it costs more"] if estimate.get("complete") is False else []
    found.caption = ", ".join(said) or None
    return found


def span(priced: dict[str, Any], currency: str) -> str:
    """A sum, or the two bounds of one that an autoscaler moves."""
    least, most = priced.get("monthly"), priced.get("atMost")
    if least is None:
        return "?"
    return money(least, currency) if most in (None, least) else f"{money(least, currency)} to {money(most, currency)}"


def money(amount: Any, currency: str) -> str:
    """An amount with its currency, without cents where there are none."""
    number = f"{float(amount):.2f}".removesuffix(".00")
    return f"${number}" if currency == "USD" else f"{number} {currency}"
