"""What is told of services whose new versions take over step by step, and that they are not missed where Deployments are looked for."""

from typing import Any

import pytest

from unit.checks.cluster import SHOP, Cluster, found, ready, thing

HASH = {"rollouts-pod-template-hash": "abc"}


def rolled(cluster: Cluster, **told: Any) -> None:
    """The service's pods are a Rollout's, all is well but for what is told of it."""
    template = cluster.get("Deployment", "shop")["spec"]["template"]
    cluster.remove("Deployment", "shop")
    status = {"observedGeneration": "2", "availableReplicas": 1, "phase": "Healthy", **told.pop("status", {})}
    made = thing("Rollout", "shop", "shop", spec={"replicas": 1, "template": template, **told}, status=status)
    made["metadata"]["generation"] = 2
    cluster.add(made)
    cluster.get("Pod", "shop-1")["metadata"]["labels"] |= HASH
    cluster.get("HorizontalPodAutoscaler", "shop")["spec"]["scaleTargetRef"] = {"kind": "Rollout", "name": "shop"}
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    for side in ("stable", "next"):
        cluster.add(thing("Service", f"shop-{side}", "shop", spec={"selector": {**SHOP, **HASH}, "ports": ports}))
    for rule in cluster.get("Ingress", "shop")["spec"]["rules"]:
        rule["http"]["paths"][0]["backend"]["service"]["name"] = "shop-stable"


def test_nothing_is_found_where_all_is_well() -> None:
    assert found(rolled) == []


def test_nothing_is_found_while_a_new_version_takes_over() -> None:
    status = {"phase": "Progressing", "updatedReplicas": 0, "currentStepIndex": 2, "availableReplicas": 2}
    assert found(lambda cluster: rolled(cluster, status=status)) == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            {"status": {"abort": True, "phase": "Degraded", "message": "RolloutAborted: metric success-rate failed."}},
            "took its new version back, and the one before has all requests (RolloutAborted: metric success-rate failed); write an image",
        ),
        ({"status": {"abort": True}}, "kubectl argo rollouts retry rollout shop -n shop"),
        (
            {"status": {"pauseConditions": [{"reason": "InconclusiveAnalysisRun"}]}},
            "waits with its new version: its checks had no answer; see that it gets requests",
        ),
        ({"paused": True}, "is held by hand"),
        (
            {"status": ready("InvalidSpec", reason="InvalidSpec", message="no such Service")},
            "is not taken up (InvalidSpec: no such Service)",
        ),
        ({"status": {"observedGeneration": "1"}}, "has a change that its controller has not seen"),
        ({"status": {"availableReplicas": 0}}, "has 0 of 1 pods available"),
    ],
)
def test_each_thing_is_told_with_what_to_do(told: dict[str, Any], says: str) -> None:
    (finding,) = found(lambda cluster: rolled(cluster, **told))
    assert finding.startswith("Rollout shop/shop ")
    assert says in finding


def test_another_image_is_told() -> None:
    def change(cluster: Cluster) -> None:
        rolled(cluster)
        cluster.outputs["services"]["shop"]["image"] = "acme/shop:9"

    assert "Rollout shop/shop runs acme/shop:1, and the stack says acme/shop:9" in "".join(found(change))


def test_neither_rollout_nor_deployment_is_missed() -> None:
    def change(cluster: Cluster) -> None:
        rolled(cluster)
        cluster.remove("Rollout", "shop")

    assert "Deployment shop/shop is missing" in "".join(found(change))


def test_a_rollout_of_no_pods_has_no_pods_for_its_services() -> None:
    def change(cluster: Cluster) -> None:
        rolled(cluster, replicas=0)
        cluster.remove("Pod", "shop-1")

    assert not [each for each in found(change) if "selects no pods" in each]


def test_an_autoscaler_without_its_rollout_is_told() -> None:
    def change(cluster: Cluster) -> None:
        rolled(cluster)
        cluster.remove("Rollout", "shop")

    assert "HorizontalPodAutoscaler shop/shop scales Rollout shop, which does not exist" in "".join(found(change))
