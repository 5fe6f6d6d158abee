"""What the simulated metrics API says of pods and nodes, and how busy pods are told to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from quayside_sandbox.controlplane import load
from quayside_sandbox.controlplane.load import Load
from quayside_sandbox.controlplane.metrics_api import MetricsApi, usage
from quayside_sandbox.controlplane.pod_answers import answer
from quayside_sandbox.folder import Folder
from quayside_sandbox.kube import Api

from .fake_cluster import FakeCluster

ROOT = "/apis/metrics.k8s.io/v1beta1"
REQUESTS = {"cpu": "250m", "memory": "128Mi"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def metrics(cluster: FakeCluster, folder: Folder) -> MetricsApi:
    for name, ready in (("one", "True"), ("lost", "Unknown")):
        cluster.put("Node", name, status={"conditions": [{"type": "Ready", "status": ready}]})
    pod(cluster, "web-1")
    pod(cluster, "web-2")
    pod(cluster, "web-3", node="lost")
    pod(cluster, "web-4", phase="Pending")
    pod(cluster, "job", namespace="other", labels={"app": "job"})
    return MetricsApi(folder, cast(Api, cluster))


def pod(cluster: FakeCluster, name: str, namespace: str = "shop", node: str = "one", phase: str = "Running", **metadata: Any) -> None:
    spec = {"nodeName": node, "containers": [{"name": "app", "image": "i", "resources": {"requests": REQUESTS}}]}
    cluster.put("Pod", name, namespace, spec=spec, status={"phase": phase}, metadata={"labels": {"app": "web"}, **metadata})


def names(metrics: MetricsApi, path: str) -> set[str]:
    status, found = metrics.respond("GET", ROOT + path)
    assert status == 200
    return {item["metadata"]["name"] for item in found["items"]}


def test_pods_are_measured_in_the_documented_shape(metrics: MetricsApi) -> None:
    _, found = metrics.respond("GET", f"{ROOT}/namespaces/shop/pods/web-1")
    times = {found.pop("timestamp"), found["metadata"].pop("creationTimestamp")}
    assert len(times) == 1
    assert found == {
        "kind": "PodMetrics",
        "apiVersion": "metrics.k8s.io/v1beta1",
        "metadata": {"name": "web-1", "namespace": "shop", "labels": {"app": "web"}},
        "window": "5s",
        "containers": [{"name": "app", "usage": {"cpu": "50000000n", "memory": "65536Ki"}}],
    }


def test_only_pods_that_run_on_a_node_that_answers_are_measured(metrics: MetricsApi) -> None:
    assert names(metrics, "/namespaces/shop/pods") == {"web-1", "web-2"}
    assert names(metrics, "/pods") == {"web-1", "web-2", "job"}
    assert names(metrics, "/pods?labelSelector=app%3Djob&limit=500") == {"job"}


def test_a_node_uses_what_its_pods_use(metrics: MetricsApi) -> None:
    status, found = metrics.respond("GET", f"{ROOT}/nodes")
    [node] = found["items"]
    assert (status, node["metadata"]["name"], node["usage"]) == (200, "one", {"cpu": "150000000n", "memory": "196608Ki"})


def test_discovery_is_answered_and_what_is_unknown_is_not_found(metrics: MetricsApi) -> None:
    status, found = metrics.respond("GET", ROOT)
    assert (status, {each["name"] for each in found["resources"]}) == (200, {"nodes", "pods"})
    for path in ("/openapi/v2", "/openapi/v3", "/apis", f"{ROOT}9", f"{ROOT}/services", f"{ROOT}/nodes/lost"):
        assert metrics.respond("GET", path)[0] == 404, path
    assert metrics.respond("DELETE", f"{ROOT}/nodes/one")[0] == 404


def test_only_pods_of_metrics_server_answer(cluster: FakeCluster, metrics: MetricsApi) -> None:
    def asked(name: str) -> int:
        one = {"metadata": {"namespace": "m", "name": "p", "labels": {"app.kubernetes.io/name": name}}, "spec": {}}
        return answer(cast(Api, cluster), metrics, one, "GET", ROOT, b"")[0]

    assert (asked("metrics-server"), asked("web")) == (200, 503)


def test_pods_are_as_busy_as_they_are_told(metrics: MetricsApi, folder: Folder) -> None:
    load.set(folder, "shop/web-*", Load(cpu=200, memory=10))
    load.set(folder, "*/web-2", Load(cpu=0))
    _, found = metrics.respond("GET", f"{ROOT}/pods")
    cpu = {item["metadata"]["name"]: item["containers"][0]["usage"]["cpu"] for item in found["items"]}
    assert cpu == {"web-1": "500000000n", "web-2": "0n", "job": "50000000n"}
    load.set(folder, "shop/web-*", Load(cpu=100))
    assert load.rules(folder)[-1] == {"pod": "shop/web-*", "cpu": 100, "memory": 50}
    load.clear(folder)
    assert load.rules(folder) == []


def test_nobody_uses_more_than_the_limit() -> None:
    container = {"resources": {"requests": REQUESTS, "limits": {"cpu": "300m"}}}
    assert usage(container, Load(cpu=200, memory=300)) == {"cpu": "300000000n", "memory": "393216Ki"}
    assert usage({}, Load()) == {"cpu": "0n", "memory": "0Ki"}


@pytest.mark.parametrize(("match", "busy"), [("web-*", Load()), ("shop/web", Load(cpu=-1))])
def test_what_makes_no_sense_is_refused(folder: Folder, match: str, busy: Load) -> None:
    with pytest.raises(ValueError, match=r"shop/web-\*|0 percent"):
        load.set(folder, match, busy)
