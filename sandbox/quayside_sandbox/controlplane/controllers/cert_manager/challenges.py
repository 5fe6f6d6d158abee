"""Whether an ACME authority would find what it asks for: the file behind each host name (http-01), or the record in its zone (dns-01).

Solvers are not made as objects: what they would be is held against what is there. Facts: cert-manager pkg/controller/acmeorders/util.go
(choice of a solver), pkg/issuer/acme/{http,dns}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ....clouds.world_dns import Zone, resolve_in, zone_of
from ....kube.client import Object
from ...doors import GATEWAY_API, INGRESS_CONTROLLERS, ISTIO, Door
from ...gateway_api import API, Resources, bonds
from ...istio_api import Configuration, lead
from ...istio_api.ingresses import OLD_CLASS
from ...request import Request

TOKEN = "/.well-known/acme-challenge/token"
SOLVER = "cm-acme-http-solver"
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
    """What a challenge meets: the zones, who listens at the addresses by which this cluster is reached, the class of Ingresses by its name
    (None for the default one), the Secrets in the issuer's namespace, and the Gateway API's objects: None where cert-manager was not told
    to use them."""

    zones: Mapping[str, Zone]
    doors: Mapping[str, Door]
    ingress_class: Callable[[str | None], Object | None]
    secret: Callable[[str], Object | None]
    gateways: Callable[[], Resources] | None = None
    istio: Callable[[str], Configuration] = field(default=lambda revision: Configuration())
    """What a control plane of Istio's knows, by its revision."""


def obstacle(solvers: list[Object], name: str, certificate: Object, world: World) -> str | None:
    """Why this name of a Certificate cannot be validated; None where it can."""
    solver = choose(solvers, name, certificate["metadata"].get("labels") or {})
    if solver is None:
        return NONE_FITS
    if "dns01" in solver:
        return _dns(solver["dns01"], name, world)
    return _http(solver["http01"], name, certificate["metadata"]["namespace"], world)


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


def _http(http01: Object, name: str, namespace: str, world: World) -> str | None:
    """The file must be found at every address of the name: an authority asks any of them."""
    gateway = http01.get("gatewayHTTPRoute")
    if gateway is not None and world.gateways is None:
        return "couldn't Present challenge: gateway api is not enabled"
    found = None if gateway is not None else _served(http01.get("ingress") or {}, world)
    if isinstance(found, str):
        return found
    url = f"http://{name}/.well-known/acme-challenge/"
    waiting = f"Waiting for HTTP-01 challenge propagation: failed to perform self check GET request '{url}': "
    answer = resolve_in(world.zones, name)
    if not answer.origin:
        return f"{waiting}Failed to resolve {name}: {answer.problem}"
    strangers = sorted(set(answer.origin) - set(world.doors))
    if strangers:
        ours = ", ".join(sorted(world.doors)) or "has no load balancer yet"
        return f"{waiting}{name} leads to {', '.join(strangers)}, and this cluster ({ours}) never sees the request"
    for address in answer.origin:
        door = world.doors[address]
        if not door.kind or not door.target(80):
            return f"{waiting}dial tcp {address}:80: connect: connection refused"
        if gateway is None:
            problem = _elsewhere(door, found or {}) or _not_led(door, http01.get("ingress") or {}, name, namespace, world)
        else:
            problem = _not_routed(door, gateway, name, namespace, world)
        if problem:
            return f"{waiting}wrong status code '404', expected '200': {problem}"
    return None


def _served(ingress: Object, world: World) -> Object | str:
    """The class of the solver's Ingress, or why nobody takes that."""
    if ingress.get("name"):
        return {}  # a rule in an Ingress that is there
    named = ingress.get("ingressClassName") or ingress.get("class")
    found = world.ingress_class(named)
    if found is None:
        which = f"of class {named}" if named else "without a class"
        return f"no ingress controller in this cluster serves the solver's Ingress {which}"
    return found


def _elsewhere(door: Door, ingress_class: Object) -> str | None:
    """Whether the request comes out at another program than the one that serves the solver's Ingress."""
    program = INGRESS_CONTROLLERS.get(str((ingress_class.get("spec") or {}).get("controller")))
    if program in (None, door.kind):
        return None
    return f"{door.address} is answered by {door.kind}, and the solver's Ingress is one of {program}"


def _not_led(door: Door, ingress: Object, name: str, namespace: str, world: World) -> str | None:
    """Whether Istio's gateway leads the request to the solver: its Ingress is one more source of routes for the host, among others."""
    if door.kind != ISTIO or ingress.get("name"):
        return None
    request = Request(name, TOKEN, "http")
    solver = _solver(ingress, request, namespace)
    for each in door.by_control_plane():
        led = lead(world.istio(each.control_plane).leading([solver]), each, request)
        if led.to_https and led.gateway:
            return f"Gateway {led.gateway['metadata']['namespace']}/{led.gateway['metadata']['name']} sends all of {name} on to https"
        if led.rule is None or led.virtual_service is None:
            return f"no route of these gateway pods has the solver's Ingress (control plane {each.control_plane})"
        found = led.virtual_service["metadata"]
        if SOLVER not in found["name"]:
            return f"VirtualService {found['namespace']}/{found['name']} leads {request.path} elsewhere"
    return None


def _solver(ingress: Object, request: Request, namespace: str) -> Object:
    """pkg/issuer/acme/http/ingress.go."""
    chosen: Object = {"ingressClassName": ingress["ingressClassName"]} if ingress.get("ingressClassName") else {}
    annotations = {OLD_CLASS: ingress["class"]} if ingress.get("class") else {}
    backend = {"service": {"name": SOLVER, "port": {"number": 8089}}}
    path = {"path": request.path, "pathType": "ImplementationSpecific", "backend": backend}
    metadata = {"name": SOLVER, "namespace": namespace, "annotations": annotations}
    return {"metadata": metadata, "spec": {**chosen, "rules": [{"host": request.host, "http": {"paths": [path]}}]}}


def _not_routed(door: Door, solver: Object, name: str, namespace: str, world: World) -> str | None:
    """Whether the solver's HTTPRoute is bound to the listener that the request meets."""
    if door.kind != GATEWAY_API or door.service is None:
        return f"{door.address} is answered by {door.kind}, and the solver's HTTPRoute is one of a Gateway"
    assert world.gateways is not None, "asked for before"
    spec = {"hostnames": [name], "parentRefs": solver.get("parentRefs") or []}
    route = {"apiVersion": API, "kind": "HTTPRoute", "metadata": {"name": "solver", "namespace": namespace}, "spec": spec}
    found, home = bonds(route, world.gateways().seen_by(door.control_plane)), door.service["metadata"]["namespace"]
    if not found:
        return "none of the solver's parentRefs is there"
    for bond in found:
        listener = bond.listener
        if bond.refusal is None and listener and listener.port == door.target(80) and listener.spec["protocol"] == "HTTP":
            gateway = listener.gateway["metadata"]
            if (gateway["namespace"], gateway["name"]) == (home, door.gateway):
                return None
    refused = next((bond.refusal for bond in found if bond.refusal), None)
    return (
        f"the solver's HTTPRoute is not accepted: {refused[1]}" if refused else f"the solver's HTTPRoute is not on {door.address}, port 80"
    )


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
