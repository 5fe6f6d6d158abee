"""What the mesh is made of, as checks ask for it: who is a member, which hosts it knows, and which pods Istio's own Gateways mean."""

from collections.abc import Iterator
from typing import Any

from quayside.checks.held import Held, Object, home, labels, spec, title

ROOT = "istio-system"
"""Istio's root namespace: policies there count everywhere."""

MESH = "mesh"
"""In place of a gateway's name: the proxies beside the callers."""

OWN_PORTS = frozenset({15008, 15020, 15021, 15090})
"""Ports of the proxies themselves, where no mTLS of the mesh is asked for (istio.io, Application Requirements, 'Ports used by Istio')."""

_WAYPOINT = "istio.io/use-waypoint"


def is_of(each: Object, group: str) -> bool:
    """Whether an object is of an API group. Two of them have a kind Gateway."""
    return str(each.get("apiVersion") or "").startswith(f"{group}/")


def istio_gateways(held: Held) -> list[Object]:
    """Istio's own Gateways."""
    return [each for each in held.ours("Gateway") if is_of(each, "networking.istio.io")]


def selected_by(held: Held, gateway: Object) -> list[Object]:
    """The pods of one of Istio's Gateways: of any namespace, as Istio has it without PILOT_SCOPE_GATEWAY_TO_NAMESPACE."""
    selector = {"matchLabels": spec(gateway).get("selector") or {}}
    return [pod for namespace in sorted({home(pod) for pod in held.of("Pod")}) for pod in held.pods(namespace, selector)]


def mode(held: Held, namespace: str) -> str:
    """How the pods of a namespace are members, by its labels: sidecar, ambient or off."""
    said = labels(held.get("Namespace", namespace) or {})
    if said.get("istio-injection") == "enabled" or ("istio.io/rev" in said and said.get("istio-injection") != "disabled"):
        return "sidecar"
    return "ambient" if said.get("istio.io/dataplane-mode") == "ambient" else "off"


def has_proxy(pod: Object) -> bool:
    """Whether a pod has Istio's proxy in it: as a sidecar, a gateway or a waypoint."""
    containers = [*(spec(pod).get("containers") or ()), *(spec(pod).get("initContainers") or ())]
    return any(each.get("name") == "istio-proxy" for each in containers)


def is_member(held: Held, pod: Object) -> bool:
    """Whether a pod is in the mesh. Those on the node's own network are in no case."""
    if has_proxy(pod):
        return True
    said = labels(pod).get("istio.io/dataplane-mode")
    return (said or ("ambient" if mode(held, home(pod)) == "ambient" else "")) == "ambient" and not spec(pod).get("hostNetwork")


def service(held: Held, host: str, namespace: str) -> Object | None:
    """The Service that a host in one of Istio's objects means: a name without dots is one beside the object."""
    name, _, rest = host.partition(".")
    where, _, more = rest.partition(".")
    if not rest:
        return held.get("Service", name, namespace)
    return held.get("Service", name, where) if more.split(".")[0] == "svc" else None


def entry_of(held: Held, host: str) -> Object | None:
    """The ServiceEntry that has a host."""
    return next((each for each in held.of("ServiceEntry") if any(fits(one, host) for one in spec(each).get("hosts") or ())), None)


def fits(pattern: str, host: str) -> bool:
    """Whether a host is one of a pattern's: itself, all below a domain (*.example.com), or any (*)."""
    bare = pattern.partition("/")[2] or pattern
    return bare in ("*", host) or (bare.startswith("*.") and host.endswith(bare[1:]))


def whole(host: str, namespace: str) -> str:
    """A host's whole name."""
    return host if "." in host or "*" in host else f"{host}.{namespace}.svc.cluster.local"


def ports(held: Held, host: str, namespace: str) -> list[Any] | None:
    """The ports at which a host answers. None where nobody has it, or only all below a domain, which say no more of it."""
    found = service(held, host, namespace)
    if found is not None:
        return None if spec(found).get("type") == "ExternalName" else [each.get("port") for each in spec(found).get("ports") or ()]
    entry = entry_of(held, host)
    return None if entry is None else [each.get("number") for each in spec(entry).get("ports") or ()]


def waypoint(held: Held, called: Object) -> tuple[str, str] | None:
    """Namespace and name of the waypoint that requests to a Service go by; None where they go straight to its pods."""
    own, around = labels(called), labels(held.get("Namespace", home(called)) or {})
    said = own if _WAYPOINT in own else around
    name = said.get(_WAYPOINT)
    return None if name in (None, "none") else (said.get(f"{_WAYPOINT}-namespace") or home(called), str(name))


def destinations(route: Object) -> Iterator[tuple[str, Object]]:
    """Protocol (http, tls or tcp) and destination of all rules of a VirtualService, copies of requests among them."""
    for protocol in ("http", "tls", "tcp"):
        for rule in spec(route).get(protocol) or ():
            shares = [*(rule.get("route") or ()), *(rule.get("mirrors") or ())]
            found = [*(each.get("destination") or {} for each in shares), *([rule["mirror"]] if rule.get("mirror") else [])]
            yield from ((protocol, each) for each in found)


def gateways_of(held: Held, route: Object) -> Iterator[tuple[str, Object | None]]:
    """Each Gateway that a VirtualService names, as namespace/name, and what it is; the mesh is none."""
    for named in spec(route).get("gateways") or ():
        if named == MESH:
            continue
        where, _, name = named.rpartition("/")
        found = (each for each in istio_gateways(held) if (home(each), title(each)) == (where or home(route), name))
        yield f"{where or home(route)}/{name}", next(found, None)


def in_mesh(route: Object) -> bool:
    """Whether a VirtualService is for callers inside the mesh, as it is where it names no gateway."""
    return MESH in (spec(route).get("gateways") or [MESH])
