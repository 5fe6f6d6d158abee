"""How many rules a service's HTTPRoute has, and whether there is room for them: the arithmetic of edge.http_route_rules, before anything is made.

An HTTPRoute has 16 rules with 64 matches and 16 backends each and 128 matches in all (its definition, v1.6.1: maxItems, and its validation in CEL).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from quayside.settings.claims import part, paths
from quayside.settings.hosts import EVERYWHERE
from quayside.settings.traffic.index import TrafficSettings, refused
from quayside.settings.traffic.profiles import effective
from quayside.settings.traffic.redirects import places
from quayside.settings.traffic.timeout import apart
from quayside.settings.versions_rules import versions

Found = Iterator[tuple[str, str]]

RULES, MATCHES, MATCHES_OF_A_RULE = 16, 128, 64

BACKENDS = 16


def rules_have_room(service: Mapping[str, Any], traffic: TrafficSettings | None, planes: list[str]) -> Found:
    """At the Gateway API's entry each host has an HTTPRoute, in ambient mode the service has one for all of its callers inside."""
    for host in part(service, "hosts") if "gateway-api" in planes else ():
        yield from _found(f"hosts.{host}.paths", service, traffic, "gateway-api", paths(service, host))
    if len(part(service, "variants")) >= BACKENDS and {"gateway-api", "ambient"} & set(planes):
        wrong = f"are {len(part(service, 'variants'))}, and an HTTPRoute leads to {BACKENDS} versions at most, the main one among them"
        yield "variants", f"{wrong}; write fewer"
    if "ambient" in planes:
        yield from _found("traffic.timeout.paths", service, traffic, "ambient", EVERYWHERE)


def rules(service: Mapping[str, Any], traffic: TrafficSettings | None, plane: str, paths: Mapping[str, str]) -> tuple[list[int], list[str]]:
    """Matches of each rule, and what makes them many."""
    found = {name: spec for name, spec in effective(traffic).policies.items() if not refused(name, spec, plane)}
    led = [each for key, each in versions(service).items() if key != "blueGreen" and each.get("verdict") is None]
    named = [len(part(each, "match").get("users") or "1") for each in led if part(each, "match")]
    shares = [each.get("weight") or 0 for each in led if each.get("weight")]
    sticky = any(each.get("sticky") is True and each.get("weight") for each in led)
    remembered = len(shares) + (sum(shares) < 100) if sticky else 0
    slow = [len(there) for _, there in apart(found["timeout"].paths, paths)] if "timeout" in found else []
    sizes = [count * size for size in [*slow, len(paths)] for count in (*named, *[1] * remembered, 1)]
    why = [f"{len(paths)} {'path' if len(paths) == 1 else 'paths'}"]
    why += [f"{len(slow)} more with a time of their own (traffic.timeout.paths)"] if slow else []
    why += [f"{sum(named)} conditions of versions for each (match)"] if named else []
    why += [f"{remembered} versions to stay with for each (sticky)"] if sticky else []
    if alone := "rewrite" in found and found["rewrite"].prefix is not None:
        sizes = [1] * sum(sizes)
        why.append("a rule for each of these (traffic.rewrite.prefix)")
    if "retries" in found and found["retries"].idempotent_only and not _grpc_alone(service, found, led, paths):
        sizes = [size for each in sizes for size in ([1, 1, each] if alone else [2 * each, each])]
        why.append("and again for POST and PATCH (traffic.retries)")
    if "redirects" in found:
        there = places(found["redirects"])
        sizes += [len(sources) for _, sources in there]
        why.append(f"{len(there)} places that traffic.redirects lead to")
    return sizes, why


def _found(key: str, service: Mapping[str, Any], traffic: TrafficSettings | None, plane: str, paths: Mapping[str, str]) -> Found:
    sizes, why = rules(service, traffic, plane, paths)
    named = [each for each, version in versions(service).items() if len(part(version, "match").get("users") or "") > len(paths)]
    key = f"{named[0]}.match.users" if named else key
    for count, room, what in (
        (len(sizes), RULES, "rules"),
        (sum(sizes), MATCHES, "conditions in all"),
        (max(sizes), MATCHES_OF_A_RULE, "conditions of one rule"),
    ):
        if count > room:
            wrong = f"come to {count} {what}, and an HTTPRoute has room for {room} ({', '.join(why)})"
            yield key, f"{wrong}; write fewer of them, or {'entry.kind: istio' if plane == 'gateway-api' else 'mesh.mode: sidecar'}"
            return


def _grpc_alone(service: Mapping[str, Any], found: Mapping[str, Any], led: list[Mapping[str, Any]], paths: Mapping[str, str]) -> bool:
    """Whether a GRPCRoute says all there is to say (http_route_rules.speaks_grpc_only): all of its requests are POST."""
    queries = any(part(each, "match").get("query") for each in led)
    return service.get("protocol") == "grpc" and paths == EVERYWHERE and "timeout" not in found and not queries
