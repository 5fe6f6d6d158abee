"""The committed price table, and how it is read and written."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlparse

import pytest

from quayside.catalog.prices import FILE, Price, machines, price, read, write

TABLE = read()


@pytest.mark.parametrize(
    ("vendor", "what", "name", "monthly"),
    [
        ("digitalocean", "machine", "s-2vcpu-4gb", "24"),
        ("digitalocean", "machine", "s-4vcpu-8gb", "48"),
        ("digitalocean", "control-plane", "ha", "40"),
        ("digitalocean", "load-balancer", "regional", "12"),
        ("digitalocean", "volume", "gib", "0.1"),
        ("cloudflare", "plan", "free", "0"),
        ("cloudflare", "certificates", "advanced", "10"),
        ("vultr", "machine", "vc2-2c-4gb", "20"),
    ],
)
def test_what_things_cost(vendor: str, what: str, name: str, monthly: str) -> None:
    found = price(vendor, what, name)  # type: ignore[arg-type]  # a parameter is any word
    assert found is not None
    assert found.monthly == Decimal(monthly)


def test_what_is_unknown_costs_nothing_known() -> None:
    assert price("digitalocean", "machine", "s-3vcpu-5gb") is None
    assert price("vultr", "machine", "s-2vcpu-4gb") is None


@pytest.mark.parametrize("each", TABLE, ids=lambda each: f"{each.vendor}-{each.name}")
def test_each_line_says_where_it_is_from_and_when(each: Price) -> None:
    assert urlparse(each.source).scheme == "https"
    assert date(2025, 1, 1) <= date.fromisoformat(each.checked)
    assert each.monthly >= 0
    assert (each.vcpus is not None and each.memory is not None) == (each.what == "machine")


def test_each_thing_is_there_once() -> None:
    assert len({(each.vendor, each.what, each.name) for each in TABLE}) == len(TABLE)


def test_machines_of_one_vendor() -> None:
    assert {"s-2vcpu-4gb", "g-2vcpu-8gb"} <= set(machines("digitalocean"))
    assert not any(name.startswith("vc2") for name in machines("digitalocean"))


def test_the_file_is_as_it_is_written(tmp_path: Path) -> None:
    copy = tmp_path / "prices.json"
    write(TABLE, copy)
    assert copy.read_bytes() == FILE.read_bytes()
    assert list(tmp_path.iterdir()) == [copy]


def test_a_line_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "prices.json"
    line = {"vendor": "digitalocean", "what": "droplet", "name": "x", "monthly": 1, "source": "https://x", "checked": "2026-11-21"}
    wrong.write_text(json.dumps({"prices": [line]}))
    with pytest.raises(ValueError, match="cannot be right"):
        read(wrong)
