"""Prometheus, Grafana, Kiali and tracing, as they are registered."""

from typing import Any

import pytest

from quayside import Platform
from quayside.addons import kiali_values, prometheus_values, tracing_values
from quayside.addons.kiali import Kiali
from quayside.addons.prometheus import Prometheus
from quayside.addons.tracing import Tracing
from quayside.arguments import checked
from quayside.settings.footprint import GRAFANA, METRICS, NODE_EXPORTER
from unit.crd_schemas import problems
from unit.examples import settings, topics
from unit.recorder import Recorded, record

ROOMY = {"region": "sgp1", "version": "1.36", "systemPool": {"size": "s-4vcpu-8gb"}}
SECRETS = {"digitaloceanToken": "dop_v1_" + "feedbeef" * 8, "grafanaPassword": "correct-horse"}


def prometheus(**args: Any) -> Recorded:
    given: Any = args
    return record(lambda: Prometheus("prometheus", given))


def told(recorded: Recorded, name: str) -> Any:
    return recorded.one("Release", name).inputs["values"]


def platform(**more: Any) -> Recorded:
    return record(lambda: Platform(settings(topics() | {"cluster": ROOMY, "secrets": SECRETS} | more)).export())


def test_nothing_is_there_unasked() -> None:
    recorded = platform()
    ours = {"kube-prometheus-stack", "kiali", "jaeger", "tempo", "opentelemetry-collector"}
    assert not ours & {each.name for each in recorded.of("Release")}
    assert not [each for each in recorded if "monitoring.coreos.com" in each.type]


def test_monitors_and_rules_count_in_every_namespace() -> None:
    spec = told(prometheus(), "kube-prometheus-stack")["prometheus"]["prometheusSpec"]
    assert {key: value for key, value in spec.items() if key.endswith("NilUsesHelmValues")} == {
        f"{kind}SelectorNilUsesHelmValues": False for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")
    }


