"""Every DestinationRule is for a host that somebody has, by itself, in words that Istio still knows, and its subsets have pods."""

from collections import defaultdict
from collections.abc import Iterator

from quayside.checks import mesh
from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, home, place, spec

GONE = "LEAST_CONN"
"""Istio's former word, deprecated since 1.13 in favour of LEAST_REQUEST."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    shaped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in held.ours("DestinationRule"):
        host = spec(rule).get("host") or ""
        if "*" not in host:
            found = mesh.service(held, host, home(rule))
            if found is None and mesh.entry_of(held, host) is None:
                wrong = f"is for {mesh.whole(host, home(rule))}, which no Service and no ServiceEntry has"
                yield Finding(place(rule), wrong, "write a host that there is: this one's rules count for nobody")
            elif found is not None:
                yield from _subsets(held, rule, found)
        if any((policy.get("loadBalancer") or {}).get("simple") == GONE for policy in _policies(rule)):
            yield Finding(place(rule), f"says {GONE}, which Istio has given up", "write LEAST_REQUEST")
        if spec(rule).get("trafficPolicy") and not spec(rule).get("workloadSelector"):
            shaped[home(rule), mesh.whole(host, home(rule))].append(place(rule))
    for (_, host), rules in shaped.items():
        if len(rules) > 1:
            wrong = f"both say how {host} is called"
            yield Finding(" and ".join(rules), wrong, "make one of them: Istio goes by the trafficPolicy of the oldest alone")


def _policies(rule: Object) -> Iterator[Object]:
    """All that is said of how a host is called: for all of it, for its subsets, and for single ports of either."""
    for each in (spec(rule), *(spec(rule).get("subsets") or ())):
        policy = each.get("trafficPolicy") or {}
        yield policy
        yield from policy.get("portLevelSettings") or ()


def _subsets(held: Held, rule: Object, called: Object) -> Iterator[Finding]:
    """A subset's pods are those of the Service that have its labels as well."""
    chosen = spec(called).get("selector")
    for subset in spec(rule).get("subsets") or ():
        wanted = {"matchLabels": {**(chosen or {}), **(subset.get("labels") or {})}}
        if chosen and not held.pods(home(called), wanted) and held.wants_pods(called, wanted):
            said = ", ".join(f"{key}={value}" for key, value in (subset.get("labels") or {}).items())
            wrong = f"has subset {subset.get('name')}, which no pod of {mesh.whole(spec(rule)['host'], home(rule))} is in ({said})"
            yield Finding(place(rule), wrong, f"compare it with `kubectl get pods -n {home(called)} --show-labels`")
