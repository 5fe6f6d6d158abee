"""Where a gateway's proxies lead a request.

All Gateways that select the same pods are one for them: what listens in clear on one port has one table of hosts, whichever Gateway and
VirtualService a host's routes come from, and a redirect of one Gateway's server is one of the host's. In that table routes that fit every
path come last. Behind TLS each server has a table of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...kube.client import Object
from ..doors import Door
from ..gateway_api.names import covers, exactness
from ..request import Request
from .configuration import Configuration

Served = tuple[Object, Object]
"""A Gateway and one of its servers."""


@dataclass(frozen=True)
class Led:
    """What becomes of a request. server: None where no Gateway of the pods takes it; rule: None where no route has it."""

    gateway: Object | None = None
    server: Object | None = None
    virtual_service: Object | None = None
    rule: Object | None = None
    to_https: bool = False
    """Whether the Gateway itself sends it on (httpsRedirect)."""


@dataclass
class _Host:
    """An Envoy virtual host: its routes, each with the match that has to fit, in order."""

    routes: list[tuple[Object | None, Object, Object]] = field(default_factory=list)
    """Match, rule, VirtualService."""
    to_https: Served | None = None


def lead(known: Configuration, door: Door, request: Request) -> Led:
    """Of pods that one control plane tells what to do."""
    labels = door.pods[0]["metadata"].get("labels") or {}
    mine = [
        (gateway, server)
        for gateway in known.gateways
        if (gateway["spec"].get("selector") or {}).items() <= labels.items()
        for server in gateway["spec"].get("servers") or []
        if _listens(server, door, request)
    ]
    taking = [each for each in mine if any(covers(host, request.host) for host in _hosts(each))]
    if not taking:
        return Led()
    gateway, server = max(taking, key=lambda each: max(exactness(host) for host in _hosts(each) if covers(host, request.host)))
    if (server.get("tls") or {}).get("mode") == "PASSTHROUGH":
        return _by_name(known, gateway, server, request)
    table = _table(known, mine if request.scheme == "http" else [(gateway, server)])
    host = max((each for each in table if covers(each, request.host)), key=exactness, default=None)
    if host is None:
        return Led(gateway, server)
    if (redirecting := table[host].to_https) and request.scheme == "http":
        return Led(*redirecting, to_https=True)
    for match, rule, service in sorted(table[host].routes, key=lambda each: _fits_every_path(each[0])):
        if match is None or _fits(match, request):
            return Led(gateway, server, service, rule)
    return Led(gateway, server)


def _table(known: Configuration, servers: Sequence[Served]) -> dict[str, _Host]:
    found: dict[str, _Host] = {}
    for gateway, server in servers:
        for service in known.virtual_services:
            if not _bound(service, gateway):
                continue
            routes = list(_routes(service, int(server["port"]["number"])))
            for host in _meeting(_hosts((gateway, server), service["metadata"]["namespace"]), service["spec"].get("hosts") or []):
                found.setdefault(host.lower(), _Host()).routes += routes
        if (server.get("tls") or {}).get("httpsRedirect"):
            for host in _hosts((gateway, server)):
                found.setdefault(host.lower(), _Host()).to_https = (gateway, server)
    return found


def _routes(service: Object, port: int) -> Iterator[tuple[Object | None, Object, Object]]:
    """Up to the first that fits every request."""
    for rule in service["spec"].get("http") or []:
        for match in rule.get("match") or [None]:
            if match is not None and match.get("port") not in (None, port):
                continue
            yield match, rule, service
            if _fits_every_path(match):
                return


def _fits_every_path(match: Object | None) -> bool:
    """And asks for nothing else (IsCatchAllRoute)."""
    if match is None:
        return True
    uri = match.get("uri") or {"prefix": "/"}
    every = uri.get("prefix") == "/" or uri.get("regex") == ".*"
    return every and not any(match.get(key) for key in ("headers", "withoutHeaders", "queryParams", "method", "scheme", "authority"))


def _by_name(known: Configuration, gateway: Object, server: Object, request: Request) -> Led:
    """Unread, by the name in the TLS handshake alone."""
    for service in known.virtual_services:
        if _bound(service, gateway):
            for rule in service["spec"].get("tls") or []:
                if any(covers(name, request.host) for match in rule.get("match") or [] for name in match.get("sniHosts") or []):
                    return Led(gateway, server, service, rule)
    return Led(gateway, server)


def _listens(server: Object, door: Door, request: Request) -> bool:
    """A server's number is that of the Service in front of its pods, or that of the pods where no Service has it."""
    secure = server["port"]["protocol"].upper() in ("HTTPS", "TLS")
    return server["port"]["number"] in (request.port, door.target(request.port)) and secure == (request.scheme == "https")


def _hosts(served: Served, routes_from: str | None = None) -> list[str]:
    """A server's host may begin with the namespace that routes may come from; of one namespace alone where it is given."""
    gateway, server = served
    found = []
    for name in server["hosts"]:
        namespace, slash, host = str(name).rpartition("/")
        namespace = gateway["metadata"]["namespace"] if namespace == "." else namespace
        if not slash or namespace == "*" or routes_from in (None, namespace):
            found.append(host)
    return found


def _meeting(servers: Sequence[str], services: Sequence[str]) -> list[str]:
    """Of each pair of names that meet, the narrower one."""
    found = [
        (host if covers(server, host) else server)
        for server in servers
        for host in services
        if covers(server, host) or covers(host, server)
    ]
    return list(dict.fromkeys(found))


def _bound(service: Object, gateway: Object) -> bool:
    there = gateway["metadata"]
    names = [f"{there['namespace']}/{there['name']}"]
    if service["metadata"]["namespace"] == there["namespace"]:
        names.append(there["name"])
    return any(name in names for name in service["spec"].get("gateways") or [])


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
