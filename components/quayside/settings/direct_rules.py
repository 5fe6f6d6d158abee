"""Checks of a stack whose load balancer leads straight to the pods of one service: what nobody stands there to do. Pure functions."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import claims, entry_kind, part
from quayside.settings.problems import did_you_mean

Found = Iterator[tuple[str, str]]

INSTEAD = "entry.kind: gateway-api"

LOAD_BALANCER = "-load-balancer"
"""What the load balancer's Service is called after the service's name."""

LONGEST = 63
"""Of a Service's name."""


def service_exists(spec: Mapping[str, Any]) -> Found:
    """The load balancer leads to a service of the stack."""
    service, services = part(spec, "entry").get("service"), part(spec, "services")
    if _direct(spec) and isinstance(service, str) and service not in services:
        yield "entry.service", f"is no service of the stack; {did_you_mean(service, services)}"


def load_balancer_has_a_name(spec: Mapping[str, Any]) -> Found:
    """Its Service stands beside the one that it leads to, and is called <service>-load-balancer."""
    service, services = part(spec, "entry").get("service"), part(spec, "services")
    if not _direct(spec) or not isinstance(service, str) or service not in services:
        return
    whole = f"{service}{LOAD_BALANCER}"
    if len(whole) > LONGEST:
        wrong = f"has a load balancer called {whole}, which is longer than {LONGEST} characters"
        yield f"services.{service}", f"{wrong}; write a name that is shorter by {len(whole) - LONGEST}"
    home, shared = part(services, service).get("namespace"), part(services, whole).get("namespace")
    if whole in services and home is not None and home == shared:
        wrong = f"is in the namespace of service {service}, whose load balancer is called the same"
        yield f"services.{whole}", f"{wrong}; write another name, or another namespace"


def one_service_is_reached(spec: Mapping[str, Any]) -> Found:
    """A load balancer sees neither hosts nor paths."""
    if not _direct(spec):
        return
    chosen = part(spec, "entry").get("service")
    for name in part(spec, "services"):
        hosts = part(spec, "services", name, "hosts")
        if name != chosen:
            for key in ("hosts", "tcp"):
                if part(spec, "services", name, key):
                    wrong = f"would lead to service {chosen}: entry.kind direct leads all that comes in to that one"
                    yield f"services.{name}.{key}", f"{wrong}; remove them, or write {INSTEAD}"
            continue
        for host in hosts:
            if any(path != "/" for path in part(hosts, host, "paths")):
                wrong = "are not told apart by a load balancer, which passes connections on as they are"
                yield f"services.{name}.hosts.{host}.paths", f"{wrong}; remove them, or write {INSTEAD}"
        ended = {str(part(hosts, host).get("tls", "terminate")) for host in hosts}
        if len(ended) > 1:
            yield (
                f"services.{name}.hosts",
                f"are of both kinds of tls, and one port of the pods cannot speak with and without it; write the same for all, or {INSTEAD}",
            )


def nobody_has_certificates(spec: Mapping[str, Any]) -> Found:
    """Nobody stands there who could show one."""
    certificates = part(spec, "certificates")
    if _direct(spec) and certificates.get("enabled", True) is True:
        yield (
            "certificates.enabled",
            f"is true, and entry.kind direct has nobody to show a certificate, or to redirect to https; write false, or {INSTEAD}",
        )


def cloudflare_asks_by_http(spec: Mapping[str, Any]) -> Found:
    """Where it stands before a host, the service answers it without TLS: what ends TLS itself cannot be behind it (protocol_rules)."""
    mode = part(spec, "names", "zoneSettings").get("tls")
    if _direct(spec) and mode in ("strict", "full") and any(claim.proxied and claim.to_entry for claim in claims(spec)):
        yield "names.zoneSettings.tls", f"is {mode}, which asks by https, and the service answers by http; write flexible, or {INSTEAD}"


def _direct(spec: Mapping[str, Any]) -> bool:
    return entry_kind(spec) == "direct"


RULES = (service_exists, load_balancer_has_a_name, one_service_is_reached, nobody_has_certificates, cloudflare_asks_by_http)
"""Checks of a whole stack's settings."""
