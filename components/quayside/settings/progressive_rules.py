"""Checks of progressive delivery: with the rest of its service, and with what carries and counts its requests. Pure functions over plain
settings."""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import LEAVING, entry_kind, part, right
from quayside.settings.observability import enabled
from quayside.settings.types import Duration
from quayside.settings.versions_rules import ELSEWHERE, KINDS

Found = Iterator[tuple[str, str]]

KEY = "progressive"

LEAST_INTERVAL = 60
"""Seconds. Prometheus asks every 30 (addons/prometheus_values.py), and a rate is made of two answers."""

ENTRIES = ("gateway-api", "istio", "ingress-nginx")
"""Entries whose routes Argo Rollouts moves requests in."""

_CANNOT = {
    "direct": "sees connections alone, and requests are what is shared out; write blueGreen in its place, or {elsewhere}",
    "kong": "has an Ingress that cannot say shares, and tells nothing of single versions; write {elsewhere}",
}
"""Kind of entry → why a new version cannot take over there step by step."""


def progressive(service: Mapping[str, Any]) -> bool:
    """Whether a service asks for it: also with an empty map."""
    return isinstance(service.get(KEY), Mapping)


def any_progressive(spec: Mapping[str, Any]) -> bool:
    """Whether any service of a stack does."""
    return any(progressive(part(spec, "services", name)) for name in part(spec, "services"))


def controllers(environment: Any) -> int:
    """How many pods carry it out: one, in prod one more that takes over."""
    return 2 if environment == "prod" else 1


# of the steps


def steps_lead_up(asked: Mapping[str, Any]) -> Found:
    """A step leads to a share, and takes as long as there has to be something to look at."""
    step, most, interval = _number(asked.get("step", 10)), _number(asked.get("most", 50)), right(Duration, asked.get("interval"))
    if step is not None and most is not None and most < step:
        yield "most", f"is {most}, and the first step is {step} already; write {step} or more, or a smaller step"
    if interval is not None and interval.seconds < LEAST_INTERVAL:
        wrong = f"is {interval}, and Prometheus asks every 30s: less than two answers say nothing of what goes on"
        yield "interval", f"{wrong}; write 1m or more"


# of one service


def alone(service: Mapping[str, Any]) -> Found:
    """It decides about all requests, and about the image that runs."""
    if not progressive(service):
        return
    for kind in KINDS:
        if service.get(kind):
            wrong = f"cannot stand beside {kind}: both lead requests from one version to another"
            yield KEY, f"{wrong}; remove {kind}, or {KEY}"
    if service.get("replicas") == 0 and not service.get("scale"):
        yield "replicas", f"is 0, and {KEY} looks at requests that pods have answered; write 1 or more"


def patches_are_of_its_pods(service: Mapping[str, Any]) -> Found:
    """Pods are made by a Deployment, or by a Rollout."""
    patches, asked = part(service, "patches"), progressive(service)
    if asked and "Deployment" in patches:
        yield "patches.Deployment", f"has nothing to change: with {KEY} the pods are those of a Rollout; write patches.Rollout"
    if not asked and "Rollout" in patches:
        yield "patches.Rollout", f"has nothing to change: without {KEY} the pods are those of a Deployment; write patches.Deployment"


RULES = (alone, patches_are_of_its_pods)
"""Checks of one service."""


# of one service with what carries its requests


def carried(service: Mapping[str, Any], entry: Any) -> Found:
    """Whether its entry's routes can be moved in. entry: its kind."""
    if not progressive(service) or not isinstance(entry, str):
        return
    passed = [host for host in part(service, "hosts") if part(service, "hosts", host).get("tls") == "passthrough"]
    if not service.get("hosts"):
        wrong = "moves requests from outside, and the service has no hosts"
        yield KEY, f"{wrong}; write hosts, or canary with mesh.mode: sidecar, whose weight is yours to raise"
    elif service.get("protocol") == "tcp":
        yield KEY, "is for requests, and a service of protocol tcp has none; write blueGreen in its place"
    elif passed:
        wrong = f"is for requests, and nobody but the service sees those to {passed[0]} (tls: passthrough)"
        yield KEY, f"{wrong}; write tls: terminate, or blueGreen in its place"
    elif entry in _CANNOT:
        yield KEY, f"cannot be had from entry.kind: {entry}, which {_CANNOT[entry].format(elsewhere=ELSEWHERE)}"
    elif entry not in ENTRIES:
        yield KEY, f"needs an entry whose routes it moves requests in; write {ELSEWHERE}"
    if entry == "ingress-nginx" and part(service, "traffic", "loadBalancing", "hash").get("cookie"):
        wrong = (
            "keeps clients with the pods that they know, whatever share the new version is to have (ingress-nginx asks its cookie first)"
        )
        yield "traffic.loadBalancing.hash.cookie", f"{wrong}; write hash.header, or {ELSEWHERE}, or remove {KEY}"


def placed(service: Mapping[str, Any]) -> Found:
    """The rule of a service that stands alone: it is told its route, and the Prometheus that looks at it."""
    if not progressive(service):
        return
    route = service.get("route")
    yield from carried(service, route.get("entry", "gateway-api") if isinstance(route, Mapping) else "none")
    if not part(service, "monitoring").get("address"):
        yield KEY, "asks Prometheus how a new version does; write monitoring with its address, and the add-on argo-rollouts in the cluster"
    if service.get("leavingRoute") is not None:
        yield KEY, _MOVING.format(key="leavingRoute")
    if service.get("routeNamespace") is not None:
        wrong = "cannot move requests in another namespace's routes: Argo Rollouts looks for them beside the pods"
        yield KEY, f"{wrong}; remove routeNamespace, or {KEY}"


_MOVING = (
    "cannot stand beside {key}: its checks ask the one entry that has the requests, and they are about to move; "
    "remove it until the move is done (a canary can be had meanwhile)"
)


# of a whole stack


def progressive_is_carried(spec: Mapping[str, Any]) -> Found:
    """The rule of a whole stack."""
    services = part(spec, "services")
    for name in services:
        service, at = part(services, name), f"services.{name}"
        if not progressive(service):
            continue
        yield from ((f"{at}.{key}", message) for key, message in carried(service, entry_kind(spec)))
        if not enabled(spec, "metrics"):
            yield f"{at}.{KEY}", "asks Prometheus how a new version does, and there is none; write observability.metrics.enabled: true"
        if part(spec, LEAVING):
            yield f"{at}.{KEY}", _MOVING.format(key=LEAVING)


STACK_RULES = (progressive_is_carried,)
"""Checks of a whole stack's settings."""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
