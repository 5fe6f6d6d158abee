"""Autoscalers have something to scale, a range, and figures to go by."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, place, spec, title, why

METRICS = "v1beta1.metrics.k8s.io"
DISABLED = "ScalingDisabled"
"""Why no autoscaler acts on a workload of no pods."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    scalers = held.of("HorizontalPodAutoscaler")
    for each in scalers:
        target = spec(each).get("scaleTargetRef") or {}
        if (
            target.get("kind") in ("Deployment", "Rollout", "StatefulSet")
            and held.get(target["kind"], target.get("name"), home(each)) is None
        ):
            yield Finding(place(each), f"scales {target['kind']} {target.get('name')}, which does not exist", "pulumi up --refresh")
            continue
        least, most = spec(each).get("minReplicas", 1), spec(each).get("maxReplicas", 1)
        if least > most:
            yield Finding(place(each), f"has a range that ends before it begins ({least} to {most})", "set scale.min ≤ scale.max")
        for kind in ("AbleToScale", "ScalingActive"):
            found = condition(each, kind)
            if found.get("status") == "False" and found.get("reason") != DISABLED:
                look = f"kubectl describe hpa {title(each)} -n {home(each)}"
                yield Finding(place(each), f"cannot scale{why(found)}", f"{look}; see that metrics-server's pods run")
    if any(_measures_pods(each) for each in scalers) and held.get("APIService", METRICS) is None:
        yield Finding("the cluster", "has autoscalers and nothing that measures pods", "install metrics-server (quayside.MetricsServer)")


def _measures_pods(scaler: Object) -> bool:
    """Whether it goes by what pods use of their CPU or memory, and not by figures from elsewhere."""
    metrics = spec(scaler).get("metrics")
    return metrics is None or any(each.get("type") in ("Resource", "ContainerResource") for each in metrics)
