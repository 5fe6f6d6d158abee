"""Refreshing the price table from the vendors' own lists of machines. What they list nowhere (control planes, load balancers) stays."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from quayside.catalog.api import DIGITALOCEAN, PAGES, NotAnswered, digitalocean_pages, get
from quayside.catalog.prices import FILE, Price, Vendor, read, write

SMALLEST = 2048
"""MiB of the smallest machine that is taken up: no node may be smaller (docs.digitalocean.com/products/kubernetes/details/limits)."""


class NotRefreshed(Exception):
    """A vendor's list could not be had: why, and what to do, in one line."""


@dataclass(frozen=True)
class List:
    """A vendor's list of machines."""

    vendor: Vendor
    base: str
    """Address of the API."""
    token_from: str
    """Environment variable with the token."""
    needs_token: bool
    items: Callable[["List", str], Iterator[Price]]
    """Reads all pages with a token."""
    path: str
    """Of the list, below the API's address."""


def refresh(
    vendors: Sequence[str] = (), *, file: Path = FILE, environ: Mapping[str, str] = os.environ, bases: Mapping[str, str] | None = None
) -> tuple[list[str], list[str]]:
    """Rewrite the table with what the vendors list today.

    vendors: whose lists are read; all by default.
    bases: addresses of APIs in place of the vendors' own.
    Returns what to say of it, and of it what went wrong. A vendor whose list could not be had keeps its lines as they are.
    """
    told: list[str] = []
    wrong: list[str] = []
    prices = list(read(file))
    for each in LISTS:
        if vendors and each.vendor not in vendors:
            continue
        source = replace(each, base=(bases or {}).get(each.vendor, each.base))
        try:
            listed = {price.name: price for price in _listed(source, environ)}
        except NotRefreshed as error:
            wrong.append(f"{each.vendor}: {error}")
            continue
        told += _changes(each.vendor, prices, listed)
        prices = _merged(each.vendor, prices, listed)
    if told:
        try:
            write(prices, file)
        except OSError as error:
            wrong.append(f"the price table cannot be written ({error.strerror}); run it in a checkout that is yours")
    return told, wrong


def _merged(vendor: str, prices: list[Price], listed: dict[str, Price]) -> list[Price]:
    """The table with a vendor's machines as listed; each stays in its place, new ones follow the vendor's last line."""
    known = {each.name for each in prices if each.vendor == vendor and each.what == "machine"}
    merged = [listed.get(each.name, each) if each.vendor == vendor and each.what == "machine" else each for each in prices]
    after = max((index for index, each in enumerate(merged) if each.vendor == vendor), default=len(merged) - 1) + 1
    return merged[:after] + [each for name, each in listed.items() if name not in known] + merged[after:]


def _changes(vendor: str, prices: list[Price], listed: dict[str, Price]) -> Iterator[str]:
    ours = [each for each in prices if each.vendor == vendor]
    machines = {each.name: each for each in ours if each.what == "machine"}
    for name, new in listed.items():
        old = machines.get(name)
        if old is None:
            yield f"{vendor}: {name} is new: ${new.monthly}"
        elif _facts(old) != _facts(new):
            yield f"{vendor}: {name} {_facts(old)} → {_facts(new)}"
    for name, old in machines.items():
        if name not in listed:
            yield f"{vendor}: {name} is not in the list and stays at ${old.monthly} of {old.checked}"
    for other in ours:
        if other.what != "machine":
            yield f"{vendor}: {other.what} {other.name} is in no list and stays at ${other.monthly} of {other.checked}; see {other.source}"
    yield f"{vendor}: {len(listed)} machines as {next(iter(listed.values())).source} has them today"


def _facts(each: Price) -> str:
    return f"${each.monthly} ({each.vcpus} vCPUs, {each.memory} MiB)"


def _listed(source: List, environ: Mapping[str, str]) -> list[Price]:
    token = environ.get(source.token_from, "")
    if source.needs_token and not token:
        raise NotRefreshed(f"no token; set the environment variable {source.token_from}, with a token that may read")
    try:
        found = [each for each in source.items(source, token) if each.memory and each.memory >= SMALLEST]
    except NotAnswered as error:
        raise NotRefreshed(str(error)) from None
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise NotRefreshed(f"its list does not have the documented form ({type(error).__name__}); look for a newer quayside") from error
    if not found:
        raise NotRefreshed("its list is empty; check which account the token belongs to")
    return found


def _digitalocean(source: List, token: str) -> Iterator[Price]:
    """docs.digitalocean.com/reference/api: GET /v2/sizes, in pages. Sizes that cannot be bought any more are listed too."""
    for answer in digitalocean_pages(source.base, source.path, token, token_from=source.token_from):
        for each in answer["sizes"]:
            if each["available"]:
                yield _machine(source, each["slug"], each["price_monthly"], each["vcpus"], each["memory"])


def _vultr(source: List, token: str) -> Iterator[Price]:
    """www.vultr.com/api: GET /v2/plans, in pages with a cursor. Prices are the vendor's base prices: a few regions cost more."""
    cursor = ""
    for _ in range(PAGES):
        answer = _get(source, f"{source.path}?per_page=500" + (f"&cursor={cursor}" if cursor else ""), token)
        for each in answer["plans"]:
            if each["type"] in ("vc2", "vhf", "vhp", "voc"):  # what VKE's node pools take; the others are GPUs and bare metal
                yield _machine(source, each["id"], each["monthly_cost"], each["vcpu_count"], each["ram"])
        following = answer.get("meta", {}).get("links", {}).get("next", "")
        if not following:
            return
        cursor = following


def _machine(source: List, name: str, monthly: Any, vcpus: Any, memory: Any) -> Price:
    cost = Decimal(str(monthly)).normalize() + 0  # 24.0 → 24, and 1E+2 → 100
    address = _OWN[source.vendor] + source.path
    return Price(source.vendor, "machine", str(name), cost, address, date.today().isoformat(), int(vcpus), int(memory))


def _get(source: List, path: str, token: str) -> Any:
    return get(source.base, path, token, token_from=source.token_from)


LISTS = (
    List("digitalocean", DIGITALOCEAN, "DIGITALOCEAN_TOKEN", True, _digitalocean, "/v2/sizes"),
    List("vultr", "https://api.vultr.com", "VULTR_API_KEY", False, _vultr, "/v2/plans"),
)
"""The lists that there are."""

_OWN = {each.vendor: each.base for each in LISTS}
