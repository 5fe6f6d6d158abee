"""A Prometheus and an Alertmanager become StatefulSets, and learn how many of their pods run."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.prometheus_operator import API, PrometheusOperator
from quayside_sandbox.controlplane.injectors import prometheus_operator as injector
from quayside_sandbox.kube.client import Object

from .fake_cluster import AVAILABLE, FakeCluster

SIZE = {"requests": {"cpu": "100m", "memory": "400Mi"}}
LABELS = {"app": "kube-prometheus-stack-operator", "app.kubernetes.io/component": "prometheus-operator"}


@pytest.fixture
def monitored(cluster: FakeCluster) -> FakeCluster:
    args = ["--config-reloader-cpu-request=10m", "--config-reloader-memory-request=0", "--config-reloader-memory-limit=50Mi"]
    spec = {"template": {"spec": {"containers": [{"name": "operator", "args": args}]}}}
    cluster.put("Deployment", "operator", "seen", "apps/v1", metadata={"labels": LABELS}, spec=spec, status=AVAILABLE)
    claim = {"resources": {"requests": {"storage": "5Gi"}}}
    own = {"replicas": 2, "image": "p:1", "resources": SIZE, "portName": "http-web", "storage": {"volumeClaimTemplate": {"spec": claim}}}
    cluster.put("Prometheus", "main", "seen", API, spec=own)
    cluster.put("Alertmanager", "main", "seen", API, spec={"replicas": 1, "image": "a:1"})
    return cluster


def made(cluster: FakeCluster, name: str) -> Any:
    return cluster.get("apps/v1", "StatefulSet", name, "seen")


def test_what_each_becomes(monitored: FakeCluster) -> None:
    PrometheusOperator(monitored.around).reconcile()
    found = made(monitored, "prometheus-main")
    assert found["spec"]["replicas"] == 2
    main, beside = found["spec"]["template"]["spec"]["containers"]
    assert (main["name"], main["image"], main["resources"]) == ("prometheus", "p:1", SIZE)
    assert beside["resources"] == {"requests": {"cpu": "10m"}, "limits": {"memory": "50Mi"}}
    [claim] = found["spec"]["volumeClaimTemplates"]
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
    [owner] = found["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("Prometheus", "main", True)
    assert found["spec"]["selector"]["matchLabels"].items() <= found["spec"]["template"]["metadata"]["labels"].items()
    other = made(monitored, "alertmanager-main")
    assert "volumeClaimTemplates" not in other["spec"]
    assert monitored.get("v1", "Service", "alertmanager-operated", "seen")["spec"]["clusterIP"] == "None"


def test_the_status_follows_the_pods(monitored: FakeCluster) -> None:
    simulator = PrometheusOperator(monitored.around)
    simulator.reconcile()
    assert status(monitored) == (0, 2, "False")
    made(monitored, "prometheus-main")["status"] = {"readyReplicas": 2}
    simulator.reconcile()
    assert status(monitored) == (2, 0, "True")
    writes = monitored.writes
    simulator.reconcile()
    assert monitored.writes == writes, "nothing is written where nothing changed"
    monitored.get(API, "Prometheus", "main", "seen")["spec"]["replicas"] = 3
    simulator.reconcile()
    assert made(monitored, "prometheus-main")["spec"]["replicas"] == 3


def status(cluster: FakeCluster) -> tuple[int, int, str]:
    told = cluster.get(API, "Prometheus", "main", "seen")["status"]
    [up] = [each["status"] for each in told["conditions"] if each["type"] == "Available"]
    return told["availableReplicas"], told["unavailableReplicas"], up


def test_nothing_is_made_before_the_operator_runs_or_without_its_definitions(monitored: FakeCluster) -> None:
    monitored.missing = ("Alertmanager",)
    assert PrometheusOperator(monitored.around).reconcile() is not None, "it looks again"
    monitored.missing = ()
    monitored.get("apps/v1", "Deployment", "operator", "seen")["status"] = {}
    PrometheusOperator(monitored.around).reconcile()
    assert not monitored.list("apps/v1", "StatefulSet")


def test_its_webhooks_get_their_authority() -> None:
    ours: Object = {"metadata": {}, "webhooks": [{"name": "prometheusrulemutate.monitoring.coreos.com"}]}
    assert injector.concerns(ours)
    assert not injector.concerns({"metadata": {}, "webhooks": [{"name": "validations.kong.konghq.com"}]})
    assert not injector.concerns({"metadata": {}})
    assert injector.works({"kind": "Deployment", "metadata": {"labels": LABELS}, "status": AVAILABLE})
    assert not injector.works({"kind": "Deployment", "metadata": {"labels": {"app": "x-operator"}}, "status": AVAILABLE})
