"""How Istio's gateways read Gateways and VirtualServices of its own API (istio.io/docs/reference/config/networking)."""

from __future__ import annotations

import re

from ..controlplane.doors import Door
from ..controlplane.gateway_api.names import covers, exactness
from ..kube.client import Object
from .answer import Backend, Request, Route, Shown
from .view import View


def route(view: View, door: Door, request: Request) -> Route:
    servers = [(each, server) for each in view.istio_gateways if _selects(each, door) for server in each["spec"].get("servers") or []]
    mine = [(each, server) for each, server in servers if _takes(each, server, door, request)]
    if not mine:
        return Route(problem=f"no Gateway of these pods takes {request.host} on port {request.port}")
    gateway, server = max(
        mine, key=lambda each: max(exactness(_host(name)) for name in each[1]["hosts"] if covers(_host(name), request.host))
    )
    tls = server.get("tls") or {}
    if tls.get("httpsRedirect"):
        return Route(_name(gateway), redirect=f"https://{request.host}{request.path}")
    certificate = _certificate(view, door, tls, request.host) if request.scheme == "https" else None
    for each in sorted(view.virtual_services, key=lambda each: -max((exactness(h)[1] for h in _hosts(each, request)), default=0)):
        if not _hosts(each, request) or not _bound(each, gateway):
            continue
        passing = tls.get("mode") == "PASSTHROUGH"
        found = _tls(view, each, request) if passing else _http(view, each, request, int(server["port"]["number"]))
        if found:
            return Route(_name(each), found[0], found[1], certificate)
    return Route(certificate=certificate, problem=f"404: no VirtualService of {_name(gateway)} has {request.host}{request.path}")


def _selects(gateway: Object, door: Door) -> bool:
    return (gateway["spec"].get("selector") or {}).items() <= (door.pods[0]["metadata"].get("labels") or {}).items()


def _takes(gateway: Object, server: Object, door: Door, request: Request) -> bool:
    """A server's number is that of the Service in front of its pods, or that of the pods where no Service has it."""
    secure = server["port"]["protocol"].upper() in ("HTTPS", "TLS")
    at = server["port"]["number"] in (request.port, door.target(request.port))
    return at and secure == (request.scheme == "https") and any(covers(_host(name), request.host) for name in server["hosts"])


def _certificate(view: View, door: Door, tls: Object, host: str) -> Shown | None:
    """From a Secret beside the gateway's pods."""
    if tls.get("mode") == "PASSTHROUGH":
        return None
    names = [tls["credentialName"]] if tls.get("credentialName") else tls.get("credentialNames") or []
    found = [view.certificate(door.pods[0]["metadata"]["namespace"], name, host) for name in names]
    return next((each for each in found if not each.problem), found[0] if found else Shown("", "the server names no credential"))


def _bound(service: Object, gateway: Object) -> bool:
    there = gateway["metadata"]
    names = [f"{there['namespace']}/{there['name']}"]
    if service["metadata"]["namespace"] == there["namespace"]:
        names.append(there["name"])
    return any(name in names for name in service["spec"].get("gateways") or [])


def _http(view: View, service: Object, request: Request, port: int) -> tuple[tuple[Backend, ...], str] | None:
    """The first rule that fits; `port` is the server's."""
    for rule in service["spec"].get("http") or []:
        if any(match.get("port") in (None, port) and _fits(match, request) for match in rule.get("match") or [{}]):
            to = rule.get("redirect")
            target = (
                f"{to.get('scheme') or request.scheme}://{to.get('authority') or request.host}{to.get('uri') or request.path}" if to else ""
            )
            return _destinations(view, service, rule.get("route") or []), target
    return None


def _tls(view: View, service: Object, request: Request) -> tuple[tuple[Backend, ...], str] | None:
    for rule in service["spec"].get("tls") or []:
        if any(covers(name, request.host) for match in rule.get("match") or [] for name in match.get("sniHosts") or []):
            return _destinations(view, service, rule.get("route") or []), ""
    return None


def _fits(match: Object, request: Request) -> bool:
    return (
        _string(match.get("uri"), request.path)
        and _string(match.get("method"), request.method)
        and _string(match.get("scheme"), request.scheme)
        and _string(match.get("authority"), request.host)
        and all(_string(each, request.headers.get(name.lower())) for name, each in (match.get("headers") or {}).items())
        and not any(_string(each, request.headers.get(name.lower())) for name, each in (match.get("withoutHeaders") or {}).items())
        and all(_string(each, request.query.get(name)) for name, each in (match.get("queryParams") or {}).items())
    )


def _string(match: Object | None, value: str | None) -> bool:
    """An empty match asks only that there is a value; none asks for nothing."""
    if match is None:
        return True
    if value is None:
        return False
    if "exact" in match:
        return bool(value == match["exact"])
    if "prefix" in match:
        return value.startswith(match["prefix"])
    return re.fullmatch(match["regex"], value) is not None if "regex" in match else True


def _destinations(view: View, service: Object, routes: list[Object]) -> tuple[Backend, ...]:
    total = sum(each.get("weight", 0) for each in routes)
    found = []
    for each in routes:
        share = 100.0 * each.get("weight", 0) / total if total else 100.0 / len(routes)
        if share:
            name, _, rest = each["destination"]["host"].partition(".")
            namespace = rest.partition(".")[0] or service["metadata"]["namespace"]
            port = (each["destination"].get("port") or {}).get("number") or _only_port(view, namespace, name)
            found.append(view.backend(namespace, name, port, share))
    return tuple(found)


def _only_port(view: View, namespace: str, name: str) -> int:
    """Without a number the Service must have one port alone."""
    ports = (view.services.get((namespace, name)) or {"spec": {}})["spec"].get("ports") or []
    return int(ports[0]["port"]) if len(ports) == 1 else 0


def _hosts(service: Object, request: Request) -> list[str]:
    return [name for name in service["spec"].get("hosts") or [] if covers(name, request.host)]


def _host(name: str) -> str:
    """Without the namespaces that a server's host may begin with."""
    return name.rpartition("/")[2]


def _name(thing: Object) -> str:
    return f"{thing['kind']} {thing['metadata']['namespace']}/{thing['metadata']['name']}"
