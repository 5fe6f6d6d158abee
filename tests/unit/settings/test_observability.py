"""Settings of observability: what they come to in money and room, and their defaults."""

from decimal import Decimal
from typing import Any

import pytest

from quayside.estimate import estimate
from quayside.settings.observability import Retention, VolumeSize, gibibytes, metrics_kept, pods
from quayside.settings.stack import Settings
from unit.examples import settings, topics

ALL = {each: {"enabled": True} for each in ("metrics", "dashboards", "mesh", "tracing")}


def stack(**more: Any) -> dict[str, Any]:
    known = topics()
    known["secrets"]["grafanaPassword"] = "correct-horse"
    return known | more


def problems(**more: Any) -> list[str]:
    return [f"{'.'.join(map(str, each.path))} {each.message}" for each in Settings.check(stack(**more))[1]]


@pytest.mark.parametrize(("environment", "kept"), [("dev", ("7d", "10Gi")), ("staging", ("7d", "10Gi")), ("prod", ("15d", "20Gi"))])
def test_prod_keeps_longer(environment: str, kept: tuple[str, str]) -> None:
    assert metrics_kept(environment, settings().observability.metrics) == kept


@pytest.mark.parametrize(("text", "hours"), [("12h", 12), ("15d", 360), ("4w", 672)])
def test_times_in_hours(text: str, hours: int) -> None:
    assert Retention.parse(text).hours == hours


def test_a_volume_is_paid_for_by_the_gib() -> None:
    on = estimate(settings(stack(observability={"metrics": {"enabled": True, "storage": "30Gi"}})))
    (line,) = [each for each in on.lines if "Prometheus" in each.what]
    assert (line.quantity, line.monthly) == (30, Decimal(3))
    assert gibibytes(VolumeSize("30Gi")) == 30


def test_what_it_takes_of_the_nodes_is_told() -> None:
    told = [each.what for each in estimate(settings(stack(observability=ALL, mesh={"mode": "ambient"}))).lines]
    for what in ("prometheus", "grafana", "node-exporter", "kiali", "opentelemetry-collector", "jaeger"):
        assert f"observability: {what}" in told
    assert not [each for each in estimate(settings()).lines if "observability" in each.what]


def test_capacity_counts_it() -> None:
    one: dict[str, Any] = {
        "cluster": {"region": "sgp1", "version": "1.36", "systemPool": {"size": "s-2vcpu-4gb"}},
        "entry": {"kind": "none"},
    }
    service = {"image": "nginx:1.29", "resources": {"requests": {"memory": "600Mi"}, "limits": {"memory": "700Mi"}}}
    assert not problems(**one, services={"hello": service})
    (wrong,) = problems(**one, services={"hello": service}, observability={"metrics": {"enabled": True}})
    assert "ask for more memory than the pools have" in wrong
    assert "platform 864Mi" in wrong  # cert-manager 192Mi, Prometheus and its own 672Mi; node-exporter is among the system pods


def test_only_what_runs_is_counted() -> None:
    assert pods({"observability": {"tracing": {"backend": "tempo"}}}) == []
    assert [each.name for each in pods({"observability": {"tracing": {"enabled": True, "backend": "tempo"}}})] == [
        "opentelemetry-collector",
        "tempo",
    ]


def test_all_at_a_host_with_a_name_and_a_certificate() -> None:
    wrong = problems(observability={"metrics": {"enabled": True}, "dashboards": {"enabled": True, "host": "grafana"}})
    assert [each.split(",")[0] for each in wrong if each.startswith("domain")] == ["domain is missing"]
