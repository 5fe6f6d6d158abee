"""The pages of what a team sees its cluster by: how they are reached. Only those with a login of their own are led to from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from quayside.addons import kiali_values, prometheus_values
from quayside.addons.prometheus_values import NAMESPACE
from quayside.edge.contract import Exposure
from quayside.settings.hosts import whole

if TYPE_CHECKING:
    from quayside.settings.stack import Settings


def exposures(settings: Settings, labels: dict[str, str]) -> Iterator[Exposure]:
    """What the entry is asked for: Grafana, behind its password, and Kiali, behind a token of the cluster."""
    seen = settings.observability
    pages = (
        (seen.dashboards.enabled, seen.dashboards.host, prometheus_values.GRAFANA_SERVICE, 80),
        (seen.mesh.enabled, seen.mesh.host, kiali_values.NAME, kiali_values.PORT),
    )
    for there, host, service, port in pages:
        if there and host is not None and settings.domain is not None:
            yield Exposure(
                service=service, namespace=NAMESPACE, port=port, hosts={whole(host, settings.domain): {"/": "Prefix"}}, labels=labels
            )


def ways(settings: Settings) -> dict[str, Any]:
    """What of it there is → how to get there from a terminal."""
    seen = settings.observability
    there = {
        "grafana": (seen.dashboards.enabled, f"-n {NAMESPACE} svc/{prometheus_values.GRAFANA_SERVICE} 3000:80"),
        "prometheus": (seen.metrics.enabled, f"-n {NAMESPACE} svc/{prometheus_values.NAME}-prometheus 9090:9090"),
        "alertmanager": (
            seen.metrics.enabled and seen.metrics.alertmanager,
            f"-n {NAMESPACE} svc/{prometheus_values.NAME}-alertmanager 9093:9093",
        ),
        "kiali": (seen.mesh.enabled, f"-n {NAMESPACE} svc/{kiali_values.NAME} 20001:20001"),
        "jaeger": (seen.tracing.enabled and seen.tracing.backend == "jaeger", "-n tracing svc/jaeger 16686:16686"),
    }
    return {name: f"kubectl port-forward {how}" for name, (is_there, how) in there.items() if is_there}
