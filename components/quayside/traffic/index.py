"""A service's traffic policies, said to the data planes that carry its requests. A further policy is found by its name: its file here has
EXAMPLES and `render` (contract.Render), its settings are a field of settings.traffic.index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from quayside.edge.contract import Manifest, Parts
from quayside.settings.merge import merge
from quayside.settings.traffic.index import ANY_PROTOCOL, TrafficSettings, refused
from quayside.settings.traffic.profiles import effective
from quayside.traffic.contract import ISTIO_ENTRIES, Render, Subject
from quayside.traffic.destination_rules import destination_rules
from quayside.traffic.mesh_routes import mesh_routes
from quayside.traffic.objects import only_by_waypoint

POLICIES = tuple(name for name in TrafficSettings.model_fields if name != "profile")
"""The policies, each also the name of its two files."""

PLANES = ("gateway-api", "istio", "ingress-nginx", "kong", "direct", "sidecar", "ambient")
"""The data planes: entries, and what carries requests between services."""

_MAPS = ("destination", "rule", "by_path", "unsafe", "patch", "unsafe_patch", "annotations", "service_annotations", "upstream")
_LISTS = ("rules", "patches", "filters", "plugins")


@dataclass(frozen=True)
class Shaped:
    """What a service's policies come to."""

    entry: Parts = field(default_factory=Parts)
    """What they add to its route at the entry, and to its Service."""
    objects: list[Manifest] = field(default_factory=list)
    """Objects of their own."""
    needs_waypoint: bool = False
    """Whether its requests have to pass a waypoint (ambient)."""
    entry_by_waypoint: bool = False
    """Whether those that come from the entry have to as well."""
    left_out: tuple[str, ...] = ()
    """What its profile brings and a data plane cannot do, such as retries (ambient)."""


def shape(subject: Subject, traffic: TrafficSettings | None) -> Shaped:
    """Say a service's policies to the data planes in use. What they cannot do of a profile is left out; what is stated has been checked."""
    found = effective(traffic)
    parts = {plane: Parts() for plane in subject.planes.all}
    left_out = []
    for name, spec in found.policies.items():
        for plane in parts:
            if refused(name, spec, plane) or (subject.protocol == "tcp" and name not in ANY_PROTOCOL):
                left_out += [f"{name.replace('_', ' ')} ({plane})"] if name not in found.stated else []
            else:
                parts[plane] = together(parts[plane], renderer(name)(spec, plane, subject))
    entry = parts.get(subject.planes.entry or "", Parts())
    inside = parts.get(subject.planes.mesh, Parts())
    destination = merge(entry.destination, inside.destination) if subject.planes.entry in ISTIO_ENTRIES else inside.destination
    led = mesh_routes(subject, inside) if subject.planes.mesh != "off" else []
    objects = [*destination_rules(subject, destination), *_upstream(subject, entry), *led]
    objects += [each for each in entry.objects if each not in inside.objects] + inside.objects
    ambient = subject.planes.mesh == "ambient"
    # ztunnel reads neither DestinationRules nor routes
    needs_waypoint = ambient and bool(inside.waypoint or inside.destination or led)
    if needs_waypoint:
        objects = _once([*objects, *only_by_waypoint(subject, held=False)])
    return Shaped(
        entry=_with_upstream(subject, entry),
        objects=objects,
        needs_waypoint=needs_waypoint,
        entry_by_waypoint=ambient and (inside.waypoint or entry.waypoint),
        left_out=tuple(left_out),
    )


def renderer(policy: str) -> Render:
    """The function that says a policy to a plane."""
    return import_module(f"quayside.traffic.{policy}").render  # type: ignore[no-any-return]


def together(one: Parts, other: Parts) -> Parts:
    """The parts of two policies. Of a field that both have, the later policy's counts (see the order of settings.traffic.index)."""
    maps: Mapping[str, Any] = {name: _merged(getattr(one, name), getattr(other, name)) for name in _MAPS}
    lists: Mapping[str, Any] = {name: [*getattr(one, name), *getattr(other, name)] for name in _LISTS}
    return Parts(**maps, **lists, objects=_once([*one.objects, *other.objects]), waypoint=one.waypoint or other.waypoint)


def _once(objects: list[Manifest]) -> list[Manifest]:
    """What several policies need of their own is there once: the first."""
    found: dict[tuple[str, Any], Manifest] = {}
    for each in objects:
        found.setdefault((each["kind"], each["metadata"]["name"]), each)
    return list(found.values())


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Most policies say nothing to most fields: with hundreds of services, merging nothing can be seen."""
    return merge(one, other) if one and other else dict(one or other)


def _with_upstream(subject: Subject, entry: Parts) -> Parts:
    return together(entry, Parts(service_annotations={"konghq.com/upstream-policy": subject.service})) if entry.upstream else entry


def _upstream(subject: Subject, entry: Parts) -> list[Manifest]:
    """Kong's view of a Service: how its pods are chosen, and when one is out. The Service names it in an annotation."""
    if not entry.upstream:
        return []
    about = {"name": subject.service, "namespace": subject.namespace, "labels": dict(subject.labels)}
    return [{"apiVersion": "configuration.konghq.com/v1beta1", "kind": "KongUpstreamPolicy", "metadata": about, "spec": entry.upstream}]
