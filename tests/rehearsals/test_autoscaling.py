"""Where metrics-server runs, the real autoscaler scales: the sandbox says how busy pods are."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quayside_sandbox.controlplane import load
from quayside_sandbox.controlplane.load import Load
from quayside_sandbox.kube import Api
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, available, condition, deployment, eventually

METRICS, SCALING = "metrics.k8s.io/v1beta1", "autoscaling/v2"
HOME = "metrics-server"


@pytest.fixture(scope="module")
def kubeconfig(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "kubeconfig"
    file.write_text(sandbox.local_cluster("plain", NODES))
    return file


@pytest.fixture(scope="module")
def api(kubeconfig: Path) -> Iterator[Api]:
    client = Api.from_kubeconfig(kubeconfig.read_text())
    client.create(namespace("shop"))
    requests = {"requests": {"cpu": "100m", "memory": "64Mi"}}
    client.create(deployment("web", namespace="shop", resources=requests))
    client.create(deployment("calm", namespace="shop", resources=requests))
    for name in ("web", "calm"):
        client.create(autoscaler(name))
    yield client
    client.close()


def namespace(name: str, **labels: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def autoscaler(name: str) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5, "metrics": [metric]}
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": SCALING, "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}


def helm(sandbox: Sandbox, kubeconfig: Path, *words: str) -> None:
    command = [sandbox.folder.read_settings()["tools"]["helm"], *words, "--kubeconfig", str(kubeconfig), "--namespace", HOME]
    answer = subprocess.run([*command, "--wait", "--timeout", "2m"], capture_output=True, text=True, env=sandbox.environment(), check=False)
    assert answer.returncode == 0, answer.stderr


def scaling(api: Api, name: str) -> Object:
    return condition(api.get(SCALING, "HorizontalPodAutoscaler", name, "shop"), "ScalingActive")


def test_without_metrics_server_an_autoscaler_knows_nothing(api: Api) -> None:
    assert api.kinds(METRICS) == []
    eventually(lambda: available(api, "web", 2, "shop"), "the least number of pods")
    assert eventually(lambda: scaling(api, "web"), "the autoscaler to have looked")["reason"] == "FailedGetResourceMetric"


def test_busy_pods_become_more(sandbox: Sandbox, kubeconfig: Path, api: Api) -> None:
    api.create(namespace(HOME, **{"pod-security.kubernetes.io/enforce": "restricted"}))
    chart = f"{sandbox.folder.read_settings()['chart_folder']}/{HOME}"
    helm(sandbox, kubeconfig, "install", HOME, chart)

    def served() -> bool:
        found = api.get("apiregistration.k8s.io/v1", "APIService", "v1beta1.metrics.k8s.io")
        return condition(found, "Available").get("status") == "True"

    eventually(served, "the metrics API to be there")
    eventually(lambda: scaling(api, "web").get("status") == "True", "the autoscaler to find its measure")
    assert {item["metadata"]["name"] for item in api.list(METRICS, "NodeMetrics")} == {"one", "two"}
    assert len(api.list(METRICS, "PodMetrics", "shop", labels="app=web")) == 2
    load.set(sandbox.folder, "shop/web-*", Load(cpu=90))
    eventually(lambda: available(api, "web", 5, "shop"), "the greatest number of pods", 90)
    found = api.get(SCALING, "HorizontalPodAutoscaler", "calm", "shop")["status"]
    assert found["desiredReplicas"] == 2
    assert found["currentMetrics"][0]["resource"]["current"]["averageUtilization"] == 20


def test_kubectl_shows_who_is_busy(sandbox: Sandbox, kubeconfig: Path) -> None:
    kubectl = sandbox.folder.read_settings()["tools"]["kubectl"]
    command = [kubectl, "--kubeconfig", str(kubeconfig), "top", "pods", "--namespace", "shop", "--no-headers"]
    shown = subprocess.run(command, capture_output=True, text=True, env=sandbox.environment(), check=True).stdout
    assert len(shown.splitlines()) == 7
    assert {line.split()[1] for line in shown.splitlines() if line.startswith("web-")} == {"90m"}


def test_namespaces_go_also_after_it(sandbox: Sandbox, kubeconfig: Path, api: Api) -> None:
    """A metrics API that nobody answers would hold all of them (kubernetes/kubernetes#60807)."""
    helm(sandbox, kubeconfig, "uninstall", HOME)
    for name in ("shop", HOME):
        api.delete("v1", "Namespace", name)
    eventually(lambda: not {"shop", HOME} & {each["metadata"]["name"] for each in api.list("v1", "Namespace")}, "the namespaces to go")
    assert METRICS not in api.versions()
