"""Routes for Istio's own API: for each service a Gateway (where it listens), a certificate and VirtualServices (where requests go).

A host's TLS is set up once in all of Istio's Gateways: of a second one that has it, istiod leaves out the whole server, without a word to
whoever wrote it (istio pilot/pkg/model/gateway.go, 'duplicate host names'). Hosts below the wildcard are therefore not a service's own:
they are served by the entry's Gateway, and services bind their routes to it. settings.entry_hosts refuses what would meet.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi

from quayside.edge.certificates import certificate, covers, signed_hosts
from quayside.edge.contract import WILDCARD_SECRET, Exposure, Manifest, Route
from quayside.edge.istio_values import NAME, SELECTOR
from quayside.edge.tcp_routes import tcp_routes
from quayside.edge.virtual_service_rules import http_rules, weighted

API = "networking.istio.io/v1"

WILDCARD = "wildcard"
"""The entry's own Gateway, for the domain and the names right below it."""

HTTP, HTTPS = 80, 443

HSTS = {"strict-transport-security": "max-age=31536000"}
"""Browsers keep to https for a year, on this host alone (see ingress_nginx_values.config)."""


class _Group(NamedTuple):
    """Hosts that one VirtualService can lead: served by the same Gateway, in the same way, with the same paths."""

    gateway: str
    secure: bool
    paths: tuple[tuple[str, str], ...]


def routes(route: Route, exposure: Exposure) -> list[Manifest]:
    """What leads to a service. See contract.Routes."""
    signed = signed_hosts(route, exposure)
    made = [_certificate(route, exposure, signed)] if signed else []
    if servers := _servers(route, exposure, signed):
        made.append(_object("Gateway", exposure, exposure.service, {"selector": SELECTOR, "servers": servers}))
    groups = _groups(route, exposure, signed)
    for group, hosts in groups.items():
        name = exposure.service if len(groups) == 1 else _name(exposure, hosts[0])
        # another one than by a Gateway of its own: while a stack goes from one to the other, both lead to the service (see gateway_api_routes)
        name += "-wildcard" if group.gateway != exposure.service else ""
        made.append(_object("VirtualService", exposure, name, _http(group, hosts, exposure)))
    if passed := sorted(exposure.passthrough & exposure.hosts.keys()):
        made.append(_object("VirtualService", exposure, f"{exposure.service}-passthrough", _passthrough(passed, exposure)))
    return [*made, *tcp_routes(f"{exposure.service}-istio-tcp", exposure, SELECTOR)]


def headers(*, secure: bool) -> dict[str, Any]:
    """What all requests and answers have in common, as with ingress-nginx.

    X-Real-IP: the client's address as the proxy knows it (see IstioIngress), in place of what a client wrote.
    secure: whether by https. What stands behind the entry tells no name or version.
    """
    return {
        "request": {"set": {"x-real-ip": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}},
        "response": {"set": {"x-content-type-options": "nosniff", **(HSTS if secure else {})}, "remove": ["server", "x-powered-by"]},
    }


def wildcard_gateway(domain: str, namespace: Any, labels: Mapping[str, str]) -> Manifest:
    """The entry's Gateway for a domain and the names right below it."""
    hosts = [domain, f"*.{domain}"]
    return {
        "apiVersion": API,
        "kind": "Gateway",
        "metadata": {"name": WILDCARD, "namespace": namespace, "labels": dict(labels)},
        "spec": {"selector": SELECTOR, "servers": [_plain(hosts), _terminated(hosts, WILDCARD_SECRET)]},
    }


def _certificate(route: Route, exposure: Exposure, hosts: Sequence[str]) -> Manifest:
    """In the entry's namespace: its pods read no others' Secrets."""
    name = _secret(exposure)
    return certificate(name, route.namespace, name, hosts, route.issuer, exposure.labels)


def _secret(exposure: Exposure) -> Any:
    home = exposure.namespace
    end = f"-{exposure.service}-tls"
    return pulumi.Output.concat(home, end) if isinstance(home, pulumi.Output) else f"{home}{end}"


