"""Checks over several values of one map: pure functions over plain maps, which settings and components share (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.types import Cpu, Memory

SYSTEM_POOL = "system"
"""Name of the pool that belongs to the cluster itself."""

RESERVED = frozenset({"cert-manager", "default"})
"""Namespaces, besides those that begin with kube-, in which no service may be."""


def size_of_pool(pool: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A pool has either a fixed count or the two bounds of its autoscaler, in order."""
    count, low, high = pool.get("count"), pool.get("min"), pool.get("max")
    if low is None and high is None:
        if count is None:
            yield "count", "is missing; write a number of nodes, or min and max for a pool that scales itself"
        return
    for key, bound in (("min", low), ("max", high)):
        if bound is None:
            yield key, "is missing; a pool that scales itself needs min and max"
    if count is not None:
        yield "count", "cannot stand beside min and max, whose autoscaler owns the count; write count: null, or remove min and max"
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield "min", f"is more than max ({low} > {high}); write min ≤ max"


def pools_apart(cluster: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The cluster's own pool has a name already."""
    pools = cluster.get("pools")
    if isinstance(pools, Mapping) and SYSTEM_POOL in pools:
        yield f"pools.{SYSTEM_POOL}", "has the name of the pool that belongs to the cluster itself; write another, or set systemPool"


def requests_within_limits(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kubernetes refuses a container that asks for more than it may have."""
    requests, limits = resources.get("requests"), resources.get("limits")
    if not isinstance(requests, Mapping) or not isinstance(limits, Mapping):
        return
    for key, kind in (("cpu", Cpu), ("memory", Memory)):
        try:
            asked, allowed = kind.parse(requests[key]), kind.parse(limits[key])
        except (KeyError, ValueError):
            continue  # its own problem is reported where it stands
        if isinstance(asked, kind) and isinstance(allowed, kind) and asked.amount > allowed.amount:
            yield "requests", f"ask for more {key} than limits allow ({asked} > {allowed}); write requests ≤ limits"


def variables_once(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """An environment variable comes from one place: in Kubernetes one of two would win without a word."""
    seen: dict[str, str] = {}
    for source in ("env", "config", "secrets"):
        names = service.get(source)
        for name in names if isinstance(names, Mapping) else ():
            if name in seen:
                yield source, f"sets {name}, which {seen[name]} sets too; keep it in one of them"
            seen[name] = source


def namespaces_apart(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A namespace belongs to one part of the platform, or its removal would take others along."""
    services = settings.get("services")
    homes = {
        str(name): service.get("namespace")
        for name, service in (services if isinstance(services, Mapping) else {}).items()
        if isinstance(service, Mapping)
    }
    for name, home in homes.items():
        if (home or name) in RESERVED or str(home or name).startswith("kube-"):
            key = f"services.{name}.namespace" if home else f"services.{name}"
            yield key, "would use a namespace of the cluster or the platform; write another namespace"
        elif home in homes and homes[home] is None:
            yield f"services.{name}.namespace", "is the own namespace of the service of that name; write another, for both of them to share"
