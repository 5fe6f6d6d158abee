"""The simulated node agent of Istio: which pods are taken into an ambient mesh."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.istio import Ambient
from quayside_sandbox.controlplane.controllers.istio.ambient import INJECTED, MODE, REDIRECTION

from .fake_cluster import FakeCluster, running


@pytest.fixture
def ambient(cluster: FakeCluster) -> FakeCluster:
    for name, labels in (("cni", {"k8s-app": "istio-cni-node"}), ("ztunnel", {"app": "ztunnel"})):
        template = {"metadata": {"labels": labels}}
        cluster.put("DaemonSet", name, "istio-system", "apps/v1", spec={"template": template}, status={"numberReady": 2})
    cluster.put("Namespace", "shop", metadata={"labels": {MODE: "ambient"}})
    cluster.put("Namespace", "edge", metadata={"labels": {}})
    return cluster


def redirected(cluster: FakeCluster, name: str = "web", namespace: str = "shop") -> str | None:
    simulator = Ambient(cluster.around)
    simulator.reconcile()
    before = cluster.writes
    simulator.reconcile()
    assert cluster.writes == before
    return (cluster.get("v1", "Pod", name, namespace)["metadata"].get("annotations") or {}).get(REDIRECTION)


def test_pods_of_a_labelled_namespace_are_taken_in(ambient: FakeCluster) -> None:
    ambient.put(**running("web", "shop", {}))
    ambient.put(**running("web", "edge", {}))
    assert redirected(ambient) == "enabled"
    assert redirected(ambient, namespace="edge") is None


def test_a_pod_that_leaves_is_let_go(ambient: FakeCluster) -> None:
    ambient.put(**running("web", "shop", {}))
    assert redirected(ambient) == "enabled"
    ambient.get("v1", "Namespace", "shop")["metadata"]["labels"] = {}
    assert redirected(ambient) is None


@pytest.mark.parametrize(
    ("metadata", "spec"), [({"labels": {MODE: "none"}}, {}), ({"annotations": {INJECTED: "{}"}}, {}), ({}, {"hostNetwork": True})]
)
def test_who_stays_out(ambient: FakeCluster, metadata: Any, spec: Any) -> None:
    given = running("web", "shop", {})
    ambient.put(**{**given, "metadata": {**given["metadata"], **metadata}, "spec": {**given["spec"], **spec}})
    assert redirected(ambient) is None


def test_without_ztunnel_nothing_happens(ambient: FakeCluster) -> None:
    ambient.get("apps/v1", "DaemonSet", "ztunnel", "istio-system")["status"] = {}
    ambient.put(**running("web", "shop", {}))
    assert redirected(ambient) is None
