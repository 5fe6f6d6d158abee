"""What a Service's port says of itself. Istio goes by that, and where it says nothing guesses from the first bytes: what it cannot guess is a
plain connection to it, without routes, retries or figures (istio.io, Protocol Selection)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import entry_kind, part

HTTP = frozenset({"http", "http2", "grpc", "grpc-web", "kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss"})
"""What a port says whose requests Istio looks into."""

HTTP2 = frozenset({"http2", "grpc", "grpc-web", "kubernetes.io/h2c"})
"""What gRPC can be spoken by: to all others Istio speaks HTTP/1.1."""

KNOWN = HTTP | {"https", "tcp", "tls", "udp", "mongo", "mysql", "redis", "hbone"}

ISTIO_ENTRIES = ("gateway-api", "istio")


def spoken(port: Mapping[str, Any]) -> str | None:
    """What a Service's port says of itself; None where that is nothing that Istio knows. appProtocol wins over the name."""
    said = str(port.get("appProtocol") or "").lower()
    if said:
        return said if said in KNOWN else None
    if port.get("protocol") in ("UDP", "SCTP"):
        return "udp"
    words = str(port.get("name") or "").lower().split("-")
    return next((each for each in ("-".join(words[:2]), words[0]) if each in KNOWN), None)


def patched_ports_say_what_they_speak(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of a stack whose requests Istio carries. Without a patch they always do."""
    if part(spec, "mesh").get("mode", "off") == "off" and entry_kind(spec) not in ISTIO_ENTRIES:
        return
    for name in part(spec, "services"):
        ports = part(spec, "services", name, "patches", "Service", "spec").get("ports")
        for number, port in enumerate(ports if isinstance(ports, list) else ()):
            if isinstance(port, Mapping) and spoken(port) is None:
                wrong = "does not say what is spoken there, and Istio would take it for a plain connection"
                yield (
                    f"services.{name}.patches.Service.spec.ports[{number}]",
                    f"{wrong}; write a name that begins with it (http-{port.get('name') or 'web'}), or appProtocol",
                )
