"""What a stack costs a month, line by line, by the price table. A pure function: settings in, figures out; it asks no vendor."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quayside.catalog.prices import CURRENCY, VENDORS, Price, What, number, price
from quayside.catalog.room import MI
from quayside.settings import observability
from quayside.settings.capacity import asking
from quayside.settings.cluster import ClusterSettings
from quayside.settings.footprint import ARGO_ROLLOUTS, ISTIOD, NODE_EXPORTER, RATE_LIMIT, SIDECAR, WAYPOINT, Pods, node_pods
from quayside.settings.mesh import istio_runs, istiod_replicas, revisions
from quayside.settings.observability import gibibytes, metrics_kept, traces_kept
from quayside.settings.progressive_rules import controllers
from quayside.settings.rules import SYSTEM_POOL
from quayside.settings.stack import Settings
from quayside.settings.traffic.rate_limiters import rate_limiters
from quayside.settings.traffic.waypoints import waypoints

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
    paid: bool = True
    """Whether it is paid for by itself; else it takes room on nodes that are paid for already."""

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
        return all(line.price for line in self.lines if line.paid)

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
        (
            *_nodes(settings.cluster),
            *_control_plane(settings.cluster),
            *_load_balancer(settings),
            *_edge_certificates(settings),
            *_mesh(settings),
            *_observability(settings),
            *_progressive(settings),
        )
    )


def _pools(cluster: ClusterSettings) -> dict[str, tuple[str, int, int]]:
    """Name of a pool → size, least and greatest number of its nodes."""
    system = cluster.system_pool
    pools = {SYSTEM_POOL: (str(system.size), system.count, system.count)}
    return pools | {name: (pool.size, pool.min or pool.count or 0, pool.max or pool.count or 0) for name, pool in cluster.pools.items()}


def _nodes(cluster: ClusterSettings) -> Iterator[Line]:
    for name, (size, least, most) in _pools(cluster).items():
        yield _line(cluster, f"nodes of pool {name}: {size}", "machine", size, least, most)


def _control_plane(cluster: ClusterSettings) -> Iterator[Line]:
    by_default = cluster.ha is None and tuple(int(part) for part in cluster.version.split(".")) >= _HA_BY_DEFAULT
    if cluster.ha or by_default:
        note = "the cloud's default; cluster.ha: false does without" if by_default else ""
        yield _line(cluster, "highly available control plane", "control-plane", "ha", note=note)


def _load_balancer(settings: Settings) -> Iterator[Line]:
    if settings.entry.kind != "none":
        yield _line(settings.cluster, "load balancer's nodes", "load-balancer", "regional", settings.entry.load_balancer.size_unit)
    if leaving := settings.entry_migrating_from:
        what, note = "load balancer's nodes of the entry that is being left", "until entryMigratingFrom is removed"
        yield _line(settings.cluster, what, "load-balancer", "regional", leaving.load_balancer.size_unit, note=note)


def _edge_certificates(settings: Settings) -> Iterator[Line]:
    names = settings.names
    if settings.domain and names.dns == "cloudflare" and names.edge_certificates == "advanced":
        note = "for the whole zone, once for all its stacks"
        yield Line("Cloudflare's advanced certificates", 1, 1, price("cloudflare", "certificates", "advanced"), note)


def _mesh(settings: Settings) -> Iterator[Line]:
    """What Istio takes of the nodes: it has no price, and is no gift either."""
    spec = settings.model_dump(by_alias=True, exclude={"secrets"})
    if istio_runs(spec):
        yield _room(ISTIOD, istiod_replicas(spec) * len(revisions(spec["mesh"])))
    pools = list(_pools(settings.cluster).values())
    for pods in node_pods(settings.mesh.mode):
        yield _room(pods, sum(least for _, least, _ in pools), sum(most for _, _, most in pools))
    if settings.mesh.mode == "sidecar":
        least = sum(each.pods for each in asking(spec)) + len(rate_limiters(spec))
        more = sum(each.scale.max - max(each.scale.min, each.replicas) for each in settings.services.values() if each.scale)
        yield _room(SIDECAR, least, least + more)
    if found := waypoints(spec):
        yield _room(WAYPOINT, found * istiod_replicas(spec))
    if limiters := rate_limiters(spec):
        yield _room(RATE_LIMIT, len(limiters))


def _observability(settings: Settings) -> Iterator[Line]:
    """Volumes, and what it takes of the nodes."""
    spec, seen = settings.model_dump(by_alias=True, exclude={"secrets"}), settings.observability
    volumes = {"Prometheus": metrics_kept(settings.environment, seen.metrics)} if seen.metrics.enabled else {}
    volumes |= {"Tempo": traces_kept(seen.tracing)} if seen.tracing.enabled and seen.tracing.backend == "tempo" else {}
    for what, (_, size) in volumes.items():
        yield _line(settings.cluster, f"volume of {what}, by the GiB", "volume", "gib", gibibytes(size))
    for pods in observability.pods(spec):
        yield _room(pods, pods.replicas, of="observability")
    if seen.metrics.enabled:
        pools = list(_pools(settings.cluster).values())
        yield _room(NODE_EXPORTER, sum(least for _, least, _ in pools), sum(most for _, _, most in pools), "observability")


def _progressive(settings: Settings) -> Iterator[Line]:
    """What carries out that new versions take over step by step. Their pods come and go with them: capacity has room for that."""
    if any(each.progressive for each in settings.services.values()):
        yield _room(ARGO_ROLLOUTS, controllers(settings.environment), of="progressive delivery")


def _room(pods: Pods, quantity: int, most: int | None = None, of: str = "Istio") -> Line:
    """Pods, or containers in pods, with what they ask for."""
    whole = f"{int(pods.cores * quantity * 1000)}m CPU and {int(pods.bytes * quantity / MI)}Mi memory of the nodes"
    return Line(f"{of}: {pods.name}", quantity, quantity if most is None else most, None, whole, paid=False)


def _line(
    cluster: ClusterSettings, text: str, what: What, name: str, quantity: int = 1, most: int | None = None, *, note: str = ""
) -> Line:
    found = price(VENDORS.get(cluster.kind, ""), what, name)
    unknown = "" if found else "not in the price table; `python -m quayside.catalog` brings it up to date"
    notes = [each for each in (note, found.note if found else unknown) if each]
    return Line(text, quantity, quantity if most is None else most, found, "; ".join(notes))


def _output(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {"what": line.what, "quantity": line.quantity}
    if not line.paid:
        shown |= {"unitPrice": 0, "monthly": 0}
    elif line.price is not None and line.monthly is not None and line.at_most is not None:
        shown |= {"unitPrice": number(line.price.monthly), "monthly": number(line.monthly)}
        shown |= {"atMost": number(line.at_most)} if line.most != line.quantity else {}
    return shown | ({"note": line.note} if line.note else {})
