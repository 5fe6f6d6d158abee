"""Who answers for a host and path: whatever kind of route says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quayside.checks import mesh
from quayside.checks.held import Held, Object, home, spec

GATEWAY_API = "gateway.networking.k8s.io/"

GATEWAY_ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute")
"""Kinds of routes of the Gateway API that have hosts."""


@dataclass(frozen=True)
class Answer:
    """A host and path that a route leads to Services."""

    route: Object
    host: str
    path: str
    services: frozenset[str]
    """Their names. None where requests are only sent elsewhere."""
    secure: bool
    """Whether by TLS."""


def answers(held: Held) -> Iterator[Answer]:
    """All that is answered for."""
    for route in held.of("Ingress"):
        secured = {host for tls in spec(route).get("tls") or () for host in tls.get("hosts") or ()}
        only_tls = "https" in str((route["metadata"].get("annotations") or {}).get("konghq.com/protocols"))  # by Kong's wildcard
        for host, path, _, backend in paths(route):
            yield Answer(route, host, path, frozenset([str(backend.get("name"))]), only_tls or host in secured)
    for route in held.of(*GATEWAY_ROUTES):
        listened = [listener for reference in entries(route) for listener in listeners(held, route, reference)]
        secure = any(listener.get("protocol") in ("HTTPS", "TLS") for listener in listened)
        for host in (spec(route).get("hostnames") or ()) if entries(route) else ():
            for path, services in _paths_of_rules(route).items():
                yield Answer(route, host, path, frozenset(services), secure)
    for route in held.of("VirtualService"):
        servers = [server for _, gateway in mesh.gateways_of(held, route) for server in spec(gateway or {}).get("servers") or ()]
        for host in (spec(route).get("hosts") or ()) if servers else ():
            served = [each for each in servers if any(mesh.fits(one, host) for one in each.get("hosts") or ())]
            secure = any((each.get("tls") or {}).get("mode") for each in served)
            for path, services in _paths_of_virtual_service(route).items() if served else ():
                yield Answer(route, host, path, frozenset(services), secure)


def paths(route: Object) -> Iterator[tuple[str, str, str, Object]]:
    """Host, path, its type and the backend's Service, for each path of an Ingress."""
    for rule in spec(route).get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            backend = (path.get("backend") or {}).get("service")
            if backend:
                yield rule.get("host") or "*", path.get("path") or "/", path.get("pathType") or "", backend


def entries(route: Object) -> list[Object]:
    """The references of a route to what takes requests from outside. Those of the mesh refer to Services."""
    return [each for each in spec(route).get("parentRefs") or () if (each.get("kind") or "Gateway") in ("Gateway", "ListenerSet")]


def parent(held: Held, route: Object, reference: Object) -> Object | None:
    """The Gateway or ListenerSet that a route refers to."""
    kind, where = reference.get("kind") or "Gateway", reference.get("namespace") or home(route)
    found = [each for each in held.of(kind, namespace=where) if str(each.get("apiVersion", GATEWAY_API)).startswith(GATEWAY_API)]
    return next((each for each in found if each["metadata"]["name"] == reference.get("name")), None)


def listeners(held: Held, route: Object, reference: Object) -> list[Object]:
    """The listeners that a reference means: one by its name, or all."""
    asked = reference.get("sectionName")
    return [each for each in spec(parent(held, route, reference) or {}).get("listeners") or () if asked in (None, each.get("name"))]


def backends(route: Object) -> Iterator[Object]:
    """The Services of all rules of a route of the Gateway API, each once for each rule, with those that get copies of requests."""
    for rule in spec(route).get("rules") or ():
        copied = [(each.get("requestMirror") or {}).get("backendRef") or {} for each in rule.get("filters") or ()]
        named = [*(rule.get("backendRefs") or ()), *(each for each in copied if each)]
        yield from (each for each in named if (each.get("kind") or "Service") == "Service")


def _paths_of_rules(route: Object) -> dict[str, set[str]]:
    """Path → Services that have it."""
    found: dict[str, set[str]] = {}
    for rule in spec(route).get("rules") or ():
        services = {str(each.get("name")) for each in rule.get("backendRefs") or ()}
        matches: Sequence[Object] = rule.get("matches") or ({},)
        for match in matches:
            found.setdefault((match.get("path") or {}).get("value") or "/", set()).update(services)
    return found


def _paths_of_virtual_service(route: Object) -> dict[str, set[str]]:
    """Path → Services that have it; Istio says a prefix of whole elements in two parts. TLS that is passed on has no paths: it is all."""
    found: dict[str, set[str]] = {}
    for rule in [*(spec(route).get("http") or ()), *(spec(route).get("tls") or ())]:
        services = {str((each.get("destination") or {}).get("host")).partition(".")[0] for each in rule.get("route") or ()}
        matches: Sequence[Object] = rule.get("match") or ({},)
        for match in matches:
            uri = match.get("uri") or {}
            if services or uri:
                path = next(iter(uri.values()), "/")
                found.setdefault(path.rstrip("/") or "/", set()).update(services)
    return found
