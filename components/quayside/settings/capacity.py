"""The check of capacity: what pods ask for must find room on the nodes, or they stay Pending until the rollout fails.

It says no only where room is missing for certain: in the sum over all nodes, and for each service alone. The scheduler may still find a
mixture that leaves no gap large enough. It says nothing where the catalogue does not know a size or a kind of cluster.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from quayside.catalog.room import MI, PODS_ON_A_NODE, Room, allocatable, taken_on_each_node, taken_once
from quayside.settings import observability
from quayside.settings.base import Model
from quayside.settings.certificates import CertificateSettings
from quayside.settings.claims import LEAVING, entry_kind
from quayside.settings.cluster import ClusterSettings, PoolSettings, SystemPoolSettings
from quayside.settings.entry import EntrySettings
from quayside.settings.footprint import ARGO_ROLLOUTS, SIDECAR, Pods, entry_pods, node_pods, platform_pods
from quayside.settings.mesh import istio_runs, istiod_replicas, revisions
from quayside.settings.progressive_rules import any_progressive, controllers, progressive
from quayside.settings.service import ServiceSettings
from quayside.settings.traffic.rate_limiters import rate_limiters
from quayside.settings.traffic.waypoints import waypoints
from quayside.settings.types import Image, Name
from quayside.settings.versions_rules import GREEN, versions

SHOWN = 4
"""How many services a message names, those that ask for most; the others are one sum."""

REMEDY = "write fewer replicas, smaller requests, or a larger pool"


@dataclass(frozen=True)
class Asking:
    """The pods of one version of a service."""

    name: str
    pods: int
    each: Room
    service: str
    key: str
    """Where the settings ask for them."""
    more: int = 1
    """How many more of them there are in a rollout: as many again where a new version takes over step by step, and gets everything before the
    old one goes."""


@dataclass(frozen=True)
class Nodes:
    """The nodes of one pool that take services' pods, as many as there can be."""

    count: int
    size: str
    whole: Room
    """What all pods on one node may ask for."""
    left: Room
    """What the vendor's pods leave of it."""

    def places(self, pod: Room) -> int:
        """How many pods of a kind find room where nothing else runs."""
        fitting = (have // want for have, want in ((self.left.cpu, pod.cpu), (self.left.memory, pod.memory)) if want)
        return self.count * max(0, min([*fitting, PODS_ON_A_NODE]))


@dataclass(frozen=True)
class Measure:
    """CPU or memory: its name, how it is found, how it is written."""

    name: str
    of: Callable[[Room], int]
    write: Callable[[int], str]


CPU = Measure("CPU", lambda room: room.cpu, lambda thousandths: f"{thousandths}m")
MEMORY = Measure("memory", lambda room: room.memory, lambda size: f"{size // MI if size % MI == 0 else round(size / MI, 1)}Mi")


def services_fit(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pods find room: each on a node, and all of them, with one more in a rollout, on all nodes."""
    try:
        kind = _map(settings.get("cluster")).get("kind") or _default(ClusterSettings, "kind")
        services, platform, pools = asking(settings), _platform(settings), _pools(kind, settings)
    except (ValueError, TypeError):
        return  # what is wrong there has a message of its own
    if pools:
        yield from _too_large(services, pools) or _too_many(kind, services, platform, pools) or _too_few_places(services, pools)


def _too_large(services: Sequence[Asking], pools: Sequence[Nodes]) -> list[tuple[str, str]]:
    """Services whose pod fits on no node."""
    left = ", ".join({pool.size: f"{pool.size} has {_both(pool.left)} left by the system pods" for pool in pools}.values())
    remedy = "write smaller requests, or a pool of larger machines without taints"
    found = {
        f"services.{each.service}.resources.requests": f"fit on no node: a pod asks for {_both(each.each)}, and {left}; {remedy}"
        for each in services
        if not any(pool.places(each.each) for pool in pools)
    }
    return list(found.items())


def _too_many(kind: str, services: Sequence[Asking], platform: Room, pools: Sequence[Nodes]) -> list[tuple[str, str]]:
    """More asked for, in sum, than there is."""
    whole = sum((pool.whole * pool.count for pool in pools), Room())
    have = sum((pool.left * pool.count for pool in pools), Room()) - taken_once(kind)
    # A rollout adds a pod of a service before an old one goes. Room for the largest is enough for all: they wait for each other.
    largest = {measure.name: max(services, key=lambda each: measure.of(each.each * each.more), default=None) for measure in (CPU, MEMORY)}
    rollout = Room(*(measure.of(one.each * one.more) if (one := largest[measure.name]) else 0 for measure in (CPU, MEMORY)))
    want = sum((each.each * each.pods for each in services), platform + rollout)
    found = []
    for measure in (CPU, MEMORY):
        of, write = measure.of, measure.write
        if of(want) <= of(have):
            continue
        nodes = " + ".join(f"{pool.count} × {pool.size} {write(of(pool.whole))}" for pool in pools)
        room = f"{write(of(have))} ({nodes} − system pods {write(of(whole) - of(have))})"
        if services:
            one = largest[measure.name]
            assert one is not None
            parts = [*_shown(services, measure), f"{one.more} × {write(of(one.each))} in rollout"]
            parts += [f"platform {write(of(platform))}"] if of(platform) else []
            found.append(
                ("services", f"ask for more {measure.name} than the pools have: {' + '.join(parts)} = {write(of(want))} > {room}; {REMEDY}")
            )
        else:
            wrong = f"has less {measure.name} than the platform's own pods ask for: {write(of(want))} > {room}"
            found.append(("cluster", f"{wrong}; write a larger pool"))
    return found


def _too_few_places(services: Sequence[Asking], pools: Sequence[Nodes]) -> list[tuple[str, str]]:
    """Services that fit in sum but not pod by pod: what is left on each node is too little for another."""
    found = []
    for each in services:
        places = [pool.places(each.each) for pool in pools]
        if sum(places) < each.pods + each.more:
            where = ", ".join(
                f"{number} on {pool.count} × {pool.size} with {_both(pool.left)} each" for pool, number in zip(pools, places, strict=True)
            )
            wrong = (
                f"finds room for {sum(places)} pods of {_both(each.each)}, and needs it for {each.pods} + {each.more} in rollout: {where}"
            )
            found.append((each.key, f"{wrong}; {REMEDY}"))
    return found


def _shown(services: Sequence[Asking], measure: Measure) -> list[str]:
    """The services' summands, the largest first."""
    order = sorted(services, key=lambda each: (-measure.of(each.each * each.pods), each.name))
    named, others = (order, []) if len(order) <= SHOWN + 1 else (order[:SHOWN], order[SHOWN:])
    rest = measure.write(sum(measure.of(each.each * each.pods) for each in others))
    summands = [f"{each.pods} × {each.name} {measure.write(measure.of(each.each))}" for each in named]
    return [*summands, f"{len(others)} further services {rest}"] if others else summands


def _both(room: Room) -> str:
    return f"{CPU.write(room.cpu)} CPU and {MEMORY.write(room.memory)} memory"


def asking(settings: Mapping[str, Any]) -> list[Asking]:
    """Services that have pods, each with as many as it starts with: an autoscaler adds some only where there is room."""
    found, beside = [], _room(SIDECAR) if _mesh(settings) == "sidecar" else Room()
    for name, service in _map(settings.get("services")).items():
        # its other keys may be wrong without a doubt about these
        told = {key: value for key, value in _map(service).items() if key in ("replicas", "scale", "resources") and value is not None}
        spec = ServiceSettings.model_validate({"image": Image.examples[0], **told})
        pods = max(spec.replicas, spec.scale.min) if spec.scale else spec.replicas
        requests = spec.resources.requests
        own = Room(math.ceil(requests.cpu.amount * 1000), math.ceil(requests.memory.amount))
        more = pods if progressive(_map(service)) else 1
        found.append(Asking(Name.parse(name), pods, own + beside, name, f"services.{name}", more))
        for key, version in versions(service).items():
            least = pods if key == "blueGreen" and version.get("replicas") is None else _number(version.get("replicas", 1))
            more = max(least, spec.scale.min) if key == "blueGreen" and spec.scale else least
            called = GREEN if key == "blueGreen" else key.rpartition(".")[2]
            found.append(Asking(Name.parse(f"{name}-{called}"), more, own + beside, name, f"services.{name}.{key}"))
    return [each for each in found if each.pods]


def _platform(settings: Mapping[str, Any]) -> Room:
    """What the platform's own pods ask for."""
    certificates, entry, leaving = (_map(settings.get(topic)) for topic in ("certificates", "entry", LEAVING))
    pods = entry_pods(str(leaving.get("kind")), _number(leaving.get("replicas", _default(EntrySettings, "replicas"))))
    pods += platform_pods(
        certificates=certificates.get("enabled", _default(CertificateSettings, "enabled")),
        entry=entry_kind(settings),
        entry_replicas=_number(entry.get("replicas", _default(EntrySettings, "replicas"))),
        scaling=any(_map(each).get("scale") for each in _map(settings.get("services")).values()),
        istiods=istiod_replicas(settings) * len(revisions(_map(settings.get("mesh")))) if istio_runs(settings) else 0,
        waypoints=waypoints(settings) * istiod_replicas(settings),
        rate_limiters=len(rate_limiters(settings)),
    )
    pods += [replace(ARGO_ROLLOUTS, replicas=controllers(settings.get("environment")))] if any_progressive(settings) else []
    pods += [replace(SIDECAR, replicas=len(rate_limiters(settings)))] if _mesh(settings) == "sidecar" else []
    return sum((_room(each) * each.replicas for each in [*pods, *observability.pods(settings)]), Room())


def _pools(kind: str, settings: Mapping[str, Any]) -> list[Nodes]:
    """Pools that take services' pods: none of those has a toleration. Empty where the room of one is not known."""
    cluster = _map(settings.get("cluster"))
    system = SystemPoolSettings.model_validate(cluster.get("systemPool"))
    further = [PoolSettings.model_validate(pool) for pool in _map(cluster.get("pools")).values()]
    open_to_all = [pool for pool in further if all(taint.effect == "PreferNoSchedule" for taint in pool.taints.values())]
    counts = [(system.size, system.count), *((pool.size, pool.max or pool.count or 0) for pool in open_to_all)]
    found = []
    ours = sum((_room(each) for each in node_pods(_mesh(settings), metrics=observability.enabled(settings, "metrics"))), Room())
    for size, count in counts:
        whole = allocatable(kind, size)
        if whole is None:
            return []
        found.append(Nodes(count, size, whole, whole - taken_on_each_node(kind) - ours))
    return found


def _mesh(settings: Mapping[str, Any]) -> str:
    return str(_map(settings.get("mesh")).get("mode", "off"))


def _room(pods: Pods) -> Room:
    """What one of them asks for."""
    return Room(math.ceil(pods.cores * 1000), math.ceil(pods.bytes))


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a number of pods")
    return value


def _map(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping | None):
        raise TypeError("not a map")
    return value or {}


def _default(model: type[Model], field: str) -> Any:
    return model.model_fields[field].default
