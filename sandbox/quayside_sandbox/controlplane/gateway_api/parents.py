"""Which listeners a route is bound to, and why to others it is not."""

from __future__ import annotations

from dataclasses import dataclass

from ...kube.client import Object
from .listeners import Listener, Problem
from .names import meet
from .resources import GROUP, Resources


@dataclass(frozen=True)
class Bond:
    """One parentRef of a route with one listener of that parent; `listener` is None where the parent is a Service (the mesh)."""

    reference: Object
    listener: Listener | None
    refusal: Problem | None


def bonds(route: Object, resources: Resources) -> list[Bond]:
    """Every listener that the route's parents have. A parent that is not there, or somebody else's, gives none."""
    found: list[Bond] = []
    mine = route["metadata"].get("namespace", "")
    for reference in route["spec"].get("parentRefs") or []:
        group, kind = reference.get("group", GROUP), reference.get("kind", "Gateway")
        namespace = reference.get("namespace") or mine
        if (group, kind) == ("", "Service"):
            there = resources.services(reference["name"], namespace) is not None
            refusal = None if there else ("NoMatchingParent", f'parent service: "{reference["name"]}" not found')
            found.append(Bond(reference, None, refusal))
        elif group == GROUP and kind in ("Gateway", "ListenerSet"):
            listeners = resources.listeners.get((kind, namespace, reference["name"]), [])
            found += [Bond(reference, listener, _refusal(route, reference, listener, resources)) for listener in listeners]
    return found


def _refusal(route: Object, reference: Object, listener: Listener, resources: Resources) -> Problem | None:
    """In Istio's order (conversion.go, referenceAllowed)."""
    if reference.get("port") not in (None, listener.port):
        return "NoMatchingParent", f"port {reference['port']} not found"
    if reference.get("sectionName") not in (None, "", listener.name):
        return "NoMatchingParent", f'sectionName "{reference["sectionName"]}" not found'
    namespace = route["metadata"].get("namespace", "")
    if not any(meet(listener.hostname, host) for host in route["spec"].get("hostnames") or ["*"]):
        return "NoMatchingListenerHostname", f'no hostnames matched parent hostname "{listener.hostname}"'
    if not listener.takes(namespace, resources.namespaces):
        why = f'hostnames matched parent hostname "{listener.hostname}", but namespace "{namespace}" is not allowed by the parent'
        return "NotAllowedByListeners", why
    if route["kind"] not in listener.kinds()[0]:
        return "NotAllowedByListeners", f"kind {GROUP}/v1/{route['kind']} is not allowed"
    return None
