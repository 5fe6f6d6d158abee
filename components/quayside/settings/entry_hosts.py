"""Checks of hosts that an entry cannot serve side by side. Pure functions over plain settings."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.certificate_rules import covered_by_wildcard
from quayside.settings.claims import entry_kind, part, right
from quayside.settings.hosts import Domain, HostKey, whole

Found = Iterator[tuple[str, str]]

LISTENERS = 64
"""How many listeners a ListenerSet has (maxItems in its definition)."""

ONCE = {
    "istio": "Istio's Gateways set up the TLS of a host once",
    "gateway-api": "of two listeners for a host the younger is left out",
}
"""Entries at which each service has its own TLS for its hosts → why two services cannot share one."""


def tls_of_a_host_is_set_up_once(spec: Mapping[str, Any]) -> Found:
    """Of two of Istio's Gateways with TLS for one host, istiod leaves out one (pilot/pkg/model/gateway.go, 'duplicate host names'); of two
    ListenerSets the younger (GEP-1713, 'Listener and ListenerSet conflicts')."""
    domain, certificates, kind = right(Domain, spec.get("domain")), part(spec, "certificates"), entry_kind(spec)
    if domain is None or kind not in ONCE or certificates.get("enabled", True) is not True:
        return
    first: dict[str, str] = {}
    for service, key, host in _hosts(spec, domain):
        if covered_by_wildcard(spec, host, domain):
            continue
        taken = first.setdefault(host, service)
        if taken != service:
            wrong = f"is a host of service {taken} too, and {ONCE[kind]}"
            yield f"services.{service}.hosts.{key}", f"{wrong}; write another host, or certificates.wildcard: true for hosts of the domain"


def paths_of_services_lie_apart(spec: Mapping[str, Any]) -> Found:
    """Of VirtualServices for one host Istio asks the older first, however specific their paths are; / alone is always the last."""
    domain = right(Domain, spec.get("domain"))
    if domain is None or entry_kind(spec) != "istio":
        return
    seen: dict[str, list[tuple[str, str]]] = {}
    for service, key, host in _hosts(spec, domain):
        paths = part(spec, "services", service, "hosts", key, "paths") or {"/": {}}
        for path in paths:
            bare = str(path).rstrip("/")
            near = next((each for each in seen.get(host, []) if each[0] != service and bare and _nested(bare, each[1])), None)
            if near is not None:
                wrong = f"lies within {near[1]} of service {near[0]} or around it, and Istio asks the older of two routes first"
                yield f"services.{service}.hosts.{key}.paths.{path}", f"{wrong}; write another host, or entry.kind: gateway-api"
            seen.setdefault(host, []).append((service, bare))


def _nested(one: str, other: str) -> bool:
    return bool(one and other) and (one.startswith(f"{other}/") or other.startswith(f"{one}/"))


def _hosts(spec: Mapping[str, Any], domain: str) -> Iterator[tuple[str, str, str]]:
    """Service, key and whole name of each host."""
    for service in part(spec, "services"):
        for key in part(spec, "services", service, "hosts"):
            if right(HostKey, key) is not None:
                yield service, key, whole(key, domain)


def listeners_have_room(spec: Mapping[str, Any]) -> Found:
    """At the Gateway API's entry a service has one ListenerSet, with a listener for each host that no wildcard covers."""
    domain = right(Domain, spec.get("domain"))
    if domain is None or entry_kind(spec) != "gateway-api":
        return
    hosts: dict[str, list[str]] = {}
    for service, _, host in _hosts(spec, domain):
        if not covered_by_wildcard(spec, host, domain):
            hosts.setdefault(service, []).append(host)
    for service, found in hosts.items():
        if len(found) > LISTENERS:
            wrong = f"are {len(found)}, and a ListenerSet has room for {LISTENERS}"
            yield f"services.{service}.hosts", f"{wrong}; write fewer, or certificates.wildcard: true for those right below the domain"


def domain_is_served_once(spec: Mapping[str, Any]) -> Found:
    """Of two of Istio's Gateways with TLS for the domain itself, the wildcard's counts as long as it is there: it is the older."""
    domain = right(Domain, spec.get("domain"))
    if domain is None or entry_kind(spec) != "istio" or part(spec, "certificates").get("leavingWildcard") is not True:
        return
    for service, key, host in _hosts(spec, domain):
        if host == domain:
            wrong = f"would leave {domain} itself without a route: Istio's Gateways set up the TLS of a host once, for the wildcard"
            yield (
                "certificates.leavingWildcard",
                f"{wrong}; move services.{service}.hosts.{key} to another name first, or keep the wildcard",
            )


RULES = (tls_of_a_host_is_set_up_once, paths_of_services_lie_apart, listeners_have_room, domain_is_served_once)
"""Checks of a whole stack's settings."""
