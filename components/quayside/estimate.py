"""What a stack costs a month, line by line, by the price table. A pure function: settings in, figures out; it asks no vendor."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quayside.catalog.prices import CURRENCY, VENDORS, Price, What, number, price
from quayside.settings.cluster import ClusterSettings
from quayside.settings.rules import SYSTEM_POOL
from quayside.settings.stack import Settings

_HA_BY_DEFAULT = (1, 36)
"""From this version on DigitalOcean makes a control plane highly available unless it is told not to (digitalocean/openapi#1145)."""


@dataclass(frozen=True)
class Line:
    """One thing that is paid for."""

    what: str
    quantity: int
    most: int
    """The quantity that an autoscaler may reach; the same one where there is none."""
    price: Price | None
    """Of one of them. None where the table does not know it."""
    note: str = ""

    @property
    def monthly(self) -> Decimal | None:
        """In a month."""
        return None if self.price is None else self.price.monthly * self.quantity

    @property
    def at_most(self) -> Decimal | None:
        """In a month at the autoscaler's upper bound."""
        return None if self.price is None else self.price.monthly * self.most


@dataclass(frozen=True)
class Estimate:
    """What a stack costs a month, without tax, volumes that services ask for, and traffic beyond what machines include."""

    lines: tuple[Line, ...]

    @property
    def monthly(self) -> Decimal:
        """The sum, with autoscaled pools at their least."""
        return sum((line.monthly for line in self.lines if line.monthly is not None), Decimal())

    @property
    def at_most(self) -> Decimal:
        """The sum, with autoscaled pools at their greatest."""
        return sum((line.at_most for line in self.lines if line.at_most is not None), Decimal())

    @property
    def complete(self) -> bool:
        """Whether every line has a price. If not, the stack costs more than the sums say."""
        return all(line.price for line in self.lines)

    @property
    def prices_of(self) -> str | None:
        """The day of the oldest price in it: no price is older."""
        return min((line.price.checked for line in self.lines if line.price), default=None)

    def as_output(self) -> dict[str, Any]:
        """As a stack's output: plain data with camelCase keys, without those that say nothing."""
        return {
            "monthly": number(self.monthly),
            "atMost": number(self.at_most),
            "currency": CURRENCY,
            "pricesOf": self.prices_of,
            "complete": self.complete,
            "lines": [_output(line) for line in self.lines],
        }


def estimate(settings: Settings) -> Estimate:
    """What everything costs that these settings ask for and that is not free."""
    return Estimate(
        (*_nodes(settings.cluster), *_control_plane(settings.cluster), *_load_balancer(settings), *_edge_certificates(settings))
    )


def _nodes(cluster: ClusterSettings) -> Iterator[Line]:
    system = cluster.system_pool
    pools = {SYSTEM_POOL: (system.size, system.count, system.count)}
    pools |= {name: (pool.size, pool.min or pool.count or 0, pool.max or pool.count or 0) for name, pool in cluster.pools.items()}
    for name, (size, least, most) in pools.items():
        yield _line(cluster, f"nodes of pool {name}: {size}", "machine", size, least, most)


def _control_plane(cluster: ClusterSettings) -> Iterator[Line]:
    by_default = cluster.ha is None and tuple(int(part) for part in cluster.version.split(".")) >= _HA_BY_DEFAULT
    if cluster.ha or by_default:
        note = "the cloud's default; cluster.ha: false does without" if by_default else ""
        yield _line(cluster, "highly available control plane", "control-plane", "ha", note=note)


def _load_balancer(settings: Settings) -> Iterator[Line]:
    if settings.entry.kind != "none":
        yield _line(settings.cluster, "load balancer's nodes", "load-balancer", "regional", settings.entry.load_balancer.size_unit)


def _edge_certificates(settings: Settings) -> Iterator[Line]:
    names = settings.names
    if settings.domain and names.dns == "cloudflare" and names.edge_certificates == "advanced":
        note = "for the whole zone, once for all its stacks"
        yield Line("Cloudflare's advanced certificates", 1, 1, price("cloudflare", "certificates", "advanced"), note)


def _line(
    cluster: ClusterSettings, text: str, what: What, name: str, quantity: int = 1, most: int | None = None, *, note: str = ""
) -> Line:
    found = price(VENDORS.get(cluster.kind, ""), what, name)
    unknown = "" if found else "not in the price table; `python -m quayside.catalog` brings it up to date"
    notes = [each for each in (note, found.note if found else unknown) if each]
    return Line(text, quantity, quantity if most is None else most, found, "; ".join(notes))


def _output(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {"what": line.what, "quantity": line.quantity}
    if line.price is not None and line.monthly is not None and line.at_most is not None:
        shown |= {"unitPrice": number(line.price.monthly), "monthly": number(line.monthly)}
        shown |= {"atMost": number(line.at_most)} if line.most != line.quantity else {}
    return shown | ({"note": line.note} if line.note else {})