def test_the_volume_is_never_full() -> None:
    spec = told(prometheus(retention="15d", storage="20Gi"), "kube-prometheus-stack")["prometheus"]["prometheusSpec"]
    assert (spec["retention"], spec["retentionSize"]) == ("15d", "16384MiB")
    assert spec["storageSpec"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"] == "20Gi"


def test_pods_ask_for_what_the_check_of_capacity_counts() -> None:
    values = told(prometheus(password="secret"), "kube-prometheus-stack")
    found = [
        values["prometheus"]["prometheusSpec"]["resources"],
        values["prometheusOperator"]["prometheusConfigReloader"]["resources"],
        values["prometheusOperator"]["resources"],
        values["kube-state-metrics"]["resources"],
        values["prometheus-node-exporter"]["resources"],
        values["grafana"]["resources"],
        values["grafana"]["sidecar"]["resources"],
    ]
    assert found == [{"requests": each.requests} for each in (*METRICS, NODE_EXPORTER, *GRAFANA)]


def test_grafana_has_a_login_of_its_own_or_is_not_there() -> None:
    recorded = prometheus(password="correct-horse")
    secret = recorded.one("Secret")
    assert secret.inputs["data"] == {"admin-user": "YWRtaW4=", "admin-password": "Y29ycmVjdC1ob3JzZQ=="}
    assert "data" in secret.sealed
    values = told(recorded, "kube-prometheus-stack")
    assert values["grafana"]["admin"]["existingSecret"] == "grafana-admin"
    assert "correct-horse" not in str(values)
    assert told(prometheus(), "kube-prometheus-stack")["grafana"] == {"enabled": False}


def test_istios_dashboards_are_those_of_its_version_and_not_fetched_past_a_mirror() -> None:
    fetched = told(prometheus(password="x", istio=True), "kube-prometheus-stack")["grafana"]["dashboards"]["istio"]
    assert {each["url"].split("/")[5] for each in fetched.values()} == {"1.30.3"}
    assert "dashboards" not in told(prometheus(password="x", istio=True, mirror="./charts"), "kube-prometheus-stack")["grafana"]
    assert "dashboards" not in told(prometheus(password="x"), "kube-prometheus-stack")["grafana"]


@pytest.mark.parametrize("istio", [True, False])
def test_what_is_asked_besides_passes_the_real_definitions(istio: bool) -> None:
    made = prometheus_values.monitors({"quayside/owner": "quayside.dev"}, istio=istio)
    assert [found for each in made for found in problems(each)] == []
    assert len(made) == (4 if istio else 2)


def test_a_stack_switches_all_of_it_on() -> None:
    recorded = platform(
        entry={"kind": "gateway-api"},
        observability={each: {"enabled": True} for each in ("metrics", "dashboards", "mesh", "tracing")},
    )
    releases = {each.name: each for each in recorded.of("Release")}
    assert {"kube-prometheus-stack", "kiali", "jaeger", "opentelemetry-collector"} <= set(releases)
    parts = {each.type.rpartition(":")[2]: each for each in recorded if each.type.startswith("quayside:")}
    assert all("kube-prometheus-stack" in parts[each].after for each in ("Kiali", "Service"))
    assert "istiod" in parts["Tracing"].after
    assert told(recorded, "kiali")["external_services"]["tracing"]["provider"] == "jaeger"
    assert told(recorded, "istiod")["meshConfig"]["extensionProviders"] == [tracing_values.provider()]
    assert recorded.one("PrometheusRule", "hello").inputs["spec"]["groups"]
    assert sorted(recorded.exports["observability"]) == ["grafana", "jaeger", "kiali", "prometheus"]


def test_a_volume_is_given_back_before_the_cluster_goes() -> None:
    recorded = platform(observability={"metrics": {"enabled": True}})
    parent = recorded.one("Prometheus").parent
    assert parent == recorded.one("LoadBalancer").parent or "billed" in parent


def test_grafana_at_a_host() -> None:
    recorded = platform(
        domain="dev.example.com",
        names={"dns": "none"},
        certificates={"email": "ops@acme.com"},
        entry={"kind": "gateway-api"},
        observability={"metrics": {"enabled": True}, "dashboards": {"enabled": True, "host": "grafana"}},
    )
    (route,) = [each for each in recorded.of("HTTPRoute") if "grafana" in each.name]
    assert route.inputs["metadata"]["namespace"] == "monitoring"
    assert route.inputs["spec"]["hostnames"] == ["grafana.dev.example.com"]
    assert "grafana.dev.example.com" in recorded.exports["hosts"]


@pytest.mark.parametrize("backend", ["jaeger", "tempo"])
def test_traces_go_through_the_collector(backend: str) -> None:
    given: Any = {"backend": backend, "istio": True, "sampling": 5.0}
    recorded = record(lambda: Tracing("tracing", given))
    config = told(recorded, "opentelemetry-collector")["alternateConfig"]
    assert config["exporters"]["otlp"]["endpoint"] == f"{backend}.tracing.svc.cluster.local:4317"
    assert recorded.one("Release", "opentelemetry-collector").after >= {backend}
    (sampled,) = recorded.one("Telemetry").inputs["spec"]["tracing"]
    assert sampled["randomSamplingPercentage"] == 5.0
    assert recorded.one("Namespace").inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_share_of_traces_passes_the_real_definition() -> None:
    assert problems(tracing_values.telemetry(checked(tracing_values.TracingSpec, {"sampling": 2.5}, "tracing"), {})) == []


def test_tempo_keeps_as_long_as_it_is_told() -> None:
    values = tracing_values.tempo(checked(tracing_values.TracingSpec, {"retention": "2w", "storage": "30Gi"}, "tracing"), {})
    assert (values["tempo"]["retention"], values["persistence"]["size"]) == ("336h", "30Gi")


def test_kiali_wants_a_token() -> None:
    values = told(record(lambda: Kiali("kiali", {})), "kiali")
    assert values["auth"] == {"strategy": "token"}
    assert values["external_services"]["tracing"] == {"enabled": False}
    assert values["external_services"]["prometheus"]["url"] == prometheus_values.PROMETHEUS
    assert values["deployment"]["security_context"] == kiali_values.RESTRICTED
