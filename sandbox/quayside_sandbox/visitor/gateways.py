"""How Istio's gateways read the Gateway API: the listener by port and host, its routes, and of their rules the one that fits best.

Facts: gateway-api.sigs.k8s.io/reference/spec (HTTPRouteRule: precedence), istio pilot conversion.go (sortHTTPRoutes).
"""

from __future__ import annotations

import re
from typing import Any

from ..controlplane.doors import Door
from ..controlplane.gateway_api import Listener, Resources, bonds
from ..controlplane.gateway_api.backends import problem
from ..controlplane.gateway_api.names import covers, exactness
from ..controlplane.request import Request
from ..kube.client import Object
from .answer import Backend, Route, Shown
from .view import View

Rank = tuple[Any, ...]


def route(view: View, door: Door, request: Request) -> Route:
    resources = view.seen_by(door.control_plane)
    listener = _listener(resources, door, request)
    if listener is None:
        return Route(problem=f"no listener of Gateway {door.gateway} takes {request.host} on port {request.port}")
    certificate = _certificate(view, resources, listener, request.host)
    hits = []
    for each in resources.routes:
        names = [name for name in each["spec"].get("hostnames") or [""] if covers(name, request.host)]
        if not names or not any(bond.listener is listener and bond.refusal is None for bond in bonds(each, resources)):
            continue
        closest = max(exactness(name) for name in names)
        for number, rule in enumerate(each["spec"].get("rules") or []):
            if (rank := _rank(each["kind"], rule, request)) is not None:
                hits.append(((closest, *rank, -number), each, rule))
    if not hits:
        return Route(certificate=certificate, problem=f"404: no route of listener {listener.name} has {request.host}{request.path}")
    _, found, rule = max(hits, key=lambda hit: hit[0])
    name = f"{found['kind']} {found['metadata']['namespace']}/{found['metadata']['name']}"
    return Route(name, _backends(view, found, rule), _redirect(rule, request), certificate)


def _listener(resources: Resources, door: Door, request: Request) -> Listener | None:
    """Of those on the port the one with the closest name: the others never see the request."""
    target, namespace = door.target(request.port), (door.service or {"metadata": {}})["metadata"].get("namespace")
    fitting = [
        listener
        for listeners in resources.listeners.values()
        for listener in listeners
        if (listener.gateway["metadata"]["namespace"], listener.gateway["metadata"]["name"]) == (namespace, door.gateway)
        and (listener.port, listener.conflict) == (target, "")
        and covers(listener.hostname, request.host)
        and (listener.spec["protocol"] in ("HTTPS", "TLS")) == (request.scheme == "https")
    ]
    return max(fitting, key=lambda listener: exactness(listener.hostname), default=None)


def _certificate(view: View, resources: Resources, listener: Listener, host: str) -> Shown | None:
    if not listener.terminates:
        return None
    problem = listener.unresolved(resources)
    if problem:
        return Shown("", problem[1])
    found = [view.certificate(namespace, name, host) for name, namespace in listener.certificates]
    return next((each for each in found if not each.problem), found[0] if found else Shown("", "the listener has no certificate"))


def _rank(kind: str, rule: Object, request: Request) -> Rank | None:
    """How well the best of a rule's matches fits; None where none does."""
    if kind in ("TLSRoute", "TCPRoute"):
        return (0, 0, 0, 0, 0)
    judge = _http_rank if kind == "HTTPRoute" else _grpc_rank
    ranks = [rank for match in rule.get("matches") or [{}] if (rank := judge(match, request)) is not None]
    return max(ranks, default=None)


def _http_rank(match: Object, request: Request) -> Rank | None:
    path = match.get("path") or {}
    kind, value = path.get("type", "PathPrefix"), path.get("value", "/")
    if not _path_fits(kind, value, request.path) or match.get("method") not in (None, request.method):
        return None
    headers, query = match.get("headers") or [], match.get("queryParams") or []
    if not all(_fits(each, request.headers.get(each["name"].lower())) for each in headers):
        return None
    if not all(_fits(each, request.query.get(each["name"])) for each in query):
        return None
    return ({"Exact": 3, "PathPrefix": 2}.get(kind, 1), len(value), "method" in match, len(headers), len(query))


def _grpc_rank(match: Object, request: Request) -> Rank | None:
    """A call's path is /<service>/<method>."""
    method, headers = match.get("method") or {}, match.get("headers") or []
    service, _, name = request.path.strip("/").partition("/")
    if method.get("service") not in (None, service) or method.get("method") not in (None, name):
        return None
    if not all(_fits(each, request.headers.get(each["name"].lower())) for each in headers):
        return None
    return (2, len(method.get("service") or "") + len(method.get("method") or ""), False, len(headers), 0)


def _path_fits(kind: str, value: str, path: str) -> bool:
    if kind == "Exact":
        return path == value
    if kind == "RegularExpression":
        return re.fullmatch(value, path) is not None
    return value == "/" or path == value.rstrip("/") or path.startswith(value.rstrip("/") + "/")


def _fits(match: Object, value: str | None) -> bool:
    if value is None:
        return False
    return re.fullmatch(match["value"], value) is not None if match.get("type") == "RegularExpression" else value == match["value"]


def _backends(view: View, found: Object, rule: Object) -> tuple[Backend, ...]:
    references = rule.get("backendRefs") or []
    total = sum(each.get("weight", 1) for each in references)
    backends = []
    for each in references:
        if not each.get("weight", 1):
            continue
        namespace, port = each.get("namespace") or found["metadata"]["namespace"], each.get("port") or 0
        backend = view.backend(namespace, each["name"], port, 100.0 * each.get("weight", 1) / total)
        refused = problem(found, each, view.resources) is not None
        backends.append(Backend(backend.service, backend.port, backend.share) if refused else backend)
    return tuple(backends)


def _redirect(rule: Object, request: Request) -> str:
    for each in rule.get("filters") or []:
        if each.get("type") == "RequestRedirect":
            to = each.get("requestRedirect") or {}
            path = to.get("path") or {}
            return (
                f"{to.get('scheme') or request.scheme}://{to.get('hostname') or request.host}{path.get('replaceFullPath') or request.path}"
            )
    return ""
