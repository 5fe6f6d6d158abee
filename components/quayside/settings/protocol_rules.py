"""Checks of what services speak: HTTP, gRPC or TCP, and who ends TLS. Pure functions over plain maps (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import claims, entry_kind, every_name_proxied, has_entry, part

Found = Iterator[tuple[str, str]]

MAIN_PORT = "http"
"""Name of the container's main port, whatever it speaks: others ask for it by that."""

METRICS_PORT = "http-metrics"
"""Name of the port that has metrics alone."""

ENTRY_PORTS = (80, 443)
"""What entries listen on for hosts."""

MESH_PORTS = range(15000, 15100)
"""What Istio's proxies, in pods and at the entry, have for themselves (istio.io, 'Application Requirements', Ports used by Istio)."""

_INSTEAD = "write entry.kind: gateway-api"

CANNOT = {
    "ingress-nginx": {
        "http2": f"ingress-nginx speaks HTTP/1.1 to services; write http or grpc, or {_INSTEAD[6:]}",
        "tcp": f"ingress-nginx has its TCP ports in one place for the whole cluster, and is retired; {_INSTEAD}",
        "passthrough": f"ingress-nginx ends TLS itself unless a switch of its own changes that for all hosts; {_INSTEAD}",
    },
    "kong": {
        "http2": f"kong speaks HTTP/1.1 to services; write http, or {_INSTEAD[6:]}",
        "grpc": f"kong's Ingress would need routes of another kind for it; {_INSTEAD}",
        "tcp": f"kong's open source ends with the API by which it leads TCP; {_INSTEAD}",
        "passthrough": f"kong's open source ends with the API by which it leads TLS unread; {_INSTEAD}",
    },
}
"""Kind of entry → what it cannot lead → why, and what to write instead. What is not there can be done."""


def tcp_ports_are_free(service: Mapping[str, Any]) -> Found:
    """A number is listened to once: by the container, and by the entry."""
    first: dict[int, str] = {}
    for name, number in part(service, "tcp").items():
        if name == MAIN_PORT:
            yield f"tcp.{name}", "is the name of the main port already; write another"
        if name == METRICS_PORT and part(service, "metrics").get("port") not in (None, number, service.get("port", 8080)):
            yield f"tcp.{name}", "is the name of the port that has the metrics (metrics.port); write another"
        if not isinstance(number, int):
            continue
        if number in ENTRY_PORTS:
            yield f"tcp.{name}", f"is {number}, where the entry listens for hosts; write another number"
        elif number in MESH_PORTS:
            yield (
                f"tcp.{name}",
                f"is {number}, and Istio's proxies have {MESH_PORTS[0]} to {MESH_PORTS[-1]} for themselves; write another number",
            )
        elif number == service.get("port", 8080):
            yield f"tcp.{name}", f"is {number}, which is the main port already; remove it, and write protocol: tcp if that speaks no HTTP"
        elif number in first:
            yield f"tcp.{name}", f"is {number}, as {first[number]} is; write another number"
        first.setdefault(number, str(name))


def tls_fits_protocol(service: Mapping[str, Any]) -> Found:
    """Who ends TLS reads the requests, and nobody else does."""
    unread, tls_only = service.get("protocol", "http") == "tcp", "hosts are told apart by their TLS alone where no HTTP is spoken"
    for host, settings in part(service, "hosts").items():
        key, host_settings = f"hosts.{host}", settings if isinstance(settings, Mapping) else {}
        passed = host_settings.get("tls", "terminate") == "passthrough"
        if passed and not unread:
            yield f"{key}.tls", "is passthrough, and nobody then can read what is spoken; write protocol: tcp as well, or tls: terminate"
        if passed and host_settings.get("paths"):
            yield f"{key}.paths", "cannot be told apart where the service ends TLS itself; remove them, or write tls: terminate"
        if unread and not passed:
            yield key, f"needs tls: passthrough with protocol tcp: {tls_only}; write it, or give the service a port under tcp"


def entry_leads(kind: Any, service: Mapping[str, Any]) -> Found:
    """What a kind of entry cannot lead to a service."""
    cannot = CANNOT.get(str(kind), {})
    hosts, protocol = part(service, "hosts"), service.get("protocol", "http")
    if hosts and protocol in ("http2", "grpc") and protocol in cannot:
        yield "protocol", f"is {protocol}, and {cannot[protocol]}"
    if part(service, "tcp") and "tcp" in cannot:
        yield "tcp", f"are not led from outside: {cannot['tcp']}"
    for host in hosts:
        if part(hosts, host).get("tls") == "passthrough" and "passthrough" in cannot:
            yield f"hosts.{host}.tls", f"is passthrough, and {cannot['passthrough']}"


def entry_leads_all(spec: Mapping[str, Any]) -> Found:
    """The entry of the stack can do what its services ask for."""
    for name in part(spec, "services"):
        for key, message in entry_leads(entry_kind(spec), part(spec, "services", name)):
            yield f"services.{name}.{key}", message


def tcp_ports_apart(spec: Mapping[str, Any]) -> Found:
    """The entry listens once on each number."""
    first: dict[int, str] = {}
    for name in part(spec, "services") if has_entry(spec) else ():
        for port, number in part(spec, "services", name, "tcp").items():
            owner = first.setdefault(number, str(name)) if isinstance(number, int) else str(name)
            if owner != name:
                yield f"services.{name}.tcp.{port}", f"is {number}, which leads to service {owner} already; write another number"


def cloudflare_passes_it_on(spec: Mapping[str, Any]) -> Found:
    """Cloudflare's proxy reads HTTP: it ends TLS, and lets no other ports through."""
    for claim in claims(spec):
        if claim.proxied and claim.settings.get("tls") == "passthrough":
            yield f"{claim.path}.tls", "is passthrough, and Cloudflare stands before the host and ends its TLS; write proxied: false for it"
    if every_name_proxied(spec):
        for name in part(spec, "services"):
            if part(spec, "services", name, "tcp"):
                yield (
                    f"services.{name}.tcp",
                    "cannot be reached: Cloudflare stands before every name, and the load balancer lets nobody else in; "
                    "write proxied: false for one host",
                )


RULES = (tcp_ports_are_free, tls_fits_protocol)
"""Checks of a service."""

STACK_RULES = (entry_leads_all, tcp_ports_apart, cloudflare_passes_it_on)
"""Checks of a whole stack's settings."""
