"""How many services of a stack have a waypoint: a proxy of their own, which the nodes must have room for."""

from collections.abc import Mapping
from typing import Any

from quayside.settings.claims import part
from quayside.settings.traffic.index import ANY_PROTOCOL, refused
from quayside.settings.traffic.profiles import effective
from quayside.settings.traffic.rules import traffic_of

_AT_NODES = frozenset({"authorization"})
"""Policies that the nodes' own proxies can keep, if they say nothing of requests: those that do are not counted, so that no room is missed
for what may not be there."""


def waypoints(settings: Mapping[str, Any]) -> int:
    """The number of services that certainly have one."""
    if part(settings, "mesh").get("mode") != "ambient":
        return 0
    services = part(settings, "services")
    return sum(_has_one(part(services, name)) for name in services)


def _has_one(service: Mapping[str, Any]) -> bool:
    """In ambient mode, what looks into requests needs it, and so does what shares them out."""
    http = service.get("protocol", "http") != "tcp"
    if http and (service.get("canary") or service.get("variants")):
        return True
    found = effective(traffic_of(service)).policies.items()
    return any((http or name in ANY_PROTOCOL) and name not in _AT_NODES and not refused(name, spec, "ambient") for name, spec in found)
