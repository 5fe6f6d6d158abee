"""Authorization, said to the mesh: by sidecars, or in ambient mode by nodes (connections) and waypoints (requests)."""

from typing import Any

from quayside.edge.contract import Manifest, Parts
from quayside.settings.traffic.authorization import AuthorizationSettings, CallerSettings
from quayside.settings.traffic.words import Caller, RequestPath
from quayside.traffic.contract import Subject
from quayside.traffic.objects import SECURITY, manifest, selectors, targets, waypoint_principal

EXAMPLES = {
    "its own namespace and the entry": AuthorizationSettings(),
    "one caller, all it asks": AuthorizationSettings(allow={Caller("monitoring/prometheus"): CallerSettings()}),
    "one caller, to read": AuthorizationSettings(
        allow={Caller("shop"): CallerSettings(methods=["GET"], paths=[RequestPath("/orders"), RequestPath("/orders/*")])}
    ),
}


def render(spec: AuthorizationSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    In ambient mode there are two halves: the nodes let in whole callers and the waypoint, the waypoint checks who came to it, and what for.
    Both are there in any case: which other policy brings a waypoint is not known here, and without one its half does nothing.
    """
    whole = [caller for caller, each in spec.allow.items() if not each.in_part]
    in_part = {caller: each for caller, each in spec.allow.items() if each.in_part}
    if plane == "sidecar":
        return Parts(objects=_at_pods(subject, _rules(spec, subject, [*whole, *in_part], spec.allow)))
    by_waypoint = {"from": [{"source": {"principals": [waypoint_principal(subject)]}}]}
    at_waypoint = manifest(
        SECURITY,
        "AuthorizationPolicy",
        f"{subject.service}-callers-at-waypoint",
        subject,
        {"targetRefs": targets(subject), "action": "ALLOW", "rules": _rules(spec, subject, [*whole, *in_part], spec.allow)},
    )
    at_pods = _at_pods(subject, [*_rules(spec, subject, whole, {}), by_waypoint])
    return Parts(objects=[*at_pods, at_waypoint], waypoint=bool(in_part))


def principal(caller: str) -> str:
    """The identity of a caller. One without a namespace has its own, named like it."""
    namespace, _, account = caller.rpartition("/")
    return f"cluster.local/ns/{namespace or account}/sa/{account}"


def _at_pods(subject: Subject, rules: list[dict[str, Any]]) -> list[Manifest]:
    return [
        manifest(SECURITY, "AuthorizationPolicy", f"{name}-callers", subject, {"selector": chosen, "action": "ALLOW", "rules": rules})
        for name, chosen in selectors(subject)
    ]


def _rules(spec: AuthorizationSettings, subject: Subject, callers: list[str], asked: Any) -> list[dict[str, Any]]:
    """A rule for each kind of caller. Without any, nobody may call: an empty list, which is not the same as none."""
    namespaces = [
        *([subject.namespace] if spec.own_namespace else []),
        *([subject.entry_namespace, *subject.further_entries] if subject.entry_namespace and (subject.hosts or subject.tcp) else []),
    ]
    rules: list[dict[str, Any]] = [{"from": [{"source": {"namespaces": namespaces}}]}] if namespaces else []
    free = [principal(caller) for caller in callers if caller not in asked or not asked[caller].in_part]
    if free:
        rules.append({"from": [{"source": {"principals": sorted(free)}}]})
    return rules + [
        {"from": [{"source": {"principals": [principal(caller)]}}], "to": [{"operation": _operation(asked[caller])}]}
        for caller in sorted(set(callers) & set(asked))
        if asked[caller].in_part
    ]


def _operation(caller: CallerSettings) -> dict[str, Any]:
    said = {"methods": list(caller.methods), "paths": list(caller.paths)}
    return {key: value for key, value in said.items() if value}
