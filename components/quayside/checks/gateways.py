"""Every Gateway runs, every listener and route of the Gateway API has been taken, and leads to a Service and a port that exist."""

from collections.abc import Iterator

from quayside.checks.answers import GATEWAY_API, GATEWAY_ROUTES, backends, entries, parent
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, place, spec, status, title, why

_LOOK = "look at the log of the control plane's pods (kubectl logs -n istio-system -l app=istiod)"


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for gateway in held.ours("Gateway", "ListenerSet"):
        if str(gateway.get("apiVersion", GATEWAY_API)).startswith(GATEWAY_API):
            yield from _runs(held, gateway)
    for route in held.ours(*GATEWAY_ROUTES):
        for reference in entries(route):
            yield from _taken(held, route, reference)
        yield from _leads(held, route)


def _runs(held: Held, gateway: Object) -> Iterator[Finding]:
    """Of a ListenerSet whose certificate is still on the way no more is asked than that it was taken."""
    for asked in ("Accepted",) if gateway["kind"] == "ListenerSet" and _awaits(held, gateway) else ("Accepted", "Programmed"):
        found = condition(gateway, asked)
        if found.get("status") != "True":
            said = "has not been taken" if asked == "Accepted" else "does not run yet"
            yield Finding(place(gateway), f"{said}{why(found)}", _LOOK)
            return


def _awaits(held: Held, gateway: Object) -> bool:
    """Whether a certificate of its listeners is not there yet, or is none of cert-manager's, of which nobody knows."""
    wanted = {
        each.get("name") for one in spec(gateway).get("listeners") or () for each in (one.get("tls") or {}).get("certificateRefs") or ()
    }
    there = {spec(each).get("secretName") for each in held.of("Certificate") if condition(each, "Ready").get("status") == "True"}
    return not wanted <= there


def _taken(held: Held, route: Object, reference: Object) -> Iterator[Finding]:
    named = f"{reference.get('kind') or 'Gateway'} {reference.get('namespace') or home(route)}/{reference.get('name')}"
    if parent(held, route, reference) is None:
        yield Finding(place(route), f"is for {named}, which does not exist", "pulumi up --refresh makes it again")
        return
    wanted = (reference.get("name"), reference.get("sectionName"))
    told = [each for each in status(route).get("parents") or () if _names(each.get("parentRef") or {}) == wanted]
    if not told:
        yield Finding(place(route), f"has not been taken by {named}", _LOOK)
    for each in told:
        for asked in ("Accepted", "ResolvedRefs"):
            found = condition({"status": each}, asked)
            if found.get("status") != "True":
                look = f"kubectl get {route['kind'].lower()} {title(route)} -n {home(route)} -o yaml shows all"
                yield Finding(place(route), f"is not led by {named}{why(found)}", f"pulumi up --refresh; {look}")
                break


def _names(reference: Object) -> tuple[object, object]:
    return reference.get("name"), reference.get("sectionName")


def _leads(held: Held, route: Object) -> Iterator[Finding]:
    seen = set()
    for backend in backends(route):
        name, port, where = backend.get("name"), backend.get("port"), backend.get("namespace") or home(route)
        if (name, port, where) in seen:
            continue
        seen.add((name, port, where))
        service = held.get("Service", name, where)
        if service is None:
            yield Finding(place(route), f"leads to Service {where}/{name}, which does not exist", "pulumi up")
        elif port not in [each.get("port") for each in spec(service).get("ports") or ()]:
            yield Finding(place(route), f"leads to port {port}, which Service {where}/{name} does not have", "pulumi up")
