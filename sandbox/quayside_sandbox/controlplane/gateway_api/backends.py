"""What a route leads to, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from ...kube.client import Object
from .listeners import Problem
from .resources import Resources


def references(route: Object) -> Iterator[Object]:
    """Every Service that a route sends requests to, mirrors included; those that get none (weight 0) left out, as Istio does."""
    for rule in route["spec"].get("rules") or []:
        yield from (each for each in rule.get("backendRefs") or [] if each.get("weight", 1) != 0)
        for each in rule.get("filters") or []:
            if each.get("type") == "RequestMirror":
                yield each["requestMirror"]["backendRef"]


def unresolved(route: Object, resources: Resources) -> Problem | None:
    """The last problem, which is the one that Istio reports."""
    problems = [found for reference in references(route) if (found := problem(route, reference, resources))]
    return problems[-1] if problems else None


def problem(route: Object, reference: Object, resources: Resources) -> Problem | None:
    """Of one backendRef (conversion.go, buildDestination)."""
    mine = route["metadata"].get("namespace", "")
    name, namespace = reference["name"], reference.get("namespace") or mine
    group, kind = reference.get("group") or "", reference.get("kind") or "Service"
    if not resources.granted(route, kind, name, namespace, group):
        why = f'backendRef {name}/{namespace} not accessible to a {route["kind"]} in namespace "{mine}" (missing a ReferenceGrant?)'
        return "RefNotPermitted", why
    if (group, kind) != ("", "Service"):
        return "InvalidKind", f'referencing unsupported backendRef: group "{group}" kind "{kind}"'
    if "port" not in reference:
        return "InvalidDestination", "port is required in backendRef"
    if resources.services(name, namespace) is None:
        return "BackendNotFound", f"backend({name}.{namespace}.svc.cluster.local) not found"
    return None
