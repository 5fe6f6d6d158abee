"""How many pods a service has, who says so, and how many of them a drained node may take at once.

Fixed replicas are Pulumi's, and what it applies is forced: after a `kubectl scale`, or an autoscaler that was here before, the field has
another owner, and the server would refuse it (pulumi-kubernetes#2491).

With `scale` they are the autoscaler's. The Deployment then says with how many pods it starts, and Pulumi is told to ignore that field from
then on (IGNORED). Leaving it out instead would be a gap in service: server-side apply sets a field that its only owner takes back to its
default, 1 (Kubernetes' documentation, 'Transferring ownership'). Ignored, the plugin applies the live value as long as the field is still
ours, and leaves it out as soon as the autoscaler has changed it, which makes it the autoscaler's alone. So a service passes from a fixed
number to a range without losing a pod, no `up` ever takes back what the autoscaler did, and another range changes the autoscaler only.

The way back: the Deployment is updated first and the autoscaler goes last, so it may once more set a number of its own in between. Whoever
minds writes scale.min = scale.max first, or runs `pulumi up --refresh` after it.
"""

from collections.abc import Mapping
from typing import Any

from quayside.settings.service import ServiceSettings
from quayside.workloads.metadata import Manifest, metadata, selector

IGNORED = ["spec.replicas"]
"""What Pulumi leaves to the autoscaler."""

CALM = 300
"""Seconds that the autoscaler waits, for what it saw to last, before it takes pods away. Kubernetes' own default."""


def first_replicas(spec: ServiceSettings) -> Any:
    """The number of pods that the Deployment asks for: for good, or where an autoscaler starts from."""
    if spec.scale is None:
        return spec.replicas
    given, least = spec.replicas, spec.scale.min
    return max(given, least) if isinstance(given, int) and isinstance(least, int) else least


def several(spec: ServiceSettings) -> bool:
    """Whether there may be more than one pod. What is not known yet may be."""
    most: Any = spec.replicas if spec.scale is None else spec.scale.max
    return not isinstance(most, int) or most > 1


def autoscaler(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings, pods: Manifest) -> Manifest:
    """The HorizontalPodAutoscaler of a service with `scale`. pods: what makes its pods.

    It adds pods at once and takes away at most half of them a minute, after five minutes in which fewer were enough.
    """
    assert spec.scale is not None
    targets = {"cpu": spec.scale.cpu, "memory": spec.scale.memory}
    metrics = [
        {"type": "Resource", "resource": {"name": resource, "target": {"type": "Utilization", "averageUtilization": share}}}
        for resource, share in targets.items()
        if share is not None
    ]
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(name, home, labels),
        "spec": {
            "scaleTargetRef": {"apiVersion": pods["apiVersion"], "kind": pods["kind"], "name": name},
            "minReplicas": spec.scale.min,
            "maxReplicas": spec.scale.max,
            "metrics": metrics,
            "behavior": {
                "scaleDown": {
                    "stabilizationWindowSeconds": CALM,
                    "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}],
                }
            },
        },
    }


def disruption_budget(name: str, home: Any, labels: Mapping[str, str]) -> Manifest:
    """Nodes are drained one pod of the service at a time. Pods that do not answer anyway hold up no drain."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name, home, labels),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": selector(name)},
        },
    }
