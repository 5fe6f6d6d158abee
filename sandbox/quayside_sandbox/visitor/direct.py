"""A load balancer that leads straight to a service: no host names, no routes, no certificate but the service's own."""

from __future__ import annotations

from ..controlplane.doors import Door
from ..controlplane.request import Request
from .answer import Route
from .view import View


def route(view: View, door: Door, request: Request) -> Route:
    assert door.service is not None, "a door without a Service has no pods"
    metadata = door.service["metadata"]
    place = f"{metadata['namespace']}/{metadata['name']}"
    return Route(f"Service {place}", (view.backend(metadata["namespace"], metadata["name"], request.port),))
