"""Every VirtualService is at a gateway that exists, leads to hosts, ports and subsets that exist, and is the only one of its host in the mesh."""

from collections import defaultdict
from collections.abc import Iterator

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, owner, place, spec


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    inside: dict[str, list[str]] = defaultdict(list)
    for route in held.ours("VirtualService"):
        for named, gateway in mesh.gateways_of(held, route):
            if gateway is None:
                yield Finding(place(route), f"is for Gateway {named}, which does not exist", "pulumi up --refresh makes it again")
        yield from _leads(held, route)
        yield from _shares(route)
        if mesh.in_mesh(route):
            for host in spec(route).get("hosts") or ():
                inside[mesh.whole(host, home(route))].append(place(route))
    for host, routes in inside.items():
        if len(routes) > 1:
            wrong = f"both lead {host} inside the mesh"
            yield Finding(" and ".join(routes), wrong, "make one of them: Istio goes by the oldest, and by none of the others")


def subsets(held: Held, host: str, namespace: str) -> set[str]:
    """The subsets that DestinationRules divide a host into."""
    wanted = mesh.whole(host, namespace)
    rules = [each for each in held.of("DestinationRule") if mesh.fits(mesh.whole(spec(each).get("host") or "", home(each)), wanted)]
    return {subset.get("name") or "" for rule in rules for subset in spec(rule).get("subsets") or ()}


def _leads(held: Held, route: Object) -> Iterator[Finding]:
    seen = set()
    for _, destination in mesh.destinations(route):
        host, port, subset = destination.get("host") or "", (destination.get("port") or {}).get("number"), destination.get("subset")
        if (host, port, subset) in seen:
            continue
        seen.add((host, port, subset))
        if mesh.service(held, host, home(route)) is None and mesh.entry_of(held, host) is None:
            wrong = f"leads to {mesh.whole(host, home(route))}, which no Service and no ServiceEntry has"
            yield Finding(place(route), wrong, "make that Service, or write another host")
            continue
        known = mesh.ports(held, host, home(route))
        if port is not None and known is not None and port not in known:
            yield Finding(place(route), f"leads to port {port} of {host}, which does not have it", "pulumi up --refresh")
        if subset is not None and subset not in subsets(held, host, home(route)):
            wrong = f"leads to subset {subset} of {host}, which no DestinationRule has: requests are answered with 503"
            yield Finding(place(route), wrong, f"add {subset} to spec.subsets of a DestinationRule for {host}")


def _shares(route: Object) -> Iterator[Finding]:
    """Istio itself takes any weights, as relative to each other: a stack's are percents, so others are a slip."""
    for protocol in ("http", "tls", "tcp") if owner(route) else ():
        for rule in spec(route).get(protocol) or ():
            weights = [each.get("weight") or 0 for each in rule.get("route") or ()]
            if len(weights) > 1 and sum(weights) != 100:
                said = " + ".join(map(str, weights))
                yield Finding(place(route), f"has shares that come to {sum(weights)} ({said})", "make them come to 100")
