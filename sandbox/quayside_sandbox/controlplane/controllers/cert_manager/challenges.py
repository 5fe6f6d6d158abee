"""Whether an ACME authority would find what it asks for: the file behind each host name (http-01), or the record in its zone (dns-01).

Facts: cert-manager pkg/controller/acmeorders/util.go (choice of a solver), pkg/issuer/acme/{http,dns}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ....clouds.world_dns import Zone, resolve_in, zone_of
from ....kube.client import Object

NONE_FITS = (
    "Failed to determine a valid solver configuration for the set of domains on the Order: "
    "no configured challenge solvers can be used for this challenge"
)
# Solvers of dns-01 whose clouds are simulated: where the token's Secret is named, and which cloud keeps the zone.
DNS_SOLVERS = {
    "cloudflare": (("apiTokenSecretRef", "apiKeySecretRef"), "cloudflare"),
    "digitalocean": (("tokenSecretRef",), "digitalocean"),
}


@dataclass(frozen=True)
class World:
    """What a challenge meets: the zones, the addresses at which this cluster is reached, the classes of ingresses that somebody serves, and
    the Secrets in the issuer's namespace."""

    zones: Mapping[str, Zone]
    entries: frozenset[str]
    serves: Callable[[str | None], bool]
    secret: Callable[[str], Object | None]


def obstacle(solvers: list[Object], name: str, labels: Mapping[str, str], world: World) -> str | None:
    """Why this name cannot be validated; None where it can."""
    solver = choose(solvers, name, labels)
    if solver is None:
        return NONE_FITS
    return _dns(solver["dns01"], name, world) if "dns01" in solver else _http(solver["http01"], name, world)


def choose(solvers: list[Object], name: str, labels: Mapping[str, str]) -> Object | None:
    """The solver whose selector says most about the name, the first one of equals. Only dns-01 can do wildcards."""
    best, found = (-1, -1, -1), None
    for solver in solvers:
        selector = solver.get("selector") or {}
        names, domains, wanted = selector.get("dnsNames") or [], selector.get("dnsZones") or [], selector.get("matchLabels") or {}
        zone = max((each for each in domains if name.removeprefix("*.") == each or name.endswith(f".{each}")), key=len, default=None)
        fits = (not names or name in names) and (not domains or zone is not None) and wanted.items() <= labels.items()
        if not fits or ("dns01" not in solver and ("http01" not in solver or name.startswith("*."))):
            continue
        score = (int(bool(names)), len(zone.split(".")) if zone else 0, len(wanted))
        if score > best:
            best, found = score, solver
    return found


def _http(http01: Object, name: str, world: World) -> str | None:
    ingress = http01.get("ingress") or {}
    class_name = ingress.get("ingressClassName") or ingress.get("class")
    if "ingress" in http01 and not ingress.get("name") and not world.serves(class_name):
        which = f"of class {class_name}" if class_name else "without a class"
        return f"no ingress controller in this cluster serves the solver's Ingress {which}"
    url = f"http://{name}/.well-known/acme-challenge/"
    waiting = f"Waiting for HTTP-01 challenge propagation: failed to perform self check GET request '{url}': "
    answer = resolve_in(world.zones, name)
    if not answer.origin:
        return f"{waiting}Failed to resolve {name}: {answer.problem}"
    strangers = sorted(set(answer.origin) - world.entries)
    if strangers:
        ours = ", ".join(sorted(world.entries)) or "has no load balancer yet"
        return f"{waiting}{name} leads to {', '.join(strangers)}, and this cluster ({ours}) never sees the request"
    return None


def _dns(dns01: Object, name: str, world: World) -> str | None:
    provider = next((each for each in DNS_SOLVERS if each in dns01), None)
    if provider is None:
        return f"dns-01 by {', '.join(sorted(dns01)) or 'nobody'} is not simulated: only by {' and '.join(DNS_SOLVERS)}"
    fields, cloud = DNS_SOLVERS[provider]
    reference: Object = next((dns01[provider][field] for field in fields if dns01[provider].get(field)), {})
    if not reference:
        return f"error instantiating {provider} challenge solver: no {fields[0]} is given"
    secret = world.secret(reference["name"])
    if secret is None:
        return f'error getting {provider} secret: secrets "{reference["name"]}" not found'
    key = reference.get("key", "")
    if not (secret.get("data") or {}).get(key):
        return f'error getting {provider} secret: key "{key}" not found in secret "{reference["name"]}"'
    domain = name.removeprefix("*.").rstrip(".")
    zone = zone_of({each: found for each, found in world.zones.items() if found.cloud == cloud}, domain)
    if zone is None:
        return f"Found no Zones for domain _acme-challenge.{domain}. (neither in the sub-domain nor in the SLD) at {provider}"
    if world.zones[zone].problem:
        return f"Waiting for DNS-01 challenge propagation: {world.zones[zone].problem}"
    return None
