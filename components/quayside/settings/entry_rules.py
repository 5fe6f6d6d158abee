"""Checks of the entry: what its keys mean for the kind that it is. Pure functions over plain maps (see base.Rule)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import DEFAULT_ENTRY, part
from quayside.settings.types import Memory

Found = Iterator[tuple[str, str]]

NO_BODY_LIMIT = {
    "gateway-api": "its proxies pass bodies of any size",
    "istio": "its proxies pass bodies of any size",
    "direct": "a load balancer does not look into requests",
}
"""Kinds of entries that have no limit of their own to a body, and why."""

NO_MANIFESTS_IN_REGISTRIES = (
    "is a registry, which holds charts and not the Gateway API's definitions; write a directory or an http:// address as mirror, "
    "or install them yourself and write entry.installCrds: false"
)

OVERLAYS = ("deployment", "horizontalPodAutoscaler", "podDisruptionBudget", "service", "serviceAccount")
"""Objects of a Gateway that Istio makes and lets others add to (istio.io, 'Kubernetes Gateway API', automated deployment)."""

_OWN_LOAD_BALANCER = {
    "ingress-nginx": ("controller", "service"),
    "gateway-api": ("service", "spec", "type"),
    "istio": ("service",),
    "kong": ("proxy", "type"),
}
"""Where each chart's values make a Service of its own."""


def body_has_limit(entry: Mapping[str, Any]) -> Found:
    """nginx takes zero for no limit at all (its client_max_body_size)."""
    size = entry.get("maxBody")
    if isinstance(size, Memory) and not size.amount:
        yield "maxBody", "is zero, which would allow bodies of any size; write a size such as 20Mi"


def body_limit_is_kept(entry: Mapping[str, Any]) -> Found:
    """A limit that nobody keeps would be believed in."""
    kind = str(entry.get("kind", DEFAULT_ENTRY))
    why = NO_BODY_LIMIT.get(kind)
    if why and entry.get("maxBody") is not None:
        yield (
            "maxBody",
            f"has no meaning for entry.kind: {kind}, because {why}; write services.<name>.traffic.maxBody, or remove it",
        )


def one_load_balancer(entry: Mapping[str, Any]) -> Found:
    """The chart's own Service would be a second load balancer, paid for and in nobody's care."""
    path = _OWN_LOAD_BALANCER.get(str(entry.get("kind", DEFAULT_ENTRY)))
    if path and part(entry, "values", *path[:-1]).get(path[-1]):
        yield f"values.{'.'.join(path)}", "would make a load balancer beside the entry's own; write what you need under loadBalancer"


def overlays_are_known(entry: Mapping[str, Any]) -> Found:
    """Istio overlooks what it does not know."""
    if entry.get("kind", DEFAULT_ENTRY) == "gateway-api":
        for key in part(entry, "values"):
            if key not in OVERLAYS:
                yield f"values.{key}", f"is no object that Istio makes for a Gateway; write what you need under {', '.join(OVERLAYS)}"


def direct_has_a_service(entry: Mapping[str, Any]) -> Found:
    """Somebody has to take the requests, and nobody but pods of one service does."""
    kind = entry.get("kind", DEFAULT_ENTRY)
    direct = kind == "direct"
    if direct and entry.get("service") is None:
        yield "service", "is missing: entry.kind direct leads to the pods of one service; write its name, or entry.kind: gateway-api"
    if not direct and entry.get("service") is not None:
        yield "service", f"has no meaning for entry.kind: {kind}, which leads by host names; remove it, or write kind: direct"


def direct_has_no_pods(entry: Mapping[str, Any]) -> Found:
    """Keys of what runs in the cluster."""
    if entry.get("kind") != "direct":
        return
    if entry.get("replicas") not in (None, 1):
        yield "replicas", "are of an entry's own pods, and entry.kind direct has none; write services.<name>.replicas, and remove it"
    if entry.get("values"):
        yield "values", "are for an entry's chart, and entry.kind direct has none; remove them"


KIND_RULES = (
    body_has_limit,
    body_limit_is_kept,
    one_load_balancer,
    overlays_are_known,
    direct_has_a_service,
    direct_has_no_pods,
)
"""Checks of the entry's settings alone."""
