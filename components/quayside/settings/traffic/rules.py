"""Checks of traffic policies: with each other, and with the data planes that carry a service's requests. Pure functions over plain maps."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from quayside.settings.claims import DEFAULT_ENTRY, entry_kind, part, paths
from quayside.settings.traffic.index import ANY_PROTOCOL, TrafficSettings, one_is_enough, policies, refused
from quayside.settings.traffic.profiles import effective
from quayside.settings.traffic.room import rules_have_room
from quayside.settings.traffic.timeout import apart

Found = Iterator[tuple[str, str]]

KEYS = {name: str(field.alias) for name, field in TrafficSettings.model_fields.items()}
"""Policy → its key in the settings."""

_NO_PLANE = "has nothing to work with: no data plane carries the service's requests; write hosts (with an entry), or mesh.mode: sidecar"
_NO_REQUESTS = "is about HTTP requests, and protocol is tcp; remove it, or write protocol: http"


def policies_fit_together(service: Mapping[str, Any]) -> Found:
    """Policies that need one another, profiles included."""
    traffic = traffic_of(service)
    if traffic is None:
        return
    found, protocol = effective(traffic).policies, service.get("protocol", "http")
    timeout, retries, balancing = (found.get(name) for name in ("timeout", "retries", "load_balancing"))
    if timeout and retries:
        needed = retries.attempts * retries.per_try.milliseconds
        sum_ = f"{retries.attempts} attempts × {retries.per_try} per try = {_span(needed)}"
        for key, request in {"request": timeout.request, **{f"paths.{path}": each for path, each in timeout.paths.items()}}.items():
            if request.milliseconds <= needed:
                wrong = f"is {request}, and retries alone may take {sum_}; write more than {_span(needed)}"
                yield f"traffic.timeout.{key}", f"{wrong}, or fewer attempts or a shorter perTry under retries"
    rewrite = found.get("rewrite")
    if timeout and timeout.paths and rewrite and rewrite.prefix is not None:
        wrong = "cannot stand beside rewrite.prefix, which would be put in the place of these paths too"
        yield "traffic.timeout.paths", f"{wrong}; remove one of them"
    if timeout and timeout.paths and service.get("progressive") is not None:
        wrong = "cannot stand beside progressive, which moves the shares of one rule alone"
        yield "traffic.timeout.paths", f"{wrong}; write the longest time as request"
    if protocol == "grpc" and traffic.retries and retries and retries.idempotent_only:
        wrong = "is true, and gRPC's requests are all POST: none would be tried again"
        yield "traffic.retries.idempotentOnly", f"{wrong}; write false, if the service bears to be asked twice, or retries: null"
    if balancing and (balancing.locality or balancing.failover) and "outlier_detection" not in found:
        key = "failover" if balancing.failover else "locality"
        wrong = "needs outlierDetection: without it Istio never learns that pods nearby fail"
        yield f"traffic.loadBalancing.{key}", f"{wrong}; write it, such as profile: base"
    if protocol == "tcp" and balancing and balancing.chosen == "consistent-hash" and balancing.hash and not balancing.hash.source_address:
        yield "traffic.loadBalancing.hash", "looks into HTTP requests, and protocol is tcp; write hash.sourceAddress: true"


def planes_can_do_it(spec: Mapping[str, Any]) -> Found:
    """A rule of the whole stack: what a service states, each data plane in use can do."""
    kind = entry_kind(spec)
    mesh = part(spec, "mesh").get("mode", "off")
    for name in part(spec, "services"):
        service = part(spec, "services", name)
        for key, message in _refused(service, (kind if service.get("hosts") and kind != "none" else None, mesh)):
            yield f"services.{name}.{key}", message


def placed_policies_can_be_done(service: Mapping[str, Any]) -> Found:
    """The same for a service that stands alone: it is told its route and its mesh."""
    route = service.get("route")
    kind = part(service, "route").get("entry", DEFAULT_ENTRY) if service.get("hosts") and isinstance(route, Mapping) else None
    yield from _refused(service, (kind, part(service, "mesh").get("mode", "off")))


def traffic_of(service: Mapping[str, Any]) -> TrafficSettings | None:
    """A service's traffic settings, None where there are none or something is wrong with them: that is reported elsewhere."""
    said = service.get("traffic")
    if not isinstance(said, Mapping):
        return None
    try:
        return TrafficSettings.model_validate(said, by_alias=True, by_name=True)
    except ValidationError:
        return None


def _refused(service: Mapping[str, Any], planes: Iterable[Any]) -> Found:
    traffic = traffic_of(service)
    known = [plane for plane in planes if isinstance(plane, str) and plane != "off"]
    if service.get("protocol") != "tcp":
        yield from rules_have_room(service, traffic, known)
    if traffic is None:
        return
    found = effective(traffic)
    if traffic.timeout and not {"sidecar", "ambient"} & set(known):
        yield from _led_nowhere(service, traffic.timeout.paths)
    for policy, _ in policies(traffic):
        key, spec = f"traffic.{KEYS[policy]}", found.policies[policy]
        if not known:
            yield key, _NO_PLANE
        elif service.get("protocol") == "tcp" and policy not in ANY_PROTOCOL:
            yield key, _NO_REQUESTS
        else:
            by_plane = [refused(policy, spec, plane) for plane in known]
            if not (one_is_enough(policy) and not all(by_plane)):
                # two planes that refuse the same thing for the same reason are one problem
                said = dict.fromkeys(each for found_there in by_plane for each in found_there)
                yield from ((f"{key}.{below}" if below else key, message) for below, message in said)


def _led_nowhere(service: Mapping[str, Any], own: Iterable[str]) -> Found:
    """Paths with a time of their own that lead nobody to a service which is called from outside alone."""
    led = [paths(service, host) for host in part(service, "hosts")]
    for path in own:
        if led and not any(list(apart([path], there)) for there in led):
            yield (
                f"traffic.timeout.paths.{path}",
                "is on none of the paths that lead to the service; write one of hosts.<host>.paths, or remove it",
            )


def _span(milliseconds: int) -> str:
    """A span as settings write it."""
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"
