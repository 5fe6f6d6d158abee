"""The price table: one dated file, `prices.json`, each line with its source. `python -m quayside.catalog` refreshes what vendors list.

Prices are in USD a month without tax, as the vendors show them. Traffic beyond what a machine includes is not among them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

FILE = Path(__file__).with_name("prices.json")
CURRENCY = "USD"

Vendor = Literal["digitalocean", "vultr", "cloudflare"]
What = Literal["machine", "control-plane", "load-balancer", "volume", "registry", "plan", "certificates"]
"""Kinds of lines. A load balancer's price is for each of its nodes, a volume's for each GiB."""


VENDORS: Mapping[str, Vendor] = {"doks": "digitalocean", "vke": "vultr"}
"""Kind of cluster → who sells its nodes."""


@dataclass(frozen=True)
class Price:
    """One line of the table."""

    vendor: Vendor
    what: What
    name: str
    """Its name at the vendor: a machine's slug or plan, a registry's tier, "ha" for a highly available control plane."""
    monthly: Decimal
    """USD a month."""
    source: str
    """Address of the page or list that says so."""
    checked: str
    """Day on which it was read there, or in a stored copy of it: 2026-11-21."""
    vcpus: int | None = None
    """Of a machine."""
    memory: int | None = None
    """Of a machine, in MiB."""
    note: str = ""
    """What a reader should know of it."""


def read(file: Path = FILE) -> tuple[Price, ...]:
    """All lines of a table. Raises ValueError where a line is wrong."""
    lines = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)["prices"]
    return tuple(_price(line) for line in lines)


def write(prices: Iterable[Price], file: Path = FILE) -> None:
    """Write a table, one price a line, so that a change can be read in a diff. A killed run leaves the old one."""
    lines = ",\n".join("    " + json.dumps(_plain(each), ensure_ascii=False) for each in prices)
    new = file.with_suffix(".new")
    new.write_text(f'{{\n  "currency": "{CURRENCY}",\n  "prices": [\n{lines}\n  ]\n}}\n', encoding="utf-8")
    new.replace(file)


def price(vendor: str, what: What, name: str) -> Price | None:
    """What something costs, or None where the table does not know it."""
    return _table().get((vendor, what, name))


def machines(vendor: str) -> dict[str, Price]:
    """All machines of a vendor by name."""
    return {name: each for (seller, what, name), each in _table().items() if seller == vendor and what == "machine"}


@cache
def _table() -> dict[tuple[str, str, str], Price]:
    return {(each.vendor, each.what, each.name): each for each in read()}


def _price(line: dict[str, Any]) -> Price:
    given: dict[str, Any] = {key: int(value) if key in ("vcpus", "memory") else value for key, value in line.items()}
    made = Price(**given)
    if made.vendor not in get_args(Vendor) or made.what not in get_args(What) or not isinstance(made.monthly, Decimal):
        raise ValueError(f"the price table has a line that cannot be right: {made}")
    return made


def _plain(each: Price) -> dict[str, Any]:
    """A line as the file has it, without what is not said."""
    line: dict[str, Any] = {**asdict(each), "monthly": number(each.monthly)}
    return {key: value for key, value in line.items() if value not in (None, "")}


def number(amount: Decimal) -> int | float:
    """An amount of money as JSON has numbers: 12, not 12.0."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
