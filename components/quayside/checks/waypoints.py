"""In ambient mode: what only a waypoint can do has one. ztunnel carries connections, and passes over what is said of requests."""

from collections.abc import Iterator
from typing import Any

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, place, spec, status, title, why

_CLASS = "istio-waypoint"

_OF_REQUESTS = ("methods", "notMethods", "paths", "notPaths", "hosts", "notHosts")
_OF_TOKENS = ("requestPrincipals", "notRequestPrincipals", "remoteIpBlocks", "notRemoteIpBlocks")

_ADD = "let its Service go by a waypoint (label istio.io/use-waypoint)"


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    for called in held.ours("Service"):
        asked = mesh.waypoint(held, called)
        if asked is not None and mesh.mode(held, home(called)) == "ambient":
            yield from _there(held, called, *asked)
    for route in held.ours("HTTPRoute", "GRPCRoute"):
        for reference in spec(route).get("parentRefs") or ():
            if reference.get("kind") == "Service":
                yield from _inside(held, route, reference)
    for route in held.ours("VirtualService"):
        if mesh.in_mesh(route):
            for host in spec(route).get("hosts") or ():
                yield from _needed(held, route, mesh.service(held, host, home(route)), "is a route inside the mesh")
    for rule in held.ours("DestinationRule"):
        shaped = mesh.service(held, spec(rule).get("host") or "", home(rule))
        if shaped is not None and not _entered(held, shaped):  # an entry of Istio's heeds it as well
            yield from _needed(held, rule, shaped, "says how a Service is called")
    for policy in held.ours("AuthorizationPolicy", "RequestAuthentication", "WasmPlugin"):
        yield from _policy(held, policy)


def needs_requests(policy: Object) -> bool:
    """Whether a policy is about requests, which ztunnel does not see."""
    if policy["kind"] != "AuthorizationPolicy" or spec(policy).get("action") in ("CUSTOM", "AUDIT"):
        return True
    return any(_about_requests(rule) for rule in spec(policy).get("rules") or ())


def _about_requests(rule: Object) -> bool:
    operations: list[dict[str, Any]] = [each.get("operation") or {} for each in rule.get("to") or ()]
    sources: list[dict[str, Any]] = [each.get("source") or {} for each in rule.get("from") or ()]
    return (
        any(key in each for each in operations for key in _OF_REQUESTS)
        or any(key in each for each in sources for key in _OF_TOKENS)
        or any(str(each.get("key")).startswith(("request.", "experimental.")) for each in rule.get("when") or ())
    )


def _there(held: Held, called: Object, where: str, name: str) -> Iterator[Finding]:
    """One that is not there is no harm as long as nothing is said to it: a Service keeps the label of the one that it had."""
    gateway = _gateway(held, where, name)
    if gateway is not None and spec(gateway).get("gatewayClassName") != _CLASS:
        yield Finding(place(called), f"goes by Gateway {where}/{name}, which is no waypoint", f"write one of class {_CLASS}")


def _inside(held: Held, route: Object, reference: Object) -> Iterator[Finding]:
    where = reference.get("namespace") or home(route)
    called = held.get("Service", reference.get("name"), where)
    if called is None:
        wrong = f"is for Service {where}/{reference.get('name')}, which does not exist"
        yield Finding(place(route), wrong, "pulumi up --refresh makes it again")
        return
    if reference.get("port") not in (None, *(each.get("port") for each in spec(called).get("ports") or ())):
        yield Finding(place(route), f"is for port {reference['port']}, which {place(called)} does not have", "pulumi up --refresh")
    for told in status(route).get("parents") or ():
        about = told.get("parentRef") or {}
        if (about.get("kind"), about.get("name")) == ("Service", reference.get("name")):
            refused = next(
                (each for each in ("Accepted", "ResolvedRefs") if condition({"status": told}, each).get("status") == "False"), None
            )
            if refused:
                wrong = f"is not heeded for {place(called)}{why(condition({'status': told}, refused))}"
                yield Finding(place(route), wrong, f"kubectl get {route['kind'].lower()} {title(route)} -n {home(route)} -o yaml shows all")
    yield from _needed(held, route, called, "is a route inside the mesh")


def _needed(held: Held, asking: Object, called: Object | None, what: str) -> Iterator[Finding]:
    if called is None or mesh.mode(held, home(called)) != "ambient":
        return
    asked = mesh.waypoint(held, called)
    if asked is None:
        yield Finding(place(asking), f"{what}, and {place(called)} has no waypoint: nobody heeds it", _ADD)
    elif _gateway(held, *asked) is None:
        wrong = f"{what}, and {place(called)} goes by waypoint {'/'.join(asked)}, which does not exist: nobody heeds it"
        yield Finding(place(asking), wrong, "pulumi up --refresh makes it again")


def _gateway(held: Held, where: str, name: str) -> Object | None:
    found = (each for each in held.of("Gateway", namespace=where) if title(each) == name)
    return next((each for each in found if not mesh.is_of(each, "networking.istio.io")), None)


def _entered(held: Held, called: Object) -> bool:
    """Whether one of Istio's entries leads to a Service: that heeds how it is called."""
    where, name = home(called), title(called)
    for route in held.ours("VirtualService"):
        if any(True for _ in mesh.gateways_of(held, route)):
            led = (mesh.service(held, each.get("host") or "", home(route)) for _, each in mesh.destinations(route))
            if any(each is called for each in led):
                return True
    return any(
        (each.get("namespace") or home(route), each.get("name")) == (where, name)
        for route in held.ours("HTTPRoute", "GRPCRoute", "TLSRoute")
        if any((one.get("kind") or "Gateway") != "Service" for one in spec(route).get("parentRefs") or ())
        for rule in spec(route).get("rules") or ()
        for each in rule.get("backendRefs") or ()
    )


def _policy(held: Held, policy: Object) -> Iterator[Finding]:
    """What is bound to a Service is for its waypoint; what selects pods is for their nodes, unless the pods are proxies themselves."""
    for target in spec(policy).get("targetRefs") or ([spec(policy)["targetRef"]] if spec(policy).get("targetRef") else ()):
        if target.get("kind") == "Service":
            called = held.get("Service", target.get("name"), home(policy))
            # callers who go by ztunnel alone are checked there, by a policy of their own (see traffic.authorization)
            if called is not None and needs_requests(policy):
                yield from _needed(held, policy, called, "is about requests")
    selector = spec(policy).get("selector")
    if selector and needs_requests(policy):
        unseen = [pod for pod in held.pods(home(policy), selector) if mesh.is_member(held, pod) and not mesh.has_proxy(pod)]
        if unseen:
            wrong = f"is about requests, and selects pods without a proxy ({title(unseen[0])}): ztunnel sees none"
            yield Finding(place(policy), wrong, "bind it to the Service (targetRefs), and let that go by a waypoint")
