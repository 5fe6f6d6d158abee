"""A stack is looked at: what the cluster holds once metrics, dashboards and traces are switched on, and that all of it goes again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .conftest import Project
from .stack_life import Life, quiet

MONITORING = "monitoring.coreos.com/v1"

SETTINGS = {
    "names.dns": "none",
    "entry.kind": "none",
    "certificates.enabled": False,
    "mesh.mode": "sidecar",
    "cluster.systemPool.size": "s-4vcpu-8gb",
    "services.hello.hosts": None,
    "services.hello.metrics.port": 9090,
    "observability.metrics.enabled": True,
    "observability.dashboards.enabled": True,
    "observability.mesh.enabled": True,
    "observability.tracing.enabled": True,
    "secrets.grafanaPassword": "not-a-real-secret",
}


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    project = Project(tmp_path_factory.mktemp("project"))
    for key, value in SETTINGS.items():
        project.edit("dev", key, value)
    yield Life(project, Rehearsal(sandbox, project.folder, "dev")).up()


def names(dev: Life, api: str, kind: str, namespace: str) -> set[str]:
    return {each["metadata"]["name"] for each in dev.api.list(api, kind, namespace)}


def test_a_second_preview_is_empty(dev: Life) -> None:
    assert quiet(dev.rehearsal.run("preview", "--refresh")).changed == []


def test_prometheus_and_what_shows_its_metrics_run(dev: Life) -> None:
    assert {"kube-prometheus-stack-operator", "kube-prometheus-stack-grafana", "kiali"} <= names(dev, "apps/v1", "Deployment", "monitoring")
    assert {"jaeger", "opentelemetry-collector"} <= names(dev, "apps/v1", "Deployment", "tracing")
    assert {"cert-manager", "ingress-nginx", "istiod", "istio-proxies"} <= names(dev, MONITORING, "PodMonitor", "monitoring")
    (prometheus,) = dev.api.list(MONITORING, "Prometheus", "monitoring")
    assert prometheus["spec"]["serviceMonitorSelector"] == {}  # every one counts
    assert prometheus["spec"]["retention"] == "7d"


def test_a_service_has_its_own(dev: Life) -> None:
    assert names(dev, MONITORING, "ServiceMonitor", "hello") == {"hello"}
    (rule,) = dev.api.list(MONITORING, "PrometheusRule", "hello")
    assert "ServiceErrors" in [each["alert"] for each in rule["spec"]["groups"][0]["rules"]]
    (dashboard,) = [each for each in dev.api.list("v1", "ConfigMap", "hello") if each["metadata"]["name"] == "hello-dashboard"]
    assert dashboard["metadata"]["annotations"]["grafana_folder"] == "hello"
    (policy,) = dev.api.list("networking.k8s.io/v1", "NetworkPolicy", "hello")
    assert [port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"] if "monitoring" in str(rule)] == [9090, 15020]


def test_switched_off_all_of_it_goes(dev: Life) -> None:
    for part in ("metrics", "dashboards", "mesh", "tracing"):
        dev.project.edit("dev", f"observability.{part}.enabled", False)
    dev.project.edit("dev", "services.hello.metrics", None)
    # not quiet: the plugin tells that the namespace waits for the claim of a volume, which waits for its pod
    changed = dev.rehearsal.up().check().changed
    assert not [line for line in changed if line.startswith("replace")]
    left = {each["metadata"]["name"] for each in dev.api.list("v1", "Namespace")}
    assert not {"monitoring", "tracing"} & left
    assert dev.api.list("v1", "PersistentVolume") == []
    assert names(dev, MONITORING, "PrometheusRule", "hello") == set()


def test_nothing_is_left(dev: Life) -> None:
    dev.rehearsal.destroy().check()
    store = dev.rehearsal.sandbox.store
    assert [each for kind in ("volumes", "kubernetesClusters") for each in store.list("digitalocean", kind)] == []
