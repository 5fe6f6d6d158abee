"""A service as its traffic policies see it, and what they come to."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from quayside.edge.contract import Parts, Route
from quayside.planes import waypoint
from quayside.settings.versions_rules import GREEN
from quayside.traffic.contract import ISTIO_ENTRIES, Planes, Subject
from quayside.traffic.index import Shaped, shape
from quayside.workloads import monitoring, network, rollout, version_specs
from quayside.workloads.metadata import Manifest, selector
from quayside.workloads.network_policy import sources
from quayside.workloads.placement import PlacedService, RouteSettings

GUARDS = frozenset({"AuthorizationPolicy", "EnvoyFilter", "RequestAuthentication", "ServiceEntry", "Sidecar", "WasmPlugin"})
"""Kinds of objects that guard a service's pods."""


BESIDE = frozenset({"ConfigMap", "Deployment", "NetworkPolicy", "Service"})
"""Kinds of what runs beside the service for a policy: its `patches` are for its own objects of these kinds."""


class Way(NamedTuple):
    """How requests come to a service through one entry, or not from outside at all: its route is nobody's then."""

    route: Route
    subject: Subject
    shaped: Shaped


def ways(name: str, home: Any, labels: Mapping[str, str], spec: PlacedService) -> list[Way]:
    """The ways to a service: one, or while its stack moves to another entry, one through each. That of its route comes first."""
    found = []
    given: list[RouteSettings | None] = [*spec.routes] or [None]
    for route in given:
        beside = tuple(each.namespace for each in spec.routes if each is not route)
        seen = subject(name, home, labels, spec, route, beside)
        found.append(Way(Route(**route.model_dump(warnings=False)) if route else Route(), seen, shape(seen, spec.traffic)))
    return found


def whole(shapes: Sequence[Shaped]) -> Shaped:
    """What a service's policies come to on all its ways: what is said to several planes is there once."""
    if len(shapes) == 1:
        return shapes[0]
    objects: dict[tuple[Any, ...], Manifest] = {}
    for each in (manifest for shaped in shapes for manifest in shaped.objects):
        about, key = each["metadata"], (each["apiVersion"], each["kind"])
        objects[*key, about["name"], about["namespace"]] = _larger(objects.get((*key, about["name"], about["namespace"])), each)
    annotations = {key: value for shaped in shapes for key, value in shaped.entry.service_annotations.items()}
    return Shaped(
        entry=Parts(service_annotations=annotations),
        objects=list(objects.values()),
        needs_waypoint=any(each.needs_waypoint for each in shapes),
        entry_by_waypoint=any(each.entry_by_waypoint for each in shapes),
        left_out=tuple(dict.fromkeys(what for each in shapes for what in each.left_out)),
    )


def subject(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: PlacedService,
    route: RouteSettings | None,
    beside: tuple[str, ...] = (),
) -> Subject:
    """The service whose requests are shaped. beside: namespaces of further entries."""
    called_by = route if spec.hosts or spec.tcp else None
    route = route if spec.hosts else None
    return Subject(
        service=name,
        namespace=home,
        port=network.service_port(spec),
        container_port=spec.port,
        planes=Planes(route.entry if route else None, spec.mesh.mode),
        protocol=spec.protocol,
        hosts=tuple(sorted(spec.hosts)),
        tcp=bool(spec.tcp),
        labels=labels,
        selector=selector(name),
        versions=version_specs.shares(name, spec),
        further_services=version_specs.sides(name) if spec.blue_green else rollout.services(name) if spec.progressive else (),
        further_pods=(version_specs.versioned(name, GREEN),) if spec.blue_green else (),
        entry_namespace=called_by.namespace if called_by else None,
        further_entries=beside if called_by else (),
        ingress_class=route.ingress_class if route else None,
        revision=spec.mesh.revision,
    )


def waypoint_labels(name: str, shaped: Shaped) -> dict[str, str]:
    """Labels of the service's Services by which requests go by way of its waypoint."""
    return waypoint.use_waypoint(name, entry=shaped.entry_by_waypoint) if shaped.needs_waypoint else {}


def entry_passes_waypoint(route: Route, shaped: Shaped) -> bool:
    """Whether what comes from the entry goes by way of the service's waypoint. Then that leads to the versions, and the entry to the service
    alone: of two who share requests out one after the other, each would give a version its part."""
    return route.entry in ISTIO_ENTRIES and shaped.needs_waypoint and shaped.entry_by_waypoint


def waypoint_objects(name: str, home: Any, labels: Mapping[str, str], spec: PlacedService, shaped: Shaped) -> list[Manifest]:
    """Its waypoint, where it needs one."""
    if not shaped.needs_waypoint:
        return []
    prometheus = monitoring.let_in_on(spec.monitoring, [monitoring.PROXY_METRICS])
    return waypoint.waypoint(name, home, labels, sources(spec, spec.called_from), spec.mesh.revision, prometheus)


def guards(shaped: Shaped) -> list[Manifest]:
    """What is there before the pods, and after them: who may call, and what is done to requests at the pods and by them. Otherwise a new
    service would be open for as long as it takes to come up, and one that is removed for as long as its pods finish."""
    return [each for each in shaped.objects if each["kind"] in GUARDS]


def rest(shaped: Shaped) -> list[Manifest]:
    """What leads to the pods, and so comes after them."""
    return [each for each in shaped.objects if each["kind"] not in GUARDS]


def left_out(name: str, shaped: Shaped) -> str:
    """What is told of the policies that a profile brings and a data plane cannot do."""
    return f"service {name}: its traffic profile has what these data planes cannot do, and it is left out: {', '.join(shaped.left_out)}"


def _larger(one: Manifest | None, other: Manifest) -> Manifest:
    """Of a DestinationRule for callers inside the mesh and one that an Istio entry follows too, the one that says more."""
    if one is None or one["kind"] != "DestinationRule":
        return one or other
    return max(one, other, key=lambda each: len(each["spec"].get("trafficPolicy", {})))
