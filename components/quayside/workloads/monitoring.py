"""How a service is looked at: a ServiceMonitor, a dashboard and its alerts, as objects of Prometheus' operator. Pure functions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from quayside.edge.certificates import covers
from quayside.settings.monitoring import MonitoringSettings
from quayside.settings.service import ServiceSettings
from quayside.workloads import network, rollout
from quayside.workloads.alerts import alerts
from quayside.workloads.dashboard import panels
from quayside.workloads.measures import Watched
from quayside.workloads.metadata import Manifest, metadata
from quayside.workloads.network_policy import NAMESPACE_NAME
from quayside.workloads.placement import PlacedService, RouteSettings
from quayside.workloads.version_specs import Pods

API = "monitoring.coreos.com/v1"

NAME_LABEL = "app.kubernetes.io/name"

PROXY_METRICS = 15020
"""Port of a sidecar that tells its metrics; Istio leaves it out of mTLS (istio.io, 'Application Requirements')."""

CERTIFICATES = {
    "gateway-api": "{service}-gateway-api-tls",
    "ingress-nginx": "{service}-tls",
    "istio": "{namespace}-{service}-tls",
    "kong": "{service}-kong-tls",
}
"""Kind of entry → name of the Certificate with a service's hosts."""


def service_monitor(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings, versions: Sequence[Pods]) -> Manifest:
    """Where Prometheus asks. versions: of two Services that lead to the same pods only the version's own is taken."""
    assert spec.metrics is not None
    only = "|".join(each.address for each in versions)
    return {
        "apiVersion": API,
        "kind": "ServiceMonitor",
        "metadata": metadata(name, home, labels),
        "spec": {
            "jobLabel": NAME_LABEL,
            "selector": {"matchExpressions": [{"key": NAME_LABEL, "operator": "In", "values": sorted({each.name for each in versions})}]},
            "endpoints": [
                {
                    "port": network.metrics_port(spec),
                    "path": spec.metrics.path,
                    "interval": spec.metrics.interval,
                    "relabelings": [{"action": "keep", "sourceLabels": ["__meta_kubernetes_service_name"], "regex": only}],
                }
            ],
        },
    }


def open_to_prometheus(name: str, home: Any, labels: Mapping[str, str], spec: ServiceSettings) -> Manifest:
    """In a mesh that is strict, what lets Prometheus ask without a certificate: on the port of metrics, which has nothing else."""
    assert spec.metrics is not None
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": metadata(f"{name}-metrics", home, labels),
        "spec": {
            "selector": {"matchLabels": {NAME_LABEL: name}},
            "mtls": {"mode": "UNSET"},
            "portLevelMtls": {str(spec.metrics.port): {"mode": "PERMISSIVE"}},
        },
    }


def prometheus_rule(name: str, home: Any, labels: Mapping[str, str], groups: Any) -> Manifest:
    """The service's alerts."""
    return {"apiVersion": API, "kind": "PrometheusRule", "metadata": metadata(name, home, labels), "spec": {"groups": groups}}


def dashboard(name: str, home: Any, labels: Mapping[str, str], text: Any) -> Manifest:
    """What Grafana shows of the service, in a folder of its own: Grafana's sidecar finds it by its label, in every namespace."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(f"{name}-dashboard", home, {**labels, "grafana_dashboard": "1"}, {"grafana_folder": name}),
        "data": {f"{name}.json": text},
    }


def let_in(monitoring: MonitoringSettings | None, spec: ServiceSettings, mode: str) -> list[Manifest]:
    """Rules of a NetworkPolicy that let Prometheus in."""
    ports = [spec.metrics.port or spec.port] if spec.metrics else []
    return let_in_on(monitoring, [*ports, PROXY_METRICS] if mode == "sidecar" else ports)


def let_in_on(monitoring: MonitoringSettings | None, ports: Sequence[Any]) -> list[Manifest]:
    """The same, on these ports: PROXY_METRICS alone at a waypoint."""
    if monitoring is None or not ports:
        return []
    where = [{"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: monitoring.namespace}}}]
    return [{"from": where, "ports": [{"protocol": "TCP", "port": each} for each in ports]}]


def objects(
    name: str,
    home: Any,
    labels: Mapping[str, str],
    spec: PlacedService,
    versions: Sequence[Pods],
) -> list[Manifest]:
    """All objects by which a service is looked at; none where there is no Prometheus."""
    if spec.monitoring is None:
        return []

    def told(make: Callable[[Watched], Any]) -> Any:
        # what asks for a service names its namespace, which may be known only later
        return (
            home.apply(lambda known: make(watched(name, known, spec, versions)))
            if isinstance(home, pulumi.Output)
            else make(watched(name, home, spec, versions))
        )

    made = []
    if spec.metrics:
        made.append(service_monitor(name, home, labels, spec, versions))
    if spec.metrics and spec.mesh.mode != "off" and spec.metrics.port not in (None, spec.port):
        made += [open_to_prometheus(each.name, home, labels, spec) for each in versions]
    if spec.alerts.enabled:
        made.append(prometheus_rule(name, home, labels, told(lambda service: alerts(service, spec.alerts))))
    if spec.monitoring.dashboards:
        made.append(dashboard(name, home, labels, told(panels)))
    return made


def watched(name: str, home: str, spec: PlacedService, versions: Sequence[Pods]) -> Watched:
    """A service, as it is looked at. home: its namespace."""
    routes = spec.routes if spec.hosts else []
    names = [
        CERTIFICATES[each.entry].format(service=name, namespace=home)
        for each in routes
        if each.issuer and each.entry in CERTIFICATES and _signs(each, spec)
    ]
    return Watched(
        name=name,
        namespace=home,
        versions=sorted({each.name for each in versions}),
        addresses=sorted({name, *(each.address for each in versions), *(rollout.services(name) if spec.progressive else ())}),
        entries=[each.entry for each in routes],
        mode=spec.mesh.mode,
        certificates=names,
        protocol=spec.protocol,
    )


def _signs(route: RouteSettings, spec: PlacedService) -> bool:
    """Whether a service has a certificate of its own at an entry."""
    return any(each.tls == "terminate" and not covers(route.wildcard, host) for host, each in spec.hosts.items())
