"""Nodes can be drained: no disruption budget forbids every eviction, or the vendor's upgrades would hang on it."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, home, place, spec, status


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. A budget that pods without an answer use up for now is not meant: that is said of the pods."""
    for budget in held.ours("PodDisruptionBudget"):
        selector = spec(budget).get("selector") or {}
        if not held.pods(home(budget), selector):
            if held.wants_pods(budget, selector):
                yield Finding(place(budget), "selects no pods", f"compare it with `kubectl get pods -n {home(budget)} --show-labels`")
            continue
        expected, must = int(status(budget).get("expectedPods") or 0), int(status(budget).get("desiredHealthy") or 0)
        if 0 < expected <= must:
            wrong = f"forbids every eviction: {must} of {expected} pods must stay"
            yield Finding(place(budget), wrong, "let one be missing (maxUnavailable: 1), or run one pod more")
