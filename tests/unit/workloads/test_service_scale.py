"""A service whose number of pods is the autoscaler's, as it is registered."""

from typing import Any

import pytest

from quayside.settings.problems import InvalidSettings
from unit.workloads.specs import Late, shop

RANGE = {"min": 2, "max": 4}


def test_pulumi_leaves_the_number_to_the_autoscaler() -> None:
    pods = shop(scale=RANGE).one("Deployment")
    assert list(pods.request.ignoreChanges) == ["spec.replicas"]
    assert pods.inputs["spec"]["replicas"] == 2
    assert "pulumi.com/patchForce" not in pods.inputs["metadata"]["annotations"]


def test_a_fixed_number_is_pulumis() -> None:
    pods = shop(replicas=3).one("Deployment")
    assert list(pods.request.ignoreChanges) == []
    assert pods.inputs["metadata"]["annotations"]["pulumi.com/patchForce"] == "true"


def test_the_autoscaler_comes_after_its_pods() -> None:
    scaler = shop(scale=RANGE).one("HorizontalPodAutoscaler")
    assert (scaler.inputs["spec"]["minReplicas"], scaler.inputs["spec"]["maxReplicas"]) == (2, 4)
    assert any("Deployment::shop" in urn for urn in scaler.request.dependencies)
    assert shop(replicas=3).of("HorizontalPodAutoscaler") == []


@pytest.mark.parametrize(
    ("args", "count"),
    [({}, 0), ({"replicas": 2}, 1), ({"scale": RANGE}, 1), ({"replicas": Late(1)}, 1)],
    ids=["one", "two", "range", "unknown"],
)
def test_a_budget_where_there_may_be_several(args: dict[str, Any], count: int) -> None:
    assert len(shop(**args).of("PodDisruptionBudget")) == count


def test_a_range_that_is_known_late() -> None:
    recorded = shop(scale={"min": Late(2), "max": Late(3)})
    assert recorded.one("Deployment").inputs["spec"]["replicas"] == 2
    assert recorded.one("HorizontalPodAutoscaler").inputs["spec"]["maxReplicas"] == 3


@pytest.mark.parametrize(
    ("scale", "line"),
    [
        ({"min": 4, "max": 2}, "scale.min is more than max (4 > 2); write min ≤ max"),
        (
            {**RANGE, "cpu": 400},
            "scale.cpu cannot be passed: limits let a pod use 400% of the cpu it requests; write less than 400, or greater limits",
        ),
    ],
)
def test_ranges_are_checked(scale: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        shop(scale=scale)
    assert error.value.lines == [line]
