"""What values change in the stand-ins of what shows a mesh; that their objects are the real ones' is test_stand_in_charts.py's."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml

from .rendering import Object, by_name, helm_template, render

SIZED = {"requests": {"cpu": "10m", "memory": "40Mi"}, "limits": {"memory": "128Mi"}}
STACK = "kube-prometheus-stack"
COLLECTOR: Object = {"mode": "deployment", "image": {"repository": "otel/opentelemetry-collector-k8s"}}


def only(objects: list[Object], kind: str) -> Any:
    [found] = by_name(objects, kind).values()
    return found


def containers(workload: Object) -> dict[str, Object]:
    return {each["name"]: each for each in workload["spec"]["template"]["spec"]["containers"]}


# -- kube-prometheus-stack --------------------------------------------------------------------------------------------------------


def test_prometheus_and_alertmanager_are_sized() -> None:
    claim = {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "5Gi"}}}}}
    spec = {
        "retention": "7d",
        "retentionSize": "4GB",
        "resources": SIZED,
        "storageSpec": claim,
        "replicas": 2,
        "externalLabels": {"a": "b"},
    }
    values = {
        "fullnameOverride": "seen",
        "prometheus": {"prometheusSpec": spec, "podDisruptionBudget": {"enabled": True}},
        "alertmanager": {"alertmanagerSpec": {"resources": SIZED, "storage": claim}, "config": {"route": {"receiver": "us"}}},
    }
    objects = render(STACK, "rel", values=values)
    prometheus, alertmanager = only(objects, "Prometheus"), only(objects, "Alertmanager")
    assert prometheus["spec"] | {"storage": claim, **{key: spec[key] for key in spec if key != "storageSpec"}} == prometheus["spec"]
    assert "storageSpec" not in prometheus["spec"]
    assert (alertmanager["spec"]["storage"], alertmanager["spec"]["resources"]) == (claim, SIZED)
    assert [each["metadata"]["name"] for each in (prometheus, alertmanager)] == ["seen-prometheus", "seen-alertmanager"]
    secret = by_name(objects, "Secret")["alertmanager-seen-alertmanager"]["data"]["alertmanager.yaml"]
    assert yaml.safe_load(base64.b64decode(secret)) == {"route": {"receiver": "us"}}
    assert by_name(objects, "PodDisruptionBudget")["seen-prometheus"]["spec"]["minAvailable"] == 1
    assert prometheus["spec"]["alerting"]["alertmanagers"][0]["name"] == "seen-alertmanager"


def test_whom_prometheus_watches() -> None:
    labelled = only(render(STACK, "rel"), "Prometheus")["spec"]
    assert labelled["serviceMonitorSelector"] == labelled["ruleSelector"] == {"matchLabels": {"release": "rel"}}
    free = {f"{kind}SelectorNilUsesHelmValues": False for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")}
    chosen = {"ruleSelector": {"matchLabels": {"x": "y"}}, "serviceMonitorNamespaceSelector": {"matchLabels": {"n": "m"}}}
    spec = only(render(STACK, "rel", values={"prometheus": {"prometheusSpec": {**free, **chosen}}}), "Prometheus")["spec"]
    assert (spec["serviceMonitorSelector"], spec["podMonitorSelector"]) == ({}, {})
    assert spec | chosen == spec


def test_every_part_is_sized() -> None:
    values = {
        "prometheusOperator": {
            "resources": SIZED,
            "prometheusConfigReloader": {"resources": SIZED},
            "admissionWebhooks": {"patch": {"resources": SIZED}},
        },
        "grafana": {"resources": SIZED, "sidecar": {"resources": SIZED}},
        "kube-state-metrics": {"resources": SIZED},
        "prometheus-node-exporter": {"resources": SIZED, "tolerations": [{"operator": "Exists"}]},
    }
    objects = render(STACK, "rel", values=values)
    running = [entry for kind in ("Deployment", "DaemonSet", "Job") for entry in by_name(objects, kind).values()]
    sizes = {name: container.get("resources") for entry in running for name, container in containers(entry).items()}
    assert len(sizes) == 8
    assert {name for name, size in sizes.items() if size != SIZED} == set()
    operator = containers(by_name(objects, "Deployment")["rel-kube-prometheus-stack-operator"])[STACK]
    assert "--config-reloader-memory-limit=128Mi" in operator["args"]
    assert only(objects, "DaemonSet")["spec"]["template"]["spec"]["tolerations"] == [{"operator": "Exists"}]


def test_grafana_keeps_what_it_has_and_takes_a_password_from_a_secret() -> None:
    values = {
        "grafana": {
            "admin": {"existingSecret": "login"},
            "persistence": {"enabled": True, "size": "2Gi", "storageClassName": "fast"},
            "grafana.ini": {"server": {"root_url": "https://seen.example.com"}},
            "additionalDataSources": [{"name": "Tempo", "type": "tempo"}],
        }
    }
    objects = render(STACK, "rel", values=values)
    claim = only(objects, "PersistentVolumeClaim")
    assert (claim["metadata"]["name"], claim["spec"]["storageClassName"]) == ("rel-grafana", "fast")
    assert claim["spec"]["resources"] == {"requests": {"storage": "2Gi"}}
    assert "rel-grafana" not in by_name(objects, "Secret")
    grafana = containers(by_name(objects, "Deployment")["rel-grafana"])["grafana"]
    assert {each["valueFrom"]["secretKeyRef"]["name"] for each in grafana["env"]} == {"login"}
    maps = by_name(objects, "ConfigMap")
    assert "root_url = https://seen.example.com" in maps["rel-grafana"]["data"]["grafana.ini"]
    sources = yaml.safe_load(maps["rel-kube-prometheus-stack-grafana-datasource"]["data"]["datasource.yaml"])["datasources"]
    assert [each["name"] for each in sources] == ["Prometheus", "Tempo"]


def test_parts_of_the_stack_can_be_left_out() -> None:
    off = {"enabled": False}
    managed = dict.fromkeys(("kubeControllerManager", "kubeEtcd", "kubeScheduler", "kubeProxy", "coreDns"), off)
    parts = {"alertmanager": off, "grafana": off, "kubeStateMetrics": off, "nodeExporter": off, "crds": off}
    objects = render(STACK, "rel", "--include-crds", values={**managed, **parts, "prometheusOperator": {"admissionWebhooks": off}})
    kinds = {entry["kind"] for entry in objects}
    assert not kinds & {"Alertmanager", "DaemonSet", "Job", "Secret", "CustomResourceDefinition", "ValidatingWebhookConfiguration"}
    assert set(by_name(objects, "Service")) == {"rel-kube-prometheus-stack-operator", "rel-kube-prometheus-stack-prometheus"}
    assert len(by_name(objects, "ServiceMonitor")) == 4, "the API server's, the kubelet's, the operator's and Prometheus' own"
    assert "alerting" not in only(objects, "Prometheus")["spec"]


# -- kiali, jaeger, tempo, the collector ------------------------------------------------------------------------------------------


def test_kiali_gets_its_settings() -> None:
    values = {
        "auth": {"strategy": "anonymous"},
        "deployment": {"resources": SIZED, "replicas": 2, "network_policy": {"enabled": False}, "view_only_mode": True},
        "external_services": {"prometheus": {"url": "http://prometheus:9090"}},
    }
    objects = render("kiali-server", "rel", values=values)
    deployment = by_name(objects, "Deployment")["kiali"]
    assert (deployment["spec"]["replicas"], containers(deployment)["kiali"]["resources"]["requests"]) == (2, SIZED["requests"])
    config = yaml.safe_load(by_name(objects, "ConfigMap")["kiali"]["data"]["config.yaml"])
    assert (config["auth"]["strategy"], config["external_services"]["prometheus"]["url"]) == ("anonymous", "http://prometheus:9090")
    assert config["external_services"]["istio"]["root_namespace"] == "somewhere"
    assert not by_name(objects, "NetworkPolicy")
    assert set(by_name(objects, "ClusterRole")) == {"kiali-viewer"}
    plain = yaml.safe_load(by_name(render("kiali-server", "rel"), "ConfigMap")["kiali"]["data"]["config.yaml"])
    assert plain["auth"]["strategy"] == "token"


def test_jaeger_reads_what_the_user_configured() -> None:
    values = {"userconfig": {"service": {"pipelines": {}}}, "jaeger": {"resources": SIZED, "extraEnv": [{"name": "A", "value": "b"}]}}
    objects = render("jaeger", "jaeger", values=values)
    jaeger = containers(by_name(objects, "Deployment")["jaeger"])["jaeger"]
    assert (jaeger["args"], jaeger["resources"]) == (["--config", "/etc/jaeger/user-config.yaml"], SIZED)
    assert yaml.safe_load(only(objects, "ConfigMap")["data"]["user-config.yaml"]) == {"service": {"pipelines": {}}}
    assert "args" not in containers(only(render("jaeger", "jaeger"), "Deployment"))["jaeger"]


def test_tempo_keeps_traces_as_long_as_told() -> None:
    values = {
        "tempo": {"retention": "72h", "resources": SIZED, "metricsGenerator": {"enabled": True, "remoteWriteUrl": "http://p"}},
        "persistence": {"enabled": True, "size": "5Gi", "storageClassName": "fast"},
        "serviceMonitor": {"enabled": True, "additionalLabels": {"a": "b"}},
    }
    objects = render("tempo", "tempo", values=values)
    made = only(objects, "StatefulSet")
    [claim] = made["spec"]["volumeClaimTemplates"]
    assert (claim["metadata"]["name"], claim["spec"]["storageClassName"]) == ("storage", "fast")
    assert claim["spec"]["resources"] == {"requests": {"storage": "5Gi"}}
    assert containers(made)["tempo"]["resources"] == SIZED
    config = yaml.safe_load(only(objects, "ConfigMap")["data"]["tempo.yaml"])
    assert config["compactor"]["compaction"]["block_retention"] == "72h"
    assert config["metrics_generator"]["storage"]["remote_write"] == [{"url": "http://p"}]
    assert only(objects, "ServiceMonitor")["metadata"]["labels"]["a"] == "b"
    assert "volumeClaimTemplates" not in only(render("tempo", "tempo"), "StatefulSet")["spec"]
    own = only(render("tempo", "tempo", values={"config": "kept: {{ .Values.tempo.retention }}"}), "ConfigMap")
    assert yaml.safe_load(own["data"]["tempo.yaml"]) == {"kept": "24h"}


@pytest.mark.parametrize(
    ("mode", "kind", "name"),
    [("deployment", "Deployment", "otel-x"), ("statefulset", "StatefulSet", "otel-x"), ("daemonset", "DaemonSet", "otel-x-agent")],
)
def test_the_collectors_modes(mode: str, kind: str, name: str) -> None:
    config = {"exporters": {"otlp": {"endpoint": "jaeger:4317"}}}
    values = {**COLLECTOR, "fullnameOverride": "otel-x", "mode": mode, "replicaCount": 2, "resources": SIZED, "config": config}
    objects = render("opentelemetry-collector", "rel", values=values)
    made = by_name(objects, kind)[name]
    assert containers(made)["opentelemetry-collector"]["resources"] == SIZED
    relay = yaml.safe_load(only(objects, "ConfigMap")["data"]["relay"])
    assert relay["exporters"] == {"debug": {}, "otlp": {"endpoint": "jaeger:4317"}}, "what is given is merged with the defaults"
    assert set(by_name(objects, "Service")) == (set() if mode == "daemonset" else {"otel-x"})
    assert made["spec"].get("replicas") == (None if mode == "daemonset" else 2)


def test_the_collectors_other_settings() -> None:
    more = {
        "alternateConfig": {"receivers": {}},
        "ports": {"zipkin": {"enabled": False}},
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
    }
    objects = render("opentelemetry-collector", "rel", values={**COLLECTOR, **more, "serviceMonitor": {"enabled": True}})
    assert yaml.safe_load(only(objects, "ConfigMap")["data"]["relay"]) == {"receivers": {}}
    assert "zipkin" not in [port["name"] for port in only(objects, "Service")["spec"]["ports"]]
    assert only(objects, "PodDisruptionBudget")["spec"]["minAvailable"] == 1
    assert only(objects, "ServiceMonitor")["spec"]["endpoints"] == [{"port": "metrics"}]
    _, problem = helm_template("opentelemetry-collector", "rel", values={"mode": "deployment"})
    assert "'image.repository' must be set" in problem


@pytest.mark.parametrize(
    ("chart", "values", "what"),
    [
        (STACK, {"grafana": {"ingress": {"enabled": True}}}, "grafana.ingress"),
        ("kiali-server", {"deployment": {"cluster_wide_access": False}}, "deployment.cluster_wide_access false"),
        ("jaeger", {"esRollover": {"enabled": True}}, "esRollover"),
        ("tempo", {"tempoQuery": {"enabled": True}}, "tempoQuery"),
        ("opentelemetry-collector", {**COLLECTOR, "presets": {"hostMetrics": {"enabled": True}}}, "presets.hostMetrics"),
    ],
)
def test_values_that_would_make_other_objects_are_refused(chart: str, values: Object, what: str) -> None:
    _, problem = helm_template(chart, "r", values=values)
    assert f"knows no {what}: start the sandbox with --charts real" in problem
