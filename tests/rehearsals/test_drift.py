"""Objects of a service changed and deleted behind Pulumi's back: `preview --refresh` shows it, `up --refresh` repairs it.

Fields that controllers own are no drift, and nobody fights over them. Without `--refresh` Pulumi does not look at the cluster at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

PROGRAM = Path(__file__).parent / "programs" / "service"
ARGS = {"image": "ghcr.io/acme/shop:1", "scale": {"min": 2, "max": 6}, "replicas": 2}
VERSIONS = {"Service": "v1", "Deployment": "apps/v1", "HorizontalPodAutoscaler": "autoscaling/v2", "NetworkPolicy": "networking.k8s.io/v1"}
SERVICE, AUTOSCALER = "kubernetes:core/v1:Service::shop", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler::shop"


class Shop:
    """A service with an autoscaler, up."""

    def __init__(self, stack: Rehearsal, api: Api) -> None:
        self.stack, self.api = stack, api

    def get(self, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(VERSIONS[kind], kind, "shop", "shop")
        return found

    def patch(self, kind: str, change: dict[str, Any]) -> None:
        """As somebody with kubectl would, or a controller."""
        self.api.patch(VERSIONS[kind], kind, "shop", change, "shop")


@pytest.fixture(scope="module")
def shop(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    program = tmp_path_factory.mktemp("program") / "service"
    shutil.copytree(PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    nodes = [{"name": "one", "cpu": "8", "memory": "16Gi", "pods": "110"}]
    (program / "kubeconfig").write_text(sandbox.local_cluster("drift", nodes=nodes))
    (program / "service.json").write_text(json.dumps(ARGS))
    stack = Rehearsal(sandbox, program, "drift")
    stack.up().check()
    api = stack.api("drift")
    yield Shop(stack, api)
    api.close()


def test_what_controllers_write_is_no_drift_and_what_somebody_changed_is_repaired(shop: Shop) -> None:
    before = {kind: shop.get(kind) for kind in VERSIONS}
    # controllers: the autoscaler's count, a restart, a cloud's notes; status and cluster address are the API server's own
    shop.patch("Deployment", {"spec": {"replicas": 5}, "metadata": {"annotations": {"acme.com/seen": "yes"}}})
    shop.patch("Service", {"metadata": {"annotations": {"acme.com/load-balancer-id": "123"}, "labels": {"acme.com/by": "them"}}})
    # somebody with kubectl
    shop.patch("HorizontalPodAutoscaler", {"spec": {"maxReplicas": 50}})
    shop.patch("Service", {"spec": {"ports": [{**before["Service"]["spec"]["ports"][0], "targetPort": 9999}]}})

    assert shop.stack.preview().check().changed == [], "Pulumi compares the program with its state, not with the cluster"
    seen = shop.stack.preview("--refresh").check()
    assert seen.changed == [f"update {AUTOSCALER}", f"update {SERVICE}"]
    shop.stack.up("--refresh").check()

    after = {kind: shop.get(kind) for kind in VERSIONS}
    assert after["HorizontalPodAutoscaler"]["spec"]["maxReplicas"] == 6
    assert after["Service"]["spec"] == before["Service"]["spec"]  # cluster address included
    assert after["Service"]["metadata"]["annotations"]["acme.com/load-balancer-id"] == "123"
    assert after["Service"]["metadata"]["labels"]["acme.com/by"] == "them"
    assert after["Deployment"]["metadata"]["annotations"]["acme.com/seen"] == "yes"
    assert after["Deployment"]["metadata"]["generation"] == before["Deployment"]["metadata"]["generation"] + 1, "by the autoscaler alone"


def test_what_somebody_deleted_is_made_again(shop: Shop) -> None:
    for kind in ("Service", "HorizontalPodAutoscaler"):
        shop.api.delete(VERSIONS[kind], kind, "shop", "shop")
    seen = shop.stack.preview("--refresh").check()
    assert seen.changed == [f"create {AUTOSCALER}", f"create {SERVICE}"]
    shop.stack.up("--refresh").check()
    assert shop.get("HorizontalPodAutoscaler")["spec"]["maxReplicas"] == 6
    assert shop.get("Service")["spec"]["selector"]
    assert shop.stack.preview("--refresh").check().changed == []