def _servers(route: Route, exposure: Exposure, signed: Sequence[str]) -> list[dict[str, Any]]:
    """Where the service's own Gateway listens.

    One server for all hosts of one certificate: browsers send requests for each of them over the same connection (RFC 9113 9.1.1), and
    a server answers with 404 for hosts that it does not have (Istio's docs, Common Problems, '404 errors occur when multiple gateways
    configured with same TLS certificate').
    No httpsRedirect: it would redirect cert-manager's challenges as well (istio#27643); the VirtualServices redirect.
    """
    own = [host for host in sorted(exposure.hosts) if not _covered(route, exposure, host)]
    passed = sorted(exposure.passthrough & exposure.hosts.keys())
    return [
        *([_plain(own)] if own else []),
        *([_terminated(signed, _secret(exposure))] if signed else []),
        *([{"port": _port(HTTPS, "tls", "TLS"), "hosts": passed, "tls": {"mode": "PASSTHROUGH"}}] if passed else []),
    ]


def _plain(hosts: Sequence[str]) -> dict[str, Any]:
    return {"port": _port(HTTP, "http", "HTTP"), "hosts": list(hosts)}


def _terminated(hosts: Sequence[str], secret: Any) -> dict[str, Any]:
    tls = {"mode": "SIMPLE", "credentialName": secret, "minProtocolVersion": "TLSV1_2"}
    return {"port": _port(HTTPS, "https", "HTTPS"), "hosts": list(hosts), "tls": tls}


def _port(number: int, name: str, protocol: str) -> dict[str, Any]:
    return {"number": number, "name": name, "protocol": protocol}


def _name(exposure: Exposure, host: str) -> str:
    """Name of one VirtualService among several. Who moves shares in it may take what follows a dot for a namespace (argo-rollouts#4709): no
    name has one then, and hyphens are doubled so that no two hosts have one name."""
    steered = any(version.steered for version in exposure.versions)
    return f"{exposure.service}-{host.replace('-', '--').replace('.', '-') if steered else host}"


def _groups(route: Route, exposure: Exposure, signed: Sequence[str]) -> dict[_Group, list[str]]:
    """All hosts but those whose TLS the service ends itself."""
    found: dict[_Group, list[str]] = {}
    for host in sorted(exposure.hosts.keys() - exposure.passthrough):
        covered = _covered(route, exposure, host)
        gateway = f"{NAME}/{WILDCARD}" if covered else exposure.service
        group = _Group(gateway, covered or host in signed, tuple(sorted(exposure.hosts[host].items())))
        found.setdefault(group, []).append(host)
    return found


def _http(group: _Group, hosts: Sequence[str], exposure: Exposure) -> dict[str, Any]:
    rules = http_rules(exposure, dict(group.paths), {"headers": headers(secure=group.secure)})
    return {"hosts": list(hosts), "gateways": [group.gateway], "http": [*([_redirect()] if group.secure else []), *rules]}


def _redirect() -> dict[str, Any]:
    """From http to https. It stands first, and yet after the challenges of cert-manager: those are another VirtualService for the host,
    and of all routes to a host Istio asks those last that fit every path (istio pilot/pkg/networking/core/route, SortVHostRoutes).
    """
    return {"match": [{"port": HTTP}], "redirect": {"scheme": "https", "redirectCode": 308}}


def _passthrough(hosts: Sequence[str], exposure: Exposure) -> dict[str, Any]:
    match = [{"port": HTTPS, "sniHosts": list(hosts)}]
    return {
        "hosts": list(hosts),
        "gateways": [exposure.service],
        "http": [_redirect()],
        "tls": [{"match": match, "route": weighted(exposure)}],
    }


def _covered(route: Route, exposure: Exposure, host: str) -> bool:
    """Whether the entry's own Gateway serves a host."""
    return host not in exposure.passthrough and covers(route.wildcard, host)


def _object(kind: str, exposure: Exposure, name: str, spec: dict[str, Any]) -> Manifest:
    metadata = {"name": name, "namespace": exposure.namespace, "labels": dict(exposure.labels)}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}
