"""Ports that Istio leads requests to say what is spoken there, by name or appProtocol, and it is what the route speaks (see
settings.port_names; Istio's own analyzer has it as IST0118)."""

from collections.abc import Iterator
from typing import Any

from quayside.checks import mesh
from quayside.checks.answers import backends, entries, parent
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec
from quayside.settings.port_names import HTTP, HTTP2, spoken


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    told = set()
    for route, protocol, called, number in _led(held):
        for port in spec(called).get("ports") or ():
            said = spoken(port)
            about = (place(called), port.get("port"), protocol)
            if number not in (None, port.get("port")) or about in told:
                continue
            told.add(about)
            named = f"port {port.get('port')} ({port.get('name') or 'without a name'})"
            if said is None:
                yield Finding(place(called), f"does not say what is spoken on {named}, which {place(route)} leads to", _remedy(protocol))
            elif protocol != "tcp" and said not in (HTTP2 if protocol == "grpc" else HTTP | {"https"}):
                yield Finding(place(called), f"says {said} of {named}, and {place(route)} leads {protocol} to it", _remedy(protocol))
    for called in held.ours("Service"):
        if mesh.mode(held, home(called)) == "sidecar" and spec(called).get("type") != "ExternalName":
            for port in spec(called).get("ports") or ():
                if spoken(port) is None and not any(place(called) == name and port.get("port") == number for name, number, _ in told):
                    named = f"port {port.get('port')} ({port.get('name') or 'without a name'})"
                    yield Finding(place(called), f"is in the mesh and does not say what is spoken on {named}", _remedy("http"))


def _led(held: Held) -> Iterator[tuple[Object, str, Object, Any]]:
    """Route, what it speaks, the Service it leads to and which port of it (None: the only one)."""
    for route in held.ours("VirtualService"):
        for protocol, destination in mesh.destinations(route):
            called = mesh.service(held, destination.get("host") or "", home(route))
            if called is not None and spec(called).get("type") != "ExternalName":
                yield route, "http" if protocol == "http" else "tcp", called, (destination.get("port") or {}).get("number")
    for route in held.ours("HTTPRoute", "GRPCRoute"):
        if not _by_istio(held, route):
            continue
        for backend in backends(route):
            called = held.get("Service", backend.get("name"), backend.get("namespace") or home(route))
            if called is not None and spec(called).get("type") != "ExternalName":
                yield route, "grpc" if route["kind"] == "GRPCRoute" else "http", called, backend.get("port")


def _by_istio(held: Held, route: Object) -> bool:
    """Whether istiod serves a route: in the mesh, or by a Gateway of one of its classes."""
    if any(each.get("kind") == "Service" for each in spec(route).get("parentRefs") or ()):
        return True
    for reference in entries(route):
        found = parent(held, route, reference) or {}
        if found.get("kind") == "ListenerSet":
            found = parent(held, found, spec(found).get("parentRef") or {}) or {}
        if str(spec(found).get("gatewayClassName") or "").startswith("istio"):
            return True
    return False


def _remedy(protocol: str) -> str:
    return f"name the port {protocol}, or {protocol}-…, or write its appProtocol"
