"""From a host name to who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..clouds.world_dns import resolve_in
from ..controlplane.doors import GATEWAY_API, INGRESS_NGINX, ISTIO, KONG, SERVICE, Door
from ..controlplane.request import Request
from . import direct, gateways, ingresses, virtual_services
from .answer import Answer, Route
from .view import View

Entry = Callable[[View, Door, Request], Route]
ENTRIES: dict[str, Entry] = {
    INGRESS_NGINX: ingresses.route,
    KONG: ingresses.route,
    GATEWAY_API: gateways.route,
    ISTIO: virtual_services.route,
    SERVICE: direct.route,
}


def ask(view: View, host: str, target: str = "/", *, scheme: str = "https", headers: Mapping[str, str] | None = None) -> list[Answer]:
    """One answer for each address that the host's records lead to: a visitor may be given any of them."""
    request = Request(host, target, scheme, {key.lower(): value for key, value in (headers or {}).items()})
    found = resolve_in(view.zones, host)
    if not found.origin:
        return [Answer(host, problem=found.problem or f"no such host {host}")]
    return [at(view, address, request) for address in found.origin]


def at(view: View, address: str, request: Request) -> Answer:
    """What one address says. Where pods of two control planes stand behind it, whoever does not serve the visitor tells of it."""
    door = view.doors.get(address)
    if door is None:
        return Answer(request.host, address, problem=f"{address} is no load balancer of this cluster")
    answers = [_behind(view, each, request) for each in door.by_control_plane()]
    return next((each for each in answers if each.problem), answers[0])


def _behind(view: View, door: Door, request: Request) -> Answer:
    about = (request.host, door.address, door.load_balancer, door.kind)
    if not door.kind:
        return Answer(*about, problem=f"no pod is ready behind load balancer {door.load_balancer}")
    if not door.target(request.port):
        return Answer(*about, problem=f"load balancer {door.load_balancer} does not lead port {request.port} to its pods")
    route = ENTRIES[door.kind](view, door, request)
    return Answer(*about, route.name, route.backends, route.redirect, route.certificate, route.problem or _problem(route))


def _problem(route: Route) -> str:
    """What else is in the way: the certificate, or nobody behind."""
    if route.certificate and route.certificate.problem:
        return route.certificate.problem
    if route.redirect:
        return ""
    lost = [each.service for each in route.backends if each.share > 0 and not each.ready]
    return f"no pod answers behind {', '.join(lost)}" if lost else "" if route.backends else "the route leads to no Service"
