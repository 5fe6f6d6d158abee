"""How many pods a service has, and who says so."""

from typing import Any

import pulumi
import pytest

from quayside.settings.service import ServiceSettings
from quayside.workloads import scaling
from unit.workloads.specs import spec

PODS = {"apiVersion": "apps/v1", "kind": "Deployment"}


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 1),
        ({"replicas": 0}, 0),
        ({"replicas": 3}, 3),
        ({"scale": {"min": 2, "max": 5}}, 2),
        ({"scale": {"min": 2, "max": 5}, "replicas": 4}, 4),
    ],
)
def test_the_number_to_start_with(given: dict[str, Any], count: int) -> None:
    assert scaling.first_replicas(spec(**given)) == count


def test_what_is_known_late() -> None:
    least = pulumi.Output.from_input(2)
    found = ServiceSettings.model_validate({"image": "acme/shop:1", "scale": {"min": least, "max": least}})
    assert scaling.first_replicas(found) is least
    assert scaling.several(found)
    assert scaling.several(ServiceSettings.model_validate({"image": "acme/shop:1", "replicas": least}))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, False),
        ({"replicas": 2}, True),
        ({"scale": {"min": 1, "max": 2}}, True),
        ({"scale": {"min": 1, "max": 1}}, False),
    ],
)
def test_whether_there_may_be_several(given: dict[str, Any], expected: bool) -> None:
    assert scaling.several(spec(**given)) is expected


def metric(resource: str, share: int) -> dict[str, Any]:
    return {"type": "Resource", "resource": {"name": resource, "target": {"type": "Utilization", "averageUtilization": share}}}


def test_the_autoscaler() -> None:
    found = scaling.autoscaler("shop", "home", {"team": "a"}, spec(scale={"min": 2, "max": 5}), PODS)
    assert (found["apiVersion"], found["kind"]) == ("autoscaling/v2", "HorizontalPodAutoscaler")
    assert found["metadata"] == {"name": "shop", "namespace": "home", "labels": {"team": "a"}}
    assert found["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"},
        "minReplicas": 2,
        "maxReplicas": 5,
        "metrics": [metric("cpu", 70)],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300, "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}]}},
    }


def test_memory_is_looked_at_where_asked_for() -> None:
    found = scaling.autoscaler("shop", "home", {}, spec(scale={"min": 2, "max": 5, "cpu": 60, "memory": 80}), PODS)
    assert found["spec"]["metrics"] == [metric("cpu", 60), metric("memory", 80)]


def test_nodes_are_drained_one_pod_at_a_time() -> None:
    found = scaling.disruption_budget("shop", "home", {})
    assert (found["apiVersion"], found["kind"]) == ("policy/v1", "PodDisruptionBudget")
    assert found["spec"] == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"}},
    }
