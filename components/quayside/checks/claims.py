"""No two routes claim the same requests at one entry, of whatever kinds they are: which of them answers would be chance."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from quayside.checks import mesh
from quayside.checks.answers import GATEWAY_ROUTES, entries, listeners, parent, paths
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec, title
from quayside.edge.istio_values import SELECTOR

HTTP, HTTPS = 80, 443

_NGINX_CANARY = "nginx.ingress.kubernetes.io/canary"
"""A share of another route's requests: ingress-nginx wants the same host and path for that."""

_KONG = ("konghq.com/headers.", "konghq.com/methods")
"""What a route of Kong's asks for beside host and path."""

_ANY: Sequence[Mapping[str, Any]] = ({},)
"""In place of the matches of a rule that has none."""

_TYPES = {"PathPrefix": "Prefix", "RegularExpression": "regex"}


class Claim(NamedTuple):
    """Requests that a route takes."""

    entry: str
    """The pods that answer."""
    port: int | None
    host: str
    path: str
    kind: str
    """Exact, Prefix or what else its path is."""
    asked: str
    """All else that they must have."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    claimed: dict[Claim, list[str]] = defaultdict(list)
    for route, claim in claims(held):
        if place(route) not in claimed[claim]:
            claimed[claim].append(place(route))
    told = {(" and ".join(routes), f"{claim.host}{claim.path}") for claim, routes in claimed.items() if len(routes) > 1}
    for routes, what in sorted(told):
        yield Finding(routes, f"both claim {what}", "take it from one of them: which one answers is chance")


def claims(held: Held) -> Iterator[tuple[Object, Claim]]:
    """Each route with all that it claims."""
    for route in held.ours("Ingress"):
        yield from ((route, each) for each in _of_ingress(held, route))
    for route in held.ours(*GATEWAY_ROUTES):
        yield from ((route, each) for each in _of_gateway_route(held, route))
    for route in held.ours("VirtualService"):
        yield from ((route, each) for each in _of_virtual_service(held, route))


def _of_ingress(held: Held, route: Object) -> Iterator[Claim]:
    said: Mapping[str, Any] = route["metadata"].get("annotations") or {}
    if said.get(_NGINX_CANARY) == "true":
        return
    named = spec(route).get("ingressClassName") or ""
    by_istio = spec(held.get("IngressClass", named) or {}).get("controller") == "istio.io/ingress-controller"
    entry = _pods(SELECTOR) if by_istio else f"class {named}"
    asked = _canonical({key: value for key, value in said.items() if key.startswith(_KONG)})
    secured = {host for tls in spec(route).get("tls") or () for host in tls.get("hosts") or ()}
    for host, path, kind, _ in paths(route):
        for port in (HTTP, HTTPS) if host in secured else (HTTP,):
            yield Claim(entry, port, host, _path(path, kind), kind, asked)


def _of_gateway_route(held: Held, route: Object) -> Iterator[Claim]:
    for reference in entries(route):
        found = parent(held, route, reference) or {}
        gateway = parent(held, found, spec(found).get("parentRef") or {}) if found.get("kind") == "ListenerSet" else found
        if not gateway:
            continue
        entry = f"Gateway {home(gateway)}/{title(gateway)}"
        for listener in listeners(held, route, reference):
            for host in spec(route).get("hostnames") or [listener.get("hostname") or "*"]:
                for path, kind, asked in _matches(route):
                    yield Claim(entry, listener.get("port"), host, path, kind, asked)


def _matches(route: Object) -> Iterator[tuple[str, str, str]]:
    for rule in spec(route).get("rules") or ():
        for match in rule.get("matches") or _ANY:
            path = match.get("path") or {}
            kind = path.get("type") or "PathPrefix"
            kind = _TYPES.get(kind, kind)
            yield _path(path.get("value") or "/", kind), kind, _canonical({key: match[key] for key in match if key != "path"})


def _of_virtual_service(held: Held, route: Object) -> Iterator[Claim]:
    for named, gateway in mesh.gateways_of(held, route):
        entry = _entry(held, gateway) if gateway else f"Gateway {named}"
        for host in spec(route).get("hosts") or ():
            served = [
                each for each in spec(gateway or {}).get("servers") or () if any(mesh.fits(one, host) for one in each.get("hosts") or ())
            ]
            open_ports = sorted({(each.get("port") or {}).get("number") or 0 for each in served})
            for rule in spec(route).get("http") or ():
                for match in rule.get("match") or _ANY:
                    if "uri" not in match and not rule.get("route"):
                        continue  # such as what leads http to https, which every route of a host says alike
                    kind, path = _uri(match.get("uri") or {"prefix": "/"})
                    asked = _canonical({key: match[key] for key in match if key not in ("uri", "port", "name", "gateways")})
                    for port in [match["port"]] if match.get("port") else open_ports:
                        yield Claim(entry, port, host, path, kind, asked)
            for rule in spec(route).get("tcp") or ():
                for match in rule.get("match") or _ANY:
                    yield Claim(entry, match.get("port"), f"port {match.get('port')}", "", "tcp", "")


def _entry(held: Held, gateway: Object) -> str:
    """The pods of one of Istio's Gateways. Those of a Gateway of the Gateway API can be meant as well."""
    selector: Mapping[str, str] = spec(gateway).get("selector") or {}
    name = selector.get("gateway.networking.k8s.io/gateway-name")
    where = [home(each) for each in held.of("Gateway") if title(each) == name and not mesh.is_of(each, "networking.istio.io")]
    return f"Gateway {where[0]}/{name}" if where else _pods(selector)


def _pods(selector: Mapping[str, str]) -> str:
    return "pods " + ",".join(f"{key}={value}" for key, value in sorted(selector.items()))


def _uri(uri: Mapping[str, str]) -> tuple[str, str]:
    kind, path = next(iter(uri.items()))
    kind = {"prefix": "Prefix", "exact": "Exact"}.get(kind, kind)
    return kind, _path(path, kind)


def _path(path: str, kind: str) -> str:
    return path.rstrip("/") or "/" if kind == "Prefix" else path


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True) if value else ""
